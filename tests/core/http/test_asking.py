"""
Asking for a document: what is sent, what comes back, and what is taken for one.
"""

from __future__ import annotations

import pytest

import certcore

from certcore.exceptions import (
    RetrievalError,
    SourceNotFoundError,
    SourceProtocolError,
)
from certcore.http import BasicLogin, Client, HttpOptions


def test_a_document_is_what_the_platform_says(school, ask) -> None:
    """
    Whoever asks says who they are, and gets an object.
    """
    school.on("/api/course/7", school.say({"name": "Ünïts"}))

    found = ask(headers={"X-Experience-API-Version": "1.0.3"}).get_json("/api/course/7")

    assert {"name": "Ünïts"} == found
    asked = school.asked[0]
    assert f"certcore/{certcore.__version__}" == asked.headers["user-agent"]
    assert "1.0.3" == asked.headers["x-experience-api-version"]
    assert "gzip" == asked.headers["accept-encoding"]
    assert "authorization" not in asked.headers
    assert "cookie" not in asked.headers


def test_keys_arrive_as_they_are(school, ask) -> None:
    """
    What has a meaning in addresses is quoted, in a path and in a query.
    """
    key = "course-v1:Org+Num/1 & ä?#%"
    school.on("/api/courses/course-v1%3AOrg%2BNum%2F1%20%26%20%C3%A4%3F%23%25/", school.say({}))

    ask().get_json(
        "api/courses/{course}/",
        {"course": key, "include[]": ["a", "b"], "all": True, "raw": False, "none": None, "n": 7},
        inside={"course": key},
    )

    asked = school.asked[0]
    assert key == asked.query["course"]
    assert ("b", "true", "false", "7") == tuple(
        asked.query[name] for name in ("include[]", "all", "raw", "n")
    )
    assert "include%5B%5D=a&include%5B%5D=b" in asked.target
    assert "none" not in asked.query


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_no_name_leads_to_another_path(school, ask, name: str) -> None:
    """
    Whoever enters a key can't choose what is asked.
    """
    with pytest.raises(SourceNotFoundError, match="nothing can be called"):
        ask().get_json("/users/{name}/secrets", inside={"name": name})

    assert [] == school.asked


def test_the_base_address_may_have_a_path(school, ask) -> None:
    """
    A platform that isn't at the root of its host is asked below its own.
    """
    school.on("/moodle/server.php", school.say({"a": 1}))

    assert {"a": 1} == ask(base_url=f"{school.address}/moodle/").get_json("/server.php")


@pytest.mark.parametrize("document", [[1], "text", 3, True, None])
def test_another_shape_is_an_error_that_shows_nothing_of_it(school, ask, document) -> None:
    """
    An object is wanted unless something else is asked for; trying again is in vain.
    """
    school.on("/x", school.say(document))

    with pytest.raises(SourceProtocolError, match="where an object is wanted") as caught:
        ask().get_json("/x")

    assert not caught.value.retryable
    assert 1 == len(school.asked)
    assert "text" != str(caught.value).split()[-1]


def test_a_list_can_be_asked_for(school, ask) -> None:
    """
    And then an object isn't what is wanted.
    """
    school.on("/list", school.say([{"id": 1}]))
    school.on("/object", school.say({}))

    assert [{"id": 1}] == ask().get_json("/list", shape=list)
    with pytest.raises(SourceProtocolError, match="with an object, where a list is wanted"):
        ask().get_json("/object", shape=list)


@pytest.mark.parametrize("status,body", [(404, b"{}"), (410, b"{}"), (200, b""), (200, b"null")])
def test_what_may_be_missing_is_none(school, ask, status: int, body: bytes) -> None:
    """
    Open edX says so in several ways.
    """
    school.on("/x", school.say_raw(body, status))

    assert None is ask().find_json("/x")


def test_what_may_be_missing_and_is_there(school, ask) -> None:
    """
    The object, read as from `get_json`; another shape is an error still.
    """
    school.on("/x", school.say({"a": 1}))
    school.on("/y", school.say([]))

    assert {"a": 1} == ask().find_json("/x")
    with pytest.raises(SourceProtocolError, match="where an object or nothing is wanted"):
        ask().find_json("/y")


def test_what_has_to_be_there_and_is_missing(school, ask) -> None:
    """
    An empty answer is no document; a 404 says that there is none.
    """
    school.on("/empty", school.say_raw(b"", 200))
    school.on("/gone", school.say({"detail": "Not found."}, 404))

    with pytest.raises(SourceProtocolError, match="with nothing, where an object is wanted"):
        ask().get_json("/empty")
    with pytest.raises(SourceNotFoundError, match=r"^/gone isn't there \(404\): \"Not found.\"$"):
        ask().get_json("/gone")


def test_a_form_is_posted(school, ask) -> None:
    """
    Its fields are in the body alone.
    """
    school.on("/server.php", school.say([1]))

    found = ask().post_form("/server.php", {"wsfunction": "f", "values[0]": 3}, shape=list)

    assert [1] == found
    assert ("POST", "/server.php") == (school.asked[0].method, school.asked[0].target)
    assert {"wsfunction": "f", "values[0]": "3"} == school.asked[0].form


