"""
`certcore import`: taking over what another system issued.
"""

from __future__ import annotations

import csv

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from certcore.domain import format_code
from certcore_cli._output import clean, columns, harmless, say, tell, tell_json
from certcore_cli._session import (
    Session,
    actor_option,
    command,
    common_options,
    format_option,
    pass_session,
)
from certcore_cli._words import count


if TYPE_CHECKING:
    from certcore.registrar import Imported, ImportKind

SHOWN = 20
"""Lines listed that somebody has to look at; the report has all."""

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_COLUMNS = ("line", "outcome", "reason", "code", "certificate")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--context", default="", metavar="NAME", help="Of lines that say none.")
@click.option("--type", "type_", default="", metavar="NAME", help="Of lines that say none.")
@click.option("--realm", default="", metavar="NAME", help="Of lines that say none.")
@click.option("--files", type=_FOLDER, help="The folder that the certificates' files lie in.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would come of it.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Write what became of each line.",
)
@click.option(
    "--read-as",
    type=click.Choice(["csv", "jsonl"]),
    help="What the file is, where its ending doesn't say it.",
)
@actor_option
@format_option("json")
@common_options
@pass_session
@click.pass_context
def import_(
    ctx: click.Context,
    session: Session,
    *,
    file: Path,
    context: str,
    type_: str,
    realm: str,
    files: Path | None,
    dry_run: bool,
    report: Path | None,
    read_as: Literal["csv", "jsonl"] | None,
    actor: str,
    form: str,
) -> None:
    """
    Take over certificates that another system issued, from a list in CSV or JSON lines.

    Nobody who has one of them is issued it again, old codes verify, and nobody is told. Safe to
    repeat: what was taken over before stays as it is.

    A line has context, type, learner, name and awarded_at; where there is more: realm, cycle,
    status, reason, code, file, earned_at, issued_at, expires_at, revoked_at, email, username,
    language, completion, grades.NAME. What the project doesn't know as well: context_name, title,
    issuer.

    \b
      certcore import certificates.csv --dry-run
      certcore import certificates.jsonl --files old-files --report report.csv
    """
    from certcore.registrar import read_import  # noqa: PLC0415  # loads what the Registrar needs

    if report is not None and report.resolve() == file.resolve():
        raise click.UsageError("the report would take the place of the list.")
    lines: list[Imported] = []
    with ExitStack() as opened:
        registrar = opened.enter_context(session.load().registrar())
        write = _report(opened, report)

        def watch(line: Imported) -> None:
            write(line)
            # of those that need nobody, there may be very many
            if form == "json" or (_is_trouble(line) and len(lines) < SHOWN):
                lines.append(line)

        counts = registrar.take_over(
            read_import(file, read_as),
            files=files,
            defaults={"context": context, "type": type_, "realm": realm},
            dry_run=dry_run,
            actor=actor,
            watch=watch,
        )
    if form == "json":
        tell_json(
            {
                "file": str(file),
                "dry_run": dry_run,
                "counts": {kind: counts.get(kind, 0) for kind in _SAID},
                "lines": [_document(line) for line in lines],
            }
        )
    else:
        _tell(file, counts, lines, dry_run=dry_run)
        _say_next(counts, dry_run=dry_run, report=report)
    if counts.get("error", 0) + counts.get("conflict", 0):
        ctx.exit(1)


_SAID: Mapping[ImportKind, tuple[str, str]] = {
    "new": ("taken over", "a ledger row each; nobody is told"),
    "known": ("known", "taken over before"),
    "held": ("have one", "the learner has one of this kind already"),
    "later": ("not issued yet", "left to the next run"),
    "conflict": ("code taken", "the code is another certificate's"),
    "error": ("can't be used", ""),
}
_TROUBLE = {"held", "conflict", "error"}


def _is_trouble(line: Imported) -> bool:
    return line.kind in _TROUBLE


def _report(opened: ExitStack, path: Path | None) -> Callable[[Imported], None]:
    """
    Give what writes a line of the report.
    """
    if path is None:
        return lambda _: None
    writer = csv.writer(
        opened.enter_context(path.open("w", encoding="utf-8", newline="")), lineterminator="\n"
    )
    writer.writerow(_COLUMNS)
    return lambda line: writer.writerow([harmless(cell) for cell in _document(line).values()])


def _document(line: Imported) -> dict[str, Any]:
    code = format_code(line.code)
    values = (line.line, line.kind, line.reason, code, line.certificate)
    return dict(zip(_COLUMNS, values, strict=True))


def _tell(
    file: Path, counts: Mapping[ImportKind, int], lines: list[Imported], *, dry_run: bool
) -> None:
    dry = " Dry run: nothing is written." if dry_run else ""
    tell(f"{clean(file.name)}: {count(sum(counts.values()), 'line')}.{dry}")
    tell()
    rows = [
        (f"would be {words}" if dry_run and kind == "new" else words, f"{counts[kind]:,}", more)
        for kind, (words, more) in _SAID.items()
        if counts.get(kind, 0)
    ]
    tell(columns(rows, right=(1,)))
    if lines:
        tell()
        tell(columns([(f"line {line.line}", _why(line)) for line in lines], whole=(0,)))


def _why(line: Imported) -> str:
    there = f" ({line.certificate})" if line.certificate else ""
    return f"{line.reason}{there}"


def _say_next(counts: Mapping[ImportKind, int], *, dry_run: bool, report: Path | None) -> None:
    trouble = sum(counts.get(kind, 0) for kind in ("held", "conflict", "error"))
    if trouble > SHOWN and report is None:
        say(f"  … {trouble - SHOWN:,} more: --report report.csv")
    say()
    if dry_run:
        say("To take them over: the same command without --dry-run.")
    elif not counts.get("new", 0) + counts.get("known", 0):
        say("Nothing was taken over.")
    else:
        say(f"Done. Running again repeats nothing. Who has one now: {command('list')}")
