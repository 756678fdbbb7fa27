"""
Names that are hard on a design.
"""

import unicodedata

import pytest

from certcore.exceptions import GenerationError
from certcore.placeholders import WORST_NAMES, compile_text, sample_certificate


def scripts(name: str) -> set[str]:
    return {unicodedata.name(letter).split()[0] for letter in name if letter.isalpha()}


def test_there_is_one_of_each_script():
    """
    At least of those that the extra `fonts` has letters of, and of those of East Asia.
    """
    found = set().union(*map(scripts, WORST_NAMES.values()))

    assert found >= {
        *("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "ARABIC", "HEBREW", "ETHIOPIC"),
        *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA"),
        *("MALAYALAM", "SINHALA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"),
        *("CJK", "HIRAGANA", "HANGUL"),
    }


def test_they_are_as_people_write_them():
    """
    Composed, without blanks around them; no two are the same.
    """
    for title, name in WORST_NAMES.items():
        assert title.isascii()
        assert name == unicodedata.normalize("NFC", name).strip()
        assert name == sample_certificate(name=name).statement.recipient.name
    assert len(WORST_NAMES) == len(set(WORST_NAMES.values())) >= 30


def test_the_long_one_is_long_and_the_short_one_is_short():
    """
    Longer, and shorter, than any other.
    """
    by_length = sorted(WORST_NAMES, key=lambda title: len(WORST_NAMES[title]))

    assert ("Short", "Long") == (by_length[0], by_length[-1])


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "\u3000\t", "\x07", "\u3164", "\u115f", "\u1160", "\uffa0", "\ufe0f", "\u034f"),
        *("\U000e0100", "\u17b4", "\u180b", "\u200b \u3164", "\u0301", " \u0301\u20dd", "\u0903"),
        *("\u202e\u2066", "\ud800", "\ufffa", "\u00ad"),
    ],
    ids=ascii,
)
def test_names_of_which_nothing_is_seen(name):
    """
    No certificate is issued with nothing on it, nor with accents alone.
    """
    with pytest.raises(GenerationError, match="no name that could be printed"):
        compile_text("{recipient.name}").render(sample_certificate(name=name))


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "王",
        " \u200bA",
        "\u3164\u0301é",
        "3",
        "?",
        "-",
        "★",
        "😀",
        "\u0301A",
        *WORST_NAMES.values(),
    ],
    ids=ascii,
)
def test_names_of_which_something_is_seen(name):
    """
    It needn't be a letter, nor come first.
    """
    certificate = sample_certificate(name=name)

    assert name == compile_text("{recipient.name}").render(certificate)
