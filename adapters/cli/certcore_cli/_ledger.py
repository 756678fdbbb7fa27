"""
`certcore ledger`: the ledger as a whole, and not what is in it.
"""

from __future__ import annotations

import json

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from certcore_cli._output import clean, columns, say, tell, tell_json
from certcore_cli._session import Session, command, common_options, format_option, pass_session


if TYPE_CHECKING:
    from certcore.ledgers import LedgerState, SqlOptions

_ENVIRONMENT = "env:"
_ADDRESS = "[LEDGER]"


@click.group()
@common_options
def ledger() -> None:
    """
    Look at the ledger, upgrade it, or copy it to another database.

    A LEDGER is a SQLite file, an address (postgresql://USER@HOST/NAME, mariadb://USER@HOST/NAME),
    or, where it has a password in it, env:NAME: the address that stands in that environment
    variable. Without one it is the project's own.

    \b
      certcore ledger info
      certcore ledger upgrade --dry-run
      certcore ledger copy ledger.db env:CERTCORE_LEDGER_URL
    """


@ledger.command(short_help="Say where the ledger lies, of which version it is, and what is in it.")
@click.argument("address", metavar=_ADDRESS, required=False)
@format_option("json")
@common_options
@pass_session
def info(session: Session, *, address: str | None, form: str) -> None:
    """
    Say where the ledger lies, of which version its tables are, and how much is in it. Nothing is
    made, upgraded or written.

    \b
      certcore ledger info
      certcore ledger info backups/ledger.db
    """
    from certcore.ledgers import describe_ledger  # noqa: PLC0415  # takes longer than --help

    state = describe_ledger(*_where(session, address))
    if form == "json":
        tell_json({"ledger": _of_state(state)})
        return
    if not state.schema:
        say(f"There is no ledger at {clean(state.address)} yet. Whatever needs it first makes it.")
        return
    counts = [f"{number:,} {each.value}" for each, number in state.certificates.items()]
    there = ": ".join(filter(None, [f"{sum(state.certificates.values()):,}", ", ".join(counts)]))
    rows = [
        ("Ledger", state.address),
        ("Tables", f"version {state.schema}"),
        ("Works with", f"every certcore that knows version {state.admits} or a later one"),
        ("Certificates", there),
    ]
    tell(columns(rows))
    if state.missing:
        say(f"An upgrade to version {state.needed} is due: {clean(_again('upgrade', address))}")


@ledger.command(short_help="Give the ledger the tables that this version of certcore needs.")
@click.argument("address", metavar=_ADDRESS, required=False)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@common_options
@pass_session
def upgrade(session: Session, *, address: str | None, dry_run: bool) -> None:
    """
    Give the ledger the tables that this version of certcore needs. What is in it stays.

    Make a backup first, unless it is a SQLite file: that one is copied, and upgraded by itself
    whenever it is opened. Where there is no ledger yet its tables are made. Workers of the version
    before may go on meanwhile.

    \b
      certcore ledger upgrade --dry-run
      certcore ledger upgrade
      certcore ledger upgrade env:CERTCORE_LEDGER_URL
    """
    from certcore.ledgers import describe_ledger, upgrade_ledger  # noqa: PLC0415  # as above

    options, folder = _where(session, address)
    state = describe_ledger(options, folder)
    name = clean(state.address)
    if state.schema >= state.needed:
        say(f"Nothing to do: {name} has tables of version {state.schema}.")
        return
    copy = None if dry_run else upgrade_ledger(options, folder)
    if not state.schema:
        made = "would be made" if dry_run else "were made"
        say(f"{name}: tables of version {state.needed} {made}.")
    else:
        if dry_run:
            say(f"{name} has tables of version {state.schema}. Version {state.needed} adds")
        else:
            say(f"{name} has tables of version {state.needed} now, with")
        say(columns([(each,) for each in state.missing], stderr=True))
    if copy is not None:
        say(f"As it was before, it is {clean(copy)}")
    if dry_run:
        say(f"Nothing was changed. To do it: {clean(_again('upgrade', address))}")


