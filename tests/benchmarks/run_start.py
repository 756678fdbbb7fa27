"""
Measure how long the command line takes to say what it can do.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys

from pathlib import Path

from benchmarks._processes import CERTCORE, cost


CLICK = (sys.executable, "-c", "import click")
BARE = (sys.executable, "-c", "pass")


def measure(rounds: int) -> dict[str, list[float]]:
    """
    Give the CPU seconds of each round, after one that fills the system's caches.
    """
    found: dict[str, list[float]] = {"python": [], "import click": [], "certcore --help": []}
    for number in range(rounds + 1):
        # one after the other, for machines change their speed
        for name, command in zip(found, (BARE, CLICK, (*CERTCORE, "--help")), strict=True):
            seconds = cost(command).seconds
            if number:
                found[name].append(seconds)
    return found


def main() -> None:
    """
    Measure and print.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    found = measure(args.rounds)
    base = statistics.median(found["import click"])
    print("| what | CPU ms | times `import click` |")
    print("| --- | --- | --- |")
    for name, seconds in found.items():
        middle = statistics.median(seconds)
        spread = f"{1e3 * middle:.0f} [{1e3 * min(seconds):.0f}..{1e3 * max(seconds):.0f}]"
        print(f"| {name} | {spread} | {middle / base:.2f} |")
    if args.json:
        args.json.write_text(json.dumps(found, indent=2), "utf-8")


if __name__ == "__main__":
    main()
