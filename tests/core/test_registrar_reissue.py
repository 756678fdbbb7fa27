"""
Reissuing: what changes, what stays, what is refused, and how both certificates are linked.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Iterator
from typing import Any

import pytest

from attrs import evolve

from certcore.domain import LearningContext, Status, Step, Validity
from certcore.exceptions import (
    GenerationError,
    IllegalTransitionError,
    NotFoundError,
    ReissueError,
    StorageError,
)
from certcore.registrar import (
    Changes,
    ContextChange,
    EvidenceChange,
    FieldChange,
    RecipientChange,
    Registrar,
)
from certcore.rules import EveryStep, MinimumGrades
from certcore.testing import MemoryCatalog


EARNED = dt.datetime(2026, 6, 20, 12, tzinfo=dt.UTC)
TWO_YEARS = Validity(duration=dt.timedelta(days=730))
MENDED = Changes(recipient=RecipientChange(name="Łukasz Żółć"))


@pytest.fixture
def configuration(bureau: Any) -> Any:
    return bureau.configuration(type_={"validity": TWO_YEARS})


@pytest.fixture
def registrar(bureau: Any, configuration: Any) -> Iterator[Registrar]:
    with bureau.registrar(catalog=MemoryCatalog([configuration])) as made:
        yield made


@pytest.fixture
def old(bureau: Any, registrar: Any, configuration: Any, person: Any) -> Any:
    """
    A certificate, some days old.
    """
    bureau.give(person("lukasz", name="Lukasz Zolc", earned_at=EARNED))
    registrar.issue(configuration)
    bureau.clock.advance(days=9)
    (found,) = registrar.find()
    return found


def reissue(registrar: Any, old: Any, changes: Changes, **said: Any) -> Any:
    return registrar.reissue(old.id, changes, reason="typo", actor="m.ruiz", **said)


def text(bureau: Any, certificate: Any) -> str:
    """
    What stands in a certificate's file.
    """
    content: bytes = bureau.store.open(certificate.artifact.key)
    return content.decode()


def test_a_name_is_mended_and_nothing_else(bureau: Any, registrar: Any, old: Any) -> None:
    """
    The new one takes the old one's place at once; dates stay; both know each other.
    """
    done = registrar.reissue(old.code.lower(), MENDED, reason="typo", actor="m.ruiz")

    new, was = done.certificate, registrar.get(old.id)
    name = FieldChange("recipient.name", "Lukasz Zolc", "Łukasz Żółć")
    assert ((name,), "", old) == (done.changes, done.failure, done.old)
    assert (Status.ISSUED, Status.SUPERSEDED) == (new.status, was.status)
    assert (old.id, new.id) == (new.replaces, was.replaced_by)
    assert old.code != new.code
    assert bureau.clock.now() == new.statement.reissued_at
    assert old.statement == evolve(
        new.statement, recipient=old.statement.recipient, reissued_at=None
    )
    assert text(bureau, new).startswith("Łukasz Żółć completed Welding 1.")
    assert old.design_digest == new.design_digest
    assert "replaced" == registrar.verify(old.code).status
    first = registrar.history(new.id)[0]
    assert ("replace", "m.ruiz", "typo") == (first.verb, first.actor, first.reason)


def test_the_learner_is_told_unless_it_is_quiet(bureau: Any, registrar: Any, old: Any) -> None:
    """
    The message says that it is a reissue; the old file stays where it is.
    """
    new = reissue(registrar, old, MENDED).certificate
    reissue(registrar, new, Changes(recipient=RecipientChange(email="l@example.org")), quiet=True)

    assert ["award", "reissue"] == [notice.purpose for notice in bureau.outbox.notices]
    assert bureau.store.open(old.artifact.key)
    assert "renewed" == registrar.verify(new.code).status


def test_a_dry_run_says_what_a_real_one_does(bureau: Any, registrar: Any, old: Any) -> None:
    """
    Field by field; nothing is written, nobody is told.
    """
    wanted = Changes(
        recipient=RecipientChange(name="Łukasz Żółć", language="pl"),
        context=ContextChange(name="Welding I", end=dt.date(2026, 7, 15)),
        evidence=EvidenceChange(grades={"Total": 0.9, "Final exam": 0.7}),
    )

    tried = reissue(registrar, old, wanted, dry_run=True)
    assert (None, "", old) == (tried.certificate, tried.failure, registrar.get(old.id))
    assert (1, 1) == (len(registrar.find()), len(bureau.outbox.notices))

    assert tried.changes == reissue(registrar, old, wanted).changes
    assert {
        "context.name": ("Welding 1", "Welding I"),
        "context.end": ("2026-06-30T00:00:00+00:00", "2026-07-15T23:59:59.999999+00:00"),
        "recipient.name": ("Lukasz Zolc", "Łukasz Żółć"),
        "recipient.language": ("", "pl"),
        "evidence.decision.actual": (0.8, 0.9),
        "evidence.grades.Total": (0.8, 0.9),
        'evidence.grades."Final exam"': (None, 0.7),
    } == {each.path: (each.old, each.new) for each in tried.changes}


def test_from_the_source(bureau: Any, registrar: Any, old: Any, person: Any) -> None:
    """
    Only this learner is asked for; what is given by hand beside it wins.
    """
    bureau.give(person("ada"), person("lukasz", 0.95, name="Łukasz Żółć", email="new@example.org"))
    bureau.retriever.requests.clear()

    new = reissue(
        registrar,
        old,
        Changes(
            recipient=RecipientChange(source=True, email="hand@example.org"),
            evidence=EvidenceChange(source=True, completion=1.0),
        ),
    ).certificate

    said = new.statement
    assert ("Łukasz Żółć", "hand@example.org") == (said.recipient.name, said.recipient.email)
    assert (0.95, 1.0) == (said.evidence.grades["Total"], said.evidence.completion)
    assert 0.95 == said.evidence.decision.actual
    assert [frozenset({"lukasz"})] == [each.learners for each in bureau.retriever.requests]
    # when it was earned belongs to the award
    assert EARNED == said.earned_at


def test_what_the_source_does_not_say_stays(
    bureau: Any, registrar: Any, old: Any, person: Any
) -> None:
    """
    An export without addresses doesn't say that there are none.
    """
    by_hand = RecipientChange(email="l@example.org", language="pl")
    known = reissue(registrar, old, Changes(recipient=by_hand)).certificate
    bureau.give(person("lukasz", name="Łukasz Żółć", email=""))

    change = Changes(recipient=RecipientChange(source=True))
    new = reissue(registrar, known, change).certificate

    assert new.statement.recipient == evolve(known.statement.recipient, name="Łukasz Żółć")


def test_the_context_from_the_source(bureau: Any, old: Any, configuration: Any) -> None:
    """
    As the source and the configuration have it now; what is given by hand wins.
    """
    key = configuration.context.key
    bureau.retriever.contexts[key] = LearningContext(
        key=key, name="Schweißen 1", start=dt.datetime(2026, 1, 13, tzinfo=dt.UTC)
    )
    bare = evolve(configuration, context=LearningContext(key=key))
    naive = dt.datetime(2026, 7, 1, 12)  # noqa: DTZ001  # in the issuer's zone
    change = Changes(context=ContextChange(source=True, end=naive))

    with bureau.registrar() as registrar:
        new = reissue(registrar, old, change, wanted=bare).certificate

    said = new.statement.context
    assert (key, "Schweißen 1", 13) == (said.key, said.name, said.start.day)
    assert dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC) == said.end


@pytest.mark.parametrize(
    "change, said",
    [
        (EvidenceChange(grades={"Total": 0.5}), "Total 0.5 of 0.6. The certificate stays"),
        (EvidenceChange(source=True), "no grade for 'Total'"),
        (EvidenceChange(completion=1.2), "a fraction from 0 to 1 is wanted"),
    ],
)
def test_evidence_has_to_meet_the_rule(
    registrar: Any, bureau: Any, old: Any, change: EvidenceChange, said: str
) -> None:
    """
    Else nothing is changed: whoever wants to take the certificate back, revokes it.
    """
    bureau.give(*[evolve(each, grades={}) for each in bureau.retriever.learners])

    with pytest.raises(ReissueError, match=said):
        reissue(registrar, old, Changes(evidence=change))

    assert (old,) == registrar.find()


@pytest.mark.parametrize(
    "changes, said",
    [
        (Changes(), "nothing would change"),
        (Changes(recipient=RecipientChange(name="Lukasz Zolc")), "nothing would change"),
        (Changes(design="current"), "nothing would change"),
        (Changes(recipient=RecipientChange(name=" ")), "without a name"),
        (Changes(context=ContextChange(name="")), "without a name"),
        (Changes(recipient=RecipientChange(name="half \ud83d")), "half a character"),
        (Changes(recipient=RecipientChange(email="foo")), r"^recipient\.email has no @$"),
        (Changes(recipient=RecipientChange(language="?")), "'\\?' is no language tag"),
    ],
)
def test_what_is_refused(registrar: Any, old: Any, changes: Changes, said: str) -> None:
    """
    Nothing that differs, or nothing that could be printed: nothing is written.
    """
    for dry_run in (True, False):
        with pytest.raises(ReissueError, match=said):
            reissue(registrar, old, changes, dry_run=dry_run)

    assert (old,) == registrar.find()


def test_what_cannot_be_made_is_not_begun(bureau: Any, registrar: Any, old: Any) -> None:
    """
    A name that no font has leaves nothing behind.
    """
    bureau.generator.failing = {"lukasz"}

    with pytest.raises(GenerationError):
        reissue(registrar, old, MENDED)

    assert (old,) == registrar.find()


def test_who_is_not_there_any_more(bureau: Any, registrar: Any, old: Any) -> None:
    """
    The source doesn't know the learner, or nobody knows the configuration.
    """
    bureau.give()

    with pytest.raises(NotFoundError, match="lukasz"):
        reissue(registrar, old, Changes(recipient=RecipientChange(source=True)))
    other = bureau.configuration(context=LearningContext(key="course-8", name="Welding 2"))
    with pytest.raises(ReissueError, match="one of course-7/completion, and not of course-8"):
        reissue(registrar, old, MENDED, wanted=other)
    with bureau.registrar(catalog=MemoryCatalog()) as bare, pytest.raises(NotFoundError):
        reissue(bare, old, MENDED)


def revoked(registrar: Any, old: Any) -> None:
    registrar.revoke(old.id, reason="wrong", actor="tests")


def annulled(registrar: Any, old: Any) -> None:
    registrar.annul(old.id, reason="wrong", actor="tests")


def forgotten(registrar: Any, old: Any) -> None:
    registrar.forget(old.id, actor="tests")


@pytest.mark.parametrize(
    "put, said",
    [(revoked, "Reinstate it"), (annulled, "another one"), (forgotten, "was deleted")],
)
def test_what_is_not_good_is_not_reissued(registrar: Any, old: Any, put: Any, said: str) -> None:
    """
    The error says what to do.
    """
    put(registrar, old)

    with pytest.raises(IllegalTransitionError, match=said):
        reissue(registrar, old, MENDED)


def test_a_replaced_one_leads_to_the_current(registrar: Any, old: Any) -> None:
    """
    Whoever comes with an old code is told which one to reissue; the chain has them all.
    """
    new = reissue(registrar, old, MENDED).certificate
    newest = reissue(registrar, new, Changes(context=ContextChange(name="Welding I"))).certificate

    with pytest.raises(IllegalTransitionError, match=f"The current one is {newest.code[:4]}-"):
        reissue(registrar, old, MENDED)
    for each in (old, new, newest):
        assert [old.id, new.id, newest.id] == [one.id for one in registrar.chain(each.id)]


def test_an_interrupted_one_is_gone_on_with(bureau: Any, registrar: Any, old: Any) -> None:
    """
    Asked for the same again, it is finished; something else is refused until it is.
    """
    other = Changes(recipient=RecipientChange(name="Somebody Else"))
    bureau.store.failing = StorageError("away", retryable=True)
    with pytest.raises(StorageError):
        reissue(registrar, old, MENDED)
    bureau.store.failing = None
    begun = registrar.chain(old.id)[-1]
    bureau.clock.advance(hours=1)

    for dry_run in (True, False):
        with pytest.raises(IllegalTransitionError, match=f"next run finishes {begun.id}"):
            reissue(registrar, old, other, dry_run=dry_run)
    assert reissue(registrar, old, MENDED, dry_run=True).changes
    assert Status.PENDING is begun.status
    assert begun.id == reissue(registrar, old, MENDED).certificate.id

    assert [Status.SUPERSEDED, Status.ISSUED] == [each.status for each in registrar.chain(begun.id)]


def test_somebody_else_is_making_it(bureau: Any, registrar: Any, old: Any) -> None:
    """
    The old one is good meanwhile, and that is said.
    """
    now = bureau.clock.now()
    statement = evolve(old.statement, recipient=evolve(old.statement.recipient, name="Łukasz Żółć"))
    new = bureau.ledger.replace(
        old.id, statement, reason="", actor="x", now=now, design=old.design_digest
    )
    bureau.ledger.lease([new.id], owner="x", until=now + dt.timedelta(minutes=1), now=now)

    assert "somebody else is making it" == reissue(registrar, old, MENDED).failure
    assert registrar.verify(old.code).good


def test_a_pathway_is_judged_by_its_source(bureau: Any, registrar: Any, old: Any) -> None:
    """
    What was reached in each step isn't in the evidence, so it can't be judged by hand.
    """
    steps = (Step(course="a"), Step(course="b"))
    context = LearningContext(key="course-7", kind="pathway", name="W", steps=steps)
    pathway = bureau.configuration(context=context, rule=EveryStep(MinimumGrades({"Total": 0.6})))

    with pytest.raises(ReissueError, match="doesn't meet the rule"):
        reissue(registrar, old, Changes(evidence=EvidenceChange(completion=1.0)), wanted=pathway)
