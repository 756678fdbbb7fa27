"""
The plain values that `--format json` prints.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

from certcore.domain import (
    Certificate,
    Decision,
    Delivery,
    HistoryEntry,
    Hold,
    Note,
    Run,
    format_code,
)


def iso(when: dt.datetime | None) -> str | None:
    """
    Give a moment as RFC 3339 has it.
    """
    return None if when is None else when.isoformat()


def of_certificate(certificate: Certificate, configuration: str) -> dict[str, Any]:
    """
    Give everything about a certificate but what happened to it.
    """
    said, file, failure = certificate.statement, certificate.artifact, certificate.failure
    return {
        "id": certificate.id,
        "code": format_code(certificate.code),
        "status": certificate.status.value,
        "configuration": configuration,
        "context": {"key": said.context.key, "kind": said.context.kind, "name": said.context.name},
        "type": {"key": said.type.key, "title": said.type.title},
        "issuer": said.issuer.name,
        "cycle": said.cycle,
        "learner": {"realm": certificate.learner.realm, "id": certificate.learner.id},
        "recipient": {
            "name": said.recipient.name,
            "email": said.recipient.email,
            "language": said.recipient.language,
            "username": said.recipient.username,
        },
        "awarded_at": iso(said.awarded_at),
        "earned_at": iso(said.earned_at),
        "issued_at": iso(certificate.issued_at),
        "reissued_at": iso(said.reissued_at),
        "expires_at": iso(said.expires_at),
        "run": certificate.run,
        "file": None
        if file is None
        else {
            "key": file.key,
            "sha256": file.sha256,
            "size": file.size,
            "media_type": file.media_type,
        },
        "failure": None
        if failure is None
        else {
            "code": failure.code,
            "message": failure.message,
            "retryable": failure.retryable,
            "next_attempt_at": iso(certificate.next_attempt_at),
        },
        "reason": certificate.reason,
        "replaces": certificate.replaces,
        "replaced_by": certificate.replaced_by,
    }


def of_delivery(delivery: Delivery) -> dict[str, Any]:
    """
    Give how far a message has come.
    """
    return {
        "purpose": delivery.purpose,
        "channel": delivery.channel,
        "status": delivery.status.value,
        "address": delivery.address,
        "attempts": delivery.attempts,
        "not_before": iso(delivery.not_before),
        "on_hold": delivery.on_hold,
        "response": delivery.response,
        "settled_at": iso(delivery.settled_at),
    }


def of_history(entry: HistoryEntry) -> dict[str, Any]:
    """
    Give one thing that happened to a certificate.
    """
    return {
        "at": iso(entry.at),
        "verb": entry.verb,
        "actor": entry.actor,
        "reason": entry.reason,
        "before": entry.before,
        "after": entry.after,
    }


def of_decision(decision: Decision) -> dict[str, Any]:
    """
    Give a verdict, and what is missing on the nearest way to met.
    """
    return {"verdict": decision.verdict.value, "missing": decision.missing.as_dict()["items"]}


def of_run(run: Run) -> dict[str, Any]:
    """
    Give a run with its counts and notes.
    """
    return {
        "run": run.id,
        "configuration": run.name,
        "context": run.configuration.context,
        "type": run.configuration.type,
        "slot": run.slot,
        "due": iso(run.due),
        "status": run.status.value,
        "message": run.message,
        "started_at": iso(run.started_at),
        "ended_at": iso(run.ended_at),
        "counts": dict(run.counts),
        "missing": dict(run.missing),
        "notes": [_of_note(note) for note in run.notes],
    }


def of_hold(hold: Hold) -> dict[str, Any]:
    """
    Give what a configuration waits for.
    """
    return {
        "configuration": hold.name,
        "context": hold.configuration.context,
        "type": hold.configuration.type,
        "reason": hold.reason,
        "by": hold.by,
        "at": iso(hold.at),
        "count": hold.count,
        "allowed_by": hold.allowed_by,
    }


def _of_note(note: Note) -> dict[str, str]:
    return {
        "kind": note.kind,
        "where": note.where,
        "reason": note.reason,
        "learner": note.learner,
    }
