"""
What an interrupt leaves behind in a ledger doesn't stand in the way of whoever tidies up.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from certcore.ledgers import SqlOptions
from certcore.ledgers import _schema as tables
from certcore.ledgers._sql import open_ledger
from certcore.ledgers._transactions import _begun, _kept, transaction


def test_a_transaction_that_nobody_ended(ledger_url):
    """
    The next one doesn't wait for its locks, and isn't disturbed by its end, however late that is.
    """
    ledger = open_ledger(SqlOptions(url=ledger_url), Path())
    engine, interrupt = ledger._engine, KeyboardInterrupt()
    note = sa.insert(tables.meta)

    left = transaction(engine)
    left.__enter__().execute(note, {"name": "left", "value": ""})
    with transaction(engine) as connection:
        connection.execute(note, {"name": "tidied", "value": ""})
        assert not left.__exit__(KeyboardInterrupt, interrupt, None)
        connection.execute(note, {"name": "up", "value": ""})

    with engine.connect() as connection:
        named = set(connection.scalars(sa.select(tables.meta.c.name)))
    ledger.close()
    assert {"tidied", "up"} == named & {"left", "tidied", "up"}


def test_an_end_that_comes_late():
    """
    Who has begun since then is still known.
    """
    engine, first, second = sa.create_engine("sqlite://"), object(), object()

    late = _kept(engine, first)
    late.__enter__()
    with _kept(engine, second):
        late.__exit__(None, None, None)
        assert second is _begun.connections[id(engine.pool)]
    assert id(engine.pool) not in _begun.connections
