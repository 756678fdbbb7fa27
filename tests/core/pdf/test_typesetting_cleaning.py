"""
What is left of a text after cleaning.
"""

from __future__ import annotations

import unicodedata

import pytest

from hypothesis import given
from hypothesis import strategies as st

from certcore.pdf._typesetting import capitals, clean


ODD = (
    " \t\n\u00a0\u2009\u202f\u3000\u00ad\u034f\u061c\u180b\u200b\u200c\u200d\u200e\u200f"
    "\u202e\u2066\u3164\ufe00\ufe0e\ufe0f\ufeff\ud800\U000e0101\u0301\u0000\ufff9"
    "aé\u0930\u094d\u0634\u06cc葛ᠠ\u05d0❤👩💻\U0001f3fd\U0001f1eb="
)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", ""),
        ("Ada Lovelace", "Ada Lovelace"),
        ("  Ada \t\n Lovelace ", "Ada Lovelace"),
        ("Ada\r\nLovelace", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("A\u00a0\u202f B", "A\u00a0B"),
        ("83\u202f%", "83\u202f%"),
        ("A\u2009 B", "A B"),
        ("Ada\u202eecalevoL\u202c", "AdaecalevoL"),
        ("\u2066Ada\u2069", "Ada"),
        ("Love\u00adlace\ufeff", "Lovelace"),
        ("\ud800Ada\udc00", "Ada"),
        ("A\u0000d\u007fa\u009f", "Ada"),
        ("\u3164\u115f\u1160\uffa0", ""),
        ("\ufff9Ada\ufffb", "Ada"),
        # a sign of which something is drawn, though it is among formats
        ("\u0600\u0661", "\u0600\u0661"),
    ],
)
def test_what_goes(text, expected):
    """
    Blanks are one, and what isn't seen goes.
    """
    assert expected == clean(text)


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian
        "ක්\u200dරී",  # Sinhala
        "ന\u0d4d\u200d",  # Malayalam, an old chillu
        "র\u200d\u09cdয",  # Bengali
        "ب\u064e\u200cب",  # past a vowel
        "👩\u200d💻",
        "👩\U0001f3fd\u200d💻",
        "ᠠ\u180b",  # Mongolian
        "ᠠ\u180eᠠ",
        "葛\U000e0100",  # a form of a name's ideograph
        "≨\ufe00",
        "abc\u200eאבג",
    ],
)
def test_what_stays(text):
    """
    Unseen characters that change how their neighbours look.
    """
    assert text == clean(text)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("A\u200cd\u200da", "Ada"),
        ("\u200dA\u200c", "A"),
        ("م\u200c\u200cی", "م\u200cی"),
        ("م\u200c", "م"),
        ("م\u200cA", "مA"),
        ("\u200d💻", "💻"),
        ("A\u200d💻", "A💻"),
        ("❤\ufe0f\u200d👩", "❤\u200d👩"),
        ("❤\ufe0f☺\ufe0e", "❤☺"),
        ("\ufe00A\ufe00", "A"),
        ("A\U000e0101", "A"),
        ("\u180bA\u180b", "A"),
        ("\u200fAda", "Ada"),
        ("\u061c12", "12"),
    ],
)
def test_what_has_no_use_where_it_is(text, expected):
    """
    Joiners between letters that aren't joined, selectors of nothing, marks without a direction.
    """
    assert expected == clean(text)


@given(st.text(st.sampled_from(ODD)) | st.text(st.characters(exclude_categories=[])))
def test_cleaning_twice(text):
    """
    It changes nothing; a clean text is composed, and all of it can be encoded.
    """
    cleaned = clean(text)

    assert cleaned == clean(cleaned)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip()
    cleaned.encode()
    assert not {"Cc", "Cs"} & {unicodedata.category(each) for each in cleaned}
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(cleaned)


@pytest.mark.parametrize(
    "text, language, expected",
    [
        ("Diploma iş", "en", "DIPLOMA IŞ"),
        ("Diploma iş", "tr_TR", "DİPLOMA İŞ"),
        ("bakı i", "az-Latn", "BAKI İ"),
        ("Ελένη", "el", "ΕΛΕΝΗ"),
        ("Straße", "de", "STRASSE"),
    ],
)
def test_capitals(text, language, expected):
    """
    As the language sets them.
    """
    assert expected == capitals(text, language)
