"""
One run of a configuration, from its source to the last message.
"""

from __future__ import annotations

import itertools

from collections import Counter
from collections.abc import Iterable, Sequence

from certcore.domain import (
    AwardIdentity,
    CertificateConfiguration,
    ConfigurationKey,
    Hold,
    Note,
    Run,
    RunStatus,
    Skipped,
    Status,
)
from certcore.exceptions import CertcoreError, NotFoundError
from certcore.ports import Candidate, CertificateFilter
from certcore.registrar._delivering import NOTES, Delivered
from certcore.registrar._fulfilling import Fulfilled
from certcore.registrar._judging import BATCH, judge
from certcore.registrar._office import Office, RunOptions
from certcore.registrar._setup import Setup, check_realm, set_up
from certcore.registrar._statements import candidate, inputs_digest
from certcore.registrar._values import Judgement, Stage, StageProgress, Tally


class _Stopped(Exception):  # noqa: N818  # not an error: the run ends here, and says why
    def __init__(self, status: RunStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class _Queue:
    """
    Holds new learners back until it is known how many they are; who isn't new may go at once.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._waiting: dict[AwardIdentity, Candidate] = {}
        self.ready: dict[AwardIdentity, Candidate] = {}
        self.withheld = 0
        """How many would be new, once they are too many."""

    def add(self, found: Candidate, *, new: bool) -> bool:
        """
        Take one more; False for a learner who came before, of whom the last time counts.
        """
        if not new or self._limit is None:
            known = found.identity in self.ready
            self.ready[found.identity] = found
            return not known
        if self.withheld:
            # from here on only the true number is of interest
            self.withheld += 1
            return True
        known = found.identity in self._waiting
        self._waiting[found.identity] = found
        if len(self._waiting) > self._limit:
            self.withheld = len(self._waiting)
            self._waiting.clear()
        return not known

    def release(self) -> None:
        """
        Let those go that were held back.
        """
        self.ready |= self._waiting

    def take(self, count: int) -> list[Candidate]:
        """
        Let the first of them go.
        """
        first = list(itertools.islice(self.ready, count))
        return [self.ready.pop(identity) for identity in first]


class RunInProgress:
    """
    One run while it goes on.
    """

    def __init__(
        self, office: Office, configuration: CertificateConfiguration, run: Run, options: RunOptions
    ) -> None:
        self._office = office
        self._configuration = configuration
        self._quiet = configuration.quiet or options.quiet
        self._run = run
        self._options = options
        self._ledger = office.ledger
        self._designs = office.designs(configuration)
        self._fulfiller = office.fulfiller(self._configuration, self._designs, options.actor)
        self._tally = Tally()
        self._notes: list[Note] = []
        self._fulfilled = 0
        self.ids: dict[str, None] = {}
        """Of certificates that somebody else is to make."""

    def go(self) -> Run:
        """
        Run to the end, however it ends, and give the run as it is recorded.

        What certcore raises on purpose is recorded and not raised; anything else is both.
        """
        try:
            self._go()
        except _Stopped as stop:
            return self._close(stop.status, stop.message)
        except CertcoreError as exc:
            return self._close(RunStatus.FAILED, str(exc))
        except BaseException as exc:
            self._close(RunStatus.INTERRUPTED, type(exc).__name__)
            raise
        return self._close(RunStatus.DONE, "")

    def _go(self) -> None:
        refusal = self._office.refusal(self._configuration, allowed=True)
        if refusal:
            raise _Stopped(RunStatus.STOPPED, refusal)
        held = bool(self._office.refusal(self._configuration))
        self._designs.prepare_all()
        self._finish_earlier()
        # before the source is asked and the gate looked at: what was promised doesn't hang on them
        self._deliver()
        setup = set_up(self._configuration, self._office.collaborators)
        check_realm(self._configuration, self._ledger)
        self._check_gate(setup)
        self._award(setup, None if held else self._configuration.max_new)
        if held:
            self._ledger.unhold(self._configuration.key)
        self._deliver()

    def _check_gate(self, setup: Setup) -> None:
        context, gate = setup.context, setup.configuration.gate
        shut = gate.shut(context, self._office.clock.now())
        if not shut or self._options.past_gate:
            return
        moment = gate.open if shut == "not-open" else gate.close
        when = moment.resolve(context) if moment is not None else None
        did = "opens" if shut == "not-open" else "closed"
        parts = (
            [f"the context ended on {context.end:%Y-%m-%d}"]
            if context.end and did == "closed"
            else []
        )
        parts.append(f"the gate {did} on {when:%Y-%m-%d}" if when else "the gate is shut")
        said = " and ".join(parts)
        raise _Stopped(RunStatus.STOPPED, f"{said[0].upper()}{said[1:]}. Nothing was issued.")

    def _finish_earlier(self) -> None:
        """
        Take up what earlier runs left: expired leases, failures whose time has come.
        """
        now = self._office.clock.now()
        for key in self._configuration.keys:
            if self._options.retry:
                self._retry_all(key)
                self._ledger.resend(key, actor=self._options.actor, now=now)
            seen: set[str] = set()
            while due := [
                each
                for each in self._ledger.due(now=now, configuration=key, limit=BATCH + len(seen))
                if each not in seen
            ]:
                # what is only handed on stays due, and isn't handed on twice
                seen |= set(due)
                issued, failed = self._tally.counts["issued"], self._tally.counts["failed"]
                self._fulfil(due)
                self._tally.counts["finished"] += self._tally.counts["issued"] - issued
                self._tally.counts["failed again"] += self._tally.counts["failed"] - failed

    def _retry_all(self, key: ConfigurationKey) -> None:
        wanted = CertificateFilter(configuration=key, statuses=frozenset({Status.FAILED}))
        while failed := self._ledger.find(wanted, limit=BATCH):
            self._ledger.retry(
                [each.id for each in failed],
                actor=self._options.actor,
                now=self._office.clock.now(),
            )

    def _award(self, setup: Setup, limit: int | None) -> None:
        """
        Judge everybody and award who is eligible, but nobody if there are too many.
        """
        queue = _Queue(limit)
        for item in judge(
            setup,
            self._ledger,
            learners=self._options.learners,
            watch=self._options.watch,
        ):
            if isinstance(item, Skipped):
                self._skipped(item)
                continue
            self._judged(item)
            if item.decision.eligible and item.outlook in {"new", "pending"}:
                self._eligible(item, setup, queue)
            while len(queue.ready) >= BATCH:
                self._issue(queue.take(BATCH))
        wanted = self._options.learners
        if wanted and not self._tally.counts["retrieved"]:
            raise NotFoundError(
                "learner", ", ".join(sorted(wanted)), "The source has none of them."
            )
        if queue.withheld:
            self._hold(queue.withheld)
        queue.release()
        while queue.ready:
            self._issue(queue.take(BATCH))

    def _eligible(self, judgement: Judgement, setup: Setup, queue: _Queue) -> None:
        if judgement.renamed and judgement.standing is not None:
            # awarded under the type's old key: that one is finished, and no other begun
            self._fulfil(self._awakened([judgement.standing.certificate]))
            return
        now = self._office.clock.now()
        found = candidate(setup.configuration, judgement.progress, judgement.decision, now)
        if not queue.add(found, new=judgement.outlook == "new"):
            self._tally.counts["duplicate"] += 1

    def _skipped(self, skipped: Skipped) -> None:
        self._tally.skip()
        self._note(
            Note(
                kind="skipped",
                where=skipped.where,
                reason=skipped.reason,
                learner=skipped.learner or "",
            )
        )

    def _judged(self, judgement: Judgement) -> None:
        self._tally.add(judgement)
        if judgement.outlook == "unknown":
            lacking = "; ".join(item.note for item in judgement.decision.missing if item.note)
            key = str(judgement.learner.key)
            self._note(Note(kind="unknown", where=key, reason=lacking, learner=key))

    def _hold(self, count: int) -> None:
        limit = self._configuration.max_new
        reason = (
            f"{count:,} learners would get a new certificate; max_new is {limit}. None was issued."
        )
        self._tally.counts["withheld"] = count
        self._ledger.hold(
            Hold(
                configuration=self._configuration.key,
                name=self._configuration.name,
                reason=reason,
                by=self._options.actor,
                at=self._office.clock.now(),
                count=count,
            )
        )
        raise _Stopped(RunStatus.HELD, reason)

    def _issue(self, candidates: Sequence[Candidate]) -> None:
        awards = self._ledger.award(
            candidates,
            run=self._run.id,
            actor=self._options.actor,
            now=self._office.clock.now(),
            quiet=self._quiet,
        )
        kinds = Counter(award.kind for award in awards)
        # somebody else was quicker since they were judged
        self._tally.counts["held"] += kinds["held"]
        self._tally.counts["blocked"] += kinds["blocked"]
        self._tally.counts["awarded"] += kinds["new"]
        self._tally.counts["refreshed"] += kinds["refreshed"]
        work = [award.certificate for award in awards if award.kind in {"new", "refreshed"}]
        work += self._awakened([a.certificate for a in awards if a.kind == "resting"])
        self._tally.counts["resting"] += len(awards) - kinds["held"] - kinds["blocked"] - len(work)
        self._fulfil(work)

    def _awakened(self, resting: Iterable[str]) -> list[str]:
        """
        Retry what failed for good, where what goes into it has changed since.
        """
        changed: list[str] = []
        for certificate in map(self._ledger.get, resting):
            said, failure = certificate.statement, certificate.failure
            if failure is None or failure.retryable:
                continue
            design = self._designs.prepared(said.recipient.language or said.issuer.language)
            if inputs_digest(said, design) != failure.inputs:
                changed.append(certificate.id)
        if changed:
            self._ledger.retry(changed, actor=self._options.actor, now=self._office.clock.now())
        return changed

    def _fulfil(self, ids: Sequence[str]) -> None:
        """
        Make these, or leave them to somebody else.
        """
        if not self._options.fulfil:
            self.ids |= dict.fromkeys(ids)
            return
        before = self._fulfilled

        def watch(done: int) -> None:
            self._watch("issue", before + done)

        done = Fulfilled()
        try:
            self._fulfiller.fulfil(ids, watch=watch, done=done)
        finally:
            # an interrupt doesn't undo what was made
            self._count(done)

    def _count(self, result: Fulfilled) -> None:
        self._fulfilled += result.issued + result.failed
        self._tally.counts["issued"] += result.issued
        self._tally.counts["failed"] += result.failed
        self._tally.counts["no-address"] += result.no_address
        self._tally.counts["busy"] += result.busy + result.lost
        for note in result.notes:
            self._note(note)

    def _deliver(self) -> None:
        if self._quiet or not self._options.fulfil:
            return
        done = Delivered()
        try:
            self._office.deliver(
                self._configuration, lambda so_far: self._watch("deliver", so_far), done=done
            )
        finally:
            # as above
            self._tally.counts["sent"] += done.counts["sent"]
            self._tally.counts["undelivered"] += done.counts.total() - done.counts["sent"]
            for note in done.notes:
                self._note(note)

    def _watch(self, stage: Stage, done: int) -> None:
        if self._options.watch is not None:
            counts = self._tally.counts
            total = (
                counts["awarded"]
                + counts["refreshed"]
                - counts["no-address"] * (stage == "deliver")
            )
            self._options.watch(StageProgress(stage=stage, done=done, total=max(total, done)))

    def _note(self, note: Note) -> None:
        if len(self._notes) < NOTES:
            self._notes.append(note)

    def _close(self, status: RunStatus, message: str) -> Run:
        tally = self._tally
        self._ledger.count(self._run.id, tally.report(), missing=tally.missing, notes=self._notes)
        run = self._ledger.close_run(
            self._run.id, status, message=message, now=self._office.clock.now()
        )
        self._office.alarm.after(self._configuration, run)
        self._office.plugins.tell("certcore_run_closed", run=run)
        return run
