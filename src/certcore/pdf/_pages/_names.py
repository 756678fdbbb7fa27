"""
Destinations that have names.
"""

from __future__ import annotations

from pypdf.generic import (
    ByteStringObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

from certcore.pdf._pages._source import Source, raw


_LIMITS = 2
"""The least and the greatest name below a node."""


def named_destination(
    source: Source, wanted: TextStringObject | ByteStringObject | NameObject
) -> object:
    """
    Give what a name stands for, None if for nothing (ISO 32000-1, 12.3.2.3).
    """
    if isinstance(wanted, NameObject):
        return source.entry(source.dictionary(source.root, "/Dests"), str(wanted))
    tree = source.dictionary(source.dictionary(source.root, "/Names"), "/Dests")
    return _find(source, tree, wanted.original_bytes, 0)


def _find(source: Source, node: object, wanted: bytes, depth: int) -> object:
    source.budget.check_depth(depth)
    source.budget.take_object()
    names = source.items(raw(node, "/Names"))
    for key, value in zip(names[::2], names[1::2], strict=False):
        if _bytes(source.get(key)) == wanted:
            return source.get(value)
    for kid in source.items(raw(node, "/Kids")):
        found = source.get(kid)
        limits = [_bytes(source.get(each)) for each in source.items(raw(found, "/Limits"))]
        if isinstance(found, DictionaryObject) and (
            len(limits) != _LIMITS or limits[0] <= wanted <= limits[1]
        ):
            inside = _find(source, found, wanted, depth + 1)
            if inside is not None:
                return inside
    return None


def _bytes(found: object) -> bytes:
    return found.original_bytes if isinstance(found, (TextStringObject, ByteStringObject)) else b""
