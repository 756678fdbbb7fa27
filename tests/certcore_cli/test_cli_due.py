"""
`certcore issue --due`, and what is held: once for each time, whoever wakes it and how often.
"""

from __future__ import annotations

import datetime as dt
import json

from typing import Any

import pytest

from certcore.bootstrap import load_project


BIO = "bio101/completion"
HONOUR = "bio101/honour"
SLOT = "2026-01-15T06:00:00Z"
EARLIER = "2026-01-14T06:00:00Z"

SECOND = f"""
[types.honour]
extends = "completion"
rule    = {{ grades = {{ Total = 0.8 }} }}

[[configurations]]
context  = "bio101"
type     = "honour"
schedule = {{ once = {EARLIER} }}
"""


@pytest.fixture
def campus(campus: Any) -> Any:
    """
    A project whose configuration was due in January.
    """
    campus.change("[[configurations]]", f"[[configurations]]\nschedule = {{ once = {SLOT} }}")
    return campus


def test_what_is_due_runs_once(campus: Any) -> None:
    """
    Whoever comes again finds nothing to do, and says nothing: cron mails whatever is said.
    """
    first = campus.run("issue", "--due")
    again = campus.run("issue", "--due")

    assert 0 == first.exit_code
    assert "Run 1 · bio101/completion · Introduction to Biology" in first.stdout
    assert (0, "") == (again.exit_code, again.output)
    assert {"rehearsal": False, "runs": [], "passed_over": 1} == campus.json("issue", "--due")
    (run,) = campus.json("runs")["runs"]
    assert (SLOT, "2026-01-15T06:00:00+00:00") == (run["slot"], run["due"])


def test_what_was_due_first_runs_first(campus: Any) -> None:
    """
    Names restrict it; what has no schedule isn't due.
    """
    campus.add(SECOND)
    campus.add('\n[types.other]\nextends = "completion"\n')
    campus.add('\n[[configurations]]\ncontext = "bio101"\ntype = "other"\n')

    result = campus.run("issue", "--due")

    runs = campus.json("runs")["runs"]
    assert [(1, HONOUR), (2, BIO)] == [(run["run"], run["configuration"]) for run in runs[::-1]]
    # cron would mail it
    assert (0, "") == (result.exit_code, result.stderr)
    assert 0 == campus.json("issue", "--due", "bio101/other")["passed_over"]


