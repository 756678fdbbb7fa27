"""
One person, now; codes; links; previews; and what a Registrar is made of.
"""

from __future__ import annotations

import datetime as dt
import os

from pathlib import Path
from typing import Any

import pytest

from attrs import evolve

from certcore.domain import (
    ConfigurationKey,
    Gate,
    Hold,
    Issuer,
    Learner,
    LearningContext,
    Moment,
    Skipped,
    Validity,
    format_code,
    new_code,
)
from certcore.exceptions import (
    ConfigurationError,
    LedgerBusyError,
    NotFoundError,
    UnknownProviderError,
)
from certcore.ports import CertificateFilter, Result
from certcore.registrar import Registrar
from certcore.testing import MemoryStore


def test_asked_twice_awarded_once(bureau: Any, registrar: Any, person: Any) -> None:
    """
    From facts handed in: no source is asked.
    """
    first = registrar.issue_for(bureau.configuration(), person("ada"))
    second = registrar.issue_for(bureau.configuration(), person("ada"))

    assert (False, True) == (first.held, second.held)
    assert first.certificate == second.certificate
    assert [] == bureau.retriever.requests
    assert ["ada@example.org"] == bureau.told()


@pytest.mark.parametrize("who", ["ada", Learner(realm="school", id="ada")])
def test_from_live_facts(bureau: Any, registrar: Any, person: Any, who: Any) -> None:
    """
    The source is asked for that one learner.
    """
    bureau.give(person("bob"), person("ada"))

    outcome = registrar.issue_for(bureau.configuration(), who)

    assert "ada" == outcome.certificate.learner.id
    assert frozenset({"ada"}) == bureau.retriever.requests[0].learners


