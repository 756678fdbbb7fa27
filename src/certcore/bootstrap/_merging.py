"""
Laying tables over one another: tables merge; lists, rules and whatever else is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from attrs import frozen

from certcore.bootstrap._files import Entry


_WHOLE = {"rule", "schedule"}
"""Tables that are replaced, never merged: half of one rule and half of another would be a third."""


@frozen
class Setting:
    """
    A value of a merged configuration, and where it stands.
    """

    path: str
    value: Any
    file: str
    """Empty: nobody said so, it is certcore's own."""
    where: str = ""
    """The path of the table that says it: `types.completion`."""


def merge(layers: list[Entry]) -> tuple[dict[str, Any], tuple[Setting, ...]]:
    """
    Lay tables over one another, the last on top; give the result, and where each value stands.
    """
    merged: dict[str, Any] = {}
    origins: dict[str, Entry] = {}
    for layer in layers:
        for name, value in layer.table.items():
            below = merged.get(name)
            if isinstance(value, Mapping) and isinstance(below, dict) and name not in _WHOLE:
                merged[name] = {**below, **value}
                origins |= {f"{name}.{key}": layer for key in cast("Mapping[str, Any]", value)}
            else:
                merged[name] = (
                    dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value
                )
                origins = {p: e for p, e in origins.items() if not p.startswith(f"{name}.")}
                origins[name] = layer
    return merged, tuple(_settings(merged, origins))


def _settings(merged: dict[str, Any], origins: Mapping[str, Entry]) -> Iterator[Setting]:
    for name, value in sorted(merged.items()):
        if isinstance(value, dict) and name not in _WHOLE:
            for key, inner in cast("dict[str, Any]", value).items():
                entry = origins.get(f"{name}.{key}", origins.get(name))
                yield _setting(f"{name}.{key}", inner, entry)
        else:
            yield _setting(name, value, origins.get(name))


def _setting(path: str, value: Any, entry: Entry | None) -> Setting:
    if entry is None:
        return Setting(path, value, "")
    return Setting(path, value, entry.file, entry.path)


def origin_of(settings: tuple[Setting, ...], path: str) -> Setting | None:
    """
    Give the setting that a problem's path is about.
    """
    for setting in settings:
        if path == setting.path or path.startswith((f"{setting.path}.", f"{setting.path}[")):
            return setting
    return None
