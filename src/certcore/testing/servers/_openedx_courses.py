"""
Open edX: what a course is called, when it is, what it is made of.
"""

from __future__ import annotations

import html

from collections.abc import Iterator
from typing import Any

from certcore.testing.servers._messages import Answer, Call, Route
from certcore.testing.servers._openedx_base import COURSE, EdxBase, forbid, iso, refuse
from certcore.testing.servers._openedx_data import EdxCourse


class EdxCourses(EdxBase):
    """
    Knows what there is to learn.
    """

    def course_routes(self) -> tuple[Route, ...]:
        """
        Give its endpoints.
        """
        base = "/api/courses/v1"
        return (
            Route("course", f"{base}/courses/{COURSE}/?", self._course),
            Route("blocks", f"{base}/blocks/?", self._blocks),
        )

    def _course(self, call: Call) -> Answer:
        name = call.one("username")
        # without a name the answer is for a visitor, whoever asks
        seen = self.caller(call, "developer") if "authorization" in call.headers else None
        if name and (seen is None or (name != seen.username and not seen.is_staff)):
            forbid("developer")
        course = self.course(call)
        viewer = self.users.get(name)
        may = course is not None and viewer is not None and self.is_course_staff(viewer, course)
        if course is None or not (course.visible or may):
            refuse("developer", 404, "Course not found.")
        return Answer.json(_details(course, call))

    def _blocks(self, call: Call) -> Answer:
        caller = self.caller(call, "developer")
        key, everything = call.one("course_id"), call.one("all_blocks").lower() == "true"
        if not key:
            refuse("developer", 400, "course_id is required.")
        if not everything and not call.one("username"):
            said = "This field is required unless all_blocks is requested."
            refuse("developer", 400, {"username": [said]})
        course = self.courses.get(key)
        if course is None:
            refuse("developer", 404, "Block not found")
        if not self.is_course_staff(caller, course):
            forbid("developer")
        wanted = set(call.many("block_types_filter"))
        fields = set(call.many("requested_fields"))
        rows = [
            _shown(block, fields, call)
            for block in _tree(course)
            if not wanted or block["type"] in wanted
        ]
        if call.one("return_type") == "list":
            return Answer.json(rows)
        root = course.usage_key("course", "course")
        return Answer.json({"root": root, "blocks": {row["id"]: row for row in rows}})


def _details(course: EdxCourse, call: Call) -> dict[str, Any]:
    start = course.start
    return {
        "blocks_url": f"{call.origin}/api/courses/v1/blocks/?course_id={course.key}",
        "course_id": course.key,
        "effort": None,
        "end": iso(course.end),
        "enrollment_end": None,
        "enrollment_start": None,
        "hidden": not course.visible,
        "id": course.key,
        "invitation_only": False,
        "media": {"course_image": {"uri": ""}},
        "mobile_available": False,
        "name": html.escape(course.name, quote=False),
        "number": course.number,
        "org": course.org,
        "overview": "<p></p>",
        "pacing": course.pacing,
        "short_description": "",
        "start": iso(start),
        "start_display": start.strftime("%b. %d, %Y") if start else None,
        "start_type": "timestamp" if start else "empty",
    }


def _tree(course: EdxCourse) -> Iterator[dict[str, Any]]:
    sections = [course.usage_key("chapter", each.block) for each in course.sections]
    yield _block(course.usage_key("course", "course"), "course", course.name, sections)
    for key, section in zip(sections, course.sections, strict=True):
        lessons = [course.usage_key("sequential", each.block) for each in section.subsections]
        yield _block(key, "chapter", section.title, lessons)
        for lesson_key, lesson in zip(lessons, section.subsections, strict=True):
            block = _block(lesson_key, "sequential", lesson.title, [])
            block["graded"] = lesson.assignment_type is not None
            block["format"] = lesson.assignment_type
            block["due"] = iso(lesson.due)
            yield block


def _block(key: str, kind: str, title: str, children: list[str]) -> dict[str, Any]:
    return {
        "id": key,
        "block_id": key.rpartition("@")[2],
        "type": kind,
        "display_name": title,
        "children": children,
        "graded": False,
        "format": None,
        "due": None,
    }


def _shown(block: dict[str, Any], fields: set[str], call: Call) -> dict[str, Any]:
    optional = {"children", "graded", "format", "due"}
    row = {name: said for name, said in block.items() if name not in optional - fields}
    if not block["children"]:
        row.pop("children", None)
    address = f"{call.origin}/courses/jump_to/{block['id']}"
    return {
        **row,
        "lms_web_url": address,
        "student_view_url": f"{call.origin}/xblock/{block['id']}",
    }
