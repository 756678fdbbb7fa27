"""
`certcore verify`: what a code or a file is worth.
"""

from __future__ import annotations

import hashlib

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certcore_cli._output import columns, tell, tell_json
from certcore_cli._reading import reading
from certcore_cli._session import Session, common_options, format_option, pass_session
from certcore_cli._words import day


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
    "mistyped": (
        "No such code is known. One of ours has 26 letters and digits and one more that checks\n"
        "them; if this is to be one, a character is wrong, or some are missing."
    ),
    "unknown": "No certificate has this code.",
    "unavailable": "The ledger can't be asked just now. That says nothing about the certificate.",
}


_ISSUED = "These exact bytes were issued. "
_OTHER_BYTES = """\
These bytes were not issued. A file that was printed to PDF, signed, compressed or saved anew looks
the same and has other bytes: what counts then is the code that is printed on it."""


@click.command()
@click.argument("code", required=False)
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PATH",
    help="A file instead of a code: are these exact bytes what was issued?",
)
@format_option("json")
@common_options
@pass_session
@click.pass_context
def verify(
    ctx: click.Context, session: Session, *, code: str | None, file: Path | None, form: str
) -> None:
    """
    Say what a verification code is worth, as it was typed: grouped or not, in any case; or whether
    a file is, byte by byte, one that was issued, and what its certificate is worth.

    Shown is what anybody with the code may see. The exit code is 0 if the certificate is valid.

    \b
      certcore verify 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE
      certcore verify --file certificate.pdf
    """
    if (code is None) == (file is None):
        raise click.UsageError("a code or --file PATH is wanted, one of the two.")
    content = None if file is None else file.read_bytes()
    with reading(session.load()) as registrar:
        found = registrar.verify(code or "") if content is None else registrar.verify_file(content)
    if form == "json":
        digest = {} if content is None else {"sha256": hashlib.sha256(content).hexdigest()}
        tell_json(found.public() | digest)
    else:
        _tell(found, of_file=file is not None)
    if not found.good:
        ctx.exit(1)


def _tell(found: Verification, *, of_file: bool) -> None:
    if of_file and found.status == "unknown":
        tell(_OTHER_BYTES)
        return
    issued = of_file and found.status != "unavailable"
    tell(f"{_ISSUED if issued else ''}{_SAID[found.status]}")
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
