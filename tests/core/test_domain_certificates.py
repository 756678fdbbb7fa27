"""
Certificates: ids, the statuses of their life, what they are known by.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid

import pytest

from certcore.domain import (
    AwardIdentity,
    Certificate,
    Decision,
    Evidence,
    LearnerKey,
    Recipient,
    StatedContext,
    StatedIssuer,
    StatedType,
    Statement,
    Status,
    Verb,
    Verdict,
    new_id,
    sources_of,
    transition,
)
from certcore.exceptions import IllegalTransitionError
from certcore.ports import Candidate


ALLOWED: dict[tuple[str, Verb], str] = {
    ("pending", "record"): "issued",
    ("pending", "fail"): "failed",
    ("failed", "retry"): "pending",
    ("pending", "cancel"): "cancelled",
    ("failed", "cancel"): "cancelled",
    ("issued", "revoke"): "revoked",
    ("revoked", "reinstate"): "issued",
    ("issued", "supersede"): "superseded",
    ("pending", "annul"): "annulled",
    ("failed", "annul"): "annulled",
    ("issued", "annul"): "annulled",
    ("pending", "forget"): "forgotten",
    ("failed", "forget"): "forgotten",
    ("issued", "forget"): "forgotten",
    ("revoked", "forget"): "forgotten",
    ("superseded", "forget"): "forgotten",
    ("annulled", "forget"): "forgotten",
    ("cancelled", "forget"): "forgotten",
}
VERBS: list[Verb] = list(dict.fromkeys(verb for _, verb in ALLOWED))
NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("verb", VERBS)
def test_transitions(status: Status, verb: Verb) -> None:
    """
    The table above is all there is: every other pair is refused and says both words.
    """
    target = ALLOWED.get((status.value, verb))

    assert (target is not None) == (status in sources_of(verb))
    if target is not None:
        assert Status(target) is transition(status, verb)
        return
    with pytest.raises(IllegalTransitionError) as caught:
        transition(status, verb)
    assert (verb, status.value) == (caught.value.verb, caught.value.status)


@pytest.mark.parametrize(
    "status, verb, said",
    [
        ("revoked", "revoke", "the certificate is revoked already"),
        ("cancelled", "cancel", "the certificate is cancelled already"),
        ("forgotten", "forget", "the certificate is forgotten already"),
        (
            "pending",
            "revoke",
            "a certificate that is pending can't be revoked. It isn't issued yet: cancel it",
        ),
        (
            "issued",
            "cancel",
            (
                "a certificate that is issued can't be cancelled. Revoke it or, if it should never "
                "have been, annul it"
            ),
        ),
        (
            "issued",
            "reinstate",
            (
                "a certificate that is issued can't be reinstated. It isn't revoked; only what was "
                "revoked can be reinstated"
            ),
        ),
        ("revoked", "annul", "a certificate that is revoked can't be annulled. Reinstate it first"),
        ("revoked", "fail", "a certificate that is revoked can't be made to fail"),
    ],
)
def test_a_refusal_says_what_to_do_instead(status: str, verb: Verb, said: str) -> None:
    """
    In words that people use, and with the verb that is meant where there is one.
    """
    with pytest.raises(IllegalTransitionError) as caught:
        transition(Status(status), verb)

    assert said == str(caught.value)


def test_which_statuses_hold_the_slot() -> None:
    """
    Only what was replaced or declared a mistake leaves room for another award.
    """
    assert {Status.SUPERSEDED, Status.ANNULLED} == {s for s in Status if not s.holds_slot}


def test_ids_sort_by_time() -> None:
    """
    An id made a moment later is greater.
    """
    ids = []
    for _ in range(5):
        ids.append(new_id())
        time.sleep(0.002)

    assert sorted(ids) == ids


def test_ids_are_version_7_uuids() -> None:
    """
    32 hexadecimal digits that hold the time they were made at.
    """
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000

    assert made == uuid.UUID(made).hex
    assert 7 == uuid.UUID(made).version
    assert uuid.RFC_4122 == uuid.UUID(made).variant
    assert before <= uuid.UUID(made).int >> 80 <= after


def certificate(
    status: Status = Status.ISSUED, expires_at: dt.datetime | None = None
) -> Certificate:
    said = Statement(
        context=StatedContext(key="bio101", name="Biology"),
        type=StatedType(key="completion", title="Certificate"),
        issuer=StatedIssuer(key="uni", name="Uni"),
        recipient=Recipient(name="Ada"),
        evidence=Evidence(decision=Decision(verdict=Verdict.MET, kind="completion")),
        awarded_at=NOW,
        expires_at=expires_at,
        cycle="2026T1",
    )
    return Certificate(
        id=new_id(),
        code="0" * 27,
        learner=LearnerKey("campus", "ada"),
        statement=said,
        status=status,
    )


def test_identity_is_what_can_be_awarded_once() -> None:
    """
    Context, type, learner and cycle, whatever else the certificate says.
    """
    expected = AwardIdentity("bio101", "completion", LearnerKey("campus", "ada"), "2026T1")

    assert expected == certificate().identity


def test_a_candidate_is_awarded_once_like_its_certificate() -> None:
    """
    Its identity is that of the certificate it would become.
    """
    made = certificate()

    assert made.identity == Candidate(learner=made.learner, statement=made.statement).identity


@pytest.mark.parametrize(
    "expires, status, expired",
    [
        (None, Status.ISSUED, False),
        (NOW + dt.timedelta(seconds=1), Status.ISSUED, False),
        (NOW, Status.ISSUED, True),
        (NOW, Status.REVOKED, False),
    ],
)
def test_expired(expires: dt.datetime | None, status: Status, *, expired: bool) -> None:
    """
    From the instant on; only what is issued can expire.
    """
    assert expired is certificate(status, expires).expired(NOW)


def test_names_and_addresses_stay_out_of_logs() -> None:
    """
    A recipient's address isn't in the `repr`.
    """
    assert "ada@" not in repr(Recipient(name="Ada", email="ada@example.org"))
