"""
The tables of certcore.toml, each described like a plugin's options.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from attrs import frozen

from certcore.bootstrap._times import read_moment
from certcore.config import option
from certcore.domain import read_cron
from certcore.exceptions import NotificationError
from certcore.messages import read_address


def _zone(instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
    del instance, attribute
    if value is None:
        return
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value!r}: a time zone such as 'Europe/Madrid' is wanted") from None


def _holding(placeholder: str) -> Any:
    def check(instance: object, attribute: attrs.Attribute[Any], value: str) -> None:
        del instance, attribute
        if value and (placeholder not in value or "://" not in value):
            raise ValueError(f"{value!r}: an address with {placeholder} in it is wanted")

    return check


def _sender(instance: object, attribute: attrs.Attribute[Any], value: str) -> None:
    del instance, attribute
    if value:
        try:
            read_address(value, f"{value!r}")
        except NotificationError as exc:
            raise ValueError(f"{exc}: 'Name <address>' is wanted") from None


def _filled(instance: object, attribute: attrs.Attribute[Any], value: str | None) -> None:
    del instance, attribute
    # keys are pasted, and what is part of an identity must not change when somebody tidies up
    if value is not None and (not value or value != value.strip()):
        raise ValueError(f"{value!r}: a text without spaces around it is wanted")


def _cron(instance: object, attribute: attrs.Attribute[Any], value: str) -> None:
    del instance, attribute
    if value:
        read_cron(value)


def _moment(instance: object, attribute: attrs.Attribute[Any], value: str | dt.date | None) -> None:
    del instance, attribute
    if isinstance(value, str):
        read_moment(value, zoneinfo.ZoneInfo("UTC"))


@frozen(kw_only=True)
class IssuerTable:
    """
    `[issuers.NAME]`
    """

    name: str = option("As it is printed: Universidad de Ejemplo", validator=_filled)
    logo: str = option("An image among the assets", default="")
    time_zone: str = option(
        "Of printed dates, and of dates that name none: Europe/Madrid",
        default="UTC",
        validator=_zone,
    )
    language: str = option("For recipients whose own isn't known", default="en")
    sender: str = option("Who messages come from: Name <address>", default="", validator=_sender)
    verification: str = option(
        "Address of the verification page, printed in QR codes: https://certs.example/v/{code}",
        default="",
        validator=_holding("{code}"),
    )
    page: str = option(
        "Address of the page that mailed links open; without it the file is attached",
        default="",
        validator=_holding("{token}"),
    )


@frozen(kw_only=True)
class SourceTable:
    """
    `[sources.NAME]`, without the options of its provider.
    """

    use: str = option("The provider: openedx-reports")
    realm: str = option("Whose learner ids these are; it outlives a new address", validator=_filled)


@frozen(kw_only=True)
class StepTable:
    """
    One of a pathway's steps.
    """

    course: str = option("The course's key", validator=_filled)
    alternatives: tuple[str, ...] = option(
        "Courses that count as well: another run, or the one it replaced", default=(), key="or"
    )
    name: str = option("As people call the step", default="")
    rule: Any = option("What has to be reached here, instead of the pathway's rule", default=None)
    holds: str | None = option(
        "A certificate type: whoever holds it for the course has the step", default=None
    )
    options: Any = option("What the source needs to know of the step", default=None)


@frozen(kw_only=True)
class ContextTable:
    """
    `[contexts.NAME]`
    """

    key: str = option("As the platform knows it: course-v1:Uni+BIO101+2026T1", validator=_filled)
    kind: Literal["course", "lesson", "pathway"] | None = option(
        "What it is; by itself a course, or with steps a pathway", default=None
    )
    name: str = option(
        "As it is printed, where the source doesn't say or says it wrong", default=""
    )
    start: dt.date | None = option("Where the source doesn't say", default=None)
    end: dt.date | None = option("Where the source doesn't say; a date means its end", default=None)
    course: str | None = option("Of a lesson: the course's key", default=None, validator=_filled)
    steps: tuple[StepTable, ...] = option("Of a pathway", default=())
    at_least: int | None = option("How many steps are wanted, if not all", default=None, minimum=1)
    options: Any = option("What the source needs to know of the context", default=None)


@frozen(kw_only=True)
class ScheduleTable:
    """
    When a configuration runs by itself: one of cron, every and once.
    """

    cron: str = option("A cron line: 0 6 * * *", default="", validator=_cron)
    every: dt.timedelta | None = option("An interval: 6 hours", default=None)
    once: dt.datetime | None = option("A date-time", default=None)
    anchor: dt.date | None = option(
        "From where intervals are counted; else from the start, or a Monday at midnight",
        default=None,
    )
    zone: str | None = option("If not the issuer's", default=None, validator=_zone)
    jitter: dt.timedelta = option(
        "Spread the configurations over so long, so that not all begin at once",
        default=dt.timedelta(),
    )
    start: dt.date | None = option("Not before", default=None)
    until: str | dt.date | None = option(
        "Not after: 60 days after end, or a date, which means its end; "
        "if left out, the gate's close, or 30 days after the context's end",
        default=None,
        validator=_moment,
    )


@frozen(kw_only=True)
class GateTable:
    """
    Between which dates certificates are issued: `14 days after end`, a date, or a date-time.
    """

    open: str | dt.date | None = option("From when on", default=None, validator=_moment)
    close: str | dt.date | None = option(
        "Until when; a date means its end", default=None, validator=_moment
    )


@frozen(kw_only=True)
class MessageTable:
    """
    The message to the learner; what is left out is certcore's own.
    """

    subject: str = option("One line", default="")
    text: str = option("The message as plain text", default="")
    html: str = option("The message as HTML; made from the text if left out", default="")


@frozen(kw_only=True)
class SettingsTable:
    """
    What `[defaults]`, types and configurations say together: the latter ones win.
    """

    title: str = option("The certificate's name as it is printed", default="")
    issuer: str | None = option("One of [issuers]; not needed if there is but one", default=None)
    source: str | None = option("One of [sources]", default=None)
    design: str | None = option(
        "designs/NAME.toml, or designs/NAME.en.toml and others", default=None
    )
    rule: Any = option("What has to be reached", default=None)
    validity: dt.timedelta | None = option("How long it is good for: 2 years", default=None)
    message: MessageTable = option("The message to the learner", factory=MessageTable)
    was: str = option("The type's key before it was renamed", default="")
    enabled: bool = option("Whether it runs", default=True)
    schedule: ScheduleTable | None = option("When it runs by itself", default=None)
    gate: GateTable = option("Between which dates it issues", factory=GateTable)
    max_new: int | Literal["unlimited"] = option(
        "More new certificates in one run, and nobody gets one until it is allowed",
        default=500,
        minimum=0,
    )
    cycle: str = option(
        "Sets one term apart from the next where a course is used again", default=""
    )
    release: dt.date | Literal["by hand"] | None = option("When learners are told", default=None)
    quiet: bool = option("Tell no learner", default=False)


TYPE_KEYS = frozenset(
    {
        "extends",
        "title",
        "issuer",
        "source",
        "design",
        "rule",
        "validity",
        "message",
        "was",
    }
)
"""What a type says; the rest is a configuration's to say."""

SETTINGS = frozenset(field.name for field in attrs.fields(SettingsTable))

CONFIGURATION_KEYS = SETTINGS - {"was", "source"} | {"context", "type"}
"""What a configuration says. A type names its source, and an override can't."""

DEFAULT_KEYS = SETTINGS - {"was"}

ALL_KEYS = SETTINGS | TYPE_KEYS | CONFIGURATION_KEYS

SINGLE_TABLES: Mapping[str, str] = {
    "ledger": "ledger",
    "store": "artifact store",
    "assets": "asset store",
    "notifier": "notifier",
}
"""Tables that name a collaborator, and of what kind."""

NAMED_TABLES = ("issuers", "sources", "types", "contexts")
