"""
Messages in a folder.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import os
import stat

from pathlib import Path

import pytest

from attrs import evolve

from certcore import notifiers
from certcore.config import structure
from certcore.domain import (
    Alert,
    Attachment,
    Certificate,
    Decision,
    Evidence,
    Issuer,
    LearnerKey,
    Notice,
    Receipt,
    Recipient,
    StatedContext,
    StatedIssuer,
    StatedType,
    Statement,
    Verdict,
)
from certcore.exceptions import NotificationError
from certcore.notifiers._outbox import OutboxNotifier
from certcore.plugins import PluginRegistry, Services


NOTICE = Notice(
    id="0198f2c4a1b27c3d8e9fa0b1c2d3e4f5",
    address="ada@learner.example",
    certificate=Certificate(
        id="0" * 32,
        code="6R2K9WQX3MTB7C5D0FHENPVZ1AE",
        learner=LearnerKey("campus", "4711"),
        statement=Statement(
            context=StatedContext(key="course-7", name="Welding 1"),
            type=StatedType(key="completion", title="Certificate of completion"),
            issuer=StatedIssuer(key="uni", name="Universidad de Ejemplo"),
            recipient=Recipient(name="Ada López"),
            evidence=Evidence(decision=Decision(verdict=Verdict.MET, kind="all")),
            awarded_at=dt.datetime(2026, 5, 30, tzinfo=dt.UTC),
        ),
    ),
    issuer=Issuer(key="uni", sender="Uni <certificates@uni.example>"),
    attachment=Attachment(filename="x.pdf", media_type="application/pdf", content=b"%PDF-1.7"),
    at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC),
)
ALERT = Alert(
    id="a1",
    address="certificates@uni.example",
    sender="certificates@uni.example",
    subject="certcore: bio101/completion: held",
    text="Run 321 of bio101/completion.\n",
    at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC),
)


class FixedClock:
    def now(self) -> dt.datetime:
        return dt.datetime(2026, 5, 22, tzinfo=dt.UTC)


@pytest.fixture
def outbox(tmp_path: Path) -> OutboxNotifier:
    return OutboxNotifier(tmp_path / "outbox")


def test_sending_writes_a_file(outbox: OutboxNotifier, tmp_path: Path) -> None:
    """
    The file is a whole mail, named by the notice.
    """
    receipt = outbox.send(NOTICE)
    path = tmp_path / "outbox" / f"{NOTICE.id}.eml"
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)

    assert Receipt(response=f"written to {NOTICE.id}.eml") == receipt
    assert "ada@learner.example" == mail["To"]
    assert [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ] == [part.get_content_type() for part in mail.walk()]


def test_repeating_is_harmless(outbox: OutboxNotifier, tmp_path: Path) -> None:
    """
    The same notice gives the same file with the same bytes; another one gives another.
    """
    outbox.send(NOTICE)
    before = (tmp_path / "outbox" / f"{NOTICE.id}.eml").read_bytes()
    outbox.send(NOTICE)
    after = (tmp_path / "outbox" / f"{NOTICE.id}.eml").read_bytes()
    outbox.send(evolve(NOTICE, id="another"))

    assert before == after
    assert ["0198f2c4a1b27c3d8e9fa0b1c2d3e4f5.eml", "another.eml"] == sorted(
        path.name for path in (tmp_path / "outbox").iterdir()
    )
    assert outbox.repeatable
    assert "email" == outbox.channel


def test_alerts(outbox: OutboxNotifier, tmp_path: Path) -> None:
    """
    Operators are told in the same way.
    """
    outbox.alert(ALERT)
    content = (tmp_path / "outbox" / "a1.eml").read_bytes()
    mail = email.message_from_bytes(content, policy=email.policy.default)

    assert ALERT.subject == mail["Subject"]
    assert b"Run 321 of bio101/completion.\r\n" in content


def test_files_are_private(outbox: OutboxNotifier, tmp_path: Path) -> None:
    """
    Whatever the umask: addresses and certificates are in there.
    """
    before = os.umask(0)
    try:
        outbox.send(NOTICE)
    finally:
        os.umask(before)
    folder = tmp_path / "outbox"

    assert [0o700, 0o600] == [
        stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())
    ]


def test_an_address_that_is_none(outbox: OutboxNotifier, tmp_path: Path) -> None:
    """
    Nothing is written to somebody who can't be.
    """
    with pytest.raises(NotificationError, match="the learner's address has no @"):
        outbox.send(evolve(NOTICE, address="ada"))

    assert not (tmp_path / "outbox").exists()


def test_a_file_in_place_of_the_folder(outbox: OutboxNotifier, tmp_path: Path) -> None:
    """
    The error says where; somebody may mend it, and the message isn't at fault.
    """
    (tmp_path / "outbox").write_text("a file")

    with pytest.raises(NotificationError, match="can't be written to: File exists") as caught:
        outbox.send(NOTICE)
    assert caught.value.retryable


def test_a_disk_that_refuses(
    outbox: OutboxNotifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Nothing half-written stays, and it may be better later.
    """

    def refuse(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(NotificationError, match="No space left on device") as caught:
        outbox.send(NOTICE)

    assert caught.value.retryable
    assert [] == list((tmp_path / "outbox").iterdir())


def test_the_provider(tmp_path: Path) -> None:
    """
    `outbox` is the project's folder of that name.
    """
    offered = PluginRegistry([notifiers], installed=False).get("notifier", "outbox")
    options = structure({}, notifiers.OutboxOptions)
    with offered.build(options, Services(clock=FixedClock(), folder=tmp_path)) as notifier:
        notifier.send(NOTICE)

    assert offered.options is notifiers.OutboxOptions
    assert notifiers.OutboxOptions(path="outbox") == options
    assert (tmp_path / "outbox" / f"{NOTICE.id}.eml").is_file()
