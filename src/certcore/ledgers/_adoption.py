"""
Taking over what another system issued.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from certcore.domain import Certificate, Status, read_old_code
from certcore.ledgers import _schema as t
from certcore.ledgers._adoption_picture import (
    IMPORTED,
    codes_of,
    digests_of,
    look_at,
    owners_of,
)
from certcore.ledgers._base import (
    Part,
    history_row,
    load_certificates,
    pieces,
    statement_values,
)
from certcore.ledgers._dialects import insert_new
from certcore.ledgers._errors import conflict
from certcore.ledgers._transactions import repeated
from certcore.ports import Adopted, Adoption


_C = t.certificates.c
_O = t.old_codes.c


class Adoptions(Part):
    """
    Take over, and find by old codes.
    """

    @repeated
    def adopt(
        self,
        adoptions: Sequence[Adoption],
        *,
        actor: str,
        now: dt.datetime,
        dry_run: bool = False,
    ) -> tuple[Adopted, ...]:
        slots = [self._slot(adoption.identity) for adoption in adoptions]
        found: list[Adopted] = []
        new: list[tuple[Adoption, str]] = []
        with self._reading() if dry_run else self._writing() as connection:
            if not dry_run:
                # one at a time, so that what is read of codes here stays true
                secret = sa.select(t.meta.c.value).where(t.meta.c.name == "slot_key")
                connection.execute(secret.with_for_update())
                self._check_key(connection)
            written = codes_of(connection, adoptions)
            picture = look_at(connection, adoptions, slots, written)
            for adoption, slot in zip(adoptions, slots, strict=True):
                there = picture.judge(adoption, slot)
                if there is None:
                    picture.add_new(adoption, slot)
                    new.append((adoption, slot))
                found.append(there or Adopted("new", adoption.id))
            if new and not dry_run:
                if _insert(connection, new, now) < len(new):
                    # a run that awards at the same time was quicker: what it did is seen the next
                    # time
                    raise conflict(self._engine)
                won = [adoption for adoption, _ in new]
                _insert_codes(connection, won, written)
                _insert_rest(connection, won, actor, now)
        return tuple(found)

    def by_old_code(self, code: str) -> Certificate | None:
        exact, bare = digests_of(code)
        with self._reading() as connection:
            owners = owners_of(connection, [exact, bare])
            owner = owners.get(exact) or owners.get(bare)
            rows = connection.execute(sa.select(t.certificates).where(_C.id == owner)).all()
            return next(iter(load_certificates(connection, rows)), None)

    def old_codes(self, certificate: str) -> tuple[str, ...]:
        query = sa.select(_O.code).where(_O.certificate_id == certificate, _O.code != "")
        with self._reading() as connection:
            return tuple(sorted(connection.execute(query).scalars()))


def _insert(
    connection: sa.Connection, new: Sequence[tuple[Adoption, str]], now: dt.datetime
) -> int:
    """
    Insert certificates whose slots are free; give how many these were.
    """
    # in one order, whoever does it: two don't wait for each other's
    rows = [_row(*each, now) for each in sorted(new, key=itemgetter(1))]
    connection.execute(insert_new(connection, t.certificates), rows)
    return sum(
        connection.execute(
            sa.select(sa.func.count()).select_from(t.certificates).where(_C.id.in_(piece))
        ).scalar_one()
        for piece in pieces(row["id"] for row in rows)
    )


def _row(adoption: Adoption, slot: str, now: dt.datetime) -> dict[str, Any]:
    said = adoption.statement
    return {
        "id": adoption.id,
        "code": adoption.code,
        "slot": slot if adoption.status.holds_slot else None,
        "status": adoption.status.value,
        "context_key": said.context.key,
        "type_key": said.type.key,
        "cycle": said.cycle,
        "realm": adoption.learner.realm,
        "learner_id": adoption.learner.id,
        "quiet": True,
        "awarded_at": said.awarded_at,
        "expires_at": said.expires_at,
        "issued_at": adoption.issued_at,
        "changed_at": now,
        "reason": adoption.reason,
        **statement_values(adoption.learner, said),
    }


def _insert_codes(
    connection: sa.Connection, won: Iterable[Adoption], written: Mapping[str, str]
) -> None:
    owners = dict(written)
    rows: dict[str, dict[str, str]] = {}
    shared: set[str] = set()
    for adoption in won:
        for code in adoption.codes:
            exact, bare = digests_of(code)
            shown = read_old_code(code)[0]
            rows[exact] = {"digest": exact, "code": shown, "certificate_id": adoption.id}
            if owners.setdefault(bare, adoption.id) != adoption.id:
                # they differ in case or grouping alone: nobody is found by what they share
                shared.add(bare)
            if bare not in written:
                rows[bare] = {"digest": bare, "code": "", "certificate_id": adoption.id}
    for digest in shared & rows.keys():
        rows[digest]["certificate_id"] = ""
    if rows:
        connection.execute(sa.insert(t.old_codes), list(rows.values()))
    for piece in pieces(shared & written.keys()):
        connection.execute(
            sa.update(t.old_codes).where(_O.digest.in_(piece)).values(certificate_id="")
        )


def _insert_rest(
    connection: sa.Connection, won: Sequence[Adoption], actor: str, now: dt.datetime
) -> None:
    files = [(adoption, adoption.artifact) for adoption in won if adoption.artifact is not None]
    if files:
        connection.execute(
            sa.insert(t.artifacts),
            [
                {
                    "certificate_id": adoption.id,
                    "role": file.role,
                    "store_key": file.key,
                    "sha256": file.sha256,
                    "size": file.size,
                    "media_type": file.media_type,
                    "stored_at": now,
                }
                for adoption, file in files
            ],
        )
    # nobody is to see a file of what isn't good any more
    chores = [
        {
            "kind": "withdraw",
            "certificate_id": adoption.id,
            "store_key": file.key,
            "opened_at": now,
        }
        for adoption, file in files
        if adoption.status is not Status.ISSUED
    ]
    if chores:
        connection.execute(sa.insert(t.chores), chores)
    connection.execute(
        sa.insert(t.history),
        [
            history_row(
                adoption.id,
                IMPORTED,
                actor=actor,
                now=now,
                after=adoption.status.value,
                reason=adoption.reason,
            )
            for adoption in won
        ],
    )
