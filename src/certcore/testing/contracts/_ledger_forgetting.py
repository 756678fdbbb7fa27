"""
What a ledger promises about forgetting somebody.
"""

from __future__ import annotations

from typing import Any

import pytest

from attrs import asdict, evolve

from certcore.domain import DeliveryStatus, Note, Status
from certcore.exceptions import IllegalTransitionError
from certcore.ports import CertificateFilter, Ledger, Settlement
from certcore.testing.contracts._ledger_lifecycle import brought_to
from certcore.testing.contracts._ledger_suite import Suite
from certcore.testing.contracts._samples import (
    BIOLOGY,
    LATER,
    NOW,
    PURGED,
    candidate,
    issue,
    learner,
    lease,
    message,
    record,
    result,
    statement,
)


def _told(ledger: Ledger, certificate: str, run: int) -> str:
    """
    Everything that the ledger has to say, as text.
    """
    every: list[Any] = [
        ledger.get(certificate),
        *ledger.find(CertificateFilter()),
        *ledger.deliveries(certificate),
        *ledger.history(certificate),
        ledger.run(run),
        *ledger.chores(),
    ]
    return repr([asdict(each) for each in every])


def _chain(ledger: Ledger) -> list[str]:
    """
    Give three certificates that replaced each other, and a successor that isn't made yet.
    """
    every = [issue(ledger, candidate("alopez")).id]
    for _ in range(3):
        last = every[-1]
        new = ledger.replace(last, statement(), reason="Ada López?", actor="tests", now=NOW)
        every.append(new.id)
        if len(every) < 4:
            record(ledger, result(lease(ledger, new.id)))
    return every


