"""
Moodle: courses, what is in them, who has completed what.
"""

from __future__ import annotations

from typing import Any

from certcore.testing.servers._moodle_base import Asked, Function, MoodleBase, fail
from certcore.testing.servers._moodle_data import (
    MoodleActivity,
    MoodleCourse,
    MoodleEnrolment,
)


_FIELDS = {"id", "ids", "shortname", "idnumber", "category", "sectionid", ""}
_ACTIVITY = 4


class MoodleCourses(MoodleBase):
    """
    Knows what there is to do, and who did it.
    """

    def course_functions(self) -> dict[str, Function]:
        """
        Give its functions.
        """
        return {
            "core_course_get_courses_by_field": self._by_field_of_course,
            "core_course_get_contents": self._contents,
            "core_completion_get_course_completion_status": self._course_status,
            "core_completion_get_activities_completion_status": self._activity_states,
        }

    def _by_field_of_course(self, asked: Asked) -> dict[str, Any]:
        field, value = asked.params.get("field", ""), asked.params.get("value", "")
        if field not in _FIELDS:
            fail("invalidparameter", "Invalid parameter value detected")
        wanted = set(value.split(",")) if field == "ids" else {value}
        name = "id" if field == "ids" else field
        courses = [
            _course(asked, each)
            for each in self.courses.values()
            if (each.visible or asked.may("moodle/course:viewhiddencourses"))
            and (not name or str(getattr(each, name, None)) in wanted)
        ]
        return {"courses": courses, "warnings": []}

    def _contents(self, asked: Asked) -> list[dict[str, Any]]:
        course = self.course(asked)
        names = list(dict.fromkeys(each.section for each in course.activities))
        return [
            {
                "id": number,
                "name": name,
                "visible": 1,
                "summary": "",
                "summaryformat": 1,
                "section": number,
                "hiddenbynumsections": 0,
                "uservisible": True,
                "modules": [
                    {
                        "id": each.cmid,
                        "name": each.name,
                        "instance": each.cmid,
                        "modname": each.modname,
                        "visible": 1,
                        "uservisible": _is_seen(asked, each),
                        "completion": each.tracking,
                    }
                    for each in course.activities
                    if each.section == name
                ],
            }
            for number, name in enumerate(names)
        ]

    def _course_status(self, asked: Asked) -> dict[str, Any]:
        course, user = self.course(asked), self.user(asked)
        if not asked.may("report/completion:view") or not course.completion:
            fail("cannotviewreport", "You cannot view this report")
        learner = course.by_user.get(user.id)
        if learner is None:
            fail("usernotenroled", "User is not enrolled in this course")
        if not course.criteria:
            fail("nocriteriaset", "No completion criteria set for this course")
        status = {
            "completed": course.is_complete(learner),
            "aggregation": 2 if course.any_criterion else 1,
            "completions": [
                _criterion(self.url, course, learner, cmid) for cmid in course.criteria
            ],
        }
        return {"completionstatus": status, "warnings": []}

    def _activity_states(self, asked: Asked) -> dict[str, Any]:
        course, user = self.course(asked), self.user(asked)
        if not asked.may("report/progress:view"):
            fail("cannotviewreport", "You cannot view this report")
        # who isn't enrolled gets rows all the same
        learner = course.by_user.get(user.id)
        rows = [
            _state(each, learner)
            for each in course.activities
            if course.completion and each.tracking and _is_seen(asked, each)
        ]
        return {"statuses": rows, "warnings": []}


def _course(asked: Asked, course: MoodleCourse) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": course.id,
        "fullname": course.fullname,
        "displayname": course.fullname,
        "shortname": course.shortname,
        "categoryid": 1,
        "categoryname": "Category 1",
        "summary": "",
        "summaryformat": 1,
        "customfields": [],
    }
    if asked.may("moodle/course:view"):
        row |= {
            "startdate": course.start,
            "enddate": course.end,
            "visible": int(course.visible),
            "enablecompletion": int(course.completion),
            "lang": course.lang,
        }
    if asked.may("moodle/course:update"):
        row["idnumber"] = course.idnumber
    return row


def _is_seen(asked: Asked, activity: MoodleActivity) -> bool:
    return asked.may(f"mod/{activity.modname}:view")


def _criterion(
    url: str, course: MoodleCourse, learner: MoodleEnrolment, cmid: int
) -> dict[str, Any]:
    activity, done = course.by_cmid[cmid], learner.states.get(cmid, 0) in {1, 2}
    address = f"{url}/mod/{activity.modname}/view.php?id={cmid}"
    return {
        "type": _ACTIVITY,
        "title": "Activity completion",
        "status": "Yes" if done else "No",
        "complete": done,
        "timecompleted": learner.times.get(cmid, 0) if done else None,
        "details": {
            "type": activity.modname.title(),
            "criteria": f'<a href="{address}">{activity.name}</a>',
            "requirement": "Marking yourself complete",
            "status": "",
        },
    }


def _state(activity: MoodleActivity, learner: MoodleEnrolment | None) -> dict[str, Any]:
    state = learner.states.get(activity.cmid, 0) if learner else 0
    time = learner.times.get(activity.cmid, 0) if learner else 0
    details = [
        {"rulename": "completionview", "rulevalue": {"status": state, "description": "View"}}
    ]
    return {
        "cmid": activity.cmid,
        "modname": activity.modname,
        "instance": activity.cmid,
        "state": state,
        "timecompleted": time,
        "tracking": activity.tracking,
        "overrideby": None,
        "valueused": False,
        "hascompletion": True,
        "isautomatic": activity.tracking == 2,
        "istrackeduser": learner is not None,
        "uservisible": True,
        "details": details if activity.tracking == 2 else [],
    }
