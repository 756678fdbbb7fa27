"""
The program as a whole: help, exit codes, signals, pipes, what it loads.
"""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time

from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click
import pytest

from click.testing import CliRunner

from certcore_cli.main import certcore


START = "from certcore._script import main; main()"
HEAVY = {"sqlalchemy", "pypdf", "reportlab", "uharfbuzz", "httpx", "boto3", "babel", "jinja2"}
COMMANDS = certcore.list_commands(click.Context(certcore))


def python(code: str, *words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def test_help_lists_every_command_in_order() -> None:
    """
    The first thing to try stands first.
    """
    result = CliRunner().invoke(certcore, ["--help"])

    listed = re.findall(r"^  ([a-z]+)  ", result.stdout.partition("Commands:")[2], re.MULTILINE)
    assert COMMANDS == listed
    assert ["demo", "init", "check"] == listed[:3]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example(command: str) -> None:
    """
    --help shows at least one line that can be typed.
    """
    result = CliRunner().invoke(certcore, [command, "--help"])

    assert 0 == result.exit_code
    assert f"    certcore {command}" in result.stdout


def test_help_loads_nothing_heavy() -> None:
    """
    `certcore --help` is there at once: neither libraries nor the Registrar are loaded for it.
    """
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('LOADED', *sys.modules, file=sys.stderr))\n" + START
    )

    result = python(code, "--help")

    loaded = set(result.stderr.split())
    assert 0 == result.returncode
    assert "LOADED" in loaded
    assert set() == loaded & (HEAVY | {"rich", "cattrs", "certcore.registrar", "certcore.plugins"})


def test_without_the_extra_it_says_what_to_install() -> None:
    """
    click or rich may not be installed: one line, exit code 2.
    """
    result = python("import sys; sys.modules['click'] = None\n" + START, "--help")

    assert (2, "The command line needs more packages: pip install 'certcore[cli]'\n") == (
        result.returncode,
        result.stderr,
    )


def test_another_missing_module_is_not_blamed_on_the_extra() -> None:
    """
    What else is broken is told as what it is.
    """
    result = python("import sys; sys.modules['attrs'] = None\n" + START, "--help")

    assert 1 == result.returncode
    assert "certcore[cli]" not in result.stderr


def test_a_mistyped_command_is_recognised() -> None:
    """
    Exit code 2, with what was probably meant.
    """
    near, far = (CliRunner().invoke(certcore, [word]) for word in ("isue", "xyzzy"))

    assert (2, 2) == (near.exit_code, far.exit_code)
    assert "Did you mean 'issue'?" in near.stderr
    assert "Did you mean" not in far.stderr


