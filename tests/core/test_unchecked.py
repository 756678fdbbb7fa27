"""
Values made without checks are the values that the checked ones would be.
"""

from __future__ import annotations

import copy

import pytest

from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import given

from certcore._unchecked import unchecked
from certcore.domain import Learner, LearnerProgress
from certcore.testing.strategies import learner_progress


make_learner = unchecked(Learner)
make_progress = unchecked(LearnerProgress)


def made_again(known: LearnerProgress) -> LearnerProgress:
    """
    Make the same of its parts.
    """
    who = known.learner
    learner = make_learner(who.realm, who.id, who.name, who.email, who.language, who.username)
    return make_progress(
        known.enrolled,
        known.completion,
        known.grades,
        known.facts,
        known.earned_at,
        known.steps,
        known.holds,
        learner,
    )


@given(learner_progress())
def test_it_is_the_same_value(known: LearnerProgress) -> None:
    """
    Equal, of the same class, with the same hash of its learner, and it can be copied.
    """
    again = made_again(known)

    assert known == again
    assert type(known) is type(again)
    assert hash(known.learner) == hash(again.learner)
    assert known == copy.deepcopy(again)


def test_it_is_as_frozen_and_what_is_made_of_it_is_checked() -> None:
    """
    Only the making passes over the checks.
    """
    ada = make_learner("campus", "ada", "", "", "", "")

    with pytest.raises(FrozenInstanceError):
        ada.name = "Ada"
    with pytest.raises(ValueError, match="a learner's id can't be empty"):
        evolve(ada, id="")
