"""
Everything that a source of learner progress promises.
"""

from __future__ import annotations

import pickle

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, ClassVar, TypeVar, get_args

import pytest

from attrs import evolve

from certcore.domain import (
    Fact,
    FactKind,
    Finding,
    LearnerProgress,
    LearningContext,
    Progress,
    Skipped,
)
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalProgress, RetrievalRequest, Retriever


_T = TypeVar("_T")


class RetrieverContract:
    """
    What a source of learner progress promises, tried on a sample of data that you supply.

    Say in the class which provider it is, what it is asked for, and what it should know of whom;
    and supply two fixtures, tables as they stand in a configuration: `options`, under which it
    finds the sample, and `broken_options`, under which it finds nothing at all.

    ::

        class TestAcme(RetrieverContract):
            provider, context, unusable = "acme", "course-7", 1
            learners = {"4711": Progress(completion=0.95, grades={"Total": 0.83}),
                        "4712": Progress(completion=0.40)}

            @pytest.fixture
            def options(self, tmp_path): ...

            @pytest.fixture
            def broken_options(self): ...

    A sample says most with a learner of whom something isn't known, and with a record that can't be
    used. What no plugin offers is handed in by the fixtures `retriever` and `broken` instead.
    """

    provider: ClassVar[str] = ""
    """What a configuration says after `use`."""
    context: ClassVar[str] = ""
    """Key of the context that the sample is about."""
    realm: ClassVar[str] = "school"
    """Whose ids they are."""
    learners: ClassVar[Mapping[str, Progress]] = {}
    """All that the sample says, by learner id; what isn't there is unknown."""
    unusable: ClassVar[int] = 0
    """How many records of the sample can't be used."""

    @pytest.fixture
    def retriever(self, certcore_open: Callable[..., Any], options: Mapping[str, Any]) -> Retriever:
        """
        The retriever as it is installed.
        """
        return self._opened(certcore_open, options)

    @pytest.fixture
    def broken(
        self, certcore_open: Callable[..., Any], broken_options: Mapping[str, Any]
    ) -> Retriever:
        """
        One whose source can't be read.
        """
        return self._opened(certcore_open, broken_options)

    @pytest.fixture
    def learning_context(self) -> LearningContext:
        """
        What is asked for; override it for pathways, and where a context has options.
        """
        return LearningContext(key=self.context)

    @pytest.fixture
    def wanted(self, learning_context: LearningContext) -> RetrievalRequest:
        """
        A request for all that the sample has.
        """
        return RetrievalRequest(context=learning_context, facts=_facts(self.learners.values()))

    def _opened(self, open_: Callable[..., Any], options: Mapping[str, Any]) -> Retriever:
        found: Retriever = open_("retriever", {"use": self.provider, **options}, realm=self.realm)
        return found

    # who

    def test_every_learner_is_given_once(
        self, retriever: Retriever, wanted: RetrievalRequest
    ) -> None:
        """
        Each is of the source's realm; there is no other, and none twice.
        """
        found = [each.learner for each in _given(retriever.retrieve(wanted))]

        assert sorted(self.learners) == sorted(learner.id for learner in found)
        assert {self.realm} == {learner.realm for learner in found}

    def test_what_cannot_be_used_is_told(
        self, retriever: Retriever, wanted: RetrievalRequest
    ) -> None:
        """
        A record that can't be used says where it is and why, and doesn't stop the rest.
        """
        found = [each for each in retriever.retrieve(wanted) if isinstance(each, Skipped)]

        assert self.unusable == len(found)
        assert all(each.where and each.reason for each in found)

    def test_only_those_wanted_are_given(
        self, retriever: Retriever, wanted: RetrievalRequest
    ) -> None:
        """
        Asked for one, it gives that one, just as if everybody had been asked for.
        """
        everybody = {each.learner.id: each for each in _given(retriever.retrieve(wanted))}

        for learner, progress in everybody.items():
            only = evolve(wanted, learners=frozenset({learner}))
            assert [progress] == _given(retriever.retrieve(only))

    @pytest.mark.parametrize("nobody", [[], ["nobody-of-that-id"]], ids=["nobody", "a stranger"])
    def test_strangers_are_not_given(
        self, retriever: Retriever, wanted: RetrievalRequest, nobody: list[str]
    ) -> None:
        """
        Asked for nobody, or for somebody it doesn't know, it gives nobody, and that is no error.
        """
        assert _given(retriever.retrieve(evolve(wanted, learners=frozenset(nobody)))) == []

    # what

    def test_facts_are_what_the_sample_says(
        self, retriever: Retriever, wanted: RetrievalRequest
    ) -> None:
        """
        No data is not zero: a fact that isn't there is left out.
        """
        found = {each.learner.id: each for each in _given(retriever.retrieve(wanted))}

        for learner, expected in self.learners.items():
            assert _said(expected, wanted) == _said(found[learner], wanted, sample=expected)

    def test_a_fact_is_the_same_whatever_else_is_asked_for(
        self, retriever: Retriever, wanted: RetrievalRequest
    ) -> None:
        """
        Asked for one fact alone, it gives that one for everybody who has it.
        """
        for fact in sorted(wanted.facts - {Fact("steps")}):
            one = evolve(wanted, facts=frozenset({fact}) | (wanted.facts & {Fact("steps")}))
            given = _given(retriever.retrieve(one))
            found = {each.learner.id: each for each in given}

            # a record that can't be used for another fact may do for this one
            for learner, expected in self.learners.items():
                assert _said(expected, one) == _said(found[learner], one, sample=expected)

    def test_it_says_which_kinds_of_facts_it_has(
        self, retriever: Retriever, wanted: RetrievalRequest
    ) -> None:
        """
        All of them, in the words that there are for them.
        """
        said = set(retriever.facts)

        assert set() == said - set(get_args(FactKind))
        assert set() == {fact.kind for fact in wanted.facts} - said

    # how

    def test_learners_stream(self, retriever: Retriever, wanted: RetrievalRequest) -> None:
        """
        One after another; whoever has enough may leave, and others aren't affected.
        """
        left, whole = retriever.retrieve(wanted), retriever.retrieve(wanted)

        assert iter(left) is left
        first = next(left)
        found = list(whole)
        del left
        assert first == found[0]

    def test_retrieving_is_repeatable(self, retriever: Retriever, wanted: RetrievalRequest) -> None:
        """
        The same data gives the same, in the same order.
        """
        assert list(retriever.retrieve(wanted)) == list(retriever.retrieve(wanted))

    def test_threads_share_it(self, retriever: Retriever, wanted: RetrievalRequest) -> None:
        """
        Many at once, each gets everybody.
        """
        expected = list(retriever.retrieve(wanted))

        def go(_: int) -> list[LearnerProgress | Skipped]:
            assert wanted.context.key == retriever.describe(wanted.context.key).key
            return list(retriever.retrieve(wanted))

        with ThreadPoolExecutor(8) as pool:
            for found in pool.map(go, range(16)):
                assert expected == found

    def test_it_may_say_how_far_it_has_come(
        self, retriever: Retriever, wanted: RetrievalRequest
    ) -> None:
        """
        Figures that only grow, within the total if it is known; it changes nothing else.
        """
        told: list[RetrievalProgress] = []
        plain = list(retriever.retrieve(wanted))

        watched = list(retriever.retrieve(evolve(wanted, on_progress=told.append)))

        figures = [(each.learners, each.requests) for each in told]
        assert plain == watched
        assert all(
            before[0] <= after[0] and before[1] <= after[1] for before, after in pairwise(figures)
        )
        assert all(each.total is None or each.learners <= each.total for each in told)

    # the context

    def test_a_context_is_described(self, retriever: Retriever) -> None:
        """
        Under the key that was asked for, and each time in the same words.
        """
        described = retriever.describe(self.context)

        assert self.context == described.key
        assert described == retriever.describe(self.context)

    def test_a_good_context_is_found_good(
        self, retriever: Retriever, learning_context: LearningContext
    ) -> None:
        """
        The check finds something, and nothing that would keep anybody from being read.
        """
        found = list(retriever.check(learning_context))

        assert found
        assert all(isinstance(each, Finding) for each in found)
        assert [each.message for each in found if each.level == "error"] == []

    def test_an_unknown_context_is_no_crash(self, retriever: Retriever) -> None:
        """
        It is refused with a RetrievalError, or the source doesn't tell contexts apart.
        """
        key = "no-such-context-here"

        described = _or_refusal(lambda: retriever.describe(key))
        _or_refusal(lambda: list(retriever.retrieve(RetrievalRequest(context=_course(key)))))
        _or_refusal(lambda: list(retriever.check(_course(key))))

        assert described is None or key == described.key

    # trouble

    def test_a_source_that_fails_says_so(self, broken: Retriever, wanted: RetrievalRequest) -> None:
        """
        By a RetrievalError with a message; it may be handed from one process to another.
        """
        with pytest.raises(RetrievalError) as caught:
            list(broken.retrieve(wanted))

        assert str(caught.value).strip()
        assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))  # noqa: S301  # our own

    def test_a_check_finds_what_fails(
        self, broken: Retriever, learning_context: LearningContext
    ) -> None:
        """
        As an error among its findings, or raised.
        """
        found = _or_refusal(lambda: list(broken.check(learning_context)))

        assert found is None or "error" in {each.level for each in found}

    def test_describing_fails_no_other_way(self, broken: Retriever) -> None:
        """
        Where it has to ask the source, it raises a RetrievalError as well.
        """
        described = _or_refusal(lambda: broken.describe(self.context))

        assert described is None or self.context == described.key


