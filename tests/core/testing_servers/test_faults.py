"""
Whatever goes wrong between a client and a server goes wrong when a test says so.
"""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
import time

from functools import partial

import httpx
import pytest

from attrs import evolve

from certcore.testing import servers
from certcore.testing.servers import (
    Altered,
    Answer,
    CanvasServer,
    CanvasToken,
    CutOff,
    Delay,
    EdxClient,
    EdxCourse,
    EdxEnrolment,
    EdxUser,
    Elsewhere,
    FakeServer,
    GzipBomb,
    Hang,
    HtmlPage,
    InvalidJson,
    LrsServer,
    MoodleServer,
    MoodleToken,
    OpenEdxServer,
    Repeated,
    Request,
    Route,
    ServerError,
    Throttled,
    Unauthorized,
    WrongShape,
    apart,
)


pytest_plugins = ["certcore.testing.servers.fixtures"]

KEY = "course-v1:Org+C1+R1"
SERVICE = EdxUser(username="service", id=1, is_staff=True)
ADA = EdxUser(username="ada", id=2, email="ada@example.org", name="Ada López")
BOB = EdxUser(username="bob", id=3, email="bob@example.org", name="Bob")
COURSE = EdxCourse(key=KEY, enrolments=[EdxEnrolment(user=ADA), EdxEnrolment(user=BOB)])
TOTALS = f"/api/grades/v1/courses/{KEY}/"
YEAR = 31_536_000


@pytest.fixture
def lms(certcore_openedx):
    """
    A site with a course of two learners.
    """
    certcore_openedx.courses[KEY] = COURSE
    certcore_openedx.users.update(ada=ADA, bob=BOB)
    return certcore_openedx


@pytest.fixture
def http(lms):
    """
    A client that is let in.
    """
    token = lms.issue(SERVICE, "JWT")
    headers = {"Authorization": f"JWT {token}"}
    with httpx.Client(base_url=lms.url, headers=headers, timeout=10) as client:
        yield client


def test_a_fault_strikes_the_requests_that_were_named(lms, http):
    """
    The first one, if nothing is said.
    """
    lms.fault("grades", ServerError())
    lms.fault("grades", ServerError(503), on=range(3, 5))

    statuses = [http.get(TOTALS).status_code for _ in range(6)]

    assert [500, 200, 503, 503, 200, 200] == statuses


def test_a_fault_may_strike_them_all_until_it_is_healed(lms, http):
    """
    And every endpoint, if a test wants that.
    """
    lms.fault("*", ServerError(502), on=None)
    struck = [http.get(TOTALS).status_code, http.get("/api/user/v1/accounts").status_code]
    lms.heal()

    assert [502, 502] == struck
    assert 200 == http.get(TOTALS).status_code


def test_one_endpoint_s_fault_leaves_the_others_alone(lms, http):
    """
    And is counted by requests to that endpoint alone.
    """
    lms.fault("grades", ServerError(), on=2)

    statuses = [
        http.get(path).status_code
        for path in (TOTALS, "/api/user/v1/accounts?username=ada", TOTALS)
    ]

    assert [200, 200, 500] == statuses


def test_a_misspelt_endpoint_is_refused(lms):
    """
    Else a test would wait for a fault that never comes.
    """
    with pytest.raises(ValueError, match=r"no endpoint 'grade', but: token, enrollments, "):
        lms.fault("grade", ServerError())


def test_a_credential_may_be_refused_once(lms, http):
    """
    As where a token has just expired.
    """
    lms.fault("grades", Unauthorized())
    lms.fault("accounts", Unauthorized())

    answers = [http.get(TOTALS), http.get("/api/user/v1/accounts?username=ada"), http.get(TOTALS)]

    assert [401, 401, 200] == [each.status_code for each in answers]
    assert {"developer_message": "Invalid token."} == answers[0].json()
    assert {"detail": "Invalid token."} == answers[1].json()
    assert 'JWT realm="api"' == answers[0].headers["www-authenticate"]


def test_an_opaque_token_is_refused_in_other_words(lms):
    """
    Its errors have codes.
    """
    lms.fault("grades", Unauthorized())
    answer = httpx.get(f"{lms.url}{TOTALS}", headers={"Authorization": "Bearer abc"})

    assert 401 == answer.status_code
    assert "token_expired" == answer.json()["developer_message"]["error_code"]


