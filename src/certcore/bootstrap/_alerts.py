"""
Whom alerts go to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from attrs import evolve

from certcore.bootstrap._files import ProjectFiles
from certcore.bootstrap._problems import is_list
from certcore.bootstrap._secrets import anchored_secret, has_password
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
        anchored = anchored_secret(item, files.folder)
        recipient: Any = files.problems.structured(anchored, Recipient, entry, path)  # type: ignore[arg-type]  # a type all the same
        wrong = _wrong(recipient) if isinstance(recipient, str) else ""
        if wrong:
            files.problems.wrong(entry, path, wrong)
        elif recipient is not None:
            found.append(recipient)
    return tuple(found)


def _wrong(recipient: str) -> str:
    if has_password(recipient):
        return 'a password may stand in the file. Write { env = "NAME" } or { file = "…" }.'
    if recipient.startswith(("https://", "http://")):
        return ""
    try:
        read_address(recipient, repr(recipient))
    except NotificationError as exc:
        return f"{exc}: a mail address is wanted, or that of a webhook, https://…"
    return ""


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
