"""
The command `certcore` and its subcommands, each loaded when it is asked for.
"""

from __future__ import annotations

import errno
import importlib
import io
import logging
import os
import signal
import sys

from types import FrameType
from typing import Any, cast

import click

from certcore.exceptions import CertcoreError, ConfigurationError
from certcore_cli._commands import COMMANDS
from certcore_cli._output import clean, say, say_problems
from certcore_cli._session import Session, command, common_options


INTERRUPTED = 130


class LazyGroup(click.Group):
    """
    Loads a command when it is asked for, and turns what goes wrong in it into words.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        name, summary = COMMANDS[cmd_name]
        module = importlib.import_module(name)
        # `list` would hide the builtin in its own module
        found = getattr(module, f"{cmd_name}_", None) or module.__dict__[cmd_name]
        found.short_help = summary
        return cast("click.Command", found)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """
        List the commands, none of which is loaded for it.
        """
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as exc:
            from certcore.config import near  # noqa: PLC0415  # cattrs, for a mistyped word alone

            hint = near(args[0], COMMANDS)
            if not hint:
                raise
            raise click.UsageError(f"{exc.message} {hint}", ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """
        Run the subcommand; what was done before it was stopped is recorded and goes on.
        """
        _tidy_streams()
        previous = _terminate_like_interrupt()
        try:
            result = super().invoke(ctx)
            # here and not when the interpreter ends: a closed pipe could no longer be quiet then
            sys.stdout.flush()
        except KeyboardInterrupt:
            say("Stopped. What is done is recorded; run the same command to go on.")
            ctx.exit(INTERRUPTED)
        except CertcoreError as exc:
            if ctx.ensure_object(Session).debug:
                raise
            _explain(exc)
            ctx.exit(1)
        except OSError as exc:
            if exc.errno == errno.EPIPE or ctx.ensure_object(Session).debug:
                raise
            say(f"Error: {_of_system(exc)}.")
            ctx.exit(1)
        finally:
            if previous is not None:
                signal.signal(signal.SIGTERM, previous)
        return result


def _tidy_streams() -> None:
    # a terminal that can't show a letter shows its number; that is no reason to stop
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _terminate_like_interrupt() -> Any:
    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    try:
        return signal.signal(signal.SIGTERM, stop)
    except ValueError:
        # only a program's main thread may say so
        return None


def _explain(exc: CertcoreError) -> None:
    if isinstance(exc, ConfigurationError):
        say_problems(exc.problems)
        say(f"Nothing was changed. Everything that is wrong: {command('check')}")
        return
    text = clean(str(exc))
    say(f"Error: {text}" if text.endswith((".", "!", "?", ")", "'")) else f"Error: {text}.")


def _of_system(exc: OSError) -> str:
    what = exc.strerror or type(exc).__name__
    return clean(f"{os.fspath(exc.filename)!s}: {what}" if exc.filename else what)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="certcore COMMAND --help says more, with examples.",
)
@common_options
@click.version_option(package_name="certcore", message="certcore %(version)s")
@click.pass_context
def certcore(ctx: click.Context) -> None:
    """
    Issue certificates from the data of a learning platform.

    \b
      certcore demo                           see what it does, in a folder of its own
      certcore init                           begin a project here
      certcore check                          look for mistakes in it
      certcore evaluate bio101/completion     who would get a certificate; nothing is written
      certcore issue bio101/completion        make the certificates and tell the learners

    Whatever is printed as data can be had with --format json. Exit codes: 0 done, 1 refused or
    partly failed, 2 wrongly asked, 130 stopped.
    """
    log = logging.getLogger("certcore")
    if ctx.ensure_object(Session).debug:
        logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
        log.setLevel(logging.DEBUG)
    else:
        # what matters of it is in the reports
        log.addHandler(logging.NullHandler())
