"""
The retriever for files whose columns are named.
"""

from __future__ import annotations

import datetime as dt
import os

from pathlib import Path

import pytest

from certcore.config import structure
from certcore.domain import (
    Fact,
    Finding,
    Learner,
    LearnerProgress,
    LearningContext,
    Progress,
    Skipped,
    Step,
)
from certcore.exceptions import RetrievalError
from certcore.plugins import Services
from certcore.ports import RetrievalRequest
from certcore.retrievers import FileContext, FileOptions, certcore_retrievers


BIO = "course-v1:Uni+BIO101+2026T1"
CHEM = "course-v1:Uni+CHEM101+2026T1"
NOW = dt.datetime(2026, 6, 16, 12, tzinfo=dt.UTC)


class Noon:
    """
    A clock that stands still.
    """

    def now(self):
        return NOW


@pytest.fixture
def build(tmp_path):
    """
    Make the retriever as a configuration would: from a plain table.
    """
    (provider,) = [each for each in certcore_retrievers() if each.name == "files"]
    opened = []

    def make(**options):
        options = {"path": "bio.csv", "columns": {"id": "id", "name": "name"}, **options}
        built = provider.build(
            structure(options, FileOptions),
            Services(clock=Noon(), folder=tmp_path, realm="campus"),
        )
        opened.append(built)
        return built.__enter__()

    yield make
    for built in opened:
        built.__exit__(None, None, None)


