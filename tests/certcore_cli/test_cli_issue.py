"""
`certcore issue` and what comes after it: runs, allow, release.
"""

from __future__ import annotations

import datetime as dt
import re

from pathlib import Path
from typing import Any

import pytest

from certcore.bootstrap import load_project


BIO = "bio101/completion"


def numbers(output: str) -> dict[str, int]:
    """
    Read the table of a report.
    """
    found = re.findall(r"^  (\w[\w' ]*?) {2,}([\d,]+)(?: |$)", output, re.MULTILINE)
    return {words: int(number.replace(",", "")) for words, number in found}


def test_issuing_makes_files_and_messages_and_says_so(campus: Any) -> None:
    """
    A first run says how many were issued, and its numbers add up to the learners that were read.
    """
    result = campus.run("issue", BIO)

    said = numbers(result.stdout)
    assert result.exit_code == 0
    assert "Run 1 · bio101/completion · Introduction to Biology" in result.stdout
    assert said == {"issued": 2, "have one": 0, "not yet": 2, "can't be judged": 1}
    assert "a file, a ledger row and a message each" in result.stdout
    assert "Done. Running again repeats nothing." in result.stderr
    assert 2 == len(list((campus.folder / "outbox").glob("*.eml")))
    assert 2 == len(list((campus.folder / "certificates").rglob("*.pdf")))


def test_issuing_again_issues_nothing_new(issued: Any) -> None:
    """
    Whoever has a certificate gets no second one, and the report is two lines.
    """
    result = issued.run("issue", BIO)

    assert 0 == result.exit_code
    assert (
        "Run 2 · bio101/completion · nothing new\n  have one 2, not yet 2, can't be judged 1\n"
    ) == result.stdout


def test_without_names_all_that_are_enabled_are_issued(campus: Any) -> None:
    """
    A configuration that is switched off is left alone unless it is named; then it is refused.
    """
    campus.add(
        '\n[types.honour]\nextends = "completion"\nrule = { grades = { Total = 0.8 } }\n'
        '\n[[configurations]]\ncontext = "bio101"\ntype = "honour"\nenabled = false\n'
    )

    everything = campus.json("issue", "--all-enabled")
    named = campus.run("issue", "bio101/honour")

    assert [BIO] == [run["configuration"] for run in everything["runs"]]
    assert 1 == named.exit_code
    assert "The configuration is switched off." in named.stdout
    assert "enabled = true" in named.stderr


def test_names_and_all_enabled_exclude_each_other(campus: Any) -> None:
    """
    Both at once is a mistake of whoever typed it.
    """
    assert 2 == campus.run("issue", BIO, "--all-enabled").exit_code


def test_nothing_enabled_is_nothing_to_do(campus: Any) -> None:
    """
    A project without enabled configurations is no failure.
    """
    campus.change("[[configurations]]", "[[configurations]]\nenabled = false")

    result = campus.run("issue")

    assert (0, "No configuration is enabled: nothing to do.\n") == (result.exit_code, result.stderr)


def test_a_mistyped_name_stops_before_anything_is_done(campus: Any) -> None:
    """
    All names are looked up first; the error says which there are.
    """
    result = campus.run("issue", BIO, "bio101/completoin")

    assert 1 == result.exit_code
    assert "Did you mean 'bio101/completion'?" in result.stderr
    assert not (campus.folder / "outbox").exists()


def test_a_broken_configuration_does_not_stop_the_others(campus: Any) -> None:
    """
    Of all that are enabled, those that can run do; the exit code says that one couldn't.
    """
    campus.add('\n[[configurations]]\ncontext = "bio101"\ntype = "distinctoin"\n')

    result = campus.run("issue")

    assert 1 == result.exit_code
    assert 2 == numbers(result.stdout)["issued"]
    assert "distinctoin" in result.stderr


def test_a_failed_certificate_names_the_learner_the_reason_and_what_to_type(campus: Any) -> None:
    """
    One learner's missing letters are that learner's; after mending it, --retry makes the file.
    """
    campus.book(
        [
            ("tenzin", "བསྟན་འཛིན", "tenzin@uni.example", 1, 1, ""),
            ("alopez", "Ada", "ada@uni.example", 1, 1, ""),
        ]
    )

    first = campus.run("issue", BIO)
    again = campus.run("issue", BIO)
    campus.book([("tenzin", "Li Xiaolong", "tenzin@uni.example", 1, 1, "")])
    mended = campus.run("issue", BIO, "--retry")

    assert 1 == first.exit_code
    assert {"issued": 1, "failed": 1}.items() <= numbers(first.stdout).items()
    assert "བསྟན་འཛིན (campus:tenzin): element 'name': none of the design's fonts" in first.stdout
    assert (
        f"add a font to the design, then: certcore -p {campus.folder} issue {BIO} --retry"
    ) in first.stdout
    assert "One certificate needs a hand; the rest is done." in first.stderr
    assert 0 == again.exit_code
    assert "failed before 1" in again.stdout
    assert 1 == numbers(mended.stdout)["issued"]


