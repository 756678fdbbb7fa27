"""
How to show a source who is asking.
"""

from __future__ import annotations

import base64
import threading

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from attrs import field, frozen

from certcore.config import SecretRef
from certcore.exceptions import ConfigurationError, Problem, SourceProtocolError
from certcore.http._addresses import Fields
from certcore.http._time import Time


Secret: TypeAlias = SecretRef | str
"""Where a secret is, or the secret itself, where a program has it from elsewhere."""


def reveal(secret: Secret) -> str:
    """
    Read a secret that goes into a header.

    Raises:
        certcore.exceptions.ConfigurationError:
            If it isn't there, or can't be in a header. It isn't shown.
    """
    text = secret.reveal() if isinstance(secret, SecretRef) else secret
    if not text or not text.isascii() or not text.isprintable():
        named = f" in {secret}" if isinstance(secret, SecretRef) else ""
        why = "is empty" if not text else "has characters that no token has"
        raise ConfigurationError([Problem("", f"the secret{named} {why}")])
    return text


@frozen
class Signature:
    """
    What is added to a request, so that the source knows who asks.
    """

    headers: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    fields: Mapping[str, str] = field(factory=dict[str, str], repr=False)
    """Of a form."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What no message may show."""


class Login(Protocol):
    """
    Signs requests. Thread-safe; each process has its own.
    """

    def sign(self) -> Signature:
        """
        Give what is added to the next request.
        """
        ...

    def renew(self, refused: Signature) -> bool:
        """
        Drop a signature that the source has refused with 401; tell whether to try with another.
        """
        ...


Ask: TypeAlias = Callable[[str, Fields], Mapping[str, Any]]
"""Posts a form with a `client_secret`, unsigned, and gives the object that is answered."""


class Authentication(Protocol):
    """
    Says how to sign; shared by all processes.
    """

    def login(self, ask: Ask, time: Time) -> Login:
        """
        Begin in a process. Nothing is asked yet.
        """
        ...


class _Static(ABC):
    """
    Signs with what doesn't change but where it is kept.
    """

    def login(self, ask: Ask, time: Time) -> Login:
        """
        Begin in a process. Nothing is asked.
        """
        del ask, time
        return self

    @abstractmethod
    def sign(self) -> Signature:
        """
        Give what is added to the next request.
        """
        ...

    def renew(self, refused: Signature) -> bool:
        """
        Tell that there is nothing to renew.
        """
        del refused
        return False


@frozen
class Anonymous(_Static):
    """
    Says nothing.
    """

    def sign(self) -> Signature:
        """
        Give nothing to be added.
        """
        return Signature()


@frozen
class BearerToken(_Static):
    """
    A token that somebody has made at the platform (Canvas).
    """

    token: Secret = field(repr=False)
    prefix: str = "Bearer"

    def sign(self) -> Signature:
        """
        Give the header with the token.
        """
        token = reveal(self.token)
        return Signature({"Authorization": f"{self.prefix} {token}"}, secrets=(token,))


@frozen
class FormToken(_Static):
    """
    A token that goes into each form (Moodle), and so into no log of addresses.
    """

    token: Secret = field(repr=False)
    name: str = "wstoken"

    def sign(self) -> Signature:
        """
        Give the field with the token.
        """
        token = reveal(self.token)
        return Signature(fields={self.name: token}, secrets=(token,))


@frozen
class BasicLogin(_Static):
    """
    Name and password (an LRS).
    """

    username: str
    password: Secret = field(repr=False)

    def sign(self) -> Signature:
        """
        Give the header with both.
        """
        password = reveal(self.password)
        both = base64.b64encode(f"{self.username}:{password}".encode()).decode("ascii")
        return Signature({"Authorization": f"Basic {both}"}, secrets=(password, both))


@frozen(kw_only=True)
class ClientCredentials:
    """
    OAuth 2.0 for programs: a token is asked for with id and secret, and kept while it is good.

    One that the source refuses is asked for anew, once for each call that was refused, and not if
    the refused one is itself new.
    """

    client_id: str
    client_secret: Secret = field(repr=False)
    path: str = "/oauth2/access_token/"
    token_type: str = "jwt"  # noqa: S105  # a kind of token
    """What is asked for; empty: what the platform gives by itself."""
    scope: str = ""
    prefix: str = ""
    """What stands before the token; else `JWT` or `Bearer`, as the platform says what it is."""

    def login(self, ask: Ask, time: Time) -> Login:
        """
        Begin in a process. The first token is asked for when it is needed.
        """
        return _Tokens(self, ask, time)


_YOUNG = 60.0
_UNSAID = 300.0


@frozen
class _Token:
    signature: Signature
    since: float
    until: float
    renewed: bool
    """Whether it was asked for because another one was refused."""


class _Tokens:
    def __init__(self, credentials: ClientCredentials, ask: Ask, time: Time) -> None:
        self._credentials = credentials
        self._ask = ask
        self._time = time
        self._lock = threading.Lock()
        self._token: _Token | None = None
        self._renewing = False

    def sign(self) -> Signature:
        with self._lock:  # who comes second waits for the token of who came first
            if self._token is None or self._time.monotonic() >= self._token.until:
                self._token = self._fetch()
                self._renewing = False
            return self._token.signature

    def renew(self, refused: Signature) -> bool:
        with self._lock:
            if self._token is None or self._token.signature is not refused:
                return True  # somebody else has renewed it
            if self._token.renewed and self._time.monotonic() < self._token.since + _YOUNG:
                return False
            self._token = None
            self._renewing = True
            return True

    def _fetch(self) -> _Token:
        said = self._credentials
        secret = reveal(said.client_secret)
        answer = self._ask(
            said.path,
            {
                "grant_type": "client_credentials",
                "client_id": said.client_id,
                "client_secret": secret,
                "token_type": said.token_type or None,
                "scope": said.scope or None,
            },
        )
        token = answer.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise SourceProtocolError(f"{said.path} gives no access_token")
        kind = str(answer.get("token_type", "")).lower()
        prefix = said.prefix or ("JWT" if kind == "jwt" else "Bearer")
        now = self._time.monotonic()
        return _Token(
            Signature({"Authorization": f"{prefix} {token}"}, secrets=(token, secret)),
            now,
            now + _lifetime(answer.get("expires_in")),
            self._renewing,
        )


def _lifetime(said: object) -> float:
    """
    Give the seconds a token is used, somewhat less than the platform says.
    """
    good = isinstance(said, (int, float)) and not isinstance(said, bool) and said > 0
    seconds = float(said) if good else _UNSAID  # type: ignore[arg-type]  # seen above
    return seconds - min(60.0, seconds / 10)
