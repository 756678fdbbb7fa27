"""
A notifier that keeps what it is given.
"""

from __future__ import annotations

import threading

from certcore.domain import Alert, Notice, Receipt
from certcore.exceptions import NotificationError


class MemoryOutbox:
    """
    Keeps every notice and alert. Threads may share it.

    Args:
        repeatable: What it says of itself: whether telling twice does no harm.

        channel: The kind of way that it pretends to be.
    """

    def __init__(self, *, repeatable: bool = False, channel: str = "email") -> None:
        self.channel = channel
        self.repeatable = repeatable
        self.notices: list[Notice] = []
        """What learners were told, in order."""
        self.alerts: list[Alert] = []
        """What operators were told, in order."""
        self._refused: dict[str, NotificationError] = {}
        self._broken: NotificationError | None = None
        self._lock = threading.Lock()

    def refuse(self, address: str, error: NotificationError | None = None) -> None:
        """
        Take no message to that address from now on.
        """
        self._refused[address] = error or NotificationError("550 no such user")

    def fail(self, error: NotificationError | None = None) -> None:
        """
        Take no message at all from now on, as when the server is down.
        """
        self._broken = error or NotificationError("the server is down", retryable=True)

    def recover(self) -> None:
        """
        Take every message again.
        """
        self._refused.clear()
        self._broken = None

    def send(self, notice: Notice) -> Receipt:
        with self._lock:
            self._check(notice.address)
            self.notices.append(notice)
            return Receipt(response=f"kept as {len(self.notices)}")

    def alert(self, alert: Alert) -> Receipt:
        with self._lock:
            self._check(alert.address)
            self.alerts.append(alert)
            return Receipt(response=f"kept as {len(self.alerts)}")

    def _check(self, address: str) -> None:
        error = self._broken or self._refused.get(address)
        if error is not None:
            raise error
