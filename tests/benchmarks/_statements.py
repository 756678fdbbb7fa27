"""
Statements as a run makes them, and the files that were made of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from collections.abc import Sequence

from certcore.domain import (
    Decision,
    Evidence,
    LearnerKey,
    Recipient,
    StatedContext,
    StatedIssuer,
    StatedType,
    Statement,
    StoredArtifact,
    Verdict,
)
from certcore.ports import Candidate, Leased, Result


def candidates(count: int, number: int, now: dt.datetime) -> list[Candidate]:
    """
    Give so many learners, others for each number.
    """
    return [_candidate(f"user{number:02d}{each:07d}", now) for each in range(count)]


def _candidate(user: str, now: dt.datetime) -> Candidate:
    decision = Decision(verdict=Verdict.MET, kind="grade", name="Total", required=0.6, actual=0.83)
    statement = Statement(
        context=StatedContext(key="course-v1:School+W101+2026", name="Introduction to Welding"),
        type=StatedType(key="completion", title="Certificate of completion"),
        issuer=StatedIssuer(key="school", name="Example School"),
        recipient=Recipient(name=f"Learner {user}", email=f"{user}@example.org", username=user),
        evidence=Evidence(decision=decision, completion=0.95, grades={"Total": 0.83}),
        awarded_at=now,
    )
    return Candidate(learner=LearnerKey("school", user), statement=statement)


def results(leased: Sequence[Leased]) -> list[Result]:
    """
    Give what a generator and a store would have made of these.
    """
    return [_result(each) for each in leased]


def _result(leased: Leased) -> Result:
    certificate = leased.certificate.id
    digest = hashlib.sha256(certificate.encode()).hexdigest()
    return Result(
        certificate=certificate,
        fence=leased.fence,
        artifact=StoredArtifact(key=f"{certificate}/{digest}.pdf", sha256=digest, size=36_000),
        design_digest="d" * 64,
        engine="pdf 1",
        channel="email",
        address="learner@example.org",
    )
