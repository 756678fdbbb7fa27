"""
Lessons and pathways in exports, and what is said before anybody is judged.
"""

from __future__ import annotations

import shutil

from pathlib import Path

import pytest

from certcore.domain import Fact, LearnerProgress, LearningContext, Skipped, Step
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalRequest
from certcore.retrievers import GradebookContext


GOLDEN = Path(__file__).parents[1] / "gradebooks"
MOODLE = "First name,Last name,Email address,Course total (Percentage)\n"
CANVAS = "Student,ID,Section,Cells (1),Final Score\n"
POSSIBLE = "Points Possible,,,20,(read only)\n"


@pytest.fixture
def build(provide):
    """
    Make the retriever for an export of Moodle, unless another one is named.
    """

    def make(**options):
        return provide("gradebook", {"path": "bio.csv", **options})

    return make


def retrieve(retriever, context=None, **request):
    wanted = context or LearningContext(key="bio101")
    return list(retriever.retrieve(RetrievalRequest(context=wanted, **request)))


def learners(found):
    return {each.learner.id: each for each in found if isinstance(each, LearnerProgress)}


def reasons(found):
    return [each.reason for each in found if isinstance(each, Skipped)]


def refused(retriever, context=None):
    with pytest.raises(RetrievalError) as caught:
        retrieve(retriever, context)
    return str(caught.value)


class TestParts:
    """
    Lessons and pathways.
    """

    def lesson(self, **options):
        return LearningContext(
            key="cells", kind="lesson", course="bio101", options=GradebookContext(**options)
        )

    def test_a_lesson_needs_no_total_of_its_course(self, build, write):
        """
        The course's own Total, of nobody knows how many points, isn't the lesson's.
        """
        header = "First name,Last name,Email address,Quiz: Cells (Real),Course total (Real)"
        write("bio.csv", f"{header}\nAda,López,ada@example.org,15,70\n")
        retriever = build(id="Email address", points={"Quiz: Cells": 20})
        facts = frozenset({Fact("grades", "Total")})

        (found,) = retrieve(retriever, self.lesson(grade="Quiz: Cells"), facts=facts)

        assert 0.75 == found.grades["Total"]
        with pytest.raises(RetrievalError, match="'Total' is in points"):
            retrieve(retriever, facts=facts)

    def test_a_lesson_is_a_grade_of_its_course(self, build, write):
        """
        Which one has to be said.
        """
        write("bio101.csv", f'{CANVAS}{POSSIBLE}"López, Ada",1,BIO,5,80\n')
        retriever = build(path="{key}.csv")

        (found,) = retrieve(retriever, self.lesson(grade="Cells"))

        assert {"Cells": 0.25, "Total": 0.25} == found.grades
        assert "needs the grade that is its own" in refused(retriever, self.lesson())
        assert "has no grade 'Cell'. Did you mean 'Cells'?" in refused(
            retriever, self.lesson(grade="Cell")
        )

    def test_a_lesson_without_a_grade_yet(self, build, write):
        """
        Its course's total isn't taken for its own.
        """
        write("bio101.csv", f'{CANVAS}{POSSIBLE}"López, Ada",1,BIO,EX,80\n')

        (found,) = retrieve(build(path="{key}.csv"), self.lesson(grade="Cells"))

        assert {} == found.grades

    def test_a_lesson_in_points_of_an_unknown_number(self, build, write):
        """
        It says what to declare.
        """
        row = "Ada,López,ada@example.org,1 %,5\n"
        write("bio101.csv", f"{MOODLE.strip()},Quiz: Cells (Real)\n{row}")
        retriever = build(path="{key}.csv", id="Email address")

        assert "doesn't say of how many" in refused(retriever, self.lesson(grade="Quiz: Cells"))

    def test_a_completion_report_has_no_grades(self, build):
        """
        A lesson can't be one of its columns.
        """
        context = self.lesson(grade="Cells", path="moodle-course-completion.csv")

        assert "It has: none." in refused(build(folder=str(GOLDEN)), context)

    def test_each_course_of_a_pathway_has_its_export(self, build, write):
        """
        Or one of them has several steps, by their grades.
        """
        write("a.csv", f'{CANVAS}{POSSIBLE}"López, Ada",1,BIO,5,80\n')
        write("b.csv", f'{CANVAS}{POSSIBLE}"Żółć, Łukasz",2,BIO,5,90\n')
        path = LearningContext(
            key="path",
            kind="pathway",
            steps=(
                Step(course="a"),
                Step(course="c", options=GradebookContext(path="a.csv", grade="Cells")),
                Step(course="b"),
            ),
        )

        found = learners(retrieve(build(path="{key}.csv"), path))

        assert {"a": 0.8, "c": 0.25} == {
            key: step.grades["Total"] for key, step in found["1"].steps.items() if step.grades
        }
        assert (0.9, False) == (
            found["2"].steps["b"].grades["Total"],
            found["2"].steps["a"].enrolled,
        )

    def test_what_cannot_be_told_apart(self, build, write):
        """
        Two courses aren't the same file.
        """
        write("bio.csv", f"{CANVAS}{POSSIBLE}")
        two = LearningContext(
            key="path", kind="pathway", steps=(Step(course="a"), Step(course="b"))
        )
        none = LearningContext(key="path", kind="pathway")

        assert "bio.csv would be read for a, b" in refused(build(), two)
        assert "has no steps" in refused(build(), none)


