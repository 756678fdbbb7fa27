"""
One call of a source and what comes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from certcore.http._addresses import Address, Fields, written


@frozen(kw_only=True)
class Call:
    """
    What is asked.
    """

    path: str
    """As it was written, with the names of what goes into it: it can be shown."""
    target: str = field(repr=False)
    form: Fields | None = field(default=None, repr=False)
    """What is posted; None: it is a GET."""
    name: str = ""
    """What the call is for, where one address serves all (Moodle); it can be shown."""
    given: tuple[str, ...] = field(default=(), repr=False)
    """What was asked with; it may be a learner's name."""
    token: bool = False
    """Whether a token is asked for."""

    @property
    def shown(self) -> str:
        """
        Name the call in a message.
        """
        return f"{self.path} {self.name}".rstrip()


def make_call(
    address: Address,
    path: str,
    params: Fields | None,
    *,
    form: Fields | None = None,
    inside: Mapping[str, object] | None = None,
    name: str = "",
    token: bool = False,
) -> Call:
    """
    Say what is asked.
    """
    parts = [dict(some) for some in (params, form, inside) if some]
    return Call(
        path=path,
        target=address.target(path, inside or {}, params or {}),
        form=form,
        name=name,
        given=tuple(text for part in parts for value in part.values() for text in _texts(value)),
        token=token,
    )


def _texts(value: object) -> Iterator[str]:
    for text in written(value):
        yield text
        yield from text.split(",")


@frozen(kw_only=True)
class Answer:
    """
    What a source answered, as it is handed to who looks closer.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Their names can be asked for in any case."""
    document: Any = field(repr=False)
    """The JSON; None if there is none."""
    target: str = field(default="", repr=False)
    """Where it comes from: path and query."""


@frozen(kw_only=True)
class Reply:
    """
    What a source answered, as it came.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
