"""
How long an answer is, packed and unpacked: it is read no further than it may be.
"""

from __future__ import annotations

import gzip
import zlib

import pytest

from certcore.exceptions import NotPermittedError, RetrievalError, SourceProtocolError


def test_packed_answers_are_unpacked(school, ask) -> None:
    """
    As it was asked for.
    """
    school.on("/x", school.say_packed(gzip.compress(b'{"a": 1}')))
    school.on("/y", school.say_packed(gzip.compress(b'{"a": 1}'), how="X-GZIP"))
    school.on("/z", school.say_packed(b'{"a": 1}', how="identity"))

    assert [{"a": 1}] * 3 == [ask().get_json(path) for path in ("/x", "/y", "/z")]


def test_an_empty_answer_may_be_called_packed(school, ask) -> None:
    """
    Some servers do that.
    """
    school.on("/x", school.say_packed(b""))

    assert None is ask().find_json("/x")


def test_packed_answers_that_end_too_early(school, ask) -> None:
    """
    The length is right, and the end is missing: a proxy was in a hurry.
    """
    school.on("/x", school.say_packed(gzip.compress(b'{"a": 1}' + b" " * 9999)[:-9]))

    with pytest.raises(RetrievalError, match="didn't answer to the end") as caught:
        ask(attempts=2).get_json("/x")

    assert caught.value.retryable


@pytest.mark.parametrize("packed", [b"{}", gzip.compress(b"{}" * 99, mtime=0)[:-8] + b"\0" * 8])
def test_packed_answers_that_are_spoilt(school, ask, packed: bytes) -> None:
    """
    They are tried once more.
    """
    school.on("/x", school.say_packed(packed))

    with pytest.raises(SourceProtocolError, match="can't be unpacked") as caught:
        ask().get_json("/x")

    assert caught.value.retryable
    assert 2 == len(school.asked)


def test_packed_as_nobody_asked_for(school, ask) -> None:
    """
    It can't be read.
    """
    school.on("/x", school.say_packed(b"{}", how="br"))

    with pytest.raises(SourceProtocolError, match="packed as nobody asked for"):
        ask().get_json("/x")

    assert 1 == len(school.asked)


@pytest.mark.parametrize(
    "size,fits", [(1000, "fits"), (1001, ""), (500_000, "")], ids=["most", "more", "far more"]
)
def test_answers_have_a_size(school, ask, size: int, fits: str) -> None:
    """
    Packed or not, they are read no further, and not asked for again.
    """
    body = b'"' + b"x" * (size - 2) + b'"'
    school.on("/x", school.say_raw(body))
    school.on("/y", school.say_packed(gzip.compress(body)))
    client = ask(max_response_bytes=1000)

    for path in ("/x", "/y"):
        if fits:
            assert size - 2 == len(client.get_json(path, shape=str))
            continue
        with pytest.raises(SourceProtocolError, match="more than 1000 bytes; max_response") as e:
            client.get_json(path, shape=str)
        assert not e.value.retryable
    assert 2 == len(school.asked)


def test_a_bomb_is_not_unpacked(school, ask, monkeypatch) -> None:
    """
    A hundred thousand bytes that would be a hundred million: no more than the limit is unpacked.
    """
    given = []
    real = zlib.decompressobj

    class Counting:
        def __init__(self, bits: int) -> None:
            self.inner = real(bits)

        def decompress(self, data: bytes, most: int) -> bytes:
            part = self.inner.decompress(data, most)
            given.append(len(part))
            return part

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    school.on("/x", school.say_packed(gzip.compress(b"[" + b" " * 100_000_000)))

    with pytest.raises(SourceProtocolError, match="more than 1000000 bytes"):
        ask(max_response_bytes=1_000_000).get_json("/x")

    assert 1_000_001 == sum(given)


def test_of_an_error_only_the_beginning_is_read(school, ask) -> None:
    """
    However much the platform has to say.
    """
    page = b"<title>Sorry</title>" + b" " * 200_000
    school.on("/x", school.say_raw(page, 403, kind="text/html"))

    with pytest.raises(NotPermittedError, match=r'/x refuses \(403\): "Sorry"'):
        ask(max_response_bytes=1000).get_json("/x")
