"""
The pretended Moodle site answers as the real one: errors come with status 200.
"""

from __future__ import annotations

import httpx
import pytest

from attrs import evolve

from certcore.testing.servers import (
    MOODLE_RIGHTS,
    MoodleActivity,
    MoodleCourse,
    MoodleEnrolment,
    MoodleGradeItem,
    MoodleServer,
    MoodleToken,
    MoodleUser,
    Repeated,
    Throttled,
    Unauthorized,
)


ADA = MoodleUser(id=3, username="ada", fullname="Ada López", email="ada@example.org", lang="es")
BOB = MoodleUser(id=4, username="bob", fullname="Bob Abel", email="bob@example.org", idnumber="B4")
EVE = MoodleUser(id=5, username="eve", fullname="Eve Zorn", email="eve@example.org")
TEACHER = MoodleUser(id=6, username="teacher", fullname="Tea Cher")
NOBODY = MoodleUser(id=9, username="nobody", fullname="No Body")
ACTIVITIES = [
    MoodleActivity(cmid=11, name="Lesson 1"),
    MoodleActivity(cmid=12, name="Lesson 2", modname="assign", section="Week 2", tracking=1),
    MoodleActivity(cmid=13, name="News", modname="forum", tracking=0),
]
ITEMS = [
    MoodleGradeItem(id=1, kind="course"),
    MoodleGradeItem(id=2, kind="category", category=20, name="Homework"),
    MoodleGradeItem(id=3, name="Lesson 2", category=20, activity=12, low=10, high=110),
    MoodleGradeItem(id=4, name="Extra", kind="manual", hidden=True),
]
COURSE = MoodleCourse(
    id=7,
    shortname="DEMO101",
    idnumber="D1",
    activities=ACTIVITIES,
    criteria=[11, 12],
    items=ITEMS,
    enrolments=[
        MoodleEnrolment(user=TEACHER, roles=["editingteacher"]),
        MoodleEnrolment(
            user=ADA,
            states={11: 1, 12: 2},
            times={11: 1_767_225_600, 12: 1_767_225_700},
            grades={1: 95, 3: 60},
            groups=[1],
        ),
        MoodleEnrolment(user=BOB, states={12: 3}),
        MoodleEnrolment(user=EVE, suspended=True, groups=[1]),
    ],
)
BARE = MoodleCourse(id=8, shortname="BARE", visible=False, completion=False)
FREE = MoodleCourse(id=9, shortname="FREE", enrolments=[MoodleEnrolment(user=ADA, completed=True)])
ANY = evolve(COURSE, id=10, shortname="ANY", any_criterion=True)
USUAL = "usual"
GRADES = "gradereport_user_get_grade_items"
STATUS = "core_completion_get_course_completion_status"
STATES = "core_completion_get_activities_completion_status"


@pytest.fixture(scope="module")
def moodle():
    """
    A site with four courses, and tokens that may more and less.
    """
    tokens = [
        MoodleToken(token="all", rights=MOODLE_RIGHTS | {"moodle/course:update"}),
        MoodleToken(token="usual"),
        MoodleToken(token="few", rights=["webservice/rest:use"]),
        MoodleToken(token="none", rights=[]),
        MoodleToken(token="narrow", functions=["core_webservice_get_site_info"]),
        *(
            MoodleToken(token=f"-{right}", rights=MOODLE_RIGHTS - {right})
            for right in MOODLE_RIGHTS
        ),
    ]
    courses = [COURSE, BARE, FREE, ANY]
    with MoodleServer(courses=courses, users=[NOBODY], tokens=tokens) as server:
        yield server


@pytest.fixture
def ask(moodle):
    """
    Asks a function.
    """

    def ask_(function, *, token=USUAL, **params):
        form = {
            "wstoken": token,
            "wsfunction": function,
            "moodlewsrestformat": "json",
            **params,
        }
        answer = httpx.post(f"{moodle.url}/webservice/rest/server.php", data=form)
        assert 200 == answer.status_code
        return answer.json()

    return ask_


