"""
Domain values as plain documents, for the ledger and for `--format json`.

Lenient where the strict converter is not: what a newer version wrote may have more in it. What has
its default is left out, so the defaults of stated values can't change without a migration.
"""

from __future__ import annotations

import datetime as dt
import json

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from cattrs import Converter

from certcore.config._spans import format_span, parse_span


_T = TypeVar("_T")


def dump(value: object) -> str:
    """
    Write a domain value as compact JSON; what has its default is left out.
    """
    plain = _CONVERTER.unstructure(value)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def plain(value: object) -> Any:
    """
    Give a domain value as dicts, lists, strings and numbers.
    """
    return _CONVERTER.unstructure(value)


def load(document: str, kind: type[_T]) -> _T:
    """
    Read what `dump` wrote.
    """
    return _CONVERTER.structure(json.loads(document), kind)


def _converter() -> Converter:
    converter = Converter(detailed_validation=False, omit_if_default=True)
    converter.register_unstructure_hook(dt.datetime, lambda moment: moment.isoformat())
    converter.register_structure_hook(
        dt.datetime, lambda value, _: dt.datetime.fromisoformat(cast("str", value))
    )
    converter.register_unstructure_hook(dt.timedelta, format_span)
    converter.register_structure_hook(dt.timedelta, lambda value, _: parse_span(value))
    converter.register_structure_hook_func(
        lambda kind: getattr(kind, "__origin__", None) is Mapping, lambda value, _: dict(value)
    )
    return converter


_CONVERTER = _converter()
