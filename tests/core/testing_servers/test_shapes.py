"""
Each pretended server answers in the shapes that the documentation tells.
"""

from __future__ import annotations

import datetime as dt
import json
import re

from pathlib import Path

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
    CanvasToken,
    CanvasUser,
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
    LrsServer,
    MoodleActivity,
    MoodleCourse,
    MoodleEnrolment,
    MoodleGradeItem,
    MoodleServer,
    MoodleToken,
    MoodleUser,
    OpenEdxServer,
)


PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "lms-apis.md"
ENTRY = re.compile(
    r"^### (?P<server>[\w ]+): `(?P<name>[\w-]+)`$(?:(?!^#).)*?^```json\n(?P<shape>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SHAPES = {
    (match["server"], match["name"]): json.loads(match["shape"])
    for match in ENTRY.finditer(PAGE.read_text("utf-8"))
}
SERVERS = {
    "Open edX": OpenEdxServer,
    "Moodle": MoodleServer,
    "Canvas": CanvasServer,
    "xAPI": LrsServer,
}
NOT_ENDPOINTS = {("Moodle", "error"), ("Canvas", "error"), ("Canvas", "no-progress")}


def is_time(value):
    return isinstance(value, str) and dt.datetime.fromisoformat(value).tzinfo is not None


IS = {
    "text": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "flag": lambda value: isinstance(value, bool),
    "time": is_time,
    "link": lambda value: isinstance(value, str) and value.startswith("http://127.0.0.1:"),
    "anything": lambda value: True,
}


def misfits(value, shape, where=""):
    """
    Give what of a value isn't as its shape says.
    """
    if isinstance(shape, str):
        kind = shape.removesuffix(" or null")
        fits = (value is None and kind != shape) or IS[kind](value)
        return [] if fits else [f"{where}: {value!r} is no {shape}"]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where} is no list"]
        rows = enumerate(value)
        return [each for at, row in rows for each in misfits(row, shape[0], f"{where}[{at}]")]
    if not isinstance(value, dict):
        return [f"{where} is no object"]
    known = {name.rstrip("?"): said for name, said in shape.items() if name != "*"}
    missing = {name for name in shape if name != "*" and not name.endswith("?")} - set(value)
    found = [f"{where}.{name} is missing" for name in sorted(missing)]
    for name, said in value.items():
        inner = known.get(name, shape.get("*"))
        if inner is None:
            found.append(f"{where}.{name} isn't in the documentation")
        else:
            found += misfits(said, inner, f"{where}.{name}")
    return found


KEY, PATH = "course-v1:Org+C1+R1", "path-v1:Org+LP1+R1+G1"
SERVICE = EdxUser(username="service", id=1, is_staff=True, ui_language="en")
ADA = EdxUser(username="ada", id=2, email="ada@example.org", name="Ada", languages=["es"])
NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
LESSONS = [
    EdxSubsection(block="hw1", title="One", assignment_type="Homework", due=NOON),
    EdxSubsection(block="hw2", title="Two", assignment_type="Homework"),
    EdxSubsection(block="talk", title="Talk"),
]
COURSE = EdxCourse(
    key=KEY,
    sections=[EdxSection(block="ch1", title="Week 1", subsections=LESSONS)],
    assignment_types=[EdxAssignmentType(name="Homework", short_label="HW", min_count=3)],
    enrolments=[
        EdxEnrolment(
            user=ADA,
            mode="masters",
            scores={"hw1": 5},
            completion=EdxCompletion(1, 2),
            completions={"ch1": EdxCompletion(1, 2), "hw1": EdxCompletion(1, 2)},
        ),
        EdxEnrolment(user=SERVICE),
    ],
)
LMS = {
    "enrollments": f"/api/enrollment/v1/enrollments?course_id={KEY}&page_size=1".replace(
        "+", "%2B"
    ),
    "enrollment": f"/api/enrollment/v1/enrollment/ada,{KEY}",
    "user-enrollments": "/api/enrollment/v1/enrollment?user=ada",
    "enrollment-course": f"/api/enrollment/v1/course/{KEY}",
    "accounts": "/api/user/v1/accounts?username=ada,service",
    "preferences": "/api/user/v1/preferences/service/",
    "grades": f"/api/grades/v1/courses/{KEY}/?page_size=1",
    "gradebook": f"/api/grades/v1/gradebook/{KEY}/",
    "grading-info": f"/api/grades/v1/gradebook/{KEY}/grading-info",
    "grading-policy": f"/api/grades/v1/policy/courses/{KEY}/",
    "section-grades": "/api/grades/v1/section_grades_breakdown/",
    "course": f"/api/courses/v1/courses/{KEY}/",
    "blocks": "/api/courses/v1/blocks/?all_blocks=true&requested_fields=children,graded,format,due"
    f"&course_id={KEY}".replace("+", "%2B"),
    "completion": f"/completion-aggregator/v1/course/{KEY}/?include_optional=true"
    "&requested_fields=chapter,sequential,vertical,mean&page_size=1",
    "completions-of": "/completion-aggregator/v1/course/?username=ada",
    "completion-stats": f"/completion-aggregator/v1/stats/{KEY}/",
    "paths": "/api/learning_paths/v1/learning-paths/",
    "path": f"/api/learning_paths/v1/learning-paths/{PATH}/",
    "path-progress": f"/api/learning_paths/v1/{PATH}/progress/",
    "path-grade": f"/api/learning_paths/v1/{PATH}/grade/",
    "path-enrollments": f"/api/learning_paths/v1/{PATH}/enrollments/",
    "all-path-enrollments": "/api/learning_paths/v1/enrollments/",
}


