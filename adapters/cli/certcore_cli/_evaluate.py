"""
`certcore evaluate`: who would get a certificate, and what everybody else lacks.
"""

from __future__ import annotations

import time

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from attrs import Factory, define

from certcore.domain import CertificateConfiguration, Decision, Skipped
from certcore_cli._columns import tell_columns
from certcore_cli._documents import of_decision
from certcore_cli._output import clean, columns, say, tell, tell_csv, tell_json
from certcore_cli._person import tell_person
from certcore_cli._progress import Progress
from certcore_cli._reading import reading
from certcore_cli._session import Session, command, common_options, format_option, pass_session
from certcore_cli._words import count, heading, missing_words, rule_words


if TYPE_CHECKING:
    from certcore.registrar import Judgement, Outlook, Registrar

SHOWN = 12
"""Learners listed unless all are wanted."""

_ROWS: tuple[tuple[Outlook, str], ...] = (
    ("new", "would get one"),
    ("held", "have one"),
    ("not-yet", "not yet"),
    ("unknown", "can't be judged"),
    ("pending", "being made"),
    ("blocked", "taken back"),
)


@define
class _Counted:
    """
    Counts learners by what becomes of them, and why.
    """

    outlooks: Counter[str] = Factory(Counter[str])
    reasons: dict[str, Counter[str]] = Factory(dict[str, Counter[str]])
    total: int = 0

    def see(self, item: Judgement | Skipped, label: Callable[[Decision], str]) -> None:
        self.total += 1
        if isinstance(item, Skipped):
            self.outlooks["skipped"] += 1
            self._because("skipped", item.kind.replace("-", " "))
            return
        self.outlooks[item.outlook] += 1
        if item.outlook in {"not-yet", "unknown"}:
            lacks = dict.fromkeys(label(each) for each in item.decision.missing)
            self._because(item.outlook, " and ".join(lacks))

    def _because(self, outlook: str, reason: str) -> None:
        self.reasons.setdefault(outlook, Counter())[reason] += 1


@click.command()
@click.argument("configuration", metavar="NAME")
@click.option(
    "--learner", metavar="ID", help="Look at one person only, as the source has them now."
)
@click.option("--all", "everybody", is_flag=True, help="List everybody.")
@click.option("--held", is_flag=True, help="List who has a certificate and wouldn't get it now.")
@click.option(
    "--explain-columns",
    "explain",
    is_flag=True,
    help="Judge nobody; say how each column of the source's files is read.",
)
@format_option("json", "csv")
@common_options
@pass_session
def evaluate(
    session: Session,
    *,
    configuration: str,
    learner: str | None,
    everybody: bool,
    held: bool,
    explain: bool,
    form: str,
) -> None:
    """
    A dry run: decide about everybody as `issue` would. Nothing is written, nobody is told.

    \b
      certcore evaluate bio101/completion
      certcore evaluate bio101/completion --learner lzolc
      certcore evaluate bio101/completion --format csv > missing.csv
      certcore evaluate bio101/completion --held
      certcore evaluate bio101/completion --explain-columns
    """
    if learner is not None and (everybody or held):
        raise click.UsageError("--learner is about one person: --all and --held say nothing then.")
    if explain and (learner is not None or everybody or held or form == "csv"):
        raise click.UsageError("--explain-columns goes with --format json and nothing else.")
    with reading(session.load()) as registrar:
        wanted = registrar.configuration(configuration)
        if explain:
            tell_columns(wanted, registrar.columns(wanted), form)
            return
        if learner is not None:
            tell_person(wanted, registrar.look_at(wanted, learner), form)
            return
        if form == "csv":
            tell_csv(
                ("learner", "name", "email", "outlook", "missing"),
                _cells(_wanted(_judged(registrar, wanted, _Counted()), held=held)),
            )
        elif form == "json":
            _tell_json(registrar, wanted, held=held)
        else:
            _tell(registrar, wanted, held=held, everybody=everybody)


def _judged(
    registrar: Registrar, wanted: CertificateConfiguration, counted: _Counted
) -> Iterator[Judgement | Skipped]:
    from certcore.registrar import label  # noqa: PLC0415  # loaded by whoever comes here

    with Progress(wanted.name) as progress:
        for item in registrar.evaluate(wanted, watch=progress):
            counted.see(item, label)
            yield item


def _wanted(items: Iterable[Judgement | Skipped], *, held: bool) -> Iterator[Judgement | Skipped]:
    for item in items:
        if not held or (not isinstance(item, Skipped) and item.outlook == "lapsed"):
            yield item


def _cells(items: Iterable[Judgement | Skipped]) -> Iterator[tuple[str, str, str, str, str]]:
    for item in items:
        if isinstance(item, Skipped):
            yield item.learner or "", "", "", "skipped", f"{item.where}: {item.reason}"
        else:
            who = item.learner
            yield who.id, who.name, who.email, item.outlook, missing_words(item.decision)


def _tell_json(registrar: Registrar, wanted: CertificateConfiguration, *, held: bool) -> None:
    counted = _Counted()
    items = _wanted(_judged(registrar, wanted, counted), held=held)
    source = wanted.type.source
    learners = [_of_item(item, source.realm if source is not None else "") for item in items]
    tell_json(
        {
            "configuration": wanted.name,
            "rule": rule_words(wanted.type.rule, wanted.context),
            "counts": {"retrieved": counted.total, **counted.outlooks},
            "learners": learners,
        }
    )


