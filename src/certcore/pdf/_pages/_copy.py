"""
Objects of a template, written anew under fresh numbers.
"""

from __future__ import annotations

from collections import deque
from typing import cast

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from certcore.pdf._pages._borrowing import Borrowers, borrows
from certcore.pdf._pages._filters import Filter, repacked
from certcore.pdf._pages._fitness import Fitness
from certcore.pdf._pages._geometry import fine
from certcore.pdf._pages._kinds import KINDS
from certcore.pdf._pages._limits import DamagedError
from certcore.pdf._pages._marks import Drawing, read_drawing
from certcore.pdf._pages._source import Source, entries, raw
from certcore.pdf._syntax import Objects, name, reference, stream


_DRAWINGS = frozenset({"form", "pattern", "glyph"})
_STRIPPED = frozenset({"form", "pattern"})
_XOBJECTS = {"/Form": "form", "/Image": "image"}


class Copier:
    """
    Writes objects with what they refer to, each of them once.

    What draws with the resources of the page it is on is written once for each page that has
    others.
    """

    def __init__(self, source: Source, objects: Objects, fitness: Fitness) -> None:
        self.source = source
        self.fitness = fitness
        self._objects = objects
        self._borrowers = Borrowers(source)
        self._numbers: dict[tuple[int, int, str, object], int] = {}
        self._waiting: deque[tuple[int, PdfObject, str]] = deque()
        self._page: object = None
        self._own: object = None
        self._inherited = 0

    def begin(self, own: object) -> int:
        """
        Begin with a page, and give the number of its resources.

        Args:
            own: These, as the template refers to them: a drawing that has none of its own draws
                with them (ISO 32000-1, table 95).

        Raises:
            certcore.pdf._pages._limits.DamagedError:
                If they aren't there.
        """
        self._page = object()
        if isinstance(own, IndirectObject):  # pages may have the same
            self._page = (own.idnum, own.generation)
        self._own = own
        self._inherited = self.add(own, "resources")
        return self._inherited

    def value(self, value: object, kind: str) -> bytes:
        """
        Write a value; what it refers to is written by the next `finish`.

        Gives `null` for what isn't there or isn't taken over.
        """
        return self._write(value, kind, 0)

    def add(self, value: object, kind: str) -> int:
        """
        Give the number of a dictionary or stream that is to be an object of its own.

        Raises:
            certcore.pdf._pages._limits.DamagedError:
                If it isn't there.
        """
        found = self.source.get(value)
        if not isinstance(found, DictionaryObject):
            raise DamagedError("something is missing")
        if isinstance(value, IndirectObject):
            return self._numbered(value, found, kind)
        return self._enqueued(found, kind)

    def drawing(self, content: bytes, header: bytes, own: object, resources: int) -> int:
        """
        Write a form of drawing instructions, without the marks of another structure.

        Args:
            content: The instructions.

            header: Entries of the form's dictionary.

            own: Its resources, as the template refers to them.

            resources: Under which number these are written.
        """
        self.source.budget.take_object()
        header = b"/Type/XObject/Subtype/Form%s/Resources %s" % (header, reference(resources))
        return self._objects.add(stream(header, self._read(content, own, strip=True)))

    def put(self, body: bytes) -> int:
        """
        Write an object of ours.
        """
        return self._objects.add(body)

    def finish(self) -> None:
        """
        Write all that waits for the page.
        """
        while self._waiting:
            number, found, kind = self._waiting.popleft()
            self._objects.put(number, self._object(found, kind))

    def written(self, kind: str) -> dict[tuple[int, int], int]:
        """
        Give the new numbers of what was taken over as of a kind, by the old ones.
        """
        return {key[:2]: number for key, number in self._numbers.items() if key[2] == kind}

    def _write(self, value: object, kind: str, depth: int) -> bytes:
        self.source.budget.check_depth(depth)
        found = self.source.get(value)
        if not isinstance(found, (DictionaryObject, ArrayObject)):
            if kind == "color" and isinstance(found, NameObject):
                self.fitness.see_color(found)
            return _scalar(found)
        kind = self._narrow(found, kind)
        if not kind:
            return b"null"
        if isinstance(value, IndirectObject):
            return reference(self._numbered(value, found, kind))
        if isinstance(found, StreamObject):
            return reference(self._enqueued(found, kind))
        return self._direct(found, kind, depth)

    def _narrow(self, found: PdfObject, kind: str) -> str:
        """
        Say what kind something is that may be of several; empty if it isn't taken over.
        """
        if kind == "xobject":
            return _XOBJECTS.get(self.source.name(found, "/Subtype"), "")
        if kind == "property":
            layer = self.source.name(found, "/Type") in {"/OCG", "/OCMD"}
            return "layer" if layer else "nothing"
        if isinstance(found, ArrayObject):
            kind = "plain" if kind == "image" else kind  # a mask by colors
            return kind if KINDS[kind].items else ""
        return kind if KINDS[kind].takes_dictionaries else ""

    def _numbered(self, at: IndirectObject, found: PdfObject, kind: str) -> int:
        page = self._page if self._borrowers.reached(at, kind) else None
        key = (at.idnum, at.generation, kind, page)
        if key not in self._numbers:
            self._numbers[key] = self._enqueued(found, kind)
        return self._numbers[key]

    def _enqueued(self, found: PdfObject, kind: str) -> int:
        self.source.budget.take_object()
        number = self._objects.reserve()
        self._waiting.append((number, found, kind))
        return number

    def _object(self, found: PdfObject, kind: str) -> bytes:
        if isinstance(found, StreamObject):
            return self._stream(found, kind)
        return self._direct(found, kind, 0)

    def _direct(self, found: PdfObject, kind: str, depth: int) -> bytes:
        if isinstance(found, DictionaryObject):
            return b"<<%s>>" % self._entries(found, kind, depth)
        items = KINDS[kind].items
        written = [self._write(each, items, depth + 1) for each in cast("ArrayObject", found)]
        if kind == "color":
            self.fitness.see_space(written)
        return b"[%s]" % b" ".join(written)

    def _entries(self, found: DictionaryObject, kind: str, depth: int) -> bytes:
        self.fitness.see_object(kind, found, self.source)
        rules, written = KINDS[kind], list[bytes]()
        for key, value in entries(found):
            wanted = rules.entries.get(key, rules.named)
            said = self._write(value, wanted, depth + 1) if wanted else b"null"
            if said != b"null":
                written += [b"%s %s" % (each, said) for each in _spelled(key)]
        if borrows(found, kind, self.source):
            written.append(b"/Resources " + reference(self._inherited))
            if kind == "font":
                self.fitness.see_fonts(self._own, self.source)
        return b"".join(written)

    def _stream(self, found: StreamObject, kind: str) -> bytes:
        header = self._entries(found, kind, 0)
        packed = self.source.packed(found)
        if kind in _DRAWINGS:
            content = self.source.data(found)
            own = self._own if borrows(found, kind, self.source) else raw(found, "/Resources")
            drawn = self._read(content, own, strip=kind in _STRIPPED)
            if drawn != content or [each.name for each in packed.filters] != ["/FlateDecode"]:
                return stream(header, drawn)
        else:
            packed = repacked(packed, self.source.budget)
        return stream(header + self._filters(packed.filters), packed.data, compress=False)

    def _read(self, content: bytes, resources: object, *, strip: bool) -> bytes:
        if self.source.budget.may_scan(len(content)):
            drawing = read_drawing(content, strip=strip)
        else:
            drawing = Drawing(content, clear=False)
        fonts = self.source.dictionary(self.source.get(resources), "/Font")
        self.fitness.see_drawing(drawing, fonts, self.source)
        return drawing.content

    def _filters(self, filters: tuple[Filter, ...]) -> bytes:
        names = b"".join(name(each.name[1:]) for each in filters)
        written = names and b"/Filter[%s]" % names
        if any(each.parameters for each in filters):
            said = [self._write(each.parameters, "parameters", 1) for each in filters]
            written += b"/DecodeParms[%s]" % b" ".join(said)
        return written


def _spelled(key: str) -> list[bytes]:
    """
    Write the name of an entry, in each way in which the file may have spelled it.

    What it is called in drawing instructions stays as it is there, and of names beyond ASCII isn't
    known any more in which encoding they were.
    """
    spelled = {name(key[1:]): None}
    if not key.isascii():
        for encoding in ("gbk", "latin-1"):
            data = key[1:].encode(encoding, "ignore")
            spelled[b"/" + b"".join(b"#%02X" % byte for byte in data)] = None
    return list(spelled)


def _scalar(found: object) -> bytes:
    if isinstance(found, BooleanObject):
        return b"true" if found.value else b"false"
    if isinstance(found, NameObject):
        return name(found[1:])
    if isinstance(found, (TextStringObject, ByteStringObject)):
        return b"<%s>" % found.original_bytes.hex().upper().encode("ascii")
    if isinstance(found, int):
        return b"%d" % found
    if isinstance(found, float):
        return fine(found)
    return b"null"
