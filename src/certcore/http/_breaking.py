"""
What went wrong on the way to a source and back.
"""

from __future__ import annotations

import socket
import ssl

from collections.abc import Iterator

import httpx

from certcore.exceptions import RetrievalError
from certcore.http._calls import Call
from certcore.http._judging import Failure
from certcore.http._options import HttpOptions


_HARMLESS = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""The connection was cut, and TLS was the first to notice."""


def failed(exc: Exception, call: Call, options: HttpOptions) -> Failure:
    """
    Say it without the library's words, which may have a header or a part of an answer in them.
    """
    said, retryable = _said(exc, options)
    return Failure(RetrievalError(f"{call.shown} {said}", retryable=retryable))


def _said(exc: Exception, options: HttpOptions) -> tuple[str, bool]:
    """
    Give what is told, and whether another attempt may help.
    """
    if isinstance(exc, httpx.TimeoutException):
        return _late(exc, options), True
    if isinstance(exc, httpx.ProxyError):
        status = str(exc)[:3]
        return f"can't be reached: the proxy answered {status}", not status.startswith("4")
    if isinstance(exc, (httpx.NetworkError, httpx.RemoteProtocolError)):
        why = next((why for cause in _behind(exc) if (why := _final(cause))), "")
        if why:
            return why, False
        if isinstance(exc, httpx.ConnectError):
            # what the operating system says of an address
            return f"can't be reached: {exc}", True
        return "didn't answer to the end: the connection was cut", True
    return "can't be asked: its address isn't one, or a header has what can't be in one", False


def _late(exc: httpx.TimeoutException, options: HttpOptions) -> str:
    if isinstance(exc, httpx.ConnectTimeout):
        return f"can't be reached: no connection within {options.connect_timeout:g} s"
    if isinstance(exc, httpx.PoolTimeout):
        return "can't be asked: all connections are in use; see max_connections"
    return "took too long to answer; see read_timeout and total_timeout"


def _final(cause: BaseException) -> str:
    """
    Say why no other attempt will do better; empty, if one may.
    """
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"can't be trusted: {cause.verify_message}; see ca_file"
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, _HARMLESS):
        return f"can't be reached: {getattr(cause, 'reason', None) or 'TLS failed'}"
    if isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME:
        return "can't be reached: nobody knows its name; is base_url right?"
    return ""


def _behind(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__
