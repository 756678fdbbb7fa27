"""
What can go wrong between a client and a server.
"""

from __future__ import annotations

import time
import zlib

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from attrs import evolve, field, frozen

from certcore.testing.servers._exchange import Exchange, head


if TYPE_CHECKING:
    from certcore.testing.servers._messages import Answer


_CHUNK = 1 << 20


class Fault(Protocol):
    """
    Something that goes wrong with a request.
    """

    def strike(self, exchange: Exchange) -> Answer | None:
        """
        Give what is answered instead; None: nothing more is sent.
        """
        ...


@frozen
class Unauthorized:
    """
    The credential isn't taken any more, in the platform's words.
    """

    def strike(self, exchange: Exchange) -> Answer:
        """
        Refuse the credential.
        """
        return exchange.server.stale(exchange.call)


@frozen
class HtmlPage:
    """
    A page for people in place of data, as a firewall or a proxy gives it.
    """

    status: int = 403

    def strike(self, exchange: Exchange) -> Answer:
        """
        Give the page.
        """
        return exchange.server.page("Sorry, you can't do that", self.status)


@frozen
class Throttled:
    """
    Too many requests, in the platform's words.

    Args:
        retry_after: What the header says, in seconds or as a date; None: there is no header.

        status: Canvas has two: 429, and 403 as of old.
    """

    retry_after: int | str | None = None
    status: int = 429

    def strike(self, exchange: Exchange) -> Answer:
        """
        Refuse the request.
        """
        answer = exchange.server.throttled(exchange.call, self.status)
        if self.retry_after is None:
            return answer
        return evolve(answer, headers={**answer.headers, "Retry-After": str(self.retry_after)})


@frozen
class ServerError:
    """
    The server has trouble of its own, and shows a page for people.
    """

    status: int = 500

    def strike(self, exchange: Exchange) -> Answer:
        """
        Give the page.
        """
        return exchange.server.page("Server Error", self.status)


@frozen
class Hang:
    """
    Nothing is answered until the server is told to go on, or is closed; then the connection ends.
    """

    def strike(self, exchange: Exchange) -> None:
        """
        Wait, and end the connection.
        """
        exchange.server.wait()
        exchange.cut(b"")


@frozen
class Delay:
    """
    The answer comes later, by so many seconds.
    """

    seconds: float

    def strike(self, exchange: Exchange) -> Answer:
        """
        Wait, and answer.
        """
        time.sleep(self.seconds)
        return exchange.answer()


@frozen
class CutOff:
    """
    The connection ends in the middle of the body, or before anything was sent.

    Args:
        after: The part of the body that arrives; None: not even the status does.
    """

    after: float | None = 0.5

    def strike(self, exchange: Exchange) -> None:
        """
        Send a part, and end the connection.
        """
        if self.after is None:
            exchange.cut(b"")
            return
        answer = exchange.answer()
        exchange.cut(head(answer) + answer.body[: int(len(answer.body) * self.after)])


@frozen
class GzipBomb:
    """
    Little to send, and much to unpack: an empty list after very many spaces.

    Args:
        size: How many bytes it unpacks to.
    """

    size: int = 1 << 30

    def strike(self, exchange: Exchange) -> Answer:
        """
        Give what is packed.
        """
        return exchange.server.packed(_packed_spaces(self.size))


@frozen
class InvalidJson:
    """
    The body ends too early, though the connection doesn't.
    """

    def strike(self, exchange: Exchange) -> Answer:
        """
        Give half of the answer.
        """
        answer = exchange.answer()
        return evolve(answer, body=answer.body[: max(1, len(answer.body) // 2)])


@frozen
class WrongShape:
    """
    Valid JSON that is something else.
    """

    value: Any = field(factory=lambda: {"unexpected": [1, 2, 3]})

    def strike(self, exchange: Exchange) -> Answer:
        """
        Give the value.
        """
        return exchange.answer().saying(self.value)


@frozen
class Altered:
    """
    The platform's answer, changed by a function: a row left out, 83 in the place of 0.83.
    """

    change: Callable[[Any], Any]

    def strike(self, exchange: Exchange) -> Answer:
        """
        Give the changed answer.
        """
        answer = exchange.answer()
        return answer.saying(self.change(answer.value()))


@frozen
class Repeated:
    """
    What the endpoint's request before was answered, once more: its link to a next page as well.
    """

    def strike(self, exchange: Exchange) -> Answer:
        """
        Give the answer before.
        """
        return exchange.before or exchange.answer()


@frozen
class Elsewhere:
    """
    Links in the answer lead to another server.

    Args:
        origin: Where to; the `url` of another fake shows whether a credential arrives there.
    """

    origin: str = "http://elsewhere.invalid"

    def strike(self, exchange: Exchange) -> Answer:
        """
        Give the answer with other links.
        """
        return exchange.server.moved(exchange.answer(), exchange.call, self.origin)


def _packed_spaces(size: int) -> bytes:
    # each chunk ends in a full flush, and so can stand after itself: it is packed only once
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    spaces = b" " * _CHUNK
    chunk = packer.compress(spaces) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    times, rest = divmod(size - 2, _CHUNK)
    tail = b" " * rest + b"[]"
    crc = 0
    for _ in range(times):
        crc = zlib.crc32(spaces, crc)
    crc = zlib.crc32(tail, crc)
    packed = chunk * times + packer.compress(tail) + packer.flush()
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return head + packed + crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
