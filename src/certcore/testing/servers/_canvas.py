"""
A pretended Canvas site.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from certcore.testing.servers._canvas_base import COURSE, CanvasBase, iso, missing
from certcore.testing.servers._canvas_data import (
    CanvasCourse,
    CanvasEnrolment,
    CanvasToken,
    CanvasUser,
)
from certcore.testing.servers._canvas_work import CanvasWork
from certcore.testing.servers._messages import Answer, Call, Route


_LETTERS = (
    (94, "A"),
    (90, "A-"),
    (87, "B+"),
    (84, "B"),
    (80, "B-"),
    (70, "C"),
    (60, "D"),
    (0, "F"),
)
_KINDS = {"student": "StudentEnrollment", "teacher": "TeacherEnrollment"}


class CanvasServer(CanvasWork, CanvasBase):
    """
    Answers as a Canvas site does.

    ::

        ada = CanvasUser(id=3, name="Ada López", email="ada@example.org")
        course = CanvasCourse(id=7, enrolments=[CanvasEnrolment(id=1, user=ada, final=88.1)])
        with CanvasServer(courses=[course], tokens=[CanvasToken(token="abc")]) as canvas:
            httpx.get(f"{canvas.url}/api/v1/courses/7/enrollments", headers={…})

    Args:
        courses: The courses.

        tokens: Those that are taken, with what they may see.

        cost: What each request is said to cost.

        quota: What is said to be left.

        forbidden: The status where rights are wanting: 403, or 401 as of old.

        latency: Seconds that pass before each answer.

        clock: Not needed by this fake.
    """

    endpoints: ClassVar[tuple[str, ...]] = (
        "enrollments",
        "users",
        "course",
        "modules",
        "module-items",
        "progress",
        "bulk-progress",
        "assignment-groups",
        "submissions",
        "self",
    )

    def routes(self) -> Iterable[Route]:
        """
        Give the endpoints.
        """
        return (
            Route("enrollments", f"{COURSE}/enrollments", self._enrolments),
            Route("users", f"{COURSE}/users", self._users),
            Route("course", COURSE, self._course),
            Route("self", "/api/v1/users/self", self._self),
            *self.work_routes(),
        )

    def unknown(self, call: Call) -> Answer:
        """
        Answer where nothing is: with JSON below the API's address.
        """
        return missing() if call.path.startswith("/api/") else super().unknown(call)

    def _enrolments(self, call: Call) -> Answer:
        token, course = self.caller(call), self.course(call)
        types, roles = set(call.params.get("type[]", ())), set(call.params.get("role[]", ()))
        default = {"active", "invited", *(("inactive",) if token.role == "admin" else ())}
        states = set(call.params.get("state[]", ())) or default
        users = set(call.params.get("sis_user_id[]", ()))
        user = call.one("user_id")

        def find() -> list[CanvasEnrolment]:
            return [
                each
                for each in course.enrolments
                if (not types or each.type in types)
                and (not roles or each.type in roles)
                and each.state in states
                and user in {"", str(each.user.id)}
                and (not users or each.user.sis_user_id in users)
            ]

        rows = self.kept(call, course, find)
        return self.paged(call, rows, lambda each: _enrolment(course, each, token, call))

    def _users(self, call: Call) -> Answer:
        token, course = self.caller(call), self.course(call)
        wanted = {_KINDS.get(kind, kind) for kind in call.params.get("enrollment_type[]", ())}
        states = set(call.params.get("enrollment_state[]", ("active", "invited")))
        include = set(call.params.get("include[]", ()))

        def find() -> list[tuple[CanvasUser, list[CanvasEnrolment]]]:
            return [
                (places[0].user, places)
                for places in course.by_user.values()
                if any((not wanted or e.type in wanted) and e.state in states for e in places)
            ]

        def row(one: tuple[CanvasUser, list[CanvasEnrolment]]) -> dict[str, Any]:
            user, places = one
            said = _user(user, token)
            if "email" in include and token.emails and token.role != "student":
                said["email"] = user.email
            if "locale" in include:
                said["locale"] = user.locale
            if "enrollments" in include:
                said["enrollments"] = [_enrolment(course, e, token, call) for e in places]
            return said

        return self.paged(call, self.kept(call, course, find), row)

    def _course(self, call: Call) -> Answer:
        token, course = self.caller(call), self.course(call)
        row: dict[str, Any] = {
            "id": course.id,
            "name": course.name,
            "account_id": 1,
            "uuid": f"course-{course.id}",
            "start_at": iso(course.start),
            "grading_standard_id": 1 if course.grading_scheme else None,
            "is_public": False,
            "course_code": course.code,
            "default_view": "modules",
            "root_account_id": 1,
            "enrollment_term_id": course.term.id,
            "end_at": iso(course.end),
            "hide_final_grades": False,
            "apply_assignment_group_weights": course.weighted,
            "time_zone": course.time_zone,
            "workflow_state": course.state,
            "restrict_enrollments_to_course_dates": course.own_dates,
        }
        if token.role == "admin":
            row["sis_course_id"] = course.sis_id
        if "term" in call.params.get("include[]", ()):
            row["term"] = {
                "id": course.term.id,
                "name": course.term.name,
                "start_at": iso(course.term.start),
                "end_at": iso(course.term.end),
                "created_at": "2026-01-01T00:00:00Z",
                "workflow_state": "active",
            }
        return self.told(row, call)

    def _self(self, call: Call) -> Answer:
        token = self.caller(call)
        return self.told({**_user(token.user, token), "locale": token.user.locale}, call)


def _user(user: CanvasUser, token: CanvasToken) -> dict[str, Any]:
    given, _, family = user.name.rpartition(" ")
    row: dict[str, Any] = {
        "id": user.id,
        "name": user.name,
        "created_at": "2026-01-01T00:00:00Z",
        "sortable_name": user.sortable_name or (f"{family}, {given}" if given else family),
        "short_name": user.name,
    }
    if token.emails and token.role != "student":
        row["login_id"] = user.login_id
    if token.role == "admin":
        row["sis_user_id"] = user.sis_user_id
    return row


def _enrolment(
    course: CanvasCourse, each: CanvasEnrolment, token: CanvasToken, call: Call
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": each.id,
        "user_id": each.user.id,
        "course_id": course.id,
        "type": each.type,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "associated_user_id": None,
        "start_at": None,
        "end_at": None,
        "course_section_id": each.section,
        "root_account_id": 1,
        "limit_privileges_to_course_section": False,
        "enrollment_state": each.state,
        "role": each.type,
        "role_id": 19,
        "last_activity_at": None,
        "total_activity_time": 0,
        "html_url": f"{call.origin}/courses/{course.id}/users/{each.user.id}",
        "user": _user(each.user, token),
    }
    if token.role == "admin":
        row["sis_user_id"] = each.user.sis_user_id
    if each.type in {"StudentEnrollment", "StudentViewEnrollment"}:
        row["grades"] = _grades(course, each, token, call)
    return row


def _grades(
    course: CanvasCourse, each: CanvasEnrolment, token: CanvasToken, call: Call
) -> dict[str, Any]:
    address = f"{call.origin}/courses/{course.id}/grades/{each.user.id}"
    if token.role == "student" and token.user.id != each.user.id:
        return {"html_url": address}
    grades: dict[str, Any] = {
        "html_url": address,
        "current_score": each.current,
        "current_grade": _letter(course, each.current),
        "final_score": each.final,
        "final_grade": _letter(course, each.final),
    }
    if token.role != "student":
        grades["unposted_current_score"] = each.current
        grades["unposted_current_grade"] = _letter(course, each.current)
        grades["unposted_final_score"] = each.final
        grades["unposted_final_grade"] = _letter(course, each.final)
    if each.override is not None:
        grades["override_score"] = each.override
        grades["override_grade"] = _letter(course, each.override)
    return grades


def _letter(course: CanvasCourse, score: float | None) -> str | None:
    if score is None or not course.grading_scheme:
        return None
    return next((letter for low, letter in _LETTERS if score >= low), "F")
