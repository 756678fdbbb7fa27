"""
Files that begin alike.
"""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pytest

from pypdf import PdfReader

from certcore.domain import Artifact
from certcore.pdf._syntax import Objects, begin, stream, string


@pytest.fixture
def beginning():
    """
    A page whose content and whose description come later, as objects 2 and 3.
    """
    objects = Objects()
    objects.add(b"<</Type/Catalog/Pages 4 0 R>>")
    assert [2, 3] == list(objects.leave(2))
    objects.add(b"<</Type/Pages/Kids[5 0 R]/Count 1>>")
    objects.add(b"<</Type/Page/Parent 4 0 R/MediaBox[0 0 72 72]/Resources<<>>/Contents 2 0 R>>")
    return begin(objects)


def end(beginning, title, *more):
    content = stream(b"", b"0 0 36 36 re f")
    return beginning.end([content, b"<</Title%s>>" % string(title)], more, root=1, info=3)


def whole(beginning, *said):
    made = end(beginning, *said)
    return beginning.content + made.objects + made.closing


def test_a_file_is_its_beginning_and_its_end(beginning):
    """
    Readers find every object by the table, and have nothing to mend.
    """
    made = whole(beginning, "Łukasz (1)", b"[1 2 3]")

    reader = PdfReader(io.BytesIO(made), strict=True)
    assert "Łukasz (1)" == reader.metadata.title
    assert [1, 2, 3] == reader.get_object(6)
    assert b"0 0 36 36 re f" == reader.pages[0].get_contents().get_data()
    with pikepdf.open(io.BytesIO(made)) as file:
        assert [] == file.check_pdf_syntax()


def test_the_same_file_has_the_same_identity(beginning):
    """
    And another one has another.
    """

    def identity(*said):
        return PdfReader(io.BytesIO(whole(beginning, *said))).trailer["/ID"]

    first, second = identity("Ada")
    assert first == second
    assert [first, second] == identity("Ada")
    assert first != identity("Eva")[0]
    assert 16 == len(first.original_bytes)


def test_the_beginning_is_hashed_once(beginning):
    """
    Whoever hashes a file goes on from there.
    """
    made = end(beginning, "Ada")
    parts = (beginning.content, made.objects, made.closing)

    artifact = Artifact(content=parts, begun=made.begun)

    assert hashlib.sha256(b"".join(parts)).hexdigest() == artifact.sha256


def test_an_object_that_nobody_wrote():
    """
    It is noticed before there is a file.
    """
    objects = Objects()
    objects.reserve()

    with pytest.raises(LookupError, match="object 1"):
        begin(objects)


def test_numbers_are_left_once():
    """
    They are one stretch, and what was put there isn't one of them.
    """
    objects = Objects()
    objects.add(b"null")
    objects.leave(3)

    assert 5 == objects.add(b"null")
    assert [1, 5] == [number for number, _ in objects]
    with pytest.raises(ValueError, match="2 to 4 are left already"):
        objects.leave(1)
