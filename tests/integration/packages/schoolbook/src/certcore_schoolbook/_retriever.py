"""
The school's database.

It has a table `courses` (key, title, ends) and a table `results` (course, number, name, mail, done,
score), one row for each learner of a course.
"""

import datetime as dt
import sqlite3

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from certcore import Learner, LearnerProgress, LearningContext, Skipped
from certcore.domain import FactKind, Finding
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalProgress, RetrievalRequest


COURSE = "SELECT title, ends FROM courses WHERE key = ?"
RESULTS = "SELECT rowid, * FROM results WHERE course = ? ORDER BY number"


class Schoolbook:
    """
    Reads the results of one course after another.
    """

    # a rule that asks for more is refused
    facts: frozenset[FactKind] = frozenset({"completion", "grades"})

    def __init__(self, path: Path, *, realm: str) -> None:
        self._path = path
        self._realm = realm

    def describe(self, key: str) -> LearningContext:
        with self._opened() as database:
            course = database.execute(COURSE, [key]).fetchone()
        if course is None:
            raise RetrievalError(f"{self._path.name} has no course {key!r}")
        ends = course["ends"] and dt.datetime.fromisoformat(course["ends"])
        return LearningContext(key=key, name=course["title"], end=ends)

    def retrieve(self, request: RetrievalRequest) -> Iterator[LearnerProgress | Skipped]:
        # a connection of its own: other threads may be retrieving as well
        with self._opened() as database:
            rows = database.execute(RESULTS, [request.context.key])
            for read, row in enumerate(rows, start=1):
                number = str(row["number"])
                if request.learners is None or number in request.learners:
                    where = f"{self._path.name}, results, row {row['rowid']}"
                    yield Skipped.unless(self._progress, row, learner=number, where=where)
                if request.on_progress is not None:
                    request.on_progress(RetrievalProgress(learners=read))

    def check(self, context: LearningContext) -> Iterator[Finding]:
        with self._opened() as database:
            rows = "SELECT count(*) FROM results WHERE course = ?"
            (count,) = database.execute(rows, [context.key]).fetchone()
        said = f"{self._path.name} has {count} results of the course"
        yield Finding(level="ok" if count else "error", message=said)

    def _progress(self, row: sqlite3.Row) -> LearnerProgress:
        # what can't be right raises ValueError or TypeError here, and the record is skipped
        return LearnerProgress(
            learner=Learner(
                realm=self._realm,
                id=str(row["number"]),
                name=row["name"] or "",
                email=row["mail"] or "",
            ),
            completion=row["done"],
            # no score is not zero
            grades={} if row["score"] is None else {"Total": row["score"] / 100},
        )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        try:
            # whoever stops half-way may leave the rest to another thread
            opened = sqlite3.connect(address, uri=True, check_same_thread=False)
            with closing(opened) as database:
                database.row_factory = sqlite3.Row
                yield database
        except sqlite3.Error as exc:
            raise RetrievalError(f"{self._path.name} can't be read: {exc}") from exc
