"""
Telling learners: deliveries, and the message that is handed to a notifier.
"""

from __future__ import annotations

import datetime as dt
import enum

from typing import Literal, TypeAlias

from attrs import field, frozen

from certcore.domain.certificates import Certificate
from certcore.domain.configurations import Issuer, MessageTemplate


Purpose: TypeAlias = Literal["award", "reissue", "reminder", "revocation"]


class DeliveryStatus(enum.Enum):
    """
    How far a message has come.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Handed over, but whether it was taken was never recorded: not sent again by itself."""
    CANCELLED = "cancelled"
    NO_ADDRESS = "no-address"


@frozen(kw_only=True)
class Delivery:
    """
    One message about one certificate, by one channel, for one purpose.
    """

    id: str
    certificate: str
    """Id of the certificate."""
    channel: str
    purpose: Purpose = "award"
    status: DeliveryStatus = DeliveryStatus.PENDING
    address: str = field(default="", repr=False)
    attempts: int = 0
    not_before: dt.datetime | None = None
    """When it may go out at the earliest; None with `on_hold` false: at once."""
    on_hold: bool = False
    """Waits until somebody releases it."""
    response: str = ""
    """The server's words."""
    settled_at: dt.datetime | None = None
    token: str = field(default="", repr=False)
    """Goes into the link in the message; empty unless it is being handed over."""


@frozen(kw_only=True)
class Attachment:
    """
    A file that goes with a message.
    """

    filename: str
    media_type: str
    content: bytes = field(repr=False)


@frozen(kw_only=True)
class Notice:
    """
    What a learner is to be told: everything a notifier needs to compose a message of its own kind.
    """

    id: str
    """Of the delivery: the same each time, so that a repeated message can be recognised."""
    purpose: Purpose = "award"
    address: str = field(repr=False)
    certificate: Certificate = field(repr=False)
    issuer: Issuer
    template: MessageTemplate = field(factory=MessageTemplate)
    link: str = field(default="", repr=False)
    """Address of the file, or of a page that leads there; empty: the file is attached."""
    link_until: dt.datetime | None = None
    """When the link stops working, if it does."""
    attachment: Attachment | None = None
    at: dt.datetime
    """The date of the message."""


@frozen(kw_only=True)
class Alert:
    """
    What an operator is to be told: a run that was held, failed or looks suspicious.
    """

    id: str
    address: str
    sender: str
    subject: str
    text: str
    at: dt.datetime


@frozen(kw_only=True)
class Message:
    """
    A mail ready to be handed over.
    """

    id: str
    """Fixed by the delivery, so that a repeated one can be recognised."""
    sender: str
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    language: str = ""
    date: dt.datetime
    attachments: tuple[Attachment, ...] = ()


@frozen(kw_only=True)
class Receipt:
    """
    What a notifier says of a message it took.
    """

    response: str = ""
