"""
How `schema-1.db` was made, and what `schema-1.json` says was in it. No test runs it.

With the code of the first version, in whose words this is written:

    git archive bdbe193 | tar x -C OLD
    PYTHONPATH=OLD/src python make_schema_1.py
"""

from __future__ import annotations

import datetime as dt
import json

from pathlib import Path
from typing import Any

from attrs import evolve

from certcore.config import plain
from certcore.domain import (
    Certificate,
    DeliveryStatus,
    Failure,
    Hold,
    LearnerKey,
    Note,
    RunStatus,
    Status,
)
from certcore.ports import CertificateFilter, Ledger, Settlement
from certcore.testing.contracts._samples import (
    BIOLOGY,
    HISTORY,
    LATER,
    MUCH_LATER,
    NOW,
    candidate,
    result,
    statement,
)


HERE = Path(__file__).parent
WHY = {"reason": "why", "actor": "m.ruiz", "now": LATER}
BROKEN = Failure(code="storage", message="the disk is full", retryable=True, inputs="a" * 64)
HELD = Hold(
    configuration=HISTORY,
    name="hist200/completion",
    reason="12,408 learners would get a new certificate",
    by="certcore",
    at=NOW,
    count=12_408,
)
PEOPLE = tuple(
    f"{status.value}{number}" for status in Status for number in range(3)
)  # each status has three, some of whom are somewhat different


def fill(ledger: Ledger) -> None:
    """
    Put something into each table.
    """
    run = ledger.open_run(BIOLOGY, name="bio101/completion", slot="2026-07-01T06:00", now=NOW)
    assert run is not None
    people = [candidate(each, name=f"Núñez {each}", cycle="2026T1") for each in PEOPLE]
    ids = dict(
        zip(
            PEOPLE,
            (a.certificate for a in ledger.award(people, run=run.id, actor="run 1", now=NOW)),
            strict=True,
        )
    )
    ledger.award([candidate(configuration=HISTORY)], run=None, actor="m.ruiz", now=NOW, quiet=True)
    for each in PEOPLE:
        bring(ledger, ids[each], each[:-1], int(each[-1]))
    notes = [Note(kind="skipped", where="line 3", reason="no name", learner="l3")]
    ledger.count(run.id, {"retrieved": 27, "issued": 15}, missing={"Total": 4}, notes=notes)
    ledger.close_run(run.id, RunStatus.DONE, message="all well", now=LATER)
    for name, status in (("failed", RunStatus.FAILED), ("held", RunStatus.HELD)):
        other = ledger.open_run(HISTORY, name="hist200/completion", slot=name, now=LATER)
        assert other is not None
        ledger.close_run(other.id, status, message=name, now=MUCH_LATER)
    ledger.open_run(HISTORY, name="hist200/completion", slot="running", now=MUCH_LATER)
    ledger.hold(HELD)
    ledger.hold(evolve(HELD, configuration=BIOLOGY, at=LATER))
    ledger.allow(BIOLOGY, actor="m.ruiz")
    ledger.alert_once(HISTORY, "held", now=NOW)


def bring(ledger: Ledger, id_: str, status: str, number: int) -> None:
    """
    Bring a certificate into that status; what may differ does, by the number.
    """
    if status == "cancelled":
        ledger.cancel(id_, **WHY)
        return
    if status == "pending":
        if number:
            ledger.lease([id_], owner="worker", until=LATER, now=NOW)
        return
    (leased,) = ledger.lease([id_], owner="worker", until=LATER, now=NOW)
    if status == "failed":
        again = LATER if number else None
        failure = evolve(BROKEN, retryable=bool(number))
        ledger.fail(
            id_, fence=leased.fence, failure=failure, next_attempt_at=again, actor="w", now=NOW
        )
        return
    address = "" if number == 2 else "someone@uni.example"
    ledger.record([result(leased, address=address)], actor="run 1", now=NOW)
    (message,) = ledger.deliveries(id_)
    if number == 1:
        send(ledger, message.id, status)
    move(ledger, id_, status, number)


def send(ledger: Ledger, message: str, status: str) -> None:
    """
    Send the message about what then comes into that status; each ends in another way.
    """
    ends = {"revoked": DeliveryStatus.FAILED, "superseded": DeliveryStatus.UNKNOWN}
    ended = ends.get(status, DeliveryStatus.SENT)
    ledger.sending(message, now=NOW)
    ledger.settle(Settlement(delivery=message, status=ended, response="250 OK"), now=LATER)


def move(ledger: Ledger, id_: str, status: str, number: int) -> None:
    """
    Move what was issued on to that status.
    """
    if status == "revoked":
        ledger.revoke(id_, **WHY)
        if number:
            error = "the store is down" if number == 1 else ""
            ledger.finish_chore(ledger.chores()[0].id, error=error, now=LATER)
    elif status == "annulled":
        ledger.annul(id_, **WHY)
    elif status == "forgotten":
        ledger.forget(id_, actor="m.ruiz", now=LATER)
    elif status == "superseded":
        successor = ledger.replace(id_, statement("Ada Núñez", cycle="2026T1"), **WHY)
        if number:
            (again,) = ledger.lease([successor.id], owner="w", until=MUCH_LATER, now=LATER)
            ledger.record([result(again)], actor="m.ruiz", now=LATER)


def everything(ledger: Ledger) -> dict[str, Any]:
    """
    Read all that a ledger gives away, as plain values. Writes nothing.
    """
    found = ledger.find(CertificateFilter(), limit=1000)
    return {
        "certificates": [_certificate(ledger, each) for each in found],
        "held": sorted(
            standing.certificate
            for standing in ledger.held([each.identity for each in _awarded()]).values()
        ),
        "due": sorted(ledger.due(now=MUCH_LATER, limit=1000)),
        "messages": sorted(ledger.deliveries_due(now=MUCH_LATER, channel="email", limit=1000)),
        "runs": [plain(ledger.run(each.id)) for each in ledger.runs()],
        "holds": plain(ledger.holds()),
        "chores": plain(ledger.chores()),
    }


def _awarded() -> list[Any]:
    mine = [candidate(each, cycle="2026T1") for each in PEOPLE]
    return [*mine, candidate(configuration=HISTORY)]


def _certificate(ledger: Ledger, certificate: Certificate) -> dict[str, Any]:
    assert ledger.by_code(certificate.code) == certificate
    assert certificate.learner == LearnerKey(certificate.learner.realm, certificate.learner.id)
    return {
        "certificate": plain(certificate),
        "history": plain(ledger.history(certificate.id)),
        "deliveries": plain(ledger.deliveries(certificate.id)),
    }


if __name__ == "__main__":
    from certcore.ledgers import SqlOptions
    from certcore.ledgers._sql import open_ledger

    made = open_ledger(SqlOptions(url="sqlite:///schema-1.db"), HERE)
    fill(made)
    # what mailed links say, of messages that are being sent
    tokens = {}
    for waiting in made.deliveries_due(now=MUCH_LATER, channel="email", limit=3):
        begun = made.sending(waiting, now=MUCH_LATER + dt.timedelta(days=1))
        assert begun is not None
        tokens[begun.token] = begun.certificate
    said = {"everything": everything(made), "tokens": tokens}
    made.close()
    (HERE / "schema-1.json").write_text(
        json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8"
    )
