"""
What a pretended Open edX site knows.
"""

from __future__ import annotations

import datetime as dt
import math

from collections.abc import Mapping, Sequence
from functools import cached_property

from attrs import field, frozen


_JULY = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


@frozen(kw_only=True)
class EdxUser:
    """
    Somebody with an account.

    Args:
        profile: Whether there is a profile: without one, name and languages are null.

        ui_language: What the site is shown in, as a preference; None: it wasn't chosen.
    """

    username: str
    id: int
    email: str = ""
    name: str = ""
    verified_name: str | None = None
    languages: Sequence[str] = ()
    country: str | None = None
    ui_language: str | None = None
    is_active: bool = True
    is_staff: bool = False
    profile: bool = True


@frozen(kw_only=True)
class EdxSubsection:
    """
    A lesson.

    Args:
        block: The last part of its usage key.

        assignment_type: What it counts as; None: it isn't graded.

        problems: What can be earned.
    """

    block: str
    title: str
    assignment_type: str | None = None
    problems: float = 10.0
    due: dt.datetime | None = None


@frozen(kw_only=True)
class EdxSection:
    """
    A chapter of lessons.
    """

    block: str
    title: str
    subsections: Sequence[EdxSubsection] = ()


@frozen(kw_only=True)
class EdxAssignmentType:
    """
    A line of the grading policy.
    """

    name: str
    short_label: str
    weight: float = 1.0
    min_count: int = 1
    drop_count: int = 0


@frozen
class EdxCompletion:
    """
    What the completion aggregator has stored.
    """

    earned: float
    possible: float | None

    @property
    def percent(self) -> float:
        """
        The share; nothing to do is all done.
        """
        if self.possible is None:
            return 0.0
        return self.earned / self.possible if self.possible else 1.0

    def row(self) -> dict[str, float | None]:
        """
        Give it as the API does.
        """
        return {"earned": self.earned, "possible": self.possible, "percent": self.percent}


@frozen(kw_only=True)
class EdxEnrolment:
    """
    Somebody's place in a course, and what they did there.

    Args:
        scores: Points by the lesson's block; a lesson that isn't there wasn't attempted.

        percent: The course's total; None: computed of the scores as the platform does.

        gradable: False: the grade can't be computed, and lists leave the learner out.

        completion: None: nothing is stored.

        completions: By the block of a section or subsection.
    """

    user: EdxUser
    mode: str = "audit"
    is_active: bool = True
    created: dt.datetime = _JULY
    scores: Mapping[str, float] = field(factory=dict[str, float])
    percent: float | None = None
    gradable: bool = True
    completion: EdxCompletion | None = None
    completions: Mapping[str, EdxCompletion] = field(factory=dict[str, EdxCompletion])