def options(**said):
    """
    Write options as PHP reads them.
    """
    found = {}
    for at, (name, value) in enumerate(said.items()):
        found[f"options[{at}][name]"] = name
        found[f"options[{at}][value]"] = value
    return found


def test_the_site_tells_which_functions_a_token_may_call(ask):
    """
    All of them, or those of its service.
    """
    usual, narrow = (
        ask("core_webservice_get_site_info", token=token) for token in ("usual", "narrow")
    )

    assert ["service", 2, "4.3 (Build: 20231009)"] == [
        usual[name] for name in ("username", "userid", "release")
    ]
    assert [10, 1] == [len(each["functions"]) for each in (usual, narrow)]


@pytest.mark.parametrize(
    "token,function,params,expected",
    [
        ("wrong", STATUS, {}, "invalidtoken"),
        ("", STATUS, {}, "invalidtoken"),
        ("usual", "core_no_function", {}, "invalidrecord"),
        ("narrow", STATUS, {}, "accessexception"),
        ("none", STATUS, {}, "accessexception"),
        ("usual", "core_webservice_get_site_info", {"x": 1}, "invalidparameter"),
        ("usual", STATUS, {"userid": 3}, "invalidparameter"),
        ("usual", STATUS, {"courseid": "x", "userid": 3}, "invalidparameter"),
        ("usual", STATUS, {"courseid": 99, "userid": 3}, "invalidrecord"),
        ("usual", STATUS, {"courseid": 7, "userid": 99}, "invaliduser"),
        ("usual", STATUS, {"courseid": 7, "userid": 9}, "usernotenroled"),
        ("usual", STATUS, {"courseid": 9, "userid": 3}, "nocriteriaset"),
        ("usual", STATUS, {"courseid": 8, "userid": 3}, "cannotviewreport"),
        ("-report/completion:view", STATUS, {"courseid": 7, "userid": 3}, "cannotviewreport"),
        ("-report/progress:view", STATES, {"courseid": 7, "userid": 3}, "cannotviewreport"),
        ("-moodle/course:view", STATES, {"courseid": 7, "userid": 3}, "requireloginerror"),
        ("-gradereport/user:view", GRADES, {"courseid": 7}, "nopermissions"),
        ("-moodle/grade:viewall", GRADES, {"courseid": 7}, "nopermissions"),
        (
            "-moodle/grade:viewall",
            "gradereport_overview_get_course_grades",
            {"userid": 3},
            "nopermissiontoviewgrades",
        ),
        ("usual", "core_user_get_users_by_field", {"field": "lang"}, "codingerror"),
        ("usual", "core_course_get_courses_by_field", {"field": "x"}, "invalidparameter"),
        (
            "-moodle/course:viewparticipants",
            "core_enrol_get_enrolled_users",
            {"courseid": 7},
            "nopermissions",
        ),
        (
            "-moodle/course:enrolreview",
            "core_enrol_get_enrolled_users",
            {"courseid": 7, **options(onlyactive=1)},
            "nopermissions",
        ),
        (
            "usual",
            "core_enrol_get_enrolled_users",
            {"courseid": 7, **options(onlyactive=1, onlysuspended=1)},
            "invalidparameter",
        ),
        (
            "usual",
            "core_enrol_get_enrolled_users",
            {"courseid": 7, **options(sortby="age")},
            "invalidparameter",
        ),
    ],
)
def test_errors_come_with_status_200(ask, token, function, params, expected):
    """
    In an object with a code.
    """
    answer = ask(function, token=token, **params)

    assert expected == answer["errorcode"]
    assert {"exception", "errorcode", "message"} == set(answer)


