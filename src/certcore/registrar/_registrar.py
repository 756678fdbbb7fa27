"""
The façade: the office that issues certificates.
"""

from __future__ import annotations

import importlib
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
)
from certcore.exceptions import CertcoreError, ConfigurationError, NotFoundError, Problem
from certcore.registrar._archive import Archive
from certcore.registrar._claiming import claim, look_at
from certcore.registrar._judging import judge
from certcore.registrar._office import RunOptions
from certcore.registrar._premises import Wanted
from certcore.registrar._previewing import preview
from certcore.registrar._running import RunInProgress
from certcore.registrar._setup import set_up, unanswerable
from certcore.registrar._values import Awarded, Judgement, Outcome, Preview, Watcher


class Registrar(Archive):
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
                With every problem of the project.
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
        setup = set_up(self.configuration(wanted), self._collaborators)
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
        configuration = self.configuration(wanted)
        found: list[Problem] = []
        try:
            self._office().designs(configuration).prepare_all()
        except ConfigurationError as exc:
            found += exc.problems
        try:
            found += unanswerable(configuration, self._collaborators)
        except CertcoreError as exc:
            source = configuration.type.source
            found.append(Problem(f"sources.{source.name if source else ''}", f"{exc}"))
        return tuple(found)

    def check(self, wanted: Wanted) -> Iterator[Finding]:
        """
        Ask the source of a configuration whether it could be read.
        """
        try:
            setup = set_up(self.configuration(wanted), self._collaborators)
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
        slot: str | None = None,
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

            slot: The due time that the run serves; there is one run for each. None: a run by hand.

            actor: Who wants it, for the history.

            watch: Is told how far the run has come.

        Raises:
            certcore.exceptions.NotFoundError:
                If there is no such configuration.

            certcore.exceptions.ConfigurationError:
                If it can't be used; no run is opened then.

            certcore.exceptions.LedgerError:
                If the ledger fails.
        """
        options = RunOptions(
            learners=None if learners is None else frozenset(learners),
            past_gate=past_gate,
            quiet=quiet,
            retry=retry,
            actor=actor,
            watch=watch,
        )
        return self._begin(self.configuration(wanted), slot, options).go()

    def award(self, wanted: Wanted, *, slot: str | None = None, actor: str = "certcore") -> Awarded:
        """
        Award only; give the ids that are to be fulfilled, here or in another process.
        """
        configuration = self.configuration(wanted)
        begun = self._begin(configuration, slot, RunOptions(fulfil=False, actor=actor))
        run = begun.go()
        return Awarded(run=run, ids=tuple(begun.ids))

    def _begin(
        self, configuration: CertificateConfiguration, slot: str | None, options: RunOptions
    ) -> RunInProgress:
        office = self._office()
        run = office.ledger.open_run(
            configuration.key,
            name=configuration.name,
            slot=slot or f"by-hand-{secrets.token_hex(8)}",
            now=office.clock.now(),
        )
        if run is None:
            raise NotFoundError("free slot", str(slot), "Another run has it.")
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

        What somebody else works on is left to them.
        """
        office = self._office()
        by_configuration: dict[ConfigurationKey, list[str]] = {}
        for certificate in map(office.ledger.get, ids):
            said = certificate.statement
            key = ConfigurationKey(said.context.key, said.type.key)
            by_configuration.setdefault(key, []).append(certificate.id)
        issued = 0
        for key, mine in by_configuration.items():
            configuration = self.configuration(key)
            fulfiller = office.fulfiller(configuration, office.designs(configuration), actor)
            issued += fulfiller.fulfil(mine, watch=lambda _: None).issued
        return issued

    def deliver(self, wanted: Wanted) -> int:
        """
        Send the messages of a configuration that are due; give how many were sent.
        """
        counts, _ = self._office().deliver(self.configuration(wanted), lambda _: None)
        return counts["sent"]

    def sweep(self, *, actor: str = "certcore") -> int:
        """
        Finish what was begun: certificates due, files to be withdrawn. Give how much was done.
        """
        office = self._office()
        done = 0
        while due := office.ledger.due(now=office.clock.now()):
            issued = self.fulfil(due, actor=actor)
            done += issued
            if not issued:
                break
        return done + self._do_chores()

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
        designs = self._office().designs(configuration)
        shown = self.ledger.get(certificate) if certificate else None
        return preview(configuration, designs, language=language, name=name, shown=shown)

    def runs(self, wanted: Wanted | None = None, *, limit: int = 20) -> tuple[Run, ...]:
        """
        Give runs, the newest first, without their notes.
        """
        key = None if wanted is None else self.configuration(wanted).key
        return self.ledger.runs(configuration=key, limit=limit)

    def allow(self, wanted: Wanted, *, actor: str) -> bool:
        """
        Let one run of a held configuration through; False if it isn't held.
        """
        return self.ledger.allow(self.configuration(wanted).key, actor=actor)

    def release(self, wanted: Wanted, *, actor: str) -> int:
        """
        Let the messages of a configuration go that wait for somebody; give how many.
        """
        return self.ledger.release(
            self.configuration(wanted).key, actor=actor, now=self._clock.now()
        )
