"""
When: schedules, gates and how long a certificate is valid.
"""

from __future__ import annotations

import datetime as dt

from typing import Any, Literal, TypeAlias

from attrs import Attribute, field, frozen

from certcore.domain._checks import aware
from certcore.domain.contexts import LearningContext


Anchor: TypeAlias = Literal["start", "end"]


def _positive(instance: object, attribute: Attribute[Any], value: dt.timedelta | None) -> None:
    del instance
    if value is not None and value <= dt.timedelta():
        msg = f"{attribute.name}: a time span longer than nothing is wanted"
        raise ValueError(msg)


def _not_negative(instance: object, attribute: Attribute[Any], value: dt.timedelta) -> None:
    del instance
    if value < dt.timedelta():
        msg = f"{attribute.name}: a time span can't be less than nothing"
        raise ValueError(msg)


@frozen(kw_only=True)
class Moment:
    """
    A date relative to the context's own, or an absolute one: `14 days after end`.
    """

    at: dt.datetime | None = field(default=None, validator=aware)
    offset: dt.timedelta = dt.timedelta()
    anchor: Anchor = "end"

    def resolve(self, context: LearningContext) -> dt.datetime | None:
        """
        Give the instant, or None where it hangs on a date that the context hasn't.
        """
        if self.at is not None:
            return self.at
        anchor = context.start if self.anchor == "start" else context.end
        return None if anchor is None else anchor + self.offset


@frozen(kw_only=True)
class Gate:
    """
    Between which dates certificates are issued; instants are compared in UTC.
    """

    open: Moment | None = None
    close: Moment | None = None

    def shut(self, context: LearningContext, now: dt.datetime) -> str:
        """
        Say why nothing is issued now: `not-open`, `closed`, or nothing if the gate is open.
        """
        opens = self.open.resolve(context) if self.open else None
        closes = self.close.resolve(context) if self.close else None
        if opens is not None and now < opens:
            return "not-open"
        return "closed" if closes is not None and now >= closes else ""


@frozen(kw_only=True)
class Schedule:
    """
    When a configuration runs by itself: a cron line, an interval, or once.
    """

    cron: str = ""
    every: dt.timedelta | None = field(default=None, validator=_positive)
    once: dt.datetime | None = None
    anchor: dt.datetime | None = None
    """From where intervals are counted."""
    zone: str = ""
    """IANA name; empty: the issuer's."""
    jitter: dt.timedelta = field(default=dt.timedelta(), validator=_not_negative)
    start: dt.datetime | None = None
    until: dt.datetime | None = None

    def __attrs_post_init__(self) -> None:
        said = [name for name in ("cron", "every", "once") if getattr(self, name)]
        if len(said) != 1:
            msg = "a schedule says one of cron, every and once"
            raise ValueError(msg)


@frozen(kw_only=True)
class Validity:
    """
    How long a certificate is valid.
    """

    duration: dt.timedelta | None = field(default=None, validator=_positive)
    """From the award; None: for ever."""

    def expires_at(self, awarded_at: dt.datetime) -> dt.datetime | None:
        return None if self.duration is None else awarded_at + self.duration