@frozen(kw_only=True)
class EdxCourse:
    """
    A course run.

    Args:
        key: `course-v1:Org+Number+Run`.

        enrolments: In the order in which they were made.

        staff: Usernames of its own staff.

        visible: Whether anybody sees it in the catalogue, or only its staff.

        gradebook: Whether the gradebook may be read by programs.
    """

    key: str
    name: str = "Demo"
    start: dt.datetime | None = _JULY
    end: dt.datetime | None = None
    pacing: str = "instructor"
    sections: Sequence[EdxSection] = ()
    assignment_types: Sequence[EdxAssignmentType] = ()
    cutoffs: Mapping[str, float] = field(factory=lambda: {"Pass": 0.5})
    enrolments: Sequence[EdxEnrolment] = ()
    staff: frozenset[str] = field(default=frozenset[str](), converter=frozenset)
    visible: bool = True
    gradebook: bool = True
    pages: dict[object, bytes] = field(
        factory=dict[object, bytes], init=False, eq=False, repr=False
    )
    """Pages that were asked for: the course never changes, and neither do they."""

    @property
    def org(self) -> str:
        """
        The first part of its key.
        """
        return self.key.removeprefix("course-v1:").split("+")[0]

    @property
    def number(self) -> str:
        """
        The second part of its key.
        """
        return self.key.split("+")[1]

    @cached_property
    def newest(self) -> tuple[EdxEnrolment, ...]:
        """
        All enrolments, the newest first.
        """
        return tuple(reversed(self.enrolments))

    @cached_property
    def active(self) -> tuple[EdxEnrolment, ...]:
        """
        The enrolments that are active.
        """
        return tuple(each for each in self.enrolments if each.is_active)

    @cached_property
    def mean(self) -> float:
        """
        The mean of all completions, those that aren't stored being nothing.
        """
        known = [each.completion.percent if each.completion else 0.0 for each in self.active]
        return sum(known) / max(1, len(known))

    @cached_property
    def by_user(self) -> dict[str, EdxEnrolment]:
        """
        The active enrolments by username.
        """
        return {each.user.username: each for each in self.active}

    @cached_property
    def lessons(self) -> tuple[EdxSubsection, ...]:
        """
        All subsections, in order.
        """
        return tuple(each for section in self.sections for each in section.subsections)

    @cached_property
    def graded(self) -> tuple[EdxSubsection, ...]:
        """
        The subsections that count for the grade.
        """
        return tuple(each for each in self.lessons if each.assignment_type is not None)

    @cached_property
    def by_type(self) -> dict[str, tuple[EdxSubsection, ...]]:
        """
        The graded subsections by their assignment type.
        """
        names = dict.fromkeys(each.assignment_type or "" for each in self.graded)
        return {
            name: tuple(each for each in self.graded if each.assignment_type == name)
            for name in names
        }

    @cached_property
    def labels(self) -> dict[str, str]:
        """
        How graded subsections are called in the gradebook, by their block.
        """
        shorts = {each.name: each.short_label for each in self.assignment_types}
        return {
            lesson.block: f"{shorts.get(name, name)} {number:02}"
            for name, lessons in self.by_type.items()
            for number, lesson in enumerate(lessons, 1)
        }

    def usage_key(self, kind: str, block: str) -> str:
        """
        Give the full key of a part of the course.
        """
        return f"block-v1:{self.key.removeprefix('course-v1:')}+type@{kind}+block@{block}"

    def total(self, learner: EdxEnrolment) -> float:
        """
        Give the total as a fraction, rounded to whole percents as the platform does.
        """
        if learner.percent is not None:
            return learner.percent
        weighted = sum(each.weight * self.average(learner, each) for each in self.assignment_types)
        return math.floor(weighted * 100 + 0.05 + 0.5) / 100

    def average(self, learner: EdxEnrolment, kind: EdxAssignmentType) -> float:
        """
        Give the average of an assignment type: unreleased work is zero, the lowest are dropped.
        """
        found = [self.percent(learner, each) for each in self.by_type.get(kind.name, ())]
        padded = [*found, *[0.0] * (kind.min_count - len(found))]
        kept = sorted(padded, reverse=True)[: max(0, len(padded) - kind.drop_count)]
        return sum(kept) / len(kept) if kept else 0.0

    def percent(self, learner: EdxEnrolment, lesson: EdxSubsection) -> float:
        """
        Give what somebody has of a lesson, as a fraction.
        """
        return learner.scores.get(lesson.block, 0.0) / lesson.problems

    def passed(self, percent: float) -> bool:
        """
        Tell whether a total is at least the lowest cutoff above zero.
        """
        lowest = min((each for each in self.cutoffs.values() if each > 0), default=None)
        return lowest is not None and percent >= lowest

    def letter(self, percent: float) -> str | None:
        """
        Give the best grade that a total is enough for.
        """
        by_height = sorted(self.cutoffs.items(), key=lambda item: -item[1])
        return next((name for name, cutoff in by_height if percent >= cutoff), None)


@frozen(kw_only=True)
class EdxStep:
    """
    A course of a learning path.
    """

    course: str
    order: int | None = None
    weight: float | None = 1.0


@frozen(kw_only=True)
class EdxPathEnrolment:
    """
    Somebody's place in a learning path.
    """

    user: EdxUser
    is_active: bool = True
    created: dt.datetime = _JULY


@frozen(kw_only=True)
class EdxPath:
    """
    A learning path.

    Args:
        key: `path-v1:Org+Number+Run+Group`.

        required_grade: None: the path has no grading criteria.
    """

    key: str
    id: int = 1
    name: str = "Demo path"
    subtitle: str = ""
    description: str = ""
    steps: Sequence[EdxStep] = ()
    sequential: bool = False
    required_completion: float = 0.8
    required_grade: float | None = 0.75
    invite_only: bool = False
    enrolments: Sequence[EdxPathEnrolment] = ()
