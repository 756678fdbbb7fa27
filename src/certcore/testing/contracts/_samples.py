"""
Values that the contracts work with.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from typing import Any

from attrs import evolve

from certcore.domain import (
    Certificate,
    ConfigurationKey,
    Decision,
    Delivery,
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
from certcore.ports import Candidate, Leased, Ledger, Result


NOW = dt.datetime(2026, 7, 1, 12, 0, 0, 123457, tzinfo=dt.UTC)
"""With microseconds: a ledger that cuts them off is noticed."""

LATER = NOW + dt.timedelta(hours=1)
MUCH_LATER = NOW + dt.timedelta(days=1)

BIOLOGY = ConfigurationKey("course-v1:Uni+BIO101", "completion")
HISTORY = ConfigurationKey("course-v1:Uni+HIST200", "completion")

PURGED = ("Ada López", "ada@uni.example", "alopez")
"""What mustn't be found anywhere once Ada is forgotten."""


def learner(id_: str = "ada", realm: str = "campus") -> LearnerKey:
    return LearnerKey(realm, id_)


def statement(
    name: str = "Ada López",
    *,
    configuration: ConfigurationKey = BIOLOGY,
    email: str = "ada@uni.example",
    username: str = "alopez",
    **more: Any,
) -> Statement:
    return evolve(
        Statement(
            context=StatedContext(
                key=configuration.context,
                name="Introduction to Biology",
                start=dt.datetime(2026, 1, 12, tzinfo=dt.UTC),
            ),
            type=StatedType(key=configuration.type, title="Certificate of completion"),
            issuer=StatedIssuer(
                key="uni", name="Universidad de Ejemplo", time_zone="Europe/Madrid"
            ),
            recipient=Recipient(name=name, email=email, language="es", username=username),
            evidence=Evidence(
                decision=Decision(
                    verdict=Verdict.MET,
                    kind="all",
                    children=(
                        Decision(
                            verdict=Verdict.MET,
                            kind="grade",
                            name="Total",
                            required=0.6,
                            actual=0.83,
                        ),
                    ),
                ),
                completion=0.95,
                grades={"Total": 0.83},
                facts={"posts": 3.0},
            ),
            awarded_at=NOW,
            earned_at=NOW - dt.timedelta(days=1, microseconds=5),
            expires_at=NOW + dt.timedelta(days=365),
        ),
        **more,
    )


def candidate(
    id_: str = "ada",
    *,
    realm: str = "campus",
    configuration: ConfigurationKey = BIOLOGY,
    name: str = "Ada López",
    **more: Any,
) -> Candidate:
    return Candidate(
        learner=learner(id_, realm), statement=statement(name, configuration=configuration, **more)
    )


def crowd(size: int) -> list[Candidate]:
    return [candidate(f"learner-{number}", name=f"Learner {number}") for number in range(size)]


def award(
    ledger: Ledger, *candidates: Candidate, now: dt.datetime = NOW, quiet: bool = False
) -> list[str]:
    """
    Award these, or Ada; give the ids of their certificates.
    """
    wanted = candidates or (candidate(),)
    awards = ledger.award(wanted, run=None, actor="tests", now=now, quiet=quiet)
    return [each.certificate for each in awards]


def lease(ledger: Ledger, *ids: str, now: dt.datetime = NOW, until: dt.datetime = LATER) -> Leased:
    """
    Lease certificates; give the first of them.
    """
    return ledger.lease(ids, owner="tests", until=until, now=now)[0]


def stored(certificate: str, content: bytes = b"a file") -> StoredArtifact:
    digest = hashlib.sha256(certificate.encode() + content).hexdigest()
    return StoredArtifact(
        key=f"{certificate[-2:]}/{certificate}/{digest}.pdf", sha256=digest, size=len(content)
    )


def result(leased: Leased, **more: Any) -> Result:
    made = Result(
        certificate=leased.certificate.id,
        fence=leased.fence,
        artifact=stored(leased.certificate.id),
        design_digest="d" * 64,
        engine="pdf 1",
        channel="email",
        address="ada@uni.example",
    )
    return evolve(made, **more)


def record(ledger: Ledger, *results: Result, now: dt.datetime = NOW) -> list[bool]:
    won = ledger.record(results, actor="tests", now=now)
    return [won[each.certificate] for each in results]


def issue(ledger: Ledger, who: Candidate | None = None, **more: Any) -> Certificate:
    """
    Award, lease and record; `more` goes into the result.
    """
    (certificate,) = award(ledger, who or candidate())
    assert record(ledger, result(lease(ledger, certificate), **more)) == [True]
    return ledger.get(certificate)


def message(ledger: Ledger, certificate: Certificate) -> Delivery:
    """
    Give the only message about a certificate.
    """
    (delivery,) = ledger.deliveries(certificate.id)
    return delivery


def due_messages(ledger: Ledger, now: dt.datetime = NOW, **more: Any) -> tuple[str, ...]:
    return ledger.deliveries_due(now=now, channel="email", **more)
