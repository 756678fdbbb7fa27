"""
Measure what a large gradebook costs: memory, and the time of a run that finds nothing new.

The command line itself is measured, each time in a process of its own: `certcore evaluate`, a first
`certcore issue` that awards some, and further ones that award nobody. Memory is compared with the
same on a small gradebook, time with a bare loop over the same file.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import sys
import tempfile

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from benchmarks._processes import CERTCORE, Cost, cost
from benchmarks.baselines import _sample
from benchmarks.run_stages import DESIGN


PROJECT = """
[issuers.school]
name = "Example School"
sender = "Example School <certificates@example.org>"
verification = "https://certificates.example.org/v/{{code}}"

[sources.gradebook]
use = "files"
realm = "school"
path = "learners.csv"

[sources.gradebook.columns]
id = "Username"
name = "Name"
email = "Email"
completion = "Completion"
grades = {{ Total = "Total" }}

[types.completion]
title = "Certificate of completion"
source = "gradebook"
design = "small"
rule = {{ grades = {{ Total = 0.60 }} }}

[contexts.welding]
key = "course-7"
name = "Introduction to Welding"

[[configurations]]
context = "welding"
type = "completion"
max_new = {new}
"""

READ = ("Username", "Name", "Email", "Completion", "Total")

LOOP = """
import csv, sys
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        pass
"""


@frozen(kw_only=True)
class Gradebook:
    """
    A project with a gradebook of so many rows.
    """

    folder: Path
    rows: int
    new: int
    """How many of them are eligible, spread evenly."""
    more: int
    """How many columns there are that nobody reads."""

    @property
    def file(self) -> Path:
        return self.folder / "learners.csv"

    def make(self) -> None:
        """
        Write the project, and the gradebook as platforms do: grades have two decimals.
        """
        for name in ("assets", "designs"):
            (self.folder / name).mkdir(parents=True)
        _sample.make(self.folder / "assets")
        (self.folder / "certcore.toml").write_text(PROJECT.format(new=self.new), "utf-8")
        (self.folder / "designs" / "small.toml").write_text(DESIGN, "utf-8")
        with self.file.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*READ, *(f"Homework {number}" for number in range(self.more))])
            writer.writerows(self._lines())

    def _lines(self) -> Iterator[list[str]]:
        each = self.rows // self.new
        for number in range(self.rows):
            user = f"user{number:07d}"
            total = 60 + number % 41 if number % each == 0 else number * 7919 % 60
            homework = (f"{number * factor % 101 / 100}" for factor in range(3, self.more + 3))
            done = number * 37 % 101
            yield [
                *(user, f"Learner Number {number}", f"{user}@example.org"),
                *(f"{done / 100}", f"{total / 100}"),
                *homework,
            ]

    def evaluate(self) -> Cost:
        """
        Have the command line say who would get a certificate.
        """
        return cost([*CERTCORE, "evaluate", "welding/completion"], folder=self.folder)

    def issue(self, *, new: int) -> Cost:
        """
        Have the command line issue. Raises SystemExit if other than so many are new.
        """
        out = self.folder / "issue.json"
        command = [*CERTCORE, "issue", "welding/completion", "--format", "json"]
        took = cost(command, folder=self.folder, out=out)
        (run,) = json.loads(out.read_text("utf-8"))["runs"]
        found = {name: run["counts"].get(name, 0) for name in ("retrieved", "new", "issued")}
        if found != {"retrieved": self.rows, "new": new, "issued": new}:
            raise SystemExit(f"{new} of {self.rows} should have been issued, and not {found}")
        return took

    def loop(self) -> Cost:
        """
        Read the file and do nothing.
        """
        return cost([sys.executable, "-c", LOOP, str(self.file)])


def measure(folder: Path, *, sizes: tuple[int, int], new: int, more: int, rounds: int) -> Any:
    """
    Measure both gradebooks: give what each command cost, and of the larger one each round.
    """
    found: dict[str, Any] = {"memory": {}, "rounds": []}
    for rows in sizes:
        gradebook = Gradebook(folder=folder / str(rows), rows=rows, new=new, more=more)
        gradebook.make()
        found["memory"][rows] = {
            "evaluate": gradebook.evaluate().kib,
            "issue": gradebook.issue(new=new).kib,
            "nothing new": gradebook.issue(new=0).kib,
        }
    for _ in range(rounds):
        # one after the other, for machines change their speed
        loop, again, evaluate = gradebook.loop(), gradebook.issue(new=0), gradebook.evaluate()
        found["rounds"].append(
            {"loop": loop.seconds, "nothing new": again.seconds, "evaluate": evaluate.seconds}
        )
    return found


def main() -> None:
    """
    Measure and print.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000, help="rows to compare memory with")
    parser.add_argument("--new", type=int, default=1000, help="newly eligible learners of both")
    parser.add_argument("--more", type=int, default=10, help="columns that nobody reads, beside 5")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = measure(
            Path(name),
            sizes=(args.small, args.rows),
            new=args.new,
            more=args.more,
            rounds=args.rounds,
        )
    small, large = found["memory"].values()
    print(f"| peak of resident memory | {args.small:,} rows | {args.rows:,} rows | times |")
    print("| --- | --- | --- | --- |")
    for verb, kib in small.items():
        more = large[verb]
        print(f"| {verb} | {kib / 1024:.1f} MiB | {more / 1024:.1f} MiB | {more / kib:.2f} |")
    print(f"\n| CPU time, {args.rows:,} rows | seconds | us per row | times the loop |")
    print("| --- | --- | --- | --- |")
    base = statistics.median(each["loop"] for each in found["rounds"])
    for what in found["rounds"][0]:
        seconds = [each[what] for each in found["rounds"]]
        middle = statistics.median(seconds)
        spread = f"{middle:.2f} [{min(seconds):.2f}..{max(seconds):.2f}]"
        print(f"| {what} | {spread} | {1e6 * middle / args.rows:.1f} | {middle / base:.2f} |")
    if args.json:
        args.json.write_text(json.dumps(found, indent=2), "utf-8")


if __name__ == "__main__":
    main()
