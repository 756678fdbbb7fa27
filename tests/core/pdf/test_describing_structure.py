"""
The parts of a document are found by programs that read it aloud.
"""

from __future__ import annotations

import datetime as dt
import io

from typing import Any

import pdfua
import pikepdf
import pytest

from certcore.exceptions import LayoutError
from certcore.pdf._describing import (
    ARTIFACT,
    END,
    Description,
    DescriptionTemplate,
    Structure,
    Tag,
    output_intent,
    write_structure,
)
from certcore.pdf._syntax import Objects


def assembled(
    make: Any, *, pages: int = 1, links: int = 0, skipped: str = ""
) -> tuple[bytes, Structure]:
    """
    Make a file whose pages say what they are made of.

    Args:
        make: Gives each page's tags, for the objects of its annotations and one that is free.

        pages: How many there are.

        links: How many annotations the first page has.

        skipped: Something of the file that is left out.
    """
    objects = Objects()
    tree, catalog = objects.reserve(), objects.reserve()
    numbers = [objects.reserve() for _ in range(pages)]
    annotations = [[objects.reserve() for _ in range(links * (not page))] for page in range(pages)]
    later = objects.reserve()
    tags = [make(page, annotations[page], later) for page in range(pages)]
    structure = write_structure(list(zip(numbers, tags, strict=True)), objects)
    font = objects.add(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    elements = [mark for page in structure.marks for mark in page if mark.number == later]
    objects.put(later, elements[0].element("Ada López") if elements else b"null")
    for page, number in enumerate(numbers):
        content = ARTIFACT + b"0 0 100 1 re f " + END
        for mark in structure.marks[page]:
            if mark.begin:
                content += (
                    mark.begin
                    + b"BT /F 9 Tf 10 %d Td (x) Tj ET " % (90 - 9 * (mark.mcid or 0))
                    + END
                )
        stream = objects.add(b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content))
        refs = b" ".join(b"%d 0 R" % each for each in annotations[page])
        objects.put(
            number,
            b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 100 100]/Contents %d 0 R%s/Annots[%s]"
            b"/Resources<</Font<</F %d 0 R>>>>>>"
            % (tree, stream, structure.pages[page], refs, font),
        )
        for each in annotations[page]:
            objects.put(
                each,
                b"<</Type/Annot/Subtype/Link/Rect[10 10 50 20]/Contents(Verify)%s/F 4"
                b"/A<</S/URI/URI(https://example.org/)>>>>" % structure.annotations[each],
            )
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects.put(tree, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages))
    described = DescriptionTemplate.compile(producer="certcore", pdfa=True, pdfua=True)
    info, xmp = described.render(
        Description(title="Ada", language="es", created=dt.datetime(2026, 5, 3, tzinfo=dt.UTC))
    )
    packet, said = objects.add(xmp), objects.add(info)
    entries = structure.catalog if skipped != "structure" else b""
    objects.put(
        catalog,
        b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/Lang(es)%s%s"
        b"/ViewerPreferences<</DisplayDocTitle true>>>>"
        % (tree, packet, entries, output_intent(objects)),
    )
    return file_of(objects, b"/Root %d 0 R/Info %d 0 R" % (catalog, said)), structure


def file_of(objects: Objects, trailer: bytes) -> bytes:
    content, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", list[int]()
    for number, body in objects:
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        content
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<<%s/Size %d>>\n"
        % (
            len(places) + 1,
            entries,
            trailer,
            len(places) + 1,
        )
        + b"startxref\n%d\n%%%%EOF\n" % len(content)
    )


def certificate(page: int, links: list[int], later: int) -> list[Tag]:
    """
    Give the tags of a certificate with everything on it.
    """
    if page:
        return [Tag(kind="Figure", alt="The next page")]
    return [
        Tag(kind="Figure", alt="The design", box=(0, 0, 100, 100)),
        Tag(kind="H1", number=later),
        Tag(kind="P", language="en"),
        Tag(kind="P", link=links[0]),
        Tag(kind="Link", link=links[1], alt="The university"),
        Tag(kind="Figure", alt="Código (QR)", link=links[2], box=(1, 2, 3, 4.5)),
        Tag(kind="Figure", alt="A signature"),
    ]


def kids(element: Any) -> list[Any]:
    return list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]


def outline(element: Any) -> Any:
    """
    Spell an element out: its kind, and what is below it.
    """
    below: list[Any] = []
    for kid in kids(element):
        if isinstance(kid, int):
            below.append(kid)
        elif kid.get("/Type") == "/OBJR":
            below.append("OBJR")
        else:
            below.append(outline(kid))
    return str(element.S)[1:], below