def test_get_works_too_and_xml_is_the_default(moodle):
    """
    For errors as well.
    """
    address = f"{moodle.url}/webservice/rest/server.php"
    asked = {"wstoken": "usual", "wsfunction": "core_webservice_get_site_info"}
    as_json = httpx.get(address, params={**asked, "moodlewsrestformat": "json"})
    as_xml = httpx.get(address, params=asked)
    error = httpx.get(address, params={**asked, "wstoken": "wrong"})

    assert "service" == as_json.json()["username"]
    assert ["RESPONSE", "EXCEPTION"] == [
        word
        for word, each in (("RESPONSE", as_xml), ("EXCEPTION", error))
        if f"<{word}/>" in each.text
    ]
    assert "application/xml; charset=utf-8" == as_xml.headers["content-type"]


def test_switched_off_is_the_one_error_with_a_status():
    """
    A site under maintenance answers as with any other error.
    """
    asked = {"wstoken": "x", "wsfunction": STATUS, "moodlewsrestformat": "json"}
    with MoodleServer(enabled=False) as off, MoodleServer(maintenance=True) as closed:
        answers = [
            httpx.post(f"{each.url}/webservice/rest/server.php", data=asked)
            for each in (off, closed)
        ]

    assert [403, 200] == [each.status_code for each in answers]
    assert answers[0].headers["content-type"].startswith("text/html")
    assert "sitemaintenance" == answers[1].json()["errorcode"]


@pytest.mark.parametrize(
    "field,value,expected",
    [
        ("id", "7", ["DEMO101"]),
        ("ids", "7,9", ["DEMO101", "FREE"]),
        ("shortname", "BARE", ["BARE"]),
        ("idnumber", "D1", ["DEMO101", "ANY"]),
        ("category", "99", []),
        ("", "", ["DEMO101", "BARE", "FREE", "ANY"]),
    ],
)
def test_courses_are_found(ask, field, value, expected):
    """
    By several fields; none is an empty list.
    """
    answer = ask("core_course_get_courses_by_field", field=field, value=value)

    assert expected == [each["shortname"] for each in answer["courses"]]
    assert [] == answer["warnings"]


def test_what_a_course_tells_depends_on_rights(ask):
    """
    Its ID number needs more than to see it, its dates need that.
    """

    def course(token):
        function = "core_course_get_courses_by_field"
        return ask(function, token=token, field="id", value="7")["courses"][0]

    assert [1_782_864_000, 0, 1, "D1"] == [
        course("all")[name] for name in ("startdate", "enddate", "enablecompletion", "idnumber")
    ]
    assert "idnumber" not in course("usual")
    assert "startdate" not in course("few")
    hidden = ask("core_course_get_courses_by_field", token="few", field="id", value="8")
    assert [] == hidden["courses"]


def test_contents_are_in_sections(ask):
    """
    With what is tracked.
    """
    sections = ask("core_course_get_contents", courseid=7)

    assert {"General": [11, 13], "Week 2": [12]} == {
        each["name"]: [module["id"] for module in each["modules"]] for each in sections
    }
    assert [2, 0] == [module["completion"] for module in sections[0]["modules"]]


def test_enrolled_users_come_with_their_roles(ask):
    """
    Teachers and suspended ones too.
    """
    rows = ask("core_enrol_get_enrolled_users", courseid=7)

    assert [3, 4, 5, 6] == [row["id"] for row in rows]
    assert [{"roleid": 5, "name": "", "shortname": "student", "sortorder": 0}] == rows[0]["roles"]
    assert ["ada", "Ada López", "ada@example.org"] == [
        rows[0][name] for name in ("username", "fullname", "email")
    ]


@pytest.mark.parametrize(
    "said,expected",
    [
        ({"onlyactive": 1}, [3, 4, 6]),
        ({"onlysuspended": 1}, [5]),
        ({"groupid": 1}, [3, 5]),
        ({"sortby": "lastname"}, [4, 6, 3, 5]),
        ({"sortby": "firstname", "sortdirection": "DESC"}, [6, 5, 4, 3]),
        ({"limitfrom": 1, "limitnumber": 2}, [4, 5]),
        ({"limitfrom": 2}, [5, 6]),
        ({"limitfrom": 4, "limitnumber": 2}, []),
    ],
)
def test_enrolled_users_may_be_asked_for(ask, said, expected):
    """
    A page after the last is empty: there is no count.
    """
    rows = ask("core_enrol_get_enrolled_users", courseid=7, **options(**said))

    assert expected == [row["id"] for row in rows]


