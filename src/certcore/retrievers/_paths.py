"""
Which file is meant: patterns filled from a context's key, and the newest of the files that match.
"""

from __future__ import annotations

import datetime as dt
import re

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias

from attrs import frozen

from certcore.config import near
from certcore.exceptions import RetrievalError


NewestBy: TypeAlias = Literal["modified", "name"]

_COURSE_KEY = re.compile(
    r"course-v1:(?P<org>[^+/]+)\+(?P<course>[^+/]+)\+(?P<run>[^+/]+)"
    r"|(?P<old_org>[^+/:]+)/(?P<old_course>[^+/]+)/(?P<old_run>[^+/]+)"
)
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}-\d{4}")
_LISTED = 8


@frozen(kw_only=True)
class FoundFile:
    """
    A file that was chosen.
    """

    path: Path
    name: str
    """As messages call it: the path within the source's folder."""
    others: int = 0
    """How many older ones match as well."""
    written: dt.datetime
    """When it was, in UTC."""


def newest(
    folder: Path, pattern: str, key: str, *, what: str = "file", by: NewestBy = "modified"
) -> FoundFile:
    """
    Choose the newest file within the folder that the pattern, filled from the key, matches.

    Args:
        what: What is looked for, for messages.

        by: When it was written, as the disk says or, if it is there, the UTC time in its name: a
            copy that was made later is no later report.

    Raises:
        certcore.exceptions.RetrievalError:
            If none matches: it says what was looked for, and what is there.
    """
    filled = fill(pattern, key)
    try:
        return _newest(folder, filled, what, by)
    except OSError as exc:
        raise unreadable(f"{filled!r} in {folder}", exc) from exc


def _newest(folder: Path, filled: str, what: str, by: NewestBy) -> FoundFile:
    hidden = PurePosixPath(filled).name.startswith(".")
    # brackets are letters of names like any other
    matches = [
        path
        for path in folder.glob(filled.replace("[", "[[]"))
        if hidden or not path.name.startswith(".")
    ]
    if not matches:
        raise RetrievalError(f"no {what} {filled!r} in {folder}. {_there(folder, filled)}")
    files = [path for path in matches if path.is_file()]
    if not files:
        raise RetrievalError(f"{_name(matches[0], folder)} isn't a file")
    found = [_found(path, folder, by, others=len(files) - 1) for path in files]
    return max(found, key=lambda file: (file.written, file.name))


def fill(pattern: str, key: str) -> str:
    """
    Put the key, made safe for file names, and its parts in the place of `{key}`, `{org}`, ...

    Raises:
        certcore.exceptions.RetrievalError:
            If the pattern asks for parts that the key doesn't have.
    """

    def part(match: re.Match[str]) -> str:
        name = match[1]
        if name == "key":
            return _filled(re.sub(r"[^\w.-]+", "_", key), key, match[0])
        parts = _COURSE_KEY.fullmatch(key)
        if parts is None:
            raise RetrievalError(
                f"{match[0]} of the file's path can't be filled: {key!r} isn't of the form "
                "course-v1:Org+Course+Run. {key} takes any key."
            )
        # Open edX, too, leaves out of its files' names what isn't safe in them
        said = parts[name] or parts[f"old_{name}"]
        return _filled(re.sub(r"[^\w.-]", "", said), key, match[0])

    return re.sub(r"\{(key|org|course|run)\}", part, pattern)


def _filled(value: str, key: str, placeholder: str) -> str:
    # no key may lead out of the folder
    safe = value.lstrip(".")
    if not safe:
        raise RetrievalError(f"{placeholder} of the file's path can't be filled from {key!r}")
    return safe


def _found(path: Path, folder: Path, by: NewestBy, *, others: int) -> FoundFile:
    written = _stamp(path.name) if by == "name" else None
    return FoundFile(
        path=path,
        name=_name(path, folder),
        others=others,
        written=written or dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC),
    )


def _stamp(name: str) -> dt.datetime | None:
    for stamp in reversed(_STAMP.findall(name)):
        try:
            return dt.datetime.strptime(stamp, "%Y-%m-%d-%H%M").replace(tzinfo=dt.UTC)
        except ValueError:  # digits that are no date
            continue
    return None


def unreadable(name: str, exc: OSError) -> RetrievalError:
    """
    Say that a file can't be read, and why.
    """
    return RetrievalError(f"{name} can't be read: {exc.strerror or exc}")


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _there(folder: Path, filled: str) -> str:
    wanted = PurePosixPath(filled)
    fixed: list[str] = []
    for part in wanted.parts[:-1]:
        if set(part) & set("*?"):
            break
        fixed.append(part)
    place = folder.joinpath(*fixed)
    if not place.is_dir():
        return f"There is no folder {place}."
    names = sorted(
        path.name
        for path in place.iterdir()
        if path.suffix == wanted.suffix and not path.name.startswith(".")
    )
    if not names:
        return f"There are no {wanted.suffix or 'such'} files in {place}."
    return f"There are: {listed(names)}. {near(wanted.name, names)}".rstrip()


def listed(names: Iterable[str]) -> str:
    """
    Write out some names, and how many more there are.
    """
    every = list(names)
    more = len(every) - _LISTED
    said = ", ".join(every[:_LISTED])
    return f"{said} and {more} more" if more > 0 else said
