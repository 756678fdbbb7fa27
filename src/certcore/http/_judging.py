"""
What an answer means: whether it is one, which error it is, and whether trying again may help.
"""

from __future__ import annotations

import email.utils
import re

from collections.abc import Callable
from typing import Any, TypeAlias

from certcore.exceptions import (
    CollaboratorError,
    NotPermittedError,
    RetrievalError,
    SourceNotFoundError,
    SourceProtocolError,
    ThrottledError,
)
from certcore.http._calls import Answer, Call, Reply
from certcore.http._excerpts import excerpt
from certcore.http._json import NOT_JSON, is_json, kind_of, name_of, parse
from certcore.http._pace import deficit
from certcore.http._time import Time


Examine: TypeAlias = Callable[[Answer], None]
"""Looks at each answer before certcore does, and raises a RetrievalError of its own: for platforms
that answer an error with status 200, or say more precisely what is wrong."""

_DAY = 86_400.0
_UNSAID = 30.0
"""What is waited if a source asks to slow down and doesn't say for how long."""
_SOON = 2
"""Attempts where it is doubtful that another one helps."""
_UNAUTHORIZED = 401
_FORBIDDEN = 403
_GONE = {404, 410}
_PASSING = {408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529}
_TOO_MANY = 429
_AVAILABLE = re.compile(rb"available in (\d{1,9}) second")


class Failure(Exception):  # noqa: N818  # it is never seen outside
    """
    An attempt has failed.
    """

    def __init__(
        self,
        error: CollaboratorError,
        *,
        wait: float = 0.0,
        guess: bool = False,
        attempts: int | None = None,
        unauthorized: bool = False,
    ) -> None:
        self.error = error
        self.wait = wait
        """Seconds to wait at least before the next one."""
        self.guess = guess
        """Whether nobody has said so."""
        self.attempts = attempts
        """How many are worth while; None: as many as the options say."""
        self.unauthorized = unauthorized
        super().__init__(error)


def read(
    reply: Reply, call: Call, secrets: tuple[str, ...], examine: Examine, time: Time
) -> Answer:
    """
    Give the document of an answer.

    Raises:
        Failure:
            If it is none.
    """
    document = parse(reply.body) if is_json(reply) and reply.body else None
    answer = Answer(
        status=reply.status,
        headers=reply.headers,
        document=None if document is NOT_JSON else document,
        target=call.target,
    )
    refused = reply.status == _UNAUTHORIZED and not call.token
    try:
        if not call.token:
            examine(answer)
    except CollaboratorError as exc:
        raise Failure(exc, wait=exc.retry_after or 0.0, unauthorized=refused) from None
    if not 200 <= reply.status < 300:  # noqa: PLR2004  # statuses of success
        raise _refusal(reply, call, excerpt(reply, call.given, secrets), time)
    if not is_json(reply):
        kind = reply.headers["Content-Type"].partition(";")[0]
        said = _quoted(excerpt(reply, call.given, secrets)) if "html" in kind else ""
        raise doubtful(f"{call.shown} answered with {kind[:60]} instead of JSON{said}")
    if document is NOT_JSON:
        raise doubtful(f"{call.shown} answered with what isn't JSON")
    return answer


def check_kind(answer: Answer, call: Call, kinds: tuple[type[Any], ...]) -> None:
    """
    Do nothing, if the document is of one of these types.

    Raises:
        certcore.exceptions.SourceProtocolError:
            If it isn't.
    """
    if isinstance(answer.document, kinds):
        return
    wanted = " or ".join(name_of(kind) for kind in kinds)
    raise SourceProtocolError(
        f"{call.shown} answered with {kind_of(answer.document)}, where {wanted} is wanted"
    )


def retry_after(reply: Reply, time: Time) -> float | None:
    """
    Give the seconds that a source asks to wait; None, if it doesn't say.
    """
    said = reply.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,15}(\.\d{1,9})?", said, re.ASCII):
        return float(said)
    try:
        until = email.utils.parsedate_to_datetime(said)
        # a date without a zone is in none that could be known
        return max(0.0, (until - time.now()).total_seconds())
    except (TypeError, ValueError, OverflowError):
        pass
    spoken = _AVAILABLE.search(reply.body)
    return float(spoken[1]) if spoken else None


def doubtful(message: str) -> Failure:
    """
    Take an answer for spoilt on its way: another attempt may help, many won't.
    """
    return Failure(SourceProtocolError(message, retryable=True), attempts=_SOON)


def _refusal(reply: Reply, call: Call, said: str, time: Time) -> Failure:
    status, said = reply.status, _quoted(said)
    wait = retry_after(reply, time)
    if _is_throttled(reply, call):
        guess = wait is None
        if wait is None:
            owed = deficit(reply.headers)
            wait = _UNSAID if owed is None else owed
        error: RetrievalError = ThrottledError(
            f"{call.shown} asks to slow down ({status}){said}",
            retryable=True,
            retry_after=min(wait, _DAY),
        )
        return Failure(error, wait=wait, guess=guess)
    if status == _UNAUTHORIZED or (call.token and 400 <= status < 500 and status not in _GONE):  # noqa: PLR2004  # refusals
        error = NotPermittedError(f"{call.shown} refuses the credentials ({status}){said}")
        return Failure(error, unauthorized=status == _UNAUTHORIZED and not call.token)
    if status == _FORBIDDEN:
        return Failure(NotPermittedError(f"{call.shown} refuses ({status}){said}"))
    if status in _GONE:
        return Failure(SourceNotFoundError(f"{call.shown} isn't there ({status}){said}"))
    error = RetrievalError(
        f"{call.shown} answered {status}{said}",
        retryable=status in _PASSING,
        retry_after=None if wait is None else min(wait, _DAY),
    )
    return Failure(error, wait=wait or 0.0)


def _is_throttled(reply: Reply, call: Call) -> bool:
    if reply.status == _TOO_MANY:
        return True
    # Canvas says it in words; Open edX's token endpoint in a page
    return reply.status == _FORBIDDEN and (
        b"Rate Limit Exceeded" in reply.body[:1000] or (call.token and not is_json(reply))
    )


def _quoted(said: str) -> str:
    return f': "{said}"' if said else ""
