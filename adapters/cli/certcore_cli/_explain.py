"""
`certcore explain`: everything about one person, so that their question can be answered.
"""

from __future__ import annotations

import unicodedata

from typing import TYPE_CHECKING, Any

import click

from attrs import Factory, define

from certcore.domain import (
    Certificate,
    CertificateConfiguration,
    Learner,
    LearnerKey,
    Skipped,
    format_code,
    normalize_code,
)
from certcore.exceptions import CertcoreError, ConfigurationError, NotFoundError
from certcore_cli._certificates import history_row
from certcore_cli._documents import of_certificate, of_decision, of_delivery, of_history
from certcore_cli._lookup import Names, every, find_certificate
from certcore_cli._output import clean, columns, say, tell, tell_json
from certcore_cli._progress import Progress
from certcore_cli._session import Session, common_options, format_option, pass_session
from certcore_cli._words import day, missing_words, moment


if TYPE_CHECKING:
    from certcore.bootstrap import Project
    from certcore.registrar import Judgement, Registrar

MOST = 10
"""People who are explained at a time; a word that fits more of them is too short."""


@define
class _Person:
    """
    Somebody, with their certificates and what is live known of them.
    """

    key: LearnerKey
    name: str = ""
    email: str = ""
    certificates: list[Certificate] = Factory(list[Certificate])
    live: dict[str, Judgement] = Factory(dict[str, "Judgement"])


@click.command(
    short_help="Say everything about one person: certificates, messages, what is missing."
)
@click.argument("who", metavar="WHO")
@format_option("json")
@common_options
@pass_session
@click.pass_context
def explain(ctx: click.Context, session: Session, *, who: str, form: str) -> None:
    """
    Say everything about a person: their certificates, the messages with the server's words, and
    what they still lack in each enabled configuration, read live.

    WHO is a learner's id, user name, e-mail address or name, or a verification code.

    \b
      certcore explain lukasz@uni.example
      certcore explain "Łukasz Żółć"
      certcore explain 6R2K-9WQX-3MTB-7C5D-0FHE-NPVZ-1AE
    """
    project = session.load()
    with project.registrar() as registrar:
        people = _recorded(registrar, who)
        troubles = _look_live(project, registrar, who, people)
        if len(people) > MOST:
            raise click.UsageError(
                f"{len(people)} people fit {who!r}: give more of the name, the address or the id."
            )
        names = Names(project)
        if form == "json":
            tell_json(
                {
                    "people": [_document(registrar, each, names) for each in people.values()],
                    "unread": troubles,
                }
            )
        else:
            for place, person in enumerate(people.values()):
                if place:
                    tell()
                _tell(registrar, person, names)
    for name, trouble in troubles.items():
        say(f"{clean(name)} couldn't be read: {clean(trouble)}")
    if not people:
        raise NotFoundError(
            "person", who, "No certificate and no enabled configuration's source has them."
        )
    if troubles:
        ctx.exit(1)


def _recorded(registrar: Registrar, who: str) -> dict[LearnerKey, _Person]:
    """
    Find people by what the ledger has of them.
    """
    # loads what the Registrar needs
    from certcore.ports import CertificateFilter  # noqa: PLC0415

    if normalize_code(who) is not None:
        learner = find_certificate(registrar, who).learner
        wanted = CertificateFilter(learner=learner)
    else:
        wanted = CertificateFilter(person=_bare(who))
    people: dict[LearnerKey, _Person] = {}
    for found in every(registrar, wanted):
        person = people.setdefault(found.learner, _Person(key=found.learner))
        person.certificates.append(found)
        said = found.statement.recipient
        person.name, person.email = said.name or person.name, said.email or person.email
    return people


def _bare(who: str) -> str:
    # `campus:lzolc` is how certcore itself writes a learner's key
    realm, _, rest = who.partition(":")
    return rest if rest and "@" not in realm else who