def ask_openedx():
    """
    Give each answer of the pretended Open edX site.
    """
    path = EdxPath(
        key=PATH,
        steps=[EdxStep(course=KEY, order=1), EdxStep(course="course-v1:Org+C9+R1")],
        enrolments=[EdxPathEnrolment(user=ADA)],
    )
    client = EdxClient(user=SERVICE)
    with OpenEdxServer(courses=[COURSE], paths=[path], clients=[client]) as server:
        form = {"grant_type": "client_credentials", "client_id": client.id, "token_type": "jwt"}
        token = httpx.post(
            f"{server.url}/oauth2/access_token", data={**form, "client_secret": client.secret}
        ).json()
        headers = {"Authorization": f"JWT {token['access_token']}"}
        with httpx.Client(base_url=server.url, headers=headers) as http:
            found = {name: http.get(address).json() for name, address in LMS.items()}
            emails = {"emails": ["ada@example.org"]}
            found["search-emails"] = http.post(
                "/api/user/v1/accounts/search_emails", json=emails
            ).json()
    return {**found, "token": token}


def ask_moodle():
    """
    Give each answer of the pretended Moodle site.
    """
    ada = MoodleUser(id=3, username="ada", fullname="Ada López", email="ada@example.org")
    bob = MoodleUser(id=4, username="bob", fullname="Bob")
    course = MoodleCourse(
        id=7,
        activities=[
            MoodleActivity(cmid=11, name="One"),
            MoodleActivity(cmid=12, name="Two", modname="quiz", tracking=1),
        ],
        criteria=[11, 12],
        items=[
            MoodleGradeItem(id=1, kind="course"),
            MoodleGradeItem(id=2, name="Two", activity=12, category=5),
        ],
        enrolments=[
            MoodleEnrolment(user=ada, states={11: 1}, times={11: 1_767_225_600}, grades={1: 95.0}),
            MoodleEnrolment(user=bob),
        ],
    )
    params = {
        "core_webservice_get_site_info": {},
        "core_course_get_courses_by_field": {"field": "id", "value": 7},
        "core_course_get_contents": {"courseid": 7},
        "core_enrol_get_enrolled_users": {"courseid": 7},
        "core_enrol_get_users_courses": {"userid": 3},
        "core_user_get_users_by_field": {"field": "id", "values[0]": 3},
        "core_completion_get_course_completion_status": {"courseid": 7, "userid": 3},
        "core_completion_get_activities_completion_status": {"courseid": 7, "userid": 3},
        "gradereport_user_get_grade_items": {"courseid": 7, "userid": 0},
        "gradereport_overview_get_course_grades": {"userid": 3},
        "core_no_function": {},
    }
    rights = {*MoodleToken().rights, "moodle/course:update"}
    token = MoodleToken(rights=rights)
    found = {}
    with MoodleServer(courses=[course], tokens=[token]) as server, httpx.Client() as http:
        for name, said in params.items():
            form = {"wstoken": token.token, "wsfunction": name, "moodlewsrestformat": "json"}
            answer = http.post(f"{server.url}/webservice/rest/server.php", data={**form, **said})
            found[name] = answer.json()
    found["error"] = found.pop("core_no_function")
    return found


