"""
Taking over, on each database: how much is asked of it, and who comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sqlalchemy import event

from certcore.ledgers import SqlOptions
from certcore.ledgers._sql import SqlLedger, open_ledger
from certcore.ports import Adopted
from certcore.testing.contracts._ledger_adopting import adopt, adoption
from certcore.testing.contracts._samples import award, candidate, stored


@pytest.fixture
def ledger(ledger_url: str, tmp_path: Path) -> Iterator[SqlLedger]:
    """
    An empty ledger on each database.
    """
    with closing(open_ledger(SqlOptions(url=ledger_url, durable=False), tmp_path)) as opened:
        yield opened


def statements(ledger: SqlLedger, size: int) -> int:
    """
    Count what is said to the database for so many.
    """
    said: list[str] = []

    def listen(*args: Any) -> None:
        said.append(args[2])

    crowd = [
        adoption(f"p{size}-{n}", f"Code-{size}-{n}", artifact=stored(f"c{size}-{n}"))
        for n in range(size)
    ]
    event.listen(ledger._engine, "before_cursor_execute", listen)
    try:
        assert {"new"} == {each.kind for each in adopt(ledger, *crowd)}
        assert {"known"} == {each.kind for each in adopt(ledger, *crowd)}
    finally:
        event.remove(ledger._engine, "before_cursor_execute", listen)
    return len(said)


def test_a_batch_takes_as_many_statements_as_a_few(ledger: SqlLedger) -> None:
    """
    However many there are: 500 are asked about, and written, at once.
    """
    few = statements(ledger, 3)

    # some databases take many rows in a few pieces
    assert few <= statements(ledger, 500) <= few + 8


@pytest.mark.parametrize("service", ["postgresql", "mariadb"])
def test_a_run_may_be_quicker(service: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """
    Who is awarded just before the certificate is written isn't given another one.
    """
    options = SqlOptions(url=request.getfixturevalue(f"{service}_url"), durable=False)
    quicker: list[str] = []

    with (
        closing(open_ledger(options, tmp_path)) as ledger,
        closing(open_ledger(options, tmp_path)) as run,
    ):

        def award_first(*args: Any) -> None:
            if args[2].startswith("INSERT INTO certcore_certificates") and not quicker:
                quicker.append("soon")
                quicker[:] = award(run, candidate("ada"))

        event.listen(ledger._engine, "before_cursor_execute", award_first)
        found = adopt(ledger, adoption("bob", "B1"), adoption("ada", "A1"))
        bob = found[0].certificate

        assert (Adopted("new", bob), Adopted("held", quicker[0])) == found
        assert ledger.by_old_code("A1") is None
        assert ledger.by_old_code("B1") == ledger.get(bob)