def _look_live(
    project: Project, registrar: Registrar, who: str, people: dict[LearnerKey, _Person]
) -> dict[str, str]:
    """
    Ask each enabled configuration's source; give what went wrong, by configuration.
    """
    troubles: dict[str, str] = {}
    for name in project.catalog.keys():  # noqa: SIM118  # a catalog is no mapping
        try:
            configuration = project.catalog.get(name)
            if configuration.enabled and configuration.type.source is not None:
                _look_in(registrar, configuration, who, people)
        except ConfigurationError as exc:
            troubles[name] = "; ".join(map(str, exc.problems))
        except CertcoreError as exc:
            troubles[name] = str(exc)
    return troubles


def _look_in(
    registrar: Registrar,
    configuration: CertificateConfiguration,
    who: str,
    people: dict[LearnerKey, _Person],
) -> None:
    source = configuration.type.source
    realm = source.realm if source is not None else ""
    # ids that are known are asked for; whoever nobody knows yet has to be looked for
    ids = {key.id for key in people if key.realm == realm}
    by_id = registrar.evaluate(configuration, learners=ids or {_bare(who)})
    if not (found := _take(by_id, configuration, people)) and not ids:
        with Progress(configuration.name) as progress:
            everybody = registrar.evaluate(configuration, watch=progress)
            found = _take(everybody, configuration, people, fits=_folded(who))
    del found


def _take(
    items: Any,
    configuration: CertificateConfiguration,
    people: dict[LearnerKey, _Person],
    fits: str = "",
) -> int:
    taken = 0
    for item in items:
        if isinstance(item, Skipped) or (fits and not _fits(item.learner, fits)):
            continue
        taken += 1
        who = item.learner
        person = people.setdefault(who.key, _Person(key=who.key))
        person.name, person.email = who.name or person.name, who.email or person.email
        person.live[configuration.name] = item
    return taken


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip().casefold())


def _fits(learner: Learner, wanted: str) -> bool:
    exact = (learner.id, learner.username, learner.email)
    return wanted in map(_folded, exact) or wanted in _folded(learner.name)


# writing


def _tell(registrar: Registrar, person: _Person, names: Names) -> None:
    title = (person.name or "(no name)", str(person.key), person.email)
    tell(clean(" · ".join(part for part in title if part)))
    awarded: set[str] = set()
    for certificate in person.certificates:
        awarded.add(names.of(certificate))
        _tell_certificate(registrar, certificate, names)
    rows = [(name, _outlook(found)) for name, found in person.live.items() if name not in awarded]
    if rows:
        tell(columns(rows, whole=(0,)))
    elif not person.certificates:
        tell("  no certificate, and no source has them")


def _outlook(found: Judgement) -> str:
    if found.outlook == "new":
        return "none yet: the next run issues it (read live)"
    return f"none yet: {missing_words(found.decision)} (read live)"


def _tell_certificate(registrar: Registrar, certificate: Certificate, names: Names) -> None:
    said, zone = certificate.statement, certificate.statement.issuer.time_zone
    when = day(certificate.issued_at or said.awarded_at, zone)
    status = certificate.status.value
    tell(clean(f"  {names.of(certificate)} · {status} {when} · {format_code(certificate.code)}"))
    rows: list[tuple[str, ...]] = []
    if certificate.failure is not None:
        rows.append(("failed", certificate.failure.message))
    rows += [
        (
            "message",
            f"{each.status.value} {moment(each.settled_at, zone)}".strip(),
            each.address,
            each.response,
        )
        for each in registrar.ledger.deliveries(certificate.id)
    ]
    rows += [history_row(each, zone) for each in registrar.history(certificate.id)]
    most = max(len(row) for row in rows)
    padded = [(*row, *[""] * (most - len(row))) for row in rows]
    tell("\n".join(f"  {line}" for line in columns(padded).splitlines()))


def _document(registrar: Registrar, person: _Person, names: Names) -> dict[str, Any]:
    return {
        "learner": {"realm": person.key.realm, "id": person.key.id},
        "name": person.name,
        "email": person.email,
        "certificates": [
            {
                **of_certificate(each, names.of(each)),
                "messages": [of_delivery(one) for one in registrar.ledger.deliveries(each.id)],
                "history": [of_history(one) for one in registrar.history(each.id)],
            }
            for each in person.certificates
        ],
        "live": [
            {"configuration": name, "outlook": found.outlook, **of_decision(found.decision)}
            for name, found in person.live.items()
        ],
    }
