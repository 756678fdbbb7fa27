"""
One run of a configuration, from its source to the last message.
"""

from __future__ import annotations

import logging

from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import evolve

from certcore.domain import (
    CertificateConfiguration,
    ConfigurationKey,
    Hold,
    Note,
    Run,
    RunStatus,
    Skipped,
    Status,
)
from certcore.exceptions import CertcoreError, SlotTakenError
from certcore.ports import Candidate, CertificateFilter
from certcore.registrar._delivering import NOTES, Delivered
from certcore.registrar._fulfilling import Fulfilled
from certcore.registrar._judging import BATCH, judge
from certcore.registrar._office import Office, RunOptions
from certcore.registrar._queueing import Queue
from certcore.registrar._setup import Setup, check_realm, set_up
from certcore.registrar._statements import candidate, inputs_digest
from certcore.registrar._values import Judgement, Stage, StageProgress, Tally


log = logging.getLogger(__name__)


class _Stopped(Exception):  # noqa: N818  # not an error: the run ends here, and says why
    def __init__(self, status: RunStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


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
        self._noted: Counter[str] = Counter()
        self._fulfilled = 0
        self._lifted: Hold | None = None
        """The hold that was lifted for this run, as it was when the run began."""
        self.ids: dict[str, None] = {}
        """Of certificates that somebody else is to make."""

    def go(self) -> Run:
        """
        Run to the end, however it ends, and give the run as it is recorded.

        What certcore raises on purpose is recorded and not raised; anything else is both.

        Raises:
            certcore.exceptions.SlotTakenError:
                If somebody else took this run for dead and has it now: the end is theirs to record.
        """
        try:
            self._go()
        except _Stopped as stop:
            run = self._close(stop.status, stop.message)
        except CertcoreError as exc:
            run = self._close(RunStatus.FAILED, str(exc))
        except BaseException as exc:
            signalled = isinstance(exc, (KeyboardInterrupt, SystemExit))
            said = "stopped by a signal" if signalled else type(exc).__name__
            self._close(RunStatus.INTERRUPTED, said)
            raise
        else:
            run = self._close(RunStatus.DONE, "")
        if run is None:
            raise SlotTakenError(self._run.name, self._run.slot)
        return run

    def _go(self) -> None:
        self._lifted = self._office.hold_on(self._configuration)
        refusal = self._office.refusal(self._configuration, allowed=True)
        if refusal:
            raise _Stopped(RunStatus.STOPPED, refusal)
        self._designs.prepare_all()
        self._finish_earlier()
        # before the source is asked and the gate looked at: what was promised doesn't hang on them
        self._deliver()
        setup = set_up(self._configuration, self._office.collaborators)
        check_realm(self._configuration, self._ledger)
        self._check_schedule(setup)
        self._check_gate(setup)
        # who lets a run through although too many would be new means all of them
        too_many = self._lifted is not None and self._lifted.count
        self._award(setup, None if too_many else self._configuration.max_new)
        self._use_up_allowance()
        self._deliver()

    def _standing(self) -> Hold | None:
        """
        Give the hold that was lifted for this run, if there still is one.

        Stops the run if it is another: somebody has held the configuration since.
        """
        hold, lifted = self._office.hold_on(self._configuration), self._lifted
        if hold is None:
            return None
        if lifted is None or evolve(hold, allowed_by="") != evolve(lifted, allowed_by=""):
            raise _Stopped(RunStatus.STOPPED, f"Held: {hold.reason}")
        return hold

    def _use_up_allowance(self) -> None:
        """
        End a hold because of too many, which was lifted for all of them; one by hand goes on.
        """
        hold = self._standing()
        if hold is None:
            return
        if hold.count:
            self._ledger.unhold(hold.configuration)
        else:
            self._ledger.hold(evolve(hold, allowed_by=""))

    def _check_schedule(self, setup: Setup) -> None:
        """
        Stop if the schedule had ended when the slot was due, by what the source says of the dates.
        """
        slot, schedule = self._options.slot, setup.configuration.timetable
        if slot is None or schedule is None or schedule.until is None:
            return
        until = schedule.until.resolve(setup.context)
        if until is not None and until < slot.due:
            said = f"The schedule ended on {until:%Y-%m-%d}. Nothing was issued."
            raise _Stopped(RunStatus.STOPPED, said)

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
            after = ""
            while due := self._ledger.due(now=now, configuration=key, after=after, limit=BATCH):
                # from one to the next: what is only handed on stays due
                after = due[-1]
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
        queue = Queue(limit)
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
            if item.outlook in {"new", "pending"} and item.decision.eligible:
                self._eligible(item, setup, queue)
                while len(queue.ready) >= BATCH:
                    self._issue(queue.take(BATCH))
        wanted = self._options.learners
        if wanted and not self._tally.counts["retrieved"]:
            # without the ids: what is recorded goes into alerts as well
            asked = "the learner" if len(wanted) == 1 else f"any of the {len(wanted):,} learners"
            said = f"The source doesn't have {asked} that the run was for."
            raise _Stopped(RunStatus.FAILED, said)
        if queue.withheld:
            self._tally.counts["duplicate"] += queue.repeated
            self._hold(queue.withheld)
        queue.release()
        while queue.ready:
            self._issue(queue.take(BATCH))

    def _eligible(self, judgement: Judgement, setup: Setup, queue: Queue) -> None:
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
        who = f"{count:,} learner{'' if count == 1 else 's'}"
        reason = f"{who} would get a new certificate; max_new is {limit}. None was issued."
        self._tally.counts["withheld"] = count
        by_hand = self._standing()
        if by_hand is not None:
            # who let too many through later would end this one with it
            self._use_up_allowance()
            raise _Stopped(RunStatus.HELD, f"{reason} Held by hand as well: {by_hand.reason}")
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
        self._standing()
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
        Retry what isn't tried again by itself, where what goes into it has changed since.
        """
        changed: list[str] = []
        for certificate in map(self._ledger.get, resting):
            said, failure = certificate.statement, certificate.failure
            if failure is None or certificate.next_attempt_at is not None:
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
        self._standing()
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
        # of each kind: a thousand bad records don't keep one failure from being told
        self._noted[note.kind] += 1
        if self._noted[note.kind] <= NOTES:
            self._notes.append(note)

    def _close(self, status: RunStatus, message: str) -> Run | None:
        """
        Record the end; None if the run is somebody else's by now.
        """
        tally, mine = self._tally, self._run.fence
        self._ledger.count(
            self._run.id, tally.report(), missing=tally.missing, notes=self._notes, fence=mine
        )
        run = self._ledger.close_run(
            self._run.id, status, message=message, now=self._office.clock.now(), fence=mine
        )
        if run is None:
            log.warning("run %d was taken over by somebody else", self._run.id)
            return None
        self._office.alarm.after(self._configuration, run)
        self._office.plugins.tell("certcore_run_closed", run=run)
        return run
