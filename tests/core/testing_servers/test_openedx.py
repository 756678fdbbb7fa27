"""
The pretended Open edX site answers as the real one.
"""

from __future__ import annotations

import base64
import datetime as dt
import json

import httpx
import pytest

from attrs import evolve

from certcore.testing import FixedClock
from certcore.testing.servers import (
    EdxAssignmentType,
    EdxClient,
    EdxCompletion,
    EdxCourse,
    EdxEnrolment,
    EdxPath,
    EdxPathEnrolment,
    EdxSection,
    EdxStep,
    EdxSubsection,
    EdxUser,
    OpenEdxServer,
)


KEY = "course-v1:Org+C1+R1"
OTHER = "course-v1:Org+C2+R1"
PATH = "path-v1:Org+LP1+R1+G1"
HIDDEN_PATH = "path-v1:Org+LP2+R1+G1"
SERVICE = EdxUser(username="service", id=1, is_staff=True)
TEACHER = EdxUser(username="teacher", id=9, email="teacher@example.org")
ADA = EdxUser(
    username="ada",
    id=2,
    email="ada@example.org",
    name="Ada López",
    verified_name="Ada María López",
    languages=["es"],
    country="MX",
    ui_language="es-419",
)
BOB = EdxUser(username="bob", id=3, email="bob@example.org", name="Bob", profile=False)
EVE = EdxUser(username="eve", id=4, email="eve@example.org", name="Eve")
SECTIONS = [
    EdxSection(
        block="ch1",
        title="Week 1",
        subsections=[
            EdxSubsection(block="hw1", title="Ohm's law", assignment_type="Homework"),
            EdxSubsection(block="talk", title="Talk"),
        ],
    ),
    EdxSection(
        block="ch2",
        title="Week 2",
        subsections=[
            EdxSubsection(block="hw2", title="Circuits", assignment_type="Homework"),
            EdxSubsection(
                block="exam",
                title="Exam",
                assignment_type="Exam",
                problems=20,
                due=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
            ),
        ],
    ),
]
TYPES = [
    EdxAssignmentType(name="Homework", short_label="HW", weight=0.4, min_count=3, drop_count=1),
    EdxAssignmentType(name="Exam", short_label="EX", weight=0.6),
]
IN_C1 = [
    EdxEnrolment(
        user=ADA,
        mode="masters",
        scores={"hw1": 5, "exam": 18},
        completion=EdxCompletion(3, 8),
        completions={"ch1": EdxCompletion(3, 4), "hw1": EdxCompletion(3, 4)},
    ),
    EdxEnrolment(user=BOB, created=dt.datetime(2026, 7, 2, tzinfo=dt.UTC)),
    EdxEnrolment(user=EVE, mode="verified", is_active=False),
    EdxEnrolment(user=TEACHER, percent=0.83, gradable=False, completion=EdxCompletion(0, 0)),
]
COURSE = EdxCourse(
    key=KEY,
    name="R & <b>",
    end=dt.datetime(2026, 12, 1, tzinfo=dt.UTC),
    sections=SECTIONS,
    assignment_types=TYPES,
    cutoffs={"A": 0.9, "Pass": 0.5},
    enrolments=IN_C1,
    staff=["teacher"],
)
COURSE_2 = EdxCourse(
    key=OTHER, visible=False, start=None, enrolments=[EdxEnrolment(user=ADA, percent=0.5)]
)
PATHS = [
    EdxPath(
        key=PATH,
        steps=[EdxStep(course=OTHER), EdxStep(course=KEY, order=1, weight=None)],
        enrolments=[
            EdxPathEnrolment(user=ADA),
            EdxPathEnrolment(user=EVE),
            EdxPathEnrolment(user=BOB, is_active=False),
        ],
    ),
    EdxPath(
        key=HIDDEN_PATH,
        id=2,
        steps=[EdxStep(course="course-v1:Org+Gone+R1")],
        invite_only=True,
        required_grade=None,
    ),
]
GRADES = "/api/grades/v1"
COMPLETION = f"/completion-aggregator/v1/course/{KEY}/"
LEARNING_PATHS = "/api/learning_paths/v1"


@pytest.fixture(scope="module")
def lms():
    """
    A site with two courses and two paths.
    """
    with OpenEdxServer(
        courses=[COURSE, COURSE_2],
        users=[TEACHER],
        paths=PATHS,
        clients=[EdxClient(user=SERVICE)],
        page_size=2,
    ) as server:
        yield server


def asking(lms, user, kind="JWT"):
    """
    Give a client of somebody's.
    """
    headers = {"Authorization": f"{kind} {lms.issue(user, kind)}"}
    return httpx.Client(base_url=lms.url, headers=headers, timeout=10)


@pytest.fixture
def http(lms):
    """
    A client of the service's.
    """
    with asking(lms, SERVICE) as client:
        yield client


@pytest.fixture
def as_teacher(lms):
    """
    A client of somebody on the course's staff.
    """
    with asking(lms, TEACHER) as client:
        yield client


