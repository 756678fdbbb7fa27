"""
Laying tables over one another: tables merge; lists, rules and whatever else is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from attrs import fields, frozen

from certcore.bootstrap._problems import Entry
from certcore.bootstrap._schema import SettingsTable
from certcore.config import join


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


@frozen
class Merged:
    """
    Several tables as one.
    """

    table: Mapping[str, Any]
    origins: Mapping[tuple[str, ...], Entry]
    """Which of the tables each value stands in."""

    def origin(self, name: str) -> Entry | None:
        """
        Give the table that says what is called so, if one does.
        """
        return self.origins.get((name,))

    def settings(self) -> Iterator[Setting]:
        """
        Give each value and where it stands, certcore's own included.
        """
        for path, entry in self.origins.items():
            value: Any = self.table
            for name in path:
                value = value[name]
            said = ""
            for name in path:
                said = join(said, name)
            yield Setting(said, value, entry.file, entry.path)
        for each in fields(SettingsTable):
            if each.name not in self.table and isinstance(each.default, (bool, int)):
                yield Setting(each.name, each.default, "")


def merge(layers: Sequence[Entry]) -> Merged:
    """
    Lay tables over one another, the last on top.
    """
    said: dict[tuple[str, *tuple[str, ...]], tuple[Any, Entry]] = {}
    for layer in layers:
        for name, value in layer.table.items():
            merges = isinstance(value, Mapping) and name not in _WHOLE
            said = {p: v for p, v in said.items() if p[0] != name or (merges and len(p) > 1)}
            if merges:
                for key, inner in cast("Mapping[str, Any]", value).items():
                    said[name, key] = (inner, layer)
            else:
                said[name,] = (value, layer)
    table: dict[str, Any] = {}
    for path, (value, _) in said.items():
        if len(path) > 1:
            table.setdefault(path[0], {})[path[1]] = value
        else:
            table[path[0]] = value
    return Merged(table, {path: entry for path, (_, entry) in said.items()})
