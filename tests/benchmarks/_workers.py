"""
Many certificates, made by processes that are forked when the design is prepared, as servers do it.
"""

from __future__ import annotations

import functools
import importlib.util
import tempfile
import time

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import evolve, field, frozen

from certcore.domain import Artifact, Certificate, new_code
from certcore.pdf import Pdf, PdfGenerator, QrCode, Text
from certcore.placeholders import sample_certificate
from certcore.ports import PreparedDesign
from certcore.testing import MemoryAssets


if TYPE_CHECKING:
    from benchmarks.baselines._sample import Template

_T = TypeVar("_T")

Found: TypeAlias = dict[str, Any]
Memory: TypeAlias = dict[str, int]
"""KiB, by kind."""

_WARM_UP = 20
_PROCESSES = (1, 2)
_CHUNK = 500
"""Certificates that are there at a time, as the ledger gives them."""
_MARK = 10_000
"""After so many memory is looked at, and after all."""

_MM = 72 / 25.4
_WIDTH, _HEIGHT = 297, 210
_PLACEHOLDERS = {"name": "{recipient.name}", "course": "{context.name}", "date": "{type.title}"}
_CJK = ("李小龍", "王秀英", "佐藤陽子", "高橋健一", "김민준", "이서연", "陳大文", "林美玲")
_CJK_FONTS = "noto_cjk_sans_otc"


@frozen(kw_only=True)
class Sample:
    """
    What certificates are made from.
    """

    design: Pdf
    files: Mapping[str, bytes] = field(repr=False)
    learners: Sequence[tuple[str, str, str]] = field(repr=False)

    @classmethod
    def make(cls, folder: Path, template: Template, count: int) -> Sample:
        """
        Write a template into the folder, with the texts of the baselines and a QR code on it.
        """
        # its libraries are no part of what is measured
        from benchmarks.baselines import _sample

        _sample.make(folder, template)
        names = (_sample.TEMPLATE_FILE, _sample.FONT_FILE)
        elements: dict[str, Text | QrCode] = {
            line.field: Text(
                text=_PLACEHOLDERS[line.field],
                at=(_WIDTH / 2, _HEIGHT - line.baseline / _MM),
                align="center",
                size=line.size,
            )
            for line in _sample.LINES
        }
        elements["code"] = QrCode(qr="{verification.address}", at=(20, 160), size=25)
        return cls(
            design=Pdf(template=names[0], fonts=names[1:], elements=elements),
            files={name: (folder / name).read_bytes() for name in names},
            # plain tuples, since theirs are at home where those libraries are loaded
            learners=[
                (each.name, each.course, each.date)
                for each in _sample.learners(count=min(count, _MARK))
            ],
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

    def warm_up(self) -> list[Certificate]:
        """
        Give some to begin with, so that nothing is done for the first time when it is measured.
        """
        return self.certificates(-_WARM_UP, 0)


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
    begun: list[tuple[Any, Connection]] = []
    for job in jobs:
        here, there = fork.Pipe(duplex=False)
        child = fork.Process(target=_tell, args=(job, there))
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


def _tell(job: Callable[[], object], parent: Connection) -> None:
    parent.send(job())


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


_WAYS: Mapping[str, Callable[[Artifact, Path], None]] = {
    "hashed": _hash,
    "joined": _join,
    "files": _write,
}


def work(
    prepared: PreparedDesign, sample: Sample, way: str, folder: Path, numbers: tuple[int, int]
) -> Found:
    """
    Make these certificates; give the seconds it took, on the clock and of CPU, and the memory.
    """
    finish, (begin, end) = _WAYS[way], numbers
    held = {0: memory()}
    for each in sample.warm_up():
        finish(prepared.generate(each), folder)
    seconds = spent = 0.0
    for first, last in pairwise(sorted({0, min(_MARK, end - begin), end - begin})):
        for place in range(begin + first, begin + last, _CHUNK):
            wanted = sample.certificates(place, min(place + _CHUNK, begin + last))
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
    wanted = [sample_certificate(name=name) for name in _CJK]
    for each in sample.warm_up():
        prepared.generate(each)
    held, seconds, spent = [memory()], list[float](), list[float]()
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

        folder: Where files are written, and deleted again.

        counts: How many are made in which way.
    """
    prepared = sample.prepare()
    found: Found = {"prepared": memory(), "many": []}
    for way, count in counts.items():
        for processes in _PROCESSES:
            ends = [count * place // processes for place in range(processes + 1)]
            with tempfile.TemporaryDirectory(dir=folder) as name:
                workers = forked(
                    functools.partial(work, prepared, sample, way, Path(name), numbers)
                    for numbers in pairwise(ends)
                )
            found["many"].append(
                {"way": way, "processes": processes, "count": count, "workers": workers}
            )
    found["cjk"] = None
    if importlib.util.find_spec(_CJK_FONTS):
        (found["cjk"],) = forked([functools.partial(first_names, prepared, sample)])
    return found
