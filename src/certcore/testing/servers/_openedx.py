"""
A pretended Open edX site.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from certcore.testing.servers._messages import Route
from certcore.testing.servers._openedx_completion import EdxCompletions
from certcore.testing.servers._openedx_courses import EdxCourses
from certcore.testing.servers._openedx_grades import EdxGrades
from certcore.testing.servers._openedx_paths import EdxPaths
from certcore.testing.servers._openedx_people import EdxPeople


class OpenEdxServer(EdxPeople, EdxGrades, EdxCourses, EdxCompletions, EdxPaths):
    """
    Answers as an Open edX LMS does, with two of its plugins.

    ::

        service = EdxUser(username="service", id=1, is_staff=True)
        ada = EdxUser(username="ada", id=2, email="ada@example.org", name="Ada López")
        course = EdxCourse(key="course-v1:Org+C1+R1", enrolments=[EdxEnrolment(user=ada)])
        with OpenEdxServer(courses=[course], clients=[EdxClient(user=service)]) as lms:
            httpx.post(f"{lms.url}/oauth2/access_token", data={…})

    Args:
        courses: The course runs; who is enrolled in them has an account.

        users: Who has an account besides.

        paths: The learning paths.

        clients: The applications that may ask for tokens, with the users whom they speak for.

        plugins: Those that are installed: without one, its addresses are unknown.

        jwt_lifetime: Seconds that a token of the kind `JWT` is valid.

        bearer_lifetime: Seconds that an opaque token is valid.

        page_size: The site's own, where a request asks for none.

        public_keys: Whether the site has public keys to check tokens with, as most have: without
            them it tells what is wrong with a token.

        latency: Seconds that pass before each answer.

        clock: Tells when tokens expire; the machine's own if there is none.
    """

    endpoints: ClassVar[tuple[str, ...]] = (
        "token",
        "enrollments",
        "enrollment",
        "user-enrollments",
        "enrollment-course",
        "accounts",
        "search-emails",
        "preferences",
        "grades",
        "grading-info",
        "gradebook",
        "grading-policy",
        "section-grades",
        "course",
        "blocks",
        "completion",
        "completions-of",
        "completion-stats",
        "paths",
        "path",
        "path-progress",
        "path-grade",
        "path-enrollments",
        "all-path-enrollments",
    )

    def routes(self) -> Iterable[Route]:
        """
        Give the endpoints.
        """
        return (
            *self.people_routes(),
            *self.grade_routes(),
            *self.course_routes(),
            *self.completion_routes(),
            *self.path_routes(),
        )
