"""
`certcore reissue`: a certificate that says the same, but for what is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from certcore.domain import format_code
from certcore.exceptions import ConfigurationError
from certcore_cli._certificates import message_line
from certcore_cli._documents import of_certificate
from certcore_cli._life import confirm, say_certificate, yes_option
from certcore_cli._lookup import Names, find_certificate
from certcore_cli._output import clean, columns, say, tell, tell_json
from certcore_cli._session import (
    Session,
    actor_option,
    command,
    common_options,
    format_option,
    pass_session,
)


if TYPE_CHECKING:
    from certcore.registrar import Changes, FieldChange, Registrar, Reissued

_SOURCE = "source"
_WHAT = "source|FIELD=VALUE"


@click.command()
@click.argument("certificate", metavar="CODE|ID")
@click.option("--reason", required=True, help="Why, for the history.")
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar=_WHAT,
    help="The learner as the source has them now, or name=, email=, language=; repeatable.",
)
@click.option(
    "--context",
    "contexts",
    multiple=True,
    metavar=_WHAT,
    help="What it is for, as the source has it now, or name=, start=, end=; repeatable.",
)
@click.option(
    "--evidence",
    "evidence",
    multiple=True,
    metavar=_WHAT,
    help="What it rests on, as the source has it now, or completion=, grades.NAME=, facts.NAME=; "
    "repeatable. It has to meet the rule.",
)
@click.option(
    "--design",
    type=click.Choice(["kept", "current"]),
    default="kept",
    show_default=True,
    help="How it looks: as it did, or as the design is now.",
)
@click.option("--quiet", is_flag=True, help="Don't tell the learner.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@actor_option
@yes_option
@format_option("json")
@common_options
@pass_session
@click.pass_context
def reissue(
    ctx: click.Context,
    session: Session,
    *,
    certificate: str,
    reason: str,
    recipients: tuple[str, ...],
    contexts: tuple[str, ...],
    evidence: tuple[str, ...],
    design: str,
    quiet: bool,
    dry_run: bool,
    actor: str,
    yes: bool,
    form: str,
) -> None:
    """
    Replace a certificate by one that says the same, but for what is named.

    Its printed date stays, and so does its look. The old one is good until the new one is there;
    its code then leads to the new one or, if the name has changed, says that it was replaced.

    \b
      certcore reissue 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE --reason typo \\
          --recipient "name=Łukasz Żółć" --dry-run
      certcore reissue 6R2K-9WQX-… --reason typo --recipient source
      certcore reissue 6R2K-9WQX-… --reason "exam marked anew" --evidence grades.Total=0.91
      certcore reissue 6R2K-9WQX-… --reason "new logo" --design current --quiet
    """
    changes = _changes(
        recipient=_table("recipient", recipients),
        context=_table("context", contexts),
        evidence=_evidence(_table("evidence", evidence)),
        design=design,
    )
    said: dict[str, Any] = {"reason": reason, "actor": actor, "quiet": quiet}
    project = session.load()
    with project.registrar() as registrar:
        found = find_certificate(registrar, certificate)
        if form == "text":
            say_certificate(project, found)
        done = registrar.reissue(found.id, changes, dry_run=dry_run or not yes, **said)
        if form == "text":
            _tell_changes(done.changes)
        if not (dry_run or yes):
            confirm("Reissue it?", yes=False)
            done = registrar.reissue(found.id, changes, **said)
        if form == "json":
            tell_json(_document(done, Names(project)))
        elif dry_run:
            say("Dry run: nothing was written, nobody was told.")
        else:
            _say_outcome(registrar, done)
    if done.failure:
        ctx.exit(1)


# what is asked for


def _table(option: str, words: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if word == _SOURCE:
            found[_SOURCE] = True
        elif not equals:
            raise click.UsageError(f"--{option} {word}: {_WHAT} is wanted.")
        else:
            found[name.strip()] = value
    return found


def _evidence(table: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in table.items():
        family, _, inner = name.partition(".")
        if name == _SOURCE:
            found[name] = value
        elif family in {"grades", "facts"} and inner:
            found.setdefault(family, {})[inner] = _number(name, value, part=family == "grades")
        elif name == "completion":
            found[name] = _number(name, value, part=True)
        else:
            raise click.UsageError(
                f"--evidence {name}: one of completion, grades.NAME and facts.NAME is wanted."
            )
    return found


def _number(name: str, text: str, *, part: bool) -> float:
    bare = text.strip().removesuffix("%")
    try:
        number = float(bare)
    except ValueError:
        raise click.UsageError(f"--evidence {name}: {text!r} isn't a number.") from None
    if not part:
        return number
    if bare != text.strip():
        return number / 100
    if number > 1:
        # 95 for 95 % would be a grade of 9500 %
        raise click.UsageError(
            f"--evidence {name}: {text}: a fraction is wanted. Did you mean {number / 100:g}?"
        )
    return number


def _changes(**tables: Any) -> Changes:
    from certcore.config import structure  # noqa: PLC0415  # loads what the Registrar needs
    from certcore.registrar import Changes  # noqa: PLC0415  # loads what the Registrar needs

    try:
        return structure(tables, Changes)
    except ConfigurationError as exc:
        raise click.UsageError("\n".join(f"--{problem}" for problem in exc.problems)) from None


# what came of it


def _tell_changes(changes: Iterable[FieldChange]) -> None:
    rows = [(each.path, _shown(each, each.old), "→", _shown(each, each.new)) for each in changes]
    tell(columns(rows, whole=(0,)))


def _shown(change: FieldChange, value: object) -> str:
    if value is None or value == "":  # 0 is something
        return "(nothing)"
    return f"{str(value)[:12]}…" if change.path == "design" else str(value)


def _document(done: Reissued, names: Names) -> dict[str, Any]:
    made = done.certificate
    return {
        "changes": [
            {"field": each.path, "old": each.old, "new": each.new} for each in done.changes
        ],
        "old": of_certificate(done.old, names.of(done.old)),
        "certificate": None if made is None else of_certificate(made, names.of(made)),
        "failure": done.failure,
    }


def _say_outcome(registrar: Registrar, done: Reissued) -> None:
    made = done.certificate
    assert made is not None  # noqa: S101  # it was done in earnest
    if done.failure:
        say(f"Not made yet: {clean(done.failure)}.")
        say(f"{format_code(done.old.code)} stays good until it is; the next run tries again.")
        return
    tell(f"Reissued: {format_code(made.code)}")
    zone = made.statement.issuer.time_zone
    messages = registrar.deliveries(made.id)
    say(columns([(message_line(each, zone),) for each in messages], stderr=True) or "  no message")
    say(command("show", format_code(made.code)))
