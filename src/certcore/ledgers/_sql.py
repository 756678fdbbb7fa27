"""
The ledger on a SQL database.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from certcore.config import SecretRef
from certcore.ledgers._adoption import Adoptions
from certcore.ledgers._awards import Awards
from certcore.ledgers._chores import Chores
from certcore.ledgers._copying import Copying
from certcore.ledgers._deliveries import Deliveries
from certcore.ledgers._engine import make_engine
from certcore.ledgers._lifecycle import Lifecycle
from certcore.ledgers._records import Records
from certcore.ledgers._runs import Holds, Runs
from certcore.ledgers._versions import prepare
from certcore.ledgers._work import Work


if TYPE_CHECKING:
    from certcore.ledgers import SqlOptions


class SqlLedger(
    Awards, Adoptions, Work, Records, Lifecycle, Deliveries, Runs, Holds, Chores, Copying
):
    """
    Keeps awards in a SQL database. Threads may share it.
    """

    def close(self) -> None:
        self._engine.dispose()


def open_ledger(options: SqlOptions, folder: Path) -> SqlLedger:
    """
    Open a ledger; make its tables where there are none.

    Raises:
        certcore.exceptions.LedgerError:
            If it can't be opened, or belongs to a newer certcore.
    """
    engine = engine_for(options, folder)
    try:
        return SqlLedger(engine, prepare(engine))
    except BaseException:
        engine.dispose()
        raise


def engine_for(options: SqlOptions, folder: Path) -> sa.Engine:
    """
    Make an engine for a ledger's address, wherever that stands.
    """
    url = options.url.reveal() if isinstance(options.url, SecretRef) else options.url
    return make_engine(options, url, folder)
