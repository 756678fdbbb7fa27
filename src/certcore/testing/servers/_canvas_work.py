"""
Canvas: modules, how far everybody is in them, assignments.
"""

from __future__ import annotations

from typing import Any

from certcore.testing.servers._canvas_base import COURSE, CanvasBase, iso, missing
from certcore.testing.servers._canvas_data import (
    CanvasAssignment,
    CanvasCourse,
    CanvasGroup,
    CanvasItem,
    CanvasModule,
    CanvasUser,
)
from certcore.testing.servers._messages import Answer, Call, Refusal, Route


_NO_PROGRESS = (
    "no progress available because this course is not module based (has modules and module "
    "completion requirements) or the user is not enrolled as a student in this course"
)
_HERE = frozenset({"active", "invited", "completed"})


class CanvasWork(CanvasBase):
    """
    Knows what there is to do, and who did it.
    """

    def work_routes(self) -> tuple[Route, ...]:
        """
        Give its endpoints.
        """
        return (
            Route("modules", f"{COURSE}/modules", self._modules),
            Route("module-items", rf"{COURSE}/modules/(?P<module>\d+)/items", self._items),
            Route("progress", rf"{COURSE}/users/(?P<user>\d+)/progress", self._progress),
            Route("bulk-progress", f"{COURSE}/bulk_user_progress", self._bulk),
            Route("assignment-groups", f"{COURSE}/assignment_groups", self._groups),
            Route("submissions", f"{COURSE}/students/submissions", self._submissions),
        )

    def _modules(self, call: Call) -> Answer:
        self.caller(call)
        course, student = self.course(call), self._student(call)
        inline = "items" in call.params.get("include[]", ())

        def row(module: CanvasModule) -> dict[str, Any]:
            return _module(course, module, student, call, inline)

        return self.paged(call, course.modules, row)

    def _items(self, call: Call) -> Answer:
        self.caller(call)
        course, student = self.course(call), self._student(call)
        number = int(call.parts["module"])
        module = next((each for each in course.modules if each.id == number), None)
        if module is None:
            return missing()
        places = {each.id: at for at, each in enumerate(module.items, 1)}

        def row(item: CanvasItem) -> dict[str, Any]:
            return _item(course, module, item, places[item.id], student)

        return self.paged(call, module.items, row)

    def _progress(self, call: Call) -> Answer:
        token, course, number = self.caller(call), self.course(call), int(call.parts["user"])
        if token.role == "student" and token.user.id != number:
            self.forbid()
        if number not in course.by_user:
            return missing()
        return self.told(_progress_of(course, course.by_user[number][0].user), call)

    def _bulk(self, call: Call) -> Answer:
        self.grader(call)
        course = self.course(call)

        def row(user: CanvasUser) -> dict[str, Any]:
            return {
                "id": user.id,
                "display_name": user.name,
                "avatar_image_url": f"{call.origin}/images/messages/avatar-50.png",
                "html_url": f"{call.origin}/courses/{course.id}/users/{user.id}",
                "progress": _progress_of(course, user),
            }

        students = self.kept(call, course, lambda: course.students(_HERE))
        return self.paged(call, students, row)

    def _groups(self, call: Call) -> Answer:
        self.caller(call)
        course = self.course(call)
        whole = "assignments" in call.params.get("include[]", ())
        places = {each.id: at for at, each in enumerate(course.groups, 1)}

        def row(group: CanvasGroup) -> dict[str, Any]:
            said: dict[str, Any] = {
                "id": group.id,
                "name": group.name,
                "position": places[group.id],
                "group_weight": group.weight,
                "sis_source_id": None,
                "integration_data": {},
                "rules": {},
            }
            if whole:
                said["assignments"] = [_assignment(course, group, e) for e in group.assignments]
            return said

        return self.paged(call, course.groups, row)

    def _submissions(self, call: Call) -> Answer:
        self.grader(call)
        course = self.course(call)
        asked = set(call.params.get("student_ids[]", ()))
        wanted = set(call.params.get("assignment_ids[]", ()))
        students = self.kept(call, course, lambda: course.students(_HERE))
        if "all" not in asked:
            if len(asked) > 100:
                raise Refusal(Answer.json({"error": "too many students"}, 400))
            if asked - {str(each.id) for each in students}:
                self.forbid()
            students = [each for each in students if str(each.id) in asked]
        assignments = [
            each
            for group in course.groups
            for each in group.assignments
            if each.published and (not wanted or str(each.id) in wanted)
        ]

        def grouped(user: CanvasUser) -> dict[str, Any]:
            section = course.by_user[user.id][0].section
            rows = [_submission(course, user, each, call) for each in assignments]
            return {"user_id": user.id, "section_id": section, "submissions": rows}

        if call.one("grouped"):
            return self.paged(call, students, grouped)
        flat = [(user, each) for user in students for each in assignments]
        return self.paged(call, flat, lambda one: _submission(course, *one, call))

    def _student(self, call: Call) -> int | None:
        said = call.one("student_id")
        return int(said) if said.isdecimal() else None


