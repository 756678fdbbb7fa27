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
CERTCORE = "certcore_way"
CANDIDATES = (REFERENCE, "parsed_once", "typst_way", CERTCORE)
PACKAGES = ("cryptography", "fontpkg-noto-sans", "pypdf", "reportlab", "typst", "uharfbuzz")
WARM_UP = 20
FASTER = 20
"""As many times the certificates are drawn by what is so much faster: a turn too short to measure
says nothing."""


@functools.cache
def renderer(
    candidate: str, folder: Path, script: _sample.Script
) -> tuple[_sample.Render, _sample.Inputs]:
    """
    Prepare a candidate once in its process, and draw enough to have it warm.

    What a candidate draws from is made beforehand, where it isn't the learner alone.
    """
    module = importlib.import_module(f"benchmarks.baselines.{candidate}")
    render: _sample.Render = module.prepare(folder=folder)
    inputs: _sample.Inputs = getattr(module, "inputs", list)
    for each in inputs(_sample.learners(count=WARM_UP, script=script)):
        render(each)
    return render, inputs


def measure(
    candidate: str, folder: Path, script: _sample.Script, *, count: int, skip: int
) -> tuple[float, float]:
    """
    Return the CPU milliseconds and the bytes of a certificate, on average over `count` new ones.
    """
    render, inputs = renderer(candidate, folder, script)
    wanted = inputs(_sample.learners(count=count, skip=skip, script=script))
    begin = time.process_time()
    sizes = [len(render(each)) for each in wanted]
    spent = time.process_time() - begin
    return 1000 * spent / count, statistics.mean(sizes)


def compare(
    *, count: int, rounds: int, template: _sample.Template, scripts: bool
) -> dict[str, dict[str, list[float]]]:
    """
    Give each candidate a process of its own, let them take turns, and keep every round's figures.

    Args:
        count: Certificates in a turn.

        rounds: Turns of each candidate.

        template: What is drawn on.

        scripts: Whether certcore's engine draws names in each script, and nobody else but the
            reference draws anything.
    """
    spawn = get_context("spawn")
    turns: dict[str, tuple[str, _sample.Script]] = {each: (each, "latin") for each in CANDIDATES}
    if scripts:
        turns = {REFERENCE: turns[REFERENCE]}
        turns |= {f"{CERTCORE}, {script}": (CERTCORE, script) for script in _sample.SCRIPTS}
    pools = {turn: ProcessPoolExecutor(1, mp_context=spawn) for turn in turns}
    results: dict[str, dict[str, list[float]]] = {
        turn: {"milliseconds": [], "times_as_fast": [], "bytes": []} for turn in turns
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _sample.make(folder, template)
        for number in range(rounds):
            for turn, (candidate, script) in turns.items():
                many = count * FASTER if candidate == CERTCORE else count
                skip = WARM_UP + number * many
                milliseconds, size = (
                    pools[turn]
                    .submit(measure, candidate, folder, script, count=many, skip=skip)
                    .result()
                )
                figures = results[turn]
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
            f"{statistics.median(values):.3g} [{min(values):.3g}..{max(values):.3g}]"
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
    parser.add_argument("--template", choices=_sample.TEMPLATES, default="small")
    parser.add_argument("--scripts", action="store_true", help="certcore's names in each script")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round here")
    options = parser.parse_args()
    results = compare(
        count=options.count,
        rounds=options.rounds,
        template=options.template,
        scripts=options.scripts,
    )
    print(table(results))
    if options.json:
        packages = {package: version(package) for package in PACKAGES}
        report = {
            "count": options.count,
            "template": options.template,
            "packages": packages,
            "candidates": results,
        }
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
