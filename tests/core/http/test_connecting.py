"""
The way to a platform: redirects, private addresses, proxies, forks.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading

import httpx
import pytest

from certcore import SecretRef
from certcore.exceptions import ConfigurationError, RetrievalError, SourceProtocolError
from certcore.http import BearerToken, ClientCredentials, HttpOptions
from certcore.http._breaking import failed
from certcore.http._calls import Call
from certcore.http._connecting import is_public, refuse_private


TOKEN = BearerToken("t0ken")


def sends_on(school, to: str, status: int = 302):
    return school.say_raw(b"", status, headers=(("Location", to),))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["/x/?a=1", "x/?a=1", "{0}/x/?a=1"])
def test_the_platform_sends_on_to_itself(school, ask, status: int, to: str) -> None:
    """
    A slash was missing: whoever asks is the same.
    """
    school.on("/x", sends_on(school, to.format(school.address), status))
    school.on("/x/", school.say({"a": 1}))

    assert {"a": 1} == ask(TOKEN).get_json("/x")
    assert ["/x", "/x/?a=1"] == school.targets
    assert "Bearer t0ken" == school.asked[1].headers["authorization"]


@pytest.mark.parametrize(
    "to,where",
    [
        ("http://elsewhere.example/x?ticket=s3cret", "http://elsewhere.example"),
        ("//elsewhere.example/x", "http://elsewhere.example"),
        ("https://127.0.0.1:{1}/x", "https://127.0.0.1:{1}"),
        ("http://localhost:{1}/x", "http://localhost:{1}"),
        ("file:///etc/passwd", "no address on the web"),
    ],
)
def test_the_platform_sends_on_to_somebody_else(school, ask, to: str, where: str) -> None:
    """
    Nobody else is asked, nor shown who asks; where it is may be the right base_url.
    """
    port = school.address.rpartition(":")[2]
    school.on("/x", sends_on(school, to.format("", port)))

    with pytest.raises(SourceProtocolError) as caught:
        ask(TOKEN).get_json("/x")

    assert f"/x sends on to {where.format('', port)} (302); is base_url right?" == str(caught.value)
    assert ["/x"] == school.targets


def test_a_form_is_not_sent_on(school, ask) -> None:
    """
    It would arrive as something else, or with its token at another address.
    """
    school.on("/x", sends_on(school, "/y", 307))

    with pytest.raises(SourceProtocolError, match=r"sends on to http://127\.0\.0\.1"):
        ask().post_form("/x", {"a": 1})

    assert ["/x"] == school.targets


@pytest.mark.parametrize("answer", ["/x", ""])
def test_sending_on_has_an_end(school, ask, answer: str) -> None:
    """
    To itself, or to nowhere.
    """
    school.on("/x", sends_on(school, answer))

    with pytest.raises(SourceProtocolError, match=r"^/x sends on and on$"):
        ask().get_json("/x")

    assert 5 == len(school.asked)


def test_a_status_that_nobody_asked_for(school, ask) -> None:
    """
    304 is no answer to who has nothing yet.
    """
    school.on("/x", school.say_raw(b"", 304))

    with pytest.raises(RetrievalError, match="/x answered 304"):
        ask().get_json("/x")


def test_private_addresses_can_be_forbidden(school, ask) -> None:
    """
    What counts is where the connection leads. Nothing is sent, and the platform isn't tried again.
    """
    school.on("/x", school.say({}))

    with pytest.raises(RetrievalError, match="a private address, which forbid_private") as caught:
        ask(TOKEN, forbid_private_addresses=True).get_json("/x")

    assert not caught.value.retryable
    assert [] == school.asked


def test_other_addresses_are_let_through() -> None:
    """
    Nothing is closed, and nothing else that happens on the way is looked at.
    """

    class Stream:
        def get_extra_info(self, name: str) -> tuple[str, int]:
            return {"server_addr": ("2001:4860:4860::8888", 443, 0, 0)}[name]

    refuse_private("connection.connect_tcp.started", {})
    refuse_private("connection.connect_tcp.complete", {"return_value": Stream()})


@pytest.mark.parametrize(
    "host,public",
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("2002:808:808::", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  # nothing is bound
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:a00:1::", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
    ],
)
def test_which_addresses_are_private(host: str, public) -> None:
    """
    Whatever isn't one of the internet, in whatever way it is written.
    """
    assert public == is_public(host)


def test_private_addresses_and_a_proxy(ask) -> None:
    """
    Who looks the name up is the proxy.
    """
    with pytest.raises(ConfigurationError, match="can't be kept with a proxy"):
        ask(forbid_private_addresses=True, proxy="http://127.0.0.1:1").get_json("/x")


def test_through_a_proxy(school, ask, monkeypatch) -> None:
    """
    With name and password, which may be a secret, and not those of the environment.
    """
    monkeypatch.setenv("CAMPUS_PROXY", school.address.replace("//", "//ada:pa%20ss@"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    school.on("/x", school.say({"a": 1}))

    for proxy in (school.address, SecretRef(env="CAMPUS_PROXY")):
        assert {"a": 1} == ask(base_url="http://campus.invalid", proxy=proxy).get_json("/x")

    assert ["http://campus.invalid/x"] * 2 == school.targets
    assert "proxy-authorization" not in school.asked[0].headers
    assert "Basic YWRhOnBhIHNz" == school.asked[1].headers["proxy-authorization"]


@pytest.mark.parametrize(
    "proxy", ["proxy:3128", "ftp://proxy", "http://", "http://ada:s3cret@[::1", "socks5://x:1"]
)
def test_what_is_no_proxy(ask, proxy: str) -> None:
    """
    It isn't shown.
    """
    with pytest.raises(ConfigurationError, match="proxy: an address such as") as caught:
        ask(proxy=proxy).get_json("/x")

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("status,tries", [(407, 1), (502, 2)])
def test_a_proxy_that_refuses(school, ask, status: int, tries: int) -> None:
    """
    It may be overburdened, or want to know who asks.
    """
    school.on("443", school.say_raw(b"", status))

    with pytest.raises(RetrievalError, match=f"/x can't be reached: the proxy answered {status}"):
        ask(base_url="https://campus.invalid", proxy=school.address, attempts=2).get_json("/x")

    assert tries == len(school.asked)


def test_nobody_there(ask) -> None:
    """
    The platform is being restarted.
    """
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(RetrievalError, match=r"/x can't be reached: .*refused") as caught:
            ask(base_url=address, attempts=2).get_json("/x")

    assert caught.value.retryable


def test_no_connection(ask) -> None:
    """
    A listener that takes nobody in.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(server.getsockname())
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(RetrievalError, match=r"no connection within 0\.05 s"):
            ask(base_url=address, connect_timeout=0.05, attempts=1).get_json("/x")
        for each in waiting:
            each.close()


