"""
`certcore import`: what is said of each line, what is written, and that nobody is told.
"""

from __future__ import annotations

import csv

from pathlib import Path
from typing import Any

import pytest


BIO = "bio101/completion"
UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
LIST = f"""\
context,type,learner,name,awarded_at,status,reason,code,file
bio101,completion,lzolc,Łukasz Żółć,2026-03-02,available,,{UUID},lzolc.pdf
bio101,completion,mobrien,Máire Ní Bhriain,2026-03-02,invalidated,=wrong,A1,
bio101,completion,alopez,Ada López,2026-03-02,generating,,A2,
bio101,completion,nobody,,2026-03-02,available,,A3,
"""


@pytest.fixture
def old(campus: Any) -> Path:
    """
    A list, and the files of its certificates.
    """
    path: Path = campus.folder / "old.csv"
    path.write_text(LIST, "utf-8")
    (campus.folder / "files").mkdir()
    (campus.folder / "files" / "lzolc.pdf").write_bytes(b"%PDF-1.7")
    return path


def said(result: Any) -> list[str]:
    """
    What was answered, however it was laid out.
    """
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def take_over(campus: Any, old: Path, *words: object) -> Any:
    return campus.run("import", old, "--files", campus.folder / "files", *words)


def test_what_became_of_each_line(campus: Any, old: Path) -> None:
    """
    Numbers that add up, and the lines that somebody has to look at.
    """
    result = take_over(campus, old)

    assert 1 == result.exit_code
    assert [
        "old.csv: 4 lines.",
        "",
        "taken over 2 a ledger row each; nobody is told",
        "not issued yet 1 left to the next run",
        "can't be used 1",
        "",
        "line 5 name: is missing",
    ] == said(result)
    assert "Done. Running again repeats nothing. Who has one now: " in result.stderr
    assert not list((campus.folder / "outbox").glob("*"))


def test_a_dry_run_says_the_same(campus: Any, old: Path) -> None:
    """
    And writes nothing.
    """
    result = take_over(campus, old, "--dry-run")

    assert 1 == result.exit_code
    assert "old.csv: 4 lines. Dry run: nothing is written.\n" in result.stdout
    assert "would be taken over 2 a ledger row each; nobody is told" in said(result)
    assert "the same command without --dry-run" in result.stderr
    assert "No such certificate." in campus.run("list").stderr
    assert not list((campus.folder / "certificates").rglob("*.pdf"))


def test_mended_and_run_again(campus: Any, old: Path) -> None:
    """
    What was taken over before is known, and nothing needs anybody any more.
    """
    take_over(campus, old)
    old.write_text(LIST.replace("nobody,,", "nobody,No Body,"), "utf-8")

    result = take_over(campus, old)

    assert 0 == result.exit_code
    assert "taken over 1 a ledger row each; nobody is told" in said(result)
    assert "known 2 taken over before" in said(result)


def test_a_run_leaves_them_alone(campus: Any, old: Path) -> None:
    """
    Who has one, or had one that was revoked, isn't issued another; nobody else is forgotten.
    """
    take_over(campus, old)

    (run,) = campus.json("issue", BIO)["runs"]

    assert (1, 1, 0) == tuple(run["counts"].get(name, 0) for name in ("held", "blocked", "issued"))
    assert not list((campus.folder / "outbox").glob("*.eml"))


def test_old_codes_verify_and_are_shown(campus: Any, old: Path) -> None:
    """
    In any form.
    """
    take_over(campus, old)

    verified = campus.run("verify", UUID.upper())
    revoked = campus.run("verify", "a-1")
    shown = campus.run("show", UUID.replace("-", ""))
    document = campus.json("show", UUID)

    assert (0, True) == (verified.exit_code, verified.stdout.startswith("Valid.\n"))
    assert (1, True) == (revoked.exit_code, revoked.stdout.startswith("Revoked"))
    assert f"Old code {UUID}" in said(shown)
    assert "imported by " in shown.stdout
    assert [UUID] == document["certificate"]["old_codes"]
    assert [] == document["messages"]
    assert 8 == document["certificate"]["file"]["size"]
    assert ["imported"] == [entry["verb"] for entry in document["history"]]
    assert "revoked: =wrong" in campus.run("show", "A1").stdout