@pytest.fixture
def as_ada(lms):
    """
    A client of a learner's.
    """
    with asking(lms, ADA) as client:
        yield client


def ask_token(lms, **changes):
    """
    Ask for a token with the right words, or with others.
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": "certcore",
        "client_secret": "secret",
        "token_type": "jwt",
    }
    said = {name: value for name, value in {**form, **changes}.items() if value}
    return httpx.post(f"{lms.url}/oauth2/access_token", data=said)


def test_a_token_says_whom_it_speaks_for_and_until_when(lms):
    """
    It is a JWT, signed by the site.
    """
    answer = ask_token(lms).json()
    claims = answer["access_token"].split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))

    assert [3600, "JWT", "read write email profile"] == [
        answer[name] for name in ("expires_in", "token_type", "scope")
    ]
    assert ["service", True, "client-credentials", 3600] == [
        *(told[name] for name in ("preferred_username", "administrator", "grant_type")),
        told["exp"] - told["iat"],
    ]


def test_a_token_may_be_opaque(lms):
    """
    It is, if nothing is said; a header may say something as well.
    """
    plain = ask_token(lms, token_type="", scope="read").json()
    by_header = httpx.post(
        f"{lms.url}/oauth2/access_token/",
        data={"grant_type": "client_credentials"},
        headers={"X-Token-Type": "JWT"},
        auth=("certcore", "secret"),
    ).json()

    assert ["Bearer", 36_000, "read"] == [
        plain[name] for name in ("token_type", "expires_in", "scope")
    ]
    assert "JWT" == by_header["token_type"]


@pytest.mark.parametrize(
    "changes,expected",
    [
        ({"client_secret": "wrong"}, (401, "invalid_client")),
        ({"client_id": "nobody"}, (401, "invalid_client")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type")),
    ],
)
def test_a_token_is_refused(lms, changes, expected):
    """
    With OAuth's own words.
    """
    answer = ask_token(lms, **changes)

    assert expected == (answer.status_code, answer.json()["error"])


def test_a_token_is_refused_to_basic_credentials_that_are_none(lms):
    """
    They can't even be unpacked.
    """
    answer = httpx.post(
        f"{lms.url}/oauth2/access_token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": "Basic a"},
    )

    assert 401 == answer.status_code


def test_tokens_expire():
    """
    By the clock that the server is given, if there is one.
    """
    clock = FixedClock()
    with OpenEdxServer(
        courses=[COURSE], clients=[EdxClient(user=SERVICE)], clock=clock, public_keys=False
    ) as server:
        address = f"{server.url}{GRADES}/courses/{KEY}/"
        tokens = {kind: server.issue(SERVICE, kind) for kind in ("JWT", "Bearer")}

        def ask(kind):
            return httpx.get(address, headers={"Authorization": f"{kind} {tokens[kind]}"})

        assert [200, 200] == [ask(kind).status_code for kind in tokens]
        clock.advance(hours=2)
        assert [401, 200] == [ask(kind).status_code for kind in tokens]
        assert {"developer_message": "Token has expired."} == ask("JWT").json()
        clock.advance(hours=9)
        assert "token_expired" == ask("Bearer").json()["developer_message"]["error_code"]


NEVER = "Authentication credentials were not provided."


@pytest.mark.parametrize(
    "credential,expected",
    [
        ("", NEVER),
        ("Token abc", NEVER),
        ("JWT abc", "Invalid token."),
        ("Bearer abc", "token_nonexistent"),
    ],
)
def test_who_isn_t_known_isn_t_let_in(lms, credential, expected):
    """
    In the words of the view that was asked.
    """
    headers = {"Authorization": credential} if credential else {}
    developer = httpx.get(f"{lms.url}{GRADES}/courses/{KEY}/", headers=headers)
    plain = httpx.get(f"{lms.url}{COMPLETION}", headers=headers)
    said = [developer.json()["developer_message"], plain.json().get("detail", plain.json())]

    assert [401, 401] == [developer.status_code, plain.status_code]
    assert 'JWT realm="api"' == plain.headers["www-authenticate"]
    if expected == "token_nonexistent":
        said = [each["error_code"] for each in said]
    assert [expected, expected] == said


def test_prefixes_are_not_interchangeable(lms):
    """
    Neither kind of token is taken for the other; and one view wants a JWT.
    """
    jwt, opaque = lms.issue(SERVICE, "JWT"), lms.issue(SERVICE, "Bearer")
    address = f"{lms.url}{GRADES}/courses/{KEY}/"
    section_grades = f"{lms.url}{GRADES}/section_grades_breakdown/"

    assert [401, 401, 200, 200] == [
        httpx.get(address, headers={"Authorization": said}).status_code
        for said in (f"Bearer {jwt}", f"JWT {opaque}", f"JWT {jwt}", f"Bearer {opaque}")
    ]
    refused = httpx.get(section_grades, headers={"Authorization": f"Bearer {opaque}"})
    assert (401, NEVER) == (refused.status_code, refused.json()["developer_message"])


def test_enrolments_come_newest_first_inactive_ones_too(http):
    """
    Without a count, without names.
    """
    page = http.get("/api/enrollment/v1/enrollments", params={"course_id": KEY}).json()

    assert ["next", "previous", "results"] == list(page)
    assert ["teacher", "eve", "bob", "ada"] == [row["user"] for row in page["results"]]
    assert {
        "created": "2026-07-01T00:00:00Z",
        "mode": "verified",
        "is_active": False,
        "user": "eve",
        "course_id": KEY,
    } == page["results"][1]


def test_pages_of_enrolments_are_linked(http):
    """
    Only the link knows the next one; there is one back as well.
    """
    asked = {"course_id": KEY, "page_size": 3}
    first = http.get("/api/enrollment/v1/enrollments/", params=asked).json()
    second = http.get(first["next"]).json()
    again = http.get(second["previous"]).json()

    assert "course-v1%3AOrg%2BC1%2BR1" in first["next"]
    assert [3, 1] == [len(page["results"]) for page in (first, second)]
    assert [None, None] == [first["previous"], second["next"]]
    assert first["results"] == again["results"]


def test_a_page_of_enrolments_has_a_hundred_at_most(lms, http):
    """
    Whatever was asked for.
    """
    many = [EdxEnrolment(user=EdxUser(username=f"u{n}", id=100 + n)) for n in range(150)]
    lms.courses["course-v1:Org+Big+R1"] = EdxCourse(key="course-v1:Org+Big+R1", enrolments=many)
    try:
        asked = {"course_id": "course-v1:Org+Big+R1", "page_size": 1000}
        page = http.get("/api/enrollment/v1/enrollments", params=asked).json()
    finally:
        del lms.courses["course-v1:Org+Big+R1"]

    assert 100 == len(page["results"])


@pytest.mark.parametrize(
    "asked,expected",
    [
        ({"username": "ada"}, {("ada", KEY), ("ada", OTHER)}),
        ({"username": "ada,bob", "course_id": KEY}, {("ada", KEY), ("bob", KEY)}),
        ({"email": "eve@example.org"}, {("eve", KEY)}),
        ({"course_ids": "org+c2,x"}, {("ada", OTHER)}),
        ({"course_id": "course-v1:Org+None+R1"}, set()),
    ],
)
def test_enrolments_may_be_asked_for(http, asked, expected):
    """
    By people and by courses; an unknown course has none.
    """
    rows = http.get("/api/enrollment/v1/enrollments", params=asked).json()["results"]

    assert expected == {(row["user"], row["course_id"]) for row in rows}


def test_enrolments_of_what_can_t_be_are_refused(http):
    """
    Each field has its own error.
    """
    names = ",".join(f"u{n}" for n in range(101))
    answer = http.get(
        "/api/enrollment/v1/enrollments",
        params={"course_id": "C1", "username": names, "email": names},
    )
    errors = answer.json()["field_errors"]

    assert 400 == answer.status_code
    assert {"course_id", "username", "email"} == set(errors)
    assert "A maximum of 100 is allowed" in errors["username"]["developer_message"]


def test_a_cursor_that_is_none_is_refused(http):
    """
    They are only ever taken out of links.
    """
    answers = [
        http.get("/api/enrollment/v1/enrollments", params={"course_id": KEY, "cursor": said})
        for said in ("nonsense", "YWJj")
    ]

    assert [404, 404] == [each.status_code for each in answers]
    assert {"developer_message": "Invalid cursor"} == answers[0].json()


def test_one_enrolment_brings_the_course_along(http, as_ada):
    """
    Nothing at all comes where there is none, and a learner sees no other.
    """
    base = "/api/enrollment/v1/enrollment"
    found = http.get(f"{base}/ada,{KEY}").json()
    none = http.get(f"{base}/bob,{OTHER}")
    nowhere = http.get(f"{base}/ada,course-v1:Org+None+R1")

    assert "masters" == found["mode"]
    assert ["Instructor Paced", "2026-12-01T00:00:00Z"] == [
        found["course_details"][name] for name in ("pacing_type", "course_end")
    ]
    assert [(200, b"")] * 2 == [(each.status_code, each.content) for each in (none, nowhere)]
    assert 404 == as_ada.get(f"{base}/bob,{KEY}").status_code
    assert 200 == as_ada.get(f"{base}/ada,{KEY}").status_code
    assert {"message": "No valid course key."} == http.get(f"{base}/ada,C1").json()


def test_somebody_s_enrolments_come_at_once(http, as_ada):
    """
    A learner gets no others'.
    """
    address = "/api/enrollment/v1/enrollment"

    assert [KEY, OTHER] == [
        row["course_details"]["course_id"]
        for row in http.get(address, params={"user": "ada"}).json()
    ]
    assert [2, 0] == [
        len(as_ada.get(address, params=said).json()) for said in ({}, {"user": "bob"})
    ]


def test_a_course_s_dates_are_open_to_anybody(lms):
    """
    An unknown course is the asker's mistake.
    """
    base = f"{lms.url}/api/enrollment/v1/course"
    unknown = httpx.get(f"{base}/course-v1:Org+None+R1")

    assert "2026-07-01T00:00:00Z" == httpx.get(f"{base}/{KEY}").json()["course_start"]
    assert 400 == unknown.status_code
    assert unknown.json()["message"].startswith("No course found")


def test_only_the_site_s_staff_sees_all_enrolments(as_teacher):
    """
    A course's staff isn't enough.
    """
    answer = as_teacher.get("/api/enrollment/v1/enrollments", params={"course_id": KEY})

    assert 403 == answer.status_code
    assert {
        "developer_message": "You do not have permission to perform this action."
    } == answer.json()


def test_accounts_come_in_bulk_and_in_another_order(http):
    """
    Unknown names are just missing.
    """
    address = "/api/user/v1/accounts"
    rows = http.get(address, params={"username": "eve,nobody,ada"}).json()
    ada = rows[0]

    assert ["ada", "eve"] == [row["username"] for row in rows]
    assert [2, "ada@example.org", "Ada López", "Ada María López", [{"code": "es"}], "MX"] == [
        ada[name]
        for name in ("id", "email", "name", "verified_name", "language_proficiencies", "country")
    ]
    (bob,) = http.get(address, params={"username": "bob"}).json()
    assert [None, None] == [bob["name"], bob["language_proficiencies"]]


@pytest.mark.parametrize(
    "asked,expected",
    [
        ({"email": "eve@example.org"}, ["eve"]),
        ({"lms_user_id": "3"}, ["bob"]),
        ({"email": "nobody@example.org"}, None),
        ({"username": "nobody"}, None),
    ],
)
def test_accounts_may_be_found_otherwise(http, asked, expected):
    """
    If there is none at all, nothing is found.
    """
    answer = http.get("/api/user/v1/accounts", params=asked)

    if expected is None:
        assert (404, b"") == (answer.status_code, answer.content)
    else:
        assert expected == [row["username"] for row in answer.json()]


def test_learners_see_little_of_others(as_ada):
    """
    Neither an address nor how to find one.
    """
    address = "/api/user/v1/accounts"
    me, bob = as_ada.get(address, params={"username": "ada,bob"}).json()

    assert "ada@example.org" == me["email"]
    assert {"username", "profile_image"} == set(bob)
    assert 403 == as_ada.get(address, params={"email": "bob@example.org"}).status_code
    assert 404 == as_ada.post(f"{address}/search_emails", json={"emails": []}).status_code


def test_addresses_are_looked_up_in_bulk(http):
    """
    Those that are unknown are missing.
    """
    emails = ["bob@example.org", "nobody@example.org", ""]
    rows = http.post("/api/user/v1/accounts/search_emails", json={"emails": emails}).json()

    assert [{"username": "bob", "email": "bob@example.org", "id": 3}] == rows


def test_the_language_is_a_preference(http, as_ada):
    """
    Of one learner at a time; of others, only for the staff.
    """
    base = "/api/user/v1/preferences"

    assert [{"pref-lang": "es-419"}, {}] == [
        http.get(f"{base}/{name}/").json() for name in ("ada", "bob")
    ]
    assert [200, 404, 404] == [
        as_ada.get(f"{base}/{name}").status_code for name in ("ada", "bob", "nobody")
    ]


def test_totals_are_computed_as_the_platform_does(http):
    """
    The lowest is dropped, unreleased work is zero, and the total is rounded to whole percents.
    """
    page = http.get(f"{GRADES}/courses/{KEY}/").json()
    ada, bob = page["results"]

    # 0.4 of the mean of 0.5 and 0, the lowest of three being dropped, and 0.6 of 0.9
    assert {
        "username": "ada",
        "email": "ada@example.org",
        "course_id": KEY,
        "passed": True,
        "percent": 0.64,
        "letter_grade": "Pass",
    } == ada
    assert ["bob", "", 0.0, None, False] == [
        bob[name] for name in ("username", "email", "percent", "letter_grade", "passed")
    ]


def test_who_can_t_be_graded_is_left_out_of_a_page(http):
    """
    And nobody moves up for it; inactive enrolments aren't there at all.
    """
    first = http.get(f"{GRADES}/courses/{KEY}/", params={"page_size": 2}).json()
    second = http.get(first["next"]).json()

    assert [2, 0] == [len(page["results"]) for page in (first, second)]
    assert second["next"] is None


def test_one_total_is_a_bare_list(http, as_ada):
    """
    Of the learner, or for the staff.
    """
    address = f"{GRADES}/courses/{KEY}/"

    assert [0.64] == [
        row["percent"] for row in http.get(address, params={"username": "ada"}).json()
    ]
    assert [200, 403, 403] == [
        as_ada.get(address, params={"username": name}).status_code for name in ("ada", "bob", "")
    ]


@pytest.mark.parametrize(
    "key,name,code",
    [
        (KEY, "nobody", "user_does_not_exist"),
        (KEY, "eve", "user_not_enrolled"),
        ("course-v1:Org+None+R1", "ada", "course_does_not_exist"),
    ],
)
def test_totals_that_aren_t_there_are_told_by_a_code(http, key, name, code):
    """
    Which says what is missing.
    """
    answer = http.get(f"{GRADES}/courses/{key}/", params={"username": name})

    assert (404, code) == (answer.status_code, answer.json()["error_code"])


def test_the_gradebook_hides_what_could_have_been_earned(http):
    """
    Of a lesson that wasn't attempted; its share is zero all the same.
    """
    page = http.get(f"{GRADES}/gradebook/{KEY}/").json()
    ada = page["results"][0]
    first, second, exam = ada["section_breakdown"]

    assert [3, 3] == [page["total_users_count"], page["filtered_users_count"]]
    assert ["Ada López", 2, 0.64] == [ada[name] for name in ("full_name", "user_id", "percent")]
    assert {
        "attempted": True,
        "category": "Homework",
        "label": "HW 01",
        "module_id": "block-v1:Org+C1+R1+type@sequential+block@hw1",
        "percent": 0.5,
        "score_earned": 5,
        "score_possible": 10.0,
        "subsection_name": "Ohm's law",
    } == first
    assert [False, "HW 02", 0.0, 0.0, 0.0] == [
        second[name] for name in ("attempted", "label", "percent", "score_earned", "score_possible")
    ]
    assert ["EX 01", 0.9] == [exam["label"], exam["percent"]]
    assert "full_name" not in page["results"][1]


@pytest.mark.parametrize(
    "asked,expected",
    [
        ({"user_contains": "AD"}, ["ada"]),
        ({"username_contains": "bo"}, ["bob"]),
        ({"enrollment_mode": "masters"}, ["ada"]),
        ({"course_grade_min": 50}, ["ada"]),
        ({"course_grade_max": 50}, ["bob"]),
        ({"excluded_course_roles": "all"}, ["ada", "bob"]),
    ],
)
def test_the_gradebook_may_be_filtered(http, asked, expected):
    """
    The whole number is told as well.
    """
    page = http.get(f"{GRADES}/gradebook/{KEY}/", params=asked).json()

    assert expected == [row["username"] for row in page["results"]]
    assert 3 == page["total_users_count"]


def test_one_row_of_the_gradebook_is_an_object(as_teacher):
    """
    A course's own staff may read it.
    """
    row = as_teacher.get(f"{GRADES}/gradebook/{KEY}/", params={"username": "ada"}).json()

    assert "ada" == row["username"]


def test_the_gradebook_may_be_switched_off(lms, http, as_ada):
    """
    And isn't for learners.
    """
    off = "course-v1:Org+Off+R1"
    lms.courses[off] = evolve(COURSE, key=off, gradebook=False)
    answers = [http.get(f"{GRADES}/gradebook/{off}/"), as_ada.get(f"{GRADES}/gradebook/{KEY}/")]
    del lms.courses[off]

    assert [(403, "feature_not_enabled"), (403, "user_permissions")] == [
        (each.status_code, each.json()["error_code"]) for each in answers
    ]


def test_grading_info_has_titles_weights_and_the_pass_mark(as_teacher):
    """
    All lessons, or the graded ones.
    """
    address = f"{GRADES}/gradebook/{KEY}/grading-info"
    info = as_teacher.get(address, params={"graded_only": "true"}).json()
    everything = as_teacher.get(address).json()

    assert {"A": 0.9, "Pass": 0.5} == info["grade_cutoffs"]
    assert [0.4, 3, 1] == [
        info["assignment_types"]["Homework"][name] for name in ("weight", "min_count", "drop_count")
    ]
    assert ["Ohm's law", "Circuits", "Exam"] == [
        each["display_name"] for each in info["subsections"]
    ]
    assert [4, None] == [
        len(everything["subsections"]),
        everything["subsections"][1]["short_label"],
    ]


def test_the_policy_is_for_the_course_s_staff(as_teacher, as_ada):
    """
    Two errors have the same code.
    """
    address = f"{GRADES}/policy/courses"
    policy = as_teacher.get(f"{address}/{KEY}/").json()
    refused = [as_ada.get(f"{address}/{KEY}/"), as_ada.get(f"{address}/course-v1:Org+No+R1/")]

    assert {"assignment_type": "Homework", "count": 3, "dropped": 1, "weight": 0.4} == policy[0]
    assert [403, 404] == [each.status_code for each in refused]
    assert {"user_or_course_does_not_exist"} == {each.json()["error_code"] for each in refused}


def test_averages_by_type_are_the_grader_s_own(http):
    """
    The prominent row is after dropping and padding; a type with one lesson has only that one.
    """
    address = f"{GRADES}/section_grades_breakdown/"
    page = http.get(address, params={"course_id": KEY}).json()
    ada = page["results"][0]

    assert [64, True] == [ada["current_grade"], ada["passed"]]
    assert [
        ("HW 01", 0.5, None),
        ("HW 02", 0.0, None),
        ("HW 03", 0.0, None),
        ("HW Avg", 0.25, True),
        ("EX", 0.9, True),
    ] == [(row["label"], row["percent"], row.get("prominent")) for row in ada["section_breakdown"]]
    details = [row["detail"] for row in ada["section_breakdown"]]
    assert "Homework 1 - Ohm's law - 50.00% (5/10)" == details[0]
    assert "Homework 3 Unreleased - 0% (?/?)" == details[2]
    one = http.get(address, params={"username": "bob,eve"}).json()
    assert [("bob", KEY)] == [(row["username"], row["course_id"]) for row in one["results"]]


def test_a_type_whose_work_is_all_dropped_is_nothing(http, lms):
    """
    Neither is a course without a pass mark passed.
    """
    none = "course-v1:Org+None+R2"
    types = [EdxAssignmentType(name="Lab", short_label="LB", min_count=1, drop_count=1)]
    learners = [EdxEnrolment(user=ADA)]
    lms.courses[none] = EdxCourse(
        key=none, assignment_types=types, enrolments=learners, cutoffs={"A": 0.0}
    )
    (row,) = http.get(f"{GRADES}/courses/{none}/", params={"username": "ada"}).json()
    del lms.courses[none]

    assert [0.0, False, "A"] == [row[name] for name in ("percent", "passed", "letter_grade")]


def test_a_course_is_seen_by_name(http, lms, as_ada):
    """
    Without one, the answer is for a visitor, whoever asks.
    """
    base = "/api/courses/v1/courses"
    course = http.get(f"{base}/{KEY}/").json()

    assert ["R &amp; &lt;b&gt;", "Org", "C1", "instructor", "timestamp"] == [
        course[name] for name in ("name", "org", "number", "pacing", "start_type")
    ]
    assert [KEY, KEY] == [course["id"], course["course_id"]]
    assert 404 == http.get(f"{base}/{OTHER}/").status_code
    hidden = http.get(f"{base}/{OTHER}/", params={"username": "service"}).json()
    assert [None, "empty", None] == [hidden[n] for n in ("start", "start_type", "start_display")]
    assert 404 == http.get(f"{base}/{OTHER}/", params={"username": "ada"}).status_code
    assert 404 == http.get(f"{base}/course-v1:Org+No+R1/").status_code
    assert 200 == httpx.get(f"{lms.url}{base}/{KEY}").status_code
    assert 403 == httpx.get(f"{lms.url}{base}/{KEY}", params={"username": "ada"}).status_code
    assert 403 == as_ada.get(f"{base}/{KEY}/", params={"username": "bob"}).status_code
    assert "field" not in hidden


def test_percent_encoded_keys_are_understood(http):
    """
    In a path, as they are or encoded.
    """
    answer = http.get("/api/courses/v1/courses/course-v1%3AOrg%2BC1%2BR1/")

    assert KEY == answer.json()["id"]


def test_blocks_make_a_tree_if_it_is_asked_for(as_teacher):
    """
    Types are filtered.
    """
    asked = {
        "course_id": KEY,
        "all_blocks": "true",
        "depth": "all",
        "requested_fields": "children,graded,format,due",
        "block_types_filter": "course,chapter,sequential",
    }
    tree = as_teacher.get("/api/courses/v1/blocks/", params=asked).json()
    root = tree["blocks"][tree["root"]]
    week_2 = tree["blocks"][root["children"][1]]
    exam = tree["blocks"][week_2["children"][1]]

    assert 7 == len(tree["blocks"])
    assert ["Week 2", "chapter", "ch2"] == [
        week_2[name] for name in ("display_name", "type", "block_id")
    ]
    assert [True, "Exam", "2026-09-01T00:00:00Z"] == [
        exam[name] for name in ("graded", "format", "due")
    ]
    assert "children" not in exam


def test_blocks_may_be_a_list(as_teacher):
    """
    Without fields that weren't asked for.
    """
    asked = {
        "course_id": KEY,
        "all_blocks": "true",
        "return_type": "list",
        "block_types_filter": "chapter",
    }
    rows = as_teacher.get("/api/courses/v1/blocks/", params=asked).json()

    assert ["Week 1", "Week 2"] == [row["display_name"] for row in rows]
    assert set() == {"children", "graded", "format", "due"} & set(rows[0])


@pytest.mark.parametrize(
    "asked,expected",
    [
        ({}, 400),
        ({"course_id": KEY}, 400),
        ({"course_id": "course-v1:Org+No+R1", "all_blocks": "true"}, 404),
        ({"course_id": KEY, "all_blocks": "true"}, 403),
    ],
)
def test_blocks_are_refused(as_ada, asked, expected):
    """
    In words for developers.
    """
    answer = as_ada.get("/api/courses/v1/blocks/", params=asked)

    assert expected == answer.status_code
    assert "developer_message" in answer.json()


def test_completion_of_a_whole_class_comes_in_pages(http):
    """
    The place is told in a part of its own; nothing stored is not nothing done.
    """
    first = http.get(COMPLETION).json()
    second = http.get(first["pagination"]["next"]).json()

    assert ["results", "pagination"] == list(first)
    assert [3, 2] == [first["pagination"][name] for name in ("count", "num_pages")]
    assert [
        ("ada", {"earned": 3, "possible": 8, "percent": 0.375}),
        ("bob", {"earned": 0.0, "possible": None, "percent": 0.0}),
        ("teacher", {"earned": 0, "possible": 0, "percent": 1.0}),
    ] == [(row["username"], row["completion"]) for row in first["results"] + second["results"]]
    assert [None, True] == [
        second["pagination"]["next"],
        "page=1" in second["pagination"]["previous"],
    ]


def test_completion_of_one_has_no_name_unless_it_is_asked_for(http, as_ada):
    """
    A learner may ask for their own.
    """
    plain = http.get(COMPLETION, params={"username": "ada"}).json()["results"]
    named = as_ada.get(
        COMPLETION, params={"username": "ADA".lower(), "requested_fields": "username"}
    ).json()["results"]

    assert ["username" in row for row in (*plain, *named)] == [False, True]


def test_completion_of_lessons_is_what_is_stored(http):
    """
    Titles and order come from elsewhere.
    """
    asked = {"requested_fields": "chapter,sequential,mean", "page_size": 10}
    ada, bob, _ = http.get(COMPLETION, params=asked).json()["results"]

    assert [
        {
            "course_key": KEY,
            "block_key": "block-v1:Org+C1+R1+type@sequential+block@hw1",
            "completion": {"earned": 3, "possible": 4, "percent": 0.75},
        }
    ] == ada["sequential"]
    assert [1, []] == [len(ada["chapter"]), bob["chapter"]]
    assert pytest.approx(1.375 / 3) == ada["mean"]


def test_completion_may_be_narrowed(http):
    """
    To people, to a part of the course; optional work is told beside it.
    """
    block = "block-v1:Org+C1+R1+type@chapter+block@ch1"
    (row,) = http.get(
        COMPLETION, params={"user_ids": "2", "root_block": block, "include_optional": "true"}
    ).json()["results"]
    posted = http.post(
        COMPLETION, json={"user_ids": [3, 9], "requested_fields": ["vertical"]}
    ).json()["results"]

    assert 0.75 == row["completion"]["percent"]
    assert 0.0 == row["optional_completion"]["percent"]
    assert [("bob", []), ("teacher", [])] == [(e["username"], e["vertical"]) for e in posted]


@pytest.mark.parametrize(
    "path,asked,expected",
    [
        (COMPLETION, {"username": "nobody"}, (404, "Not found.")),
        (
            COMPLETION,
            {"username": "eve"},
            (404, f"User 'eve' does not have an active enrollment in course '{KEY}'."),
        ),
        (COMPLETION, {"page": 9}, (404, "Invalid page.")),
        (COMPLETION, {"page": "x"}, (404, "Invalid page.")),
        (COMPLETION, {"requested_fields": "x"}, (400, "Invalid requested_fields value(s): {'x'}")),
        ("/completion-aggregator/v1/course/C1/", {}, (404, "Invalid course key: 'C1'.")),
    ],
)
def test_completion_is_refused(http, path, asked, expected):
    """
    With the reason.
    """
    answer = http.get(path, params=asked)

    assert expected == (answer.status_code, answer.json()["detail"])


def test_completion_of_others_is_for_the_staff(as_ada):
    """
    That of a whole class as well.
    """
    assert [403, 403] == [
        as_ada.get(COMPLETION, params=asked).status_code for asked in ({}, {"username": "bob"})
    ]


def test_completion_of_an_unknown_course_is_empty(http):
    """
    For a class; and without the slash nothing is there.
    """
    unknown = http.get("/completion-aggregator/v1/course/course-v1:Org+No+R1/").json()

    assert [[], 0] == [unknown["results"], unknown["pagination"]["count"]]
    assert 404 == http.get(COMPLETION.rstrip("/")).status_code
    assert 200 == http.get(COMPLETION, params={"page": "last"}).status_code


def test_completion_of_all_courses_of_somebody(http):
    """
    In pages as well.
    """
    page = http.get("/completion-aggregator/v1/course/", params={"username": "ada"}).json()

    assert [KEY, OTHER] == [row["course_key"] for row in page["results"]]
    assert [] == http.get("/completion-aggregator/v1/course/").json()["results"]


def test_completion_has_a_mean(http, as_ada):
    """
    For the staff.
    """
    base = "/completion-aggregator/v1/stats"
    (row,) = http.get(f"{base}/{KEY}/").json()["results"]

    assert [1.0, 8] == [row["mean_completion"][name] for name in ("earned", "possible")]
    assert 404 == http.get(f"{base}/course-v1:Org+No+R1/").status_code
    assert 403 == as_ada.get(f"{base}/{KEY}/").status_code


def test_paths_tell_their_steps_in_order(http, as_ada):
    """
    Those without a place come last; what is by invitation is hidden.
    """
    page = http.get(f"{LEARNING_PATHS}/learning-paths/").json()
    path = page["results"][0]

    assert [2, None, None] == [page[name] for name in ("count", "next", "previous")]
    assert [
        (1, KEY, ["2026-07-01T00:00:00Z", "2026-12-01T00:00:00Z"], None),
        (None, OTHER, [None, None], 1.0),
    ] == [tuple(step.values()) for step in path["steps"]]
    assert [None, 0.8, False] == [
        path[name] for name in ("enrollment_date", "required_completion", "invite_only")
    ]
    seen = as_ada.get(f"{LEARNING_PATHS}/learning-paths/").json()["results"]
    assert [(PATH, "2026-07-01T00:00:00Z")] == [(e["key"], e["enrollment_date"]) for e in seen]


def test_one_path_tells_more(http, as_ada):
    """
    Its errors say whether the key or the path is wrong.
    """
    base = f"{LEARNING_PATHS}/learning-paths"

    assert "time_commitment" in http.get(f"{base}/{PATH}/").json()
    assert [
        "Invalid learning path key format.",
        "No LearningPath matches the given query.",
        "No LearningPath matches the given query.",
    ] == [
        as_ada.get(f"{base}/{key}/").json()["detail"]
        for key in ("LP1", "path-v1:Org+No+R1+G1", HIDDEN_PATH)
    ]


def test_progress_and_grade_are_the_caller_s_own(http, as_ada):
    """
    Whatever name is asked for.
    """
    base = f"{LEARNING_PATHS}/{PATH}"
    mine = [as_ada.get(f"{base}/{kind}/").json() for kind in ("progress", "grade")]
    other = http.get(f"{base}/progress/", params={"username": "ada"}).json()
    none = http.get(f"{LEARNING_PATHS}/{HIDDEN_PATH}/grade/")

    assert [0.375 / 2, (0.64 + 0.5) / 2] == [mine[0]["progress"], mine[1]["grade"]]
    assert 0.0 == other["progress"]
    assert 0.0 == http.get(f"{LEARNING_PATHS}/{HIDDEN_PATH}/progress/").json()["progress"]
    assert 0.0 == http.get(f"{base}/grade/").json()["grade"]
    assert (404, "Grading criteria not found for this learning path.") == (
        none.status_code,
        none.json()["detail"],
    )


def test_a_path_without_steps_has_no_progress(lms, http):
    """
    Nor a grade.
    """
    lms.paths["path-v1:O+E+R+G"] = EdxPath(key="path-v1:O+E+R+G", id=3)
    base = f"{LEARNING_PATHS}/path-v1:O+E+R+G"
    found = [http.get(f"{base}/{kind}/").json() for kind in ("progress", "grade")]
    del lms.paths["path-v1:O+E+R+G"]

    assert [0.0, 0.0] == [found[0]["progress"], found[1]["grade"]]


def test_enrolments_in_a_path_have_numbers_only(http, as_ada):
    """
    All active ones for the staff, one's own for a learner.
    """
    address = f"{LEARNING_PATHS}/{PATH}/enrollments/"

    assert [2, 4] == [row["user"] for row in http.get(address).json()]
    assert [4] == [row["user"] for row in http.get(address, params={"username": "eve"}).json()]
    assert [2] == [row["user"] for row in as_ada.get(address).json()]
    assert 403 == as_ada.get(address, params={"username": "eve"}).status_code


def test_all_enrolments_in_paths_come_in_pages(http, as_ada):
    """
    Inactive ones too, with the site's own way of numbering.
    """
    address = f"{LEARNING_PATHS}/enrollments/"
    page = http.get(address, params={"page": 2}).json()

    assert [3, 2, 2, 2] == [page[n] for n in ("count", "num_pages", "current_page", "start")]
    assert [{"user": 3, "learning_path": 1, "is_active": False}] == [
        {name: said for name, said in row.items() if name != "created"} for row in page["results"]
    ]
    assert 1 == as_ada.get(address).json()["count"]


def test_plugins_may_be_missing():
    """
    Then nothing is at their addresses.
    """
    with OpenEdxServer(courses=[COURSE], plugins=[]) as server:
        addresses = [COMPLETION, f"{LEARNING_PATHS}/learning-paths/"]
        answers = [httpx.get(f"{server.url}{each}") for each in addresses]

    assert [404, 404] == [each.status_code for each in answers]
    assert {"text/html; charset=utf-8"} == {each.headers["content-type"] for each in answers}


def test_each_endpoint_has_a_route():
    """
    And each route is an endpoint.
    """
    server = OpenEdxServer()
    routes = list(server.routes())

    assert set(server.endpoints) == {each.endpoint for each in routes}
    assert len(routes) == len({each.answer for each in routes})
