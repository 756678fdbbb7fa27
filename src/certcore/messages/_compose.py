"""
Messages as mail servers take them (RFC 5322, MIME).
"""

from __future__ import annotations

import hashlib
import re

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from certcore.domain import Message
from certcore.exceptions import NotificationError
from certcore.messages._addresses import read_address
from certcore.messages._lines import encodable, one_line
from certcore.messages._names import safe_filename


_LINE = 76
"""RFC 2045: no encoded line is longer."""
_TOKEN = re.compile(r"[0-9a-z](?:[0-9a-z_-]{0,62}[0-9a-z])?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[0-9A-Za-z]{1,8})*")
# no multipart and no message: what is attached is one file
_MEDIA = re.compile(
    r"(application|audio|font|image|model|text|video)/([0-9A-Za-z][0-9A-Za-z!#$&^_.+-]*)"
)


def compose(message: Message) -> EmailMessage:
    """
    Put a message together, ready to be sent or written: `as_bytes()` has line ends for SMTP.

    The same message gives the same bytes: Message-ID and boundaries come from its id. Text and
    attachments are encoded so that every server passes them on unchanged. Only an address with
    letters beyond ASCII before its @ needs a server that speaks SMTPUTF8; the policy then says
    `utf8`.

    Raises:
        certcore.exceptions.NotificationError:
            If an address isn't one, or an attachment's media type isn't. Not retryable.
    """
    sender = read_address(message.sender, "the sender's address")
    to = read_address(message.to, "the learner's address")
    utf8 = not (sender.username + to.username).isascii()
    token = message_token(message.id)
    mail = EmailMessage(policy=SMTP.clone(max_line_length=_LINE, utf8=utf8))
    _add_headers(mail, message, sender, to, f"<{token}@{sender.domain}>")
    mail.set_content(encodable(message.text), cte=_encoding(message.text))
    if message.html:
        html = encodable(message.html)
        mail.add_alternative(html, subtype="html", cte=_encoding(html))
    for attachment in message.attachments:
        media = _MEDIA.fullmatch(attachment.media_type)
        if media is None:
            raise NotificationError(f"an attachment can't be of type {attachment.media_type!r}")
        mail.add_attachment(
            attachment.content,
            maintype=media[1],
            subtype=media[2],
            filename=safe_filename(attachment.filename),
        )
    language = message.language.replace("_", "-")
    if _LANGUAGE.fullmatch(language):
        mail["Content-Language"] = language  # earlier, it would have gone to the first part
    multiparts = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(multiparts):
        # "=_" can't occur in what quoted-printable and base64 write
        part.set_boundary(f"=_{token[:48]}_{number}")
    return mail


def message_token(message_id: str) -> str:
    """
    Give a word that stands for a message's id in its Message-ID, and as a file's name.

    It is the id itself if that can stand there, else a digest of it.
    """
    if _TOKEN.fullmatch(message_id):
        return message_id
    return hashlib.sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _add_headers(
    mail: EmailMessage, message: Message, sender: Address, to: Address, message_id: str
) -> None:
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = message.date
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies


def _encoding(text: str) -> str:
    # quoted-printable can be read by people, but trebles scripts other than Latin
    foreign = sum(not character.isascii() for character in text)
    return "base64" if foreign * 6 > len(text) else "quoted-printable"
