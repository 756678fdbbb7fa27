"""
What an export of a gradebook is, once it was recognised: where in it what stands, in which unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import Factory, define, field, frozen

from certcore.domain import normalize_email
from certcore.exceptions import RetrievalError
from certcore.retrievers import _cells as cells
from certcore.retrievers._gradebook_options import GradebookKind, GradebookOptions
from certcore.retrievers._paths import listed


Reader: TypeAlias = Callable[..., float | None]
"""Makes a part of the whole of some cells; None: unknown. ValueError: they can't be read."""


@frozen
class Measure:
    """
    A grade or a completion: the cells it is in, and how to read them.
    """

    positions: tuple[int, ...]
    read: Reader

    def with_commas(self) -> Measure:
        """
        Read numbers with a decimal comma.
        """
        return Measure(self.positions, lambda *found: self.read(*map(cells.pointed, found)))


@frozen
class Header:
    """
    What an export is recognised by.
    """

    file: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    """The first rows: some platforms have more than one of headers."""


def joined(*parts: Any) -> str:
    """
    Put a name together.
    """
    return " ".join(filter(None, map(cells.name, parts)))


@define
class Export:
    """
    An export that was recognised. Those who know a kind fill it in, column by column.
    """

    header: Header
    kind: GradebookKind
    words: str
    platform: str
    id: int = -1
    """The position of the ids; -1: nobody said which."""
    declared: bool = False
    """Whether somebody chose the column of ids: it isn't what the platform's API gives."""
    email_ids: bool = False
    name: tuple[int, ...] = ()
    """The positions of the parts of names; none: there are no names."""
    compose: Callable[..., str] = joined
    email: int | None = None
    username: int | None = None
    status: int | None = None
    enrolled: Callable[[Any], bool] = bool
    grades: dict[str, Measure] = Factory(dict[str, Measure])
    completion: Measure | None = None
    nobody: str = ""
    """The name that stands for no learner."""
    preamble: int = 0
    """How many of the first rows are headers as well."""
    unknown: dict[str, str] = Factory(dict[str, str])
    """Grades that can't be known, and what to do about it."""
    uses: dict[int, tuple[str, str]] = Factory(dict[int, tuple[str, str]])
    """What each column is read as, and its unit or why it isn't read."""
    _twice: set[str] = field(factory=set[str], init=False)

    def use(self, position: int, use: str, note: str = "") -> int:
        """
        Say what a column is read as.
        """
        self.uses[position] = (use, note)
        return position

    def pass_over(self, position: int, why: str) -> None:
        """
        Say why a column isn't read.
        """
        self.uses[position] = ("", why)

    def grade(self, name: str, positions: Sequence[int], read: Reader, unit: str) -> None:
        """
        Take a grade; of two with the same name nobody can tell which is meant.
        """
        if name in self.grades or name in self._twice:
            self._twice.add(name)
            former = self.grades.pop(name, None)
            for position in [*(former.positions if former else ()), *positions]:
                self.pass_over(position, f"there are two grades {name!r}")
            return
        self.grades[name] = Measure(tuple(positions), read)
        for position in positions:
            self.use(position, f"grade {name!r}", unit)

    def points(self, name: str, position: int, most: float | None, read: Reader) -> None:
        """
        Take a grade in points, unknown for everybody where nobody knows of how many.
        """
        if most is not None:
            self.grade(name, [position], read, f"points of {most:g}")
            return
        self.grade(name, [position], _unknown, "points, unknown of how many")
        self.unknown[name] = (
            f"{name!r} is in points and the export doesn't say of how many, so it is unknown. "
            f'Say points = {{ "{name}" = … }}.'
        )

    def named_id(self, options: GradebookOptions, *, email: str) -> None:
        """
        Take the column that was said to have the ids, if one was.
        """
        if options.id is None:
            return
        position = only(self.header, options.id)
        if position == self.id:
            return
        if self.id >= 0:
            self.pass_over(self.id, "another column has the ids")
        former, _ = self.uses.get(position, ("", ""))
        uses = ", ".join(["id", *([former] if former else [])])
        self.id = self.use(position, uses, "as configured")
        self.declared = True
        self.email_ids = options.id == email

    def learner(self, cell: str) -> str:
        """
        Give the id that stands in a cell. Raises ValueError if none does.
        """
        if not cell:
            raise ValueError(f"no id in column {self.header.columns[self.id]!r}")
        return cells.identifier(normalize_email(cell) if self.email_ids else cell)


@frozen(kw_only=True)
class Kind:
    """
    One kind of export.
    """

    key: GradebookKind
    platform: str
    words: str
    """What it is called, with its article."""
    fits: Callable[[Sequence[str]], bool]
    """Whether it is this kind, by the names of the columns."""
    fill: Callable[[Export, GradebookOptions], None]
    """Says what its columns are."""


def recognise(header: Header, options: GradebookOptions, kinds: Mapping[str, Kind]) -> Export:
    """
    Say what an export is and where in it what stands.

    Raises:
        certcore.exceptions.RetrievalError:
            If it is none of the kinds, or not the one it is said to be, or lacks what was declared.
    """
    fitting = [kind for kind in kinds.values() if kind.fits(header.columns)]
    if not fitting:
        raise RetrievalError(
            f"{header.file} isn't an export that is known. Its columns: {listed(header.columns)}. "
            "Known by their English headers are: "
            f"{'; '.join(kind.words for kind in kinds.values())}. "
            "Any other list is read by the provider files."
        )
    (kind, *_) = fitting
    if options.kind is not None and options.kind != kind.key:
        raise RetrievalError(
            f"{header.file} is {kind.words}, and {kinds[options.kind].words} is wanted: "
            f"kind = {options.kind!r}"
        )
    export = Export(header, kind.key, kind.words, kind.platform)
    kind.fill(export, options)
    if options.decimal == "comma":
        export.grades = {name: each.with_commas() for name, each in export.grades.items()}
    strange = sorted(set(options.points) - set(export.grades))
    if strange:
        raise RetrievalError(
            f"{header.file} has no grade {strange[0]!r}, of which points says how many there are. "
            f"It has: {listed(export.grades)}."
        )
    if export.id < 0:
        _ask_for_id(export)
    return export


def _ask_for_id(export: Export) -> None:
    some = [f'id = "{title}"' for title in ("ID number", "Email address", "Username")]
    there = [said for said in some if said[6:-1] in export.header.columns]
    raise RetrievalError(
        f"{export.header.file}: {export.words} has no user ids. Choose a column for ever, which "
        f"everybody has and which never changes: say {' or '.join(there or some)}."
    )


def only(header: Header, title: str) -> int:
    """
    Give the position of a column. Raises RetrievalError unless it is there once.
    """
    count = header.columns.count(title)
    if count != 1:
        raise RetrievalError(
            f"{header.file} has {f'{count} columns' if count else 'no column'} {title!r}. "
            f"It has: {listed(header.columns)}."
        )
    return header.columns.index(title)


def _unknown(*cells: Any) -> None:
    del cells
