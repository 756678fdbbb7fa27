"""
Awards in memory.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Collection, Mapping, Sequence

from attrs import evolve

from certcore.domain import AwardIdentity, Certificate, LearnerKey, Status, new_code, new_id
from certcore.ports import Award, AwardKind, Candidate, Standing
from certcore.testing._ledger._state import Entry, Part, slot


_KINDS: Mapping[Status, AwardKind] = {
    Status.PENDING: "refreshed",
    Status.FAILED: "resting",
    Status.ISSUED: "held",
}


class Awards(Part):
    """
    Award, and what is awarded already.
    """

    def held(self, identities: Collection[AwardIdentity]) -> Mapping[AwardIdentity, Standing]:
        state = self._state
        found: dict[AwardIdentity, Standing] = {}
        with state.lock:
            for identity in identities:
                holder = state.slots.get(slot(identity))
                if holder is not None:
                    certificate = state.entries[holder].certificate
                    found[identity] = Standing(
                        certificate=holder,
                        status=certificate.status,
                        failure=certificate.failure,
                    )
        return found

    def holds_any(
        self, learners: Collection[LearnerKey], contexts: Collection[str]
    ) -> Mapping[LearnerKey, frozenset[tuple[str, str]]]:
        found: dict[LearnerKey, set[tuple[str, str]]] = {learner: set() for learner in learners}
        with self._state.lock:
            for entry in self._state.entries.values():
                certificate, key = entry.certificate, entry.configuration
                if (
                    certificate.learner in found
                    and key.context in contexts
                    and certificate.status is Status.ISSUED
                ):
                    found[certificate.learner].add((key.context, key.type))
        return {learner: frozenset(held) for learner, held in found.items()}

    def award(
        self,
        candidates: Sequence[Candidate],
        *,
        run: int | None,
        actor: str,
        now: dt.datetime,
        quiet: bool = False,
    ) -> tuple[Award, ...]:
        with self._state.lock:
            return tuple(
                self._award(candidate, run, actor, now, quiet=quiet) for candidate in candidates
            )

    def _award(
        self, candidate: Candidate, run: int | None, actor: str, now: dt.datetime, *, quiet: bool
    ) -> Award:
        state = self._state
        key = slot(candidate.identity)
        holder = state.slots.get(key)
        if holder is not None:
            entry = state.entries[holder]
            _refresh(entry, candidate, now)
            return Award(_KINDS.get(entry.certificate.status, "blocked"), holder)
        certificate = Certificate(
            id=new_id(),
            code=new_code(),
            learner=candidate.learner,
            statement=candidate.statement,
            run=run,
            quiet=quiet,
        )
        state.add(certificate)
        state.slots[key] = certificate.id
        state.happened(certificate.id, "award", actor=actor, now=now, after=Status.PENDING)
        return Award("new", certificate.id)


def _refresh(entry: Entry, candidate: Candidate, now: dt.datetime) -> None:
    """
    Let an award that isn't issued yet take the newer statement, unless somebody works on it.
    """
    busy = entry.leased_until is not None and entry.leased_until > now
    old = entry.certificate.statement
    new = evolve(
        candidate.statement,
        awarded_at=old.awarded_at,
        earned_at=old.earned_at,
        expires_at=old.expires_at,
    )
    if not entry.made and not busy and new != old:
        entry.change(statement=new)
        entry.let_go()
