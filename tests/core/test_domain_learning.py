"""
Learners, contexts, and what a source says of them.
"""

from __future__ import annotations

import datetime as dt
import math

from collections.abc import Callable
from typing import Any

import pytest

from attrs import evolve

from certcore.domain import (
    Fact,
    Learner,
    LearnerKey,
    LearnerProgress,
    LearningContext,
    Progress,
    Recipient,
    Skipped,
    Step,
    normalize_email,
)


ADA = Learner(realm="campus", id="ada", name="Ada López", email="ada@uni.example", language="es")


def test_a_learner_is_known_by_realm_and_id() -> None:
    """
    Nothing else counts: a new name is no new learner.
    """
    assert LearnerKey("campus", "ada") == ADA.key == evolve(ADA, name="Ada L.").key
    assert "campus:ada" == str(ADA.key)


@pytest.mark.parametrize("make", [LearnerKey, lambda realm, id_: Learner(realm=realm, id=id_)])
@pytest.mark.parametrize(
    "realm, id_, message",
    [
        ("", "ada", "a learner's realm can't be empty"),
        ("campus", "", "a learner's id can't be empty"),
        ("campus", 4711, "a learner's id is a text, not int"),
        ("campus", None, "a learner's id is a text, not NoneType"),
    ],
)
def test_ids_that_cant_be(
    make: Callable[[Any, Any], object], realm: str, id_: object, message: str
) -> None:
    """
    4711 and "4711" would be two learners with two certificates.
    """
    with pytest.raises(ValueError, match=message):
        make(realm, id_)


def test_the_printed_snapshot() -> None:
    """
    A recipient is what a learner is now, without the key.
    """
    expected = Recipient(name="Ada López", email="ada@uni.example", language="es")

    assert expected == Recipient.of(ADA)


def test_addresses_stay_out_of_logs() -> None:
    """
    No `repr` shows an e-mail address.
    """
    assert "uni.example" not in repr(ADA)
    assert "uni.example" not in repr(LearnerProgress(learner=ADA))


@pytest.mark.parametrize(
    "spelling",
    ["jose\u0301@uni.example", " JOSÉ@Uni.Example\n", "jos\u00e9@UNI.EXAMPLE"],
)
def test_spellings_of_an_address(spelling: str) -> None:
    """
    Composed or not, in capitals or not, with blanks around: one learner.
    """
    assert "josé@uni.example" == normalize_email(spelling)


def test_facts_are_named() -> None:
    """
    A fact reads as what it is.
    """
    assert ("completion", "grades 'Total'") == (
        str(Fact("completion")),
        str(Fact("grades", "Total")),
    )


def test_none_is_unknown() -> None:
    """
    A grade of None is no grade; zero is one.
    """
    grades: Any = {"Total": None, "Final exam": 0}

    assert {"Final exam": 0} == Progress(grades=grades).grades


@pytest.mark.parametrize(
    "said, message",
    [
        ({"completion": 95}, "completion: a fraction from 0 to 1 is wanted, not 95"),
        ({"completion": -0.1}, "completion: a fraction"),
        ({"completion": math.nan}, "completion: a finite number is wanted, not nan"),
        ({"completion": "0.9"}, "completion: a finite number is wanted, not '0.9'"),
        ({"completion": True}, "completion: a finite number is wanted, not True"),
        ({"grades": {"Total": math.inf}}, "grades 'Total': a finite number is wanted, not inf"),
        ({"facts": {"hours": "3"}}, "facts 'hours': a finite number is wanted, not '3'"),
        (
            {"earned_at": dt.datetime(2026, 7, 1)},  # noqa: DTZ001  # the point
            "earned_at: a date-time needs an offset from UTC",
        ),
    ],
)
def test_progress_that_cant_be(said: dict[str, Any], message: str) -> None:
    """
    95 for 95 % would make everybody eligible: what isn't a fraction is refused.
    """
    with pytest.raises(ValueError, match=message):
        Progress(**said)


@pytest.mark.parametrize("completion", [0, 0.95, 1, 1 + 1e-12])
def test_completion_up_to_the_noise_of_floats(completion: float) -> None:
    """
    Ten tenths add up to a little more than one on some platforms.
    """
    assert completion == Progress(completion=completion).completion


def test_grades_may_go_past_the_whole() -> None:
    """
    Extra credit exists.
    """
    assert 1.1 == Progress(grades={"Total": 1.1}).grades["Total"]


def read(row: dict[str, Any]) -> LearnerProgress:
    assert row.get("score") != "broken"
    if row.get("score") == "mute":
        raise ValueError
    return LearnerProgress(
        learner=Learner(realm="campus", id=row["uid"]), completion=row["score"] / 100
    )


def test_a_good_record_isnt_skipped() -> None:
    """
    `Skipped.unless` gives what was read.
    """
    found = Skipped.unless(read, {"uid": "ada", "score": 95}, learner="ada")

    assert LearnerProgress(learner=Learner(realm="campus", id="ada"), completion=0.95) == found


