"""
How often a database is asked: per batch, not per certificate.
"""

from __future__ import annotations

import sqlite3

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from certcore.ledgers import SqlOptions
from certcore.ledgers._sql import SqlLedger, open_ledger
from certcore.testing.contracts._samples import (
    BIOLOGY,
    LATER,
    NOW,
    award,
    candidate,
    lease,
    record,
    result,
    statement,
)


@pytest.fixture
def ledger(ledger_url):
    """
    An empty ledger.
    """
    ledger = open_ledger(SqlOptions(url=ledger_url), Path())
    yield ledger
    ledger.close()


def asked(ledger: SqlLedger) -> int:
    """
    Ask MariaDB how many statements this connection has sent it.
    """
    with ledger._engine.connect() as connection:
        said = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Questions'").one()
        return int(said[1])


def counted(ledger: SqlLedger, act: Callable[[], object]) -> int:
    """
    Count what an act asks of the database.

    MariaDB counts itself: its driver may make many statements of one.
    """
    if ledger._engine.dialect.name == "mariadb":
        before = asked(ledger)
        asking = asked(ledger) - before
        before = asked(ledger)
        act()
        return asked(ledger) - before - asking
    counts = Counter[str]()

    def count(*args: object) -> None:
        counts["now"] += 1

    sa.event.listen(ledger._engine, "before_cursor_execute", count)
    act()
    sa.event.remove(ledger._engine, "before_cursor_execute", count)
    return counts["now"]


def statements(ledger: SqlLedger, size: int) -> dict[str, int]:
    """
    Take so many from an award to a record, and through a reissue; count the statements of each.
    """
    people = [candidate(f"{size}-{number}") for number in range(size)]
    mended = [candidate(f"{size}-{number}", name=f"Eva {number}") for number in range(size)]
    ids: list[str] = []
    leased = []
    found = {
        "award": counted(ledger, lambda: ids.extend(award(ledger, *people))),
        "awarded before": counted(ledger, lambda: award(ledger, *people)),
        "refresh": counted(ledger, lambda: award(ledger, *mended)),
        "held": counted(ledger, lambda: ledger.held([each.identity for each in people])),
        "lease": counted(
            ledger,
            lambda: leased.extend(ledger.lease(ids, owner="tests", until=LATER, now=NOW)),
        ),
        "renew": counted(
            ledger,
            lambda: ledger.renew({each.certificate.id: each.fence for each in leased}, until=LATER),
        ),
        "record": counted(ledger, lambda: record(ledger, *map(result, leased))),
    }
    newer = [
        ledger.replace(id_, statement(), reason="", actor="tests", now=NOW).id for id_ in ids[:50]
    ]
    again = ledger.lease(newer, owner="tests", until=LATER, now=NOW)
    found["record a reissue"] = counted(ledger, lambda: record(ledger, *map(result, again)))
    assert [each.statement.recipient.name for each in map(ledger.get, ids[:2])] == [
        "Eva 0",
        "Eva 1",
    ]
    assert [ledger.get(id_).replaced_by for id_ in ids[:50]] == newer
    return found


def test_five_hundred_take_no_more_statements_than_two(ledger):
    """
    The database is asked per batch and not per certificate.
    """
    few, many = statements(ledger, 2), statements(ledger, 500)

    assert few == many
    assert max(many.values()) <= 12


def test_long_lists_are_cut(ledger):
    """
    More certificates than a statement has room for are leased, renewed and retried all the same.
    """

    def usual(connection: object, record: object) -> None:
        # distributions allow more
        if isinstance(connection, sqlite3.Connection):
            connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)

    ledger._engine.dispose()
    sa.event.listen(ledger._engine, "connect", usual)
    ids = award(ledger, *(candidate(f"{number}") for number in range(3)))
    long = [*ids, *(f"{number:032x}" for number in range(33_000))]

    leased = ledger.lease(long, owner="tests", until=LATER, now=NOW)
    fences = dict.fromkeys(long, 1)
    people = [candidate(number).identity for number in [*long, "2"]]

    assert sorted(each.certificate.id for each in leased) == sorted(ids)
    assert ledger.renew(fences, until=LATER) == set(ids)
    assert ledger.retry(long, actor="tests", now=NOW) == 0
    assert list(ledger.held(people)) == people[-1:]
    assert (
        len(ledger.holds_any([each.learner for each in people], {BIOLOGY.context})) == len(long) + 1
    )


def test_more_than_a_batch_at_once(ledger):
    """
    Whoever hands in more than a statement has room for finds it all done.
    """
    people = [candidate(f"{number}") for number in range(1100)]
    ids = award(ledger, *people)

    award(ledger, *(candidate(f"{number}", name=f"Eva {number}") for number in range(1100)))
    leased = ledger.lease(ids, owner="tests", until=LATER, now=NOW)
    won = record(ledger, *map(result, leased))

    assert won == [True] * 1100
    assert {each.certificate.statement.recipient.name for each in leased} == {
        f"Eva {number}" for number in range(1100)
    }


def test_a_statement_of_any_length(ledger):
    """
    Nothing is cut off, and what no database keeps is left out.
    """
    long = "Ł" * 100_000

    (id_,) = award(ledger, candidate(name=long))
    failed = ledger.cancel(id_, reason=f"why\0 {long}\ud800", actor="tests", now=NOW)

    assert failed.statement.recipient.name == long
    assert failed.reason == f"why {long}?"


def test_who_is_nobody_else(ledger):
    """
    Learners whom some databases take for one are several.
    """
    names = ["ada", "Ada", "ada ", "adá", "ADA"]

    ids = award(ledger, *map(candidate, names))
    issued = [lease(ledger, id_) for id_ in ids[:1]]
    record(ledger, *map(result, issued))

    assert len(set(ids)) == len(names)
    assert (
        sum(
            map(
                len,
                ledger.holds_any(
                    [candidate(name).learner for name in names], {BIOLOGY.context}
                ).values(),
            )
        )
        == 1
    )
