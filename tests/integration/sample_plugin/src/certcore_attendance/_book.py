"""
Hours from an attendance book.
"""

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from certcore import Learner, LearnerProgress, LearningContext, Skipped
from certcore.domain import Finding
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalRequest


@frozen
class AttendanceBook:
    """
    Adds up the hours of each learner of a course.
    """

    path: Path
    realm: str

    facts = frozenset({"facts"})  # a rule that asks for more is refused when it is saved

    def describe(self, key: str) -> LearningContext:
        return LearningContext(key=key)  # a book knows no names of courses

    def retrieve(self, request: RetrievalRequest) -> Iterator[LearnerProgress | Skipped]:
        hours: dict[str, float] = {}
        names: dict[str, str] = {}
        for number, line in enumerate(self._lines(), start=1):
            fields = line.split(";")
            if len(fields) < 2 or fields[1] != request.context.key:
                continue
            try:
                _, _, learner, name, time = fields
                hours[learner] = hours.get(learner, 0.0) + float(time)
                names[learner] = name
            except ValueError as exc:  # one bad line is no reason to stop
                yield Skipped(where=f"{self.path.name} line {number}", reason=str(exc))
        for learner, total in hours.items():
            if request.learners is None or learner in request.learners:
                yield LearnerProgress(
                    learner=Learner(realm=self.realm, id=learner, name=names[learner]),
                    facts={"hours": total},
                )

    def check(self, context: LearningContext) -> Iterator[Finding]:
        lines = self._lines()
        yield Finding(level="ok", message=f"{self.path.name} has {len(lines)} lines")

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text("utf-8").splitlines()
        except OSError as exc:
            raise RetrievalError(f"{self.path.name} can't be read: {exc.strerror}") from exc
