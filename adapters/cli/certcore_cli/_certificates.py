"""
`certcore list` and `certcore show`: what was issued.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from certcore.domain import Certificate, Delivery, HistoryEntry, Status, format_code
from certcore_cli._documents import iso, of_certificate, of_delivery, of_history
from certcore_cli._lookup import Names, every, find_certificate
from certcore_cli._output import columns, narrow, say, tell, tell_csv, tell_json
from certcore_cli._reading import reading
from certcore_cli._session import Session, common_options, format_option, pass_session
from certcore_cli._words import day, moment, standing


if TYPE_CHECKING:
    from certcore.registrar import Registrar

SHOWN = 50
"""Certificates listed unless all are wanted."""


@click.command("list")
@click.argument("configuration", metavar="[NAME]", required=False)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([status.value for status in Status]),
    help="Only these; repeatable.",
)
@click.option("--person", default="", metavar="WHO", help="An id, address or name, or part of one.")
@click.option("--run", type=int, metavar="RUN", help="Only the ones that this run awarded.")
@click.option("--all", "everything", is_flag=True, help=f"List all, not only the first {SHOWN}.")
@format_option("json", "csv")
@common_options
@pass_session
def list_(
    session: Session,
    *,
    configuration: str | None,
    statuses: tuple[str, ...],
    person: str,
    run: int | None,
    everything: bool,
    form: str,
) -> None:
    """
    List certificates in the order in which they were awarded.

    \b
      certcore list bio101/completion
      certcore list --status failed --status pending
      certcore list --person lopez
      certcore list --format csv > certificates.csv
    """
    from certcore.ports import CertificateFilter  # noqa: PLC0415  # loads what the Registrar needs

    project = session.load()
    names = Names(project)
    with reading(project) as registrar:
        wanted = CertificateFilter(
            configuration=registrar.configuration(configuration).key if configuration else None,
            statuses=frozenset(map(Status, statuses)),
            run=run,
            person=person,
        )
        found = every(registrar, wanted)
        if form == "json":
            documents = [of_certificate(each, names.of(each)) for each in found]
            tell_json({"certificates": documents})
        elif form == "csv":
            tell_csv(_CSV, (_csv_row(each, names) for each in found))
        else:
            _tell(found, names, everything=everything)


_CSV = (
    "code",
    "status",
    "configuration",
    "realm",
    "learner",
    "name",
    "email",
    "awarded_at",
    "issued_at",
    "id",
)


def _csv_row(certificate: Certificate, names: Names) -> tuple[object, ...]:
    said = certificate.statement
    return (
        format_code(certificate.code),
        certificate.status.value,
        names.of(certificate),
        certificate.learner.realm,
        certificate.learner.id,
        said.recipient.name,
        said.recipient.email,
        iso(said.awarded_at),
        iso(certificate.issued_at),
        certificate.id,
    )


def _tell(found: Iterator[Certificate], names: Names, *, everything: bool) -> None:
    shown = list(found if everything else islice(found, SHOWN))
    if not shown:
        say("No such certificate.")
        return
    rows = [
        (
            format_code(each.code),
            each.statement.recipient.name,
            names.of(each),
            each.status.value,
            day(each.statement.awarded_at, each.statement.issuer.time_zone),
        )
        for each in shown
    ]
    headers = ("Code", "Name", "Certificate", "Status", "Awarded")
    # the code is what the other commands want, and it takes 33 cells
    room = slice(-1) if narrow() else slice(None)
    tell(columns([row[room] for row in rows], headers=headers[room], whole=(0, 2, 3)))
    if next(found, None) is not None:
        say("  … and more: --all, or --format csv > certificates.csv")


@click.command()
@click.argument("certificate", metavar="CODE|ID")
@format_option("json")
@common_options
@pass_session
def show(session: Session, *, certificate: str, form: str) -> None:
    """
    Show everything about one certificate: what it says, its file, its messages, its history.

    \b
      certcore show 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE
    """
    project = session.load()
    with reading(project) as registrar:
        found = find_certificate(registrar, certificate)
        name = Names(project).of(found)
        deliveries = registrar.deliveries(found.id)
        history = registrar.history(found.id)
        if form == "json":
            old_codes = {"old_codes": list(registrar.old_codes(found.id))}
            tell_json(
                {
                    "certificate": of_certificate(found, name) | _evidence(found) | old_codes,
                    "messages": [of_delivery(each) for each in deliveries],
                    "history": [of_history(each) for each in history],
                }
            )
            return
        tell(columns(_statement(found, name, registrar)))
    zone = found.statement.issuer.time_zone
    tell()
    tell("Messages")
    tell(columns([(message_line(each, zone),) for each in deliveries]) or "  none")
    tell()
    tell("History")
    tell(columns([(history_line(each, zone),) for each in history]))


def _evidence(certificate: Certificate) -> dict[str, Any]:
    evidence = certificate.statement.evidence
    return {
        "evidence": {
            "completion": evidence.completion,
            "grades": dict(evidence.grades),
            "facts": dict(evidence.facts),
        }
    }


def _statement(found: Certificate, name: str, registrar: Registrar) -> list[tuple[str, str]]:
    said, zone = found.statement, found.statement.issuer.time_zone
    status = found.status.value
    if found.reason:
        status = f"{status}: {found.reason}"
    if found.failure is not None:
        status = f"{status}: {found.failure.message}"
    rows = [
        ("Code", format_code(found.code)),
        ("Old code", ", ".join(registrar.old_codes(found.id))),
        ("Status", status),
        ("Name", said.recipient.name),
        ("Learner", str(found.learner)),
        ("E-mail", said.recipient.email),
        ("Certificate", f"{said.type.title or said.type.key} ({name})"),
        ("For", f"{said.context.name} ({said.context.key})"),
        ("Cycle", said.cycle),
        ("Issued by", said.issuer.name),
        ("Earned", day(said.earned_at, zone)),
        ("Awarded", f"{moment(said.awarded_at, zone)}{_by_run(found)}"),
        ("Issued", moment(found.issued_at, zone)),
        ("Reissued", moment(said.reissued_at, zone)),
        ("Valid until", day(said.expires_at, zone)),
        ("Rests on", _facts(found)),
        ("Next attempt", moment(found.next_attempt_at, zone)),
        ("File", _file(found)),
        ("Replaces", _other(registrar, found.replaces)),
        ("Replaced by", _other(registrar, found.replaced_by)),
        ("Id", found.id),
    ]
    return [row for row in rows if row[1]]


def _by_run(found: Certificate) -> str:
    return f", run {found.run}" if found.run is not None else ""


def _facts(found: Certificate) -> str:
    leaves = found.statement.evidence.decision.leaves()
    return "; ".join(standing(leaf) for leaf in leaves)


def _file(found: Certificate) -> str:
    if found.artifact is None:
        return ""
    return f"{found.artifact.key} ({found.artifact.size:,} bytes)"


def _other(registrar: Registrar, certificate: str | None) -> str:
    return "" if certificate is None else format_code(registrar.get(certificate).code)


def message_line(delivery: Delivery, zone: str) -> str:
    """
    Give `sent 3 Jul 2025 06:02 to lukasz@uni.example: 250 accepted`.
    """
    said = f"{delivery.status.value} {moment(delivery.settled_at, zone)}".strip()
    if delivery.purpose != "award":
        said = f"{delivery.purpose} {said}"
    if delivery.address:
        said = f"{said} to {delivery.address}"
    if delivery.on_hold:
        said = f"{said}, waits to be released by hand"
    elif delivery.not_before is not None:
        said = f"{said}, not before {moment(delivery.not_before, zone)}"
    return f"{said}: {delivery.response}" if delivery.response else said


def history_line(entry: HistoryEntry, zone: str) -> str:
    """
    Give `9 Sep 2025 11:30 revoke by m.ruiz, issued → revoked: wrong person`.
    """
    said = f"{moment(entry.at, zone)} {entry.verb} by {entry.actor}"
    if entry.before and entry.after:
        said = f"{said}, {entry.before} → {entry.after}"
    return f"{said}: {entry.reason}" if entry.reason else said
