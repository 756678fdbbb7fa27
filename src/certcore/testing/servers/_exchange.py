"""
One request and its answer, with what goes wrong between them.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from attrs import frozen

from certcore.testing.servers._messages import Answer, Call


if TYPE_CHECKING:
    from certcore.testing.servers._server import FakeServer


@frozen(kw_only=True)
class Exchange:
    """
    What a fault works on.

    Args:
        server: The server that was asked.

        call: What it was asked.

        before: What the endpoint answered the time before, if there was one.

        answer: Gives what the server answers when nothing goes wrong.

        send: Writes bytes as they are.

        close: Ends the connection at once.
    """

    server: FakeServer
    call: Call
    before: Answer | None
    answer: Callable[[], Answer]
    send: Callable[[bytes], None]
    close: Callable[[], None]

    def cut(self, data: bytes) -> None:
        """
        Send these bytes and end the connection.
        """
        self.send(data)
        self.close()


def head(answer: Answer) -> bytes:
    """
    Give the first lines of an answer, which promise the whole body.
    """
    lines = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"Content-Type: {answer.media_type}",
        f"Content-Length: {len(answer.body)}",
        *(f"{name}: {value}" for name, value in answer.headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
