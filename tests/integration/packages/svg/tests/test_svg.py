"""
SVG certificates keep what a generator promises.
"""

from xml.etree import ElementTree as ET

import pytest

from certcore import Learner, LearnerProgress
from certcore.testing.contracts import GeneratorContract


class TestSvg(GeneratorContract):
    provider = "svg"

    @pytest.fixture
    def assets(self):
        return {"seal.png": b"\x89PNG one", "notes.txt": b"not a picture"}

    @pytest.fixture
    def changed_assets(self):
        return {"seal.png": b"\x89PNG another"}

    @pytest.fixture
    def design(self):
        return {"lines": ["{recipient.name}", "{context.name}"], "picture": "seal.png"}

    @pytest.fixture
    def other_design(self):
        return {"lines": ["{recipient.name}"]}

    @pytest.fixture
    def bad_designs(self):
        return [
            {"lines": []},
            {"lines": ["{recipient.nam}"]},
            {"lines": ["{recipient.name}"], "picture": "notes.txt"},
        ]


def test_a_file_is_well_formed(certcore_project, certcore_store):
    ada = Learner(realm="school", id="1", name="<Ada> & López")
    project = certcore_project(
        learners=[LearnerProgress(learner=ada, grades={"Total": 0.83})],
        design={"use": "svg", "lines": ["{recipient.name}", "has completed {context.name}"]},
    )

    assert 1 == project.issue("W1", name="Welding 1").issued
    (content,) = certcore_store.files.values()
    drawn = ET.fromstring(content)  # noqa: S314  # our own
    assert ["<Ada> & López", "has completed Welding 1"] == [text.text for text in drawn]
