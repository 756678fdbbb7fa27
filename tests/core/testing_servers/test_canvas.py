"""
The pretended Canvas site answers as the real one.
"""

from __future__ import annotations

import datetime as dt

import httpx
import pytest

from certcore.testing.servers import (
    CanvasAssignment,
    CanvasCourse,
    CanvasEnrolment,
    CanvasGroup,
    CanvasItem,
    CanvasModule,
    CanvasServer,
    CanvasTerm,
    CanvasToken,
    CanvasUser,
    Throttled,
    Unauthorized,
)


ADA = CanvasUser(
    id=3, name="Ada López", email="ada@example.org", login_id="ada", sis_user_id="S3", locale="es"
)
BOB = CanvasUser(id=4, name="Bob", sortable_name="Bob", email="bob@example.org")
TEACHER = CanvasUser(id=9, name="Tea Cher")
TEST_STUDENT = CanvasUser(id=10, name="Test Student")
MODULES = [
    CanvasModule(
        id=21,
        name="Week 1",
        items=[
            CanvasItem(id=31, title="Read", type="Page", requirement="must_view"),
            CanvasItem(id=32, title="Quiz", type="Quiz", requirement="min_score", min_score=5),
            CanvasItem(id=33, title="More", type="ExternalUrl"),
        ],
    ),
    CanvasModule(id=22, name="Week 2", prerequisites=[21]),
    CanvasModule(id=23, name="Long", items=[CanvasItem(id=100 + n) for n in range(51)]),
]
COURSE = CanvasCourse(
    id=7,
    sis_id="C:7",
    end=dt.datetime(2026, 12, 1, tzinfo=dt.UTC),
    grading_scheme=True,
    term=CanvasTerm(name="Fall", start=dt.datetime(2026, 9, 1, tzinfo=dt.UTC)),
    enrolments=[
        CanvasEnrolment(id=1, user=ADA, current=92.5, final=88.1),
        CanvasEnrolment(id=2, user=ADA, section=2, current=92.5, final=88.1, override=95),
        CanvasEnrolment(id=3, user=BOB, state="inactive", final=-1),
        CanvasEnrolment(id=4, user=TEACHER, type="TeacherEnrollment"),
        CanvasEnrolment(id=5, user=TEST_STUDENT, type="StudentViewEnrollment"),
        CanvasEnrolment(
            id=6, user=CanvasUser(id=5, name="Eve"), state="completed", current=None, final=None
        ),
    ],
    modules=MODULES,
    groups=[
        CanvasGroup(
            id=41,
            name="Homework",
            weight=40,
            assignments=[
                CanvasAssignment(id=51, name="HW 1"),
                CanvasAssignment(id=52, name="HW 2", published=False),
            ],
        ),
        CanvasGroup(id=42, name="Exam", weight=60, assignments=[CanvasAssignment(id=53)]),
    ],
    done={3: frozenset({31, 32, 99}), 5: frozenset({31})},
    done_at={3: dt.datetime(2026, 11, 1, tzinfo=dt.UTC)},
    scores={3: {51: 9.5}},
)
BIG = CanvasCourse(
    id=8,
    enrolments=[
        CanvasEnrolment(id=n, user=CanvasUser(id=n, name=f"User {n}")) for n in range(1, 251)
    ],
)
ADMIN = "admin"
BASE = "/api/v1/courses/7"


@pytest.fixture(scope="module")
def canvas():
    """
    A site with a small course and a big one, and tokens of several roles.
    """
    tokens = [
        CanvasToken(token="admin"),
        CanvasToken(token="teacher", role="teacher", user=TEACHER),
        CanvasToken(token="discreet", role="teacher", emails=False),
        CanvasToken(token="ada", role="student", user=ADA),
    ]
    with CanvasServer(courses=[COURSE, BIG], tokens=tokens) as server:
        yield server


@pytest.fixture
def get(canvas):
    """
    Asks as somebody.
    """

    def get_(path, *, token=ADMIN, accept="application/json", **params):
        return httpx.get(
            path if path.startswith("http") else f"{canvas.url}{path}",
            params={name.replace("__", "[]"): value for name, value in params.items()} or None,
            headers={"Authorization": f"Bearer {token}", "Accept": accept},
        )

    return get_


def test_who_isn_t_known_isn_t_let_in(canvas, get):
    """
    A header tells a wrong token from wanting rights.
    """
    nobody = httpx.get(f"{canvas.url}{BASE}")
    wrong = get(BASE, token="wrong")
    little = get(f"{BASE}/bulk_user_progress", token="ada")

    assert [401, 401, 403] == [each.status_code for each in (nobody, wrong, little)]
    assert ['Bearer realm="canvas-lms"'] * 2 == [
        each.headers["www-authenticate"] for each in (nobody, wrong)
    ]
    assert "www-authenticate" not in little.headers
    assert [
        "user authorization required",
        "Invalid access token.",
        "user not authorized to perform that action",
    ] == [each.json()["errors"][0]["message"] for each in (nobody, wrong, little)]


