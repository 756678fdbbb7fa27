"""
A source that knows what it was told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from certcore.domain import FactKind, Finding, LearnerProgress, LearningContext, Skipped
from certcore.exceptions import RetrievalError
from certcore.ports import RetrievalProgress, RetrievalRequest


class CannedRetriever:
    """
    Gives the same learners for whatever context it is asked.

    Args:
        learners: What it gives, in order.

        contexts: What it can describe; any other key is unknown to it.

        facts: The kinds of facts that it says it has.

        fail_after: How many it gives before it fails; None: it doesn't fail.

        error: What it then raises.
    """

    def __init__(
        self,
        learners: Iterable[LearnerProgress | Skipped] = (),
        *,
        contexts: Iterable[LearningContext] = (),
        facts: Collection[FactKind] = ("completion", "grades", "facts", "steps"),
        fail_after: int | None = None,
        error: RetrievalError | None = None,
    ) -> None:
        self.learners = list(learners)
        self.contexts = {context.key: context for context in contexts}
        self.facts = frozenset(facts)
        self.fail_after = fail_after
        self.error = error or RetrievalError("the source failed half-way", retryable=True)
        self.requests: list[RetrievalRequest] = []
        """What it was asked for, in order."""

    def describe(self, key: str) -> LearningContext:
        try:
            return self.contexts[key]
        except KeyError:
            raise RetrievalError(f"the source has no context {key!r}") from None

    def retrieve(self, request: RetrievalRequest) -> Iterator[LearnerProgress | Skipped]:
        self.requests.append(request)
        wanted = [item for item in self.learners if _is_wanted(item, request.learners)]
        for number, item in enumerate(wanted):
            if number == self.fail_after:
                raise self.error
            if request.on_progress is not None:
                request.on_progress(RetrievalProgress(learners=number + 1, total=len(wanted)))
            yield item
        if self.fail_after is not None and self.fail_after >= len(wanted):
            raise self.error

    def check(self, context: LearningContext) -> Iterator[Finding]:
        known = context.key in self.contexts
        yield Finding(
            level="ok" if known else "error",
            message=f"{context.key} is {'there' if known else 'unknown'}",
        )


def _is_wanted(item: LearnerProgress | Skipped, ids: frozenset[str] | None) -> bool:
    who = item.learner.id if isinstance(item, LearnerProgress) else item.learner
    return ids is None or who in ids
