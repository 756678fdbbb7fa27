"""
Where facts about learners come from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Protocol, runtime_checkable

from attrs import frozen

from certcore.domain import (
    Fact,
    FactKind,
    Finding,
    LearnerProgress,
    LearningContext,
    Skipped,
)


@frozen(kw_only=True)
class RetrievalProgress:
    """
    How far a retrieval has come.
    """

    learners: int
    requests: int = 0
    total: int | None = None
    """How many learners there are, if the source says so."""


@frozen(kw_only=True)
class RetrievalRequest:
    """
    What is wanted from a source.
    """

    context: LearningContext
    facts: frozenset[Fact] = frozenset()
    """What a rule asks for: give no less if you have it, fetch no more."""
    learners: frozenset[str] | None = None
    """Ids of the only learners wanted; None: everyone."""
    on_progress: Callable[[RetrievalProgress], None] | None = None


class Retriever(Protocol):
    """
    A source of learner progress. Thread-safe.
    """

    @property
    def facts(self) -> Collection[FactKind]:
        """
        What kinds of facts can be given; a rule that asks for more is refused when it is saved.
        """
        ...

    def describe(self, key: str) -> LearningContext:
        """
        Give name, dates and steps of a context, as far as the source knows them.

        Raises:
            certcore.exceptions.RetrievalError:
                If the source fails or knows no such context.
        """
        ...

    def retrieve(self, request: RetrievalRequest) -> Iterator[LearnerProgress | Skipped]:
        """
        Give what is known of each learner, one after another, in bounded memory.

        A record that can't be used is a `Skipped` and doesn't stop the rest.

        Raises:
            certcore.exceptions.RetrievalError:
                If the source fails; what was given before stays good.
        """
        ...

    def check(self, context: LearningContext) -> Iterator[Finding]:
        """
        Look whether the context can be retrieved at all, without reading everybody.
        """
        ...


@frozen(kw_only=True)
class ColumnReading:
    """
    What is made of one column of a file. Of what stands in it, only how much there is.
    """

    title: str
    use: str = ""
    """What it is read as: `id`, `name`, `grade 'Total'`; empty: it isn't read."""
    note: str = ""
    """In which unit it is, or why it isn't read."""
    filled: int = 0
    """Of the rows looked at, those with something in it."""


@frozen(kw_only=True)
class FileReading:
    """
    What is made of a file of learner data.
    """

    file: str
    kind: str
    """What it was taken for, in words."""
    form: str
    """Its encoding, what separates its cells."""
    rows: int
    """How many were looked at."""
    columns: tuple[ColumnReading, ...]
    notes: tuple[str, ...] = ()
    """What was guessed, or can't be known from the file."""


@runtime_checkable
class ColumnReader(Retriever, Protocol):
    """
    A retriever that reads files, and says how.
    """

    def read_columns(self, context: LearningContext) -> Iterator[FileReading]:
        """
        Say of each file of a context, one after another, what is made of its columns.

        Raises:
            certcore.exceptions.RetrievalError:
                If a file can't be read, or nobody can tell what it is.
        """
        ...
