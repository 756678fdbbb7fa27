"""
A nightly run over many learners doesn't make the ledger grow with them.
"""

from __future__ import annotations

import sqlite3

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from certcore.domain import Skipped
from certcore.ledgers import SqlOptions, open_ledger


LEARNERS = 5000


def rows(path: Path) -> Counter[str]:
    """
    Count the rows of each table.
    """
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        return Counter(
            {
                name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  # from the database itself
                for (name,) in tables
            }
        )


def grown(bureau: Any, path: Path, learners: list[Any]) -> Counter[str]:
    """
    Run once more; give how many rows came.
    """
    bureau.give(*learners)
    with open_ledger(SqlOptions(url=f"sqlite:///{path}", durable=False), path.parent) as ledger:
        before = rows(path)
        with bureau.registrar(ledger=ledger) as registrar:
            run = registrar.issue(bureau.configuration())
        assert len(learners) == run.count("retrieved")
        return rows(path) - before


@pytest.fixture
def ledger_file(bureau: Any, person: Any, tmp_path: Path) -> Path:
    """
    A ledger in which somebody was issued one.
    """
    path = tmp_path / "ledger.db"
    with open_ledger(SqlOptions(url=f"sqlite:///{path}"), tmp_path):
        pass
    grown(bureau, path, [person("ada")])
    return path


def test_who_is_not_eligible_is_a_number(bureau: Any, person: Any, ledger_file: Path) -> None:
    """
    As many rows for five thousand as for five; who has one already costs none either.
    """
    few = grown(bureau, ledger_file, [person(f"u{n}", 0.1) for n in range(5)])
    many = grown(bureau, ledger_file, [person(f"u{n}", 0.1) for n in range(LEARNERS)])
    again = grown(bureau, ledger_file, [person("ada"), person("bob", 0.1)])

    assert few == many
    assert {"certcore_runs": 1, "certcore_run_counts": 3} == dict(few)
    assert {"certcore_runs", "certcore_run_counts"} == again.keys()


def test_what_needs_a_look_is_noted_so_many_times(
    bureau: Any, person: Any, ledger_file: Path
) -> None:
    """
    Who can't be judged and what couldn't be read: some hundred notes, and the true numbers.
    """
    some = [
        person("ada"),
        *(person(f"u{n}", None) for n in range(LEARNERS)),
        *(Skipped(where=f"line {n}", reason="no id") for n in range(LEARNERS)),
    ]

    found = grown(bureau, ledger_file, some)

    assert {"certcore_runs", "certcore_run_counts", "certcore_run_notes"} == found.keys()
    assert 500 == found["certcore_run_notes"]
    assert 10 > found["certcore_run_counts"]
