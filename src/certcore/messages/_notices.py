"""
From what people are to be told to the mail that tells them.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

from attrs import evolve

from certcore.domain import Alert, Attachment, Message, Notice, format_code
from certcore.exceptions import NotificationError
from certcore.messages._names import attachment_name
from certcore.messages._render import language_of, render


def notice_message(notice: Notice) -> Message:
    """
    Write the mail of a notice.

    An attached file is named after learner and context. Dates are in the issuer's zone. A notice of
    revocation carries neither link nor file.

    Raises:
        certcore.exceptions.NotificationError:
            If the template can't be filled in, or the issuer's time zone isn't one.
    """
    said = notice.certificate.statement
    revoked = notice.purpose == "revocation"
    attachment = None if revoked else notice.attachment
    language = language_of(notice.template, notice.issuer.language)
    code = notice.certificate.code
    variables = {
        "recipient": {"name": said.recipient.name, "language": said.recipient.language},
        "context": {"name": said.context.name},
        "type": {"title": said.type.title},
        "issuer": {"name": said.issuer.name},
        "link": "" if revoked else notice.link,
        "link_until": _last_day(notice.link_until, said.issuer.time_zone, language),
        "attached": attachment is not None,
        "verification": {
            "code": format_code(code),
            "address": said.issuer.verification.replace("{code}", code),
        },
        "date": _date(said.earned_at or said.awarded_at, said.issuer.time_zone, language),
        "purpose": notice.purpose,
    }
    rendered = render(notice.template, variables, language=language)
    attachments: tuple[Attachment, ...] = ()
    if attachment is not None:
        extension = attachment.filename.rpartition(".")[2]
        name = attachment_name(said.recipient.name, said.context.name, extension)
        attachments = (evolve(attachment, filename=name),)
    return Message(
        id=notice.id,
        sender=notice.issuer.sender,
        to=notice.address,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        language=rendered.language,
        date=notice.at,
        attachments=attachments,
    )


def alert_message(alert: Alert) -> Message:
    """
    Write the mail of an alert: plain text, as it stands.
    """
    return Message(
        id=alert.id,
        sender=alert.sender,
        to=alert.address,
        subject=alert.subject,
        text=alert.text,
        date=alert.at,
    )


def _last_day(until: dt.datetime | None, zone: str, language: str) -> str:
    # the last whole day: a link that ends at six in the morning doesn't work on that day
    return _date(until - dt.timedelta(days=1), zone, language) if until else ""


def _date(moment: dt.datetime, zone: str, language: str) -> str:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  # Babel takes long to load
    from babel.dates import format_date  # noqa: PLC0415  # Babel takes long to load

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    try:
        day = moment.astimezone(zoneinfo.ZoneInfo(zone)).date()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise NotificationError(f"the issuer's time zone {zone!r} isn't known") from exc
    return format_date(day, "long", locale=locale)
