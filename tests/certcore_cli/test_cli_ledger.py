"""
`certcore ledger`: where it lies, upgrading it, copying it.
"""

from __future__ import annotations

import json
import shutil

from pathlib import Path
from typing import Any

import pytest

from click.testing import CliRunner, Result

from certcore_cli.main import certcore


OLD = Path(__file__).parents[1] / "integration" / "ledgers" / "schema-1.db"
SECRET = "CERTCORE_LEDGER_URL"

STRONGROOM = """
from contextlib import nullcontext
from attrs import frozen
from certcore import hookimpl, provider

@frozen(kw_only=True)
class Options: ...

@hookimpl
def certcore_ledgers():
    build = lambda options, services: nullcontext()
    return [provider("strongroom", Options, build, summary="Keeps it under lock and key")]
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(certcore, ["ledger", *map(str, words)])


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A folder to be in, with a ledger of the first version.
    """
    pilot = tmp_path / "pilot"
    pilot.mkdir()
    shutil.copy(OLD, pilot / "ledger.db")
    monkeypatch.chdir(pilot)
    return pilot


@pytest.fixture
def secret_url(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """
    The address of a ledger that isn't there yet, which stands in the environment.
    """
    monkeypatch.setenv(SECRET, ledger_url)
    return ledger_url


def test_info_about_the_projects_own(campus: Any) -> None:
    """
    Nothing is made to look at it; then how many certificates there are.
    """
    before = campus.run("ledger", "info")
    assert 0 == campus.run("issue", "bio101/completion").exit_code

    result = campus.run("ledger", "info")

    assert f"There is no ledger at {campus.folder}/ledger.db yet" in before.stderr
    assert (0, 0) == (before.exit_code, result.exit_code)
    assert f"  Ledger         {campus.folder}/ledger.db\n" in result.stdout
    assert "  Tables         version 2\n" in result.stdout
    assert "every certcore that knows version 1 or a later one\n" in result.stdout
    assert "  Certificates   2: 2 issued\n" in result.stdout
    assert "" == result.stderr


def test_info_as_json(campus: Any) -> None:
    """
    What there is not is null.
    """
    said = json.loads(campus.run("ledger", "info", "--format", "json").stdout)

    assert {
        "address": f"{campus.folder}/ledger.db",
        "schema": None,
        "admits": None,
        "needed": 2,
        "missing": [],
        "certificates": {},
    } == said["ledger"]


def test_upgrading(old: Path) -> None:
    """
    A dry run says what would come; then it is done, and then there is nothing to do.
    """
    due = run("info", "ledger.db")
    tried = run("upgrade", "--dry-run", "ledger.db")
    still = OLD.read_bytes() == (old / "ledger.db").read_bytes()
    done = run("upgrade", "ledger.db")
    again = run("upgrade", "ledger.db")

    assert "An upgrade to version 2 is due: certcore ledger upgrade ledger.db\n" == due.stderr
    assert still
    assert (
        f"{old}/ledger.db has tables of version 1. Version 2 adds\n"
        "  a fence for runs, and a table of other systems' codes\n"
        "Nothing was changed. To do it: certcore ledger upgrade ledger.db\n"
    ) == tried.stderr
    assert (
        f"{old}/ledger.db has tables of version 2 now, with\n"
        "  a fence for runs, and a table of other systems' codes\n"
        f"As it was before, it is {old}/ledger.db.v1-backup\n"
    ) == done.stderr
    assert f"Nothing to do: {old}/ledger.db has tables of version 2.\n" == again.stderr
    assert [0] * 4 == [each.exit_code for each in (due, tried, done, again)]


def test_upgrading_makes_what_is_not_there(campus: Any) -> None:
    """
    Whoever may make tables does it, and whoever uses them needn't.
    """
    tried = campus.run("ledger", "upgrade", "--dry-run")
    there = (campus.folder / "ledger.db").exists()
    done = campus.run("ledger", "upgrade")

    where = f"{campus.folder}/ledger.db: tables of version 2"
    assert f"{where} would be made." in tried.stderr
    assert not there
    assert f"{where} were made.\n" == done.stderr


def test_copying(secret_url: str, old: Path) -> None:
    """
    A pilot moves to each database: what was copied is told, and what to write now.
    """
    run("upgrade", "ledger.db")

    result = run("copy", "ledger.db", f"env:{SECRET}")

    assert (0, "") == (result.exit_code, "".join(result.stderr.splitlines()[5:]))
    assert "  certificates   28\n" in result.stdout
    assert "  history        62\n" in result.stdout
    assert '\n  [ledger]\n  url = { env = "CERTCORE_LEDGER_URL" }\n' in result.stderr
    assert "28: 5 pending, 3 failed, 6 issued" in run("info", f"env:{SECRET}").stdout
    assert secret_url.rpartition("/")[2] in run("info", secret_url).stdout


def test_copying_says_what_to_write(old: Path) -> None:
    """
    A file, an address; or nothing but numbers.
    """
    run("upgrade", "ledger.db")

    shown = [run("copy", "ledger.db", to) for to in ("a.db", f"sqlite:///{old}/b.db")]
    document = json.loads(run("copy", "a.db", "c.db", "--format", "json").stdout)

    assert f'  url = "sqlite:///{old}/a.db"\n' in shown[0].stderr
    assert f'  url = "sqlite:///{old}/b.db"\n' in shown[1].stderr
    assert 28 == document["copied"]["certificates"]


def test_what_is_not_copied(old: Path) -> None:
    """
    Into what isn't empty, from what isn't there or is to be upgraded: exit code, and what is wrong.
    """
    due = run("copy", "ledger.db", "a.db")
    still = OLD.read_bytes() == (old / "ledger.db").read_bytes()
    run("upgrade", "ledger.db")
    run("copy", "ledger.db", "a.db")

    twice, missing = run("copy", "ledger.db", "a.db"), run("copy", "nothing.db", "b.db")

    assert (2, 1, 2) == (due.exit_code, twice.exit_code, missing.exit_code)
    assert "Upgrade it first: certcore ledger upgrade ledger.db" in due.stderr
    assert still
    assert f"Error: a copy goes into an empty ledger, and {old}/a.db has certificates (28)" in (
        twice.stderr
    )
    assert f"there is no ledger at {old}/nothing.db." in missing.stderr
    assert not (old / "nothing.db").exists()
    assert not (old / "b.db").exists()


@pytest.mark.parametrize("words", [("info",), ("upgrade",), ("copy", "ledger.db")])
def test_no_password_on_the_command_line(words: tuple[str, ...]) -> None:
    """
    Others see it, and it would stand in the shell's history; it isn't repeated.
    """
    result = run(*words, "postgresql://certs:hunter2@127.0.0.1/certs")

    assert 2 == result.exit_code
    assert "env:CERTCORE_LEDGER_URL" in result.stderr
    assert "hunter2" not in result.output


@pytest.mark.parametrize(
    "address, said",
    [
        ("env:CERTCORE_NONESUCH", "the environment variable CERTCORE_NONESUCH isn't set"),
        ("oracle://db/certs", "can't be kept in oracle"),
        ("postgresql://[certs", "names no database"),
    ],
)
def test_addresses_that_are_none(address: str, said: str) -> None:
    """
    Exit code 1 and one line.
    """
    result = run("info", address)

    assert 1 == result.exit_code
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_wrong_table_of_the_project(campus: Any) -> None:
    """
    It is told as everywhere.
    """
    campus.add("\n[ledger]\nulr = 'sqlite:///ledger.db'\n")

    result = campus.run("ledger", "info")

    assert 1 == result.exit_code
    assert "ledger.ulr" in result.stderr


def test_a_plugins_ledger_is_the_plugins(
    campus: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Nobody else knows what it takes.
    """
    plugin = tmp_path / "plugin"
    (plugin / "strongroom-1.dist-info").mkdir(parents=True)
    (plugin / "strongroom-1.dist-info" / "METADATA").write_text("Name: strongroom\nVersion: 1\n")
    points = "[certcore]\nstrongroom = strongroom\n"
    (plugin / "strongroom-1.dist-info" / "entry_points.txt").write_text(points)
    (plugin / "strongroom.py").write_text(STRONGROOM)
    monkeypatch.syspath_prepend(plugin)
    campus.add("\n[ledger]\nuse = 'strongroom'\n")

    result = campus.run("ledger", "upgrade")

    assert 2 == result.exit_code
    assert "comes from a plugin" in result.stderr
