"""
The options of designs as they are described: to files, to forms, to whoever draws a designer.
"""

from __future__ import annotations

import re

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

import pytest

from certcore.config import OptionDescription, describe, structure
from certcore.exceptions import ConfigurationError
from certcore.pdf import Element, Image, Line, Pdf, QrCode, Rectangle, Text


ELEMENTS = next(each for each in describe(Pdf) if each.name == "elements").item
SMALLEST = {
    "text": {"text": "x", "at": [20, 20]},
    "qr": {"qr": "x", "at": [20, 20], "size": 20},
    "image": {"image": "a.png", "at": [20, 20]},
    "line": {"line": [20, 0], "at": [20, 20]},
    "rectangle": {"rectangle": [20, 10], "at": [20, 20]},
}


def records() -> Mapping[str, Mapping[str, OptionDescription]]:
    """
    Give the fields of each element, by the key that it is told by.
    """
    assert ELEMENTS is not None
    return {
        record.name: {field.name: field for field in record.fields} for record in ELEMENTS.records
    }


def walked(
    path: str, fields: Iterable[OptionDescription]
) -> Iterator[tuple[str, OptionDescription]]:
    """
    Give every field, those of tables, lists and unions within them included.
    """
    for field in fields:
        here = f"{path}{field.name}"
        yield here, field
        inner = field
        while inner.item is not None:
            inner = inner.item
        yield from walked(f"{here}.", inner.fields)
        for record in inner.records:
            yield from walked(f"{record.name}: ", record.fields)


FIELDS = dict(walked("", describe(Pdf)))
OF_ELEMENTS = {path: field for path, field in FIELDS.items() if ": " in path}


def test_each_element_is_told_by_its_own_key():
    """
    A form that offers the kinds of elements has a name and a sentence for each.
    """
    assert ELEMENTS is not None
    assert ["text", "qr", "image", "line", "rectangle"] == [each.name for each in ELEMENTS.records]
    assert len(get_args(Element)) == len(ELEMENTS.records)
    assert "A QR code, drawn as a vector shape." == ELEMENTS.records[1].help
    assert all(each.help.endswith(".") for each in ELEMENTS.records)


@pytest.mark.parametrize(
    "mark,kind",
    [("text", Text), ("qr", QrCode), ("image", Image), ("line", Line), ("rectangle", Rectangle)],
)
def test_the_key_says_what_a_table_means(mark: str, kind: type):
    """
    What the description calls an element is what the file has to say.
    """
    design = structure({"template": "d.pdf", "elements": {"it": SMALLEST[mark]}}, Pdf)

    assert kind is type(design.elements["it"])
    assert records()[mark][mark].required


@pytest.mark.parametrize("path", FIELDS)
def test_each_option_has_a_sentence(path: str):
    """
    It begins like one and ends like one.
    """
    assert re.fullmatch(r"[A-Z].{10,}[.]", FIELDS[path].help)


def lengths() -> list[str]:
    return [
        path
        for path, field in OF_ELEMENTS.items()
        if "float" in {field.kind, field.item and field.item.kind}
    ]


@pytest.mark.parametrize("path", lengths())
def test_each_length_has_its_unit(path: str):
    """
    Places and sizes on the page are millimetres; type and pens are points.
    """
    name = path.rpartition(": ")[2]
    points = {"size", "letter_spacing", "fit.min_size", "stroke_width", "dashes"}
    if name == "line_height":
        expected = ""  # a multiple of the size
    else:
        expected = "pt" if name in points and path != "qr: size" else "mm"

    assert expected == FIELDS[path].unit


def test_each_element_has_a_page_a_layer_and_a_condition():
    """
    They are the same for all elements, and so is their description.
    """
    for name in ("page", "layer", "when"):
        assert 1 == len({repr(fields[name]) for fields in records().values()}), name
    page, layer, when = (records()["line"][name] for name in ("page", "layer", "when"))
    assert ("int", 1, 1, None) == (page.kind, page.default, page.minimum, page.maximum)
    assert ("int", 0, -1000, 1000) == (layer.kind, layer.default, layer.minimum, layer.maximum)
    assert ("text", "", "placeholders") == (when.kind, when.default, when.format)


def test_what_a_text_or_an_asset_is():
    """
    A form can offer a picker of colors, a list of placeholders, the fonts among the assets.
    """
    of_formats = {
        path: field.format for path, field in OF_ELEMENTS.items() if field.kind in {"text", "asset"}
    }

    assert ("pdf", "font", "placeholders", "language") == tuple(
        FIELDS[path].format for path in ("template", "fonts", "title", "language")
    )
    assert {
        "text: text": "placeholders",
        "text: font": "font",
        "text: color": "color",
        "text: when": "placeholders",
        "qr: qr": "placeholders",
        "qr: color": "color",
        "qr: background": "color",
        "qr: alt": "",
        "qr: when": "placeholders",
        "image: image": "image",
        "image: alt": "",
        "image: when": "placeholders",
        "line: color": "color",
        "line: when": "placeholders",
        "rectangle: fill": "color",
        "rectangle: stroke": "color",
        "rectangle: when": "placeholders",
    } == of_formats


def test_what_can_be_chosen():
    """
    Choices are those that the file takes.
    """
    fit = FIELDS["text: fit.overflow"]

    assert (("error", "truncate"), "error") == (fit.choices, fit.default)
    assert ("left", "center", "right") == FIELDS["text: align"].choices
    assert ("low", "medium", "quartile", "high") == FIELDS["qr: error_correction"].choices


