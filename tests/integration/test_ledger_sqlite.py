"""
The ledger in a SQLite file keeps a ledger's promises.
"""

from __future__ import annotations

import pytest

from certcore.ledgers import SqlOptions
from certcore.ledgers._sql import open_ledger
from certcore.testing.contracts import LedgerContract


class TestSqliteFile(LedgerContract):
    """
    The contract, with a second connection pool as another process would have.
    """

    @pytest.fixture
    def ledger(self, tmp_path):
        """
        An empty ledger.
        """
        ledger = open_ledger(SqlOptions(url="sqlite:///ledger.db", durable=False), tmp_path)
        yield ledger
        ledger.close()

    @pytest.fixture
    def another(self, ledger, tmp_path):
        """
        The same file, opened once more.
        """
        another = open_ledger(SqlOptions(url="sqlite:///ledger.db", durable=False), tmp_path)
        yield another
        another.close()


class TestSqliteInMemory(LedgerContract):
    """
    The contract, where all threads share one connection.
    """

    @pytest.fixture
    def ledger(self, tmp_path):
        """
        An empty ledger that is gone when it is closed.
        """
        ledger = open_ledger(SqlOptions(url="sqlite://"), tmp_path)
        yield ledger
        ledger.close()
