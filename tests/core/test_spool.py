"""
The spool keeps rows on disk until they are wanted.
"""

from __future__ import annotations

import pytest

from hypothesis import given
from hypothesis import strategies as st

from certcore._spool import BATCH, Spool
from certcore.exceptions import RetrievalError


KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=3)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=40))
def test_what_comes_out_is_what_went_in(rows):
    """
    The last value of each key stays, in the order of these last ones; the others are given back.
    """
    last = {}
    replaced = []
    for key, value in rows:
        if key in last:
            replaced.append((key, last.pop(key)))
        last[key] = value

    with Spool() as spool:
        table = spool.table()
        given_back = table.put(rows)
        kept = [row for page in table.pages() for row in page]

        assert replaced == given_back
        assert list(last.items()) == kept
        assert last == table.get(list(last))
        assert len(last) == len(table)


def test_more_than_a_batch_is_kept_and_found():
    """
    Neither putting, getting nor walking stops at the size of a batch.
    """
    rows = [(f"user{number}", number) for number in range(2 * BATCH + 1)]

    with Spool() as spool:
        table = spool.table()
        table.put(rows)

        assert rows == [row for page in table.pages() for row in page]
        assert dict(rows) == table.get([key for key, _ in rows])


def test_a_key_put_again_later_is_replaced():
    """
    Batches know of each other: None is a value like any other.
    """
    with Spool() as spool:
        table = spool.table()
        table.put([("ada", None), ("Ada", 1)])

        assert [("ada", None)] == table.put([("ada", 2)])
        assert [[("Ada", 1), ("ada", 2)]] == list(table.pages())


def test_tables_are_apart():
    """
    What is in one table isn't in another.
    """
    with Spool() as spool:
        one, other = spool.table(), spool.table()
        one.put([("ada", 1)])

        assert {} == other.get(["ada"])
        assert [] == list(other.pages())


def test_a_full_disk_is_a_retrieval_error():
    """
    It can be tried again, when there is room.
    """
    with Spool() as spool:
        table = spool.table()
        spool._database.execute("PRAGMA max_page_count = 5")

        with pytest.raises(
            RetrievalError, match=r"temporary data can't be kept: .* full"
        ) as caught:
            table.put([(f"user{number}", "x" * 1000) for number in range(100)])

        assert caught.value.retryable


def test_a_closed_spool_says_so():
    """
    Using it after the end is an error of ours, told like the others.
    """
    with Spool() as spool:
        table = spool.table()

    with pytest.raises(RetrievalError, match="closed"):
        len(table)
