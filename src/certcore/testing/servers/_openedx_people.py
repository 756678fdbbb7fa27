"""
Open edX: tokens, enrolments, accounts.
"""

from __future__ import annotations

import base64
import binascii

from collections.abc import Sequence
from itertools import chain
from typing import Any

from certcore.testing.servers._messages import Answer, Call, Route
from certcore.testing.servers._openedx_base import (
    EdxBase,
    EdxClient,
    cursor_page,
    error,
    forbid,
    is_course_key,
    iso,
    refuse,
)
from certcore.testing.servers._openedx_data import EdxCourse, EdxEnrolment, EdxUser


_MOST = 100
_PACING = {"self": "Self Paced", "instructor": "Instructor Paced"}


class EdxPeople(EdxBase):
    """
    Knows who is who, and who is where.
    """

    def people_routes(self) -> tuple[Route, ...]:
        """
        Give its endpoints.
        """
        enrolment, user = "/api/enrollment/v1", "/api/user/v1"
        return (
            Route("token", "/oauth2/access_token/?", self._token, methods=("POST",)),
            Route("enrollments", f"{enrolment}/enrollments/?", self._enrolments),
            Route(
                "enrollment",
                f"{enrolment}/enrollment/(?P<username>[^/,]+),(?P<course>[^/]+)",
                self._enrolment,
            ),
            Route("user-enrollments", f"{enrolment}/enrollment", self._enrolments_of),
            Route("enrollment-course", f"{enrolment}/course/(?P<course>[^/]+)", self._open_course),
            Route("accounts", f"{user}/accounts/?", self._accounts),
            Route(
                "search-emails", f"{user}/accounts/search_emails", self._by_email, methods=("POST",)
            ),
            Route("preferences", f"{user}/preferences/(?P<username>[^/]+)/?", self._preferences),
        )

    def _token(self, call: Call) -> Answer:
        form = {name: values[-1] for name, values in call.form.items()}
        client = self._client(call, form)
        if form.get("grant_type") != "client_credentials":
            return Answer.json({"error": "unsupported_grant_type"}, 400)
        if client is None:
            return Answer.json({"error": "invalid_client"}, 401)
        asked = form.get("token_type", call.headers.get("x-token-type", ""))
        kind = "JWT" if asked.lower() == "jwt" else "Bearer"
        return Answer.json(
            {
                "access_token": self.issue(client.user, kind, client=client.id),
                "expires_in": self.jwt_lifetime if kind == "JWT" else self.bearer_lifetime,
                "token_type": kind,
                "scope": form.get("scope") or "read write email profile",
            }
        )

    def _client(self, call: Call, form: dict[str, str]) -> EdxClient | None:
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        scheme, _, packed = call.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            name, _, secret = _unpacked(packed).partition(":")
        client = self.clients.get(name)
        return client if client is not None and client.secret == secret else None

    def _enrolments(self, call: Call) -> Answer:
        self.staff(call, "developer")
        key, names, emails = call.one("course_id"), call.many("username"), call.many("email")
        problems: dict[str, Any] = {}
        if key and not is_course_key(key):
            problems["course_id"] = f"'{key}' is not a valid course id."
        for field, said in (("username", names), ("email", emails)):
            if len(said) > _MOST:
                problems[field] = (
                    f"Too many {field}s in a single request - {len(said)}. "
                    f"A maximum of {_MOST} is allowed"
                )
        if problems:
            told = {name: {"developer_message": said} for name, said in problems.items()}
            return Answer.json({"field_errors": told}, 400)
        size = min(call.number("page_size", _MOST), _MOST)
        if key and not names and not emails and key in self.courses:
            return _kept_page(self.courses[key], call, size)
        rows = [
            (course, each)
            for course in self._asked_for(call)
            for each in course.newest
            if (not names or each.user.username in names)
            and (not emails or each.user.email in emails)
        ]
        page = cursor_page(
            call, "developer", rows, lambda some: [_row(*each) for each in some], size=size
        )
        return Answer.json(page)

    def _asked_for(self, call: Call) -> list[EdxCourse]:
        one, parts = call.one("course_id"), call.many("course_ids")
        return [
            course
            for key, course in self.courses.items()
            if (not one or key == one)
            and (not parts or any(part.lower() in key.lower() for part in parts))
        ]

    def _enrolment(self, call: Call) -> Answer:
        caller, name = self.caller(call, "plain"), call.parts["username"]
        if name != caller.username and not caller.is_staff:
            return Answer(status=404)
        if not is_course_key(call.parts["course"]):
            return Answer.json({"message": "No valid course key."}, 400)
        course = self.course(call)
        found = _found(course, name)
        # a null without a renderer's quotes: there is nothing in the body
        return Answer.json(_long(*found)) if found else Answer()

    def _enrolments_of(self, call: Call) -> Answer:
        caller = self.caller(call, "plain")
        name = call.one("user", caller.username)
        if name != caller.username and not caller.is_staff:
            return Answer.json([])
        found = [_found(course, name) for course in self.courses.values()]
        return Answer.json([_long(*each) for each in found if each])

    def _open_course(self, call: Call) -> Answer:
        course = self.course(call)
        if course is None:
            key = call.parts["course"]
            return Answer.json({"message": f"No course found for course ID '{key}'"}, 400)
        return Answer.json(_details(course))

    def _accounts(self, call: Call) -> Answer:
        caller = self.caller(call, "plain")
        names, email, number = call.many("username"), call.one("email"), call.one("lms_user_id")
        if names:
            # the platform doesn't keep the order: neither does this
            found = [self.users[name] for name in sorted(set(names)) if name in self.users]
        elif caller.is_staff:
            found = [
                each
                for each in self.users.values()
                if (email and each.email == email) or str(each.id) == number
            ]
        else:
            forbid("plain")
        if not found:
            return Answer(status=404)
        return Answer.json([_account(each, self._sees(caller, each)) for each in found])

    def _sees(self, caller: EdxUser, user: EdxUser) -> bool:
        return caller.is_staff or caller.username == user.username

    def _by_email(self, call: Call) -> Answer:
        if not self.caller(call, "plain").is_staff:
            return error("plain", 404, "Not found.")
        wanted: list[str] = call.json["emails"]
        found = [each for each in self.users.values() if each.email and each.email in wanted]
        rows = [{"username": e.username, "email": e.email, "id": e.id} for e in found]
        return Answer.json(rows)

    def _preferences(self, call: Call) -> Answer:
        caller = self.caller(call, "plain")
        user = self.users.get(call.parts["username"])
        if user is None or not self._sees(caller, user):
            refuse("plain", 404, "Not found.")
        return Answer.json({"pref-lang": user.ui_language} if user.ui_language else {})


