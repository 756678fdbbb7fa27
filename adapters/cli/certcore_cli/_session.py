"""
What all commands share: which project, who asks, and how the answer is to be written.
"""

from __future__ import annotations

import getpass
import os
import shlex

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from attrs import define
from click.core import ParameterSource

from certcore_cli._program import program


if TYPE_CHECKING:
    from certcore.bootstrap import Project

_F = TypeVar("_F", bound=Callable[..., Any])

PROJECT_FILE = "certcore.toml"


@define
class Session:
    """
    What was said before a command's own options.
    """

    project: Path | None = None
    debug: bool = False
    named: bool = False
    """Whether the project was named on the command line, and has to be the next time as well."""

    def load(self) -> Project:
        """
        Read the project that is meant.

        Raises:
            click.UsageError:
                If there is none.

            certcore.exceptions.ConfigurationError:
                If its file can't be read at all.
        """
        # loads the plugins, and with them the better part of certcore
        from certcore.bootstrap import load_project  # noqa: PLC0415  # loads what the Registrar needs

        return load_project(self._file())

    def _file(self) -> Path:
        if self.project is not None:
            file = self.project / PROJECT_FILE if self.project.is_dir() else self.project
            if not file.is_file():
                raise click.UsageError(
                    f"{file} isn't there. 'certcore init {self.project}' makes a project."
                )
            return file
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / PROJECT_FILE).is_file():
                return folder / PROJECT_FILE
        raise click.UsageError(
            f"there is no {PROJECT_FILE} in {here} or above. 'certcore init' makes one; "
            "--project says where one is."
        )


def command(*words: str) -> str:
    """
    Give what to type next: it starts this program again, for the same project.
    """
    context = click.get_current_context(silent=True)
    session = context.find_object(Session) if context is not None else None
    where = ("-p", str(session.project)) if session is not None and session.named else ()
    return f"{program()} {shlex.join((*where, *words))}"


pass_session = click.make_pass_decorator(Session, ensure=True)


def _remember_project(ctx: click.Context, parameter: click.Parameter, value: Path | None) -> None:
    session = ctx.ensure_object(Session)
    named = ctx.get_parameter_source(parameter.name or "") is not ParameterSource.ENVIRONMENT
    # `certcore -p HERE check`: the environment must not win when `check` looks at it again
    if value is not None and (named or session.project is None):
        session.project = value
        session.named = named


def _remember_debug(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001  # click's signature
    del parameter
    if value:
        ctx.ensure_object(Session).debug = True


def common_options(command: _F) -> _F:
    """
    Add the options that may stand before a command as well as behind it.
    """
    command = click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=_remember_debug,
        help="Log everything, and show where an error came from.",
    )(command)
    return click.option(
        "-p",
        "--project",
        type=click.Path(path_type=Path),
        metavar="PATH",
        envvar="CERTCORE_PROJECT",
        show_envvar=True,
        expose_value=False,
        callback=_remember_project,
        help="The project's folder, or its certcore.toml; else the one here or above.",
    )(command)


def format_option(*formats: str) -> Callable[[_F], _F]:
    """
    Add `--format`; the first one is for people.
    """
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", *formats]),
        default="text",
        show_default=True,
        help="How the answer is written to stdout.",
    )


def actor_option(command: _F) -> _F:
    """
    Add `--actor`, by default whoever is logged in.
    """
    return click.option(
        "--actor",
        default=whoami,
        metavar="WHO",
        help="Who wants it, for the history; else your user name.",
    )(command)


def whoami() -> str:
    """
    Give the name of whoever is logged in.
    """
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        # in a container a user may have a number and no name
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
