"""
Taking over what another system issued, in memory.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from certcore.domain import Certificate, Status, read_old_code
from certcore.ports import Adopted, Adoption
from certcore.testing._ledger._state import Part, State, slot


class Adoptions(Part):
    """
    Take over, and find by old codes.
    """

    def adopt(
        self,
        adoptions: Sequence[Adoption],
        *,
        actor: str,
        now: dt.datetime,
        dry_run: bool = False,
    ) -> tuple[Adopted, ...]:
        with self._state.lock:
            state = _copied(self._state) if dry_run else self._state
            imported = {
                each.certificate: Status(each.after)
                for each in state.past
                if each.verb == "imported"
            }
            found: list[Adopted] = []
            for adoption in adoptions:
                there = _found(state, adoption, imported)
                if there is None:
                    there = Adopted("new", adoption.id)
                    _add(state, adoption, actor, now)
                    imported[adoption.id] = adoption.status
                found.append(there)
            return tuple(found)

    def by_old_code(self, code: str) -> Certificate | None:
        with self._state.lock:
            for key in _keys(code):
                owners = self._state.codes.get(key, frozenset())
                if len(owners) == 1:
                    return self._state.entries[min(owners)].certificate
        return None

    def old_codes(self, certificate: str) -> tuple[str, ...]:
        with self._state.lock:
            return tuple(sorted(self._state.old_codes.get(certificate, ())))


def _copied(state: State) -> State:
    """
    Give a state that may be added to, and is thrown away.
    """
    return evolve(
        state,
        entries=dict(state.entries),
        slots=dict(state.slots),
        codes=dict(state.codes),
        old_codes=dict(state.old_codes),
        past=list(state.past),
        tasks=dict(state.tasks),
    )


def _add(state: State, adoption: Adoption, actor: str, now: dt.datetime) -> None:
    certificate = Certificate(
        id=adoption.id,
        code=adoption.code,
        learner=adoption.learner,
        statement=adoption.statement,
        status=adoption.status,
        artifact=adoption.artifact,
        issued_at=adoption.issued_at,
        reason=adoption.reason,
        quiet=True,
    )
    state.add(certificate)
    if certificate.status.holds_slot:
        state.slots[slot(certificate.identity)] = certificate.id
    # two ways to write the same are one code, shown as the first of them
    written = {read_old_code(code)[0]: None for code in adoption.codes}
    state.old_codes[certificate.id] = tuple(written)
    for key in (key for code in adoption.codes for key in _keys(code)):
        state.codes[key] = state.codes.get(key, frozenset()) | {certificate.id}
    if certificate.status is not Status.ISSUED:
        state.open_chore(certificate, "withdraw", now)
    state.happened(
        certificate.id,
        "imported",
        actor=actor,
        now=now,
        after=certificate.status,
        reason=adoption.reason,
    )


def _found(state: State, adoption: Adoption, imported: Mapping[str, Status]) -> Adopted | None:
    """
    Say what stands in the way of taking it over.
    """
    holder = state.slots.get(slot(adoption.identity))
    owner = ""
    for code, owner in _owners(state, adoption):
        certificate = state.entries[owner].certificate
        same = certificate.identity == adoption.identity or owner == holder
        if not same and certificate.status is not Status.FORGOTTEN:
            return Adopted("conflict", owner, code)
    if owner:
        return Adopted("known" if owner in imported else "held", owner)
    if adoption.id in state.entries:
        return Adopted("known", adoption.id)
    for earlier in () if adoption.codes else sorted(imported):
        same = state.entries[earlier].certificate.identity == adoption.identity
        # one that came annulled has a code, by which alone it is known
        if same and imported[earlier].holds_slot:
            return Adopted("known", earlier)
    if holder is None or not adoption.status.holds_slot:
        return None
    known = holder in imported and not adoption.codes
    return Adopted("known" if known else "held", holder)


def _owners(state: State, adoption: Adoption) -> Iterator[tuple[str, str]]:
    for code in adoption.codes:
        yield from ((code, owner) for owner in state.codes.get(_keys(code)[0], ()))
    for entry in state.entries.values():
        if entry.certificate.code == adoption.code:
            yield adoption.code, entry.certificate.id


def _keys(code: str) -> tuple[str, str]:
    exact, bare = (form.encode("utf-8", "surrogatepass") for form in read_old_code(code))
    return hashlib.sha256(b"=" + exact).hexdigest(), hashlib.sha256(b"~" + bare).hexdigest()
