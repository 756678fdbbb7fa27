"""
Certificates after they were issued: looked up, verified, taken back.
"""

from __future__ import annotations

import datetime as dt

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from certcore.domain import (
    Certificate,
    Delivery,
    HistoryEntry,
    Hold,
    Run,
    format_code,
)
from certcore.exceptions import CertcoreError, CollaboratorError, NotFoundError
from certcore.ports import CertificateFilter, FileReading
from certcore.registrar._columns import read_columns
from certcore.registrar._import_reading import ImportRow
from certcore.registrar._import_rows import Intake, Offered
from certcore.registrar._importing import Imported, ImportKind, import_rows
from certcore.registrar._premises import Premises, Wanted
from certcore.registrar._values import Verification
from certcore.registrar._verifying import by_any_code, judge_certificate, verify, verify_file


_SHORT_LINK = dt.timedelta(minutes=10)


class Archive(Premises):
    """
    The part of a Registrar that answers for what was issued.
    """

    # a certificate's further life

    def revoke(self, certificate: str, *, reason: str, actor: str) -> Certificate:
        """
        Take a certificate back: its code says so, its file is withdrawn, nobody is told any more.

        Raises:
            certcore.exceptions.NotFoundError:
                If there is none of that id.

            certcore.exceptions.IllegalTransitionError:
                If it isn't issued.
        """
        return self._then_chores(
            self.ledger.revoke(certificate, reason=reason, actor=actor, now=self._clock.now())
        )

    def reinstate(self, certificate: str, *, reason: str, actor: str) -> Certificate:
        """
        Undo a revocation. Raises as `revoke`.
        """
        return self._then_chores(
            self.ledger.reinstate(certificate, reason=reason, actor=actor, now=self._clock.now())
        )

    def annul(self, certificate: str, *, reason: str, actor: str) -> Certificate:
        """
        Declare a certificate issued by mistake; the learner may still earn one. Raises as `revoke`.
        """
        return self._then_chores(
            self.ledger.annul(certificate, reason=reason, actor=actor, now=self._clock.now())
        )

    def cancel(self, certificate: str, *, reason: str, actor: str) -> Certificate:
        """
        Stop an award that isn't issued yet; it isn't awarded again. Raises as `revoke`.
        """
        return self.ledger.cancel(certificate, reason=reason, actor=actor, now=self._clock.now())

    def forget(self, certificate: str, *, actor: str) -> Certificate:
        """
        Blank what is personal, delete the file, keep the rest. Raises as `revoke`.
        """
        return self._then_chores(
            self.ledger.forget(certificate, actor=actor, now=self._clock.now())
        )

    def _then_chores(self, certificate: Certificate) -> Certificate:
        # what fails now is swept later
        self._do_chores()
        return certificate

    def take_over(
        self,
        rows: Iterable[ImportRow],
        *,
        files: str | Path | None = None,
        defaults: Mapping[str, str] | None = None,
        dry_run: bool = False,
        actor: str = "certcore",
        watch: Callable[[Imported], None] = lambda _: None,
    ) -> Mapping[ImportKind, int]:
        """
        Take over certificates that another system issued; give how many rows ended how.

        Nobody who has one of them is awarded it again, their old codes verify, and nobody is told,
        now or later. One row's trouble doesn't stop the others. Safe to repeat, and to be killed:
        what was taken over before stays as it is. Neither a source nor a generator is asked, and a
        context or type that the project doesn't have is taken as the row describes it.

        Args:
            rows: What is to be taken over; `read_import` reads them from a file.

            files: The folder that the certificates' files lie in; None: rows have no files.

            defaults: What is meant where a row leaves a field empty: `{"type": "completion"}`.

            dry_run: Write nothing, and say the same.

            actor: Who wants it, for the history.

            watch: Is told what became of each row, in order.

        Raises:
            certcore.exceptions.StorageError:
                If a file can't be stored; what was told to `watch` stays.

            certcore.exceptions.LedgerError:
                If the ledger fails; likewise.
        """
        intake = Intake(
            Offered.of(self._catalog),
            files=None if files is None else Path(files),
            defaults=defaults or {},
            now=self._clock.now(),
        )
        counts: Counter[ImportKind] = Counter()
        for each in import_rows(
            rows,
            intake,
            ledger=self.ledger,
            store=self.store,
            clock=self._clock,
            actor=actor,
            dry_run=dry_run,
        ):
            counts[each.kind] += 1
            watch(each)
        if not dry_run:
            self._do_chores()
        return counts

    # answering

    def verify(self, code: str) -> Verification:
        """
        Say what a code is worth, as somebody typed it. Never raises.
        """
        try:
            ledger = self.ledger
        except CertcoreError:
            return Verification(status="unavailable")
        return verify(code, ledger, self._clock.now())

    def verify_file(self, content: bytes) -> Verification:
        """
        Say what a file is worth by its exact bytes: `unknown` if it isn't one that was issued, be
        it only printed or saved anew. Never raises.
        """
        try:
            ledger = self.ledger
        except CertcoreError:
            return Verification(status="unavailable")
        return verify_file(content, ledger, self._clock.now())

    def redeem(self, token: str) -> str:
        """
        Turn the token of a mailed link into an address that shows the file for ten minutes.

        Raises:
            certcore.exceptions.NotFoundError:
                If the token is none, its certificate isn't valid any more, or the store has no
                addresses.
        """
        certificate = self.ledger.by_token(token)
        if certificate is not None:
            judged = judge_certificate(certificate, self.ledger, self._clock.now())
            shown = judged.certificate if judged.good else None
            if shown is not None and shown.artifact is not None:
                key = shown.artifact.key
                name = f"{format_code(shown.code)}.{key.rpartition('.')[2]}"
                link = self.store.link(key, expires=_SHORT_LINK, filename=name)
                if link is not None:
                    return link
        raise NotFoundError("file behind the link", token[:4] + "…")

    def find(
        self, wanted: CertificateFilter | None = None, *, after: str = "", limit: int = 100
    ) -> tuple[Certificate, ...]:
        """
        Give certificates in the order they were awarded, from the one behind `after` on.
        """
        return self.ledger.find(wanted or CertificateFilter(), after=after, limit=limit)

    def get(self, certificate: str) -> Certificate:
        """
        Give a certificate by its id, or by a code as somebody typed it: its own, or one that it had
        where it was taken over from. Raises NotFoundError.
        """
        found = by_any_code(certificate, self.ledger)
        return self.ledger.get(certificate) if found is None else found

    def old_codes(self, certificate: str) -> tuple[str, ...]:
        """
        Give the codes that a certificate had where it was taken over from.
        """
        return self.ledger.old_codes(certificate)

    def deliveries(self, certificate: str) -> tuple[Delivery, ...]:
        """
        Give the messages about a certificate, with the server's words.
        """
        return self.ledger.deliveries(certificate)

    def run(self, run: int) -> Run:
        """
        Give a run with its notes. Raises NotFoundError.
        """
        return self.ledger.run(run)

    def history(self, certificate: str) -> tuple[HistoryEntry, ...]:
        """
        Give what happened to a certificate, the oldest first.
        """
        return self.ledger.history(certificate)

    def columns(self, wanted: Wanted) -> Iterator[FileReading]:
        """
        Say how a configuration's source reads the columns of its files, without judging anybody.

        Raises:
            certcore.exceptions.ConfigurationError:
                If the configuration can't be used, or its source reads no files.

            certcore.exceptions.RetrievalError:
                If a file can't be read, or nobody can tell what it is.
        """
        return read_columns(self.configuration(wanted), self._collaborators)

    def holds(self) -> tuple[Hold, ...]:
        """
        Give the configurations that wait for somebody.
        """
        return self.ledger.holds()

    def _do_chores(self) -> int:
        store, ledger = self.store, self.ledger
        acts = {"withdraw": store.withdraw, "restore": store.restore, "forget": store.delete}
        done = 0
        for chore in ledger.chores():
            error = ""
            try:
                acts[chore.kind](chore.key)
                done += 1
            except CollaboratorError as exc:
                error = str(exc)
            ledger.finish_chore(chore.id, error=error, now=self._clock.now())
        return done
