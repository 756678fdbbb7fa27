"""
A ledger in plain dictionaries: the port's promises once more, without a database.
"""

from __future__ import annotations

from certcore.testing._ledger._awards import Awards
from certcore.testing._ledger._deliveries import Deliveries
from certcore.testing._ledger._lifecycle import Lifecycle
from certcore.testing._ledger._reading import Reading
from certcore.testing._ledger._runs import Holds, Runs
from certcore.testing._ledger._work import Work


__all__ = ["MemoryLedger"]


class MemoryLedger(Awards, Work, Lifecycle, Reading, Deliveries, Runs, Holds):
    """
    Keeps awards in memory, as long as it lives. Threads may share it.
    """

    def close(self) -> None:
        """
        Do nothing: what was written can still be read, by a test that looks behind the Registrar.
        """
