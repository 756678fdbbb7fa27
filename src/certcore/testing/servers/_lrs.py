"""
A pretended learning record store.
"""

from __future__ import annotations

import base64
import datetime as dt
import json

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from certcore.ports import Clock
from certcore.testing.servers._messages import Answer, Call, Refusal, Route
from certcore.testing.servers._server import FakeServer


_KNOWN = {
    "activity",
    "agent",
    "ascending",
    "attachments",
    "cursor",
    "format",
    "limit",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "statementId",
    "until",
    "verb",
    "voidedStatementId",
}
_VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_VERSIONS = ("1.0", "2.0")


class LrsServer(FakeServer):
    """
    Answers as an LRS does that keeps to xAPI 1.0.3: what was voided isn't shown.

    Args:
        statements: As they are stored, in order; `stored` and `id` should be among their parts.

        users: Who may read, with passwords.

        page_size: The most statements of an answer.

        latency: Seconds that pass before each answer.

        clock: Tells until when its answers are complete; the machine's own if there is none.
    """

    endpoints: ClassVar[tuple[str, ...]] = ("statements", "about")

    def __init__(
        self,
        *,
        statements: Iterable[Mapping[str, Any]] = (),
        users: Mapping[str, str] | None = None,
        page_size: int = 100,
        latency: float = 0.0,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(latency=latency, clock=clock)
        self.statements = list(statements)
        self.users = dict(users or {"reader": "secret"})
        self.page_size = page_size

    def routes(self) -> Iterable[Route]:
        """
        Give the endpoints.
        """
        return (
            Route("statements", "/xAPI/statements", self._statements, methods=("GET", "POST")),
            Route("about", "/xAPI/about", self._about),
        )

    def stale(self, call: Call) -> Answer:  # noqa: ARG002  # others need to know
        """
        Answer to a password that isn't valid any more.
        """
        return Answer.json({"message": "Unauthorized"}, 401, WWW_Authenticate="Basic realm=xAPI")

    def moved(self, answer: Answer, call: Call, origin: str) -> Answer:  # noqa: ARG002  # see above
        """
        Let the link to more, which has no origin, lead to another one.
        """
        said = answer.value()
        return answer.saying({**said, "more": origin + said["more"]}) if said["more"] else answer

    def _about(self, call: Call) -> Answer:  # noqa: ARG002  # anybody may ask
        return Answer.json({"version": ["1.0.3"]}, X_Experience_API_Version="1.0.3")

    def _statements(self, call: Call) -> Answer:
        if call.headers.get("authorization") not in self._credentials():
            raise Refusal(self.stale(call))
        if not call.headers.get("x-experience-api-version", "").startswith(_VERSIONS):
            _wrong("X-Experience-API-Version header missing or unknown")
        if call.method == "POST" and call.query != {"method": ("GET",)}:
            _wrong("this server is only read from")
        asked = {name: said[-1] for name, said in call.params.items() if name != "method"}
        if set(asked) - _KNOWN:
            _wrong(f"unknown parameters: {', '.join(sorted(set(asked) - _KNOWN))}")
        single = "statementId" if "statementId" in asked else "voidedStatementId"
        if single in asked:
            return self._one(asked[single], is_voided=single == "voidedStatementId")
        found = [each for each in self._shown() if _fits(each, asked)]
        if asked.get("ascending") != "true":
            found.reverse()
        size = min(int(asked.get("limit", 0)) or self.page_size, self.page_size)
        at = int(asked.get("cursor", 0))
        rest = call.link(cursor=at + size).removeprefix(call.origin)
        more = rest if at + size < len(found) else ""
        return self._said({"statements": found[at : at + size], "more": more})

    def _one(self, id_: str, *, is_voided: bool) -> Answer:
        found = [each for each in self.statements if each.get("id") == id_]
        if not found or (id_ in self._voided()) != is_voided:
            return Answer.json({"message": "no such statement"}, 404)
        return self._said(found[0])

    def _said(self, value: Any) -> Answer:
        return Answer.json(
            value,
            X_Experience_API_Version="1.0.3",
            X_Experience_API_Consistent_Through=self.now().isoformat(),
        )

    def _credentials(self) -> set[str]:
        pairs = (f"{name}:{word}".encode() for name, word in self.users.items())
        return {f"Basic {base64.b64encode(pair).decode()}" for pair in pairs}

    def _voided(self) -> set[str]:
        return {each["object"]["id"] for each in self.statements if _verb(each) == _VOIDED}

    def _shown(self) -> list[Mapping[str, Any]]:
        voided = self._voided()
        return [each for each in self.statements if each.get("id") not in voided]


def _wrong(said: str) -> None:
    raise Refusal(Answer.json({"message": said}, 400))


def _verb(statement: Mapping[str, Any]) -> str:
    return str(statement["verb"]["id"])


def _fits(statement: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
    activities = {statement["object"].get("id")}
    if asked.get("related_activities") == "true":
        related = statement.get("context", {}).get("contextActivities", {})
        activities |= {each["id"] for kind in related.values() for each in kind}
    wanted: dict[str, Any] = json.loads(asked.get("agent", "{}"))
    stored = statement.get("stored", "")
    return (
        asked.get("verb") in {None, _verb(statement)}
        and ("activity" not in asked or asked["activity"] in activities)
        and all(statement["actor"].get(name) == said for name, said in wanted.items())
        and ("since" not in asked or _at(stored) > _at(asked["since"]))
        and ("until" not in asked or _at(stored) <= _at(asked["until"]))
    )


def _at(said: str) -> dt.datetime:
    return dt.datetime.fromisoformat(said)