@pytest.fixture
def write(tmp_path):
    """
    Write a file into the project's folder.
    """

    def make(name, content, *, encoding="utf-8"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return make


def course(key=BIO, **more):
    return LearningContext(key=key, **more)


def pathway(*courses, **more):
    steps = [each if isinstance(each, Step) else Step(course=each) for each in courses]
    return LearningContext(key="path", kind="pathway", steps=tuple(steps), **more)


def retrieve(retriever, context=None, **request):
    return list(retriever.retrieve(RetrievalRequest(context=context or course(), **request)))


def learners(found):
    return {each.learner.id: each for each in found if isinstance(each, LearnerProgress)}


def test_a_row_becomes_a_learner(build, write):
    """
    Every column that is named is read.
    """
    write(
        "bio.csv",
        "user,name,mail,lang,login,done,when,Grade,Exam,Hours,other\r\n"
        "4711,Łukasz  Żółć,l@example.org,pt_BR,lz,90%,2026-05-22,0.83,1.05,12.5,x\r\n",
    )
    retriever = build(
        columns={
            "id": "user",
            "name": "name",
            "email": "mail",
            "language": "lang",
            "username": "login",
            "completion": "done",
            "earned_at": "when",
            "grades": {"Total": "Grade", "Final exam": "Exam"},
            "facts": {"hours": "Hours"},
        }
    )

    expected = LearnerProgress(
        learner=Learner(
            realm="campus",
            id="4711",
            name="Łukasz Żółć",
            email="l@example.org",
            language="pt-BR",
            username="lz",
        ),
        enrolled=True,
        completion=0.9,
        grades={"Total": 0.83, "Final exam": 1.05},
        facts={"hours": 12.5},
        earned_at=dt.datetime(2026, 5, 22, 12, tzinfo=dt.UTC),
    )
    assert [expected] == retrieve(retriever)


def test_empty_cells_are_unknown(build, write):
    """
    No data is not zero.
    """
    write("bio.csv", "id,name,done,Grade,Hours,when,mail,lang\nada,Ada, ,,,,,\n")
    retriever = build(
        columns={
            "id": "id",
            "name": "name",
            "email": "mail",
            "language": "lang",
            "completion": "done",
            "earned_at": "when",
            "grades": {"Total": "Grade"},
            "facts": {"hours": "Hours"},
        }
    )

    expected = LearnerProgress(learner=Learner(realm="campus", id="ada", name="Ada"), enrolled=True)
    assert [expected] == retrieve(retriever)


@pytest.mark.parametrize(
    "scale,cell,expected",
    [
        ("fraction", "0.85", 0.85),
        ("fraction", " .5 ", 0.5),
        ("fraction", "1.2", 1.2),
        ("fraction", "1e-1", 0.1),
        ("fraction", "85%", 0.85),
        ("fraction", "85 %", 0.85),
        ("percent", "85", 0.85),
        ("percent", "85%", 0.85),
        ("percent", "120", 1.2),
        ("fraction", "%", None),
        ("fraction", "0", 0.0),
    ],
)
def test_numbers_are_fractions_in_the_end(build, write, scale, cell, expected):
    """
    Percent is said by the scale or by a sign; a bit above the whole is extra credit.
    """
    write("bio.csv", f"id,name,Grade\nada,Ada,{cell}\n")
    retriever = build(
        columns={"id": "id", "name": "name", "grades": {"Total": "Grade"}}, scale=scale
    )

    (found,) = retrieve(retriever)

    assert expected == found.grades.get("Total")


@pytest.mark.parametrize(
    "scale,cell,reason",
    [
        ("fraction", "85", '85: a fraction is wanted; say scale = "percent"'),
        ("fraction", "185%", "185%: at most 150 % is wanted"),
        ("percent", "850", "850: at most 150 % is wanted"),
        ("fraction", "-0.1", "-0.1: a number from 0 up is wanted"),
        ("fraction", '"0,85"', "0,85: a number is wanted, with a point"),
        ("fraction", "nan", "a text: a number is wanted"),
        ("fraction", "1_0", "a text: a number is wanted"),
        ("fraction", "Ada Lovelace", "a text: a number is wanted"),
        ("fraction", "1e999", "a text: a finite number is wanted"),
    ],
)
def test_a_cell_that_is_no_grade_costs_its_row(build, write, scale, cell, reason):
    """
    The learner is skipped, with the line and what is wanted; no text of the cell is repeated.
    """
    write("bio.csv", f"id,name,Grade\nada,Ada,{cell}\nbob,Bob,0\n")
    retriever = build(
        columns={"id": "id", "name": "name", "grades": {"Total": "Grade"}}, scale=scale
    )

    bad, good = retrieve(retriever)

    expected = Skipped(learner="ada", where="bio.csv line 2", reason=f"column 'Grade': {reason}")
    assert expected == bad
    assert "bob" == good.learner.id


def test_a_cell_nobody_asks_for_costs_nothing(build, write):
    """
    What a rule doesn't need is unknown if it can't be read.
    """
    write("bio.csv", "id,name,Grade,Exam\nada,Ada,0.9,pending\n")
    retriever = build(
        columns={"id": "id", "name": "name", "grades": {"Total": "Grade", "Exam": "Exam"}}
    )

    (found,) = retrieve(retriever, facts=frozenset({Fact("grades", "Total")}))
    (skipped,) = retrieve(retriever, facts=frozenset({Fact("grades", "Exam")}))

    assert {"Total": 0.9} == found.grades
    assert "column 'Exam': a text: a number is wanted" == skipped.reason


@pytest.mark.parametrize(
    "cell,expected",
    [
        ("2026-05-22", dt.datetime(2026, 5, 22, 10, tzinfo=dt.UTC)),
        ("20260522", dt.datetime(2026, 5, 22, 10, tzinfo=dt.UTC)),
        ("2026-05-22T14:03", dt.datetime(2026, 5, 22, 12, 3, tzinfo=dt.UTC)),
        ("2026-05-22 14:03:00+00:00", dt.datetime(2026, 5, 22, 14, 3, tzinfo=dt.UTC)),
    ],
)
def test_moments_without_offset_are_in_the_zone(build, write, cell, expected):
    """
    A date alone is the noon of that day.
    """
    write("bio.csv", f"id,name,when\nada,Ada,{cell}\n")
    retriever = build(
        columns={"id": "id", "name": "name", "earned_at": "when"}, time_zone="Europe/Madrid"
    )

    (found,) = retrieve(retriever)

    assert expected == found.earned_at


def test_a_date_in_another_order_is_refused(build, write):
    """
    Nobody can tell the day of 05/06/2026 from its month.
    """
    write("bio.csv", "id,name,when\nada,Ada,05/06/2026\n")
    retriever = build(columns={"id": "id", "name": "name", "earned_at": "when"})

    (skipped,) = retrieve(retriever)

    assert (
        "column 'when': 05/06/2026: a date such as 2026-05-22 or 2026-05-22T14:03 is wanted"
        == skipped.reason
    )


def test_lines_are_counted_as_an_editor_does(build, write):
    """
    Cells with line ends, blank lines and rows of empty cells count, and stop nothing.
    """
    write(
        "bio.csv",
        '\ufeffid,name\r\nada,"Ada\r\nLovelace"\r\n\r\n,\r\nbob\r\n'
        ' ,Nobody\r\n"cy"x,Cy\r\neve,Eve,1\r\nzoe, \r\nlast,Last One',
    )

    found = retrieve(build())

    skipped = [(each.where, each.reason, each.kind) for each in found if type(each) is Skipped]
    assert [
        ("bio.csv line 6", "1 cells, 2 are wanted", "bad-data"),
        ("bio.csv line 7", "no id in column 'id'", "bad-data"),
        ("bio.csv line 8", "the row can't be read: ',' expected after '\"'", "bad-data"),
        ("bio.csv line 9", "3 cells, 2 are wanted", "bad-data"),
        ("bio.csv line 10", "no name", "no-name"),
    ] == skipped
    assert ["Ada Lovelace", "Last One"] == [
        each.learner.name for each in found if isinstance(each, LearnerProgress)
    ]


def test_a_row_that_is_not_utf_8_is_skipped(build, write):
    """
    One name in another encoding doesn't cost the others their certificates.
    """
    write("bio.csv", b"id,name\nada,Zo\xeb\nbob,Bob\n")

    bad, good = retrieve(build())

    assert ("ada", "bio.csv line 2") == (bad.learner, bad.where)
    assert "column 'name': a letter can't be read: save the file as UTF-8" == bad.reason
    assert "bob" == good.learner.id


def test_of_two_rows_the_last_counts(build, write):
    """
    The earlier one is told; a broken one isn't told twice, and isn't overruled by what it replaced.
    """
    write(
        "bio.csv",
        "id,name,Grade\nada,Ada,0.1\nbob,Bob,0.2\nada,Ada,0.3\nbob,Bob,x\ncy,Cy,x\ncy,Cy,0.5\n",
    )
    retriever = build(columns={"id": "id", "name": "name", "grades": {"Total": "Grade"}})

    found = retrieve(retriever)

    assert {"ada": 0.3, "cy": 0.5} == {
        key: each.grades["Total"] for key, each in learners(found).items()
    }
    assert [
        ("bob", "bad-data", "bio.csv line 5"),
        ("cy", "bad-data", "bio.csv line 6"),
        ("ada", "duplicate", "bio.csv line 2"),
        ("bob", "duplicate", "bio.csv line 3"),
    ] == [(each.learner, each.kind, each.where) for each in found if isinstance(each, Skipped)]


def test_case_makes_two_learners_unless_ids_are_addresses(build, write):
    """
    Ids are compared letter by letter; e-mail addresses only where they are said to be some.
    """
    write("bio.csv", "id,name\nAda@example.org,Ada\n ada@EXAMPLE.org,Ada\n")

    apart = retrieve(build())
    together = retrieve(build(email_ids=True))

    assert {"Ada@example.org", "ada@EXAMPLE.org"} == set(learners(apart))
    assert {"ada@example.org"} == set(learners(together))


def test_only_the_learners_wanted_are_given(build, write):
    """
    Others aren't, nor is what is wrong with them; what is nobody's may be theirs.
    """
    write("bio.csv", "id,name,Grade\nada,Ada,0.1\nbob,Bob,x\ncy\nbob,Bob,0.2\n")
    retriever = build(columns={"id": "id", "name": "name", "grades": {"Total": "Grade"}})

    found = retrieve(retriever, learners=frozenset({"ada"}))

    assert ["bio.csv line 4"] == [each.where for each in found if isinstance(each, Skipped)]
    assert {"ada"} == set(learners(found))


def test_progress_is_told_now_and_then(build, write):
    """
    Every 500 rows, and at the end.
    """
    write("bio.csv", "id,name\n" + "".join(f"user{n},User\n" for n in range(1100)))
    told = []

    found = retrieve(build(), on_progress=told.append)

    assert 1100 == len(found)
    assert [500, 1000, 1100] == [each.learners for each in told]


def test_without_a_column_of_names_nobody_is_skipped_for_it(build, write):
    """
    Names may come from another source.
    """
    write("bio.csv", "id\nada\n")

    (found,) = retrieve(build(columns={"id": "id"}))

    assert Learner(realm="campus", id="ada") == found.learner


def test_other_delimiters(build, write):
    """
    A semicolon or a tab, if that is said; a hint if it isn't.
    """
    write("bio.csv", "id;name\nada;Ada\n")
    write("tab.tsv", "id\tname\nada\tAda\n")

    assert ["ada"] == list(learners(retrieve(build(delimiter="semicolon"))))
    assert ["ada"] == list(learners(retrieve(build(path="tab.tsv", delimiter="tab"))))
    with pytest.raises(RetrievalError, match=r'only one column.*delimiter = "semicolon"'):
        retrieve(build())


class TestJsonLines:
    """
    A JSON object in each line.
    """

    def test_values_are_read_as_they_are(self, build, write):
        """
        Numbers are numbers; what is null or not there is unknown.
        """
        write(
            "bio.jsonl",
            '\ufeff{"id": 4711, "name": "Ada", "grade": 0.9, "done": "85%"}\n\n'
            '{"id": "bob", "name": "Bob", "grade": null, "more": [1]}\n',
        )
        retriever = build(
            path="bio.jsonl",
            columns={
                "id": "id",
                "name": "name",
                "completion": "done",
                "grades": {"Total": "grade"},
            },
        )

        ada, bob = retrieve(retriever)

        assert ("4711", 0.85, {"Total": 0.9}) == (ada.learner.id, ada.completion, ada.grades)
        assert ("bob", None, {}) == (bob.learner.id, bob.completion, bob.grades)

    @pytest.mark.parametrize(
        "line,reason",
        [
            ("[1]", "the line isn't a JSON object"),
            ('{"id": ', "the line isn't a JSON object"),
            ("[" * 100_000, "the line isn't a JSON object"),
            ('{"id": true}', "column 'id': a bool: a text is wanted"),
            ('{"id": 1.5}', "column 'id': 1.5: a text is wanted"),
            ('{"id": ["x"]}', "column 'id': a list: a text is wanted"),
            ('{"id": "x", "name": {}}', "column 'name': a dict: a text is wanted"),
            ('{"id": "\\ud800"}', "column 'id': a letter can't be read: save the file as UTF-8"),
            ('{"id": "x", "grade": NaN}', "column 'grade': a float: a finite number is wanted"),
            ('{"id": "x", "grade": false}', "column 'grade': a bool: a text is wanted"),
            (
                '{"id": "x", "grade": 1' + "0" * 400 + "}",
                "column 'grade': a int: a finite number is wanted",
            ),
        ],
    )
    def test_a_bad_line_is_skipped(self, build, write, line, reason):
        """
        The first one, too; the rest goes on.
        """
        write("bio.jsonl", f'{line}\n{{"id": "ada", "name": "Ada", "grade": 1}}\n')
        retriever = build(
            path="bio.jsonl", columns={"id": "id", "name": "name", "grades": {"Total": "grade"}}
        )

        bad, good = retrieve(retriever)

        assert ("bio.jsonl line 1", reason) == (bad.where, bad.reason)
        assert "ada" == good.learner.id

    def test_a_field_that_no_line_has_is_an_error(self, build, write):
        """
        It is misspelt.
        """
        write("bio.jsonl", '{"id": "ada", "Name": "Ada"}\n')

        with pytest.raises(RetrievalError) as caught:
            retrieve(build(path="bio.jsonl"))

        assert "bio.jsonl has no column 'name'. Did you mean 'Name'? It has: id, Name." == str(
            caught.value
        )

    def test_a_file_of_something_else_is_an_error(self, build, write):
        """
        A list over many lines isn't JSON lines.
        """
        write("bio.jsonl", '[\n{"id": "ada"},\n{"id": "bob"}\n]\n')
        write("bio.ndjson", "[\n]\n")

        with pytest.raises(RetrievalError, match="no line of it is a JSON object"):
            retrieve(build(path="bio.ndjson"))

    def test_many_fields_do_no_harm(self, build, write):
        """
        Only so many are kept for a message.
        """
        wide = ", ".join(f'"f{number}": 1' for number in range(1500))
        write("bio.jsonl", f'{{"id": "ada", {wide}}}\n{{"id": "bob", "name": "Bob"}}\n')

        assert {"bob"} == set(learners(retrieve(build(path="bio.jsonl"))))


class TestPathways:
    """
    Several courses, each with alternatives.
    """

    def test_each_course_has_its_file(self, build, write):
        """
        Who isn't in a course's complete file isn't enrolled there; the name may be in any of them.
        """
        write("grades/BIO101.csv", "id,name,Grade\nada,Ada,0.9\nbob,,0.5\n")
        write("grades/CHEM101.csv", "id,name,Grade\nbob,Bob,0.6\ncy,Cy,0.7\n")
        retriever = build(
            path="grades/{course}.csv",
            columns={"id": "id", "name": "name", "grades": {"Total": "Grade"}},
        )

        found = learners(retrieve(retriever, pathway(Step(course=BIO, alternatives=(CHEM,)))))

        away = Progress(enrolled=False)
        assert {
            "ada": {BIO: Progress(enrolled=True, grades={"Total": 0.9}), CHEM: away},
            "bob": {
                BIO: Progress(enrolled=True, grades={"Total": 0.5}),
                CHEM: Progress(enrolled=True, grades={"Total": 0.6}),
            },
            "cy": {BIO: away, CHEM: Progress(enrolled=True, grades={"Total": 0.7})},
        } == {key: each.steps for key, each in found.items()}
        assert "Bob" == found["bob"].learner.name

    def test_a_row_that_cannot_be_read_leaves_a_step_unknown(self, build, write):
        """
        Whoever's row it may be isn't turned down for it.
        """
        write("BIO101.csv", "id,name,Grade\nada,Ada,x\nbob,Bob,0.5\n")
        write("CHEM101.csv", "id,name,Grade\nada,Ada,0.6\nlost\n")
        retriever = build(
            path="{course}.csv",
            columns={"id": "id", "name": "name", "grades": {"Total": "Grade"}},
        )

        found = learners(retrieve(retriever, pathway(BIO, CHEM)))

        assert Progress() == found["ada"].steps[BIO]
        assert Progress() == found["bob"].steps[CHEM]

    def test_one_file_serves_all_steps(self, build, write):
        """
        A column says which course a row is about; rows about others don't matter.
        """
        write(
            "path.csv",
            "id,name,course,Grade\nada,Ada,DS1,0.9\nada,Ada,DS2,0.8\nbob,Bob,DS2,0.7\n"
            "ada,Ada,DS9,0\nada,Ada,DS2,0.85\ncy,Cy,DS2,x\ncy,Cy,DS1,0.1\nlost\n",
        )
        retriever = build(
            path="{key}.csv",
            columns={
                "id": "id",
                "name": "name",
                "step": "course",
                "grades": {"Total": "Grade"},
            },
        )

        found = retrieve(retriever, pathway("DS1", "DS2"))

        steps = {key: each.steps for key, each in learners(found).items()}
        assert {"Total": 0.9} == steps["ada"]["DS1"].grades
        assert {"Total": 0.85} == steps["ada"]["DS2"].grades
        assert Progress() == steps["cy"]["DS2"]
        assert Progress() == steps["bob"]["DS1"]
        assert ["bad-data", "bad-data", "duplicate"] == [
            each.kind for each in found if isinstance(each, Skipped)
        ]

    def test_the_same_file_serves_a_single_course(self, build, write):
        """
        Only its own rows count.
        """
        write("all.csv", "id,name,course\nada,Ada,DS1\nbob,Bob,DS2\n")
        retriever = build(path="all.csv", columns={"id": "id", "name": "name", "step": "course"})

        assert {"bob"} == set(learners(retrieve(retriever, course("DS2"))))

    def test_rows_about_something_else_alone_are_an_error(self, build, write):
        """
        The key is misspelt; nobody is turned down for that.
        """
        write("all.csv", "id,name,course\nada,Ada,DS-1\nbob,Bob,DS-2\n")
        retriever = build(path="all.csv", columns={"id": "id", "name": "name", "step": "course"})

        with pytest.raises(RetrievalError) as caught:
            retrieve(retriever, pathway("DS1"))

        assert (
            "no row of all.csv is about DS1. Did you mean 'DS-1'? "
            "The rows are about: DS-1, DS-2." == str(caught.value)
        )

    def test_courses_that_nothing_tells_apart_are_refused(self, build, write):
        """
        One file can't be the roster of two courses.
        """
        write("bio.csv", "id,name\nada,Ada\n")

        with pytest.raises(RetrievalError, match="nothing in it tells them apart"):
            retrieve(build(), pathway(BIO, CHEM))

    def test_steps_may_have_files_of_their_own(self, build, write):
        """
        What stands beside a step wins over the source's path.
        """
        write("a.csv", "id,name\nada,Ada\n")
        write("b.csv", "id,name\nada,Ada\n")
        steps = pathway(
            Step(course="A", options=FileContext(path="a.csv")),
            Step(course="B", options=FileContext(path="b.csv")),
            Step(course="A", options=FileContext(path="b.csv")),
        )

        (found,) = retrieve(build(), steps)

        assert {"A", "B"} == set(found.steps)

    def test_columns_may_tell_steps_apart(self, build, write):
        """
        A wide file has a column for each; a bad cell costs its step alone.
        """
        write("bio.csv", "id,name,Week 1,Week 2\nada,Ada,0.9,x\n")
        steps = pathway(
            Step(course="W1", options=FileContext(column="Week 1")),
            Step(course="W2", options=FileContext(column="Week 2")),
        )

        bad, good = retrieve(build(), steps)

        assert "column 'Week 2': a text: a number is wanted" == bad.reason
        assert {
            "W1": Progress(enrolled=True, grades={"Total": 0.9}),
            "W2": Progress(),
        } == good.steps

    def test_a_pathway_without_steps_is_refused(self, build):
        """
        It isn't one without conditions.
        """
        with pytest.raises(RetrievalError, match="has no steps"):
            retrieve(build(), pathway())

    def test_somebody_without_a_name_anywhere_is_skipped(self, build, write):
        """
        Once, not in each course.
        """
        write("BIO101.csv", "id,name\nada,\n")
        write("CHEM101.csv", "id,name\nada,\n")

        (found,) = retrieve(build(path="{course}.csv"), pathway(BIO, CHEM))

        assert ("ada", "no-name", "BIO101.csv line 2") == (found.learner, found.kind, found.where)


class TestLessons:
    """
    A part of a course.
    """

    FILE = "id,name,lesson,Grade\nada,Ada,,0.9\nada,Ada,Cells,0.5\nbob,Bob,Heredity,0.7\n"

    @pytest.fixture
    def retriever(self, build, write):
        write("BIO101.csv", self.FILE)
        return build(
            path="{course}.csv",
            columns={
                "id": "id",
                "name": "name",
                "lesson": "lesson",
                "grades": {"Total": "Grade"},
            },
        )

    def test_only_its_rows_count(self, retriever):
        """
        It is found in the file of its course, by its key or as it is called there.
        """
        lesson = LearningContext(key="Cells", kind="lesson", course=BIO)
        named = LearningContext(
            key="x", kind="lesson", course=BIO, options=FileContext(lesson="Heredity")
        )

        assert {"ada": {"Total": 0.5}} == {
            key: each.grades for key, each in learners(retrieve(retriever, lesson)).items()
        }
        assert {"bob"} == set(learners(retrieve(retriever, named)))

    def test_the_course_has_the_rows_without_one(self, retriever):
        """
        What names no lesson is about the course.
        """
        (found,) = retrieve(retriever)

        assert {"Total": 0.9} == found.grades

    def test_a_lesson_that_no_row_names_is_an_error(self, retriever):
        """
        It is misspelt.
        """
        lesson = LearningContext(key="Cell", kind="lesson", course=BIO)

        with pytest.raises(RetrievalError, match=r"is about Cell\. Did you mean 'Cells'\?"):
            retrieve(retriever, lesson)

    def test_lessons_can_be_steps(self, retriever):
        """
        They share a file; the rows about the course belong to none of them.
        """
        own = FileContext(path="BIO101.csv")
        steps = pathway(Step(course="Cells", options=own), Step(course="Heredity", options=own))

        found = learners(retrieve(retriever, steps))

        assert {"Total": 0.5} == found["ada"].steps["Cells"].grades
        assert Progress(enrolled=False) == found["ada"].steps["Heredity"]


class TestTrouble:
    """
    What keeps a file from being read at all.
    """

    def test_a_column_that_is_not_there(self, build, write):
        """
        The nearest one is suggested.
        """
        write("bio.csv", "Id,name\nada,Ada\n")

        with pytest.raises(RetrievalError) as caught:
            retrieve(build())

        assert "bio.csv has no column 'id'. Did you mean 'Id'? It has: Id, name." == str(
            caught.value
        )

    def test_a_column_that_is_there_twice(self, build, write):
        """
        Nobody can tell which is meant.
        """
        write("bio.csv", "id,name,name\nada,Ada,Bob\n")

        with pytest.raises(RetrievalError, match="2 columns 'name'"):
            retrieve(build())

    @pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
    @pytest.mark.parametrize("name", ["bio.csv", "bio.jsonl"])
    def test_an_empty_file(self, build, write, name, content):
        """
        It isn't a course without learners: an export went wrong.
        """
        write(name, content)

        with pytest.raises(RetrievalError, match="is empty"):
            retrieve(build(path=name))

    def test_a_header_alone_is_no_learners(self, build, write):
        """
        Nobody has enrolled yet.
        """
        write("bio.csv", "id,name\n")

        assert [] == retrieve(build())

    @pytest.mark.parametrize(
        "content", ["id,name\n".encode("utf-16"), b"PK\x03\x04\x00\x00\xff", b'"id"x,name\n']
    )
    def test_something_else_by_that_name(self, build, write, content):
        """
        A spreadsheet isn't a CSV file for being called one.
        """
        write("bio.csv", content)

        with pytest.raises(RetrievalError, match="isn't a CSV file in UTF-8"):
            retrieve(build())

    def test_a_quotation_mark_that_is_never_closed(self, build, write):
        """
        The rows that it swallows aren't passed over in silence.
        """
        write("bio.csv", 'id,name\nada,Ada\nbob,"Bob\ncy,Cy\n')

        with pytest.raises(RetrievalError, match=r"bio\.csv line 3: a quotation mark"):
            retrieve(build())

    def test_a_quotation_mark_that_is_closed_much_later(self, build, write):
        """
        Hundreds of learners aren't skipped as one row.
        """
        many = "".join(f"user{number},User\n" for number in range(300))
        write("bio.csv", f'id,name\nbob,"Bob\n{many}cy,"C"y\n')

        with pytest.raises(RetrievalError, match=r"bio\.csv line 2: a quotation mark"):
            retrieve(build())

    def test_a_line_without_end(self, build, write):
        """
        What isn't text isn't read into memory as a whole.
        """
        write("bio.csv", "id,name\n" + "x" * 1_000_001)

        with pytest.raises(RetrievalError, match="line 2 is too long"):
            retrieve(build())

    def test_a_file_that_changes_meanwhile(self, build, write):
        """
        It is read again another time; nobody was judged on half of it.
        """
        path = write("bio.csv", "id,name\n" + "".join(f"user{n},User\n" for n in range(2000)))
        told = []

        def grow(progress):
            told.append(progress)
            with path.open("a") as file:
                file.write("late,Late\n")

        with pytest.raises(RetrievalError, match="changed while it was being read") as caught:
            retrieve(build(), on_progress=grow)

        assert told
        assert caught.value.retryable

    def test_a_folder(self, build, tmp_path):
        """
        It isn't a file for having the name of one.
        """
        (tmp_path / "bio.csv").mkdir()

        with pytest.raises(RetrievalError, match=r"bio\.csv isn't a file"):
            retrieve(build())

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_file_that_may_not_be_read(self, build, write):
        """
        The system's words say why.
        """
        write("bio.csv", "id,name\n").chmod(0)

        with pytest.raises(RetrievalError, match=r"bio\.csv can't be read: Permission denied"):
            retrieve(build())

    def test_a_file_that_goes_away(self, build, write):
        """
        Between being found and being opened.
        """
        path = write("bio.csv", "id,name\n")
        found = build().retrieve(RetrievalRequest(context=course()))
        path.unlink()

        with pytest.raises(RetrievalError, match=r"bio\.csv can't be read: No such file"):
            next(found)

    @pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux has such a file")
    def test_a_file_that_cannot_be_read_to_its_end(self, build, tmp_path):
        """
        The memory of a process is such a file.
        """
        (tmp_path / "bio.csv").symlink_to("/proc/self/mem")

        with pytest.raises(RetrievalError, match=r"bio\.csv can't be read: Input/output error"):
            retrieve(build())

    def test_an_ending_that_says_nothing(self, build, write):
        """
        The format has to be said.
        """
        write("bio.dat", "id,name\nada,Ada\n")

        assert ["ada"] == list(learners(retrieve(build(path="bio.dat", format="csv"))))
        with pytest.raises(RetrievalError, match=r"bio\.dat: its ending doesn't say what it is"):
            retrieve(build(path="bio.dat"))


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
                "2 columns: id, name.",
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
        write("bio.jsonl", '{"id": "ada", "Name": "Ada"}\n')

        _, found = self.check(build(path="bio.jsonl"))

        assert (
            Finding(
                level="warning",
                message="The first line of bio.jsonl has no name.",
                hint="Did you mean 'Name'?",
            )
            == found
        )


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
