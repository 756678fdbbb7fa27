"""
Whose rows are given: the last of a learner, those wanted, whatever separates the cells.
"""

from __future__ import annotations

import pytest

from certcore.domain import Learner, LearnerProgress, LearningContext, Skipped
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalRequest


BIO = "course-v1:Uni+BIO101+2026T1"


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


def learners(found):
    return {each.learner.id: each for each in found if isinstance(each, LearnerProgress)}


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


def test_two_people_with_one_id_are_told(build, write):
    """
    The last counts all the same; somebody should look.
    """
    rows = "".join(f"user{n},Name {n}\n" for n in range(1200))
    write("bio.csv", f"id,name\n{rows}user3,Name 3\nuser700,Someone Else\nuser4,Other\n")

    found = retrieve(build())

    same = "the same learner comes again further down; that row counts"
    other = f"{same}, and has another name: are they two people?"
    assert {"user3": same, "user4": other, "user700": other} == {
        each.learner: each.reason for each in found if isinstance(each, Skipped)
    }
    assert "Someone Else" == learners(found)["user700"].learner.name


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
    They are detected, or said; a hint if something else was said.
    """
    write("bio.csv", "id;name\nada;Ada\n")
    write("tab.tsv", "id\tname\nada\tAda\n")

    assert ["ada"] == list(learners(retrieve(build())))
    assert ["ada"] == list(learners(retrieve(build(delimiter="semicolon"))))
    assert ["ada"] == list(learners(retrieve(build(path="tab.tsv", delimiter="tab"))))
    with pytest.raises(RetrievalError, match=r'only one column.*delimiter = "semicolon"'):
        retrieve(build(delimiter="comma"))


def test_the_line_of_excel_is_no_header(build, write):
    """
    It says what separates the cells, and counts as a line; who says something else is right.
    """
    write("bio.csv", "sep=;\r\nid;name, full\r\nada;Ada\r\nbob\r\n")
    write("tab.csv", "sep=;\nid\tname, full\nada\tAda\n")
    columns = {"id": "id", "name": "name, full"}

    skipped, ada = retrieve(build(columns=columns))
    (same,) = retrieve(build(path="tab.csv", columns=columns, delimiter="tab"))

    assert "bio.csv line 4" == skipped.where
    assert ada == same


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings(build, write, encoding, caplog):
    """
    By their marks; and somebody is told what was guessed.
    """
    write("bio.csv", "id\tname\nada\tZoë\n", encoding=encoding)

    (found,) = retrieve(build())

    assert "Zoë" == found.learner.name
    guessed = ["bio.csv isn't UTF-8 and is read as cp1252"] if encoding == "cp1252" else []
    assert guessed == [each.getMessage() for each in caplog.records]
