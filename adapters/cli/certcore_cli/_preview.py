"""
`certcore preview`: how it will look.
"""

from __future__ import annotations

import sys

from pathlib import Path

import click

from certcore_cli._output import say
from certcore_cli._session import Session, common_options, pass_session


@click.command()
@click.argument("configuration", metavar="NAME")
@click.option("--language", default="", metavar="TAG", help="Of the recipient, such as es.")
@click.option("--name", "recipient", default="", help="A name to try: long, short, accented.")
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
    default=2.0,
    show_default=True,
    help="Of the picture: pixels for each point, 1 is 72 dpi.",
)
@common_options
@pass_session
def preview(
    session: Session,
    *,
    configuration: str,
    language: str,
    recipient: str,
    output: Path | None,
    png: bool,
    scale: float,
) -> None:
    """
    Make the file of a made-up certificate, by the engine that makes the real ones.

    No learner is looked up, and nothing is recorded.

    \b
      certcore preview bio101/completion
      certcore preview bio101/completion --language es --name "María de los Ángeles Núñez"
      certcore preview bio101/completion --png
    """
    with session.load().registrar() as registrar:
        made = registrar.preview(configuration, language=language, name=recipient)
    content, extension = made.artifact.content, made.artifact.extension
    if png or (output and output.suffix.lower() == ".png"):
        if extension != "pdf":
            raise click.UsageError(f"Only a PDF can be shown as a picture; this is .{extension}.")
        from certcore.pdf import picture  # noqa: PLC0415  # loads an engine

        content, extension = picture(content, scale=scale), "png"
    stem = "-".join(part for part in configuration.replace("/", "-").split() if part)
    file = output or Path(f"preview-{_portable(stem)}.{extension}")
    if str(file) == "-":
        sys.stdout.buffer.write(content)
        return
    file.write_bytes(content)
    variant = f", the design's variant '{made.language}'" if made.language else ""
    say(f"{file} ({len(content):,} bytes{variant}). The values in it are made up.")


def _portable(name: str) -> str:
    # `course-v1:Uni+BIO101` isn't a file name everywhere
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
