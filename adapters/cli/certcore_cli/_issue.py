"""
`certcore issue`: the main job.
"""

from __future__ import annotations

import sys

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from attrs import Factory, define, evolve

from certcore.domain import RunStatus
from certcore.exceptions import ConfigurationError, SlotTakenError
from certcore_cli._documents import of_run
from certcore_cli._output import clean, columns, say, say_problems, tell, tell_json
from certcore_cli._progress import Progress
from certcore_cli._rehearsal import rehearse_in
from certcore_cli._report import needs_somebody, tell_run
from certcore_cli._session import (
    Session,
    command,
    common_options,
    format_option,
    pass_session,
    whoami,
)
from certcore_cli._words import count, listed


if TYPE_CHECKING:
    from certcore.bootstrap import Project
    from certcore.domain import Run, Slot
    from certcore.registrar import Registrar


@click.command()
@click.argument("configurations", metavar="[NAME]...", nargs=-1)
@click.option("--all-enabled", is_flag=True, help="All that are enabled; so without a NAME.")
@click.option("--due", is_flag=True, help="Only those whose schedule says so, each time once.")
@click.option("--learner", "learners", multiple=True, metavar="ID", help="Only these; repeatable.")
@click.option("--quiet", is_flag=True, help="Tell no learner.")
@click.option("--past-gate", is_flag=True, help="Although the gate is shut.")
@click.option("--retry", is_flag=True, help="Try again what failed, whatever the reason was.")
@click.option(
    "--rehearse",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Only try it: ledger, files and messages go into that folder, nothing is recorded.",
)
@format_option("json")
@common_options
@pass_session
@click.pass_context
def issue(
    ctx: click.Context,
    session: Session,
    *,
    configurations: tuple[str, ...],
    all_enabled: bool,
    due: bool,
    learners: tuple[str, ...],
    quiet: bool,
    past_gate: bool,
    retry: bool,
    rehearse: Path | None,
    form: str,
) -> None:
    """
    Award a certificate to each eligible learner who has none, make its file, tell the learner.

    Safe to repeat and to stop at any moment: whoever has a certificate isn't given another, and
    the next run goes on where this one stopped.

    \b
      certcore issue bio101/completion
      certcore issue                                   all configurations that are enabled
      certcore issue --due                             those that are due: for cron
      certcore issue --rehearse try                    the same, without consequences
      certcore issue bio101/completion --retry         after mending what made some fail
      certcore issue hist200/completion --past-gate --quiet
    """
    if configurations and all_enabled:
        raise click.UsageError("--all-enabled with names: which ones are meant?")
    if due and (learners or quiet or past_gate or retry or rehearse is not None):
        raise click.UsageError(
            "--due is for runs as they are scheduled: leave out how they differ. "
            "A configuration that tells nobody has quiet = true in its table."
        )
    project = session.load()
    overrides = {} if rehearse is None else rehearse_in(rehearse, project.folder)
    names = configurations or _enabled(project)
    if not names:
        say("No configuration is enabled: nothing to do.")
    with project.registrar(**overrides) as registrar:
        if configurations:
            # a mistyped name is noticed before the first run, not after it
            _ = [registrar.configuration(name) for name in names]
        batch = _Batch(
            registrar=registrar,
            rehearsal=rehearse is not None,
            talk=form == "text",
            unwatched=due and not sys.stderr.isatty(),
        )
        if due:
            _run_due(batch, names)
        else:
            for name in names:
                batch.run(
                    name,
                    learners=learners or None,
                    past_gate=past_gate,
                    quiet=quiet,
                    retry=retry,
                    actor=whoami(),
                )
    if form == "json":
        runs = [of_run(run) for run in batch.runs]
        passed_over = {"passed_over": batch.passed_over} if due else {}
        tell_json({"rehearsal": rehearse is not None, "runs": runs, **passed_over})
    if rehearse is not None:
        say(f"A rehearsal: nothing was recorded as sent. Look into {clean(rehearse)}.")
    if batch.refused or any(_is_trouble(run, due=due) for run in batch.runs):
        ctx.exit(1)


