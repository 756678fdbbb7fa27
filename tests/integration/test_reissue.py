"""
Reissuing with the real generator, a ledger in SQLite and a store on disk.
"""

from __future__ import annotations

import io

from collections.abc import Callable
from pathlib import Path

from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from certcore.bootstrap import load_project
from certcore.domain import Certificate
from certcore.registrar import Changes, RecipientChange, Registrar


MENDED = Changes(recipient=RecipientChange(name="Lukasz the First"))
NAME = "welding/completion"


def edit_design(folder: Path) -> None:
    """
    Another text in another place, on another template.
    """
    design = folder / "designs" / "plain.toml"
    design.write_text(design.read_text("utf-8").replace('text = "', 'text = "Dr. '), "utf-8")
    canvas = Canvas(str(folder / "assets" / "plain.pdf"), pagesize=(900, 700))
    canvas.drawString(40, 40, "the new template")
    canvas.save()


def reissue(registrar: Registrar, old: Certificate, changes: Changes = MENDED) -> Certificate:
    done = registrar.reissue(old.id, changes, reason="typo", actor="tests")
    assert done.certificate is not None
    return done.certificate


def read(registrar: Registrar, certificate: Certificate) -> tuple[str, float]:
    """
    Give what stands on the page, and how wide that is.
    """
    assert certificate.artifact is not None
    content = registrar.store.open(certificate.artifact.key)
    page = PdfReader(io.BytesIO(content)).pages[0]
    return page.extract_text().strip(), float(page.mediabox.width)


def test_an_edited_design_is_left_where_it_is(make_project: Callable[..., Path]) -> None:
    """
    The reissued file keeps the old text, place and template; on demand it takes the new ones.
    """
    folder = make_project(1)
    with load_project(folder).registrar() as registrar:
        registrar.issue(NAME)
        (old,) = registrar.find()
        assert ("Learner 0", 841.89) == read(registrar, old)
    edit_design(folder)

    # a process that has never seen the old design
    with load_project(folder).registrar() as registrar:
        new = reissue(registrar, old)
        assert ("Lukasz the First", 841.89) == read(registrar, new)
        newest = reissue(registrar, new, Changes(design="current"))
        text, width = read(registrar, newest)

    assert {"the new template", "Dr. Lukasz the First"} == set(text.splitlines())
    assert 900 == width
    assert old.design_digest == new.design_digest != newest.design_digest


def test_a_file_is_known_by_its_bytes(make_project: Callable[..., Path]) -> None:
    """
    What was issued, and what only looks like it; also after it was renewed, revoked or forgotten.
    """
    folder = make_project(1)
    with load_project(folder).registrar() as registrar:
        registrar.issue(NAME)
        (old,) = registrar.find()
        assert old.artifact is not None
        issued = registrar.store.open(old.artifact.key)
        saved_anew = issued.replace(b"%%EOF", b"%%EOF\n")

        assert "valid" == registrar.verify_file(issued).status
        assert "unknown" == registrar.verify_file(saved_anew).status
        newer = reissue(registrar, old, Changes(recipient=RecipientChange(email="n@example.org")))
        assert "renewed" == registrar.verify_file(issued).status
        registrar.revoke(newer.id, reason="", actor="tests")
        assert "revoked" == registrar.verify_file(issued).status
        registrar.forget(newer.id, actor="tests")
        assert "forgotten" == registrar.verify_file(issued).status
