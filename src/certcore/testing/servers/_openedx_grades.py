"""
Open edX: totals, gradebook, policy, averages by type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from certcore.testing.servers._messages import Answer, Call, Route
from certcore.testing.servers._openedx_base import COURSE, EdxBase, cursor_page, refuse
from certcore.testing.servers._openedx_data import (
    EdxAssignmentType,
    EdxCourse,
    EdxEnrolment,
)


_SIZE = 50
_Shown = Callable[[EdxCourse, EdxEnrolment], dict[str, Any]]


class EdxGrades(EdxBase):
    """
    Knows what everybody earned.
    """

    def grade_routes(self) -> tuple[Route, ...]:
        """
        Give its endpoints.
        """
        base = "/api/grades/v1"
        return (
            Route("grades", f"{base}/courses/{COURSE}/", self._totals),
            Route("grading-info", f"{base}/gradebook/{COURSE}/grading-info", self._info),
            Route("gradebook", f"{base}/gradebook/{COURSE}/", self._gradebook),
            Route("grading-policy", f"{base}/policy/courses/{COURSE}/?", self._policy),
            Route("section-grades", f"{base}/section_grades_breakdown/?", self._sections),
        )

    def _totals(self, call: Call) -> Answer:
        caller, course = self.caller(call, "developer"), self._known(call)
        name = call.one("username")
        if name != caller.username and not caller.is_staff:
            _user_permissions()
        if not name:
            return _kept_page("grades", course, call, _total)
        return Answer.json([_total(course, self._one(course, name))])

    def _gradebook(self, call: Call) -> Answer:
        course = self._readable(call)
        name = call.one("username")
        if name:
            return Answer.json(_gradebook_row(course, self._one(course, name)))
        counts = {"total_users_count": len(course.active)}
        if not set(call.params) - {"cursor", "page_size"}:
            counts["filtered_users_count"] = len(course.active)
            return _kept_page("gradebook", course, call, _gradebook_row, **counts)
        filtered = [each for each in course.active if _is_asked_for(call, course, each)]
        counts["filtered_users_count"] = len(filtered)
        return Answer.json(_page(course, filtered, call, _gradebook_row, **counts))

    def _info(self, call: Call) -> Answer:
        course = self._readable(call)
        only = call.one("graded_only").lower() == "true"
        shorts = {each.name: each.short_label for each in course.assignment_types}
        return Answer.json(
            {
                "assignment_types": {
                    each.name: {
                        "type": each.name,
                        "short_label": each.short_label,
                        "min_count": each.min_count,
                        "drop_count": each.drop_count,
                        "weight": each.weight,
                    }
                    for each in course.assignment_types
                },
                "subsections": [
                    {
                        "module_id": course.usage_key("sequential", each.block),
                        "display_name": each.title,
                        "graded": each.assignment_type is not None,
                        "short_label": shorts.get(each.assignment_type or ""),
                        "assignment_type": each.assignment_type,
                    }
                    for each in (course.graded if only else course.lessons)
                ],
                "grade_cutoffs": dict(course.cutoffs),
                "grades_frozen": False,
                "can_see_bulk_management": False,
            }
        )

    def _policy(self, call: Call) -> Answer:
        caller, course = self.caller(call, "developer"), self.course(call)
        missing = "user_or_course_does_not_exist"
        if course is None:
            refuse("developer", 404, "Course does not exist", missing)
        if not self.is_course_staff(caller, course):
            refuse("developer", 403, "Course does not exist", missing)
        rows = [
            {
                "assignment_type": each.name,
                "count": each.min_count,
                "dropped": each.drop_count,
                "weight": each.weight,
            }
            for each in course.assignment_types
        ]
        return Answer.json(rows)

    def _sections(self, call: Call) -> Answer:
        self.staff(call, "developer", schemes=("JWT",))
        key, names = call.one("course_id"), call.many("username")
        courses = [each for each in self.courses.values() if not key or each.key == key]
        if len(courses) == 1 and not names:
            return _kept_page("section-grades", courses[0], call, _breakdown)
        rows = [
            (course, each)
            for course in courses
            for each in course.active
            if each.gradable and (not names or each.user.username in names)
        ]
        size = call.number("page_size", _SIZE)
        page = cursor_page(
            call, "developer", rows, lambda some: [_breakdown(*each) for each in some], size=size
        )
        return Answer.json(page)

    def _known(self, call: Call) -> EdxCourse:
        course = self.course(call)
        if course is None:
            key = call.parts["course"]
            said = f"Requested grade for unknown course {key}"
            refuse("developer", 404, said, "course_does_not_exist")
        return course

    def _readable(self, call: Call) -> EdxCourse:
        caller, course = self.caller(call, "developer"), self._known(call)
        if not course.gradebook:
            said = "The writable gradebook feature is not enabled for this course."
            refuse("developer", 403, said, "feature_not_enabled")
        if not self.is_course_staff(caller, course):
            _user_permissions()
        return course

    def _one(self, course: EdxCourse, name: str) -> EdxEnrolment:
        if name not in self.users:
            said = "The user matching the requested username does not exist."
            refuse("developer", 404, said, "user_does_not_exist")
        if name not in course.by_user:
            said = "The user matching the requested username is not enrolled in this course"
            refuse("developer", 404, said, "user_not_enrolled")
        return course.by_user[name]


def _user_permissions() -> None:
    said = "You do not have permission to perform this action."
    refuse("developer", 403, said, "user_permissions")


def _page(
    course: EdxCourse, rows: Sequence[EdxEnrolment], call: Call, shown: _Shown, **counts: int
) -> dict[str, Any]:
    def gradable(some: Sequence[EdxEnrolment]) -> list[Any]:
        # who can't be graded is left out of a page after it was cut
        return [shown(course, each) for each in some if each.gradable]

    page = cursor_page(call, "developer", rows, gradable, size=call.number("page_size", _SIZE))
    return {
        "next": page["next"],
        "previous": page["previous"],
        **counts,
        "results": page["results"],
    }


def _kept_page(name: str, course: EdxCourse, call: Call, shown: _Shown, **counts: int) -> Answer:
    key = (name, call.origin, call.target)
    if key not in course.pages:
        course.pages[key] = Answer.json(_page(course, course.active, call, shown, **counts)).body
    return Answer(body=course.pages[key])


def _total(course: EdxCourse, learner: EdxEnrolment) -> dict[str, Any]:
    percent = course.total(learner)
    return {
        "username": learner.user.username,
        "email": _shown_email(learner),
        "course_id": course.key,
        "passed": course.passed(percent),
        "percent": percent,
        "letter_grade": course.letter(percent),
    }


def _shown_email(learner: EdxEnrolment) -> str:
    return learner.user.email if learner.mode == "masters" else ""


def _gradebook_row(course: EdxCourse, learner: EdxEnrolment) -> dict[str, Any]:
    row: dict[str, Any] = {
        "user_id": learner.user.id,
        "username": learner.user.username,
        "email": _shown_email(learner),
        "percent": course.total(learner),
        "section_breakdown": list(_graded(course, learner)),
    }
    if learner.mode == "masters":
        row["full_name"] = learner.user.name
    return row


def _graded(course: EdxCourse, learner: EdxEnrolment) -> Iterator[dict[str, Any]]:
    for lesson in course.graded:
        attempted = lesson.block in learner.scores
        yield {
            "attempted": attempted,
            "category": lesson.assignment_type,
            "label": course.labels[lesson.block],
            "module_id": course.usage_key("sequential", lesson.block),
            "percent": course.percent(learner, lesson),
            # what could be earned isn't told before something was tried
            "score_earned": float(learner.scores.get(lesson.block, 0.0)),
            "score_possible": float(lesson.problems) if attempted else 0.0,
            "subsection_name": lesson.title,
        }


def _is_asked_for(call: Call, course: EdxCourse, learner: EdxEnrolment) -> bool:
    name, mode = learner.user.username, call.one("enrollment_mode")
    part = call.one("user_contains") or call.one("username_contains")
    low = float(call.one("course_grade_min") or 0)
    high = float(call.one("course_grade_max") or 100)
    excluded = "excluded_course_roles" in call.params and name in course.staff
    return (
        part.lower() in name.lower()
        and mode in {"", learner.mode}
        and low <= course.total(learner) * 100 <= high
        and not excluded
    )


def _breakdown(course: EdxCourse, learner: EdxEnrolment) -> dict[str, Any]:
    percent = course.total(learner)
    rows = [row for kind in course.assignment_types for row in _type_rows(course, learner, kind)]
    return {
        "course_id": course.key,
        "username": learner.user.username,
        "passed": course.passed(percent),
        "current_grade": int(percent * 100),
        "section_breakdown": rows,
    }


def _type_rows(
    course: EdxCourse, learner: EdxEnrolment, kind: EdxAssignmentType
) -> Iterator[dict[str, Any]]:
    lessons = course.by_type.get(kind.name, ())
    count = max(kind.min_count, len(lessons))
    average = course.average(learner, kind)
    told = {"category": kind.name, "percent": average, "prominent": True}
    if count == 1:
        detail = f"{kind.name} = {average:.2%}"
        yield {**told, "label": kind.short_label, "detail": detail}
        return
    for number in range(1, count + 1):
        label = f"{kind.short_label} {number:02}"
        if number > len(lessons):
            detail = f"{kind.name} {number} Unreleased - 0% (?/?)"
            yield {"category": kind.name, "label": label, "detail": detail, "percent": 0.0}
            continue
        lesson = lessons[number - 1]
        percent, earned = course.percent(learner, lesson), learner.scores.get(lesson.block, 0.0)
        of = f"{float(earned):.3n}/{float(lesson.problems):.3n}"
        detail = f"{kind.name} {number} - {lesson.title} - {percent:.2%} ({of})"
        yield {"category": kind.name, "label": label, "detail": detail, "percent": percent}
    detail = f"{kind.name} Average = {average:.2%}"
    yield {**told, "label": f"{kind.short_label} Avg", "detail": detail}
