"""
`certcore init`: a project that works, to be changed into one's own.
"""

from __future__ import annotations

import secrets
import shlex
import shutil

from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from certcore.exceptions import MissingExtraError
from certcore_cli._output import clean, columns, tell
from certcore_cli._program import program, shown
from certcore_cli._session import PROJECT_FILE, Session, common_options, pass_session


if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_NOT_IN_THE_WAY = {".DS_Store", ".git", ".venv"}
"""May be in a folder that counts as empty."""

_LISTED = 8

_FONTS: Mapping[str, str] = MappingProxyType(
    {
        "files/NotoSans[wdth,wght].ttf": "NotoSans.ttf",
        "files/NotoSans-Italic[wdth,wght].ttf": "NotoSans-Italic.ttf",
        "LICENSE": "NotoSans-LICENSE.txt",
    }
)
"""Files of the package of fonts, and what they are called in a project."""

_MADE = (
    (PROJECT_FILE, "what lasts: issuer, source, types of certificate, defaults"),
    ("terms/2026T1.toml", "one term: a course, a lesson and a pathway"),
    ("designs/", "what is printed where: a diploma (also in Spanish), the pathway's"),
    ("assets/", "two templates, a signature, Noto Sans with its license"),
    ("gradebooks/", "exports of Open edX to try it with: two courses, invented learners"),
)


@click.command()
@click.argument(
    "folder",
    metavar="[DIR]",
    required=False,
    type=click.Path(file_okay=False, path_type=Path),
)
@common_options
@pass_session
def init(session: Session, *, folder: Path | None) -> None:
    """
    Begin a project in DIR, or here: an empty folder, or one that isn't there yet.

    It works as it is, with the sample exports in gradebooks/; comments in the files say what to
    change. Nothing is left behind if it can't be made.

    \b
      certcore init
      certcore init certificates
    """
    folder = meant(folder, session, ".")
    make_project(folder)
    tell(clean(f"A project was made in {folder.resolve()}"))
    tell(columns(_MADE))
    tell()
    tell("Next:")
    here = folder.resolve() == Path.cwd().resolve()
    command = program() if here else f"{program()} -p {shlex.quote(shown(folder))}"
    steps = [
        (f"{command} check", "look for mistakes; there are none yet"),
        (f"{command} preview bio101/completion", "what a certificate looks like"),
        (f"{command} evaluate bio101/completion", "who would get one, and what the others lack"),
        (f"{command} issue bio101/completion", "make them; the messages go to outbox/"),
    ]
    tell(columns(steps))


def meant(folder: Path | None, session: Session, default: str) -> Path:
    """
    Give the folder that was named, be it as an argument or as the project.
    """
    if folder is None and session.named:
        folder = session.project
    return folder or Path(default)


def make_project(folder: Path) -> None:
    """
    Write a new project, whole or not at all.

    Raises:
        click.UsageError:
            If something is in the folder.

        certcore.exceptions.MissingExtraError:
            If there is no font to copy.
    """
    folder = folder.absolute()
    _check_empty(folder)
    fonts = _fonts()
    if folder.is_dir():
        # people stand in it: it has to stay the same folder, and be given its files one by one
        _in_temporary(folder, fonts, lambda made: _move_into(folder, made))
    else:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _in_temporary(folder.parent, fonts, lambda made: made.rename(folder))


def _check_empty(folder: Path) -> None:
    if not folder.is_dir():
        return
    names = sorted(path.name for path in folder.iterdir() if path.name not in _NOT_IN_THE_WAY)
    if not names:
        return
    said = ", ".join(names[:_LISTED])
    if len(names) > _LISTED:
        said += f" and {len(names) - _LISTED} more"
    if PROJECT_FILE in names:
        raise click.UsageError(clean(f"{folder} has a project already: {said}."))
    raise click.UsageError(
        clean(f"{folder} isn't empty; {said} is in it. 'certcore init NEW' makes a folder NEW.")
    )


def _fonts() -> Traversable:
    try:
        return resources.files("fontpkg_noto_sans")
    except ModuleNotFoundError as exc:
        raise MissingExtraError("the font of a new project", "fonts") from exc


def _in_temporary(parent: Path, fonts: Traversable, then: Callable[[Path], object]) -> None:
    made = parent / f".certcore-init-{secrets.token_hex(4)}"
    made.mkdir()
    try:
        _write(made, fonts)
        then(made)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _write(folder: Path, fonts: Traversable) -> None:
    from certcore_cli._signature import draw_signature  # noqa: PLC0415  # drawing is loaded here
    from certcore_cli._template import COMPLETION, PATHWAY, draw_template  # noqa: PLC0415  # as above

    samples = resources.files("certcore_cli") / "samples"
    _copy(samples / "project", folder)
    (folder / "gitignore").rename(folder / ".gitignore")
    _copy(samples / "gradebooks", folder / "gradebooks")
    assets = folder / "assets"
    assets.mkdir()
    (assets / "diploma.pdf").write_bytes(draw_template(COMPLETION))
    (assets / "pathway.pdf").write_bytes(draw_template(PATHWAY))
    (assets / "signature.png").write_bytes(draw_signature())
    for source, name in _FONTS.items():
        (assets / name).write_bytes(fonts.joinpath(source).read_bytes())


def _copy(source: Traversable, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for each in source.iterdir():
        if each.is_dir():
            _copy(each, target / each.name)
        else:
            (target / each.name).write_bytes(each.read_bytes())


def _move_into(folder: Path, made: Path) -> None:
    moved: list[Path] = []
    # the file that makes it a project comes last
    names = sorted((path.name for path in made.iterdir()), key=lambda name: name == PROJECT_FILE)
    try:
        for name in names:
            (made / name).rename(folder / name)
            moved.append(folder / name)
    except BaseException:
        for path in moved:
            path.rename(made / path.name)
        raise
