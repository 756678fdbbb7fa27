"""
What somebody else does between two steps of ours, on servers; a SQLite file has one writer.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from certcore.domain import DeliveryStatus, Status
from certcore.ledgers import SqlOptions
from certcore.ledgers._sql import open_ledger
from certcore.ports import CertificateFilter, Settlement
from certcore.testing.contracts._samples import (
    BIOLOGY,
    NOW,
    award,
    candidate,
    issue,
    lease,
    message,
)


SERVERS = pytest.mark.parametrize("ledger_url", ["postgresql", "mariadb"], indirect=True)


@pytest.fixture
def pair(ledger_url):
    """
    A ledger, opened by two.
    """
    pair = [open_ledger(SqlOptions(url=ledger_url), Path()) for _ in range(2)]
    yield pair
    for ledger in pair:
        ledger.close()


@pytest.mark.parametrize("ledger_url", ["postgresql"], indirect=True)
def test_an_award_that_is_gone_again(pair):
    """
    Whose slot was taken when ours was to be inserted, and is free when we look who has it.
    """
    ledger, other = pair
    taken: list[str] = []

    def quicker(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "INSERT INTO certcore_certificates" in statement and not taken:
            taken.extend(award(other))

    def gone(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "INSERT INTO certcore_certificates" in statement and len(taken) == 1:
            other.annul(taken[0], reason="", actor="tests", now=NOW)
            taken.append("gone")

    sa.event.listen(ledger._engine, "before_cursor_execute", quicker)
    sa.event.listen(ledger._engine, "after_cursor_execute", gone)
    (given,) = ledger.award([candidate()], run=None, actor="tests", now=NOW)

    assert taken[1:] == ["gone"]
    assert given.kind == "new"
    assert given.certificate != taken[0]
    assert [each.status for each in ledger.find(CertificateFilter())] == [
        Status.ANNULLED,
        Status.PENDING,
    ]


@SERVERS
def test_leased_before_it_was_refreshed(pair):
    """
    An award that somebody began to work on in the meantime keeps its statement.
    """
    ledger, other = pair
    (id_,) = award(ledger)
    leased: list[object] = []

    def quicker(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "FOR UPDATE" in statement and not leased:
            leased.append(lease(other, id_))

    sa.event.listen(ledger._engine, "before_cursor_execute", quicker)
    award(ledger, candidate(name="Eva"))

    found = ledger.get(id_)
    assert found == leased[0].certificate
    assert found.statement.recipient.name == "Ada López"


@SERVERS
def test_begun_by_somebody_quicker(pair):
    """
    A run whose slot was free when we looked, and taken when we began, isn't ours.
    """
    ledger, other = pair
    begun: list[object] = []

    def quicker(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "INSERT INTO certcore_runs" in statement and not begun:
            begun.append(other.open_run(BIOLOGY, name="b", slot="s", now=NOW))

    sa.event.listen(ledger._engine, "before_cursor_execute", quicker)

    assert ledger.open_run(BIOLOGY, name="b", slot="s", now=NOW) is None
    assert begun == list(ledger.runs())


@SERVERS
def test_forgotten_while_it_is_sent(pair):
    """
    What a server said of a message doesn't come back to a certificate that is being forgotten.
    """
    ledger, other = pair
    certificate = issue(ledger)
    post = message(ledger, certificate)
    ledger.sending(post.id, now=NOW)
    settlement = Settlement(
        delivery=post.id, status=DeliveryStatus.FAILED, response="no ada@uni.example"
    )
    waiting = ThreadPoolExecutor(1)
    late: list[Future[None]] = []

    def settle(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "INSERT INTO certcore_history" in statement:
            late.append(waiting.submit(other.settle, settlement, now=NOW))
            with pytest.raises(TimeoutError):
                late[0].result(timeout=0.2)

    sa.event.listen(ledger._engine, "before_cursor_execute", settle)
    ledger.forget(certificate.id, actor="tests", now=NOW)

    late[0].result()
    waiting.shutdown()
    assert message(ledger, ledger.get(certificate.id)).response == ""