def test_a_form_knows_what_may_be_left_out():
    """
    What is required, what is optional, and how many numbers a list has.
    """
    required = {path for path, field in OF_ELEMENTS.items() if field.required}

    assert FIELDS["template"].required
    assert {
        "text: text",
        "text: at",
        "text: fit.min_size",
        "qr: qr",
        "qr: at",
        "qr: size",
        "image: image",
        "image: at",
        "line: line",
        "line: at",
        "rectangle: rectangle",
        "rectangle: at",
    } == required
    assert ("asset", True) == (FIELDS["text: font"].kind, FIELDS["text: font"].optional)
    assert (2, None) == (FIELDS["line: line"].length, FIELDS["line: dashes"].length)


@pytest.mark.parametrize("mark", SMALLEST)
@pytest.mark.parametrize(
    "option,problem",
    [
        ({"page": 0}, "page: 0: a number from 1 up is wanted"),
        ({"page": 1.5}, "page: 1.5: a whole number is wanted"),
        ({"layer": 1001}, "layer: 1001: a number from -1000 to 1000 is wanted"),
        (
            {"when": "expires"},
            "when: 'expires': one placeholder and no more is wanted, such as '{expires}'",
        ),
        ({"when": "{cycle} {expires}"}, "when: '{cycle} {expires}': one placeholder and no more"),
        ({"when": "{grades.Total} > 50"}, "when: '{grades.Total} > 50': one placeholder and no"),
        ({"when": " "}, "when: ' ': one placeholder and no more is wanted"),
        ({"when": "{expiries}"}, "when: {expiries}: no such placeholder. Did you mean {expires}?"),
    ],
)
def test_what_all_elements_refuse(mark: str, option: Mapping[str, object], problem: str):
    """
    The problem stands at the option, with what is wanted there.
    """
    with pytest.raises(ConfigurationError) as caught:
        structure({"template": "d.pdf", "elements": {"it": {**SMALLEST[mark], **option}}}, Pdf)

    (found,) = caught.value.problems
    assert str(found).startswith(f"elements.it.{problem}")


@pytest.mark.parametrize(
    "mark,option,problem",
    [
        ("text", {"heading": 7}, "heading: 7: a number from 0 to 6 is wanted"),
        ("text", {"color": ""}, "color: '': a color such as '#1f4e79' is wanted"),
        (
            "text",
            {"fit": {"min_size": 8, "overflow": "cut"}},
            "fit.overflow: 'cut': one of error, truncate is wanted",
        ),
        ("qr", {"alt": "{cycle}"}, "alt: there are no placeholders here"),
        ("image", {"alt": "A seal}"}, "alt: there are no placeholders here"),
        ("image", {"alt": " \u200b"}, "alt: a text that can be read aloud is wanted, or an empty"),
        ("line", {"line": [0, 0]}, "line: a line that goes somewhere is wanted"),
        ("line", {"line": [20]}, "line: 1 values: 2 are wanted"),
        ("line", {"color": ""}, "color: '': a color such as '#1f4e79' is wanted"),
        ("line", {"stroke_width": 0}, "stroke_width: 0: a number from 0.05 to 1000 is wanted"),
        ("line", {"dashes": [3, -1]}, "dashes: -1: a number from 0 to 1000 is wanted"),
        ("line", {"dashes": [0, 0]}, "dashes: dashes and gaps of 0.1 pt in all are wanted, at"),
        ("line", {"dashes": [1] * 11}, "dashes: 11 lengths: at most 10 are wanted"),
        ("line", {"dashes": ["x"]}, "dashes[0]: 'x': a number is wanted"),
        ("rectangle", {"rectangle": [20, 0]}, "rectangle: 0: a number from 0.1 up is wanted"),
        ("rectangle", {"fill": "blue"}, "fill: 'blue': a color such as '#1f4e79' is wanted"),
        ("rectangle", {"stroke": "#12345"}, "stroke: '#12345': a color such as"),
        ("rectangle", {"radius": -1}, "radius: -1: a number from 0 to 1000 is wanted"),
        ("rectangle", {"dashes": [0.01]}, "dashes: dashes and gaps of 0.1 pt in all are wanted"),
    ],
)
def test_what_an_element_refuses(mark: str, option: Mapping[str, object], problem: str):
    """
    Nothing gets as far as a file that a reader would stumble over.
    """
    with pytest.raises(ConfigurationError) as caught:
        structure({"template": "d.pdf", "elements": {"it": {**SMALLEST[mark], **option}}}, Pdf)

    (found,) = caught.value.problems
    assert str(found).startswith(f"elements.it.{problem}")


def test_what_a_template_shows_has_no_placeholders():
    """
    The template is the same for everybody.
    """
    with pytest.raises(ConfigurationError, match="template_alt: there are no placeholders here"):
        structure({"template": "d.pdf", "template_alt": "A frame for {recipient.name}"}, Pdf)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_are_numbers_in_python_too(number: float):
    """
    No bound would catch what is no number.
    """
    with pytest.raises(ValueError, match="a finite number is wanted"):
        Line(at=(20, 20), line=(number, 0))
    with pytest.raises(ValueError, match="a finite number is wanted"):
        Line(at=(20, 20), line=(10, 0), dashes=(number, 1))
    with pytest.raises(ValueError, match="a finite number is wanted"):
        Rectangle(at=(20, 20), rectangle=(number, 10))
