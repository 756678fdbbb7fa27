"""
What comes in and what goes out.
"""

from __future__ import annotations

import json
import re

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

from attrs import evolve, field, frozen


SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-edx-api-key"})
SECRET_PARAMS = frozenset(
    {"access_token", "client_secret", "password", "privatetoken", "token", "wstoken"}
)
REDACTED = "[redacted]"
FORM = "application/x-www-form-urlencoded"


@frozen(kw_only=True)
class Request:
    """
    A request as it is kept: credentials are taken out.

    Args:
        endpoint: Which of the server's endpoints it went to; empty if to none.

        path: Percent-decoded, without the query.

        params: What stood in the query and in a form, each with all its values.

        headers: Their names are in lower case.

        json: What stood in the body, if that was JSON.
    """

    endpoint: str
    method: str
    path: str
    params: Mapping[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]])
    headers: Mapping[str, str] = field(factory=dict[str, str])
    json: Any = None

    def one(self, name: str, default: str = "") -> str:
        """
        Give the last value of a parameter.
        """
        return self.params.get(name, (default,))[-1]


@frozen(kw_only=True)
class Call:
    """
    A request as an endpoint answers it, nothing taken out.
    """

    method: str
    target: str
    origin: str
    headers: Mapping[str, str]
    body: bytes = b""
    parts: Mapping[str, str] = field(factory=dict[str, str])

    @cached_property
    def path(self) -> str:
        """
        The path, percent-decoded.
        """
        return unquote(self.target.partition("?")[0])

    @cached_property
    def query(self) -> dict[str, tuple[str, ...]]:
        """
        The parameters in the address.
        """
        return _fields(self.target.partition("?")[2])

    @cached_property
    def form(self) -> dict[str, tuple[str, ...]]:
        """
        The parameters in the body.
        """
        is_form = self.headers.get("content-type", "").startswith(FORM)
        return _fields(self.body.decode("utf-8", "replace")) if is_form else {}

    @cached_property
    def params(self) -> dict[str, tuple[str, ...]]:
        """
        The parameters, wherever they stand.
        """
        return {**self.query, **self.form}

    @cached_property
    def json(self) -> Any:
        """
        The body, if it is JSON.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def one(self, name: str, default: str = "") -> str:
        """
        Give the last value of a parameter.
        """
        return self.params.get(name, (default,))[-1]

    def many(self, name: str) -> list[str]:
        """
        Give the values of a parameter that separates them by commas.
        """
        return [each.strip() for each in self.one(name).split(",") if each.strip()]

    def number(self, name: str, default: int) -> int:
        """
        Give a parameter's positive number, or another one if it isn't any.
        """
        said = self.one(name)
        return int(said) if said.isdecimal() and int(said) else default

    def link(self, **changes: str | int) -> str:
        """
        Give this address with other parameters.
        """
        query = {name: list(values) for name, values in self.query.items()}
        for name, value in changes.items():
            query[name] = [str(value)]
        path = self.target.partition("?")[0]
        return f"{self.origin}{path}?{urlencode(query, doseq=True)}"

    def without(self, name: str) -> Call:
        """
        Give it without a parameter in its address.
        """
        path, _, query = self.target.partition("?")
        rest = [each for each in query.split("&") if each.partition("=")[0] != name]
        return evolve(self, target=f"{path}?{'&'.join(rest)}")

    def redacted(self, endpoint: str) -> Request:
        """
        Give what is kept of it.
        """
        said = {name: (REDACTED,) if _is_secret(name) else v for name, v in self.params.items()}
        headers = {name: _without_secret(name, value) for name, value in self.headers.items()}
        return Request(
            endpoint=endpoint,
            method=self.method,
            path=self.path,
            params=said,
            headers=headers,
            json=self.json,
        )


@frozen(kw_only=True)
class Answer:
    """
    What a server answers.
    """

    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(factory=dict[str, str])

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> Answer:
        """
        Answer with JSON; a header's hyphens are written as underscores.
        """
        named = {name.replace("_", "-"): said for name, said in headers.items()}
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status=status, body=body, headers=named)

    @classmethod
    def html(cls, title: str, status: int) -> Answer:
        """
        Answer with a page for people.
        """
        text = (
            f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>"
        )
        return cls(status=status, body=text.encode(), media_type="text/html; charset=utf-8")

    @classmethod
    def text(cls, text: str, status: int, **headers: str) -> Answer:
        """
        Answer with plain text.
        """
        named = {name.replace("_", "-"): said for name, said in headers.items()}
        media_type = "text/plain; charset=utf-8"
        return cls(status=status, body=text.encode(), media_type=media_type, headers=named)

    def value(self) -> Any:
        """
        Give what its JSON says.
        """
        return json.loads(self.body)

    def saying(self, value: Any) -> Answer:
        """
        Say something else, in JSON, with the same status and headers.
        """
        return evolve(self, body=Answer.json(value).body)


class Refusal(Exception):  # noqa: N818  # it is how an endpoint answers, nothing went wrong
    """
    Ends the work on a request with that answer.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@frozen
class Route:
    """
    An endpoint: its name, its addresses, what it answers.

    The pattern's named groups become the call's parts.
    """

    endpoint: str
    pattern: re.Pattern[str] = field(converter=_compiled)
    answer: Callable[[Call], Answer]
    methods: tuple[str, ...] = ("GET",)


def _fields(text: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(said) for name, said in parse_qs(text, keep_blank_values=True).items()}


def _is_secret(name: str) -> bool:
    return name.lower() in SECRET_PARAMS


def _without_secret(name: str, value: str) -> str:
    if name not in SECRET_HEADERS:
        return value
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {REDACTED}" if space else REDACTED
