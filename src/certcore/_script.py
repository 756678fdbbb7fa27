"""
The command `certcore`, which needs an extra.
"""

from __future__ import annotations

import gc
import sys


_NEEDED = {"click", "rich"}

_YOUNG = 20_000
"""How many objects are made before those that refer to each other in a circle are looked for."""


def main() -> None:
    """
    Run the command line, or say what to install for it.
    """
    # what a run makes of each row is gone with the row: to look for cycles as often as is usual
    # takes a tenth of the time and finds none
    gc.set_threshold(_YOUNG, 20, 20)
    try:
        from certcore_cli.main import certcore  # noqa: PLC0415  # the extra may not be there
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] not in _NEEDED:
            raise
        sys.stderr.write("The command line needs more packages: pip install 'certcore[cli]'\n")
        sys.exit(2)
    certcore(prog_name="certcore")