def test_a_report_of_every_line(campus: Any, old: Path) -> None:
    """
    For a spreadsheet, which takes none of it for a formula.
    """
    path = campus.folder / "report.csv"

    take_over(campus, old, "--report", path, "--actor", "m.ruiz")

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [("2", "new"), ("3", "new"), ("4", "later"), ("5", "error")] == [
        (row["line"], row["outcome"]) for row in rows
    ]
    assert ["", "", "generating", "name: is missing"] == [row["reason"] for row in rows]
    assert rows[0]["certificate"] == campus.json("show", rows[0]["code"])["certificate"]["id"]
    assert "m.ruiz" == campus.json("show", UUID)["history"][0]["actor"]


def test_the_report_is_not_the_list(campus: Any, old: Path) -> None:
    """
    Nobody loses a list by a slip.
    """
    result = take_over(campus, old, "--report", old)

    assert 2 == result.exit_code
    assert LIST == old.read_text("utf-8")


def test_as_json(campus: Any, old: Path) -> None:
    """
    Counts of each kind, and every line.
    """
    document = campus.json("import", old, "--files", campus.folder / "files", "--dry-run")

    assert {"new": 2, "known": 0, "held": 0, "later": 1, "conflict": 0, "error": 1} == (
        document["counts"]
    )
    assert (True, str(old)) == (document["dry_run"], document["file"])
    assert {
        "line": 5,
        "outcome": "error",
        "reason": "name: is missing",
        "code": "",
        "certificate": "",
    } == document["lines"][3]


def test_what_lines_leave_open_can_be_said_once(campus: Any) -> None:
    """
    And what the file is, too; a file of JSON lines is one by its ending.
    """
    plain = campus.folder / "old.txt"
    plain.write_text("learner,name,awarded_at\nlzolc,Łukasz Żółć,2026-03-02\n", "utf-8")
    options = ("--context", "bio101", "--type", "completion", "--realm", "campus")

    unsaid = campus.run("import", plain, *options)
    result = campus.run("import", plain, "--read-as", "csv", *options)

    assert (1, 0) == (unsaid.exit_code, result.exit_code)
    assert "its ending doesn't say what it is" in unsaid.stderr
    assert "taken over 1 a ledger row each; nobody is told" in said(result)


def test_more_trouble_than_fits(campus: Any) -> None:
    """
    The first lines are listed; the report has the others.
    """
    path = campus.folder / "old.csv"
    path.write_text("learner\n" + "x\n" * 25, "utf-8")

    result = campus.run("import", path)

    assert 1 == result.exit_code
    assert 20 == result.stdout.count("context: is missing")
    assert "… 5 more: --report report.csv" in result.stderr
    assert result.stderr.endswith("\nNothing was taken over.\n")


def test_what_is_in_the_way_is_named(issued: Any) -> None:
    """
    A certificate that was issued here stays, and that is no failure; a code of another's is one.
    """
    path = issued.folder / "old.csv"
    code = issued.code("mobrien")
    path.write_text(
        "context,type,learner,name,awarded_at,code\n"
        "bio101,completion,lzolc,Łukasz,2026-03-02,B1\n"
        f"bio101,completion,nobody,Nobody,2026-03-02,{code}\n",
        "utf-8",
    )

    both = issued.run("import", path)
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:2]), "utf-8")
    held = issued.run("import", path)

    own = issued.json("show", issued.code("lzolc"))["certificate"]["id"]
    assert (1, 0) == (both.exit_code, held.exit_code)
    assert f"line 2 the learner has another one of this kind ({own})" in said(both)
    assert f"line 3 the code '{code}' is another certificate's" in both.stdout.replace("   ", " ")
    assert "have one 1 the learner has one of this kind already" in said(held)