def test_what_is_missing(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Said with required and actual.
    """
    outcome = registrar.issue_for(bureau.configuration(), person("ada", 0.4))

    assert outcome.certificate is None
    assert [
        {
            "kind": "grade",
            "name": "Total",
            "course": "",
            "required": 0.6,
            "actual": 0.4,
            "verdict": "unmet",
            "note": "",
        }
    ] == outcome.decision.missing.as_dict()["items"]
    assert "not-yet" == registrar.look_at(bureau.configuration(), person("ada", 0.4)).outlook


def test_somebody_unknown(bureau: Any, registrar: Any, person: Any) -> None:
    """
    The message says what is known of them, if anything is.
    """
    bureau.give(
        Skipped(where="line 7", reason="no name", learner="dan"),
        Skipped(where="line 8", reason="somebody else", learner="dan"),
    )

    with pytest.raises(NotFoundError, match="line 8: somebody else"):
        registrar.issue_for(bureau.configuration(), "dan")
    with pytest.raises(NotFoundError, match="welding/completion doesn't have them"):
        registrar.issue_for(bureau.configuration(), "eve")


def test_a_source_that_gives_others_as_well(bureau: Any, registrar: Any, person: Any) -> None:
    """
    They are passed over, and what can't be read of them isn't said of the one that was asked for.
    """
    given = [
        Skipped(where="line 2", reason="whose row it is can't be told"),
        Skipped(where="line 3", reason="no name", learner="bob"),
        person("cyd"),
    ]
    bureau.retriever.retrieve = lambda request: iter(given)

    with pytest.raises(NotFoundError, match="line 2: whose row"):
        registrar.issue_for(bureau.configuration(), "ada")
    assert registrar.issue_for(bureau.configuration(), "cyd").certificate


def test_what_stops_a_run_stops_a_claim(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Switched off, past its gate, held, nameless: said, and nothing is written.
    """
    bureau.clock.set(dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    gate = Gate(close=Moment(anchor="end"))
    configuration = bureau.configuration()

    def failure(*, who: Any = None, **said: Any) -> str:
        return str(registrar.issue_for(bureau.configuration(**said), who or person("ada")).failure)

    assert "The configuration is switched off." == failure(enabled=False)
    assert "The gate is shut." == failure(gate=gate)
    assert "the learner has no name" == failure(who=person("ada", name=""))
    for key in (ConfigurationKey("other", "completion"), configuration.key):
        bureau.ledger.hold(
            Hold(
                configuration=key,
                name="welding/completion",
                reason="too many",
                by="ruiz",
                at=bureau.clock.now(),
            )
        )
    assert "Held: too many" == failure()
    assert () == registrar.find()


def test_a_claim_that_can_not_be_made(bureau: Any, registrar: Any, person: Any) -> None:
    """
    The reason is given; asking again tries again; whose was revoked gets none.
    """
    bureau.generator.failing = {"ada"}
    failed = registrar.issue_for(bureau.configuration(), person("ada"))
    bureau.generator.failing.clear()
    made = registrar.issue_for(bureau.configuration(), person("ada"))
    registrar.revoke(made.certificate.id, reason="cheated", actor="ruiz")
    refused = registrar.issue_for(bureau.configuration(), person("ada"))

    assert "none of the design's fonts has that letter" == failed.failure
    assert not made.failure
    assert "an earlier certificate was revoked" == refused.failure


def test_a_claim_that_somebody_else_fulfils(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It is given all the same; whoever made it tells the learner.
    """
    configuration = bureau.configuration()
    real = bureau.ledger.lease

    def lease(ids: Any, **said: Any) -> Any:
        bureau.ledger.lease = real
        registrar.issue_for(configuration, person("ada"))
        return real(ids, **said)

    bureau.ledger.lease = lease

    outcome = registrar.issue_for(configuration, person("ada"))

    assert outcome.certificate is not None
    assert ["ada@example.org"] == bureau.told()


def test_a_claim_while_somebody_makes_it(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It is said to be on its way.
    """
    bureau.give(person("ada"))
    ids = registrar.award(bureau.configuration()).ids
    now = bureau.clock.now()
    bureau.ledger.lease(ids, owner="other", until=now + dt.timedelta(minutes=5), now=now)

    outcome = registrar.issue_for(bureau.configuration(), person("ada"))

    assert "it is being made" == outcome.failure


def test_facts_handed_in_need_a_named_context(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Nobody is asked for a name, so it has to be there.
    """
    configuration = bureau.configuration(
        context=LearningContext(key="course-8"), type_={"source": None}
    )

    with pytest.raises(ConfigurationError, match=r"contexts\.course-8\.name"):
        registrar.issue_for(configuration, person("ada"))


def test_facts_for_a_type_without_source(bureau: Any, registrar: Any, person: Any) -> None:
    """
    A library's user has no source to name.
    """
    configuration = bureau.configuration(type_={"source": None})

    assert registrar.issue_for(configuration, person("ada")).certificate
    assert () == registrar.problems(configuration)
    assert [] == [finding for finding in registrar.check(configuration) if finding.level == "error"]


def test_checking_a_source(bureau: Any, registrar: Any) -> None:
    """
    The source says for itself; if it fails, that is the finding.
    """
    configuration = bureau.configuration()

    assert ["ok"] == [finding.level for finding in registrar.check(configuration)]
    bureau.retriever.contexts.clear()
    assert ["the source has no context 'course-7'"] == [
        finding.message for finding in registrar.check(configuration)
    ]


def test_codes(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Valid as anybody types it; mistyped, unknown and expired are told apart.
    """
    validity = Validity(duration=dt.timedelta(days=365))
    outcome = registrar.issue_for(bureau.configuration(type_={"validity": validity}), person("ada"))
    code = outcome.certificate.code

    said = registrar.verify(format_code(code).lower())
    assert (True, "valid") == (said.good, said.status)
    assert {
        "status": "valid",
        "valid": True,
        "code": format_code(code),
        "recipient": "Learner ada",
        "title": "Certificate of completion",
        "context": "Welding 1",
        "issuer": "Example School",
        "awarded_at": "2026-07-01T12:00:00+00:00",
        "earned_at": None,
        "expires_at": "2027-07-01T12:00:00+00:00",
    } == said.public()
    assert "ada@example.org" not in str(said.public())
    assert {"status": "mistyped", "valid": False} == registrar.verify("6R2K").public()
    assert "unknown" == registrar.verify(new_code()).status
    bureau.clock.advance(days=365)
    assert "expired" == registrar.verify(code).status
    assert not registrar.verify(code).good


def replace(bureau: Any, certificate: Any, **changed: Any) -> Any:
    """
    Let a successor take a certificate's place.
    """
    said = certificate.statement
    said = evolve(said, recipient=evolve(said.recipient, **changed))
    now = bureau.clock.advance(days=1)
    new = bureau.ledger.replace(certificate.id, said, reason="typo", actor="ruiz", now=now)
    leased = bureau.ledger.lease(
        [new.id], owner="me", until=now + dt.timedelta(minutes=1), now=now
    )[0]
    result = Result(
        certificate=new.id,
        fence=leased.fence,
        artifact=certificate.artifact,
        design_digest="d",
        engine="e",
    )
    assert bureau.ledger.record([result], actor="ruiz", now=now)[new.id]
    return bureau.ledger.get(new.id)


def test_renewed_and_replaced(bureau: Any, registrar: Any, person: Any) -> None:
    """
    An old code stays good, and shows the current statement; in another name it says nothing more.
    """
    old = registrar.issue_for(bureau.configuration(), person("ada")).certificate

    second = replace(bureau, old, email="new@example.org")
    renewed = registrar.verify(old.code)
    assert ("renewed", True, second.code) == (
        renewed.status,
        renewed.good,
        renewed.certificate.code,
    )
    assert "2026-07-02T12:00:00+00:00" == renewed.public()["renewed_at"]
    third = replace(bureau, second, language="es")
    assert ("renewed", third.code) == (
        registrar.verify(old.code).status,
        registrar.verify(old.code).certificate.code,
    )

    replace(bureau, third, name="Ada López")
    assert {"status": "replaced", "valid": False} == registrar.verify(third.code).public()
    registrar.revoke(
        registrar.find(CertificateFilter(person="ada lópez"))[0].id, reason="x", actor="ruiz"
    )
    assert "replaced" == registrar.verify(third.code).status


def test_a_code_whose_successor_was_revoked(bureau: Any, registrar: Any, person: Any) -> None:
    """
    It isn't good either.
    """
    old = registrar.issue_for(bureau.configuration(), person("ada")).certificate
    new = replace(bureau, old, language="es")
    registrar.revoke(new.id, reason="x", actor="ruiz")

    assert "revoked" == registrar.verify(old.code).status


def test_verify_never_raises(bureau: Any, person: Any) -> None:
    """
    A ledger that is away isn't a code that is unknown.
    """

    class Away:
        def by_code(self, code: str) -> Any:
            raise LedgerBusyError("locked")

    with bureau.registrar(ledger=Away()) as lost:
        assert "unavailable" == lost.verify(new_code()).status
    with bureau.registrar(ledger="nosuch://x") as lost:
        assert "unavailable" == lost.verify(new_code()).status


def test_links(bureau: Any, person: Any) -> None:
    """
    A page's token leads to a short link, as long as the certificate is good.
    """
    registrar = bureau.registrar(store=MemoryStore(links=True))
    issuer = Issuer(key="school", name="S", page="https://certs.example.org/c/{token}")
    outcome = registrar.issue_for(bureau.configuration(type_={"issuer": issuer}), person("ada"))
    link = bureau.outbox.notices[0].link
    assert link.startswith("https://certs.example.org/c/")
    assert bureau.outbox.notices[0].attachment is None
    token = link.rpartition("/")[2]

    assert outcome.certificate.artifact.key in registrar.redeem(token)
    with pytest.raises(NotFoundError):
        registrar.redeem("x" * 32)
    registrar.revoke(outcome.certificate.id, reason="x", actor="ruiz")
    with pytest.raises(NotFoundError):
        registrar.redeem(token)


def test_ways_to_the_file(bureau: Any, person: Any) -> None:
    """
    A store with addresses gives one for some days; else the file is attached.
    """
    issuer = Issuer(key="school", name="S", page="https://certs.example.org/c/{token}")
    with bureau.registrar(store=MemoryStore(links=True)) as addressed:
        addressed.issue_for(bureau.configuration(), person("ada"))
    with bureau.registrar() as plain:
        made = plain.issue_for(bureau.configuration(), person("bob")).certificate
        plain.issue_for(bureau.configuration(type_={"issuer": issuer}), person("cyd"))
        token = bureau.outbox.notices[2].link.rpartition("/")[2]
        with pytest.raises(NotFoundError):
            plain.redeem(token)

    first, second, _ = bureau.outbox.notices
    assert first.link
    assert bureau.clock.now() + dt.timedelta(days=7) == first.link_until
    assert not second.link
    assert second.attachment.content.endswith(f"{format_code(made.code)}\n".encode())


def test_a_file_that_is_gone_is_told(bureau: Any, person: Any) -> None:
    """
    The message fails, with the store's words; the certificate stays.
    """
    configuration = bureau.configuration(release="by hand")
    with bureau.registrar() as registrar:
        made = registrar.issue_for(configuration, person("ada")).certificate
        bureau.store.files.clear()
        registrar.release(configuration, actor="ruiz")
        assert 0 == registrar.deliver(configuration)

    said = bureau.ledger.deliveries(made.id)[0]
    assert "failed" == said.status.value
    assert said.response.startswith("no file")


def test_previews(bureau: Any, registrar: Any, person: Any) -> None:
    """
    Sample values, another name, or a real certificate, by the same engine.
    """
    configuration = bureau.configuration()
    made = registrar.issue_for(configuration, person("ada")).certificate

    assert b"Welding 1" in registrar.preview(configuration).artifact.content
    assert b"Zoe completed" in registrar.preview(configuration, name="Zoe").artifact.content
    real = registrar.preview(configuration, certificate=made.id)
    assert bureau.store.open(made.artifact.key) == real.artifact.content
    assert 1 == len(registrar.find())


def test_collaborators_are_opened_once_and_closed(bureau: Any, person: Any) -> None:
    """
    When they are first needed, with the source's realm; closing is repeatable.
    """
    bureau.give(person("ada"))
    registrar = bureau.registrar()
    assert [] == bureau.opened
    registrar.issue(bureau.configuration())
    registrar.issue(bureau.configuration())
    assert ["school"] == bureau.opened
    registrar.close()
    registrar.close()

    assert ["school", "closed"] == bureau.opened


def test_a_child_process_opens_its_own(bureau: Any, person: Any) -> None:
    """
    And leaves the parent's alone.
    """
    bureau.give(person("ada"))
    with bureau.registrar() as registrar:
        list(registrar.evaluate(bureau.configuration()))
        child = os.fork()
        if child == 0:
            list(registrar.evaluate(bureau.configuration()))
            registrar.close()
            os._exit(0 if bureau.opened == ["school", "school", "closed"] else 1)
        idle = os.fork()
        if idle == 0:
            registrar.close()
            os._exit(0 if bureau.opened == ["school"] else 1)
        for each in (child, idle):
            assert 0 == os.waitstatus_to_exitcode(os.waitpid(each, 0)[1])

        assert ["school"] == bureau.opened


def test_addresses_and_tables(tmp_path: Path) -> None:
    """
    A URL, a folder, a table with `use`: each is taken for what it is.
    """
    with Registrar(
        ledger="sqlite:///ledger.db",
        store="out",
        assets={"use": "folder", "path": "."},
        notifier="outbox",
        folder=tmp_path,
    ) as registrar:
        assert () == registrar.find()
        assert registrar.store is registrar.store
        assert registrar.assets is registrar.assets
        assert registrar.plugins.providers("ledger")

    assert (tmp_path / "ledger.db").exists()
    with (
        Registrar(ledger="oracle://x", store="out") as registrar,
        pytest.raises(UnknownProviderError),
    ):
        registrar.find()
    with (
        Registrar(ledger={"use": "sql", "ulr": "x"}, store="out") as registrar,
        pytest.raises(ConfigurationError, match="Did you mean 'url'"),
    ):
        registrar.find()


def test_the_library_in_twenty_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    No command line, no TOML, no platform.
    """
    from reportlab.pdfgen.canvas import Canvas

    from certcore import (
        CertificateConfiguration,
        CertificateType,
        Learner,
        LearnerProgress,
        LearningContext,
        Registrar,
    )
    from certcore.generators import Pdf, Text
    from certcore.rules import MinimumCompletion, MinimumGrades

    monkeypatch.chdir(tmp_path)
    canvas = Canvas("diploma.pdf", pagesize=(841.89, 595.28))
    canvas.rect(40, 40, 761, 515)
    canvas.save()
    welding = CertificateConfiguration(
        context=LearningContext(key="course-7", name="Welding 1"),
        type=CertificateType(
            key="completion",
            rule=MinimumCompletion(0.90) & MinimumGrades({"Total": 0.60}),
            design=Pdf(
                template="diploma.pdf",
                elements={"name": Text(text="{recipient.name}", at=(148.5, 98), size=34)},
            ),
        ),
    )
    ada = LearnerProgress(
        learner=Learner(realm="school", id="4711", name="Ada López"),
        completion=0.95,
        grades={"Total": 0.83},
    )

    with Registrar(ledger="sqlite:///ledger.db", store="out/") as registrar:
        outcome = registrar.issue_for(welding, ada)
        assert outcome.certificate is not None
        assert outcome.certificate.artifact is not None
        assert registrar.store.open(outcome.certificate.artifact.key).startswith(b"%PDF")
        assert registrar.issue_for(welding, ada).held


def test_asking_for_what_is_recorded(bureau: Any, registrar: Any, person: Any) -> None:
    """
    By id or by code, with its messages; a run with its notes; a context as its source knows it.
    """
    bureau.give(person("ada"))
    run = registrar.issue(bureau.configuration())
    made = registrar.find()[0]

    assert made == registrar.get(made.id) == registrar.get(format_code(made.code))
    assert ["sent"] == [message.status.value for message in registrar.deliveries(made.id)]
    assert run == registrar.run(run.id)
    with pytest.raises(NotFoundError):
        registrar.get(new_code())
    bureau.retriever.contexts["course-8"] = LearningContext(key="course-8", name="Eight")
    unnamed = bureau.configuration(context=LearningContext(key="course-8"))
    assert "Eight" == registrar.describe(unnamed).context.name
