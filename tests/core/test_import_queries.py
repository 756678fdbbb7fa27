"""
The queries of the how-to page give lists that can be taken over.
"""

from __future__ import annotations

import json
import re
import sqlite3

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from certcore.domain import Status
from certcore.registrar import Imported, ImportRow, read_import


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "take-over-certificates.md"
CAPTIONED = re.compile(r"^:caption: (\S+\.sql)\n\n(.*?)^```", re.MULTILINE | re.DOTALL)
QUERIES = dict(CAPTIONED.findall(PAGE.read_text("utf-8")))

# of django.contrib.auth, learning-credentials 0.5 and openedx-certificates 0.4, as far as asked for
SCHEMA = """
CREATE TABLE auth_user (id INTEGER PRIMARY KEY, username VARCHAR(150), email VARCHAR(254));
CREATE TABLE learning_credentials_credential (
    uuid CHAR(32) PRIMARY KEY, verify_uuid CHAR(32), user_id INTEGER, user_full_name VARCHAR(255),
    learning_context_key VARCHAR(255), learning_context_name VARCHAR(255),
    credential_type VARCHAR(255), configuration_id INTEGER, status VARCHAR(32),
    created DATETIME(6), invalidated_at DATETIME(6), invalidation_reason VARCHAR(255)
);
CREATE TABLE openedx_certificates_externalcertificate (
    uuid CHAR(32) PRIMARY KEY, user_id INTEGER, user_full_name VARCHAR(255),
    course_id VARCHAR(255), certificate_type VARCHAR(255), status VARCHAR(32), created DATETIME(6)
);
INSERT INTO auth_user VALUES
    (1, 'alopez', 'ada@uni.example'), (2, 'lzolc', 'lukasz@uni.example'),
    (3, 'mobrien', 'maire@uni.example');
INSERT INTO learning_credentials_credential VALUES
    ('00000000000040008000000000000001', '10000000000040008000000000000001', 1, 'Ada "L" López',
     'course-7', 'Welding', 'Certificate of Completion', 5, 'invalidated',
     '2025-05-01 10:00:00.000000', '2025-05-02 10:00:00.000000', 'Reissued'),
    ('00000000000040008000000000000002', '10000000000040008000000000000002', 1, 'Ada López',
     'course-7', 'Welding', 'Certificate of Completion', 5, 'available',
     '2025-05-02 10:00:00.123456', NULL, ''),
    ('00000000000040008000000000000003', '10000000000040008000000000000003', 2, 'Łukasz Żółć',
     'course-7', 'Welding', 'Certificate of Completion', 5, 'invalidated',
     '2025-05-01 10:00:00.000000', '2025-05-03 10:00:00.000000', 'cheated'),
    ('00000000000040008000000000000004', '10000000000040008000000000000004', 3, 'Máire O’Brien',
     'course-7', 'Welding', 'Certificate of Completion', 5, 'error',
     '2025-05-01 10:00:00.000000', NULL, ''),
    ('00000000000040008000000000000005', '10000000000040008000000000000005', 3, 'Máire O’Brien',
     'course-7', 'Welding', 'Something else', 6, 'available',
     '2025-05-04 10:00:00.000000', NULL, '');
INSERT INTO openedx_certificates_externalcertificate VALUES
    ('00000000000040008000000000000001', 1, 'Ada López', 'course-7', 'Certificate of Completion',
     'available', '2025-05-01 10:00:00.000000'),
    ('00000000000040008000000000000002', 2, 'Łukasz Żółć', 'course-7', 'Certificate of Completion',
     'invalidated', '2025-05-02 10:00:00.000000'),
    ('00000000000040008000000000000003', 3, 'Máire O’Brien', 'course-7',
     'Certificate of Completion', 'generating', '2025-05-03 10:00:00.000000');
"""


def in_sqlite(query: str) -> list[str]:
    with closing(sqlite3.connect(":memory:")) as database:
        # what MySQL has and this one may not have yet
        database.create_function(
            "CONCAT", -1, lambda *args: None if None in args else "".join(map(str, args))
        )
        database.executescript(SCHEMA)
        return [str(row[0]) for row in database.execute(query)]


def in_mariadb(query: str, url: str) -> list[str]:
    import pymysql

    at = urlsplit(url)
    with (
        closing(
            pymysql.connect(
                host=at.hostname,
                port=at.port or 3306,
                user=at.username,
                password=at.password or "",
                database=at.path.strip("/"),
                charset="utf8mb4",
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        for statement in SCHEMA.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute(query)
        return [str(row[0]) for row in cursor.fetchall()]


@pytest.fixture(params=["sqlite", "mariadb"])
def ask(request: pytest.FixtureRequest) -> Iterator[Any]:
    """
    What gives the answer to a query: on the kind of server that Open edX has, too.
    """
    if request.param == "sqlite":
        yield in_sqlite
    else:
        url = request.getfixturevalue("mariadb_url")
        yield lambda query: in_mariadb(query, url)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for n in (1, 2, 5):
        name = f"00000000-0000-4000-8000-00000000000{n}.pdf"
        (folder / name).write_bytes(b"%PDF-1.7 " + name.encode())
    return folder


def take_over(registrar: Any, lines: list[str], tmp_path: Path, files: Path) -> list[Imported]:
    path = tmp_path / "certificates.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    told: list[Imported] = []
    registrar.take_over((_named(row) for row in read_import(path)), files=files, watch=told.append)
    return told


def _named(row: ImportRow) -> ImportRow:
    # what the project would say
    project = {"title": "T", "issuer": "School", "realm": "school", "context_name": "Welding"}
    return ImportRow(line=row.line, fields=project | dict(row.fields))


def test_the_query_for_learning_credentials(
    ask: Any, registrar: Any, tmp_path: Path, files: Path
) -> None:
    """
    A reissue's old one is annulled, who was revoked is revoked, an unnamed type is told.
    """
    lines = ask(QUERIES["export-learning-credentials.sql"])

    told = take_over(registrar, lines, tmp_path, files)

    names = {json.loads(line)["name"]: json.loads(line)["status"] for line in lines}
    assert {'Ada "L" López', "Ada López", "Łukasz Żółć", "Máire O’Brien"} == set(names)
    assert ["error", "later", "new", "new", "new"] == sorted(each.kind for each in told)
    assert ["type: is missing"] == [each.reason for each in told if each.kind == "error"]
    one, two, three = (registrar.get(f"10000000-0000-4000-8000-00000000000{n}") for n in (1, 2, 3))
    assert (Status.ANNULLED, "Reissued") == (one.status, one.reason)
    assert (Status.ISSUED, "alopez", "Ada López") == (
        two.status,
        two.learner.id,
        two.statement.recipient.name,
    )
    assert "2025-05-02T10:00:00.123456+00:00" == two.statement.awarded_at.isoformat()
    assert two.artifact is not None
    assert (Status.REVOKED, "cheated (on 2025-05-03)") == (three.status, three.reason)
    assert two == registrar.get("00000000000040008000000000000002")


def test_the_query_for_openedx_certificates(
    ask: Any, registrar: Any, tmp_path: Path, files: Path
) -> None:
    """
    What is being generated is left to the next run.
    """
    lines = ask(QUERIES["export-openedx-certificates.sql"])

    told = take_over(registrar, lines, tmp_path, files)

    assert ["new", "new", "later"] == [each.kind for each in told]
    assert ["valid", "revoked", "mistyped"] == [
        registrar.verify(f"00000000-0000-4000-8000-00000000000{n}").status for n in (1, 2, 3)
    ]
