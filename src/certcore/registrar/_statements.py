"""
What an award freezes.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from certcore.config import dump
from certcore.domain import (
    CertificateConfiguration,
    Decision,
    Evidence,
    Issuer,
    LearnerProgress,
    LearningContext,
    Recipient,
    StatedContext,
    StatedIssuer,
    StatedType,
    Statement,
)
from certcore.ports import Candidate, PreparedDesign


def candidate(
    configuration: CertificateConfiguration,
    progress: LearnerProgress,
    decision: Decision,
    now: dt.datetime,
) -> Candidate:
    """
    State what an award to this learner would say.
    """
    context, type_ = configuration.context, configuration.type
    statement = Statement(
        context=stated_context(context),
        type=StatedType(key=type_.key, title=type_.title or type_.key),
        issuer=stated_issuer(type_.issuer),
        recipient=Recipient.of(progress.learner),
        evidence=evidence_of(progress, decision),
        awarded_at=now,
        earned_at=progress.earned_at,
        expires_at=type_.validity.expires_at(now),
        cycle=configuration.cycle,
    )
    return Candidate(learner=progress.learner.key, statement=statement)


def stated_context(context: LearningContext) -> StatedContext:
    """
    State what of a context belongs to a certificate.
    """
    return StatedContext(
        key=context.key,
        kind=context.kind,
        name=context.name,
        start=context.start,
        end=context.end,
    )


def evidence_of(progress: LearnerProgress, decision: Decision) -> Evidence:
    """
    State what an award rests on.
    """
    return Evidence(
        decision=decision,
        completion=progress.completion,
        grades=progress.grades,
        facts=progress.facts,
    )


def stated_issuer(issuer: Issuer) -> StatedIssuer:
    """
    State what of an issuer belongs to a certificate.
    """
    return StatedIssuer(
        key=issuer.key,
        name=issuer.name,
        time_zone=issuer.time_zone,
        language=issuer.language,
        verification=issuer.verification,
    )


def inputs_digest(statement: Statement, design: PreparedDesign) -> str:
    """
    Digest what goes into a file: as long as it is the same, what failed fails again.
    """
    parts = (dump(statement), design.digest, design.engine)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
