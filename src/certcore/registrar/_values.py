"""
What the Registrar answers with.
"""

from __future__ import annotations

import datetime as dt

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, get_args

from attrs import Factory, define, field, frozen

from certcore.domain import (
    Artifact,
    Certificate,
    Count,
    Decision,
    Learner,
    LearnerProgress,
    Run,
    Verdict,
    format_code,
)
from certcore.exceptions import Problem
from certcore.ports import Standing


Stage: TypeAlias = Literal["retrieve", "issue", "deliver"]


@frozen(kw_only=True)
class StageProgress:
    """
    How far one stage of a run has come.
    """

    stage: Stage
    done: int
    total: int | None = None
    requests: int = 0


Watcher: TypeAlias = Callable[[StageProgress], None]
"""Is told how far a run has come."""

Outlook: TypeAlias = Literal["new", "held", "lapsed", "not-yet", "unknown", "pending", "blocked"]
"""
`new`: would be awarded. `held`: has one. `lapsed`: has one and wouldn't get it any more.
`not-yet`: doesn't meet the rule. `unknown`: can't be judged. `pending`: awarded, but not issued
yet. `blocked`: had one that was revoked, cancelled or forgotten.
"""


@frozen(kw_only=True)
class Judgement:
    """
    One learner in one configuration: the decision, and what it comes to.
    """

    progress: LearnerProgress = field(repr=False)
    decision: Decision
    outlook: Outlook
    standing: Standing | None = None
    renamed: bool = False
    """Whether it stands under the key that the type had before it was renamed."""

    @property
    def learner(self) -> Learner:
        """
        Who was judged.
        """
        return self.progress.learner


@define(kw_only=True)
class Tally:
    """
    Counts learners while they stream by.
    """

    counts: Counter[str] = Factory(Counter[str])
    missing: Counter[str] = Factory(Counter[str])
    """Of those who don't get one, how many lack which criterion."""

    def skip(self) -> None:
        """
        Count a record that couldn't be used.
        """
        self.counts["retrieved"] += 1
        self.counts["skipped"] += 1

    def add(self, judgement: Judgement) -> None:
        """
        Count one more learner.
        """
        counts, outlook = self.counts, judgement.outlook
        counts["retrieved"] += 1
        decision = judgement.decision
        counts[outlook] += 1
        if outlook not in {"not-yet", "unknown"}:
            counts["eligible"] += decision.eligible
        elif decision.children:
            self.missing.update({label(item) for item in decision.missing})
        else:
            self.missing[label(decision)] += 1

    def report(self) -> dict[str, int]:
        """
        Give the counts as a run records them; whoever lapsed is one of those who have one.
        """
        counts = self.counts
        names: tuple[Count, ...] = get_args(Count)
        said: dict[str, int] = {name: counts[name] for name in names}
        said["held"] += counts["lapsed"]
        said["new"] = counts["awarded"]
        # what this run finished before it judged anybody is counted once, as issued or as failed
        said["held"] -= min(said["held"], counts["finished"])
        said["resting"] -= min(said["resting"], counts["failed again"])
        return said


def label(criterion: Decision) -> str:
    """
    Name a criterion for a count: `Total`, `completion`, `no grade for 'Total'`.
    """
    if criterion.verdict is Verdict.UNKNOWN or criterion.kind in {"enrolled", "holds"}:
        return criterion.note
    return criterion.name or criterion.kind


@frozen(kw_only=True)
class Outcome:
    """
    What became of one learner: a certificate, or what is missing.
    """

    decision: Decision
    certificate: Certificate | None = None
    held: bool = False
    """Whether the certificate was there before."""
    failure: str = ""
    """Why the certificate's file couldn't be made or stored."""


VerificationStatus: TypeAlias = Literal[
    "valid",
    "renewed",
    "replaced",
    "revoked",
    "annulled",
    "expired",
    "forgotten",
    "mistyped",
    "unknown",
    "unavailable",
]


@frozen(kw_only=True)
class Verification:
    """
    What a verification code says.
    """

    status: VerificationStatus
    """`renewed`: good, its file was made anew. `replaced`: a newer one, in another name, took its
    place. `annulled`: issued in error. `mistyped`: can't be one of ours. `unavailable`: the ledger
    couldn't be asked."""
    certificate: Certificate | None = field(default=None, repr=False)
    """The certificate to show: of a renewed one, the current."""
    renewed_at: dt.datetime | None = None

    @property
    def good(self) -> bool:
        """
        Whether there is a certificate that can be relied on.
        """
        return self.status in {"valid", "renewed"}

    def public(self) -> dict[str, Any]:
        """
        Give what may be shown to anybody who has the code, and nothing else, as plain values.
        """
        shown: dict[str, Any] = {"status": self.status, "valid": self.good}
        if self.certificate is None or self.status not in {"valid", "renewed", "expired"}:
            return shown
        said = self.certificate.statement
        shown |= {
            "code": format_code(self.certificate.code),
            "recipient": said.recipient.name,
            "title": said.type.title,
            "context": said.context.name,
            "issuer": said.issuer.name,
            "awarded_at": said.awarded_at.isoformat(),
            "earned_at": said.earned_at.isoformat() if said.earned_at else None,
            "expires_at": said.expires_at.isoformat() if said.expires_at else None,
        }
        if self.renewed_at is not None:
            shown["renewed_at"] = self.renewed_at.isoformat()
        return shown


@frozen(kw_only=True)
class Preview:
    """
    A file with sample values, and the language of the design's variant it was made with.
    """

    artifact: Artifact
    language: str
    remarks: tuple[str, ...] = ()
    """What the design says of all of its files."""


@frozen(kw_only=True)
class Inspection:
    """
    What was found without asking a source, and without writing anything.
    """

    problems: tuple[Problem, ...]
    """What would keep certificates from being issued."""
    remarks: Mapping[str, tuple[str, ...]]
    """What designs that can be used say of their files, by the design's own file."""


@frozen(kw_only=True)
class Awarded:
    """
    A run that has awarded, and the ids that are to be fulfilled.
    """

    run: Run
    ids: tuple[str, ...]
