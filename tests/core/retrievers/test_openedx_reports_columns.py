"""
How the two reports of Open edX are read, said to people.
"""

from __future__ import annotations

import pytest

from certcore.domain import LearningContext, Step
from certcore.exceptions import RetrievalError
from certcore.ports import ColumnReader
from certcore.retrievers import ReportContext


BIO = "course-v1:Demo+BIO101+2026T1"
CHEM = "course-v1:Demo+CHEM101+2026T1"
COURSE = LearningContext(key=BIO)
TITLES = (
    "Student ID,Email,Username,Grade,Homework 1: Cells,Homework (Avg),Enrollment Track,"
    "Enrollment Status"
)


@pytest.fixture
def build(provide, write):
    """
    Make the retriever of two courses; the site of the second leaves out what it may.
    """
    row = "7,ada@example.org,ada,0.83,Not Available,,audit,enrolled"
    for course in ("BIO101", "CHEM101"):
        write(f"Demo_{course}_2026T1_grade_report_2026-06-15-0910.csv", f"{TITLES}\n{row}\n")
    profiles = "Demo_{}_2026T1_student_profile_info_2026-06-15-0912.csv"
    write(profiles.format("BIO101"), "id,username,name,email,language,city\n7,ada,Ada,,es,\n")
    write(profiles.format("CHEM101"), "id,username,name\n7,ada,Ada\n")
    return lambda: provide("openedx-reports", {})


def columns(reading):
    return [(each.title, each.use, each.note, each.filled) for each in reading.columns]


def uses(reading):
    return {each.title: each.use for each in reading.columns if each.use}


def test_both_reports_of_a_course(build):
    """
    With the grades' names as rules call them, and how much of each column is filled.
    """
    grades, people = build().read_columns(COURSE)

    assert ("a grade report of Open edX", 1) == (grades.kind, grades.rows)
    assert [
        ("Student ID", "", "not needed", 1),
        ("Email", "email", "", 1),
        ("Username", "id, username", "", 1),
        ("Grade", "grade 'Total'", "fraction", 1),
        ("Homework 1: Cells", "grade 'Homework 1: Cells'", "fraction", 1),
        ("Homework (Avg)", "grade 'Homework'", "fraction", 0),
        ("Enrollment Track", "", "not needed", 1),
        ("Enrollment Status", "whether enrolled", "", 1),
    ] == columns(grades)
    assert "a profile report of Open edX" == people.kind
    assert [
        ("id", "", "not needed", 1),
        ("username", "id, username", "", 1),
        ("name", "name", "", 1),
        ("email", "email", "", 0),
        ("language", "language", "", 1),
        ("city", "", "not needed", 0),
    ] == columns(people)


def test_a_lesson(build):
    """
    Its own column is its Total; the course's grades aren't read.
    """
    options = ReportContext(lesson="Homework 1")
    context = LearningContext(key="cells", kind="lesson", course=BIO, options=options)

    grades, _ = build().read_columns(context)

    assert {
        "Email": "email",
        "Username": "id, username",
        "Homework 1: Cells": "grade 'Total' of cells",
        "Enrollment Status": "whether enrolled",
    } == uses(grades)


def test_a_pathway(build):
    """
    Both reports of each course, one course after another.
    """
    own = ReportContext(lesson="Homework 1")
    steps = (Step(course=BIO), Step(course=CHEM, options=own))
    context = LearningContext(key="path", kind="pathway", steps=steps)

    readings = list(build().read_columns(context))

    assert ["Demo_BIO101", "Demo_BIO101", "Demo_CHEM101", "Demo_CHEM101"] == [
        reading.file.split("_2026T1")[0] for reading in readings
    ]
    assert "grade 'Total'" == uses(readings[0])["Grade"]
    assert f"grade 'Total' of {CHEM}" == uses(readings[2])["Homework 1: Cells"]
    assert {"username": "id, username", "name": "name"} == uses(readings[3])


def test_a_lesson_that_isnt_there(build):
    """
    The error of a run.
    """
    context = LearningContext(key="Genes", kind="lesson", course=BIO)

    with pytest.raises(RetrievalError, match="has no column for the lesson 'Genes'"):
        list(build().read_columns(context))


def test_it_is_said_by_the_port(build):
    """
    Whoever asks needs to know nothing of reports.
    """
    assert isinstance(build(), ColumnReader)
