"""
All of, any of: how rules are put together.
"""

from __future__ import annotations

from typing import TypeVar

from attrs import field, frozen

from certcore.domain import Decision, Fact, LearningContext, Progress, Rule, Verdict


_R = TypeVar("_R", bound="Composable")


class Composable:
    """
    Gives a rule `&`, `|` and what most rules do when they are bound: nothing.
    """

    __slots__ = ()

    def __and__(self: Rule, other: Rule) -> AllOf:
        return AllOf(*_flat(AllOf, self, other))

    def __or__(self: Rule, other: Rule) -> AnyOf:
        return AnyOf(*_flat(AnyOf, self, other))

    def bind(self: _R, context: LearningContext) -> _R:
        del context
        return self


def _flat(kind: type[AllOf | AnyOf], *rules: Rule) -> list[Rule]:
    # a & b & c is one list of three, so that an explanation isn't nested for nothing
    flat: list[Rule] = []
    for rule in rules:
        if isinstance(rule, kind) and not (isinstance(rule, AnyOf) and rule.at_least != 1):
            flat.extend(rule.rules)
        else:
            flat.append(rule)
    return flat


def _some(instance: object, attribute: object, rules: tuple[Rule, ...]) -> None:
    del instance, attribute
    if not rules:
        raise ValueError("at least one rule is wanted")


@frozen(init=False)
class AllOf(Composable):
    """
    Met when all of its rules are.
    """

    rules: tuple[Rule, ...] = field(validator=_some)

    def __init__(self, *rules: Rule) -> None:
        self.__attrs_init__(rules)  # type: ignore[attr-defined]  # attrs makes it where init=False

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset().union(*(rule.facts for rule in self.rules))

    def evaluate(self, progress: Progress) -> Decision:
        children = tuple(rule.evaluate(progress) for rule in self.rules)
        return Decision(
            verdict=Verdict.at_least(len(children), (child.verdict for child in children)),
            kind="all",
            children=children,
        )

    def bind(self, context: LearningContext) -> AllOf:
        return AllOf(*(rule.bind(context) for rule in self.rules))


@frozen(init=False)
class AnyOf(Composable):
    """
    Met when one of its rules is, or as many as `at_least` says.
    """

    rules: tuple[Rule, ...] = field(validator=_some)
    at_least: int = 1

    def __init__(self, *rules: Rule, at_least: int = 1) -> None:
        if not 1 <= at_least <= max(1, len(rules)):
            raise ValueError(f"at_least: from 1 to {len(rules)} of the rules can be wanted")
        self.__attrs_init__(rules, at_least)  # type: ignore[attr-defined]  # as above

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset().union(*(rule.facts for rule in self.rules))

    def evaluate(self, progress: Progress) -> Decision:
        children = tuple(rule.evaluate(progress) for rule in self.rules)
        return Decision(
            verdict=Verdict.at_least(self.at_least, (child.verdict for child in children)),
            kind="any",
            needed=self.at_least,
            children=children,
        )

    def bind(self, context: LearningContext) -> AnyOf:
        return AnyOf(*(rule.bind(context) for rule in self.rules), at_least=self.at_least)
