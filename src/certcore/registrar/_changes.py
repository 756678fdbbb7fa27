"""
What a reissue changes, as it is asked for and field by field.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Iterator, Mapping
from typing import Any, Literal, cast

import attrs

from attrs import field, frozen

from certcore.config import join, plain
from certcore.domain import Certificate, Statement


class _Change:
    """
    What of a statement's part is to change.
    """

    source: bool

    @property
    def by_hand(self) -> dict[str, Any]:
        """
        Give what was named, by its field.
        """
        given = {
            each.name: getattr(self, each.name)
            for each in attrs.fields(cast("Any", type(self)))
            if each.name != "source"
        }
        return {name: value for name, value in given.items() if value not in (None, {})}

    @property
    def named(self) -> bool:
        """
        Whether anything is to change.
        """
        return self.source or bool(self.by_hand)


@frozen(kw_only=True)
class RecipientChange(_Change):
    """
    Whom it is about: as the source has them now, by hand, or both: then what is given here wins.
    """

    source: bool = False
    """Take over name, address and language as the source has them."""
    name: str | None = None
    email: str | None = field(default=None, repr=False)
    language: str | None = None
    """In which dates are printed. The design stays, unless the current one is asked for."""


@frozen(kw_only=True)
class ContextChange(_Change):
    """
    What it is for: as the source and the configuration have it now, or by hand.
    """

    source: bool = False
    """Take over name, start and end as they are now."""
    name: str | None = None
    start: dt.date | None = None
    """A date, or a date-time, in the issuer's zone if it names none."""
    end: dt.date | None = None
    """Likewise; a date is its last moment."""


@frozen(kw_only=True)
class EvidenceChange(_Change):
    """
    What it rests on: as the source has it now, or by hand. Either is judged by the rule of today.
    """

    source: bool = False
    """Take over completion, grades and facts as the source has them."""
    completion: float | None = None
    grades: Mapping[str, float] = field(factory=dict[str, float])
    """Those that change, by category; fractions."""
    facts: Mapping[str, float] = field(factory=dict[str, float])
    """Those that change, by name."""


@frozen(kw_only=True)
class Changes:
    """
    What a reissue changes; all that isn't named stays as it was.
    """

    recipient: RecipientChange = field(factory=RecipientChange)
    context: ContextChange = field(factory=ContextChange)
    evidence: EvidenceChange = field(factory=EvidenceChange)
    design: Literal["kept", "current"] = "kept"
    """`kept`: it looks as it did. `current`: as the configuration has it now."""


@frozen
class FieldChange:
    """
    One field of a statement, before and after, as plain values.
    """

    path: str
    """`recipient.name`, `evidence.grades.Total`; `design`: the digests."""
    old: Any
    new: Any


@frozen(kw_only=True)
class Reissued:
    """
    What came of a reissue, or what would.
    """

    old: Certificate
    """The one that was replaced, as it was."""
    changes: tuple[FieldChange, ...] = field(repr=False)
    certificate: Certificate | None = None
    """The successor; None: it was only tried."""

    @property
    def failure(self) -> str:
        """
        Why the successor isn't issued yet; empty if it is, or was only tried. The old one is good
        until it is.
        """
        made = self.certificate
        if made is None or made.issued_at is not None:
            return ""
        return made.failure.message if made.failure else "somebody else is making it"


def differences(old: Statement, new: Statement) -> Iterator[FieldChange]:
    """
    Give what differs, field by field.
    """
    before, after = dict(_leaves(old)), dict(_leaves(new))
    for path in before | after:
        if before.get(path) != after.get(path):
            yield FieldChange(path, plain(before.get(path)), plain(after.get(path)))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    inner: Mapping[Any, Any]
    kind: type[Any] = value.__class__
    if attrs.has(kind):
        inner = {each.name: getattr(value, each.name) for each in attrs.fields(kind)}
    elif isinstance(value, Mapping):
        inner = cast("Mapping[str, Any]", value)
    elif kind is tuple:
        inner = dict(enumerate(cast("tuple[Any, ...]", value)))
    else:
        yield path, value
        return
    for name, each in inner.items():
        yield from _leaves(each, join(path, name))
