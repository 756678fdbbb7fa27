"""
Whom alerts go to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

from attrs import evolve

from certcore.bootstrap._files import ProjectFiles
from certcore.bootstrap._problems import is_list
from certcore.bootstrap._secrets import PASSWORD, anchored_secret, has_password
from certcore.config import SecretRef, join, shown
from certcore.exceptions import ConfigurationError, NotificationError, Problem
from certcore.messages import read_address


Recipient: TypeAlias = str | SecretRef


def read_alerts(files: ProjectFiles) -> tuple[Recipient, ...]:
    """
    Give the recipients of alerts; what is wrong with one is told, and the rest stay.
    """
    entry = files.entry("alerts")
    value = files.alerts
    if not is_list(value):
        files.problems.wrong(entry, "alerts", f"{shown(value)}: a list is wanted.")
        return ()
    found: list[Recipient] = []
    for place, item in enumerate(value):
        path = join("alerts", place)
        recipient: str | SecretRef | None = None
        if isinstance(item, Mapping):
            anchored = anchored_secret(cast("Mapping[str, Any]", item), files.folder)
            recipient = files.problems.structured(anchored, SecretRef, entry, path)
        elif wrong := _wrong(item):
            files.problems.wrong(entry, path, *wrong)
        else:
            recipient = item
        if recipient is not None:
            found.append(recipient)
    return tuple(found)


def _wrong(item: Any) -> tuple[str, ...]:
    """
    Say what is wrong with an address, and what to write; nothing if it is one.
    """
    wanted = "a mail address is wanted, or that of a webhook, https://…"
    if not isinstance(item, str):
        return (f"{shown(item)}: {wanted}",)
    if has_password(item):
        return PASSWORD
    if not item.startswith(("https://", "http://")):
        try:
            read_address(item, repr(item))
        except NotificationError as exc:
            return (f"{exc}: {wanted}",)
    return ()


def revealed(alerts: Sequence[Recipient], files: ProjectFiles) -> tuple[str, ...]:
    """
    Give the recipients as they are.

    Raises:
        certcore.exceptions.ConfigurationError:
            If a secret one isn't where it is said to be.
    """
    problems: list[Problem] = []
    found: list[str] = []
    for alert in alerts:
        try:
            found.append(alert if isinstance(alert, str) else alert.reveal())
        except ConfigurationError as exc:
            problems += [evolve(p, path="alerts", file=files.main) for p in exc.problems]
    if problems:
        raise ConfigurationError(problems)
    return tuple(found)
