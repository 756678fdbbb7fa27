"""
`certcore preview`: how it will look.
"""

from __future__ import annotations

import sys

from pathlib import Path
from typing import TYPE_CHECKING

import click

from certcore_cli._output import clean, say
from certcore_cli._session import Session, common_options, pass_session


if TYPE_CHECKING:
    from collections.abc import Sequence

    from certcore.registrar import Registrar

_SCALE = 2.0
_SHEET_SCALE = 0.5

_NO_ROOM = "Widen its box, or allow a smaller fit.min_size or more fit.lines."
_NO_FONT = "Name a font that has them in the design's 'fonts'."


@click.command()
@click.argument("configuration", metavar="NAME")
@click.option("--language", default="", metavar="TAG", help="Of the recipient, such as es.")
@click.option("--name", "recipient", default="", help="A name to try: long, short, accented.")
@click.option(
    "--samples",
    type=click.Choice(["worst"]),
    help="Instead of one name, those that are hard on a design: long ones, one of each script.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write it; - is stdout. Else preview-CONTEXT-TYPE.pdf, here.",
)
@click.option("--png", is_flag=True, help="As a picture of its first page; also if FILE ends so.")
@click.option(
    "--scale",
    type=click.FloatRange(0.1, 20),
    metavar="NUMBER",
    help="Of the picture: pixels for each point, 1 is 72 dpi. Else 2, and 0.5 with --samples.",
)
@common_options
@pass_session
def preview(
    session: Session,
    *,
    configuration: str,
    language: str,
    recipient: str,
    samples: str | None,
    output: Path | None,
    png: bool,
    scale: float | None,
) -> None:
    """
    Make the file of a made-up certificate, by the engine that makes the real ones.

    No learner is looked up, and nothing is recorded.

    With --samples, there is a page for each name or, as a picture, a sheet of their first pages;
    names that can't be drawn are listed.

    \b
      certcore preview bio101/completion
      certcore preview bio101/completion --language es --name "María de los Ángeles Núñez"
      certcore preview bio101/completion --png
      certcore preview bio101/completion --samples worst --png
    """
    if samples and recipient:
        raise click.UsageError("--samples brings names of its own: leave --name out.")
    png = png or bool(output and output.suffix.lower() == ".png")
    remarks: Sequence[str] = ()
    with session.load().registrar() as registrar:
        if samples:
            content, said = _worst(registrar, configuration, language, png=png, scale=scale)
            extension = "png" if png else "pdf"
        else:
            made = registrar.preview(configuration, language=language, name=recipient)
            content, extension = made.artifact.content, made.artifact.extension
            said = f", the design's variant '{made.language}'" if made.language else ""
            remarks = made.remarks
            if png:
                from certcore.pdf import picture  # noqa: PLC0415  # loads an engine

                _must_be_pdf(extension)
                content, extension = picture(content, scale=scale or _SCALE), "png"
    parts = [part for part in configuration.replace("/", "-").split() if part]
    stem = "-".join([*parts, *([samples] if samples else [])])
    file = output or Path(f"preview-{_portable(stem)}.{extension}")
    if str(file) == "-":
        sys.stdout.buffer.write(content)
        return
    file.write_bytes(content)
    say(f"{file} ({len(content):,} bytes{said}). The values in it are made up.")
    for remark in remarks:
        say(clean(remark))


def _worst(
    registrar: Registrar, configuration: str, language: str, *, png: bool, scale: float | None
) -> tuple[bytes, str]:
    """
    Make a sheet of difficult names, or a page for each; list those that can't be drawn.
    """
    from certcore.exceptions import LayoutError, MissingGlyphsError  # noqa: PLC0415  # as above
    from certcore.pdf import bind, contact_sheet  # noqa: PLC0415  # as above
    from certcore.placeholders import WORST_NAMES  # noqa: PLC0415  # as above

    files: list[tuple[str, bytes]] = []
    refused: MissingGlyphsError | LayoutError | None = None
    for title, name in WORST_NAMES.items():
        try:
            made = registrar.preview(configuration, language=language, name=name).artifact
        except (MissingGlyphsError, LayoutError) as exc:
            refused = exc
            hint = _NO_ROOM
            if isinstance(exc, MissingGlyphsError):
                hint = "" if exc.emoji else _NO_FONT  # what to do about emoji is said already
            say(clean(f"Not drawn, {title}, {name}: {exc}. {hint}".rstrip()))
            continue
        _must_be_pdf(made.extension)
        files.append((title, made.content))
    if not files and refused is not None:
        raise refused
    said = f", {len(files)} of {len(WORST_NAMES)} names"
    return (contact_sheet(files, scale=scale or _SHEET_SCALE) if png else bind(files)), said


def _must_be_pdf(extension: str) -> None:
    if extension != "pdf":
        raise click.UsageError(f"Only a PDF can be shown so; this is .{extension}.")


def _portable(name: str) -> str:
    # `course-v1:Uni+BIO101` isn't a file name everywhere
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
