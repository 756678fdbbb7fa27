"""
The strict converter: it coerces nothing, and tells every mistake at once.
"""

from __future__ import annotations

import datetime as dt
import math

from collections.abc import Mapping
from typing import Any, Literal

import pytest

from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from certcore.config import SecretRef, join, near, option, problems_of, shown, structure
from certcore.domain import AssetRef
from certcore.exceptions import ConfigurationError, Problem


@frozen(kw_only=True)
class Text:
    text: str = option("What is written")
    size: float = option("Of the type", default=12, unit="pt", minimum=1, maximum=400)


@frozen(kw_only=True)
class Qr:
    qr: str = option("What is encoded")
    size: float = option("Of a side", default=20, unit="mm")


@frozen(kw_only=True)
class Fit:
    lines: int = option("How many at most", minimum=1)


def _even(instance: object, attribute: Any, value: int) -> None:
    if value % 2:
        msg = f"{value}: an even number is wanted"
        raise ValueError(msg)


@frozen(kw_only=True)
class Options:
    """
    A field of every kind.
    """

    name: str = option("A text", default="")
    on: bool = option("A flag", default=False)
    count: int = option("A number", default=2, minimum=0, maximum=10, validator=_even)
    share: float = option("A fraction", default=0.5, maximum=1)
    align: Literal["left", "center"] = option("A choice", default="left")
    day: dt.date | None = option("A day", default=None)
    at: dt.datetime | None = option("An instant", default=None)
    every: dt.timedelta | None = option("A span", default=None)
    logo: AssetRef | None = option("A file", default=None)
    token: SecretRef | None = option("A secret", default=None)
    tags: tuple[str, ...] = option("Texts", default=())
    sizes: list[int] = option("Numbers", factory=list)
    place: tuple[float, float] = option("Two numbers", default=(0, 0))
    grades: Mapping[str, float] = option("Numbers by name", factory=dict[str, float])
    fit: Fit | None = option("A record", default=None)
    elements: dict[str, Text | Qr] = option("Records of two kinds", factory=dict[str, Any])
    alternatives: tuple[str, ...] = option("Others", default=(), key="or")
    limit: int | Literal["none"] = option("A number or a word", default=1)
    release: dt.datetime | Literal["by hand"] | None = option("When", default=None)
    url: str | SecretRef | None = option("A text or a secret", default=None)
    pause: dt.timedelta | Literal["none"] = option("A span or a word", default="none")


DAY = dt.date(2026, 7, 1)
INSTANT = dt.datetime(2026, 7, 1, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "key, written, value",
    [
        ("name", "Ada", "Ada"),
        ("on", True, True),
        ("count", 4, 4),
        ("share", 0.25, 0.25),
        ("share", 1, 1),
        ("align", "center", "center"),
        ("day", DAY, DAY),
        ("day", "2026-07-01", DAY),
        ("day", INSTANT, INSTANT),
        ("day", "2026-07-01T09:30:00+00:00", INSTANT),
        ("at", INSTANT, INSTANT),
        ("at", "2026-07-01 09:30:00Z", INSTANT),
        ("at", None, None),
        ("every", "14 days", dt.timedelta(days=14)),
        ("logo", "logo.png", AssetRef("logo.png")),
        ("token", {"env": "TOKEN"}, SecretRef(env="TOKEN")),
        ("token", {"file": "t"}, SecretRef(file="t")),
        ("token", SecretRef(env="TOKEN"), SecretRef(env="TOKEN")),
        ("tags", ["a", "b"], ("a", "b")),
        ("sizes", [1, 2], [1, 2]),
        ("place", [148.5, 98], (148.5, 98)),
        ("grades", {"Final exam": 0.5}, {"Final exam": 0.5}),
        ("fit", {"lines": 2}, Fit(lines=2)),
        ("fit", Fit(lines=2), Fit(lines=2)),
        (
            "elements",
            {"name": {"text": "x"}, "code": {"qr": "y", "size": 22}},
            {"name": Text(text="x"), "code": Qr(qr="y", size=22)},
        ),
        ("limit", 3, 3),
        ("limit", "none", "none"),
        ("release", "by hand", "by hand"),
        ("release", INSTANT, INSTANT),
        ("release", None, None),
        ("url", "sqlite:///a.db", "sqlite:///a.db"),
        ("url", {"env": "URL"}, SecretRef(env="URL")),
        ("url", None, None),
        ("pause", "1 day", dt.timedelta(days=1)),
        ("pause", "none", "none"),
    ],
)
def test_every_kind(key: str, written: object, value: object) -> None:
    """
    What is written becomes the value, as it is.
    """
    made = structure({key: written}, Options)

    assert value == getattr(made, key)
    assert type(value) is type(getattr(made, key))


def test_a_key_that_isnt_a_python_name() -> None:
    """
    `or` in the file, `alternatives` in Python.
    """
    assert ("x",) == structure({"or": ["x"]}, Options).alternatives


def test_any_is_taken_as_it_is() -> None:
    """
    Where anything goes, nothing is looked at.
    """

    anything: object = structure({"it": [1, "x"]}, dict[str, Any])

    assert {"it": [1, "x"]} == anything


