"""
Certificates after they were issued: looked up, verified, taken back.
"""

from __future__ import annotations

import datetime as dt

from certcore.domain import (
    Certificate,
    Delivery,
    HistoryEntry,
    Hold,
    Run,
    format_code,
    normalize_code,
)
from certcore.exceptions import CertcoreError, CollaboratorError, NotFoundError
from certcore.ports import CertificateFilter
from certcore.registrar._premises import Premises
from certcore.registrar._values import Verification
from certcore.registrar._verifying import judge_certificate, verify


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
        Give a certificate by its id, or by its code as somebody typed it. Raises NotFoundError.
        """
        code = normalize_code(certificate)
        found = None if code is None else self.ledger.by_code(code)
        return self.ledger.get(certificate) if found is None else found

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
