"""
`certcore revoke`, `reinstate`, `annul`, `cancel`: what becomes of one certificate.
"""

from __future__ import annotations

import sys

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from certcore.domain import Certificate, DeliveryStatus, format_code
from certcore_cli._lookup import Names, find_certificate
from certcore_cli._output import clean, say
from certcore_cli._session import Session, actor_option, common_options, pass_session
from certcore_cli._words import count


if TYPE_CHECKING:
    from certcore.bootstrap import Project
    from certcore.registrar import Registrar

_F = TypeVar("_F", bound=Callable[..., Any])

yes_option = click.option("--yes", is_flag=True, help="Don't ask.")


def _certificate_options(command: _F) -> _F:
    """
    Add what all of these commands take.
    """
    command = actor_option(common_options(command))
    command = click.option("--reason", required=True, help="Why, for the history.")(command)
    return click.argument("certificate", metavar="CODE|ID")(command)


def say_certificate(project: Project, found: Certificate) -> None:
    """
    Say which certificate is meant, before anything is done to it.
    """
    who = clean(f"{found.statement.recipient.name} ({found.learner})")
    say(f"{format_code(found.code)} · {who} · {clean(Names(project).of(found))}")


def confirm(question: str, *, yes: bool) -> None:
    """
    Go on only if somebody says so, on a terminal or by --yes.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here: add --yes.")
    click.confirm(question, abort=True, err=True)


@click.command()
@yes_option
@_certificate_options
@pass_session
def revoke(session: Session, *, certificate: str, reason: str, actor: str, yes: bool) -> None:
    """
    Take a certificate back: its code says "revoked", its file is withdrawn, unsent messages go.

    The learner isn't told, and isn't awarded the same certificate again.

    \b
      certcore revoke 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE --reason "issued to the wrong person"
    """
    project = session.load()
    with project.registrar() as registrar:
        found = find_certificate(registrar, certificate)
        say_certificate(project, found)
        confirm("Revoke it?", yes=yes)
        registrar.revoke(found.id, reason=reason, actor=actor)
        say("Revoked. Whoever checks its code is told so from now on.")
        _say_unsent(registrar, found)


@click.command()
@_certificate_options
@pass_session
def reinstate(session: Session, *, certificate: str, reason: str, actor: str) -> None:
    """
    Undo a revocation: the code is good again, and the file is back where it was.

    Messages that were stopped by the revocation aren't sent.

    \b
      certcore reinstate 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE --reason "it was her after all"
    """
    project = session.load()
    with project.registrar() as registrar:
        found = find_certificate(registrar, certificate)
        say_certificate(project, found)
        registrar.reinstate(found.id, reason=reason, actor=actor)
    say("Reinstated. Its code is good again.")


@click.command()
@yes_option
@_certificate_options
@pass_session
def annul(session: Session, *, certificate: str, reason: str, actor: str, yes: bool) -> None:
    """
    Declare that a certificate was issued by mistake: its code says "issued in error", its file is
    withdrawn, unsent messages go.

    It isn't held against the learner: the next run awards another one to whoever meets the rule.
    So mend the rule first.

    \b
      certcore annul 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE --reason "the rule said 6 %, meant 60 %"
    """
    project = session.load()
    with project.registrar() as registrar:
        found = find_certificate(registrar, certificate)
        say_certificate(project, found)
        confirm("Declare it a mistake?", yes=yes)
        registrar.annul(found.id, reason=reason, actor=actor)
        say("Annulled. Its code says that it was issued in error; the learner may earn another.")
        _say_unsent(registrar, found)


@click.command()
@yes_option
@_certificate_options
@pass_session
def cancel(session: Session, *, certificate: str, reason: str, actor: str, yes: bool) -> None:
    """
    Stop a certificate that was awarded and isn't issued yet, and isn't wanted any more.

    It isn't awarded again. If it was to replace another one, that one stays as it is.

    \b
      certcore list --status pending --status failed
      certcore cancel 0198a7c2f1e47b6c9d3e5f708192a3b4 --reason "has left the course"
    """
    project = session.load()
    with project.registrar() as registrar:
        found = find_certificate(registrar, certificate)
        say_certificate(project, found)
        confirm("Cancel it?", yes=yes)
        registrar.cancel(found.id, reason=reason, actor=actor)
        if found.replaces is None:
            say("Cancelled. It won't be made, and isn't awarded again.")
        else:
            good = format_code(registrar.get(found.replaces).code)
            say(f"Cancelled. It won't be made; {good} stays as it is.")


def _say_unsent(registrar: Registrar, found: Certificate) -> None:
    cancelled = sum(
        each.status is DeliveryStatus.CANCELLED for each in registrar.deliveries(found.id)
    )
    if cancelled:
        say(f"{count(cancelled, 'message')} hadn't gone out and won't.")
