"""
New learners wait until it is known how many they are.
"""

from __future__ import annotations

import itertools

from array import array

from certcore.domain import AwardIdentity
from certcore.ports import Candidate


class Queue:
    """
    Holds new learners back until it is known how many they are; who isn't new may go at once.

    Up to the limit, or without one, it knows them all. Past it, eight bytes are kept for each.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._waiting: dict[AwardIdentity, Candidate] = {}
        self._crowd: _Crowd | None = None
        self.ready: dict[AwardIdentity, Candidate] = {}

    @property
    def withheld(self) -> int:
        """
        How many people would be new, once they are too many.
        """
        return 0 if self._crowd is None else self._crowd.people

    @property
    def repeated(self) -> int:
        """
        How many of those came again after they were too many.
        """
        return 0 if self._crowd is None else self._crowd.calls - self._crowd.people

    def add(self, found: Candidate, *, new: bool) -> bool:
        """
        Take one more; False for a learner who is known to have come before, of whom the last time
        counts.
        """
        if not new or self._limit is None:
            known = found.identity in self.ready
            self.ready[found.identity] = found
            return not known
        if self._crowd is not None:
            # from here on only the true number is of interest
            self._crowd.add(found.identity)
            return True
        known = found.identity in self._waiting
        self._waiting[found.identity] = found
        if len(self._waiting) > self._limit:
            self._crowd = _Crowd()
            for identity in self._waiting:
                self._crowd.add(identity)
            self._waiting.clear()
        return not known

    def release(self) -> None:
        """
        Let those go that were held back.
        """
        self.ready |= self._waiting

    def take(self, count: int) -> list[Candidate]:
        """
        Let the first of them go.
        """
        first = list(itertools.islice(self.ready, count))
        return [self.ready.pop(identity) for identity in first]


class _Crowd:
    """
    Counts people, each once however often they call, by 64 bits of each.

    Among a million, one is taken for another once in thirty million times.
    """

    _ROOMS = 256

    def __init__(self) -> None:
        self._rooms = [array("q") for _ in range(self._ROOMS)]

    def add(self, identity: AwardIdentity) -> None:
        number = hash(identity)
        self._rooms[number % self._ROOMS].append(number)

    @property
    def calls(self) -> int:
        return sum(map(len, self._rooms))

    @property
    def people(self) -> int:
        # one room after the other: a set takes much more than what is in it
        return sum(len(set(room)) for room in self._rooms)