def test_only_one_learner_is_issued_if_so_wanted(campus: Any) -> None:
    """
    --learner restricts a run to those ids.
    """
    campus.run("issue", BIO, "--learner", "lzolc")

    assert ["lzolc"] == [each["learner"]["id"] for each in campus.json("list")["certificates"]]


def test_a_quiet_run_writes_no_message(campus: Any) -> None:
    """
    --quiet issues and tells no learner, and the report says so.
    """
    result = campus.run("issue", BIO, "--quiet")

    assert "a file and a ledger row each; no message was sent" in result.stdout
    assert not list(campus.folder.glob("outbox/*"))


def test_a_shut_gate_is_said_with_the_way_through(campus: Any) -> None:
    """
    After the gate has closed nothing is issued; --past-gate does it on purpose.
    """
    campus.change("2026-01-12", "2019-09-01")
    campus.change("2126-06-30", "2019-12-20")
    campus.change(
        "[[configurations]]", '[[configurations]]\ngate = { close = "14 days after end" }'
    )

    refused = campus.run("issue", BIO)
    on_purpose = campus.run("issue", BIO, "--past-gate")

    assert 1 == refused.exit_code
    assert "Run 1 · bio101/completion · stopped" in refused.stdout
    assert "the gate closed on " in refused.stdout
    assert f"certcore -p {campus.folder} issue {BIO} --past-gate --quiet" in refused.stderr
    assert 0 == on_purpose.exit_code


def test_too_many_are_held_until_somebody_allows_it(campus: Any) -> None:
    """
    Past max_new nobody gets one; allow lets one run through, and says if there is nothing to allow.
    """
    campus.change("[[configurations]]", "[[configurations]]\nmax_new = 1")

    early = campus.run("allow", BIO)
    held = campus.run("issue", BIO)
    still = campus.run("issue", BIO)
    allowed = campus.run("allow", BIO)
    through = campus.run("issue", BIO)

    assert [1, 1, 1, 0, 0] == [each.exit_code for each in (early, held, still, allowed, through)]
    assert "isn't held" in early.stderr
    assert "2 learners would get a new certificate; max_new is 1. None was issued." in held.stdout
    assert f"certcore -p {campus.folder} allow {BIO}" in held.stderr
    assert f"certcore -p {campus.folder} allow {BIO}" in still.stderr
    assert 2 == numbers(through.stdout)["issued"]


def test_a_source_that_fails_says_what_to_do(campus: Any) -> None:
    """
    A run that failed says why, what was done, and what to type when it is mended.
    """
    (campus.folder / "gradebook.csv").unlink()

    result = campus.run("issue", BIO)

    assert 1 == result.exit_code
    assert "Run 1 · bio101/completion · failed" in result.stdout
    assert "gradebook.csv" in result.stdout
    assert f"certcore -p {campus.folder} issue {BIO}" in result.stderr
    assert f"certcore -p {campus.folder} check --online" in result.stderr


def test_messages_released_by_hand_wait_for_it(campus: Any) -> None:
    """
    With release = "by hand" the files are made at once, the messages when somebody says so.
    """
    campus.change("[[configurations]]", '[[configurations]]\nrelease = "by hand"')

    issued = campus.run("issue", BIO)
    waiting = campus.run("show", campus.code("lzolc"))
    released = campus.run("release", BIO)
    again = campus.run("release", BIO)

    assert "a file and a ledger row each; no message was sent" in issued.stdout
    assert "waits to be released by hand" in waiting.stdout
    assert "2 messages of bio101/completion sent." in released.stderr
    assert 2 == len(list((campus.folder / "outbox").glob("*.eml")))
    assert "No message of bio101/completion waits." in again.stderr


