"""
Whatever goes wrong ends in the right error, after as many attempts as are worth while.
"""

from __future__ import annotations

import pickle
import threading

import pytest

from certcore.exceptions import (
    NotPermittedError,
    RetrievalError,
    ThrottledError,
)
from certcore.http import BearerToken, SystemTime


YEAR = 31_536_000


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 520, 529])
def test_what_passes_is_waited_for(school, ask, time, status: int) -> None:
    """
    The platform has its moment, and nobody notices.
    """
    school.on("/x", school.say({}, status), school.say({}, status), school.say({"a": 1}))

    assert {"a": 1} == ask().get_json("/x")
    assert 3 == len(school.asked)
    assert 2 == len(time.slept)


def test_waits_grow_and_differ(school, ask, time) -> None:
    """
    Many clients that failed together don't come back together, nor at once.
    """
    school.on("/x", school.say({"detail": "sorry"}, 500))

    for _ in range(3):
        with pytest.raises(RetrievalError, match='/x answered 500: "sorry"') as caught:
            ask(attempts=8).get_json("/x")

    assert caught.value.retryable
    assert 24 == len(school.asked)
    waits = [time.slept[run * 7 : run * 7 + 7] for run in range(3)]
    assert all(0.5 <= wait <= 2**place for run in waits for place, wait in enumerate(run))
    assert len({tuple(run) for run in waits}) == 3
    assert sum(sum(run[4:]) for run in waits) > sum(sum(run[:3]) for run in waits)


@pytest.mark.parametrize(
    "status,kind",
    [
        (400, RetrievalError),
        (401, NotPermittedError),
        (403, NotPermittedError),
        (405, RetrievalError),
        (418, RetrievalError),
        (501, RetrievalError),
        (505, RetrievalError),
    ],
)
def test_what_stays_is_not_tried_again(school, ask, time, status: int, kind: type) -> None:
    """
    Once is enough.
    """
    school.on("/x", school.say({}, status))

    with pytest.raises(RetrievalError, match=str(status)) as caught:
        ask(BearerToken("t0ken")).get_json("/x")

    assert kind is type(caught.value)
    assert not caught.value.retryable
    assert (1, []) == (len(school.asked), time.slept)


