"""
A certificate's further life, in memory.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Collection

from attrs import evolve

from certcore.domain import (
    Certificate,
    DeliveryStatus,
    Evidence,
    LearnerKey,
    Note,
    Recipient,
    Statement,
    Status,
    Verb,
    new_code,
    new_id,
    transition,
)
from certcore.exceptions import IllegalTransitionError
from certcore.testing._ledger._state import ChoreKind, Entry, Part, slot


class Lifecycle(Part):
    """
    Retry, cancel, revoke, reinstate, annul, replace, forget.
    """

    def retry(self, ids: Collection[str], *, actor: str, now: dt.datetime) -> int:
        tried = 0
        with self._state.lock:
            for certificate in ids:
                entry = self._state.entries.get(certificate)
                if entry is not None and entry.certificate.status is Status.FAILED:
                    tried += 1
                    entry.change(status=Status.PENDING, attempts=0, next_attempt_at=None)
                    self._state.happened(
                        certificate,
                        "retry",
                        actor=actor,
                        now=now,
                        before=Status.FAILED,
                        after=Status.PENDING,
                    )
        return tried

    def cancel(self, certificate: str, *, reason: str, actor: str, now: dt.datetime) -> Certificate:
        return self._move(certificate, "cancel", reason=reason, actor=actor, now=now)

    def revoke(self, certificate: str, *, reason: str, actor: str, now: dt.datetime) -> Certificate:
        return self._move(
            certificate, "revoke", reason=reason, actor=actor, now=now, chore="withdraw"
        )

    def reinstate(
        self, certificate: str, *, reason: str, actor: str, now: dt.datetime
    ) -> Certificate:
        return self._move(
            certificate, "reinstate", reason=reason, actor=actor, now=now, chore="restore"
        )

    def annul(self, certificate: str, *, reason: str, actor: str, now: dt.datetime) -> Certificate:
        return self._move(
            certificate, "annul", reason=reason, actor=actor, now=now, chore="withdraw"
        )

    def replace(
        self,
        certificate: str,
        statement: Statement,
        *,
        reason: str,
        actor: str,
        now: dt.datetime,
        design: str = "",
        quiet: bool = False,
    ) -> Certificate:
        state = self._state
        with state.lock:
            old = state.entry(certificate).certificate
            transition(old.status, "supersede")
            if any(each.certificate.replaces == certificate for each in state.entries.values()):
                raise IllegalTransitionError("replace", "being replaced already")
            successor = Certificate(
                id=new_id(),
                code=new_code(),
                learner=old.learner,
                statement=statement,
                design_digest=design,
                replaces=certificate,
                quiet=quiet,
            )
            state.add(successor)
            state.happened(
                successor.id, "replace", actor=actor, now=now, after=Status.PENDING, reason=reason
            )
            return successor

    def forget(self, certificate: str, *, actor: str, now: dt.datetime) -> Certificate:
        with self._state.lock:
            entry = self._state.entry(certificate)
            transition(entry.certificate.status, "forget")
            # the newest first: a successor that isn't made yet isn't merely called off
            for each in self._chain(entry):
                learner = each.certificate.learner
                self._move(
                    each.certificate.id, "forget", reason="", actor=actor, now=now, chore="forget"
                )
                self._blank(each, learner)
            return entry.certificate

    def _chain(self, entry: Entry) -> list[Entry]:
        """
        Give what replaced a certificate, itself and what it replaced, the newest first; then what
        was to replace it and was called off.

        Those forgotten before are left out. A successor that isn't made yet hasn't replaced
        anything: seen from it, the old one isn't part of the chain.
        """
        entries = self._state.entries
        newer = {each.certificate.replaces: each for each in entries.values()}
        found = [entry]
        while after := newer.get(found[0].certificate.id):
            found.insert(0, after)
        while found[-1].made and (old := found[-1].certificate.replaces):
            found.append(entries[old])
        found += self._drafts(entry.certificate)
        return [each for each in found if each.certificate.status is not Status.FORGOTTEN]

    def _drafts(self, certificate: Certificate) -> list[Entry]:
        """
        Give successors that were called off: they name the learner, and are linked to nothing.
        """
        holder = self._state.slots.get(slot(certificate.identity))
        return [
            each
            for each in self._state.entries.values()
            if each.certificate.identity == certificate.identity
            and each.certificate.status in {Status.CANCELLED, Status.ANNULLED}
            and each.certificate.issued_at is None
            and each.certificate.id not in {holder, certificate.id}
        ]

    def _move(
        self,
        certificate: str,
        verb: Verb,
        *,
        reason: str,
        actor: str,
        now: dt.datetime,
        chore: ChoreKind | None = None,
    ) -> Certificate:
        state = self._state
        with state.lock:
            entry = state.entry(certificate)
            before = entry.certificate.status
            target = transition(before, verb)
            if not entry.made:
                # a successor that never came to be: another one may be made
                entry.change(replaces=None)
            entry.change(status=target, reason=reason)
            entry.let_go()
            identity = slot(entry.certificate.identity)
            if not target.holds_slot and state.slots.get(identity) == certificate:
                del state.slots[identity]
            if target is not Status.ISSUED:
                state.cancel_unsent(certificate, now)
                self._call_off(certificate, reason=reason, actor=actor, now=now)
            if chore:
                state.open_chore(entry.certificate, chore, now)
            state.happened(
                certificate,
                verb,
                actor=actor,
                now=now,
                before=before,
                after=target,
                reason=reason,
            )
            return entry.certificate

    def _call_off(self, replaced: str, *, reason: str, actor: str, now: dt.datetime) -> None:
        """
        Cancel the successor of a certificate that isn't good any more, if it isn't issued yet.
        """
        successors = [
            each.certificate.id
            for each in self._state.entries.values()
            if each.certificate.replaces == replaced and not each.made
        ]
        for successor in successors:
            self._move(successor, "cancel", reason=reason, actor=actor, now=now)

    def _blank(self, entry: Entry, learner: LearnerKey) -> None:
        """
        Take a learner out of everything that is kept about a certificate.
        """
        state, certificate = self._state, entry.certificate
        said, decision = certificate.statement, certificate.statement.evidence.decision
        entry.change(
            learner=LearnerKey(learner.realm, certificate.id),
            statement=evolve(
                said,
                recipient=Recipient(name=""),
                evidence=Evidence(decision=evolve(decision, children=(), actual=None, note="")),
            ),
            failure=None,
        )
        state.old_codes.pop(certificate.id, None)
        for post in state.posts_about(certificate.id):
            if post.delivery.status is DeliveryStatus.SENDING:
                post.change(status=DeliveryStatus.UNKNOWN)
            post.change(address="", response="")
        state.past[:] = [
            evolve(each, reason="") if each.certificate == certificate.id else each
            for each in state.past
        ]
        for number, run in state.executions.items():
            notes = tuple(_blanked(note, certificate.id, learner) for note in run.notes)
            state.executions[number] = evolve(run, notes=notes)


def _blanked(note: Note, certificate: str, learner: LearnerKey) -> Note:
    if note.where == certificate:
        return evolve(note, learner="", reason="")
    # of a record that was skipped, a run knows the id without its realm
    if note.learner in {str(learner), learner.id} or note.where == str(learner):
        return evolve(note, where="", learner="", reason="")
    return note
