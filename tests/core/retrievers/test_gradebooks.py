"""
Exports as the platforms write them: recognised, and each column read as what it is.
"""

from __future__ import annotations

import re
import shutil

from pathlib import Path

import pytest

from certcore.domain import Fact, LearnerProgress, LearningContext, Skipped
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalRequest


GOLDEN = Path(__file__).parents[1] / "gradebooks"
BIO = LearningContext(key="bio101")
NAMES = {"lzolc": "Łukasz Żółć", "mobrien": "Máire O’Brien"}


@pytest.fixture
def build(provide, tmp_path):
    """
    Make the retriever for an export, and put the export where it looks.
    """

    def make(name, **options):
        for file in (name, "openedx-profiles.csv"):
            shutil.copy(GOLDEN / file, tmp_path)
        return provide("gradebook", {"path": name, **options})

    return make


def retrieve(retriever, **request):
    found = list(retriever.retrieve(RetrievalRequest(context=BIO, **request)))
    learners = {e.learner.id: e for e in found if isinstance(e, LearnerProgress)}
    skipped = [(e.learner, e.reason, e.kind) for e in found if isinstance(e, Skipped)]
    return learners, skipped


def uses(retriever):
    (reading,) = retriever.read_columns(BIO)
    return reading, {each.title: each.use for each in reading.columns}


def test_moodle_by_id_number(build):
    """
    Percentages where there are some; who is suspended has left; who has no number is told.
    """
    retriever = build("moodle-grader.csv", id="ID number")

    learners, skipped = retrieve(retriever)

    assert {
        "U-1041": {"Quiz: Cells": 0.925, "Homework total": 0.91, "Total": 0.9175},
        "U-1048": {"Quiz: Cells": 0.7, "Homework total": 0.35, "Total": 0.525},
    } == {key: each.grades for key, each in learners.items()}
    assert [*NAMES.values()] == [each.learner.name for each in learners.values()]
    assert "mobrien@example.org" == learners["U-1048"].learner.email
    assert [(None, "no id in column 'ID number'", "bad-data")] == skipped


def test_moodle_by_address(build):
    """
    Addresses are compared without regard to capital letters, and who is suspended has left.
    """
    learners, skipped = retrieve(build("moodle-grader.csv", id="Email address"))

    assert ["lzolc@example.org", "mobrien@example.org"] == list(learners)
    assert [("agonzalez@example.org", "not enrolled any more", "not-enrolled")] == skipped


def test_moodle_with_decimal_commas(build, tmp_path):
    """
    As Excel writes it in much of Europe; the platform's own has points.
    """
    retriever = build("moodle-grader.csv", id="ID number", decimal="comma")
    file = tmp_path / "moodle-grader.csv"

    pointed = [each for each, *_ in retrieve(retriever)[1]]
    saved = re.sub(r"([0-9])\.([0-9])", r"\1,\2", file.read_text("utf-8").replace(",", ";"))
    file.write_text(saved, "utf-8")
    learners, _ = retrieve(retriever)

    assert ["U-1041", "U-1048", None] == pointed
    assert {"Quiz: Cells": 0.925, "Homework total": 0.91, "Total": 0.9175} == (
        learners["U-1041"].grades
    )


def test_moodle_points_need_their_maximum(build):
    """
    It is never guessed: it is asked for, and a rule that needs it gets no wrong answer.
    """
    without = build("moodle-grader.csv", id="ID number")
    points = {"Assignment: Herbarium": 10}

    learners, _ = retrieve(build("moodle-grader.csv", id="ID number", points=points))
    reading, read_as = uses(without)

    assert 0.9 == learners["U-1041"].grades["Assignment: Herbarium"]
    assert "Assignment: Herbarium" not in learners["U-1048"].grades
    assert "grade 'Assignment: Herbarium'" == read_as["Assignment: Herbarium (Real)"]
    (note,) = reading.notes
    assert (
        "'Assignment: Herbarium' is in points and the export doesn't say of how many, so it is "
        'unknown. Say points = { "Assignment: Herbarium" = … }.'
    ) == note
    with pytest.raises(RetrievalError, match="doesn't say of how many"):
        retrieve(without, facts=frozenset({Fact("grades", "Assignment: Herbarium")}))
    assert not read_as["Assignment: Herbarium (Letter)"]


