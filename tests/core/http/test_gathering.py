"""
Several calls at once: in order, in bounded memory, and ended by the first that fails.
"""

from __future__ import annotations

import functools
import itertools
import signal
import threading

import pytest

from certcore.exceptions import RetrievalError
from certcore.http import SystemTime, gather


def test_results_come_in_the_order_of_the_calls() -> None:
    """
    Though the first is ready last.
    """
    last = threading.Event()

    def wait_for_the_last() -> int:
        assert last.wait(10)
        return 0

    def be_last() -> int:
        last.set()
        return 2

    assert [0, 1, 2] == list(gather([wait_for_the_last, lambda: 1, be_last], threads=3))


def test_as_many_at_once_as_said() -> None:
    """
    All of them, and no more.
    """
    together = threading.Barrier(4, timeout=10)

    found = list(gather([together.wait] * 12, threads=4))

    assert sorted(list(range(4)) * 3) == sorted(found)
    assert not any(t.name.startswith("certcore-http") for t in threading.enumerate())


def test_one_at_a_time_needs_no_thread() -> None:
    """
    And begins a call when its result is wanted.
    """
    begun = []
    calls = [functools.partial(begun.append, n) for n in range(3)]

    results = gather(calls, threads=1)
    next(results)

    assert [0] == begun
    assert [None, None] == list(results)


def test_calls_are_taken_as_they_are_needed() -> None:
    """
    There may be a million of them: few are ahead of what was given.
    """
    taken = itertools.count()
    calls = ((lambda n=n: n) for n in taken)
    results = gather(calls, threads=3)

    assert list(range(100)) == [next(results) for _ in range(100)]
    results.close()
    assert next(taken) <= 100 + 6 + 1


def test_the_first_that_fails_ends_it() -> None:
    """
    What comes before it is given; few others are begun.
    """
    begun = []

    def call(n: int) -> int:
        begun.append(n)
        if n == 2:
            raise RetrievalError("no")
        return n

    results = gather((functools.partial(call, n) for n in range(1000)), threads=4)

    assert [0, 1] == [next(results), next(results)]
    with pytest.raises(RetrievalError, match="no"):
        next(results)
    assert len(begun) <= 20


def test_earlier_calls_come_to_their_end() -> None:
    """
    A later one that fails sooner doesn't take their results away.
    """
    failed = threading.Event()

    def slow() -> str:
        assert failed.wait(10)
        return "given"

    def fails() -> str:
        failed.set()
        raise RetrievalError("no")

    results = gather([slow, fails, *[lambda: "more"] * 50], threads=2)

    assert "given" == next(results)
    with pytest.raises(RetrievalError, match="no"):
        next(results)


def test_who_waits_for_another_attempt_is_woken(school, ask) -> None:
    """
    Nobody waits for what nobody wants.
    """
    asked = threading.Event()

    def throttle(_):
        asked.set()
        return school.say({}, 429, Retry_After="3000")

    def fails() -> None:
        assert asked.wait(10)
        raise RetrievalError("no")

    school.on("/x", throttle)
    client = ask(time=SystemTime(), longest_wait=3600)

    with pytest.raises(RetrievalError, match="no"):
        list(gather([fails, lambda: client.get_json("/x")], threads=2))

    assert not any(t.name.startswith("certcore-http") for t in threading.enumerate())


def test_who_has_not_begun_does_not() -> None:
    """
    A caller who wants no more leaves calls behind.
    """
    begun = []

    def call(n: int) -> int:
        begun.append(n)
        return n

    def calls():
        for n in range(100):
            yield functools.partial(call, n)

    results = gather(calls(), threads=2)
    next(results)
    results.close()

    assert len(begun) <= 4


def test_an_interrupt_wakes_who_waits(school, ask) -> None:
    """
    As somebody presses Ctrl-C while the platform has asked for an hour.
    """

    def interrupt(_):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        return school.say({}, 429, Retry_After="3000")

    school.on("/x", interrupt)
    client = ask(time=SystemTime(), longest_wait=3600)

    with pytest.raises(KeyboardInterrupt):
        list(gather([lambda: client.get_json("/x")], threads=2))

    assert not any(t.name.startswith("certcore-http") for t in threading.enumerate())


def test_an_interrupt_between_calls_ends_it() -> None:
    """
    It is passed on, and no thread is left behind.
    """
    begun = []

    def calls():
        for n in range(100):
            if n == 5:
                raise KeyboardInterrupt
            yield functools.partial(begun.append, n)

    with pytest.raises(KeyboardInterrupt):
        list(gather(calls(), threads=2))

    assert len(begun) <= 5
    assert not any(t.name.startswith("certcore-http") for t in threading.enumerate())


def test_time_passes() -> None:
    """
    The machine's, where nothing else is said.
    """
    time = SystemTime()

    before = time.monotonic()
    time.sleep(0.002)

    assert time.monotonic() > before
    assert 0 == time.now().utcoffset().total_seconds()


def test_waits_in_threads_come_to_their_end() -> None:
    """
    As long as nobody stops them.
    """
    wait = functools.partial(SystemTime().sleep, 0.002)

    assert [None] * 3 == list(gather([wait] * 3, threads=2))