def test_a_token_in_the_address_isn_t_repeated_in_links(canvas):
    """
    It is taken, but has to be put there again.
    """
    answer = httpx.get(f"{canvas.url}/api/v1/courses/8/users?access_token=admin&include[]=email")

    assert 200 == answer.status_code
    assert "access_token" not in answer.headers["link"]
    assert "include%5B%5D=email" in answer.links["next"]["url"]


@pytest.mark.parametrize(
    "path", ["/api/v1/courses/99", "/api/v1/nothing", f"{BASE}/users/99/progress"]
)
def test_what_isn_t_there_is_an_object(get, path):
    """
    With one message for all.
    """
    answer = get(path)

    assert 404 == answer.status_code
    assert "The specified resource does not exist." == answer.json()["errors"][0]["message"]


def test_beside_the_api_there_are_pages(get):
    """
    For people.
    """
    assert get("/login").headers["content-type"].startswith("text/html")


def test_each_answer_tells_what_it_cost(get):
    """
    And what is left.
    """
    headers = get(BASE).headers

    assert ["0.1", "600.0"] == [headers["x-request-cost"], headers["x-rate-limit-remaining"]]


def test_wanting_rights_may_be_401_as_of_old():
    """
    Then only a header tells them from a wrong token.
    """
    token = CanvasToken(role="student")
    with CanvasServer(courses=[COURSE], tokens=[token], forbidden=401) as server:
        answer = httpx.get(
            f"{server.url}{BASE}/bulk_user_progress",
            headers={"Authorization": f"Bearer {token.token}"},
        )

    assert (401, "unauthorized") == (answer.status_code, answer.json()["status"])
    assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize("status,words", [(403, "403 Forbidden"), (429, "429 Too Many Requests")])
def test_too_many_requests_are_told_in_two_ways(canvas, get, status, words):
    """
    The older one looks like wanting rights.
    """
    canvas.fault("course", Throttled(status=status))
    answer = get(BASE)

    assert status == answer.status_code
    assert f"{words} (Rate Limit Exceeded)\n" == answer.text
    assert ["text/plain; charset=utf-8", "0.0"] == [
        answer.headers[name] for name in ("content-type", "x-rate-limit-remaining")
    ]


def test_a_token_may_be_refused_once(canvas, get):
    """
    As when it was revoked.
    """
    canvas.fault("course", Unauthorized())

    assert [401, 200] == [get(BASE).status_code for _ in range(2)]


def test_pages_are_linked_in_a_header(get):
    """
    Ten rows if nothing is asked for, a hundred at most.
    """
    first = get("/api/v1/courses/8/users")
    big = get("/api/v1/courses/8/users", per_page=1000)
    second = get(big.links["next"]["url"])
    last = get(second.links["last"]["url"])

    assert [10, 100, 100, 50] == [len(each.json()) for each in (first, big, second, last)]
    assert ["current", "next", "first", "last"] == list(first.links)
    assert ["current", "next", "prev", "first", "last"] == list(second.links)
    assert "next" not in last.links
    assert [] == get("/api/v1/courses/8/users", page=99).json()


def test_ids_may_be_text(get):
    """
    All of them, at any depth.
    """
    accept = "application/json+canvas-string-ids, application/json"
    row = get(f"{BASE}/enrollments", accept=accept, user_id=3).json()[0]

    assert ["1", "3", "7", "3", 0] == [
        row["id"],
        row["user_id"],
        row["course_id"],
        row["user"]["id"],
        row["total_activity_time"],
    ]


def test_enrolments_have_scores(get):
    """
    A learner in two sections has two; letters are there with a scheme, and an override if given.
    """
    rows = get(f"{BASE}/enrollments", type__="StudentEnrollment", user_id=3).json()

    assert [(1, 1, 3), (2, 2, 3)] == [
        (row["id"], row["course_section_id"], row["user_id"]) for row in rows
    ]
    assert {
        "html_url": rows[0]["grades"]["html_url"],
        "current_score": 92.5,
        "current_grade": "A-",
        "final_score": 88.1,
        "final_grade": "B+",
        "unposted_current_score": 92.5,
        "unposted_current_grade": "A-",
        "unposted_final_score": 88.1,
        "unposted_final_grade": "B+",
    } == rows[0]["grades"]
    assert [95, "A"] == [rows[1]["grades"][name] for name in ("override_score", "override_grade")]
    assert "López, Ada" == rows[0]["user"]["sortable_name"]