def _of_item(item: Judgement | Skipped, realm: str) -> dict[str, Any]:
    if isinstance(item, Skipped):
        return {
            "outlook": "skipped",
            "kind": item.kind,
            "learner": {"realm": realm, "id": item.learner} if item.learner else None,
            "where": item.where,
            "reason": item.reason,
        }
    who = item.learner
    return {
        "outlook": item.outlook,
        "learner": {"realm": who.realm, "id": who.id},
        "name": who.name,
        "email": who.email,
        **of_decision(item.decision),
    }


def _tell(
    registrar: Registrar, wanted: CertificateConfiguration, *, held: bool, everybody: bool
) -> None:
    say(clean(heading(wanted)))
    say(clean(f"{wanted.type.title or wanted.type.key}: {_rule(wanted)}"))
    counted = _Counted()
    lucky, others = _Rows(everybody=everybody), _Rows(everybody=everybody)
    started = time.monotonic()
    for item in _judged(registrar, wanted, counted):
        if _is_listed(item, held=held):
            (lucky if _new(item) else others).add(item)
    took = time.monotonic() - started
    say(
        f"{count(counted.total, 'record')} read{_from(wanted)}, {took:.1f} s. "
        "Dry run: nothing is written, nobody is told."
    )
    if not held:
        tell()
        tell(columns(_summary(counted, wanted.name), right=(1,)))
    # some of those who would get one, and some of those who wouldn't
    first = lucky.first(max(SHOWN // 2, SHOWN - others.total))
    rows = [*first, *others.first(SHOWN - len(first))]
    if rows:
        tell()
        tell(columns(rows, headers=("Learner", "Name", "What is missing")))
    elif held:
        tell("Everybody who has one would get it again.")
    more = lucky.total + others.total - len(rows)
    if more:
        say(f"  … {more:,} more: --all, or --format csv > missing.csv")
    if counted.outlooks["new"] and not held:
        say(f"To issue them: {clean(command('issue', wanted.name))}")


@define
class _Rows:
    """
    Keeps the rows that are to be listed, and the number of all.
    """

    everybody: bool
    total: int = 0
    kept: list[tuple[str, str, str]] = Factory(list[tuple[str, str, str]])

    def add(self, item: Judgement | Skipped) -> None:
        self.total += 1
        if self.everybody or self.total <= SHOWN:
            self.kept.append(_row(item))

    def first(self, most: int) -> list[tuple[str, str, str]]:
        return self.kept if self.everybody else self.kept[:most]


def _new(item: Judgement | Skipped) -> bool:
    return not isinstance(item, Skipped) and item.outlook == "new"


def _rule(wanted: CertificateConfiguration) -> str:
    return rule_words(wanted.type.rule, wanted.context)


def _from(wanted: CertificateConfiguration) -> str:
    return f" from {clean(wanted.type.source.name)}" if wanted.type.source else ""


def _is_listed(item: Judgement | Skipped, *, held: bool) -> bool:
    outlook = None if isinstance(item, Skipped) else item.outlook
    return outlook == "lapsed" if held else outlook not in {"held", "lapsed"}


def _row(item: Judgement | Skipped) -> tuple[str, str, str]:
    if isinstance(item, Skipped):
        return item.learner or "?", "", f"left out: {item.where}: {item.reason}"
    who = item.learner
    if item.outlook == "new":
        return who.id, who.name, "nothing: would get one"
    if item.outlook in {"pending", "blocked"} and item.standing is not None:
        failure = item.standing.failure
        why = f": {failure.message}" if failure else ""
        return who.id, who.name, f"their certificate is {item.standing.status.value}{why}"
    return who.id, who.name, missing_words(item.decision)


def _summary(counted: _Counted, name: str) -> list[tuple[str, str, str]]:
    found = counted.outlooks
    lapsed = found["lapsed"]
    notes = {
        "held": f"{lapsed:,} no longer meet the rule: {command('evaluate', name, '--held')}"
        if lapsed
        else "",
        "not-yet": _reasons(counted, "not-yet"),
        "unknown": _reasons(counted, "unknown"),
        "blocked": "revoked, cancelled or forgotten: none is awarded again",
        "pending": "awarded, not issued yet: the next run goes on with them",
    }
    rows = [
        (words, found[outlook] + (lapsed if outlook == "held" else 0), notes.get(outlook, ""))
        for outlook, words in _ROWS
    ]
    rows.append(("left out", found["skipped"], _reasons(counted, "skipped")))
    optional = {"being made", "taken back", "left out"}
    shown = [row for row in rows if row[1] or row[0] not in optional]
    return [(words, f"{number:,}", note) for words, number, note in shown]


def _reasons(counted: _Counted, outlook: str) -> str:
    """
    Say how many lack what; the numbers add up.
    """
    found = counted.reasons.get(outlook, Counter())
    common = found.most_common(3)
    rest = found.total() - sum(number for _, number in common)
    said = [f"{reason} {number:,}" for reason, number in common]
    return ", ".join([*said, f"something else {rest:,}"] if rest else said)
