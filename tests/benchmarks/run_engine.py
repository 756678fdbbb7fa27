"""
Measure the PDF engine: how many certificates it makes, in how much memory, and where time goes.

What makes many is a process that has loaded nothing but the engine; templates, pictures and parts
are looked at in this one.
"""

from __future__ import annotations

import argparse
import functools
import json
import statistics
import tempfile
import time

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks._workers import Found, Memory, Sample, make_many
from certcore.domain import Certificate
from certcore.exceptions import MissingExtraError
from certcore.pdf import _prepared, picture
from certcore.pdf._compiled import Compiled
from certcore.pdf._describing import DescriptionTemplate
from certcore.pdf._drawables import QrDrawable, SetText, TextDrawable
from certcore.ports import PreparedDesign


if TYPE_CHECKING:
    from benchmarks.baselines._sample import Template

MOST = 2000
"""Certificates in a round of what is measured in rounds."""
SCALE = 2.0
"""Of pictures: pixels for each point."""

PARTS: Sequence[tuple[str, Any, str]] = (
    ("lay the texts out", TextDrawable, "lay_out"),
    ("make the QR code", QrDrawable, "lay_out"),
    ("draw the texts", SetText, "draw"),
    ("embed fonts of its own", _prepared, "own_fonts"),
    ("describe", DescriptionTemplate, "render"),
    ("end the file", Compiled, "end"),
)
"""What is timed where in the engine: attributes of classes and modules."""


def cpu_of(count: int, job: Callable[[], object]) -> float:
    """
    Give the CPU microseconds of what is done so many times in a job.
    """
    begin = time.process_time()
    job()
    return 1e6 * (time.process_time() - begin) / count


def copy(content: bytes, count: int) -> None:
    """
    Do the least that a whole file takes.
    """
    for _ in range(count):
        bytes(memoryview(content))


def generate(prepared: PreparedDesign, wanted: Iterable[Certificate]) -> None:
    """
    Make files in parts, and forget them.
    """
    for each in wanted:
        prepared.generate(each)


def join(prepared: PreparedDesign, wanted: Iterable[Certificate]) -> None:
    """
    Make files as a whole, and forget them.
    """
    for each in wanted:
        assert prepared.generate(each).content


def look_at(template: Template, count: int, rounds: int) -> Found:
    """
    Compare a template with what becomes of it: bytes, microseconds, and a picture's milliseconds.
    """
    # their libraries are no part of what is measured elsewhere
    from benchmarks.baselines import _sample, plain

    with tempfile.TemporaryDirectory() as name:
        sample = Sample.make(Path(name), template, count)
        compared = len(plain.prepare(folder=Path(name))(_sample.Learner(*sample.learners[0])))
    prepared, content = sample.prepare(), sample.files[sample.design.template.slug]
    made = [prepared.generate(each) for each in sample.warm_up()]
    beginning = made[0].parts[0]
    found: Found = {
        "bytes": {
            "template": len(content),
            "beginning": len(beginning),
            "certificate": round(statistics.mean(each.size for each in made)),
            "plain": compared,
        },
        "copy the template": [],
        "copy the beginning": [],
        "generate": [],
        "generate, join": [],
        "picture": [],
    }
    for number in range(rounds):
        wanted = sample.certificates(number * count, (number + 1) * count)
        jobs = {
            "copy the template": functools.partial(copy, content, count),
            "copy the beginning": functools.partial(copy, beginning, count),
            "generate": functools.partial(generate, prepared, wanted),
            "generate, join": functools.partial(join, prepared, wanted),
        }
        for what, job in jobs.items():
            found[what].append(cpu_of(count, job))
    try:
        picture(made[0].content, scale=SCALE)
    except MissingExtraError:
        return found
    found["picture"] = [
        cpu_of(1, functools.partial(picture, each.content, scale=SCALE)) / 1000
        for each in (made[number % len(made)] for number in range(rounds))
    ]
    return found


