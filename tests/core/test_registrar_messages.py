"""
Telling people: learners once each, operators of what needs them.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import pytest

from certcore.domain import (
    Skipped,
)
from certcore.exceptions import (
    NotificationError,
)
from certcore.registrar import StageProgress


def test_messages_wait_for_their_release(bureau: Any, registrar: Any, person: Any) -> None:
    """
    By hand, or until a date; quiet ones are never written.
    """
    bureau.give(person("ada"))
    by_hand = bureau.configuration(release="by hand")
    run = registrar.issue(by_hand)

    assert (1, 0) == (run.count("issued"), run.count("sent"))
    assert 1 == registrar.release(by_hand, actor="ruiz")
    assert 1 == registrar.deliver(by_hand)

    bureau.give(person("ada"), person("bob"))
    at = bureau.clock.now() + dt.timedelta(days=1)
    dated = bureau.configuration(release=at)
    assert 0 == registrar.issue(dated).count("sent")
    bureau.clock.advance(days=1)
    assert 1 == registrar.issue(dated).count("sent")

    bureau.give(person("cyd"))
    assert 0 == registrar.issue(bureau.configuration(), quiet=True).count("sent")
    assert ["ada@example.org", "bob@example.org"] == bureau.told()


def test_refused_messages(bureau: Any, registrar: Any, person: Any) -> None:
    """
    For good: failed, with the server's words. For now: tried again later. Neither undoes an award.
    """
    bureau.give(person("ada"), person("bob"), person("cyd", email=""))
    bureau.outbox.refuse("ada@example.org")
    bureau.outbox.refuse("bob@example.org", NotificationError("450 later", retryable=True))

    run = registrar.issue(bureau.configuration())
    bureau.outbox.recover()
    early = registrar.issue(bureau.configuration())
    bureau.clock.advance(minutes=2)
    late = registrar.issue(bureau.configuration())

    assert (3, 0, 2, 1) == (
        run.count("issued"),
        run.count("sent"),
        run.count("undelivered"),
        run.count("no-address"),
    )
    assert {"550 no such user", "450 later"} == {note.reason for note in run.notes}
    assert (0, 1) == (early.count("sent"), late.count("sent"))
    assert ["bob@example.org"] == bureau.told()


def test_temporary_refusals_end(bureau: Any, registrar: Any, person: Any) -> None:
    """
    After so many of them a message has failed.
    """
    bureau.give(person("ada"))
    bureau.outbox.fail()
    registrar.issue(bureau.configuration())
    for _ in range(8):
        bureau.clock.advance(days=1)
        registrar.deliver(bureau.configuration())

    certificate = registrar.find()[0]
    assert ["failed"] == [d.status.value for d in bureau.ledger.deliveries(certificate.id)]


def test_a_notifiers_bug_leaves_a_doubt(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Nobody knows whether the message went out: it isn't sent again by itself.
    """
    bureau.give(person("ada"))
    bureau.outbox.refuse("ada@example.org", ZeroDivisionError("by zero"))

    run = registrar.issue(bureau.configuration())

    certificate = registrar.find()[0]
    assert 1 == run.count("undelivered")
    assert ["unknown"] == [d.status.value for d in bureau.ledger.deliveries(certificate.id)]


def test_nobody_to_tell(bureau: Any, person: Any) -> None:
    """
    Without a notifier certificates are made all the same.
    """
    bureau.give(person("ada"))
    with bureau.registrar(notifier=None) as quiet:
        run = quiet.issue(bureau.configuration())

        assert (1, 0, 0) == (
            run.count("issued"),
            run.count("sent"),
            quiet.deliver(bureau.configuration()),
        )


def test_an_interrupt_while_telling(bureau: Any, registrar: Any, person: Any) -> None:
    """
    What was handed over before is recorded.
    """
    bureau.give(person("ada"), person("bob"))
    bureau.outbox.refuse("bob@example.org", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        registrar.issue(bureau.configuration())
    bureau.outbox.recover()

    registrar.issue(bureau.configuration())

    said = {c.learner.id: bureau.ledger.deliveries(c.id)[0].status.value for c in registrar.find()}
    # the message that was interrupted may have gone out: a notifier that can't repeat is asked once
    assert {"ada": "sent", "bob": "sending"} == said
    bureau.clock.advance(minutes=20)
    registrar.deliver(bureau.configuration())
    assert (
        "unknown"
        == bureau.ledger.deliveries(next(c.id for c in registrar.find() if c.learner.id == "bob"))[
            0
        ].status.value
    )


def test_an_interrupt_between_two_messages(bureau: Any, registrar: Any, person: Any) -> None:
    """
    The one that went out is known to have gone out.
    """
    bureau.give(person("ada"), person("bob"))

    def watch(progress: StageProgress) -> None:
        if progress.stage == "deliver":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        registrar.issue(bureau.configuration(), watch=watch)

    said = [bureau.ledger.deliveries(c.id)[0].status.value for c in registrar.find()]
    assert ["pending", "sent"] == sorted(said)


def test_two_tell_at_once(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Each message goes out once.
    """
    bureau.give(person("ada"), person("bob"))
    configuration = bureau.configuration(release="by hand")
    registrar.issue(configuration)
    registrar.release(configuration, actor="ruiz")
    real = bureau.outbox.send

    def send(notice: Any) -> Any:
        bureau.outbox.send = real
        registrar.deliver(configuration)
        return real(notice)

    bureau.outbox.send = send

    assert 1 == registrar.deliver(configuration)
    assert ["ada@example.org", "bob@example.org"] == sorted(bureau.told())


def test_alerts(bureau: Any, person: Any) -> None:
    """
    Once per cause, until it works again; by mail or to a webhook; a deaf one doesn't matter.
    """
    posted: list[str] = []
    bureau.give(person("ada"))
    bureau.retriever.fail_after = 0
    with bureau.registrar(
        alerts=["ops@example.org", "https://chat.example.org/hook"],
        webhook=lambda address, alert: posted.append(alert.subject),
    ) as watched:
        configuration = bureau.configuration()
        watched.issue(configuration)
        watched.issue(configuration)
        assert 1 == len(bureau.outbox.alerts) == len(posted)
        assert "certcore issue welding/completion" in bureau.outbox.alerts[0].text
        bureau.retriever.fail_after = None
        watched.issue(configuration)
        bureau.retriever.fail_after = 0
        bureau.outbox.fail()
        watched.issue(configuration)
        assert 1 == len(bureau.outbox.alerts)
        assert 2 == len(posted)
        bureau.outbox.recover()
        bureau.retriever.fail_after = None
        bureau.give()
        watched.issue(configuration)
        assert "gave no learners at all" in bureau.outbox.alerts[-1].text
        bureau.give(Skipped(where="l", reason="r"), Skipped(where="l", reason="r"), person("x"))
        watched.issue(configuration)
        assert "More than half" in bureau.outbox.alerts[-1].text
        bureau.give(*(person(f"u{n}") for n in range(3)))
        watched.issue(bureau.configuration(max_new=1))
        assert "certcore allow welding/completion" in bureau.outbox.alerts[-1].text


def test_failures_are_alerted_without_anybody_to_mail(bureau: Any, person: Any) -> None:
    """
    An address without a way to it is passed over.
    """
    bureau.give(person("ada"))
    bureau.generator.failing = {"ada"}
    with bureau.registrar(
        notifier=None, alerts=["ops@example.org", "https://example.org/hook"]
    ) as alone:
        assert 1 == alone.issue(bureau.configuration()).count("failed")
