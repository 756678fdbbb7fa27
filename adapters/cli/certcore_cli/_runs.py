"""
`certcore runs`: what was run, and how it ended.
"""

from __future__ import annotations

import datetime as dt

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from certcore.domain import ConfigurationKey, Run, RunStatus
from certcore.exceptions import ConfigurationError
from certcore_cli._documents import iso, of_run
from certcore_cli._output import columns, say, say_problems, tell, tell_json
from certcore_cli._reading import reading
from certcore_cli._report import tell_run
from certcore_cli._session import Session, command, common_options, format_option, pass_session
from certcore_cli._words import moment, short, span


if TYPE_CHECKING:
    from certcore.registrar import Registrar

_COUNTS = 8
"""Columns that are always shown."""
_REASON = 80
_LONG = 3600
"""Seconds that few runs take."""


@click.command()
@click.argument("run", metavar="[RUN]", type=int, required=False)
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many."
)
@click.option("--next", "coming", is_flag=True, help="Those to come, by their schedules.")
@format_option("json")
@common_options
@pass_session
def runs(session: Session, *, run: int | None, limit: int, coming: bool, form: str) -> None:
    """
    List runs, the newest first; with the number of one, records it couldn't use and why.

    \b
      certcore runs
      certcore runs 318
      certcore runs --next
    """
    if coming and run is not None:
        raise click.UsageError("--next with a run that was: which is meant?")
    project = session.load()
    with reading(project) as registrar:
        if coming:
            _tell_coming(registrar, project.catalog.keys(), form)
        elif run is None:
            _tell_all(registrar.runs(limit=limit), form)
        else:
            _tell_one(registrar, registrar.run(run), form)


def _tell_one(registrar: Registrar, run: Run, form: str) -> None:
    if form == "json":
        tell_json({"runs": [of_run(run)]})
        return
    tell_run(registrar, run)
    if run.due is not None:
        tell()
        tell(f"It was due {moment(run.due)} and began {moment(run.started_at)} (UTC).")
    if run.missing:
        tell()
        tell("What is missing, and how many lack it:")
        missing = sorted(run.missing.items(), key=lambda each: -each[1])
        tell(columns([(name, f"{number:,}") for name, number in missing], right=(1,)))
    if run.notes:
        tell()
        tell(columns([(each.kind, each.where, each.reason) for each in run.notes]))
    noted = Counter(note.kind for note in run.notes)
    for kind, number in noted.items():
        # each kind of note is counted under its own name
        more = run.counts.get(kind, 0) - number
        if more > 0:
            tell(f"  … {more:,} more {kind}, of which no note was kept")


def _tell_coming(registrar: Registrar, names: Iterable[str], form: str) -> None:
    slots: list[tuple[dt.datetime, str, str]] = []
    for name in names:
        try:
            enabled, slot = registrar.configuration(name).enabled, registrar.next_due(name)
        except ConfigurationError as exc:
            say_problems(exc.problems)
            continue
        if enabled and slot is not None:
            slots.append((slot.begins, name, str(slot)))
    slots.sort()
    if form == "json":
        tell_json(
            {
                "next": [
                    {"configuration": name, "slot": slot, "begins": iso(begins)}
                    for begins, name, slot in slots
                ]
            }
        )
    elif slots:
        rows = [(moment(begins), name) for begins, name, _ in slots]
        tell(columns(rows, headers=("Begins (UTC)", "Configuration"), whole=(0, 1)))
    else:
        say("Nothing is scheduled: no configuration that is enabled has a slot to come.")


def _tell_all(found: tuple[Run, ...], form: str) -> None:
    if form == "json":
        tell_json({"runs": [of_run(each) for each in found]})
        return
    if not found:
        say(f"Nothing was run yet: {command('issue')}")
        return
    lost = _lost(found)
    rows = [
        (
            each.id,
            moment(each.started_at),
            each.name,
            f"{each.status.value}{'?' if each.id in lost else ''}",
            f"{each.count('retrieved'):,}",
            f"{each.count('issued'):,}",
            f"{each.count('failed'):,}",
            f"{each.count('sent'):,}",
            moment(each.due),
            short(each.message, _REASON),
        )
        for each in found
    ]
    headers = (
        *("Run", "Began (UTC)", "Configuration", "Status", "Read", "Issued", "Failed", "Sent"),
        *("Due (UTC)", "Why"),
    )
    # the last two only where they say something
    shown = [
        number
        for number in range(len(headers))
        if number < _COUNTS or any(row[number] for row in rows)
    ]
    tell(
        columns(
            [[row[number] for number in shown] for row in rows],
            headers=[headers[number] for number in shown],
            right=(0, 4, 5, 6, 7),
            whole=(1, 2, 3),
        )
    )
    for number, since in lost.items():
        say(
            f"Run {number} began {since} ago; if its process is gone, the next run finishes its "
            "work."
        )


def _lost(found: tuple[Run, ...]) -> dict[int, str]:
    """
    Give how long ago those began that may have been killed: very old, or overtaken by another.
    """
    now = dt.datetime.now(dt.UTC)
    lost: dict[int, str] = {}
    later: set[ConfigurationKey] = set()
    # the newest first
    for run in found:
        age = (now - run.started_at).total_seconds()
        if run.status is RunStatus.RUNNING and (age > _LONG or run.configuration in later):
            lost[run.id] = span(age)
        later.add(run.configuration)
    return lost
