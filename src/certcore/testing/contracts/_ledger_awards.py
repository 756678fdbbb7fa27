"""
What a ledger promises about awards.
"""

from __future__ import annotations

import datetime as dt

from concurrent.futures import ThreadPoolExecutor

from attrs import evolve

from certcore.domain import Failure, Status, normalize_code
from certcore.ports import Award, Candidate, CertificateFilter, Ledger, Standing
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
    learner,
    lease,
    record,
    result,
    statement,
)


def _kinds(ledger: Ledger, *candidates: Candidate, now: dt.datetime = NOW) -> list[str]:
    return [each.kind for each in ledger.award(candidates, run=None, actor="tests", now=now)]


class Awards(Suite):
    """
    Each identity once; a statement that stays.
    """

    def test_an_award_is_pending_and_keeps_its_statement(self, ledger: Ledger) -> None:
        """
        What was frozen comes back as it was, under an id and a code of its own.
        """
        said = candidate(cycle="2026T1")

        (given,) = ledger.award([said], run=7, actor="tests", now=NOW)

        found = ledger.get(given.certificate)
        assert given.kind == "new"
        assert (found.status, found.run, found.attempts) == (Status.PENDING, 7, 0)
        assert (found.learner, found.statement) == (said.learner, said.statement)
        assert normalize_code(found.code) == found.code
        assert (found.artifact, found.issued_at, found.failure) == (None, None, None)
        assert (found.replaces, found.replaced_by) == (None, None)

    def test_a_quiet_award_stays_quiet(self, ledger: Ledger) -> None:
        """
        Only what is new takes the word for it; what was awarded before is told of, or not, as then.
        """
        (loud,) = award(ledger, candidate("a"))

        _, quiet = award(ledger, candidate("a"), candidate("b"), quiet=True)
        award(ledger, candidate("a", name="Eva"), candidate("b", name="Eva"), now=LATER)

        found = [ledger.get(each) for each in (loud, quiet)]
        assert [each.quiet for each in found] == [False, True]
        assert [each.statement.recipient.name for each in found] == ["Eva", "Eva"]
        assert record(ledger, result(lease(ledger, quiet))) == [True]
        assert ledger.get(quiet).quiet

    def test_awards_come_in_the_order_of_their_candidates(self, ledger: Ledger) -> None:
        """
        Old and new, what became of each stands where the candidate stood.
        """
        people = crowd(6)
        before = award(ledger, *people[1::2])

        awards = ledger.award(people, run=None, actor="tests", now=NOW)

        assert [each.kind for each in awards] == ["new", "refreshed"] * 3
        assert [each.certificate for each in awards[1::2]] == before
        assert [ledger.get(each.certificate).learner for each in awards] == [
            each.learner for each in people
        ]

    def test_no_candidates_are_no_awards(self, ledger: Ledger) -> None:
        """
        Nothing in, nothing out.
        """
        assert ledger.award([], run=None, actor="tests", now=NOW) == ()
        assert ledger.held([]) == {}
        assert ledger.lease([], owner="tests", until=LATER, now=NOW) == ()
        assert ledger.record([], actor="tests", now=NOW) == {}
        assert ledger.renew({}, until=LATER) == frozenset()

    def test_codes_are_all_different(self, ledger: Ledger) -> None:
        """
        No two certificates share an id or a code.
        """
        ids = award(ledger, *crowd(50))

        assert len(set(ids)) == 50
        assert len({ledger.get(each).code for each in ids}) == 50

    def test_an_identity_is_awarded_once(self, ledger: Ledger) -> None:
        """
        Asked again, the ledger names the certificate that there is.
        """
        (first,) = award(ledger)

        again = ledger.award([candidate()], run=None, actor="tests", now=LATER)

        assert again == (Award("refreshed", first),)
        assert [entry.verb for entry in ledger.history(first)] == ["award"]

    def test_whoever_is_named_twice_gets_one(self, ledger: Ledger) -> None:
        """
        In one call the first is new, the second the same certificate with the newer statement.
        """
        newer = evolve(statement("Ada María López"), awarded_at=LATER)

        first, second = ledger.award(
            [candidate(), Candidate(learner=learner(), statement=newer)],
            run=None,
            actor="tests",
            now=NOW,
        )

        found = ledger.get(first.certificate)
        assert (first.kind, second) == ("new", Award("refreshed", first.certificate))
        assert (found.statement.recipient.name, found.statement.awarded_at) == (
            "Ada María López",
            NOW,
        )

    def test_alike_is_not_the_same(self, ledger: Ledger) -> None:
        """
        Ids that differ in case, in a trailing blank, in an accent or its form are different people.
        """
        ids = ["ada", "Ada", "ada ", "adá", "ada\u0301", "ADA"]

        awards = ledger.award([candidate(each) for each in ids], run=None, actor="tests", now=NOW)

        assert [each.kind for each in awards] == ["new"] * len(ids)
        assert [ledger.get(each.certificate).learner.id for each in awards] == ids

    def test_what_makes_an_identity(self, ledger: Ledger) -> None:
        """
        Another context, type, realm or cycle is another award; parts don't run into each other.
        """
        other_type = evolve(BIOLOGY, type="distinction")
        every = [
            candidate(),
            candidate(configuration=HISTORY),
            candidate(configuration=other_type),
            candidate(realm="summer"),
            candidate(cycle="2026T2"),
            candidate("b", realm="a"),
            candidate("ab", realm="a"),
            candidate("b", realm="aa"),
        ]

        assert _kinds(ledger, *every) == ["new"] * len(every)

    def test_an_earlier_award_takes_the_newer_statement(self, ledger: Ledger) -> None:
        """
        Recipient and evidence are refreshed; id, code and dates stay.
        """
        (first,) = award(ledger)
        before = ledger.get(first)
        newer = statement(
            "Ada María López",
            awarded_at=LATER,
            earned_at=LATER,
            expires_at=MUCH_LATER,
        )

        ledger.award(
            [Candidate(learner=learner(), statement=newer)], run=9, actor="tests", now=LATER
        )

        after = ledger.get(first)
        assert after.statement == evolve(
            newer,
            awarded_at=before.statement.awarded_at,
            earned_at=before.statement.earned_at,
            expires_at=before.statement.expires_at,
        )
        assert (after.code, after.status, after.run) == (before.code, Status.PENDING, before.run)
        assert [each.id for each in ledger.find(CertificateFilter(person="maría"))] == [first]

    def test_what_somebody_works_on_is_not_refreshed(self, ledger: Ledger) -> None:
        """
        The file that is being made has to show what its row says.
        """
        (first,) = award(ledger)
        leased = lease(ledger, first)

        kinds = _kinds(ledger, candidate(name="Ada María López"))

        assert kinds == ["refreshed"]
        assert ledger.get(first).statement == leased.certificate.statement
        assert record(ledger, result(leased)) == [True]

    def test_a_refreshed_award_is_not_recorded_with_an_older_file(self, ledger: Ledger) -> None:
        """
        Whoever let a lease run out loses once the statement is another.
        """
        (first,) = award(ledger)
        late = lease(ledger, first, until=LATER)

        ledger.award([candidate(name="Ada María López")], run=None, actor="tests", now=MUCH_LATER)

        assert record(ledger, result(late), now=MUCH_LATER) == [False]
        assert ledger.get(first).status is Status.PENDING

    def test_what_was_issued_is_held_and_stays(self, ledger: Ledger) -> None:
        """
        Newer data change nothing about an issued certificate.
        """
        before = issue(ledger)

        given = ledger.award([candidate(name="Eva")], run=None, actor="tests", now=LATER)

        assert given == (Award("held", before.id),)
        assert ledger.get(before.id) == before

    def test_what_failed_rests_with_the_newer_statement(self, ledger: Ledger) -> None:
        """
        It isn't new, and isn't tried before its time.
        """
        (first,) = award(ledger)
        leased = lease(ledger, first)
        failure = Failure(code="missing-glyphs", message="no Ł", inputs="a" * 64)
        ledger.fail(
            first, fence=leased.fence, failure=failure, next_attempt_at=None, actor="t", now=NOW
        )

        kinds = _kinds(ledger, candidate(name="Lopez"))

        found = ledger.get(first)
        assert kinds == ["resting"]
        assert (found.statement.recipient.name, found.status) == ("Lopez", Status.FAILED)
        assert found.failure == failure

    def test_revoked_cancelled_and_forgotten_block(self, ledger: Ledger) -> None:
        """
        Who was turned down isn't awarded again by the next run.
        """
        revoked = issue(ledger, candidate("a")).id
        (cancelled,) = award(ledger, candidate("b"))
        forgotten = issue(ledger, candidate("c")).id
        ledger.revoke(revoked, reason="plagiarism", actor="tests", now=NOW)
        ledger.cancel(cancelled, reason="wrong course", actor="tests", now=NOW)
        ledger.forget(forgotten, actor="tests", now=NOW)

        awards = ledger.award(
            [candidate("a"), candidate("b"), candidate("c")], run=None, actor="tests", now=NOW
        )

        assert awards == tuple(Award("blocked", each) for each in (revoked, cancelled, forgotten))

    def test_held_says_what_is_taken(self, ledger: Ledger) -> None:
        """
        Every award has a standing, with its failure; whoever has none isn't mentioned.
        """
        issued = issue(ledger, candidate("a"))
        (failed,) = award(ledger, candidate("b"))
        failure = Failure(code="font", message="no font", retryable=True, retry_after=1.5)
        ledger.fail(
            failed,
            fence=lease(ledger, failed).fence,
            failure=failure,
            next_attempt_at=LATER,
            actor="tests",
            now=NOW,
        )
        asked = [candidate(each).identity for each in ("a", "b", "A")]

        assert ledger.held(asked) == {
            asked[0]: Standing(certificate=issued.id, status=Status.ISSUED),
            asked[1]: Standing(certificate=failed, status=Status.FAILED, failure=failure),
        }

    def test_questions_may_be_long(self, ledger: Ledger) -> None:
        """
        A whole university can be asked about at once.
        """
        issued = issue(ledger)
        asked = [evolve(issued.identity, learner=learner(f"x{n}")) for n in range(33_000)]

        standings = ledger.held([*asked, issued.identity])

        holders = [each.learner for each in asked]
        found = ledger.holds_any([*holders, issued.learner], {BIOLOGY.context})
        assert list(standings) == [issued.identity]
        assert {who for who, held in found.items() if held} == {issued.learner}

    def test_holds_any_names_issued_certificates(self, ledger: Ledger) -> None:
        """
        Only what is issued counts, in the contexts asked for, of the very learner.
        """
        issue(ledger, candidate("ada"))
        issue(ledger, candidate("ada", configuration=HISTORY))
        issue(ledger, candidate("ada", realm="winter"))
        award(ledger, candidate("eva"))
        revoked = issue(ledger, candidate("bob"))
        ledger.revoke(revoked.id, reason="plagiarism", actor="tests", now=NOW)
        asked = [learner(each) for each in ("ada", "Ada", "eva", "bob")]
        asked.append(learner("ada", "summer"))

        held = ledger.holds_any(asked, {BIOLOGY.context, "unknown"})

        assert dict(held) == {
            who: frozenset({(BIOLOGY.context, BIOLOGY.type)} if who == learner("ada") else ())
            for who in asked
        }

    def test_awarded_at_once_from_two_sides(self, ledger: Ledger, another: Ledger) -> None:
        """
        Of those who award the same identity, one gives `new`; all name the same certificate.
        """
        people = crowd(40)

        def go(handle: Ledger) -> tuple[Award, ...]:
            return handle.award(people, run=None, actor="tests", now=NOW)

        with ThreadPoolExecutor() as pool:
            every = list(pool.map(go, [ledger, another, ledger, another]))

        for given in zip(*every, strict=True):
            assert sorted(each.kind for each in given) == ["new"] + ["refreshed"] * 3
            assert len({each.certificate for each in given}) == 1
