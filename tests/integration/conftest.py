"""
A whole project in a folder: a CSV file of learners, a template, a design.
"""

from __future__ import annotations

import csv
import io
import json

from collections.abc import Callable
from pathlib import Path

import pytest

from reportlab.pdfgen.canvas import Canvas


PROJECT = """
[issuers.school]
name = "Example School"
sender = "Example School <certificates@example.org>"

[sources.gradebook]
use = "files"
realm = "school"
path = "learners.csv"
columns = { id = "id", name = "name", email = "email", grades = { Total = "total" } }

[types.completion]
title = "Certificate of completion"
source = "gradebook"
design = "plain"
rule = { grades = { Total = 0.60 } }

[contexts.welding]
key = "course-7"
name = "Welding 1"

[[configurations]]
context = "welding"
type = "completion"
max_new = "unlimited"
"""

DESIGN = """
template = "plain.pdf"

[elements.name]
text = "{recipient.name}"
at = [148.5, 98]
width = 230
align = "center"
size = 34
"""


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Path]:
    """
    Write a project with so many learners, every tenth of whom doesn't pass.
    """

    def make(
        learners: int = 20, *, name: str = "project", key: str = "course-7", ledger: str = ""
    ) -> Path:
        folder = tmp_path / name
        for part in ("assets", "designs"):
            (folder / part).mkdir(parents=True)
        project = PROJECT.replace("course-7", key)
        if ledger:
            project += f"\n[ledger]\nurl = {json.dumps(ledger)}\n"
        (folder / "certcore.toml").write_text(project, "utf-8")
        (folder / "designs" / "plain.toml").write_text(DESIGN, "utf-8")
        canvas = Canvas(str(folder / "assets" / "plain.pdf"), pagesize=(841.89, 595.28))
        canvas.rect(40, 40, 761, 515)
        canvas.save()
        rows = io.StringIO()
        writer = csv.writer(rows)
        writer.writerow(["id", "name", "email", "total"])
        for number in range(learners):
            total = "0.30" if number % 10 == 9 else "0.80"
            writer.writerow([f"u{number}", f"Learner {number}", f"u{number}@example.org", total])
        (folder / "learners.csv").write_text(rows.getvalue(), "utf-8")
        return folder

    return make
