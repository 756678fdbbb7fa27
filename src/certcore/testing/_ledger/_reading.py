"""
Looking things up, in memory.
"""

from __future__ import annotations

import datetime as dt
import unicodedata

from collections.abc import Mapping

from attrs import evolve

from certcore.domain import Certificate, Chore, ConfigurationKey, HistoryEntry, Status
from certcore.ports import CertificateFilter
from certcore.testing._ledger._state import ChoreKind, Entry, Part


_FITTING: Mapping[Status, ChoreKind] = {
    Status.ISSUED: "restore",
    Status.SUPERSEDED: "restore",
    Status.REVOKED: "withdraw",
    Status.ANNULLED: "withdraw",
    Status.FORGOTTEN: "forget",
}
"""What brings a file to where it belongs, by what its certificate is."""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _is_about(certificate: Certificate, person: str) -> bool:
    who = certificate.statement.recipient
    known = (who.name, who.email, who.username, certificate.learner.id)
    # whoever is forgotten can't be found by anything
    return bool(who.name) and any(_folded(person) in _folded(text) for text in known)


def _matches(entry: Entry, wanted: CertificateFilter) -> bool:
    certificate = entry.certificate
    return (
        wanted.configuration in {None, entry.configuration}
        and (not wanted.statuses or certificate.status in wanted.statuses)
        and wanted.run in {None, certificate.run}
        and wanted.learner in {None, certificate.learner}
        and (not wanted.person or _is_about(certificate, wanted.person))
    )


class Reading(Part):
    """
    Looking certificates up, and the work on files that is still to be done.
    """

    def get(self, certificate: str) -> Certificate:
        with self._state.lock:
            return self._state.entry(certificate).certificate

    def by_code(self, code: str) -> Certificate | None:
        with self._state.lock:
            every = (entry.certificate for entry in self._state.entries.values())
            return next((each for each in every if each.code == code), None)

    def by_digest(self, sha256: str) -> Certificate | None:
        with self._state.lock:
            every = (entry.certificate for entry in self._state.entries.values())
            return next(
                (each for each in every if each.artifact and each.artifact.sha256 == sha256), None
            )

    def find(
        self, wanted: CertificateFilter, *, after: str = "", limit: int = 100
    ) -> tuple[Certificate, ...]:
        with self._state.lock:
            found = [
                entry.certificate
                for entry in self._state.in_order()
                if entry.certificate.id > after and _matches(entry, wanted)
            ]
        return tuple(found[:limit])

    def history(self, certificate: str) -> tuple[HistoryEntry, ...]:
        with self._state.lock:
            return tuple(each for each in self._state.past if each.certificate == certificate)

    def realms(self, configuration: ConfigurationKey) -> frozenset[str]:
        with self._state.lock:
            return frozenset(
                entry.certificate.learner.realm
                for entry in self._state.entries.values()
                if entry.configuration == configuration
            )

    def chores(self, *, limit: int = 100) -> tuple[Chore, ...]:
        with self._state.lock:
            every = sorted(self._state.tasks.values(), key=lambda each: (each.attempts, each.id))
        return tuple(every[:limit])

    def finish_chore(self, chore: int, *, error: str = "", now: dt.datetime) -> None:
        state = self._state
        with state.lock:
            tried = state.tasks.get(chore)
            if tried is not None:
                state.tasks[chore] = evolve(tried, attempts=tried.attempts + 1)
                if not error:
                    state.closed[chore] = state.tasks.pop(chore)
            elif chore in state.closed:
                self._put_right(state.closed[chore], now)

    def _put_right(self, late: Chore, now: dt.datetime) -> None:
        """
        Undo, by another chore, what a worker did who came too late.
        """
        state = self._state
        certificate = state.entry(late.certificate).certificate
        kind = _FITTING[certificate.status]
        waiting = {each.kind for each in state.tasks.values() if each.certificate == certificate.id}
        if kind != late.kind and kind not in waiting:
            state.open_chore(certificate, kind, now)
