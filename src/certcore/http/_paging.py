"""
How the platforms tell what the next page is. It is always theirs to say.
"""

from __future__ import annotations

import re

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias, cast

from attrs import field, frozen

from certcore.exceptions import SourceProtocolError
from certcore.http._addresses import Fields
from certcore.http._calls import Answer
from certcore.http._json import is_list, kind_of


Onward: TypeAlias = str | Fields | None
"""A link, or other values of parameters, or the end."""

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
# Moodle's LTI service writes curly quotes
_REL = re.compile(r";\s*rel\s*=\s*[\"“]?([^\"”;,]*)", re.IGNORECASE)


class Paging(Protocol):
    """
    A way of giving a listing in parts.
    """

    def start(self) -> Fields:
        """
        Give parameters that the first page is asked for with.
        """
        ...

    def items(self, answer: Answer) -> list[Any]:
        """
        Give what a page lists.

        Raises:
            certcore.exceptions.SourceProtocolError:
                If it isn't a page.
        """
        ...

    def onward(self, answer: Answer, page: int, count: int) -> Onward:
        """
        Say how to get the page after this one.

        Args:
            page: The number of this one, from 1.

            count: How many items it has.
        """
        ...

    def total(self, answer: Answer) -> int | None:
        """
        Give how many items there are on all pages, if the source says so.
        """
        ...


@frozen(kw_only=True)
class BodyPaging:
    """
    The next page's address is in the body, at one of these places (Open edX).

    xAPI's is `BodyPaging(items="statements", next=("more",), required=False)`.
    """

    items_at: str = field(default="results", alias="items")
    next_at: tuple[str, ...] = field(default=("next", "pagination.next"), alias="next")
    total_at: tuple[str, ...] = field(default=("count", "pagination.count"), alias="total")
    required: bool = True
    """Whether the last page says so too, with a null."""

    def start(self) -> Fields:
        """
        Give nothing: the first page is as asked for.
        """
        return {}

    def items(self, answer: Answer) -> list[Any]:
        """
        Give what stands at its place.
        """
        return _list(answer.document, self.items_at)

    def onward(self, answer: Answer, page: int, count: int) -> Onward:
        """
        Give the address, if there is one.
        """
        del page, count
        found = [at for at in self.next_at if _has(answer.document, at)]
        if not found:
            if self.required:
                raise SourceProtocolError(f"a page has no {self.next_at[0]!r}")
            return None
        link = _at(answer.document, found[0])
        if link is not None and not isinstance(link, str):
            raise SourceProtocolError(f"{found[0]!r} is {kind_of(link)}, where a link is wanted")
        return link or None

    def total(self, answer: Answer) -> int | None:
        """
        Give the number, if there is one.
        """
        for at in self.total_at:
            number = _at(answer.document, at) if _has(answer.document, at) else None
            if isinstance(number, int) and not isinstance(number, bool):
                return number
        return None


@frozen(kw_only=True)
class LinkPaging:
    """
    The next page's address is in the header `Link` (Canvas, LTI).
    """

    items_at: str = field(default="", alias="items")
    """Where the items are; empty: the body is the list."""

    def start(self) -> Fields:
        """
        Give nothing: the first page is as asked for.
        """
        return {}

    def items(self, answer: Answer) -> list[Any]:
        """
        Give what stands at its place.
        """
        return _list(answer.document, self.items_at)

    def onward(self, answer: Answer, page: int, count: int) -> Onward:
        """
        Give the address, if there is one.
        """
        del page, count
        for link in _LINK.finditer(answer.headers.get("Link", "")):
            rel = _REL.search(link[2])
            if rel and "next" in rel[1].lower().split():
                return link[1].replace("&amp;", "&")
        return None

    def total(self, answer: Answer) -> None:
        """
        Give None: nobody says.
        """
        del answer


@frozen(kw_only=True)
class OffsetPaging:
    """
    Where to go on is a parameter, and the end is an empty page (Moodle).

    A page may be shorter than it could be and not be the last.
    """

    size: int
    write: Callable[[int, int], Fields]
    """Gives the parameters of offset and size: `lambda at, size: {"at": at, "limit": size}`."""
    items_at: str = field(default="", alias="items")
    """Where the items are; empty: the body is the list."""

    def start(self) -> Fields:
        """
        Give the parameters of the first page.
        """
        return self.write(0, self.size)

    def items(self, answer: Answer) -> list[Any]:
        """
        Give what stands at its place.
        """
        return _list(answer.document, self.items_at)

    def onward(self, answer: Answer, page: int, count: int) -> Onward:
        """
        Give the parameters of the next page, unless this one is empty.
        """
        del answer
        return self.write(page * self.size, self.size) if count else None

    def total(self, answer: Answer) -> None:
        """
        Give None: nobody says.
        """
        del answer


class Guard:
    """
    Sees that a listing comes to an end.
    """

    def __init__(self, max_pages: int) -> None:
        self._max_pages = max_pages
        self._targets = set[int]()
        self._first: list[Any] = []
        self._last: list[Any] = []
        self.pages = 0
        self.items = 0

    def see(self, items: list[Any]) -> None:
        """
        Take a page in.

        Raises:
            certcore.exceptions.SourceProtocolError:
                If it is the one before, or the first, once more.
        """
        if items and items in (self._first, self._last):
            raise SourceProtocolError("gives the same page again")
        self._first = self._first or items
        self._last = items
        self.pages += 1
        self.items += len(items)

    def follow(self, link: str) -> None:
        """
        Go on to another page.

        Raises:
            certcore.exceptions.SourceProtocolError:
                If it was there already, or there are too many.
        """
        seen = hash(link)  # a number is small, however long links are
        if seen in self._targets:
            raise SourceProtocolError("goes round in circles: a page leads to one before it")
        self._targets.add(seen)
        if self.pages == self._max_pages:
            raise SourceProtocolError(f"has more than {self._max_pages} pages; see max_pages")


def _list(document: Any, at: str) -> list[Any]:
    where = repr(at) if at else "a page"
    if at and not _has(document, at):
        raise SourceProtocolError(f"a page has no {at!r}")
    found = _at(document, at) if at else document
    if not is_list(found):
        raise SourceProtocolError(f"{where} is {kind_of(found)}, where a list is wanted")
    return found


def _has(document: Any, at: str) -> bool:
    for name in at.split("."):
        if not isinstance(document, Mapping) or name not in document:
            return False
        document = cast("Mapping[str, Any]", document)[name]
    return True


def _at(document: Any, at: str) -> object:
    for name in at.split("."):
        document = document[name]
    found: object = document
    return found
