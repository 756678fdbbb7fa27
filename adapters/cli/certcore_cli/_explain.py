"""
`certcore explain`: everything about one person, so that their question can be answered.
"""

from __future__ import annotations

import unicodedata

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from attrs import Factory, define

from certcore.domain import (
    Certificate,
    CertificateConfiguration,
    Learner,
    LearnerKey,
    Skipped,
    Source,
    format_code,
    normalize_code,
)
from certcore.exceptions import CertcoreError, ConfigurationError, NotFoundError
from certcore_cli._certificates import history_line, message_line
from certcore_cli._documents import of_certificate, of_decision, of_delivery, of_history
from certcore_cli._lookup import Names, every, find_certificate
from certcore_cli._output import clean, columns, say, tell, tell_json
from certcore_cli._progress import Progress
from certcore_cli._reading import reading
from certcore_cli._session import Session, common_options, format_option, pass_session
from certcore_cli._words import day, missing_words


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


def _somebody(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    del ctx, parameter
    # an empty variable in a script must not print everybody
    if not value.strip():
        raise click.BadParameter("somebody's id, name, address or code is wanted")
    return value


@click.command()
@click.argument("who", metavar="WHO", callback=_somebody)
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
    with reading(project) as registrar:
        people, sure = _recorded(registrar, who)
        troubles = _look_live(project, registrar, _Search(who=who, people=people, sure=sure))
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


@define
class _Search:
    """
    Who is looked for, and who was found so far.
    """

    who: str
    people: dict[LearnerKey, _Person]
    sure: bool
    """Whether nobody else can be meant: two people may have one name, but not one id."""

    def take(self, items: Iterable[Judgement | Skipped], name: str, *, everybody: bool) -> None:
        """
        Keep those who are meant, each with what the configuration makes of them.
        """
        for item in items:
            if isinstance(item, Skipped) or (everybody and not _fits(item.learner, self.who)):
                continue
            who = item.learner
            person = self.people.setdefault(who.key, _Person(key=who.key))
            person.name, person.email = who.name or person.name, who.email or person.email
            person.live[name] = item
            self.sure = self.sure or _is(who, self.who)


def _recorded(registrar: Registrar, who: str) -> tuple[dict[LearnerKey, _Person], bool]:
    """
    Find people by what the ledger has of them; say whether nobody else can be meant.
    """
    from certcore.ports import CertificateFilter  # noqa: PLC0415  # loads what the Registrar needs

    by_code = normalize_code(who) is not None
    if by_code:
        wanted = CertificateFilter(learner=find_certificate(registrar, who).learner)
    else:
        wanted = CertificateFilter(person=_bare(who))
    people: dict[LearnerKey, _Person] = {}
    exact: set[LearnerKey] = set()
    for found in every(registrar, wanted):
        person = people.setdefault(found.learner, _Person(key=found.learner))
        person.certificates.append(found)
        said = found.statement.recipient
        person.name, person.email = said.name or person.name, said.email or person.email
        if by_code or _folded(_bare(who)) in map(
            _folded, (found.learner.id, said.username, said.email)
        ):
            exact.add(found.learner)
    # `ana` is an id, and a part of other people's names
    return ({key: people[key] for key in people if key in exact} if exact else people), bool(exact)


def _bare(who: str) -> str:
    # `campus:lzolc` is how certcore itself writes a learner's key
    realm, _, rest = who.partition(":")
    return rest if rest and "@" not in realm else who


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip().casefold())


def _is(learner: Learner, who: str) -> bool:
    return _folded(_bare(who)) in map(_folded, (learner.id, learner.username, learner.email))


def _fits(learner: Learner, who: str) -> bool:
    known = (learner.id, learner.username, learner.email, learner.name)
    return any(_folded(_bare(who)) in _folded(each) for each in known)


def _look_live(project: Project, registrar: Registrar, search: _Search) -> dict[str, str]:
    """
    Ask each enabled configuration's source; give what went wrong, by configuration.
    """
    troubles: dict[str, str] = {}
    for name in project.catalog.keys():  # noqa: SIM118  # a catalog is no mapping
        try:
            configuration = project.catalog.get(name)
            if configuration.enabled and configuration.type.source is not None:
                _look_in(registrar, configuration, configuration.type.source, search)
        except ConfigurationError as exc:
            troubles[name] = "; ".join(map(str, exc.problems))
        except CertcoreError as exc:
            troubles[name] = str(exc)
    return troubles


def _look_in(
    registrar: Registrar,
    configuration: CertificateConfiguration,
    source: Source,
    search: _Search,
) -> None:
    ids = {key.id for key in search.people if key.realm == source.realm}
    if not search.sure:
        ids.add(_bare(search.who))
    if ids:
        found = registrar.evaluate(configuration, learners=ids)
        search.take(found, configuration.name, everybody=False)
    if not search.sure:
        with Progress(configuration.name) as progress:
            everybody = registrar.evaluate(configuration, watch=progress)
            search.take(everybody, configuration.name, everybody=True)


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


def _outlook(found: Judgement) -> str:
    if found.outlook == "new":
        return "none yet: the next run issues it (read live)"
    return f"none yet: {missing_words(found.decision)} (read live)"


def _tell_certificate(registrar: Registrar, certificate: Certificate, names: Names) -> None:
    said, zone = certificate.statement, certificate.statement.issuer.time_zone
    when = day(certificate.issued_at or said.awarded_at, zone)
    status = certificate.status.value
    tell(clean(f"  {names.of(certificate)} · {status} {when} · {format_code(certificate.code)}"))
    rows: list[tuple[str, str, str]] = []
    if certificate.failure is not None:
        rows.append(("", "failure", certificate.failure.message))
    rows += [
        ("", "message", message_line(each, zone)) for each in registrar.deliveries(certificate.id)
    ]
    rows += [
        ("", "" if place else "history", history_line(each, zone))
        for place, each in enumerate(registrar.history(certificate.id))
    ]
    tell(columns(rows, whole=(0, 1)))


def _document(registrar: Registrar, person: _Person, names: Names) -> dict[str, Any]:
    return {
        "learner": {"realm": person.key.realm, "id": person.key.id},
        "name": person.name,
        "email": person.email,
        "certificates": [
            {
                **of_certificate(each, names.of(each)),
                "messages": [of_delivery(one) for one in registrar.deliveries(each.id)],
                "history": [of_history(one) for one in registrar.history(each.id)],
            }
            for each in person.certificates
        ],
        "live": [
            {"configuration": name, "outlook": found.outlook, **of_decision(found.decision)}
            for name, found in person.live.items()
        ],
    }