def test_moodle_of_old_says_no_unit(build):
    """
    Only what is declared is read.
    """
    name = "moodle-grader-2.7.csv"
    nothing, _ = retrieve(build(name, id="ID number"))
    read, _ = retrieve(build(name, id="ID number", points={"Total": 100}))

    assert {} == nothing["U-1041"].grades
    assert {"Total": 0.9175} == read["U-1041"].grades
    assert "Łukasz Żółć" == read["U-1041"].learner.name


def test_moodle_has_no_ids_of_its_own(build):
    """
    Somebody has to choose, and is told between what.
    """
    with pytest.raises(RetrievalError) as caught:
        retrieve(build("moodle-grader.csv"))

    assert (
        "moodle-grader.csv: a grade export of Moodle has no user ids. Choose a column for ever, "
        'which everybody has and which never changes: say id = "ID number" or id = "Email address".'
    ) == str(caught.value)


def test_moodle_course_completion(build):
    """
    All of it where the course was completed, else the part of the criteria that was met.
    """
    learners, skipped = retrieve(build("moodle-course-completion.csv"))

    assert {"1041": 1.0, "1048": 1 / 3, "1174": 0.0} == {
        key: each.completion for key, each in learners.items()
    }
    assert "Ana González" == learners["1174"].learner.name
    assert "lzolc@example.org" == learners["1041"].learner.email
    assert [] == skipped


@pytest.mark.parametrize(
    "name", ["moodle-activity-completion.csv", "moodle-activity-completion-excel.csv"]
)
def test_moodle_activity_completion(build, name):
    """
    The part of the activities that are completed, in either of its forms.
    """
    learners, _ = retrieve(build(name, id="ID number"))
    by_address, _ = retrieve(build(name, id="Email address"))

    assert {"U-1041": 1.0, "U-1048": 1 / 3} == {
        key: each.completion for key, each in learners.items()
    }
    assert [*NAMES.values()] == [each.learner.name for each in learners.values()]
    assert ["lzolc@example.org", "mobrien@example.org"] == list(by_address)


def test_canvas(build):
    """
    Points of the points possible, percent for scores, what a teacher has set before the rest.
    """
    learners, skipped = retrieve(build("canvas-gradebook.csv"))

    assert {
        "1041": {
            "Cells": 0.925,
            "Herbarium": 0.9,
            "Homework": 91.67 / 100,
            "Exam": 0.95,
            "Total": 0.93,
        },
        "1048": {"Cells": 0.7, "Homework": 0.7, "Exam": 0.4, "Total": 0.75},
        "1174": {"Homework": 0.0, "Exam": 0.0, "Total": 0.0},
    } == {key: each.grades for key, each in learners.items()}
    assert ["Łukasz Żółć", "Máire O’Brien", "Ana González"] == [
        each.learner.name for each in learners.values()
    ]
    assert ("lzolc", "") == (learners["1041"].learner.username, learners["1041"].learner.email)
    assert [("2001", "the platform's test student", "not-enrolled")] == skipped


def test_canvas_in_another_language(build):
    """
    Decimal commas, semicolons, names split and quoted against formulas, a grading period.
    """
    first, _ = retrieve(build("canvas-gradebook-split.csv"))
    last, _ = retrieve(build("canvas-gradebook-split.csv", name_order="last-first"))

    assert {"Zellen": 0.925, "Prüfung (Frühjahr)": 0.95, "Total (Frühjahr)": 0.9325} == first[
        "1202"
    ].grades
    assert ["Käthe Müller-Weiß", "Łukasz =Żółć"] == [each.learner.name for each in first.values()]
    assert "Müller-Weiß Käthe" == last["1202"].learner.name


