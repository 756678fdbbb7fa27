"""
What the parts of a pretended Canvas site have in common: who asks, errors, pages.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn, TypeVar, cast

from attrs import evolve

from certcore.ports import Clock
from certcore.testing.servers._canvas_data import CanvasCourse, CanvasToken
from certcore.testing.servers._messages import Answer, Call, Refusal
from certcore.testing.servers._server import FakeServer


Row = TypeVar("Row")

COURSE = "/api/v1/courses/(?P<course>[^/]+)"
_DEFAULT, _MOST = 10, 100
_BEARER = 'Bearer realm="canvas-lms"'


class CanvasBase(FakeServer):
    """
    Knows the site's data, and who asks.
    """

    def __init__(
        self,
        *,
        courses: Iterable[CanvasCourse] = (),
        tokens: Iterable[CanvasToken] = (),
        cost: float = 0.1,
        quota: float = 600.0,
        forbidden: int = 403,
        latency: float = 0.0,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(latency=latency, clock=clock)
        self.courses = {each.id: each for each in courses}
        self.tokens = {each.token: each for each in tokens}
        self.cost = cost
        self.quota = quota
        self.forbidden = forbidden

    def caller(self, call: Call) -> CanvasToken:
        """
        Give who asks, or refuse the request.
        """
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        said = token if scheme == "Bearer" else call.one("access_token")
        if not said:
            raise Refusal(
                Answer.json(
                    {
                        "status": "unauthenticated",
                        "errors": [{"message": "user authorization required"}],
                    },
                    401,
                    WWW_Authenticate=_BEARER,
                )
            )
        if said not in self.tokens:
            raise Refusal(self.stale(call))
        return self.tokens[said]

    def grader(self, call: Call) -> CanvasToken:
        """
        Give who asks; refuse whoever may not see everybody's grades.
        """
        token = self.caller(call)
        if token.role == "student":
            self.forbid()
        return token

    def forbid(self) -> NoReturn:
        """
        End because the rights aren't enough.
        """
        said = [{"message": "user not authorized to perform that action"}]
        raise Refusal(Answer.json({"status": "unauthorized", "errors": said}, self.forbidden))

    def course(self, call: Call) -> CanvasCourse:
        """
        Give the course in the address.
        """
        said = call.parts["course"]
        kind, _, sis = said.partition(":")
        for course in self.courses.values():
            if said == str(course.id) or (kind == "sis_course_id" and sis == course.sis_id):
                return course
        raise Refusal(missing())

    def stale(self, call: Call) -> Answer:  # noqa: ARG002  # others need to know
        """
        Answer to a token that isn't valid any more.
        """
        said = {"errors": [{"message": "Invalid access token."}]}
        return Answer.json(said, 401, WWW_Authenticate=_BEARER)

    def throttled(self, call: Call, status: int) -> Answer:  # noqa: ARG002  # others need to know
        """
        Answer to too many requests.
        """
        words = "403 Forbidden" if status == 403 else "429 Too Many Requests"
        return Answer.text(f"{words} (Rate Limit Exceeded)\n", status, X_Rate_Limit_Remaining="0.0")

    def told(self, value: Any, call: Call, *, link: str = "") -> Answer:
        """
        Answer with JSON, with what it cost, and ids as they are wished.
        """
        if "json+canvas-string-ids" in call.headers.get("accept", ""):
            value = _with_string_ids(value)
        headers = {
            "X-Request-Cost": str(self.cost),
            "X-Rate-Limit-Remaining": str(self.quota),
            **({"Link": link} if link else {}),
        }
        return evolve(Answer.json(value), headers=headers)

    def kept(self, call: Call, course: CanvasCourse, find: Callable[[], list[Row]]) -> list[Row]:
        """
        Give what is found, looking for it once for all the pages of a list.
        """
        places = {"page", "per_page", "access_token"}
        asked = tuple(sorted((n, said) for n, said in call.query.items() if n not in places))
        key = (call.path, call.headers.get("authorization"), call.one("access_token"), asked)
        if key not in course.found:
            course.found[key] = find()
        return course.found[key]

    def paged(self, call: Call, rows: Sequence[Row], shown: Callable[[Row], Any]) -> Answer:
        """
        Answer with a page, and links to others in a header.
        """
        size = max(1, min(call.number("per_page", _DEFAULT), _MOST))
        page = call.number("page", 1)
        last = max(1, -(-len(rows) // size))
        places = {"current": page, "next": page + 1, "prev": page - 1, "first": 1, "last": last}
        if page >= last:
            del places["next"]
        if page <= 1:
            del places["prev"]
        links = ",".join(
            f'<{_link(call, place, size)}>; rel="{name}"' for name, place in places.items()
        )
        some = rows[(page - 1) * size : page * size]
        return self.told([shown(each) for each in some], call, link=links)


def missing() -> Answer:
    """
    Answer where there is no such thing.
    """
    return Answer.json({"errors": [{"message": "The specified resource does not exist."}]}, 404)


def iso(at: dt.datetime | None) -> str | None:
    """
    Write an instant as the API does.
    """
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _link(call: Call, page: int, size: int) -> str:
    # a token in the address isn't told again
    return call.without("access_token").link(page=page, per_page=size)


def _with_string_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_string_ids(each) for each in cast("Iterable[Any]", value)]
    if not isinstance(value, dict):
        return value
    return {
        name: str(said) if _is_id(name, said) else _with_string_ids(said)
        for name, said in cast("dict[str, Any]", value).items()
    }


def _is_id(name: str, value: Any) -> bool:
    return (name == "id" or name.endswith("_id")) and isinstance(value, int)
