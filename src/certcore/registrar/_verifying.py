"""
What a verification code says.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging

from collections.abc import Callable

from certcore.domain import Certificate, Status, normalize_code
from certcore.exceptions import CertcoreError
from certcore.ports import Ledger
from certcore.registrar._values import Verification, VerificationStatus


log = logging.getLogger(__name__)

_SAID: dict[Status, VerificationStatus] = {
    Status.REVOKED: "revoked",
    Status.ANNULLED: "annulled",
    Status.FORGOTTEN: "forgotten",
}


def verify(code: str, ledger: Ledger, now: dt.datetime) -> Verification:
    """
    Look a code up as somebody typed it. Never raises.
    """
    # whatever comes in from outside isn't always a text
    entered = str(code)
    found = _looked_up(lambda: by_any_code(entered, ledger), ledger, now)
    if found.status == "unknown" and normalize_code(entered) is None:
        return Verification(status="mistyped")
    return found


def by_any_code(entered: str, ledger: Ledger) -> Certificate | None:
    """
    Give the certificate of a code as somebody typed it: one of ours, or one from before.
    """
    code = normalize_code(entered)
    found = None if code is None else ledger.by_code(code)
    return ledger.by_old_code(entered) if found is None else found


def verify_file(content: bytes, ledger: Ledger, now: dt.datetime) -> Verification:
    """
    Look up the certificate whose file has exactly these bytes. Never raises.
    """
    digest = hashlib.sha256(content).hexdigest()
    return _looked_up(lambda: ledger.by_digest(digest), ledger, now)


def _looked_up(
    find: Callable[[], Certificate | None], ledger: Ledger, now: dt.datetime
) -> Verification:
    try:
        certificate = find()
        if certificate is None:
            return Verification(status="unknown")
        return judge_certificate(certificate, ledger, now)
    except CertcoreError:
        # saying "unknown" of a good certificate would be worse than saying nothing
        log.warning("a certificate couldn't be verified: the ledger failed")
        return Verification(status="unavailable")


def judge_certificate(certificate: Certificate, ledger: Ledger, now: dt.datetime) -> Verification:
    """
    Say what a certificate is worth, and which one is to be shown for it.
    """
    if certificate.status is Status.ISSUED:
        status: VerificationStatus = "expired" if certificate.expired(now) else "valid"
        return Verification(status=status, certificate=certificate)
    if certificate.status is Status.SUPERSEDED and certificate.replaced_by is not None:
        return _renewed(certificate, certificate.replaced_by, ledger, now)
    said = _SAID.get(certificate.status)
    if said is None:
        # awarded but never issued: nobody can have read the code anywhere
        return Verification(status="unknown")
    return Verification(status=said, certificate=certificate)


def _renewed(
    certificate: Certificate, successor: str, ledger: Ledger, now: dt.datetime
) -> Verification:
    current = ledger.get(successor)
    if current.statement.recipient.name != certificate.statement.recipient.name:
        # whoever has the old code isn't told the new name
        return Verification(status="replaced")
    judged = judge_certificate(current, ledger, now)
    if judged.status != "valid":
        return judged
    return Verification(
        status="renewed",
        certificate=judged.certificate,
        renewed_at=judged.renewed_at or current.issued_at,
    )
