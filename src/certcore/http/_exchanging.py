"""
One request and its answer, within the limits of time and size.
"""

from __future__ import annotations

import zlib

from collections.abc import Iterator
from typing import cast

import httpx

from certcore.exceptions import RetrievalError, SourceProtocolError
from certcore.http._addresses import Address, encode
from certcore.http._breaking import failed
from certcore.http._calls import Call, Reply
from certcore.http._connecting import refuse_private
from certcore.http._judging import Failure, doubtful
from certcore.http._logins import Signature
from certcore.http._options import HttpOptions
from certcore.http._time import Time


_ERROR_BYTES = 65_536
"""What is read of an answer that says what went wrong."""
_REFUSING = 400
_GZIP = zlib.MAX_WBITS | 16
"""What zlib is told, so that it reads gzip."""


class Exchange:
    """
    Sends requests to one source. Thread-safe.
    """

    def __init__(
        self, transport: httpx.BaseTransport, options: HttpOptions, time: Time, agent: str
    ) -> None:
        self._transport = transport
        self._options = options
        self._time = time
        self._origin = Address.read(options.base_url).origin
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": agent,
        }
        self._extensions: dict[str, object] = {
            "timeout": {
                "connect": options.connect_timeout,
                "read": options.read_timeout,
                "write": options.read_timeout,
                "pool": options.total_timeout,
            }
        }
        if options.forbid_private_addresses:
            self._extensions["trace"] = refuse_private

    def close(self) -> None:
        """
        Close all connections.
        """
        self._transport.close()

    def send(self, call: Call, signature: Signature, headers: dict[str, str]) -> Reply:
        """
        Ask once.

        Raises:
            Failure:
                If there is no answer, or no end to it.
        """
        try:
            request = self._request(call, signature, headers)
            response = self._transport.handle_request(request)
            try:
                return Reply(
                    status=response.status_code,
                    headers=response.headers,
                    body=b"".join(self._body(response, call)),
                )
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            failure = failed(exc, call, self._options)
        except zlib.error:
            failure = doubtful(f"{call.shown} answered with what can't be unpacked")
        except RetrievalError as exc:
            failure = Failure(exc)
        # neither cause nor context: the request with its token is in them
        raise failure

    def _request(self, call: Call, signature: Signature, headers: dict[str, str]) -> httpx.Request:
        said = {**self._headers, **headers, **signature.headers}
        content = None
        if call.form is not None:
            said["Content-Type"] = "application/x-www-form-urlencoded"
            content = encode({**call.form, **signature.fields}).encode("ascii")
        return httpx.Request(
            "GET" if call.form is None else "POST",
            self._origin + call.target,
            headers=said,
            content=content,
            extensions=self._extensions,
        )

    def _body(self, response: httpx.Response, call: Call) -> Iterator[bytes]:
        """
        Give the answer's body, unpacked; of an error's no more than its beginning.
        """
        start = self._time.monotonic()
        refusing = response.status_code >= _REFUSING
        limit = _ERROR_BYTES if refusing else self._options.max_response_bytes
        unpack = zlib.decompressobj(_GZIP) if _is_packed(response, call) else None
        came = given = 0
        for packed in cast("httpx.SyncByteStream", response.stream):
            came += len(packed)
            part = packed if unpack is None else unpack.decompress(packed, limit - given + 1)
            given += len(part)
            if max(came, given) > limit:
                if refusing:
                    return
                raise SourceProtocolError(
                    f"{call.shown} answered with more than {limit} bytes; max_response_bytes "
                    "can be raised, if it has so many to say"
                )
            if self._time.monotonic() - start > self._options.total_timeout:
                raise httpx.ReadTimeout("")
            yield part
        if unpack is not None and came and not unpack.eof:
            raise httpx.ReadError("")


def _is_packed(response: httpx.Response, call: Call) -> bool:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in {"gzip", "x-gzip"}:
        return True
    if encoding in {"", "identity"}:
        return False
    raise SourceProtocolError(f"{call.shown} answered packed as nobody asked for")
