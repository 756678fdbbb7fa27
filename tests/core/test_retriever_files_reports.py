"""
The retriever for the reports that an Open edX instructor downloads.
"""

from __future__ import annotations

import csv
import datetime as dt
import os

from pathlib import Path

import pytest

from certcore.config import structure
from certcore.domain import (
    Fact,
    Finding,
    LearnerProgress,
    LearningContext,
    Progress,
    Skipped,
    Step,
)
from certcore.exceptions import RetrievalError
from certcore.plugins import Services
from certcore.ports import RetrievalRequest
from certcore.retrievers import ReportContext, ReportOptions, certcore_retrievers


SAMPLES = Path(__file__).parents[2] / "adapters/cli/certcore_cli/samples/gradebooks"
BIO = "course-v1:Demo+BIO101+2026T1"
CHEM = "course-v1:Demo+CHEM101+2026T1"

BEFORE = ["Student ID", "Email", "Username", "Grade"]
AFTER = [
    "Enrollment Track",
    "Verification Status",
    "Certificate Eligible",
    "Certificate Delivered",
    "Certificate Type",
    "Enrollment Status",
]
GRADES = "Demo_BIO101_2026T1_grade_report_2026-06-15-0910.csv"
PEOPLE = "Demo_BIO101_2026T1_student_profile_info_2026-06-15-0912.csv"
UNGRADED = (
    "not in the grade report: enrolled after it was made, "
    "or the platform could not work out a grade"
)


class Noon:
    """
    A clock that stands still.
    """

    def now(self):
        return dt.datetime(2026, 6, 16, 12, tzinfo=dt.UTC)


@pytest.fixture
def build(tmp_path):
    """
    Make the retriever as a configuration would: from a plain table.
    """
    (provider,) = [each for each in certcore_retrievers() if each.name == "openedx-reports"]
    opened = []

    def make(folder=tmp_path, **options):
        services = Services(clock=Noon(), folder=folder, realm="campus")
        built = provider.build(structure(options, ReportOptions), services)
        opened.append(built)
        return built.__enter__()

    yield make
    for built in opened:
        built.__exit__(None, None, None)


@pytest.fixture
def grades(tmp_path):
    """
    Write a grade report: titles of the grades; for each learner username, grades and status.
    """

    def make(titles, *rows, name=GRADES, more=()):
        header = [*BEFORE, *titles, *more, *AFTER]
        lines = [
            [7, f"{user}@example.org", user, *given, *more, "audit", "N/A", "N", "N", "N/A", status]
            for user, given, status in rows
        ]
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *lines])

    return make


@pytest.fixture
def people(tmp_path):
    """
    Write a profile report.
    """

    def make(*rows, name=PEOPLE, header=("id", "username", "name", "email", "language")):
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])

    return make


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


def test_the_reports_are_joined(build, grades, people):
    """
    Grades by category as the platform shows them, single subsections by their titles.
    """
    titles = ["Homework 1: Cells", "Homework 2: Genes", "Homework (Avg)", "Final Exam"]
    grades(
        titles, ("ada", [0.83, 1.0, "Not Attempted", 0.5, 0.9], "enrolled"), more=["Cohort Name"]
    )
    people((7, "ada", "Ada López", "ada@uni.example", "es"))

    (found,) = retrieve(build())

    assert {
        "Total": 0.83,
        "Homework": 0.5,
        "Homework 1: Cells": 1.0,
        "Homework 2: Genes": 0.0,
        "Final Exam": 0.9,
    } == found.grades
    assert ("campus", "ada", "ada", "Ada López", "ada@uni.example", "es") == (
        found.learner.realm,
        found.learner.id,
        found.learner.username,
        found.learner.name,
        found.learner.email,
        found.learner.language,
    )
    assert found.completion is None


def test_what_is_not_available_is_unknown(build, grades, people):
    """
    What wasn't attempted counts as nothing, as it does on the platform.
    """
    grades(
        ["Homework", "Final Exam"],
        ("ada", [0.5, "Not Available", "Not Attempted"], "enrolled"),
        more=["Experiment Group (Colors)", "Team Name"],
    )
    people((7, "ada", "Ada", "", ""))

    (found,) = retrieve(build())

    assert {"Total": 0.5, "Final Exam": 0.0} == found.grades
    assert "ada@example.org" == found.learner.email


def test_who_has_left_is_not_judged(build, grades, people):
    """
    The report has withdrawn enrolments, too.
    """
    grades([], ("ada", [0.9], "unenrolled"))
    people()

    (found,) = retrieve(build())

    expected = Skipped(
        learner="ada", where=f"{GRADES} line 2", reason="not enrolled any more", kind="not-enrolled"
    )
    assert expected == found