def test_messages_that_cannot_be_sent_are_told(campus: Any) -> None:
    """
    The certificate is issued, the report names address and reason; mended, `--retry` sends them.
    """
    outbox = campus.folder / "outbox"
    outbox.write_text("a file where the folder should be", "utf-8")

    result = campus.run("issue", BIO)

    assert 1 == result.exit_code
    assert {"issued": 2, "not delivered": 2}.items() <= numbers(result.stdout).items()
    assert "lukasz@uni.example: " in result.stdout
    assert "File exists; a later run tries again" in result.stdout
    assert "Two messages need a hand; the rest is done." in result.stderr
    outbox.unlink()
    assert 0 == campus.run("issue", BIO, "--retry").exit_code
    assert 2 == len(list(outbox.glob("*.eml")))


def test_a_message_to_an_address_that_is_none(campus: Any) -> None:
    """
    It failed for good: the report says where to look.
    """
    exported = campus.folder / "gradebooks"
    for file in (exported if exported.is_dir() else campus.folder).rglob("*.csv"):
        text = file.read_text("utf-8")
        file.write_text(text.replace("lukasz@uni.example", "lukasz at uni.example"), "utf-8")

    result = campus.run("issue", BIO)

    assert 1 == result.exit_code
    assert f"certcore -p {campus.folder} show {campus.code('lzolc')}" in result.stdout


def test_releasing_what_cannot_be_sent_is_a_partial_failure(campus: Any) -> None:
    """
    `release` counts what went out, and says how to try the rest again.
    """
    campus.change("[[configurations]]", '[[configurations]]\nrelease = "by hand"')
    campus.run("issue", BIO)
    (campus.folder / "outbox").write_text("a file where the folder should be", "utf-8")

    result = campus.run("release", BIO)

    assert 1 == result.exit_code
    assert "2 messages couldn't be sent." in result.stderr
    assert f"To try again: certcore -p {campus.folder} issue {BIO} --retry" in result.stderr


def test_a_learner_without_address_is_counted(campus: Any) -> None:
    """
    No address isn't a failure: the certificate is issued and listed as such.
    """
    campus.book([("lzolc", "Łukasz Żółć", "", 1, 1, "pl")])

    result = campus.run("issue", BIO)

    assert 0 == result.exit_code
    assert 1 == numbers(result.stdout)["no address"]


def test_what_cannot_be_read_is_named_by_its_line(campus: Any) -> None:
    """
    Bad rows don't stop the rest; the first ones are named, the run keeps all of them.
    """
    bad = [(f"bad{number}", "Some Body", "", "much", 1, "") for number in range(7)]
    campus.book([*bad, ("lzolc", "Łukasz Żółć", "l@uni.example", 1, 1, "pl")])

    result = campus.run("issue", BIO)
    run = campus.run("runs", 1)

    assert 7 == numbers(result.stdout)["left out"]
    assert "gradebook.csv line 2: " in result.stdout
    assert f"… 2 more: certcore -p {campus.folder} runs 1" in result.stdout
    assert 7 == run.stdout.count("  skipped ")


def test_a_rehearsal_records_nothing(campus: Any, tmp_path: Path) -> None:
    """
    The real configuration with a throw-away ledger, store and outbox: the real ones stay as they
    were, and issuing in earnest afterwards tells everybody.
    """
    there = tmp_path / "try"

    tried = campus.run("issue", "--rehearse", there)
    again = campus.run("issue", "--rehearse", there)
    real = campus.json("list")

    assert 0 == tried.exit_code
    assert "A rehearsal: nothing was recorded as sent." in tried.stderr
    assert 2 == len(list((there / "outbox").glob("*.eml")))
    assert 2 == len(list((there / "certificates").rglob("*.pdf")))
    assert "nothing new" in again.stdout
    assert [] == real["certificates"]
    assert 2 == numbers(campus.run("issue").stdout)["issued"]


def test_a_rehearsal_goes_past_max_new_and_says_so(campus: Any, tmp_path: Path) -> None:
    """
    Whoever tries a configuration out wants to see the files; what would be held is told.
    """
    campus.change("[[configurations]]", "[[configurations]]\nmax_new = 1")

    result = campus.run("issue", "--rehearse", tmp_path / "try")

    assert 2 == numbers(result.stdout)["issued"]
    assert "In earnest it would be held: 2 would be new, and max_new is 1." in result.stderr


@pytest.mark.parametrize("where", ["campus", "campus/designs", "campus/certcore.toml"])
def test_a_rehearsal_stays_out_of_other_folders(campus: Any, tmp_path: Path, where: str) -> None:
    """
    A folder that holds something else is refused: its ledger could be the real one.
    """
    result = campus.run("issue", "--rehearse", tmp_path / where)

    assert 2 == result.exit_code
    assert not (campus.folder / "ledger.db").exists()