class TestCheck:
    """
    What is said before anybody is judged.
    """

    def check(self, retriever, context=None):
        return list(retriever.check(context or LearningContext(key="bio101")))

    def test_ids_that_the_platform_gives(self, build, tmp_path):
        """
        A later move to its API changes nobody's.
        """
        for name in ("canvas-gradebook.csv", "openedx-grade-report.csv", "openedx-profiles.csv"):
            shutil.copy(GOLDEN / name, tmp_path)

        _, canvas = self.check(build(path="canvas-*.csv"))
        _, openedx, people = self.check(
            build(path="openedx-grade-*.csv", people="openedx-profiles.csv")
        )

        assert (
            "canvas-gradebook.csv is a gradebook export of Canvas. Its ids are in the column 'ID', "
            "and are those of Canvas's API."
        ) == canvas.message
        assert openedx.message.endswith("'Username', and are those of Open edX's API.")
        assert "openedx-profiles.csv has the names." == people.message

    def test_ids_that_somebody_chose(self, build):
        """
        A later move takes a table of old and new ones; and who has none is counted.
        """
        retriever = build(path="moodle-grader.csv", folder=str(GOLDEN), id="ID number")

        _, chosen, missing, points = self.check(retriever)

        assert chosen.message.endswith(
            "Its ids are in the column 'ID number'. Moodle's API has others: before this source "
            "moves there, a table of old and new ids has to carry over what was awarded, or "
            "everybody is issued a second time."
        )
        assert (
            "warning",
            "1 of the 3 rows looked at have nothing in 'ID number': they are left out.",
        ) == (
            missing.level,
            missing.message,
        )
        assert ("warning", True) == (points.level, "doesn't say of how many" in points.message)

    def test_what_keeps_a_run_from_going(self, build, write):
        """
        No export, one that is something else, one without names, no ids: each is an error.
        """
        write("bio.csv", "id,name\n")
        write("moodle.csv", MOODLE)
        folder = str(GOLDEN)

        found = [
            self.check(build(path="none.csv")),
            self.check(build()),
            self.check(build(path="moodle.csv")),
            self.check(build(path="openedx-grade-report.csv", folder=folder)),
            self.check(build(path="openedx-grade-report.csv", folder=folder, people="none.csv")),
        ]

        assert ["error"] * 5 == [each.level for (each,) in found]

    def test_nobody_in_it_yet(self, build, write):
        """
        That is no error.
        """
        write("bio.csv", f"{CANVAS}{POSSIBLE}")

        assert "bio.csv has no learners in it yet." == self.check(build())[1].message

    @pytest.mark.parametrize(
        "kind,expected",
        [
            (None, {"grades", "completion", "steps"}),
            ("moodle-grader", {"grades", "steps"}),
            ("moodle-course-completion", {"completion", "steps"}),
        ],
    )
    def test_facts_are_those_of_the_kind(self, build, kind, expected):
        """
        A rule that asks for more is refused when it is saved.
        """
        options = {} if kind is None else {"kind": kind}

        assert expected == build(**options).facts

    def test_an_export_says_nothing_of_its_course(self, build):
        """
        Name and dates come from elsewhere.
        """
        assert LearningContext(key="bio101") == build().describe("bio101")
