"""
The school's database keeps what a retriever promises.
"""

import sqlite3

from contextlib import closing

import pytest

from certcore.domain import Progress
from certcore.testing.contracts import RetrieverContract


SAMPLE = """
CREATE TABLE courses (key TEXT PRIMARY KEY, title TEXT, ends TEXT);
CREATE TABLE results (
    course TEXT, number INTEGER, name TEXT, mail TEXT, done REAL, score REAL,
    UNIQUE (course, number)
);
INSERT INTO courses VALUES ('W1', 'Welding 1', '2026-06-30T18:00:00+02:00');
INSERT INTO results VALUES
    ('W1', 4711, 'Ada López', 'ada@example.org', 0.95, 83),
    ('W1', 4712, 'Łukasz Żółć', 'lukasz@example.org', 0.40, 55),
    ('W1', 4713, 'Siân Llywelyn', NULL, 0.90, NULL),
    ('W1', 4714, 'Máire O’Brien', NULL, 95, 80),
    ('S1', 4715, 'Eva Nováková', NULL, 1.00, 99);
"""
KNOWN = {
    "4711": Progress(completion=0.95, grades={"Total": 0.83}),
    "4712": Progress(completion=0.40, grades={"Total": 0.55}),
    "4713": Progress(completion=0.90),
}


@pytest.fixture
def database(tmp_path):
    with closing(sqlite3.connect(tmp_path / "school.db")) as connection:
        connection.executescript(SAMPLE)
    return {"use": "schoolbook", "path": "school.db"}


class TestSchoolbook(RetrieverContract):
    provider, context, unusable = "schoolbook", "W1", 1
    learners = KNOWN

    @pytest.fixture
    def options(self, database):
        return database

    @pytest.fixture
    def broken_options(self):
        return {"path": "gone.db"}


def test_the_course_is_described(certcore_open, database):
    course = certcore_open("retriever", database).describe("W1")

    assert "Welding 1" == course.name
    assert "2026-06-30T18:00:00+02:00" == course.end.isoformat()


def test_a_certificate_comes_out(certcore_project, database, certcore_outbox):
    run = certcore_project(source=database, rule={"grades": {"Total": 0.60}}).issue("W1")

    assert (1, 1, 1, 1) == (run.issued, run.not_yet, run.unknown, run.skipped)
    assert ["ada@example.org"] == [notice.address for notice in certcore_outbox.notices]
