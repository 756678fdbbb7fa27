"""
What the parts of a pretended Open edX site have in common: who asks, errors, pages.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import re
import secrets

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NoReturn, TypeVar

from attrs import frozen

from certcore.ports import Clock
from certcore.testing.servers._messages import Answer, Call, Refusal
from certcore.testing.servers._openedx_data import EdxCourse, EdxPath, EdxUser
from certcore.testing.servers._server import FakeServer


Family = Literal["plain", "developer"]
"""How a view words its errors."""

Row = TypeVar("Row")

COURSE = r"(?P<course>[^/]+)"
_COURSE_KEY = re.compile(r"course-v1:[\w.~-]+\+[\w.~-]+\+[\w.~-]+")
_NEVER = "Authentication credentials were not provided."
_THROTTLED = "Request was throttled. Expected available in 30 seconds."


@frozen(kw_only=True)
class EdxClient:
    """
    An application that may ask for tokens, and the user it speaks for.
    """

    user: EdxUser
    id: str = "certcore"
    secret: str = "secret"  # noqa: S105  # of a server that is none


@frozen(kw_only=True)
class _Token:
    user: EdxUser
    kind: str
    expires: dt.datetime


class EdxBase(FakeServer):
    """
    Knows the site's data, and who asks.
    """

    def __init__(
        self,
        *,
        courses: Iterable[EdxCourse] = (),
        users: Iterable[EdxUser] = (),
        paths: Iterable[EdxPath] = (),
        clients: Iterable[EdxClient] = (),
        plugins: Iterable[str] = ("completion-aggregator", "learning-paths"),
        jwt_lifetime: int = 3600,
        bearer_lifetime: int = 36_000,
        page_size: int = 10,
        public_keys: bool = True,
        latency: float = 0.0,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(latency=latency, clock=clock)
        self.courses = {each.key: each for each in courses}
        self.paths = {each.key: each for each in paths}
        self.clients = {each.id: each for each in clients}
        self.plugins = frozenset(plugins)
        self.jwt_lifetime = jwt_lifetime
        self.bearer_lifetime = bearer_lifetime
        self.page_size = page_size
        self.public_keys = public_keys
        self.users = {
            **{
                e.user.username: e.user
                for course in self.courses.values()
                for e in course.enrolments
            },
            **{each.user.username: each.user for each in self.clients.values()},
            **{each.username: each for each in users},
        }
        self._tokens: dict[str, _Token] = {}
        self._key = secrets.token_bytes(16)

    def issue(self, user: EdxUser, kind: str, *, client: str = "") -> str:
        """
        Give a new token: of the kind `JWT`, or else an opaque one.
        """
        now = self.now()
        seconds = self.jwt_lifetime if kind == "JWT" else self.bearer_lifetime
        expires = now + dt.timedelta(seconds=seconds)
        token = secrets.token_hex(15)
        if kind == "JWT":
            token = self._signed(
                {
                    "aud": client,
                    "exp": int(expires.timestamp()),
                    "grant_type": "client-credentials",
                    "iat": int(now.timestamp()),
                    "iss": "http://127.0.0.1/oauth2",
                    "preferred_username": user.username,
                    "scopes": ["read", "write", "email", "profile"],
                    "version": "1.2.0",
                    "sub": hashlib.md5(user.username.encode(), usedforsecurity=False).hexdigest(),
                    "filters": [],
                    "is_restricted": False,
                    "email_verified": True,
                    "email": user.email,
                    "name": user.name,
                    "administrator": user.is_staff,
                    "jti": token,
                }
            )
        self._tokens[token] = _Token(user=user, kind=kind, expires=expires)
        return token

    def caller(
        self, call: Call, family: Family, *, schemes: tuple[str, ...] = ("JWT", "Bearer")
    ) -> EdxUser:
        """
        Give who asks, or refuse the request.
        """
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        if scheme not in schemes:
            raise Refusal(_unauthorized(family, _NEVER))
        known = self._tokens.get(token)
        expired = known is not None and known.expires <= self.now()
        if scheme == "JWT" and (known is None or known.kind != "JWT"):
            raise Refusal(_unauthorized(family, self._of_jwt("Error decoding token.")))
        if scheme == "JWT" and expired:
            raise Refusal(_unauthorized(family, self._of_jwt("Token has expired.")))
        if known is None or known.kind != scheme:
            raise Refusal(_unauthorized(family, _bearer("token_nonexistent")))
        if expired:
            raise Refusal(_unauthorized(family, _bearer("token_expired")))
        return known.user

    def staff(self, call: Call, family: Family, **schemes: tuple[str, ...]) -> EdxUser:
        """
        Give who asks; refuse whoever isn't of the site's staff.
        """
        user = self.caller(call, family, **schemes)
        return user if user.is_staff else forbid(family)

    def course(self, call: Call) -> EdxCourse | None:
        """
        Give the course in the address, if there is one.
        """
        return self.courses.get(call.parts["course"])

    def is_course_staff(self, user: EdxUser, course: EdxCourse) -> bool:
        """
        Tell whether somebody is of the site's staff or of the course's.
        """
        return user.is_staff or user.username in course.staff

    def stale(self, call: Call) -> Answer:
        """
        Answer to a token that isn't valid any more.
        """
        family = family_of(call.path)
        if call.headers.get("authorization", "").startswith("Bearer "):
            return _unauthorized(family, _bearer("token_expired"))
        return _unauthorized(family, self._of_jwt("Token has expired."))

    def throttled(self, call: Call, status: int) -> Answer:
        """
        Answer to too many requests.
        """
        if call.path.startswith("/oauth2/"):
            return self.page("Forbidden", 403)
        return error(family_of(call.path), status, _THROTTLED)

    def _of_jwt(self, said: str) -> str:
        # with public keys every fault of a token is found where signatures are checked
        return "Invalid token." if self.public_keys else said

    def _signed(self, claims: Mapping[str, Any]) -> str:
        head = _base64(json.dumps({"alg": "HS512", "typ": "JWT"}).encode())
        body = _base64(json.dumps(claims).encode())
        signature = hmac.digest(self._key, f"{head}.{body}".encode(), "sha512")
        return f"{head}.{body}.{_base64(signature)}"


def family_of(path: str) -> Family:
    """
    Give how the view at an address words its errors.
    """
    developer = ("/api/enrollment/v1/enrollments", "/api/grades/", "/api/courses/")
    return "developer" if path.startswith(developer) else "plain"


def error(family: Family, status: int, said: Any, code: str = "", **headers: str) -> Answer:
    """
    Answer with an error in a view's words.
    """
    if family == "plain":
        return Answer.json({"detail": said} if isinstance(said, str) else said, status, **headers)
    body = {"developer_message": said, **({"error_code": code} if code else {})}
    return Answer.json(body, status, **headers)


def refuse(family: Family, status: int, said: Any, code: str = "") -> NoReturn:
    """
    End with an error in a view's words.
    """
    raise Refusal(error(family, status, said, code))


def forbid(family: Family) -> NoReturn:
    """
    End because the rights aren't enough.
    """
    refuse(family, 403, "You do not have permission to perform this action.")


def is_course_key(key: str) -> bool:
    """
    Tell whether a key could be a course's.
    """
    return _COURSE_KEY.fullmatch(key) is not None


def iso(at: dt.datetime | None) -> str | None:
    """
    Write an instant as the API does.
    """
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def cursor_page(
    call: Call,
    family: Family,
    rows: Sequence[Row],
    shown: Callable[[Sequence[Row]], list[Any]],
    *,
    size: int,
) -> dict[str, Any]:
    """
    Give a page whose next one only its link knows.
    """
    at = _position(call, family)
    end = at + size
    return {
        "next": call.link(cursor=_cursor(end)) if end < len(rows) else None,
        "previous": call.link(cursor=_cursor(max(0, at - size))) if at else None,
        "results": shown(rows[at:end]),
    }


def numbered_page(call: Call, count: int, *, size: int) -> tuple[slice, dict[str, Any]]:
    """
    Give which rows a numbered page has, and what is said of its place.
    """
    last = max(1, -(-count // size))
    said = call.one("page", "1")
    page = last if said == "last" else int(said) if said.isdecimal() else 0
    if not 1 <= page <= last:
        refuse("plain", 404, "Invalid page.")
    place = {
        "next": call.link(page=page + 1) if page < last else None,
        "previous": call.link(page=page - 1) if page > 1 else None,
        "count": count,
        "num_pages": last,
    }
    return slice((page - 1) * size, page * size), place


def _cursor(position: int) -> str:
    return base64.b64encode(f"p={position}".encode()).decode()


def _position(call: Call, family: Family) -> int:
    said = call.one("cursor")
    if not said:
        return 0
    try:
        return int(base64.b64decode(said, validate=True).removeprefix(b"p="))
    except (ValueError, binascii.Error):
        refuse(family, 404, "Invalid cursor")


def _unauthorized(family: Family, said: str | dict[str, str]) -> Answer:
    return error(family, 401, said, WWW_Authenticate='JWT realm="api"')


def _bearer(code: str) -> dict[str, str]:
    told = {
        "token_expired": "The provided access token has expired and is no longer valid.",
        "token_nonexistent": "The provided access token does not match any valid tokens.",
    }
    return {"error_code": code, "developer_message": told[code]}


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
