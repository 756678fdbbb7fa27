"""
Secrets in a project: named, never written down; their files are the project's.
"""

from __future__ import annotations

import re

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from certcore.bootstrap._problems import is_list
from certcore.config import OptionDescription, SecretRef, describe, join


# Careful rather than exact: a password may have any character in it, and no address needs both
_PASSWORD = re.compile(
    r"://(?:.*:.*@|.*[?&;](?:pass|password|passwd|pwd|secret|token)=)", re.IGNORECASE | re.DOTALL
)


PASSWORD = ("a password may stand in the file.", 'Write { env = "NAME" } or { file = "…" }.')
"""What is told of one: message and hint. The text itself isn't shown."""


def has_password(text: str) -> bool:
    """
    Tell whether an address may have a password in it.
    """
    return _PASSWORD.search(text) is not None


def passwords(value: object, path: str) -> Iterator[str]:
    """
    Walk the paths of texts that may have a password in them.
    """
    if isinstance(value, str):
        if has_password(value):
            yield path
    elif isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, Any]", value).items():
            yield from passwords(inner, join(path, name))
    elif is_list(value):
        for place, inner in enumerate(value):
            yield from passwords(inner, join(path, place))


def anchored(table: Mapping[str, Any], options: type, folder: Path) -> dict[str, Any]:
    """
    Make files of secrets relative to the project, wherever the command is started.
    """
    return _anchored_record(table, describe(options), folder)


def _anchored_record(
    table: Mapping[str, Any], fields: tuple[OptionDescription, ...], folder: Path
) -> dict[str, Any]:
    by_name = {field.name: field for field in fields}
    return {
        name: _anchored(value, by_name[name], folder) if name in by_name else value
        for name, value in table.items()
    }


def _anchored(value: Any, field: OptionDescription, folder: Path) -> Any:
    if is_list(value) and field.kind == "list" and field.item:
        return [_anchored(inner, field.item, folder) for inner in value]
    if not isinstance(value, Mapping):
        return value
    table = cast("Mapping[str, Any]", value)
    if field.kind in {"secret", "text-or-secret"}:
        return anchored_secret(table, folder)
    if field.kind == "table" and field.item:
        return {name: _anchored(inner, field.item, folder) for name, inner in table.items()}
    fields = field.fields or tuple(each for variant in field.variants for each in variant)
    return _anchored_record(table, fields, folder)


def anchored_secret(table: Mapping[str, Any], folder: Path) -> Any:
    """
    Make the file of a secret relative to the project; whatever isn't one stays as it is.
    """
    file = table.get("file")
    if set(table) == {"file"} and isinstance(file, str) and file:
        return SecretRef(file=file, folder=str(folder))
    return table
