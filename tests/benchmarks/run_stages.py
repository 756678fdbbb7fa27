"""
Measure what each stage of the pipeline costs, in CPU time per certificate.

A real project: a CSV file, the PDF generator, SQLite as durable as it is by default, files on a
disk, messages in a folder. Each port is timed from outside; what is left is the core's own.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import tempfile
import time

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import evolve

from benchmarks.baselines import _sample
from certcore.bootstrap import load_project
from certcore.plugins import PluginRegistry, Provider, ProviderKind, Services


PROJECT = """
[issuers.school]
name = "Example School"
sender = "Example School <certificates@example.org>"
verification = "https://certificates.example.org/v/{code}"

[sources.gradebook]
use = "files"
realm = "school"
path = "learners.csv"
columns = { id = "id", name = "name", email = "email", grades = { Total = "total" } }

[types.completion]
title = "Certificate of completion"
source = "gradebook"
design = "small"
rule = { grades = { Total = 0.60 } }

[contexts.welding]
key = "course-7"
name = "Introduction to Welding"

[[configurations]]
context = "welding"
type = "completion"
max_new = "unlimited"
"""

DESIGN = f"""
template = "{_sample.TEMPLATE_FILE}"
fonts = ["{_sample.FONT_FILE}"]

[elements.name]
text = "{{recipient.name}}"
at = [148.5, 98]
width = 230
align = "center"
size = 34

[elements.course]
text = "{{context.name}}"
at = [148.5, 124]
width = 230
align = "center"
size = 24

[elements.date]
text = "{{date:long}}"
at = [148.5, 140]
width = 230
align = "center"
size = 13
"""

STAGES = ("retrieve", "award", "lease", "generate", "store", "record", "deliver", "other")
_OF = {
    "retrieve": "retrieve",
    "held": "award",
    "award": "award",
    "lease": "lease",
    "generate": "generate",
    "put": "store",
    "sync": "store",
    "record": "record",
    "sending": "deliver",
    "settle": "deliver",
    "send": "deliver",
    "deliveries_due": "deliver",
    "get": "deliver",
    "open": "deliver",
}


class Stopwatch:
    """
    Adds CPU seconds up, by the name of the call.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def timing(self, call: str) -> Iterator[None]:
        begin = time.process_time()
        try:
            yield
        finally:
            self.seconds[_OF.get(call, "other")] += time.process_time() - begin


class Timed:
    """
    A collaborator whose calls are timed.
    """

    def __init__(self, real: Any, watch: Stopwatch) -> None:
        self._real = real
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            with self._watch.timing(name):
                result = found(*args, **kwargs)
            if name == "prepare":
                return Timed(result, self._watch)
            return self._each(result) if name == "retrieve" else result

        return call

    def _each(self, records: Iterator[Any]) -> Iterator[Any]:
        while True:
            with self._watch.timing("retrieve"):
                record = next(records, None)
            if record is None:
                return
            yield record


class TimedPlugins(PluginRegistry):
    """
    The installed plugins, each collaborator of theirs timed.
    """

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self._watch = watch
        self._timed: dict[tuple[str, str], Provider] = {}

    def get(self, kind: ProviderKind, name: str) -> Provider:
        return self._time(kind, super().get(kind, name))

    def of_options(self, kind: ProviderKind, options: object) -> Provider:
        return self._time(kind, super().of_options(kind, options))

    def _time(self, kind: str, provider: Provider) -> Provider:
        @contextmanager
        def build(options: Any, services: Services) -> Iterator[Any]:
            with provider.build(options, services) as real:
                yield Timed(real, self._watch)

        return self._timed.setdefault((kind, provider.name), evolve(provider, build=build))


def measure(folder: Path, count: int) -> dict[str, float]:
    """
    Issue so many certificates; give the CPU microseconds of each stage per certificate.
    """
    for name in ("assets", "designs"):
        (folder / name).mkdir(parents=True)
    _sample.make(folder / "assets")
    (folder / "certcore.toml").write_text(PROJECT, "utf-8")
    (folder / "designs" / "small.toml").write_text(DESIGN, "utf-8")
    with (folder / "learners.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "name", "email", "total"])
        for number, learner in enumerate(_sample.learners(count=count)):
            rows.writerow([f"u{number}", learner.name, f"u{number}@example.org", "0.83"])
    watch = Stopwatch()
    with load_project(folder, plugins=TimedPlugins(watch)).registrar() as registrar:
        begin = time.process_time()
        run = registrar.issue("welding/completion")
        total = time.process_time() - begin
    if run.count("issued") != count or run.count("sent") != count:
        raise SystemExit(f"only {run.count('issued')} of {count} were issued: {run.message}")
    watch.seconds["other"] = total - sum(
        seconds for stage, seconds in watch.seconds.items() if stage != "other"
    )
    return {stage: 1e6 * watch.seconds[stage] / count for stage in STAGES}


def main() -> None:
    """
    Measure and print.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="certificates a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    rounds = []
    for _ in range(args.rounds):
        with tempfile.TemporaryDirectory() as name:
            rounds.append(measure(Path(name) / "project", args.count))
    print("| stage | CPU us per certificate | share |")
    print("| --- | --- | --- |")
    whole = statistics.median(sum(figures.values()) for figures in rounds)
    for stage in STAGES:
        figures = [each[stage] for each in rounds]
        middle = statistics.median(figures)
        spread = f"[{min(figures):,.0f}..{max(figures):,.0f}]"
        print(f"| {stage} | {middle:,.0f} {spread} | {middle / whole:.0%} |")
    print(f"| all | {whole:,.0f} | 100% |")
    if args.json:
        args.json.write_text(json.dumps(rounds, indent=2), "utf-8")


if __name__ == "__main__":
    main()