def test_the_project_is_found_here_above_or_where_it_is_said(
    campus: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The current folder, a parent, --project before or behind the command, the environment; the
    command line wins over the environment.
    """

    def code(*words: str) -> int:
        return CliRunner().invoke(certcore, words).exit_code

    monkeypatch.delenv("CERTCORE_PROJECT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert 2 == code("check")
    assert 0 == code("check", "-p", str(campus.folder))
    assert 0 == code("-p", str(campus.folder / "certcore.toml"), "check")
    assert 2 == code("check", "-p", str(tmp_path))
    monkeypatch.setenv("CERTCORE_PROJECT", str(campus.folder))
    assert 0 == code("check")
    assert 2 == code("-p", str(tmp_path), "check")
    monkeypatch.delenv("CERTCORE_PROJECT")
    monkeypatch.chdir(campus.folder / "designs")
    assert 0 == code("check")


def test_without_a_project_it_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A missing project is a matter of use: exit code 2 and the way out.
    """
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(certcore, ["issue"])

    assert 2 == result.exit_code
    assert "'certcore init' makes one" in result.stderr


def test_what_to_type_next_names_the_project_only_if_it_was_named(
    campus: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A command that is printed can be pasted.
    """
    named = campus.run("evaluate", "bio101/completion")
    monkeypatch.chdir(campus.folder)
    here = CliRunner().invoke(certcore, ["evaluate", "bio101/completion"])

    assert f"certcore -p {campus.folder} issue bio101/completion" in named.stderr
    assert "certcore issue bio101/completion" in here.stderr


def test_debug_shows_where_an_error_comes_from(campus: Any) -> None:
    """
    A user's mistake has no traceback unless it is asked for.
    """
    plain = campus.start("show", "1234")
    debugged = campus.start("--debug", "show", "1234")

    plain_said, debugged_said = plain.communicate()[1], debugged.communicate()[1]
    assert (1, 1) == (plain.returncode, debugged.returncode)
    assert "Traceback" not in plain_said
    assert "Traceback" in debugged_said
    assert "NotFoundError" in debugged_said


def test_a_pipe_gets_plain_text_on_long_lines(issued: Any) -> None:
    """
    Where nobody looks there are no colors and no broken lines; talk is on stderr.
    """
    process = issued.start("list", env={"FORCE_COLOR": "", "TERM": "xterm-256color"})

    out, err = process.communicate()
    assert (0, "") == (process.returncode, err)
    assert "\x1b" not in out
    assert 3 == len(out.splitlines())


def on_terminal(campus: Any, *words: str, columns: int = 80, typed: str = "") -> tuple[int, str]:
    """
    Run a command on a terminal; give its exit code and what it showed.
    """
    main, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", START, *words],
        cwd=campus.folder,
        stdin=other,
        stdout=other,
        stderr=other,
        env={**os.environ, "COLUMNS": str(columns), "TERM": "xterm"},
    )
    os.close(other)
    os.write(main, typed.encode())
    shown = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(main)
    return process.wait(), shown.decode("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_gets_bars_and_lines_that_fit(campus: Any, columns: int) -> None:
    """
    On a terminal there is a bar for each stage, and the report keeps to its width.
    """
    code, shown = on_terminal(campus, "issue", columns=columns)
    listed = on_terminal(campus, "list", columns=columns)[1]

    assert 0 == code
    assert "━" in shown
    assert re.search(r"  issue +2 certificates +\d+/s +0:00:0\d", shown)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", listed)
    assert max(map(len, plain.splitlines())) <= columns
    assert ("Awarded" in plain) == (columns > 100)


def test_somebody_at_a_terminal_is_told_that_nothing_is_due(campus: Any) -> None:
    """
    And where to look; a log isn't filled with it.
    """
    code, shown = on_terminal(campus, "issue", "--due")

    assert 0 == code
    assert "Nothing is due. What comes next: certcore runs --next" in shown


def test_a_broken_pipe_is_quiet(campus: Any) -> None:
    """
    `certcore list | head` ends without a word.
    """
    campus.book([(f"p{n}", f"Person {n} {'x' * 200}", "", 0, 1, "") for n in range(3000)])
    process = campus.start("evaluate", "bio101/completion", "--format", "csv")

    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait()

    assert "" == said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_goes_on_where_it_was(campus: Any, number: signal.Signals) -> None:
    """
    Ctrl-C in the middle: one line, exit code 130; the same command again issues the rest, each
    learner has one certificate and one message.
    """
    campus.book([(f"p{n}", f"Person {n}", f"p{n}@uni.example", 1, 1, "") for n in range(150)])
    # an interrupt in the midst of what measures coverage would leave it waiting for itself
    process = campus.start("issue", "bio101/completion", unmeasured=True)
    until = time.monotonic() + 30
    while not list(campus.folder.glob("certificates/*/*/*.pdf")) and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(number)
    out, err = process.communicate()

    assert 130 == process.returncode
    assert "Stopped. What is done is recorded; run the same command to go on.\n" == err
    assert "" == out
    # the run is closed, and says how it ended
    assert "interrupted" == campus.json("runs")["runs"][0]["status"]
    assert 0 == campus.run("issue", "bio101/completion").exit_code
    found = campus.json("list", "bio101/completion")["certificates"]
    assert 150 == len({each["learner"]["id"] for each in found}) == len(found)
    assert {"issued"} == {each["status"] for each in found}
    assert 150 == len(list(campus.folder.glob("outbox/*.eml")))
    shown = campus.run("runs", 1).stdout
    assert "Stopped from outside. What is done is recorded." in shown


def test_letters_that_cannot_be_shown_are_no_reason_to_stop(campus: Any) -> None:
    """
    With an old encoding, names are escaped and JSON stays JSON.
    """
    old = {"PYTHONIOENCODING": "latin-1"}
    text = campus.start("evaluate", "bio101/completion", env=old, encoding="latin-1")
    document = campus.start("evaluate", "bio101/completion", "--format", "json", env=old)

    shown = text.communicate()[0]
    assert 0 == text.returncode
    assert "\\u0141ukasz \\u017bó\\u0142\\u0107" in shown
    found = json.loads(document.communicate()[0])
    assert "Łukasz Żółć" == found["learners"][0]["name"]


def test_a_locked_out_ledger_is_an_error_without_traceback(campus: Any) -> None:
    """
    A ledger that can't be opened is told in a sentence.
    """
    (campus.folder / "ledger.db").write_bytes(b"this is no database" * 100)

    result = campus.run("list")

    assert 1 == result.exit_code
    assert result.stderr.startswith("Error: ")
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_it_runs_in_a_thread_and_into_a_string(campus: Any) -> None:
    """
    Whoever calls it from a program needn't be its main thread, nor give a real stream.
    """
    said = io.StringIO()
    codes: list[object] = []

    def work() -> None:
        with redirect_stdout(said), pytest.raises(SystemExit) as stopped:
            certcore.main(["-p", str(campus.folder), "check", "--format", "json"])
        codes.append(stopped.value.code)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert [0] == codes
    assert json.loads(said.getvalue())["ok"]


@pytest.mark.parametrize("answer, code", [("y", 0), ("n", 1)])
def test_a_terminal_is_asked_before_revoking(issued: Any, answer: str, code: int) -> None:
    """
    Without --yes the question is asked, and only yes revokes.
    """
    words = ("revoke", issued.code("lzolc"), "--reason", "wrong person")

    said, shown = on_terminal(issued, *words, typed=f"{answer}\n")

    assert code == said
    assert "Revoke it? [y/N]" in shown
    assert code == 1 - issued.run("verify", issued.code("lzolc")).exit_code
