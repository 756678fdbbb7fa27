"""
How people are told.
"""

from __future__ import annotations

from typing import Protocol

from certcore.domain import Alert, Notice, Receipt


class Notifier(Protocol):
    """
    Tells learners and operators.
    """

    @property
    def channel(self) -> str:
        """
        The kind of way: `email`. One message per certificate, channel and purpose.
        """
        ...

    @property
    def repeatable(self) -> bool:
        """
        Whether handing the same message over twice does no harm, as with a file.
        """
        ...

    def send(self, notice: Notice) -> Receipt:
        """
        Compose a message to a learner and hand it over.

        Raises:
            certcore.exceptions.NotificationError:
                If it was refused; `retryable` says whether later may be better.
        """
        ...

    def alert(self, alert: Alert) -> Receipt:
        """
        Hand an alert to an operator over. Raises as `send`.
        """
        ...
