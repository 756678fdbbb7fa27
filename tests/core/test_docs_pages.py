"""
Every block of code in the documentation is run, one page after another in a folder of its own.

What becomes of a block:

`console`
    Lines that begin with `$ ` are run by a shell; what stands below has to be in the output, line
    by line and in this order. An ellipsis stands for anything, spaces don't matter. A command that
    fails makes the test fail, unless `$ echo $?` follows.
`python`
    Is run; the blocks of a page share their names.
with `:caption: NAME`
    Is written to that file instead.
`toml`, `json`
    Have to be well-formed.
`text`
    Is a drawing, or something that goes on elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from attrs import field, frozen


ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
OPTION = re.compile(r":(?P<name>[\w-]+):[ \t]*(?P<value>[^\n]*)\n")
CODE_BLOCK = "{code-block} "


@frozen
class Block:
    """
    A block of code, and where it stands.
    """

    page: Path
    line: int
    language: str
    code: str
    file: str = ""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for match in FENCE.finditer(text):
        info, body, file = match["info"].strip(), match["body"], ""
        if info.startswith("{") and not info.startswith(CODE_BLOCK):
            continue  # another directive, which the build of the documentation runs
        while option := OPTION.match(body):
            file = option["value"] if option["name"] == "caption" else file
            body = body[option.end() :]
        line = text.count("\n", 0, match.start()) + 1
        yield Block(page, line, info.removeprefix(CODE_BLOCK), body.lstrip("\n"), file)


@frozen
class Shell:
    """
    Runs commands as if they were typed, one after another.
    """

    home: Path
    _state: Path = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_state", self.home / ".where")
        self._state.write_text(str(self.home), "utf-8")

    def run(self, command: str, status: int) -> tuple[int, str]:
        script = f'(exit {status})\n{command}\n__status=$?; pwd >"$__state"; exit $__status'
        scripts = Path(sys.executable).parent
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self._state.read_text("utf-8").strip(),
            env={
                **os.environ,
                "PATH": os.pathsep.join([str(scripts), os.environ["PATH"]]),
                "COLUMNS": "120",
                "HOME": str(self.home),
                "LC_ALL": "C.UTF-8",
                "NO_COLOR": "1",
                "TZ": "UTC",
                "__state": str(self._state),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            encoding="utf-8",
        )
        return done.returncode, done.stdout


def steps(block: Block) -> Iterator[tuple[str, list[str]]]:
    """
    Give each command of a console block, and the lines that are expected of it.
    """
    command, expected = "", list[str]()
    for line in block.code.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, expected
            command, expected = line[2:], []
        elif command.endswith("\\"):
            command += f"\n{line}"
        elif line.strip():
            expected.append(line)
    assert command, f"{block}: no command, which begins with '$ '"
    yield command, expected


def pattern(line: str) -> str:
    words = " ".join(line.split())
    parts = re.split(r"\.\.\.|…", words)
    return ".*?".join(re.escape(part.strip()) for part in parts)


def missing_line(expected: list[str], output: str) -> str | None:
    """
    Give the first expected line that isn't in the output where it should be.
    """
    seen = iter([" ".join(line.split()) for line in output.splitlines()])
    for line in expected:
        if not any(re.search(pattern(line), each) for each in seen):
            return line
    return None


def run_console(block: Block, shell: Shell) -> None:
    status, last = 0, ""
    for command, expected in steps(block):
        asked = command == "echo $?"
        assert status == 0 or asked, f"{block}: {last!r} failed with {status}"
        code, output = shell.run(command, status)
        lost = missing_line(expected, output)
        assert lost is None, f"{block}: {command!r} doesn't say\n{lost}\nbut\n{output}"
        status, last = (0, "") if asked else (code, f"{command}\n{output}")
    assert status == 0, f"{block}: {last} failed with {status}"


def run_python(block: Block, names: dict[str, Any]) -> None:
    # empty lines, so that a traceback shows the line of the page
    code = compile("\n" * block.line + block.code, str(block.page), "exec", dont_inherit=True)
    exec(code, names)  # noqa: S102  # our own pages


def run_block(block: Block, shell: Shell, names: dict[str, Any]) -> None:
    if block.file:
        path = shell.home / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code, "utf-8")
        return
    match block.language:
        case "console":
            run_console(block, shell)
        case "python":
            run_python(block, names)
        case "toml":
            tomllib.loads(block.code)
        case "json":
            json.loads(block.code)
        case "text":
            pass
        case "shell" if block.page == README:
            pass  # installs, demonstrates and tests: CI runs these
        case language:
            pytest.fail(f"{block}: nobody knows how to run {language!r}")


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(blocks(page))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_each_block_of_a_page_does_what_it_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Whoever copies a page, block by block, gets what the page shows.
    """
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path)
    names: dict[str, Any] = {"__name__": "__docs__"}
    if page == README:
        shell.run("certcore init demo", 0)  # what its first command has left behind

    for block in blocks(page):
        run_block(block, shell, names)


@pytest.mark.parametrize(
    "output,fits",
    [
        ("one\ntwo   2\nthree", True),
        ("two 2\none", False),
        ("one\ntwo 3", False),
        ("something else", False),
    ],
)
def test_output_is_compared_in_order(output, fits) -> None:
    """
    Lines between the expected ones don't matter; a missing or misplaced one does.
    """
    assert fits == (missing_line(["one", "t…o 2"], output) is None)


def test_a_failing_command_is_noticed(tmp_path: Path) -> None:
    """
    A command that fails unannounced is an error of the page, as is one that doesn't.
    """
    shell = Shell(tmp_path)

    run_console(Block(README, 1, "console", "$ false\n$ echo $?\n1\n"), shell)
    with pytest.raises(AssertionError, match="failed with 1"):
        run_console(Block(README, 1, "console", "$ false\n$ true\n"), shell)
    with pytest.raises(AssertionError, match="failed with 1"):
        run_console(Block(README, 1, "console", "$ false\n"), shell)
    with pytest.raises(AssertionError, match="doesn't say"):
        run_console(Block(README, 1, "console", "$ true\n$ echo $?\n1\n"), shell)
