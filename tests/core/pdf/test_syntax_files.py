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
    A page whose content and whose description come later, as objects 4 and 5.
    """
    objects = Objects()
    objects.add(b"<</Type/Catalog/Pages 2 0 R>>")
    objects.add(b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    objects.add(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Resources<<>>/Contents 4 0 R>>")
    return begin(objects)


def end(beginning, title, *more):
    content = stream(b"", b"0 0 36 36 re f")
    bodies = [content, b"<</Title%s>>" % string(title), *more]
    return beginning.end(bodies, root=1, info=5)


def test_a_file_is_its_beginning_and_its_end(beginning):
    """
    Readers find every object by the table, and have nothing to mend.
    """
    whole = beginning.content + end(beginning, "Łukasz (1)", b"[1 2 3]")

    reader = PdfReader(io.BytesIO(whole), strict=True)
    assert "Łukasz (1)" == reader.metadata.title
    assert [1, 2, 3] == reader.get_object(6)
    assert b"0 0 36 36 re f" == reader.pages[0].get_contents().get_data()
    with pikepdf.open(io.BytesIO(whole)) as file:
        assert [] == file.check_pdf_syntax()


def test_the_same_file_has_the_same_identity(beginning):
    """
    And another one has another.
    """

    def identity(*said):
        whole = beginning.content + end(beginning, *said)
        return PdfReader(io.BytesIO(whole)).trailer["/ID"]

    first, second = identity("Ada")
    assert first == second
    assert [first, second] == identity("Ada")
    assert first != identity("Eva")[0]
    assert 16 == len(first.original_bytes)


def test_the_beginning_is_hashed_once(beginning):
    """
    Whoever hashes a file goes on from there.
    """
    parts = (beginning.content, end(beginning, "Ada"))

    made = Artifact(content=parts, begun=beginning.begun)

    assert hashlib.sha256(b"".join(parts)).hexdigest() == made.sha256


def test_an_object_that_nobody_wrote():
    """
    It is noticed before there is a file.
    """
    objects = Objects()
    objects.reserve()

    with pytest.raises(LookupError, match="object 1"):
        begin(objects)
