"""
Work that others share or take over, and a certificate's further life.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import pytest

from certcore.domain import (
    ConfigurationKey,
    RunStatus,
    Status,
)
from certcore.exceptions import (
    IllegalTransitionError,
    LedgerBusyError,
    SlotTakenError,
    StorageError,
)
from certcore.ports import CertificateFilter


def by_status(bureau: Any) -> dict[str, str]:
    found = bureau.ledger.find(CertificateFilter(), limit=10_000)
    return {certificate.learner.id: certificate.status.value for certificate in found}


def test_award_here_fulfil_there(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Only ids travel; what is made twice is made once.
    """
    bureau.give(person("ada"), person("bob"))
    configuration = bureau.configuration()

    class Catalog:
        def keys(self) -> tuple[str, ...]:
            return (str(configuration.key),)

        def get(self, key: str) -> Any:
            assert key == str(configuration.key)
            return configuration

        def revision(self) -> str:
            return "1"

    awarded = registrar.award(configuration)
    assert {"ada": "pending", "bob": "pending"} == by_status(bureau)
    with bureau.registrar(catalog=Catalog()) as elsewhere:
        assert 2 == elsewhere.fulfil(awarded.ids)
        assert 0 == elsewhere.fulfil(awarded.ids)
        assert 2 == elsewhere.deliver(("course-7", "completion"))
        assert 1 == len(elsewhere.runs(ConfigurationKey("course-7", "completion")))
        registrar.award(configuration)
        assert 0 == elsewhere.sweep()

    assert {"ada": "issued", "bob": "issued"} == by_status(bureau)


def test_awarding_twice_gives_each_id_once(bureau: Any, registrar: Any, person: Any) -> None:
    """
    What nobody has made yet is given again, so that somebody makes it.
    """
    bureau.give(person("ada"))
    first = registrar.award(bureau.configuration())
    second = registrar.award(bureau.configuration())

    assert 1 == len(first.ids)
    assert first.ids == second.ids


def test_sweep_takes_up_what_was_left(bureau: Any, registrar: Any, person: Any) -> None:
    """
    As long as there is something it can make.
    """
    bureau.give(person("ada"), person("bob"))
    configuration = bureau.configuration()
    registrar.award(configuration)
    bureau.generator.failing = {"bob"}

    class Catalog:
        def keys(self) -> tuple[str, ...]:
            return ()

        def get(self, key: str) -> Any:
            return configuration

        def revision(self) -> str:
            return "1"

    with bureau.registrar(catalog=Catalog()) as sweeper:
        # one issued, one failed
        assert 2 == sweeper.sweep()
        assert 0 == sweeper.sweep()


