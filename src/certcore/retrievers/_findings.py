"""
What is said of files when a configuration is checked.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Iterator, Sequence

from certcore.config import near
from certcore.domain import Finding, Skipped
from certcore.exceptions import RetrievalError
from certcore.retrievers._paths import FoundFile, listed
from certcore.retrievers._tables import Row, Table


def error(exc: RetrievalError) -> Finding:
    """
    Tell what keeps the files from being read.
    """
    return Finding(level="error", message=exc.message)


def taken(
    found: FoundFile, table: Table, first: Row | Skipped | None, now: dt.datetime
) -> Iterator[Finding]:
    """
    Tell which file is taken, how old it is, how it is read and what it has, and its first row.
    """
    age = f"{_age(now - found.written)} old"
    older = f", {found.others} older beside it" if found.others else ""
    yield Finding(
        level="ok",
        message=f"{found.name}, of {found.written:%Y-%m-%d %H:%M} UTC ({age}{older}). "
        f"Read as {table.form}. {len(table.columns)} columns: {listed(table.columns)}.",
    )
    if table.guess:
        yield Finding(
            level="warning",
            message=f"{found.name} {table.guess}.",
            hint="If letters of names are wrong, say which encoding it is: encoding = …",
        )
    if first is None:
        yield Finding(level="warning", message=f"{found.name} has no learners in it yet.")
    elif isinstance(first, Skipped):
        yield Finding(level="warning", message=f"{first.where}: {first.reason}.")


def absent(table: Table, names: Sequence[str]) -> Iterator[Finding]:
    """
    Tell which columns the first of some JSON lines doesn't have; the others may.
    """
    missing = [name for name in dict.fromkeys(names) if name not in table.columns]
    if missing:
        yield Finding(
            level="warning",
            message=f"The first line of {table.name} has no {listed(missing)}.",
            hint=near(missing[0], table.columns),
        )


def _age(age: dt.timedelta) -> str:
    minutes = max(int(age.total_seconds() // 60), 0)
    for name, length in (("day", 24 * 60), ("hour", 60)):
        if minutes >= length:
            return _count(minutes // length, name)
    return _count(minutes, "minute")


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