class Forgetting(Suite):
    """
    Nothing personal is left, and nobody gets a second certificate by it.
    """

    def test_nothing_personal_is_left(self, ledger: Ledger) -> None:
        """
        Not in the statement, the messages, the history or the notes of runs.
        """
        said = candidate("alopez")
        certificate = issue(ledger, said)
        run = ledger.open_run(BIOLOGY, name="bio101/completion", slot="one", now=NOW)
        assert run is not None
        notes = [
            Note(kind="skipped", where="learner alopez", reason="Ada López?", learner="alopez"),
            Note(kind="unknown", where="campus:alopez", reason="no grade", learner="campus:alopez"),
            Note(
                kind="failed",
                where=certificate.id,
                reason="no font has Ada López",
                learner="campus:alopez",
            ),
            Note(kind="undelivered", where=certificate.id, reason="ada@uni.example: 550"),
            Note(kind="skipped", where="line 12", reason="no name", learner="eva"),
        ]
        ledger.count(run.id, {}, notes=notes)
        sent = message(ledger, certificate).id
        ledger.sending(sent, now=NOW)
        ledger.settle(
            Settlement(
                delivery=sent, status=DeliveryStatus.SENT, response="ada@uni.example: 250 OK"
            ),
            now=NOW,
        )
        ledger.revoke(certificate.id, reason="Ada López cheated", actor="m.ruiz", now=NOW)

        forgotten = ledger.forget(certificate.id, actor="m.ruiz", now=LATER)

        told = _told(ledger, certificate.id, run.id)
        assert [word for word in PURGED if word in told] == []
        assert forgotten.status is Status.FORGOTTEN
        assert [(note.kind, note.where) for note in ledger.run(run.id).notes] == [
            ("skipped", ""),
            ("unknown", ""),
            ("failed", certificate.id),
            ("undelivered", certificate.id),
            ("skipped", "line 12"),
        ]
        assert ledger.run(run.id).notes[-1] == notes[-1]

    @pytest.mark.parametrize("which", range(3))
    def test_the_whole_chain_is_forgotten(self, ledger: Ledger, which: int) -> None:
        """
        Whichever of them is named: what it replaced and what replaced it, one not made yet too.
        """
        every = _chain(ledger)
        run = ledger.open_run(BIOLOGY, name="bio101/completion", slot="one", now=NOW)
        assert run is not None

        forgotten = ledger.forget(every[which], actor="m.ruiz", now=LATER)

        told = "".join(_told(ledger, each, run.id) for each in every)
        assert [word for word in PURGED if word in told] == []
        assert forgotten == ledger.get(every[which])
        assert [ledger.get(each).status for each in every] == [Status.FORGOTTEN] * 4
        last = [ledger.history(each)[-1] for each in every]
        assert [(e.verb, e.actor, e.at) for e in last] == [("forget", "m.ruiz", LATER)] * 4

    def test_a_successor_not_made_yet_is_forgotten_alone(self, ledger: Ledger) -> None:
        """
        It has replaced nothing so far: its learner keeps what there is.
        """
        *made, unmade = _chain(ledger)
        before = [ledger.get(each) for each in made]

        ledger.forget(unmade, actor="tests", now=LATER)

        assert ledger.get(unmade).status is Status.FORGOTTEN
        assert [ledger.get(each) for each in made] == before

    @pytest.mark.parametrize("verb", ["cancel", "annul", "revoke"])
    def test_a_successor_that_was_called_off_goes_along(self, ledger: Ledger, verb: str) -> None:
        """
        By itself or with the one it was to replace: it names the same learner. Another learner's
        stays.
        """
        old, other = issue(ledger, candidate("alopez")), issue(ledger, candidate("bob"))
        drafts = [
            ledger.replace(each.id, statement(), reason="Ada?", actor="tests", now=NOW).id
            for each in (old, other)
        ]
        for draft, made in zip(drafts, (old, other), strict=True):
            off = made.id if verb == "revoke" else draft
            getattr(ledger, verb)(off, reason="Ada", actor="tests", now=NOW)

        ledger.forget(old.id, actor="tests", now=LATER)

        mine, theirs = (ledger.get(each) for each in drafts)
        assert (mine.status, mine.statement.recipient.name) == (Status.FORGOTTEN, "")
        assert {entry.reason for entry in ledger.history(mine.id)} == {""}
        assert theirs.status is not Status.FORGOTTEN

    def test_files_and_messages_of_the_whole_chain(self, ledger: Ledger) -> None:
        """
        Each file is to be deleted; no message of any keeps an address; the slot stays taken.
        """
        old = issue(ledger)
        new = ledger.replace(old.id, statement(), reason="", actor="tests", now=NOW)
        record(ledger, result(lease(ledger, new.id)))
        files = {each: ledger.get(each).artifact for each in (old.id, new.id)}

        ledger.forget(old.id, actor="tests", now=LATER)

        assert {(each.certificate, each.kind, each.key) for each in ledger.chores()} == {
            (each, "forget", file.key) for each, file in files.items() if file is not None
        }
        assert [post.address for each in files for post in ledger.deliveries(each)] == ["", ""]
        standing = ledger.held([candidate().identity])[candidate().identity]
        assert (standing.certificate, standing.status) == (new.id, Status.FORGOTTEN)
        with pytest.raises(IllegalTransitionError):
            ledger.forget(new.id, actor="tests", now=LATER)

    def test_nobody_is_found_any_more(self, ledger: Ledger) -> None:
        """
        Neither by name, address or id, nor as a learner.
        """
        certificate = issue(ledger, candidate("alopez"))

        ledger.forget(certificate.id, actor="tests", now=LATER)

        for word in (*PURGED, "ada", "lópez", "example"):
            assert ledger.find(CertificateFilter(person=word)) == ()
        assert ledger.find(CertificateFilter(learner=learner("alopez"))) == ()
        assert ledger.holds_any([learner("alopez")], {BIOLOGY.context}) == {
            learner("alopez"): frozenset()
        }

    @pytest.mark.parametrize(
        "status", [status for status in Status if status is not Status.FORGOTTEN]
    )
    def test_from_every_status(self, ledger: Ledger, status: Status) -> None:
        """
        Wherever a certificate is in its life, its learner can be forgotten.
        """
        certificate = brought_to(ledger, status)

        forgotten = ledger.forget(certificate, actor="tests", now=LATER)

        assert (forgotten.status, forgotten.failure) == (Status.FORGOTTEN, None)
        assert forgotten.statement.recipient.name == ""
        assert forgotten.statement.evidence.grades == {}

    def test_the_rest_is_kept(self, ledger: Ledger) -> None:
        """
        The code can still be checked, the file still be recognised, and what happened be read.
        """
        before = issue(ledger)
        assert before.artifact is not None

        after = ledger.forget(before.id, actor="tests", now=LATER)

        assert ledger.by_code(before.code) == after
        assert ledger.by_digest(before.artifact.sha256) == after
        assert (after.statement.context, after.statement.type, after.statement.awarded_at) == (
            before.statement.context,
            before.statement.type,
            before.statement.awarded_at,
        )
        assert (after.learner.realm, after.issued_at) == ("campus", NOW)
        assert [entry.verb for entry in ledger.history(before.id)] == ["award", "record", "forget"]
        assert ledger.realms(BIOLOGY) == {"campus"}

    def test_the_slot_stays_taken(self, ledger: Ledger) -> None:
        """
        Whoever is forgotten isn't awarded anew by the next run.
        """
        certificate = issue(ledger)
        ledger.forget(certificate.id, actor="tests", now=NOW)

        standing = ledger.held([candidate().identity])[candidate().identity]

        assert (standing.certificate, standing.status) == (certificate.id, Status.FORGOTTEN)

    def test_others_are_not_forgotten(self, ledger: Ledger) -> None:
        """
        Somebody of the same name keeps everything.
        """
        mine, others = issue(ledger), issue(ledger, candidate("other"))

        ledger.forget(mine.id, actor="tests", now=NOW)

        assert ledger.get(others.id) == others
        assert message(ledger, others).address == "ada@uni.example"
        assert ledger.find(CertificateFilter(person="lópez")) == (others,)

    def test_a_late_answer_brings_nothing_back(self, ledger: Ledger) -> None:
        """
        What was being sent is UNKNOWN; what the server then says isn't kept.
        """
        certificate = issue(ledger)
        post = message(ledger, certificate)
        ledger.sending(post.id, now=NOW)
        ledger.forget(certificate.id, actor="tests", now=NOW)

        ledger.settle(
            Settlement(
                delivery=post.id, status=DeliveryStatus.FAILED, response="ada@uni.example: 550"
            ),
            now=LATER,
        )

        assert message(ledger, certificate) == evolve(
            post, status=DeliveryStatus.UNKNOWN, address="", response="", attempts=1
        )
