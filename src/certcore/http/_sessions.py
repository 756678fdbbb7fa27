"""
What a process has of a source: connections, a pace, a login; and how often a call is tried.
"""

from __future__ import annotations

import logging

from collections.abc import Mapping
from concurrent.futures import Future
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import tenacity

from attrs import evolve

from certcore.exceptions import SourceProtocolError
from certcore.http._addresses import Address, Fields
from certcore.http._calls import Answer, Call, Reply, make_call
from certcore.http._connecting import connect
from certcore.http._exchanging import Exchange
from certcore.http._judging import Examine, Failure, check_kind, read
from certcore.http._logins import Authentication, Signature
from certcore.http._options import HttpOptions
from certcore.http._pace import Pace, deficit
from certcore.http._time import Time, go_on


_LOG = logging.getLogger("certcore.http")
_REDIRECTS = {301, 302, 303, 307, 308}
_HOPS = 5
_LEAST_WAIT = 0.5
_MOST_WAIT = 60.0


class Session:
    """
    Asks a source, again where that may help. Thread-safe; not to be taken along by a fork.
    """

    def __init__(
        self,
        options: HttpOptions,
        authentication: Authentication,
        *,
        folder: Path,
        time: Time,
        examine: Examine,
        headers: Mapping[str, str],
    ) -> None:
        self._options = options
        self._time = time
        self._examine = examine
        self._headers = dict(headers)
        self._address = Address.read(options.base_url)
        agent = f"certcore/{version('certcore')}"
        self._exchange = Exchange(connect(options, folder), options, time, agent)
        self._pace = Pace(options.requests_per_minute, time)
        self._login = authentication.login(self._ask, time)
        self._backoff = tenacity.wait_random_exponential(min=_LEAST_WAIT, max=_MOST_WAIT)
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Failure),
            stop=self._in_vain,
            wait=self._pause,
            sleep=time.sleep,
            before_sleep=self._before_sleep,
            reraise=True,
        )

    def close(self) -> None:
        """
        Close all connections.
        """
        self._exchange.close()

    def call(self, call: Call, kinds: tuple[type[Any], ...]) -> Answer:
        """
        Ask, signed; once more with another token, if this one is refused.

        Raises:
            certcore.exceptions.RetrievalError:
                If there is no answer of that type.
        """
        signature = self._login.sign()
        try:
            return self._persist(call, kinds, signature)
        except Failure as exc:
            failure = exc
        if failure.unauthorized and self._login.renew(signature):
            signature = self._login.sign()
            try:
                return self._persist(call, kinds, signature)
            except Failure as exc:
                failure = exc
        raise failure.error

    def _ask(self, path: str, form: Fields) -> Mapping[str, Any]:
        call = make_call(self._address, path, None, form=form, token=True)
        unsigned = Signature(secrets=(str(form["client_secret"]),))
        try:
            answer = self._persist(call, (dict,), unsigned)
        except Failure as exc:
            error = exc.error
        else:
            document: Mapping[str, Any] = answer.document
            return document
        raise error

    def _persist(self, call: Call, kinds: tuple[type[Any], ...], signature: Signature) -> Answer:
        """
        Try as often as it is worth while.
        """
        return self._retrying(self._attempt, call, kinds, signature)

    def _attempt(self, call: Call, kinds: tuple[type[Any], ...], signature: Signature) -> Answer:
        reply = self._follow(call, signature)
        try:
            answer = read(reply, call, signature.secrets, self._examine, self._time)
            check_kind(answer, call, kinds)
        except SourceProtocolError as exc:
            raise Failure(exc) from None
        owed = deficit(reply.headers)
        if owed:
            self._pace.hold(min(owed, self._options.longest_wait))
        return answer

    def _follow(self, call: Call, signature: Signature) -> Reply:
        """
        Ask, and follow where the source sends on to, as long as it is the source itself.
        """
        for _ in range(_HOPS):
            go_on()
            self._pace.wait()
            reply = self._exchange.send(call, signature, self._headers)
            if reply.status not in _REDIRECTS:
                return reply
            link = reply.headers.get("Location", "")
            target = self._address.same_origin(link, call.target)
            if target is None or call.form is not None:
                where = self._address.elsewhere(link, call.target)
                message = f"{call.shown} sends on to {where} ({reply.status}); is base_url right?"
                raise Failure(SourceProtocolError(message))
            call = evolve(call, target=target)
        raise Failure(SourceProtocolError(f"{call.shown} sends on and on"))

    def _in_vain(self, state: tenacity.RetryCallState) -> bool:
        failure = _failure(state)
        most = min(self._options.attempts, failure.attempts or self._options.attempts)
        return (
            not failure.error.retryable
            or state.attempt_number >= most
            or (not failure.guess and failure.wait > self._options.longest_wait)
        )

    def _pause(self, state: tenacity.RetryCallState) -> float:
        return min(max(self._backoff(state), _failure(state).wait), self._options.longest_wait)

    def _before_sleep(self, state: tenacity.RetryCallState) -> None:
        failure = _failure(state)
        if failure.wait:
            # what one was told holds for all
            self._pace.hold(min(failure.wait, self._options.longest_wait))
        call: Call = state.args[0]
        _LOG.info("%s failed (%s); trying again", call.shown, failure.error.code)


def _failure(state: tenacity.RetryCallState) -> Failure:
    outcome = cast("Future[Any]", state.outcome)
    return cast("Failure", outcome.exception())
