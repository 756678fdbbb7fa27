"""
A pretended Moodle site.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from certcore.testing.servers._messages import Answer, Call, Route
from certcore.testing.servers._moodle_base import Asked, Function, MoodleBase, fail, said_no
from certcore.testing.servers._moodle_courses import MoodleCourses
from certcore.testing.servers._moodle_grades import MoodleGrades
from certcore.testing.servers._moodle_people import MoodlePeople


_SERVER = "/webservice/rest/server.php"


class MoodleServer(MoodlePeople, MoodleCourses, MoodleGrades, MoodleBase):
    """
    Answers as a Moodle site's REST web services do. An endpoint is a function's name.

    ::

        ada = MoodleUser(id=3, username="ada", fullname="Ada López", email="ada@example.org")
        course = MoodleCourse(id=7, enrolments=[MoodleEnrolment(user=ada)])
        with MoodleServer(courses=[course], tokens=[MoodleToken(token="abc")]) as moodle:
            httpx.post(f"{moodle.url}/webservice/rest/server.php", data={"wstoken": "abc", …})

    Args:
        courses: The courses; who is enrolled in them has an account.

        users: Who has an account besides.

        tokens: Those that are taken, with their functions and rights.

        enabled: Whether web services are switched on.

        maintenance: Whether the site is closed for now.

        latency: Seconds that pass before each answer.

        clock: Not needed by this fake.
    """

    endpoints: ClassVar[tuple[str, ...]] = (
        "core_webservice_get_site_info",
        "core_course_get_courses_by_field",
        "core_course_get_contents",
        "core_enrol_get_enrolled_users",
        "core_enrol_get_users_courses",
        "core_user_get_users_by_field",
        "core_completion_get_course_completion_status",
        "core_completion_get_activities_completion_status",
        "gradereport_user_get_grade_items",
        "gradereport_overview_get_course_grades",
        "other",
    )

    def routes(self) -> Iterable[Route]:
        """
        Give the endpoints.
        """
        return (Route("other", _SERVER, self._call, methods=("GET", "POST")),)

    def endpoint(self, route: Route, call: Call) -> str:
        """
        Give the name of the function that is called.
        """
        asked = call.one("wsfunction")
        return asked if asked in self.endpoints else route.endpoint

    def functions(self) -> dict[str, Function]:
        """
        Give what the site can be asked.
        """
        return {
            "core_webservice_get_site_info": self._site_info,
            **self.people_functions(),
            **self.course_functions(),
            **self.grade_functions(),
        }

    def _call(self, call: Call) -> Answer:
        if not self.enabled:
            return Answer.html("Forbidden", 403)
        if call.one("moodlewsrestformat") != "json":
            return _as_xml(self._answered(call))
        return self._answered(call)

    def _answered(self, call: Call) -> Answer:
        token = self.tokens.get(call.one("wstoken"))
        name, functions = call.one("wsfunction"), self.functions()
        if self.maintenance:
            return said_no("sitemaintenance", "The site is undergoing maintenance")
        if token is None:
            return said_no("invalidtoken", "Invalid token - token not found")
        if name not in functions:
            table = "external_functions"
            return said_no("invalidrecord", f"Can't find data record in database table {table}.")
        within = token.functions is None or name in token.functions
        if not within or "webservice/rest:use" not in token.rights:
            return said_no("accessexception", "Access control exception")
        own = {"wstoken", "wsfunction", "moodlewsrestformat"}
        params = {key: said[-1] for key, said in call.params.items() if key not in own}
        return Answer.json(functions[name](Asked(token=token, params=params)))

    def _site_info(self, asked: Asked) -> dict[str, Any]:
        if asked.params:
            fail("invalidparameter", "Invalid parameter value detected")
        user, names = asked.token.user, asked.token.functions
        return {
            "sitename": "Pretended site",
            "username": user.username,
            "firstname": user.fullname.partition(" ")[0],
            "lastname": user.fullname.partition(" ")[2],
            "fullname": user.fullname,
            "lang": user.lang,
            "userid": user.id,
            "siteurl": self.url,
            "userpictureurl": f"{self.url}/theme/image.php",
            "functions": [
                {"name": name, "version": "2023100900"}
                for name in self.functions()
                if names is None or name in names
            ],
            "downloadfiles": 0,
            "uploadfiles": 0,
            "release": "4.3 (Build: 20231009)",
            "version": "2023100900",
        }


def _as_xml(answer: Answer) -> Answer:
    is_error = answer.body.startswith(b'{"exception"')
    word = "EXCEPTION" if is_error else "RESPONSE"
    text = f'<?xml version="1.0" encoding="UTF-8" ?>\n<{word}/>\n'
    return Answer(body=text.encode(), media_type="application/xml; charset=utf-8")
