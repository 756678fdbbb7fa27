"""
Trying a configuration out: everything real but the ledger, the store and the outbox.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


MARK = "REHEARSAL.txt"

_SAID = """\
What lies here was only tried: these certificates aren't recorded as issued, and nobody was told.
The messages are in the folder outbox. All of it may be deleted.
"""


def rehearse_in(folder: Path, project: Path) -> dict[str, Any]:
    """
    Give a ledger, a store and an outbox in a folder that nothing else is in.

    Raises:
        click.UsageError:
            If something else is in it: a real ledger must never be taken for a tried one.
    """
    there = folder.resolve()
    if there == project.resolve():
        raise click.UsageError("a rehearsal needs a folder of its own, not the project's.")
    if not (there / MARK).is_file():
        if there.exists() and (not there.is_dir() or any(there.iterdir())):
            raise click.UsageError(f"{folder} holds something else: name an empty or a new folder.")
        there.mkdir(parents=True, exist_ok=True)
        (there / MARK).write_text(_SAID, "utf-8")
    return {
        "ledger": {"use": "sql", "url": f"sqlite:///{(there / 'ledger.db').as_posix()}"},
        "store": {"use": "disk", "path": str(there / "certificates")},
        "notifier": {"use": "outbox", "path": str(there / "outbox")},
    }
