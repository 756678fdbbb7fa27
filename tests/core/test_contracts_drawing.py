"""
Built-in generators keep what a generator promises.
"""

from __future__ import annotations

from io import BytesIO

import pytest

from PIL import Image as Picture
from reportlab.pdfgen.canvas import Canvas

from certcore.config import structure
from certcore.testing import PlainDesign, PlainGenerator
from certcore.testing.contracts import GeneratorContract


class TestPlainGenerator(GeneratorContract):
    """
    A line of plain text.
    """

    @pytest.fixture
    def generator(self):
        """
        No plugin offers it.
        """
        return PlainGenerator()

    @pytest.fixture
    def design(self):
        """
        Nothing but the name.
        """
        return {"text": "{name}"}

    @pytest.fixture
    def other_design(self):
        """
        And a little more.
        """
        return {"text": "{name}!"}

    def read(self, table):
        """
        Make a design of a table.
        """
        return structure(table, PlainDesign)


class TestPdf(GeneratorContract):
    """
    Texts, a code and an image on a template.
    """

    provider = "pdf"

    @pytest.fixture
    def assets(self):
        """
        A frame and a signature.
        """
        return {"frame.pdf": template(30), "signature.png": picture((0, 0, 90))}

    @pytest.fixture
    def changed_assets(self):
        """
        A wider frame and another ink.
        """
        return {"frame.pdf": template(40), "signature.png": picture((90, 0, 0))}

    @pytest.fixture
    def design(self):
        """
        A name and a signature.
        """
        name = {"text": "{recipient.name}", "at": [148.5, 98], "align": "center", "size": 34}
        signature = {"image": "signature.png", "at": [30, 165], "width": 40}
        return {"template": "frame.pdf", "elements": {"name": name, "signature": signature}}

    @pytest.fixture
    def other_design(self):
        """
        The same template, and a code on it.
        """
        name = {"text": "{recipient.name}", "at": [148.5, 98], "size": 20}
        code = {"qr": "{verification.address}", "at": [258, 172], "size": 22}
        return {"template": "frame.pdf", "elements": {"name": name, "code": code}}

    @pytest.fixture
    def bad_designs(self, design):
        """
        What isn't there, and what doesn't fit on the page.
        """
        elements = design["elements"]
        return [
            {},
            {**design, "elements": {"name": {"text": "{recipient.nam}", "at": [1, 1]}}},
            {**design, "elements": {"name": {**elements["name"], "at": [1000, 98]}}},
            {**design, "template": "signature.png"},
        ]


def template(edge):
    output = BytesIO()
    canvas = Canvas(output, pagesize=(841.89, 595.28), invariant=1)
    canvas.rect(edge, edge, 841.89 - 2 * edge, 595.28 - 2 * edge)
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def picture(color):
    output = BytesIO()
    Picture.new("RGB", (40, 20), color).save(output, "PNG")
    return output.getvalue()
