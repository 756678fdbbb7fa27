"""
Signing: who asks is told to this platform, and to nobody else.
"""

from __future__ import annotations

import base64
import threading

import pytest

from certcore import SecretRef
from certcore.exceptions import (
    ConfigurationError,
    NotPermittedError,
    RetrievalError,
    SourceProtocolError,
    ThrottledError,
)
from certcore.http import (
    BasicLogin,
    BearerToken,
    ClientCredentials,
    FormToken,
    SystemTime,
)


TOKEN = "/oauth2/access_token/"
CREDENTIALS = ClientCredentials(client_id="certcore", client_secret="s3cret")


def grant(school, token="t0ken-1", **said):  # noqa: S107  # pretended
    return school.say({"access_token": token, "expires_in": 3600, "token_type": "JWT", **said})


def test_a_bearer_token(school, ask) -> None:
    """
    Canvas.
    """
    school.on("/x", school.say({}))

    ask(BearerToken("t0ken")).get_json("/x")

    assert "Bearer t0ken" == school.asked[0].headers["authorization"]


def test_name_and_password(school, ask) -> None:
    """
    An LRS.
    """
    school.on("/x", school.say({}))

    ask(BasicLogin("anä", "pass:word")).get_json("/x")

    both = base64.b64decode(school.asked[0].headers["authorization"].removeprefix("Basic "))
    assert "anä:pass:word" == both.decode()


def test_a_token_in_the_form(school, ask) -> None:
    """
    Moodle: in no header and no address.
    """
    school.on("/x", school.say({}))

    ask(FormToken("t0ken")).post_form("/x", {"wsfunction": "f"})

    assert {"wsfunction": "f", "wstoken": "t0ken"} == school.asked[0].form
    assert "/x" == school.asked[0].target
    assert "authorization" not in school.asked[0].headers


def test_secrets_are_read_when_they_are_needed(school, ask, tmp_path) -> None:
    """
    One that is changed while a program runs is used from then on.
    """
    school.on("/x", school.say({}))
    file = tmp_path / "token"
    client = ask(BearerToken(SecretRef(file="token", folder=str(tmp_path)), prefix="Token"))

    for token in ("first", "second"):
        file.write_text(f"{token}\n")
        client.get_json("/x")

    assert ["Token first", "Token second"] == [a.headers["authorization"] for a in school.asked]


@pytest.mark.parametrize(
    "secret,why",
    [
        ("", "the secret is empty"),
        ("s3cret\r\nHost: x", "the secret has characters that no token has"),
        ("s3crét", "the secret has characters that no token has"),
    ],
)
def test_what_is_no_secret(school, ask, secret: str, why: str) -> None:
    """
    It isn't sent, and not shown.
    """
    with pytest.raises(ConfigurationError, match=why) as caught:
        ask(BearerToken(secret)).get_json("/x")

    assert "s3cr" not in str(caught.value)
    assert [] == school.asked


def test_where_the_secret_is_that_is_none(ask, monkeypatch) -> None:
    """
    The variable is named.
    """
    monkeypatch.setenv("CAMPUS_TOKEN", "")

    with pytest.raises(ConfigurationError, match=r"the secret in \$CAMPUS_TOKEN is empty"):
        ask(BearerToken(SecretRef(env="CAMPUS_TOKEN"))).get_json("/x")


def test_a_token_is_asked_for_once(school, ask) -> None:
    """
    Open edX: with id and secret, and then shown with each request.
    """
    school.on(TOKEN, grant(school))
    school.on("/x", school.say({}))
    client = ask(CREDENTIALS)

    for _ in range(3):
        client.get_json("/x")

    assert [TOKEN, "/x", "/x", "/x"] == school.targets
    assert {
        "grant_type": "client_credentials",
        "client_id": "certcore",
        "client_secret": "s3cret",
        "token_type": "jwt",
    } == school.asked[0].form
    assert "authorization" not in school.asked[0].headers
    assert {"JWT t0ken-1"} == {asked.headers["authorization"] for asked in school.asked[1:]}


@pytest.mark.parametrize(
    "prefix,kind,header",
    [
        ("", "JWT", "JWT t0ken-1"),
        ("", "jwt", "JWT t0ken-1"),
        ("", "Bearer", "Bearer t0ken-1"),
        ("", None, "Bearer t0ken-1"),
        ("Token", "JWT", "Token t0ken-1"),
    ],
)
def test_what_stands_before_a_token(school, ask, prefix: str, kind, header: str) -> None:
    """
    The platform says which kind it is, and takes no other word for it.
    """
    school.on(TOKEN, grant(school, token_type=kind))
    school.on("/x", school.say({}))

    ask(
        ClientCredentials(
            client_id="a", client_secret="b", prefix=prefix, token_type="", scope="read"
        )
    ).get_json("/x")

    assert header == school.asked[1].headers["authorization"]
    assert "token_type" not in school.asked[0].form
    assert "read" == school.asked[0].form["scope"]


@pytest.mark.parametrize(
    "said,good",
    [(3600, 3540), (60, 54), (None, 270), ("soon", 270), (0, 270), (-1, 270), (True, 270)],
)
def test_a_token_is_renewed_before_it_runs_out(school, ask, time, said, good: float) -> None:
    """
    Somewhat earlier than the platform says; after some minutes, if it doesn't say.
    """
    school.on(TOKEN, grant(school, expires_in=said), grant(school, "t0ken-2"))
    school.on("/x", school.say({}))
    client = ask(CREDENTIALS)

    client.get_json("/x")
    time.at += good - 1
    client.get_json("/x")
    time.at += 1
    client.get_json("/x")

    assert [TOKEN, "/x", "/x", TOKEN, "/x"] == school.targets
    assert "JWT t0ken-2" == school.asked[-1].headers["authorization"]


