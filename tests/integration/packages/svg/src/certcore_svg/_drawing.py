"""
Drawing certificates as SVG.
"""

import base64
import hashlib
import re

from xml.sax.saxutils import escape

from attrs import frozen

from certcore.config import dump
from certcore.domain import Artifact, Certificate
from certcore.exceptions import AssetNotFoundError, ConfigurationError, GenerationError, Problem
from certcore.placeholders import TextTemplate, compile_text
from certcore.ports import AssetStore, PreparedDesign
from certcore_svg import Svg


ENGINE = "certcore-svg 1.0"
WIDTH, HEIGHT = 297, 210
PICTURE = 40

# XML has no way to write these
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class SvgGenerator:
    """
    Makes designs ready.
    """

    def prepare(self, design: Svg, assets: AssetStore) -> PreparedDesign:
        picture = b"" if design.picture is None else _read(design.picture.slug, assets)
        return PreparedSvg(
            # of everything that goes into a file but the certificate
            digest=hashlib.sha256(dump(design).encode() + picture).hexdigest(),
            lines=tuple(compile_text(line) for line in design.lines),
            picture=base64.b64encode(picture).decode(),
            size=design.size,
        )


@frozen(kw_only=True)
class PreparedSvg:
    """
    A design, ready to be drawn for anybody. Nothing in it changes: threads may share it.
    """

    digest: str
    lines: tuple[TextTemplate, ...]
    picture: str
    size: float
    engine: str = ENGINE

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset[str]().union(*(line.names for line in self.lines))

    def generate(self, certificate: Certificate) -> Artifact:
        top = HEIGHT / 2 - self.size * len(self.lines) / 2
        drawn = "".join(
            f'<text x="{WIDTH / 2}" y="{top + (place + 1) * self.size}">{said}</text>\n'
            for place, said in enumerate(self._said(certificate))
        )
        if self.picture:
            drawn = (
                f'<image x="{(WIDTH - PICTURE) / 2}" y="{top - PICTURE}" width="{PICTURE}" '
                f'height="{PICTURE}" href="data:image/png;base64,{self.picture}"/>\n{drawn}'
            )
        content = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}mm" height="{HEIGHT}mm" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" font-size="{self.size}" text-anchor="middle">\n'
            f"{drawn}</svg>\n"
        )
        return Artifact(content=content.encode(), media_type="image/svg+xml", extension="svg")

    def _said(self, certificate: Certificate) -> list[str]:
        said = [line.render(certificate) for line in self.lines]
        if any(_UNWRITABLE.search(line) for line in said):
            # this learner's alone; the others get their files
            raise GenerationError("a text has a control character in it, which SVG can't show")
        return [escape(line) for line in said]


def _read(slug: str, assets: AssetStore) -> bytes:
    try:
        content = assets.read(slug).content
    except AssetNotFoundError as exc:
        raise ConfigurationError([Problem("picture", f"{exc}.")]) from exc
    if not content.startswith(b"\x89PNG"):
        raise ConfigurationError([Problem("picture", f"{slug!r} isn't a PNG.")])
    return content
