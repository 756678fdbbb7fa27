"""
`certcore history`: what happened to a certificate, and to what it replaced or was replaced by.
"""

from __future__ import annotations

import click

from certcore.domain import format_code
from certcore_cli._certificates import history_line
from certcore_cli._documents import of_certificate, of_history
from certcore_cli._lookup import Names, find_certificate
from certcore_cli._output import clean, columns, tell, tell_json
from certcore_cli._reading import reading
from certcore_cli._session import Session, common_options, format_option, pass_session


@click.command()
@click.argument("certificate", metavar="CODE|ID")
@format_option("json")
@common_options
@pass_session
def history(session: Session, *, certificate: str, form: str) -> None:
    """
    Say who did what to a certificate, when and why.

    What it replaced and what replaced it is told with it, the oldest first.

    \b
      certcore history 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE
    """
    project = session.load()
    names = Names(project)
    with reading(project) as registrar:
        chain = registrar.chain(find_certificate(registrar, certificate).id)
        past = {each.id: registrar.history(each.id) for each in chain}
    if form == "json":
        tell_json(
            {
                "certificates": [
                    {
                        **of_certificate(each, names.of(each)),
                        "history": [of_history(entry) for entry in past[each.id]],
                    }
                    for each in chain
                ]
            }
        )
        return
    for place, each in enumerate(chain):
        if place:
            tell()
        name, status = each.statement.recipient.name or "(no name)", each.status.value
        tell(clean(f"{format_code(each.code)} · {name} · {names.of(each)} · {status}"))
        zone = each.statement.issuer.time_zone
        tell(columns([(history_line(entry, zone),) for entry in past[each.id]]))
