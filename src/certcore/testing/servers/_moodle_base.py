"""
What the functions of a pretended Moodle site have in common: who asks, errors, parameters.
"""

from __future__ import annotations

import re

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from attrs import frozen

from certcore.ports import Clock
from certcore.testing.servers._messages import Answer, Call, Refusal
from certcore.testing.servers._moodle_data import MoodleCourse, MoodleToken, MoodleUser
from certcore.testing.servers._server import FakeServer


_KIND = {
    "accessexception": "webservice_access_exception",
    "codingerror": "coding_exception",
    "errorcoursecontextnotvalid": "moodle_exception",
    "invalidparameter": "invalid_parameter_exception",
    "invalidrecord": "dml_missing_record_exception",
    "nopermissions": "required_capability_exception",
}
_ARRAY = re.compile(r"(?P<name>\w+)\[(?P<at>\d+)\](?:\[(?P<part>\w+)\])?")


@frozen(kw_only=True)
class Asked:
    """
    A function's call: who, with which parameters.
    """

    token: MoodleToken
    params: Mapping[str, str]

    def may(self, right: str) -> bool:
        """
        Tell whether the token's role has a right.
        """
        return right in self.token.rights

    def need(self, right: str) -> None:
        """
        Refuse whoever doesn't have a right.
        """
        if not self.may(right):
            said = f"Sorry, but you do not currently have permissions to do that ({right})."
            fail("nopermissions", said)

    def number(self, name: str, default: int | None = None) -> int:
        """
        Give a parameter that is a number; without a default it has to be there.
        """
        said = self.params.get(name)
        if said is None and default is not None:
            return default
        if said is None or not said.lstrip("-").isdecimal():
            fail("invalidparameter", "Invalid parameter value detected")
        return int(said)

    def listed(self, name: str) -> list[str]:
        """
        Give the values of `name[0]`, `name[1]`, …
        """
        found = [
            (int(match["at"]), value)
            for key, value in self.params.items()
            if (match := _ARRAY.fullmatch(key)) and match["name"] == name and not match["part"]
        ]
        return [value for _, value in sorted(found)]

    def options(self) -> dict[str, str]:
        """
        Give `options[0][name]` and `options[0][value]`, … as names with values.
        """
        parts: dict[str, dict[str, str]] = {}
        for key, value in self.params.items():
            match = _ARRAY.fullmatch(key)
            if match and match["name"] == "options" and match["part"]:
                parts.setdefault(match["at"], {})[match["part"]] = value
        return {each.get("name", ""): each.get("value", "") for each in parts.values()}


Function = Callable[[Asked], Any]


class MoodleBase(FakeServer):
    """
    Knows the site's data, and who asks.
    """

    def __init__(
        self,
        *,
        courses: Iterable[MoodleCourse] = (),
        users: Iterable[MoodleUser] = (),
        tokens: Iterable[MoodleToken] = (),
        enabled: bool = True,
        maintenance: bool = False,
        latency: float = 0.0,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(latency=latency, clock=clock)
        self.courses = {each.id: each for each in courses}
        self.tokens = {each.token: each for each in tokens}
        self.enabled = enabled
        self.maintenance = maintenance
        self.users = {
            **{e.user.id: e.user for course in self.courses.values() for e in course.enrolments},
            **{each.user.id: each.user for each in self.tokens.values()},
            **{each.id: each for each in users},
        }

    def stale(self, call: Call) -> Answer:  # noqa: ARG002  # others need to know
        """
        Answer to a token that isn't valid any more.
        """
        return said_no("invalidtoken", "Invalid token - token not found")

    def course(self, asked: Asked) -> MoodleCourse:
        """
        Give the course that was asked for.
        """
        number = asked.number("courseid")
        course = self.courses.get(number)
        if course is None:
            fail("invalidrecord", "Can't find data record in database table course.")
        if not asked.may("moodle/course:view"):
            said = "Course or activity not accessible. (Not enrolled)"
            fail("requireloginerror", said)
        return course

    def user(self, asked: Asked) -> MoodleUser:
        """
        Give the user who was asked for.
        """
        user = self.users.get(asked.number("userid"))
        if user is None:
            fail("invaliduser", "Invalid user")
        return user


def said_no(code: str, message: str) -> Answer:
    """
    Answer with an error, in status 200 as Moodle does.
    """
    kind = _KIND.get(code, "moodle_exception")
    return Answer.json({"exception": kind, "errorcode": code, "message": message})


def fail(code: str, message: str) -> NoReturn:
    """
    End with an error.
    """
    raise Refusal(said_no(code, message))
