"""
Options of plugins: their description, and the assets that they name.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Mapping
from typing import Any, Literal

import attrs
import pytest

from attrs import frozen

from certcore.config import OptionDescription, SecretRef, asset_slugs, describe, option
from certcore.domain import AssetRef


@frozen(kw_only=True)
class Image:
    """
    A picture, as large
    as it is.

    More of it.
    """

    image: AssetRef = option("Which")


@frozen(kw_only=True)
class Text:
    text: str = option("What")


EITHER = (
    OptionDescription(name="text", kind="record", required=True, fields=describe(Text)),
    OptionDescription(
        name="image",
        kind="record",
        help="A picture, as large as it is.",
        required=True,
        fields=describe(Image),
    ),
)


def made(owner: Any) -> str:
    return "computed"


def described(hint: Any, default: Any = attrs.NOTHING) -> OptionDescription:
    kind = attrs.make_class("Given", {"it": option("Help", default=default)})
    kind.__annotations__ = {"it": hint}
    (found,) = describe(kind)
    return found


@pytest.mark.parametrize(
    "hint, expected",
    [
        (bool, {"kind": "bool"}),
        (int, {"kind": "int"}),
        (float, {"kind": "float"}),
        (str, {"kind": "text"}),
        (dt.date, {"kind": "date"}),
        (dt.datetime, {"kind": "datetime"}),
        (dt.timedelta, {"kind": "duration"}),
        (AssetRef, {"kind": "asset"}),
        (SecretRef, {"kind": "secret"}),
        (str | SecretRef, {"kind": "text-or-secret"}),
        (SecretRef | str | None, {"kind": "text-or-secret", "optional": True}),
        (Literal["a", "b"], {"kind": "choice", "choices": ("a", "b")}),
        (int | None, {"kind": "int", "optional": True}),
        (list[int], {"kind": "list", "item": OptionDescription(name="", kind="int")}),
        (tuple[str, ...], {"kind": "list", "item": OptionDescription(name="", kind="text")}),
        (
            tuple[float, float],
            {"kind": "list", "length": 2, "item": OptionDescription(name="", kind="float")},
        ),
        (dict[str, int], {"kind": "table", "item": OptionDescription(name="", kind="int")}),
        (Mapping[str, int], {"kind": "table", "item": OptionDescription(name="", kind="int")}),
        (Text, {"kind": "record", "fields": describe(Text)}),
        (Text | Image, {"kind": "union", "records": EITHER}),
        (Text | Image | None, {"kind": "union", "records": EITHER, "optional": True}),
    ],
)
def test_every_kind(hint: Any, expected: dict[str, Any]) -> None:
    """
    Forms and reference pages need no more.
    """
    assert OptionDescription(name="it", help="Help", required=True, **expected) == described(hint)


def test_what_a_union_may_be() -> None:
    """
    Each record is told by its own key, says what it is, and has its fields.
    """
    either = described(Text | Image)

    assert [("text", ""), ("image", "A picture, as large as it is.")] == [
        (record.name, record.help) for record in either.records
    ]
    assert (describe(Text), describe(Image)) == either.variants
    assert () == described(Text).variants


@frozen(kw_only=True)
class Twin:
    text: str = option("What")


@frozen(kw_only=True)
class Free:
    text: str = option("What", default="")


@pytest.mark.parametrize(
    "hint",
    [
        Any,
        object,
        bytes,
        list,
        set[str],
        dict,
        dict[int, str],
        tuple[str, int],
        tuple[()],
        Literal[1, 2],
        int | str,
        Text | str,
        list[bytes],
        dict[str, bytes],
        tuple[bytes, bytes],
    ],
)
def test_kinds_that_options_cant_have(hint: Any) -> None:
    """
    Refused by the name of the field.
    """
    with pytest.raises(TypeError, match=r"Given\.it: options can't have a field of type"):
        described(hint)


@pytest.mark.parametrize("hint", [Text | Twin, Text | Free])
def test_records_that_cant_be_told_apart(hint: Any) -> None:
    """
    Each of a union needs a required field of its own.
    """
    with pytest.raises(TypeError, match=r"Given\.it: \w+ needs a required field"):
        described(hint)


def test_only_attrs_classes_are_options() -> None:
    """
    Anything else is refused by its name.
    """
    with pytest.raises(TypeError, match="int isn't an attrs class"):
        describe(int)


def test_what_is_said_of_a_field() -> None:
    """
    Help, unit, bounds, format, default, and the name in the file.
    """

    @frozen(kw_only=True)
    class Given:
        size: float = option("Of type", default=12, unit="pt", minimum=1, maximum=400)
        color: str = option("Of type", format="color")
        others: list[str] = option("More", factory=list, key="or")
        plain: int = attrs.field(default=3)
        late: str = attrs.field(default=attrs.Factory(made, takes_self=True))

    assert (
        OptionDescription(
            name="size",
            kind="float",
            help="Of type",
            default=12,
            unit="pt",
            minimum=1,
            maximum=400,
        ),
        OptionDescription(name="color", kind="text", help="Of type", required=True, format="color"),
        OptionDescription(
            name="or",
            kind="list",
            help="More",
            default=[],
            item=OptionDescription(name="", kind="text"),
        ),
        OptionDescription(name="plain", kind="int", default=3),
        OptionDescription(name="late", kind="text"),
    ) == describe(Given)
    assert "computed" == Given(color="#000000").late


@pytest.mark.parametrize(
    "minimum, maximum, value, message",
    [
        (1, None, 0, "0: a number from 1 up is wanted"),
        (None, 1, 2, "2: a number up to 1 is wanted"),
        (1, 400, 0.5, "0.5: a number from 1 to 400 is wanted"),
        (1, 400, 401, "401: a number from 1 to 400 is wanted"),
    ],
)
def test_bounds_hold_in_python_too(
    minimum: float | None, maximum: float | None, value: float, message: str
) -> None:
    """
    Whoever writes no TOML gets the same refusal.
    """
    kind = attrs.make_class("Given", {"it": option(minimum=minimum, maximum=maximum)})

    assert 1 == kind(1).it
    with pytest.raises(ValueError, match=message):
        kind(value)


@pytest.mark.parametrize("several", [(1, 2.5, 0), [2, 0]])
def test_bounds_are_those_of_each_number_in_a_list(several: Any) -> None:
    """
    One that is out of them is named.
    """
    kind = attrs.make_class("Given", {"it": option(minimum=1, maximum=400)})

    assert (1, 400) == kind((1, 400)).it
    with pytest.raises(ValueError, match=r"^0: a number from 1 to 400 is wanted$"):
        kind(several)


def test_bounds_are_of_numbers() -> None:
    """
    No value is no number, and a flag isn't one either.
    """
    kind = attrs.make_class("Given", {"it": option(minimum=5)})

    assert (None, True, "x") == (kind(None).it, kind(True).it, kind("x").it)  # noqa: FBT003  # a value
    assert ("x", True, None, 5) == kind(("x", True, None, 5)).it


def test_assets_of_a_design() -> None:
    """
    Wherever they stand in it.
    """

    @frozen(kw_only=True)
    class Given:
        template: AssetRef = option("A file")
        fonts: tuple[AssetRef, ...] = option("Files")
        elements: dict[str, Text | Image] = option("Parts")
        other: Text | None = option("One", default=None)

    design = Given(
        template=AssetRef("a.pdf"),
        fonts=(AssetRef("b.ttf"), AssetRef("c.ttf")),
        elements={"x": Image(image=AssetRef("d.png")), "y": Text(text="e.png")},
    )

    assert ["a.pdf", "b.ttf", "c.ttf", "d.png"] == list(asset_slugs(design))
