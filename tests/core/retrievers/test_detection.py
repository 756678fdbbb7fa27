"""
Which encoding a file is in and what separates its cells: found out, or asked for, never taken for
something that it isn't.
"""

from __future__ import annotations

import csv
import io

import pytest

from hypothesis import assume, given
from hypothesis import strategies as st

from certcore.exceptions import RetrievalError
from certcore.retrievers._encoding import UTF_8, encoding_of
from certcore.retrievers._separators import DELIMITERS, Sample, separator_of


SIGNS = list(DELIMITERS.values())
CELLS = st.text(st.sampled_from("aé1\"',;|\t\n\r =sep"), max_size=6)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(
        st.lists(CELLS, min_size=width, max_size=width).filter(any), min_size=1, max_size=25
    )
)
WESTERN = st.text(st.sampled_from("abc éèêëçñöüßÉÑÖ0189,;"), min_size=1, max_size=20)
LETTERS = {
    "cp1252": "abcéèñöüß",
    "cp1250": "abcąćęłńóśźż",
    "cp1251": "абвгдежзий",
    "cp1253": "αβγδεζηθ",
    "cp1254": "abcçğıöşü",
}


def written(rows, sign, end="\r\n"):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=sign, lineterminator=end).writerows(rows)
    return file.getvalue()


def encoding(content, wanted="detect"):
    return encoding_of(io.BytesIO(content), "bio.csv", wanted)


@given(TABLES, st.sampled_from(SIGNS))
def test_no_separator_is_taken_for_another(rows, sign):
    """
    Of a table of several columns it is the one that it was written with, or nobody can tell.
    """
    text = written(rows, sign)
    assume(not text.startswith(("sep=", '"sep=')))
    try:
        found = separator_of(Sample(text, whole=True), "bio.csv")
    except RetrievalError:  # a question
        return

    assert sign == found


@given(TABLES, st.sampled_from(SIGNS), st.integers(1, 200))
def test_a_row_that_is_cut_off_misleads_nobody(rows, sign, length):
    """
    Large files are looked at up to some place in some row.
    """
    rows = [["id", "name", *row] for row in rows]
    text = written(rows, sign)
    assume(len(written(rows[:1], sign)) < length < len(text))

    try:
        found = separator_of(Sample(text[:length], whole=False), "bio.csv")
    except RetrievalError:
        return
    assert sign == found


@pytest.mark.parametrize(
    "text,expected",
    [
        ("id;name, in full\n1;Ada\n", ";"),
        ("id,name;1\n7,Ada\n", ","),
        ("id\tname\n", "\t"),
        ("id|name\n", "|"),
        ("\n\nid;name\n", ";"),
        ('"a;b",c\n1,2\n', ","),
        ('"a,b";"c,d"\n"1,5";2\n', ";"),
        ("sep=;\r\nid,name;x\r\n", ";"),
        ('"sep=\t"\nid,name\n', "\t"),
        ("sep=|", "|"),
        ("name\nAda\n", ","),
        ("", ","),
        ('"a"b,c\n', ","),
        ('id,name\n1,"Ada\n', ","),
    ],
)
def test_separators(text, expected):
    """
    As the header has it, quotation marks seen for what they are; Excel's first line says it.
    """
    assert expected == separator_of(Sample(text, whole=True), "bio.csv")


def test_two_separators_are_a_question():
    """
    It says what to write.
    """
    with pytest.raises(RetrievalError) as caught:
        separator_of(Sample("a;b,c;d\n1;2,3;4\n", whole=True), "bio.csv")

    assert (
        "bio.csv: nobody can tell what separates its cells. "
        'Say delimiter = "comma" or delimiter = "semicolon".'
    ) == str(caught.value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_utf_8_is_utf_8(text):
    """
    Whatever stands in it, unless it begins with the mark of something else.
    """
    assert "UTF-8" == encoding(b"id" + text.encode()).said
    assert "UTF-8 with a mark" == encoding(text.encode("utf-8-sig")).said
    assert "UTF-16" == encoding(text.encode("utf-16")).said


@given(WESTERN)
def test_names_in_a_western_code_page_are_read_as_they_are(text):
    """
    Or not at all; and somebody is told.
    """
    content = text.encode("cp1252")
    try:
        found = encoding(content)
    except RetrievalError:
        assert not text.isascii()
        return

    assert text == content.decode(found.codec)
    assert found.guessed is not text.isascii()


@pytest.mark.parametrize("page", LETTERS)
def test_code_pages_can_be_named(page):
    """
    Then nothing is guessed.
    """
    found = encoding(LETTERS[page].encode(page), page)

    assert (page, page, False) == (found.codec, found.said, found.guessed)
    assert LETTERS[page] == LETTERS[page].encode(page).decode(found.codec)


@pytest.mark.parametrize(
    "content",
    [
        "id,name\n1,Łukasz Żółć\n".encode("cp1250"),
        "id,name\n1,Иван Петров\n".encode("cp1251"),
        "id,name\n1,Γιώργος\n".encode("cp1253"),
    ],
)
def test_another_code_page_is_a_question(content):
    """
    ³ukasz ¯ó³æ doesn't get onto a certificate.
    """
    with pytest.raises(RetrievalError, match="can't be told to be anything else"):
        encoding(content)


@pytest.mark.parametrize(
    "content,expected",
    [
        (b"id,name\n1,Zo\xeb\n", "cp1252"),
        ("1,Łukasz\n2,".encode() + b"Zo\xeb\n", "UTF-8"),
        (b"1,Zo\xeb\n" + b"x" * (1 << 21) + "Łukasz".encode(), "UTF-8"),
        (b"x" * (1 << 20) + b"Zo\xeb", "cp1252"),
        (b"Zo\xeb\x81", "UTF-8"),
        (b"Zo\xeb\0", "UTF-8"),
        (b"cut \xc5", "cp1252"),
    ],
)
def test_what_is_not_all_utf_8(content, expected):
    """
    It is cp1252 if nothing in it is UTF-8, wherever it stands; else its letters are marked.
    """
    assert expected == encoding(content).said


def test_a_letter_across_chunks_is_one():
    """
    Files are looked through piece by piece.
    """
    for shift in range(4):
        before = b"x" * ((1 << 20) - shift)

        assert "UTF-8" == encoding(before + "Ł".encode() + b" Zo\xeb").said


def test_named_utf_8_is_not_looked_through():
    """
    Who says it means it.
    """
    assert UTF_8 == encoding(b"Zo\xeb", "utf-8")
    assert "UTF-16" == encoding(b"", "utf-16").said
