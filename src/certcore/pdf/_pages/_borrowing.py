"""
Drawings without resources of their own: they draw with those of the page they are on.

That is so for forms (ISO 32000-1, table 95), for Type 3 fonts (table 112) and, in what programs
write, for patterns. On another page, the same object may look different.
"""

from __future__ import annotations

from collections.abc import Iterator

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from certcore.pdf._pages._kinds import KINDS
from certcore.pdf._pages._source import Source, entries


_Node = tuple[int, int, str]

# all kinds by which one comes from a page to a drawing
_LEADING = frozenset(
    [
        *("resources", "xobjects", "form", "patterns", "pattern", "fonts", "font"),
        *("states", "state", "state font", "soft mask"),
    ]
)


def borrows(found: object, kind: str, source: Source) -> bool:
    """
    Say whether something draws with resources, and has none.
    """
    if kind == "font":
        draws = source.name(found, "/Subtype") == "/Type3"
    else:
        draws = kind in {"form", "pattern"} and isinstance(found, StreamObject)
    return draws and source.entry(found, "/Resources") is None


class Borrowers:
    """
    Tells which objects look different on pages that have other resources.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[_Node, bool] = {}

    def reached(self, at: IndirectObject, kind: str) -> bool:
        """
        Say whether an object is one that borrows, or one of those leads to it.
        """
        node = _node(at, kind)
        if kind in _LEADING and node not in self._known:
            self._explore(at, kind)
        return self._known.get(node, False)

    def _explore(self, at: IndirectObject, kind: str) -> None:
        waiting, led_from = [(at, kind)], dict[_Node, list[_Node]]()
        borrowing = list[_Node]()
        while waiting:
            at, kind = waiting.pop()
            node = _node(at, kind)
            if node in self._known:
                continue
            self._known[node] = False
            for value, wanted in self._within(at, kind, 0):
                if value is None or self._known.get(other := _node(value, wanted)):
                    borrowing.append(node)
                    continue
                led_from.setdefault(other, []).append(node)
                waiting.append((value, wanted))
        while borrowing:
            node = borrowing.pop()
            if not self._known[node]:
                self._known[node] = True
                borrowing += led_from.get(node, [])

    def _within(
        self, value: object, kind: str, depth: int
    ) -> Iterator[tuple[IndirectObject | None, str]]:
        """
        Go through what a value refers to that may draw; None stands for the value's own borrowing.
        """
        self._source.budget.check_depth(depth)
        found = self._source.get(value)
        if borrows(found, kind, self._source):
            yield None, kind
        for each, wanted in _parts(found, kind):
            if wanted == "xobject":
                form = self._source.name(self._source.get(each), "/Subtype") == "/Form"
                wanted = "form" if form else ""  # noqa: PLW2901  # as it is copied
            if wanted in _LEADING:
                if isinstance(each, IndirectObject):
                    yield each, wanted
                else:
                    yield from self._within(each, wanted, depth + 1)


def _node(at: IndirectObject, kind: str) -> _Node:
    return at.idnum, at.generation, kind


def _parts(found: object, kind: str) -> Iterator[tuple[object, str]]:
    rules = KINDS[kind]
    if isinstance(found, DictionaryObject):
        for key, value in entries(found):
            yield value, rules.entries.get(key, rules.named)
    elif isinstance(found, ArrayObject):
        for value in list[object](found):
            yield value, rules.items