def test_a_row_is_asked_for(school, ask) -> None:
    """
    Its errors name the call.
    """
    school.on("/course", school.say({"name": 7}))

    row = ask().get_row("/course", name="details")

    with pytest.raises(SourceProtocolError, match=r"^/course details: 'name' is a number"):
        row.text("name")


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/problem+json",
        "",
    ],
)
def test_json_by_its_names(school, ask, kind: str) -> None:
    """
    Not all say what it is; a charset makes no difference.
    """
    school.on("/x", school.say_raw(b'{"a": 1}', kind=kind))

    assert {"a": 1} == ask().get_json("/x")


@pytest.mark.parametrize(
    "kind", ["text/html; charset=utf-8", "text/plain", "application/jsonlines"]
)
def test_json_has_to_be_called_so(school, ask, kind: str) -> None:
    """
    A page for people isn't data, whatever is in it. It may be gone the next time, so it is tried
    once more, and not five times.
    """
    school.on("/x", school.say_raw(b'{"a": 1}', kind=kind))

    with pytest.raises(SourceProtocolError, match="instead of JSON") as caught:
        ask().get_json("/x")
    assert caught.value.retryable
    assert 2 == len(school.asked)


def test_a_page_for_people_is_named_by_its_title(school, ask) -> None:
    """
    So that everybody sees what it is: a login page, maintenance.
    """
    page = b"<html><head><title>Log in\n | Caf\xc3\xa9</title></head><body>ada@x.org</body></html>"
    school.on("/x", school.say_raw(page, kind="text/html"))

    with pytest.raises(SourceProtocolError) as caught:
        ask().get_json("/x")

    assert '/x answered with text/html instead of JSON: "Log in | Café"' == str(caught.value)


@pytest.mark.parametrize(
    "body",
    [b'{"ada": ', b"{'a': 1}", b'{"a": NaN}', b"\xff\xfe\xff", b"[" * 100_000, b"1" * 5000],
    ids=["cut", "python", "nan", "no text", "deep", "long number"],
)
def test_what_is_not_json_is_an_error_that_shows_nothing_of_it(school, ask, body: bytes) -> None:
    """
    It may have been spoilt on its way: it is tried once more.
    """
    school.on("/x", school.say_raw(body))

    with pytest.raises(SourceProtocolError) as caught:
        ask().get_json("/x")

    assert "/x answered with what isn't JSON" == str(caught.value)
    assert caught.value.retryable
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert 2 == len(school.asked)


def test_spoilt_json_is_asked_for_again(school, ask) -> None:
    """
    The second answer counts.
    """
    school.on("/x", school.say_raw(b"{"), school.say({"a": 1}))

    assert {"a": 1} == ask().get_json("/x")


def test_a_platform_can_be_known_better(school, ask) -> None:
    """
    Errors with status 200 are recognised by whoever knows the platform; some are worth waiting for.
    """

    def examine(answer) -> None:
        if answer.document and "exception" in answer.document:
            code = answer.document["errorcode"]
            raise RetrievalError(code, retryable=code == "sitemaintenance")

    maintenance = {"exception": "x", "errorcode": "sitemaintenance", "message": "m"}
    school.on("/x", school.say(maintenance), school.say({"fine": 1}))
    school.on("/y", school.say({**maintenance, "errorcode": "nocriteriaset"}))
    client = ask(examine=examine)

    assert {"fine": 1} == client.get_json("/x")
    with pytest.raises(RetrievalError, match="nocriteriaset"):
        client.get_json("/y")
    assert 3 == len(school.asked)


def test_who_examines_sees_status_and_headers(school, ask) -> None:
    """
    Before certcore has judged: an error's document is there too, and nothing is, where it is none.
    """
    seen = []
    school.on("/x", school.say({"error_code": "user_not_enrolled"}, 404, X_Kind="a"))
    school.on("/y", school.say_raw(b"oops", 403, kind="text/html"))
    client = ask(examine=seen.append)

    for path in ("/x", "/y"):
        with pytest.raises(RetrievalError):
            client.get_json(path, {"a": 1})

    first, second = seen
    assert (404, {"error_code": "user_not_enrolled"}, "/x?a=1") == (
        first.status,
        first.document,
        first.target,
    )
    assert "a" == first.headers["x-kind"]
    assert None is second.document
    assert "user_not" not in repr(first)


@pytest.mark.parametrize(
    "wrong,why",
    [
        ("campus.example.org", "an address such as"),
        ("ftp://campus.example.org", "an address such as"),
        ("https://", "an address such as"),
        ("https://x:0", "an address such as"),
        ("https://x:99999", "an address such as"),
        ("https://[::1", "an address such as"),
        ("https://a..b", "an address such as"),
        ("https://ada:s3cret@x.org", "without name and password"),
        ("https://x.org?a=1", r"without \? and #"),
        ("https://x.org/#a", r"without \? and #"),
    ],
)
def test_where_a_platform_cannot_be(wrong: str, why: str) -> None:
    """
    It is told when the options are read, without the password.
    """
    with pytest.raises(ValueError, match=why) as caught:
        HttpOptions(base_url=wrong)

    assert "s3cret" not in str(caught.value)


def test_a_client_closes_its_connections(school, ask) -> None:
    """
    At the end of its block; whoever asks again opens others.
    """
    school.on("/x", school.say({}))
    with Client(HttpOptions(base_url=school.address), BasicLogin("a", "b")) as client:
        client.get_json("/x")
    client.get_json("/x")
    client.close()
    client.close()

    assert 2 == len(school.asked)
