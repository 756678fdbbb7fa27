"""
`certcore issue`: the main job.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from attrs import Factory, define, evolve

from certcore.exceptions import ConfigurationError
from certcore_cli._documents import of_run
from certcore_cli._output import clean, columns, say, say_problems, tell, tell_json
from certcore_cli._progress import Progress
from certcore_cli._rehearsal import rehearse_in
from certcore_cli._report import needs_somebody, tell_run
from certcore_cli._session import (
    Session,
    common_options,
    format_option,
    pass_session,
    whoami,
)


if TYPE_CHECKING:
    from certcore.bootstrap import Project
    from certcore.domain import Run
    from certcore.registrar import Registrar


@click.command(short_help="Make certificates for everybody eligible, and tell them.")
@click.argument("configurations", metavar="[NAME]...", nargs=-1)
@click.option("--all-enabled", is_flag=True, help="All that are enabled; so without a NAME.")
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
      certcore issue --rehearse try                    the same, without consequences
      certcore issue bio101/completion --retry         after mending what made some fail
      certcore issue hist200/completion --past-gate --quiet
    """
    if configurations and all_enabled:
        raise click.UsageError("--all-enabled with names: which ones are meant?")
    project = session.load()
    overrides = {} if rehearse is None else rehearse_in(rehearse, project.folder)
    names = configurations or _enabled(project)
    if not names:
        say("No configuration is enabled: nothing to do.")
    with project.registrar(**overrides) as registrar:
        if configurations:
            # a mistyped name is noticed before the first run, not after it
            _ = [registrar.configuration(name) for name in names]
        batch = _Batch(registrar=registrar, rehearsal=rehearse is not None, talk=form == "text")
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
        tell_json({"rehearsal": rehearse is not None, "runs": runs})
    if rehearse is not None:
        say(f"A rehearsal: nothing was recorded as sent. Look into {clean(rehearse)}.")
    if batch.refused or any(map(needs_somebody, batch.runs)):
        ctx.exit(1)


@define
class _Batch:
    """
    Runs configurations one after another, and reports of each.
    """

    registrar: Registrar
    rehearsal: bool
    talk: bool
    runs: list[Run] = Factory(list["Run"])
    refused: int = 0

    def run(self, name: str, **options: Any) -> None:
        """
        Run one; what is wrong with it doesn't stop the next one.
        """
        with Progress(name) as progress:
            try:
                wanted = self.registrar.configuration(name)
                # who tries it out wants to see all of them; what would happen is told below
                tried = evolve(wanted, max_new=None) if self.rehearsal else wanted
                run = self.registrar.issue(tried, watch=progress, **options)
            except ConfigurationError as exc:
                say_problems(exc.problems)
                self.refused += 1
                return
        if self.talk:
            if self.runs:
                tell()
            tell_run(self.registrar, run, lambda: _say_stages(progress))
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