def test_a_refused_token_is_renewed_once(school, ask) -> None:
    """
    401 once: it was withdrawn, say. Nobody notices.
    """
    school.on(TOKEN, grant(school), grant(school, "t0ken-2"))
    school.on("/x", school.say({"detail": "Error decoding token."}, 401), school.say({"a": 1}))

    assert {"a": 1} == ask(CREDENTIALS).get_json("/x")
    assert [TOKEN, "/x", TOKEN, "/x"] == school.targets
    assert "JWT t0ken-2" == school.asked[-1].headers["authorization"]


def test_a_new_token_that_is_refused_is_no_better(school, ask, time) -> None:
    """
    401 for ever is a matter of rights. The token's server isn't asked for each learner.
    """
    school.on(TOKEN, grant(school))
    school.on("/x", school.say("User not enrolled.", 401))
    client = ask(CREDENTIALS)

    for _ in range(3):
        with pytest.raises(
            NotPermittedError,
            match=r'^/x refuses the credentials \(401\): "User not enrolled."$',
        ) as caught:
            client.get_json("/x")
        assert not caught.value.retryable
    assert [TOKEN, "/x", TOKEN, "/x", "/x", "/x"] == school.targets

    time.at += 61  # by then it may have been withdrawn, like the first
    with pytest.raises(NotPermittedError):
        client.get_json("/x")
    assert [TOKEN, "/x", TOKEN, "/x", "/x", "/x", "/x", TOKEN, "/x"] == school.targets


def test_threads_renew_a_token_once(school, ask) -> None:
    """
    All of them were refused with the same one.
    """
    school.on(TOKEN, grant(school), grant(school, "t0ken-2"))
    together = threading.Barrier(4, timeout=10)

    def answer(asked):
        if asked.headers["authorization"] == "JWT t0ken-1":
            together.wait()
            return school.say({}, 401)
        return school.say({"a": 1})

    school.on("/x", answer)
    client = ask(CREDENTIALS, threads=4)

    found = list(client.gather([lambda: client.get_json("/x")] * 4))

    assert [{"a": 1}] * 4 == found
    assert 2 == school.targets.count(TOKEN)


def test_who_examines_may_refuse_the_token_too(school, ask) -> None:
    """
    Whoever knows the platform's words for it says so, and the token is renewed all the same.
    """

    def examine(answer) -> None:
        if answer.status == 401:
            raise NotPermittedError("no such token")

    school.on(TOKEN, grant(school))
    school.on("/x", school.say({}, 401), school.say({"a": 1}))

    assert {"a": 1} == ask(CREDENTIALS, examine=examine).get_json("/x")


@pytest.mark.parametrize("status", [400, 401, 403])
def test_wrong_credentials(school, ask, status: int) -> None:
    """
    The platform says which, in its own words; neither is shown.
    """
    said = {"error": "invalid_client", "error_description": "no s3cret for certcore"}
    school.on(TOKEN, school.say(said, status))

    with pytest.raises(NotPermittedError) as caught:
        ask(CREDENTIALS).get_json("/x")

    assert f'{TOKEN} refuses the credentials ({status}): "no … for … invalid_client"' == str(
        caught.value
    )
    assert [TOKEN] == school.targets


def test_no_such_token_endpoint(school, ask) -> None:
    """
    It's the address that is wrong.
    """
    with pytest.raises(RetrievalError, match=rf"{TOKEN} isn't there \(404\)"):
        ask(CREDENTIALS).get_json("/x")


def test_a_page_instead_of_a_token_means_slowly(school, ask, time) -> None:
    """
    Open edX limits how often tokens are asked for, and says so with a page for people.
    """
    page = school.say_raw(b"<h1>403 Forbidden</h1>", 403, kind="text/html")
    school.on(TOKEN, page, grant(school))
    school.on("/x", school.say({}))
    client = ask(CREDENTIALS)

    client.get_json("/x")

    assert [30] == time.slept
    school.on(TOKEN, page)
    with pytest.raises(ThrottledError, match="asks to slow down"):
        ask(CREDENTIALS).get_json("/x")


@pytest.mark.parametrize("token", [None, 7, "t0k€n", "a\nb"])
def test_a_token_that_is_none(school, ask, token) -> None:
    """
    It isn't sent, and not shown.
    """
    school.on(TOKEN, grant(school, token))

    with pytest.raises(SourceProtocolError, match=f"{TOKEN} gives no access_token") as caught:
        ask(CREDENTIALS).get_json("/x")

    assert "t0k" not in str(caught.value)
    assert [TOKEN] == school.targets


def test_secrets_do_not_show(school, ask) -> None:
    """
    Whoever prints what signs, or the client, sees none.
    """
    for login in (
        BearerToken("s3cret"),
        FormToken("s3cret"),
        BasicLogin("a", "s3cret"),
        CREDENTIALS,
    ):
        assert "s3cret" not in repr(login)
        assert "s3cret" not in repr(ask(login))
        begun = login.login(lambda *_: {"access_token": "s3cret"}, SystemTime())
        assert "s3cret" not in repr(begun)
        assert "s3cret" not in repr(begun.sign())
