"""
Options of plugins: what fields they may have, and their description.

Checks, forms and reference pages all come from one description; so a field is of one of few kinds.
"""

from __future__ import annotations

import datetime as dt
import inspect
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
    "text-or-secret",
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
    str | SecretRef: "text-or-secret",
}


def option(
    help: str = "",  # noqa: A002  # reads as what it is where options are declared
    *,
    default: Any = attrs.NOTHING,
    factory: Any = None,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    format: str = "",  # noqa: A002  # as above
    key: str = "",
    validator: Any = None,
) -> Any:
    """
    Declare a field of an options class.

    Args:
        help: One sentence: what it is for, with an example.

        default: What is taken if the user says nothing; without it (and `factory`) it is required.

        unit: Of a number, or of each in a list: `mm`, `pt`, `s`.

        minimum: Smallest number allowed, each in a list included.

        maximum: Largest number allowed, each in a list included.

        format: Of a text or an asset: how it is best edited, as `OptionDescription` says.

        key: The name in a configuration, where it can't be a Python name (`or`).

        validator: As attrs has it. Each field is checked for itself, so that all problems are told
            at once: there is no instance yet, and `None` is given for it.
    """

    def bounded(instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
        if validator is not None:
            validator(instance, attribute, value)
        several = cast("tuple[Any, ...]", value if isinstance(value, (list, tuple)) else (value,))
        for number in several:
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                continue
            if (minimum is not None and number < minimum) or (
                maximum is not None and number > maximum
            ):
                msg = f"{number}: {_range(minimum, maximum)} is wanted"
                raise ValueError(msg)

    metadata = {
        "help": help,
        "unit": unit,
        "minimum": minimum,
        "maximum": maximum,
        "format": format,
        "key": key,
    }
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
    format: str = ""
    """Of a text: `placeholders`, `color` (such as `#1f4e79`), `language` (such as `pt-BR`). Of an
    asset: `pdf`, `font`, `image`. Nothing in particular if it is empty."""
    choices: tuple[str, ...] = ()
    optional: bool = False
    """Whether it can be left without a value."""
    item: OptionDescription | None = None
    """Of a list or a table: what each of its items is."""
    length: int | None = None
    """Of a list: how many items are wanted, if that is fixed."""
    fields: tuple[OptionDescription, ...] = ()
    """Of a record."""
    records: tuple[OptionDescription, ...] = ()
    """Of a union: what it may be, each by the required key that it alone has."""

    @property
    def variants(self) -> tuple[tuple[OptionDescription, ...], ...]:
        """
        Of a union: the fields of each record that it may be.
        """
        return tuple(record.fields for record in self.records)


def describe(options: type) -> tuple[OptionDescription, ...]:
    """
    Give the fields of an options class, in order.

    Raises:
        TypeError:
            If it isn't an attrs class, or a field isn't of a kind that options can have.
    """
    if not attrs.has(options):
        msg = f"{options.__qualname__} isn't an attrs class"
        raise TypeError(msg)
    hints = typing.get_type_hints(options)
    return tuple(
        attrs.evolve(
            _describe(f"{options.__qualname__}.{field.name}", hints[field.name]),
            name=key_of(field),
            help=field.metadata.get("help", ""),
            unit=field.metadata.get("unit", ""),
            minimum=field.metadata.get("minimum"),
            maximum=field.metadata.get("maximum"),
            format=field.metadata.get("format", ""),
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
    found = _container(where, typing.get_origin(hint), typing.get_args(hint))
    if found is not None:
        return found
    if isinstance(hint, type) and attrs.has(hint):
        return OptionDescription(name="", kind="record", fields=describe(hint))
    msg = f"{where}: options can't have a field of type {hint}"
    raise TypeError(msg)


def _container(where: str, origin: Any, arguments: tuple[Any, ...]) -> OptionDescription | None:
    if origin is Literal and all(isinstance(choice, str) for choice in arguments):
        return OptionDescription(name="", kind="choice", choices=arguments)
    if origin is list or (origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis):  # noqa: PLR2004  # item and dots
        return OptionDescription(name="", kind="list", item=_describe(where, arguments[0]))
    if origin is tuple and len(set(arguments)) == 1:
        item = _describe(where, arguments[0])
        return OptionDescription(name="", kind="list", item=item, length=len(arguments))
    if origin in {dict, Mapping} and arguments[0] is str:
        return OptionDescription(name="", kind="table", item=_describe(where, arguments[1]))
    if is_union(origin) and all(map(attrs.has, arguments)):
        records = tuple(
            OptionDescription(
                name=mark,
                kind="record",
                help=_summary(record),
                required=True,
                fields=describe(record),
            )
            for mark, record in marks(where, arguments).items()
        )
        return OptionDescription(name="", kind="union", records=records)
    return None


def _summary(record: type) -> str:
    """
    Give the first paragraph of a docstring, on one line.
    """
    said = inspect.getdoc(record) or ""
    return " ".join(said.split("\n\n")[0].split())


def marks(where: str, records: tuple[type, ...]) -> dict[str, type]:
    """
    Give the records of a union, each by the required key that it alone has.

    Raises:
        TypeError:
            If one of them has none, so that nothing tells it from the others.
    """
    found: dict[str, type] = {}
    for record in records:
        others = [
            field for other in records if other is not record for field in attrs.fields(other)
        ]
        taken = {key_of(field) for field in others}
        own = [
            key_of(field)
            for field in attrs.fields(record)
            if field.default is attrs.NOTHING and key_of(field) not in taken
        ]
        if not own:
            msg = f"{where}: {record.__qualname__} needs a required field that the others haven't"
            raise TypeError(msg)
        found[own[0]] = record
    return found


def is_union(origin: Any) -> bool:
    """
    Tell whether that is where `X | Y` comes from.
    """
    return origin in {typing.Union, types.UnionType}


def strip_optional(hint: Any) -> Any:
    """
    Give the type without `None`, if it is one that takes `None`.
    """
    if not is_union(typing.get_origin(hint)):
        return hint
    rest = [argument for argument in typing.get_args(hint) if argument is not type(None)]
    if len(rest) == len(typing.get_args(hint)):
        return hint
    return typing.Union[tuple(rest)]  # noqa: UP007  # how many there are is known when it runs


def asset_slugs(value: object) -> Iterator[str]:
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
    else:
        kind = type(value)
        for field in attrs.fields(kind) if attrs.has(kind) else ():
            yield from asset_slugs(getattr(value, field.name))
