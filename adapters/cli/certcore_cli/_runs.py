"""
`certcore runs`: what was run, and how it ended.
"""

from __future__ import annotations

import click

from certcore.domain import Run
from certcore_cli._documents import of_run
from certcore_cli._output import columns, say, tell, tell_json
from certcore_cli._report import tell_run
from certcore_cli._session import Session, command, common_options, format_option, pass_session
from certcore_cli._words import moment


@click.command(short_help="List runs, or show one with everything that went wrong in it.")
@click.argument("run", metavar="[RUN]", type=int, required=False)
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many."
)
@format_option("json")
@common_options
@pass_session
def runs(session: Session, *, run: int | None, limit: int, form: str) -> None:
    """
    List runs, the newest first; with the number of one, every record it couldn't use and why.

    \b
      certcore runs
      certcore runs 318
    """
    with session.load().registrar() as registrar:
        if run is None:
            _tell_all(registrar.runs(limit=limit), form)
            return
        found = registrar.run(run)
        if form == "json":
            tell_json({"runs": [of_run(found)]})
            return
        tell_run(registrar, found)
        if found.notes:
            tell()
            tell(columns([(each.kind, each.where, each.reason) for each in found.notes]))


def _tell_all(found: tuple[Run, ...], form: str) -> None:
    if form == "json":
        tell_json({"runs": [of_run(each) for each in found]})
        return
    if not found:
        say(f"Nothing was run yet: {command('issue')}")
        return
    rows = [
        (
            each.id,
            moment(each.started_at),
            each.name,
            each.status.value,
            f"{each.count('retrieved'):,}",
            f"{each.count('issued'):,}",
            f"{each.count('failed'):,}",
            f"{each.count('sent'):,}",
        )
        for each in found
    ]
    headers = ("Run", "Began (UTC)", "Configuration", "Status", "Read", "Issued", "Failed", "Sent")
    tell(columns(rows, headers=headers, right=(0, 4, 5, 6, 7), whole=(1, 2, 3)))
