"""
What goes into a ledger and comes out of it.
"""

from __future__ import annotations

import datetime as dt

from typing import Literal, TypeAlias

from attrs import field, frozen

from certcore.domain import (
    AwardIdentity,
    Certificate,
    ConfigurationKey,
    DeliveryStatus,
    Failure,
    LearnerKey,
    Statement,
    Status,
    StoredArtifact,
)


@frozen(kw_only=True)
class Candidate:
    """
    Somebody eligible, with the statement that an award would freeze.
    """

    learner: LearnerKey
    statement: Statement

    @property
    def identity(self) -> AwardIdentity:
        """
        What there is one live certificate of.
        """
        said = self.statement
        return AwardIdentity(said.context.key, said.type.key, self.learner, said.cycle)


AwardKind: TypeAlias = Literal["new", "held", "refreshed", "blocked", "resting"]


@frozen
class Award:
    """
    What became of a candidate.
    """

    kind: AwardKind
    """`new`: awarded now. `held`: issued before. `refreshed`: awarded before, not issued yet, takes
    the newer statement. `blocked`: revoked, cancelled or forgotten. `resting`: failed before, takes
    the newer statement and waits for its next attempt."""
    certificate: str
    """Id of the certificate that holds the slot."""


@frozen(kw_only=True)
class Standing:
    """
    What the ledger has under an award identity.
    """

    certificate: str
    status: Status
    failure: Failure | None = None


@frozen
class Leased:
    """
    A certificate that is one worker's for a while.
    """

    certificate: Certificate
    fence: int
    """Every write after the lease carries it; whoever holds an older one loses."""


@frozen(kw_only=True)
class Result:
    """
    A generated and stored file, to be recorded.
    """

    certificate: str
    fence: int
    artifact: StoredArtifact
    design_digest: str
    engine: str
    channel: str = ""
    """By which channel the learner is to be told; empty: not at all."""
    address: str = field(default="", repr=False)
    not_before: dt.datetime | None = None
    on_hold: bool = False


@frozen(kw_only=True)
class Settlement:
    """
    How handing a message over ended.
    """

    delivery: str
    status: DeliveryStatus
    response: str = ""
    retry_at: dt.datetime | None = None
    """With status PENDING: when to try again."""


@frozen(kw_only=True)
class CertificateFilter:
    """
    Which certificates are wanted; what is left empty doesn't matter.
    """

    configuration: ConfigurationKey | None = None
    statuses: frozenset[Status] = frozenset()
    run: int | None = None
    learner: LearnerKey | None = None
    person: str = field(default="", repr=False)
    """A learner's id, e-mail address or name, or a part of the name; case doesn't matter."""
