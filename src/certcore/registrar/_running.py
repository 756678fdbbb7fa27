"""
One run of a configuration, from its source to the last message.
"""

from __future__ import annotations

import itertools

from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import evolve

from certcore.domain import (
    AwardIdentity,
    CertificateConfiguration,
    Hold,
    Note,
    Run,
    RunStatus,
    Skipped,
    Status,
)
from certcore.exceptions import CertcoreError
from certcore.ports import Candidate, CertificateFilter
from certcore.registrar._fulfilling import Fulfilled
from certcore.registrar._judging import BATCH, judge
from certcore.registrar._office import Office, RunOptions
from certcore.registrar._setup import Setup, check_realm, set_up
from certcore.registrar._statements import candidate, inputs_digest
from certcore.registrar._values import Judgement, Stage, StageProgress, Tally


NOTES = 1000
"""Notes kept of one run: enough to mend what is wrong, and no more than a page can show."""


class _Stopped(Exception):  # noqa: N818  # not an error: the run ends here, and says why
    def __init__(self, status: RunStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class _Queue:
    """
    Holds eligible learners back until it is known how many they are.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._new: set[AwardIdentity] = set()
        self.waiting: dict[AwardIdentity, Candidate] = {}
        self.withheld = 0
        """How many would be new, once they are too many."""

    def add(self, found: Candidate, *, new: bool) -> None:
        """
        Let one more wait; of a learner who comes twice, the last counts.
        """
        if self.withheld:
            # from here on only the true number is of interest
            self.withheld += new
            return
        if new and self._limit is not None:
            self._new.add(found.identity)
            if len(self._new) > self._limit:
                self.withheld = len(self._new)
                self.waiting.clear()
                return
        self.waiting[found.identity] = found

    def take(self, count: int) -> list[Candidate]:
        """
        Let the first of them go.
        """
        first = list(itertools.islice(self.waiting, count))
        return [self.waiting.pop(identity) for identity in first]


class RunInProgress:
    """
    One run while it goes on.
    """

    def __init__(
        self, office: Office, configuration: CertificateConfiguration, run: Run, options: RunOptions
    ) -> None:
        quiet = configuration.quiet or options.quiet
        self._office = office
        self._configuration = evolve(configuration, quiet=quiet)
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
        self._check_enabled()
        self._designs.prepare_all()
        self._finish_earlier()
        held = self._held()
        setup = set_up(self._configuration, self._office.collaborators)
        check_realm(self._configuration, self._ledger)
        self._check_gate(setup)
        self._award(setup, None if held else self._configuration.max_new)
        if held:
            self._ledger.unhold(self._configuration.key)
        self._deliver()

    def _check_enabled(self) -> None:
        if not self._configuration.enabled:
            raise _Stopped(RunStatus.STOPPED, "The configuration is switched off.")

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

    def _held(self) -> bool:
        """
        Say whether the configuration is held and this run is the one that was allowed.
        """
        for hold in self._ledger.holds():
            if hold.configuration == self._configuration.key:
                if not hold.allowed_by:
                    raise _Stopped(RunStatus.STOPPED, f"Held: {hold.reason}")
                return True
        return False

    def _finish_earlier(self) -> None:
        """
        Take up what earlier runs left: expired leases, failures whose time has come.
        """
        now = self._office.clock.now()
        key = self._configuration.key
        if self._options.retry:
            self._retry_all()
        while due := self._ledger.due(now=now, configuration=key):
            if not self._fulfil(due):
                return

    def _retry_all(self) -> None:
        wanted = CertificateFilter(
            configuration=self._configuration.key, statuses=frozenset({Status.FAILED})
        )
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
                now = self._office.clock.now()
                found = candidate(setup.configuration, item.progress, item.decision, now)
                queue.add(found, new=item.outlook == "new")
            if limit is None and len(queue.waiting) >= BATCH:
                self._issue(queue.take(BATCH))
        if queue.withheld:
            self._hold(queue.withheld)
        while queue.waiting:
            self._issue(queue.take(BATCH))

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
        )
        kinds = Counter(award.kind for award in awards)
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

    def _fulfil(self, ids: Sequence[str]) -> int:
        """
        Make these, or leave them to somebody else; give how many were settled.
        """
        if not self._options.fulfil:
            self.ids |= dict.fromkeys(ids)
            return 0
        before = self._fulfilled

        def watch(done: int) -> None:
            self._watch("issue", before + done)

        result = self._fulfiller.fulfil(ids, watch=watch)
        self._count(result)
        return result.issued + result.failed

    def _count(self, result: Fulfilled) -> None:
        self._fulfilled += result.issued + result.failed
        self._tally.counts["issued"] += result.issued
        self._tally.counts["failed"] += result.failed
        self._tally.counts["no-address"] += result.no_address
        self._tally.counts["busy"] += result.busy + result.lost
        for note in result.notes:
            self._note(note)

    def _deliver(self) -> None:
        if not self._options.fulfil:
            return
        counts, notes = self._office.deliver(
            self._configuration, lambda done: self._watch("deliver", done)
        )
        self._tally.counts["sent"] += counts["sent"]
        self._tally.counts["undelivered"] += counts.total() - counts["sent"]
        for note in notes:
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
