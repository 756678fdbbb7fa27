"""
What is done for the sake of a million rows changes nothing about any of them.
"""

from __future__ import annotations

import pytest

from certcore import _spool
from certcore.domain import Fact, LearnerProgress, LearningContext, Skipped
from certcore.ports import RetrievalRequest


COLUMNS = {
    "id": "id",
    "name": "name",
    "completion": "done",
    "grades": {"Total": "total"},
    "facts": {"posts": "posts"},
}


def retrieve(retriever, **request):
    return list(retriever.retrieve(RetrievalRequest(context=LearningContext(key="bio"), **request)))


@pytest.mark.parametrize("size", [1 << 23, 64, 1])
def test_the_last_of_several_rows_counts_however_many_there_are(provide, write, monkeypatch, size):
    """
    Where a filter can tell no more keys apart, each of them is looked up.
    """
    monkeypatch.setattr(_spool, "_FILTER", size)
    rows = [(f"u{number % 700}", number / 2000) for number in range(1500)]
    content = "".join(f"{user},Somebody,{total}\n" for user, total in rows)
    write("bio.csv", "id,name,total\n" + content)
    columns = {"id": "id", "name": "name", "grades": {"Total": "total"}}

    found = retrieve(provide("files", {"path": "bio.csv", "columns": columns}))

    last = dict(rows)
    given = {each.learner.id: each for each in found if isinstance(each, LearnerProgress)}
    replaced = [each for each in found if isinstance(each, Skipped)]
    assert last == {user: each.grades["Total"] for user, each in given.items()}
    assert [f"bio.csv line {number + 2}" for number in range(800)] == [
        each.where for each in replaced
    ]


def test_more_than_all_of_it_is_no_completion(provide, write):
    """
    Extra credit makes a grade, but nobody does more than everything; a hair over 1 is a rounding.
    """
    write("bio.csv", "id,name,done,total,posts\nada,Ada,1.2,1.2,1\nbob,Bob,1.0000000001,1.2,\n")

    ada, bob = retrieve(provide("files", {"path": "bio.csv", "columns": COLUMNS}))

    assert ("ada", "bad-data", "bio.csv line 2") == (ada.learner, ada.kind, ada.where)
    assert "completion: a fraction from 0 to 1 is wanted, not 1.2" == ada.reason
    assert ({"Total": 1.2}, {}) == (bob.grades, bob.facts)


def test_a_row_of_which_too_much_is_said_to_be_done_is_not_overruled(provide, write):
    """
    It is the last one and can't be used: the earlier one doesn't count instead.
    """
    write("bio.csv", "id,name,done,total,posts\nada,Ada,0.5,1,1\nada,Ada,1.2,1,1\n")

    found = retrieve(provide("files", {"path": "bio.csv", "columns": COLUMNS}))

    assert ["bad-data", "duplicate"] == [each.kind for each in found]


def test_values_that_look_alike_are_read_each_for_itself(provide, write):
    """
    What was read before is remembered by its text alone: in JSON, true isn't 1, and a list is none.
    """
    write(
        "bio.jsonl",
        '{"id": "a", "name": "A", "done": 1, "total": "1", "posts": 2}\n'
        '{"id": "b", "name": "B", "done": true, "total": "1", "posts": 2}\n'
        '{"id": "c", "name": "C", "done": 1.0, "total": "1", "posts": 2}\n'
        '{"id": "d", "name": "D", "done": [1], "total": "1", "posts": 2}\n',
    )

    found = retrieve(provide("files", {"path": "bio.jsonl", "columns": COLUMNS}))

    told = [each for each in found if isinstance(each, Skipped)]
    assert ["a", "c"] == [each.learner.id for each in found if isinstance(each, LearnerProgress)]
    assert ["b", "d"] == [each.learner for each in told]


def test_a_cell_that_cannot_be_read_is_told_each_time(provide, write):
    """
    A text that was refused once is refused again, for each learner who has it.
    """
    write("bio.csv", "id,name,done,total,posts\nada,Ada,1,lots,1\nbob,Bob,1,lots,1\n")
    retriever = provide("files", {"path": "bio.csv", "columns": COLUMNS})

    assert ["ada", "bob"] == [each.learner for each in retrieve(retriever)]
    assert [{}, {}] == [
        each.grades for each in retrieve(retriever, facts=frozenset({Fact("completion")}))
    ]


def test_whom_a_row_is_about_is_known_though_not_what(provide, write):
    """
    The course that it names can't be read: it may be about any.
    """
    write("all.csv", b"id,name,course\nada,Ada,bio\nbob,Bob,b\xffo\n")
    columns = {"id": "id", "name": "name", "step": "course"}
    retriever = provide("files", {"path": "all.csv", "encoding": "utf-8", "columns": columns})

    told, given = retrieve(retriever)

    assert ("bob", "all.csv line 3") == (told.learner, told.where)
    assert "column 'course': a letter can't be read: save the file as UTF-8" == told.reason
    assert "ada" == given.learner.id
