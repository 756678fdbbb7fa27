"""
The structure of a document: what its parts are, in the order in which they are read aloud.

ISO 32000-1, 14.7 and 14.8; what more ISO 14289-1 (PDF/UA-1) wants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from attrs import field, frozen

from certcore.pdf._describing._texts import clean, in_pdf
from certcore.pdf._syntax import Objects, name, numbers, reference


Kind: TypeAlias = Literal["Figure", "H1", "H2", "H3", "H4", "H5", "H6", "P", "Link"]
_OF_TEXTS = frozenset({"H1", "H2", "H3", "H4", "H5", "H6", "P"})

END = b"EMC\n"
"""Ends what `Mark.begin` or `ARTIFACT` begins."""

ARTIFACT = b"/Artifact BMC\n"
"""Begins what is decoration, and isn't read aloud."""


@frozen(kw_only=True)
class Tag:
    """
    A part of a page.
    """

    kind: Kind
    """A `Link` has no content of its own: it stands for an annotation over somebody else's."""
    alt: str = ""
    """What is read aloud in its place; a figure needs it."""
    language: str = ""
    """A BCP 47 tag, where it isn't the document's."""
    link: int | None = None
    """The object of the annotation that makes a link of it."""
    box: tuple[float, float, float, float] | None = None
    """Left, bottom, right and top of a figure. In points of the page's own coordinates."""
    number: int | None = None
    """The object of its element if that is written later, as `Mark.element`; else a new one."""


@frozen(kw_only=True)
class Mark:
    """
    A tag, with its place in the structure.
    """

    mcid: int | None
    """The number of its content on the page; a `Link` has none."""
    begin: bytes
    """What stands before its content."""
    number: int
    """The object of its element."""
    _entries: bytes = field(alias="entries", repr=False)
    absent: bytes = field(repr=False)
    """Its element in a file in which it has no content."""

    def element(self, actual_text: str = "") -> bytes:
        """
        Write its element.

        Args:
            actual_text: What its content says, where programs can't find out from the content.
        """
        said = clean("text", actual_text)
        actual = b"/ActualText" + in_pdf(said) if said else b""
        return b"%s%s>>" % (self._entries, actual)


@frozen(kw_only=True)
class Structure:
    """
    A structure that has been written as objects, and what others have to say of it.
    """

    catalog: bytes
    """Entries of the document's catalog."""
    pages: tuple[bytes, ...]
    """Entries of each page."""
    marks: tuple[tuple[Mark, ...], ...]
    """Of each page, in the order of its tags."""
    annotations: dict[int, bytes]
    """Entries of the annotations that links were made with, by their objects."""


def write_structure(pages: Sequence[tuple[int, Sequence[Tag]]], objects: Objects) -> Structure:
    """
    Write the structure of a document: its parts one below the other, read in the order given.

    Args:
        pages: The object of each page, and what is on it. An annotation is on one page, once.

        objects: Where elements are added, all but those that have numbers.

    Raises:
        ValueError:
            If a figure has no alternative text, or a link no annotation.
    """
    writer = _Writer(objects)
    marks = tuple(tuple(writer.page(page, tags)) for page, tags in pages)
    annotations = writer.close()
    return Structure(
        catalog=b"/MarkInfo<</Marked true>>/StructTreeRoot " + reference(writer.root),
        # keyboards go through links in the order of the structure: ISO 14289-1, 7.18.3
        pages=tuple(b"/StructParents %d/Tabs/S" % key for key in range(len(marks))),
        marks=marks,
        annotations=annotations,
    )


