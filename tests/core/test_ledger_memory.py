"""
The ledger in memory keeps a ledger's promises.
"""

from __future__ import annotations

import pytest

from certcore.domain import Status
from certcore.testing import MemoryLedger
from certcore.testing.contracts import LedgerContract
from certcore.testing.contracts._samples import NOW, issue, lease, record, result, statement


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

    def test_who_is_half_forgotten_is_forgotten_wholly(self, ledger):
        """
        A certificate that was forgotten before, however that came, doesn't keep the others.
        """
        old = issue(ledger)
        new = ledger.replace(old.id, statement(), reason="", actor="tests", now=NOW)
        record(ledger, result(lease(ledger, new.id)))
        ledger._state.entry(old.id).change(status=Status.FORGOTTEN)

        ledger.forget(new.id, actor="tests", now=NOW)

        assert ledger.get(new.id).status is Status.FORGOTTEN
        assert [entry.verb for entry in ledger.history(old.id)][-1] == "supersede"
