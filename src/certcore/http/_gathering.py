"""
Several calls at once, where a platform wants one for each learner.
"""

from __future__ import annotations

import threading

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from certcore.http._time import STOP, go_on


_T = TypeVar("_T")


def gather(calls: Iterable[Callable[[], _T]], *, threads: int) -> Generator[_T]:
    """
    Give the result of each call, in the order of the calls, with some of them under way at once.

    Calls are taken from the iterable as they are needed, and few results wait for their turn:
    memory doesn't grow with how many there are. The first call that fails, in their order, ends
    it: no other is begun, what waits for another attempt is woken, what is under way is waited for.
    So does an interrupt, and a caller who wants no more.

    Args:
        calls: Each takes no arguments: `functools.partial(client.get_json, "/users/{id}", …)`.

        threads: How many are under way at once; with one, no thread is started.

    .. versionadded:: 0.1
    """
    if threads == 1:
        for call in calls:
            yield call()
        return
    stop, failed = threading.Event(), threading.Event()

    def run(call: Callable[[], _T]) -> _T:
        STOP.set(stop)  # the threads are ours, and so is their context
        try:
            go_on()
            return call()
        except BaseException:
            failed.set()
            raise

    ahead = deque[Future[_T]]()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="certcore-http")
    try:
        for call in calls:
            ahead.append(pool.submit(run, call))
            if failed.is_set():
                break
            if len(ahead) == 2 * threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
