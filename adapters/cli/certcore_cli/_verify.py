"""
`certcore verify` and `certcore revoke`: what a code is worth, and taking it back.
"""

from __future__ import annotations

import sys

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from certcore.domain import DeliveryStatus, format_code
from certcore_cli._lookup import Names, find_certificate
from certcore_cli._output import clean, columns, say, tell, tell_json
from certcore_cli._session import (
    Session,
    actor_option,
    common_options,
    format_option,
    pass_session,
)
from certcore_cli._words import count, day


if TYPE_CHECKING:
    from certcore.registrar import Verification

_SAID: Mapping[str, str] = {
    "valid": "Valid.",
    "renewed": "Valid; the file was renewed.",
    "replaced": "Replaced: a newer certificate took its place.",
    "revoked": "Revoked: it isn't valid any more.",
    "annulled": "Issued in error: it isn't valid.",
    "expired": "Expired.",
    "forgotten": "Not valid any more: the learner's data were deleted.",
    "mistyped": "That can't be a code: a character is wrong, or some are missing.",
    "unknown": "No certificate has this code.",
    "unavailable": "The ledger can't be asked just now. That says nothing about the certificate.",
}


@click.command(short_help="Say what a verification code is worth; exit code 0 if it is valid.")
@click.argument("code")
@format_option("json")
@common_options
@pass_session
@click.pass_context
def verify(ctx: click.Context, session: Session, *, code: str, form: str) -> None:
    """
    Say what a verification code is worth, as it was typed: grouped or not, in any case.

    Shown is what anybody with the code may see. The exit code is 0 if the certificate is valid.

    \b
      certcore verify 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE
    """
    with session.load().registrar() as registrar:
        found = registrar.verify(code)
    if form == "json":
        tell_json(found.public())
    else:
        _tell(found)
    if not found.good:
        ctx.exit(1)


def _tell(found: Verification) -> None:
    tell(_SAID[found.status])
    public = found.public()
    certificate = found.certificate
    if "code" not in public or certificate is None:
        return
    said = certificate.statement
    zone = said.issuer.time_zone
    rows = [
        ("Name", public["recipient"]),
        ("Certificate", public["title"]),
        ("For", public["context"]),
        ("Issued by", public["issuer"]),
        ("Date", day(said.earned_at or said.awarded_at, zone)),
        ("Valid until", day(said.expires_at, zone)),
        ("Renewed", day(found.renewed_at, zone)),
        ("Code", public["code"]),
    ]
    tell(columns([row for row in rows if row[1]]))


@click.command(short_help="Take a certificate back; its code will say so.")
@click.argument("certificate", metavar="CODE|ID")
@click.option("--reason", required=True, help="Why, for the history.")
@actor_option
@click.option("--yes", is_flag=True, help="Don't ask.")
@common_options
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
        said = found.statement
        who = clean(f"{said.recipient.name} ({found.learner})")
        say(f"{format_code(found.code)} · {who} · {clean(Names(project).of(found))}")
        if not yes:
            if not sys.stdin.isatty():
                raise click.UsageError("nobody can be asked here: add --yes.")
            click.confirm("Revoke it?", abort=True, err=True)
        revoked = registrar.revoke(found.id, reason=reason, actor=actor)
        cancelled = sum(
            each.status is DeliveryStatus.CANCELLED for each in registrar.deliveries(revoked.id)
        )
    say("Revoked. Whoever checks its code is told so from now on.")
    if cancelled:
        say(f"{count(cancelled, 'message')} hadn't gone out and won't.")