@pytest.mark.parametrize(
    "token,asked,expected",
    [
        ("admin", {}, [1, 2, 3, 4, 5]),
        ("teacher", {}, [1, 2, 4, 5]),
        ("teacher", {"state__": ["active", "completed"]}, [1, 2, 4, 5, 6]),
        ("teacher", {"type__": "StudentEnrollment"}, [1, 2]),
        ("teacher", {"role__": "TeacherEnrollment"}, [4]),
        ("teacher", {"sis_user_id__": "S3"}, [1, 2]),
    ],
)
def test_enrolments_may_be_asked_for(get, token, asked, expected):
    """
    An admin who doesn't ask for states gets inactive ones as well.
    """
    rows = get(f"{BASE}/enrollments", token=token, **asked).json()

    assert expected == [row["id"] for row in rows]


def test_grades_are_on_students_rows_and_for_those_who_may_see_them(get):
    """
    A learner sees their own.
    """
    teacher = get(f"{BASE}/enrollments", user_id=9).json()[0]
    mine = get(f"{BASE}/enrollments", token="ada", user_id=3).json()[0]
    other = get(f"{BASE}/enrollments", token="ada", user_id=10).json()[0]
    odd = get(f"{BASE}/enrollments", user_id=4).json()[0]

    assert "grades" not in teacher
    assert ["final_score" in each["grades"] for each in (mine, other)] == [True, False]
    assert "unposted_final_score" not in mine["grades"]
    assert "sis_user_id" not in mine
    assert [None, "F"] == [odd["grades"]["current_grade"], odd["grades"]["final_grade"]]


def test_people_come_with_what_was_asked_for(get):
    """
    As far as the rights go; the test student isn't a student.
    """
    asked = {"enrollment_type__": "student", "include__": ["email", "locale", "enrollments"]}
    (ada,) = get(f"{BASE}/users", **asked).json()
    (discreet,) = get(f"{BASE}/users", token="discreet", **asked).json()
    (as_learner,) = get(f"{BASE}/users", token="ada", **asked).json()

    assert ["ada@example.org", "es", "ada", "S3", 2] == [
        ada["email"],
        ada["locale"],
        ada["login_id"],
        ada["sis_user_id"],
        len(ada["enrollments"]),
    ]
    for row in (discreet, as_learner):
        assert set() == {"email", "login_id", "sis_user_id"} & set(row)
    assert [3, 9, 10] == [row["id"] for row in get(f"{BASE}/users").json()]
    assert "locale" not in get(f"{BASE}/users").json()[0]
    completed = get(f"{BASE}/users", enrollment_state__="completed").json()
    assert [5] == [row["id"] for row in completed]


def test_a_course_has_dates_and_a_term_s(get):
    """
    It may be found by another id; which dates count is told.
    """
    course = get("/api/v1/courses/sis_course_id:C:7", include__="term").json()

    assert [7, "2026-12-01T00:00:00Z", False, "C:7"] == [
        course[name]
        for name in ("id", "end_at", "restrict_enrollments_to_course_dates", "sis_course_id")
    ]
    assert ["Fall", "2026-09-01T00:00:00Z", None] == [
        course["term"][name] for name in ("name", "start_at", "end_at")
    ]
    plain = get(BASE, token="teacher").json()
    assert set() == {"term", "sis_course_id"} & set(plain)


def test_modules_tell_a_student_s_state(get):
    """
    Only if one is named; a long list of items is left to its own address.
    """
    asked = {"student_id": 3, "include__": "items"}
    one, two, long = get(f"{BASE}/modules", **asked).json()
    started = get(f"{BASE}/modules", student_id=5).json()[0]
    plain = get(f"{BASE}/modules").json()[0]

    assert ["completed", "2026-11-01T00:00:00Z", 1, 3] == [
        one[name] for name in ("state", "completed_at", "position", "items_count")
    ]
    assert [
        {"type": "must_view", "completed": True},
        {"type": "min_score", "min_score": 5, "completed": True},
        None,
    ] == [item.get("completion_requirement") for item in one["items"]]
    assert ["completed", None, [21]] == [
        two[name] for name in ("state", "completed_at", "prerequisite_module_ids")
    ]
    assert ["items" in long, 51] == [False, long["items_count"]]
    assert ["started", None] == [started["state"], started["completed_at"]]
    assert set() == {"state", "completed_at", "items"} & set(plain)
    assert "unlocked" == get(f"{BASE}/modules", student_id=4).json()[0]["state"]