def test_runs_are_listed_the_newest_first(issued: Any) -> None:
    """
    `runs` gives counts of each run, as text and as JSON.
    """
    issued.run("issue", BIO)

    text = issued.run("runs")
    document = issued.json("runs")
    one = issued.json("runs", 1)

    assert ["2", "1"] == re.findall(r"^ +(\d+) ", text.stdout, re.MULTILINE)
    assert [2, 1] == [run["run"] for run in document["runs"]]
    assert {"retrieved": 5, "issued": 2, "sent": 2}.items() <= one["runs"][0]["counts"].items()
    assert "done" == one["runs"][0]["status"]
    assert ["unknown"] == [note["kind"] for note in one["runs"][0]["notes"]]


def test_before_the_first_run_there_is_none(campus: Any) -> None:
    """
    An empty list says what to type; a number that isn't there is an error.
    """
    assert f"certcore -p {campus.folder} issue" in campus.run("runs").stderr
    assert 1 == campus.run("runs", 7).exit_code


def test_a_run_of_a_configuration_that_is_no_more_is_shown(issued: Any) -> None:
    """
    The ledger outlives the project's files.
    """
    issued.change("bio101", "renamed")
    issued.change("course-v1:Uni+BIO101+2026T1", "course-v1:Uni+OTHER+2026T1")

    result = issued.run("runs", 1)

    assert 0 == result.exit_code
    assert "Run 1 · bio101/completion\n" in result.stdout


def test_lapsed_learners_are_pointed_out(issued: Any) -> None:
    """
    Who has a certificate and wouldn't get it any more is counted, and can be listed.
    """
    issued.book(
        [
            ("lzolc", "Łukasz Żółć", "lukasz@uni.example", 0.5, 0.83, "pl"),
            ("new", "New One", "new@uni.example", 1, 1, ""),
        ]
    )

    result = issued.run("issue", BIO)
    listed = issued.run("evaluate", BIO, "--held")

    assert f"certcore -p {issued.folder} evaluate {BIO} --held" in result.stdout
    assert "lzolc" in listed.stdout
    assert "completion 50 % of 90 %" in listed.stdout


def test_a_revoked_certificate_is_not_issued_again(issued: Any) -> None:
    """
    A learner whose certificate was taken back is counted as such.
    """
    issued.run("revoke", issued.code("lzolc"), "--reason", "wrong person", "--yes")
    issued.book(
        [
            ("lzolc", "Łukasz Żółć", "lukasz@uni.example", 1, 1, "pl"),
            ("new", "New One", "new@uni.example", 1, 1, ""),
        ]
    )

    result = issued.run("issue", BIO)

    assert {"issued": 1, "taken back": 1}.items() <= numbers(result.stdout).items()


def test_an_empty_gradebook_is_said(campus: Any) -> None:
    """
    A source without learners is no news, and is told as what it is.
    """
    campus.book([])

    assert "The source gave no learners." in campus.run("issue", BIO).stdout


def test_what_failed_before_and_is_still_missing_is_counted(campus: Any) -> None:
    """
    A report with news names the old failures too, and how to try them again.
    """
    broken = ("tenzin", "བསྟན་འཛིན", "", 1, 1, "")
    campus.book([broken])
    campus.run("issue", BIO)
    campus.book([broken, ("ada", "Ada", "ada@uni.example", 1, 1, "")])

    result = campus.run("issue", BIO)

    assert {"issued": 1, "failed before": 1}.items() <= numbers(result.stdout).items()


def test_what_another_process_works_on_is_left_to_it(campus: Any) -> None:
    """
    A certificate that is leased elsewhere is counted, and nobody waits for it.
    """
    with load_project(campus.folder).registrar() as registrar:
        (waiting,) = registrar.award(BIO).ids[:1]
        now = dt.datetime.now(dt.UTC)
        until = now + dt.timedelta(minutes=5)
        registrar.ledger.lease([waiting], owner="somebody else", until=until, now=now)

        result = campus.run("issue", BIO)

    assert {"issued": 1, "elsewhere": 1}.items() <= numbers(result.stdout).items()


def test_a_run_that_was_killed_is_shown_as_running(campus: Any) -> None:
    """
    Nobody closed it: what it began is finished by the next run.
    """
    with load_project(campus.folder).registrar() as registrar:
        configuration = registrar.configuration(BIO)
        now = dt.datetime.now(dt.UTC)
        registrar.ledger.open_run(configuration.key, name=BIO, slot="one", now=now)

    result = campus.run("runs", 1)

    assert "It runs, or was killed: what it began, the next run finishes." in result.stderr