def _done(course: CanvasCourse, user: int) -> frozenset[int]:
    return course.done.get(user, frozenset()) & course.required


def _progress_of(course: CanvasCourse, user: CanvasUser) -> dict[str, Any]:
    places = course.by_user[user.id]
    if not course.required or all(each.type != "StudentEnrollment" for each in places):
        return {"error": {"message": _NO_PROGRESS}}
    done = len(_done(course, user.id))
    whole = done >= len(course.required)
    return {
        "requirement_count": len(course.required),
        "requirement_completed_count": done,
        "next_requirement_url": None,
        "completed_at": iso(course.done_at.get(user.id)) if whole else None,
    }


def _module(
    course: CanvasCourse,
    module: CanvasModule,
    student: int | None,
    call: Call,
    inline: bool,  # noqa: FBT001  # a place in the answer, there or not
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": module.id,
        "name": module.name,
        "position": course.modules.index(module) + 1,
        "unlock_at": None,
        "require_sequential_progress": False,
        "requirement_type": "all",
        "publish_final_grade": False,
        "prerequisite_module_ids": list(module.prerequisites),
        "published": module.published,
        "items_count": len(module.items),
        "items_url": f"{call.origin}/api/v1/courses/{course.id}/modules/{module.id}/items",
    }
    if student is not None:
        required = {each.id for each in module.items if each.requirement}
        done = required & _done(course, student)
        state = "completed" if done == required else "started" if done else "unlocked"
        at = course.done_at.get(student) if state == "completed" and required else None
        row |= {"state": state, "completed_at": iso(at)}
    # Canvas leaves long lists out of line
    if inline and len(module.items) <= 50:
        row["items"] = [
            _item(course, module, each, at, student) for at, each in enumerate(module.items, 1)
        ]
    return row


def _item(
    course: CanvasCourse, module: CanvasModule, item: CanvasItem, place: int, student: int | None
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": item.id,
        "title": item.title,
        "position": place,
        "indent": 0,
        "type": item.type,
        "module_id": module.id,
        "published": True,
    }
    if item.requirement:
        requirement: dict[str, Any] = {"type": item.requirement}
        if item.min_score is not None:
            requirement["min_score"] = item.min_score
        if student is not None:
            requirement["completed"] = item.id in _done(course, student)
        row["completion_requirement"] = requirement
    return row


def _assignment(
    course: CanvasCourse, group: CanvasGroup, assignment: CanvasAssignment
) -> dict[str, Any]:
    return {
        "id": assignment.id,
        "name": assignment.name,
        "course_id": course.id,
        "assignment_group_id": group.id,
        "points_possible": assignment.points,
        "grading_type": "points",
        "omit_from_final_grade": False,
        "published": assignment.published,
        "due_at": None,
    }


def _submission(
    course: CanvasCourse, user: CanvasUser, assignment: CanvasAssignment, call: Call
) -> dict[str, Any]:
    score = course.scores.get(user.id, {}).get(assignment.id)
    page = f"{call.origin}/courses/{course.id}/assignments/{assignment.id}/submissions/{user.id}"
    return {
        "id": user.id * 1000 + assignment.id,
        "assignment_id": assignment.id,
        "user_id": user.id,
        "score": score,
        "grade": None if score is None else f"{score:g}",
        "entered_score": score,
        "excused": False,
        "late": False,
        "missing": score is None,
        "submitted_at": None,
        "graded_at": None if score is None else "2026-07-01T00:00:00Z",
        "workflow_state": "unsubmitted" if score is None else "graded",
        "preview_url": f"{page}?preview=1",
    }
