"""
A server in a process of its own, so that its work isn't counted with the client's.
"""

from __future__ import annotations

import multiprocessing

from collections.abc import Callable, Generator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from certcore.testing.servers._server import FakeServer


@contextmanager
def apart(make: Callable[[], FakeServer]) -> Generator[str, None, None]:
    """
    Give the address of a server that runs in another process, until the block is left.

    Args:
        make: Makes the server, there, and so has to be something that can be pickled:
            `partial(OpenEdxServer, courses=[…])`, or a function that can be imported.

    Raises:
        RuntimeError: If it can't be made; the process has written why.
    """
    # a fresh interpreter: one that was split off would bring its parent's threads and locks
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(make, there), daemon=True)
    process.start()
    # the other end is the process' own now: if that dies, nobody waits for its address
    there.close()
    try:
        yield _address(here)
    finally:
        here.close()
        process.join()
        process.close()


def _address(pipe: Connection) -> str:
    try:
        return str(pipe.recv())
    except EOFError:
        raise RuntimeError("the server wasn't made: its process has written why") from None


def _serve(make: Callable[[], FakeServer], pipe: Connection) -> None:
    with make() as server, pipe:
        pipe.send(server.url)
        try:
            pipe.recv()
        except EOFError:
            return
