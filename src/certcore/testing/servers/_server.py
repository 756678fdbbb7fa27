"""
A server on a port of this machine, which answers what it was told to.
"""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self, cast

from attrs import define, evolve, field

from certcore.ports import Clock
from certcore.testing.servers._exchange import Exchange, head
from certcore.testing.servers._faults import Fault
from certcore.testing.servers._messages import Answer, Call, Refusal, Request, Route


@define(kw_only=True)
class _Planned:
    """
    A fault, and which of the requests since then it strikes.
    """

    fault: Fault
    on: frozenset[int] | None
    seen: int = field(default=0, init=False)

    def strikes(self) -> bool:
        self.seen += 1
        return self.on is None or self.seen in self.on


class FakeServer:
    """
    Answers on a free port of 127.0.0.1 from when it is entered until it is left.

    What a platform's fake knows is made of frozen values: `server.courses[key] = evolve(course, …)`
    changes it, at any time. Threads may ask it at once.

    Args:
        latency: Seconds that pass before each answer.

        clock: Tells when tokens expire; the machine's own if there is none.
    """

    endpoints: ClassVar[tuple[str, ...]]
    """The names of what it answers, for `fault` and `count`."""

    def __init__(self, *, latency: float = 0.0, clock: Clock | None = None) -> None:
        self.latency = latency
        self.requests: list[Request] = []
        """What it was asked, in order, without credentials."""
        self._clock = clock
        self._lock = threading.Lock()
        self._hanging = threading.Condition()
        self._told = 0
        self._planned: dict[str, list[_Planned]] = {}
        self._before: dict[str, Answer] = {}
        self._broken: Exception | None = None
        self._listener: _Listener | None = None
        self._routes = tuple(self.routes())

    def routes(self) -> Iterable[Route]:
        """
        Give the endpoints; the first whose pattern fits a path answers.
        """
        raise NotImplementedError(f"{type(self).__name__} has to say what it answers: routes")

    def __enter__(self) -> Self:
        self._listener = _Listener(self)
        self._listener.begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        listener, self._listener = self._listener, None
        self.go_on()
        if listener is not None:
            listener.end()
        if kind is None and self._broken is not None:
            raise self._broken

    @property
    def url(self) -> str:
        """
        Where it is, such as `http://127.0.0.1:41237`.
        """
        if self._listener is None:
            raise RuntimeError("the server isn't open: use it in a with statement")
        return f"http://127.0.0.1:{self._listener.server_port}"

    def now(self) -> dt.datetime:
        """
        Tell the time.
        """
        return self._clock.now() if self._clock is not None else dt.datetime.now(dt.UTC)

    def fault(self, endpoint: str, fault: Fault, *, on: int | Collection[int] | None = 1) -> None:
        """
        Let something go wrong.

        Several faults may be set for an endpoint: the first that strikes a request has it.

        Args:
            endpoint: Where; `*` stands for all of them.

            fault: What goes wrong.

            on: With which request from now on: the first one (1), some (`range(2, 5)`), or None,
                which stands for all.
        """
        if endpoint not in {*self.endpoints, "*"}:
            offered = ", ".join(self.endpoints)
            raise ValueError(f"there is no endpoint {endpoint!r}, but: {offered}")
        numbers = frozenset({on}) if isinstance(on, int) else on
        planned = _Planned(fault=fault, on=None if numbers is None else frozenset(numbers))
        with self._lock:
            self._planned.setdefault(endpoint, []).append(planned)

    def heal(self) -> None:
        """
        Let nothing go wrong any more; what hangs goes on.
        """
        with self._lock:
            self._planned.clear()
        self.go_on()

    def go_on(self) -> None:
        """
        End the connections that hang.
        """
        with self._hanging:
            self._told += 1
            self._hanging.notify_all()

    def wait(self) -> None:
        """
        Hang until the server is told to go on.
        """
        with self._hanging:
            since = self._told
            self._hanging.wait_for(lambda: self._told != since or self._listener is None)

    def count(self, endpoint: str | None = None) -> int:
        """
        Count the requests, or those to an endpoint.
        """
        with self._lock:
            return sum(endpoint in {None, each.endpoint} for each in self.requests)

    def counts(self) -> dict[str, int]:
        """
        Count the requests by endpoint.
        """
        with self._lock:
            return dict(Counter(each.endpoint for each in self.requests))

    def forget(self) -> None:
        """
        Forget the requests so far.
        """
        with self._lock:
            self.requests.clear()
            self._before.clear()

    def endpoint(self, route: Route, call: Call) -> str:  # noqa: ARG002  # others need to know
        """
        Give the name of what a call is for.
        """
        return route.endpoint

    def stale(self, call: Call) -> Answer:
        """
        Answer as the platform does to a credential that isn't valid any more.
        """
        raise NotImplementedError(f"{type(self).__name__} has to say what it refuses with: stale")

    def throttled(self, call: Call, status: int) -> Answer:
        """
        Answer as the platform does to too many requests.
        """
        return Answer.text(f"{call.method}: too many requests", status)

    def unknown(self, call: Call) -> Answer:
        """
        Answer to an address that the platform doesn't have.
        """
        return self.page(f"Not found: {call.method}", 404)

    def page(self, title: str, status: int) -> Answer:
        """
        Answer with a page for people.
        """
        return Answer.html(title, status)

    def packed(self, body: bytes) -> Answer:
        """
        Answer with JSON that is packed already.
        """
        return Answer(body=body, headers={"Content-Encoding": "gzip"})

    def moved(self, answer: Answer, call: Call, origin: str) -> Answer:
        """
        Let the links in an answer lead to another origin.
        """
        here, there = call.origin, origin
        headers = {name: value.replace(here, there) for name, value in answer.headers.items()}
        return evolve(
            answer, body=answer.body.replace(here.encode(), there.encode()), headers=headers
        )

    def handle(
        self, call: Call, send: Callable[[bytes], None], close: Callable[[], None]
    ) -> Answer | None:
        """
        Keep a request, and give its answer; None: all that is sent was sent.
        """
        route, call = self._find(call)
        name = self.endpoint(route, call) if route else ""
        with self._lock:
            self.requests.append(call.redacted(name))
            fault = self._striking(name)
            before = self._before.get(name)
        time.sleep(self.latency)
        exchange = Exchange(
            server=self,
            call=call,
            before=before,
            answer=partial(self._answer, route, call),
            send=send,
            close=close,
        )
        answer = exchange.answer() if fault is None else fault.strike(exchange)
        if answer is not None:
            with self._lock:
                self._before[name] = answer
        return answer

    def _find(self, call: Call) -> tuple[Route | None, Call]:
        for route in self._routes:
            match = route.pattern.fullmatch(call.path)
            if match and call.method in route.methods:
                parts = {name: said or "" for name, said in match.groupdict().items()}
                return route, evolve(call, parts=parts)
        return None, call

    def _striking(self, endpoint: str) -> Fault | None:
        planned = [*self._planned.get(endpoint, ()), *self._planned.get("*", ())]
        # each counts the request, though only one of them strikes
        striking = [each.fault for each in planned if each.strikes()]
        return striking[0] if striking else None

    def _answer(self, route: Route | None, call: Call) -> Answer:
        if route is None:
            return self.unknown(call)
        try:
            return route.answer(call)
        except Refusal as refusal:
            return refusal.answer
        except Exception as error:  # noqa: BLE001  # raised again where the server is left
            self._broken = error
            return self.page("Server Error", 500)


class _Listener(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, fake: FakeServer) -> None:
        self.fake = fake
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def begin(self) -> None:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        self.shutdown()
        self._thread.join()
        with self._guard:
            connections = list(self._open)
        for connection in connections:
            close(connection)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that goes away is no news


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:  # the base class' name
        length = int(self.headers.get("Content-Length", 0))
        call = Call(
            method=self.command,
            target=self.path,
            origin=f"http://{self.headers.get('Host', '')}",
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        fake = cast("_Listener", self.server).fake
        answer = fake.handle(call, self._send, self._close)
        if answer is not None:
            self._send(head(answer) + answer.body)

    def do_POST(self) -> None:  # the base class' name
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class' name
        pass

    def _send(self, data: bytes) -> None:
        self.wfile.write(data)

    def _close(self) -> None:
        self.close_connection = True
        close(self.connection)


def close(connection: socket.socket) -> None:
    """
    End a connection that another thread may be reading from.
    """
    with suppress(OSError):  # the other side may have been quicker
        connection.shutdown(socket.SHUT_RDWR)
