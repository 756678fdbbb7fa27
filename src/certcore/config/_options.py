"""
Options of plugins: what fields they may have, and their description.

Checks, forms and reference pages all come from one description; so a field is of one of few kinds.
"""

from __future__ import annotations

import datetime as dt
import types
import typing

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias, cast

import attrs

from attrs import frozen

from certcore.config._secrets import SecretRef
from certcore.domain import AssetRef


OptionKind: TypeAlias = Literal[
    "bool",
    "int",
    "float",
    "text",
    "choice",
    "date",
    "datetime",
    "duration",
    "asset",
    "secret",
    "list",
    "table",
    "record",
    "union",
]

_SCALARS: Mapping[Any, OptionKind] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "text",
    dt.date: "date",
    dt.datetime: "datetime",
    dt.timedelta: "duration",
    AssetRef: "asset",
    SecretRef: "secret",
}


def option(
    help: str = "",  # noqa: A002  # reads as what it is where options are declared
    *,
    default: Any = attrs.NOTHING,
    factory: Any = None,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    key: str = "",
    validator: Any = None,
) -> Any:
    """
    Declare a field of an options class.

    Args:
        help: One sentence: what it is for, with an example.

        default: What is taken if the user says nothing; without it (and `factory`) it is required.

        unit: Of a number: `mm`, `pt`, `s`.

        minimum: Smallest number allowed.

        maximum: Largest number allowed.

        key: The name in a configuration, where it can't be a Python name (`or`).
    """

    def bounded(instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if validator is not None:
            validator(instance, attribute, value)
        if value is None or isinstance(value, bool) or not isinstance(value, (int, float)):
            return
        if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
            raise ValueError(f"{value}: {_range(minimum, maximum)} is wanted")

    metadata = {"help": help, "unit": unit, "minimum": minimum, "maximum": maximum, "key": key}
    if factory is not None:
        return attrs.field(factory=factory, metadata=metadata, validator=bounded)
    return attrs.field(default=default, metadata=metadata, validator=bounded)


def _range(minimum: float | None, maximum: float | None) -> str:
    if maximum is None:
        return f"a number from {minimum:g} up"
    if minimum is None:
        return f"a number up to {maximum:g}"
    return f"a number from {minimum:g} to {maximum:g}"


@frozen(kw_only=True)
class OptionDescription:
    """
    One field of an options class.
    """

    name: str
    kind: OptionKind
    help: str = ""
    required: bool = False
    default: Any = None
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False
    """Whether it can be left without a value."""
    item: OptionDescription | None = None
    """Of a list or a table: what each of its items is."""
    fields: tuple[OptionDescription, ...] = ()
    """Of a record."""
    variants: tuple[tuple[OptionDescription, ...], ...] = ()
    """Of a union: the fields of each record that it may be."""


def describe(options: type) -> tuple[OptionDescription, ...]:
    """
    Give the fields of an options class, in order.

    Raises:
        TypeError:
            If it isn't an attrs class, or a field isn't of a kind that options can have.
    """
    if not attrs.has(options):
        raise TypeError(f"{options.__qualname__} isn't an attrs class")
    hints = typing.get_type_hints(options)
    return tuple(
        attrs.evolve(
            _describe(f"{options.__qualname__}.{field.name}", hints[field.name]),
            name=key_of(field),
            help=field.metadata.get("help", ""),
            unit=field.metadata.get("unit", ""),
            minimum=field.metadata.get("minimum"),
            maximum=field.metadata.get("maximum"),
            required=field.default is attrs.NOTHING,
            default=_default(field),
        )
        for field in attrs.fields(options)
    )


def key_of(field: attrs.Attribute[Any]) -> str:
    """
    Give the name of a field as it stands in a configuration.
    """
    return field.metadata.get("key") or field.name


def _default(field: attrs.Attribute[Any]) -> Any:
    if field.default is attrs.NOTHING:
        return None
    if isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]  # a class, typed as a function
        factory = cast("Any", field.default)
        return None if factory.takes_self else factory.factory()
    return field.default


def _describe(where: str, hint: Any) -> OptionDescription:
    plain = strip_optional(hint)
    if plain is not hint:
        return attrs.evolve(_describe(where, plain), optional=True)
    if hint in _SCALARS:
        return OptionDescription(name="", kind=_SCALARS[hint])
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return OptionDescription(name="", kind="choice", choices=tuple(map(str, arguments)))
    if origin in {list, tuple}:
        return OptionDescription(name="", kind="list", item=_describe(where, arguments[0]))
    if origin in {dict, Mapping} and arguments[0] is str:
        return OptionDescription(name="", kind="table", item=_describe(where, arguments[1]))
    if origin in {typing.Union, types.UnionType} and all(map(attrs.has, arguments)):
        variants = tuple(describe(argument) for argument in arguments)
        return OptionDescription(name="", kind="union", variants=variants)
    if isinstance(hint, type) and attrs.has(hint):
        return OptionDescription(name="", kind="record", fields=describe(hint))
    raise TypeError(f"{where}: options can't have a field of type {hint}")


def strip_optional(hint: Any) -> Any:
    """
    Give the type without `None`, if it is one that takes `None`.
    """
    if typing.get_origin(hint) not in {typing.Union, types.UnionType}:
        return hint
    rest = [argument for argument in typing.get_args(hint) if argument is not type(None)]
    return hint if len(rest) == len(typing.get_args(hint)) else typing.Union[tuple(rest)]  # noqa: UP007


def asset_slugs(value: Any) -> Iterator[str]:
    """
    Walk the slugs of all assets that an options object names.
    """
    if isinstance(value, AssetRef):
        yield value.slug
    elif isinstance(value, Mapping):
        for item in cast("Mapping[str, Any]", value).values():
            yield from asset_slugs(item)
    elif isinstance(value, (list, tuple)):
        for item in cast("list[Any]", value):
            yield from asset_slugs(item)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from asset_slugs(getattr(value, field.name))
