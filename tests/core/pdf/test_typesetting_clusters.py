"""
What belongs together: grapheme clusters, scripts, and what a line isn't broken within.
"""

from __future__ import annotations

import itertools
import unicodedata

import pytest
import regex

from hypothesis import given
from hypothesis import strategies as st

from certcore.pdf._typesetting._breaks import breaks
from certcore.pdf._typesetting._clusters import clusters
from certcore.pdf._typesetting._scripts import scripts


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in clusters(text)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a|b|ł",
        "e\u0301\u0323|a",
        "ष्ट्र|क",
        "क्\u200dष",
        "क्\u200c|ष",
        "श|र्मा",
        "กำ|ก",
        "ကျွ|န်|တော်",
        "ខ្មែ|រ",
        "நி",
        "한|국",
        "\u1112\u1161\u11ab|\u1100\u1161|a",
        "\u1100\u1100\uac00\u1161\u11a8\u11a8|\uac00",
        "\uac01\u11a8|\u1161",
        "👩\u200d💻|a",
        "👩\U0001f3fd\u200d❤\ufe0f\u200d👨",
        "👩\u200d|a",
        "a\u200d|👩",
        "\U0001f3f4\U000e0067\U000e007f|a",
        "🇫🇷|🇩🇪|🇫",
        "\u0600١|١",
        "ｶﾞ|ｶ",
        "a|\u0915\u094d|a",
        "\u094d|\u0915",
        "\u200d|👩",
    ],
)
def test_clusters(text):
    """
    Marks, conjuncts, syllables, joined pictures and flags stay whole.
    """
    expected = text.split("|") if text else []

    assert expected == cut("".join(expected))


CLUSTERS = st.sampled_from(
    [
        *["a", "é", "e\u0301", "\u0308", "क", "क्ष", "ष\u093f", "বা", "র\u09cdয", "ก", "ำ", "\u0e34"],
        *[
            "한",
            "하",
            "\u1112",
            "\u1161",
            "\u11ab",
            "👨",
            "❤",
            "\U0001f3fd",
            "👨\u200d👩",
            "-",
            " ",
        ],
        *["\U0001f1eb", "\u0600", "1", "ا", "\u064e", "က\u1039ခ", "\ufe0f", "ｶ\uff9e", "ന\u0d4d"],
    ]
)


@given(st.lists(CLUSTERS).map("".join))
def test_a_second_opinion(text):
    """
    Another implementation cuts at the same places.
    """
    assert regex.findall(r"\X", text) == cut(text)


@given(st.text())
def test_nothing_is_lost(text):
    """
    Whatever the text; and no cluster but the first starts with a mark.
    """
    assert text == "".join(cut(text))
    assert not any(unicodedata.category(each[0])[0] == "M" for each in cut(text)[1:])


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", []),
        ("Ada 12", ["Latn"] * 6),
        ("12", ["Latn"] * 2),
        ("1 ж", ["Cyrl"] * 3),
        ("a\u0301б\u0301", ["Latn"] * 2 + ["Cyrl"] * 2),
        ("aب1", ["Latn"] + ["Arab"] * 2),
        # brackets are of one script, and so is what follows them
        ("a (ب) 1", ["Latn"] * 3 + ["Arab"] + ["Latn"] * 3),
        ("कॉ।", ["Deva"] * 3),
        ("ラー漢", ["Kana", "Kana", "Hani"]),
    ],
)
def test_scripts(text, expected):
    """
    What several scripts share goes with its neighbours.
    """
    assert tuple(expected) == scripts(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ada",
        "Ada |Lovelace",
        "Ada\u00a0Lovelace",
        "Ada\u202fL\u2007M",
        "García-|López",
        "Ada |- |Lovelace",
        "-5",
        "a |-5",
        "F-16",
        "2010–|2014",
        "2010-2014",
        "Mer\u2010|Linn",
        "no\u2011break",
        "x--y",
        "Bravo !",
        "Bravo !!",
        "use |.NET |now",
        "says |»hello«",
        "« Bonjour »",
        "f |(x |y) |z",
        "( x)",
        "山|田|太|郎",
        "山|田、|太|郎。|花",
        "「山|田」|花",
        "東|京|Tokyo|都",
        "ラー|メ|ン",
        "キャッ|ト",
        "人々|が",
        "100%|山",
        "山|$5",
        "$山",
        "1-ー",
        "山・田",
        "山“田”山",
        "한국 |사람",
        "สมชาย |ใจดี",
        "山\u0301|田",
        "a \u0301b",
    ],
)
def test_breaks(text):
    """
    At blanks, after hyphens within words, between ideographs; never before what closes.
    """
    parts = text.split("|")
    whole = "".join(parts)
    places = [0, *(start for _, start in breaks(whole)), len(whole)]
    found = [whole[start:end] for start, end in itertools.pairwise(places)]

    assert (parts if whole else [""]) == found


@given(st.text(st.sampled_from('aé山ー。、「」()!-\u2013 \u00a0\u3000\u0301กคि1."»')))
def test_lines_start_and_end_well(text):
    """
    Only blanks are left out between lines, and no line starts or ends with any.
    """
    last = 0
    for end, start in breaks(text):
        assert last < end <= start
        assert text[end:start].isspace() or start == end
        assert text[end - 1] not in "「("
        assert text[start] not in "。、」) \u0301"
        assert start > end or text[start] != "ー"
        last = start
    assert last < len(text) or not text
