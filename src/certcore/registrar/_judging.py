"""
Retrieve and evaluate: a stream of judgements in bounded memory.
"""

from __future__ import annotations

import itertools

from collections.abc import Iterator, Sequence

from attrs import evolve

from certcore._unchecked import unchecked
from certcore.domain import (
    AwardIdentity,
    CertificateConfiguration,
    Decision,
    Fact,
    LearnerProgress,
    Progress,
    Skipped,
    Status,
    Verdict,
)
from certcore.exceptions import ConfigurationError, Problem, SourceNotEvaluableError
from certcore.ports import Ledger, RetrievalProgress, RetrievalRequest, Standing
from certcore.registrar._setup import Setup
from certcore.registrar._values import Judgement, Outlook, StageProgress, Watcher


# nothing in them is checked in any case
_judgement = unchecked(Judgement)
_identity = unchecked(AwardIdentity)

BATCH = 500
"""Learners asked about in one question to the ledger."""


class Witness:
    """
    Notices which facts anybody has, so that a misspelt category doesn't pass for hard luck.
    """

    def __init__(self, wanted: frozenset[Fact]) -> None:
        self._unseen = {fact for fact in wanted if fact.kind in {"completion", "grades", "facts"}}
        self._names: dict[str, dict[str, None]] = {"grades": {}, "facts": {}}
        self.learners = 0
        self._unread = 0
        self._first_unread: Skipped | None = None

    def see(self, judgements: Sequence[Judgement]) -> None:
        """
        Take note of what some learners have.
        """
        self.learners += len(judgements)
        for judgement in judgements:
            if not self._unseen:
                return
            self._look(judgement.progress)

    def miss(self, skipped: Skipped) -> None:
        """
        Take note of a record that couldn't be used.
        """
        if skipped.kind == "bad-data":
            self._unread += 1
            self._first_unread = self._first_unread or skipped

    def _look(self, progress: Progress) -> None:
        for kind in ("grades", "facts"):
            names = getattr(progress, kind)
            self._names[kind].update(dict.fromkeys(names))
            self._unseen -= {Fact(kind, name) for name in names}
        if progress.completion is not None:
            self._unseen.discard(Fact("completion"))
        for step in progress.steps.values():
            self._look(step)

    def verdict(self, configuration: CertificateConfiguration) -> None:
        """
        Raises:
            certcore.exceptions.SourceNotEvaluableError:
                If a fact that the rule asks for is unknown for everybody.
        """
        if not self.learners and self._first_unread is not None:
            raise SourceNotEvaluableError(f"Nobody can be judged: {self._unread_said()}")
        if not self._unseen or not self.learners:
            return
        said = "; ".join(self._sentence(fact) for fact in sorted(self._unseen))
        todo = f"Mend the rule of types.{configuration.type.key}."
        if self._first_unread is not None:
            # the rule may be right, and what it asks for is what couldn't be read
            todo = self._unread_said()
        raise SourceNotEvaluableError(f"Nobody can be judged: {said} {todo}")

    def _unread_said(self) -> str:
        first = self._first_unread
        assert first is not None  # noqa: S101  # asked for only where there is one
        reason = first.reason.rstrip(".")
        return f"{self._unread} records couldn't be used, the first: {first.where}: {reason}."

    def _sentence(self, fact: Fact) -> str:
        if fact.kind == "completion":
            return "the source gives nobody's completion."
        has = ", ".join(self._names[fact.kind]) or "none"
        what = "grade" if fact.kind == "grades" else "fact"
        return f"no learner has a {what} for {fact.name!r}. There are: {has}."


def judge(
    setup: Setup,
    ledger: Ledger,
    *,
    learners: frozenset[str] | None = None,
    watch: Watcher | None = None,
) -> Iterator[Judgement | Skipped]:
    """
    Retrieve learners and judge each; what can't be read comes as `Skipped`, in its place.

    Raises:
        certcore.exceptions.RetrievalError:
            If the source fails; what came before stays good.

        certcore.exceptions.SourceNotEvaluableError:
            At the end, if everybody was read and a fact that the rule asks for is unknown for all.
    """
    if setup.retriever is None:
        raise ConfigurationError(
            [
                Problem(
                    f"types.{setup.configuration.type.key}.source",
                    "is missing: where are the learners to come from?",
                )
            ]
        )

    def on_progress(progress: RetrievalProgress) -> None:
        if watch is not None:
            watch(
                StageProgress(
                    stage="retrieve",
                    done=progress.learners,
                    total=progress.total,
                    requests=progress.requests,
                )
            )

    request = RetrievalRequest(
        context=setup.context,
        facts=setup.rule.facts,
        learners=learners,
        on_progress=on_progress,
    )
    witness = Witness(setup.rule.facts)
    # a list would be read from its beginning again and again
    records = iter(setup.retriever.retrieve(request))
    while batch := list(itertools.islice(records, BATCH)):
        told = [
            record
            if isinstance(record, Skipped) or record.learner.name.strip()
            else _nameless(record)
            for record in batch
        ]
        given = [record for record in told if not isinstance(record, Skipped)]
        judgements = judge_batch(setup, ledger, given)
        witness.see(judgements)
        judged = iter(judgements)
        for record in told:
            if isinstance(record, Skipped):
                witness.miss(record)
                yield record
            else:
                yield next(judged)
    if learners is None:
        witness.verdict(setup.configuration)


def _nameless(record: LearnerProgress) -> Skipped:
    """
    Pass over whoever has no name: there is nothing to print.
    """
    who = record.learner.id
    return Skipped(where=f"learner {who}", reason="no name", kind="no-name", learner=who)


def judge_batch(setup: Setup, ledger: Ledger, batch: Sequence[LearnerProgress]) -> list[Judgement]:
    """
    Judge learners, asking the ledger once about all of them.
    """
    configuration, rule = setup.configuration, setup.rule
    if Fact("holds") in rule.facts:
        batch = _with_holdings(setup, ledger, batch)
    learners = [progress.learner.key for progress in batch]
    # a renamed type's old identities stand for this award as well
    known = [
        [_identity(key.context, key.type, learner, configuration.cycle) for learner in learners]
        for key in configuration.keys
    ]
    standings = ledger.held(list(itertools.chain(*known)))
    judgements: list[Judgement] = []
    for progress, *own in zip(batch, *known, strict=True):
        decision = rule.evaluate(progress)
        under = next((each for each in own if each in standings), None) if standings else None
        standing = None if under is None else standings[under]
        outlook = _outlook(decision, standing)
        renamed = under is not None and under.type != configuration.type.key
        judgements.append(_judgement(progress, decision, outlook, standing, renamed))
    return judgements


def _with_holdings(
    setup: Setup, ledger: Ledger, batch: Sequence[LearnerProgress]
) -> list[LearnerProgress]:
    courses = {course for step in setup.context.steps for course in step.courses}
    held = ledger.holds_any({progress.learner.key for progress in batch}, courses)
    return [evolve(progress, holds=held[progress.learner.key]) for progress in batch]


def _outlook(decision: Decision, standing: Standing | None) -> Outlook:
    if standing is not None:
        if standing.status in {Status.PENDING, Status.FAILED}:
            return "pending"
        if standing.status is not Status.ISSUED:
            return "blocked"
        return "lapsed" if decision.verdict is Verdict.UNMET else "held"
    if decision.verdict is Verdict.MET:
        return "new"
    return "not-yet" if decision.verdict is Verdict.UNMET else "unknown"
