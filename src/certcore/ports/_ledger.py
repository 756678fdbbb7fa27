"""
The record of awards: who was awarded what, where its file lies, who was told.
"""

from __future__ import annotations

from typing import Protocol

from certcore.ports._ledger_adoption import LedgerAdoption
from certcore.ports._ledger_life import LedgerLife
from certcore.ports._ledger_messages import LedgerMessages
from certcore.ports._ledger_runs import LedgerRuns
from certcore.ports._ledger_work import LedgerWork


class Ledger(LedgerWork, LedgerAdoption, LedgerLife, LedgerMessages, LedgerRuns, Protocol):
    """
    The only place that decides. Each method is one transaction; values go in and come out.

    Every method raises `certcore.exceptions.LedgerError` if the ledger can't be reached, is locked
    for too long, or was written by a version that no longer admits this one. Times are aware and in
    UTC.
    """

    def close(self) -> None:
        """
        Let go of connections.
        """
        ...
