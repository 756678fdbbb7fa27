"""
One person in one configuration, criterion by criterion.
"""

from __future__ import annotations

import datetime as dt

from typing import TYPE_CHECKING

from certcore.domain import CertificateConfiguration, Decision, Verdict
from certcore_cli._documents import of_decision
from certcore_cli._output import clean, columns, say, tell, tell_csv, tell_json
from certcore_cli._session import command
from certcore_cli._words import criterion, day, missing_words, moment, reached, short_key


if TYPE_CHECKING:
    from certcore.registrar import Judgement, Outlook

_SAID: dict[Outlook, str] = {
    "new": "Would get one:",
    "held": "Has one:",
    "lapsed": "Has one, and wouldn't get it now:",
    "not-yet": "Not yet:",
    "unknown": "Can't be judged:",
    "pending": "Awarded, not issued yet:",
    "blocked": "Had one that was taken back, and isn't awarded it again:",
}
_MARKS = {Verdict.MET: "✓", Verdict.UNMET: "✗", Verdict.UNKNOWN: "?"}


def tell_person(wanted: CertificateConfiguration, found: Judgement, form: str) -> None:
    """
    Write what one person has and lacks.
    """
    who = found.learner
    if form == "json":
        tell_json(
            {
                "configuration": wanted.name,
                "outlook": found.outlook,
                "learner": {"realm": who.realm, "id": who.id},
                "name": who.name,
                "email": who.email,
                "certificate": found.standing.certificate if found.standing else None,
                **of_decision(found.decision),
                "criteria": [
                    {
                        "course": leaf.course,
                        "criterion": criterion(leaf),
                        "verdict": leaf.verdict.value,
                        "required": leaf.required,
                        "actual": leaf.actual,
                        "note": leaf.note,
                    }
                    for leaf in found.decision.leaves()
                ],
            }
        )
        return
    if form == "csv":
        row = (who.id, who.name, who.email, found.outlook, missing_words(found.decision))
        tell_csv(("learner", "name", "email", "outlook", "missing"), [row])
        return
    zone = wanted.type.issuer.time_zone
    now = moment(dt.datetime.now(dt.UTC), zone)
    tell(clean(f"{who.name or '(no name)'} · {who.key} · read live, {now}"))
    tell(_SAID[found.outlook])
    tell(columns([_row(leaf) for leaf in found.decision.leaves()]))
    if found.standing is not None:
        say(command("show", found.standing.certificate))
    _say_gate(wanted, zone)


def _row(leaf: Decision) -> tuple[str, str, str]:
    where = f"{short_key(leaf.course)}: " if leaf.course else ""
    what = leaf.name if leaf.required is not None and leaf.name else leaf.kind
    return _MARKS[leaf.verdict], f"{where}{what}", reached(leaf)


def _say_gate(wanted: CertificateConfiguration, zone: str) -> None:
    closes = wanted.gate.close.resolve(wanted.context) if wanted.gate.close else None
    if closes is not None:
        past = closes <= dt.datetime.now(dt.UTC)
        say(f"The gate {'closed' if past else 'closes'} on {day(closes, zone)}.")
