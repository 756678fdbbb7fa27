"""
A ledger in plain dictionaries: the port's promises once more, without a database.
"""

from __future__ import annotations

import pickle

from attrs import fields

from certcore.testing._ledger._adoption import Adoptions
from certcore.testing._ledger._awards import Awards
from certcore.testing._ledger._deliveries import Deliveries
from certcore.testing._ledger._lifecycle import Lifecycle
from certcore.testing._ledger._reading import Reading
from certcore.testing._ledger._runs import Holds, Runs
from certcore.testing._ledger._state import State
from certcore.testing._ledger._work import Work


__all__ = ["MemoryLedger"]


class MemoryLedger(Awards, Adoptions, Work, Lifecycle, Reading, Deliveries, Runs, Holds):
    """
    Keeps awards in memory, as long as it lives. Threads may share it.
    """

    def dump(self) -> bytes:
        """
        Give all that it remembers, for `load` of the same version of certcore and nothing else.
        """
        state = self._state
        with state.lock:
            kept = {each.name: getattr(state, each.name) for each in fields(State)}
            del kept["lock"]
            return pickle.dumps(kept)

    def load(self, dumped: bytes) -> None:
        """
        Remember what was dumped, and nothing else. Only for what you have written yourself.
        """
        self._state = State(**pickle.loads(dumped))  # noqa: S301  # as the docstring says

    def close(self) -> None:
        """
        Do nothing: what was written can still be read, by a test that looks behind the Registrar.
        """
