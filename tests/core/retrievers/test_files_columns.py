"""
How named columns are read, said to people.
"""

from __future__ import annotations

import pytest

from certcore.domain import LearningContext, Step
from certcore.exceptions import RetrievalError
from certcore.ports import ColumnReader
from certcore.retrievers import FileContext


BIO = LearningContext(key="bio101")
COLUMNS = {
    "id": "Nr",
    "name": "Name",
    "email": "Mail",
    "language": "Lang",
    "username": "Login",
    "completion": "Done",
    "earned_at": "When",
    "grades": {"Total": "Score", "Exam": "Score"},
    "facts": {"hours": "Hours"},
    "step": "Course",
    "lesson": "Lesson",
}
TITLES = "Nr;Name;Mail;Lang;Login;Done;When;Score;Hours;Course;Lesson;Other"


@pytest.fixture
def build(provide):
    """
    Make the retriever of many columns.
    """

    def make(**options):
        return provide("files", {"path": "bio.csv", "columns": COLUMNS, **options})

    return make


def test_each_column_has_its_use(build, write):
    """
    With its unit; and how much of it is filled.
    """
    write("bio.csv", f"{TITLES}\n17;Ada;;es;ada;95;;83;;bio101;;x\n18\n19;;;;;100;;;7;;;\n")

    (reading,) = build(scale="percent", email_ids=True).read_columns(BIO)

    assert ("bio.csv", "columns as configured", "UTF-8, separated by semicolons", 2, ()) == (
        reading.file,
        reading.kind,
        reading.form,
        reading.rows,
        reading.notes,
    )
    assert [
        ("Nr", "id, an e-mail address", "", 2),
        ("Name", "name", "", 1),
        ("Mail", "email", "", 0),
        ("Lang", "language", "", 1),
        ("Login", "username", "", 1),
        ("Done", "completion", "percent", 2),
        ("When", "when it was earned", "UTC, unless it says another offset", 0),
        ("Score", "grade 'Total', grade 'Exam'", "percent", 1),
        ("Hours", "fact 'hours'", "", 1),
        ("Course", "the course it is about", "", 1),
        ("Lesson", "the lesson it is about", "", 0),
        ("Other", "", "not named in the configuration", 1),
    ] == [(each.title, each.use, each.note, each.filled) for each in reading.columns]
    assert isinstance(build(), ColumnReader)


def test_steps_have_columns_of_their_own(build, write):
    """
    A file for several of them is said once.
    """
    write("bio.csv", "Nr,Name,A,B\n17,Ada,0.5,85%\n")
    path = LearningContext(
        key="path",
        kind="pathway",
        steps=(
            Step(course="a", options=FileContext(column="A")),
            Step(course="b", options=FileContext(column="B")),
        ),
    )

    (reading,) = build(columns={"id": "Nr", "name": "Name"}).read_columns(path)

    assert ["id", "name", "grade 'Total' of a", "grade 'Total' of b"] == [
        each.use for each in reading.columns
    ]


def test_what_was_guessed_is_noted(build, write):
    """
    The encoding, and a scale that can't be right.
    """
    columns = {"id": "Nr", "name": "Name", "completion": "Done"}
    write("bio.csv", "Nr,Name,Done,When,When\n17,Zoë,0.5,,\n", encoding="cp1252")

    (reading,) = build(columns=columns, scale="percent").read_columns(BIO)

    assert ["Nr", "Name", "Done"] == [each.title for each in reading.columns]
    guess, scale = reading.notes
    assert "bio.csv isn't UTF-8 and is read as cp1252." == guess
    assert (
        "No number in column 'Done' is above 1, and it is read as percent: 1 is 1 %. "
        'If 1 is all of it, say scale = "fraction".'
    ) == scale


def test_decimal_commas_are_said(build, write):
    """
    And a percentage among them that looks like a fraction is told.
    """
    columns = {"id": "Nr", "name": "Name", "completion": "Done", "facts": {"h": "Hours"}}
    write("bio.csv", "Nr;Name;Done;Hours\n17;Ada;0,5;7,5\n")

    (reading,) = build(columns=columns, scale="percent", decimal="comma").read_columns(BIO)

    assert ["", "", "percent, with a decimal comma", "with a decimal comma"] == [
        each.note for each in reading.columns
    ]
    assert "No number in column 'Done' is above 1" in reading.notes[-1]


def test_lines_of_json_have_columns_as_well(build, write):
    """
    Those of the first line, and those that were named.
    """
    write("bio.jsonl", '{"Nr": 17, "Other": null}\n{"Nr": 18, "Name": "Ada"}\n')

    (reading,) = build(path="bio.jsonl", columns={"id": "Nr", "name": "Name"}).read_columns(BIO)

    assert [("Nr", 2), ("Other", 0), ("Name", 1)] == [
        (each.title, each.filled) for each in reading.columns
    ]


def test_a_file_that_lacks_a_column(build, write):
    """
    It is an error, as it is in a run.
    """
    write("bio.csv", "Nr,name\n17,Ada\n")

    with pytest.raises(RetrievalError, match="has no column 'Name'"):
        list(build(columns={"id": "Nr", "name": "Name"}).read_columns(BIO))
