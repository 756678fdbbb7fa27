"""
A suite that nothing fails holds nothing: each of these breaks one promise, and is found out.
"""

from __future__ import annotations

import itertools

from typing import Any

import pytest

from attrs import evolve

from certcore.domain import (
    Artifact,
    Fact,
    Learner,
    LearnerProgress,
    LearningContext,
    Progress,
    Skipped,
)
from certcore.ports import RetrievalProgress, RetrievalRequest
from certcore.testing import CannedRetriever, PlainDesign, PlainGenerator
from certcore.testing.contracts import GeneratorContract, RetrieverContract


COURSE = LearningContext(key="course-7")
KNOWN = {"ada": Progress(grades={"Total": 0.8}), "eva": Progress()}
TOLD = [
    LearnerProgress(learner=Learner(realm="school", id=id_), grades=known.grades)
    for id_, known in KNOWN.items()
]


class Promises(RetrieverContract):
    """
    About two learners, of one of whom nothing is known.
    """

    context, learners = "course-7", KNOWN


class Source(CannedRetriever):
    """
    Keeps every promise, but for what a test changes.
    """

    def __init__(self) -> None:
        super().__init__(TOLD, contexts=[COURSE])


class Twice(Source):
    def retrieve(self, request):
        return itertools.chain(super().retrieve(request), super().retrieve(request))


class Elsewhere(Source):
    def retrieve(self, request):
        for each in super().retrieve(request):
            yield evolve(each, learner=evolve(each.learner, realm="campus"))


class Everybody(Source):
    def retrieve(self, request):
        return super().retrieve(evolve(request, learners=None))


class Nought(Source):
    def retrieve(self, request):
        for each in super().retrieve(request):
            yield evolve(each, grades={"Total": each.grades.get("Total", 0.0)})


class Mean(Source):
    def __init__(self):
        super().__init__()
        self.facts = frozenset({"completion"})


class AllAtOnce(Source):
    def retrieve(self, request):
        return list(super().retrieve(request))


class OnlyOnce(Source):
    def retrieve(self, request):
        found = list(super().retrieve(request))
        self.learners = self.learners[1:]
        return iter(found)


class Backwards(Source):
    def retrieve(self, request):
        tell = request.on_progress
        for each in super().retrieve(evolve(request, on_progress=None)):
            if tell is not None:
                tell(RetrievalProgress(learners=10 - TOLD.index(each)))
            yield each


class Renamed(Source):
    def describe(self, key):
        return LearningContext(key=key.upper())


class Bare(Source):
    def retrieve(self, request):
        raise KeyError(request.context.key)

    def describe(self, key):
        raise KeyError(key)


class Careless(Source):
    def retrieve(self, request):
        yield Skipped(where="", reason="")
        yield from super().retrieve(request)


WANTED = RetrievalRequest(context=COURSE, facts=frozenset({Fact("grades", "Total")}))


@pytest.mark.parametrize(
    "source, promise, arguments",
    [
        (Twice, "every_learner_is_given_once", [WANTED]),
        (Elsewhere, "every_learner_is_given_once", [WANTED]),
        (Everybody, "only_those_wanted_are_given", [WANTED]),
        (Everybody, "strangers_are_not_given", [WANTED, []]),
        (Nought, "facts_are_what_the_sample_says", [WANTED]),
        (Nought, "a_fact_is_the_same_whatever_else_is_asked_for", [WANTED]),
        (Mean, "it_says_which_kinds_of_facts_it_has", [WANTED]),
        (AllAtOnce, "learners_stream", [WANTED]),
        (OnlyOnce, "retrieving_is_repeatable", [WANTED]),
        (OnlyOnce, "threads_share_it", [WANTED]),
        (Backwards, "it_may_say_how_far_it_has_come", [WANTED]),
        (Renamed, "a_context_is_described", []),
        (Careless, "what_cannot_be_used_is_told", [WANTED]),
    ],
)
def test_a_source_that_breaks_a_promise(source, promise, arguments) -> None:
    """
    Fails that promise, which a good one keeps.
    """
    kept = getattr(Promises(), f"test_{promise}")

    kept(Source(), *arguments)
    with pytest.raises(AssertionError):
        kept(source(), *arguments)


