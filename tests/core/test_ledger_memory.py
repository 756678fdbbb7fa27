"""
The ledger in memory keeps a ledger's promises.
"""

from __future__ import annotations

import pytest

from certcore.testing import MemoryLedger
from certcore.testing.contracts import LedgerContract


class TestMemoryLedger(LedgerContract):
    """
    The contract, without a database.
    """

    @pytest.fixture
    def ledger(self):
        """
        An empty ledger.
        """
        return MemoryLedger()

    def test_it_can_be_read_after_it_is_closed(self, ledger):
        """
        A test may look at what a Registrar has left.
        """
        ledger.close()

        assert ledger.runs() == ()
