"""
The strict converter for what people write: it coerces nothing, takes no unknown key, and tells all
problems at once, each with its path.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import typing

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar, cast

import attrs

from cattrs import (
    AttributeValidationNote,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from certcore.config._options import is_union, key_of, marks, strip_optional
from certcore.config._secrets import SecretRef
from certcore.config._spans import parse_span
from certcore.domain import AssetRef
from certcore.exceptions import ConfigurationError, Problem


_T = TypeVar("_T")

_SEVERAL = "several problems"


class _UnfitError(ValueError):
    """
    A value isn't what is wanted. The value itself is given as it may be shown.
    """

    def __init__(self, found: str, wanted: str, hint: str = "") -> None:
        self.found = found
        self.wanted = wanted
        self.hint = hint
        super().__init__(found, wanted, hint)

    def __str__(self) -> str:
        return f"{self.found}: {self.wanted} is wanted. {self.hint}".rstrip()


def structure(document: object, kind: type[_T], *, path: str = "", file: str = "") -> _T:
    """
    Make a value of that type from a plain document.

    Raises:
        certcore.exceptions.ConfigurationError:
            With every problem, its path starting with `path`.
    """
    try:
        return _CONVERTER.structure(document, kind)
    except Exception as exc:  # whatever a validator raises is a problem of the document
        raise ConfigurationError(problems_of(exc, path=path, file=file)) from exc


def problems_of(exc: BaseException, *, path: str = "", file: str = "") -> tuple[Problem, ...]:
    """
    Tell what an exception from structuring says, a problem for each thing that is wrong.
    """
    return tuple(attrs.evolve(problem, file=problem.file or file) for problem in _walk(exc, path))


def near(name: str, known: Iterable[str]) -> str:
    """
    Suggest the known name that is most like this one: `Did you mean 'design'?`, or nothing.
    """
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean {found[0]!r}?" if found else ""


def join(path: str, name: str | int) -> str:
    """
    Lengthen a path by a key or a position.
    """
    if isinstance(name, int):
        return f"{path}[{name}]"
    bare = name.replace("_", "").replace("-", "")
    said = name if bare.isalnum() and bare.isascii() else f'"{name}"'
    return f"{path}.{said}" if path else said


def _walk(exc: BaseException, path: str) -> Iterator[Problem]:
    if isinstance(exc, ExceptionGroup):
        group = cast("ExceptionGroup[Exception]", exc)
        for each in group.exceptions:
            yield from _walk(each, _below(path, each, getattr(group, "cl", None)))
    elif isinstance(exc, ConfigurationError):
        for problem in exc.problems:
            dot = "." if path and problem.path and not problem.path.startswith("[") else ""
            yield attrs.evolve(problem, path=f"{path}{dot}{problem.path}")
    elif isinstance(exc, ForbiddenExtraKeysError):
        known = [key_of(field) for field in attrs.fields(exc.cl)]
        for name in sorted(exc.extra_fields):
            yield Problem(join(path, name), "unknown key.", near(name, known) or _known(known))
    elif isinstance(exc, KeyError):
        yield Problem(path, "is missing.")
    else:
        yield Problem(path, _sentence(exc))


def _known(names: list[str]) -> str:
    return f"Known are: {', '.join(names)}." if names else "Nothing is wanted here."


def _sentence(exc: BaseException) -> str:
    said = str(exc) or type(exc).__name__
    return said if said[-1] in ".!?}" else f"{said}."


def _below(path: str, exc: BaseException, owner: type | None) -> str:
    for note in getattr(exc, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            if owner is not None and attrs.has(owner):
                named = {field.name: key_of(field) for field in attrs.fields(owner)}
                return join(path, named.get(note.name, note.name))
            return join(path, note.name)
        if isinstance(note, IterableValidationNote):
            return join(path, note.index)
    return path


def shown(value: object) -> str:
    """
    Write a found value for a message: short, and never a whole table.
    """
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004  # a line's worth


def _exactly(wanted: str, *accepted: type) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _: Any) -> Any:
        if isinstance(value, accepted) and (bool in accepted or not isinstance(value, bool)):
            return value
        raise _UnfitError(shown(value), wanted)

    return hook


def _number(value: Any, _: Any) -> float:
    # TOML has inf and nan, and no bound would catch a nan
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _UnfitError(shown(value), "a number")
    return value


def _date(value: Any, kind: type) -> Any:
    found = _read_date(value) if isinstance(value, str) else value  # JSON has no dates
    if isinstance(found, dt.datetime) or (kind is dt.date and isinstance(found, dt.date)):
        return found
    raise _UnfitError(
        shown(value), "a date-time" if kind is dt.datetime else "a date or a date-time"
    )


def _read_date(text: str) -> dt.date | None:
    for read in (dt.date.fromisoformat, dt.datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def _span(value: Any, _: Any) -> dt.timedelta:
    if not isinstance(value, str):
        raise _UnfitError(shown(value), "a span of time such as '14 days'")
    try:
        return parse_span(value)
    except ValueError as exc:
        raise _UnfitError(*str(exc).removesuffix(" is wanted").rsplit(": ", 1)) from None


def _asset(value: Any, _: Any) -> AssetRef:
    if not isinstance(value, str) or not value:
        raise _UnfitError(shown(value), "the name of a file among the assets")
    return AssetRef(value)


def _secret(value: Any, _: Any) -> SecretRef:
    if isinstance(value, SecretRef):
        return value
    if not isinstance(value, Mapping):
        # what stands there is the secret itself: it must not be shown
        msg = 'a secret stands here. Write { env = "NAME" } or { file = "…" }'
        raise ValueError(msg)  # noqa: TRY004  # a value is refused, not a program's mistake
    table = dict(cast("Mapping[str, Any]", value))
    if not all(isinstance(name, str) for name in table.values()) or set(table) - {"env", "file"}:
        msg = 'a secret is named by { env = "NAME" } or { file = "…" }'
        raise ValueError(msg)
    return SecretRef(**table)


def _choice(value: Any, kind: Any) -> Any:
    choices = typing.get_args(kind)
    if value in choices and isinstance(value, str):
        return value
    raise _UnfitError(shown(value), f"one of {', '.join(choices)}", near(str(value), choices))


def _sequence(value: Any, kind: Any) -> Any:
    if not isinstance(value, (list, tuple)):
        raise _UnfitError(shown(value), "a list")
    arguments = typing.get_args(kind)
    items = cast("list[Any]", value)
    kinds: list[Any] = [arguments[0]] * len(items)
    if typing.get_origin(kind) is tuple and Ellipsis not in arguments:
        kinds = list(arguments)
        if len(items) != len(kinds):
            msg = f"{len(items)} values: {len(kinds)} are wanted"
            raise ValueError(msg)
    made: list[Any] = []
    wrong: list[Exception] = []
    for place, (item, item_kind) in enumerate(zip(items, kinds, strict=True)):
        try:
            made.append(_made(item, item_kind))
        except Exception as exc:  # noqa: BLE001  # each item's problem is told
            exc.add_note(IterableValidationNote("item", place, item_kind))
            wrong.append(exc)
    if wrong:
        raise ExceptionGroup(_SEVERAL, wrong)
    return tuple(made) if typing.get_origin(kind) is tuple else made


def _table(value: Any, kind: Any) -> Any:
    if not isinstance(value, Mapping):
        raise _UnfitError(shown(value), "a table")
    made: dict[str, Any] = {}
    wrong: list[Exception] = []
    item_kind = typing.get_args(kind)[1]
    for name, item in cast("Mapping[str, Any]", value).items():
        try:
            made[name] = _made(item, item_kind)
        except Exception as exc:  # noqa: BLE001  # as above
            exc.add_note(AttributeValidationNote("item", name, item_kind))
            wrong.append(exc)
    if wrong:
        raise ExceptionGroup(_SEVERAL, wrong)
    return made


def _made(value: Any, kind: Any) -> Any:
    return _CONVERTER.structure(value, kind)


def _union(value: Any, kind: Any) -> Any:
    plain = strip_optional(kind)
    if plain is not kind:
        return None if value is None else _made(value, plain)
    arguments = typing.get_args(kind)
    if all(map(attrs.has, arguments)):
        return _made(value, _record_of(value, arguments))
    wanted: list[str] = []
    for argument in arguments:
        try:
            return _made(value, argument)
        except _UnfitError as exc:  # the next may take it
            wanted.append(exc.wanted)
    raise _UnfitError(shown(value), " or ".join(wanted))


def _record_of(value: Any, records: tuple[type, ...]) -> type:
    """
    Tell which record is meant by the one required key that only it has.
    """
    if not isinstance(value, Mapping):
        raise _UnfitError(shown(value), "a table")
    marked = marks("union", records)
    meant = [mark for mark in marked if mark in value]
    if len(meant) != 1:
        found = f"{' and '.join(meant)} are" if meant else "none is"
        msg = f"one of {', '.join(marked)} is wanted, {found} there"
        raise ValueError(msg)
    return marked[meant[0]]


def _bounded(field: attrs.Attribute[Any], kind: Any) -> Callable[[Any, Any], Any]:
    # A validator that runs where the class is built would hide all but the first problem
    def hook(value: Any, _: Any) -> Any:
        made = _made(value, kind)
        if field.validator is not None and "help" in field.metadata:
            field.validator(None, field, made)
        return made

    return hook


def _record_hook(kind: type) -> Callable[[Any, Any], Any]:
    hints = typing.get_type_hints(kind)
    overrides = {
        field.name: override(
            rename=field.metadata.get("key") or None, struct_hook=_bounded(field, hints[field.name])
        )
        for field in attrs.fields(kind)
    }
    make = cast(
        "Callable[[Any, Any], Any]",
        make_dict_structure_fn(
            kind,
            _CONVERTER,
            _cattrs_forbid_extra_keys=True,
            _cattrs_detailed_validation=True,
            **overrides,  # type: ignore[arg-type]  # mypy takes them for the flags
        ),
    )

    def hook(value: Any, wanted: Any) -> Any:
        if isinstance(value, kind):
            return value
        if not isinstance(value, Mapping):
            raise _UnfitError(shown(value), "a table")
        return make(value, wanted)

    return hook


def _comes_from(*origins: Any) -> Callable[[Any], bool]:
    return lambda kind: typing.get_origin(kind) in origins


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    converter.register_structure_hook_factory(
        lambda kind: isinstance(kind, type) and attrs.has(kind), _record_hook
    )
    converter.register_structure_hook_func(lambda kind: is_union(typing.get_origin(kind)), _union)
    converter.register_structure_hook_func(_comes_from(list, tuple), _sequence)
    converter.register_structure_hook_func(_comes_from(dict, Mapping), _table)
    converter.register_structure_hook_func(_comes_from(Literal), _choice)
    converter.register_structure_hook(str, _exactly("a text", str))
    converter.register_structure_hook(bool, _exactly("true or false", bool))
    converter.register_structure_hook(int, _exactly("a whole number", int))
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(dt.datetime, _date)
    converter.register_structure_hook(dt.date, _date)
    converter.register_structure_hook(dt.timedelta, _span)
    converter.register_structure_hook(AssetRef, _asset)
    converter.register_structure_hook(SecretRef, _secret)
    converter.register_structure_hook_func(lambda kind: kind is Any, lambda value, _: value)
    return converter


_CONVERTER = _converter()
