"""
The reports that an Open edX instructor downloads, joined.
"""

from __future__ import annotations

from certcore.domain import Fact, LearnerProgress, LearningContext, Skipped
from certcore.ports import RetrievalRequest
from certcore.retrievers import ReportContext


BIO = "course-v1:Demo+BIO101+2026T1"

GRADES = "Demo_BIO101_2026T1_grade_report_2026-06-15-0910.csv"
PEOPLE = "Demo_BIO101_2026T1_student_profile_info_2026-06-15-0912.csv"
UNGRADED = (
    "not in the grade report: enrolled after it was made, "
    "or the platform could not work out a grade"
)


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
    (tmp_path / PEOPLE).write_bytes(
        "id,username,name\n7,ada,Żo\udceb\n8,bob,\udcff\n".encode(errors="surrogateescape")
    )

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
