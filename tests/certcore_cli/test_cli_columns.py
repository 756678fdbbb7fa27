"""
`certcore evaluate --explain-columns`: how each column of a source's files is read.
"""

from __future__ import annotations

import re

from typing import Any

import pytest


BIO = "bio101/completion"


def test_each_column_is_explained(campus: Any) -> None:
    """
    As what it is read, in which unit, and how much of it is there; nobody's data is shown.
    """
    result = campus.run("evaluate", BIO, "--explain-columns")

    assert 0 == result.exit_code
    assert "gradebook.csv: columns as configured; UTF-8, separated by commas\n" in result.stdout
    assert re.search(r"Column +Read as +Filled +Empty\n", result.stdout)
    assert re.search(r"  id +id +5 +0\n", result.stdout)
    assert re.search(r"  total +grade 'Total' +fraction +4 +1\n", result.stdout)
    assert "5 rows looked at." in result.stderr
    assert "Żółć" not in result.stdout
    assert "lzolc" not in result.stdout
    assert [] == campus.json("runs")["runs"]


def test_programs_are_told_as_much(campus: Any) -> None:
    """
    The same as JSON, what was guessed included.
    """
    book = "id,name,mail,done,total,lang,\nzoe,Zoë,,0.9,0.8,,x\n"
    (campus.folder / "gradebook.csv").write_bytes(book.encode("cp1252"))

    document = campus.json("evaluate", BIO, "--explain-columns")

    (file,) = document["files"]
    assert BIO == document["configuration"]
    assert {
        "file": "gradebook.csv",
        "kind": "columns as configured",
        "form": "cp1252, separated by commas",
        "rows": 1,
        "notes": ["gradebook.csv isn't UTF-8 and is read as cp1252."],
    }.items() <= file.items()
    assert {
        "title": "total",
        "use": "grade 'Total'",
        "note": "fraction",
        "filled": 1,
        "empty": 0,
    } == (file["columns"][4])
    assert {
        "title": "",
        "use": None,
        "note": "not named in the configuration",
        "filled": 1,
        "empty": 0,
    } == file["columns"][6]


def test_what_was_guessed_is_said(campus: Any) -> None:
    """
    People see it below the columns, and whenever learners are judged.
    """
    book = "id,name,mail,done,total,lang,\nzoe,Zoë,,0.9,0.8,,x\n"
    (campus.folder / "gradebook.csv").write_bytes(book.encode("cp1252"))

    explained = campus.run("evaluate", BIO, "--explain-columns")
    judged = campus.run("evaluate", BIO)

    assert "  gradebook.csv isn't UTF-8 and is read as cp1252.\n" in explained.stdout
    assert re.search(r"  \(no title\) +not read +not named", explained.stdout)
    assert re.search(r"zoe +Zoë +nothing: would get one", judged.stdout)


@pytest.mark.parametrize(
    "more",
    [["--all"], ["--held"], ["--learner", "lzolc"], ["--format", "csv"]],
)
def test_nobody_is_judged_with_it(campus: Any, more: list[str]) -> None:
    """
    It is another question.
    """
    result = campus.run("evaluate", BIO, "--explain-columns", *more)

    assert 2 == result.exit_code
    assert "--explain-columns goes with --format json and nothing else" in result.stderr


def test_a_file_that_cannot_be_read(campus: Any) -> None:
    """
    The error of a run.
    """
    (campus.folder / "gradebook.csv").write_text("id;name\n")

    result = campus.run("evaluate", BIO, "--explain-columns")

    assert result.exit_code not in {0, 2}
    assert "gradebook.csv has no column 'mail'" in result.stderr