def test_rows_that_cannot_be_used(build, grades, people):
    """
    Each is told once, in the report that it is in.
    """
    grades(
        ["Exam"],
        ("ada", [0.9, "x"], "enrolled"),
        ("bob", [0.9, 1], "waiting"),
        ("", [0.9, 1], "enrolled"),
        ("cy", [0.9, 1], "enrolled"),
        ("dan", [0.9, 1], "enrolled"),
        ("eve", [85, 1], "enrolled"),
        ("fay", [0.9, 1], "enrolled"),
        ("gus", [0.9, 1, 2], "enrolled"),
    )
    people(
        (1, "ada", "Ada", "", ""),
        (2, "cy", "C\ud800y".encode("utf-8", "replace").decode(), "", ""),
        (3, "", "Nobody", "", ""),
        (4, "dan", " ", "", ""),
        (5, "eve", "Eve", "", ""),
        (6, "gone", "Gone", "", ""),
        (7, "fay", "Fay"),
    )

    found = retrieve(build())

    assert [
        ("ada", f"{GRADES} line 2", "grade 'Exam': a text: a number is wanted", "bad-data"),
        (
            "bob",
            f"{GRADES} line 3",
            "column 'Enrollment Status': enrolled or unenrolled is wanted",
            "bad-data",
        ),
        (None, f"{GRADES} line 4", "no username", "bad-data"),
        (
            "eve",
            f"{GRADES} line 7",
            "grade 'Total': 85: a fraction is wanted; say scale = \"percent\"",
            "bad-data",
        ),
        (None, f"{GRADES} line 9", "12 cells, 11 are wanted", "bad-data"),
        (None, f"{PEOPLE} line 4", "no username", "bad-data"),
        (None, f"{PEOPLE} line 8", "3 cells, 5 are wanted", "bad-data"),
        ("dan", f"{GRADES} line 6", "no name", "no-name"),
        ("fay", f"{GRADES} line 8", "no name", "no-name"),
        (
            "gone",
            f"{PEOPLE} line 7",
            UNGRADED,
            "bad-data",
        ),
    ] == [
        (each.learner, each.where, each.reason, each.kind)
        for each in found
        if isinstance(each, Skipped)
    ]
    assert {"cy"} == set(learners(found))


def test_a_name_that_cannot_be_read_is_told_once(build, grades, people, tmp_path):
    """
    As what it is, not as a missing one.
    """
    grades([], ("ada", [0.9], "enrolled"))
    (tmp_path / PEOPLE).write_bytes(b"id,username,name\n7,ada,Zo\xeb\n8,bob,\xff\n")

    ada, bob = retrieve(build())

    assert ("ada", f"{PEOPLE} line 2") == (ada.learner, ada.where)
    assert ("bob", f"{PEOPLE} line 3") == (bob.learner, bob.where)


def test_a_cell_nobody_asks_for_costs_nothing(build, grades, people):
    """
    What a rule doesn't need is unknown if it can't be read.
    """
    grades(["Exam"], ("ada", [0.9, "x"], "enrolled"))
    people((7, "ada", "Ada", "", ""))

    (found,) = retrieve(build(), facts=frozenset({Fact("grades", "Total")}))

    assert {"Total": 0.9} == found.grades


def test_duplicates_in_either_report(build, grades, people):
    """
    The last row counts, the earlier one is told.
    """
    grades([], ("ada", [0.1], "enrolled"), ("ada", [0.9], "enrolled"))
    people((7, "ada", "Old", "", ""), (7, "ada", "New", "", ""))

    found = retrieve(build())

    assert [("duplicate", f"{GRADES} line 2"), ("duplicate", f"{PEOPLE} line 2")] == [
        (each.kind, each.where) for each in found if isinstance(each, Skipped)
    ]
    assert "New" == learners(found)["ada"].learner.name


def test_the_latest_reports_are_taken(build, grades, people, tmp_path):
    """
    By the dates in their names; reports of errors lie beside them and are none.
    """
    for day, grade in (("2026-06-16-0000", 0.9), ("2026-06-15-2359 (1)", 0.1)):
        grades(
            [],
            ("ada", [grade], "enrolled"),
            name=f"Demo_BIO101_2026T1_grade_report_{day}.csv",
        )
    (tmp_path / "Demo_BIO101_2026T1_grade_report_err_2026-06-16-0000.csv").write_text("x")
    people((7, "ada", "Ada", "", ""))

    (found,) = retrieve(build())

    assert {"Total": 0.9} == found.grades


def test_only_the_learners_wanted_are_given(build, grades, people):
    """
    Whatever is in the reports.
    """
    grades([], ("ada", [0.9], "enrolled"), ("bob", [0.9], "enrolled"))
    people((7, "ada", "Ada", "", ""), (8, "bob", "Bob", "", ""), (9, "cy", "Cy", "", ""))
    told = []

    found = retrieve(build(), learners=frozenset({"bob"}), on_progress=told.append)

    assert ["bob"] == [each.learner.id for each in found]
    assert [2] == [each.learners for each in told]


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

        assert first.message.startswith(f"{GRADES}, of 2026-06-15 09:10 UTC (1 day old). 10 col")
        assert second.message.startswith(f"{PEOPLE}, of 2026-06-15 09:12 UTC (1 day old). 5 col")
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
