"""
Lessons and pathways in the reports of Open edX, and what keeps them from being read.
"""

from __future__ import annotations

import csv
import os

from pathlib import Path

import pytest

from certcore.domain import Finding, LearnerProgress, LearningContext, Progress, Skipped, Step
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalRequest
from certcore.retrievers import ReportContext


SAMPLES = Path(__file__).parents[4] / "adapters/cli/certcore_cli/samples/gradebooks"
BIO = "course-v1:Demo+BIO101+2026T1"
CHEM = "course-v1:Demo+CHEM101+2026T1"

BEFORE = ["Student ID", "Email", "Username", "Grade"]
GRADES = "Demo_BIO101_2026T1_grade_report_2026-06-15-0910.csv"
PEOPLE = "Demo_BIO101_2026T1_student_profile_info_2026-06-15-0912.csv"


def course(key=BIO, **more):
    return LearningContext(key=key, **more)


def lesson(beginning):
    return LearningContext(
        key="lesson", kind="lesson", course=BIO, options=ReportContext(lesson=beginning)
    )


def retrieve(retriever, context=None, **request):
    return list(retriever.retrieve(RetrievalRequest(context=context or course(), **request)))


def learners(found):
    return {each.learner.id: each for each in found if isinstance(each, LearnerProgress)}


class TestLessons:
    """
    A part of a course is a column of its grade report.
    """

    @pytest.fixture
    def retriever(self, build, grades, people):
        titles = ["Homework 1: Cells", "Homework 10: Genes", "Homework (Avg)", "Exam"]
        grades(
            titles,
            ("ada", [0.8, 0.7, 0.6, 0.65, "Not Attempted"], "enrolled"),
            ("bob", [0.8, "Not Available", 0.6, 0.6, 0.5], "enrolled"),
        )
        people((7, "ada", "Ada", "", ""), (8, "bob", "Bob", "", ""))
        return build()

    @pytest.mark.parametrize(
        "beginning,expected",
        [
            ("Homework 1: Cells", {"ada": {"Total": 0.7}, "bob": {}}),
            ("Homework 1", {"ada": {"Total": 0.7}, "bob": {}}),
            ("Homework 10: G", {"ada": {"Total": 0.6}, "bob": {"Total": 0.6}}),
            ("Exam", {"ada": {"Total": 0.0}, "bob": {"Total": 0.5}}),
        ],
    )
    def test_its_grade_is_the_total(self, retriever, beginning, expected):
        """
        The title or its beginning will do.
        """
        found = learners(retrieve(retriever, lesson(beginning)))

        assert expected == {key: each.grades for key, each in found.items()}

    def test_its_key_may_be_the_title(self, retriever):
        """
        Where no option says otherwise.
        """
        found = retrieve(retriever, LearningContext(key="Exam", kind="lesson", course=BIO))

        assert {"Total": 0.0} == found[0].grades

    @pytest.mark.parametrize(
        "beginning,said",
        [
            ("Homework", "'Homework' may be each of Homework 1: Cells, Homework 10: Genes"),
            ("Homwork 1: Cells", "Did you mean 'Homework 1: Cells'?"),
            ("zzz", "no column for the lesson 'zzz'. It has: Homework 1: Cells"),
        ],
    )
    def test_a_title_that_cannot_be_found(self, retriever, beginning, said):
        """
        Which there are is told, before and when it is run.
        """
        with pytest.raises(RetrievalError) as caught:
            retrieve(retriever, lesson(beginning))
        (finding,) = retriever.check(lesson(beginning))

        assert said in str(caught.value)
        assert ("error", str(caught.value)) == (finding.level, finding.message)


class TestPathways:
    """
    Several courses.
    """

    @pytest.fixture
    def retriever(self, build, grades, people):
        chem_grades, chem_people = (name.replace("BIO", "CHEM") for name in (GRADES, PEOPLE))
        grades(["Exam"], ("ada", [0.9, 0.5], "enrolled"), ("bob", [0.8, 0.5], "unenrolled"))
        grades(
            ["Exam"],
            ("bob", [0.7, 0.5], "unenrolled"),
            ("cy", [0.6, 0.5], "enrolled"),
            name=chem_grades,
        )
        people((7, "ada", "Ada", "", ""), (9, "cy", "Cy", "cy@uni.example", ""))
        people(
            (9, "cy", "", "", "fr"),
            (5, "dan", "Dan", "", ""),
            name=chem_people,
        )
        return build()

    def pathway(self, **options):
        own = ReportContext(**options)
        steps = (Step(course=BIO), Step(course=CHEM, alternatives=(BIO,), options=own))
        return LearningContext(key="path", kind="pathway", steps=steps)

    def test_each_course_has_its_reports(self, retriever):
        """
        Who is in a course's profile report is enrolled, even if there is no grade.
        """
        found = retrieve(retriever, self.pathway())

        assert {
            "ada": {
                BIO: Progress(enrolled=True, grades={"Total": 0.9, "Exam": 0.5}),
                CHEM: Progress(enrolled=False),
            },
            "cy": {
                BIO: Progress(enrolled=True),
                CHEM: Progress(enrolled=True, grades={"Total": 0.6, "Exam": 0.5}),
            },
        } == {key: each.steps for key, each in learners(found).items()}
        assert [("bob", "not-enrolled"), ("dan", "bad-data")] == [
            (each.learner, each.kind) for each in found if isinstance(each, Skipped)
        ]

    def test_who_somebody_is_comes_from_all_reports(self, retriever):
        """
        The first that says anything.
        """
        cy = learners(retrieve(retriever, self.pathway()))["cy"].learner

        assert ("Cy", "cy@uni.example", "fr") == (cy.name, cy.email, cy.language)

    def test_a_step_may_be_a_part_of_its_course(self, retriever):
        """
        The column's grade is the step's total.
        """
        found = learners(retrieve(retriever, self.pathway(lesson="Exam")))

        assert {"Total": 0.5} == found["cy"].steps[CHEM].grades

    def test_without_steps(self, build):
        """
        It isn't a pathway without conditions.
        """
        with pytest.raises(RetrievalError, match="has no steps"):
            retrieve(build(), LearningContext(key="path", kind="pathway"))