def test_what_isnt_said_has_its_default() -> None:
    """
    An empty table is good where nothing is required.
    """
    assert Options() == structure({}, Options)


def mistakes(document: object, kind: type = Options, **where: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        structure(document, kind, **where)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "key, written, problem",
    [
        ("name", 3, "name: 3: a text is wanted."),
        ("name", True, "name: true: a text is wanted."),
        ("name", None, "name: None: a text is wanted."),
        ("on", 1, "on: 1: true or false is wanted."),
        ("on", "true", "on: 'true': true or false is wanted."),
        ("count", "2", "count: '2': a whole number is wanted."),
        ("count", 2.0, "count: 2.0: a whole number is wanted."),
        ("count", True, "count: true: a whole number is wanted."),
        ("count", 12, "count: 12: a number from 0 to 10 is wanted."),
        ("count", 3, "count: 3: an even number is wanted."),
        ("share", "0.5", "share: '0.5': a number is wanted."),
        ("share", False, "share: false: a number is wanted."),
        ("share", 1.5, "share: 1.5: a number up to 1 is wanted."),
        ("share", math.nan, "share: nan: a number is wanted."),
        ("share", math.inf, "share: inf: a number is wanted."),
        ("align", "centre", "align: 'centre': one of left, center is wanted. Did you mean"),
        ("align", 1, "align: 1: one of left, center is wanted."),
        ("align", ["left"], "align: a list: one of left, center is wanted."),
        ("day", "1 July", "day: '1 July': a date or a date-time is wanted."),
        ("day", 20260701, "day: 20260701: a date or a date-time is wanted."),
        ("at", DAY, "at: 2026-07-01: a date-time is wanted."),
        ("at", "2026-07-01", "at: '2026-07-01': a date-time is wanted."),
        ("every", 14, "every: 14: a span of time such as '14 days' is wanted."),
        ("every", "14 moons", "every: '14 moons': a span of time such as '14 days' is wanted."),
        ("logo", "", "logo: '': the name of a file among the assets is wanted."),
        ("logo", 1, "logo: 1: the name of a file among the assets is wanted."),
        ("token", "abc", 'token: a secret stands here. Write { env = "NAME" } or { file = "…" }'),
        ("token", {}, 'token: a secret is named by { env = "NAME" } or { file = "…" }'),
        ("token", {"env": "A", "file": "b"}, "token: a secret is named by"),
        ("token", {"env": 1}, "token: a secret is named by"),
        ("token", {"env": "A", "folder": "/"}, "token: a secret is named by"),
        ("tags", "a", "tags: 'a': a list is wanted."),
        ("tags", ["a", 2], "tags[1]: 2: a text is wanted."),
        ("sizes", {"a": 1}, "sizes: a table: a list is wanted."),
        ("place", [1], "place: 1 values: 2 are wanted."),
        ("place", [1, "2"], "place[1]: '2': a number is wanted."),
        ("grades", [0.5], "grades: a list: a table is wanted."),
        ("grades", {"Final exam": "A"}, "grades.\"Final exam\": 'A': a number is wanted."),
        ("fit", 2, "fit: 2: a table is wanted."),
        ("fit", {}, "fit.lines: is missing."),
        ("fit", {"lines": 0}, "fit.lines: 0: a number from 1 up is wanted."),
        ("fit", {"lines": 1, "line": 1}, "fit.line: unknown key. Did you mean 'lines'?"),
        ("fit", {"lines": 1, "xyz": 1}, "fit.xyz: unknown key. Known are: lines."),
        ("elements", {"a": 1}, "elements.a: 1: a table is wanted."),
        ("elements", {"a": {}}, "elements.a: one of text, qr is wanted, none is there."),
        (
            "elements",
            {"a": {"text": "x", "qr": "y"}},
            "elements.a: one of text, qr is wanted, text and qr are there.",
        ),
        ("elements", {"a": {"text": 1}}, "elements.a.text: 1: a text is wanted."),
        ("or", [1], "or[0]: 1: a text is wanted."),
        ("limit", "many", "limit: 'many': a whole number or one of none is wanted."),
        ("url", {"env": 1}, "url: a secret is named by"),
        ("release", "a: b", "release: 'a: b': a date-time or one of by hand is wanted."),
    ],
)
def test_nothing_is_coerced(key: str, written: object, problem: str) -> None:
    """
    One mistake is one problem: where, what was found, what is wanted.
    """
    found = mistakes({key: written})

    assert 1 == len(found)
    assert found[0].startswith(problem)


def test_a_near_miss_is_suggested() -> None:
    """
    Of the keys that there are, by the name that stands in the file.
    """
    assert ["aling: unknown key. Did you mean 'align'?"] == mistakes({"aling": "left"})


@frozen
class Nothing:
    """
    Has nothing to be set.
    """


def test_where_nothing_is_wanted() -> None:
    """
    There is no list of known keys to show.
    """
    assert ["x: unknown key. Nothing is wanted here."] == mistakes({"x": 1}, Nothing)