def test_fields_of_users_are_those_that_were_asked_for_and_may_be_seen(ask):
    """
    Two are always there; what isn't known is ignored.
    """
    function = "core_enrol_get_enrolled_users"
    asked = ask(function, courseid=7, **options(userfields="id,email,lang"))
    hidden = ask(function, token="-moodle/user:viewalldetails", courseid=7)
    nameless = ask(function, token="-moodle/course:useremail", courseid=7)

    assert {"id", "fullname", "email"} == set(asked[0])
    assert set() == {"username", "idnumber"} & set(hidden[0])
    assert "email" not in nameless[0]


def test_people_are_found_by_what_may_be_seen(ask):
    """
    Who is unknown is missing, without an error.
    """
    function = "core_user_get_users_by_field"
    asked = {"values[0]": "ada", "values[1]": "x", "values[2]": "bob", "values[3][x]": "eve"}
    rows = ask(function, field="username", **asked)
    by_id = ask(function, token="-moodle/user:viewalldetails", field="id", **{"values[0]": 3})

    assert [("ada", "es"), ("bob", "en")] == [(row["username"], row["lang"]) for row in rows]
    assert [{"id": 3, "fullname": "Ada López", "email": "ada@example.org"}] == by_id
    assert [] == ask(function, token="-moodle/user:viewalldetails", field="username", **asked)


def test_course_completion_is_told_by_criteria(ask):
    """
    In the site's words, with HTML in them.
    """
    ada, bob = (
        ask(STATUS, courseid=7, userid=user)["completionstatus"] for user in (ADA.id, BOB.id)
    )

    assert [(True, 1), (False, 1)] == [
        (each["completed"], each["aggregation"]) for each in (ada, bob)
    ]
    assert [(True, "Yes", 1_767_225_600), (True, "Yes", 1_767_225_700)] == [
        (each["complete"], each["status"], each["timecompleted"]) for each in ada["completions"]
    ]
    # complete, but failed
    assert [(False, "No", None)] * 2 == [
        (each["complete"], each["status"], each["timecompleted"]) for each in bob["completions"]
    ]
    assert ada["completions"][0]["details"]["criteria"].startswith('<a href="http://127.0.0.1')


def test_one_criterion_may_be_enough(ask):
    """
    The way they are put together is told.
    """
    status = ask(STATUS, courseid=10, userid=BOB.id)["completionstatus"]

    assert [2, False] == [status["aggregation"], status["completed"]]
    assert ask(STATUS, courseid=10, userid=ADA.id)["completionstatus"]["completed"]


def test_activities_that_the_caller_can_t_see_are_left_out(ask):
    """
    Silently: a share of them would be wrong. Untracked ones aren't there either.
    """
    rows = ask(STATES, courseid=7, userid=ADA.id)["statuses"]
    fewer = ask(STATES, token="-mod/assign:view", courseid=7, userid=ADA.id)["statuses"]

    assert [(11, 1, True), (12, 2, False)] == [
        (row["cmid"], row["state"], row["isautomatic"]) for row in rows
    ]
    assert [11] == [row["cmid"] for row in fewer]


def test_who_isn_t_enrolled_has_states_as_well(ask):
    """
    All nothing. Where completion is off there are none.
    """
    rows = ask(STATES, courseid=7, userid=NOBODY.id)["statuses"]

    assert [(0, 0, False)] * 2 == [
        (row["state"], row["timecompleted"], row["istrackeduser"]) for row in rows
    ]
    assert [] == ask(STATES, courseid=8, userid=ADA.id)["statuses"]


