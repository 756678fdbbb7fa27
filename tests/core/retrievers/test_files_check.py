"""
What is said of files before anybody is judged.
"""

from __future__ import annotations

import datetime as dt
import os

import pytest

from certcore.domain import Finding, LearnerProgress, LearningContext, Step


BIO = "course-v1:Uni+BIO101+2026T1"
CHEM = "course-v1:Uni+CHEM101+2026T1"
NOW = dt.datetime(2026, 6, 16, 12, tzinfo=dt.UTC)


@pytest.fixture
def build(provide):
    """
    Make the retriever, with two columns unless others are named.
    """

    def make(**options):
        return provide(
            "files", {"path": "bio.csv", "columns": {"id": "id", "name": "name"}, **options}
        )

    return make


def course(key=BIO, **more):
    return LearningContext(key=key, **more)


def pathway(*courses, **more):
    steps = [each if isinstance(each, Step) else Step(course=each) for each in courses]
    return LearningContext(key="path", kind="pathway", steps=tuple(steps), **more)


def learners(found):
    return {each.learner.id: each for each in found if isinstance(each, LearnerProgress)}


class TestCheck:
    """
    What is said before anybody is judged.
    """

    def check(self, retriever, context=None):
        return list(retriever.check(context or course()))

    def test_the_file_that_would_be_taken(self, build, write):
        """
        With its age, its older siblings and its columns.
        """
        for name, hours in (("bio-1.csv", 50), ("bio-2.csv", 3)):
            written = (NOW - dt.timedelta(hours=hours)).timestamp()
            os.utime(write(name, "id,name\nada,Ada\n"), (written, written))

        (found,) = self.check(build(path="bio-*.csv"))

        assert (
            Finding(
                level="ok",
                message="bio-2.csv, of 2026-06-16 09:00 UTC (3 hours old, 1 older beside it). "
                "Read as UTF-8, separated by commas. 2 columns: id, name.",
            )
            == found
        )

    @pytest.mark.parametrize(
        "minutes,age", [(-5, "0 minutes"), (1, "1 minute"), (60, "1 hour"), (2880, "2 days")]
    )
    def test_ages_are_round(self, build, write, minutes, age):
        """
        A clock that is behind doesn't matter.
        """
        written = (NOW - dt.timedelta(minutes=minutes)).timestamp()
        os.utime(write("bio.csv", "id,name\nada,Ada\n"), (written, written))

        (found,) = self.check(build())

        assert f"({age} old)" in found.message

    def test_nobody_in_it_yet(self, build, write):
        """
        That is no error.
        """
        write("bio.csv", "id,name\n")

        _, found = self.check(build())

        assert Finding(level="warning", message="bio.csv has no learners in it yet.") == found

    def test_a_first_row_that_is_bad(self, build, write):
        """
        It is told, as a run would.
        """
        write("bio.csv", "id,name\nada\n")

        _, found = self.check(build())

        assert "bio.csv line 2: 1 cells, 2 are wanted." == found.message

    def test_what_keeps_a_run_from_going(self, build, write):
        """
        No file, or one that lacks a column.
        """
        retriever = build()

        (missing,) = self.check(retriever)
        write("bio.csv", "Id,name\n")
        (lacking,) = self.check(retriever)

        assert ("error", "error") == (missing.level, lacking.level)
        assert "has no column 'id'" in lacking.message

    def test_every_course_of_a_pathway(self, build, write):
        """
        One file's trouble doesn't hide the next one's.
        """
        write("BIO101.csv", "")
        write("CHEM101.csv", "id,name\nada,Ada\n")

        found = self.check(build(path="{course}.csv"), pathway(BIO, CHEM))

        assert ["error", "ok"] == [each.level for each in found]

    def test_no_names(self, build, write):
        """
        Nobody would get a certificate from it alone.
        """
        write("bio.csv", "id\nada\n")

        _, found = self.check(build(columns={"id": "id"}))

        assert "warning" == found.level
        assert "names" in found.message

    def test_fields_that_the_first_line_lacks(self, build, write):
        """
        Later ones may have them.
        """
        write("bio.jsonl", '{"id": "ada", "Name": "Ada"}\n{"id": "bob", "name": "Bob"}\n')

        _, found = self.check(build(path="bio.jsonl"))

        assert (
            Finding(
                level="warning",
                message="The first line of bio.jsonl has no name.",
                hint="Did you mean 'Name'?",
            )
            == found
        )

    def test_a_field_that_no_line_has(self, build, write):
        """
        A run would be told the same.
        """
        write("bio.jsonl", '{"id": "ada", "Name": "Ada"}\n')

        *_, found = self.check(build(path="bio.jsonl"))

        assert ("error", True) == (found.level, "has no column 'name'" in found.message)

    def test_an_encoding_that_was_guessed(self, build, write):
        """
        Names may be wrong, so somebody should look.
        """
        write("bio.csv", "id,name\nada,Zoë\n", encoding="cp1252")

        first, guessed = self.check(build())
        (named,) = self.check(build(encoding="cp1252"))

        assert "Read as cp1252, separated by commas." in first.message
        assert ("warning", "bio.csv isn't UTF-8 and is read as cp1252.") == (
            guessed.level,
            guessed.message,
        )
        assert first == named

    @pytest.mark.parametrize(
        "cells,told", [(["0.5", "1"], 1), (["0", "1", ""], 0), (["0.5", "85"], 0), (["50%"], 0)]
    )
    def test_fractions_that_are_said_to_be_percent(self, build, write, cells, told):
        """
        Nobody would pass, and nobody would know why.
        """
        rows = "".join(f"user{n},User,{cell}\n" for n, cell in enumerate(cells))
        write("bio.csv", f"id,name,Grade\n{rows}")
        columns = {"id": "id", "name": "name", "grades": {"Total": "Grade"}}

        _, *found = self.check(build(columns=columns, scale="percent"))

        assert told == len(found)
        assert all("'Grade' is above 1, and it is read as percent" in e.message for e in found)
        assert 1 == len(self.check(build(columns=columns)))


def test_facts_are_those_that_columns_hold(build):
    """
    A rule that asks for more is refused when it is saved.
    """
    few = build()
    all_kinds = build(columns={"id": "id", "completion": "done", "facts": {"hours": "Hours"}})

    assert {"grades", "steps"} == few.facts
    assert {"grades", "steps", "completion", "facts"} == all_kinds.facts


def test_a_file_says_nothing_of_its_course(build):
    """
    Name and dates come from elsewhere.
    """
    assert LearningContext(key=BIO) == build().describe(BIO)
