"""
Built-in sources keep what a retriever promises.
"""

from __future__ import annotations

import csv

from pathlib import Path

import pytest

from certcore.domain import Learner, LearnerProgress, LearningContext, Progress, Skipped, Step
from certcore.testing import CannedRetriever
from certcore.testing.contracts import RetrieverContract


KNOWN = {
    "ada": Progress(completion=0.95, grades={"Total": 0.83}),
    "eva": Progress(completion=0.0, grades={"Total": 0.0}),
    # no data is not zero
    "bob": Progress(grades={"Total": 0.5}),
}


ON_THE_WAY = {
    "ada": Progress(steps={"bio": KNOWN["ada"], "chem": Progress(enrolled=False)}),
    "eva": Progress(steps={"bio": KNOWN["eva"], "chem": KNOWN["eva"]}),
    "bob": Progress(steps={"bio": KNOWN["bob"], "chem": Progress(enrolled=False)}),
}
BIO = """\
id,name,done,total
ada,Ada,0.95,0.83
bad,Bad,lots,0.5
eva,Eva,0,0
bob,Bob,,0.5
"""
TABLE = {
    "path": "{key}.csv",
    "columns": {
        "id": "id",
        "name": "name",
        "completion": "done",
        "grades": {"Total": "total"},
    },
}
REPORTED = {
    "ada": Progress(grades={"Total": 0.83, "Homework": 0.9}),
    "eva": Progress(grades={"Total": 0.0}),
}


class TestCannedRetriever(RetrieverContract):
    """
    A source that knows what it was told.
    """

    context, learners, unusable = "course-7", KNOWN, 1

    @pytest.fixture
    def retriever(self):
        """
        It gives more than it is asked for, which does no harm.
        """
        told = [
            LearnerProgress(
                learner=Learner(realm="school", id=id_),
                completion=known.completion,
                grades=known.grades,
            )
            for id_, known in KNOWN.items()
        ]
        bad = Skipped(where="line 3", reason="no number")
        return CannedRetriever([*told, bad], contexts=[LearningContext(key="course-7")])

    @pytest.fixture
    def broken(self):
        """
        One that fails at once, and knows nothing.
        """
        return CannedRetriever(fail_after=0)


class TestFiles(RetrieverContract):
    """
    A CSV file whose columns are named.
    """

    provider, context, learners, unusable = "files", "bio", KNOWN, 1

    @pytest.fixture
    def options(self, tmp_path):
        """
        A file with a bad row, and cells that are empty.
        """
        (tmp_path / "bio.csv").write_text(BIO, "utf-8")
        return TABLE

    @pytest.fixture
    def broken_options(self):
        """
        No file.
        """
        return {**TABLE, "path": "gone-{key}.csv"}


class TestFilesOfPathways(TestFiles):
    """
    The same, of two courses at once.
    """

    learners = ON_THE_WAY

    @pytest.fixture
    def options(self, tmp_path):
        """
        A file for each.
        """
        (tmp_path / "bio.csv").write_text(BIO, "utf-8")
        (tmp_path / "chem.csv").write_text("id,name,done,total\neva,Eva,0,0\n", "utf-8")
        return TABLE

    @pytest.fixture
    def learning_context(self):
        """
        A pathway.
        """
        steps = (Step(course="bio"), Step(course="chem"))
        return LearningContext(key="path", kind="pathway", steps=steps)


class TestReports(RetrieverContract):
    """
    Reports as an Open edX instructor downloads them.
    """

    provider, context = "openedx-reports", "course-v1:Demo+BIO101+2026T1"
    learners = REPORTED

    @pytest.fixture
    def options(self, tmp_path):
        """
        A grade report and a profile report.
        """
        before = ["Student ID", "Email", "Username", "Grade"]
        after = ["Enrollment Track", "Enrollment Status"]
        write(
            tmp_path / "Demo_BIO101_2026T1_grade_report_2026-06-15-0910.csv",
            [*before, "Homework", *after],
            [1, "ada@example.org", "ada", "0.83", "0.9", "audit", "enrolled"],
            [2, "eva@example.org", "eva", "0.0", "Not Available", "audit", "enrolled"],
        )
        write(
            tmp_path / "Demo_BIO101_2026T1_student_profile_info_2026-06-15-0912.csv",
            ["id", "username", "name", "email"],
            [1, "ada", "Ada López", "ada@example.org"],
            [2, "eva", "Eva Nováková", "eva@example.org"],
        )
        return {}

    @pytest.fixture
    def broken_options(self):
        """
        A folder that isn't there.
        """
        return {"folder": "gone"}


def write(path: Path, *rows: list[object]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
