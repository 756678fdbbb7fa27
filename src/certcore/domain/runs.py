"""
Executions of a configuration, and what keeps one from running.
"""

from __future__ import annotations

import datetime as dt
import enum

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import field, frozen

from certcore.domain.configurations import ConfigurationKey


Count: TypeAlias = Literal[
    "retrieved",  # records read, those skipped included
    "skipped",  # records that couldn't be used
    "eligible",  # learners who meet the rule
    "held",  # learners who have a certificate of this configuration already
    "lapsed",  # of those, the ones who would no longer get it
    "not-yet",  # learners who don't meet the rule
    "unknown",  # learners who can't be judged
    "pending",  # learners who were awarded before, by a run that didn't get to issue it
    "blocked",  # learners whose certificate was revoked, cancelled or forgotten
    "duplicate",  # learners who came twice; the last time counts
    "new",  # certificates awarded
    "refreshed",  # of the pending, the ones that took newer data
    "resting",  # of the pending, the ones that failed before and would fail again
    "issued",
    "failed",
    "finished",  # of those issued, the ones that an earlier run had awarded
    "busy",  # certificates that another process works on
    "withheld",  # new ones that weren't awarded since there were too many
    "sent",
    "undelivered",  # messages that failed, or of which nobody knows
    "no-address",
]

NoteKind: TypeAlias = Literal["skipped", "unknown", "failed", "undelivered"]


@frozen(kw_only=True)
class Note:
    """
    One thing in a run that somebody may want to look into.
    """

    kind: NoteKind
    where: str
    """A line of a file, a certificate's id, an endpoint: never a name."""
    reason: str
    learner: str = field(default="", repr=False)
    """The learner's key, where there is one."""


class RunStatus(enum.Enum):
    """
    How a run ended.
    """

    RUNNING = "running"
    DONE = "done"
    HELD = "held"
    STOPPED = "stopped"
    """Before it began: the gate is shut, or the configuration is held or switched off."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@frozen(kw_only=True)
class Run:
    """
    One execution of a configuration.
    """

    id: int
    configuration: ConfigurationKey
    name: str
    slot: str
    """The due time it serves, or a random word for a run by hand: one run per slot."""
    status: RunStatus = RunStatus.RUNNING
    fence: int = 0
    """How often it was taken over: whoever has an older one doesn't own the run any more."""
    started_at: dt.datetime
    ended_at: dt.datetime | None = None
    counts: Mapping[str, int] = field(factory=dict[str, int])
    missing: Mapping[str, int] = field(factory=dict[str, int])
    """Of those who don't get one, how many lack which criterion."""
    message: str = ""
    """Why it was held, stopped or failed."""
    notes: tuple[Note, ...] = ()

    @property
    def due(self) -> dt.datetime | None:
        """
        When it was due, if a schedule wanted it.
        """
        try:
            due = dt.datetime.fromisoformat(self.slot)
        except ValueError:
            return None
        return due if due.tzinfo is not None else None

    def count(self, name: Count) -> int:
        """
        Give how many there were of those; 0 if nothing was counted.
        """
        return self.counts.get(name, 0)


@frozen(kw_only=True)
class Hold:
    """
    A configuration that waits for somebody: nothing new is awarded, messages stay where they are.
    """

    configuration: ConfigurationKey
    name: str
    reason: str
    by: str
    at: dt.datetime
    count: int = 0
    """How many would have been awarded."""
    allowed_by: str = ""
    """Who let one run through; the next run uses that up."""


@frozen(kw_only=True)
class HistoryEntry:
    """
    What happened to a certificate, when, by whom and why.
    """

    certificate: str
    at: dt.datetime
    verb: str
    actor: str
    reason: str = ""
    before: str = ""
    after: str = ""


@frozen(kw_only=True)
class Chore:
    """
    Work on files that a transition left to be done: idempotent, swept until it is done.
    """

    id: int
    kind: Literal["withdraw", "restore", "forget"]
    certificate: str
    key: str
    """Of the artifact."""
    opened_at: dt.datetime
    attempts: int = 0


@frozen(kw_only=True)
class Finding:
    """
    What a check of a configuration against its source found.
    """

    level: Literal["ok", "warning", "error"]
    message: str
    hint: str = ""