def test_one_run_for_a_slot(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Whoever asks second for a due time is told so.
    """
    bureau.give(person("ada"))
    registrar.issue(bureau.configuration(), slot="2026-07-01T06:00Z")

    with pytest.raises(SlotTakenError, match="has had its run for 2026-07-01T06:00Z"):
        registrar.issue(bureau.configuration(), slot="2026-07-01T06:00Z")


def test_an_interrupt_is_recorded_and_goes_on(bureau: Any, registrar: Any, person: Any) -> None:
    """
    What was leased is free at once.
    """
    bureau.give(person("ada"), person("bob"))
    bureau.generator.failing = {"bob"}
    bureau.generator.error = KeyboardInterrupt()

    with pytest.raises(KeyboardInterrupt):
        registrar.issue(bureau.configuration())
    bureau.generator.failing.clear()
    again = registrar.issue(bureau.configuration())

    assert RunStatus.INTERRUPTED is registrar.runs()[1].status
    assert again.count("issued")
    assert {"ada": "issued", "bob": "issued"} == by_status(bureau)


def test_sweep_leaves_what_others_took(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It doesn't try for ever.
    """

    class Contended:
        def __getattr__(self, name: str) -> Any:
            if name == "lease":
                return lambda ids, **said: ()
            return getattr(bureau.ledger, name)

    bureau.give(person("ada"))
    configuration = bureau.configuration()
    registrar.award(configuration)

    class Catalog:
        def keys(self) -> tuple[str, ...]:
            return ()

        def get(self, key: str) -> Any:
            return configuration

    with bureau.registrar(ledger=Contended(), catalog=Catalog()) as sweeper:
        assert 0 == sweeper.sweep()


def test_a_ledger_that_goes_away_while_giving_back(bureau: Any, person: Any) -> None:
    """
    The lease runs out by itself; the first trouble is the one that is told.
    """

    class Away:
        def __init__(self, real: Any) -> None:
            self._real = real

        def __getattr__(self, name: str) -> Any:
            if name == "renew":
                raise LedgerBusyError("locked")
            return getattr(self._real, name)

    bureau.give(person("ada"))
    bureau.store.failing = StorageError("the disk is full", retryable=True)
    with bureau.registrar(ledger=Away(bureau.ledger)) as registrar:
        run = registrar.issue(bureau.configuration())

    assert "the disk is full" == run.message


def test_somebody_else_works_on_it(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It is left to them, and counted.
    """
    bureau.give(person("ada"))
    configuration = bureau.configuration()
    ids = registrar.award(configuration).ids
    now = bureau.clock.now()
    bureau.ledger.lease(ids, owner="other", until=now + dt.timedelta(minutes=5), now=now)

    run = registrar.issue(configuration)

    assert (0, 1) == (run.count("issued"), run.count("busy"))


def test_who_wakes_up_late_changes_nothing(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A certificate that was cancelled or taken over in the meantime isn't recorded twice.
    """
    bureau.give(person("ada"), person("bob"))
    seen: list[str] = []
    real = bureau.generator.prepare

    class Late:
        def __init__(self, prepared: Any) -> None:
            self.digest, self.engine = prepared.digest, prepared.engine
            self.placeholders = prepared.placeholders
            self._prepared = prepared

        def generate(self, certificate: Any) -> Any:
            seen.append(certificate.id)
            bureau.ledger.cancel(
                certificate.id, reason="typo", actor="ruiz", now=bureau.clock.now()
            )
            return self._prepared.generate(certificate)

    bureau.generator.prepare = lambda design, assets: Late(real(design, assets))
    bureau.generator.failing = {"bob"}

    run = registrar.issue(bureau.configuration())

    assert (0, 0, 2) == (run.count("issued"), run.count("failed"), run.count("busy"))
    assert {"ada": "cancelled", "bob": "cancelled"} == by_status(bureau)
    assert [] == bureau.told()
    blocked = registrar.issue(bureau.configuration())
    assert 2 == blocked.count("blocked")
    assert 2 == len(seen)


def test_a_life(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Revoked, reinstated, annulled, earned again, forgotten: the code and the file follow.
    """
    bureau.give(person("ada"))
    registrar.issue(bureau.configuration())
    certificate = registrar.find()[0]

    registrar.revoke(certificate.id, reason="cheated", actor="ruiz")
    assert "revoked" == registrar.verify(certificate.code).status
    with pytest.raises(StorageError):
        bureau.store.open(certificate.artifact.key)
    with pytest.raises(IllegalTransitionError):
        registrar.revoke(certificate.id, reason="again", actor="ruiz")
    registrar.reinstate(certificate.id, reason="she didn't", actor="ruiz")
    assert registrar.verify(certificate.code).good
    assert bureau.store.open(certificate.artifact.key)
    registrar.annul(certificate.id, reason="wrong rule", actor="ruiz")
    assert "annulled" == registrar.verify(certificate.code).status

    assert 1 == registrar.issue(bureau.configuration()).count("issued")
    second = next(c for c in registrar.find() if c.status is Status.ISSUED)
    registrar.forget(second.id, actor="ruiz")
    assert "forgotten" == registrar.verify(second.code).status
    assert ["award", "record", "forget"] == [e.verb for e in registrar.history(second.id)]
    assert 1 == registrar.issue(bureau.configuration()).count("blocked")


def test_a_chore_that_fails_is_done_later(bureau: Any, person: Any) -> None:
    """
    The revocation holds all the same.
    """

    class Stuck(type(bureau.store)):  # type: ignore[misc]  # the fake's own class
        stuck = True

        def withdraw(self, key: str) -> None:
            if self.stuck:
                raise StorageError("the store is away", retryable=True)
            super().withdraw(key)

    store = Stuck()
    bureau.give(person("ada"))
    with bureau.registrar(store=store) as office:
        office.issue(bureau.configuration())
        certificate = office.find()[0]
        office.revoke(certificate.id, reason="cheated", actor="ruiz")
        assert 1 == len(bureau.ledger.chores())
        office.issue(bureau.configuration())
        assert 1 == len(bureau.ledger.chores())
        store.stuck = False
        assert 1 == office.sweep()
        assert () == bureau.ledger.chores()


def test_a_run_does_chores_too(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Where nobody sweeps, a file that a revocation left is withdrawn by the next run.
    """
    bureau.give(person("ada"))
    registrar.issue(bureau.configuration())
    made = registrar.find()[0]
    bureau.ledger.revoke(made.id, reason="cheated", actor="ruiz", now=bureau.clock.now())

    registrar.issue(bureau.configuration())

    assert () == bureau.ledger.chores()
    assert {} == bureau.store.files


def test_cancelled_before_it_is_issued(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It isn't made any more, nor awarded again.
    """
    bureau.give(person("ada"))
    awarded = registrar.award(bureau.configuration())

    registrar.cancel(awarded.ids[0], reason="left", actor="ruiz")

    assert 1 == registrar.issue(bureau.configuration()).count("blocked")
    assert "unknown" == registrar.verify(registrar.find()[0].code).status


def test_more_than_a_page_of_earlier_work(bureau: Any, person: Any) -> None:
    """
    Each is handed on once, and made once, in however many pages; what nobody knows is passed over.
    """
    bureau.give(*(person(f"u{n}") for n in range(1100)))
    configuration = bureau.configuration(max_new=None)
    with bureau.registrar() as registrar:
        first, again = registrar.award(configuration), registrar.award(configuration)
        # nobody knows the configuration here
        assert 0 == registrar.sweep()
        run = registrar.issue(configuration)

    assert (1100, 1100) == (len(first.ids), len(set(first.ids)))
    assert sorted(first.ids) == sorted(again.ids)
    assert (1100, 1100) == (run.count("finished"), len(bureau.generator.made))
