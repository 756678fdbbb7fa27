"""
Taken over once, however often it is asked for and wherever it was killed; and nobody is told.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from certcore.domain import Status
from certcore.exceptions import LedgerError, NotFoundError, StorageError
from certcore.ports import CertificateFilter
from certcore.registrar import Imported, ImportRow, Registrar
from certcore.testing import MemoryLedger, MemoryStore


PDF = b"%PDF-1.7 of "


class Catalog:
    """
    One configuration.
    """

    def __init__(self, configuration: Any) -> None:
        self.configuration = configuration

    def keys(self) -> tuple[str, ...]:
        return (self.configuration.name,)

    def get(self, key: str) -> Any:
        if key not in {self.configuration.name, str(self.configuration.key)}:
            raise NotFoundError("configuration", key)
        return self.configuration

    def revision(self) -> str:
        return "1"


def listed(size: int, **more: Any) -> list[ImportRow]:
    """
    So many rows; every other one has a file.
    """
    return [
        ImportRow(
            line=n + 2,
            fields={
                "context": "welding",
                "type": "completion",
                "learner": f"u{n}",
                "name": f"Learner {n}",
                "awarded_at": f"2025-05-{n % 28 + 1:02}",
                "code": f"old-{n}",
                "file": f"{n}.pdf" if n % 2 == 0 else "",
                **more,
            },
        )
        for n in range(size)
    ]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """
    A folder with files of all of them.
    """
    folder = tmp_path / "old"
    folder.mkdir()
    for n in range(1100):
        (folder / f"{n}.pdf").write_bytes(PDF + str(n).encode())
    return folder


@pytest.fixture
def office(bureau: Any) -> Iterator[Registrar]:
    with bureau.registrar(catalog=Catalog(bureau.configuration(max_new=None))) as registrar:
        yield registrar


def by_kind(told: list[Imported]) -> list[str]:
    return [each.kind for each in told]


def test_what_is_taken_over_is_known_and_nobody_is_told(
    bureau: Any, office: Registrar, person: Any, files: Path
) -> None:
    """
    A run over the same learners issues to the others alone.
    """
    assert {"new": 4} == office.take_over(listed(4), files=files)
    bureau.give(*(person(f"u{n}") for n in range(6)))

    run = office.issue("welding/completion")
    office.sweep()
    claimed = office.issue_for("welding/completion", person("u1"))

    assert (4, 2) == (run.count("held"), run.count("issued"))
    assert ["u4@example.org", "u5@example.org"] == bureau.told()
    assert ["u4 issued", "u5 issued"] == sorted(bureau.heard[:2])
    assert claimed.held
    assert {"known": 4} == office.take_over(listed(4), files=files)


@pytest.mark.parametrize("hour, awarded", [(9, 0), (11, 0), (12, 12)])
def test_what_was_awarded_today(bureau: Any, office: Registrar, hour: int, awarded: int) -> None:
    """
    Noon may be yet to come: then it was at the beginning of the day, whenever it is read before.
    """
    bureau.clock.set(dt.datetime(2026, 7, 1, hour, tzinfo=dt.UTC))
    today = {"awarded_at": "2026-07-01", "earned_at": "2026-07-01", "issued_at": "2026-07-01"}

    assert {"new": 1} == office.take_over(listed(1, file="", **today))
    assert {"error": 1} == office.take_over(listed(1, file="", awarded_at="2026-07-02"))

    (found,) = office.find()
    said, at = found.statement, dt.datetime(2026, 7, 1, awarded, tzinfo=dt.UTC)
    assert [at] * 3 == [said.awarded_at, said.earned_at, found.issued_at]


def test_verified_by_the_old_code(office: Registrar, files: Path) -> None:
    """
    As anybody types it; without a file, too.
    """
    office.take_over(listed(2), files=files)
    office.take_over(listed(1, learner="eva", code="x-1", status="revoked", file=""))

    assert ["valid", "valid", "valid", "revoked", "unknown", "mistyped"] == [
        office.verify(code).status for code in ("old-0", " OLD 1 ", "old1", "X1", "0" * 27, "old-2")
    ]
    shown = office.verify("old-1").public()
    assert ("Learner 1", "Welding 1") == (shown["recipient"], shown["context"])
    assert shown["code"] != "old-1"
    assert "valid" == office.verify(shown["code"]).status


def test_a_ledger_that_fails_says_nothing_of_an_old_code(bureau: Any) -> None:
    """
    What can't be one of our codes may be an old one.
    """

    class Broken:
        def by_old_code(self, code: str) -> None:
            raise LedgerError("away")

    with bureau.registrar(ledger=Broken()) as registrar:
        assert "unavailable" == registrar.verify("old-1").status


def test_files_are_stored_under_what_shows_them(
    bureau: Any, office: Registrar, files: Path
) -> None:
    """
    And durable before the ledger says so; those of what isn't good are withdrawn.
    """
    told: list[Imported] = []
    office.take_over(listed(2), files=files, watch=told.append)
    office.take_over(
        listed(1, learner="eva", code="x-1", status="revoked", file="7.pdf"),
        files=files,
        watch=told.append,
    )

    first, second, revoked = (office.get(each.certificate) for each in told)
    assert first.artifact is not None
    assert revoked.artifact is not None
    assert second.artifact is None
    assert {first.artifact.key: PDF + b"0"} == bureau.store.files
    assert {revoked.artifact.key: PDF + b"7"} == bureau.store.withdrawn
    assert (len(PDF) + 1, "application/pdf") == (first.artifact.size, first.artifact.media_type)
    assert 2 == bureau.store.synced
    assert "valid" == office.verify_file(PDF + b"0").status
    assert told[0].code == first.code


@pytest.mark.parametrize(
    "name, said",
    [
        ("../secret.pdf", "file: lies outside of the folder"),
        ("/etc/passwd", "file: lies outside of the folder"),
        ("link.pdf", "file: lies outside of the folder"),
        ("none.pdf", "file: can't be read: No such file or directory"),
        ("folder", "file: can't be read: Is a directory"),
        ("x" * 5000, "file: can't be read: File name too long"),
        ("text.pdf", "file: it isn't a PDF"),
    ],
)
def test_what_is_no_file_of_a_certificate(
    bureau: Any, office: Registrar, files: Path, name: str, said: str
) -> None:
    """
    Nothing outside of the folder is read, and its row is told.
    """
    (files.parent / "secret.pdf").write_bytes(PDF)
    (files / "link.pdf").symlink_to(files.parent / "secret.pdf")
    (files / "folder").mkdir()
    (files / "text.pdf").write_bytes(b"a text")
    told: list[Imported] = []

    office.take_over(listed(1, file=name), files=files, watch=told.append)

    assert [("error", said)] == [(each.kind, each.reason) for each in told]
    assert {} == bureau.store.files


def test_a_dry_run_writes_nothing(bureau: Any, office: Registrar, files: Path) -> None:
    """
    Neither rows nor files, and what it says is what happens.
    """
    office.take_over(listed(2)[1:])
    rows = [*listed(4), *listed(7, learner="eva", code="old-1", file="")[6:]]
    foreseen: list[Imported] = []
    told: list[Imported] = []

    dry = office.take_over(rows, files=files, dry_run=True, watch=foreseen.append)
    assert ({}, 1) == (bureau.store.files, len(office.find()))
    wet = office.take_over(rows, files=files, watch=told.append)

    assert wet == dry == {"new": 3, "known": 1, "error": 1}
    assert by_kind(foreseen) == by_kind(told)


def test_the_same_twice_in_one_list(office: Registrar) -> None:
    """
    By the learner or by a code: the second is told where the first stands, in a dry run as well.
    """
    fields: list[dict[str, Any]] = [
        {},
        {"code": "B2"},
        {"learner": "bob"},
        {"learner": "eva", "code": "OLD-0"},
        {"status": "annulled", "code": "C3"},
    ]
    rows = [
        ImportRow(line=line, fields={**listed(1, file="")[0].fields, **more})
        for line, more in enumerate(fields, 2)
    ]
    foreseen: list[Imported] = []
    told: list[Imported] = []

    office.take_over(rows, dry_run=True, watch=foreseen.append)
    office.take_over(rows, watch=told.append)

    assert ["new", "error", "error", "new", "new"] == by_kind(told) == by_kind(foreseen)
    assert {"the same learner, certificate or code stands on line 2"} == {
        each.reason for each in told if each.kind == "error"
    }
    assert {("", "")} == {(each.certificate, each.code) for each in foreseen}


def test_what_is_in_the_way_is_named(bureau: Any, office: Registrar, person: Any) -> None:
    """
    A certificate of our own, and somebody else's code.
    """
    own = office.issue_for("welding/completion", person("u1")).certificate
    assert own is not None
    office.take_over(listed(3)[2:], defaults={}, files=None)
    told: list[Imported] = []
    office.take_over(listed(1, file=""))

    office.take_over([*listed(2)[1:], *listed(1, learner="eva", file="")], watch=told.append)

    assert [
        ("held", "the learner has another one of this kind", own.id),
        ("conflict", "the code 'old-0' is another certificate's", office.get("old-0").id),
    ] == [(each.kind, each.reason, each.certificate) for each in told]


def test_they_are_listed_by_the_date_of_their_award(office: Registrar) -> None:
    """
    Whenever they were taken over.
    """
    for day in ("2025-05-06", "1969-07-21", "2024-02-29", "2025-05-05"):
        office.take_over(listed(1, learner=day, code=day, awarded_at=day, file=""))

    found = [each.learner.id for each in office.find()]

    assert ["1969-07-21", "2024-02-29", "2025-05-05", "2025-05-06"] == found


class KilledError(BaseException):
    """
    The process is gone.
    """


def _kill_at(number: int, target: Any, name: str) -> Callable[[], None]:
    """
    Let the call of that number be the last, done or not; give what undoes that.
    """
    real, calls = getattr(target, name), iter(range(number))

    def last(*args: Any, **kwargs: Any) -> Any:
        if next(calls, None) is None:
            raise KilledError
        return real(*args, **kwargs)

    setattr(target, name, last)
    return lambda: delattr(target, name)


@pytest.mark.parametrize(
    "call, number",
    [
        ("ledger.adopt", 0),
        ("ledger.adopt", 1),
        ("ledger.adopt", 3),
        ("ledger.chores", 0),
        ("store.put", 0),
        ("store.put", 100),
        ("store.put", 251),
        ("store.sync", 0),
        ("store.sync", 2),
    ],
)
def test_killed_and_run_again(
    bureau: Any, office: Registrar, files: Path, call: str, number: int
) -> None:
    """
    Wherever it died: the rest is taken over, nothing twice, and no file is left without a row.
    """
    rows = listed(1100, status="issued")
    target, _, name = call.partition(".")
    revive = _kill_at(number, getattr(bureau, target), name)
    with pytest.raises(KilledError):
        office.take_over(rows, files=files)
    revive()
    done = len(office.find(limit=2000))
    assert 0 == done % 500 or 1100 == done

    counts = office.take_over(rows, files=files)

    found = bureau.ledger.find(CertificateFilter(), limit=2000)
    assert {kind: size for kind, size in (("new", 1100 - done), ("known", done)) if size} == counts
    assert 1100 == len({each.learner.id for each in found}) == len(found)
    assert {each.artifact.key for each in found if each.artifact} == set(bureau.store.files)
    assert {Status.ISSUED} == {each.status for each in found}


def test_a_store_that_fails_loses_nothing(bureau: Any, office: Registrar, files: Path) -> None:
    """
    What was told stays; the rest is taken over when the store is there again.
    """
    told: list[Imported] = []
    rows = [*listed(510, file="")[1:501], *listed(1)]
    bureau.store.failing = StorageError("the disk is full", retryable=True)
    with pytest.raises(StorageError):
        office.take_over(rows, files=files, watch=told.append)
    assert ["new"] * 500 == by_kind(told)
    bureau.store.failing = None

    assert {"known": 500, "new": 1} == office.take_over(rows, files=files)


def test_an_id_does_not_tell_whose_it_is(bureau: Any, files: Path) -> None:
    """
    Without a file, it is by chance; with one, by what only who has the file can know.
    """
    ids: list[set[str]] = []
    for rows in (listed(1, file=""), listed(1)):
        found = set[str]()
        for _ in range(2):
            told: list[Imported] = []
            configuration = bureau.configuration()
            with bureau.registrar(
                catalog=Catalog(configuration), ledger=MemoryLedger(), store=MemoryStore()
            ) as registrar:
                registrar.take_over(rows, files=files, watch=told.append)
            found.add(told[0].certificate)
        ids.append(found)

    assert [2, 1] == [len(found) for found in ids]
