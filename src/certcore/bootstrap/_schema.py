"""
The tables of certcore.toml, each described like a plugin's options.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any, Literal

import attrs

from attrs import frozen

from certcore.config import option


def _zone(instance: object, attribute: attrs.Attribute[Any], value: str) -> None:
    del instance, attribute
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
    if value and "@" not in parseaddr(value)[1]:
        raise ValueError(f"{value!r}: 'Name <address>' is wanted")


@frozen(kw_only=True)
class IssuerTable:
    """
    `[issuers.NAME]`
    """

    name: str = option("As it is printed: Universidad de Ejemplo")
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
    realm: str = option("Whose learner ids these are; it outlives a new address")


@frozen(kw_only=True)
class StepTable:
    """
    One of a pathway's steps.
    """

    course: str = option("The course's key")
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

    key: str = option("As the platform knows it: course-v1:Uni+BIO101+2026T1")
    kind: Literal["course", "lesson", "pathway"] | None = option(
        "What it is; by itself a course, or with steps a pathway", default=None
    )
    name: str = option(
        "As it is printed, where the source doesn't say or says it wrong", default=""
    )
    start: dt.date | None = option("Where the source doesn't say", default=None)
    end: dt.date | None = option("Where the source doesn't say; a date means its end", default=None)
    course: str | None = option("Of a lesson: the course's key", default=None)
    steps: tuple[StepTable, ...] = option("Of a pathway", default=())
    at_least: int | None = option("How many steps are wanted, if not all", default=None, minimum=1)
    options: Any = option("What the source needs to know of the context", default=None)


@frozen(kw_only=True)
class ScheduleTable:
    """
    When a configuration runs by itself: one of cron, every and once.
    """

    cron: str = option("A cron line: 0 6 * * *", default="")
    every: dt.timedelta | None = option("An interval: 6 hours", default=None)
    once: dt.datetime | None = option("A date-time", default=None)
    anchor: dt.datetime | None = option("From where intervals are counted", default=None)
    zone: str | None = option("If not the issuer's", default=None)
    jitter: dt.timedelta = option("Spread over so long", default=dt.timedelta())
    start: dt.datetime | None = option("Not before", default=None)
    until: dt.datetime | None = option("Not after", default=None)


@frozen(kw_only=True)
class GateTable:
    """
    Between which dates certificates are issued: `14 days after end`, or a date-time.
    """

    open: str | dt.datetime | None = option("From when on", default=None)
    close: str | dt.datetime | None = option("Until when", default=None)


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
    release: dt.datetime | Literal["by hand"] | None = option(
        "When learners are told", default=None
    )
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

CONFIGURATION_KEYS = frozenset(
    {field.name for field in attrs.fields(SettingsTable)} - {"was", "source"}
) | {"context", "type"}

DEFAULT_KEYS = CONFIGURATION_KEYS - {"context", "type"} | {"source"}

SINGLE_TABLES: Mapping[str, str] = {
    "ledger": "ledger",
    "store": "artifact store",
    "assets": "asset store",
    "notifier": "notifier",
}
"""Tables that name a collaborator, and of what kind."""

NAMED_TABLES = ("issuers", "sources", "types", "contexts")
