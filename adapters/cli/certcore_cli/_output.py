"""
How things are written: talk to stderr, data to stdout, nothing in it that a terminal would obey.
"""

from __future__ import annotations

import csv
import json
import re
import sys

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from certcore_cli._layout import lay_out


if TYPE_CHECKING:
    from rich.console import Console

    from certcore.exceptions import Problem

VERSION = 1
"""Of the JSON documents; it changes when what is in them changes its meaning."""

_PIPE_WIDTH = 10_000
"""Cells in a line where nobody looks: a program wants each row on one line."""

_COMFORTABLE = 100
_MAIN = "certcore.toml"
_INDENT = "  "

# C0, DEL and C1 steer terminals (a carriage return hides what stood before it), directional
# formatting makes a line read otherwise than it is written, lone surrogates can't be written at all
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@")


def clean(text: object, *, lines: bool = False) -> str:
    """
    Make a text harmless: what a terminal would obey is replaced, and newlines unless `lines`.
    """
    if lines:
        return "\n".join(
            _OBEYED.sub("\N{REPLACEMENT CHARACTER}", line) for line in str(text).splitlines()
        )
    return _OBEYED.sub("\N{REPLACEMENT CHARACTER}", str(text))


def say(text: str = "") -> None:
    """
    Write a line of talk.
    """
    click.echo(text, err=True)


def tell(text: str = "") -> None:
    """
    Write a line of the answer.
    """
    click.echo(text)


def say_problems(problems: Iterable[Problem]) -> None:
    """
    Write to stderr what is wrong with a project.
    """
    say(problem_lines(problems, stderr=True))


def problem_lines(problems: Iterable[Problem], *, stderr: bool = False) -> str:
    """
    Give lines about what is wrong with a project, file by file.
    """
    by_file: dict[str, list[tuple[str, str]]] = {}
    for problem in problems:
        row = (problem.path, f"{problem.message} {problem.hint}".strip())
        by_file.setdefault(problem.file, []).append(row)
    blocks: list[str] = []
    # what stands in the main file, the others may only repeat
    for file, rows in sorted(by_file.items(), key=lambda each: each[0] not in {"", _MAIN}):
        blocks += [clean(file)] if file else []
        blocks.append(columns(rows, stderr=stderr))
    return "\n".join(blocks)


def columns(
    rows: Iterable[Sequence[object]],
    *,
    headers: Sequence[str] = (),
    right: Sequence[int] = (),
    whole: Sequence[int] = (),
    stderr: bool = False,
) -> str:
    """
    Lay rows out in columns, indented by two; give the lines.

    Where a terminal is too narrow, cells go on below. `right` are columns of numbers, `whole` those
    that stay on one line as well.
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    if not cells:
        return ""
    room = console(stderr=stderr).width - len(_INDENT)
    text = lay_out(cells, headers=headers, right=right, whole=whole, width=room)
    return "\n".join(f"{_INDENT}{line}" for line in text.splitlines())


def console(*, stderr: bool = False) -> Console:
    """
    Give a console that takes texts as they are: no markup, no emoji, no guessing at colors.
    """
    from rich.console import Console  # noqa: PLC0415  # takes longer to load than --help takes

    screen = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not screen.is_terminal:
        screen.width = _PIPE_WIDTH
    return screen


def narrow() -> bool:
    """
    Say whether the answer is read on a terminal that is narrower than most.
    """
    return console().width < _COMFORTABLE


def tell_json(document: Mapping[str, object]) -> None:
    """
    Write a JSON document; its first member is its version.
    """
    wide = (sys.stdout.encoding or "").casefold().replace("-", "").startswith("utf8")
    text = json.dumps({"version": VERSION, **document}, indent=2, ensure_ascii=not wide)
    click.echo(_OBEYED.sub(_escaped, text))


def _escaped(found: re.Match[str]) -> str:
    # newlines of the layout stay; those of the data are escaped already
    return "\n" if found[0] == "\n" else f"\\u{ord(found[0]):04x}"


def tell_csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """
    Write CSV that no spreadsheet takes for formulas, as the rows come.
    """
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])


def harmless(cell: object) -> str:
    """
    Give a cell of CSV that no spreadsheet takes for a formula, and no terminal for an order.
    """
    text = "" if cell is None else clean(cell)
    # what comes first counts, blanks or not
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
