"""
`certcore allow` and `certcore release`: letting go what waits for somebody.
"""

from __future__ import annotations

import click

from certcore_cli._output import clean, say
from certcore_cli._session import Session, actor_option, command, common_options, pass_session
from certcore_cli._words import count


@click.command(short_help="Let one run of a held configuration through.")
@click.argument("configuration", metavar="NAME")
@actor_option
@common_options
@pass_session
@click.pass_context
def allow(ctx: click.Context, session: Session, *, configuration: str, actor: str) -> None:
    """
    Let one run through of a configuration that is held, since too many would be new.

    Look first who they are; the next run issues to all of them.

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
    say(f"The next run of {name} goes through, however many are new:")
    say(f"  {clean(command('issue', configuration))}")


@click.command(short_help="Send the messages that wait to be sent by hand.")
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
        name = clean(registrar.configuration(configuration).name)
        released = registrar.release(configuration, actor=actor)
        sent = registrar.deliver(configuration)
    if not released and not sent:
        say(f"No message of {name} waits.")
        return
    say(f"{count(sent, 'message')} of {name} sent.")
    if sent < released:
        say(
            f"{count(released - sent, 'message')} couldn't be sent. "
            f"Run again later: {clean(command('release', configuration))}"
        )
        ctx.exit(1)
