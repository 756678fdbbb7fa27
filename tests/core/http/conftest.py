"""
A server on the loopback that answers what it is told to, and time that passes at a wish.
"""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from attrs import Factory, define, frozen

from certcore.http import Client, HttpOptions


JSON = ("Content-Type", "application/json")


@frozen
class Asked:
    """
    A request as it came.
    """

    method: str
    target: str
    headers: dict[str, str]
    form: dict[str, str]

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}


@frozen
class Said:
    """
    An answer. Without `length`, as long as its body.
    """

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = None
    wait: threading.Event | None = None
    """Answers no sooner than this is set."""
    parts: tuple[bytes, ...] | None = None
    """Sent one by one, and then cut, if `length` isn't reached."""


@define
class School:
    """
    A scripted server: each path has its answers, the last of which is repeated.
    """

    answers: dict[str, list[Said | Callable[[Asked], Said]]] = Factory(dict)
    asked: list[Asked] = Factory(list)
    address: str = ""
    lock: Any = Factory(threading.Lock)

    def on(self, path: str, *answers: Said | Callable[[Asked], Said]) -> None:
        self.answers[path] = list(answers)

    @staticmethod
    def say(document: object, status: int = 200, **headers: str) -> Said:
        """
        Make an answer of JSON.
        """
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return Said(json.dumps(document).encode(), status, (JSON, *named))

    @staticmethod
    def say_raw(body: bytes, status: int = 200, kind: str = JSON[1], **said: Any) -> Said:
        """
        Make an answer of whatever.
        """
        headers = (("Content-Type", kind), *said.pop("headers", ()))
        return Said(body, status, headers, **said)

    @staticmethod
    def say_packed(body: bytes, status: int = 200, how: str = "gzip", **said: Any) -> Said:
        """
        Make an answer that is packed already.
        """
        return Said(body, status, (JSON, ("Content-Encoding", how)), **said)

    def answer(self, asked: Asked) -> Said:
        with self.lock:
            self.asked.append(asked)
            left = self.answers.get(asked.path, [self.say({"detail": "Not found."}, 404)])
            chosen = left.pop(0) if len(left) > 1 else left[0]
        return chosen if isinstance(chosen, Said) else chosen(asked)

    @property
    def targets(self) -> list[str]:
        return [asked.target for asked in self.asked]


def handler(school: School) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            form = parse_qs(self.rfile.read(size).decode())
            said = school.answer(
                Asked(
                    self.command,
                    self.path,
                    {name.lower(): value for name, value in self.headers.items()},
                    {name: values[-1] for name, values in form.items()},
                )
            )
            if said.wait is not None:
                said.wait.wait(10)
            self.reply(said)

        do_POST = do_CONNECT = do_GET  # noqa: N815  # what http.server calls

        def reply(self, said: Said) -> None:
            parts = (said.body,) if said.parts is None else said.parts
            length = sum(map(len, parts)) if said.length is None else said.length
            self.send_response(said.status)
            for name, value in said.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            for part in parts:
                self.wfile.write(part)
                self.wfile.flush()
            if length != sum(map(len, parts)):
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


class QuietServer(ThreadingHTTPServer):
    """
    Doesn't mind clients that have gone.
    """

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@pytest.fixture
def school() -> Iterator[School]:
    """
    A server that runs.
    """
    made = School()
    server = QuietServer(("127.0.0.1", 0), handler(made))
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@define
class PassingTime:
    """
    Passes when somebody waits, and at once.
    """

    slept: list[float] = Factory(list)
    at: float = 1000.0
    lock: Any = Factory(threading.Lock)

    def monotonic(self) -> float:
        return self.at

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.slept.append(seconds)
            self.at += seconds


@pytest.fixture
def time() -> PassingTime:
    """
    Time that passes when somebody waits.
    """
    return PassingTime()


@pytest.fixture
def ask(school: School, time: PassingTime) -> Iterator[Callable[..., Client]]:
    """
    Make a client of the server; whatever it takes can be said.
    """
    made: list[Client] = []

    def make(authentication: Any = None, **said: Any) -> Client:
        known = {"folder", "examine", "headers", "time"}
        given = {name: said.pop(name) for name in known & set(said)}
        options = HttpOptions(**{"base_url": school.address, **said})
        made.append(Client(options, authentication, **{"time": time, **given}))
        return made[-1]

    yield make
    for client in made:
        client.close()
