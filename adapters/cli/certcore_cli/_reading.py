"""
Commands that only read leave nothing behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from certcore.bootstrap import Project
    from certcore.registrar import Registrar

_EMPTY = {"use": "sql", "url": "sqlite://"}


def reading(project: Project) -> Registrar:
    """
    Make a Registrar of a project. Where no ledger is yet, an empty one answers, and none is made.

    Raises:
        certcore.exceptions.ConfigurationError:
            If what it is to work with is wrong.
    """
    from certcore.ledgers import SqlOptions, ledger_is_there  # noqa: PLC0415  # longer than --help

    options = project.options("ledger")
    if isinstance(options, SqlOptions) and not ledger_is_there(options, project.folder):
        return project.registrar(ledger=_EMPTY)
    return project.registrar()