def test_all_connections_in_use(school, ask) -> None:
    """
    More threads than connections, and all of them slow.
    """
    go = threading.Event()
    school.on("/slow", school.say_raw(b"{}", wait=go))
    client = ask(max_connections=1, total_timeout=0.05, attempts=1)
    thread = threading.Thread(target=client.find_json, args=("/slow",))
    thread.start()
    while not school.asked:
        threading.Event().wait(0.001)

    with pytest.raises(RetrievalError, match="all connections are in use; see max_connections"):
        client.get_json("/x")

    go.set()
    thread.join()


@pytest.mark.parametrize(
    "error,cause,said,retryable",
    [
        (httpx.ConnectError("x"), socket.gaierror(socket.EAI_NONAME, "?"), "nobody knows", False),
        (httpx.ConnectError("x"), socket.gaierror(socket.EAI_AGAIN, "?"), "can't be", True),
        (httpx.ReadError("x"), ssl.SSLError(), "TLS failed", False),
        (httpx.ReadError("x"), ssl.SSLEOFError(8, "x"), "was cut", True),
        (httpx.WriteError("x"), None, "was cut", True),
        (httpx.RemoteProtocolError("s3cret"), None, "was cut", True),
        (httpx.WriteTimeout("x"), None, "took too long", True),
        (httpx.LocalProtocolError("s3cret"), None, "can't be asked", False),
    ],
    ids=lambda it: type(it).__name__,
)
def test_what_went_wrong_on_the_way(error, cause, said: str, retryable) -> None:
    """
    In our words, since those of the library may have a header in them.
    """
    error.__cause__ = cause

    told = failed(error, Call(path="/x", target="/x"), HttpOptions(base_url="http://x")).error

    assert said in str(told)
    assert "s3cret" not in str(told)
    assert retryable == told.retryable


def test_a_header_that_is_none(ask, school) -> None:
    """
    A mistake of who wrote the retriever; what is in it isn't shown.
    """
    with pytest.raises(RetrievalError, match="a header has what can't be in one") as caught:
        ask(headers={"X-Key": "s3cret\n"}).get_json("/x")

    assert "s3cret" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_forked_process_has_its_own(school, ask) -> None:
    """
    Connections and tokens, even if a lock was held when it was forked.
    """
    school.on("/oauth2/access_token/", school.say({"access_token": "t0ken"}))
    school.on("/x", school.say({"a": 1}))
    client = ask(ClientCredentials(client_id="a", client_secret="b"))
    client.get_json("/x")

    with client._lock:
        child = os.fork()
        if not child:
            os._exit(client.get_json("/x") != {"a": 1})
    _, status = os.waitpid(child, 0)

    assert 0 == os.waitstatus_to_exitcode(status)
    assert {"a": 1} == client.get_json("/x")
    assert ["/oauth2/access_token/", "/x"] * 2 + ["/x"] == school.targets