def test_nobody_is_told_how_far_it_is(campus: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Not even if it takes long, unless somebody started it.
    """
    monkeypatch.setattr("certcore_cli._progress._PAUSE", 0.0)

    due = campus.run("issue", "--due")
    by_hand = campus.run("issue", BIO)

    assert ("", True) == (due.stderr, due.stdout.startswith("Run 1 · bio101/completion"))
    assert "bio101/completion: retrieve 5 records" in by_hand.stderr


def test_ones_trouble_is_not_the_others(campus: Any) -> None:
    """
    A configuration that is broken and one that fails are told; the others run.
    """
    campus.add(SECOND)
    campus.add('\n[[configurations]]\ncontext = "bio101"\ntype = "distinctoin"\n')
    campus.change("{ grades = { Total = 0.8 } }", "{ grades = { Totals = 0.8 } }")

    result = campus.run("issue", "--due")

    assert 1 == result.exit_code
    assert "distinctoin" in result.stderr
    assert "Nobody can be judged" in result.stdout
    assert "2 runs: 1 failed and 1 done." in result.stderr
    assert 2 == len(list((campus.folder / "outbox").glob("*.eml")))


def test_whoever_asks_at_the_same_time(campus: Any, ledger_url: str) -> None:
    """
    Of several processes that see the same slots, one serves each.
    """
    campus.add(f"{SECOND}\n[ledger]\nurl = {json.dumps(ledger_url)}\n")
    processes = [campus.start("issue", "--due", "--format", "json") for _ in range(3)]

    served = [json.loads(process.communicate()[0]) for process in processes]

    assert [0, 0, 0] == [process.returncode for process in processes]
    slots = [run["slot"] for document in served for run in document["runs"]]
    assert [EARLIER, SLOT] == sorted(slots)
    assert 2 == len(campus.json("runs")["runs"])
    assert 4 == len(campus.json("list")["certificates"])
    assert 4 == len(list((campus.folder / "outbox").glob("*.eml")))


def test_earlier_work_is_finished(campus: Any) -> None:
    """
    Also where nothing is due.
    """
    campus.run("issue", "--due")
    campus.book([("new", "New One", "new@uni.example", 1, 1, "")])
    with load_project(campus.folder).registrar() as registrar:
        registrar.award(BIO)

    result = campus.run("issue", "--due")

    assert "2 pieces of work of earlier runs finished.\n" == result.output
    assert 3 == len(list((campus.folder / "outbox").glob("*.eml")))


@pytest.mark.parametrize(
    "words",
    [
        ("--learner", "lzolc"),
        ("--past-gate",),
        ("--retry",),
        ("--rehearse", "try"),
        (BIO, "--all-enabled"),
    ],
)
def test_a_scheduled_run_is_like_any_other(campus: Any, words: tuple[str, ...]) -> None:
    """
    Who wants it to differ runs it by hand.
    """
    assert 2 == campus.run("issue", "--due", *words).exit_code


def test_runs_say_what_they_were_due_for_and_why_they_ended(campus: Any) -> None:
    """
    In the list, only where there is something to say.
    """
    campus.change("[[configurations]]", "[[configurations]]\nmax_new = 1")
    campus.run("issue", BIO, "--learner", "lzolc")
    plain = campus.run("runs").stdout
    campus.change("max_new = 1", "max_new = 0")
    held = campus.run("issue", "--due")

    listed, one = campus.run("runs").stdout, campus.run("runs", 2).stdout

    assert 1 == held.exit_code
    assert "Due (UTC)" not in plain
    assert "15 Jan 2026 06:00   1 learner would get a new certificate; max_new is 0." in listed
    assert "It was due 15 Jan 2026 06:00 and began " in one
    assert "What is missing, and how many lack it:" in one
    assert "  Total                  1\n" in one
    assert "unknown" in one


def test_a_run_says_that_not_all_is_noted(campus: Any) -> None:
    """
    Of a broken gradebook, some hundred records are enough.
    """
    campus.book([(f"u{number}", "", "", 1, 1, "") for number in range(300)])
    campus.run("issue", "--due")

    assert "… 50 more skipped, of which no note was kept" in campus.run("runs", 1).stdout


def test_what_comes_next(campus: Any) -> None:
    """
    The next slot of each configuration that is enabled and has one.
    """
    assert "Nothing is scheduled" in campus.run("runs", "--next").stderr
    campus.change(f"once = {SLOT}", "once = 2125-01-01T06:00:00Z")
    campus.add(SECOND.replace(EARLIER, "2124-01-01T06:00:00Z"))
    campus.add('\n[[configurations]]\ncontext = "bio101"\ntype = "distinctoin"\n')

    said, document = campus.run("runs", "--next"), campus.json("runs", "--next")

    assert [
        "  1 Jan 2124 06:00   bio101/honour",
        "  1 Jan 2125 06:00   bio101/completion",
    ] == said.stdout.splitlines()[-2:]
    assert "distinctoin" in said.stderr
    assert {
        "configuration": HONOUR,
        "slot": "2124-01-01T06:00:00Z",
        "begins": "2124-01-01T06:00:00+00:00",
    } == document["next"][0]
    assert 2 == campus.run("runs", "--next", 1).exit_code


def test_held_by_hand(campus: Any) -> None:
    """
    Nothing runs until somebody ends it, and whoever asks learns why.
    """
    empty = campus.run("hold")
    held = campus.run("hold", BIO, "--reason", "grades are being corrected", "--actor", "ruiz")
    passed, tried = campus.run("issue", "--due"), campus.run("issue", BIO)
    listed, document = campus.run("hold"), campus.json("hold")

    assert "Nothing is held." in empty.stderr
    assert (
        f"bio101/completion is held. To end that: certcore -p {campus.folder} unhold" in held.stderr
    )
    assert (0, "") == (passed.exit_code, passed.output)
    assert (1, True) == (tried.exit_code, "Held: grades are being corrected" in tried.stdout)
    assert "ruiz" in tried.stderr
    assert f"unhold {BIO}" in tried.stderr
    assert "ruiz   grades are being corrected" in listed.stdout
    (hold,) = document["holds"]
    assert (BIO, "ruiz", 0, "") == tuple(
        hold[name] for name in ("configuration", "by", "count", "allowed_by")
    )
    assert dt.datetime.fromisoformat(hold["at"]).tzinfo is not None

    ended, again = campus.run("unhold", BIO), campus.run("unhold", BIO)
    assert (
        f"isn't held any more. To run it: certcore -p {campus.folder} issue {BIO}" in ended.stderr
    )
    assert (1, "bio101/completion isn't held.\n") == (again.exit_code, again.stderr)
    assert "Run 2 · bio101/completion" in campus.run("issue", "--due").stdout


def test_one_run_may_be_allowed(campus: Any) -> None:
    """
    Of what is held by hand, which is held again then.
    """
    campus.run("hold", BIO, "--reason", "the board meets")
    allowed = campus.run("allow", BIO)
    listed = campus.run("hold")
    run = campus.run("issue", "--due")

    assert "The next run of bio101/completion goes through:" in allowed.stderr
    assert "one run" in listed.stdout
    assert "issued" in run.stdout
    assert "Held: the board meets" in campus.run("issue", BIO).stdout


def test_messages_of_what_is_held_are_not_released(campus: Any) -> None:
    """
    Nor of what is switched off: nothing is let go, and what to end is named.
    """
    campus.change("[[configurations]]", '[[configurations]]\nrelease = "by hand"')
    campus.run("issue", BIO)
    campus.run("hold", BIO, "--reason", "the board meets")
    held = campus.run("release", BIO)
    campus.run("unhold", BIO)
    campus.change("[[configurations]]", "[[configurations]]\nenabled = false")
    off = campus.run("release", BIO)
    campus.change("enabled = false", "enabled = true")

    assert (1, "bio101/completion is held, and its messages wait: the board meets\n") == (
        held.exit_code,
        held.stderr[: held.stderr.index("To end that")],
    )
    assert f"To end that: certcore -p {campus.folder} unhold {BIO}\n" in held.stderr
    assert (1, True) == (off.exit_code, "bio101/completion is switched off" in off.stderr)
    assert "2 messages of bio101/completion sent." in campus.run("release", BIO).stderr


def test_too_many_of_what_is_held_by_hand(campus: Any) -> None:
    """
    Letting one run through again wouldn't help: the report says what to end.
    """
    campus.change("[[configurations]]", "[[configurations]]\nmax_new = 1")
    campus.run("hold", BIO, "--reason", "the board meets", "--actor", "ruiz")
    campus.run("allow", BIO)

    result = campus.run("issue", BIO)

    assert "Held by hand as well: the board meets" in result.stdout
    assert ("ruiz" in result.stderr, f"allow {BIO}" in result.stderr) == (True, False)
    assert f"unhold {BIO}" in result.stderr


def test_a_renamed_type_is_held_under_its_old_key(campus: Any) -> None:
    """
    The report of a run that stopped for it says so.
    """
    campus.run("hold", BIO, "--reason", "the board meets", "--actor", "ruiz")
    text = (campus.folder / "certcore.toml").read_text("utf-8")
    text = text.replace("[types.completion]", '[types.passed]\nwas = "completion"')
    text = text.replace('type    = "completion"', 'type    = "passed"')
    (campus.folder / "certcore.toml").write_text(text, "utf-8")

    result = campus.run("issue", "bio101/passed")

    assert "unhold bio101/passed" in result.stderr


def test_what_is_due_is_not_quiet(campus: Any) -> None:
    """
    It sends what waits of every configuration; quiet is a matter of one.
    """
    result = campus.run("issue", "--due", "--quiet")

    assert (2, True) == (result.exit_code, "has quiet = true in its table" in result.stderr)


@pytest.mark.parametrize("words", [(BIO,), ("--reason", "why"), (BIO, "--reason", " ")])
def test_a_hold_has_a_reason(campus: Any, words: tuple[str, ...]) -> None:
    """
    Somebody will ask.
    """
    assert 2 == campus.run("hold", *words).exit_code


def test_a_stopped_run_of_a_configuration_that_is_no_more(campus: Any) -> None:
    """
    It is shown, without anything to type.
    """
    campus.change("[[configurations]]", "[[configurations]]\nenabled = false")
    campus.run("issue", BIO)
    campus.change("course-v1:Uni+BIO101+2026T1", "course-v1:Uni+OTHER+2026T1")

    result = campus.run("runs", 1)

    assert (0, "") == (result.exit_code, result.stderr.strip())
    assert "The configuration is switched off." in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("evaluate", BIO),
        ("list",),
        ("verify", "6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE"),
        ("explain", "lzolc"),
        ("runs",),
        ("runs", "--next"),
        ("hold",),
        ("check", "--online"),
    ],
)
def test_who_only_reads_leaves_nothing_behind(campus: Any, words: tuple[str, ...]) -> None:
    """
    Where no ledger is yet, an empty one answers; where one is, it does.
    """
    before = sorted(campus.folder.rglob("*"))

    result = campus.run(*words)

    assert "Traceback" not in result.output
    assert before == sorted(campus.folder.rglob("*"))


def test_a_ledger_in_memory_is_there(campus: Any) -> None:
    """
    Nothing needs to take its place.
    """
    campus.add('\n[ledger]\nurl = "sqlite://"\n')

    assert "Nothing was run yet" in campus.run("runs").stderr
