"""
Promises about messages that were broken once: each test failed before its fix.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import pytest

from attrs import evolve

from certcore.domain import (
    Gate,
    Hold,
    Issuer,
    Moment,
    RunStatus,
)
from certcore.exceptions import (
    NotificationError,
    StorageError,
)
from certcore.testing import MemoryCatalog, MemoryStore


def test_quiet_is_remembered(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A quiet back-fill that was cut short tells nobody when a later run finishes it.
    """
    bureau.give(person("ada"), person("bob"))
    configuration = bureau.configuration()
    registrar.award(configuration, quiet=True)

    run = registrar.issue(configuration)

    assert (2, 0) == (run.count("issued"), run.count("sent"))
    assert [] == bureau.told()


def test_a_quiet_run_sends_nothing_at_all(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Not even what an earlier run left to be sent.
    """
    bureau.give(person("ada"))
    bureau.outbox.fail()
    registrar.issue(bureau.configuration())
    bureau.outbox.recover()
    bureau.clock.advance(hours=1)

    assert 0 == registrar.issue(bureau.configuration(), quiet=True).count("sent")
    assert 1 == registrar.issue(bureau.configuration()).count("sent")


def test_messages_go_out_though_the_gate_is_shut(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A date of release behind the gate's, a source that is away: neither keeps a promised message.
    """
    bureau.give(person("ada"))
    closes = Gate(close=Moment(at=bureau.clock.now() + dt.timedelta(days=1)))
    release = bureau.clock.now() + dt.timedelta(days=30)
    configuration = bureau.configuration(gate=closes, release=release)
    registrar.issue(configuration)
    bureau.clock.advance(days=31)

    run = registrar.issue(configuration)

    assert (RunStatus.STOPPED, 1) == (run.status, run.count("sent"))


def test_sweep_sends_messages(bureau: Any, person: Any) -> None:
    """
    Those of one configuration that is gone or broken don't keep the others.
    """
    configuration = bureau.configuration()
    with bureau.registrar(catalog=MemoryCatalog([configuration])) as registrar:
        bureau.give(person("ada"))
        bureau.outbox.fail()
        registrar.issue(configuration)
        bureau.outbox.recover()
        bureau.clock.advance(hours=1)

        assert 1 == registrar.sweep()
        assert ["ada@example.org"] == bureau.told()


def test_a_claim_that_was_cut_short_is_told(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Asked again, whoever has the certificate gets the message about it, and only that one.
    """
    bureau.give(person("bob"))
    bureau.outbox.fail()
    registrar.issue(bureau.configuration())
    registrar.issue_for(bureau.configuration(), person("ada"))
    bureau.outbox.recover()
    bureau.clock.advance(hours=1)

    assert registrar.issue_for(bureau.configuration(), person("ada")).held
    assert ["ada@example.org"] == bureau.told()


@pytest.mark.parametrize("enabled", [True, False])
def test_held_or_switched_off_messages_wait(
    bureau: Any, registrar: Any, person: Any, *, enabled: bool
) -> None:
    """
    Also if they are asked for directly.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration(release="by hand")
    registrar.issue(configuration)
    registrar.release(configuration, actor="ruiz")
    if enabled:
        bureau.ledger.hold(
            Hold(
                configuration=configuration.key,
                name=configuration.name,
                reason="too many",
                by="ruiz",
                at=bureau.clock.now(),
            )
        )

    assert 0 == registrar.deliver(evolve(configuration, enabled=enabled))
    assert [] == bureau.told()


def test_a_repeated_message_has_the_same_link(bureau: Any, person: Any) -> None:
    """
    The one that arrived first works as well.
    """
    bureau.outbox.repeatable = True
    issuer = Issuer(key="school", name="S", page="https://certs.example.org/c/{token}")
    configuration = bureau.configuration(type_={"issuer": issuer})
    bureau.give(person("ada"))

    class Forgetful:
        def __getattr__(self, name: str) -> Any:
            if name == "settle":
                return lambda settlement, **said: None
            return getattr(bureau.ledger, name)

    store = MemoryStore(links=True)
    with bureau.registrar(ledger=Forgetful(), store=store) as dying:
        dying.issue(configuration)
    bureau.clock.advance(minutes=1)
    with bureau.registrar(store=store) as registrar:
        registrar.issue(configuration)

        first, second = (notice.link for notice in bureau.outbox.notices)
        assert first == second
        assert registrar.redeem(first.rpartition("/")[2])


def test_an_alert_nobody_took_is_tried_again(bureau: Any, person: Any) -> None:
    """
    And whatever a notifier raises, the run is closed and told of.
    """
    bureau.give(person("ada"))
    bureau.retriever.fail_after = 0
    bureau.outbox.fail(RuntimeError("a bug"))
    with bureau.registrar(alerts=["ops@example.org"]) as registrar:
        registrar.issue(bureau.configuration())
        assert ["failed"] == bureau.heard
        bureau.outbox.recover()
        registrar.issue(bureau.configuration())

    assert 1 == len(bureau.outbox.alerts)


def test_a_message_that_can_not_be_composed_has_not_gone_out(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    It is tried again: the store was away, not the server in doubt.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration(release="by hand")
    registrar.issue(configuration)
    registrar.release(configuration, actor="ruiz")
    real = bureau.store.open

    def away(key: str) -> bytes:
        raise StorageError("away", retryable=True)

    bureau.store.open = away
    registrar.deliver(configuration)
    bureau.store.open = real
    bureau.clock.advance(hours=1)

    assert 1 == registrar.deliver(configuration)


def test_some_hundred_notes_are_enough(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A server that refuses everybody doesn't fill the ledger.
    """
    bureau.outbox.fail(NotificationError("554 no"))
    bureau.give(*(person(f"u{n}") for n in range(1100)))

    run = registrar.issue(bureau.configuration(max_new=None))

    assert (1100, 250) == (run.count("undelivered"), len(run.notes))


def test_sweep_finishes_a_claim(bureau: Any, person: Any) -> None:
    """
    A claim has no run to be counted for.
    """
    configuration = bureau.configuration()
    bureau.store.failing = StorageError("away", retryable=True)
    with bureau.registrar(catalog=MemoryCatalog([configuration])) as registrar:
        with pytest.raises(StorageError):
            registrar.issue_for(configuration, person("ada"))
        bureau.store.failing = None

        # the file, and the message
        assert 2 == registrar.sweep()
    assert ["ada@example.org"] == bureau.told()


def test_messages_that_failed_are_sent_again_when_asked_for(
    bureau: Any, registrar: Any, person: Any
) -> None:
    """
    `retry` is for messages as well as for files.
    """
    bureau.give(person("ada"))
    bureau.outbox.fail(NotificationError("554 no"))
    registrar.issue(bureau.configuration())
    bureau.outbox.recover()

    assert 0 == registrar.issue(bureau.configuration()).count("sent")
    assert 1 == registrar.issue(bureau.configuration(), retry=True).count("sent")
    assert 0 == registrar.issue(bureau.configuration(), retry=True).count("sent")
