"""
Exports that aren't what they should be, and what is said before anybody is judged.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from certcore.config import structure
from certcore.domain import Fact, LearnerProgress, LearningContext, Skipped
from certcore.exceptions import ConfigurationError, RetrievalError
from certcore.ports import RetrievalRequest
from certcore.retrievers import GradebookOptions


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


class TestRows:
    """
    One learner's trouble is that learner's.
    """

    @pytest.mark.parametrize("cell", ["0.85", "85", "1"])
    def test_a_percentage_without_its_sign_is_no_percentage(self, build, write, cell):
        """
        A spreadsheet may have made 0.85 of 85 %: nobody can tell 1 from 0.01.
        """
        write("bio.csv", f"{MOODLE}Ada,López,ada@example.org,{cell}\n")
        retriever = build(id="Email address")

        (skipped,) = retrieve(retriever)
        (judged,) = retrieve(retriever, facts=frozenset({Fact("completion")}))

        assert (
            "grades 'Total': a percent sign is wanted, without it nobody can tell 1 from 0.01"
            == skipped.reason
        )
        assert {} == judged.grades

    @pytest.mark.parametrize(
        "cell,reason",
        [
            ("-1", "-1: a number from 0 up is wanted"),
            ("30.5", "30.5: at most 150 % of 20 is wanted"),
            ("A-", "a text: a number is wanted"),
        ],
    )
    def test_points_out_of_bounds(self, build, write, cell, reason):
        """
        None below 0; above 100 % is extra credit, up to half as much again.
        """
        row = f'"López, Ada",1,BIO,{cell},100\n"Żółć, Łukasz",2,BIO,30,150\n'
        write("bio.csv", f"{CANVAS}{POSSIBLE}{row}")

        found = retrieve(build())

        assert [f"grades 'Cells': {reason}"] == reasons(found)
        assert {"Cells": 1.5, "Total": 1.5} == learners(found)["2"].grades

    def test_two_commas_in_a_name(self, build, write):
        """
        Nobody knows which part comes first.
        """
        write("bio.csv", f'{CANVAS}{POSSIBLE}"Doe, Jr, Ada",1,BIO,1,1\nCher,2,BIO,1,1\n')

        found = retrieve(build())

        (reason,) = reasons(found)
        assert reason.startswith("column 'Student': a name with two commas")
        assert "Cher" == learners(found)["2"].learner.name

    def test_cells_that_cannot_be_read(self, build, write):
        """
        Each is told with its column.
        """
        bad = "\udcff"
        rows = [
            f"Łu{bad},Żółć,a@example.org,1 %",
            f"Ada,López,b{bad}@example.org,1 %",
            "Ada,López,c@example.org",
            ",,d@example.org,1 %",
            f"Ada,López,{'e' * 256},1 %",
        ]
        content = MOODLE + "".join(f"{row}\n" for row in rows)
        write("bio.csv", content.encode(errors="surrogateescape"))

        found = retrieve(build(id="Email address"))

        assert [
            "column 'First name': a letter can't be read: save the file as UTF-8",
            "column 'Email address': a letter can't be read: save the file as UTF-8",
            "3 cells, 4 are wanted",
            "column 'Email address': an id of 256 letters: at most 255 are wanted",
            "no name",
        ] == reasons(found)

    def test_states_in_another_language(self, build, write):
        """
        Nobody is taken for having done nothing.
        """
        write("bio.csv", ',ID number,Cells,""\nŁukasz Żółć,1,Terminé,\nAda López,2,,\n')

        found = retrieve(build(id="ID number"))

        expected = "completion: Completed or Not completed is wanted: have it exported in English"
        assert [expected, expected] == reasons(found)

    def test_a_problem_with_less_than_no_points(self, build, write):
        """
        A report that was mended by hand.
        """
        header = "Student ID,Email,Username,Enrollment Status,Grade,A (Earned),A (Possible)"
        write("bio.csv", f"{header}\n1,a@b.c,ada,enrolled,0.5,1,-4\n2,a@b.c,bob,gone,0.5,1,4\n")
        write("people.csv", "id,username,name\n1,ada,Ada\n2,bob,Bob\n")

        found = retrieve(build(people="people.csv"))

        assert [
            "grades 'A': less than no points are possible",
            "column 'Enrollment Status': enrolled or unenrolled is wanted",
        ] == reasons(found)


class TestProfiles:
    """
    Fields of learners that a site has chosen to export.
    """

    @pytest.mark.parametrize(
        "title,expected", [("Username", "ada"), ("Campus card", "77"), ("Email address", "a@b.c")]
    )
    def test_any_column_may_have_the_ids_of_moodle(self, build, write, title, expected):
        """
        A site's own as well; it is no grade then.
        """
        write("bio.csv", f"Username,Campus card,{MOODLE}ada,77,Ada,López,a@b.c,85 %\n")
        retriever = build(id=title)

        (found,) = retrieve(retriever)
        (reading,) = retriever.read_columns(LearningContext(key="bio101"))

        assert (expected, "ada") == (found.learner.id, found.learner.username)
        assert {"Total": 0.85} == found.grades
        assert title in [each.title for each in reading.columns if each.use.startswith("id")]

    def test_ids_that_are_there_may_be_named(self, build, write):
        """
        Nothing is different then.
        """
        write("bio.csv", f'{CANVAS}{POSSIBLE}"López, Ada",1,BIO,8,80\n')

        assert retrieve(build()) == retrieve(build(id="ID"))
        assert [*build().check(LearningContext(key="bio101"))] == [
            *build(id="ID").check(LearningContext(key="bio101"))
        ]

    def test_user_names_in_reports_of_completion(self, build, write):
        """
        Where the site shows them.
        """
        header = "ID,Name,Username,Cells,Cells - Completion date,Course complete"
        write("bio.csv", f"{header}\n7,Ada,ada,Completed,yes,\n")
        write("empty.csv", "ID,Name,Course complete\n7,Ada,\n")

        (found,) = retrieve(build())
        (empty,) = retrieve(build(path="empty.csv"))

        assert ("ada", 1.0) == (found.learner.username, found.completion)
        assert 0.0 == empty.completion


class TestHeaders:
    """
    What an export is recognised by.
    """

    def test_a_list_of_something_else(self, build, write):
        """
        What is known is named, and what reads any other list.
        """
        write("bio.csv", "Nombre,Apellido(s),Total\nAda,López,10\n")

        said = refused(build())

        assert "bio.csv isn't an export that is known. Its columns: Nombre, Apellido(s)" in said
        assert "English headers" in said
        assert "a gradebook export of Canvas" in said
        assert "the provider files" in said

    def test_a_canvas_export_without_points_possible(self, build, write):
        """
        Somebody has tidied it up: nobody can tell 8 of 10 from 8 of 80.
        """
        write("bio.csv", f'{CANVAS}"López, Ada",1,BIO,8,80\n')

        assert "has no row Points Possible below its titles" in refused(build())

    def test_a_letter_that_cannot_be_read_among_the_headers(self, build, write):
        """
        The row is somebody's trouble; without the points possible, it is refused in words.
        """
        write("bio.csv", f'{CANVAS}"L\N{REPLACEMENT CHARACTER}, Ada",1,BIO,8,80\n')

        assert "has no row Points Possible below its titles" in refused(build())

    def test_a_row_that_cannot_be_read_among_the_headers(self, build, write):
        """
        It is told, and the points possible are found all the same.
        """
        write("bio.csv", f'{CANVAS}x\n{POSSIBLE}"López, Ada",1,BIO,8,80\n')

        found = retrieve(build())

        assert ["1 cells, 5 are wanted"] == reasons(found)
        assert {"Cells": 0.4, "Total": 0.8} == learners(found)["1"].grades

    @pytest.mark.parametrize(
        "title,said",
        [("ID", "has no column 'ID'"), ("Department", "has 2 columns 'Department'")],
    )
    def test_a_declared_column_that_is_not_there_once(self, build, write, title, said):
        """
        It says what is there.
        """
        write("bio.csv", f"Department,Department,{MOODLE}1,2,Ada,López,ada@example.org,1 %\n")

        assert f"bio.csv {said}" in refused(build(id=title))

    def test_points_of_a_grade_that_is_not_there(self, build, write):
        """
        A misspelt one isn't passed over.
        """
        write("bio.csv", f"{MOODLE}Ada,López,ada@example.org,1 %\n")

        said = refused(build(id="Email address", points={"Quiz": 10}))

        assert "bio.csv has no grade 'Quiz', of which points says how many" in said

    def test_two_grades_of_one_name(self, build, write):
        """
        Nobody can tell which is meant, so neither is read; Canvas has a number for each.
        """
        twice = "Quiz: Cells (Percentage),Quiz: Cells (Percentage),Quiz: Cells (Percentage)"
        write("bio.csv", f"{twice},{MOODLE}1 %,2 %,3 %,Ada,López,ada@example.org,4 %\n")
        write(
            "canvas.csv",
            "Student,ID,Section,Cells (1),Cells (2)\nPoints Possible,,,4,4\nAda,1,BIO,1,2\n",
        )

        moodle = build(id="Email address")
        (found,) = retrieve(moodle)
        (reading,) = moodle.read_columns(LearningContext(key="bio101"))
        (canvas,) = retrieve(build(path="canvas.csv"))

        assert {"Total": 0.04} == found.grades
        assert ["there are two grades 'Quiz: Cells'"] * 3 == [e.note for e in reading.columns[:3]]
        assert {"Cells (1)": 0.25, "Cells (2)": 0.5} == canvas.grades

    def test_half_a_problem(self, build, write):
        """
        Points without the possible ones are no grade.
        """
        header = "Student ID,Email,Username,Enrollment Status,Grade,A (Earned),B (Possible)"
        write("bio.csv", f"{header}\n1,a@b.c,ada,enrolled,0.5,1,4\n")
        write("people.csv", "id,username,name\n1,ada,Ada\n")
        retriever = build(people="people.csv")

        (found,) = retrieve(retriever)
        (reading,) = retriever.read_columns(LearningContext(key="bio101"))

        assert {"Total": 0.5} == found.grades
        assert "without the number of possible points" == reading.columns[5].note

    def test_something_that_is_no_table(self, build, write):
        """
        Gradebooks are CSV files or spreadsheets.
        """
        write("bio.jsonl", "{}\n")

        assert "a CSV file or a spreadsheet is wanted" in refused(build(path="bio.jsonl"))

    @pytest.mark.parametrize("points", [0, -1])
    def test_points_are_some(self, points):
        """
        Of no points, nobody can have a part.
        """
        with pytest.raises(ConfigurationError, match="above 0 is wanted"):
            structure({"path": "bio.csv", "points": {"Quiz": points}}, GradebookOptions)
