"""
Everything that a ledger promises.
"""

from __future__ import annotations

from certcore.testing.contracts._ledger_adopting import Adopting
from certcore.testing.contracts._ledger_awards import Awards
from certcore.testing.contracts._ledger_deliveries import Deliveries
from certcore.testing.contracts._ledger_forgetting import Forgetting
from certcore.testing.contracts._ledger_lifecycle import Lifecycle
from certcore.testing.contracts._ledger_old_codes import OldCodes
from certcore.testing.contracts._ledger_reading import Reading
from certcore.testing.contracts._ledger_replacing import Replacing
from certcore.testing.contracts._ledger_runs import Holds, Runs
from certcore.testing.contracts._ledger_work import Work


class LedgerContract(
    Awards,
    Adopting,
    OldCodes,
    Work,
    Lifecycle,
    Replacing,
    Forgetting,
    Reading,
    Deliveries,
    Runs,
    Holds,
):
    """
    What a ledger promises. Supply a fixture `ledger` that gives an empty one.

    Where a ledger can be opened twice, override the fixture `another`: a second handle to the same
    ledger, as another process would have it.
    """