def test_items_have_an_address_of_their_own(get):
    """
    With the student's part, if one is named.
    """
    address = get(f"{BASE}/modules").json()[0]["items_url"]
    rows = get(address, student_id=5).json()

    assert [(31, 1, True), (32, 2, False)] == [
        (row["id"], row["position"], row["completion_requirement"]["completed"]) for row in rows[:2]
    ]
    assert "completed" not in get(address).json()[0]["completion_requirement"]
    assert 404 == get(f"{BASE}/modules/99/items").status_code


def test_progress_counts_requirements(get):
    """
    Of one student.
    """
    address = f"{BASE}/users/3/progress"
    expected = {
        "requirement_count": 2,
        "requirement_completed_count": 2,
        "next_requirement_url": None,
        "completed_at": "2026-11-01T00:00:00Z",
    }

    assert expected == get(address).json() == get(address, token="ada").json()
    assert 403 == get(f"{BASE}/users/5/progress", token="ada").status_code


@pytest.mark.parametrize("path", [f"{BASE}/users/9/progress", "/api/v1/courses/8/users/1/progress"])
def test_progress_that_can_t_be_told_is_an_error_in_status_200(get, path):
    """
    Of somebody who is no student, or where nothing is required.
    """
    answer = get(path)

    assert 200 == answer.status_code
    assert answer.json()["error"]["message"].startswith("no progress available because")


def test_progress_of_a_class_comes_in_pages(get):
    """
    The efficient way.
    """
    rows = get(f"{BASE}/bulk_user_progress").json()

    assert [(3, "Ada López", 2), (5, "Eve", 1)] == [
        (row["id"], row["display_name"], row["progress"]["requirement_completed_count"])
        for row in rows
    ]
    assert rows[1]["progress"]["completed_at"] is None
    assert "error" in get("/api/v1/courses/8/bulk_user_progress").json()[0]["progress"]


def test_assignment_groups_have_weights(get):
    """
    And assignments, if they are asked for.
    """
    homework, exam = get(f"{BASE}/assignment_groups", include__="assignments").json()

    assert [("Homework", 40, 1), ("Exam", 60, 2)] == [
        (each["name"], each["group_weight"], each["position"]) for each in (homework, exam)
    ]
    assert [(51, 10.0), (52, 10.0)] == [
        (each["id"], each["points_possible"]) for each in homework["assignments"]
    ]
    assert "assignments" not in get(f"{BASE}/assignment_groups").json()[0]


def test_submissions_come_grouped_or_flat(get):
    """
    Of published assignments; nothing is not zero.
    """
    asked = {"student_ids__": "all"}
    grouped = get(f"{BASE}/students/submissions", grouped=1, **asked).json()
    flat = get(f"{BASE}/students/submissions", assignment_ids__=51, **asked).json()
    one = get(f"{BASE}/students/submissions", student_ids__=5).json()

    assert [(3, [9.5, None]), (5, [None, None])] == [
        (row["user_id"], [each["score"] for each in row["submissions"]]) for row in grouped
    ]
    assert [(3, "9.5", "graded", False), (5, None, "unsubmitted", True)] == [
        (row["user_id"], row["grade"], row["workflow_state"], row["missing"]) for row in flat
    ]
    assert [(5, 51), (5, 53)] == [(row["user_id"], row["assignment_id"]) for row in one]


def test_submissions_are_refused(get):
    """
    Of strangers, of too many, to students.
    """
    address = f"{BASE}/students/submissions"
    many = get(address, student_ids__=list(range(101)))

    assert (400, {"error": "too many students"}) == (many.status_code, many.json())
    assert 403 == get(address, student_ids__=99).status_code
    assert 403 == get(address, token="ada", student_ids__="all").status_code


def test_somebody_may_ask_who_they_are(get):
    """
    With what they may know of themselves.
    """
    assert "Tea Cher" == get("/api/v1/users/self", token="teacher").json()["name"]


def test_each_endpoint_has_a_route(canvas):
    """
    And each route is an endpoint.
    """
    assert set(canvas.endpoints) == {each.endpoint for each in canvas.routes()}


def test_lists_are_looked_for_once(canvas, get):
    """
    For all their pages; another question is another list.
    """
    address = "/api/v1/courses/8/enrollments"
    canvas.courses[8] = CanvasCourse(id=8, enrolments=BIG.enrolments)
    pages = [get(address, per_page=100, page=page).json() for page in (1, 2, 3, 3)]
    kept = len(canvas.courses[8].found)
    alone = get(address, user_id=5).json()
    canvas.courses[8] = BIG

    assert [100, 100, 50, 50] == [len(page) for page in pages]
    assert [1, [5]] == [kept, [row["id"] for row in alone]]
