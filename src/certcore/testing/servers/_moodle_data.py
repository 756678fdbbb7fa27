"""
What a pretended Moodle site knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from attrs import field, frozen


MOODLE_RIGHTS = frozenset(
    {
        "webservice/rest:use",
        "moodle/course:view",
        "moodle/course:viewhiddencourses",
        "moodle/course:viewparticipants",
        "moodle/course:enrolreview",
        "moodle/site:accessallgroups",
        "moodle/user:viewdetails",
        "moodle/user:viewalldetails",
        "moodle/user:viewhiddendetails",
        "moodle/course:useremail",
        "moodle/site:viewuseridentity",
        "gradereport/user:view",
        "moodle/grade:viewall",
        "moodle/grade:viewhidden",
        "report/completion:view",
        "report/progress:view",
        "mod/assign:view",
        "mod/forum:view",
        "mod/page:view",
        "mod/quiz:view",
    }
)
"""What a service's role needs, with some kinds of activities. `moodle/course:update` isn't there:
without it a course's ID number isn't told."""


@frozen(kw_only=True)
class MoodleUser:
    """
    Somebody with an account.
    """

    id: int
    username: str
    fullname: str = ""
    email: str = ""
    idnumber: str = ""
    lang: str = "en"
    timezone: str = "99"
    suspended: bool = False


@frozen(kw_only=True)
class MoodleActivity:
    """
    Something to do in a course.

    Args:
        cmid: Its number in the course.

        modname: Its kind: a caller without `mod/<kind>:view` doesn't see it.

        tracking: 0: its completion isn't tracked; 1: by hand; 2: by conditions.
    """

    cmid: int
    name: str
    modname: str = "page"
    section: str = "General"
    tracking: int = 2


@frozen(kw_only=True)
class MoodleGradeItem:
    """
    A column of the gradebook.

    Args:
        kind: `mod`, `manual`, `category` or `course`.

        category: The number of the category that it stands in.

        activity: The `cmid` of what is graded, for the kind `mod`.
    """

    id: int
    name: str | None = None
    kind: str = "mod"
    category: int | None = None
    activity: int | None = None
    low: float = 0.0
    high: float = 100.0
    weight: float = 1.0
    hidden: bool = False


@frozen(kw_only=True)
class MoodleEnrolment:
    """
    Somebody's place in a course, and what they did there.

    Args:
        roles: Short names, as the site has them.

        states: By activity: 0 incomplete, 1 complete, 2 complete and passed, 3 complete and failed.

        times: When an activity was completed, in Unix seconds.

        grades: Raw points by the grade item's id; what isn't there isn't graded.

        completed: Whether the course is complete; None: if all its criteria are met.

        groups: Numbers of the groups.
    """

    user: MoodleUser
    roles: Sequence[str] = ("student",)
    suspended: bool = False
    states: Mapping[int, int] = field(factory=dict[int, int])
    times: Mapping[int, int] = field(factory=dict[int, int])
    grades: Mapping[int, float] = field(factory=dict[int, float])
    completed: bool | None = None
    groups: frozenset[int] = field(default=frozenset[int](), converter=frozenset)


@frozen(kw_only=True)
class MoodleCourse:
    """
    A course.

    Args:
        start: Unix seconds; 0: there is none.

        completion: Whether completion is switched on.

        criteria: The activities that the course's completion asks for.

        any_criterion: Whether one of them is enough.
    """

    id: int
    shortname: str = "DEMO"
    fullname: str = "Demo"
    idnumber: str = ""
    start: int = 1_782_864_000
    end: int = 0
    lang: str = ""
    visible: bool = True
    completion: bool = True
    activities: Sequence[MoodleActivity] = ()
    criteria: Sequence[int] = ()
    any_criterion: bool = False
    items: Sequence[MoodleGradeItem] = ()
    enrolments: Sequence[MoodleEnrolment] = ()
    found: dict[object, tuple[MoodleEnrolment, ...]] = field(
        factory=dict[object, tuple[MoodleEnrolment, ...]], init=False, eq=False, repr=False
    )
    """Who was looked for: the course never changes, and neither do they."""

    @cached_property
    def by_user(self) -> dict[int, MoodleEnrolment]:
        """
        The enrolments by user.
        """
        return {each.user.id: each for each in self.enrolments}

    @cached_property
    def ordered(self) -> tuple[MoodleEnrolment, ...]:
        """
        The enrolments by user's number.
        """
        return tuple(sorted(self.enrolments, key=lambda each: each.user.id))

    @cached_property
    def by_cmid(self) -> dict[int, MoodleActivity]:
        """
        The activities by number.
        """
        return {each.cmid: each for each in self.activities}

    def is_complete(self, learner: MoodleEnrolment) -> bool:
        """
        Tell whether somebody has completed the course.
        """
        if learner.completed is not None:
            return learner.completed
        met = [learner.states.get(cmid, 0) in {1, 2} for cmid in self.criteria]
        return bool(met) and (any(met) if self.any_criterion else all(met))


@frozen(kw_only=True)
class MoodleToken:
    """
    A token, the user it speaks for, and what it may.

    Args:
        functions: Those in its service; None: all that the fake knows.
    """

    token: str = "0123456789abcdef0123456789abcdef"  # noqa: S105  # of a server that is none
    user: MoodleUser = field(
        factory=lambda: MoodleUser(id=2, username="service", fullname="Service")
    )
    rights: frozenset[str] = field(default=MOODLE_RIGHTS, converter=frozenset)
    functions: frozenset[str] | None = None
