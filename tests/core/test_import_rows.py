"""
What a row of a list means, and what is wrong with one that can't be used.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Iterator
from typing import Any

import pytest

from attrs import define, evolve

from certcore.domain import Certificate, Issuer, LearnerKey, LearningContext, Status, new_code
from certcore.exceptions import ConfigurationError, Problem
from certcore.registrar import Imported, ImportRow, Registrar


ROW = {
    "context": "welding",
    "type": "completion",
    "learner": "ada",
    "name": "Ada López",
    "awarded_at": "2025-05-06",
}
FOREIGN = {
    **ROW,
    "context": "course-1",
    "context_name": "Woodwork",
    "type": "diploma",
    "title": "Diploma",
    "issuer": "Old School",
    "realm": "school",
}


@define
class Desk:
    """
    Where lists are handed in.
    """

    bureau: Any
    registrar: Registrar

    def hand_in(self, *rows: dict[str, Any], **more: Any) -> list[Imported]:
        told: list[Imported] = []
        listed = [ImportRow(line=line, fields=row) for line, row in enumerate(rows, 2)]
        self.registrar.take_over(listed, watch=told.append, **more)
        return told

    def taken(self, row: dict[str, Any], **more: Any) -> Certificate:
        (told,) = self.hand_in(row, **more)
        assert ("new", "") == (told.kind, told.reason)
        found: Certificate = self.bureau.ledger.get(told.certificate)
        return found

    def refused(self, row: dict[str, Any], **more: Any) -> str:
        (told,) = self.hand_in(row, **more)
        assert ("error", "") == (told.kind, told.certificate)
        return told.reason


class Catalog:
    """
    One good configuration, and one that is broken.
    """

    def __init__(self, configuration: Any) -> None:
        self.configuration = configuration

    def keys(self) -> tuple[str, ...]:
        return "broken", self.configuration.name

    def get(self, key: str) -> Any:
        if key == "broken":
            raise ConfigurationError([Problem("types.broken", "is missing.")])
        return self.configuration

    def revision(self) -> str:
        return "1"


@pytest.fixture
def configuration(bureau: Any) -> Any:
    return bureau.configuration(
        type_={
            "issuer": Issuer(key="school", name="Example School", time_zone="Europe/Madrid"),
            "was": "passed",
        },
        cycle="2025T1",
    )


@pytest.fixture
def desk(bureau: Any, configuration: Any) -> Iterator[Desk]:
    with bureau.registrar(catalog=Catalog(configuration)) as registrar:
        yield Desk(bureau, registrar)


def test_what_the_row_leaves_open_the_project_says(desk: Desk, configuration: Any) -> None:
    """
    Names, dates of the context, issuer, realm and cycle.
    """
    found = desk.taken(ROW)

    said, context = found.statement, configuration.context
    assert LearnerKey("school", "ada") == found.learner
    assert ("course-7", "Welding 1", context.start, context.end) == (
        said.context.key,
        said.context.name,
        said.context.start,
        said.context.end,
    )
    assert ("completion", "Certificate of completion") == (said.type.key, said.type.title)
    assert ("school", "Example School", "Europe/Madrid") == (
        said.issuer.key,
        said.issuer.name,
        said.issuer.time_zone,
    )
    assert ("2025T1", "imported", True) == (
        said.cycle,
        said.evidence.decision.note,
        said.evidence.decision.eligible,
    )
    assert dt.datetime(2025, 5, 6, 10, tzinfo=dt.UTC) == said.awarded_at == found.issued_at
    assert (None, None, None) == (said.earned_at, said.expires_at, found.artifact)
    assert (Status.ISSUED, True, None) == (found.status, found.quiet, found.run)


def test_what_the_row_says_counts(desk: Desk) -> None:
    """
    It is what was printed then.
    """
    found = desk.taken(
        {
            **ROW,
            "context_name": "Welding  (old)",
            "title": "Diploma",
            "issuer": "Old School",
            "cycle": "2024",
            "realm": "school",
            "name": " Ada\n  López ",
            "email": "ada@example.org",
            "username": "alopez",
            "language": "es",
            "awarded_at": "2025-05-06T09:00:00",
            "earned_at": "2025-05-05T23:30:00Z",
            "issued_at": "2025-05-07 08:00:00.123456+01:00",
            "expires_at": "2030-05-06",
            "completion": "1",
            "grades.Total": "0.83",
            "grades.Lab": "",
        }
    )

    said = found.statement
    assert ("Welding (old)", "Diploma", "Old School", "2024") == (
        said.context.name,
        said.type.title,
        said.issuer.name,
        said.cycle,
    )
    assert ("Ada López", "ada@example.org", "alopez", "es") == (
        said.recipient.name,
        said.recipient.email,
        said.recipient.username,
        said.recipient.language,
    )
    assert (1.0, {"Total": 0.83}) == (said.evidence.completion, said.evidence.grades)
    assert [
        "2025-05-06T07:00:00+00:00",
        "2025-05-05T23:30:00+00:00",
        "2025-05-07T07:00:00.123456+00:00",
        "2030-05-06T10:00:00+00:00",
    ] == [
        each.isoformat() if each else ""
        for each in (said.awarded_at, said.earned_at, found.issued_at, said.expires_at)
    ]


def test_what_the_project_does_not_have(desk: Desk) -> None:
    """
    The row describes it, and dates are in UTC.
    """
    found = desk.taken(FOREIGN)

    said = found.statement
    assert ("course-1", "Woodwork", "diploma", "Diploma", "Old School", "") == (
        said.context.key,
        said.context.name,
        said.type.key,
        said.type.title,
        said.issuer.name,
        said.cycle,
    )
    assert dt.datetime(2025, 5, 6, 12, tzinfo=dt.UTC) == said.awarded_at


def test_a_past_term_of_a_type_that_is_there(desk: Desk) -> None:
    """
    Only its name is wanted; a type is known by its old key as well.
    """
    found = desk.taken(
        {**ROW, "context": "course-6", "context_name": "Welding 0", "type": "passed"}
    )

    said = found.statement
    assert ("completion", "Certificate of completion", "Example School", "school") == (
        said.type.key,
        said.type.title,
        said.issuer.name,
        found.learner.realm,
    )


def test_without_any_project(bureau: Any) -> None:
    """
    A program may have no catalog.
    """
    with bureau.registrar() as registrar:
        assert "Woodwork" == Desk(bureau, registrar).taken(FOREIGN).statement.context.name


def test_defaults_fill_what_is_empty(desk: Desk) -> None:
    """
    And nothing else.
    """
    row = {**ROW, "context": " ", "type": None}

    found = desk.taken(row, defaults={"context": "welding", "type": "completion", "name": "Nobody"})

    said = found.statement
    assert ("course-7", "completion", "Ada López") == (
        said.context.key,
        said.type.key,
        said.recipient.name,
    )


@pytest.mark.parametrize(
    "word, status",
    [
        ("issued", Status.ISSUED),
        ("Available", Status.ISSUED),
        ("valid", Status.ISSUED),
        ("", Status.ISSUED),
        ("revoked", Status.REVOKED),
        ("invalidated", Status.REVOKED),
        ("annulled", Status.ANNULLED),
    ],
)
def test_words_for_a_status(desk: Desk, word: str, status: Status) -> None:
    """
    As other systems call it.
    """
    assert status is desk.taken({**ROW, "status": word, "code": "A1"}).status


@pytest.mark.parametrize("word", ["generating", "error", "pending", "failed"])
def test_what_was_never_issued_is_left_alone(desk: Desk, word: str) -> None:
    """
    Whatever else the row lacks; the next run decides.
    """
    (told,) = desk.hand_in({"status": word})

    assert ("later", word, "") == (told.kind, told.reason, told.certificate)


@pytest.mark.parametrize(
    "fields, reason",
    [
        ({"reason": " cheated "}, "cheated"),
        ({"reason": "cheated", "revoked_at": "2025-06-01T00:30"}, "cheated (on 2025-06-01)"),
        ({"revoked_at": "2025-06-01"}, "on 2025-06-01"),
        ({}, ""),
    ],
)
def test_why_and_when_it_was_revoked(desk: Desk, fields: dict[str, str], reason: str) -> None:
    """
    Both are in the reason.
    """
    assert reason == desk.taken({**ROW, "status": "revoked", **fields}).reason


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"context": ""}, "context: is missing"),
        ({"type": None}, "type: is missing"),
        ({"learner": "  "}, "learner: is missing"),
        ({"name": ""}, "name: is missing"),
        ({"awarded_at": ""}, "awarded_at: is missing"),
        ({"context": "other"}, "context_name: is missing, and the project has no context 'other'"),
        ({"type": "other"}, "issuer: is missing, and the project has no type 'other'"),
        (
            {"type": "other", "issuer": "S"},
            "title: is missing, and the project has no type 'other'",
        ),
        ({"type": "a/b", "issuer": "S"}, "type: a name without slashes is wanted"),
        (
            {"type": "other", "issuer": "S", "title": "T"},
            "realm: is missing; whose ids are these?",
        ),
        ({"realm": "old"}, "realm: the learners of campus are those of 'school'"),
        ({"expire_at": "2030-01-01"}, "'expire_at' is no field. Did you mean 'expires_at'?"),
        ({"status": "lost"}, "status: 'lost' is unknown; one of issued, available, valid, revoked"),
        ({"reason": "cheated"}, "status: what was revoked isn't issued"),
        ({"revoked_at": "2025-06-01"}, "status: what was revoked isn't issued"),
        ({"status": "annulled"}, "what was annulled can be taken over by its old code alone"),
        ({"awarded_at": "6 May 2025"}, "awarded_at: a date such as 2026-05-22"),
        ({"awarded_at": "0001-01-01T00:00+05:00"}, "awarded_at: a date such as 2026-05-22"),
        ({"awarded_at": "2999-01-01"}, "awarded_at: lies in the future"),
        ({"expires_at": "2025-05-05"}, "expires_at: lies before awarded_at"),
        ({"name": "L\udcf3pez"}, "name: a letter can't be read; save the file as UTF-8"),
        ({"learner": "a\0b"}, "learner: a letter can't be read"),
        ({"learner": "x" * 256}, "learner: more than 255 characters"),
        ({"learner": 1.5}, "learner: a text is wanted, not float"),
        ({"learner": True}, "learner: a text is wanted, not bool"),
        ({"code": "--"}, "code: one with letters or digits is wanted"),
        ({"code": ["A1", {}]}, "code: a text is wanted, not dict"),
        ({"completion": "90"}, "completion: a fraction from 0 to 1 is wanted"),
        ({"completion": "most"}, "completion: a fraction from 0 to 1 is wanted"),
        ({"completion": "nan"}, "completion: a fraction from 0 to 1 is wanted"),
        ({"completion": True}, "completion: a fraction from 0 to 1 is wanted"),
        ({"grades": "83"}, "grades: a table of grades is wanted"),
        ({"grades": {"Total": 83}}, "grades.Total: a fraction from 0 to 1.5 is wanted"),
        ({"file": "a.pdf"}, "file: name the folder that the files lie in: --files FOLDER"),
    ],
)
def test_what_is_wrong_with_a_row(desk: Desk, fields: dict[str, Any], said: str) -> None:
    """
    The field is named, and what is wanted; nothing is written.
    """
    assert desk.refused({**ROW, **fields}).startswith(said)
    assert () == desk.registrar.find()


def test_a_row_that_could_not_be_read(desk: Desk) -> None:
    """
    Is told like any other.
    """
    told: list[Imported] = []

    counts = desk.registrar.take_over(
        [ImportRow(line=7, problem="the line isn't a JSON object")], watch=told.append
    )

    assert {"error": 1} == counts
    assert [(7, "error", "the line isn't a JSON object")] == [
        (each.line, each.kind, each.reason) for each in told
    ]


def test_numbers_of_json_are_ids(desk: Desk) -> None:
    """
    A platform's numbers become texts, as they do elsewhere; grades may have extra credit.
    """
    found = desk.taken({**ROW, "learner": 4711, "grades": {"Total": 1.02, "Lab": None}})

    assert "4711" == found.learner.id
    assert {"Total": 1.02} == found.statement.evidence.grades


def test_codes_of_both_kinds(desk: Desk) -> None:
    """
    The first one like ours is kept, and the others lead to it.
    """
    own, other = new_code(), new_code()

    found = desk.taken({**ROW, "code": ["A1", own.lower(), other, None]})

    assert own == found.code
    assert tuple(sorted(("A1", other))) == desk.registrar.old_codes(found.id)
    assert {found.id} == {desk.registrar.get(code).id for code in (own, other, "a-1")}


def test_a_context_without_a_name(bureau: Any) -> None:
    """
    The source would say it, and isn't asked.
    """
    nameless = bureau.configuration(context=LearningContext(key="course-9"), type_={"source": None})
    nameless = evolve(nameless, type=evolve(nameless.type, title=""))

    with bureau.registrar(catalog=Catalog(nameless)) as registrar:
        desk = Desk(bureau, registrar)
        row = {**ROW, "context": "course-9", "realm": "school"}

        assert desk.refused(row).startswith("context_name: is missing")
        assert "completion" == desk.taken({**row, "context_name": "W"}).statement.type.title
    assert [] == bureau.opened
