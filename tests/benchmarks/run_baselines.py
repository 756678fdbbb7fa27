"""
Measure the baselines against each other, in CPU time, which a busy machine disturbs least.
"""

import argparse
import functools
import importlib
import json
import statistics
import tempfile
import time

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

from benchmarks.baselines import _sample


REFERENCE = "plain"
CANDIDATES = (REFERENCE, "parsed_once", "typst_way", "certcore_way")
PACKAGES = ("cryptography", "fontpkg-noto-sans", "pypdf", "reportlab", "typst", "uharfbuzz")
WARM_UP = 20


@functools.cache
def renderer(candidate: str, folder: Path) -> tuple[_sample.Render, _sample.Inputs]:
    """
    Prepare a candidate once in its process, and draw enough to have it warm.

    What a candidate draws from is made beforehand, where it isn't the learner alone.
    """
    module = importlib.import_module(f"benchmarks.baselines.{candidate}")
    render: _sample.Render = module.prepare(folder=folder)
    inputs: _sample.Inputs = getattr(module, "inputs", list)
    for each in inputs(_sample.learners(count=WARM_UP)):
        render(each)
    return render, inputs


def measure(candidate: str, folder: Path, *, count: int, skip: int) -> tuple[float, float]:
    """
    Return the CPU milliseconds and the bytes of a certificate, on average over `count` new ones.
    """
    render, inputs = renderer(candidate, folder)
    wanted = inputs(_sample.learners(count=count, skip=skip))
    begin = time.process_time()
    sizes = [len(render(each)) for each in wanted]
    spent = time.process_time() - begin
    return 1000 * spent / count, statistics.mean(sizes)


def compare(*, count: int, rounds: int) -> dict[str, dict[str, list[float]]]:
    """
    Give each candidate a process of its own, let them take turns, and keep every round's figures.
    """
    spawn = get_context("spawn")
    pools = {candidate: ProcessPoolExecutor(1, mp_context=spawn) for candidate in CANDIDATES}
    results: dict[str, dict[str, list[float]]] = {
        candidate: {"milliseconds": [], "times_as_fast": [], "bytes": []} for candidate in pools
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _sample.make(folder)
        for number in range(rounds):
            skip = WARM_UP + number * count
            for candidate, pool in pools.items():
                turn = pool.submit(measure, candidate, folder, count=count, skip=skip)
                milliseconds, size = turn.result()
                figures = results[candidate]
                figures["milliseconds"].append(milliseconds)
                figures["bytes"].append(size)
                # The reference comes first in each round.
                reference = results[REFERENCE]["milliseconds"][-1]
                figures["times_as_fast"].append(reference / milliseconds)
    return results


def table(results: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """
    Lay the results out in Markdown: medians and, in brackets, the extremes of the rounds.
    """
    lines = [
        f"| candidate | CPU ms per certificate | times as fast as {REFERENCE} | bytes |",
        "| --- | --- | --- | --- |",
    ]
    for candidate, figures in results.items():
        spent, ratio = (
            f"{statistics.median(values):.2f} [{min(values):.2f}..{max(values):.2f}]"
            for values in (figures["milliseconds"], figures["times_as_fast"])
        )
        size = statistics.median(figures["bytes"])
        lines.append(f"| {candidate} | {spent} | {ratio} | {size:,.0f} |")
    return "\n".join(lines)


def main() -> None:
    """
    Print the table and, where asked for, write every round to a file.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="certificates in a round")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each candidate")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round here")
    options = parser.parse_args()
    results = compare(count=options.count, rounds=options.rounds)
    print(table(results))
    if options.json:
        packages = {package: version(package) for package in PACKAGES}
        report = {"count": options.count, "packages": packages, "candidates": results}
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