@pytest.mark.parametrize(
    "promise, arguments",
    [
        ("a_source_that_fails_says_so", [WANTED]),
        ("describing_fails_no_other_way", []),
        ("an_unknown_context_is_no_crash", []),
    ],
)
def test_a_librarys_error_is_none_of_ours(promise, arguments) -> None:
    """
    Whatever isn't a RetrievalError comes through and fails the test.
    """
    with pytest.raises(KeyError):
        getattr(Promises(), f"test_{promise}")(Bare(), *arguments)


def test_a_source_that_never_fails_is_found_out() -> None:
    """
    What should have been broken gives learners.
    """
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        Promises().test_a_source_that_fails_says_so(Source(), WANTED)
    with pytest.raises(AssertionError):
        Promises().test_a_check_finds_what_fails(Source(), COURSE)
    with pytest.raises(AssertionError):
        Promises().test_a_good_context_is_found_good(Source(), LearningContext(key="gone"))


class Prepared:
    """
    A plain design with one thing changed.
    """

    def __init__(self, prepared: Any, **changed: Any) -> None:
        self._prepared, self._changed = prepared, changed

    def __getattr__(self, name: str) -> Any:
        return self._changed.get(name, getattr(self._prepared, name))


def preparing(**changed: Any) -> Any:
    def prepare(design: dict[str, str], **files: bytes | None) -> Any:
        return Prepared(PlainGenerator().prepare(PlainDesign(**design), None), **changed)

    return prepare


def counting() -> Any:
    numbers = itertools.count()
    return lambda _: Artifact(content=str(next(numbers)).encode())


def crashing(certificate: Any) -> Artifact:
    certificate.statement.recipient.name.encode("ascii")
    return Artifact(content=certificate.statement.recipient.name.encode())


def addressed(certificate: Any) -> Artifact:
    return Artifact(content=certificate.statement.issuer.verification.encode())


PLAIN = {"text": "{name}"}
OTHER = {"text": "{name}!"}


@pytest.mark.parametrize(
    "changed, promise, arguments",
    [
        ({"generate": lambda _: Artifact(content=b"")}, "it_makes_a_file", [PLAIN]),
        ({"generate": counting()}, "the_same_makes_the_same", [PLAIN]),
        ({"generate": lambda _: Artifact(content=b"x")}, "everybody_gets_their_own", [PLAIN]),
        ({"generate": counting()}, "threads_share_it", [PLAIN]),
        ({"digest": "0" * 64}, "a_design_is_known_by_its_digest", [PLAIN, OTHER]),
        ({"engine": "plain"}, "an_engine_has_a_name", [PLAIN, OTHER]),
        ({"placeholders": frozenset({"recipient.nam"})}, "what_is_printed_is_declared", [PLAIN]),
        ({"generate": addressed}, "what_is_printed_is_declared", [PLAIN]),
    ],
)
def test_a_generator_that_breaks_a_promise(changed, promise, arguments) -> None:
    """
    Fails that promise, which a good one keeps.
    """
    kept = getattr(GeneratorContract(), f"test_{promise}")

    kept(preparing(), *arguments)
    with pytest.raises(AssertionError):
        kept(preparing(**changed), *arguments)


def test_a_generator_that_crashes_over_a_name() -> None:
    """
    Comes through with its own exception.
    """
    kept = GeneratorContract().test_one_name_is_nobody_elses_trouble

    kept(preparing(), PLAIN, "བསྟན་འཛིན")
    with pytest.raises(UnicodeEncodeError):
        kept(preparing(generate=crashing), PLAIN, "བསྟན་འཛིན")
