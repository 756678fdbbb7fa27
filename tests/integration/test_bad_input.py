"""
Whatever stands in a source or in a project: one learner's trouble is theirs, and nothing is lost.
"""

from __future__ import annotations

import csv

from collections.abc import Callable
from pathlib import Path

import pytest

from certcore.bootstrap import load_project
from certcore.domain import Certificate, Run, RunStatus, Status


NAMES = {
    "formula": '=HYPERLINK("https://example.org","Ada")',
    "quotes": "Robert'); DROP TABLE certcore_certificates;--",
    "percent": "100 % {recipient.name} {{ name }} \\ &amp; <b>",
    "astral": "Ada \N{MATHEMATICAL BOLD CAPITAL A}",
    "long": "Ada " * 2500,
    "huge": "A" * 5_000_000,
    "nul": "Ada\0López",
    "bell": "Ada\aLópez",
    "override": "Ada \N{RIGHT-TO-LEFT OVERRIDE}zepóL",
}


def rewrite(folder: Path, rows: list[list[str]]) -> None:
    """
    Let the source have these and Ada.
    """
    with (folder / "learners.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "email", "total"])
        writer.writerows([*rows, ["ada", "Ada López", "ada@example.org", "0.80"]])


def issue(folder: Path) -> tuple[Run, dict[str, Certificate]]:
    """
    Run it twice, as a schedule would; give the first run, and the certificates by learner.
    """
    with load_project(folder).registrar() as registrar:
        run = registrar.issue("welding/completion")
        again = registrar.issue("welding/completion")
        assert (RunStatus.DONE, 0) == (again.status, again.count("new"))
        return run, {each.learner.id: each for each in registrar.find()}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name(make_project: Callable[..., Path], ledger_url: str, name: str) -> None:
    """
    Either it gets on a certificate as it is, or it is said why not; Ada gets hers either way.
    """
    folder = make_project(0, ledger=ledger_url)
    rewrite(folder, [["odd", name, "odd@example.org", "0.80"]])

    run, found = issue(folder)

    assert RunStatus.DONE == run.status
    assert Status.ISSUED is found["ada"].status
    odd = found.get("odd")
    if odd is None or odd.status is Status.FAILED:
        (note,) = run.notes
        assert note.kind in {"skipped", "failed"}
        assert len(note.reason) < 500
    else:
        assert (Status.ISSUED, name.strip()) == (odd.status, odd.statement.recipient.name)


@pytest.mark.parametrize("id_", ["i" * 255, "i" * 256, "\N{SMILING FACE WITH HALO}" * 255])
def test_an_id(make_project: Callable[..., Path], ledger_url: str, id_: str) -> None:
    """
    The longest that every database takes is taken, and nobody else is held up by a longer one.
    """
    folder = make_project(0, ledger=ledger_url)
    rewrite(folder, [[id_, "Odd", "odd@example.org", "0.80"]])

    run, found = issue(folder)

    assert Status.ISSUED is found["ada"].status
    assert (len(id_) <= 255) == (id_ in found)
    assert (len(id_) > 255) == (1 == run.count("skipped"))


@pytest.mark.parametrize("total", ["-0.01", "1.51", "85", "nan", "inf", "1e400", "0,85", "٠٫٨"])
def test_a_grade_that_is_none(
    make_project: Callable[..., Path], tmp_path: Path, total: str
) -> None:
    """
    What isn't a fraction from 0 to 1 is told, with its line, and isn't taken for one.
    """
    folder = make_project(0, ledger=f"sqlite:///{tmp_path}/ledger.db")
    rewrite(folder, [["odd", "Odd", "odd@example.org", total]])

    run, found = issue(folder)

    assert ["ada"] == list(found)
    (note,) = run.notes
    assert ("skipped", "learners.csv line 2") == (note.kind, note.where)
