"""
What all parts of the ledger in memory share.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import threading

from functools import partial
from typing import Any, Literal, TypeAlias

from attrs import define, evolve, field

from certcore.domain import (
    AwardIdentity,
    Certificate,
    Chore,
    ConfigurationKey,
    Delivery,
    DeliveryStatus,
    HistoryEntry,
    Hold,
    Run,
    Status,
)
from certcore.exceptions import NotFoundError


ChoreKind: TypeAlias = Literal["withdraw", "restore", "forget"]


@define
class Entry:
    """
    A certificate, and who works on it.
    """

    certificate: Certificate
    leased_until: dt.datetime | None = None
    fence: int = 0

    @property
    def configuration(self) -> ConfigurationKey:
        said = self.certificate.statement
        return ConfigurationKey(said.context.key, said.type.key)

    @property
    def made(self) -> bool:
        """
        Whether it got further than being awarded.
        """
        return self.certificate.status not in {Status.PENDING, Status.FAILED}

    def change(self, **values: Any) -> None:
        self.certificate = evolve(self.certificate, **values)

    def is_held_by(self, fence: int) -> bool:
        """
        Whether the lease of that fence is still good, run out or not.
        """
        return (
            self.certificate.status is Status.PENDING
            and self.leased_until is not None
            and self.fence == fence
        )

    def let_go(self) -> None:
        """
        End a lease, so that whoever has it loses.
        """
        self.leased_until = None
        self.fence += 1


@define
class Post:
    """
    A message, and how far handing it over has come.
    """

    delivery: Delivery
    retry_at: dt.datetime | None = None
    since: dt.datetime | None = None

    def change(self, **values: Any) -> None:
        self.delivery = evolve(self.delivery, **values)


_UNSENT = {DeliveryStatus.PENDING, DeliveryStatus.FAILED, DeliveryStatus.NO_ADDRESS}


@define(eq=False)
class State:
    """
    Everything that is remembered.
    """

    lock: threading.RLock = field(factory=threading.RLock)
    entries: dict[str, Entry] = field(factory=dict[str, Entry])
    slots: dict[str, str] = field(factory=dict[str, str])
    """Who has a slot, by its digest: a slot stays taken when its learner is forgotten."""
    codes: dict[str, frozenset[str]] = field(factory=dict[str, frozenset[str]])
    """Who had a code elsewhere, by its digest, which stays when its learner is forgotten."""
    old_codes: dict[str, tuple[str, ...]] = field(factory=dict[str, tuple[str, ...]])
    """The codes that a certificate had elsewhere."""
    past: list[HistoryEntry] = field(factory=list[HistoryEntry])
    posts: dict[str, Post] = field(factory=dict[str, Post])
    tasks: dict[int, Chore] = field(factory=dict[int, Chore])
    closed: dict[int, Chore] = field(factory=dict[int, Chore])
    """Chores that were done, or that a later one took the place of."""
    executions: dict[int, Run] = field(factory=dict[int, Run])
    waiting: dict[ConfigurationKey, Hold] = field(factory=dict[ConfigurationKey, Hold])
    told: set[tuple[ConfigurationKey, str]] = field(factory=set[tuple[ConfigurationKey, str]])
    secret: bytes = field(factory=partial(secrets.token_bytes, 32), repr=False)
    tokens: dict[str, str] = field(factory=dict[str, str], repr=False)
    """About which certificate the message is whose link has that token."""
    opened: int = 0
    """How many chores there have been."""

    def entry(self, certificate: str) -> Entry:
        try:
            return self.entries[certificate]
        except KeyError:
            raise NotFoundError("certificate", certificate) from None

    def add(self, certificate: Certificate) -> Entry:
        self.entries[certificate.id] = entry = Entry(certificate)
        return entry

    def in_order(self) -> list[Entry]:
        return [self.entries[each] for each in sorted(self.entries)]

    def posts_in_order(self) -> list[Post]:
        return [self.posts[each] for each in sorted(self.posts)]

    def happened(
        self,
        certificate: str,
        verb: str,
        *,
        actor: str,
        now: dt.datetime,
        before: Status | None = None,
        after: Status | None = None,
        reason: str = "",
    ) -> None:
        self.past.append(
            HistoryEntry(
                certificate=certificate,
                at=now,
                verb=verb,
                actor=actor,
                reason=reason,
                before=before.value if before else "",
                after=after.value if after else "",
            )
        )

    def open_chore(self, certificate: Certificate, kind: ChoreKind, now: dt.datetime) -> None:
        """
        Leave work on a certificate's file; it takes the place of what wasn't done yet.
        """
        for each in list(self.tasks.values()):
            if each.certificate == certificate.id:
                self.closed[each.id] = self.tasks.pop(each.id)
        if certificate.artifact is not None:
            self.opened += 1
            self.tasks[self.opened] = Chore(
                id=self.opened,
                kind=kind,
                certificate=certificate.id,
                key=certificate.artifact.key,
                opened_at=now,
            )

    def posts_about(self, certificate: str) -> list[Post]:
        return [post for post in self.posts.values() if post.delivery.certificate == certificate]

    def cancel_unsent(self, certificate: str, now: dt.datetime) -> None:
        for post in self.posts_about(certificate):
            if post.delivery.status in _UNSENT:
                post.change(status=DeliveryStatus.CANCELLED, settled_at=now)


def slot(identity: AwardIdentity) -> str:
    """
    Digest an identity, so that it can be kept when the learner is forgotten.
    """
    return hashlib.sha256(repr(identity).encode()).hexdigest()


class Part:
    """
    A part of the ledger.
    """

    def __init__(self, state: State | None = None) -> None:
        self._state = state or State()