def _is_trouble(run: Run, *, due: bool) -> bool:
    # a gate that is shut, by what the source says of dates, shuts whether or not anybody looks
    return needs_somebody(run) and not (due and run.status is RunStatus.STOPPED)


def _run_due(batch: _Batch, names: tuple[str, ...]) -> None:
    """
    Serve what is due, what was due first before the others; then finish what was begun earlier.

    Talk is for somebody who sits there, or has to do something: cron mails whatever is said.
    """
    registrar = batch.registrar
    waiting: list[tuple[Slot, str]] = []
    for name in names:
        try:
            slot = registrar.due(name)
        except ConfigurationError as exc:
            say_problems(exc.problems)
            batch.refused += 1
            continue
        if slot is not None:
            waiting.append((slot, name))
        elif registrar.configuration(name).schedule is not None:
            batch.passed_over += 1
    for slot, name in sorted(waiting, key=lambda each: each[0].due):
        batch.run(name, slot=slot, actor=whoami())
    finished = registrar.sweep(actor=whoami())
    if finished and batch.talk:
        tell(f"{count(finished, 'piece of work', 'pieces of work')} of earlier runs finished.")
    trouble = any(_is_trouble(run, due=True) for run in batch.runs)
    if len(batch.runs) > 1 and (trouble or not batch.unwatched):
        ends = Counter(run.status.value for run in batch.runs)
        said = listed(f"{number:,} {status}" for status, number in ends.items())
        say(f"{count(len(batch.runs), 'run')}: {said}.")
    if not batch.runs and not batch.unwatched:
        say(f"Nothing is due. What comes next: {command('runs', '--next')}")


@define
class _Batch:
    """
    Runs configurations one after another, and reports of each.
    """

    registrar: Registrar
    rehearsal: bool
    talk: bool
    unwatched: bool
    """Nobody sits there: what needs nobody isn't talked about."""
    runs: list[Run] = Factory(list["Run"])
    refused: int = 0
    passed_over: int = 0
    """Of those with a schedule, how many are served, or held, or not due yet."""

    def run(self, name: str, **options: Any) -> None:
        """
        Run one; what is wrong with it doesn't stop the next one.
        """
        with Progress(name, hushed=self.unwatched) as progress:
            try:
                wanted = self.registrar.configuration(name)
                # who tries it out wants to see all of them; what would happen is told below
                tried = evolve(wanted, max_new=None) if self.rehearsal else wanted
                run = self.registrar.issue(tried, watch=progress, **options)
            except ConfigurationError as exc:
                say_problems(exc.problems)
                self.refused += 1
                return
            except SlotTakenError:
                # somebody else looked at the same time, and was quicker
                self.passed_over += 1
                return
        if self.talk:
            if self.runs:
                tell()
            hushed = self.unwatched and not _is_trouble(run, due=True)
            tell_run(self.registrar, run, lambda: _say_stages(progress), hushed=hushed)
        self.runs.append(run)
        if self.rehearsal and wanted.max_new is not None and run.count("new") > wanted.max_new:
            say(
                f"In earnest it would be held: {run.count('new'):,} would be new, and max_new is "
                f"{wanted.max_new:,}."
            )


def _enabled(project: Project) -> tuple[str, ...]:
    found: list[str] = []
    for name in project.catalog.keys():  # noqa: SIM118  # a catalog is no mapping
        try:
            if project.catalog.get(name).enabled:
                found.append(name)
        except ConfigurationError:
            # it is wanted and can't be had: its problems are told when its turn comes
            found.append(name)
    return tuple(found)


def _say_stages(progress: Progress) -> None:
    lines = progress.lines()
    if lines:
        say(columns(lines, right=(2,), stderr=True))
        say()
