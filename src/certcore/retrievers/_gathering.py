"""
From rows of files to learners: the rows of a learner are brought together, wherever they are.

All files are read before the first learner is given, for only then it is known which row of a
learner is the last, and whether a file stayed as it was.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from certcore._spool import BATCH, Row, Spool, SpoolTable
from certcore._unchecked import unchecked
from certcore.domain import Learner, LearnerProgress, Progress, Skipped
from certcore.ports import RetrievalProgress, RetrievalRequest
from certcore.retrievers._records import Broken, Listing, Record


_WHOLE = 1 + 1e-9
"""All of it; a hair over 1 is how floats add up."""

# of what stands in cells, which was checked when they were read
_learner = unchecked(Learner)
_progress = unchecked(LearnerProgress)


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
        read = 0
        for listing in listings:
            read = yield from _load(listing, loaded, request, read)
        if len(listings) == len(loaded) == 1 and not pathway:
            # nothing is to be joined, and many rows are to be gone through
            (course,) = loaded.values()
            yield from _alone(course, realm, named=named)
        else:
            yield from _joined(tuple(loaded.values()), realm, pathway=pathway, named=named)


def _load(
    listing: Listing, courses: dict[str, _Course], request: RetrievalRequest, before: int
) -> Generator[Skipped, None, int]:
    """
    Read a file; give how many learners there are at least, which `before` says of earlier files.
    """
    waiting: dict[str, list[Row]] = {key: [] for key in listing.courses}
    tables = {key: courses[key].table_of(listing) for key in listing.courses}
    wanted = request.learners
    tell = None if listing.people else request.on_progress
    read = 0
    for read, entry in enumerate(listing.entries, start=1):
        if isinstance(entry, Record) and (entry.completion is None or entry.completion <= _WHOLE):
            if wanted is None or entry.id in wanted:
                waiting[entry.course].append(tuple(entry))
        else:
            broken = entry if isinstance(entry, Broken) else _overdone(entry, listing)
            if _is_wanted(broken.skipped.learner, wanted):
                yield broken.skipped
                _mark(broken, courses, waiting)
        if read % BATCH == 0:
            _flush(waiting, tables)
            if tell is not None:
                tell(RetrievalProgress(learners=max(before, read)))
    _flush(waiting, tables)
    if tell is not None and read % BATCH:
        tell(RetrievalProgress(learners=max(before, read)))
    return max(before, read)


def _overdone(record: Record, listing: Listing) -> Broken:
    reason = f"completion: a fraction from 0 to 1 is wanted, not {record.completion}"
    where = f"{listing.name} line {record.line}"
    skipped = Skipped(learner=record.id, where=where, reason=reason)
    return Broken(skipped=skipped, courses=(record.course,))


def _is_wanted(learner: str | None, wanted: frozenset[str] | None) -> bool:
    # what is nobody's may be anybody's
    return wanted is None or learner is None or learner in wanted


def _mark(entry: Broken, courses: dict[str, _Course], waiting: dict[str, list[Row]]) -> None:
    learner = entry.skipped.learner
    for key in entry.courses:
        if learner is None:
            courses[key].complete = False
        else:
            waiting[key].append((learner,))


def _flush(waiting: dict[str, list[Row]], tables: dict[str, SpoolTable]) -> None:
    for key, rows in waiting.items():
        tables[key].put(rows)
        rows.clear()


def _replaced(rows: Sequence[Row], table: SpoolTable, name: str) -> Iterator[Skipped]:
    last = table.last([row[0] for row in rows]) if rows else {}
    for row in rows:
        record = _record(row)
        if record is not None:  # else it was told as what it is
            counts = _record(last[record.id])
            differ = counts is not None and counts.name != record.name
            yield Skipped(
                learner=record.id,
                where=f"{name} line {record.line}",
                reason="the same learner comes again further down; that row counts"
                + (", and has another name: are they two people?" if differ else ""),
                kind="duplicate",
            )


def _record(row: Row | None) -> Record | None:
    # of a row that couldn't be used, only its learner is kept
    return None if row is None or len(row) == 1 else Record._make(row)


def _alone(course: _Course, realm: str, *, named: bool) -> Iterator[LearnerProgress | Skipped]:
    """
    Give the learners of a course of which there is a single file.
    """
    for counting, replaced in course.rows.pages():
        yield from _replaced(replaced, course.rows, course.rows_name)
        for row in counting:
            if len(row) == 1:
                continue
            key, _, line, name, email, language, username, enrolled, done, grades, facts, at = row
            if enrolled is False or (named and not name):
                yield _passed_over(key, course.rows_name, line, enrolled=enrolled)
                continue
            learner = _learner(realm, key, name, email, language, username)
            yield _progress(enrolled, done, grades, facts, _instant(at), {}, None, learner)


def _passed_over(learner: str, name: str, line: int, *, enrolled: bool | None) -> Skipped:
    where = f"{name} line {line}"
    if enrolled is False:
        return Skipped(
            learner=learner, where=where, reason="not enrolled any more", kind="not-enrolled"
        )
    return Skipped(learner=learner, where=where, reason="no name", kind="no-name")


def _instant(said: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(said) if said is not None else None


def _joined(
    courses: Sequence[_Course], realm: str, *, pathway: bool, named: bool
) -> Iterator[LearnerProgress | Skipped]:
    """
    Walk all learners once: course by course, those who have been there before left out.
    """
    for people in (False, True):
        for place, course in enumerate(courses):
            own = course.people if people else course.rows
            for counting, replaced in own.pages():
                name = course.people_name if people else course.rows_name
                yield from _replaced(replaced, own, name)
                here = {row[0]: row for row in counting}
                rows, known = (
                    [here if table is own else table.get(here) for table in tables]
                    for tables in (
                        [each.rows for each in courses],
                        [each.people for each in courses],
                    )
                )
                # those with a row anywhere have been given in the first round
                earlier = [*rows, *known[:place]] if people else rows[:place]
                for key in here:
                    if any(key in table for table in earlier):
                        continue
                    found = [
                        _Found(
                            course=each,
                            listed=key in rows[number],
                            record=_record(rows[number].get(key)),
                            known=key in known[number],
                            person=_record(known[number].get(key)),
                        )
                        for number, each in enumerate(courses)
                    ]
                    judged = _judged(found, realm, pathway=pathway, named=named)
                    if judged is not None:
                        yield judged


def _judged(
    found: Sequence[_Found], realm: str, *, pathway: bool, named: bool
) -> LearnerProgress | Skipped | None:
    """
    Bring together what is known of a learner; None where all that is to be said was said.
    """
    records = [(each.course, each.record) for each in found if each.record is not None]
    if not records:
        return None if any(each.listed for each in found) else _ungraded(found)
    course, first = records[0]
    broken = any(each.listed and each.record is None for each in found)
    if not broken and all(record.enrolled is False for _, record in records):
        return _passed_over(first.id, course.rows_name, first.line, enrolled=False)
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
        return _passed_over(first.id, course.rows_name, first.line, enrolled=None)
    if pathway:
        return LearnerProgress(learner=learner, steps=_steps(found))
    return LearnerProgress(learner=learner, **_facts(first))


def _facts(record: Record) -> dict[str, Any]:
    return {
        "enrolled": record.enrolled,
        "completion": record.completion,
        "grades": record.grades,
        "facts": record.facts,
        "earned_at": _instant(record.earned_at),
    }


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
            steps[each.course.key] = Progress(**_facts(each.record))
        elif each.listed or not each.course.complete:
            steps[each.course.key] = Progress()
        else:
            steps[each.course.key] = Progress(enrolled=each.known)
    return steps


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")