def test_canvas_by_another_column(build):
    """
    A school may have ids that outlive Canvas.
    """
    retriever = build("canvas-gradebook.csv", id="SIS User ID", name_order="last-first")

    learners, skipped = retrieve(retriever)

    assert ["U-1041", "U-1048"] == list(learners)
    assert "Żółć Łukasz" == learners["U-1041"].learner.name
    assert 2 == len(skipped)


def test_open_edx_problems(build):
    """
    Each problem with its own points; what wasn't attempted is nothing, what isn't there unknown.
    """
    retriever = build("openedx-problem-grade-report.csv", people="openedx-profiles.csv")

    learners, skipped = retrieve(retriever)

    drawn, named = "Homework 1: Cells - Draw a cell", "Homework 1: Cells - Name its parts"
    assert {
        "lzolc": {"Total": 0.94, drawn: 0.75, named: 1.0},
        "mobrien": {"Total": 0.75, drawn: 0.0},
    } == {key: each.grades for key, each in learners.items()}
    assert NAMES == {key: each.learner.name for key, each in learners.items()}
    assert [("agonzalez", "not enrolled any more", "not-enrolled")] == skipped


def test_open_edx_grades(build):
    """
    As the provider of its own reads them.
    """
    retriever = build("openedx-grade-report.csv", people="openedx-profiles.csv")

    learners, _ = retrieve(retriever)

    cells, heredity = "Homework 1: Cells", "Homework 2: Heredity"
    assert {
        "lzolc": {"Total": 0.94, cells: 1.0, heredity: 0.8, "Homework": 0.9, "Final Exam": 0.95},
        "mobrien": {"Total": 0.75, cells: 0.75, heredity: 0.0, "Homework": 0.375},
    } == {key: each.grades for key, each in learners.items()}
    assert NAMES == {key: each.learner.name for key, each in learners.items()}


def test_open_edx_reports_have_no_names(build):
    """
    Nobody would get a certificate: it says where names come from.
    """
    with pytest.raises(RetrievalError, match="has no names") as caught:
        retrieve(build("openedx-grade-report.csv"))

    assert 'people = "{org}_{course}_{run}_student_profile_info_*.csv"' in str(caught.value)


@pytest.mark.parametrize(
    "name,kind",
    [
        ("moodle-grader.csv", "moodle-grader"),
        ("moodle-course-completion.csv", "moodle-course-completion"),
        ("moodle-activity-completion.csv", "moodle-activity-completion"),
        ("canvas-gradebook.csv", "canvas-gradebook"),
        ("openedx-grade-report.csv", "openedx-grade-report"),
        ("openedx-problem-grade-report.csv", "openedx-problem-grade-report"),
    ],
)
def test_every_column_is_accounted_for(build, name, kind):
    """
    It is read as something, or somebody says why not; and a kind that was named is the only one.
    """
    declared = {"id": "Email address"} if "moodle-" in name and "course" not in name else {}
    reading, _ = uses(build(name, **declared))
    (same,) = build(name, kind=kind, **declared).read_columns(BIO)
    other = "canvas-gradebook" if kind != "canvas-gradebook" else "moodle-grader"

    assert f"({kind}), recognised by its headers" in reading.kind
    assert f"({kind}), as named" in same.kind
    assert [] == [each.title for each in reading.columns if not each.use and not each.note]
    assert reading.columns == same.columns
    with pytest.raises(RetrievalError, match="is wanted: kind ="):
        list(build(name, kind=other, **declared).read_columns(BIO))


def test_filled_cells_are_counted_and_shown_to_nobody(build):
    """
    What is said of columns has no learner in it.
    """
    reading, read_as = uses(build("moodle-grader.csv", id="ID number"))

    filled = {each.title: each.filled for each in reading.columns}
    assert (3, 2, 3, 1) == (
        reading.rows,
        filled["ID number"],
        filled["Quiz: Cells (Real)"],
        filled["Suspended"],
    )
    assert "UTF-8, separated by commas" == reading.form
    assert ("id", "name", "name", "whether enrolled") == tuple(
        read_as[title] for title in ("ID number", "First name", "Last name", "Suspended")
    )
    said = str(reading)
    assert not any(word in said for word in ("Łukasz", "Żółć", "U-1041", "example.org", "92.5"))
