"""
What a ledger promises about looking things up.
"""

from __future__ import annotations

import datetime as dt

import pytest

from certcore.domain import ConfigurationKey, Status
from certcore.exceptions import NotFoundError
from certcore.ports import CertificateFilter, Ledger
from certcore.testing.contracts._ledger_suite import Suite
from certcore.testing.contracts._ledger_work import fail
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
    message,
    stored,
)


def _found(ledger: Ledger, **wanted: object) -> set[str]:
    every = ledger.find(CertificateFilter(**wanted))  # type: ignore[arg-type]  # named by the test
    return {certificate.id for certificate in every}


class Reading(Suite):
    """
    By id, code, digest, learner or name.
    """

    def test_what_is_not_there(self, ledger: Ledger) -> None:
        """
        An unknown id is an error, an unknown code or digest is nothing.
        """
        with pytest.raises(NotFoundError, match="nowhere"):
            ledger.get("nowhere")
        assert ledger.by_code("0" * 27) is None
        assert ledger.by_digest("0" * 64) is None
        assert ledger.history("nowhere") == ()
        assert ledger.deliveries("nowhere") == ()
        assert ledger.find(CertificateFilter()) == ()
        assert ledger.chores() == ()

    def test_by_code_and_by_digest(self, ledger: Ledger) -> None:
        """
        What is printed and the file itself both lead to the certificate.
        """
        certificate = issue(ledger)
        issue(ledger, candidate("eva"))

        assert ledger.by_code(certificate.code) == certificate
        assert ledger.by_digest(stored(certificate.id).sha256) == certificate

    def test_another_handle_sees_the_same(self, ledger: Ledger, another: Ledger) -> None:
        """
        What one process wrote, the next one reads.
        """
        certificate = issue(ledger)

        assert another.get(certificate.id) == certificate
        assert another.held([certificate.identity]) == ledger.held([certificate.identity])
        assert another.history(certificate.id) == ledger.history(certificate.id)

    def test_pages_of_certificates(self, ledger: Ledger) -> None:
        """
        Page by page, everything comes once, in the order of ids.
        """
        ids = award(ledger, *crowd(7))
        seen: list[str] = []

        after = ""
        while page := ledger.find(CertificateFilter(), after=after, limit=3):
            seen += [certificate.id for certificate in page]
            after = seen[-1]

        assert seen == sorted(ids)

    def test_filters_narrow_down(self, ledger: Ledger) -> None:
        """
        Each says something of its own, and together they all hold.
        """
        issued = issue(ledger, candidate("a")).id
        (pending,) = award(ledger, candidate("b"))
        elsewhere = issue(ledger, candidate("a", configuration=HISTORY)).id
        (of_run,) = ledger.award([candidate("c")], run=5, actor="tests", now=NOW)

        assert _found(ledger, configuration=HISTORY) == {elsewhere}
        assert _found(ledger, configuration=ConfigurationKey("x", "y")) == set()
        assert _found(ledger, statuses=frozenset({Status.ISSUED})) == {issued, elsewhere}
        assert _found(ledger, statuses=frozenset({Status.ISSUED, Status.PENDING})) == {
            issued,
            elsewhere,
            pending,
            of_run.certificate,
        }
        assert _found(ledger, run=5) == {of_run.certificate}
        assert _found(ledger, learner=learner("a")) == {issued, elsewhere}
        assert _found(ledger, learner=learner("A")) == set()
        assert _found(ledger, learner=learner("a", "summer")) == set()
        assert _found(ledger, learner=learner("a"), configuration=BIOLOGY, person="ada") == {issued}

    @pytest.mark.parametrize(
        "person",
        [
            "Łukasz Żółć",
            "łukasz żółć",
            "ŁUKASZ ŻÓŁĆ",
            "z\u0307o\u0301ł",
            "KASZ",
            "LZOLC",
            "l.zolc@uni.example",
            "ID_77",
        ],
    )
    def test_people_are_found(self, ledger: Ledger, person: str) -> None:
        """
        By a part of name, address, user name or id, whatever the case or the form of an accent.
        """
        wanted = candidate(
            "id_77", name="Łukasz Żółć", email="l.zolc@uni.example", username="lzolc"
        )
        (certificate,) = award(ledger, wanted)
        award(ledger, candidate("idx77", name="Eva", email="eva@uni.example", username="eva"))

        assert _found(ledger, person=person) == {certificate}

    @pytest.mark.parametrize("person", ["%", "_", "a%z", "\\", "*", "Straße\nx"])
    def test_nothing_is_a_wildcard(self, ledger: Ledger, person: str) -> None:
        """
        A search takes every character for itself.
        """
        award(ledger, candidate("abz", name="Abz", email="abz@uni.example", username="abz"))

        assert _found(ledger, person=person) == set()

    def test_people_are_found_where_case_changes_the_length(self, ledger: Ledger) -> None:
        """
        STRASSE finds Straße.
        """
        (certificate,) = award(ledger, candidate(name="Jana Straße"))

        assert _found(ledger, person="STRASSE") == {certificate}

    def test_history_is_told_from_the_beginning(self, ledger: Ledger) -> None:
        """
        What happened, in order, with status before and after, by whom and when.
        """
        (certificate,) = award(ledger)
        fail(ledger, lease(ledger, certificate), again=None)
        ledger.retry([certificate], actor="m.ruiz", now=LATER)

        entries = ledger.history(certificate)

        assert [(e.verb, e.before, e.after, e.actor, e.reason, e.at) for e in entries] == [
            ("award", "", "pending", "tests", "", NOW),
            ("fail", "pending", "failed", "tests", "storage", NOW),
            ("retry", "failed", "pending", "m.ruiz", "", LATER),
        ]

    def test_realms_of_a_configuration(self, ledger: Ledger) -> None:
        """
        All of them, whatever became of the certificates; of no other configuration.
        """
        award(ledger, candidate(), candidate(realm="summer"))
        award(ledger, candidate("x", realm="winter", configuration=HISTORY))
        (annulled,) = award(ledger, candidate("y", realm="spring"))
        ledger.annul(annulled, reason="", actor="tests", now=NOW)

        assert ledger.realms(BIOLOGY) == {"campus", "summer", "spring"}
        assert ledger.realms(ConfigurationKey("x", "y")) == frozenset()

    def test_times_come_back_as_they_went_in(self, ledger: Ledger) -> None:
        """
        Aware, in UTC, to the microsecond.
        """
        certificate = issue(ledger, not_before=LATER)
        (failed,) = award(ledger, candidate("eva"))
        fail(ledger, lease(ledger, failed), again=MUCH_LATER)
        run = ledger.open_run(BIOLOGY, name="bio101", slot="one", now=NOW)
        assert run is not None

        read = {
            "issued": (ledger.get(certificate.id).issued_at, NOW),
            "next": (ledger.get(failed).next_attempt_at, MUCH_LATER),
            "history": (ledger.history(failed)[0].at, NOW),
            "message": (message(ledger, certificate).not_before, LATER),
            "run": (ledger.run(run.id).started_at, NOW),
            "statement": (ledger.get(certificate.id).statement.awarded_at, NOW),
        }

        assert {name: found for name, (found, _) in read.items()} == {
            name: wanted for name, (_, wanted) in read.items()
        }
        offsets = {found.utcoffset() for found, _ in read.values() if found is not None}
        assert offsets == {dt.timedelta()}
