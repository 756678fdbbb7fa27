"""
Reading a project's files; each value keeps the name of the file it stands in.
"""

from __future__ import annotations

import hashlib
import re
import tomllib

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from attrs import define, field

from certcore.bootstrap._problems import Entry, Problems, is_list
from certcore.bootstrap._schema import NAMED_TABLES, SINGLE_TABLES
from certcore.config import join, near, shown
from certcore.exceptions import ConfigurationError, Problem


_TOP = (*NAMED_TABLES, *SINGLE_TABLES, "configurations", "defaults", "alerts", "include")
_ONCE = {*SINGLE_TABLES, "defaults", "alerts", "include"}
"""Stand in the project's main file alone."""

_HINTS = {"designs": "A design has a file of its own: designs/NAME.toml."}

_DESIGN = re.compile(
    r"(?P<name>.+?)(?:\.(?P<language>[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*))?", re.DOTALL
)
_MANY = frozenset("*?[")


@define
class ProjectFiles:
    """
    Everything that a project's files say, unchecked.
    """

    folder: Path
    main: str
    problems: Problems
    named: dict[str, dict[str, Entry]] = field(factory=lambda: {name: {} for name in NAMED_TABLES})
    single: dict[str, Entry] = field(factory=dict[str, Entry])
    configurations: list[Entry] = field(factory=list[Entry])
    alerts: Any = field(factory=list[Any])
    designs: dict[str, dict[str, Entry]] = field(factory=dict[str, dict[str, Entry]])
    """By name and language; the empty language serves everybody."""
    digest: Any = field(factory=hashlib.sha256, repr=False)
    """Of the names and contents of all files."""

    def entry(self, name: str = "") -> Entry:
        """
        Give a place of the main file, to tell problems of.
        """
        return Entry({}, name, self.main)


def read_files(path: Path) -> ProjectFiles:
    """
    Read a project: its main file, the ones it includes, and its designs.

    Raises:
        certcore.exceptions.ConfigurationError:
            If the main file can't be read at all.
    """
    files = ProjectFiles(path.parent, path.name, Problems())
    if not path.exists():
        hint = f"'certcore init {path.parent}' makes a project."
        raise ConfigurationError([Problem("", "isn't there.", hint, path.name)])
    table = _read(files, path)
    _take(files, table, path.name)
    for each in _included(files, table.get("include", [])):
        try:
            _take(files, _read(files, each), _name(files, each))
        except ConfigurationError as exc:
            files.problems.told(exc, files.entry())
    for each in _matching(files.folder, "designs/*.toml"):
        _take_design(files, each)
    return files


def _name(files: ProjectFiles, path: Path) -> str:
    return path.relative_to(files.folder).as_posix()


def _read(files: ProjectFiles, path: Path) -> Mapping[str, Any]:
    file = _name(files, path)

    def refuse(message: str) -> ConfigurationError:
        return ConfigurationError([Problem("", message, file=file)])

    if not path.resolve().is_relative_to(files.folder.resolve()) and file != files.main:
        raise refuse("is a link out of the project. Put the file itself here.")
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise refuse(f"can't be read: {exc.strerror}.") from exc
    files.digest.update(f"{file}\0{len(content)}\0".encode() + content)
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise refuse(f"isn't UTF-8 text (at line {line}).") from None  # it carries the bytes
    except (ValueError, RecursionError) as exc:
        raise refuse(f"isn't TOML: {exc}.") from exc


def _included(files: ProjectFiles, value: Any) -> Iterator[Path]:
    """
    Give the files that are included, each once.
    """
    if not is_list(value):
        files.problems.wrong(files.entry(), "include", f"{shown(value)}: a list is wanted.")
        return
    seen = {files.folder / files.main}
    for place, pattern in enumerate(value):
        path = join("include", place)
        inside = isinstance(pattern, str) and pattern.endswith(".toml")
        if not inside or Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            said = f"{shown(pattern)}: TOML files of this project are wanted, 'terms/*.toml'."
            files.problems.wrong(files.entry(), path, said)
            continue
        found = _matching(files.folder, pattern)
        if not found:
            said = f"{pattern!r}: no file is called so."
            hint = "Make one, or take this out."
            files.problems.wrong(files.entry(), path, said, hint)
        yield from (each for each in found if each not in seen)
        seen.update(found)


def _matching(folder: Path, pattern: str) -> list[Path]:
    if not _MANY & set(pattern):
        # a link that leads nowhere is told by whoever reads it
        path = folder / pattern
        return [path] if path.exists() or path.is_symlink() else []
    try:
        found = sorted(folder.glob(pattern))
    except ValueError:  # what isn't a pattern is no file's name either
        return []
    # editors and file systems leave hidden files beside the real ones
    return [each for each in found if not each.name.startswith(".")]


def _take_design(files: ProjectFiles, path: Path) -> None:
    entry = Entry({}, "", _name(files, path))
    try:
        entry = Entry(_read(files, path), "", entry.file)
    except ConfigurationError as exc:
        # the variant is there, so that nobody takes another language's instead
        files.problems.told(exc, entry)
    match = _DESIGN.fullmatch(path.stem)
    assert match is not None  # noqa: S101  # a stem has a letter
    variants = files.designs.setdefault(match["name"], {})
    language = (match["language"] or "").replace("_", "-")
    for tag, known in variants.items():
        if tag.casefold() == language.casefold():
            files.problems.wrong(entry, "", f"is for the same language as {known.file}.")
    variants[language] = entry


def _take(files: ProjectFiles, table: Mapping[str, Any], file: str) -> None:
    for name, value in table.items():
        entry = Entry({}, join("", name), file)
        if name not in _TOP:
            hint = _HINTS.get(name) or near(name, _TOP) or f"Known are: {', '.join(sorted(_TOP))}."
            files.problems.wrong(entry, entry.path, "unknown key.", hint)
        elif name in _ONCE and file != files.main:
            files.problems.wrong(entry, name, f"belongs into {files.main}.")
        elif name == "alerts":
            files.alerts = value
        elif name == "configurations":
            _take_configurations(files, value, entry)
        elif name in NAMED_TABLES:
            _take_named(files, name, value, entry)
        elif name != "include":
            found = _table(files, value, entry)
            files.single[name] = found or entry


def _table(files: ProjectFiles, value: Any, entry: Entry) -> Entry | None:
    if isinstance(value, Mapping):
        return Entry(cast("Mapping[str, Any]", value), entry.path, entry.file)
    files.problems.wrong(entry, entry.path, f"{shown(value)}: a table is wanted.")
    return None


def _take_configurations(files: ProjectFiles, value: Any, entry: Entry) -> None:
    if not is_list(value):
        files.problems.wrong(entry, entry.path, "is written [[configurations]].")
        return
    for place, table in enumerate(value):
        found = _table(files, table, Entry({}, join(entry.path, place), entry.file))
        if found is not None:
            files.configurations.append(found)


def _take_named(files: ProjectFiles, name: str, value: Any, entry: Entry) -> None:
    table = _table(files, value, entry)
    for key, inner in table.table.items() if table else ():
        found = Entry({}, join(name, key), entry.file)
        known = files.named[name].get(key)
        if known is not None:
            files.problems.wrong(found, found.path, f"stands in {known.file} as well.")
            continue
        if not key.strip() or key != key.strip() or "/" in key or not key.isprintable():
            files.problems.wrong(found, found.path, "a name without slashes is wanted.")
        files.named[name][key] = _table(files, inner, found) or found
