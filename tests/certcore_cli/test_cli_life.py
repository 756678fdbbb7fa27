"""
`certcore reissue`, `reinstate`, `annul`, `cancel`, `history`, `verify --file`.
"""

from __future__ import annotations

import datetime as dt
import io

from pathlib import Path
from typing import Any

import pytest

from attrs import evolve

from certcore.bootstrap import load_project


MENDED = ("--reason", "typo", "--recipient", "name=Łukasz Żółć-Nowak")


def file_of(issued: Any, code: str) -> Path:
    document = issued.json("show", code)["certificate"]
    path: Path = issued.folder / "certificates" / document["file"]["key"]
    return path


def test_a_dry_run_shows_old_and_new(issued: Any) -> None:
    """
    Field by field; nothing is written.
    """
    code = issued.code("lzolc")
    words = ("reissue", code, *MENDED, "--evidence", "grades.Total=91%", "--dry-run")

    result, document = issued.run(*words), issued.json(*words)

    assert 0 == result.exit_code
    assert [
        ["evidence.decision.children[1].actual", "0.83", "→", "0.91"],
        ["evidence.grades.Total", "0.83", "→", "0.91"],
        ["recipient.name", "Łukasz", "Żółć", "→", "Łukasz", "Żółć-Nowak"],
    ] == sorted(line.split() for line in result.stdout.splitlines())
    assert result.stderr.endswith("Dry run: nothing was written, nobody was told.\n")
    assert {"field": "evidence.grades.Total", "old": 0.83, "new": 0.91} in document["changes"]
    assert (None, "", "issued") == (
        document["certificate"],
        document["failure"],
        document["old"]["status"],
    )
    assert 2 == len(issued.json("list")["certificates"])


def test_a_name_is_mended(issued: Any) -> None:
    """
    Old and new are shown with each other; the old code says no more than that it was replaced.
    """
    old = issued.code("lzolc")

    result = issued.run("reissue", old, *MENDED, "--actor", "m.ruiz", "--yes")

    new = issued.json("show", old)["certificate"]["replaced_by"]
    code = issued.json("show", new)["certificate"]["code"]
    assert (0, f"Reissued: {code}") == (result.exit_code, result.stdout.splitlines()[-1])
    assert "Łukasz Żółć (campus:lzolc) · bio101/completion" in result.stderr
    assert "  reissue sent " in result.stderr
    assert f"certcore -p {issued.folder} show {code}" in result.stderr
    shown = issued.run("show", code).stdout
    assert "Łukasz Żółć-Nowak" in shown
    assert f"Replaces      {old}" in shown
    assert "Reissued  " in shown
    assert "replace by m.ruiz: typo" in shown
    assert "Replaced: a newer certificate took its place.\n" == issued.run("verify", old).stdout
    again = issued.run("reissue", old, *MENDED, "--yes")
    assert (1, True) == (again.exit_code, f"The current one is {code}." in again.stderr)


def test_history_follows_the_chain(issued: Any) -> None:
    """
    From either end, the oldest first: who, what and why.
    """
    old = issued.code("lzolc")
    issued.run("reissue", old, *MENDED, "--yes", "--quiet", "--actor", "m.ruiz")
    both = issued.json("history", old)["certificates"]
    new = both[1]["code"]

    text = issued.run("history", new).stdout

    heads = [line for line in text.splitlines() if " · " in line]
    assert [
        f"{old} · Łukasz Żółć · bio101/completion · superseded",
        f"{new} · Łukasz Żółć-Nowak · bio101/completion · issued",
    ] == heads
    assert text == issued.run("history", old).stdout
    assert [["award", "record", "supersede"], ["replace", "record"]] == [
        [entry["verb"] for entry in each["history"]] for each in both
    ]
    assert [] == issued.json("show", new)["messages"]


def test_from_the_source_and_with_the_current_design(issued: Any) -> None:
    """
    Each by itself; without anything that differs it is refused.
    """
    code = issued.code("lzolc")
    issued.change("Łukasz", "Lucas", "gradebook.csv")
    issued.change("size  = 34", "size  = 30", "designs/diploma.toml")

    first = issued.run("reissue", code, "--reason", "moved", "--recipient", "source", "--yes")
    new = first.stdout.split()[-1]
    second = issued.run("reissue", new, "--reason", "new look", "--design", "current", "--yes")
    newest = second.stdout.split()[-1]
    third = issued.run("reissue", newest, "--reason", "again", "--context", "source", "--yes")

    assert "recipient.name   Łukasz Żółć   →   Lucas Żółć" in first.stdout
    assert second.stdout.startswith("  design   ")
    assert (1, True) == (third.exit_code, "nothing would change" in third.stderr)
    designs = [each["history"] for each in issued.json("history", code)["certificates"]]
    assert 3 == len(designs)
    assert 2 == len(list((issued.folder / "certificates" / "designs").iterdir()))