@pytest.mark.parametrize(
    "row, reason",
    [
        ({"score": 95}, "no field 'uid'"),
        ({"uid": "ada"}, "no field 'score'"),
        ({"uid": "ada", "score": None}, "unsupported operand type"),
        ({"uid": "", "score": 95}, "a learner's id can't be empty"),
        ({"uid": "ada", "score": 9500}, "a fraction from 0 to 1 is wanted"),
        ({"uid": "ada", "score": "mute"}, "ValueError"),
        ([], "'list' object has no attribute 'get'"),
    ],
)
def test_a_bad_record_is_skipped(row: Any, reason: str) -> None:
    """
    It is told why, and the rest goes on.
    """
    found = Skipped.unless(read, row, learner=17, where="line 3")

    assert isinstance(found, Skipped)
    assert ("line 3", "bad-data", "17") == (found.where, found.kind, found.learner)
    assert reason in found.reason


def test_where_never_names_a_learner() -> None:
    """
    `where` is logged, and an id may be an address.
    """
    found = Skipped.unless(read, {}, learner="ada@uni.example")

    assert isinstance(found, Skipped)
    assert "a record" == found.where
    assert "ada@uni.example" not in repr(found)


def test_skipped_without_a_learner() -> None:
    """
    A record may not even say whose it is.
    """
    found = Skipped.unless(read, {})

    assert isinstance(found, Skipped)
    assert found.learner is None


def test_mistakes_of_a_program_arent_skipped() -> None:
    """
    Only what bad data raises is: an assertion that fails is a bug.
    """
    with pytest.raises(AssertionError):
        Skipped.unless(read, {"score": "broken"})


START = dt.datetime(2026, 1, 12, tzinfo=dt.UTC)
DESCRIBED = LearningContext(
    key="data",
    name="Data Science",
    start=START,
    end=START + dt.timedelta(days=100),
    steps=(Step(course="ds1"), Step(course="ds2")),
    at_least=1,
    course="whole",
)


def test_a_context_takes_from_the_source_what_it_leaves_open() -> None:
    """
    Name, dates, steps and how many of them.
    """
    completed = LearningContext(key="data", alias="d").completed_by(DESCRIBED)

    assert evolve(DESCRIBED, alias="d") == completed


def test_what_a_configuration_says_wins() -> None:
    """
    Own steps don't mix with how many of the source's are wanted.
    """
    own = LearningContext(
        key="data",
        name="Data",
        start=START - dt.timedelta(days=1),
        end=START,
        steps=(Step(course="ds3"),),
        course="part",
    )

    assert own == own.completed_by(DESCRIBED)


def test_how_many_steps_can_be_said_of_the_sources_steps() -> None:
    """
    `at_least` of a configuration goes before the source's.
    """
    own = LearningContext(key="data", at_least=2)

    assert 2 == own.completed_by(DESCRIBED).at_least


def test_at_least_one_step_is_wanted() -> None:
    """
    None of the steps would be a pathway for everybody.
    """
    with pytest.raises(ValueError, match="at_least: a number from 1 up is wanted, not 0"):
        LearningContext(key="data", at_least=0)


def test_courses_of_a_step() -> None:
    """
    The step's own first, then those that count as well.
    """
    assert ("a", "b", "c") == Step(course="a", alternatives=("b", "c")).courses


@pytest.mark.parametrize("field", ["id", "name", "email", "language", "username"])
def test_half_a_character_is_refused(field: str) -> None:
    """
    JSON can hold what no database takes.
    """
    with pytest.raises(ValueError, match=f"a learner's {field} has half a character"):
        Learner(**{"realm": "school", "id": "4711", field: "Ada \ud800"})


def test_a_name_is_a_text() -> None:
    """
    A platform's null isn't a name.
    """
    with pytest.raises(ValueError, match="a learner's name is a text, not NoneType"):
        Learner(realm="school", id="4711", name=None)  # type: ignore[arg-type]  # what isn't allowed is tried


@pytest.mark.parametrize("field", ["realm", "id"])
def test_ids_that_not_every_database_keeps(field: str) -> None:
    """
    The longest are taken; a longer one is refused where it comes in, and not by a database.
    """
    said = {"realm": "school", "id": "ada", field: "x" * 255}
    assert "x" * 255 == getattr(Learner(**said), field)
    with pytest.raises(ValueError, match="has 256 characters; 255 are allowed"):
        Learner(**{**said, field: "x" * 256})


@pytest.mark.parametrize("text", ["Ada\0", "Łucja\0"])
def test_no_text_of_a_learner_holds_a_nul(text: str) -> None:
    """
    PostgreSQL would refuse the whole batch.
    """
    with pytest.raises(ValueError, match="name has a NUL character in it"):
        Learner(realm="school", id="ada", name=text)


@pytest.mark.parametrize("text, said", [("k" * 256, "at most 255"), ("a\0b", "without NUL")])
def test_keys_that_not_every_database_keeps(text: str, said: str) -> None:
    """
    A context's key is refused like a learner's id.
    """
    with pytest.raises(ValueError, match=said):
        LearningContext(key=text)
