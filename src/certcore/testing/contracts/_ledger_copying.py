"""
What a ledger promises that can be copied into another one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from attrs import evolve

from certcore.domain import DeliveryStatus, Hold, Note, RunStatus, Status
from certcore.exceptions import LedgerError
from certcore.ledgers import SqlOptions, copy_ledger, open_ledger
from certcore.ports import (
    CertificateFilter,
    CopyableLedger,
    Ledger,
    LedgerRecord,
    Settlement,
)
from certcore.testing.contracts._ledger_adopting import adopt, adoption
from certcore.testing.contracts._ledger_work import fail
from certcore.testing.contracts._samples import (
    BIOLOGY,
    HISTORY,
    LATER,
    MUCH_LATER,
    NOW,
    candidate,
    due_messages,
    lease,
    record,
    result,
    statement,
)


Pair: TypeAlias = tuple[CopyableLedger, CopyableLedger]

PEOPLE = [candidate(each.value, name=f"Łukasz Żółć 🎓 {each.value}") for each in Status]
"""One for each status, who is called as it is."""

_UNSENT = candidate("unsent")


def _move(ledger: Ledger, id_: str, status: Status) -> None:
    """
    Bring what was awarded into that status.
    """
    why: dict[str, Any] = {"reason": "why", "actor": "m.ruiz", "now": LATER}
    if status is Status.PENDING:
        return
    if status is Status.CANCELLED:
        ledger.cancel(id_, **why)
        return
    leased = lease(ledger, id_)
    if status is Status.FAILED:
        fail(ledger, leased, again=LATER)
        return
    record(ledger, result(leased))
    if status is Status.ISSUED:
        (message,) = ledger.deliveries(id_)
        ledger.sending(message.id, now=NOW)
        settled = Settlement(delivery=message.id, status=DeliveryStatus.SENT, response="250 OK")
        ledger.settle(settled, now=LATER)
    elif status is Status.SUPERSEDED:
        successor = ledger.replace(id_, statement("Łukasz Nowak"), **why)
        record(ledger, result(lease(ledger, successor.id)))
    elif status is Status.FORGOTTEN:
        ledger.forget(id_, actor="m.ruiz", now=LATER)
    else:
        (ledger.revoke if status is Status.REVOKED else ledger.annul)(id_, **why)


def fill(ledger: Ledger) -> None:
    """
    Put something of each kind into a ledger.
    """
    run = ledger.open_run(BIOLOGY, name="bio101/completion", slot="served", now=NOW)
    assert run is not None
    for who in [*PEOPLE, _UNSENT]:
        (award,) = ledger.award([who], run=run.id, actor="run", now=NOW)
        status = Status.PENDING if who is _UNSENT else Status(who.learner.id)
        _move(ledger, award.certificate, status)
        if who is _UNSENT:
            record(ledger, result(lease(ledger, award.certificate)))
    adopt(ledger, adoption("old", "EDX-2019 / 17"))
    note = Note(kind="skipped", where="line 3", reason="no name", learner="l3")
    ledger.count(run.id, {"issued": 4}, missing={"Total": 12_408}, notes=[note])
    ledger.close_run(run.id, RunStatus.DONE, message="all well", now=LATER)
    ledger.open_run(HISTORY, name="hist200/completion", slot="running", now=LATER)
    held = Hold(configuration=HISTORY, name="hist200", reason="many", by="it", at=NOW, count=12_408)
    ledger.hold(held)
    ledger.hold(evolve(held, configuration=BIOLOGY, at=LATER))
    ledger.allow(BIOLOGY, actor="m.ruiz")
    ledger.alert_once(HISTORY, "held", now=NOW)
    ledger.finish_chore(ledger.chores()[0].id, error="the store is down", now=LATER)


def seen(ledger: Ledger) -> dict[str, Any]:
    """
    Read all that a ledger gives away; nothing is changed.
    """
    certificates = ledger.find(CertificateFilter())
    return {
        "certificates": certificates,
        "codes": [ledger.by_code(each.code) for each in certificates],
        "old codes": [ledger.old_codes(each.id) for each in certificates],
        "files": [ledger.by_digest(each.artifact.sha256) for each in certificates if each.artifact],
        "history": [ledger.history(each.id) for each in certificates],
        "deliveries": [ledger.deliveries(each.id) for each in certificates],
        "waiting": due_messages(ledger, MUCH_LATER),
        "due": ledger.due(now=MUCH_LATER),
        "held": ledger.held([who.identity for who in PEOPLE]),
        "runs": [ledger.run(each.id) for each in ledger.runs()],
        "holds": ledger.holds(),
        "chores": ledger.chores(),
    }


class LedgerCopyingContract:
    """
    What a ledger promises that can be copied. Supply a fixture `ledger` that gives an empty one.

    It is copied into a ledger of certcore's own, in memory, and the other way round.
    """

    @pytest.fixture
    def other(self, tmp_path: Path) -> Generator[CopyableLedger, None, None]:
        """
        An empty ledger to copy into, and from.
        """
        with open_ledger(SqlOptions(url="sqlite://"), tmp_path) as other:
            yield other

    @pytest.fixture(params=["out", "in"])
    def pair(
        self, request: pytest.FixtureRequest, ledger: CopyableLedger, other: CopyableLedger
    ) -> Pair:
        """
        Which is copied, and into which: this one into another, then another into this one.
        """
        return (ledger, other) if request.param == "out" else (other, ledger)

    def test_everything_is_in_the_copy(self, pair: Pair) -> None:
        """
        Certificates with their codes, files, history and messages, runs, holds, chores; the
        original stays as it was.
        """
        source, target = pair
        fill(source)
        before = seen(source)

        copied = copy_ledger(source, target)

        assert seen(target) == before
        assert seen(source) == before
        assert copied["certificates"] == len(before["certificates"])
        assert copied["runs"] == 2

    def test_nobody_is_awarded_again(self, pair: Pair) -> None:
        """
        The copy knows people by the random value of the original.
        """
        source, target = pair
        fill(source)

        copy_ledger(source, target)

        kinds = {
            who.learner.id: each.kind
            for who, each in zip(
                PEOPLE, target.award(PEOPLE, run=None, actor="run", now=LATER), strict=True
            )
        }
        assert kinds == {
            "pending": "refreshed",
            "failed": "resting",
            "issued": "held",
            "superseded": "held",
            "revoked": "blocked",
            "cancelled": "blocked",
            "forgotten": "blocked",
            "annulled": "new",
        }

    def test_mailed_links_go_on(self, pair: Pair) -> None:
        """
        One that was sent leads to its certificate; one that is sent from the copy is the same.
        """
        source, target = pair
        fill(source)
        waiting = due_messages(source)
        sent = source.sending(waiting[0], now=NOW)

        copy_ledger(source, target)

        assert sent is not None
        assert target.by_token(sent.token) == source.get(sent.certificate)
        unsent = source.sending(waiting[1], now=LATER)
        assert target.sending(waiting[1], now=LATER) == unsent is not None

    def test_the_copy_goes_on(self, pair: Pair) -> None:
        """
        New rows are numbered behind the copied ones; a slot that was served isn't served again.
        """
        source, target = pair
        fill(source)
        copy_ledger(source, target)

        served = target.open_run(BIOLOGY, name="bio101", slot="served", now=LATER)
        run = target.open_run(BIOLOGY, name="bio101", slot="next", now=LATER)

        assert served is None
        assert run is not None
        assert run.id > max(each.id for each in source.runs())
        target.count(run.id, {"issued": 1}, notes=[Note(kind="failed", where="x", reason="y")])
        (issued,) = target.held([_UNSENT.identity]).values()
        target.revoke(issued.certificate, reason="", actor="m.ruiz", now=LATER)
        assert len(target.chores()) == len(source.chores()) + 1
        assert target.history(issued.certificate)[-1].verb == "revoke"
        assert target.history(issued.certificate)[:-1] == source.history(issued.certificate)

    def test_more_than_a_few(self, pair: Pair) -> None:
        """
        Thousands come through in several batches, in their order.
        """
        source, target = pair
        many = [candidate(f"learner-{number}") for number in range(1203)]
        source.award(many, run=None, actor="run", now=NOW)

        copied = copy_ledger(source, target)

        assert copied["certificates"] == copied["history"] == 1203
        assert target.find(CertificateFilter(), limit=2000) == source.find(
            CertificateFilter(), limit=2000
        )

    def test_what_is_not_empty_is_refused(self, pair: Pair) -> None:
        """
        The error says what there is; nothing is changed.
        """
        source, target = pair
        fill(source)
        target.award([candidate("eva")], run=None, actor="run", now=NOW)
        target.open_run(BIOLOGY, name="bio101", slot="noon", now=NOW)
        before = seen(target)

        with pytest.raises(LedgerError, match=r"certificates \(1\).*runs \(1\)"):
            copy_ledger(source, target)

        assert seen(target) == before

    def test_all_or_nothing(self, pair: Pair) -> None:
        """
        Where the original fails half-way the copy stays empty, and can be made afterwards.
        """
        source, target = pair
        fill(source)
        nothing = seen(target)

        with (
            closing(source.records()) as records,
            pytest.raises(LedgerError, match="the network is gone"),
        ):
            target.take(_broken(records))

        assert seen(target) == nothing
        copy_ledger(source, target)
        assert seen(target) == seen(source)

    def test_what_it_has_no_table_for(self, ledger: CopyableLedger) -> None:
        """
        Nothing is left out silently.
        """
        with pytest.raises(LedgerError, match="no table for badges"):
            ledger.take([LedgerRecord("badges", {"id": 1})])

    def test_without_the_random_value(self, ledger: CopyableLedger) -> None:
        """
        With another one, nobody would be recognised.
        """
        with pytest.raises(LedgerError, match="random value"):
            ledger.take([])


def _broken(records: Iterator[LedgerRecord]) -> Iterator[LedgerRecord]:
    yield from takewhile(lambda record: record.table != "history", records)
    raise LedgerError("the network is gone")