def _course(key: str) -> LearningContext:
    return LearningContext(key=key)


def _or_refusal(act: Callable[[], _T]) -> _T | None:
    """
    Give what comes of it, or None for a RetrievalError; any other one fails the test.
    """
    try:
        return act()
    except RetrievalError:
        return None


def _given(found: Iterable[LearnerProgress | Skipped]) -> list[LearnerProgress]:
    return [each for each in found if isinstance(each, LearnerProgress)]


def _facts(known: Iterable[Progress]) -> frozenset[Fact]:
    """
    Give every fact that somebody has.
    """
    return frozenset(fact for progress in known for fact in _facts_of(progress))


def _facts_of(progress: Progress) -> Iterator[Fact]:
    if progress.completion is not None:
        yield Fact("completion")
    yield from (Fact("grades", name) for name in progress.grades)
    yield from (Fact("facts", name) for name in progress.facts)
    if progress.steps:
        yield Fact("steps")
    for step in progress.steps.values():
        yield from _facts_of(step)


def _said(
    progress: Progress, request: RetrievalRequest, *, sample: Progress | None = None
) -> Mapping[str, Any]:
    """
    Give what is known of the facts that were asked for; more may have come along.

    Enrolment and date, which nobody asks for, count where the sample says something of them.
    """
    like = sample or progress
    asked = request.facts
    return {
        "enrolled": None if like.enrolled is None else progress.enrolled,
        "earned_at": None if like.earned_at is None else progress.earned_at,
        "completion": progress.completion if Fact("completion") in asked else None,
        "grades": {n: v for n, v in progress.grades.items() if Fact("grades", n) in asked},
        "facts": {n: v for n, v in progress.facts.items() if Fact("facts", n) in asked},
        "steps": {
            course: _said(step, request, sample=like.steps.get(course))
            for course, step in progress.steps.items()
        },
    }
