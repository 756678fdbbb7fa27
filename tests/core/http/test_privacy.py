"""
What errors and logs show: the endpoint, the status and what is wrong; nobody's data, no secret.
"""

from __future__ import annotations

import logging

import pytest

from certcore.exceptions import RetrievalError, SourceProtocolError
from certcore.http import BearerToken, ClientCredentials


def said_of(school, ask, document, status=400, **how) -> str:
    school.on("/x", school.say(document, status))
    with pytest.raises(RetrievalError) as caught:
        ask().get_json("/x", how.get("params"))
    return str(caught.value).removeprefix(f"/x answered {status}").removeprefix(": ")


@pytest.mark.parametrize(
    "document,said",
    [
        ({"detail": "No."}, '"No."'),
        ({"developer_message": "No.", "error_code": "user_permissions"}, '"No. user_permissions"'),
        (
            {"developer_message": {"error_code": "token_expired", "developer_message": "Old."}},
            '"Old. token_expired"',
        ),
        (
            {"field_errors": {"course_id": {"developer_message": "Not a key."}}},
            '"Not a key."',
        ),
        ({"errors": [{"message": "Invalid access token."}]}, '"Invalid access token."'),
        ({"error": {"message": "no progress"}}, '"no progress"'),
        ({"title": "Not valid", "detail": "Bad key", "type": "about:blank"}, '"Bad key Not valid"'),
        ({"exception": "e", "errorcode": "invalidtoken", "message": "M"}, '"M invalidtoken"'),
        ("User not enrolled.", '"User not enrolled."'),
        ({"detail": "same", "message": "same"}, '"same"'),
        ({"errors": [{"errors": [{"errors": ["deep"]}]}]}, ""),
        ({"errors": ["a", "b", "c", "d"]}, '"a b c"'),
        ({"email": "ada@example.org", "results": [{"name": "Ada"}]}, ""),
        ([], ""),
        ({"detail": None, "message": 7}, ""),
        ({"detail": "a\x00b \r\n\t c\u202ed"}, '"a b c d"'),
        ({"detail": "x" * 200}, f'"{"x" * 159}…"'),
        ({"detail": "x" * 160}, f'"{"x" * 160}"'),
    ],
)
def test_what_the_platform_says_of_an_error(school, ask, document, said: str) -> None:
    """
    Each has its own way of saying it; what isn't about the error stays out.
    """
    assert said == said_of(school, ask, document)


@pytest.mark.parametrize(
    "detail,said",
    [
        ("User 'ada' does not have it in 'course-v1:a+b'.", "User … does not have it in …."),
        ('No "Ada Lovelace" here, it isn\'t', "No … here, it isn't"),
        ("Nobody is ada; adam may be.", "Nobody is …; adam may be."),
        ("course-v1:Org+X+R: no bob", "…: no …"),
        ("course-v1%3AOrg%2BX%2BR", "…"),
        ("write to grace@example.org!", "write to …"),
        ("ADA isn't staff", "… isn't staff"),
    ],
)
def test_what_was_asked_with_is_left_out(school, ask, detail: str, said: str) -> None:
    """
    A learner's name in the question comes back in the answer.
    """
    params = {"username": "ada,bob", "course_id": "course-v1:Org+X+R"}

    assert f'"{said}"' == said_of(school, ask, {"detail": detail}, params=params)


@pytest.mark.parametrize(
    "detail", ["keyt0ken/1=", "no t0ken%2F1%3D.", f"{'x' * 155} t0ken/1=", f"{'x' * 500} t0ken/1="]
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/html"])
def test_no_part_of_a_secret_is_shown(school, ask, detail: str, kind: str) -> None:
    """
    Wherever it stands, and however it is spelt.
    """
    html = f"<title>{detail}</title>"
    body = {"application/json": f'"{detail}"', "text/plain": detail, "text/html": html}[kind]
    school.on("/x", school.say_raw(body.encode(), 400, kind=kind))

    with pytest.raises(RetrievalError) as caught:
        ask(BearerToken("t0ken/1=")).get_json("/x")

    assert "t0k" not in str(caught.value)
    assert "…" in str(caught.value)


@pytest.mark.parametrize(
    "body,kind,said",
    [
        (b"Sorry, ada\nTraceback (most recent call last):", "text/plain", ': "Sorry, …"'),
        (b"<TITLE lang=en>Caf&eacute;</TITLE>", "text/html", ': "Café"'),
        (b"<h1>Ada's grades</h1>", "text/html", ""),
        (b"%PDF", "application/pdf", ""),
        (b"{", "application/json", ""),
    ],
)
def test_what_is_said_otherwise(school, ask, body: bytes, kind: str, said: str) -> None:
    """
    Of a page the title, of a text the first line, of anything else nothing.
    """
    school.on("/x", school.say_raw(body, 400, kind=kind))

    with pytest.raises(RetrievalError) as caught:
        ask().get_json("/x", {"username": "ada"})

    assert f"/x answered 400{said}" == str(caught.value)


def test_an_error_names_the_endpoint_as_it_was_written(school, ask) -> None:
    """
    Whose data was asked for isn't in it, nor in what is behind it.
    """
    school.on("/users/ada/", school.say({"detail": "no ada, t0ken"}, 403))
    school.on("/users/bob/", school.say([]))
    client = ask(BearerToken("t0ken"))

    for name in ("ada", "bob"):
        with pytest.raises(RetrievalError) as caught:
            client.get_json("/users/{name}/", {"q": "x"}, inside={"name": name}, name="details")
        assert str(caught.value).startswith("/users/{name}/ details ")
        assert name not in str(caught.value)
        assert "t0ken" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_logs_name_nobody(school, ask, caplog) -> None:
    """
    Neither ours nor those of the libraries, however much they are to tell.
    """
    caplog.set_level(logging.DEBUG)
    token = {"access_token": "t0ken", "expires_in": 60, "token_type": "JWT"}
    school.on("/oauth2/access_token/", school.say(token))
    school.on("/users/ada/", school.say({"name": "Ada"}, 500), school.say([{"name": "Ada"}]))
    client = ask(ClientCredentials(client_id="certcore", client_secret="s3cret"))

    with pytest.raises(SourceProtocolError):
        client.get_json("/users/{name}/", {"email": "mail"}, inside={"name": "ada"})

    for private in ("ada", "Ada", "mail", "t0ken", "s3cret"):
        assert private not in caplog.text
    assert ["/users/{name}/ failed (retrieval); trying again"] == [
        record.getMessage() for record in caplog.records if record.name == "certcore.http"
    ]