def test_ten_mistakes_are_ten_problems() -> None:
    """
    Each with its path from the root of the file.
    """
    document = {
        "name": 3,
        "on": 1,
        "count": 3,
        "align": "top",
        "place": [1, 2, 3],
        "grades": {"Lab work": "x", "Total": 1},
        "fit": {"lines": 0, "line": 1},
        "elements": {"name": {"text": "x", "size": 0}},
        "tags": ["a", 7],
    }
    paths = [line.split(": ")[0] for line in mistakes(document, path="designs.diploma")]

    assert [
        "designs.diploma.name",
        "designs.diploma.on",
        "designs.diploma.count",
        "designs.diploma.align",
        "designs.diploma.tags[1]",
        "designs.diploma.place",
        'designs.diploma.grades."Lab work"',
        "designs.diploma.fit.lines",
        "designs.diploma.fit.line",
        "designs.diploma.elements.name.size",
    ] == paths


def test_problems_name_their_file() -> None:
    """
    A project has many.
    """
    with pytest.raises(ConfigurationError) as caught:
        structure({"name": 3}, Options, path="a", file="designs/diploma.toml")

    assert (Problem("a.name", "3: a text is wanted.", file="designs/diploma.toml"),) == (
        caught.value.problems
    )


def test_the_root_may_be_wrong() -> None:
    """
    A path isn't needed for that.
    """
    assert ["7: a table is wanted."] == mistakes(7)
    assert ["[0]: 'x': a whole number is wanted."] == mistakes(["x"], list[int])
    assert ["a[0]: 'x': a whole number is wanted."] == mistakes(["x"], list[int], path="a")


@frozen(kw_only=True)
class Pair:
    first: int = option("One")
    second: int = field(default=0)

    def __attrs_post_init__(self) -> None:
        if self.first == self.second:
            raise ValueError


def test_what_the_whole_record_refuses() -> None:
    """
    Stands at the record; an error without words is named.
    """
    assert ["a: ValueError."] == mistakes({"first": 1, "second": 1}, Pair, path="a")


def test_notes_of_others_dont_matter() -> None:
    """
    A plugin's validator may add notes to what it raises; the path is still told.
    """

    def validate(instance: object, attribute: object, value: object) -> None:
        exc = ValueError("never good")
        exc.add_note("ask somebody")
        raise exc

    @frozen(kw_only=True)
    class Given:
        it: int = option("One", validator=validate)

    assert ["a.it: never good."] == mistakes({"it": 1}, Given, path="a")


@pytest.mark.parametrize(
    "path, inner, expected",
    [
        ("a", "b", "a.b"),
        ("a", "", "a"),
        ("", "b", "b"),
        ("a", "[0].b", "a[0].b"),
        ("", "", ""),
    ],
)
def test_problems_of_problems(path: str, inner: str, expected: str) -> None:
    """
    Those that a part told have their path below the whole's, and keep their own file.
    """
    exc = ConfigurationError([Problem(inner, "bad.", file="own.toml")])

    assert (Problem(expected, "bad.", file="own.toml"),) == problems_of(
        exc, path=path, file="other.toml"
    )


@pytest.mark.parametrize(
    "path, name, expected",
    [
        ("", "a", "a"),
        ("a", "b-c_d", "a.b-c_d"),
        ("a", "Final exam", 'a."Final exam"'),
        ("a", "Prüfung", 'a."Prüfung"'),
        ("", "", '""'),
        ("a", 0, "a[0]"),
    ],
)
def test_paths_are_written_as_in_the_file(path: str, name: str | int, expected: str) -> None:
    """
    Quoted where TOML wants it.
    """
    assert expected == join(path, name)


def test_near_misses() -> None:
    """
    The nearest, or nothing.
    """
    assert "Did you mean 'design'?" == near("dessign", ["rule", "design"])
    assert "" == near("xyz", ["rule", "design"])


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"a": 1}, "a table"),
        ([1], "a list"),
        (True, "true"),
        (False, "false"),
        (None, "None"),
        ("x" * 38, "'" + "x" * 38 + "'"),
        ("x" * 39, "'" + "x" * 38 + "…"),
    ],
)
def test_values_in_messages(value: object, expected: str) -> None:
    """
    Short, and never a whole table.
    """
    assert expected == shown(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [
        "name",
        "on",
        "count",
        "share",
        "align",
        "day",
        "at",
        "every",
        "logo",
        "token",
        "tags",
        "sizes",
        "place",
        "grades",
        "fit",
        "elements",
        "or",
        "limit",
        "release",
        "pause",
        "xyz",
    ]
)


@given(st.dictionaries(KEYS, JSON))
def test_anything_may_be_written(document: dict[str, Any]) -> None:
    """
    It is either made or refused with a problem for each key that is wrong; nothing else is raised.
    """
    try:
        structure(document, Options, path="root")
    except ConfigurationError as exc:
        wrong = {
            problem.path.removeprefix("root.").split(".")[0].split("[")[0]
            for problem in exc.problems
        }
        assert wrong  # either is good
        assert wrong <= document.keys()  # as above