class _Writer:
    """
    The elements of one document, as they are written.
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.root = objects.reserve()
        self._document = objects.reserve()
        self._below: list[int] = []
        self._holders: list[list[int]] = []
        """Which element holds each content, by page."""
        self._links: list[tuple[int, int]] = []
        """Annotations, and the elements that hold them."""

    def page(self, page: int, tags: Sequence[Tag]) -> Iterator[Mark]:
        """
        Write the elements of a page.
        """
        self._holders.append([])
        for tag in tags:
            if tag.kind == "Figure" and not clean("alternative text", tag.alt):
                raise ValueError("a figure without an alternative text")
            if tag.kind == "Link" and tag.link is None:
                raise ValueError("a link without an annotation")
            yield self._add(tag, page)

    def _add(self, tag: Tag, page: int) -> Mark:
        number = self._objects.reserve() if tag.number is None else tag.number
        mcid = None if tag.kind == "Link" else len(self._holders[-1])
        kids = b"" if mcid is None else b"%d" % mcid
        parent, holder = self._document, number
        if tag.link is None:
            self._below.append(number)
        elif tag.kind in _OF_TEXTS:
            # what is clickable in a text is a part of the text
            holder = self._link(tag.link, page, parent=number, kids=kids)
            kids = reference(holder)
            self._below.append(number)
        else:
            # links are parts of texts: where there is none, a paragraph is put around
            parent = self._objects.reserve()
            self._below.append(parent)
            link = number
            if tag.kind == "Figure":
                link = self._link(tag.link, page, parent=parent, kids=reference(number))
            else:
                self._links.append((tag.link, number))
                kids = _annotation(tag.link, page)
            self._objects.put(parent, _element("P", self._document, page, reference(link)) + b">>")
            parent = link if tag.kind == "Figure" else parent
        if mcid is not None:
            self._holders[-1].append(holder)
        mark = Mark(
            mcid=mcid,
            begin=b"" if mcid is None else b"%s<</MCID %d>>BDC\n" % (name(tag.kind), mcid),
            number=number,
            entries=_element(tag.kind, parent, page, kids) + _attributes(tag),
            absent=_element("NonStruct", parent, page, kids) + b">>",
        )
        if tag.number is None:
            self._objects.put(number, mark.element())
        return mark

    def _link(self, annotation: int, page: int, *, parent: int, kids: bytes) -> int:
        both = b"[%s %s]" % (kids, _annotation(annotation, page))
        number = self._objects.add(_element("Link", parent, page, both) + b">>")
        self._links.append((annotation, number))
        return number

    def close(self) -> dict[int, bytes]:
        """
        Write what holds the elements together; give the entries of annotations.
        """
        parents = [
            b"%d[%s]" % (key, _references(holders)) for key, holders in enumerate(self._holders)
        ]
        entries: dict[int, bytes] = {}
        for key, (annotation, link) in enumerate(self._links, start=len(parents)):
            parents.append(b"%d %s" % (key, reference(link)))
            entries[annotation] = b"/StructParent %d" % key
        tree = self._objects.add(b"<</Nums[%s]>>" % b" ".join(parents))
        document = b"<</Type/StructElem/S/Document/P %s/K[%s]>>"
        self._objects.put(
            self._document, document % (reference(self.root), _references(self._below))
        )
        root = b"<</Type/StructTreeRoot/K %s/ParentTree %s/ParentTreeNextKey %d>>"
        self._objects.put(
            self.root, root % (reference(self._document), reference(tree), len(parents))
        )
        return entries


def _references(objects: Sequence[int]) -> bytes:
    return b" ".join(map(reference, objects))


def _annotation(number: int, page: int) -> bytes:
    return b"<</Type/OBJR/Obj %s/Pg %s>>" % (reference(number), reference(page))


def _element(kind: Kind | Literal["NonStruct"], parent: int, page: int, kids: bytes) -> bytes:
    """
    Begin an element; it has to be closed.
    """
    return b"<</Type/StructElem/S%s/P %s/Pg %s/K %s" % (
        name(kind),
        reference(parent),
        reference(page),
        kids,
    )


def _attributes(tag: Tag) -> bytes:
    alt = clean("alternative text", tag.alt)
    language = clean("language", tag.language)
    said = b"/Alt" + in_pdf(alt) if alt else b""
    if language:
        said += b"/Lang" + in_pdf(language)
    if tag.box:
        said += b"/A<</O/Layout/Placement/Block/BBox[%s]>>" % numbers(*tag.box)
    return said
