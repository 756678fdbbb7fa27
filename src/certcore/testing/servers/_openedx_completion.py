"""
Open edX: the completion-aggregator plugin.
"""

from __future__ import annotations

import re

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from certcore.testing.servers._messages import Answer, Call, Refusal, Route
from certcore.testing.servers._openedx_base import (
    EdxBase,
    forbid,
    is_course_key,
    numbered_page,
    refuse,
)
from certcore.testing.servers._openedx_data import EdxCompletion, EdxCourse, EdxEnrolment, EdxUser


_KINDS = ("chapter", "sequential", "vertical")
_NOTHING = EdxCompletion(0.0, None)


class EdxCompletions(EdxBase):
    """
    Knows how far everybody is.
    """

    def completion_routes(self) -> tuple[Route, ...]:
        """
        Give its endpoints.
        """
        base = "/completion-aggregator/v1"
        both = ("GET", "POST")
        return (
            Route(
                "completion", f"{base}/course/(?P<course>[^/]+)/", self._completion, methods=both
            ),
            Route("completions-of", f"{base}/course/", self._all_courses),
            Route("completion-stats", f"{base}/stats/(?P<course>[^/]+)/", self._mean),
        )

    def _completion(self, call: Call) -> Answer:
        self._plugged_in(call)
        caller, asked = self.caller(call, "plain"), _Asked(call)
        user = self._effective(caller, asked.username)
        fields = _fields(asked.fields)
        key = call.parts["course"]
        if not is_course_key(key):
            refuse("plain", 404, f"Invalid course key: '{key}'.")
        course = self.courses.get(key)
        active = course.active if course is not None else ()
        if user is not None:
            active = tuple(each for each in active if each.user.username == user.username)
            if not active:
                said = f"User '{user.username}' does not have an active enrollment in course"
                refuse("plain", 404, f"{said} '{key}'.")
        else:
            fields.add("username")
        if asked.ids:
            active = tuple(each for each in active if each.user.id in asked.ids)
        if course is None or call.method == "POST" or asked.ids or user is not None:
            return Answer.json(self._completion_page(course, active, call, fields, asked.root))
        place = ("completion", call.origin, call.target)
        if place not in course.pages:
            page = self._completion_page(course, active, call, fields, asked.root)
            course.pages[place] = Answer.json(page).body
        return Answer(body=course.pages[place])

    def _all_courses(self, call: Call) -> Answer:
        self._plugged_in(call)
        caller = self.caller(call, "plain")
        user = self._effective(caller, call.one("username")) or caller
        fields = _fields(call.many("requested_fields"))
        found = [
            (course, course.by_user[user.username])
            for course in self.courses.values()
            if user.username in course.by_user
        ]
        place, page = numbered_page(call, len(found), size=call.number("page_size", self.page_size))
        rows = [_row(course, each, fields, "", self._optional(call)) for course, each in found]
        return Answer.json({"results": rows[place], "pagination": page})

    def _mean(self, call: Call) -> Answer:
        self._plugged_in(call)
        self.staff(call, "plain")
        course = self.course(call)
        if course is None:
            refuse("plain", 404, "Not found.")
        known = [each.completion or _NOTHING for each in course.active]
        count = max(1, len(known))
        mean = {
            "earned": sum(each.earned for each in known) / count,
            "possible": next((each.possible for each in known if each.possible), None),
            "percent": sum(each.percent for each in known) / count,
        }
        return Answer.json({"results": [{"course_key": course.key, "mean_completion": mean}]})

    def _completion_page(
        self,
        course: EdxCourse | None,
        rows: Sequence[EdxEnrolment],
        call: Call,
        fields: set[str],
        root: str,
    ) -> dict[str, Any]:
        size = call.number("page_size", self.page_size)
        place, page = numbered_page(call, len(rows), size=size)
        optional = self._optional(call)
        shown = [_row(course, each, fields, root, optional) for each in rows[place] if course]
        return {"results": shown, "pagination": page}

    def _effective(self, caller: EdxUser, name: str) -> EdxUser | None:
        if not name:
            return None if caller.is_staff else forbid("plain")
        if not caller.is_staff and caller.username.lower() != name.lower():
            forbid("plain")
        if name not in self.users:
            refuse("plain", 404, "Not found.")
        return self.users[name]

    def _optional(self, call: Call) -> bool:
        return call.one("include_optional").lower() == "true"

    def _plugged_in(self, call: Call) -> None:
        if "completion-aggregator" not in self.plugins:
            raise Refusal(self.unknown(call))


class _Asked:
    def __init__(self, call: Call) -> None:
        body: Mapping[str, Any] = (call.json or {}) if call.method == "POST" else {}
        ids = [int(each) for each in re.split("[,.]", call.one("user_ids")) if each]
        self.username: str = body.get("username") or call.one("username")
        self.fields: list[str] = body.get("requested_fields") or call.many("requested_fields")
        self.root: str = body.get("root_block") or call.one("root_block")
        self.ids = frozenset(body.get("user_ids") or ids)


def _fields(asked: Iterable[str]) -> set[str]:
    fields = set(asked)
    wrong = fields - {*_KINDS, "course", "mean", "username"}
    if wrong:
        refuse("plain", 400, f"Invalid requested_fields value(s): {wrong}")
    return fields


def _row(
    course: EdxCourse,
    learner: EdxEnrolment,
    fields: set[str],
    root: str,
    optional: bool,  # noqa: FBT001  # one of many columns, each as it was asked for
) -> dict[str, Any]:
    stored = learner.completions.get(root.rpartition("@")[2]) if root else learner.completion
    row: dict[str, Any] = {
        "course_key": course.key,
        "completion": (stored or _NOTHING).row(),
    }
    if "username" in fields:
        row["username"] = learner.user.username
    if optional:
        row["optional_completion"] = _NOTHING.row()
    if "mean" in fields:
        row["mean"] = course.mean
    for kind, blocks in _blocks(course).items():
        if kind in fields:
            row[kind] = [
                {
                    "course_key": course.key,
                    "block_key": course.usage_key(kind, block),
                    "completion": learner.completions[block].row(),
                }
                for block in learner.completions
                if block in blocks
            ]
    return row


def _blocks(course: EdxCourse) -> dict[str, frozenset[str]]:
    return {
        "chapter": frozenset(each.block for each in course.sections),
        "sequential": frozenset(each.block for each in course.lessons),
        "vertical": frozenset(),
    }
