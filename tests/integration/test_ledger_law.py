"""
Whatever happens in whatever order, two ledgers that know nothing of each other agree.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from certcore.domain import Certificate, Chore, DeliveryStatus, Failure, Status
from certcore.exceptions import IllegalTransitionError
from certcore.ledgers import SqlOptions
from certcore.ledgers import _schema as tables
from certcore.ledgers._sql import open_ledger
from certcore.ports import CertificateFilter, Ledger, Settlement
from certcore.testing import MemoryLedger
from certcore.testing.contracts._samples import BIOLOGY, NOW, candidate, result, statement


PEOPLE = [candidate(name) for name in ("ada", "Ada", "ada ")]
MINUTE = dt.timedelta(minutes=1)
LIVE = {Status.PENDING, Status.FAILED, Status.ISSUED, Status.REVOKED}

people = st.sampled_from(range(len(PEOPLE)))
cycles = st.sampled_from(["", "2"])
whichever = st.integers(0, 5)


class TwoLedgers(RuleBasedStateMachine):
    """
    Does the same to both. What the ledgers chose themselves (ids, codes) is named by its order.
    """

    def __init__(self, make: Callable[[], Ledger]) -> None:
        super().__init__()
        self.ledgers: list[Ledger] = [MemoryLedger(), make()]
        self.ids: list[list[str]] = [[], []]
        self.fences: list[dict[str, object]] = [{}, {}]
        self.begun: list[list[Chore]] = [[], []]
        self.handed_over: list[list[str]] = [[], []]
        self.now = NOW

    def both(self, act):
        """
        Do it to both, give what came of it, and see that it is the same.
        """
        found = []
        for side, ledger in enumerate(self.ledgers):
            try:
                said = act(ledger, side)
            except IllegalTransitionError as exc:
                said = str(exc)
            found.append(said)
        assert found[0] == found[1]
        return found[0]

    def one(self, side: int, number: int) -> str:
        """
        Name a certificate; some that are not there.
        """
        ids = self.ids[side]
        return ids[number % len(ids)] if ids else "nowhere"

    @initialize(number=people)
    def begin(self, number: int) -> None:
        self.award(number, "Ada López")

    @rule(
        number=people,
        name=st.sampled_from(["Ada López", "Eva"]),
        cycle=cycles,
        quiet=st.booleans(),
    )
    def award(self, number: int, name: str, *, cycle: str = "", quiet: bool = False) -> None:
        """
        Award, or award once more for the next cycle, as a recertification does.
        """
        who = evolve(PEOPLE[number], statement=statement(name, cycle=cycle))

        def act(ledger: Ledger, side: int) -> tuple[str, int]:
            (given,) = ledger.award([who], run=None, actor="t", now=self.now, quiet=quiet)
            if given.kind == "new":
                self.ids[side].append(given.certificate)
            return given.kind, self.ids[side].index(given.certificate)

        self.both(act)

    @rule(number=whichever)
    def lease(self, number: int) -> None:
        def act(ledger: Ledger, side: int) -> int:
            found = ledger.lease(
                [self.one(side, number)],
                owner="t",
                until=self.now + MINUTE,
                now=self.now,
            )
            for each in found:
                self.fences[side][each.certificate.id] = each
            return len(found)

        self.both(act)

    @rule(number=whichever, minutes=st.integers(0, 3))
    def renew(self, number: int, minutes: int) -> None:
        """
        Ask for more time, or give back what is leased; whoever lost it doesn't get it.
        """

        def act(ledger: Ledger, side: int) -> int | None:
            leased = self.fences[side].get(self.one(side, number))
            if leased is None:
                return None
            fences = {leased.certificate.id: leased.fence}
            return len(ledger.renew(fences, until=self.now + minutes * MINUTE))

        self.both(act)

    @rule(number=whichever, channel=st.sampled_from(["email", ""]), on_hold=st.booleans())
    def record(self, number: int, channel: str, *, on_hold: bool) -> None:
        def act(ledger: Ledger, side: int) -> bool | None:
            leased = self.fences[side].get(self.one(side, number))
            if leased is None:
                return None
            made = result(leased, channel=channel, on_hold=on_hold)
            return ledger.record([made], actor="t", now=self.now)[made.certificate]

        self.both(act)

    @rule(number=whichever, again=st.sampled_from([None, MINUTE]))
    def fail(self, number: int, again: dt.timedelta | None) -> None:
        def act(ledger: Ledger, side: int) -> bool | None:
            leased = self.fences[side].get(self.one(side, number))
            if leased is None:
                return None
            return ledger.fail(
                leased.certificate.id,
                fence=leased.fence,
                failure=Failure(code="font", message="no font"),
                next_attempt_at=self.now + again if again else None,
                actor="t",
                now=self.now,
            )

        self.both(act)

    @rule(number=whichever)
    def retry(self, number: int) -> None:
        self.both(lambda ledger, side: ledger.retry([self.one(side, number)], actor="t", now=NOW))

    @rule(number=whichever, verb=st.sampled_from(["cancel", "revoke", "reinstate", "annul"]))
    def move(self, number: int, verb: str) -> None:
        def act(ledger: Ledger, side: int) -> Status:
            moved = getattr(ledger, verb)(
                self.one(side, number), reason="why", actor="t", now=self.now
            )
            return moved.status

        self.both(act)

    @rule(number=whichever)
    def forget(self, number: int) -> None:
        self.both(
            lambda ledger, side: (
                ledger.forget(self.one(side, number), actor="t", now=self.now).status
            )
        )

    @rule(number=whichever)
    def replace(self, number: int) -> None:
        def act(ledger: Ledger, side: int) -> Status:
            made = ledger.replace(
                self.one(side, number), statement("Mended"), reason="", actor="t", now=self.now
            )
            self.ids[side].append(made.id)
            return made.status

        self.both(act)

    @rule(status=st.sampled_from([DeliveryStatus.SENT, DeliveryStatus.PENDING]))
    def send(self, status: DeliveryStatus) -> None:
        def act(ledger: Ledger, side: int) -> int:
            due = ledger.deliveries_due(now=self.now, channel="email")
            for each in due:
                assert ledger.sending(each, now=self.now) is not None
                ledger.settle(Settlement(delivery=each, status=status), now=self.now)
            return len(due)

        self.both(act)

    @rule(number=whichever)
    def hand_over(self, number: int) -> None:
        """
        Begin to send one, and be slow to say how it ended.
        """

        def act(ledger: Ledger, side: int) -> DeliveryStatus | None:
            due = ledger.deliveries_due(now=self.now, channel="email")
            known = [*due, *self.handed_over[side]]
            if not known:
                return None
            chosen = known[number % len(known)]
            begun = ledger.sending(chosen, now=self.now)
            if begun is None:
                return None
            self.handed_over[side].append(chosen)
            return begun.status

        self.both(act)

    @rule(
        number=whichever,
        status=st.sampled_from(
            [
                DeliveryStatus.SENT,
                DeliveryStatus.FAILED,
                DeliveryStatus.PENDING,
                DeliveryStatus.UNKNOWN,
            ]
        ),
    )
    def settle(self, number: int, status: DeliveryStatus) -> None:
        for side, ledger in enumerate(self.ledgers):
            sent = self.handed_over[side]
            if sent:
                again = self.now + MINUTE if status is DeliveryStatus.PENDING else None
                how = Settlement(
                    delivery=sent[number % len(sent)],
                    status=status,
                    response="said",
                    retry_at=again,
                )
                ledger.settle(how, now=self.now)

    @rule(repeatable=st.booleans())
    def recover(self, *, repeatable: bool) -> None:
        self.both(
            lambda ledger, side: ledger.recover_deliveries(
                channel="email", repeatable=repeatable, before=self.now, now=self.now
            )
        )

    @rule()
    def resend(self) -> None:
        self.both(lambda ledger, side: ledger.resend(BIOLOGY, actor="t", now=self.now))

    @rule()
    def release(self) -> None:
        self.both(lambda ledger, side: ledger.release(BIOLOGY, actor="t", now=self.now))

    @rule()
    def begin_chores(self) -> None:
        for side, ledger in enumerate(self.ledgers):
            self.begun[side] += ledger.chores()

    @rule(error=st.sampled_from(["", "the store is down"]))
    def finish_chores(self, error: str) -> None:
        def act(ledger: Ledger, side: int) -> list[str]:
            # what somebody began long ago is among them
            chores = [*self.begun[side], *ledger.chores()]
            self.begun[side].clear()
            for each in chores:
                ledger.finish_chore(each.id, error=error, now=self.now)
            return [each.kind for each in chores]

        self.both(act)

    @rule()
    def wait(self) -> None:
        self.now += MINUTE

    def named(self, side: int, certificate: Certificate) -> Certificate:
        """
        Put numbers in the place of what a ledger chose itself.
        """
        names = {id_: str(number) for number, id_ in enumerate(self.ids[side])}
        return evolve(
            certificate,
            id=names[certificate.id],
            code="",
            artifact=None,
            learner=evolve(
                certificate.learner,
                id=names.get(certificate.learner.id, certificate.learner.id),
            ),
            replaces=names.get(certificate.replaces or ""),
            replaced_by=names.get(certificate.replaced_by or ""),
        )

    @invariant()
    def they_agree(self) -> None:
        def act(ledger: Ledger, side: int) -> list[object]:
            ids = self.ids[side]
            return [
                [self.named(side, ledger.get(each)) for each in ids],
                [[evolve(e, certificate="") for e in ledger.history(each)] for each in ids],
                [
                    [evolve(post, id="", certificate="") for post in ledger.deliveries(each)]
                    for each in ids
                ],
                sorted(ids.index(each) for each in ledger.due(now=self.now)),
                [
                    (ids.index(each.certificate), each.kind, each.attempts)
                    for each in ledger.chores()
                ],
                {
                    identity: (ids.index(standing.certificate), standing.status)
                    for identity, standing in ledger.held(
                        [
                            evolve(each.identity, cycle=cycle)
                            for each in PEOPLE
                            for cycle in ("", "2")
                        ]
                    ).items()
                },
            ]

        self.both(act)

    @invariant()
    def nobody_has_two(self) -> None:
        """
        At most one certificate per learner is live, a reissue in the making aside.
        """
        for ledger in self.ledgers:
            live = [
                (certificate.learner, certificate.statement.cycle)
                for certificate in ledger.find(CertificateFilter(statuses=frozenset(LIVE)))
                if certificate.replaces is None or certificate.status is Status.ISSUED
            ]
            assert len(live) == len(set(live))


def test_in_memory():
    """
    Of a database in memory there is a new one each time.
    """
    made = []

    def make() -> Ledger:
        made.append(open_ledger(SqlOptions(url="sqlite://"), Path()))
        return made[-1]

    try:
        run_state_machine_as_test(lambda: TwoLedgers(make))
    finally:
        for ledger in made:
            ledger.close()


def test_on_a_server(server_url):
    """
    Of a server's database only the rows are new each time; a few examples are enough there.
    """
    ledger = open_ledger(SqlOptions(url=server_url, durable=False), Path())

    def make() -> Ledger:
        with ledger._engine.begin() as connection:
            for table in set(tables.metadata.tables.values()) - {tables.meta}:
                connection.execute(sa.delete(table))
        return ledger

    try:
        run_state_machine_as_test(
            lambda: TwoLedgers(make),
            settings=settings(max_examples=25, stateful_step_count=30),
        )
    finally:
        ledger.close()
