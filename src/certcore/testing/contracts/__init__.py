"""
What each port promises, as tests. Subclass a contract and supply its fixture.

::

    class TestMyLedger(LedgerContract):
        @pytest.fixture
        def ledger(self):
            return MyLedger()

Needs pytest.
"""

from __future__ import annotations

from certcore.testing.contracts._assets import AssetStoreContract
from certcore.testing.contracts._generator import GeneratorContract
from certcore.testing.contracts._ledger import LedgerContract
from certcore.testing.contracts._ledger_copying import LedgerCopyingContract
from certcore.testing.contracts._notifier import NotifierContract
from certcore.testing.contracts._retriever import RetrieverContract
from certcore.testing.contracts._store import ArtifactStoreContract


__all__ = [
    "ArtifactStoreContract",
    "AssetStoreContract",
    "GeneratorContract",
    "LedgerContract",
    "LedgerCopyingContract",
    "NotifierContract",
    "RetrieverContract",
]
