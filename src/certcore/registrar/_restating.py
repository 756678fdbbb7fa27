"""
What a certificate says once some of it is mended.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from attrs import evolve

from certcore.domain import (
    Certificate,
    CertificateConfiguration,
    Decision,
    Evidence,
    Learner,
    LearnerProgress,
    Recipient,
    StatedContext,
    Statement,
    split_address,
)
from certcore.exceptions import ReissueError
from certcore.registrar._changes import (
    Changes,
    ContextChange,
    EvidenceChange,
    RecipientChange,
)
from certcore.registrar._claiming import look_at
from certcore.registrar._office import Office
from certcore.registrar._setup import set_up
from certcore.registrar._statements import evidence_of, stated_context
from certcore.registrar._values import label


_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_OF_LEARNERS = ("name", "email", "language", "username")


def restated(
    office: Office, configuration: CertificateConfiguration, old: Certificate, changes: Changes
) -> Statement:
    """
    Give what the successor of a certificate says.

    The source is asked for this learner alone, and only if something is to come from it.

    Raises:
        certcore.exceptions.NotFoundError:
            If the source doesn't know the learner.

        certcore.exceptions.ReissueError:
            If a value that was given can't be, or the evidence doesn't meet the rule.

        certcore.exceptions.RetrievalError:
            If the source fails.
    """
    live: LearnerProgress | None = None
    if changes.recipient.source or changes.evidence.source:
        who = Learner(realm=old.learner.realm, id=old.learner.id)
        live = look_at(office, configuration, who)[1].progress
    said = evolve(
        old.statement,
        recipient=_recipient(old, changes.recipient, live),
        context=_context(office, configuration, old.statement, changes.context),
        evidence=_evidence(office, configuration, old, changes.evidence, live),
    )
    if not (said.recipient.name.strip() and said.context.name.strip()):
        raise ReissueError("neither the learner nor what was learned can be without a name")
    return said


@contextmanager
def _fitting() -> Generator[None]:
    try:
        yield
    except ValueError as exc:
        raise ReissueError(str(exc)) from None


def _recipient(
    old: Certificate, change: RecipientChange, live: LearnerProgress | None
) -> Recipient:
    learner = _learner(old)
    if live is not None and change.source:
        # a source that doesn't say it hasn't said that there is none
        given = {name: getattr(live.learner, name) for name in _OF_LEARNERS}
        learner = evolve(learner, **{name: value for name, value in given.items() if value})
    with _fitting():
        _check(change)
        return Recipient.of(evolve(learner, **change.by_hand))


def _check(change: RecipientChange) -> None:
    """
    Refuse by hand what could be printed, and not be used afterwards. Raises ValueError.
    """
    if change.email:
        try:
            split_address(change.email)
        except ValueError as exc:
            raise ValueError(f"recipient.email {exc}") from None
    if change.language and not _TAG.fullmatch(change.language):
        raise ValueError(
            f"recipient.language: {change.language!r} is no language tag such as pt-BR"
        )


def _learner(old: Certificate) -> Learner:
    said = old.statement.recipient
    return Learner(
        realm=old.learner.realm,
        id=old.learner.id,
        name=said.name,
        email=said.email,
        language=said.language,
        username=said.username,
    )


def _context(
    office: Office,
    configuration: CertificateConfiguration,
    said: Statement,
    change: ContextChange,
) -> StatedContext:
    context = said.context
    if change.source:
        context = stated_context(set_up(configuration, office.collaborators).context)
    zone = zoneinfo.ZoneInfo(said.issuer.time_zone)
    given: dict[str, Any] = {
        name: _instant(value, zone, end=name == "end") if isinstance(value, dt.date) else value
        for name, value in change.by_hand.items()
    }
    return evolve(context, **given)


def _instant(value: dt.date, zone: zoneinfo.ZoneInfo, *, end: bool) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time.max if end else dt.time.min)
    return value if value.tzinfo is not None else value.replace(tzinfo=zone)


def _evidence(
    office: Office,
    configuration: CertificateConfiguration,
    old: Certificate,
    change: EvidenceChange,
    live: LearnerProgress | None,
) -> Evidence:
    said = old.statement.evidence
    if not change.named:
        return said
    with _fitting():
        facts = live
        if facts is None or not change.source:
            facts = LearnerProgress(
                learner=_learner(old),
                completion=said.completion,
                grades=said.grades,
                facts=said.facts,
                earned_at=old.statement.earned_at,
            )
        given = change.by_hand
        for family in ("grades", "facts"):
            given[family] = {**getattr(facts, family), **given.get(family, {})}
        facts = evolve(facts, **given)
    decision = look_at(office, configuration, facts)[1].decision
    if not decision.eligible:
        lacks = "; ".join(_lacking(leaf) for leaf in decision.missing)
        raise ReissueError(
            f"the evidence doesn't meet the rule of {configuration.name}: {lacks}. The certificate "
            "stays as it is; to take it back, revoke it"
        )
    return evidence_of(facts, decision)


def _lacking(leaf: Decision) -> str:
    if leaf.required is None or leaf.actual is None:
        return label(leaf)
    return f"{label(leaf)} {leaf.actual:g} of {leaf.required:g}"
