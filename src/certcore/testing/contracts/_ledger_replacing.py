"""
What a ledger promises about reissuing.
"""

from __future__ import annotations

import pytest

from attrs import evolve

from certcore.domain import DeliveryStatus, Status
from certcore.exceptions import IllegalTransitionError
from certcore.ports import Award, Ledger, Settlement
from certcore.testing.contracts._ledger_suite import Suite
from certcore.testing.contracts._ledger_work import fail
from certcore.testing.contracts._samples import (
    LATER,
    MUCH_LATER,
    NOW,
    award,
    candidate,
    due_messages,
    issue,
    lease,
    message,
    record,
    result,
    statement,
)


_MENDED = statement("Łukasz Żółć")


class Replacing(Suite):
    """
    One certificate in the place of another.
    """

    def test_the_old_one_stays_good_until_the_successor_is_recorded(self, ledger: Ledger) -> None:
        """
        The successor is PENDING, with a code of its own, and stands in nobody's way.
        """
        old = issue(ledger)

        new = ledger.replace(old.id, _MENDED, reason="typo", actor="m.ruiz", now=LATER)

        assert ledger.get(new.id) == new
        assert (new.status, new.statement, new.learner) == (Status.PENDING, _MENDED, old.learner)
        assert (new.replaces, new.replaced_by) == (old.id, None)
        assert new.code != old.code
        assert ledger.get(old.id) == old
        assert ledger.held([old.identity])[old.identity].certificate == old.id
        assert ledger.due(now=LATER) == (new.id,)
        (told,) = ledger.history(new.id)
        assert (told.verb, told.actor, told.reason, told.after) == (
            "replace",
            "m.ruiz",
            "typo",
            "pending",
        )

    @pytest.mark.parametrize("quiet", [False, True])
    def test_the_successor_is_as_quiet_as_is_wanted(self, ledger: Ledger, *, quiet: bool) -> None:
        """
        Whether anybody was told of the old one doesn't matter: somebody asks for this one.
        """
        (id_,) = award(ledger, quiet=not quiet)
        record(ledger, result(lease(ledger, id_), channel=""))

        new = ledger.replace(id_, _MENDED, reason="typo", actor="tests", now=LATER, quiet=quiet)

        assert (ledger.get(id_).quiet, new.quiet) == (not quiet, quiet)
        assert ledger.get(new.id) == new

    def test_the_successor_may_be_bound_to_a_design(self, ledger: Ledger) -> None:
        """
        It is known from the beginning, and told to whoever makes it, also after a failure.
        """
        old = issue(ledger)

        new = ledger.replace(
            old.id, _MENDED, reason="typo", actor="tests", now=NOW, design=old.design_digest
        )

        assert new.design_digest == old.design_digest
        fail(ledger, lease(ledger, new.id), again=LATER)
        leased = lease(ledger, new.id, now=LATER, until=MUCH_LATER)
        assert leased.certificate.design_digest == old.design_digest

    def test_recording_it_swaps_them_at_once(self, ledger: Ledger) -> None:
        """
        Old and new are linked both ways; the slot is the successor's; the message says reissue.
        """
        old = issue(ledger)
        new = ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=LATER)

        won = record(ledger, result(lease(ledger, new.id)), now=LATER)

        was, is_ = ledger.get(old.id), ledger.get(new.id)
        assert won == [True]
        assert (was.status, was.replaced_by) == (Status.SUPERSEDED, new.id)
        assert (is_.status, is_.replaces) == (Status.ISSUED, old.id)
        assert ledger.award([candidate()], run=None, actor="tests", now=LATER) == (
            Award("held", new.id),
        )
        assert ledger.history(old.id)[-1].verb == "supersede"
        assert (ledger.history(old.id)[-1].before, ledger.history(old.id)[-1].after) == (
            "issued",
            "superseded",
        )
        assert message(ledger, is_).purpose == "reissue"
        assert ledger.chores() == ()

    def test_the_old_message_is_not_sent_any_more(self, ledger: Ledger) -> None:
        """
        Whoever wasn't told of the old one is told of the new one only.
        """
        old = issue(ledger)
        new = ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=NOW)

        record(ledger, result(lease(ledger, new.id)))

        assert message(ledger, old).status is DeliveryStatus.CANCELLED
        assert due_messages(ledger) == (message(ledger, new).id,)

    @pytest.mark.parametrize("address", ["", "new@uni.example"])
    def test_a_quiet_one_tells_who_was_not_told_yet(self, ledger: Ledger, address: str) -> None:
        """
        Of the award, by the new certificate, when it was to go out; where it is told to go now.
        """
        waiting = issue(ledger, not_before=LATER, on_hold=True)
        new = ledger.replace(waiting.id, _MENDED, reason="typo", actor="tests", now=NOW, quiet=True)

        record(ledger, result(lease(ledger, new.id), channel="", address=address))

        was, is_ = message(ledger, waiting), message(ledger, ledger.get(new.id))
        assert (was.status, is_.status) == (DeliveryStatus.CANCELLED, DeliveryStatus.PENDING)
        assert is_ == evolve(
            was,
            id=is_.id,
            certificate=new.id,
            status=DeliveryStatus.PENDING,
            settled_at=None,
            address=address or was.address,
        )
        assert (is_.purpose, is_.not_before, is_.on_hold) == ("award", LATER, True)

    @pytest.mark.parametrize(
        "status, told", [(DeliveryStatus.FAILED, ["award"]), (DeliveryStatus.SENT, [])]
    )
    def test_a_quiet_one_tells_nobody_twice(
        self, ledger: Ledger, status: DeliveryStatus, told: list[str]
    ) -> None:
        """
        Only who got no message gets one.
        """
        old = issue(ledger)
        sent = message(ledger, old).id
        ledger.sending(sent, now=NOW)
        ledger.settle(Settlement(delivery=sent, status=status), now=NOW)
        new = ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=NOW, quiet=True)

        record(ledger, result(lease(ledger, new.id), channel=""))

        assert [each.purpose for each in ledger.deliveries(new.id)] == told

    def test_one_successor_at_a_time(self, ledger: Ledger) -> None:
        """
        A second one is refused until the first is recorded; then it may be replaced in turn.
        """
        old = issue(ledger)
        new = ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=NOW)

        with pytest.raises(IllegalTransitionError):
            ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=NOW)

        record(ledger, result(lease(ledger, new.id)))
        newest = ledger.replace(new.id, _MENDED, reason="again", actor="tests", now=LATER)
        record(ledger, result(lease(ledger, newest.id)))
        assert [ledger.get(each.id).status for each in (old, new, newest)] == [
            Status.SUPERSEDED,
            Status.SUPERSEDED,
            Status.ISSUED,
        ]
        assert ledger.held([old.identity])[old.identity].certificate == newest.id

    def test_a_successor_may_fail_first(self, ledger: Ledger) -> None:
        """
        The old one stays good meanwhile.
        """
        old = issue(ledger)
        new = ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=NOW)

        fail(ledger, lease(ledger, new.id), again=LATER)

        assert ledger.get(old.id) == old
        leased = lease(ledger, new.id, now=LATER, until=MUCH_LATER)
        assert record(ledger, result(leased)) == [True]
        assert ledger.get(old.id).status is Status.SUPERSEDED

    @pytest.mark.parametrize("verb", ["cancel", "annul", "forget"])
    def test_a_successor_that_never_came_makes_room(self, ledger: Ledger, verb: str) -> None:
        """
        The old certificate is good as before and may be replaced by another.
        """
        old = issue(ledger)
        gone = ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=NOW)
        if verb == "forget":
            ledger.forget(gone.id, actor="tests", now=NOW)
        else:
            getattr(ledger, verb)(gone.id, reason="wrong", actor="tests", now=NOW)

        new = ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=LATER)

        assert ledger.get(gone.id).replaces is None
        assert ledger.held([old.identity])[old.identity].certificate == old.id
        assert record(ledger, result(lease(ledger, new.id))) == [True]

    @pytest.mark.parametrize(
        "verb, status",
        [
            ("revoke", Status.CANCELLED),
            ("annul", Status.CANCELLED),
            ("forget", Status.FORGOTTEN),
        ],
    )
    def test_who_loses_a_certificate_gets_no_successor(
        self, ledger: Ledger, verb: str, status: Status
    ) -> None:
        """
        A successor that somebody is making goes with the one it was to replace.
        """
        old = issue(ledger)
        new = ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=NOW)
        leased = lease(ledger, new.id)

        if verb == "forget":
            ledger.forget(old.id, actor="tests", now=LATER)
        else:
            getattr(ledger, verb)(old.id, reason="plagiarism", actor="tests", now=LATER)

        assert (ledger.get(new.id).status, ledger.get(new.id).replaces) == (status, None)
        assert record(ledger, result(leased)) == [False]
        assert ledger.due(now=MUCH_LATER) == ()

    def test_a_lost_record_swaps_nothing(self, ledger: Ledger) -> None:
        """
        An old fence leaves both as they are.
        """
        old = issue(ledger)
        new = ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=NOW)
        late = lease(ledger, new.id)
        lease(ledger, new.id, now=LATER, until=MUCH_LATER)

        assert record(ledger, result(late)) == [False]
        assert ledger.get(old.id) == old

    def test_annulling_a_successor_frees_the_slot(self, ledger: Ledger) -> None:
        """
        It had taken the old one's; the old one doesn't come back.
        """
        old = issue(ledger)
        new = ledger.replace(old.id, _MENDED, reason="typo", actor="tests", now=NOW)
        record(ledger, result(lease(ledger, new.id)))

        ledger.annul(new.id, reason="wrong", actor="tests", now=LATER)

        assert ledger.get(new.id).replaces == old.id
        assert ledger.held([old.identity]) == {}
        (third,) = award(ledger, evolve(candidate()))
        assert third not in {old.id, new.id}
