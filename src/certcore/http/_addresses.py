"""
Addresses within one source: whatever it is asked, and wherever it points, stays at its origin.
"""

from __future__ import annotations

import re

from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import SplitResult, quote, unquote, urlencode, urljoin, urlsplit

from attrs import frozen

from certcore.exceptions import SourceNotFoundError, SourceProtocolError


Fields: TypeAlias = Mapping[str, object]
"""Parameters of a query or fields of a form: texts, numbers, yes or no, lists of these; a None is
left out."""

_PORTS = {"http": 80, "https": 443}
_BLANK = re.compile(r"\{(\w+)\}")


@frozen
class Address:
    """
    Where a source is.
    """

    origin: str
    prefix: str
    """The path below which it answers; empty, or with a slash at its beginning only."""

    @classmethod
    def read(cls, base_url: str) -> Address:
        """
        Take an address apart.

        Raises:
            ValueError:
                If a source can't be there. It doesn't show what may be a password.
        """
        parts = _split(base_url)
        if parts is None:
            raise ValueError("an address such as https://campus.example.org is wanted")
        if parts.username is not None or parts.password is not None:
            raise ValueError("an address without name and password is wanted")
        if parts.query or parts.fragment:
            raise ValueError("an address without ? and # is wanted")
        return cls(_origin(parts), parts.path.rstrip("/"))

    def target(self, path: str, inside: Mapping[str, object], params: Fields) -> str:
        """
        Give path and query of a call.

        Args:
            path: Below the base address, with names of what goes into it: `/users/{name}/`.

            inside: What goes into the path.

        Raises:
            certcore.exceptions.SourceNotFoundError:
                If one of these can't be part of a path.
        """
        filled = _BLANK.sub(lambda match: _segment(inside[match[1]]), path)
        query = encode(params)
        return f"{self.prefix}/{filled.lstrip('/')}" + (f"?{query}" if query else "")

    def onward(self, link: str, asked: str) -> str:
        """
        Give path and query of a link that the source gave with an answer, at this origin.

        A source behind a proxy may not know its own address. Another origin is therefore taken for
        this one, if the path is the one that was asked for.

        Raises:
            certcore.exceptions.SourceProtocolError:
                If it leads elsewhere.
        """
        parts = _split(_joined(self.origin + asked, link))
        if parts is None:
            raise SourceProtocolError("a link isn't an address on the web")
        path = parts.path or "/"
        if _origin(parts) != self.origin:
            before = urlsplit(asked).path
            if unquote(path) not in {unquote(before), unquote(before.removeprefix(self.prefix))}:
                raise SourceProtocolError(f"a link leads to another place, {_origin(parts)}")
            path = before
        return f"{path}?{parts.query}" if parts.query else path

    def same_origin(self, link: str, asked: str) -> str | None:
        """
        Give path and query of where an answer sends on to, if it is at this very origin.
        """
        parts = _split(_joined(self.origin + asked, link))
        if parts is None or _origin(parts) != self.origin:
            return None
        return self.onward(link, asked)

    def elsewhere(self, link: str, asked: str) -> str:
        """
        Give the origin that a link leads to, and nothing else of it.
        """
        parts = _split(_joined(self.origin + asked, link))
        return "no address on the web" if parts is None else _origin(parts)


def encode(fields: Fields) -> str:
    """
    Write fields as a query or a form.
    """
    return urlencode([(name, one) for name, value in fields.items() for one in written(value)])


def written(value: object) -> list[str]:
    """
    Give the texts that a value is sent as: several of a list, none of None.
    """
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, (list, tuple, set, frozenset)):
        several: list[object] = [*value]
        return [text for one in several for text in written(one)]
    return [str(value)]


def _segment(value: object) -> str:
    text = str(value)
    if text in {"", ".", ".."}:
        raise SourceNotFoundError(f"nothing can be called {text!r}")
    return quote(text, safe="")


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")  # as it is looked up
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        return None
    return parts


def _origin(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    said = "" if port is None or port == _PORTS[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{host}{said}"
