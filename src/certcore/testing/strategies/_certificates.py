"""
Certificates, what they rest on, and what is told of them.
"""

from __future__ import annotations

from hypothesis import strategies as st

from certcore.domain import (
    Artifact,
    Attachment,
    Certificate,
    Decision,
    Evidence,
    Failure,
    Issuer,
    Notice,
    Progress,
    Recipient,
    Rule,
    StatedContext,
    StatedIssuer,
    StatedType,
    Statement,
    Status,
    StoredArtifact,
    Verdict,
    normalize_code,
)
from certcore.domain.codes import ALPHABET
from certcore.ports import Candidate
from certcore.testing.strategies._learning import (
    COURSES,
    TYPES,
    fractions,
    instants,
    learners,
    names,
    numbers,
    progress,
    rules,
)


_CODE_BITS = 130
_KINDS = (("application/pdf", "pdf"), ("image/svg+xml", "svg"), ("text/plain", "txt"))


def decisions() -> st.SearchStrategy[Decision]:
    """
    Decisions as rules make them, and ones that only a plugin's rule would make.
    """
    judged = st.builds(_judged, rules(), progress())
    leaves = st.builds(
        Decision,
        verdict=st.sampled_from(Verdict),
        kind=st.sampled_from(["completion", "grade", "fact", "enrolled", "holds", "other"]),
        name=names(min_size=0),
        required=st.none() | numbers(),
        actual=st.none() | numbers(),
        note=names(min_size=0),
        earned_at=st.none() | instants(),
        course=st.just("") | st.sampled_from(COURSES),
    )
    strange = st.recursive(leaves, _nodes, max_leaves=6)
    return judged | strange


def _judged(rule: Rule, known: Progress) -> Decision:
    return rule.evaluate(known)


def _nodes(child: st.SearchStrategy[Decision]) -> st.SearchStrategy[Decision]:
    return st.builds(
        Decision,
        verdict=st.sampled_from(Verdict),
        kind=st.sampled_from(["all", "any", "steps", "step", "other"]),
        name=names(min_size=0),
        needed=st.none() | st.integers(0, 4),
        children=st.lists(child, max_size=3).map(tuple),
    )


def evidence() -> st.SearchStrategy[Evidence]:
    """
    What awards rest on.
    """
    return st.builds(
        Evidence,
        decision=decisions(),
        completion=st.none() | fractions(),
        grades=st.dictionaries(names(), fractions(), max_size=3),
        facts=st.dictionaries(names(), numbers(), max_size=3),
    )


def statements() -> st.SearchStrategy[Statement]:
    """
    What certificates say.
    """
    return st.builds(
        Statement,
        context=st.builds(
            StatedContext,
            key=names(),
            kind=st.sampled_from(["course", "lesson", "pathway"]),
            name=names(),
            start=st.none() | instants(),
            end=st.none() | instants(),
        ),
        type=st.builds(StatedType, key=st.sampled_from(TYPES), title=names()),
        issuer=st.builds(
            StatedIssuer,
            key=names(),
            name=names(),
            time_zone=st.sampled_from(["UTC", "Europe/Madrid", "Asia/Kathmandu"]),
            language=st.sampled_from(["en", "es", "pt-BR"]),
            verification=st.sampled_from(["", "https://certs.example.org/v/{code}"]),
        ),
        recipient=learners().map(Recipient.of),
        evidence=evidence(),
        awarded_at=instants(),
        earned_at=st.none() | instants(),
        expires_at=st.none() | instants(),
        cycle=st.sampled_from(["", "2026T1"]),
        reissued_at=st.none() | instants(),
    )


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    """
    Learners who are to be awarded a certificate, whatever it says.
    """
    return Candidate(learner=draw(learners()).key, statement=draw(statements()))


@st.composite
def artifacts(draw: st.DrawFn) -> Artifact:
    """
    Files of certificates, small ones, empty ones included.
    """
    media_type, extension = draw(st.sampled_from(_KINDS))
    content = draw(st.binary(max_size=64))
    return Artifact(content=content, media_type=media_type, extension=extension)


@st.composite
def notices(draw: st.DrawFn) -> Notice:
    """
    What learners are told: of any certificate, with a link or with the file.
    """
    made = draw(artifacts())
    attached = Attachment(
        filename=f"{draw(names())}.{made.extension}",
        media_type=made.media_type,
        content=made.content,
    )
    linked = draw(st.booleans())
    return Notice(
        id=draw(st.uuids(version=4)).hex,
        purpose=draw(st.sampled_from(["award", "reissue", "reminder", "revocation"])),
        address=draw(st.sampled_from(["ada@example.org", "łukasz@example.org"])),
        certificate=draw(certificates()),
        issuer=Issuer(name=draw(names()), sender="Example School <office@example.org>"),
        link="https://certificates.example.org/c/1" if linked else "",
        link_until=draw(st.none() | instants()) if linked else None,
        attachment=None if linked else attached,
        at=draw(instants()),
    )


@st.composite
def codes(draw: st.DrawFn) -> str:
    """
    Verification codes, normalized.
    """
    number = draw(st.integers(0, 2**_CODE_BITS - 1).filter(lambda n: n % 37 < len(ALPHABET)))
    places = reversed(range(0, _CODE_BITS, 5))
    body = "".join(ALPHABET[number >> place & 31] for place in places)
    return next(body + check for check in ALPHABET if normalize_code(body + check))


@st.composite
def certificates(draw: st.DrawFn) -> Certificate:
    """
    Certificates at any point of their life, with what belongs to it.
    """
    status = draw(st.sampled_from(Status))
    made = status in {Status.ISSUED, Status.REVOKED, Status.SUPERSEDED}
    failed = status is Status.FAILED
    ids = st.uuids(version=4).map(lambda uuid: uuid.hex)
    certificate = draw(ids)
    digest = draw(st.binary(min_size=32, max_size=32)).hex()
    return Certificate(
        id=certificate,
        code=draw(codes()),
        learner=draw(learners()).key,
        statement=draw(statements()),
        status=status,
        run=draw(st.none() | st.integers(1, 1000)),
        artifact=StoredArtifact(
            key=f"certificates/{certificate}/{digest}.pdf",
            sha256=digest,
            size=draw(st.integers(1, 1_000_000)),
        )
        if made
        else None,
        design_digest=digest if made else "",
        engine="fake 1" if made else "",
        issued_at=draw(instants()) if made else None,
        attempts=draw(st.integers(1, 9)) if failed else 0,
        next_attempt_at=draw(st.none() | instants()) if failed else None,
        failure=Failure(code="storage", message="disk full", retryable=True) if failed else None,
        reason=draw(names()) if status is Status.REVOKED else "",
        replaced_by=draw(ids) if status is Status.SUPERSEDED else None,
        quiet=draw(st.booleans()),
    )