def test_a_checker_is_content(tmp_path):
    """
    It finds no fault with a whole file, nor do those who read PDF.
    """
    content, _ = assembled(certificate, pages=2, links=3)
    path = tmp_path / "certificate.pdf"
    path.write_bytes(content)

    report = pdfua.validate(str(path))

    assert [] == [f"{each.rule_id} {each.message}" for each in report.findings]
    assert not report.skipped
    with pikepdf.open(path) as pdf:
        assert [] == pdf.check_pdf_syntax()


def test_a_checker_finds_what_is_missing(tmp_path):
    """
    It isn't content with everything.
    """
    content, _ = assembled(certificate, pages=2, links=3, skipped="structure")
    path = tmp_path / "certificate.pdf"
    path.write_bytes(content)

    assert "UA-01-005" in [each.rule_id for each in pdfua.validate(str(path)).findings]


def test_the_order_of_reading():
    """
    It is that of the tags; links are parts of paragraphs.
    """
    content, structure = assembled(certificate, pages=2, links=3)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        document = pdf.Root.StructTreeRoot.K
        assert (
            "Document",
            [
                ("Figure", [0]),
                ("H1", [1]),
                ("P", [2]),
                ("P", [("Link", [3, "OBJR"])]),
                ("P", [("Link", ["OBJR"])]),
                ("P", [("Link", [("Figure", [4]), "OBJR"])]),
                ("Figure", [5]),
                ("Figure", [0]),
            ],
        ) == outline(document)
    assert [[0, 1, 2, 3, None, 4, 5], [0]] == [
        [mark.mcid for mark in page] for page in structure.marks
    ]


def test_what_is_said_of_the_parts():
    """
    Alternative texts, languages, boxes, and a text that was written later.
    """
    content, _ = assembled(certificate, pages=2, links=3)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        design, name, course, _, university, qr, *_ = pdf.Root.StructTreeRoot.K.K
        assert ("The design", "/Layout") == (str(design.Alt), design.A.O)
        assert [0, 0, 100, 100] == [float(edge) for edge in design.A.BBox]
        assert "Ada López" == str(name.ActualText)
        assert "en" == str(course.Lang)
        assert "The university" == str(kids(university)[0].Alt)
        figure = kids(kids(qr)[0])[0]
        assert "Código (QR)" == str(figure.Alt)
        assert [1, 2, 3, 4.5] == [float(edge) for edge in figure.A.BBox]


def test_the_way_back():
    """
    From content and annotations to the elements that hold them, and from those to their parents.
    """
    content, structure = assembled(certificate, pages=2, links=3)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        root = pdf.Root.StructTreeRoot
        nums = list(root.ParentTree.Nums)
        parents = dict(zip(map(int, nums[::2]), nums[1::2], strict=True))
        assert len(parents) == root.ParentTreeNextKey
        for page in pdf.pages:
            for mcid, element in enumerate(parents[int(page.obj.StructParents)]):
                assert mcid in kids(element)
                assert page.obj.objgen == element.Pg.objgen
            for annotation in page.obj.Annots:
                element = parents[int(annotation.StructParent)]
                (found,) = [
                    each
                    for each in kids(element)
                    if isinstance(each, pikepdf.Dictionary) and "/Obj" in each
                ]
                assert annotation.objgen == found.Obj.objgen
                assert "/Link" == element.S
            assert "/S" == page.obj.Tabs
        climbed(root.K, root)
    assert 3 == len(structure.annotations)


def climbed(element: Any, parent: Any) -> None:
    assert parent.objgen == element.P.objgen
    for kid in kids(element):
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/StructElem":
            climbed(kid, element)


def test_a_page_with_nothing_on_it():
    """
    It has its place all the same.
    """
    content, _ = assembled(lambda *_: [], pages=2)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert [] == list(pdf.Root.StructTreeRoot.K.K)
        assert [0, 1] == [int(page.obj.StructParents) for page in pdf.pages]


@pytest.mark.parametrize(
    "tag,why",
    [
        (Tag(kind="Figure", alt=" \n"), "alternative text"),
        (Tag(kind="Link", alt="x"), "annotation"),
    ],
)
def test_what_lacks_something(tag, why):
    """
    It would be no use to who can't see it.
    """
    with pytest.raises(ValueError, match=why):
        write_structure([(1, [tag])], Objects())


def test_half_a_character():
    """
    It is refused as everywhere.
    """
    with pytest.raises(LayoutError, match="alternative text has half a character"):
        write_structure([(1, [Tag(kind="Figure", alt="\udc00")])], Objects())