@pytest.mark.parametrize(
    "said,seconds",
    [
        ("7", 7),
        (" 7.5 ", 7.5),
        ("0", 0),
        ("Wed, 01 Jul 2026 12:00:42 GMT", 42),
        ("Wed, 01 Jul 2026 11:00:00 GMT", 0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_source_says_how_long_to_wait(school, ask, said, seconds, status: int) -> None:
    """
    In seconds, or until when; and longer, if so many attempts have failed.
    """
    school.on("/x", school.say({}, status, Retry_After=said), school.say({}))

    client = ask()
    client.get_json("/x")

    (waited,) = client._time.slept
    assert max(seconds, 0.5) <= waited <= max(seconds, 1)


@pytest.mark.parametrize(
    "said", ["", "soon", "-3", "1e9", "9" * 30, "Wed, 01 Jul 2026 12:00:42", "Mon, 99 Foo 2026"]
)
def test_a_source_that_says_nothing_of_use(school, ask, time, said: str) -> None:
    """
    Half a minute is what Open edX's throttle takes to forget.
    """
    school.on("/x", school.say({}, 429, Retry_After=said), school.say({}))

    ask().get_json("/x")

    assert [30] == time.slept


def test_open_edx_says_it_in_words(school, ask, time) -> None:
    """
    Some of its views lose the header on the way.
    """
    words = "Request was throttled. Expected available in 43 seconds."
    school.on("/x", school.say({"developer_message": words}, 429), school.say({}))

    ask().get_json("/x")

    assert [43] == time.slept


def test_nobody_waits_for_a_year(school, ask, time) -> None:
    """
    A later run may be lucky; a day is the longest that is believed.
    """
    school.on("/x", school.say({}, 429, Retry_After=str(YEAR)))

    with pytest.raises(ThrottledError, match=r"/x asks to slow down \(429\)") as caught:
        ask().get_json("/x")

    assert (True, 86_400) == (caught.value.retryable, caught.value.retry_after)
    assert (1, []) == (len(school.asked), time.slept)


def test_nobody_waits_for_a_year_that_is_a_date(school, ask, time) -> None:
    """
    As with seconds, and whatever the status.
    """
    school.on("/x", school.say({}, 503, Retry_After="Thu, 01 Jul 2027 12:00:00 GMT"))

    with pytest.raises(RetrievalError, match="/x answered 503") as caught:
        ask().get_json("/x")

    assert (True, 86_400) == (caught.value.retryable, caught.value.retry_after)
    assert (1, []) == (len(school.asked), time.slept)


def test_waits_have_a_ceiling(school, ask, time) -> None:
    """
    What nobody has asked for is never longer than the operator wants.
    """
    school.on("/x", school.say({}, 429))

    with pytest.raises(ThrottledError):
        ask(longest_wait=2, attempts=4).get_json("/x")

    assert [2, 2, 2] == time.slept


def test_canvas_says_forbidden_and_means_slowly(school, ask, time) -> None:
    """
    Its header says how much is left, of which ten come back in a second.
    """
    limit = school.say_raw(
        b"403 Forbidden (Rate Limit Exceeded)",
        403,
        kind="text/plain",
        headers=(("X-Rate-Limit-Remaining", "0.0"), ("X-Request-Cost", "20")),
    )
    school.on("/x", limit, school.say({}))

    ask().get_json("/x")

    assert [12] == time.slept


def test_canvas_is_asked_slowly_before_it_refuses(school, ask, time) -> None:
    """
    What is left is kept for others, and everybody waits, not only who was told.
    """
    school.on(
        "/x",
        school.say({}, X_Rate_Limit_Remaining="600", X_Request_Cost="1.5"),
        school.say({}, X_Rate_Limit_Remaining="70.5", X_Request_Cost="0.5"),
        school.say({}, X_Rate_Limit_Remaining="inf"),
        school.say({}, X_Rate_Limit_Remaining="what"),
        school.say({}, X_Rate_Limit_Remaining="-1e300"),
        school.say({}),
    )
    client = ask(longest_wait=60)

    for _ in range(6):
        client.get_json("/x")

    assert [3, 60] == time.slept


def test_what_one_is_told_holds_for_all(school, ask, time) -> None:
    """
    While one call waits, no other one is sent.
    """
    school.on("/x", school.say({}, 429, Retry_After="50"), school.say({}))
    school.on("/y", school.say({}))
    asked_meanwhile = []

    class Meanwhile(type(time)):
        def sleep(self, seconds: float) -> None:
            if not asked_meanwhile:
                asked_meanwhile.append("/y")
                client.get_json("/y")
            super().sleep(seconds)

    passing = Meanwhile()
    client = ask(time=passing)
    client.get_json("/x")

    assert ["/x", "/y", "/x"] == school.targets
    assert 50 == passing.slept[0]


def test_no_more_than_so_many_a_minute(school, ask, time) -> None:
    """
    Each attempt counts, as it does for the platform; a minute later there is room again.
    """
    school.on("/x", school.say({}, 500, Retry_After="1"), school.say({}))
    client = ask(requests_per_minute=3)

    for _ in range(7):
        client.get_json("/x")

    assert [1, 59, 1, 59, 1] == time.slept
    assert 8 == len(school.asked)


def test_too_slow(school, ask, time) -> None:
    """
    The platform doesn't answer at all.
    """
    never = threading.Event()
    school.on("/x", school.say_raw(b"{}", wait=never))

    with pytest.raises(RetrievalError, match="/x took too long to answer") as caught:
        ask(read_timeout=0.05, attempts=2).get_json("/x")

    never.set()
    assert caught.value.retryable
    assert 2 == len(school.asked)
    assert caught.value.__context__ is None


def test_too_slow_altogether(school, ask) -> None:
    """
    It never stops to answer, a little at a time.
    """

    class Late(SystemTime):
        at = 0.0

        def monotonic(self) -> float:
            self.at += 1
            return self.at

    school.on("/x", school.say_raw(b"", parts=(b"[", b"1", b"]")))

    with pytest.raises(RetrievalError, match="see read_timeout and total_timeout"):
        ask(total_timeout=0.5, attempts=1, time=Late()).get_json("/x")


def test_cut_in_the_middle(school, ask) -> None:
    """
    Half an answer is none, though what came may be read.
    """
    cut = school.say_raw(b'{"a": 1}', length=1000)
    school.on("/x", cut, school.say({"a": 2}))
    school.on("/y", cut)

    assert {"a": 2} == ask().get_json("/x")
    with pytest.raises(RetrievalError, match="/y didn't answer to the end") as caught:
        ask(attempts=2).get_json("/y")
    assert caught.value.retryable


def test_errors_survive_the_way_between_processes(school, ask) -> None:
    """
    With what is known of trying again.
    """
    school.on("/x", school.say({}, 429, Retry_After=str(YEAR)))

    with pytest.raises(ThrottledError) as caught:
        ask().get_json("/x")

    there = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own bytes
    assert (str(caught.value), 86_400) == (str(there), there.retry_after)
