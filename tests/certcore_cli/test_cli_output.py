"""
How things are written: harmless, in columns, in words.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

from typing import Any

import click
import pytest

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from certcore.domain import Decision, Verdict
from certcore.registrar import StageProgress
from certcore_cli._layout import lay_out
from certcore_cli._output import clean
from certcore_cli._progress import Progress
from certcore_cli._words import (
    count,
    count_word,
    criterion,
    day,
    listed,
    percent,
    reached,
    short,
    standing,
)


NASTY = "Ada \x1b[31m\x1b]0;owned\x07 [bold]López[/bold] \u202egnp\u2066 \x9b2J\r\n:smile:"


@given(st.text())
def test_nothing_that_a_terminal_obeys_comes_through(text: str) -> None:
    """
    Control and directional formatting characters are replaced, everything else stays.
    """
    shown = clean(text)

    assert len(text) == len(shown)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066\ud800" for c in shown)
    assert all(a == b for a, b in zip(text, shown, strict=True) if a.isalnum())


def test_names_cannot_steer_the_terminal(campus: Any) -> None:
    """
    A name with escape sequences and markup is printed, by every command, as harmless text.
    """
    campus.book([("ada", NASTY, "ada@uni.example", 0.5, 1, "")])

    text = campus.run("evaluate", "bio101/completion").stdout
    explained = campus.run("explain", "ada").stdout
    cells = campus.run("evaluate", "bio101/completion", "--format", "csv").stdout
    document = campus.run("evaluate", "bio101/completion", "--format", "json").stdout

    for output in (text, explained, cells, document):
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\r"} & set(output)
        assert "[bold]López[/bold]" in output
        assert ":smile:" in output
    assert "\x1b[31m" in json.loads(document)["learners"][0]["name"]


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "  =1+1", "\t=1"])
def test_csv_holds_no_formulas(campus: Any, name: str) -> None:
    """
    A spreadsheet would run what begins like a formula; an apostrophe makes it a text.
    """
    campus.book([("ada", name, "ada@uni.example", 0.5, 1, "")])

    result = campus.run("evaluate", "bio101/completion", "--format", "csv")

    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert row["name"].startswith("'")


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]))] * 3),
        min_size=1,
        max_size=5,
    ),
    st.integers(min_value=45, max_value=120),
)
def test_no_line_is_wider_than_the_terminal(rows: list[tuple[str, ...]], width: int) -> None:
    """
    Whatever stands in the cells, wide letters included, lines keep to the width.
    """
    text = lay_out(rows, headers=("One", "Two", "Three"), right=(), whole=(), width=width)

    assert all(cell_len(click.unstyle(line)) <= width for line in text.splitlines())


def test_columns_give_way_where_they_can() -> None:
    """
    A narrow terminal breaks the widest column between words, and never within a percentage.
    """
    rows = [("ada", "completion 84 % of 90 %"), ("lukasz", "ok")]

    wide = lay_out(rows, headers=(), right=(), whole=(0,), width=40)
    narrow = lay_out(rows, headers=(), right=(), whole=(0,), width=24)

    assert "ada      completion 84 % of 90 %\nlukasz   ok" == wide
    assert "ada     completion 84 %\n        of 90 %\nlukasz  ok" == narrow


def test_numbers_stand_to_the_right() -> None:
    """
    Columns of numbers are aligned at their last digit.
    """
    assert "a     7\nb   412" == lay_out(
        [("a", "7"), ("b", "412")], headers=(), right=(1,), whole=(), width=80
    )


def test_wide_letters_count_twice() -> None:
    """
    A name in Chinese takes two cells a letter, and the next column stays aligned.
    """
    text = lay_out([("李小龍", "x"), ("Ada", "y")], headers=(), right=(), whole=(), width=80)

    assert "李小龍   x\nAda      y" == text


@pytest.mark.parametrize(
    "fraction, shown",
    [(0.9, "90 %"), (0.8996, "89.9 %"), (0.5999999999999999, "60 %"), (1, "100 %"), (0, "0 %")],
)
def test_percentages_are_rounded_down(fraction: float, shown: str) -> None:
    """
    Nobody reads "90 % of 90 %" and was turned down.
    """
    assert shown == percent(fraction)


def test_words_for_numbers_and_lists() -> None:
    """
    Small numbers are words where a sentence begins with them; nouns follow.
    """
    assert ("1 run", "12,408 runs") == (count(1, "run"), count(12408, "run"))
    assert ("one run", "1,200 runs") == (count_word(1, "run"), count_word(1200, "run"))
    assert ("a", "a, b and c") == (listed(["a"]), listed(["a", "b", "c"]))
    assert ("abcd", "abc…") == (short("abcd", 4), short("abcde", 4))


def test_days_are_those_of_the_issuer() -> None:
    """
    Late in the evening in UTC, it is tomorrow in Madrid.
    """
    late = dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)

    assert ("1 Jul 2026", "30 Jun 2026", "") == (day(late, "Europe/Madrid"), day(late), day(None))


def test_facts_are_plain_numbers() -> None:
    """
    Forum posts aren't fractions.
    """
    leaf = Decision(verdict=Verdict.UNMET, kind="fact", name="posts", required=5, actual=3)

    assert "3 of 5" == reached(leaf)


def test_columns_that_must_stay_whole_may_be_too_wide() -> None:
    """
    A code is more use on a line that is too long than in two halves.
    """
    text = lay_out([("x" * 30, "y" * 12)], headers=(), right=(), whole=(0,), width=20)

    assert f"{'x' * 30}  {'y' * 12}" == text


def test_a_leaf_that_nobody_knows_is_said_in_words() -> None:
    """
    Criteria without numbers have their own words.
    """
    leaf = Decision(verdict=Verdict.UNKNOWN, kind="other", note="no such badge")

    assert ("no such badge", "no such badge: unknown") == (criterion(leaf), standing(leaf))


def test_progress_in_a_log_is_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Where nobody watches, a long stage gives a sign of life every half minute, requests included.
    """
    ticks = iter([0.0, 10.0, 31.0, 40.0])
    monkeypatch.setattr("certcore_cli._progress.time.monotonic", lambda: next(ticks))

    with Progress("bio101/completion") as progress:
        for done in (100, 310, 400):
            progress(StageProgress(stage="retrieve", done=done, total=500, requests=3))
    lines = progress.lines()
    monkeypatch.undo()

    assert "bio101/completion: retrieve 310 records, 3 requests 10/s\n" == capsys.readouterr().err
    assert [("retrieve", "400 records, 3 requests", "10/s", "0:00:40")] == lines
