"""
How learners are told.
"""

from __future__ import annotations

from typing import Protocol

from certcore.domain import Message, Receipt


class Notifier(Protocol):
    """
    Hands messages over.
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

    def send(self, message: Message) -> Receipt:
        """
        Hand one message over.

        Raises:
            certcore.exceptions.NotificationError:
                If it was refused; `retryable` says whether later may be better.
        """
        ...