def ask_canvas():
    """
    Give each answer of the pretended Canvas site.
    """
    ada = CanvasUser(id=3, name="Ada López", email="ada@example.org", locale="es")
    course = CanvasCourse(
        id=7,
        start=NOON,
        grading_scheme=True,
        enrolments=[
            CanvasEnrolment(id=1, user=ada, current=92.5, final=88.1, override=90),
            CanvasEnrolment(id=2, user=CanvasUser(id=4, name="Bob")),
            CanvasEnrolment(id=3, user=CanvasUser(id=9, name="Tea"), type="TeacherEnrollment"),
        ],
        modules=[
            CanvasModule(
                id=21,
                name="Week 1",
                items=[CanvasItem(id=31, requirement="min_score", min_score=5)],
            )
        ],
        groups=[CanvasGroup(id=41, assignments=[CanvasAssignment(id=51)])],
        done={3: frozenset({31})},
        done_at={3: NOON},
        scores={3: {51: 9.5}},
    )
    base = "/api/v1/courses/7"
    include = "include[]=email&include[]=locale&include[]=enrollments"
    addresses = {
        "error": "/api/v1/courses/99",
        "enrollments": f"{base}/enrollments",
        "users": f"{base}/users?enrollment_type[]=student&{include}",
        "self": "/api/v1/users/self",
        "course": f"{base}?include[]=term",
        "modules": f"{base}/modules?student_id=3&include[]=items",
        "module-items": f"{base}/modules/21/items?student_id=3",
        "progress": f"{base}/users/3/progress",
        "no-progress": f"{base}/users/9/progress",
        "bulk-progress": f"{base}/bulk_user_progress",
        "assignment-groups": f"{base}/assignment_groups?include[]=assignments",
        "submissions": f"{base}/students/submissions?student_ids[]=all&grouped=1",
    }
    headers = {"Authorization": "Bearer canvas-token"}
    with (
        CanvasServer(courses=[course], tokens=[CanvasToken()]) as server,
        httpx.Client(base_url=server.url, headers=headers) as http,
    ):
        return {name: http.get(address).json() for name, address in addresses.items()}


def ask_lrs():
    """
    Give each answer of the pretended learning record store.
    """
    statement = {
        "id": "s1",
        "actor": {"mbox": "mailto:ada@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
        "object": {"id": "https://lms.example.org/course/1"},
        "result": {"score": {"scaled": 0.9}},
        "stored": "2026-07-01T00:00:00Z",
    }
    said = {
        "auth": ("reader", "secret"),
        "headers": {"X-Experience-API-Version": "1.0.3"},
    }
    with LrsServer(statements=[statement]) as server, httpx.Client(**said) as http:
        names = ("statements", "about")
        return {name: http.get(f"{server.url}/xAPI/{name}").json() for name in names}


ASK = {"Open edX": ask_openedx, "Moodle": ask_moodle, "Canvas": ask_canvas, "xAPI": ask_lrs}


@pytest.fixture(scope="module")
def answers():
    """
    Each server's answers, by name.
    """
    return {(server, name): said for server, ask in ASK.items() for name, said in ask().items()}


@pytest.mark.parametrize("server,name", sorted(SHAPES))
def test_answers_have_the_documented_shape(answers, server, name):
    """
    Nothing is missing, nothing else is there, each value is what it is said to be.
    """
    answer = answers[server, name]

    assert answer
    assert [] == misfits(answer, SHAPES[server, name], name)


def test_each_endpoint_is_documented():
    """
    And nothing is documented that isn't there.
    """
    endpoints = {
        (server, name)
        for server, kind in SERVERS.items()
        for name in kind.endpoints
        if name != "other"
    }

    assert endpoints | NOT_ENDPOINTS == set(SHAPES)


@pytest.mark.parametrize(
    "value,shape,expected",
    [
        ({"a": 1}, {"a": "text"}, [".a: 1 is no text"]),
        ({"a": True}, {"a": "integer"}, [".a: True is no integer"]),
        ({"a": True}, {"a": "number or null"}, [".a: True is no number or null"]),
        ({"a": None}, {"a": "link or null"}, []),
        ({"a": None}, {"a": "link"}, [".a: None is no link"]),
        ({}, {"a": "text", "b?": "text"}, [".a is missing"]),
        ({"c": 1}, {"b?": "text"}, [".c isn't in the documentation"]),
        ({"c": 1}, {"*": "integer"}, []),
        ([{"a": 1}, {"a": "x"}], [{"a": "integer"}], ["[1].a: 'x' is no integer"]),
        ({}, ["anything"], [" is no list"]),
        ([], {"*": "anything"}, [" is no object"]),
    ],
)
def test_what_doesn_t_fit_is_noticed(value, shape, expected):
    """
    Else the test above would prove nothing.
    """
    assert expected == misfits(value, shape)
