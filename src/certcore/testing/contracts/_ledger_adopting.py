"""
What a ledger promises about what it takes over from another system.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import pytest

from attrs import evolve

from certcore.domain import Certificate, Recipient, Status, new_code
from certcore.exceptions import IllegalTransitionError
from certcore.ports import Adopted, Adoption, Ledger
from certcore.testing.contracts._ledger_suite import Suite
from certcore.testing.contracts._samples import (
    BIOLOGY,
    LATER,
    NOW,
    award,
    candidate,
    due_messages,
    issue,
    learner,
    lease,
    record,
    result,
    statement,
    stored,
)


THEN = NOW - dt.timedelta(days=700, microseconds=3)
UUID = "3F2504E0-4f89-41d3-9a0c-0305E82C3301"


def adoption(id_: str = "ada", *codes: str, **more: Any) -> Adoption:
    """
    Something that another system issued long ago.
    """
    configuration = more.pop("configuration", BIOLOGY)
    made = Adoption(
        learner=learner(id_),
        statement=statement(awarded_at=THEN, expires_at=None, configuration=configuration),
        codes=codes,
        issued_at=THEN,
    )
    return evolve(made, **more)


def adopt(ledger: Ledger, *adoptions: Adoption, **more: Any) -> tuple[Adopted, ...]:
    return ledger.adopt(adoptions, actor="m.ruiz", now=NOW, **more)


def adopted(ledger: Ledger, *codes: str, **more: Any) -> Certificate:
    """
    Take one over; give its certificate.
    """
    (found,) = adopt(ledger, adoption("ada", *codes, **more))
    assert found.kind == "new"
    return ledger.get(found.certificate)


def kinds(found: tuple[Adopted, ...]) -> list[str]:
    return [each.kind for each in found]


class Adopting(Suite):
    """
    Nobody is issued twice, and nobody is told.
    """

    def test_it_stands_there_as_it_was(self, ledger: Ledger) -> None:
        """
        With its dates, its file and its old code; quiet, and issued by no run.
        """
        wanted = adoption("ada", UUID, artifact=stored("c0ffee"))

        found = adopt(ledger, wanted)

        certificate = ledger.get(wanted.id)
        assert found == (Adopted("new", wanted.id),)
        assert certificate == Certificate(
            id=wanted.id,
            code=wanted.code,
            learner=wanted.learner,
            statement=wanted.statement,
            status=Status.ISSUED,
            artifact=wanted.artifact,
            issued_at=THEN,
            quiet=True,
        )
        assert ledger.by_code(wanted.code) == ledger.by_old_code(UUID) == certificate
        assert ledger.old_codes(wanted.id) == (UUID,)
        assert wanted.artifact is not None
        assert ledger.by_digest(wanted.artifact.sha256) == certificate
        assert ledger.realms(BIOLOGY) == {"campus"}

    def test_the_history_says_so(self, ledger: Ledger) -> None:
        """
        One row, by whoever did it, when they did it.
        """
        certificate = adopted(ledger, status=Status.REVOKED, reason="cheated")

        (entry,) = ledger.history(certificate.id)

        assert (entry.verb, entry.actor, entry.at) == ("imported", "m.ruiz", NOW)
        assert (entry.before, entry.after, entry.reason) == ("", "revoked", "cheated")
        assert (certificate.status, certificate.reason) == (Status.REVOKED, "cheated")

    def test_nobody_is_told_or_awarded_again(self, ledger: Ledger) -> None:
        """
        Neither now nor by whatever runs later.
        """
        certificate = adopted(ledger)

        (again,) = award(ledger, candidate())

        assert again == certificate.id
        assert ledger.deliveries(certificate.id) == ()
        assert due_messages(ledger, LATER) == ()
        assert ledger.due(now=LATER) == ()
        standing = ledger.held([candidate().identity])[candidate().identity]
        assert (standing.certificate, standing.status) == (certificate.id, Status.ISSUED)

    @pytest.mark.parametrize("codes", [(), (UUID,), (UUID, "ABCDEFGHIJ")])
    @pytest.mark.parametrize("status", [Status.ISSUED, Status.REVOKED])
    def test_it_is_known_the_next_time(
        self, ledger: Ledger, another: Ledger, codes: tuple[str, ...], status: Status
    ) -> None:
        """
        With the same code, or by whose it is if there is none; nothing is changed.
        """
        before = adopted(ledger, *codes, status=status)

        found = adopt(another, adoption("ada", *codes, reason="another", status=status))

        assert found == (Adopted("known", before.id),)
        assert ledger.get(before.id) == before
        assert len(ledger.history(before.id)) == 1

    def test_what_is_here_already_stays(self, ledger: Ledger) -> None:
        """
        A certificate of this ledger's own has the slot, whatever another system says.
        """
        own = issue(ledger)

        found = adopt(ledger, adoption("ada", UUID), adoption("ada"))

        assert found == (Adopted("held", own.id),) * 2
        assert ledger.get(own.id) == own
        assert ledger.by_old_code(UUID) is None

    def test_another_one_of_the_same_kind_is_told(self, ledger: Ledger) -> None:
        """
        Another code is another certificate, and the slot is taken.
        """
        first = adopted(ledger, UUID)

        found = adopt(ledger, adoption("ada", "ABCDEFGHIJ"))

        assert found == (Adopted("held", first.id),)

    def test_the_second_of_two_finds_the_first(self, ledger: Ledger) -> None:
        """
        In one call as in two: by slot, by code, and twice the same.
        """
        first, second = adoption("ada", UUID), adoption("bob")

        found = adopt(
            ledger,
            first,
            adoption("ada", "ABCDEFGHIJ"),
            adoption("eva", UUID),
            adoption("ada", UUID),
            second,
            adoption("bob"),
        )

        assert found == (
            Adopted("new", first.id),
            Adopted("held", first.id),
            Adopted("conflict", first.id, UUID),
            Adopted("known", first.id),
            Adopted("new", second.id),
            Adopted("known", second.id),
        )

    def test_a_dry_run_says_the_same_and_writes_nothing(self, ledger: Ledger) -> None:
        """
        To the letter, also of what would only be there by then.
        """
        issue(ledger, candidate("eva"))
        adopted(ledger, UUID)
        wanted = (
            adoption("bob", "ABCDEFGHIJ", artifact=stored("b0b"), status=Status.REVOKED),
            adoption("bob", "abcdefghij"),
            adoption("zoe", "ABCDEFGHIJ"),
            adoption("ada", UUID),
            adoption("eva"),
        )

        foreseen = adopt(ledger, *wanted, dry_run=True)

        assert ledger.held([wanted[0].identity]) == {}
        assert ledger.by_old_code("ABCDEFGHIJ") is None
        assert ledger.chores() == ()
        assert foreseen == adopt(ledger, *wanted)
        assert kinds(foreseen) == ["new", "held", "conflict", "known", "held"]

    @pytest.mark.parametrize("status", [Status.REVOKED, Status.ANNULLED])
    def test_the_file_of_what_is_not_good_is_withdrawn(
        self, ledger: Ledger, status: Status
    ) -> None:
        """
        A chore is left; of what is good, none.
        """
        file = stored("c0ffee")

        bad = adopted(ledger, UUID, artifact=file, status=status)
        adopt(ledger, adoption("bob", artifact=stored("b0b")), adoption("eva", "E5", status=status))

        assert [(each.kind, each.certificate, each.key) for each in ledger.chores()] == [
            ("withdraw", bad.id, file.key)
        ]

    def test_what_was_annulled_holds_no_slot(self, ledger: Ledger) -> None:
        """
        Any number of them, and the learner may earn one; each is known by its code.
        """
        first, second = (
            adoption("ada", code, status=Status.ANNULLED, reason="reissued")
            for code in (UUID, "B2")
        )

        found = adopt(ledger, first, second)
        good = adopted(ledger, "C3")

        assert kinds(found) == ["new", "new"]
        assert ledger.held([good.identity])[good.identity].certificate == good.id
        assert [getattr(ledger.by_old_code(code), "status", None) for code in (UUID, "B2")] == [
            Status.ANNULLED
        ] * 2
        assert adopt(ledger, second, first, adoption("ada", "C3")) == (
            Adopted("known", second.id),
            Adopted("known", first.id),
            Adopted("known", good.id),
        )

    @pytest.mark.parametrize("at_once", [True, False])
    def test_what_is_good_comes_after_what_was_annulled(
        self, ledger: Ledger, *, at_once: bool
    ) -> None:
        """
        Without a code of its own as well: it is another one, and has the slot.
        """
        annulled, good = adoption("ada", UUID, status=Status.ANNULLED), adoption("ada")

        if at_once:
            found = adopt(ledger, annulled, good)
        else:
            found = adopt(ledger, annulled) + adopt(ledger, good)

        assert found == (Adopted("new", annulled.id), Adopted("new", good.id))
        assert ledger.held([good.identity])[good.identity].certificate == good.id
        assert adopt(ledger, adoption("ada")) == (Adopted("known", good.id),)

    def test_what_was_annulled_comes_after_what_is_good(self, ledger: Ledger) -> None:
        """
        In any order.
        """
        adopted(ledger, "C3")

        assert kinds(adopt(ledger, adoption("ada", UUID, status=Status.ANNULLED))) == ["new"]

    @pytest.mark.parametrize("codes", [(), (UUID,)])
    def test_what_became_of_it_here_counts(self, ledger: Ledger, codes: tuple[str, ...]) -> None:
        """
        Annulled, or renewed: what was taken over before is known, and not brought back.
        """
        annulled = adopted(ledger, *codes)
        ledger.annul(annulled.id, reason="by mistake", actor="m.ruiz", now=NOW)
        (old,) = adopt(ledger, adoption("bob", *(f"{code}-2" for code in codes)))
        new = ledger.replace(old.certificate, statement(), reason="", actor="m.ruiz", now=NOW)
        record(ledger, result(lease(ledger, new.id)))

        found = adopt(
            ledger, adoption("ada", *codes), adoption("bob", *(f"{code}-2" for code in codes))
        )

        assert found == (Adopted("known", annulled.id), Adopted("known", old.certificate))

    @pytest.mark.parametrize("codes", [(), (UUID,)])
    def test_whoever_is_forgotten_stays_forgotten(
        self, ledger: Ledger, codes: tuple[str, ...]
    ) -> None:
        """
        The next import brings nobody back.
        """
        certificate = adopted(ledger, *codes)
        ledger.forget(certificate.id, actor="m.ruiz", now=LATER)

        found = adopt(ledger, adoption("ada", *codes))

        assert found == (Adopted("known", certificate.id),)
        assert ledger.get(certificate.id).status is Status.FORGOTTEN

    def test_an_id_that_is_there_is_known(self, ledger: Ledger) -> None:
        """
        The same file of the same award has the same id, whoever it is written down for.
        """
        first = adopted(ledger)

        found = adopt(ledger, adoption("bob", id=first.id))

        assert found == (Adopted("known", first.id),)

    def test_its_life_goes_on(self, ledger: Ledger) -> None:
        """
        It can be revoked, reinstated and renewed; the old code follows.
        """
        certificate = adopted(ledger, UUID)
        ledger.revoke(certificate.id, reason="why", actor="m.ruiz", now=NOW)
        ledger.reinstate(certificate.id, reason="why not", actor="m.ruiz", now=NOW)
        said = evolve(certificate.statement, recipient=Recipient(name="Ada L."))
        new = ledger.replace(certificate.id, said, reason="", actor="m.ruiz", now=NOW)
        assert record(ledger, result(lease(ledger, new.id))) == [True]

        old = ledger.by_old_code(UUID)

        assert old is not None
        assert (old.status, old.replaced_by) == (Status.SUPERSEDED, new.id)
        with pytest.raises(IllegalTransitionError):
            ledger.revoke(old.id, reason="why", actor="m.ruiz", now=NOW)

    def test_whose_ids_differ_in_case_alone(self, ledger: Ledger) -> None:
        """
        Whatever a database takes for equal, learners and codes are told apart.
        """
        codes = [new_code() for _ in range(3)]

        found = adopt(
            ledger,
            *(
                adoption(id_, code=code)
                for id_, code in zip(("ada", "Ada", "ada "), codes, strict=True)
            ),
        )

        assert kinds(found) == ["new"] * 3

    def test_nothing_to_be_taken_over(self, ledger: Ledger) -> None:
        """
        Is no error.
        """
        assert adopt(ledger) == ()
