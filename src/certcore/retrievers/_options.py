"""
What can be said about files of learner data.
"""

from __future__ import annotations

import re
import zoneinfo

from collections.abc import Mapping
from pathlib import PurePath, PureWindowsPath
from typing import Any, Literal, TypeAlias

from attrs import Attribute, frozen

from certcore.config import option
from certcore.retrievers._encoding import EncodingName
from certcore.retrievers._separators import Delimiter


FileFormat: TypeAlias = Literal["csv", "jsonl", "spreadsheet"]
Scale: TypeAlias = Literal["fraction", "percent"]
Decimal: TypeAlias = Literal["point", "comma"]

FORMATS: Mapping[str, FileFormat] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "spreadsheet",
    ".ods": "spreadsheet",
}
"""What a file's ending says of its format."""

PLACEHOLDERS = ("key", "org", "course", "run")


def pattern(instance: object, attribute: Attribute[Any], value: str | None) -> None:
    del instance, attribute
    if value is None:
        return
    if not PurePath(value).name or PurePath(value).is_absolute() or PureWindowsPath(value).anchor:
        raise ValueError(f"{value!r}: a path within the folder is wanted")
    if ".." in re.split(r"[/\\]", value):
        raise ValueError(f"{value!r}: a path that stays within the folder, without '..', is wanted")
    if "**" in value:
        raise ValueError(f"{value!r}: one * stands for any letters of one name, ** for nothing")
    unknown = [name for name in re.findall(r"\{(.*?)\}", value) if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValueError(f"{value!r}: there is no {{{unknown[0]}}}, there are {known}")


def shared_pattern(instance: object, attribute: Attribute[Any], value: str | None) -> None:
    # who edits a context isn't the operator: an error message shows the first line of a file, and
    # that mustn't be a file of settings
    pattern(instance, attribute, value)
    if value is not None and PurePath(value).suffix.lower() not in FORMATS:
        raise ValueError(f"{value!r}: a name that ends in {', '.join(FORMATS)} is wanted")


def _zone(instance: object, attribute: Attribute[Any], value: str) -> None:
    del instance, attribute
    try:
        zoneinfo.ZoneInfo(value)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        raise ValueError(f"{value!r}: a time zone such as Europe/Madrid is wanted") from None


@frozen(kw_only=True)
class FileColumns:
    """
    Which column of a file, or field of a JSON line, holds what.
    """

    id: str = option("The learner's id: the platform's own, which never changes.")
    name: str | None = option(
        "The name to be printed. Without it, nobody gets a certificate from this file alone.",
        default=None,
    )
    email: str | None = option("Where the certificate is sent.", default=None)
    language: str | None = option("The learner's language: es, pt-BR.", default=None)
    username: str | None = option("The name the learner logs in with.", default=None)
    completion: str | None = option("How much is done.", default=None)
    earned_at: str | None = option(
        "When the requirements were met: 2026-05-22, or 2026-05-22T14:03:00+02:00.", default=None
    )
    grades: Mapping[str, str] = option(
        'Columns of grades by category: { Total = "Grade", "Final exam" = "Exam" }.',
        factory=dict[str, str],
    )
    facts: Mapping[str, str] = option(
        'Columns of other numbers by name: { hours = "Hours attended" }.', factory=dict[str, str]
    )
    step: str | None = option(
        "The key of the course that a row is about, where one file serves several of them.",
        default=None,
    )
    lesson: str | None = option(
        "The lesson that a row is about; rows without one are about the course.", default=None
    )


@frozen(kw_only=True)
class FileOptions:
    """
    A CSV file, a spreadsheet, or a file with a JSON object in each line, from some other system.

    `{key}` in the path is the course's key, each run of characters other than letters, digits, `.`,
    `-` and `_` made one `_`: `course-v1_Uni_BIO101_2026T1`. `{org}`, `{course}` and `{run}` are the
    parts of an Open edX course key. `*` and `?` stand for any letters and any letter; the newest of
    the files is taken.
    """

    path: str = option("The file, within the folder: grades/{key}_*.csv.", validator=pattern)
    columns: FileColumns = option("Which column holds what.")
    folder: str = option("Where the files are, seen from the project's folder.", default=".")
    format: FileFormat | None = option(
        "csv, spreadsheet (.xlsx, .ods), or jsonl for a JSON object in each line. As the file's "
        "ending says, if not given.",
        default=None,
    )
    encoding: EncodingName = option(
        "What the file is written in. Detected: UTF-8, UTF-16 with a mark, else cp1252.",
        default="detect",
    )
    delimiter: Delimiter = option(
        "What separates the cells of a CSV file. Detected from its first rows.", default="detect"
    )
    sheet: str | None = option("The sheet of a spreadsheet; else its first.", default=None)
    scale: Scale = option(
        "Whether completion and grades are fractions (0.85) or percent (85).", default="fraction"
    )
    decimal: Decimal = option(
        "What a number's decimals begin with; Excel writes what its user's country does.",
        default="point",
    )
    email_ids: bool = option(
        "Whether ids are e-mail addresses: capital letters and spaces around make no difference.",
        default=False,
    )
    time_zone: str = option(
        "Of moments without an offset from UTC.", default="UTC", validator=_zone
    )


@frozen(kw_only=True)
class FileContext:
    """
    What is different for one course, lesson or step of a pathway.
    """

    path: str | None = option(
        "Its own file, within the source's folder.", default=None, validator=shared_pattern
    )
    column: str | None = option("The column of its grade, which is taken for Total.", default=None)
    lesson: str | None = option(
        "What the lesson is called in the lesson column; its key, if not given.", default=None
    )


@frozen(kw_only=True)
class ReportOptions:
    """
    The grade report and the profile information that Open edX's instructor dashboard offers.

    The newest of each course is taken, by the date in its name.
    """

    folder: str = option("Where the reports are, seen from the project's folder.", default=".")
    # the date is written out as question marks: …_grade_report_err_… lies beside it
    grades: str = option(
        "Names of grade reports, within the folder.",
        default="{org}_{course}_{run}_grade_report_????-??-??-????*.csv",
        validator=pattern,
    )
    people: str = option(
        "Names of profile reports, within the folder.",
        default="{org}_{course}_{run}_student_profile_info_????-??-??-????*.csv",
        validator=pattern,
    )


@frozen(kw_only=True)
class ReportContext:
    """
    Which part of the course a lesson is.
    """

    lesson: str | None = option(
        "The title of its column in the grade report, or the beginning: Homework 1.", default=None
    )
