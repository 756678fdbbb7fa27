"""
A copy of a ledger's file, made before its tables change.
"""

from __future__ import annotations

import os
import shutil
import sqlite3

from contextlib import closing, suppress
from pathlib import Path

from certcore.exceptions import LedgerError


def keep_copy(file: Path, schema: int) -> Path:
    """
    Copy a SQLite file as it was last committed, and give where the copy lies: beside it.

    Whoever calls holds the ledger's lock: nobody commits meanwhile, nobody else makes a copy. It is
    on the disk when this returns, and whole as soon as it has its name. An earlier copy stays.

    Raises:
        certcore.exceptions.LedgerError:
            If there is no room for it, or its folder can't be written.
    """
    copy = _free(file.with_name(f"{file.name}.v{schema}-backup"))
    unfinished = file.with_name(f"{file.name}.backup-unfinished")
    try:
        # of somebody who was killed
        unfinished.unlink(missing_ok=True)
        unfinished.touch(0o600)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as to:
            source.backup(to)
        # there are names in it: whoever may not read the ledger may not read the copy
        shutil.copymode(file, unfinished)
        with unfinished.open("rb+") as opened:
            os.fsync(opened.fileno())
        unfinished.replace(copy)
        with suppress(PermissionError):  # Windows opens no folders
            _sync(file.parent)
    except (OSError, sqlite3.Error) as exc:
        with suppress(OSError):
            unfinished.unlink()
        raise LedgerError(
            f"the ledger {file} has tables of version {schema}, which aren't upgraded without a "
            f"copy: {copy} can't be written "
            f"({exc.strerror if isinstance(exc, OSError) else exc})"
        ) from exc
    return copy


def _free(wanted: Path) -> Path:
    """
    Give the first name that nothing has yet.
    """
    free, number = wanted, 1
    while free.exists():
        number += 1
        free = wanted.with_name(f"{wanted.name}-{number}")
    return free


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
