"""
From rows of files to learners: the rows of a learner are brought together, wherever they are.

All files are read before the first learner is given, for only then it is known which row of a
learner is the last, and whether a file stayed as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from certcore._spool import BATCH, Spool, SpoolTable
from certcore.domain import Learner, LearnerProgress, Progress, Skipped
from certcore.ports import RetrievalProgress, RetrievalRequest
from certcore.retrievers._records import Broken, Listing, Record, packed, unpacked


class _Course:
    """
    What the files say of one course.
    """

    def __init__(self, spool: Spool, key: str) -> None:
        self.key = key
        self.complete = True
        """Whether somebody who isn't in the files isn't in the course."""
        self.rows = spool.table()
        self.people = spool.table()
        self.rows_name = self.people_name = ""

    def table_of(self, listing: Listing) -> SpoolTable:
        if listing.people:
            self.people_name = listing.name
            return self.people
        self.rows_name = listing.name
        return self.rows


@frozen
class _Found:
    """
    What one course's files have of one learner.
    """

    course: _Course
    listed: bool
    """Whether there is a row, usable or not."""
    record: Record | None
    known: bool
    """Whether there is a row about the person, usable or not."""
    person: Record | None


def gather(
    listings: Sequence[Listing],
    courses: Sequence[str],
    request: RetrievalRequest,
    realm: str,
    *,
    named: bool,
) -> Iterator[LearnerProgress | Skipped]:
    """
    Give each learner of the files once, and what is wrong with the rest.

    A learner who isn't in the file of a pathway's course isn't enrolled there, unless it has a
    row of which nobody can say whose it is.

    Args:
        listings: The files; those with people after those with rows, if there are any.

        courses: Keys of the courses that they are about.

        realm: Of the learners' ids.

        named: Whether everybody should have a name.
    """
    pathway = request.context.kind == "pathway"
    with Spool() as spool:
        loaded = {key: _Course(spool, key) for key in dict.fromkeys(courses)}
        for listing in listings:
            yield from _load(listing, loaded, request)
        for found in _learners(tuple(loaded.values())):
            judged = _judged(found, realm, pathway=pathway, named=named)
            if judged is not None:
                yield judged


def _load(
    listing: Listing, courses: dict[str, _Course], request: RetrievalRequest
) -> Iterator[Skipped]:
    waiting: dict[str, list[tuple[str, Any]]] = {key: [] for key in listing.courses}
    tables = {key: courses[key].table_of(listing) for key in listing.courses}
    tell = None if listing.people else request.on_progress
    read = 0
    for read, entry in enumerate(listing.entries, start=1):
        learner = entry.skipped.learner if isinstance(entry, Broken) else entry.id
        if _is_wanted(learner, request):
            if isinstance(entry, Record):
                waiting[entry.course].append((entry.id, packed(entry)))
            else:
                yield entry.skipped
                _mark(entry, courses, waiting)
        if read % BATCH == 0:
            yield from _flush(listing, waiting, tables)
            if tell is not None:
                tell(RetrievalProgress(learners=read))
    yield from _flush(listing, waiting, tables)
    if tell is not None and read % BATCH:
        tell(RetrievalProgress(learners=read))


def _mark(
    entry: Broken, courses: dict[str, _Course], waiting: dict[str, list[tuple[str, Any]]]
) -> None:
    learner = entry.skipped.learner
    for key in entry.courses:
        if learner is None:
            courses[key].complete = False
        else:
            waiting[key].append((learner, None))


def _is_wanted(learner: str | None, request: RetrievalRequest) -> bool:
    # what is nobody's may be anybody's
    return request.learners is None or learner is None or learner in request.learners


def _flush(
    listing: Listing,
    waiting: dict[str, list[tuple[str, Any]]],
    tables: dict[str, SpoolTable],
) -> Iterator[Skipped]:
    for key, rows in waiting.items():
        for learner, row in tables[key].put(rows):
            if row is not None:  # else it was told as what it is
                yield Skipped(
                    learner=learner,
                    where=f"{listing.name} line {row[0]}",
                    reason="the same learner comes again further down; that row counts",
                    kind="duplicate",
                )
        rows.clear()


def _learners(courses: Sequence[_Course]) -> Iterator[list[_Found]]:
    """
    Walk all learners once: course by course, those who have been there before left out.
    """
    for people in (False, True):
        for place, course in enumerate(courses):
            for page in (course.people if people else course.rows).pages():
                keys = [key for key, _ in page]
                rows = [each.rows.get(keys) for each in courses]
                known = [each.people.get(keys) for each in courses]
                # those with a row anywhere have been given in the first round
                earlier = [*rows, *known[:place]] if people else rows[:place]
                for key in keys:
                    if any(key in table for table in earlier):
                        continue
                    yield [
                        _Found(
                            course=each,
                            listed=key in rows[number],
                            record=unpacked(key, each.key, rows[number].get(key)),
                            known=key in known[number],
                            person=unpacked(key, each.key, known[number].get(key)),
                        )
                        for number, each in enumerate(courses)
                    ]


def _judged(
    found: Sequence[_Found], realm: str, *, pathway: bool, named: bool
) -> LearnerProgress | Skipped | None:
    """
    Bring together what is known of a learner; None where all that is to be said was said.
    """
    records = [(each.course, each.record) for each in found if each.record is not None]
    if not records:
        return None if any(each.listed for each in found) else _ungraded(found)
    first_course, first = records[0]
    where = f"{first_course.rows_name} line {first.line}"
    broken = any(each.listed and each.record is None for each in found)
    if not broken and all(record.progress.enrolled is False for _, record in records):
        return Skipped(
            learner=first.id,
            where=where,
            reason="not enrolled any more",
            kind="not-enrolled",
        )
    people = [each.person for each in found if each.person is not None]
    said = [*people, *(record for _, record in records)]
    learner = Learner(
        realm=realm,
        id=first.id,
        name=_first(record.name for record in said),
        email=_first(record.email for record in said),
        language=_first(record.language for record in said),
        username=_first(record.username for record in said),
    )
    if named and not learner.name:
        if any(each.known and each.person is None for each in found):
            return None
        return Skipped(learner=first.id, where=where, reason="no name", kind="no-name")
    progress = Progress(steps=_steps(found)) if pathway else first.progress
    return _given(learner, progress)


def _given(learner: Learner, progress: Progress) -> LearnerProgress:
    return LearnerProgress(
        learner=learner,
        enrolled=progress.enrolled,
        completion=progress.completion,
        grades=progress.grades,
        facts=progress.facts,
        earned_at=progress.earned_at,
        steps=progress.steps,
    )


def _ungraded(found: Sequence[_Found]) -> Skipped | None:
    for each in found:
        if each.person is not None:
            return Skipped(
                learner=each.person.id,
                where=f"{each.course.people_name} line {each.person.line}",
                reason="not in the grade report: enrolled after it was made, or the platform could "
                "not work out a grade",
            )
    return None


def _steps(found: Sequence[_Found]) -> dict[str, Progress]:
    steps: dict[str, Progress] = {}
    for each in found:
        if each.record is not None:
            steps[each.course.key] = each.record.progress
        elif each.listed or not each.course.complete:
            steps[each.course.key] = Progress()
        else:
            steps[each.course.key] = Progress(enrolled=each.known)
    return steps


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")
