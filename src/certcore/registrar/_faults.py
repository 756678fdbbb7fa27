"""
Saying where something failed without saying what it failed on.
"""

from __future__ import annotations

import traceback


def place_of(exc: BaseException) -> str:
    """
    Give the kind of an exception, and the file and line it comes from.

    Its own text may hold names or addresses: it belongs into no log.
    """
    frames = traceback.extract_tb(exc.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(exc).__name__}{where}"
