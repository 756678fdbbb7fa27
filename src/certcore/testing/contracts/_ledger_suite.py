"""
What the parts of the ledger's contract share.
"""

from __future__ import annotations

import pytest

from certcore.ports import Ledger


class Suite:
    """
    A part of the contract.
    """

    @pytest.fixture
    def another(self, ledger: Ledger) -> Ledger:
        """
        A second handle to the same ledger; the same one unless it is overridden.
        """
        return ledger
