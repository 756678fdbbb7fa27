"""
`certcore import`, killed at any moment and run again.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from certcore.bootstrap import load_project
from certcore.ports import CertificateFilter


START = "from certcore._script import main; main()"
ROWS = 3000
FILES = 300
KILLS = 6


def start(folder: Path) -> subprocess.Popen[bytes]:
    words = (
        "import",
        "-p",
        str(folder),
        str(folder / "list.jsonl"),
        "--files",
        str(folder / "old"),
    )
    return subprocess.Popen(
        [sys.executable, "-c", START, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_killed_by_the_system(make_project: Callable[..., Path]) -> None:
    """
    In the end each is there once, with its file and its code, and no file lies there for nobody.
    """
    folder = make_project(1)
    (folder / "old").mkdir()
    rows = [
        {
            "context": "course-7",
            "type": "completion",
            "learner": f"u{n}",
            "name": f"Learner {n}",
            "awarded_at": "2025-05-06",
            "code": f"old-{n}",
            "file": f"{n}.pdf" if n % (ROWS // FILES) == 0 else "",
        }
        for n in range(ROWS)
    ]
    for row in rows:
        if row["file"]:
            (folder / "old" / row["file"]).write_bytes(b"%PDF-1.7 " + row["code"].encode())
    (folder / "list.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    moments = random.Random(7)  # noqa: S311  # no secret
    ends: Counter[int] = Counter()

    for _ in range(KILLS):
        process = start(folder)
        try:
            process.wait(moments.uniform(0.8, 3))
        except subprocess.TimeoutExpired:
            process.kill()
        ends[process.wait()] += 1
    assert 0 == start(folder).wait()

    assert set(ends) <= {-9, 0}
    with load_project(folder).registrar() as registrar:
        found = registrar.ledger.find(CertificateFilter(), limit=2 * ROWS)
        files = {each.artifact.key for each in found if each.artifact is not None}
        lying = {
            path.relative_to(folder / "certificates").as_posix()
            for path in (folder / "certificates").rglob("*.pdf")
        }
        assert ROWS == len(found) == len({each.learner for each in found})
        assert FILES == len(files)
        assert files == lying
        for n in range(0, ROWS, 100):
            old = registrar.get(f"OLD {n}")
            assert f"u{n}" == old.learner.id
            assert ["imported"] == [entry.verb for entry in registrar.history(old.id)]
