"""
A server that goes away in the middle of something, and comes back.
"""

from __future__ import annotations

import re
import select
import socket
import threading

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from certcore.domain import Status
from certcore.exceptions import LedgerError
from certcore.ledgers import SqlOptions
from certcore.ledgers._sql import open_ledger
from certcore.testing.contracts._samples import (
    LATER,
    NOW,
    award,
    candidate,
    lease,
    message,
    record,
    result,
)


# at the end of what is said: isolation levels are called COMMITTED
COMMIT = rb"COMMIT\0?$"


class Line:
    """
    The line to a server, which can be cut.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self.port = 0
        self.cut_at = b""
        """What a client says, as a pattern, when it is cut off; once."""
        self.heard = False
        """Whether the server still hears it, and answers into the void."""
        self._open: list[socket.socket] = []
        self._listening: socket.socket | None = None

    def up(self) -> None:
        """
        Let clients connect.
        """
        self._listening = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def down(self) -> None:
        """
        Cut all connections, and refuse new ones.
        """
        assert self._listening is not None
        # a thread that waits in accept() doesn't notice a mere close
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(self._server)
                self._open += [client, server]
                threading.Thread(target=self._serve, args=(client, server), daemon=True).start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError, ValueError), client, server:
            while True:
                (heard, *_), _, _ = select.select([client, server], [], [])
                said = heard.recv(65536)
                if not said:
                    break
                if heard is server:
                    client.sendall(said)
                elif self.cut_at and re.search(self.cut_at, said):
                    self.cut_at = b""
                    if self.heard:
                        server.sendall(said)
                        # what it answers is kept from the client
                        server.recv(65536)
                    break
                else:
                    server.sendall(said)


@pytest.fixture
def line(server_url):
    """
    A line to the server of a test's own.
    """
    at = urlsplit(server_url)
    line = Line(str(at.hostname), int(at.port or 0))
    line.up()
    yield line
    line.down()


@pytest.fixture
def ledger(line, server_url):
    """
    A ledger at the end of that line.
    """
    at = urlsplit(server_url)
    there = at._replace(netloc=f"{at.netloc.rpartition(':')[0]}:{line.port}")
    # what is said on the line is listened to
    plain = "sslmode=disable" if at.scheme == "postgresql" else ""
    ledger = open_ledger(SqlOptions(url=there._replace(query=plain).geturl()), Path())
    yield ledger
    ledger.close()


@pytest.fixture
def somebody(request):
    """
    A learner of the test's own.
    """
    return candidate(request.node.name)


def test_it_comes_back(line, ledger, somebody):
    """
    While it is away that is said, by place and never by whom; then the next call works.
    """
    (id_,) = award(ledger, somebody)

    line.down()
    with pytest.raises(LedgerError) as caught:
        ledger.get(id_)
    line.up()

    place = f"127.0.0.1:{line.port}/{ledger._engine.url.database}"
    assert str(caught.value) == (
        f"the ledger {place} can't be reached: is its server running, and are host and port right?"
    )
    assert caught.value.retryable
    assert ledger.get(id_).id == id_


def test_lost_in_mid_transaction(line, ledger, somebody):
    """
    Nothing was written, that is said, and the next call does it.
    """
    line.cut_at = b"certcore_history"

    with pytest.raises(LedgerError, match="was lost; nothing was written, try again") as caught:
        award(ledger, somebody)

    assert caught.value.retryable
    assert ledger.held([somebody.identity]) == {}
    assert [each.kind for each in ledger.award([somebody], run=None, actor="t", now=NOW)] == ["new"]


@pytest.mark.parametrize("heard", [False, True])
def test_in_doubt(line, ledger, somebody, *, heard):
    """
    Lost while it is committed, an award may have been kept or not: it is said, and once is enough.
    """
    line.heard = heard
    line.cut_at = COMMIT

    with pytest.raises(LedgerError, match="whether it was kept isn't known") as caught:
        award(ledger, somebody)

    (again,) = ledger.award([somebody], run=None, actor="t", now=NOW)
    assert caught.value.retryable
    assert again.kind == ("refreshed" if heard else "new")


@pytest.mark.parametrize("heard", [False, True])
def test_a_lease_in_doubt_is_settled(line, ledger, somebody, *, heard):
    """
    Whether the server heard it or not: the certificate is leased, once.
    """
    (id_,) = award(ledger, somebody)
    line.heard = heard
    line.cut_at = COMMIT

    leased = lease(ledger, id_)

    assert line.cut_at == b""
    assert (leased.certificate.id, leased.fence, leased.certificate.attempts) == (id_, 1, 1)


@pytest.mark.parametrize("heard", [False, True])
def test_a_record_in_doubt_is_settled(line, ledger, somebody, *, heard):
    """
    Whether the server heard it or not: the file is recorded, once, and one message is opened.
    """
    (id_,) = award(ledger, somebody)
    leased = lease(ledger, id_)
    line.heard = heard
    line.cut_at = COMMIT

    won = record(ledger, result(leased))

    assert line.cut_at == b""
    assert won == [True]
    assert ledger.get(id_).status is Status.ISSUED
    assert [entry.verb for entry in ledger.history(id_)] == ["award", "record"]
    assert message(ledger, ledger.get(id_)).attempts == 0


@pytest.mark.parametrize("heard", [False, True])
def test_a_record_in_doubt_may_have_been_lost(line, ledger, somebody, *, heard):
    """
    Whoever came too late is told so, cut off or not.
    """
    (id_,) = award(ledger, somebody)
    leased = lease(ledger, id_)
    ledger.cancel(id_, reason="", actor="tests", now=NOW)
    line.heard = heard
    line.cut_at = COMMIT

    assert record(ledger, result(leased)) == [False]


def test_a_renewal_in_doubt_is_settled(line, ledger, somebody):
    """
    More time is given, whoever was cut off.
    """
    (id_,) = award(ledger, somebody)
    leased = lease(ledger, id_)
    line.cut_at = COMMIT

    assert ledger.renew({id_: leased.fence}, until=LATER) == {id_}
    assert line.cut_at == b""
