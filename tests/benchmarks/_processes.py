"""
What a process costs: its CPU time and the most memory it had, as the system counts them.
"""

from __future__ import annotations

import os
import subprocess
import sys

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


CERTCORE = (sys.executable, "-c", "from certcore._script import main; main()")
"""The command line, started by the interpreter that measures."""


class Cost(NamedTuple):
    """
    What one process took.
    """

    seconds: float
    """Of the processor, in the process and in the system on its behalf."""
    kib: int
    """The most memory that was resident at a time."""


def cost(command: Sequence[str], *, folder: Path | None = None, out: Path | None = None) -> Cost:
    """
    Run a command to its end; what it prints goes into the file. Raises SystemExit if it fails.
    """
    with (out or Path(os.devnull)).open("wb") as printed:
        process = subprocess.Popen(command, cwd=folder, stdout=printed)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    # macOS counts bytes
    unit = 1024 if sys.platform == "darwin" else 1
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss // unit)
