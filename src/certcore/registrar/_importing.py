"""
Taking over what another system issued: by line, in batches, as often as one likes.
"""

from __future__ import annotations

import hashlib
import itertools
import sqlite3

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Literal, TypeAlias

from attrs import evolve, field, frozen

from certcore.domain import format_code
from certcore.ports import Adopted, ArtifactStore, Clock, Ledger
from certcore.registrar._import_reading import ImportRow
from certcore.registrar._import_rows import Intake, LeftToLaterError, Ready


BATCH = 500
"""Rows that are taken over in one transaction."""

ImportKind: TypeAlias = Literal["new", "known", "held", "conflict", "later", "error"]
"""
`new`: taken over. `known`: taken over before. `held`: the learner has a certificate of this kind
already. `conflict`: the code is another certificate's. `later`: nothing was issued yet, and the
next run decides. `error`: can't be used.
"""


@frozen(kw_only=True)
class Imported:
    """
    What became of one row of a list.
    """

    line: int
    kind: ImportKind
    reason: str = field(default="", repr=False)
    certificate: str = ""
    """Id of the certificate that is there: this one, or the one that is in the way."""
    code: str = ""
    """Of what was taken over: its verification code here."""


class Seen:
    """
    Remembers on which line something stood first. In a file of its own, however much it is.
    """

    def __init__(self) -> None:
        # an empty name: a file that is gone when it is closed, touched when the cache is full
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("CREATE TABLE seen (what BLOB PRIMARY KEY, line) WITHOUT ROWID")

    def first(self, what: Sequence[object], line: int) -> int:
        digest = hashlib.sha256(repr(what).encode()).digest()
        self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (digest, line))
        found = self._database.execute("SELECT line FROM seen WHERE what = ?", (digest,))
        return int(found.fetchone()[0])

    def close(self) -> None:
        self._database.close()


def import_rows(
    rows: Iterable[ImportRow],
    intake: Intake,
    *,
    ledger: Ledger,
    store: ArtifactStore,
    clock: Clock,
    actor: str,
    dry_run: bool,
) -> Iterator[Imported]:
    """
    Take over what isn't here yet; say of each row what became of it, in order.
    """
    left = iter(rows)
    with closing(Seen()) as seen:
        while batch := list(itertools.islice(left, BATCH)):
            read = [_read(row, intake, seen) for row in batch]
            ready = [each for each in read if isinstance(each, Ready)]
            adoptions = [each.adoption for each in ready]
            now = clock.now()
            found = list(ledger.adopt(adoptions, actor=actor, now=now, dry_run=True))
            if not dry_run:
                # only files of what is new are stored, and before the ledger says that they are
                new = [at for at, each in enumerate(found) if each.kind == "new"]
                for at in new:
                    if ready[at].file is not None:
                        stored = store.put(adoptions[at].id, ready[at].artifact())
                        adoptions[at] = evolve(adoptions[at], artifact=stored)
                if any(adoptions[at].artifact for at in new):
                    store.sync()
                taken = ledger.adopt([adoptions[at] for at in new], actor=actor, now=now)
                for at, each in zip(new, taken, strict=True):
                    found[at] = each
            outcome = iter(
                _said(each, there, dry_run=dry_run)
                for each, there in zip(ready, found, strict=True)
            )
            yield from (next(outcome) if isinstance(each, Ready) else each for each in read)


def _read(row: ImportRow, intake: Intake, seen: Seen) -> Ready | Imported:
    try:
        ready = intake.read(row)
        adoption = ready.adoption
        claims: list[tuple[object, ...]] = [("code", code) for code in adoption.codes]
        claims.append(("code", adoption.code))
        if adoption.status.holds_slot:
            claims.append((adoption.identity,))
        first = min(seen.first(what, row.line) for what in claims)
    except LeftToLaterError as exc:
        return Imported(line=row.line, kind="later", reason=str(exc))
    except ValueError as exc:
        return Imported(line=row.line, kind="error", reason=str(exc))
    if first != row.line:
        return Imported(
            line=row.line,
            kind="error",
            reason=f"the same learner, certificate or code stands on line {first}",
        )
    return ready


def _said(ready: Ready, there: Adopted, *, dry_run: bool) -> Imported:
    reason = ""
    if there.kind == "held":
        reason = "the learner has another one of this kind"
    elif there.kind == "conflict":
        own = there.code == ready.adoption.code
        shown = format_code(there.code) if own else there.code
        reason = f"the code {shown!r} is another certificate's"
    # what isn't there has neither an id nor a code yet
    there_is, new = not dry_run or there.kind != "new", there.kind == "new"
    return Imported(
        line=ready.line,
        kind=there.kind,
        certificate=there.certificate if there_is else "",
        reason=reason,
        code=ready.adoption.code if new and there_is else "",
    )