@pytest.mark.parametrize(
    "words, said",
    [
        (("--recipient", "Ada"), "--recipient Ada: source|FIELD=VALUE is wanted."),
        (("--recipient", "nme=Ada"), "--recipient.nme: unknown key. Did you mean 'name'?"),
        (("--context", "start=soon"), "--context.start: 'soon': a date"),
        (("--evidence", "grades.Total=95"), "a fraction is wanted. Did you mean 0.95?"),
        (("--evidence", "grades.Total=good"), "'good' isn't a number."),
        (("--evidence", "Total=0.9"), "one of completion, grades.NAME and facts.NAME is wanted."),
        (("--recipient", "name=Ada"), "nobody can be asked here: add --yes."),
    ],
)
def test_what_is_wrongly_asked(issued: Any, words: tuple[str, ...], said: str) -> None:
    """
    Exit code 2, and what is wanted instead; nothing is changed.
    """
    result = issued.run("reissue", issued.code("lzolc"), "--reason", "typo", *words)

    assert (2, True) == (result.exit_code, said in result.stderr)
    assert 2 == len(issued.json("list")["certificates"])


def test_evidence_that_fails_the_rule_is_refused(issued: Any) -> None:
    """
    The certificate stays as it is.
    """
    code = issued.code("lzolc")
    words = ("--evidence", "source", "--evidence", "completion=0.5", "--evidence", "facts.hours=3")

    result = issued.run("reissue", code, "--reason", "recount", *words, "--yes")

    assert (1, True) == (result.exit_code, "completion 0.5 of 0.9" in result.stderr)
    assert 0 == issued.run("verify", code).exit_code


def test_one_that_somebody_else_is_making(issued: Any) -> None:
    """
    The old one stays good, and the exit code says that it isn't done.
    """
    code = issued.code("lzolc")
    now = dt.datetime.now(dt.UTC)
    with load_project(issued.folder).registrar() as registrar:
        old = registrar.get(code)
        recipient = evolve(old.statement.recipient, name="Łukasz Żółć-Nowak")
        new = registrar.ledger.replace(
            old.id,
            evolve(old.statement, recipient=recipient, reissued_at=now),
            reason="typo",
            actor="tests",
            now=now,
            design=old.design_digest,
        )
        until = now + dt.timedelta(hours=1)
        registrar.ledger.lease([new.id], owner="tests", until=until, now=now)

    result = issued.run("reissue", code, *MENDED, "--yes")
    document = issued.json("reissue", code, *MENDED, "--yes")

    assert (1, True) == (result.exit_code, "Not made yet: somebody else" in result.stderr)
    assert f"{code} stays good until it is" in result.stderr
    assert "pending" == document["certificate"]["status"]
    cancelled = issued.run("cancel", new.id, "--reason", "x", "--yes")
    assert f"It won't be made; {code} stays as it is." in cancelled.stderr


class Terminal(io.BytesIO):
    """
    Somebody who types an answer.
    """

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_is_asked_once(issued: Any) -> None:
    """
    The question comes after what would change was shown.
    """
    words = ("reissue", issued.code("lzolc"), *MENDED)

    no = issued.run(*words, input=Terminal(b"n\n"))
    assert (1, True) == (no.exit_code, "Reissue it? [y/N]" in no.stderr)
    assert 2 == len(issued.json("list")["certificates"])

    yes = issued.run(*words, input=Terminal(b"y\n"))
    assert (0, 1) == (yes.exit_code, yes.stdout.count("recipient.name"))
    assert 3 == len(issued.json("list")["certificates"])


