"""
The spool keeps rows on disk until they are wanted.
"""

from __future__ import annotations

import pytest

from hypothesis import given
from hypothesis import strategies as st

from certcore import _spool
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


def kept(table):
    """
    Walk a table: the rows that count, and those that were replaced.
    """
    pages = list(table.pages())
    return [row for page, _ in pages for row in page], [row for _, page in pages for row in page]


@pytest.mark.parametrize("size", [1 << 23, 4, 1])
@given(rows=st.lists(st.tuples(KEYS, VALUES), max_size=40))
def test_what_comes_out_is_what_went_in(size, rows):
    """
    The last row of each key counts, in the order of these last ones; the others are replaced.

    Whether keys are many or few for the filter, which can only say that one may have come before.
    """
    last = {}
    replaced = []
    for place, row in enumerate(rows):
        last[row[0]] = place
    replaced = [row for place, row in enumerate(rows) if last[row[0]] != place]
    counting = [row for place, row in enumerate(rows) if last[row[0]] == place]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_spool, "_FILTER", size)
        with Spool() as spool:
            table = spool.table()
            table.put(rows)

            assert (counting, replaced) == kept(table)
            assert {row[0]: row for row in counting} == table.get(list(last))

            again = {row[0] for row in replaced}
            assert {row[0]: row for row in counting if row[0] in again} == table.last(list(again))


def test_more_than_a_batch_is_kept_and_found():
    """
    Neither putting, getting nor walking stops at the size of a batch.
    """
    rows = [(f"user{number}", number) for number in range(2 * BATCH + 1)]

    with Spool() as spool:
        table = spool.table()
        table.put(rows)

        assert (rows, []) == kept(table)
        assert {row[0]: row for row in rows} == table.get([row[0] for row in rows])


def test_a_key_put_again_later_is_replaced():
    """
    Batches know of each other, and what was looked up before doesn't stay for ever.
    """
    with Spool() as spool:
        table = spool.table()
        table.put([("ada", None), ("Ada", 1)])

        assert {"ada": ("ada", None)} == table.get(["ada"])

        table.put([("ada", 2)])

        assert {"ada": ("ada", 2)} == table.get(["ada"])
        assert ([("Ada", 1), ("ada", 2)], [("ada", None)]) == kept(table)


def test_tables_are_apart():
    """
    What is in one table isn't in another, though they share a filter.
    """
    with Spool() as spool:
        one, other = spool.table(), spool.table()
        one.put([("ada", 1)])
        other.put([("bob", 1)])

        assert {} == other.get(["ada"])
        assert ([("bob", 1)], []) == kept(other)


def test_an_empty_table_has_nothing():
    """
    Nothing can be found in it, and no page of it can be walked.
    """
    with Spool() as spool:
        table = spool.table()

        assert {} == table.get(["ada"])
        assert [] == list(table.pages())


def test_a_full_disk_is_a_retrieval_error():
    """
    It can be tried again, when there is room.
    """
    with Spool() as spool:
        table = spool.table()
        spool._database.execute("PRAGMA max_page_count = 10")

        with pytest.raises(
            RetrievalError, match=r"temporary data can't be kept: .* full"
        ) as caught:
            table.put([(f"user{number}", f"{number:1000}") for number in range(100)])

        assert caught.value.retryable


def test_a_closed_spool_says_so():
    """
    Using it after the end is an error of ours, told like the others.
    """
    with Spool() as spool:
        table = spool.table()

    with pytest.raises(RetrievalError, match="closed"):
        table.put([("ada", 1)])
