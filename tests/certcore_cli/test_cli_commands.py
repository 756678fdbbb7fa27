"""
The list of commands, which is shown without loading them.
"""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from certcore_cli._commands import COMMANDS
from certcore_cli.main import certcore


LOADED = """
import sys
from certcore._script import main
sys.argv = ["certcore", "--help"]
try:
    main()
finally:
    print("loaded:", *sys.modules)
"""


def test_help_loads_no_command() -> None:
    """
    Neither the commands nor what they work with: that takes longer than all the rest.
    """
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, check=True, text=True
    )

    listed, _, loaded = done.stdout.partition("loaded:")
    modules = {module for module, _ in COMMANDS.values()}
    heavy = {"certcore.domain", "certcore.config", "rich", "sqlalchemy"}
    assert all(name in listed for name in COMMANDS)
    assert (modules | heavy) & set(loaded.split()) == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_where_it_is_said_to_be(name: str) -> None:
    """
    Loaded, it is called so, and says of itself what the list says.
    """
    with click.Context(certcore) as context:
        command = certcore.get_command(context, name)

    assert command is not None
    assert (name, COMMANDS[name][1]) == (command.name, command.short_help)
