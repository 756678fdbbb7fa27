"""
The façade: the office that issues certificates.
"""

from __future__ import annotations

import importlib
import logging
import secrets

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Self, cast

from certcore.domain import (
    CertificateConfiguration,
    ConfigurationKey,
    Finding,
    Learner,
    LearnerProgress,
    Run,
    Skipped,
    Slot,
)
from certcore.exceptions import CertcoreError, ConfigurationError, Problem, SlotTakenError
from certcore.registrar._agenda import STALE, Agenda
from certcore.registrar._claiming import claim, look_at
from certcore.registrar._delivering import NOTES
from certcore.registrar._designs import Designs
from certcore.registrar._judging import judge
from certcore.registrar._office import RunOptions
from certcore.registrar._premises import Wanted
from certcore.registrar._previewing import preview
from certcore.registrar._reissuing import Reissuing
from certcore.registrar._running import RunInProgress
from certcore.registrar._setup import check_realm, set_up, unanswerable
from certcore.registrar._values import Awarded, Inspection, Judgement, Outcome, Preview, Watcher


log = logging.getLogger(__name__)


class Registrar(Agenda, Reissuing):
    """
    Awards certificates, has them made and stored, tells the learners, and answers for them later.

    The one way in: adapters call it and nothing behind it. It owns what it builds and closes it at
    the end of a `with` block; what is handed in ready-made stays the caller's.
    Threads may share it.

    Args:
        ledger: A ledger, or its URL: `sqlite:///ledger.db`.

        store: Where files go: a store, or a folder.

        assets: Where templates, fonts and images lie: a store, or a folder.

        notifier: How learners are told; None: not at all.

        catalog: The configurations that can be asked for by name.

        alerts: Addresses that are told of runs that need somebody.

        webhook: Posts alerts to those addresses that begin with https://.

        plugins: What is installed, unless something else is wanted.

        clock: Tells the time.

        folder: What relative paths are relative to.

        lease: How long a certificate is one worker's; after a crash it is free again by then.
    """

    @classmethod
    def load(cls, path: str | Path = "certcore.toml") -> Self:
        """
        Make one from a project's `certcore.toml`.

        Raises:
            certcore.exceptions.ConfigurationError:
                If what it is to work with is wrong. What is wrong with a single configuration is
                told when that one is asked for.
        """
        # by name: the composition root knows the façade, and not the other way round
        root = importlib.import_module("certcore.bootstrap")
        return cast("Self", root.load_registrar(path))

    # deciding

    def evaluate(
        self,
        wanted: Wanted,
        *,
        learners: Collection[str] | None = None,
        watch: Watcher | None = None,
    ) -> Iterator[Judgement | Skipped]:
        """
        Say who would get a certificate and what everybody else lacks. Writes nothing.

        The decisions are the ones that `issue` would make. They stream: nothing is kept.

        Raises:
            certcore.exceptions.ConfigurationError:
                If the configuration can't be used.

            certcore.exceptions.RetrievalError:
                If the source fails or, at the end, if a fact that the rule asks for is unknown for
                everybody.
        """
        configuration = self.configuration(wanted)
        setup = set_up(configuration, self._collaborators)
        check_realm(configuration, self.ledger)
        only = None if learners is None else frozenset(learners)
        return judge(setup, self.ledger, learners=only, watch=watch)

    def describe(self, wanted: Wanted) -> CertificateConfiguration:
        """
        Give a configuration, completed by what its source says. Raises as `evaluate`.
        """
        return set_up(self.configuration(wanted), self._collaborators).configuration

    def look_at(self, wanted: Wanted, who: Learner | LearnerProgress | str) -> Judgement:
        """
        Judge one person. Writes nothing. Raises NotFoundError if the source doesn't know them.
        """
        return look_at(self._office(), self.configuration(wanted), who)[1]

    def problems(self, wanted: Wanted) -> tuple[Problem, ...]:
        """
        Find what would keep a configuration from being run, without asking its source.
        """
        return self.inspect(wanted).problems

    def inspect(self, wanted: Wanted) -> Inspection:
        """
        Find its `problems`, and what its designs say of the files that they make.
        """
        configuration = self.configuration(wanted)
        designs = Designs(configuration, self._collaborators, self.assets)
        found: list[Problem] = []
        try:
            designs.prepare_all()
        except ConfigurationError as exc:
            found += exc.problems
        try:
            found += unanswerable(configuration, self._collaborators)
        except CertcoreError as exc:
            source = configuration.type.source
            found.append(Problem(f"sources.{source.name if source else ''}", f"{exc}"))
        return Inspection(problems=tuple(found), remarks=designs.remarks())

    def check(self, wanted: Wanted) -> Iterator[Finding]:
        """
        Ask the source of a configuration whether it could be read.
        """
        try:
            configuration = self.configuration(wanted)
            setup = set_up(configuration, self._collaborators)
            check_realm(configuration, self.ledger)
            if setup.retriever is not None:
                yield from setup.retriever.check(setup.context)
        except CertcoreError as exc:
            yield Finding(level="error", message=str(exc))

    # issuing

    def issue(
        self,
        wanted: Wanted,
        *,
        learners: Collection[str] | None = None,
        past_gate: bool = False,
        quiet: bool = False,
        retry: bool = False,
        slot: Slot | str | None = None,
        actor: str = "certcore",
        watch: Watcher | None = None,
    ) -> Run:
        """
        Award a certificate to each eligible learner who doesn't hold one, make it, tell them.

        One learner's failure doesn't stop the others. Safe to repeat, and to be killed: the next
        run finishes what this one began. A run that fails, or is held back since too many would be
        new, says so in its status and message.

        Args:
            wanted: The configuration.

            learners: Ids of the only learners looked at; None: everyone.

            past_gate: Run although the gate is shut.

            quiet: Tell no learner.

            retry: Try again what failed, whether or not anything has changed.

            slot: What the run serves: what `due` gives, or a word of the caller's. There is one run
                for each. None: a run by hand.

            actor: Who wants it, for the history.

            watch: Is told how far the run has come.

        Raises:
            certcore.exceptions.NotFoundError:
                If there is no such configuration.

            certcore.exceptions.ConfigurationError:
                If it can't be used; no run is opened then.

            certcore.exceptions.SlotTakenError:
                If another run has served the slot or is doing so, be it that this one was taken for
                dead meanwhile.

            certcore.exceptions.LedgerError:
                If the ledger fails.
        """
        options = RunOptions(
            learners=None if learners is None else frozenset(learners),
            past_gate=past_gate,
            quiet=quiet,
            retry=retry,
            slot=slot if isinstance(slot, Slot) else None,
            actor=actor,
            watch=watch,
        )
        configuration = self.configuration(wanted)
        # who runs certcore by its command line alone has nobody else to do what a revocation left;
        # an interrupt there leaves no run behind
        self._do_chores()
        return self._begin(configuration, slot, options).go()

    def award(
        self,
        wanted: Wanted,
        *,
        slot: Slot | str | None = None,
        quiet: bool = False,
        actor: str = "certcore",
    ) -> Awarded:
        """
        Award only; give the ids that are to be fulfilled, here or in another process.
        """
        configuration = self.configuration(wanted)
        options = RunOptions(
            fulfil=False,
            quiet=quiet,
            slot=slot if isinstance(slot, Slot) else None,
            actor=actor,
        )
        begun = self._begin(configuration, slot, options)
        run = begun.go()
        return Awarded(run=run, ids=tuple(begun.ids))

    def _begin(
        self, configuration: CertificateConfiguration, slot: Slot | str | None, options: RunOptions
    ) -> RunInProgress:
        office = self._office()
        now, called = office.clock.now(), str(slot or f"by-hand-{secrets.token_hex(8)}")
        run = office.ledger.open_run(
            configuration.key,
            name=configuration.name,
            slot=called,
            now=now,
            stale_before=now - STALE,
        )
        if run is None:
            raise SlotTakenError(configuration.name, called)
        return RunInProgress(office, configuration, run, options)

    def issue_for(
        self,
        wanted: Wanted,
        who: Learner | LearnerProgress | str,
        *,
        actor: str = "certcore",
    ) -> Outcome:
        """
        Issue to one person now, from live facts or from facts handed in; or say what is missing.

        Safe to repeat: asked twice, it awards once.

        Args:
            wanted: The configuration.

            who: A learner, or their id, to be looked up in the source; or what is known of them.

            actor: Who wants it, for the history.

        Raises:
            certcore.exceptions.NotFoundError:
                If the source doesn't know them.
        """
        return claim(self._office(), self.configuration(wanted), who, actor=actor)

    def fulfil(self, ids: Iterable[str], *, actor: str = "certcore") -> int:
        """
        Make the files of awarded certificates and record them; give how many were issued.

        What somebody else works on is left to them. Counts and notes are added to the run that
        awarded; a certificate whose configuration is gone is left as it is.
        """
        return self._fulfil(ids, actor)[0]

    def _fulfil(self, ids: Iterable[str], actor: str) -> tuple[int, int]:
        """
        Give how many were issued, and how many were settled either way.
        """
        office = self._office()
        groups: dict[tuple[ConfigurationKey, int | None], list[str]] = {}
        for certificate in map(office.ledger.get, ids):
            said = certificate.statement
            key = ConfigurationKey(said.context.key, said.type.key)
            groups.setdefault((key, certificate.run), []).append(certificate.id)
        issued = settled = 0
        for (key, run), mine in groups.items():
            try:
                configuration = self.configuration(key)
            except CertcoreError as exc:
                log.warning("%d certificates wait: %s", len(mine), type(exc).__name__)
                continue
            fulfiller = office.fulfiller(configuration, office.designs(configuration), actor)
            done = fulfiller.fulfil(mine, watch=lambda _: None)
            issued += done.issued
            settled += done.issued + done.failed
            if run is not None:
                counts = {"issued": done.issued, "failed": done.failed}
                office.ledger.count(run, counts, notes=done.notes[:NOTES])
        return issued, settled

    def deliver(self, wanted: Wanted) -> int:
        """
        Send the messages of a configuration that are due; give how many were sent.

        Those of a configuration that is held or switched off wait.
        """
        return self._office().deliver(self.configuration(wanted), lambda _: None).counts["sent"]

    def sweep(self, *, actor: str = "certcore") -> int:
        """
        Finish what was begun: files to be withdrawn, certificates due, messages to be sent.

        Give how much was done. One configuration's trouble isn't another's.
        """
        done = self._do_chores()
        after, now = "", self._clock.now()
        while due := self.ledger.due(now=now, after=after):
            after = due[-1]
            done += self._fulfil(due, actor)[1]
        return done + self._deliver_all()

    def _deliver_all(self) -> int:
        if self._catalog is None:
            return 0
        sent = 0
        for name in self._catalog.keys():  # noqa: SIM118  # a port, not a dict
            try:
                sent += self.deliver(name)
            except CertcoreError as exc:
                log.warning("the messages of one configuration wait: %s", type(exc).__name__)
        return sent

    def preview(
        self, wanted: Wanted, *, language: str = "", name: str = "", certificate: str = ""
    ) -> Preview:
        """
        Make a file with sample values, by the same engine as the real ones. Writes nothing.

        Args:
            wanted: The configuration.

            language: Of the recipient; empty: the issuer's.

            name: Of the recipient.

            certificate: Id of a real certificate to show instead.
        """
        configuration = self.configuration(wanted)
        designs = Designs(configuration, self._collaborators, self.assets)
        shown = self.ledger.get(certificate) if certificate else None
        return preview(configuration, designs, language=language, name=name, shown=shown)