def test_a_page_for_people_may_come_in_the_place_of_data(lms, http):
    """
    As a firewall or a proxy gives it.
    """
    lms.fault("grades", HtmlPage())
    answer = http.get(TOTALS)

    assert 403 == answer.status_code
    assert "text/html; charset=utf-8" == answer.headers["content-type"]
    assert answer.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("said", [None, 2, YEAR, "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_too_many_requests_may_tell_when_to_come_back(lms, http, said):
    """
    Or not, or a year from now.
    """
    lms.fault("grades", Throttled(said))
    answer = http.get(TOTALS)

    assert 429 == answer.status_code
    assert "Expected available in 30 seconds." in answer.json()["developer_message"]
    assert (None if said is None else str(said)) == answer.headers.get("retry-after")


def test_the_token_endpoint_is_throttled_by_a_page(lms):
    """
    It isn't one of the API's views.
    """
    lms.fault("token", Throttled())
    answer = httpx.post(f"{lms.url}/oauth2/access_token")

    assert 403 == answer.status_code
    assert answer.headers["content-type"].startswith("text/html")


def test_a_server_may_hang_until_it_is_told_to_go_on(lms, http):
    """
    The client's patience ends first; and whoever waits is let go in the end.
    """
    lms.fault("grades", Hang(), on=(1, 2))
    with pytest.raises(httpx.ReadTimeout):
        http.get(TOTALS, timeout=0.1)
    seen: list[Exception] = []

    def wait():
        try:
            http.get(TOTALS, timeout=60)
        except httpx.HTTPError as error:
            seen.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while lms.count("grades") < 2:
        time.sleep(0.01)
    while waiting.is_alive():
        lms.heal()
        waiting.join(0.01)

    assert [httpx.RemoteProtocolError] == [type(error) for error in seen]
    assert 200 == http.get(TOTALS).status_code


def test_a_server_that_hangs_can_be_closed():
    """
    A test that ends leaves nothing behind.
    """
    before = threading.active_count()
    with OpenEdxServer() as server:
        server.fault("course", Hang())
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{server.url}/api/courses/v1/courses/{KEY}/", timeout=0.1)

    assert before == threading.active_count()


@pytest.mark.parametrize("part", [0.0, 0.5])
def test_a_connection_may_end_in_the_body(lms, http, part):
    """
    The answer has promised more.
    """
    lms.fault("grades", CutOff(part))

    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        http.get(TOTALS)
    assert 2 == len(http.get(TOTALS).json()["results"])


def test_a_connection_may_end_before_anything_was_said(lms, http):
    """
    Not even a status comes.
    """
    lms.fault("grades", CutOff(None))

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        http.get(TOTALS)


def test_a_gzip_bomb_is_small_and_valid(lms, http):
    """
    Whoever unpacks it all gets an empty list.
    """
    size = (5 << 20) + 123
    lms.fault("grades", GzipBomb(size))
    with http.stream("GET", TOTALS) as answer:
        packed = b"".join(answer.iter_raw())

    assert "gzip" == answer.headers["content-encoding"]
    assert len(packed) < size / 500
    assert size == len(gzip.decompress(packed))
    assert [] == httpx.Response(200, content=packed, headers={"Content-Encoding": "gzip"}).json()


def test_a_body_may_be_no_json(lms, http):
    """
    It ends too early, though nothing else is wrong.
    """
    lms.fault("grades", InvalidJson())
    answer = http.get(TOTALS)

    assert 200 == answer.status_code
    assert "application/json" == answer.headers["content-type"]
    with pytest.raises(ValueError, match="line 1"):
        answer.json()


def test_json_may_have_another_shape(lms, http):
    """
    Any other, if a test has one in mind.
    """
    lms.fault("grades", WrongShape(), on=1)
    lms.fault("grades", WrongShape([]), on=2)

    assert [{"unexpected": [1, 2, 3]}, []] == [http.get(TOTALS).json() for _ in range(2)]


def test_an_answer_may_be_changed(lms, http):
    """
    A row is missing, a value is out of its range.
    """

    def change(page):
        return {**page, "results": [{**page["results"][0], "percent": 83}]}

    lms.fault("grades", Altered(change))

    assert [83] == [row["percent"] for row in http.get(TOTALS).json()["results"]]


def test_a_page_may_come_again(lms, http):
    """
    With its link to the next page, which is where the client comes from.
    """
    lms.fault("grades", Repeated(), on=None)
    first = http.get(TOTALS, params={"page_size": 1}).json()
    second = http.get(first["next"]).json()

    assert "ada" == first["results"][0]["username"]
    assert first == second


def test_links_may_lead_elsewhere(lms, http):
    """
    And a test sees what arrives there.
    """
    with LrsServer() as other:
        lms.fault("grades", Elsewhere(other.url))
        page = http.get(TOTALS, params={"page_size": 1}).json()
        httpx.get(page["next"])

        assert page["next"].startswith(f"{other.url}/api/grades/v1/courses/")
        assert [TOTALS] == [each.path for each in other.requests]
        assert "authorization" not in other.requests[0].headers
    assert "http://elsewhere.invalid" == Elsewhere().origin


def test_links_in_headers_may_lead_elsewhere(certcore_canvas):
    """
    Canvas has its links there.
    """
    certcore_canvas.courses[7] = servers.CanvasCourse(
        id=7, modules=[servers.CanvasModule(id=n) for n in range(20)]
    )
    certcore_canvas.fault("modules", Elsewhere())
    answer = httpx.get(
        f"{certcore_canvas.url}/api/v1/courses/7/modules",
        headers={"Authorization": "Bearer canvas-token"},
    )

    assert answer.links["next"]["url"].startswith("http://elsewhere.invalid/api/v1/courses/7/")


def test_an_answer_may_come_late(lms, http):
    """
    One of them, or all of them.
    """
    lms.fault("grades", Delay(0.2))
    lms.latency = 0.1
    start = time.monotonic()
    http.get(TOTALS)
    http.get(TOTALS)

    assert time.monotonic() - start >= 0.4


def test_requests_are_kept_without_credentials(lms):
    """
    With all that a test may want to know of them.
    """
    base = lms.url
    httpx.post(
        f"{base}/oauth2/access_token?x=1&x=2",
        data={"client_id": "certcore", "client_secret": "hidden", "grant_type": "other"},
        headers={"Authorization": "Basic aGlkZGVu", "Cookie": "hidden", "X-Own": "1"},
    )
    httpx.post(
        f"{base}/api/user/v1/accounts/search_emails",
        json={"emails": ["ada@example.org"]},
        headers={"Authorization": "hidden"},
    )
    httpx.get(f"{base}/nowhere/caf%C3%A9")
    first, second, third = lms.requests

    assert ["token", "search-emails", ""] == [each.endpoint for each in lms.requests]
    assert ["POST", "POST", "GET"] == [each.method for each in lms.requests]
    assert "/nowhere/café" == third.path
    assert ("1", "2") == first.params["x"]
    assert ["2", "certcore", "other"] == [
        first.one(name, default) for name, default in (("x", ""), ("client_id", ""), ("z", "other"))
    ]
    assert "[redacted]" == first.one("client_secret")
    assert ["Basic [redacted]", "[redacted]", "1"] == [
        first.headers[name] for name in ("authorization", "cookie", "x-own")
    ]
    assert "[redacted]" == second.headers["authorization"]
    assert {"emails": ["ada@example.org"]} == second.json
    assert "hidden" not in repr(lms.requests)


def test_requests_are_counted(lms, http):
    """
    All of them, or those to an endpoint; a test may begin anew.
    """
    http.get(TOTALS)
    http.get(TOTALS)
    http.get("/api/user/v1/accounts?username=ada")

    assert [3, 2, 1, 0] == [lms.count(), *map(lms.count, ("grades", "accounts", "blocks"))]
    assert {"grades": 2, "accounts": 1} == lms.counts()
    lms.forget()
    assert [0, {}] == [lms.count(), lms.counts()]


def test_threads_may_ask_at_once(lms):
    """
    None waits for another, and none is lost.
    """
    lms.fault("enrollment-course", Hang(), on=range(1, 21))
    address = f"{lms.url}/api/enrollment/v1/course/{KEY}"
    ended: list[Exception] = []

    def ask():
        try:
            httpx.get(address, timeout=60)
        except httpx.HTTPError as error:
            ended.append(error)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for each in threads:
        each.start()
    # each of them is let in, though none of the others has got its answer
    while lms.count("enrollment-course") < 20:
        time.sleep(0.01)
    still = len(ended)
    while any(each.is_alive() for each in threads):
        lms.go_on()
        time.sleep(0.01)

    assert [0, 20] == [still, len(ended)]


def test_an_unknown_address_is_a_page(lms):
    """
    So is a known one that is asked in another way.
    """
    asked = [httpx.get(f"{lms.url}/nowhere"), httpx.post(f"{lms.url}{TOTALS}")]

    assert [404, 404] == [each.status_code for each in asked]
    assert {"text/html; charset=utf-8"} == {each.headers["content-type"] for each in asked}


def test_data_may_change_at_any_time(lms, http):
    """
    Values are frozen: a changed course is another one.
    """
    first = http.get(TOTALS).json()
    lms.courses[KEY] = evolve(COURSE, enrolments=COURSE.enrolments[:1])

    assert [2, 1] == [len(first["results"]), len(http.get(TOTALS).json()["results"])]


class Broken(FakeServer):
    """
    A server of a test's own, with a mistake in it.
    """

    endpoints = ("sum",)

    def routes(self):
        return (Route("sum", "/sum/(?P<number>[0-9]+)(?P<rest>x)?", self.sum),)

    def sum(self, call):
        return Answer.json(10 / int(call.parts["number"]), X_Rest=call.parts["rest"] or "none")


def test_a_server_of_one_s_own_takes_few_lines():
    """
    Addresses with names in them, and what they answer.
    """
    with Broken() as server:
        answer = httpx.get(f"{server.url}/sum/4")
        server.fault("sum", Throttled(1))
        throttled = httpx.get(f"{server.url}/sum/4")

    assert [2.5, "none"] == [answer.json(), answer.headers["x-rest"]]
    assert [429, "1"] == [throttled.status_code, throttled.headers["retry-after"]]
    with pytest.raises(NotImplementedError, match="Broken has to say what it refuses with: stale"):
        server.stale(None)
    with pytest.raises(NotImplementedError, match="FakeServer has to say what it answers: routes"):
        FakeServer()


def test_a_mistake_in_a_server_isn_t_hidden():
    """
    The client sees an error, and the test gets to know which.
    """
    statuses: list[int] = []

    def asks():
        with Broken() as server:
            statuses.append(httpx.get(f"{server.url}/sum/0").status_code)

    with pytest.raises(ZeroDivisionError):
        asks()
    assert [500] == statuses


def test_another_error_goes_before_a_mistake_of_the_server():
    """
    It is what the test fails of.
    """

    def fails():
        with Broken() as server:
            httpx.get(f"{server.url}/sum/0")
            raise KeyError("the test's own")

    with pytest.raises(KeyError):
        fails()


def test_a_closed_server_has_no_address():
    """
    Nor does one that wasn't opened.
    """
    server = CanvasServer()
    with server:
        address = server.url

    with pytest.raises(RuntimeError, match="with statement"):
        _ = server.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_leaving_a_server_that_wasn_t_entered_does_nothing():
    """
    There is nothing to close.
    """
    CanvasServer().__exit__(None, None, None)


def test_clients_may_go_away(lms):
    """
    In the middle of a request, or of an answer: nobody else is disturbed.
    """
    lms.fault("enrollment-course", Delay(0.05), on=None)
    host, port = lms.url.removeprefix("http://").split(":")
    for _ in range(5):
        with socket.create_connection((host, int(port))) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            path = f"/api/enrollment/v1/course/{KEY}"
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    assert 200 == httpx.get(f"{lms.url}/api/enrollment/v1/course/{KEY}").status_code


def test_a_server_may_run_apart():
    """
    In a process of its own, which ends with the block.
    """
    with apart(partial(OpenEdxServer, courses=[COURSE])) as address:
        answer = httpx.get(f"{address}/api/enrollment/v1/course/{KEY}")

    assert 200 == answer.status_code
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_a_server_that_can_t_be_made_apart_is_an_error(capfd):
    """
    Nobody waits for its address.
    """
    with pytest.raises(RuntimeError, match="has written why"), apart(partial(OpenEdxServer, x=1)):
        raise AssertionError

    assert "unexpected keyword argument 'x'" in capfd.readouterr().err


def test_the_servers_are_gathered():
    """
    Each name leads to where it is, and a name that isn't there to an error.
    """
    found = {name: getattr(servers, name) for name in servers.__all__}

    assert dir(servers) == sorted(servers.__all__)
    assert OpenEdxServer is found["OpenEdxServer"]
    assert Request is found["Request"]
    with pytest.raises(AttributeError, match="no attribute 'Blackboard'"):
        _ = servers.Blackboard


def test_nothing_is_loaded_before_it_is_asked_for():
    """
    pytest loads the fixtures wherever certcore is installed, and starts no slower for it.
    """
    script = "import certcore.testing.servers.fixtures, sys; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    ).stdout.split()

    assert {"attrs", "httpx", "http.server", "certcore.ports"} & set(loaded) == set()


def test_fixtures_are_open_and_empty(
    certcore_openedx, certcore_moodle, certcore_canvas, certcore_lrs
):
    """
    What is said of their credentials is true.
    """
    form = {"grant_type": "client_credentials", "client_id": "certcore", "client_secret": "secret"}
    token = httpx.post(f"{certcore_openedx.url}/oauth2/access_token", data=form)
    info = httpx.post(
        f"{certcore_moodle.url}/webservice/rest/server.php",
        data={
            "wstoken": MoodleToken().token,
            "wsfunction": "core_webservice_get_site_info",
            "moodlewsrestformat": "json",
        },
    )
    me = httpx.get(
        f"{certcore_canvas.url}/api/v1/users/self",
        headers={"Authorization": f"Bearer {CanvasToken().token}"},
    )
    statements = httpx.get(
        f"{certcore_lrs.url}/xAPI/statements",
        auth=("reader", "secret"),
        headers={"X-Experience-API-Version": "1.0.3"},
    )

    assert {200} == {each.status_code for each in (token, info, me, statements)}
    assert "service" == info.json()["username"]
    assert [] == statements.json()["statements"]
    assert {} == {**certcore_openedx.courses, **certcore_moodle.courses, **certcore_canvas.courses}


def test_a_client_that_stays_connected_doesn_t_keep_a_server_open():
    """
    Its connection is ended.
    """
    with httpx.Client(timeout=10) as client:
        with CanvasServer() as server:
            client.get(f"{server.url}/login")
            address = server.url

        with pytest.raises(httpx.TransportError):
            client.get(address)


def test_what_is_no_http_is_refused_quietly(lms, capfd):
    """
    A server that is tested writes nothing.
    """
    host, port = lms.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        said = connection.makefile("rb").read()

    assert b"400" in said
    assert ("", "") == capfd.readouterr()


def test_pages_are_made_once_and_kept(lms, http):
    """
    As long as the course is the same.
    """
    addresses = [
        TOTALS,
        f"/api/grades/v1/gradebook/{KEY}/",
        "/api/grades/v1/section_grades_breakdown/?course_id=course-v1%3AOrg%2BC1%2BR1",
        "/api/enrollment/v1/enrollments?course_id=course-v1%3AOrg%2BC1%2BR1",
        f"/completion-aggregator/v1/course/{KEY}/",
    ]
    course = evolve(COURSE)
    lms.courses[KEY] = course
    first = [http.get(each).content for each in addresses]
    kept = dict(course.pages)
    again = [http.get(each).content for each in addresses]

    assert first == again == list(kept.values())
    assert all(kept[name] is page for name, page in course.pages.items())


def test_thousands_of_learners_are_served_page_by_page(lms, http):
    """
    Each of them once, in all lists.
    """
    users = [EdxUser(username=f"learner{n}", id=1000 + n) for n in range(3000)]
    lms.courses[KEY] = evolve(COURSE, enrolments=[EdxEnrolment(user=each) for each in users])
    names: dict[str, list[str]] = {}
    for endpoint, address, field in (
        ("grades", f"{TOTALS}?page_size=500", "username"),
        ("completion", f"/completion-aggregator/v1/course/{KEY}/?page_size=500", "username"),
        ("enrollments", "/api/enrollment/v1/enrollments", "user"),
    ):
        place: str | None = address
        while place:
            page = http.get(place).json()
            names.setdefault(endpoint, []).extend(row[field] for row in page["results"])
            place = page["pagination"]["next"] if endpoint == "completion" else page["next"]

    expected = [each.username for each in users]
    assert {
        "grades": expected,
        "completion": expected,
        "enrollments": expected[::-1],
    } == names
    assert {"grades": 6, "completion": 6, "enrollments": 30} == lms.counts()


def test_servers_know_who_they_are():
    """
    Several may be open at once, each on a port of its own.
    """
    with OpenEdxServer(clients=[EdxClient(user=SERVICE)]) as one, MoodleServer() as two:
        assert one.url != two.url
        assert "service" in one.users
