"""
The command `certcore`, which needs an extra.
"""

from __future__ import annotations

import sys


_NEEDED = {"click", "rich"}


def main() -> None:
    """
    Run the command line, or say what to install for it.
    """
    try:
        from certcore_cli.main import certcore  # noqa: PLC0415  # the extra may not be there
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] not in _NEEDED:
            raise
        sys.stderr.write("The command line needs more packages: pip install 'certcore[cli]'\n")
        sys.exit(2)
    certcore(prog_name="certcore")
