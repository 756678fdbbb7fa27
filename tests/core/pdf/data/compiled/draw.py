"""
Draw a thousand certificates from the compiled design beside this file, and print one digest of all.

    python draw.py               from the compiled design
    python draw.py --backwards   the last certificate first
    python draw.py --check       fail if it isn't the digest that was written down
    python draw.py --write       compile the design anew, and write its digest down
"""

import argparse
import hashlib
import importlib.metadata

from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import evolve

from certcore.domain import Certificate
from certcore.pdf import Fit, Pdf, PdfGenerator, QrCode, Rectangle, Text
from certcore.placeholders import WORST_NAMES, sample_certificate
from certcore.testing import MemoryAssets


FOLDER = Path(__file__).parent
COMPILED = FOLDER / "design.zip"
DIGEST = FOLDER / "digest.txt"
CERTCORE = importlib.metadata.version("certcore")
COUNT = 1000
NOT_BUNDLED = {
    "Tibetan",
    "Emoji",
    "Simplified Chinese",
    "Traditional Chinese",
    "Japanese",
    "Korean",
}
"""What the extra `fonts` alone has no letters for, or nobody asked for."""

PACKAGES = ("babel", "fontpkg-arimo", "fontpkg-noto-sans", "manimgx-fonts", "segno", "uharfbuzz")
"""What the end of a file depends on. Another version may draw other bytes, and the digest is
written anew."""

DESIGN = Pdf(
    template="template.pdf",
    template_alt="A frame",
    elements={
        "name": Text(
            text="{recipient.name}",
            at=(105, 60),
            align="center",
            size=30,
            fit=Fit(min_size=8, lines=2),
        ),
        "course": Text(text="{context.name}", at=(105, 80), align="center", size=16),
        "date": Text(text="{date:full}", at=(105, 95), align="center"),
        "hours": Text(text="{facts.hours}", at=(105, 105), when="{facts.hours}"),
        "code": QrCode(qr="{verification.address}", at=(10, 110), size=30),
        "address": Text(text="{verification.address}", at=(45, 138), size=8),
        "line": Rectangle(rectangle=(120, 0.5), at=(45, 66), fill="#94722c"),
    },
)


def certificates() -> Iterator[Certificate]:
    """
    Give certificates of names in many scripts, the same each time.
    """
    names = [name for script, name in WORST_NAMES.items() if script not in NOT_BUNDLED]
    for number in range(COUNT):
        name = names[number % len(names)]
        language = ("en", "es", "de", "tr")[number % 4]
        sample = sample_certificate(name=f"{name} {number}", language=language)
        yield evolve(sample, code=f"{number:027d}")


def versions() -> Mapping[str, str]:
    """
    Give what the digest was made with, and is good for.
    """
    return {package: importlib.metadata.version(package) for package in PACKAGES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backwards", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    assets = MemoryAssets({"template.pdf": (FOLDER / "template.pdf").read_bytes()})
    if options.write:
        COMPILED.write_bytes(PdfGenerator().prepare(DESIGN, assets).compiled())
    prepared = PdfGenerator().restore(DESIGN, assets, COMPILED.read_bytes())
    wanted = list(certificates())
    step = -1 if options.backwards else 1
    digests = [prepared.generate(each).sha256 for each in wanted[::step]][::step]
    digest = hashlib.sha256("".join(digests).encode()).hexdigest()
    if options.write:
        pins = "".join(f"{package}=={version}\n" for package, version in versions().items())
        DIGEST.write_text(f"{digest} certcore {CERTCORE}\n", encoding="ascii")
        (FOLDER / "constraints.txt").write_text(pins, encoding="ascii")
    print(digest)
    if options.check and digest != DIGEST.read_text(encoding="ascii").split()[0]:
        raise SystemExit(f"{DIGEST.read_text(encoding='ascii').strip()} was expected")


if __name__ == "__main__":
    main()
