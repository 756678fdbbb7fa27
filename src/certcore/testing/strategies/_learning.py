"""
Who learns what, and what is asked of them.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Collection, Sequence

from hypothesis import strategies as st

from certcore.domain import (
    Learner,
    LearnerProgress,
    LearningContext,
    Progress,
    Rule,
    Skipped,
    Step,
)
from certcore.rules import (
    AllOf,
    AnyOf,
    EveryStep,
    FactAtLeast,
    MinimumCompletion,
    MinimumGrades,
)


CATEGORIES: Sequence[str] = ("Total", "Final exam", "Prüfung")
FACTS: Sequence[str] = ("hours", "forum_posts")
COURSES: Sequence[str] = ("course-1", "course-2", "course-3", "course-4")
TYPES: Sequence[str] = ("completion", "distinction")

LANGUAGES = ("", "en", "es", "pt-BR", "zh-Hant-TW")


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


def numbers() -> st.SearchStrategy[float]:
    """
    Named facts, often those that people choose as a minimum.
    """
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
        language=st.sampled_from(LANGUAGES),
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
        facts=st.dictionaries(st.sampled_from(FACTS), numbers()),
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


def records() -> st.SearchStrategy[LearnerProgress | Skipped]:
    """
    What a source gives, one after another: learners, and what couldn't be read.
    """
    skipped = st.builds(
        Skipped,
        where=names(),
        reason=names(),
        kind=st.sampled_from(["bad-data", "no-name", "not-enrolled", "duplicate"]),
        learner=st.none() | names(),
    )
    return learner_progress() | skipped


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
        st.builds(FactAtLeast, st.sampled_from(FACTS), numbers()),
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
