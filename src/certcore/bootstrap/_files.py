"""
Reading a project's files; each value keeps the name of the file it stands in.
"""

from __future__ import annotations

import re
import tomllib

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from attrs import define, field, frozen

from certcore.bootstrap._schema import NAMED_TABLES, SINGLE_TABLES
from certcore.config import join, near, shown
from certcore.exceptions import ConfigurationError, Problem


_TOP = (*NAMED_TABLES, *SINGLE_TABLES, "configurations", "defaults", "alerts", "include")
_ONCE = {*SINGLE_TABLES, "defaults", "alerts", "include"}
"""Stand in the project's main file alone."""

_DESIGN = re.compile(r"(?P<name>.+?)(?:\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*))?")


@frozen
class Entry:
    """
    A table, where it stands, and in which file.
    """

    table: Mapping[str, Any]
    path: str
    file: str


@define
class ProjectFiles:
    """
    Everything that a project's files say, unchecked.
    """

    folder: Path
    main: str
    named: dict[str, dict[str, Entry]] = field(factory=lambda: {name: {} for name in NAMED_TABLES})
    single: dict[str, Entry] = field(factory=dict[str, Entry])
    configurations: list[Entry] = field(factory=list[Entry])
    alerts: Any = ()
    designs: dict[str, dict[str, Entry]] = field(factory=dict[str, dict[str, Entry]])
    """By name and language; the empty language serves everybody."""
    problems: list[Problem] = field(factory=list[Problem])


def read_files(path: Path) -> ProjectFiles:
    """
    Read a project: its main file, the ones it includes, and its designs.

    Raises:
        certcore.exceptions.ConfigurationError:
            If the main file can't be read at all.
    """
    files = ProjectFiles(path.parent, path.name)
    table = _read(path, path.name)
    _take(files, table, path.name)
    for pattern in _patterns(files, table.get("include", [])):
        found = sorted(files.folder.glob(pattern))
        if not found:
            files.problems.append(
                Problem("include", f"{pattern!r}: no file is called so.", file=path.name)
            )
        for each in found:
            _take_file(files, each)
    for each in sorted((files.folder / "designs").glob("*.toml")):
        _take_design(files, each)
    return files


def _read(path: Path, file: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as exc:
        raise ConfigurationError(
            [Problem("", f"can't be read: {exc.strerror}.", file=file)]
        ) from exc
    except UnicodeDecodeError as exc:
        raise ConfigurationError([Problem("", "isn't UTF-8 text.", file=file)]) from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigurationError([Problem("", f"isn't TOML: {exc}.", file=file)]) from exc


def _patterns(files: ProjectFiles, value: Any) -> list[str]:
    if not isinstance(value, list):
        files.problems.append(
            Problem("include", f"{shown(value)}: a list is wanted.", file=files.main)
        )
        return []
    good: list[str] = []
    for place, pattern in enumerate(value):
        inside = isinstance(pattern, str) and pattern and not Path(pattern).is_absolute()
        if inside and ".." not in Path(pattern).parts:
            good.append(pattern)
        else:
            files.problems.append(
                Problem(
                    join("include", place),
                    f"{shown(pattern)}: a file of this project is wanted.",
                    file=files.main,
                )
            )
    return good


def _take_file(files: ProjectFiles, path: Path) -> None:
    file = path.relative_to(files.folder).as_posix()
    try:
        table = _read(path, file)
    except ConfigurationError as exc:
        files.problems.extend(exc.problems)
        return
    _take(files, table, file)


def _take_design(files: ProjectFiles, path: Path) -> None:
    file = path.relative_to(files.folder).as_posix()
    try:
        table = _read(path, file)
    except ConfigurationError as exc:
        files.problems.extend(exc.problems)
        return
    match = _DESIGN.fullmatch(path.stem)
    name, language = (match["name"], match["language"] or "") if match else (path.stem, "")
    files.designs.setdefault(name, {})[language] = Entry(table, "", file)


def _take(files: ProjectFiles, table: Mapping[str, Any], file: str) -> None:
    for name, value in table.items():
        if name not in _TOP:
            hint = near(name, _TOP) or f"Known are: {', '.join(sorted(_TOP))}."
            files.problems.append(Problem(name, "unknown key.", hint, file))
        elif name in _ONCE and file != files.main:
            files.problems.append(Problem(name, f"belongs into {files.main}.", file=file))
        elif name == "alerts":
            files.alerts = value
        elif name == "configurations":
            _take_configurations(files, value, file)
        elif name != "include":
            _take_table(files, name, value, file)


def _take_configurations(files: ProjectFiles, value: Any, file: str) -> None:
    if not isinstance(value, list):
        files.problems.append(
            Problem("configurations", "is written [[configurations]].", file=file)
        )
        return
    for place, table in enumerate(value):
        path = join("configurations", place)
        if isinstance(table, Mapping):
            files.configurations.append(Entry(cast("Mapping[str, Any]", table), path, file))
        else:
            files.problems.append(Problem(path, f"{shown(table)}: a table is wanted.", file=file))


def _take_table(files: ProjectFiles, name: str, value: Any, file: str) -> None:
    if not isinstance(value, Mapping):
        files.problems.append(Problem(name, f"{shown(value)}: a table is wanted.", file=file))
        return
    table = cast("Mapping[str, Any]", value)
    if name not in NAMED_TABLES:
        files.single[name] = Entry(table, name, file)
        return
    for key, entry in table.items():
        path = join(name, key)
        known = files.named[name].get(key)
        if known is not None:
            files.problems.append(Problem(path, f"stands in {known.file} as well.", file=file))
        elif not isinstance(entry, Mapping):
            files.problems.append(Problem(path, f"{shown(entry)}: a table is wanted.", file=file))
        else:
            files.named[name][key] = Entry(cast("Mapping[str, Any]", entry), path, file)
