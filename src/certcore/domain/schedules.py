"""
When: schedules, gates and how long a certificate is valid.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zoneinfo

from typing import Any, Literal, TypeAlias

from attrs import Attribute, field, frozen

from certcore.domain._checks import aware
from certcore.domain.contexts import LearningContext
from certcore.domain.crons import read_cron


Anchor: TypeAlias = Literal["start", "end"]

_TICK = dt.timedelta(microseconds=1)
_MONDAY = dt.datetime(2001, 1, 1)  # noqa: DTZ001  # in whatever zone a schedule has


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
class Slot:
    """
    A time at which a schedule is due: whoever asks, whenever, gets the same.
    """

    due: dt.datetime
    """As the schedule says, in UTC. It names the slot."""
    begins: dt.datetime
    """From when on it is to be served: later than due by the jitter."""

    def __str__(self) -> str:
        return self.due.isoformat().replace("+00:00", "Z")


def _cron(instance: object, attribute: Attribute[Any], value: str) -> None:
    del instance, attribute
    if value:
        read_cron(value)


def _zone(instance: object, attribute: Attribute[Any], value: str) -> None:
    del instance, attribute
    if value:
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{value!r}: a time zone such as 'Europe/Madrid' is wanted") from None


@frozen(kw_only=True)
class Schedule:
    """
    When a configuration runs by itself: a cron line, an interval, or once.
    """

    cron: str = field(default="", validator=_cron)
    """Five fields, in the zone: `0 6 * * mon-fri`."""
    every: dt.timedelta | None = field(default=None, validator=_positive)
    """By a clock that is never put forward or back: a day is always 24 hours."""
    once: dt.datetime | None = field(default=None, validator=aware)
    anchor: dt.datetime | None = field(default=None, validator=aware)
    """From where intervals are counted; else from the start, or from a Monday at midnight."""
    zone: str = field(default="", validator=_zone)
    """IANA name; empty: the issuer's, or UTC where no issuer is known."""
    jitter: dt.timedelta = field(default=dt.timedelta(), validator=_not_negative)
    """Each configuration waits for a part of it, always the same, so that not all begin at once."""
    start: dt.datetime | None = field(default=None, validator=aware)
    """Nothing is due before."""
    until: Moment | None = None
    """Nothing is due after. None: a configuration's ends with its gate, or some days after its
    context; see `CertificateConfiguration.timetable`."""

    def __attrs_post_init__(self) -> None:
        said = [name for name in ("cron", "every", "once") if getattr(self, name)]
        if len(said) != 1:
            raise ValueError("a schedule says one of cron, every and once")

    def last_due(self, now: dt.datetime, *, key: str = "") -> Slot | None:
        """
        Give the slot that is to be served, unless it was; None if nothing was due yet.

        It is the last one alone: after a standstill there is one run, however much was missed.

        Args:
            now: The time.

            key: Whose slot it is: how long of the jitter to wait hangs on it.
        """
        wait = self._wait(key)
        latest = now.astimezone(dt.UTC) - wait
        end = self._end()
        due = self._nearest(latest if end is None else min(latest, end), back=True)
        if due is None or (self.start is not None and due < self.start.astimezone(dt.UTC)):
            return None
        return Slot(due=due, begins=due + wait)

    def next_due(self, now: dt.datetime, *, key: str = "") -> Slot | None:
        """
        Give the next slot to come; None if there is none any more.
        """
        wait = self._wait(key)
        earliest = now.astimezone(dt.UTC) - wait
        if self.start is not None:
            earliest = max(earliest, self.start.astimezone(dt.UTC) - _TICK)
        due, end = self._nearest(earliest, back=False), self._end()
        if due is None or (end is not None and due > end):
            return None
        return Slot(due=due, begins=due + wait)

    def _end(self) -> dt.datetime | None:
        # what hangs on a context's dates, a configuration works out
        at = None if self.until is None else self.until.at
        return None if at is None else at.astimezone(dt.UTC)

    def _wait(self, key: str) -> dt.timedelta:
        part = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) / 2**32
        return dt.timedelta(seconds=int(self.jitter.total_seconds() * part))

    def _nearest(self, to: dt.datetime, *, back: bool) -> dt.datetime | None:
        """
        Give the last instant up to `to`, or the first one behind it, in UTC.
        """
        zone = zoneinfo.ZoneInfo(self.zone or "UTC")
        if self.once is not None:
            once = self.once.astimezone(dt.UTC)
            return once if (once <= to) == back else None
        if self.every is not None:
            anchor = self.anchor or self.start or _MONDAY.replace(tzinfo=zone)
            first = anchor.astimezone(dt.UTC)
            number = (to - first) // self.every
            if back:
                return None if number < 0 else first + number * self.every
            return first + max(number + 1, 0) * self.every
        return read_cron(self.cron).nearest(to, zone, back=back)


@frozen(kw_only=True)
class Validity:
    """
    How long a certificate is valid.
    """

    duration: dt.timedelta | None = field(default=None, validator=_positive)
    """From the award; None: for ever."""

    def expires_at(self, awarded_at: dt.datetime) -> dt.datetime | None:
        """
        Give the end of what was awarded then; None if it is good for ever.
        """
        return None if self.duration is None else awarded_at + self.duration
