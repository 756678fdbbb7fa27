"""
Fixtures that come with certcore. Each test gets fresh ones.

pytest loads this wherever certcore is installed: everything else is imported when it is asked for.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest


if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

    from certcore.plugins import ProviderKind
    from certcore.testing import (
        FixedClock,
        MemoryLedger,
        MemoryOutbox,
        MemoryProject,
        MemoryStore,
    )


pytest_plugins = ["certcore.testing.servers.fixtures"]

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


@pytest.fixture
def certcore_open(
    tmp_path: Path, certcore_clock: FixedClock
) -> Generator[Callable[..., Any], None, None]:
    """
    Builds what an installed plugin offers: `certcore_open("notifier", {"use": "maildir"})`.

    Relative paths in options are relative to the test's `tmp_path`. Everything that was built is
    closed when the test ends.
    """
    from certcore.testing._opening import opened  # noqa: PLC0415  # see above

    with ExitStack() as stack:

        def open_(kind: ProviderKind, table: Mapping[str, Any], *, realm: str = "school") -> Any:
            built = opened(kind, table, clock=certcore_clock, folder=tmp_path, realm=realm)
            return stack.enter_context(built)

        yield open_


@pytest.fixture
def certcore_project(
    tmp_path: Path,
    certcore_clock: FixedClock,
    certcore_ledger: MemoryLedger,
    certcore_store: MemoryStore,
    certcore_outbox: MemoryOutbox,
) -> Callable[..., MemoryProject]:
    """
    Makes a project of the installed plugins, with everything that comes of it in memory.

    ::

        run = certcore_project(source="acme", rule={"grades": {"Total": 0.60}}).issue("course-7")
        assert (2, 1, 1) == (run.issued, run.not_yet, run.skipped)

    `source` is a provider, or a table of `use` and options; without one there is a learner, who is
    eligible, or there are the `learners` that are given. So is `design`, which is a line of plain
    text if it isn't given. Relative paths are relative to the test's `tmp_path`. `ledger`, `store`
    and `notifier` are the fixtures here unless others are given.
    """
    from certcore.testing import MemoryProject  # noqa: PLC0415  # see above

    def make(
        *,
        source: str | Mapping[str, Any] = "canned",
        design: str | Mapping[str, Any] = "plain",
        **said: Any,
    ) -> MemoryProject:
        fakes: dict[str, Any] = {
            "clock": certcore_clock,
            "ledger": certcore_ledger,
            "store": certcore_store,
            "notifier": certcore_outbox,
        }
        return MemoryProject(
            folder=tmp_path,
            source={"use": source} if isinstance(source, str) else source,
            design={"use": design} if isinstance(design, str) else design,
            **{**fakes, **said},
        )

    return make
