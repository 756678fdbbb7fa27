"""
`certcore hold`, `unhold`, `allow`, `release`: what waits for somebody, and letting it go.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from certcore.domain import Hold
from certcore_cli._documents import of_hold
from certcore_cli._output import clean, columns, say, tell, tell_json
from certcore_cli._reading import reading
from certcore_cli._session import (
    Session,
    actor_option,
    command,
    common_options,
    format_option,
    pass_session,
)
from certcore_cli._words import count, moment


@click.command()
@click.argument("configuration", metavar="[NAME]", required=False)
@click.option("--reason", metavar="TEXT", default="", help="Why; whoever asks is told.")
@actor_option
@format_option("json")
@common_options
@pass_session
def hold(
    session: Session, *, configuration: str | None, reason: str, actor: str, form: str
) -> None:
    """
    Hold a configuration: nothing is awarded, and messages wait. Without NAME, list what is held.

    \b
      certcore hold bio101/completion --reason "grades are being corrected"
      certcore hold
      certcore unhold bio101/completion
    """
    if (configuration is None) != (not reason.strip()):
        raise click.UsageError("what is held, and why: give NAME and --reason.")
    project = session.load()
    if configuration is None:
        with reading(project) as registrar:
            _tell_held(registrar.holds(), form)
        return
    with project.registrar() as registrar:
        registrar.hold(configuration, reason=reason, actor=actor)
        name = clean(registrar.configuration(configuration).name)
    say(f"{name} is held. To end that: {clean(command('unhold', configuration))}")


def _tell_held(held: Sequence[Hold], form: str) -> None:
    if form == "json":
        tell_json({"holds": [of_hold(each) for each in held]})
    elif held:
        rows = [
            (each.name, moment(each.at), each.by, each.reason, "one run" if each.allowed_by else "")
            for each in held
        ]
        headers = ("Configuration", "Since (UTC)", "By", "Why", "Allowed")
        tell(columns(rows, headers=headers, whole=(0, 1)))
    else:
        say("Nothing is held.")


@click.command()
@click.argument("configuration", metavar="NAME")
@common_options
@pass_session
@click.pass_context
def unhold(ctx: click.Context, session: Session, *, configuration: str) -> None:
    """
    End a hold. The next run is one like any other: `max_new` counts.

    \b
      certcore unhold bio101/completion
    """
    with session.load().registrar() as registrar:
        ended = registrar.unhold(configuration)
        name = clean(registrar.configuration(configuration).name)
    if not ended:
        say(f"{name} isn't held.")
        ctx.exit(1)
    say(f"{name} isn't held any more. To run it: {clean(command('issue', configuration))}")


@click.command()
@click.argument("configuration", metavar="NAME")
@actor_option
@common_options
@pass_session
@click.pass_context
def allow(ctx: click.Context, session: Session, *, configuration: str, actor: str) -> None:
    """
    Let one run of a held configuration through.

    Where it is held since too many would be new, look first who they are: the next run issues to
    all of them. Where somebody holds it by hand, it is held again after that run.

    \b
      certcore evaluate bio101/completion
      certcore allow bio101/completion
      certcore issue bio101/completion
    """
    with session.load().registrar() as registrar:
        allowed = registrar.allow(configuration, actor=actor)
        name = clean(registrar.configuration(configuration).name)
    if not allowed:
        say(f"{name} isn't held: nothing needs to be allowed.")
        ctx.exit(1)
    say(f"The next run of {name} goes through:")
    say(f"  {clean(command('issue', configuration))}")


@click.command()
@click.argument("configuration", metavar="NAME")
@actor_option
@common_options
@pass_session
@click.pass_context
def release(ctx: click.Context, session: Session, *, configuration: str, actor: str) -> None:
    """
    Send the messages of a configuration that says `release = "by hand"`.

    \b
      certcore release bio101/distinction
    """
    with session.load().registrar() as registrar:
        wanted = registrar.configuration(configuration)
        name = clean(wanted.name)
        held = [each for each in registrar.holds() if each.configuration in wanted.keys]
        if not wanted.enabled:
            say(f"{name} is switched off: its messages wait until its table has enabled = true.")
            ctx.exit(1)
        if any(not each.allowed_by for each in held):
            say(f"{name} is held, and its messages wait: {clean(held[0].reason)}")
            say(f"To end that: {clean(command('unhold', configuration))}")
            ctx.exit(1)
        released = registrar.release(configuration, actor=actor)
        sent = registrar.deliver(configuration)
    if not released and not sent:
        say(f"No message of {name} waits.")
        return
    say(f"{count(sent, 'message')} of {name} sent.")
    if sent < released:
        say(
            f"{count(released - sent, 'message')} couldn't be sent. "
            f"To try again: {clean(command('issue', configuration, '--retry'))}"
        )
        ctx.exit(1)
