"""
Moodle: who is enrolled, who is who.
"""

from __future__ import annotations

from typing import Any

from certcore.testing.servers._moodle_base import Asked, Function, MoodleBase, fail
from certcore.testing.servers._moodle_data import MoodleCourse, MoodleEnrolment, MoodleUser


_ROLES = {
    "manager": 1,
    "coursecreator": 2,
    "editingteacher": 3,
    "teacher": 4,
    "student": 5,
    "guest": 6,
}
_BY = {"id", "idnumber", "username", "email"}
_ORDERS = {"id", "firstname", "lastname", "siteorder"}


class MoodlePeople(MoodleBase):
    """
    Knows who is who, and who is where.
    """

    def people_functions(self) -> dict[str, Function]:
        """
        Give its functions.
        """
        return {
            "core_enrol_get_enrolled_users": self._enrolled,
            "core_enrol_get_users_courses": self._courses_of,
            "core_user_get_users_by_field": self._by_field,
        }

    def _enrolled(self, asked: Asked) -> list[dict[str, Any]]:
        course = self.course(asked)
        asked.need("moodle/course:viewparticipants")
        said = asked.options()
        active, suspended = said.get("onlyactive") == "1", said.get("onlysuspended") == "1"
        if active and suspended:
            fail("invalidparameter", "Invalid parameter value detected")
        if active or suspended:
            asked.need("moodle/course:enrolreview")
        order, group = said.get("sortby", "id"), int(said.get("groupid", 0))
        if order not in _ORDERS:
            fail("invalidparameter", "Invalid parameter value detected")
        down = said.get("sortdirection", "ASC").upper() == "DESC"
        key = (active, suspended, order, group, down)
        if key not in course.found:
            course.found[key] = tuple(
                each
                for each in _sorted(course, order, down=down)
                if not (active and each.suspended)
                and not (suspended and not each.suspended)
                and (not group or group in each.groups)
            )
        learners = course.found[key]
        low = int(said.get("limitfrom", 0))
        high = low + (int(said.get("limitnumber", 0)) or len(learners))
        wanted = {each for each in said.get("userfields", "").split(",") if each}
        return [_enrolled_row(asked, course, each, wanted) for each in learners[low:high]]

    def _courses_of(self, asked: Asked) -> list[dict[str, Any]]:
        user = self.user(asked)
        return [
            _course_row(course, course.by_user[user.id])
            for course in self.courses.values()
            if user.id in course.by_user
        ]

    def _by_field(self, asked: Asked) -> list[dict[str, Any]]:
        field, values = asked.params.get("field", ""), set(asked.listed("values"))
        if field not in _BY:
            fail("codingerror", f"Coding error detected: invalid field '{field}'")
        # what the caller isn't shown can't be searched for either
        if field not in _shown(asked):
            return []
        found = [each for each in self.users.values() if str(getattr(each, field)) in values]
        return [_user_row(asked, each) for each in found]


def _sorted(course: MoodleCourse, order: str, *, down: bool) -> list[MoodleEnrolment]:
    part = {"firstname": 0, "lastname": -1}.get(order)
    if part is None:
        return list(course.ordered)[:: -1 if down else 1]
    return sorted(
        course.ordered, key=lambda each: each.user.fullname.split(" ")[part], reverse=down
    )


def _shown(asked: Asked) -> set[str]:
    shown = {"id", "fullname"}
    if asked.may("moodle/user:viewalldetails"):
        shown |= {"username", "idnumber", "lang", "timezone", "suspended"}
    if asked.may("moodle/course:useremail"):
        shown.add("email")
    return shown


def _enrolled_row(
    asked: Asked, course: MoodleCourse, learner: MoodleEnrolment, wanted: set[str]
) -> dict[str, Any]:
    user = learner.user
    row: dict[str, Any] = {
        "id": user.id,
        "username": user.username,
        "fullname": user.fullname,
        "email": user.email,
        "idnumber": user.idnumber,
        "roles": [
            {"roleid": _ROLES.get(name, 9), "name": "", "shortname": name, "sortorder": 0}
            for name in learner.roles
        ],
        "enrolledcourses": [
            {"id": course.id, "fullname": course.fullname, "shortname": course.shortname}
        ],
    }
    shown = (_shown(asked) & set(row)) | {"roles", "enrolledcourses"}
    always = {"id", "fullname"}
    return {
        name: said
        for name, said in row.items()
        if name in shown and (not wanted or name in wanted | always)
    }


def _user_row(asked: Asked, user: MoodleUser) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": user.id,
        "username": user.username,
        "fullname": user.fullname,
        "email": user.email,
        "idnumber": user.idnumber,
        "auth": "manual",
        "suspended": user.suspended,
        "confirmed": True,
        "lang": user.lang,
        "timezone": user.timezone,
    }
    shown = _shown(asked)
    if "lang" in shown:
        shown |= {"auth", "confirmed"}
    return {name: said for name, said in row.items() if name in shown}


def _course_row(course: MoodleCourse, learner: MoodleEnrolment) -> dict[str, Any]:
    tracked = [each for each in course.activities if each.tracking] if course.completion else []
    done = [each for each in tracked if learner.states.get(each.cmid, 0) in {1, 2}]
    return {
        "id": course.id,
        "shortname": course.shortname,
        "fullname": course.fullname,
        "displayname": course.fullname,
        "idnumber": course.idnumber,
        "visible": int(course.visible),
        "lang": course.lang,
        "enablecompletion": course.completion,
        "completionhascriteria": bool(course.criteria),
        "completionusertracked": course.completion,
        "progress": len(done) / len(tracked) * 100 if tracked else None,
        "completed": course.is_complete(learner),
        "startdate": course.start,
        "enddate": course.end,
    }
