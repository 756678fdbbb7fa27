"""
Messages as mail servers take them.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import os
import unicodedata

from email.message import EmailMessage

import pytest

from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from certcore.domain import (
    Alert,
    Attachment,
    Certificate,
    Decision,
    Evidence,
    Issuer,
    LearnerKey,
    Message,
    MessageTemplate,
    Notice,
    Recipient,
    StatedContext,
    StatedIssuer,
    StatedType,
    Statement,
    Verdict,
)
from certcore.exceptions import NotificationError
from certcore.messages import (
    alert_message,
    attachment_name,
    compose,
    message_token,
    notice_message,
    read_address,
)


PDF = Attachment(
    filename="Ada López - Welding 1.pdf", media_type="application/pdf", content=os.urandom(3000)
)
MESSAGE = Message(
    id="0198f2c4a1b27c3d8e9fa0b1c2d3e4f5",
    sender="Uni Certificates <certificates@uni.example>",
    to="ada@learner.example",
    subject="Your certificate for Welding 1",
    text="Dear Ada López,\n\ncongratulations!\n",
    html="<p>Dear Ada López,</p>\n",
    language="en",
    date=dt.datetime(2026, 5, 22, 9, 30, tzinfo=dt.UTC),
    attachments=(PDF,),
)
NOTICE = Notice(
    id="0198f2c4a1b27c3d8e9fa0b1c2d3e4f5",
    address="ada@learner.example",
    certificate=Certificate(
        id="0" * 32,
        code="6R2K9WQX3MTB7C5D0FHENPVZ1AE",
        learner=LearnerKey("campus", "4711"),
        statement=Statement(
            context=StatedContext(key="course-7", name="Welding: 1"),
            type=StatedType(key="completion", title="Certificate of completion"),
            issuer=StatedIssuer(
                key="uni",
                name="Universidad de Ejemplo",
                time_zone="Europe/Madrid",
                verification="https://certs.uni.example/v/{code}",
            ),
            recipient=Recipient(name="Ada López", language="es"),
            evidence=Evidence(decision=Decision(verdict=Verdict.MET, kind="all")),
            awarded_at=dt.datetime(2026, 5, 30, tzinfo=dt.UTC),
            earned_at=dt.datetime(2026, 5, 21, 23, 0, tzinfo=dt.UTC),
        ),
    ),
    issuer=Issuer(key="uni", sender="Uni <certificates@uni.example>", language="es"),
    at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC),
)


def read(mail: EmailMessage) -> EmailMessage:
    """
    What a mail program makes of it.
    """
    parsed = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def defects(mail: EmailMessage) -> list[object]:
    return [defect for part in mail.walk() for defect in part.defects]


def content(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_headers() -> None:
    """
    Who, to whom, when, what about; nobody's absence note answers it.
    """
    mail = read(compose(MESSAGE))

    assert {
        "From": "Uni Certificates <certificates@uni.example>",
        "To": "ada@learner.example",
        "Subject": "Your certificate for Welding 1",
        "Date": "Fri, 22 May 2026 09:30:00 +0000",
        "Message-ID": "<0198f2c4a1b27c3d8e9fa0b1c2d3e4f5@uni.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "en",
        "MIME-Version": "1.0",
    } == {name: value for name, value in mail.items() if name != "Content-Type"}
    assert [] == defects(mail)


def test_structure() -> None:
    """
    Text and HTML are alternatives; the file comes beside them, unchanged.
    """
    mail = read(compose(MESSAGE))
    (attachment,) = mail.iter_attachments()
    assert isinstance(attachment, EmailMessage)

    assert [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ] == [part.get_content_type() for part in mail.walk()]
    assert MESSAGE.text == content(mail, "plain")
    assert MESSAGE.html == content(mail, "html")
    assert "attachment" == attachment.get_content_disposition()
    assert PDF.filename == attachment.get_filename()
    assert PDF.content == attachment.get_content()


def test_simpler_structures() -> None:
    """
    Without a file there is nothing mixed; without HTML there is the text.
    """
    plain = read(compose(evolve(MESSAGE, attachments=())))
    text = read(compose(evolve(MESSAGE, attachments=(), html="", language="")))

    assert "multipart/alternative" == plain.get_content_type()
    assert "text/plain" == text.get_content_type()
    assert MESSAGE.text == content(text, "plain")
    assert text["Content-Language"] is None


def test_the_same_message_is_the_same_bytes() -> None:
    """
    Nothing in it comes from chance or from the clock; another message differs.
    """
    other = evolve(MESSAGE, id="0198f2c4a1b27c3d8e9fa0b1c2d3e4f6")

    assert compose(MESSAGE).as_bytes() == compose(MESSAGE).as_bytes()
    assert compose(other).get_boundary() != compose(MESSAGE).get_boundary()


def test_long_names_of_files() -> None:
    """
    RFC 2231: a long name with accents is cut into parts and put together again.
    """
    name = "Márgarethe Øllgård - Einführung in die Geschichte der Naturwissenschaften " * 2 + ".pdf"
    mail = read(compose(evolve(MESSAGE, attachments=(evolve(PDF, filename=name),))))
    (attachment,) = mail.iter_attachments()

    assert (
        b"filename*1*="
        in compose(evolve(MESSAGE, attachments=(evolve(PDF, filename=name),))).as_bytes()
    )
    assert attachment.get_filename() == name.replace(" .pdf", ".pdf")


@pytest.mark.parametrize(
    "text",
    ["مرحبا " * 300, "李小龍" * 500, "ñ" + "x" * 5000, "a" * 5000, "=_\n.\nFrom x\n", "\r\r\n"],
)
def test_every_server_takes_it(text: str) -> None:
    """
    Seven bits, lines of at most 76 characters in the bodies, CRLF everywhere.
    """
    message = evolve(MESSAGE, text=text, html=f"<p>{text}</p>", subject=text)
    raw = compose(message).as_bytes()
    bodies = [
        str(part.get_payload()) for part in compose(message).walk() if not part.is_multipart()
    ]

    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert max(len(line) for body in bodies for line in body.splitlines()) <= 76
    assert text.split() == content(read(compose(message)), "plain").split()


anything = st.text(max_size=200)


@given(subject=anything, name=anything, text=anything, html=anything, filename=anything)
@example("a\r\nBcc: x@y.example", 'x"\r\nBcc: x@y.example\0', "\r\n--=_0198\r\n", "\0", "a\r\nX: y")
@example("é" * 80 + "\u2028Bcc: x", "=?utf-8?q?x?=", ".\r\n", "", "../../etc/passwd")
def test_nothing_injects_a_header(
    subject: str, name: str, text: str, html: str, filename: str
) -> None:
    """
    Whatever learners, courses and issuers are called, the headers are ours and the parts are three.
    """
    sender = f"{name.replace('<', '').replace('>', '')} <certificates@uni.example>"
    message = evolve(
        MESSAGE,
        sender=sender,
        subject=subject,
        text=text,
        html=f"<p>{html}",
        attachments=(evolve(PDF, filename=filename),),
    )
    mail = read(compose(message))
    (attachment,) = mail.iter_attachments()
    written = attachment.get_filename()
    assert written is not None

    assert read(compose(MESSAGE)).keys() == mail.keys()
    assert "certificates@uni.example" == mail["From"].addresses[0].addr_spec
    assert "ada@learner.example" == mail["To"].addresses[0].addr_spec
    assert 5 == len(list(mail.walk()))
    assert 1 == len(str(mail["Subject"]).splitlines() or [""])
    assert not set(written) & set('/\\:*?"<>|\r\n\0')


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_subjects_survive(text: str) -> None:
    """
    What is written is what is read, but for spaces where a line was folded.
    """
    mail = read(compose(evolve(MESSAGE, subject=text)))

    assert "".join(text.split()) == "".join(str(mail["Subject"]).split())


@pytest.mark.parametrize(
    "text, name, address",
    [
        ("ada@uni.example", "", "ada@uni.example"),
        (" ada@uni.example\t", "", "ada@uni.example"),
        ("<ada@uni.example>", "", "ada@uni.example"),
        ("Ada López <o'ada+x@uni.example>", "Ada López", "o'ada+x@uni.example"),
        ('"Uni, \\"Certs\\"" <c@uni.example>', 'Uni, "Certs"', "c@uni.example"),
        ("A\r\nBcc: b@c.example <ada@uni.example>", "A Bcc: b@c.example", "ada@uni.example"),
        ("ada@localhost", "", "ada@localhost"),
        ("josé@uni.example", "", "josé@uni.example"),
        ("ada@B\u00fccher.Example", "", "ada@xn--bcher-kva.example"),
        ("ada@fa\u00df.example", "", "ada@xn--fa-hia.example"),
        ("ada@bu\u0308cher.example", "", "ada@xn--bcher-kva.example"),
    ],
)
def test_addresses(text: str, name: str, address: str) -> None:
    """
    With or without a name; domains beyond ASCII as the DNS has them.
    """
    found = read_address(text, "the address")

    assert (name, address) == (found.display_name, found.addr_spec)


@pytest.mark.parametrize(
    "text, why",
    [
        ("", "is missing"),
        ("Ada <>", "is missing"),
        ("ada", "has no @"),
        ("ada@uni.example\r\nBcc: all@uni.example", "has a space, a line break"),
        ("ada@uni.example\n", "has a space, a line break"),
        ("ada@uni.example\0", "has a space, a line break"),
        ("ada lopez@uni.example", "has a space, a line break"),
        ("ada@uni.example\u200b", "has a space, a line break"),
        ("ada\udc80@uni.example", "has a space, a line break"),
        ("ada@uni.example,bob@uni.example", "has more than one address in it"),
        ("<ada@uni.example><bob@uni.example>", "what stands before the @"),
        ("@uni.example", "what stands before the @"),
        (".ada@uni.example", "what stands before the @"),
        ("a..b@uni.example", "what stands before the @"),
        ("a@b@uni.example", "what stands before the @"),
        ("x" * 65 + "@uni.example", "what stands before the @"),
        ("ada@", "what stands behind the @"),
        ("ada@uni..example", "what stands behind the @"),
        ("ada@-uni.example", "what stands behind the @"),
        ("ada@uni_x.example", "what stands behind the @"),
        ("ada@☃.example", "what stands behind the @"),
        ("ada@" + "x" * 64, "what stands behind the @"),
        ("ada@" + ".".join(["x" * 60] * 5), "what stands behind the @"),
    ],
)
def test_what_is_no_address(text: str, why: str) -> None:
    """
    The error says what is wrong without the address, and that trying again is in vain.
    """
    with pytest.raises(NotificationError) as caught:
        compose(evolve(MESSAGE, to=text))

    assert str(caught.value).startswith("the learner's address ")
    assert why in str(caught.value)
    assert "uni" not in str(caught.value)
    assert not caught.value.retryable


@given(text=st.text())
def test_an_address_is_one_or_refused(text: str) -> None:
    """
    Nothing that is let through has a character that ends a header.
    """
    try:
        found = read_address(text + "@uni.example", "the address")
    except NotificationError:
        return
    mail = read(compose(evolve(MESSAGE, to=found.addr_spec)))

    read_back = mail["To"].addresses[0].addr_spec.encode("utf-8", "surrogateescape").decode()

    assert found.addr_spec == read_back


def test_the_sender_is_named() -> None:
    """
    An issuer without a sender is told so.
    """
    with pytest.raises(NotificationError, match="the sender's address is missing"):
        compose(evolve(MESSAGE, sender=""))


def test_letters_beyond_ascii_before_the_at() -> None:
    """
    Such an address is written as it is, for servers that speak SMTPUTF8.
    """
    mail = compose(evolve(MESSAGE, to="josé@uni.example", subject="Título"))

    assert "To: josé@uni.example\r\nSubject: Título\r\n".encode() in mail.as_bytes()
    assert compose(evolve(MESSAGE, subject="Título")).as_bytes().isascii()


@pytest.mark.parametrize(
    "kind", ["pdf", "multipart/mixed", "message/rfc822", "a/b\r\nX: y", "text/"]
)
def test_what_is_no_media_type(kind: str) -> None:
    """
    One file can't be many, and a type can't hold a header.
    """
    with pytest.raises(NotificationError, match="an attachment can't be of type"):
        compose(evolve(MESSAGE, attachments=(evolve(PDF, media_type=kind),)))


@pytest.mark.parametrize("language, header", [("pt_BR", "pt-BR"), ("x\r\ny", None), ("", None)])
def test_languages(language: str, header: str | None) -> None:
    """
    A language is named if it is one.
    """
    assert header == compose(evolve(MESSAGE, language=language))["Content-Language"]


def test_ids_become_words() -> None:
    """
    An id that can stand in a file's name stays; another one is digested, each to its own.
    """
    odd = ["", "..", "a/b", "A", "a" * 65, "é", "a\n", ".a", "\ud800"]
    tokens = [message_token(each) for each in odd]

    assert MESSAGE.id == message_token(MESSAGE.id)
    assert len(odd) == len(set(tokens))
    assert {40} == {len(token) for token in tokens}


def test_a_long_domain_in_the_message_id() -> None:
    """
    Message-ID isn't cut, however long the sender's domain is.
    """
    domain = ".".join(["x" * 50] * 4)
    mail = read(compose(evolve(MESSAGE, sender=f"a@{domain}")))

    assert f"<{MESSAGE.id}@{domain}>" == str(mail["Message-ID"]).strip()


@pytest.mark.parametrize(
    "recipient, context, extension, wanted",
    [
        ("Ada López", "Welding 1", "pdf", "Ada López - Welding 1.pdf"),
        ("Ada Lo\u0301pez", "", "PDF", "Ada López.pdf"),
        ("", "", "pdf", "certificate.pdf"),
        ("", "Welding 1", "", "Welding 1"),
        ("../..", "a/b\\c:d*e?f", ".sh/x", "a b c d e f.shx"),
        ("-rf", " ~x ", "pdf", "rf - x.pdf"),
        ("CON", "", "pdf", "_CON.pdf"),
        ("com1.x", "", "pdf", "_com1.x.pdf"),
        ("Console", "", "pdf", "Console.pdf"),
        ("Ada\r\nX: y\0", "\u2028", "pdf", "Ada X y.pdf"),
        ("evil\u202efdp", "", "exe", "evilfdp.exe"),
        ("\u0645\u06cc\u200c\u062e", "", "pdf", "\u0645\u06cc\u200c\u062e.pdf"),
        ("x" * 300, "y" * 300, "pdf", "x" * 110 + " - " + "y" * 110 + ".pdf"),
        ("q" * 109 + "x\u0323", "", "pdf", "q" * 109 + ".pdf"),
    ],
)
def test_names_of_attachments(recipient: str, context: str, extension: str, wanted: str) -> None:
    """
    A learner finds the file again, and no system stumbles over its name.
    """
    assert wanted == attachment_name(recipient, context, extension)


@given(recipient=st.text(), context=st.text(), extension=st.text())
def test_names_of_attachments_are_safe(recipient: str, context: str, extension: str) -> None:
    """
    Whatever people and courses are called.
    """
    name = attachment_name(recipient, context, extension)

    assert 0 < len(name.encode()) <= 255
    assert unicodedata.is_normalized("NFC", name)
    assert not set(name) & set('/\\:*?"<>|')
    assert not {unicodedata.category(character) for character in name} & {"Cc", "Cs", "Zl", "Zp"}
    assert name == name.strip(" .")


def test_a_notice_becomes_a_mail() -> None:
    """
    Dates are days in the issuer's zone, in the message's language; the file is named for people.
    """
    attachment = evolve(PDF, filename="6R2K-9WQX.pdf")
    message = notice_message(
        evolve(
            NOTICE,
            link="https://certs.uni.example/c/4f8a1c",
            link_until=dt.datetime(2026, 7, 31, 6, 0, tzinfo=dt.UTC),
            attachment=attachment,
        )
    )

    assert NOTICE.id == message.id
    assert (NOTICE.issuer.sender, NOTICE.address) == (message.sender, message.to)
    assert NOTICE.at == message.date
    assert "Your certificate for Welding: 1" == message.subject
    assert "en" == message.language
    for line in (
        "Dear Ada López,",
        "    May 22, 2026",
        "https://certs.uni.example/c/4f8a1c",
        # the last day on which it works from morning to evening
        "The link works until July 30, 2026. Please save the file before then.",
        "The file is attached to this message.",
        "Its verification code is 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE.",
        "https://certs.uni.example/v/6R2K9WQX3MTB7C5D0FHENPVZ1AE",
        "Universidad de Ejemplo",
    ):
        assert line in message.text.splitlines()
    assert (evolve(attachment, filename="Ada López - Welding 1.pdf"),) == message.attachments


@pytest.mark.parametrize(
    "language, day",
    [("es", "22 de mayo de 2026"), ("en-GB", "22 May 2026"), ("xx", "May 22, 2026")],
)
def test_a_notice_in_own_words(language: str, day: str) -> None:
    """
    An own template is in the issuer's language; where that isn't known, dates are in English.
    """
    template = MessageTemplate(text="{{ date }} {{ recipient.language }} {{ attached }}")
    issuer = evolve(NOTICE.issuer, language=language)
    message = notice_message(evolve(NOTICE, template=template, issuer=issuer))

    assert f"{day} es False\n" == message.text
    assert language == message.language


def test_a_revocation_brings_no_file() -> None:
    """
    Neither as an attachment nor by a link.
    """
    message = notice_message(
        evolve(NOTICE, purpose="revocation", link="https://certs.uni.example/c/4f", attachment=PDF)
    )

    assert () == message.attachments
    assert "https" not in message.text
    assert "no longer valid" in message.subject


def test_an_unknown_time_zone() -> None:
    """
    A date isn't guessed.
    """
    said = NOTICE.certificate.statement
    issuer = evolve(said.issuer, time_zone="Mars/Olympus")
    certificate = evolve(NOTICE.certificate, statement=evolve(said, issuer=issuer))

    with pytest.raises(
        NotificationError, match="the issuer's time zone 'Mars/Olympus' isn't known"
    ):
        notice_message(evolve(NOTICE, certificate=certificate))


def test_an_alert_becomes_a_mail() -> None:
    """
    Plain text as it stands.
    """
    at = dt.datetime(2026, 5, 22, tzinfo=dt.UTC)
    alert = Alert(
        id="a1", address="x@y.example", sender="c@y.example", subject="s", text="t", at=at
    )

    assert Message(
        id="a1", sender="c@y.example", to="x@y.example", subject="s", text="t", date=at
    ) == alert_message(alert)
