"""
What stands in the way of taking a certificate over.
"""

from __future__ import annotations

import hashlib

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from attrs import Factory, define, frozen

from certcore.domain import AwardIdentity, LearnerKey, Status, read_old_code
from certcore.ledgers import _schema as t
from certcore.ledgers._base import Row, pieces
from certcore.ports import Adopted, Adoption


IMPORTED = "imported"
"""What the history calls it."""

_C = t.certificates.c
_H = t.history.c
_O = t.old_codes.c


@frozen(kw_only=True)
class There:
    """
    A certificate that may stand in the way.
    """

    id: str
    slot: str | None
    identity: AwardIdentity
    status: str
    imported: bool
    imported_good: bool
    """Whether it had a slot when it was taken over, whatever became of it since."""


@define(kw_only=True)
class Picture:
    """
    What the ledger has of certificates that are to be taken over, and what is added to it.
    """

    owners: dict[str, str]
    """Whose an old code is, by its digest."""
    ids: dict[str, There] = Factory(dict[str, There])
    slots: dict[str, There] = Factory(dict[str, There])
    imported: dict[AwardIdentity, There] = Factory(dict[AwardIdentity, There])
    """The first that a row without a code may be; one that came annulled is told by its code."""
    codes: dict[str, There] = Factory(dict[str, There])

    def add(self, there: There, code: str) -> None:
        self.ids[there.id] = there
        self.codes[code] = there
        if there.slot is not None:
            self.slots[there.slot] = there
        if there.imported_good:
            self.imported.setdefault(there.identity, there)

    def add_new(self, adoption: Adoption, slot: str) -> None:
        there = There(
            id=adoption.id,
            slot=slot if adoption.status.holds_slot else None,
            identity=adoption.identity,
            status=adoption.status.value,
            imported=True,
            imported_good=adoption.status.holds_slot,
        )
        self.add(there, adoption.code)
        self.owners |= {digests_of(code)[0]: there.id for code in adoption.codes}

    def judge(self, adoption: Adoption, slot: str) -> Adopted | None:
        """
        Say what stands in the way of taking it over.
        """
        before: There | None = None
        for code, before in self._having(adoption):
            same = before.identity == adoption.identity or before.slot == slot
            # of somebody who was forgotten, nothing is left to compare
            if not same and before.status != Status.FORGOTTEN.value:
                return Adopted("conflict", before.id, code)
        before = before or self.ids.get(adoption.id)
        if before is None and not adoption.codes:
            before = self.imported.get(adoption.identity)
        if before is not None:
            return Adopted("known" if before.imported else "held", before.id)
        holder = self.slots.get(slot)
        if holder is None or not adoption.status.holds_slot:
            return None
        known = holder.imported and not adoption.codes
        return Adopted("known" if known else "held", holder.id)

    def _having(self, adoption: Adoption) -> Iterator[tuple[str, There]]:
        for code in adoption.codes:
            if owner := self.owners.get(digests_of(code)[0]):
                yield code, self.ids[owner]
        if adoption.code in self.codes:
            yield adoption.code, self.codes[adoption.code]


def digests_of(code: str) -> tuple[str, str]:
    """
    Digest a code as it stands, and without what people get wrong.
    """
    exact, bare = (form.encode("utf-8", "surrogatepass") for form in read_old_code(code))
    return hashlib.sha256(b"=" + exact).hexdigest(), hashlib.sha256(b"~" + bare).hexdigest()


def codes_of(connection: sa.Connection, adoptions: Sequence[Adoption]) -> dict[str, str]:
    codes = {code for adoption in adoptions for code in adoption.codes}
    return owners_of(connection, (digest for code in codes for digest in digests_of(code)))


def owners_of(connection: sa.Connection, digests: Iterable[str]) -> dict[str, str]:
    """
    Say whose old codes these are; empty: of several that differ in case or grouping alone.
    """
    return {
        row.digest: row.certificate_id
        for piece in pieces(digests)
        for row in connection.execute(
            sa.select(_O.digest, _O.certificate_id).where(_O.digest.in_(piece))
        )
    }


def look_at(
    connection: sa.Connection,
    adoptions: Sequence[Adoption],
    slots: Sequence[str],
    written: Mapping[str, str],
) -> Picture:
    contexts = {adoption.identity.context for adoption in adoptions}
    asked = (
        (_C.slot, slots),
        (_C.id, {*written.values(), *(adoption.id for adoption in adoptions)}),
        (_C.code, {adoption.code for adoption in adoptions}),
        (_C.learner_id, {adoption.learner.id for adoption in adoptions}),
    )
    rows: dict[str, Row] = {}
    for column, values in asked:
        for piece in pieces(values):
            query = sa.select(
                _C.id,
                _C.code,
                _C.slot,
                _C.status,
                _C.context_key,
                _C.type_key,
                _C.realm,
                _C.learner_id,
                _C.cycle,
            ).where(column.in_(piece))
            if column is _C.learner_id:
                query = query.where(_C.context_key.in_(contexts))
            rows |= {row.id: row for row in connection.execute(query)}
    imported = {
        row.certificate_id: Status(row.after)
        for piece in pieces(rows)
        for row in connection.execute(
            sa.select(_H.certificate_id, _H.after).where(
                _H.certificate_id.in_(piece), _H.verb == IMPORTED
            )
        )
    }
    picture = Picture(owners=dict(written))
    for each in sorted(rows):
        row = rows[each]
        learner = LearnerKey(row.realm, row.learner_id)
        there = There(
            id=row.id,
            slot=row.slot,
            identity=AwardIdentity(row.context_key, row.type_key, learner, row.cycle),
            status=row.status,
            imported=row.id in imported,
            imported_good=row.id in imported and imported[row.id].holds_slot,
        )
        picture.add(there, row.code)
    return picture
