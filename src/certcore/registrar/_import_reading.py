"""
Lists of certificates in files: CSV, or a JSON object in each line.
"""

from __future__ import annotations

import csv
import json

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TextIO, TypeAlias, cast

from attrs import field, frozen

from certcore.config import near
from certcore.exceptions import RetrievalError


ImportFormat: TypeAlias = Literal["csv", "jsonl"]

_ENDINGS: Mapping[str, ImportFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}

_LONGEST_LINE = 1_000_000
"""Characters. What has longer lines is no list."""

FIELDS = (
    "context",
    "context_name",
    "type",
    "title",
    "issuer",
    "cycle",
    "realm",
    "learner",
    "name",
    "email",
    "username",
    "language",
    "status",
    "reason",
    "awarded_at",
    "earned_at",
    "issued_at",
    "expires_at",
    "revoked_at",
    "code",
    "file",
    "completion",
    "grades",
)
"""What may be said of a certificate; `grades.Total` is one grade."""


@frozen(kw_only=True)
class ImportRow:
    """
    What a list says of one certificate.
    """

    line: int
    fields: Mapping[str, Any] = field(factory=dict[str, Any], repr=False)
    problem: str = ""
    """Why it couldn't be read at all."""


def read_import(path: str | Path, form: ImportFormat | None = None) -> Iterator[ImportRow]:
    """
    Read a list of certificates, row by row; a row that can't be read says so.

    CSV is separated by commas, semicolons or tabs, with the fields' names in the first row.

    Args:
        path: The file, in UTF-8.

        form: What it is; None: what its ending says.

    Raises:
        certcore.exceptions.RetrievalError:
            If the file can't be read, or isn't a list of certificates.
    """
    file = Path(path)
    form = form or _ENDINGS.get(file.suffix.lower())
    if form is None:
        raise RetrievalError(
            f"{file.name}: its ending doesn't say what it is; csv or jsonl is wanted"
        )
    try:
        # bytes that aren't UTF-8 are kept as marks: they cost the rows that have them
        opened = file.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as exc:
        raise RetrievalError(f"{file.name} can't be read: {exc.strerror}") from exc
    with opened:
        yield from (_csv_rows if form == "csv" else _json_rows)(opened, file.name)


def misnamed(name: str) -> str:
    """
    Say what is wrong with the name of a field; empty if nothing is.
    """
    if name in FIELDS or name.startswith("grades."):
        return ""
    hint = near(name, FIELDS) or f"There are: {', '.join(FIELDS)}."
    return f"{name!r} is no field. {hint}"


def _csv_rows(file: TextIO, name: str) -> Iterator[ImportRow]:
    first = file.readline(_LONGEST_LINE)
    if any(sign == "\0" or "\udc80" <= sign <= "\udcff" for sign in first):
        raise RetrievalError(f"{name} isn't a CSV file in UTF-8")
    file.seek(0)
    separator = max(",;\t", key=first.count)
    reader = csv.reader(file, delimiter=separator, strict=True)
    columns: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as exc:
            problem = (
                f"a cell has more than {csv.field_size_limit():,} characters: is a quote missing?"
                if "field larger" in str(exc)
                else f"the row can't be read: {exc}"
            )
            yield ImportRow(line=line, problem=problem)
            continue
        if not columns:
            columns = _columns(cells, name)
        elif len(cells) == len(columns):
            yield ImportRow(line=line, fields=dict(zip(columns, cells, strict=True)))
        elif any(cells):  # spreadsheets leave rows of empty cells
            problem = f"{len(cells)} cells, {len(columns)} are wanted"
            yield ImportRow(line=line, problem=problem)
    if not columns:
        raise RetrievalError(f"{name} is empty: not even the names of fields are there")


def _columns(cells: list[str], name: str) -> list[str]:
    columns = [cell.strip() for cell in cells]
    for column in columns:
        # a misspelt `expires_at` would be left out of every certificate
        problem = misnamed(column)
        if columns.count(column) > 1:
            problem = f"{column!r} stands there twice."
        if problem:
            raise RetrievalError(f"{name}: {problem}")
    return columns


def _json_rows(file: TextIO, name: str) -> Iterator[ImportRow]:
    line = 0
    while text := file.readline(_LONGEST_LINE):
        line += 1
        if len(text) == _LONGEST_LINE:
            raise RetrievalError(f"{name} line {line} is too long: is it a list at all?")
        if not text.strip():
            continue
        try:
            read = json.loads(text)
        except (ValueError, RecursionError):
            read = None
        if isinstance(read, dict):
            yield ImportRow(line=line, fields=cast("dict[str, Any]", read))
        else:
            yield ImportRow(line=line, problem="the line isn't a JSON object")