def test_reinstating(issued: Any) -> None:
    """
    The code is good again; what isn't revoked can't be reinstated.
    """
    code = issued.code("lzolc")
    issued.run("revoke", code, "--reason", "wrong person", "--yes")
    assert not file_of(issued, code).exists()

    result = issued.run("reinstate", code, "--reason", "it was him", "--actor", "m.ruiz")
    again = issued.run("reinstate", code, "--reason", "it was him")

    last = issued.json("history", code)["certificates"][0]["history"][-1]
    assert (0, True) == (result.exit_code, result.stderr.endswith("Its code is good again.\n"))
    assert 0 == issued.run("verify", code).exit_code
    assert file_of(issued, code).exists()
    assert ("reinstate", "m.ruiz", "it was him") == (last["verb"], last["actor"], last["reason"])
    assert (1, True) == (again.exit_code, "can't be reinstated" in again.stderr)


def test_annulling_makes_room_for_another(issued: Any) -> None:
    """
    The code says whose mistake it was, and the next run awards one to whoever meets the rule.
    """
    code = issued.code("lzolc")

    result = issued.run("annul", code, "--reason", "wrong rule", "--yes")
    verified = issued.run("verify", code)
    issued.run("issue")

    assert "the learner may earn another." in result.stderr
    assert (1, "Issued in error: it isn't valid.\n") == (verified.exit_code, verified.stdout)
    mine = issued.json("list", "--person", "lzolc")["certificates"]
    assert ["annulled", "issued"] == [each["status"] for each in mine]


def test_cancelling_what_failed(campus: Any) -> None:
    """
    It isn't tried again; what is issued can't be cancelled.
    """
    campus.book([("tenzin", "བསྟན་འཛིན", "", 1, 1, ""), ("ada", "Ada López", "", 1, 1, "")])
    campus.run("issue")
    failed = campus.json("list", "--status", "failed")["certificates"][0]["id"]

    result = campus.run("cancel", failed, "--reason", "has left", "--yes")
    refused = campus.run("cancel", campus.code("ada"), "--reason", "has left", "--yes")

    assert "Cancelled. It won't be made, and isn't awarded again." in result.stderr
    assert "cancelled: has left" in campus.run("show", failed).stdout
    assert (1, True) == (refused.exit_code, "can't be cancelled. Revoke it" in refused.stderr)


@pytest.mark.parametrize("verb", ["annul", "cancel"])
def test_nobody_can_be_asked(issued: Any, verb: str) -> None:
    """
    Where there is no terminal, --yes is wanted; the certificate stays as it is.
    """
    result = issued.run(verb, issued.code("lzolc"), "--reason", "x")

    assert (2, True) == (result.exit_code, "add --yes" in result.stderr)
    assert 0 == issued.run("verify", issued.code("lzolc")).exit_code


def test_verify_says_whether_these_bytes_were_issued(issued: Any, tmp_path: Path) -> None:
    """
    A copy is as good as the file; what was saved anew isn't, and it is said what that may mean.
    """
    code = issued.code("lzolc")
    copy, other = tmp_path / "copy of it.pdf", tmp_path / "printed.pdf"
    copy.write_bytes(file_of(issued, code).read_bytes())
    other.write_bytes(copy.read_bytes() + b"\n")

    good, bad = issued.run("verify", "--file", copy), issued.run("verify", "--file", other)
    document = issued.json("verify", "--file", other)

    assert (0, True) == (good.exit_code, "Łukasz Żółć" in good.stdout)
    assert good.stdout.startswith("These exact bytes were issued. Valid.\n")
    assert (1, True) == (bad.exit_code, bad.stdout.startswith("These bytes were not issued."))
    assert ("unknown", False, 64) == (
        document["status"],
        document["valid"],
        len(document["sha256"]),
    )
    issued.run("revoke", code, "--reason", "wrong person", "--yes")
    revoked = issued.run("verify", "--file", copy)
    assert "These exact bytes were issued. Revoked: it isn't valid any more.\n" == revoked.stdout


@pytest.mark.parametrize("words", [(), ("CODE", "--file", "certcore.toml")])
def test_verify_wants_one_of_the_two(
    issued: Any, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A code or a file.
    """
    monkeypatch.chdir(issued.folder)

    result = issued.run("verify", *words)

    assert (2, True) == (result.exit_code, "one of the two" in result.stderr)


def test_a_ledger_that_cannot_be_asked_says_nothing_of_a_file(issued: Any) -> None:
    """
    Neither that it was issued nor that it wasn't.
    """
    (issued.folder / "ledger.db").write_bytes(b"no database" * 100)

    result = issued.run("verify", "--file", issued.folder / "certcore.toml")

    assert 1 == result.exit_code
    assert result.stdout.startswith("The ledger can't be asked just now.")
