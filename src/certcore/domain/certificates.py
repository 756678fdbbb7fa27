"""
The award: certificates, what they state, and the file that shows it.
"""

from __future__ import annotations

import datetime as dt
import enum
import secrets
import time

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import field, frozen

from certcore.domain.contexts import ContextKind
from certcore.domain.decisions import Decision
from certcore.domain.learners import LearnerKey, Recipient
from certcore.exceptions import IllegalTransitionError


class Status(enum.Enum):
    """
    Where a certificate is in its life. Whether it has expired is computed, not stored.
    """

    PENDING = "pending"
    FAILED = "failed"
    ISSUED = "issued"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    ANNULLED = "annulled"
    CANCELLED = "cancelled"
    FORGOTTEN = "forgotten"

    @property
    def holds_slot(self) -> bool:
        """
        Whether the learner can't be awarded the same certificate again.
        """
        return self not in {Status.SUPERSEDED, Status.ANNULLED}


Verb: TypeAlias = Literal[
    "record", "fail", "retry", "cancel", "revoke", "reinstate", "supersede", "annul", "forget"
]

_TRANSITIONS: Mapping[Verb, tuple[frozenset[Status], Status]] = {
    "record": (frozenset({Status.PENDING}), Status.ISSUED),
    "fail": (frozenset({Status.PENDING}), Status.FAILED),
    "retry": (frozenset({Status.FAILED}), Status.PENDING),
    "cancel": (frozenset({Status.PENDING, Status.FAILED}), Status.CANCELLED),
    "revoke": (frozenset({Status.ISSUED}), Status.REVOKED),
    "reinstate": (frozenset({Status.REVOKED}), Status.ISSUED),
    "supersede": (frozenset({Status.ISSUED}), Status.SUPERSEDED),
    "annul": (frozenset({Status.PENDING, Status.FAILED, Status.ISSUED}), Status.ANNULLED),
    "forget": (frozenset(set(Status) - {Status.FORGOTTEN}), Status.FORGOTTEN),
}


def transition(status: Status, verb: Verb) -> Status:
    """
    Give the status that the verb leads to.

    Raises:
        certcore.exceptions.IllegalTransitionError:
            If it leads nowhere from that status.
    """
    allowed, target = _TRANSITIONS[verb]
    if status not in allowed:
        raise IllegalTransitionError(verb, status.value)
    return target


def sources_of(verb: Verb) -> frozenset[Status]:
    """
    Give the statuses from which a verb is allowed.
    """
    return _TRANSITIONS[verb][0]


def new_id() -> str:
    """
    Give a fresh id of 32 hexadecimal digits that sorts by the time it was made.

    Laid out as a version 7 UUID with a fraction of the millisecond (RFC 9562, 6.2, method 3): rows
    made together lie together in an index, in the order they were made.
    """
    millis, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    number = millis << 80 | 7 << 76 | fraction << 64 | 2 << 62 | secrets.randbits(62)
    return f"{number:032x}"


@frozen(kw_only=True)
class StatedContext:
    """
    The course, lesson or pathway as it was when the certificate was awarded.
    """

    key: str
    kind: ContextKind = "course"
    name: str
    start: dt.datetime | None = None
    end: dt.datetime | None = None


@frozen(kw_only=True)
class StatedType:
    """
    The certificate type as it was when the certificate was awarded.
    """

    key: str
    title: str


@frozen(kw_only=True)
class StatedIssuer:
    """
    The issuer as it was when the certificate was awarded.
    """

    key: str
    name: str
    time_zone: str = "UTC"
    language: str = "en"
    verification: str = ""
    """Address of the verification page, `{code}` in it; empty if there is none."""


@frozen(kw_only=True)
class Evidence:
    """
    What the award rests on: the decision, and the facts as they were.
    """

    decision: Decision
    completion: float | None = None
    grades: Mapping[str, float] = field(factory=dict[str, float])
    facts: Mapping[str, float] = field(factory=dict[str, float])


@frozen(kw_only=True)
class Statement:
    """
    What a certificate says. Frozen when it is awarded: later edits don't reach it.
    """

    context: StatedContext
    type: StatedType
    issuer: StatedIssuer
    recipient: Recipient
    evidence: Evidence
    awarded_at: dt.datetime
    earned_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    cycle: str = ""


@frozen(order=True)
class AwardIdentity:
    """
    What can be awarded once: this type, in this context, to this learner, in this cycle.
    """

    context: str
    type: str
    learner: LearnerKey
    cycle: str = ""


@frozen(kw_only=True)
class Artifact:
    """
    A file that shows a certificate, as a generator made it.
    """

    content: bytes = field(repr=False)
    media_type: str = "application/pdf"
    extension: str = "pdf"


@frozen(kw_only=True)
class StoredArtifact:
    """
    Where an artifact lies, and by what it is recognised.
    """

    key: str
    sha256: str
    size: int
    """In bytes."""
    media_type: str = "application/pdf"
    role: str = "document"


@frozen(kw_only=True)
class Failure:
    """
    Why a certificate couldn't be made.
    """

    code: str
    message: str
    retryable: bool = False
    retry_after: float | None = None
    """Seconds, if the other side said so."""
    inputs: str = ""
    """Digest of what went in: as long as it is the same, trying again is in vain."""


@frozen(kw_only=True)
class Certificate:
    """
    An award: the statement, where it is in its life, and its file once there is one.
    """

    id: str
    code: str
    learner: LearnerKey
    statement: Statement
    status: Status = Status.PENDING
    run: int | None = None
    artifact: StoredArtifact | None = None
    design_digest: str = ""
    engine: str = ""
    issued_at: dt.datetime | None = None
    attempts: int = 0
    next_attempt_at: dt.datetime | None = None
    failure: Failure | None = None
    reason: str = ""
    """Why it was revoked, cancelled or annulled."""
    replaces: str | None = None
    """Id of the certificate that this one took the place of."""
    replaced_by: str | None = None
    quiet: bool = False
    """Nobody is to be told of it: awarded by a back-fill."""

    @property
    def identity(self) -> AwardIdentity:
        said = self.statement
        return AwardIdentity(said.context.key, said.type.key, self.learner, said.cycle)

    def expired(self, now: dt.datetime) -> bool:
        expires = self.statement.expires_at
        return self.status is Status.ISSUED and expires is not None and now >= expires
