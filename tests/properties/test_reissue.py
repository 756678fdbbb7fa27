"""
Laws of reissuing: exactly what is named changes.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import (
    CertificateConfiguration,
    CertificateType,
    Decision,
    Fact,
    Learner,
    LearningContext,
    Progress,
    Statement,
    Status,
    StoredArtifact,
    Verdict,
)
from certcore.plugins import PluginRegistry, hookimpl, provider
from certcore.ports import Candidate, Result
from certcore.registrar import (
    Changes,
    ContextChange,
    EvidenceChange,
    RecipientChange,
    Registrar,
)
from certcore.testing import (
    FixedClock,
    MemoryAssets,
    MemoryLedger,
    MemoryStore,
    PlainDesign,
    PlainGenerator,
)
from certcore.testing.strategies import (
    CATEGORIES,
    FACTS,
    fractions,
    instants,
    learners,
    names,
    statements,
)


@frozen
class Always:
    """
    A rule that everybody meets.
    """

    facts: frozenset[Fact] = frozenset()

    def evaluate(self, progress: Progress) -> Decision:
        return Decision(verdict=Verdict.MET, kind="all")

    def bind(self, context: LearningContext) -> Always:
        return self


class Plain:
    @hookimpl
    def certcore_generators(self) -> list[Any]:
        from contextlib import nullcontext

        return [provider("plain", PlainDesign, lambda *_: nullcontext(PlainGenerator()))]


PLUGINS = PluginRegistry([Plain()], installed=False)

filled = names().filter(lambda name: name.strip())
by_hand = st.fixed_dictionaries(
    {},
    optional={
        "recipient": st.fixed_dictionaries(
            {},
            optional={
                "name": filled,
                "email": st.just("") | st.emails(),
                "language": st.just("pl"),
            },
        ),
        "context": st.fixed_dictionaries(
            {}, optional={"name": filled, "start": instants(), "end": instants()}
        ),
        "evidence": st.fixed_dictionaries(
            {},
            optional={
                "completion": fractions(),
                "grades": st.dictionaries(st.sampled_from(CATEGORIES), fractions(), min_size=1),
                "facts": st.dictionaries(st.sampled_from(FACTS), fractions(), min_size=1),
            },
        ),
    },
)


def expected(said: Statement, named: dict[str, Any], now: dt.datetime) -> Statement:
    """
    The old statement with the named fields put in one by one.
    """
    evidence = dict(named.get("evidence", {}))
    for family in ("grades", "facts"):
        if family in evidence:
            evidence[family] = {**getattr(said.evidence, family), **evidence[family]}
    if evidence:
        evidence["decision"] = Always().evaluate(Progress())
    return evolve(
        said,
        recipient=evolve(said.recipient, **named.get("recipient", {})),
        context=evolve(said.context, **named.get("context", {})),
        evidence=evolve(said.evidence, **evidence),
        reissued_at=now,
    )


@given(said=statements(), learner=learners(), named=by_hand)
def test_exactly_what_is_named_changes(
    said: Statement, learner: Learner, named: dict[str, Any]
) -> None:
    """
    All else is as it was, to the last field, whatever the configuration says now.
    """
    said = evolve(
        said,
        recipient=evolve(said.recipient, name=said.recipient.name.strip() or "Ada"),
        context=evolve(said.context, name=said.context.name.strip() or "Welding"),
    )
    clock, ledger, store = FixedClock(), MemoryLedger(), MemoryStore()
    configuration = CertificateConfiguration(
        context=LearningContext(key=said.context.key, name="Now it has another name"),
        type=CertificateType(
            key=said.type.key, title="New title", rule=Always(), design=PlainDesign()
        ),
    )
    now = clock.now()
    (award,) = ledger.award(
        [Candidate(learner=learner.key, statement=said)], run=None, actor="", now=now
    )
    (leased,) = ledger.lease([award.certificate], owner="", until=now + dt.timedelta(1), now=now)
    file = StoredArtifact(key="x", sha256="0" * 64, size=1)
    made = Result(
        certificate=award.certificate,
        fence=leased.fence,
        artifact=file,
        design_digest="",
        engine="",
    )
    ledger.record([made], actor="", now=now)
    changes = Changes(
        recipient=RecipientChange(**named.get("recipient", {})),
        context=ContextChange(**named.get("context", {})),
        evidence=EvidenceChange(**named.get("evidence", {})),
    )
    clock.advance(days=1)
    wanted = expected(said, named, clock.now())

    with Registrar(
        ledger=ledger, store=store, assets=MemoryAssets(), clock=clock, plugins=PLUGINS
    ) as registrar:
        done = registrar.reissue(
            award.certificate, changes, reason="", actor="", wanted=configuration
        )
        old = registrar.get(award.certificate)

    assert done.certificate is not None
    assert (Status.ISSUED, Status.SUPERSEDED) == (done.certificate.status, old.status)
    assert (wanted, said) == (done.certificate.statement, old.statement)
    # the first file had no design of ours, so that much changes always
    told = {change.path.partition(".")[0] for change in done.changes} - {"design"}
    differing = {
        part
        for part in ("recipient", "context", "evidence")
        if getattr(said, part) != getattr(wanted, part)
    }
    assert differing == told
