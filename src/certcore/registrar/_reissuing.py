"""
Making a certificate anew: it says what it said, but for what is named.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from certcore.domain import (
    Certificate,
    CertificateConfiguration,
    ConfigurationKey,
    Status,
    format_code,
)
from certcore.exceptions import IllegalTransitionError, ReissueError
from certcore.ports import CertificateFilter, Ledger
from certcore.registrar._archive import Archive
from certcore.registrar._changes import Changes, FieldChange, Reissued, differences
from certcore.registrar._designs import KeptDesigns
from certcore.registrar._office import Office
from certcore.registrar._premises import Wanted
from certcore.registrar._restating import restated


_UNMADE = frozenset({Status.PENDING, Status.FAILED})

_HINTS: Mapping[Status, str] = {
    Status.PENDING: "Until it is issued, each run takes over what the source says.",
    Status.FAILED: "Until it is issued, each run takes over what the source says.",
    Status.REVOKED: "Reinstate it first.",
    Status.ANNULLED: "It was issued by mistake; the learner may be awarded another one.",
    Status.CANCELLED: "It was never issued, and won't be.",
    Status.FORGOTTEN: "What it said was deleted.",
}


@frozen(kw_only=True)
class _Trace:
    """
    What a reissue in earnest leaves behind.
    """

    reason: str
    actor: str
    quiet: bool


class Reissuing(Archive):
    """
    The part of a Registrar that makes certificates anew.
    """

    def reissue(
        self,
        certificate: str,
        changes: Changes,
        *,
        reason: str,
        actor: str,
        quiet: bool = False,
        dry_run: bool = False,
        wanted: Wanted | None = None,
    ) -> Reissued:
        """
        Replace a certificate by one that says the same, but for what is named.

        The old one is good until the new one is recorded, which happens at once with its end: they
        are linked both ways, and the old code says that the file was renewed. The printed date,
        type, issuer and cycle stay. What can't be made is noticed before anything is written.
        Asked again after it was interrupted, it goes on; so do the next run and `sweep`.

        Args:
            certificate: Its id, or its code as somebody typed it.

            changes: What is to be changed. Evidence has to meet the rule; if it doesn't, nothing is
                changed, and whoever wants to take the certificate back revokes it.

            reason: Why, for the history.

            actor: Who wants it, for the history.

            quiet: Don't tell the learner.

            dry_run: Only say what would change; nothing is written.

            wanted: The configuration, where there is no catalog that knows it.

        Raises:
            certcore.exceptions.NotFoundError:
                If there is no such certificate; if its configuration isn't there any more; if the
                source doesn't know the learner; if its design wasn't kept.

            certcore.exceptions.IllegalTransitionError:
                If it isn't issued, or is being replaced already.

            certcore.exceptions.ReissueError:
                If nothing would change, or what would be said can't be.

            certcore.exceptions.GenerationError:
                If its file can't be made.

            certcore.exceptions.RetrievalError:
                If the source fails.
        """
        old = self.get(certificate)
        if old.status is not Status.ISSUED:
            raise IllegalTransitionError("reissue", old.status.value, self._hint(old))
        said = old.statement
        key = ConfigurationKey(said.context.key, said.type.key)
        configuration = self.configuration(key if wanted is None else wanted)
        if key not in configuration.keys:
            raise ReissueError(f"the certificate is one of {key}, and not of {configuration.key}")
        trace = None if dry_run else _Trace(reason=reason, actor=actor, quiet=quiet)
        return _reissue(self._office(), configuration, old, changes, trace)

    def chain(self, certificate: str) -> tuple[Certificate, ...]:
        """
        Give what a certificate replaced, itself, and what replaced it or is to, the oldest first.

        Raises:
            certcore.exceptions.NotFoundError:
                If there is none of that id or code.
        """
        found = [self.get(certificate)]
        while before := found[0].replaces:
            found.insert(0, self.ledger.get(before))
        while after := successor_of(found[-1], self.ledger):
            found.append(after)
        return tuple(found)

    def _hint(self, old: Certificate) -> str:
        if old.status is not Status.SUPERSEDED:
            return _HINTS[old.status]
        return f"The current one is {format_code(self.chain(old.id)[-1].code)}."


def successor_of(certificate: Certificate, ledger: Ledger) -> Certificate | None:
    """
    Give what replaced a certificate, or is about to.
    """
    if certificate.replaced_by is not None:
        return ledger.get(certificate.replaced_by)
    said = certificate.statement
    wanted = CertificateFilter(
        configuration=ConfigurationKey(said.context.key, said.type.key),
        statuses=_UNMADE,
        learner=certificate.learner,
    )
    return next((each for each in ledger.find(wanted) if each.replaces == certificate.id), None)


def _reissue(
    office: Office,
    configuration: CertificateConfiguration,
    old: Certificate,
    changes: Changes,
    trace: _Trace | None,
) -> Reissued:
    """
    Make it anew or, if nobody wants it in earnest, say what would change.
    """
    statement = restated(office, configuration, old, changes)
    bound = old.design_digest if changes.design == "kept" else ""
    drawn = evolve(old, statement=statement, design_digest=bound)
    designs = office.designs(configuration)
    design = KeptDesigns(designs, office.store).design_for(drawn)
    found = list(differences(old.statement, statement))
    if design.digest != old.design_digest:
        found.append(FieldChange("design", old.design_digest, design.digest))
    if not found:
        raise ReissueError("nothing would change: name what is to be mended")
    # what can't be made isn't begun
    design.generate(drawn)
    told = Reissued(old=old, changes=tuple(found))
    there = _there(drawn, office.ledger)
    if trace is None:
        return told
    successor = _begun(office, drawn, there, trace)
    fulfiller = office.fulfiller(configuration, designs, trace.actor)
    fulfiller.fulfil([successor], watch=lambda _: None)
    office.deliver(configuration, lambda _: None, certificate=successor)
    return evolve(told, certificate=office.ledger.get(successor))


def _there(drawn: Certificate, ledger: Ledger) -> Certificate | None:
    """
    Give the successor that was begun with the same in mind; refuse if it was something else.
    """
    there, statement = successor_of(drawn, ledger), drawn.statement
    if there is None:
        return None
    same = evolve(there.statement, reissued_at=statement.reissued_at) == statement
    if not same or there.design_digest != drawn.design_digest:
        raise IllegalTransitionError(
            "reissue",
            "being replaced already",
            f"The next run finishes {there.id}, unless that one is cancelled.",
        )
    return there


def _begun(office: Office, drawn: Certificate, there: Certificate | None, trace: _Trace) -> str:
    """
    Award the successor, or go on with the one that is there.
    """
    ledger, now = office.ledger, office.clock.now()
    if there is None:
        return ledger.replace(
            drawn.id,
            evolve(drawn.statement, reissued_at=now),
            reason=trace.reason,
            actor=trace.actor,
            now=now,
            design=drawn.design_digest,
            quiet=trace.quiet,
        ).id
    # it may have failed, and somebody asks for it now
    ledger.retry([there.id], actor=trace.actor, now=now)
    return there.id
