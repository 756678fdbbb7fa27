"""
What a ledger promises about messages.
"""

from __future__ import annotations

import datetime as dt
import re

from concurrent.futures import ThreadPoolExecutor

import pytest

from attrs import evolve

from certcore.domain import DeliveryStatus
from certcore.ports import Ledger, Settlement
from certcore.testing.contracts._ledger_suite import Suite
from certcore.testing.contracts._samples import (
    BIOLOGY,
    HISTORY,
    LATER,
    MUCH_LATER,
    NOW,
    candidate,
    due_messages,
    issue,
    message,
)


MINUTE = dt.timedelta(minutes=1)


def _settled(delivery: str, status: DeliveryStatus, **more: object) -> Settlement:
    return Settlement(delivery=delivery, status=status, **more)  # type: ignore[arg-type]  # by name


def _token(ledger: Ledger, delivery: str, now: dt.datetime = NOW) -> str:
    """
    Begin to hand a message over; give the token of its link.
    """
    begun = ledger.sending(delivery, now=now)
    assert begun is not None
    return begun.token


class Deliveries(Suite):
    """
    One message per award, sent once.
    """

    def test_a_record_opens_a_message(self, ledger: Ledger) -> None:
        """
        It waits to be sent, to the address that the record gave.
        """
        certificate = issue(ledger)

        found = message(ledger, certificate)

        assert (found.certificate, found.channel, found.purpose) == (
            certificate.id,
            "email",
            "award",
        )
        assert (found.status, found.address, found.attempts) == (
            DeliveryStatus.PENDING,
            "ada@uni.example",
            0,
        )
        assert (found.not_before, found.on_hold, found.settled_at) == (None, False, None)
        assert due_messages(ledger) == (found.id,)

    def test_without_a_channel_nobody_is_told(self, ledger: Ledger) -> None:
        """
        A quiet run leaves no message.
        """
        certificate = issue(ledger, channel="")

        assert ledger.deliveries(certificate.id) == ()

    def test_without_an_address_it_is_listed(self, ledger: Ledger) -> None:
        """
        Not failed, not sent: somebody may want to know.
        """
        certificate = issue(ledger, address="")

        assert message(ledger, certificate).status is DeliveryStatus.NO_ADDRESS
        assert due_messages(ledger, MUCH_LATER) == ()
        assert ledger.sending(message(ledger, certificate).id, now=NOW) is None

    def test_due_messages(self, ledger: Ledger) -> None:
        """
        The oldest first, of this channel, of this configuration, so many.
        """
        ids = [message(ledger, issue(ledger, candidate(each))).id for each in "abc"]
        issue(ledger, candidate("d"), channel="sms")
        other = message(ledger, issue(ledger, candidate(configuration=HISTORY))).id

        assert due_messages(ledger, configuration=BIOLOGY) == tuple(sorted(ids))
        assert due_messages(ledger, configuration=HISTORY) == (other,)
        assert due_messages(ledger) == tuple(sorted([*ids, other]))
        assert due_messages(ledger, limit=2) == tuple(sorted([*ids, other]))[:2]

    def test_a_message_is_sent_once(self, ledger: Ledger) -> None:
        """
        Being handed over, it is nobody else's; sent, it stays sent.
        """
        certificate = issue(ledger)
        (id_,) = due_messages(ledger)

        first = ledger.sending(id_, now=NOW)
        second = ledger.sending(id_, now=NOW)
        ledger.settle(_settled(id_, DeliveryStatus.SENT, response="250 OK"), now=LATER)

        assert first is not None
        assert (first.id, first.status, first.attempts) == (id_, DeliveryStatus.SENDING, 1)
        assert (first.address, first.certificate) == ("ada@uni.example", certificate.id)
        assert second is None
        assert due_messages(ledger, MUCH_LATER) == ()
        found = message(ledger, certificate)
        assert (found.status, found.response, found.settled_at) == (
            DeliveryStatus.SENT,
            "250 OK",
            LATER,
        )

    def test_sent_by_one_of_many(self, ledger: Ledger, another: Ledger) -> None:
        """
        Whoever asks at the same time, each message is handed over once.
        """
        for number in range(12):
            issue(ledger, candidate(f"learner-{number}"))
        ids = due_messages(ledger)

        def go(handle: Ledger) -> list[str]:
            return [id_ for id_ in ids if handle.sending(id_, now=NOW) is not None]

        with ThreadPoolExecutor() as pool:
            every = list(pool.map(go, [ledger, another, ledger, another]))

        assert sorted(id_ for sent in every for id_ in sent) == list(ids)

    def test_one_is_settled_when_the_next_is_begun(self, ledger: Ledger) -> None:
        """
        Also when the next one may not be sent any more.
        """
        first = message(ledger, issue(ledger, candidate("a")))
        second = message(ledger, issue(ledger, candidate("b")))
        ledger.sending(first.id, now=NOW)

        begun = ledger.sending(
            second.id, now=LATER, settled=_settled(first.id, DeliveryStatus.SENT)
        )
        again = ledger.sending(
            first.id, now=LATER, settled=_settled(second.id, DeliveryStatus.FAILED)
        )

        assert begun is not None
        assert again is None
        statuses = [ledger.deliveries(each.certificate)[0].status for each in (first, second)]
        assert statuses == [DeliveryStatus.SENT, DeliveryStatus.FAILED]

    def test_a_refused_message_waits(self, ledger: Ledger) -> None:
        """
        Until its time has come nobody sends it, whatever list it is on.
        """
        certificate = issue(ledger)
        (id_,) = due_messages(ledger)
        ledger.sending(id_, now=NOW)

        ledger.settle(
            _settled(id_, DeliveryStatus.PENDING, response="421 later", retry_at=LATER), now=NOW
        )

        found = message(ledger, certificate)
        assert (found.status, found.response, found.settled_at) == (
            DeliveryStatus.PENDING,
            "421 later",
            None,
        )
        assert due_messages(ledger, LATER - MINUTE) == ()
        assert ledger.sending(id_, now=LATER - MINUTE) is None
        assert due_messages(ledger, LATER) == (id_,)
        begun = ledger.sending(id_, now=LATER)
        assert begun is not None
        assert begun.attempts == 2

    def test_what_failed_is_not_sent_again(self, ledger: Ledger) -> None:
        """
        A refusal for good is for somebody to look at.
        """
        issue(ledger)
        (id_,) = due_messages(ledger)
        ledger.sending(id_, now=NOW)

        ledger.settle(_settled(id_, DeliveryStatus.FAILED, response="550 no such user"), now=NOW)

        assert due_messages(ledger, MUCH_LATER) == ()
        assert ledger.sending(id_, now=MUCH_LATER) is None

    @pytest.mark.parametrize("late", [DeliveryStatus.FAILED, DeliveryStatus.PENDING])
    def test_a_late_answer_undoes_nothing(self, ledger: Ledger, late: DeliveryStatus) -> None:
        """
        What was sent meanwhile stays sent.
        """
        certificate = issue(ledger)
        (id_,) = due_messages(ledger)
        ledger.sending(id_, now=NOW)
        ledger.recover_deliveries(channel="email", repeatable=True, before=LATER, now=LATER)
        ledger.sending(id_, now=LATER)
        ledger.settle(_settled(id_, DeliveryStatus.SENT), now=LATER)

        ledger.settle(_settled(id_, late, response="timed out"), now=MUCH_LATER)

        found = message(ledger, certificate)
        assert (found.status, found.response) == (DeliveryStatus.SENT, "")

    @pytest.mark.parametrize(
        "repeatable, status", [(True, DeliveryStatus.PENDING), (False, DeliveryStatus.UNKNOWN)]
    )
    def test_what_nobody_finished_is_recovered(
        self, ledger: Ledger, *, repeatable: bool, status: DeliveryStatus
    ) -> None:
        """
        Begun before that time: to be repeated where that does no harm, else nobody knows.
        """
        old, young = (issue(ledger, candidate(each)) for each in "ab")
        other = issue(ledger, candidate("c"), channel="sms")
        for certificate, when in ((old, NOW), (young, LATER), (other, NOW)):
            ledger.sending(message(ledger, certificate).id, now=when)

        recovered = ledger.recover_deliveries(
            channel="email", repeatable=repeatable, before=LATER, now=LATER
        )

        assert recovered == 1
        assert message(ledger, old).status is status
        assert message(ledger, young).status is DeliveryStatus.SENDING
        assert message(ledger, other).status is DeliveryStatus.SENDING
        assert bool(due_messages(ledger, LATER)) is repeatable

    def test_a_release_date(self, ledger: Ledger) -> None:
        """
        Before it, nobody is told.
        """
        certificate = issue(ledger, not_before=LATER)
        id_ = message(ledger, certificate).id

        assert due_messages(ledger, LATER - MINUTE) == ()
        assert ledger.sending(id_, now=LATER - MINUTE) is None
        assert due_messages(ledger, LATER) == (id_,)

    def test_released_by_hand(self, ledger: Ledger) -> None:
        """
        What waits for somebody, or for a date, goes; what was cancelled or is elsewhere doesn't.
        """
        held = issue(ledger, candidate("a"), on_hold=True)
        dated = issue(ledger, candidate("b"), not_before=MUCH_LATER)
        issue(ledger, candidate("c"))
        revoked = issue(ledger, candidate("d"), on_hold=True)
        ledger.revoke(revoked.id, reason="", actor="tests", now=NOW)
        issue(ledger, candidate(configuration=HISTORY), on_hold=True)
        before = due_messages(ledger, LATER, configuration=BIOLOGY)

        released = ledger.release(BIOLOGY, actor="m.ruiz", now=LATER)

        due = set(due_messages(ledger, LATER, configuration=BIOLOGY)) - set(before)
        assert (len(before), released) == (1, 2)
        assert due == {message(ledger, held).id, message(ledger, dated).id}
        assert due_messages(ledger, MUCH_LATER, configuration=HISTORY) == ()
        last = ledger.history(held.id)[-1]
        assert (last.verb, last.actor, last.at) == ("release", "m.ruiz", LATER)
        assert ledger.release(BIOLOGY, actor="m.ruiz", now=LATER) == 0

    def test_failed_ones_sent_again(self, ledger: Ledger) -> None:
        """
        What failed, or waits for another attempt, goes at once; the rest isn't touched.
        """
        statuses = {
            "a": DeliveryStatus.FAILED,
            "b": DeliveryStatus.UNKNOWN,
            "c": DeliveryStatus.SENT,
        }
        ids: dict[str, str] = {}
        for learner, status in statuses.items():
            ids[learner] = message(ledger, issue(ledger, candidate(learner))).id
            assert ledger.sending(ids[learner], now=NOW) is not None
            ledger.settle(Settlement(delivery=ids[learner], status=status, response="no"), now=NOW)
        waiting = message(ledger, issue(ledger, candidate("d"))).id
        assert ledger.sending(waiting, now=NOW) is not None
        later = Settlement(delivery=waiting, status=DeliveryStatus.PENDING, retry_at=MUCH_LATER)
        ledger.settle(later, now=NOW)
        other = issue(ledger, candidate(configuration=HISTORY))
        id_ = message(ledger, other).id
        assert ledger.sending(id_, now=NOW) is not None
        ledger.settle(Settlement(delivery=id_, status=DeliveryStatus.FAILED), now=NOW)

        again = ledger.resend(BIOLOGY, actor="m.ruiz", now=LATER)

        assert again == 2
        assert set(due_messages(ledger, LATER)) == {ids["a"], waiting}
        assert ledger.resend(BIOLOGY, actor="m.ruiz", now=LATER) == 0
        delivery = ledger.sending(ids["a"], now=LATER)
        assert delivery is not None
        assert delivery.attempts == 1
        last = ledger.history(delivery.certificate)[-1]
        assert (last.verb, last.actor, last.at) == ("resend", "m.ruiz", LATER)

    def test_on_hold_nobody_is_told(self, ledger: Ledger) -> None:
        """
        However long it takes.
        """
        certificate = issue(ledger, on_hold=True)

        assert due_messages(ledger, MUCH_LATER) == ()
        assert ledger.sending(message(ledger, certificate).id, now=MUCH_LATER) is None

    def test_what_was_revoked_meanwhile_is_not_sent(self, ledger: Ledger) -> None:
        """
        Neither by whoever had it on a list nor after a refusal for now.
        """
        certificate = issue(ledger)
        (id_,) = due_messages(ledger)
        ledger.sending(id_, now=NOW)
        ledger.revoke(certificate.id, reason="plagiarism", actor="tests", now=NOW)

        ledger.settle(_settled(id_, DeliveryStatus.PENDING, retry_at=LATER), now=NOW)

        assert due_messages(ledger, MUCH_LATER) == ()
        assert ledger.sending(id_, now=MUCH_LATER) is None

    def test_a_token_leads_to_its_certificate(self, ledger: Ledger) -> None:
        """
        Each message has one of its own, long enough and fit for an address; nobody else's does.
        """
        told = {
            _token(ledger, message(ledger, certificate).id): certificate
            for certificate in (issue(ledger, candidate(each)) for each in "abc")
        }

        assert {token: ledger.by_token(token) for token in told} == told
        assert len(told) == 3
        assert all(re.fullmatch(r"[A-Za-z0-9_-]{32,}", token) for token in told)
        assert [ledger.by_token(wrong) for wrong in ("", "é", "\ud800", "a" * 43)] == [None] * 4

    def test_a_repeated_message_has_the_same_token(self, ledger: Ledger, another: Ledger) -> None:
        """
        The link that somebody got works on, whoever repeats the message.
        """
        certificate = issue(ledger)
        (id_,) = due_messages(ledger)
        first = _token(ledger, id_)
        ledger.recover_deliveries(channel="email", repeatable=True, before=LATER, now=LATER)

        again = _token(another, id_, now=LATER)

        assert again == first
        assert ledger.by_token(first) == certificate

    def test_a_token_is_only_for_the_message(self, ledger: Ledger) -> None:
        """
        Before it is handed over it leads nowhere; it isn't shown, nor given to others.
        """
        certificate = issue(ledger)
        (id_,) = due_messages(ledger)

        begun = ledger.sending(id_, now=NOW)

        assert begun is not None
        assert begun.token not in repr(begun)
        assert message(ledger, certificate) == evolve(begun, token="")

    def test_what_is_not_there_is_not_sent(self, ledger: Ledger) -> None:
        """
        An unknown message is nobody's.
        """
        ledger.settle(_settled("0" * 32, DeliveryStatus.SENT), now=NOW)

        assert ledger.sending("0" * 32, now=NOW) is None
