"""
What is issued where: issuers, certificate types and configurations.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, cast

from attrs import Attribute, evolve, field, frozen

from certcore.domain._checks import storable
from certcore.domain.contexts import LearningContext, Rule
from certcore.domain.schedules import Gate, Moment, Schedule, Slot, Validity


_AFTERWARDS = Moment(offset=dt.timedelta(days=30))
"""When a schedule ends that nobody has given an end: counted from the context's."""


@frozen(kw_only=True)
class Issuer:
    """
    The organisation that stands behind a certificate.
    """

    key: str = "issuer"
    name: str = ""
    logo: str = ""
    """Slug of an asset."""
    time_zone: str = "UTC"
    """IANA name: of printed dates, and of schedules and dates that name none."""
    language: str = "en"
    """For recipients whose own isn't known."""
    sender: str = ""
    """`Name <address>` that messages come from."""
    verification: str = ""
    """Address of the verification page, `{code}` in it. Printed in QR codes: choose it for ever."""
    page: str = ""
    """Address of the page that mailed links open, `{token}` in it; empty: the file is attached."""


@frozen(kw_only=True)
class Source:
    """
    A connection that the operator owns: provider, address, credentials, and whose ids it gives.
    """

    name: str
    realm: str
    provider: str
    options: Any = field(default=None, repr=False)
    """An instance of the provider's options class."""


@frozen
class AssetRef:
    """
    Names a stored file (a template, a font, an image) by its slug.
    """

    slug: str

    def __str__(self) -> str:
        return self.slug


@frozen(kw_only=True)
class Asset:
    """
    A stored file. Never overwritten: a new upload is a new version.
    """

    slug: str
    content: bytes = field(repr=False)
    sha256: str


def _variants(value: object) -> Mapping[str, Any]:
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else {"": value}


def _some(instance: object, attribute: Attribute[Any], value: Mapping[str, Any]) -> None:
    del instance
    if not value:
        msg = f"{attribute.name}: a design needs at least one variant"
        raise ValueError(msg)


def _tag(language: str) -> str:
    # platforms write pt_br, es-419, zh-hans; RFC 5646: case carries no meaning
    return language.replace("_", "-").casefold()


@frozen(kw_only=True)
class Design:
    """
    How a certificate looks: a generator's options, one variant per language.
    """

    name: str = "design"
    variants: Mapping[str, Any] = field(converter=_variants, validator=_some)
    """Options of a generator by language tag; the empty tag serves everybody."""

    def language_for(self, language: str) -> str:
        """
        Choose a variant: the language itself, else the same with less and less said of script and
        region, else the one for everybody, else the first.
        """
        offered = {_tag(tag): tag for tag in self.variants}
        wanted = _tag(language)
        while wanted:
            if wanted in offered:
                return offered[wanted]
            wanted = wanted.rpartition("-")[0]
        return "" if "" in offered else next(iter(self.variants))


@frozen(kw_only=True)
class MessageTemplate:
    """
    The message that brings a learner the link: sandboxed Jinja2, text and HTML.
    """

    subject: str = ""
    text: str = ""
    html: str = ""
    """Empty: made from the text."""


def _design(value: object) -> Design | None:
    # a lone options object is a design with one variant, so that the short form reads well
    return value if value is None or isinstance(value, Design) else Design(variants=value)


def _key(instance: object, attribute: Attribute[Any], value: str) -> None:
    storable(instance, attribute, value)
    if not value or "/" in value:
        msg = f"{attribute.name}: a name without slashes is wanted, not {value!r}"
        raise ValueError(msg)


@frozen(kw_only=True)
class CertificateType:
    """
    A kind of certificate: on what evidence it is awarded, how it looks, how long it is valid.
    """

    key: str = field(validator=_key)
    title: str = ""
    rule: Rule
    design: Design | None = field(default=None, converter=_design)
    issuer: Issuer = field(factory=Issuer)
    source: Source | None = None
    message: MessageTemplate = field(factory=MessageTemplate)
    validity: Validity = field(factory=Validity)
    was: str = ""
    """The key that this type had before it was renamed."""


Release: TypeAlias = dt.datetime | Literal["by hand"] | None
"""When learners are told: at once, from a date on, or when somebody says so."""


def _limit(instance: object, attribute: Attribute[Any], value: int | None) -> None:
    del instance
    if value is not None and value < 0:
        msg = f"{attribute.name}: a number from 0 up, or None for no limit, is wanted"
        raise ValueError(msg)


@frozen(order=True)
class ConfigurationKey:
    """
    What a configuration is known by for ever: the keys of its context and its type.
    """

    context: str
    type: str

    def __str__(self) -> str:
        return f"{self.context}/{self.type}"


@frozen(kw_only=True)
class CertificateConfiguration:
    """
    One context and one certificate type, with everything merged that was said about them.
    """

    context: LearningContext
    type: CertificateType
    enabled: bool = True
    schedule: Schedule | None = None
    gate: Gate = field(factory=Gate)
    max_new: int | None = field(default=500, validator=_limit)
    """More new ones in one run, and nobody gets one until somebody allows it; None: no limit."""
    cycle: str = field(default="", validator=storable)
    """A label that sets one term's awards apart from the next, where a course is used again."""
    release: Release = None
    quiet: bool = False
    """Tell no learner: for a back-fill."""

    @property
    def key(self) -> ConfigurationKey:
        """
        What awards are recorded under, whatever people call it.
        """
        return ConfigurationKey(self.context.key, self.type.key)

    @property
    def keys(self) -> tuple[ConfigurationKey, ...]:
        """
        The key, and the one from before the type was renamed: what was awarded under it counts.
        """
        old = ConfigurationKey(self.context.key, self.type.was) if self.type.was else None
        return (self.key,) if old is None else (self.key, old)

    @property
    def name(self) -> str:
        """
        What people call it: `bio101/completion`.
        """
        return f"{self.context.alias or self.context.key}/{self.type.key}"

    @property
    def timetable(self) -> Schedule | None:
        """
        The schedule as it holds here: in the issuer's zone unless it names one, and with an end.

        It ends when it says so; else when the gate closes; else 30 days after the context's end. A
        context of which no end is known gives none. It doesn't begin before the gate opens.
        """
        said = self.schedule
        if said is None:
            return None
        opens = None if self.gate.open is None else self.gate.open.resolve(self.context)
        until = (said.until or self.gate.close or _AFTERWARDS).resolve(self.context)
        return evolve(
            said,
            zone=said.zone or self.type.issuer.time_zone,
            anchor=said.anchor or said.start,
            start=max(filter(None, (said.start, opens)), default=None),
            until=None if until is None else Moment(at=until),
        )

    def last_due(self, now: dt.datetime) -> Slot | None:
        """
        Give the slot that is to be served, unless it was; None if nothing was due yet, or the gate
        is shut.
        """
        schedule = self.timetable
        if schedule is None or self.gate.shut(self.context, now):
            return None
        return schedule.last_due(now, key=str(self.key))

    def next_due(self, now: dt.datetime) -> Slot | None:
        """
        Give the next slot to come; None if there is none any more.
        """
        schedule = self.timetable
        slot = None if schedule is None else schedule.next_due(now, key=str(self.key))
        # until then it may be open; what begins after it has closed never does
        return slot if slot and not self.gate.shut(self.context, slot.begins) else None
