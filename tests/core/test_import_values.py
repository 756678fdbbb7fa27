"""
What is taken over, as values: ids, old codes, and what can't be taken over at all.
"""

from __future__ import annotations

import datetime as dt
import uuid

from typing import Any

import pytest

from certcore.domain import Status, id_of, new_id, read_old_code
from certcore.ports import Candidate
from certcore.testing.contracts._ledger_adopting import THEN, adoption


def test_ids_of_what_was_awarded_long_ago() -> None:
    """
    The same for the same, in the order of the awards, and before whatever is awarded now.
    """
    moments = [dt.datetime(1969, 7, 21, tzinfo=dt.UTC), THEN, THEN + dt.timedelta(microseconds=1)]

    ids = [id_of(moment, b"seed") for moment in moments]

    assert sorted(ids) == ids
    assert ids == [id_of(moment, b"seed") for moment in moments]
    assert id_of(THEN, b"other") not in ids
    assert max(ids) < new_id()
    assert {(32, 7, uuid.RFC_4122)} == {
        (len(each), uuid.UUID(each).version, uuid.UUID(each).variant) for each in ids
    }


@pytest.mark.parametrize(
    "entered, exact, bare",
    [
        (" aB-cD 12\n", "aB-cD 12", "abcd12"),
        ("{3F25\u2011\u00ad04E0}", "{3F25\u2011\u00ad04E0}", "3f2504e0"),
        ("E\u0301\uff11", "\u00c9\uff11", "\u00e91"),
        ("--", "--", ""),
    ],
)
def test_an_old_code_as_it_stands_and_bare(entered: str, exact: str, bare: str) -> None:
    """
    Trimmed and composed; without case, grouping and the width of digits.
    """
    assert (exact, bare) == read_old_code(entered)


@pytest.mark.parametrize(
    "more, said",
    [
        ({"status": Status.PENDING}, "only what was issued, revoked or annulled"),
        ({"status": Status.FORGOTTEN}, "only what was issued, revoked or annulled"),
        ({"status": Status.ANNULLED}, "by its old code alone"),
        ({"codes": ("A1", " -- ")}, "an old code has letters or digits"),
    ],
)
def test_what_can_not_be_taken_over(more: dict[str, Any], said: str) -> None:
    """
    Is refused as a value.
    """
    with pytest.raises(ValueError, match=said):
        adoption(**more)


def test_its_identity_is_what_a_run_would_award() -> None:
    """
    So that the run finds it.
    """
    found = adoption()

    assert Candidate(learner=found.learner, statement=found.statement).identity == found.identity
