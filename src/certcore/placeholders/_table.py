"""
Everything that is known of a certificate, a row each.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import re
import zoneinfo

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import field, frozen

from certcore.domain import Certificate, Statement, format_code
from certcore.domain._characters import seen
from certcore.exceptions import GenerationError


if TYPE_CHECKING:
    from babel import Locale


DATE_FORMS = ("short", "medium", "long", "full")
"""How a date can be written, as in `{date:short}`; `long` if nothing is said."""

ANY = "*"

_LARGEST = 1e15
"""From here on, not every whole number is one that computers tell from the next."""


@frozen(kw_only=True)
class Said:
    """
    A certificate, and the language in which something of it is to be written.
    """

    certificate: Certificate
    language: str

    @property
    def statement(self) -> Statement:
        """
        What the certificate says.
        """
        return self.certificate.statement

    @property
    def locale(self) -> Locale:
        """
        How the language writes dates and numbers.
        """
        return _locale(self.language)

    def date(self, moment: dt.datetime | None, form: str, missing: str = "") -> str:
        """
        Write a day in the issuer's time zone; GenerationError says what is missing, if that does.
        """
        # imported when a date is written: loading Babel takes longer than all else here
        from babel.dates import format_date  # noqa: PLC0415  # Babel takes long to load

        if moment is None:
            if missing:
                raise GenerationError(missing)
            return ""
        zone = _zone(self.statement.issuer.time_zone)
        # there is no day before the first year, nor after the last one
        with contextlib.suppress(OverflowError):
            moment = moment.astimezone(zone)
        return format_date(moment.date(), format=form, locale=self.locale)

    def percent(self, name: str, fraction: float | None, missing: str) -> str:
        """
        Write a fraction in per cent, or raise GenerationError with what is missing.
        """
        from babel.numbers import format_percent  # noqa: PLC0415  # as above

        fraction = _known(name, fraction, missing)
        # Babel writes every decimal it is given, in the locale's own pattern: one is enough
        return format_percent(round(fraction, 3), locale=self.locale, decimal_quantization=False)

    def number(self, name: str, value: float | None, missing: str) -> str:
        """
        Write a number, or raise GenerationError with what is missing.
        """
        from babel.numbers import format_decimal  # noqa: PLC0415  # as above

        return format_decimal(_known(name, value, missing), locale=self.locale)


def _known(name: str, value: float | None, missing: str) -> float:
    if value is None:
        raise GenerationError(f"{{{name}}}: {missing}")
    if not abs(value) < _LARGEST:  # nor is what isn't a number (NaN)
        raise GenerationError(f"{{{name}}}: its value is no number, or too large for being printed")
    return value


@functools.lru_cache(maxsize=256)
def _locale(tag: str) -> Locale:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  # as above

    parts = [part for part in re.split("[-_]", tag) if part]
    while parts:
        try:
            return Locale.parse("_".join(parts))
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return Locale.parse("en")


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise GenerationError(f"the issuer's time zone {name!r} isn't known") from exc


def _name(said: Said) -> str:
    name = said.statement.recipient.name
    # the first letter is one that is seen, nearly always
    if not name or not (seen(name[0]) or any(map(seen, name))):
        raise GenerationError("{recipient.name}: the recipient has no name that could be printed")
    return name


def _address(said: Said) -> str:
    pattern = said.statement.issuer.verification
    if not pattern:
        raise GenerationError("{verification.address}: the issuer has no verification address")
    return pattern.replace("{code}", said.certificate.code)


@frozen(kw_only=True)
class Placeholder:
    """
    One thing that is known of a certificate.
    """

    name: str
    """As it stands between the braces; one that ends with `*` goes on with any name: `grades.*`."""
    label: str
    """One sentence for forms and reference pages."""
    sample: str
    """What it might give, in English."""
    evaluate: Callable[[Said, str, str], str] = field(repr=False)
    """Called with the certificate, what stands in the place of `*`, and the form."""
    forms: tuple[str, ...] = ()
    """What may follow after a colon."""

    @property
    def prefix(self) -> str:
        """
        What its names begin with, if it goes on with any name; else the name.
        """
        return self.name.removesuffix(ANY)

    def takes(self, name: str) -> bool:
        """
        Say whether that is one of its names: `grades.Total` is one of `grades.*`.
        """
        if self.name.endswith(ANY):
            return name.startswith(self.prefix) and name != self.prefix
        return name == self.name


def _text(name: str, label: str, sample: str, said: Callable[[Said], str]) -> Placeholder:
    return Placeholder(name=name, label=label, sample=sample, evaluate=lambda s, _n, _f: said(s))


def _date(
    name: str,
    label: str,
    sample: str,
    said: Callable[[Statement], dt.datetime | None],
    missing: str = "",
) -> Placeholder:
    return Placeholder(
        name=name,
        label=label,
        sample=sample,
        evaluate=lambda s, _n, form: s.date(said(s.statement), form, missing),
        forms=DATE_FORMS,
    )


PLACEHOLDERS: tuple[Placeholder, ...] = (
    _text(
        "recipient.name",
        "The learner's name.",
        "Ada López",
        _name,
    ),
    _text(
        "recipient.email",
        "The learner's e-mail address; nothing if it isn't known.",
        "ada@example.org",
        lambda s: s.statement.recipient.email,
    ),
    _text(
        "context.name",
        "The name of the course, lesson or pathway.",
        "Introduction to Biology",
        lambda s: s.statement.context.name,
    ),
    _text(
        "context.key",
        "The key of the course, lesson or pathway on its platform.",
        "course-v1:Uni+BIO101+2026T1",
        lambda s: s.statement.context.key,
    ),
    _date(
        "context.start",
        "The day on which the course starts.",
        "January 12, 2026",
        lambda s: s.context.start,
        "{context.start}: it isn't known when the course starts",
    ),
    _date(
        "context.end",
        "The day on which the course ends.",
        "June 30, 2026",
        lambda s: s.context.end,
        "{context.end}: it isn't known when the course ends",
    ),
    _text(
        "type.title",
        "The title of the certificate's type.",
        "Certificate of completion",
        lambda s: s.statement.type.title,
    ),
    _text(
        "issuer.name",
        "The name of the organisation that issues the certificate.",
        "Example University",
        lambda s: s.statement.issuer.name,
    ),
    _date(
        "date",
        "The certificate's date: when it was earned or, if that isn't known, awarded.",
        "June 26, 2026",
        lambda s: s.earned_at or s.awarded_at,
    ),
    _date(
        "awarded",
        "The day on which the certificate was awarded.",
        "July 1, 2026",
        lambda s: s.awarded_at,
    ),
    _date(
        "earned",
        "The day on which the requirements were met; {date} serves sources that don't know it.",
        "June 26, 2026",
        lambda s: s.earned_at,
        "{earned}: the source didn't say when the requirements were met. Write {date} instead",
    ),
    _date(
        "expires",
        "The day on which the certificate expires; nothing if it never does.",
        "July 1, 2028",
        lambda s: s.expires_at,
    ),
    _text(
        "verification.code",
        "The verification code, in groups of four.",
        "6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE",
        lambda s: format_code(s.certificate.code),
    ),
    _text(
        "verification.address",
        "The address at which anybody can check the certificate.",
        "https://certificates.example.org/v/6R2K9WQX3MTB7C5D0FHENPVZ1AE",
        _address,
    ),
    Placeholder(
        name="grades.*",
        label="The grade in that category, in per cent: {grades.Total}.",
        sample="87%",
        evaluate=lambda s, name, _: s.percent(
            f"grades.{name}",
            s.statement.evidence.grades.get(name),
            f"the certificate has no grade for {name!r}",
        ),
    ),
    _text(
        "completion",
        "How much of the course was done, in per cent.",
        "96%",
        lambda s: s.percent(
            "completion",
            s.statement.evidence.completion,
            "it isn't known how much of the course was done",
        ),
    ),
    Placeholder(
        name="facts.*",
        label="A number that the source gives by that name: {facts.hours}.",
        sample="24",
        evaluate=lambda s, name, _: s.number(
            f"facts.{name}",
            s.statement.evidence.facts.get(name),
            f"the certificate has no number by the name of {name!r}",
        ),
    ),
    _text(
        "cycle",
        "The term or round of the award; nothing if the configuration says none.",
        "2026T1",
        lambda s: s.statement.cycle,
    ),
)