class TestTrouble:
    """
    What keeps the reports from being read at all.
    """

    def test_no_report(self, build, grades):
        """
        It is told which one is missing.
        """
        retriever = build()

        with pytest.raises(RetrievalError, match="no grade report 'Demo_BIO101_2026T1_grade_"):
            retrieve(retriever)
        grades([])
        with pytest.raises(RetrievalError, match="no profile report 'Demo_BIO101_2026T1_student"):
            retrieve(retriever)

    def test_another_report_by_that_name(self, build, grades, people, tmp_path):
        """
        The problem grade report has a grade, too.
        """
        (tmp_path / GRADES).write_text("Student ID,Email,Username,Enrollment Status,Grade\n")
        people()

        with pytest.raises(RetrievalError) as caught:
            retrieve(build())

        assert str(caught.value) == (
            f"{GRADES} isn't a grade report of Open edX. It has the columns Student ID, Email, "
            "Username, Enrollment Status, Grade; wanted are Student ID, Email, Username, Grade, "
            "Enrollment Track, Enrollment Status."
        )

    def test_the_two_reports_exchanged(self, build, grades, people):
        """
        Neither is taken for the other.
        """
        people((7, "ada", "Ada", "", ""), name=GRADES)
        grades([], name=PEOPLE)

        with pytest.raises(RetrievalError, match=r"isn't a grade report.*columns id, username"):
            retrieve(build())

    def test_columns_in_another_order(self, build, people, tmp_path):
        """
        A spreadsheet may have moved them: grades are those behind the total.
        """
        header = ["Enrollment Track", "Enrollment Status", *BEFORE, "Exam"]
        with (tmp_path / GRADES).open("w", newline="") as file:
            csv.writer(file).writerows([header, ["audit", "enrolled", 7, "", "ada", 0.9, 0.5]])
        people((7, "ada", "Ada", "", ""))

        (found,) = retrieve(build())

        assert {"Total": 0.9, "Exam": 0.5} == found.grades


class TestCheck:
    """
    What is said before anybody is judged.
    """

    def test_the_reports_that_would_be_taken(self, build, grades, people):
        """
        As old as their names say.
        """
        grades([], ("ada", [0.9], "enrolled"))
        people()

        first, second, empty = build().check(course())

        assert first.message.startswith(
            f"{GRADES}, of 2026-06-15 09:10 UTC (1 day old). Read as UTF-8"
        )
        assert second.message.startswith(
            f"{PEOPLE}, of 2026-06-15 09:12 UTC (1 day old). Read as UTF-8"
        )
        assert Finding(level="warning", message=f"{PEOPLE} has no learners in it yet.") == empty

    def test_what_keeps_a_run_from_going(self, build):
        """
        No report.
        """
        (found,) = build().check(course())

        assert "error" == found.level


class TestSamples:
    """
    The exports that come with certcore.
    """

    @pytest.mark.parametrize("key,count", [(BIO, 28), (CHEM, 27)])
    def test_they_can_be_read(self, build, key, count):
        """
        All but those that show what is skipped.
        """
        found = retrieve(build(SAMPLES), course(key))

        assert count == len(learners(found))

    def test_they_show_what_is_skipped(self, build):
        """
        One learner without a name, one who left.
        """
        found = retrieve(build(SAMPLES))

        assert ["no-name", "not-enrolled"] == [
            each.kind for each in found if isinstance(each, Skipped)
        ]

    def test_totals_weigh_the_categories(self, build):
        """
        As the courses' policies would, rounded to whole percents, upwards from 0.45.
        """
        weights = {
            BIO: {"Homework": 0.3, "Lab": 0.3, "Final Exam": 0.4},
            CHEM: {"Homework": 0.25, "Lab": 0.35, "Final Exam": 0.4},
        }

        for key, policy in weights.items():
            for each in learners(retrieve(build(SAMPLES), course(key))).values():
                total = sum(each.grades.get(name, 0) * part for name, part in policy.items())
                assert each.grades["Total"] == pytest.approx(total, abs=0.0056)

    def test_every_name_can_be_printed(self, build):
        """
        With the font that the extra `fonts` brings.
        """
        noto = pytest.importorskip("fontpkg_noto_sans")
        hb = pytest.importorskip("uharfbuzz")
        (font,) = Path(noto.__file__).parent.rglob("NotoSans[[]wdth,wght[]].ttf")
        letters = set(hb.Face(hb.Blob.from_file_path(os.fspath(font))).unicodes)

        both = [*retrieve(build(SAMPLES)), *retrieve(build(SAMPLES), course(CHEM))]
        names = {each.learner.name for each in both if isinstance(each, LearnerProgress)}

        assert {"Łukasz Żółć", 'Marcus "Buddy" O\'Hara', "Taylor Smith & Sons"} < names
        assert set() == {letter for name in names for letter in name if ord(letter) not in letters}


def test_it_gives_grades_and_no_completion(build):
    """
    A rule that asks for more is refused when it is saved.
    """
    assert {"grades", "steps"} == build().facts


def test_reports_say_nothing_of_their_course(build):
    """
    Name and dates come from elsewhere.
    """
    assert LearningContext(key=BIO) == build().describe(BIO)
