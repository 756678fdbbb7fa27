"""
A typesetter in native code: the template is the page's background, one compiler serves all.
"""

from pathlib import Path

import typst

from ._sample import LINES, TEMPLATE_FILE, Learner, Render


def prepare(*, folder: Path) -> Render:
    """
    Make a compiler that knows the document, and the folder's font only.
    """
    # A file: a compiler forgets a document that it was given as bytes after compiling it once.
    document = folder / "certificate.typ"
    document.write_text(_markup(), encoding="utf-8")
    compiler = typst.Compiler(
        input=document, root=folder, font_paths=[folder], ignore_system_fonts=True
    )

    def render(learner: Learner) -> bytes:
        # Untagged, as the other baselines' files are.
        pdf = compiler.compile(format="pdf", sys_inputs=learner._asdict(), pdf_tags=False)
        assert isinstance(pdf, bytes)  # as ever where no file is asked for
        return pdf

    return render


def _markup() -> str:
    """
    Describe the page to the typesetter, its texts left as inputs.
    """
    lines = "\n".join(
        f"#place(top + center, dy: 100% - {line.baseline}pt,"
        f' text(size: {line.size}pt, top-edge: "baseline", sys.inputs.{line.field}))'
        for line in LINES
    )
    return f"""\
#set page("a4", flipped: true, margin: 0pt, background: image("{TEMPLATE_FILE}", width: 100%))
#set text(font: "Noto Sans")
{lines}
"""
