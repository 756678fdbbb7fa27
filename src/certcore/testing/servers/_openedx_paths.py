"""
Open edX: the learning-paths plugin.
"""

from __future__ import annotations

import re

from typing import Any

from certcore.testing.servers._messages import Answer, Call, Refusal, Route
from certcore.testing.servers._openedx_base import (
    EdxBase,
    forbid,
    iso,
    numbered_page,
    refuse,
)
from certcore.testing.servers._openedx_data import (
    EdxCompletion,
    EdxPath,
    EdxPathEnrolment,
    EdxStep,
    EdxUser,
)


_PATH_KEY = re.compile(r"path-v1:[^+/]+\+[^+/]+\+[^+/]+\+[^+/]+")
_MISSING = "No LearningPath matches the given query."


class EdxPaths(EdxBase):
    """
    Knows which courses lead where.
    """

    def path_routes(self) -> tuple[Route, ...]:
        """
        Give its endpoints.
        """
        base, key = "/api/learning_paths/v1", "(?P<path>path-v1:[^/]+)"
        return (
            Route("paths", f"{base}/learning-paths/", self._paths),
            Route("path", f"{base}/learning-paths/(?P<path>[^/]+)/", self._path),
            Route("path-progress", f"{base}/{key}/progress/", self._progress),
            Route("path-grade", f"{base}/{key}/grade/", self._grade),
            Route("path-enrollments", f"{base}/{key}/enrollments/", self._path_enrolments),
            Route("all-path-enrollments", f"{base}/enrollments/", self._all_path_enrolments),
        )

    def _paths(self, call: Call) -> Answer:
        caller = self._caller(call)
        seen = [each for each in self.paths.values() if _is_seen(each, caller)]
        place, page = numbered_page(call, len(seen), size=self.page_size)
        rows = [self._row(each, caller) for each in seen[place]]
        said = {name: page[name] for name in ("count", "next", "previous")}
        return Answer.json({**said, "results": rows})

    def _path(self, call: Call) -> Answer:
        caller = self._caller(call)
        if not _PATH_KEY.fullmatch(call.parts["path"]):
            refuse("plain", 404, "Invalid learning path key format.")
        path = self._seen(call, caller)
        more: dict[str, Any] = {
            "subtitle": path.subtitle,
            "description": path.description,
            "level": "",
            "duration": "",
            "time_commitment": "",
            "required_skills": [],
            "acquired_skills": [],
        }
        return Answer.json({**self._row(path, caller), **more})

    def _progress(self, call: Call) -> Answer:
        caller = self._caller(call)
        path = self._seen(call, caller)
        done = [self._done(step, caller) for step in path.steps]
        progress = sum(done) / len(done) if done else 0.0
        said = {"learning_path_key": path.key, "progress": progress}
        return Answer.json({**said, "required_completion": path.required_completion})

    def _grade(self, call: Call) -> Answer:
        caller = self._caller(call)
        path = self._seen(call, caller)
        if path.required_grade is None:
            refuse("plain", 404, "Grading criteria not found for this learning path.")
        weights = [1.0 if step.weight is None else step.weight for step in path.steps]
        earned = [
            weight * self._total(step, caller)
            for step, weight in zip(path.steps, weights, strict=True)
        ]
        grade = sum(earned) / sum(weights) if sum(weights) else 0.0
        said = {"learning_path_key": path.key, "grade": grade}
        return Answer.json({**said, "required_grade": path.required_grade})

    def _path_enrolments(self, call: Call) -> Answer:
        caller, name = self._caller(call), call.one("username")
        if name and name != caller.username and not caller.is_staff:
            forbid("plain")
        path = self._seen(call, caller)
        wanted = name if caller.is_staff else caller.username
        rows = [
            _enrolment(path, each)
            for each in path.enrolments
            if each.is_active and wanted in {"", each.user.username}
        ]
        return Answer.json(rows)

    def _all_path_enrolments(self, call: Call) -> Answer:
        caller = self._caller(call)
        found = [
            _enrolment(path, each)
            for path in self.paths.values()
            for each in path.enrolments
            if caller.is_staff or each.user.username == caller.username
        ]
        size = min(call.number("page_size", self.page_size), 100)
        place, page = numbered_page(call, len(found), size=size)
        current = place.start // size + 1
        numbers = {"current_page": current, "start": place.start}
        return Answer.json({**page, **numbers, "results": found[place]})

    def _caller(self, call: Call) -> EdxUser:
        if "learning-paths" not in self.plugins:
            raise Refusal(self.unknown(call))
        return self.caller(call, "plain")

    def _seen(self, call: Call, caller: EdxUser) -> EdxPath:
        path = self.paths.get(call.parts["path"])
        if path is None or not _is_seen(path, caller):
            refuse("plain", 404, _MISSING)
        return path

    def _row(self, path: EdxPath, caller: EdxUser) -> dict[str, Any]:
        mine = next((e for e in path.enrolments if _is_mine(e, caller)), None)
        return {
            "key": path.key,
            "display_name": path.name,
            "image": None,
            "sequential": path.sequential,
            "steps": [self._step(each) for each in sorted(path.steps, key=_place)],
            "required_completion": path.required_completion,
            "enrollment_date": iso(mine.created) if mine else None,
            "invite_only": path.invite_only,
        }

    def _step(self, step: EdxStep) -> dict[str, Any]:
        course = self.courses.get(step.course)
        dates = [iso(course.start), iso(course.end)] if course else [None, None]
        return {
            "order": step.order,
            "course_key": step.course,
            "course_dates": dates,
            "weight": step.weight,
        }

    def _done(self, step: EdxStep, user: EdxUser) -> float:
        course = self.courses.get(step.course)
        learner = course.by_user.get(user.username) if course else None
        stored = learner.completion if learner else None
        return (stored or EdxCompletion(0.0, None)).percent

    def _total(self, step: EdxStep, user: EdxUser) -> float:
        course = self.courses.get(step.course)
        learner = course.by_user.get(user.username) if course else None
        return course.total(learner) if course and learner else 0.0


def _is_mine(enrolment: EdxPathEnrolment, user: EdxUser) -> bool:
    return enrolment.is_active and enrolment.user.username == user.username


def _is_seen(path: EdxPath, user: EdxUser) -> bool:
    enrolled = any(_is_mine(each, user) for each in path.enrolments)
    return user.is_staff or enrolled or not path.invite_only


def _place(step: EdxStep) -> tuple[bool, int]:
    return step.order is None, step.order or 0


def _enrolment(path: EdxPath, enrolment: EdxPathEnrolment) -> dict[str, Any]:
    return {
        "user": enrolment.user.id,
        "learning_path": path.id,
        "is_active": enrolment.is_active,
        "created": iso(enrolment.created),
    }
