"""
The award: certificates and what they state.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import secrets
import time

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import field, frozen

from certcore.domain.artifacts import StoredArtifact
from certcore.domain.contexts import ContextKind
from certcore.domain.decisions import Decision
from certcore.domain.learners import LearnerKey, Recipient
from certcore.exceptions import IllegalTransitionError


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


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

_TO_BE_MADE = "It isn't issued yet: cancel it"
_NOT_REVOKED = "It isn't revoked; only what was revoked can be reinstated"
_REPLACED = "A newer one took its place: name that one"
_FOR_GOOD = "The learner's data were deleted, and nothing brings it back"
_HINTS: Mapping[tuple[Verb, Status], str] = {
    ("revoke", Status.PENDING): _TO_BE_MADE,
    ("revoke", Status.FAILED): _TO_BE_MADE,
    ("revoke", Status.SUPERSEDED): _REPLACED,
    ("revoke", Status.FORGOTTEN): _FOR_GOOD,
    ("cancel", Status.ISSUED): "Revoke it or, if it should never have been, annul it",
    ("cancel", Status.REVOKED): "It is taken back as it is",
    ("cancel", Status.SUPERSEDED): _REPLACED,
    ("cancel", Status.FORGOTTEN): _FOR_GOOD,
    ("reinstate", Status.PENDING): _NOT_REVOKED,
    ("reinstate", Status.FAILED): _NOT_REVOKED,
    ("reinstate", Status.ISSUED): _NOT_REVOKED,
    ("reinstate", Status.CANCELLED): _NOT_REVOKED,
    ("reinstate", Status.ANNULLED): _NOT_REVOKED,
    ("reinstate", Status.SUPERSEDED): _REPLACED,
    ("reinstate", Status.FORGOTTEN): _FOR_GOOD,
    ("annul", Status.REVOKED): "Reinstate it first",
    ("annul", Status.SUPERSEDED): _REPLACED,
    ("annul", Status.FORGOTTEN): _FOR_GOOD,
    ("retry", Status.PENDING): "The next run makes it",
    ("retry", Status.ISSUED): "It was made",
}
"""What to do instead, where something can be said."""


def transition(status: Status, verb: Verb) -> Status:
    """
    Give the status that the verb leads to.

    Raises:
        certcore.exceptions.IllegalTransitionError:
            If it leads nowhere from that status.
    """
    allowed, target = _TRANSITIONS[verb]
    if status not in allowed:
        raise IllegalTransitionError(verb, status.value, _HINTS.get((verb, status), ""))
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
    return _id(time.time_ns(), secrets.randbits(62))


def id_of(awarded_at: dt.datetime, seed: bytes) -> str:
    """
    Give the id of something awarded long ago: like a fresh one, and the same for the same seed.

    Among the others it stands where it would if it had been awarded here, at that time.
    """
    since = max(awarded_at - _EPOCH, dt.timedelta())
    nanoseconds = since // dt.timedelta(microseconds=1) * 1000
    return _id(nanoseconds, int.from_bytes(hashlib.sha256(seed).digest()) >> 194)


def _id(nanoseconds: int, rest: int) -> str:
    millis, below = divmod(nanoseconds, 1_000_000)
    fraction = (below << 12) // 1_000_000
    number = millis << 80 | 7 << 76 | fraction << 64 | 2 << 62 | rest
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
    reissued_at: dt.datetime | None = None
    """When somebody mended what an earlier certificate said; the printed date is still the old."""


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
    """Of the design that its file was made with. Of a successor that isn't made yet: of the one
    that it is to be made with; empty: of the configuration's own."""
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
        """
        What there is one live certificate of.
        """
        said = self.statement
        return AwardIdentity(said.context.key, said.type.key, self.learner, said.cycle)

    def expired(self, now: dt.datetime) -> bool:
        """
        Say whether it was good, and isn't any more by that time.
        """
        expires = self.statement.expires_at
        return self.status is Status.ISSUED and expires is not None and now >= expires
