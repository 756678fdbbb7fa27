"""
What a ledger promises about a certificate's further life.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable
from typing import TypeAlias

import pytest

from attrs import evolve

from certcore.domain import (
    Certificate,
    Chore,
    DeliveryStatus,
    Status,
    Verb,
    sources_of,
    transition,
)
from certcore.exceptions import IllegalTransitionError, NotFoundError
from certcore.ports import Ledger, Settlement
from certcore.testing.contracts._ledger_suite import Suite
from certcore.testing.contracts._ledger_work import fail
from certcore.testing.contracts._samples import (
    LATER,
    MUCH_LATER,
    NOW,
    award,
    candidate,
    issue,
    lease,
    message,
    record,
    result,
    statement,
)


Step: TypeAlias = Callable[[Ledger, str], Certificate]

_STEPS: dict[Verb, Step] = {
    "cancel": lambda ledger, id_: ledger.cancel(id_, reason="why", actor="m.ruiz", now=LATER),
    "revoke": lambda ledger, id_: ledger.revoke(id_, reason="why", actor="m.ruiz", now=LATER),
    "reinstate": lambda ledger, id_: ledger.reinstate(id_, reason="why", actor="m.ruiz", now=LATER),
    "annul": lambda ledger, id_: ledger.annul(id_, reason="why", actor="m.ruiz", now=LATER),
    "forget": lambda ledger, id_: ledger.forget(id_, actor="m.ruiz", now=LATER),
    "supersede": lambda ledger, id_: ledger.replace(
        id_, statement(), reason="why", actor="m.ruiz", now=LATER
    ),
}
_EVERY: list[tuple[Status, Verb]] = [(status, verb) for status in Status for verb in _STEPS]
_LEGAL = [(status, verb) for status, verb in _EVERY if status in sources_of(verb)]
_ILLEGAL = [each for each in _EVERY if each not in _LEGAL]


def brought_to(ledger: Ledger, status: Status) -> str:
    """
    Give a certificate in that status.
    """
    if status in {Status.PENDING, Status.FAILED, Status.CANCELLED}:
        (certificate,) = award(ledger)
        if status is Status.FAILED:
            fail(ledger, lease(ledger, certificate), again=LATER)
        elif status is Status.CANCELLED:
            ledger.cancel(certificate, reason="", actor="tests", now=NOW)
        return certificate
    certificate = issue(ledger).id
    if status is Status.REVOKED:
        ledger.revoke(certificate, reason="", actor="tests", now=NOW)
    elif status is Status.ANNULLED:
        ledger.annul(certificate, reason="", actor="tests", now=NOW)
    elif status is Status.FORGOTTEN:
        ledger.forget(certificate, actor="tests", now=NOW)
    elif status is Status.SUPERSEDED:
        successor = ledger.replace(certificate, statement(), reason="", actor="tests", now=NOW)
        record(ledger, result(lease(ledger, successor.id)))
    return certificate


class Lifecycle(Suite):
    """
    Every transition, and what comes with it.
    """

    @pytest.mark.parametrize("status, verb", _ILLEGAL)
    def test_illegal_transitions_change_nothing(
        self, ledger: Ledger, status: Status, verb: Verb
    ) -> None:
        """
        What the status doesn't allow is refused.
        """
        certificate = brought_to(ledger, status)
        before = ledger.get(certificate), ledger.history(certificate), ledger.chores()
        posted = ledger.deliveries(certificate)

        with pytest.raises(IllegalTransitionError):
            _STEPS[verb](ledger, certificate)

        assert (ledger.get(certificate), ledger.history(certificate), ledger.chores()) == before
        assert ledger.deliveries(certificate) == posted

    @pytest.mark.parametrize("status, verb", [each for each in _LEGAL if each[1] != "supersede"])
    def test_legal_transitions_are_told(self, ledger: Ledger, status: Status, verb: Verb) -> None:
        """
        The certificate comes back as it now is, and its history says who did it, when and why.
        """
        certificate = brought_to(ledger, status)

        moved = _STEPS[verb](ledger, certificate)

        reason = "" if verb == "forget" else "why"
        last = ledger.history(certificate)[-1]
        assert moved == ledger.get(certificate)
        assert (moved.id, moved.status, moved.reason) == (
            certificate,
            transition(status, verb),
            reason,
        )
        assert (last.certificate, last.verb, last.actor, last.reason, last.at) == (
            certificate,
            verb,
            "m.ruiz",
            reason,
            LATER,
        )
        assert (last.before, last.after) == (status.value, moved.status.value)

    @pytest.mark.parametrize("verb", list(_STEPS))
    def test_an_unknown_certificate_is_not_found(self, ledger: Ledger, verb: Verb) -> None:
        """
        An unknown id is named in the error.
        """
        with pytest.raises(NotFoundError, match="000000"):
            _STEPS[verb](ledger, "0" * 32)

    @pytest.mark.parametrize("verb", ["cancel", "annul", "forget"])
    def test_whoever_works_on_it_loses(self, ledger: Ledger, verb: Verb) -> None:
        """
        A record that was running comes too late.
        """
        (certificate,) = award(ledger)
        leased = lease(ledger, certificate)
        moved = _STEPS[verb](ledger, certificate)

        won = record(ledger, result(leased), now=LATER)

        assert won == [False]
        assert not fail(ledger, leased)
        assert ledger.renew({certificate: leased.fence}, until=LATER) == frozenset()
        assert ledger.get(certificate) == moved
        assert ledger.due(now=LATER + dt.timedelta(days=30)) == ()

    @pytest.mark.parametrize("verb", ["revoke", "annul", "forget"])
    def test_unsent_messages_are_cancelled(self, ledger: Ledger, verb: Verb) -> None:
        """
        Nobody is told of a certificate that isn't good any more.
        """
        certificate = issue(ledger)

        _STEPS[verb](ledger, certificate.id)

        post = message(ledger, certificate)
        assert (post.status, post.settled_at) == (DeliveryStatus.CANCELLED, LATER)
        assert ledger.sending(post.id, now=LATER) is None

    def test_sent_messages_stay_sent(self, ledger: Ledger) -> None:
        """
        What somebody was told can't be called back.
        """
        certificate = issue(ledger)
        sent = message(ledger, certificate).id
        ledger.sending(sent, now=NOW)
        ledger.settle(Settlement(delivery=sent, status=DeliveryStatus.SENT), now=NOW)

        ledger.revoke(certificate.id, reason="plagiarism", actor="tests", now=LATER)

        assert message(ledger, certificate).status is DeliveryStatus.SENT

    @pytest.mark.parametrize(
        "verb, kind", [("revoke", "withdraw"), ("annul", "withdraw"), ("forget", "forget")]
    )
    def test_work_on_the_file_is_left(self, ledger: Ledger, verb: Verb, kind: str) -> None:
        """
        A chore is opened with the transition; a certificate without a file leaves none.
        """
        certificate = issue(ledger)
        (unmade,) = award(ledger, candidate("eva"))

        _STEPS[verb](ledger, certificate.id)
        ledger.annul(unmade, reason="", actor="tests", now=LATER)

        (chore,) = ledger.chores()
        assert certificate.artifact is not None
        assert (chore.kind, chore.certificate, chore.key) == (
            kind,
            certificate.id,
            certificate.artifact.key,
        )
        assert (chore.opened_at, chore.attempts) == (LATER, 0)

    def test_the_last_word_on_a_file_counts(self, ledger: Ledger) -> None:
        """
        A file that is to be restored isn't withdrawn by an older chore that failed so far.
        """
        certificate = issue(ledger).id
        ledger.revoke(certificate, reason="", actor="tests", now=NOW)
        ledger.finish_chore(ledger.chores()[0].id, error="the store is down", now=NOW)

        ledger.reinstate(certificate, reason="", actor="tests", now=LATER)

        assert [chore.kind for chore in ledger.chores()] == ["restore"]

    def test_chores_are_done_once(self, ledger: Ledger) -> None:
        """
        One that failed is tried again, behind the others; one that is done is gone, also when
        somebody else did it at the same time.
        """
        for each in "abc":
            ledger.revoke(issue(ledger, candidate(each)).id, reason="", actor="tests", now=NOW)
        first, second, third = ledger.chores()

        ledger.finish_chore(first.id, error="the store is down", now=LATER)
        ledger.finish_chore(second.id, now=LATER)

        assert ledger.chores() == (third, evolve(first, attempts=1))
        assert ledger.chores(limit=1) == (third,)
        ledger.finish_chore(second.id, now=LATER)
        ledger.finish_chore(77, now=LATER)
        assert len(ledger.chores()) == 2

    @pytest.mark.parametrize("error", ["", "the store is down"])
    @pytest.mark.parametrize("done", [False, True])
    @pytest.mark.parametrize(
        "late, verbs, kind",
        [
            ("withdraw", ["revoke", "reinstate"], "restore"),
            ("restore", ["revoke", "reinstate", "revoke"], "withdraw"),
            ("restore", ["revoke", "reinstate", "annul"], "withdraw"),
            ("restore", ["revoke", "reinstate", "forget"], "forget"),
            ("withdraw", ["revoke", "reinstate", "supersede"], "restore"),
        ],
    )
    def test_a_slow_worker_is_put_right(
        self, ledger: Ledger, late: str, verbs: list[Verb], kind: str, *, done: bool, error: str
    ) -> None:
        """
        Whoever does what is no longer wanted, or half of it, may have undone what was: that is done
        once more.
        """
        moved = issue(ledger)
        certificate = moved.id
        seen: dict[str, Chore] = {}
        for verb in verbs:
            moved = _STEPS[verb](ledger, certificate)
            seen = {each.kind: each for each in ledger.chores()} | seen
        if moved.replaces:
            record(ledger, result(lease(ledger, moved.id)))
        if done:
            for each in ledger.chores():
                ledger.finish_chore(each.id, now=LATER)

        ledger.finish_chore(seen[late].id, error=error, now=MUCH_LATER)
        ledger.finish_chore(seen[late].id, error=error, now=MUCH_LATER)

        (chore,) = ledger.chores()
        assert (chore.kind, chore.certificate, chore.key) == (kind, certificate, seen[late].key)
        assert (chore.opened_at, chore.attempts) == (MUCH_LATER if done else LATER, 0)
        ledger.finish_chore(chore.id, now=MUCH_LATER)
        assert ledger.chores() == ()

    def test_a_slow_worker_who_did_nothing_wrong(self, ledger: Ledger) -> None:
        """
        What is wanted again was no mistake: no work comes of it.
        """
        certificate = issue(ledger).id
        ledger.revoke(certificate, reason="", actor="tests", now=NOW)
        (late,) = ledger.chores()
        ledger.reinstate(certificate, reason="", actor="tests", now=NOW)
        ledger.revoke(certificate, reason="", actor="tests", now=NOW)
        ledger.finish_chore(ledger.chores()[0].id, now=NOW)

        ledger.finish_chore(late.id, now=LATER)

        assert ledger.chores() == ()

    def test_a_revoked_certificate_may_be_reinstated(self, ledger: Ledger) -> None:
        """
        It is what it was, and the learner still can't be awarded another.
        """
        before = issue(ledger)
        ledger.revoke(before.id, reason="plagiarism", actor="tests", now=NOW)

        after = ledger.reinstate(before.id, reason="", actor="tests", now=LATER)

        assert after == before
        assert ledger.award([candidate()], run=None, actor="tests", now=LATER)[0].kind == "held"

    @pytest.mark.parametrize("status", [Status.PENDING, Status.FAILED, Status.ISSUED])
    def test_annulling_frees_the_slot(self, ledger: Ledger, status: Status) -> None:
        """
        The learner may still earn one, with another code; the old one says that it was annulled.
        """
        old = brought_to(ledger, status)

        ledger.annul(old, reason="the rule was wrong", actor="tests", now=NOW)

        assert ledger.held([candidate().identity]) == {}
        (new,) = ledger.award([candidate()], run=None, actor="tests", now=LATER)
        assert new.kind == "new"
        assert ledger.get(new.certificate).code != ledger.get(old).code
        assert ledger.get(old).status is Status.ANNULLED

    def test_cancelling_holds_the_slot(self, ledger: Ledger) -> None:
        """
        What somebody stopped isn't awarded by the next run.
        """
        certificate = brought_to(ledger, Status.CANCELLED)

        (standing,) = ledger.held([candidate().identity]).values()

        assert (standing.certificate, standing.status) == (certificate, Status.CANCELLED)