def test_grades_are_raw_points_and_prose(ask):
    """
    Nothing is not zero; what is formatted has HTML in it.
    """
    (ada,) = ask(GRADES, courseid=7, userid=ADA.id)["usergrades"]
    total, category, lesson, _ = ada["gradeitems"]

    assert [95, "course", None, "95.00 %", 1.0] == [
        total[name]
        for name in ("graderaw", "itemtype", "itemname", "percentageformatted", "weightraw")
    ]
    assert [None, "-", "-"] == [
        category[name] for name in ("graderaw", "gradeformatted", "percentageformatted")
    ]
    assert "weightraw" not in category
    assert ["assign", 12, 20, "50.00 %"] == [
        lesson[name] for name in ("itemmodule", "cmid", "categoryid", "percentageformatted")
    ]
    assert "<i " in lesson["gradeformatted"]


def test_grades_of_all_come_at_once(ask):
    """
    Or of a group; who isn't enrolled has none, without an error.
    """
    everyone = ask(GRADES, courseid=7)["usergrades"]
    group = ask(GRADES, courseid=7, userid=0, groupid=1)["usergrades"]
    (nobody,) = ask(GRADES, courseid=7, userid=NOBODY.id)["usergrades"]

    assert [[3, 4, 5, 6], [3, 5]] == [[row["userid"] for row in each] for each in (everyone, group)]
    assert {None} == {item["graderaw"] for item in nobody["gradeitems"]}


def test_grades_that_the_caller_can_t_see_are_left_out(ask):
    """
    Of hidden items, and of activities.
    """

    def items(token):
        (row,) = ask(GRADES, token=token, courseid=7, userid=ADA.id)["usergrades"]
        return [item["id"] for item in row["gradeitems"]]

    assert [1, 2, 3, 4] == items("usual")
    assert [1, 2, 3] == items("-moodle/grade:viewhidden")
    assert [1, 2, 4] == items("-mod/assign:view")


def test_totals_of_somebody_are_written_as_text(ask):
    """
    For courses with a total.
    """
    function = "gradereport_overview_get_course_grades"
    ada, bob = (ask(function, userid=user.id)["grades"] for user in (ADA, BOB))

    assert {"courseid": 7, "grade": "95.00", "rawgrade": "95.00000"} == ada[0]
    assert ["-", None] == [bob[0]["grade"], bob[0]["rawgrade"]]
    assert [7, 10] == [row["courseid"] for row in ada]


def test_courses_of_somebody_tell_progress(ask):
    """
    In percent, null where nothing is tracked.
    """
    rows = ask("core_enrol_get_users_courses", userid=ADA.id)

    assert [(7, 100.0, True, True), (9, None, True, False), (10, 100.0, True, True)] == [
        (row["id"], row["progress"], row["completed"], row["completionhascriteria"]) for row in rows
    ]


def test_functions_are_counted_and_fail_each_for_itself(moodle, ask):
    """
    Though they have one address; what isn't known is counted as well.
    """
    moodle.forget()
    moodle.fault(STATES, Unauthorized())
    moodle.fault("core_enrol_get_enrolled_users", Repeated(), on=2)
    first = ask(STATES, courseid=7, userid=3)
    second = ask(STATES, courseid=7, userid=3)
    pages = [
        ask("core_enrol_get_enrolled_users", courseid=7, **options(limitfrom=at, limitnumber=2))
        for at in (0, 2, 4)
    ]
    ask("core_no_function")

    assert ["invalidtoken", 2] == [first["errorcode"], len(second["statuses"])]
    assert [[3, 4], [3, 4], []] == [[row["id"] for row in page] for page in pages]
    assert {STATES: 2, "core_enrol_get_enrolled_users": 3, "other": 1} == moodle.counts()
    assert "[redacted]" == moodle.requests[0].one("wstoken")


def test_something_before_moodle_may_throttle(moodle):
    """
    Moodle itself doesn't.
    """
    moodle.fault("other", Throttled(5))
    answer = httpx.post(f"{moodle.url}/webservice/rest/server.php")

    assert [429, "5"] == [answer.status_code, answer.headers["retry-after"]]


def test_each_function_is_an_endpoint(moodle):
    """
    And each endpoint but one is a function.
    """
    assert {*moodle.functions(), "other"} == set(moodle.endpoints)
