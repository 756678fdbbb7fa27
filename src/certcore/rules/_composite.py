"""
All of, any of: how rules are put together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from attrs import Attribute, field, frozen

from certcore.domain import Decision, Fact, LearningContext, Progress, Rule, Verdict


class Composable:
    """
    Gives a rule `&`, `|` and what most rules do when they are bound: nothing.
    """

    __slots__ = ()

    def __and__(self: Rule, other: Rule) -> AllOf:
        return AllOf(*_flat(AllOf, self, other))

    def __or__(self: Rule, other: Rule) -> AnyOf:
        return AnyOf(*_flat(AnyOf, self, other))

    def bind(self, context: LearningContext) -> Self:
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


def _some(instance: object, attribute: Attribute[Any], rules: tuple[Rule, ...]) -> None:
    del instance, attribute
    if not rules:
        msg = "at least one rule is wanted"
        raise ValueError(msg)


def _possible(instance: AnyOf, attribute: Attribute[Any], value: int) -> None:
    if not 1 <= value <= len(instance.rules):
        msg = f"{attribute.name}: from 1 to {len(instance.rules)} of the rules can be wanted"
        raise ValueError(msg)


@frozen(init=False)
class _Composite(Composable):
    rules: tuple[Rule, ...] = field(validator=_some)

    if TYPE_CHECKING:
        # attrs makes it where init=False, and pyright doesn't know
        def __attrs_init__(self, *fields: Any) -> None: ...

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset[Fact]().union(*(rule.facts for rule in self.rules))


@frozen(init=False)
class AllOf(_Composite):
    """
    Met when all of its rules are.
    """

    def __init__(self, *rules: Rule) -> None:
        self.__attrs_init__(rules)

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
class AnyOf(_Composite):
    """
    Met when one of its rules is, or as many as `at_least` says.
    """

    at_least: int = field(default=1, validator=_possible)

    def __init__(self, *rules: Rule, at_least: int = 1) -> None:
        self.__attrs_init__(rules, at_least)

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
