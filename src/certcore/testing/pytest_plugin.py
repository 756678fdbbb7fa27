"""
Fixtures that come with certcore. Each test gets fresh ones.

pytest loads this wherever certcore is installed: everything else is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:
    from certcore.testing import FixedClock, MemoryLedger, MemoryOutbox, MemoryStore


# so that a failing promise shows its values
pytest.register_assert_rewrite("certcore.testing.contracts")


@pytest.fixture
def certcore_clock() -> FixedClock:
    """
    A clock that stands still until a test lets it go on.
    """
    from certcore.testing import FixedClock  # noqa: PLC0415  # see above

    return FixedClock()


@pytest.fixture
def certcore_ledger() -> MemoryLedger:
    """
    An empty ledger in memory.
    """
    from certcore.testing import MemoryLedger  # noqa: PLC0415  # see above

    return MemoryLedger()


@pytest.fixture
def certcore_store() -> MemoryStore:
    """
    An empty store in memory.
    """
    from certcore.testing import MemoryStore  # noqa: PLC0415  # see above

    return MemoryStore()


@pytest.fixture
def certcore_outbox() -> MemoryOutbox:
    """
    A notifier that keeps what learners are told.
    """
    from certcore.testing import MemoryOutbox  # noqa: PLC0415  # see above

    return MemoryOutbox()
