"""
Measure the PDF engine: how many certificates it makes, in how much memory, and where time goes.

What makes many is a process that has loaded nothing but the engine: it prepares the design, and
forks workers as servers do. Templates, pictures and parts are looked at in this one.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import importlib.util
import json
import statistics
import tempfile
import time

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from attrs import evolve, field, frozen

from certcore.domain import Artifact, Certificate, new_code
from certcore.exceptions import MissingExtraError
from certcore.pdf import Pdf, PdfGenerator, QrCode, Text, _prepared, picture
from certcore.pdf._compiled import Compiled
from certcore.pdf._describing import DescriptionTemplate
from certcore.pdf._drawables import QrDrawable, SetText, TextDrawable
from certcore.placeholders import sample_certificate
from certcore.ports import PreparedDesign
from certcore.testing import MemoryAssets


_T = TypeVar("_T")

Found: TypeAlias = dict[str, Any]
Memory: TypeAlias = dict[str, int]
"""KiB, by kind."""

TEMPLATES = ("small", "libreoffice", "vector", "heavy")
PROCESSES = (1, 2)
WARM_UP = 20
CHUNK = 500
"""Certificates that are there at a time, as the ledger gives them."""
MARK = 10_000
"""After so many memory is looked at, and after all."""
MOST = 2000
"""Certificates in a round of what is measured in rounds."""
SCALE = 2.0

MM = 72 / 25.4
HEIGHT = 210
PLACEHOLDERS = {"name": "{recipient.name}", "course": "{context.name}", "date": "{type.title}"}
CJK = ("李小龍", "王秀英", "佐藤陽子", "高橋健一", "김민준", "이서연", "陳大文", "林美玲")
CJK_FONTS = "noto_cjk_sans_otc"

PARTS: Sequence[tuple[str, Any, str]] = (
    ("lay the texts out", TextDrawable, "lay_out"),
    ("make the QR code", QrDrawable, "lay_out"),
    ("draw the texts", SetText, "draw"),
    ("embed fonts of its own", _prepared, "own_fonts"),
    ("describe", DescriptionTemplate, "render"),
    ("end the file", Compiled, "end"),
)
"""What is timed where in the engine: attributes of classes and modules."""


@frozen(kw_only=True)
class Sample:
    """
    What certificates are made from.
    """

    design: Pdf
    files: Mapping[str, bytes] = field(repr=False)
    learners: Sequence[tuple[str, str, str]] = field(repr=False)

    @classmethod
    def make(cls, folder: Path, template: str, count: int) -> Sample:
        """
        Write a template into the folder, with the texts of the baselines and a QR code on it.
        """
        # its libraries are no part of what is measured
        from benchmarks.baselines import _sample  # noqa: PLC0415

        _sample.make(folder, template)  # type: ignore[arg-type]  # one of its literals
        names = (_sample.TEMPLATE_FILE, _sample.FONT_FILE)
        elements: dict[str, Text | QrCode] = {
            line.field: Text(
                text=PLACEHOLDERS[line.field],
                at=(297 / 2, HEIGHT - line.baseline / MM),
                align="center",
                size=line.size,
            )
            for line in _sample.LINES
        }
        elements["code"] = QrCode(qr="{verification.address}", at=(20, 160), size=25)
        return cls(
            design=Pdf(template=names[0], fonts=names[1:], elements=elements),
            files={name: (folder / name).read_bytes() for name in names},
            learners=_sample.learners(count=min(count, MARK)),
        )

    def prepare(self) -> PreparedDesign:
        """
        Compile the design.
        """
        return PdfGenerator().prepare(self.design, MemoryAssets(self.files))

    def certificates(self, begin: int, end: int) -> list[Certificate]:
        """
        Give what the ledger has when certificates are to be made; after ten thousand, names repeat.
        """
        chosen = (self.learners[place % len(self.learners)] for place in range(begin, end))
        return [
            evolve(sample_certificate(name=name, context=course, title=date), code=new_code())
            for name, course, date in chosen
        ]


def memory() -> Memory:
    """
    Give what this process has in memory: what is its own, and all; nothing but on Linux.
    """
    file = Path("/proc/self/smaps_rollup")
    if not file.exists():
        return {}
    sizes: Counter[str] = Counter()
    for line in file.read_text("utf-8").splitlines()[1:]:
        kind, size, _ = line.split()
        sizes[kind] += int(size)
    own = sizes["Private_Clean:"] + sizes["Private_Dirty:"]
    return {"private": own, "total": sizes["Rss:"]}


def forked(jobs: Iterable[Callable[[], _T]]) -> list[_T]:
    """
    Do each job in a child of its own, all at once, and give what they found.
    """
    fork = get_context("fork")
    begun = []
    for job in jobs:
        here, there = fork.Pipe(duplex=False)
        child = fork.Process(target=lambda job, end: end.send(job()), args=(job, there))
        child.start()
        # what the child closes, or leaves by dying, ends then
        there.close()
        begun.append((child, here))
    try:
        found: list[_T] = [here.recv() for _, here in begun]
    except EOFError:
        raise SystemExit("a process that makes certificates has died") from None
    for child, _ in begun:
        child.join()
    return found


# many


def _hash(artifact: Artifact, folder: Path) -> None:
    del folder
    assert artifact.sha256


def _join(artifact: Artifact, folder: Path) -> None:
    del folder
    assert artifact.content


def _write(artifact: Artifact, folder: Path) -> None:
    # named by its content, as stores name it
    with (folder / f"{artifact.sha256}.pdf").open("wb", buffering=0) as file:
        file.writelines(artifact.parts)


WAYS: Mapping[str, Callable[[Artifact, Path], None]] = {
    "hashed": _hash,
    "joined": _join,
    "files": _write,
}


def work(
    prepared: PreparedDesign, sample: Sample, way: str, folder: Path, begin: int, end: int
) -> Found:
    """
    Make these certificates; give the seconds it took, on the clock and of CPU, and the memory.
    """
    finish = WAYS[way]
    folder.mkdir()
    held = {0: memory()}
    for each in sample.certificates(0, WARM_UP):
        finish(prepared.generate(each), folder)
    seconds = spent = 0.0
    for first, last in pairwise(sorted({0, min(MARK, end - begin), end - begin})):
        for place in range(begin + first, begin + last, CHUNK):
            wanted = sample.certificates(place, min(place + CHUNK, begin + last))
            clock, cpu = time.perf_counter(), time.process_time()
            for each in wanted:
                finish(prepared.generate(each), folder)
            seconds += time.perf_counter() - clock
            spent += time.process_time() - cpu
        held[last] = memory()
    return {"seconds": seconds, "cpu": spent, "memory": held}


def first_names(prepared: PreparedDesign, sample: Sample) -> Found:
    """
    Make certificates for Chinese, Japanese and Korean names; give what each of them took.
    """
    wanted = [sample_certificate(name=name) for name in CJK]
    for each in sample.certificates(0, WARM_UP):
        prepared.generate(each)
    held, seconds, spent = [memory()], [], []
    for each in wanted:
        clock, cpu = time.perf_counter(), time.process_time()
        prepared.generate(each)
        seconds.append(time.perf_counter() - clock)
        spent.append(time.process_time() - cpu)
        if len(spent) == 1:
            held.append(memory())
    return {"seconds": seconds, "cpu": spent, "memory": held}


def make_many(sample: Sample, folder: Path, counts: Mapping[str, int]) -> Found:
    """
    Prepare the design, and make certificates in one worker and in several, in each way.

    Args:
        sample: What they are made from.

        folder: Where files go; they stay until somebody deletes it.

        counts: How many are made in which way.
    """
    prepared = sample.prepare()
    found: Found = {"prepared": memory(), "many": []}
    for way, count in counts.items():
        for processes in PROCESSES:
            ends = [count * place // processes for place in range(processes + 1)]
            workers = forked(
                functools.partial(
                    work, prepared, sample, way, folder / f"{way}{processes}{begin}", begin, end
                )
                for begin, end in pairwise(ends)
            )
            found["many"].append(
                {"way": way, "processes": processes, "count": count, "workers": workers}
            )
    found["cjk"] = None
    if importlib.util.find_spec(CJK_FONTS):
        (found["cjk"],) = forked([functools.partial(first_names, prepared, sample)])
    return found


# one after another


def cpu_of(count: int, job: Callable[[], object]) -> float:
    """
    Give the CPU microseconds of what is done so many times in a job.
    """
    begin = time.process_time()
    job()
    return 1e6 * (time.process_time() - begin) / count


def look_at(template: str, count: int, rounds: int) -> Found:
    """
    Compare a template with what becomes of it: bytes, microseconds, and a picture's milliseconds.
    """
    # its packages needn't be there where only the engine is measured
    plain = importlib.import_module("benchmarks.baselines.plain")
    with tempfile.TemporaryDirectory() as name:
        sample = Sample.make(Path(name), template, count)
        compared = len(plain.prepare(folder=Path(name))(sample.learners[0]))
    prepared, content = sample.prepare(), sample.files[sample.design.template.slug]
    made = [prepared.generate(each) for each in sample.certificates(0, WARM_UP)]
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
        jobs: dict[str, Callable[[], object]] = {
            "copy the template": lambda: [len(bytes(memoryview(content))) for _ in range(count)],
            "copy the beginning": lambda: [len(bytes(memoryview(beginning))) for _ in range(count)],
            "generate": lambda wanted=wanted: [prepared.generate(each).size for each in wanted],
            "generate, join": lambda wanted=wanted: [
                len(prepared.generate(each).content) for each in wanted
            ],
        }
        for what, job in jobs.items():
            found[what].append(cpu_of(count, job))
    try:
        picture(made[0].content, scale=SCALE)
    except MissingExtraError:
        return found
    found["picture"] = [
        cpu_of(1, lambda each=each: picture(each.content, scale=SCALE)) / 1000
        for each in made[1 : rounds + 1]
    ]
    return found


class Stopwatch:
    """
    Adds up what parts of the engine take, on the clock: asking for CPU time takes too long itself.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def watching(self) -> Iterator[None]:
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
    for each in sample.certificates(0, WARM_UP):
        prepared.generate(each)
    found: list[Found] = []
    for number in range(rounds):
        wanted = sample.certificates(2 * number * count, 2 * (number + 1) * count)
        whole = cpu_of(count, lambda some=wanted[:count]: [*map(prepared.generate, some)])
        made: list[Artifact] = []
        watch = Stopwatch()
        with watch.watching():
            begin = time.perf_counter()
            for each in wanted[count:]:
                made.append(prepared.generate(each))
            seconds = time.perf_counter() - begin
        parts = {part: whole * watch.seconds[part] / seconds for part, *_ in PARTS}
        parts["everything else"] = whole - sum(parts.values())
        hashed = cpu_of(count, lambda made=made: [each.sha256 for each in made])
        found.append({**parts, "all": whole, "hash it": hashed})
    return found
