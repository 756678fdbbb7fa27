"""
Names that are hard on a design.
"""

import unicodedata

from certcore.placeholders import WORST_NAMES, sample_certificate


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
