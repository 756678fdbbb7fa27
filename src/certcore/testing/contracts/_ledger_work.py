"""
What a ledger promises about the way from an award to a recorded file.
"""

from __future__ import annotations

import datetime as dt
import time

from concurrent.futures import ThreadPoolExecutor

from attrs import evolve

from certcore.domain import Certificate, Failure, Status
from certcore.ports import Leased, Ledger
from certcore.testing.contracts._ledger_suite import Suite
from certcore.testing.contracts._samples import (
    BIOLOGY,
    HISTORY,
    LATER,
    MUCH_LATER,
    NOW,
    award,
    candidate,
    crowd,
    issue,
    lease,
    record,
    result,
)


FAILURE = Failure(
    code="storage", message="the disk is full", retryable=True, retry_after=30.0, inputs="a" * 64
)


def fail(
    ledger: Ledger, leased: Leased, *, again: dt.datetime | None = None, now: dt.datetime = NOW
) -> bool:
    return ledger.fail(
        leased.certificate.id,
        fence=leased.fence,
        failure=FAILURE,
        next_attempt_at=again,
        actor="tests",
        now=now,
    )


class Work(Suite):
    """
    Leases, fences, records and failures.
    """

    def test_a_lease_is_exclusive(self, ledger: Ledger, another: Ledger) -> None:
        """
        While it lasts, nobody else gets the certificate, its own owner neither.
        """
        ids = award(ledger, *crowd(3))

        first = ledger.lease(ids[:2], owner="one", until=LATER, now=NOW)
        second = another.lease(ids, owner="two", until=LATER, now=NOW)
        third = ledger.lease(ids, owner="one", until=LATER, now=NOW)

        assert {each.certificate.id for each in first} == set(ids[:2])
        assert [each.certificate.id for each in second] == ids[2:]
        assert third == ()

    def test_a_lease_shows_the_certificate(self, ledger: Ledger) -> None:
        """
        Its statement, and the number of this attempt.
        """
        (certificate,) = award(ledger)

        leased = lease(ledger, certificate)

        assert leased.certificate == ledger.get(certificate)
        assert leased.certificate.attempts == 1

    def test_an_expired_lease_is_taken_over(self, ledger: Ledger) -> None:
        """
        From the moment it ends, somebody else may go on; the first one loses and changes nothing.
        """
        (certificate,) = award(ledger)
        slow = lease(ledger, certificate, until=LATER)

        quick = lease(ledger, certificate, now=LATER, until=MUCH_LATER)

        before = ledger.get(certificate)
        assert quick.fence > slow.fence
        assert record(ledger, result(slow), now=LATER) == [False]
        assert not fail(ledger, slow, now=LATER)
        assert ledger.renew({certificate: slow.fence}, until=MUCH_LATER) == frozenset()
        assert (ledger.get(certificate), ledger.deliveries(certificate)) == (before, ())
        assert record(ledger, result(quick), now=LATER) == [True]

    def test_without_a_lease_nothing_is_recorded(self, ledger: Ledger) -> None:
        """
        Guessing a fence doesn't help.
        """
        (certificate,) = award(ledger)
        guessed = Leased(ledger.get(certificate), 0)

        assert record(ledger, result(guessed)) == [False]
        assert not fail(ledger, guessed)
        assert ledger.renew({certificate: 0}, until=LATER) == frozenset()

    def test_what_is_not_there_is_left_out(self, ledger: Ledger) -> None:
        """
        An unknown certificate is neither leased nor recorded nor failed.
        """
        unknown = evolve(ledger_certificate(ledger), id="0" * 32)
        guessed = Leased(unknown, 1)

        assert ledger.lease([unknown.id], owner="tests", until=LATER, now=NOW) == ()
        assert record(ledger, result(guessed)) == [False]
        assert not fail(ledger, guessed)
        assert ledger.renew({unknown.id: 1}, until=LATER) == frozenset()
        assert ledger.retry([unknown.id], actor="tests", now=NOW) == 0

    def test_only_what_is_unmade_is_leased(self, ledger: Ledger) -> None:
        """
        Issued and cancelled certificates aren't made again.
        """
        issued = issue(ledger, candidate("a")).id
        (cancelled,) = award(ledger, candidate("b"))
        ledger.cancel(cancelled, reason="", actor="tests", now=NOW)

        leased = ledger.lease([issued, cancelled], owner="tests", until=LATER, now=MUCH_LATER)

        assert leased == ()

    def test_a_lease_is_prolonged(self, ledger: Ledger) -> None:
        """
        Whoever renews in time keeps the certificate; it can be given back the same way.
        """
        ids = award(ledger, *crowd(2))
        leased = {
            each.certificate.id: each.fence
            for each in ledger.lease(ids, owner="tests", until=LATER, now=NOW)
        }

        renewed = ledger.renew(leased, until=MUCH_LATER)

        assert renewed == set(ids)
        assert ledger.lease(ids, owner="other", until=MUCH_LATER, now=LATER) == ()
        assert ledger.renew({ids[0]: leased[ids[0]]}, until=LATER) == {ids[0]}
        assert ledger.due(now=LATER) == (ids[0],)

    def test_leased_from_two_sides(self, ledger: Ledger, another: Ledger) -> None:
        """
        Whoever asks at the same time, each certificate is one worker's.
        """
        ids = award(ledger, *crowd(40))

        def go(handle: Ledger) -> list[str]:
            found = handle.lease(ids, owner="tests", until=LATER, now=NOW)
            return [each.certificate.id for each in found]

        with ThreadPoolExecutor() as pool:
            every = list(pool.map(go, [ledger, another, ledger, another]))

        assert sorted(each for found in every for each in found) == sorted(ids)

    def test_a_recorded_certificate_is_issued(self, ledger: Ledger) -> None:
        """
        It has its file, its design and its date; what failed before is forgotten.
        """
        (certificate,) = award(ledger)
        fail(ledger, lease(ledger, certificate), again=NOW)
        leased = lease(ledger, certificate)
        made = result(leased)

        won = ledger.record([made], actor="tests", now=LATER)

        found = ledger.get(certificate)
        assert won == {certificate: True}
        assert (found.status, found.issued_at) == (Status.ISSUED, LATER)
        assert (found.artifact, found.design_digest, found.engine) == (
            made.artifact,
            made.design_digest,
            made.engine,
        )
        assert (found.failure, found.next_attempt_at) == (None, None)

    def test_losers_do_not_keep_winners_back(self, ledger: Ledger) -> None:
        """
        In one call, each is judged by its own fence.
        """
        ids = award(ledger, *crowd(3))
        leased = ledger.lease(ids, owner="tests", until=LATER, now=NOW)
        results = [result(each) for each in leased]
        results[1] = evolve(results[1], fence=results[1].fence - 1)

        won = record(ledger, *results)

        assert won == [True, False, True]
        statuses = [ledger.get(each.certificate).status for each in results]
        assert statuses == [Status.ISSUED, Status.PENDING, Status.ISSUED]

    def test_nothing_is_recorded_twice(self, ledger: Ledger) -> None:
        """
        A repeated record changes nothing and opens no second message.
        """
        (certificate,) = award(ledger)
        made = result(lease(ledger, certificate))
        record(ledger, made)
        before = ledger.get(certificate)

        assert record(ledger, made, now=LATER) == [False]
        assert ledger.get(certificate) == before
        assert len(ledger.deliveries(certificate)) == 1

    def test_a_failure_is_kept(self, ledger: Ledger) -> None:
        """
        What went wrong, and when it is tried again, can be read.
        """
        (certificate,) = award(ledger)

        mine = fail(ledger, lease(ledger, certificate), again=LATER)

        found = ledger.get(certificate)
        assert mine
        assert (found.status, found.failure) == (Status.FAILED, FAILURE)
        assert (found.next_attempt_at, found.attempts) == (LATER, 1)

    def test_whoever_failed_has_no_lease_any_more(self, ledger: Ledger) -> None:
        """
        Neither before nor after somebody retries it.
        """
        (certificate,) = award(ledger)
        leased = lease(ledger, certificate)
        fail(ledger, leased)

        assert record(ledger, result(leased)) == [False]
        ledger.retry([certificate], actor="tests", now=NOW)
        assert record(ledger, result(leased)) == [False]
        assert ledger.renew({certificate: leased.fence}, until=LATER) == frozenset()

    def test_what_failed_is_taken_up_in_time(self, ledger: Ledger) -> None:
        """
        Not before its next attempt is due; what has none rests.
        """
        waiting, resting = award(ledger, *crowd(2))
        fail(ledger, lease(ledger, waiting), again=LATER)
        fail(ledger, lease(ledger, resting), again=None)
        both = [waiting, resting]

        early = ledger.lease(both, owner="tests", until=MUCH_LATER, now=NOW)
        leased = ledger.lease(both, owner="tests", until=MUCH_LATER, now=LATER)

        assert early == ()
        assert [each.certificate.id for each in leased] == [waiting]
        assert (leased[0].certificate.status, leased[0].certificate.attempts) == (
            Status.PENDING,
            2,
        )

    def test_due_is_what_nobody_works_on(self, ledger: Ledger) -> None:
        """
        Fresh awards, expired leases and failures whose time has come; the oldest first.
        """
        fresh, held, expired, failed, resting = ids = award_apart(ledger, 5)
        lease(ledger, held, until=MUCH_LATER + dt.timedelta(days=1))
        lease(ledger, expired, until=LATER)
        fail(ledger, lease(ledger, failed), again=MUCH_LATER)
        fail(ledger, lease(ledger, resting), again=None)
        issue(ledger, candidate("issued"))

        assert ids == sorted(ids)
        assert ledger.due(now=NOW) == (fresh,)
        assert ledger.due(now=LATER) == (fresh, expired)
        assert ledger.due(now=MUCH_LATER) == (fresh, expired, failed)
        assert ledger.due(now=MUCH_LATER, limit=2) == (fresh, expired)
        assert ledger.due(now=MUCH_LATER, after=fresh, limit=1) == (expired,)
        assert ledger.due(now=MUCH_LATER, after=failed) == ()

    def test_due_in_one_configuration(self, ledger: Ledger) -> None:
        """
        The others' work isn't mentioned.
        """
        award(ledger, candidate())
        (other,) = award(ledger, candidate(configuration=HISTORY))

        assert ledger.due(now=NOW, configuration=HISTORY) == (other,)
        assert len(ledger.due(now=NOW, configuration=BIOLOGY)) == 1

    def test_retry_takes_what_failed(self, ledger: Ledger) -> None:
        """
        It is tried at once, as if for the first time; nothing else is touched.
        """
        failed, fresh = award(ledger, *crowd(2))
        fail(ledger, lease(ledger, failed), again=None)

        tried = ledger.retry([failed, fresh], actor="tests", now=LATER)

        found = ledger.get(failed)
        assert tried == 1
        assert (found.status, found.attempts, found.next_attempt_at) == (Status.PENDING, 0, None)
        assert lease(ledger, failed, now=LATER, until=MUCH_LATER).certificate.attempts == 1


def award_apart(ledger: Ledger, size: int) -> list[str]:
    """
    Award one after another, far enough apart for ids to sort by it.
    """
    ids: list[str] = []
    for each in crowd(size):
        ids += award(ledger, each)
        time.sleep(0.002)
    return ids


def ledger_certificate(ledger: Ledger) -> Certificate:
    """
    Give a certificate, no matter which.
    """
    return ledger.get(award(ledger, candidate("somebody"))[0])
