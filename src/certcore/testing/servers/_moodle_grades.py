"""
Moodle: the gradebook.
"""

from __future__ import annotations

from typing import Any

from certcore.testing.servers._moodle_base import Asked, Function, MoodleBase, fail
from certcore.testing.servers._moodle_data import (
    MoodleCourse,
    MoodleEnrolment,
    MoodleGradeItem,
    MoodleUser,
)


_NONE = MoodleEnrolment(user=MoodleUser(id=0, username=""))


class MoodleGrades(MoodleBase):
    """
    Knows what everybody earned.
    """

    def grade_functions(self) -> dict[str, Function]:
        """
        Give its functions.
        """
        return {
            "gradereport_user_get_grade_items": self._items,
            "gradereport_overview_get_course_grades": self._overview,
        }

    def _items(self, asked: Asked) -> dict[str, Any]:
        course = self.course(asked)
        asked.need("gradereport/user:view")
        number, group = asked.number("userid", 0), asked.number("groupid", 0)
        if number:
            user = self.user(asked)
            # who isn't enrolled gets rows without grades
            rows = [_usergrade(asked, course, user, course.by_user.get(user.id, _NONE))]
        else:
            asked.need("moodle/grade:viewall")
            rows = [
                _usergrade(asked, course, each.user, each)
                for each in course.ordered
                if not group or group in each.groups
            ]
        return {"usergrades": rows, "warnings": []}

    def _overview(self, asked: Asked) -> dict[str, Any]:
        user = self.user(asked)
        if not asked.may("moodle/grade:viewall"):
            fail("nopermissiontoviewgrades", "Can't view grades.")
        rows: list[dict[str, Any]] = []
        for course in self.courses.values():
            total = next((each for each in course.items if each.kind == "course"), None)
            if total is None or user.id not in course.by_user:
                continue
            raw = course.by_user[user.id].grades.get(total.id)
            rows.append(
                {
                    "courseid": course.id,
                    "grade": "-" if raw is None else f"{raw:.2f}",
                    "rawgrade": None if raw is None else f"{raw:.5f}",
                }
            )
        return {"grades": rows, "warnings": []}


def _usergrade(
    asked: Asked, course: MoodleCourse, user: MoodleUser, learner: MoodleEnrolment
) -> dict[str, Any]:
    items = [
        _item(course, each, learner.grades.get(each.id))
        for each in course.items
        if _is_seen(asked, course, each)
    ]
    return {
        "courseid": course.id,
        "courseidnumber": course.idnumber,
        "userid": user.id,
        "userfullname": user.fullname,
        "useridnumber": user.idnumber,
        "maxdepth": 2,
        "gradeitems": items,
    }


def _is_seen(asked: Asked, course: MoodleCourse, item: MoodleGradeItem) -> bool:
    activity = course.by_cmid.get(item.activity or 0)
    may = activity is None or asked.may(f"mod/{activity.modname}:view")
    return may and (not item.hidden or asked.may("moodle/grade:viewhidden"))


def _item(course: MoodleCourse, item: MoodleGradeItem, raw: float | None) -> dict[str, Any]:
    activity = course.by_cmid.get(item.activity or 0)
    row: dict[str, Any] = {
        "id": item.id,
        "itemname": item.name,
        "itemtype": item.kind,
        "itemmodule": activity.modname if activity else None,
        "iteminstance": item.id,
        "itemnumber": 0,
        "idnumber": "",
        "categoryid": item.category,
        "outcomeid": None,
        "scaleid": None,
        "locked": False,
        "cmid": item.activity,
        "graderaw": raw,
        "gradedatesubmitted": None,
        "gradedategraded": None if raw is None else course.start,
        "gradehiddenbydate": False,
        "gradeneedsupdate": False,
        "gradeishidden": item.hidden,
        "gradeislocked": False,
        "gradeisoverridden": False,
        "gradeformatted": "-",
        "grademin": item.low,
        "grademax": item.high,
        "rangeformatted": f"{item.low:g}&ndash;{item.high:g}",
        "percentageformatted": "-",
        "feedback": "",
        "feedbackformat": 0,
    }
    if raw is not None:
        share = (raw - item.low) / (item.high - item.low)
        row["weightraw"] = item.weight
        row["weightformatted"] = f"{item.weight:.2%}"
        row["gradeformatted"] = f'<i class="icon fa fa-check text-success"></i>{raw:.2f}'
        row["percentageformatted"] = f"{share * 100:.2f} %"
    return row
