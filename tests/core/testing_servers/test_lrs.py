"""
The pretended learning record store answers as one that keeps to the specification.
"""

from __future__ import annotations

import json

import httpx
import pytest

from certcore.testing.servers import Elsewhere, LrsServer, Unauthorized


VERBS = "http://adlnet.gov/expapi/verbs/"
COURSE = "https://lms.example.org/course/1"


def statement(number, verb="completed", who="ada", object_=COURSE, **more):
    """
    Give a statement.
    """
    return {
        "id": f"s{number}",
        "actor": {"account": {"homePage": "https://lms.example.org", "name": who}},
        "verb": {"id": VERBS + verb},
        "object": {"id": object_},
        "stored": f"2026-07-0{number}T00:00:00+00:00",
        **more,
    }


STATEMENTS = [
    statement(1),
    statement(2, verb="passed", result={"score": {"scaled": 0.9}}),
    statement(3, who="bob"),
    {
        **statement(4, verb="voided"),
        "object": {"objectType": "StatementRef", "id": "s3"},
    },
    statement(
        5,
        verb="answered",
        object_="https://lms.example.org/quiz/1",
        context={"contextActivities": {"parent": [{"id": COURSE}]}},
    ),
]


@pytest.fixture
def lrs():
    """
    A store with five statements, two to an answer.
    """
    with LrsServer(statements=STATEMENTS, page_size=2) as server:
        yield server


@pytest.fixture
def get(lrs):
    """
    Asks for statements.
    """

    def get_(path="/xAPI/statements", **params):
        return httpx.get(
            f"{lrs.url}{path}",
            params=params or None,
            auth=("reader", "secret"),
            headers={"X-Experience-API-Version": "1.0.3"},
        )

    return get_


def ids(answer):
    """
    Give the statements' ids.
    """
    return [each["id"] for each in answer.json()["statements"]]


def test_statements_come_newest_first_without_voided_ones(get):
    """
    The link to more is relative to the server; it is empty in the end.
    """
    first = get()
    second = get(first.json()["more"])

    assert [["s5", "s4"], ["s2", "s1"]] == [ids(each) for each in (first, second)]
    assert first.json()["more"].startswith("/xAPI/statements?")
    assert "" == second.json()["more"]
    assert "1.0.3" == first.headers["x-experience-api-version"]
    assert "T" in first.headers["x-experience-api-consistent-through"]


@pytest.mark.parametrize(
    "asked,expected",
    [
        ({"verb": VERBS + "completed"}, ["s1"]),
        ({"activity": COURSE}, ["s2", "s1"]),
        ({"activity": COURSE, "related_activities": "true", "limit": 1}, ["s5"]),
        ({"ascending": "true", "limit": 0}, ["s1", "s2"]),
        ({"since": "2026-07-02T00:00:00+00:00"}, ["s5", "s4"]),
        ({"until": "2026-07-02T00:00:00+00:00"}, ["s2", "s1"]),
        ({"agent": json.dumps(STATEMENTS[0]["actor"]), "limit": 1}, ["s5"]),
        ({"agent": json.dumps({"mbox": "mailto:ada@example.org"})}, []),
    ],
)
def test_statements_may_be_asked_for(get, asked, expected):
    """
    Nothing found is an empty list.
    """
    assert expected == ids(get(**asked))


def test_single_statements_are_found(get):
    """
    Voided ones by a name of their own.
    """
    assert "s1" == get(statementId="s1").json()["id"]
    assert "s3" == get(voidedStatementId="s3").json()["id"]
    assert [404, 404, 404] == [
        get(**asked).status_code
        for asked in ({"statementId": "s3"}, {"voidedStatementId": "s1"}, {"statementId": "x"})
    ]


def test_long_queries_may_be_sent_as_a_form(lrs):
    """
    Nothing else may be posted.
    """
    said = {
        "auth": ("reader", "secret"),
        "headers": {"X-Experience-API-Version": "1.0.3"},
        "data": {"verb": VERBS + "passed"},
    }
    answer = httpx.post(f"{lrs.url}/xAPI/statements?method=GET", **said)

    assert ["s2"] == ids(answer)
    assert 400 == httpx.post(f"{lrs.url}/xAPI/statements", **said).status_code


def test_requests_are_refused(lrs, get):
    """
    Without credentials, without a version, with parameters that aren't known.
    """
    address = f"{lrs.url}/xAPI/statements"
    nobody = httpx.get(address)
    old = httpx.get(address, auth=("reader", "secret"))

    assert [401, 400, 400] == [each.status_code for each in (nobody, old, get(colour="red"))]
    assert {"message": "unknown parameters: colour"} == get(colour="red").json()


def test_faults_are_in_its_own_words(lrs, get):
    """
    A link that leads elsewhere is a whole address.
    """
    lrs.fault("statements", Unauthorized(), on=1)
    lrs.fault("statements", Elsewhere(), on=(2, 3))
    refused, moved, last = get(), get(), get(cursor=2)

    assert [401, "Basic realm=xAPI"] == [refused.status_code, refused.headers["www-authenticate"]]
    assert moved.json()["more"].startswith("http://elsewhere.invalid/xAPI/statements?")
    assert "" == last.json()["more"]


def test_the_store_tells_its_versions(lrs):
    """
    To anybody.
    """
    assert ["1.0.3"] == httpx.get(f"{lrs.url}/xAPI/about").json()["version"]