def _kept_page(course: EdxCourse, call: Call, size: int) -> Answer:
    key = ("enrollments", call.origin, call.target)
    if key not in course.pages:

        def shown(some: Sequence[EdxEnrolment]) -> list[Any]:
            return [_row(course, each) for each in some]

        page = cursor_page(call, "developer", course.newest, shown, size=size)
        course.pages[key] = Answer.json(page).body
    return Answer(body=course.pages[key])


def _row(course: EdxCourse, learner: EdxEnrolment) -> dict[str, Any]:
    return {
        "created": iso(learner.created),
        "mode": learner.mode,
        "is_active": learner.is_active,
        "user": learner.user.username,
        "course_id": course.key,
    }


def _found(course: EdxCourse | None, name: str) -> tuple[EdxCourse, EdxEnrolment] | None:
    learners = course.newest if course else ()
    found = next((each for each in learners if each.user.username == name), None)
    return (course, found) if course and found else None


def _long(course: EdxCourse, learner: EdxEnrolment) -> dict[str, Any]:
    return {
        "created": iso(learner.created),
        "mode": learner.mode,
        "is_active": learner.is_active,
        "course_details": _details(course),
        "user": learner.user.username,
    }


def _details(course: EdxCourse) -> dict[str, Any]:
    modes = sorted(set(chain(["audit"], (each.mode for each in course.enrolments))))
    return {
        "course_id": course.key,
        "course_name": course.name,
        "enrollment_start": None,
        "enrollment_end": None,
        "course_start": iso(course.start),
        "course_end": iso(course.end),
        "course_modes": [{"slug": mode, "name": mode.title(), "min_price": 0} for mode in modes],
        "invite_only": False,
        "pacing_type": _PACING[course.pacing],
    }


def _account(user: EdxUser, whole: bool) -> dict[str, Any]:  # noqa: FBT001  # there is but one
    if not whole:
        return {"username": user.username, "profile_image": {"has_image": False}}
    languages = [{"code": code} for code in user.languages]
    return {
        "username": user.username,
        "id": user.id,
        "email": user.email,
        "name": user.name if user.profile else None,
        "verified_name": user.verified_name,
        "pending_name_change": None,
        "is_active": user.is_active,
        "language_proficiencies": languages if user.profile else None,
        "country": user.country if user.profile else None,
        "date_joined": "2026-01-01T00:00:00Z",
        "last_login": None,
    }


def _unpacked(packed: str) -> str:
    try:
        return base64.b64decode(packed).decode("utf-8", "replace")
    except binascii.Error:
        return ""
