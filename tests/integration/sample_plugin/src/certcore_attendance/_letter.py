"""
Certificates as letters in plain text.
"""

import hashlib
import textwrap

from attrs import frozen

from certcore.domain import Artifact, Certificate
from certcore.placeholders import TextTemplate, compile_text
from certcore.ports import AssetStore, PreparedDesign
from certcore_attendance import Letter


ENGINE = "certcore-attendance 1.0"


@frozen
class PreparedLetter:
    """
    A letter, ready to be written to anybody.
    """

    template: TextTemplate
    width: int
    engine: str = ENGINE

    @property
    def digest(self) -> str:
        said = f"{self.engine}\n{self.width}\n{self.template.source}"
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def placeholders(self) -> frozenset[str]:
        return self.template.names

    def generate(self, certificate: Certificate) -> Artifact:
        text = self.template.render(certificate)
        lines = [textwrap.fill(line, self.width) for line in text.splitlines()]
        return Artifact(
            content=("\n".join(lines) + "\n").encode(),
            media_type="text/plain",
            extension="txt",
        )


class LetterWriter:
    """
    Writes letters.
    """

    def prepare(self, design: Letter, assets: AssetStore) -> PreparedDesign:
        return PreparedLetter(compile_text(design.text), design.width)