@ledger.command(short_help="Copy a ledger into an empty one, on another database say.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@format_option("json")
@common_options
def copy(*, source: str, target: str, form: str) -> None:
    """
    Copy everything in the ledger FROM into the ledger TO: certificates, files' places, messages,
    runs, history, and what codes, mailed links and awards are recognised by.

    TO has to be empty; its tables are made where there are none. All of it is copied or nothing.
    FROM isn't changed: one of an older version has to be upgraded before. Stop schedules and
    workers first: what comes into FROM later isn't in TO.

    \b
      certcore ledger copy ledger.db postgresql://certs@db.uni.example/certs
      certcore ledger copy ledger.db env:CERTCORE_LEDGER_URL
    """
    from certcore.ledgers import (  # noqa: PLC0415  # as above
        copy_ledger,
        describe_ledger,
        open_ledger,
    )

    here = Path.cwd()
    given, wanted = _options(source), _options(target)
    state = describe_ledger(given, here)
    if not state.schema:
        raise click.UsageError(f"there is no ledger at {clean(state.address)}.")
    if state.missing:
        # opened, a SQLite file would be upgraded
        raise click.UsageError(
            f"{clean(state.address)} has tables of version {state.schema}, and copying isn't to "
            f"change it. Upgrade it first: {clean(_again('upgrade', source))}"
        )
    with open_ledger(given, here) as old, open_ledger(wanted, here) as new:
        copied = copy_ledger(old, new)
    if form == "json":
        tell_json({"copied": dict(copied)})
        return
    rows = [(name.replace("_", " "), f"{number:,}") for name, number in copied.items()]
    tell(columns(rows, right=(1,)))
    say("Everything is in the copy. For certcore to work with it, say in certcore.toml:")
    say()
    say("  [ledger]")
    say(f"  url = {_in_toml(target)}")


def _where(session: Session, address: str | None) -> tuple[SqlOptions, Path]:
    """
    Give the options of the ledger that is meant, and the folder that its path begins at.
    """
    if address is not None:
        return _options(address), Path.cwd()
    from certcore.ledgers import SqlOptions  # noqa: PLC0415  # as above

    project = session.load()
    options: Any = project.options("ledger")
    if not isinstance(options, SqlOptions):
        raise click.UsageError(
            "the project's ledger comes from a plugin, which looks after its tables itself."
        )
    return options, project.folder


def _options(address: str) -> SqlOptions:
    from certcore.config import SecretRef  # noqa: PLC0415  # as above
    from certcore.ledgers import SqlOptions  # noqa: PLC0415  # as above

    if address.startswith(_ENVIRONMENT):
        return SqlOptions(url=SecretRef(env=address.removeprefix(_ENVIRONMENT)))
    if "://" not in address:
        return SqlOptions(url=f"sqlite:///{address}")
    if _password(address):
        raise click.UsageError(
            "an address with a password doesn't belong on the command line, where others can read "
            "it: put it into the environment, and name it, as env:CERTCORE_LEDGER_URL."
        )
    return SqlOptions(url=address)


def _password(address: str) -> bool:
    try:
        return urlsplit(address).password is not None
    except ValueError:
        # whoever opens it will say what is wrong
        return False


def _again(verb: str, address: str | None) -> str:
    return command("ledger", verb, *([address] if address is not None else []))


def _in_toml(address: str) -> str:
    if address.startswith(_ENVIRONMENT):
        return f'{{ env = "{address.removeprefix(_ENVIRONMENT)}" }}'
    if "://" in address:
        return json.dumps(clean(address))
    return json.dumps(f"sqlite:///{Path(address).absolute()}")


def _of_state(state: LedgerState) -> dict[str, Any]:
    return {
        "address": state.address,
        "schema": state.schema or None,
        "admits": state.admits or None,
        "needed": state.needed,
        "missing": list(state.missing),
        "certificates": {each.value: number for each, number in state.certificates.items()},
    }
