"""
What a pretended Canvas site knows.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from attrs import field, frozen


_JULY = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


@frozen(kw_only=True)
class CanvasUser:
    """
    Somebody with an account.

    Args:
        email: None: there is none, or the caller may not see it.
    """

    id: int
    name: str = ""
    sortable_name: str = ""
    email: str | None = None
    login_id: str | None = None
    sis_user_id: str | None = None
    locale: str | None = None


@frozen(kw_only=True)
class CanvasEnrolment:
    """
    Somebody's place in a section of a course.

    Args:
        state: `active`, `invited`, `creation_pending`, `deleted`, `rejected`, `completed` or
            `inactive`.

        type: `StudentEnrollment`, `TeacherEnrollment`, `StudentViewEnrollment` (the test student),
            …

        current: The score of what is graded, in percent; None: nothing is.

        final: The score with missing work as nothing.

        override: What a teacher has put in its place.
    """

    id: int
    user: CanvasUser
    section: int = 1
    state: str = "active"
    type: str = "StudentEnrollment"
    current: float | None = None
    final: float | None = None
    override: float | None = None


@frozen(kw_only=True)
class CanvasItem:
    """
    Something in a module.

    Args:
        requirement: `must_view`, `must_submit`, `min_score`, …; None: nothing is required.
    """

    id: int
    title: str = ""
    type: str = "Assignment"
    requirement: str | None = None
    min_score: float | None = None


@frozen(kw_only=True)
class CanvasModule:
    """
    A module of a course.
    """

    id: int
    name: str = ""
    items: Sequence[CanvasItem] = ()
    prerequisites: Sequence[int] = ()
    published: bool = True


@frozen(kw_only=True)
class CanvasAssignment:
    """
    Something to hand in.
    """

    id: int
    name: str = ""
    points: float = 10.0
    published: bool = True


@frozen(kw_only=True)
class CanvasGroup:
    """
    A group of assignments, with its weight in percent.
    """

    id: int
    name: str = ""
    weight: float = 0.0
    assignments: Sequence[CanvasAssignment] = ()


@frozen(kw_only=True)
class CanvasTerm:
    """
    A term.
    """

    id: int = 1
    name: str = "Default Term"
    start: dt.datetime | None = None
    end: dt.datetime | None = None


@frozen(kw_only=True)
class CanvasCourse:
    """
    A course.

    Args:
        own_dates: Whether its dates count, and not the term's.

        done: By user, the items whose requirements are met.

        done_at: By user, when the last of them was.

        scores: By user, the points of assignments; what isn't there isn't graded.
    """

    id: int
    name: str = "Demo"
    code: str = "DEMO"
    sis_id: str | None = None
    state: str = "available"
    start: dt.datetime | None = _JULY
    end: dt.datetime | None = None
    own_dates: bool = False
    time_zone: str = "America/Denver"
    weighted: bool = True
    grading_scheme: bool = False
    term: CanvasTerm = field(factory=CanvasTerm)
    enrolments: Sequence[CanvasEnrolment] = ()
    modules: Sequence[CanvasModule] = ()
    groups: Sequence[CanvasGroup] = ()
    done: Mapping[int, frozenset[int]] = field(factory=dict[int, frozenset[int]])
    done_at: Mapping[int, dt.datetime] = field(factory=dict[int, dt.datetime])
    scores: Mapping[int, Mapping[int, float]] = field(factory=dict[int, Mapping[int, float]])
    found: dict[object, list[Any]] = field(
        factory=dict[object, list[Any]], init=False, eq=False, repr=False
    )
    """What was looked for: the course never changes, and neither does it."""

    @cached_property
    def by_user(self) -> dict[int, list[CanvasEnrolment]]:
        """
        The enrolments of each user, in the order of the users' numbers.
        """
        found: dict[int, list[CanvasEnrolment]] = {}
        for each in sorted(self.enrolments, key=lambda one: one.user.id):
            found.setdefault(each.user.id, []).append(each)
        return found

    @cached_property
    def required(self) -> frozenset[int]:
        """
        The items that something is required of.
        """
        items = (item for module in self.modules for item in module.items)
        return frozenset(item.id for item in items if item.requirement)

    def students(self, states: frozenset[str]) -> list[CanvasUser]:
        """
        Give the students whose enrolment has one of these states.
        """
        return [
            places[0].user
            for places in self.by_user.values()
            if any(e.type == "StudentEnrollment" and e.state in states for e in places)
        ]


@frozen(kw_only=True)
class CanvasToken:
    """
    A token, and the user it speaks for.

    Args:
        role: Of an account's admin, a teacher or a student; a student may see little.

        emails: Whether e-mail addresses and login names may be seen.
    """

    token: str = "canvas-token"  # noqa: S105  # of a server that is none
    user: CanvasUser = field(factory=lambda: CanvasUser(id=1, name="Service"))
    role: Literal["admin", "teacher", "student"] = "admin"
    emails: bool = True
