"""
What `[defaults]`, types and configurations say alike: each table is looked at where it stands.
"""

from __future__ import annotations

import zoneinfo

from collections.abc import Callable, Collection, Mapping
from itertools import takewhile
from typing import Any

from certcore.bootstrap import _schema as s
from certcore.bootstrap._problems import Entry, Problems
from certcore.bootstrap._tables import Tables
from certcore.bootstrap._times import instant, read_moment
from certcore.config import join, read_rule, shown
from certcore.domain import Gate, MessageTemplate, Rule, Schedule, Validity
from certcore.exceptions import ConfigurationError
from certcore.messages import check as check_message


_NOT_INHERITED = {"extends", "was"}


class Layers:
    """
    Tables of settings, each checked once however many configurations they are part of.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._files = tables.files
        self._problems: Problems = tables.problems
        self._types = tables.files.named["types"]
        self._rules: dict[tuple[str, str], Rule] = {}
        self._chains = {key: self._chain(key) for key in self._types}
        self._checks: Mapping[str, Callable[[s.SettingsTable, Entry], None]] = {
            "rule": self._check_rule,
            "schedule": self._check_schedule,
            "validity": self._check_validity,
            "message": self._check_message,
            "was": self._check_was,
        }
        known: Mapping[str, Mapping[str, object]] = {
            "issuer": tables.issuers,
            "source": tables.sources,
            "design": tables.designs,
        }
        self._known = known
        for entry in self._types.values():
            self.check(entry, s.TYPE_KEYS)
        defaults = self._files.single.get("defaults")
        self._defaults = [] if defaults is None else [defaults]
        for entry in self._defaults:
            self.check(entry, s.DEFAULT_KEYS)

    def below(self, type_key: str) -> list[Entry]:
        """
        Give the tables that a type's configurations stand on, the lowest first.
        """
        return [*self._defaults, *self._chains[type_key]]

    def rule(self, entry: Entry | None) -> Rule | None:
        """
        Give the rule of a table; None if it has no good one.
        """
        return None if entry is None else self._rules.get((entry.file, entry.path))

    def check(self, entry: Entry, known: Collection[str]) -> None:
        """
        Look at one table of settings, and tell all that is wrong with it.
        """
        self._problems.unknown(entry, known)
        for name, value in entry.table.items():
            if name not in s.SETTINGS or name not in known:
                continue
            # one by one, since nothing is made of a table in which one value is wrong
            table = self._problems.structured({name: value}, s.SettingsTable, entry, entry.path)
            if table is None:
                continue
            if name in self._known:
                path = join(entry.path, name)
                self._problems.looked_up(name, self._known[name], value, entry, path)
            elif name in self._checks:
                self._checks[name](table, entry)

    def _check_rule(self, table: s.SettingsTable, entry: Entry) -> None:
        path = join(entry.path, "rule")
        try:
            rule = read_rule(table.rule, path=path, readers=self._tables.rule_readers)
        except ConfigurationError as exc:
            self._problems.told(exc, entry)
        else:
            self._rules[entry.file, entry.path] = rule

    def _check_schedule(self, table: s.SettingsTable, entry: Entry) -> None:
        try:
            schedule_of(table, zoneinfo.ZoneInfo("UTC"))
        except ValueError as exc:
            self._problems.wrong(entry, join(entry.path, "schedule"), f"{exc}.")

    def _check_validity(self, table: s.SettingsTable, entry: Entry) -> None:
        try:
            Validity(duration=table.validity)
        except ValueError:
            path = join(entry.path, "validity")
            self._problems.wrong(entry, path, "a span of time longer than nothing is wanted.")

    def _check_message(self, table: s.SettingsTable, entry: Entry) -> None:
        path = join(entry.path, "message")
        for problem in check_message(message_of(table)):
            where = join(path, problem.path) if problem.path else path
            self._problems.wrong(entry, where, problem.message, problem.hint)

    def _check_was(self, table: s.SettingsTable, entry: Entry) -> None:
        path = join(entry.path, "was")
        if table.was in self._types:
            said = (
                f"{table.was!r}: there is a type of that name; only one that is gone was another."
            )
            self._problems.wrong(entry, path, said)
        for other in takewhile(lambda other: other is not entry, self._types.values()):
            if other.table.get("was") == table.was:
                said = f"{table.was!r}: {other.path} says the same."
                self._problems.wrong(entry, path, said)

    def _chain(self, key: str) -> list[Entry]:
        """
        Give the tables that make up a type, the one it extends first.
        """
        names = [key]
        while "extends" in (entry := self._types[names[-1]]).table:
            parent = entry.table["extends"]
            path = join(entry.path, "extends")
            if parent in names:
                self._tell_circle(names[names.index(parent) :])
                break
            if self._problems.looked_up("type", self._types, parent, entry, path) is None:
                break
            names.append(parent)
        mine = self._types[key]
        own = {name: value for name, value in mine.table.items() if name != "extends"}
        return [
            *(_inherited(self._types[name]) for name in reversed(names[1:])),
            Entry(own, mine.path, mine.file),
        ]

    def _tell_circle(self, names: list[str]) -> None:
        # whichever of them is come by first, the one that stands first is told
        first = min(names, key=list(self._types).index)
        place = names.index(first)
        entry = self._types[first]
        way = " → ".join([*names[place:], *names[:place], first])
        said = f"{shown(entry.table['extends'])}: types that extend one another: {way}."
        self._problems.wrong(entry, join(entry.path, "extends"), said)


def _inherited(entry: Entry) -> Entry:
    table = {name: value for name, value in entry.table.items() if name not in _NOT_INHERITED}
    return Entry(table, entry.path, entry.file)


def schedule_of(table: s.SettingsTable, zone: zoneinfo.ZoneInfo) -> Schedule | None:
    """
    Give the schedule, in its own zone or the issuer's. Raises ValueError.
    """
    said = table.schedule
    if said is None:
        return None
    own = zone if said.zone is None else zoneinfo.ZoneInfo(said.zone)

    def at(value: Any) -> Any:
        return None if value is None else instant(value, own)

    return Schedule(
        cron=said.cron,
        every=said.every,
        once=at(said.once),
        anchor=at(said.anchor),
        zone=own.key,
        jitter=said.jitter,
        start=at(said.start),
        until=None if said.until is None else read_moment(said.until, own, end=True),
    )


def gate_of(table: s.SettingsTable, zone: zoneinfo.ZoneInfo) -> Gate:
    """
    Give the gate, its dates in the issuer's zone.
    """
    opens, closes = table.gate.open, table.gate.close
    return Gate(
        open=None if opens is None else read_moment(opens, zone),
        close=None if closes is None else read_moment(closes, zone, end=True),
    )


def message_of(table: s.SettingsTable) -> MessageTemplate:
    """
    Give the message; what is empty is certcore's own.
    """
    said = table.message
    return MessageTemplate(subject=said.subject, text=said.text, html=said.html)