class Stopwatch:
    """
    Adds up what parts of the engine take, on the clock: asking for CPU time takes too long itself.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def watching(self) -> Generator[None]:
        """
        Time all parts, as long as this lasts.
        """
        real = [(home, name, getattr(home, name)) for _, home, name in PARTS]
        for part, home, name in PARTS:
            setattr(home, name, self.timed(part, getattr(home, name)))
        try:
            yield
        finally:
            for home, name, call in real:
                setattr(home, name, call)

    def timed(self, part: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """
        Give the same, timed.
        """

        def run(*args: Any, **said: Any) -> Any:
            begin = time.perf_counter()
            try:
                return call(*args, **said)
            finally:
                self.seconds[part] += time.perf_counter() - begin

        return run


def look_into(sample: Sample, count: int, rounds: int) -> list[Found]:
    """
    Give the CPU microseconds of each part of the engine in each round.

    Each part's share is taken from a round that is watched, and the whole from one that isn't.
    """
    prepared = sample.prepare()
    generate(prepared, sample.warm_up())
    found: list[Found] = []
    for number in range(rounds):
        wanted = sample.certificates(2 * number * count, 2 * (number + 1) * count)
        whole = cpu_of(count, functools.partial(generate, prepared, wanted[:count]))
        watch = Stopwatch()
        with watch.watching():
            begin = time.perf_counter()
            generate(prepared, wanted[count:])
            seconds = time.perf_counter() - begin
        parts = {part: whole * watch.seconds[part] / seconds for part, *_ in PARTS}
        parts["everything else"] = whole - sum(parts.values())
        found.append({**parts, "all": whole})
    return found


def spread(values: Sequence[float]) -> str:
    """
    Give the median and, in brackets, the extremes.
    """
    if not values:
        return "not measured"
    return f"{statistics.median(values):,.1f} [{min(values):,.1f}..{max(values):,.1f}]"


def table(headers: str, rows: Iterable[Sequence[object]]) -> None:
    """
    Print a table in Markdown, and an empty line.
    """
    print(f"| {headers} |")
    print(f"|{' --- |' * (headers.count('|') + 1)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    print()


def mib(held: Memory) -> str:
    """
    Give what is a process's own, and all that it has.
    """
    if not held:
        return "not measured"
    return f"{held['private'] / 1024:.1f} own, {held['total'] / 1024:.1f} in all"


def tell_many(found: Found) -> None:
    """
    Print what many certificates took, by one process and by several.
    """
    many = found["many"]
    table(
        "certificates | as | processes | a second | CPU us each",
        [
            (
                f"{each['count']:,}",
                each["way"],
                each["processes"],
                # the slowest is the one that is waited for
                f"{each['count'] / max(one['seconds'] for one in each['workers']):,.0f}",
                f"{1e6 * sum(one['cpu'] for one in each['workers']) / each['count']:.0f}",
            )
            for each in many
        ],
    )
    rows = [("before it forks", "", mib(found["prepared"]))]
    for each in many:
        if each["way"] == "hashed":
            rows += [
                (f"one of {each['processes']}", f"{after:,}", mib(held))
                for after, held in each["workers"][0]["memory"].items()
            ]
    table("process | certificates made | MiB", rows)
    cjk = found["cjk"]
    if cjk is None:
        print("Chinese, Japanese and Korean names: not measured, certcore[fonts-cjk] is missing.\n")
        return
    (first, *later), (before, after) = cjk["cpu"], cjk["memory"]
    more = {kind: after[kind] - before[kind] for kind in before}
    table(
        "first CJK name, s | CPU s | CPU ms of later ones | MiB more",
        [(f"{cjk['seconds'][0]:.2f}", f"{first:.2f}", spread([1e3 * s for s in later]), mib(more))],
    )


def tell_each(templates: Mapping[str, Found], parts: Sequence[Found]) -> None:
    """
    Print what templates have to do with it, and what parts of the engine take.
    """
    table(
        "template | bytes | beginning | certificate | plain's | certificate to plain's",
        [
            (name, *(f"{size:,}" for size in sizes.values()), f"{share:.2f}")
            for name, each in templates.items()
            for sizes in (each["bytes"],)
            for share in (sizes["certificate"] / sizes["plain"],)
        ],
    )
    timed = [what for what in next(iter(templates.values())) if what not in {"bytes", "picture"}]
    table(
        f"CPU us, template | {' | '.join(timed)} | picture, CPU ms",
        [
            (name, *(spread(each[what]) for what in timed), spread(each["picture"]))
            for name, each in templates.items()
        ],
    )
    whole = statistics.median(each["all"] for each in parts)
    table(
        "part of generate() | CPU us | share",
        [
            (part, spread(values), f"{statistics.median(values) / whole:.0%}")
            for part in parts[0]
            for values in ([each[part] for each in parts],)
        ],
    )


def main() -> None:
    """
    Measure and print.
    """
    # its libraries are no part of what is measured
    from benchmarks.baselines._sample import TEMPLATES

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="certificates by each way")
    parser.add_argument(
        "--files", type=int, default=10_000, help="of these, written to files; 0: none"
    )
    parser.add_argument("--folder", type=Path, help="where files are written, and deleted again")
    parser.add_argument("--rounds", type=int, default=5, help="of what is done one after another")
    parser.add_argument(
        "--templates",
        nargs="+",
        choices=TEMPLATES,
        default=TEMPLATES,
        help="what is drawn on; many are made with the first",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")
    args = parser.parse_args()
    each = min(args.count, MOST)
    files = min(args.files, args.count)
    counts = {"hashed": args.count, "joined": args.count} | ({"files": files} if files else {})
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        sample = Sample.make(Path(name), args.templates[0], args.count)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            found = pool.submit(make_many, sample, Path(name), counts).result()
    tell_many(found)
    found["templates"] = {name: look_at(name, each, args.rounds) for name in args.templates}
    found["parts"] = look_into(sample, each, args.rounds)
    tell_each(found["templates"], found["parts"])
    if args.json:
        args.json.write_text(json.dumps(found, indent=2), "utf-8")


if __name__ == "__main__":
    main()
