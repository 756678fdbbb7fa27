"""
Optional content: layers that a viewer shows or hides (ISO 32000-1, 8.11).
"""

from __future__ import annotations

import re

from collections.abc import Mapping

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, TextStringObject

from certcore.pdf._pages._copy import Copier
from certcore.pdf._pages._source import raw
from certcore.pdf._syntax import name, reference


_LISTS = ("ON", "OFF", "Order", "RBGroups", "Locked")
_REFERENCE = re.compile(rb"\b([0-9]+) 0 R")


def write_layers(copier: Copier) -> bytes:
    """
    Write the catalog's /OCProperties for the layers that were taken over, empty if there are none.

    Which of them are shown stays as it is, on screen and, where the template tells them apart, in
    print.
    """
    source = copier.source
    properties = source.dictionary(source.root, "/OCProperties")
    numbers = copier.written("layer")
    kept = _known(source.items(raw(properties, "/OCGs")), numbers)
    if not kept:
        return b""
    settings = source.dictionary(properties, "/D")
    said = copier.value(settings, "layer settings")[:-2]
    if source.entry(settings, "/Name") is None:
        said += b"/Name()"  # ISO 19005-2, 6.9
    for key in _LISTS:
        found = source.items(raw(settings, f"/{key}"))
        if found:
            written = _listed(copier, found, kept, 0)
            if key == "Order":
                written = _whole(written, kept)
            said += name(key) + written
    events = [
        copier.value(event, "layer event")[:-2] + b"/OCGs" + _references(known) + b">>"
        for event in map(source.get, source.items(raw(settings, "/AS")))
        if isinstance(event, DictionaryObject)
        and (known := _known(source.items(raw(event, "/OCGs")), kept))
    ]
    if events:
        copier.fitness.add("its layers look different on screen and in print")
        said += b"/AS[%s]" % b"".join(events)
    return b"<</OCGs%s/D%s>>>>" % (_references(kept), said)


def _known(
    found: list[object], numbers: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], int]:
    keys = [(each.idnum, each.generation) for each in found if isinstance(each, IndirectObject)]
    return {key: numbers[key] for key in keys if key in numbers}


def _references(kept: Mapping[tuple[int, int], int]) -> bytes:
    return b"[%s]" % b" ".join(map(reference, kept.values()))


def _listed(
    copier: Copier, found: list[object], kept: Mapping[tuple[int, int], int], depth: int
) -> bytes:
    """
    Write a list of layers, which may have lists and headings in it.
    """
    copier.source.budget.check_depth(depth)
    written: list[bytes] = []
    for each in found:
        if isinstance(each, IndirectObject) and (each.idnum, each.generation) in kept:
            written.append(reference(kept[each.idnum, each.generation]))
            continue
        value = copier.source.get(each)
        if isinstance(value, ArrayObject):
            written.append(_listed(copier, list(value), kept, depth + 1))
        elif isinstance(value, TextStringObject):
            written.append(copier.value(value, "plain"))
    return b"[%s]" % b" ".join(written)


def _whole(written: bytes, kept: Mapping[tuple[int, int], int]) -> bytes:
    """
    Add the layers that a list lacks: ISO 19005-2, 6.9 wants all of them in the list for viewers.
    """
    there = {int(each) for each in _REFERENCE.findall(written)}
    lacking = [reference(each) for each in kept.values() if each not in there]
    return b"%s%s]" % (written[:-1], b"".join(b" " + each for each in lacking))
