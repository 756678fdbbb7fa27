"""
Hypothesis strategies for the values of certcore. Needs `hypothesis`, which certcore doesn't bring.

Rules and progress draw from the same few categories, facts and courses, so that they meet: a rule
asks for what a learner has, or nearly has.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Collection, Sequence

from hypothesis import strategies as st

from certcore.domain import (
    Certificate,
    Decision,
    Evidence,
    Failure,
    Learner,
    LearnerProgress,
    LearningContext,
    Progress,
    Recipient,
    Rule,
    StatedContext,
    StatedIssuer,
    StatedType,
    Statement,
    Status,
    Step,
    StoredArtifact,
    Verdict,
    normalize_code,
)
from certcore.domain.codes import ALPHABET
from certcore.rules import (
    AllOf,
    AnyOf,
    EveryStep,
    FactAtLeast,
    MinimumCompletion,
    MinimumGrades,
)


__all__ = [
    "CATEGORIES",
    "COURSES",
    "FACTS",
    "TYPES",
    "certificates",
    "codes",
    "contexts",
    "decisions",
    "evidence",
    "fractions",
    "instants",
    "learner_progress",
    "learners",
    "names",
    "progress",
    "rules",
    "statements",
    "steps",
]

CATEGORIES: Sequence[str] = ("Total", "Final exam", "Prüfung")
FACTS: Sequence[str] = ("hours", "forum_posts")
COURSES: Sequence[str] = ("course-1", "course-2", "course-3", "course-4")
TYPES: Sequence[str] = ("completion", "distinction")

_LANGUAGES = ("", "en", "es", "pt-BR", "zh-Hant-TW")
_CODE_BITS = 130


def names(*, min_size: int = 1) -> st.SearchStrategy[str]:
    """
    Names and titles in any script.
    """
    return st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=min_size, max_size=12)


def fractions() -> st.SearchStrategy[float]:
    """
    Numbers from 0 to 1, often the ones that people choose as a minimum.
    """
    return st.sampled_from([0.0, 0.5, 0.6, 0.9, 1.0]) | st.floats(0, 1, allow_subnormal=False)


def _numbers() -> st.SearchStrategy[float]:
    return st.sampled_from([0.0, 1.0, 5.0]) | st.floats(-1e6, 1e6, allow_subnormal=False)


def instants() -> st.SearchStrategy[dt.datetime]:
    """
    Aware date-times, in UTC and at other offsets.
    """
    offsets = st.integers(-12 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))
    return st.datetimes(
        min_value=dt.datetime(2000, 1, 1),  # noqa: DTZ001  # Hypothesis adds the zone
        max_value=dt.datetime(2100, 1, 1),  # noqa: DTZ001  # as above
        timezones=st.just(dt.UTC) | offsets,
    )


def learners() -> st.SearchStrategy[Learner]:
    """
    Learners of one realm or another.
    """
    return st.builds(
        Learner,
        realm=st.sampled_from(["campus", "school"]),
        id=names(),
        name=names(min_size=0),
        email=st.just("") | names().map("{}@example.org".format),
        language=st.sampled_from(_LANGUAGES),
        username=names(min_size=0),
    )


def progress(*, steps: bool = True, holds: bool = True) -> st.SearchStrategy[Progress]:
    """
    What is known of a learner: each fact may be there or not.

    Args:
        steps: Whether something may be known of the courses of a pathway.

        holds: Whether it may be known what certificates are held.
    """
    return st.builds(
        Progress,
        enrolled=st.none() | st.booleans(),
        completion=st.none() | fractions(),
        grades=st.dictionaries(st.sampled_from(CATEGORIES), fractions()),
        facts=st.dictionaries(st.sampled_from(FACTS), _numbers()),
        earned_at=st.none() | instants(),
        steps=_steps_known() if steps else st.just(dict[str, Progress]()),
        holds=st.none() | _held() if holds else st.none(),
    )


def _steps_known() -> st.SearchStrategy[dict[str, Progress]]:
    return st.dictionaries(st.sampled_from(COURSES), progress(steps=False, holds=False))


def _held() -> st.SearchStrategy[frozenset[tuple[str, str]]]:
    return st.frozensets(st.tuples(st.sampled_from(COURSES), st.sampled_from(TYPES)))


@st.composite
def learner_progress(draw: st.DrawFn, *, steps: bool = True) -> LearnerProgress:
    """
    What a source says about one learner.
    """
    known = draw(progress(steps=steps))
    return LearnerProgress(
        learner=draw(learners()),
        enrolled=known.enrolled,
        completion=known.completion,
        grades=known.grades,
        facts=known.facts,
        earned_at=known.earned_at,
        steps=known.steps,
        holds=known.holds,
    )


def rules(*, steps: bool = True) -> st.SearchStrategy[Rule]:
    """
    Rules of every kind, nested; those about steps are bound to some.

    Args:
        steps: Whether there may be rules about the steps of a pathway.
    """
    leaves: st.SearchStrategy[Rule] = st.one_of(
        st.builds(MinimumCompletion, fractions()),
        st.builds(
            MinimumGrades,
            st.dictionaries(st.sampled_from(CATEGORIES), fractions(), min_size=1),
        ),
        st.builds(FactAtLeast, st.sampled_from(FACTS), _numbers()),
    )
    if steps:
        leaves |= _every_step()
    return st.recursive(leaves, _composites, max_leaves=6)


def _composites(rule: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    some = st.lists(rule, min_size=1, max_size=3)
    return some.map(lambda found: AllOf(*found)) | some.flatmap(_any_of)


def _any_of(found: Collection[Rule]) -> st.SearchStrategy[Rule]:
    return st.integers(1, len(found)).map(lambda least: AnyOf(*found, at_least=least))


def _every_step() -> st.SearchStrategy[Rule]:
    return st.builds(
        EveryStep,
        rules(steps=False),
        at_least=st.none() | st.integers(1, 4),
        steps=st.lists(steps(), max_size=3).map(tuple),
    )


def steps() -> st.SearchStrategy[Step]:
    """
    Steps of a pathway, with alternatives, rules and certificates of their own or without.
    """
    return st.builds(
        Step,
        course=st.sampled_from(COURSES),
        alternatives=st.lists(st.sampled_from(COURSES), max_size=2, unique=True).map(tuple),
        name=names(min_size=0),
        rule=st.none() | rules(steps=False),
        holds=st.none() | st.sampled_from(TYPES),
    )


def contexts() -> st.SearchStrategy[LearningContext]:
    """
    Courses, lessons and pathways.
    """
    return st.builds(
        LearningContext,
        key=st.sampled_from(COURSES) | names(),
        kind=st.sampled_from(["course", "lesson", "pathway"]),
        name=names(min_size=0),
        start=st.none() | instants(),
        end=st.none() | instants(),
        steps=st.lists(steps(), max_size=3).map(tuple),
        at_least=st.none() | st.integers(1, 3),
        course=st.none() | st.sampled_from(COURSES),
        alias=st.just("") | st.sampled_from(["bio101", "data"]),
    )


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
        required=st.none() | _numbers(),
        actual=st.none() | _numbers(),
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
        facts=st.dictionaries(names(), _numbers(), max_size=3),
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
