"""
A row of a file whose columns are named becomes a learner.
"""

from __future__ import annotations

import datetime as dt

import pytest

from certcore.domain import Fact, Learner, LearnerProgress, LearningContext, Skipped
from certcore.ports import RetrievalRequest


BIO = "course-v1:Uni+BIO101+2026T1"


POINT = 'a number is wanted, with a point; or say decimal = "comma"'


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


def retrieve(retriever, context=None, **request):
    return list(retriever.retrieve(RetrievalRequest(context=context or course(), **request)))


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
        ("fraction", '"0,85"', f"0,85: {POINT}"),
        ("percent", '"91,75 %"', f"91,75 %: {POINT}"),
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


@pytest.mark.parametrize(
    "cell,expected",
    [("91,75", 0.9175), ("91,75 %", 0.9175), (" 85", 0.85), ("", None)],
)
def test_decimals_begin_with_a_comma(build, write, cell, expected):
    """
    Where Excel writes so; numbers that aren't text are what they are.
    """
    columns = {"id": "id", "name": "name", "grades": {"Total": "Grade"}, "facts": {"h": "Hours"}}
    write("bio.csv", f"id;name;Grade;Hours\nada;Ada;{cell};7,5\n")
    write("bio.jsonl", '{"id": "ada", "name": "Ada", "Grade": 91.75, "Hours": "7,5"}\n')
    of = {"columns": columns, "scale": "percent", "decimal": "comma"}

    (found,) = retrieve(build(**of))
    (line,) = retrieve(build(path="bio.jsonl", **of))

    assert (expected, 7.5) == (found.grades.get("Total"), found.facts["h"])
    assert (0.9175, 7.5) == (line.grades["Total"], line.facts["h"])


def test_where_decimals_begin_with_a_comma_a_point_is_refused(build, write):
    """
    Between thousands, or a file that was saved by somebody else: nobody can tell.
    """
    write("bio.csv", "id;name;Grade\nada;Ada;0.85\nbob;Bob;0,85\n")
    retriever = build(
        columns={"id": "id", "name": "name", "grades": {"Total": "Grade"}}, decimal="comma"
    )

    bad, good = retrieve(retriever)

    reason = "column 'Grade': 0.85: a number with a decimal comma, and no point, is wanted"
    assert (reason, {"Total": 0.85}) == (bad.reason, good.grades)


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
    write("bio.csv", "id,name\nada,Zo\udceb\nbob,Łukasz\n".encode(errors="surrogateescape"))

    bad, good = retrieve(build())

    assert ("ada", "bio.csv line 2") == (bad.learner, bad.where)
    assert "column 'name': a letter can't be read: save the file as UTF-8" == bad.reason
    assert "bob" == good.learner.id
