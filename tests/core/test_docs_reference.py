"""
The reference leaves nothing out: what is public has its place in it, and is made from the code.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import certcore

from certcore.config import describe
from certcore.placeholders import PLACEHOLDERS
from certcore.plugins import PluginRegistry, ProviderKind


pytest.importorskip("sphinx")

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = "\n".join(page.read_text("utf-8") for page in sorted(DOCS.glob("reference/*.md")))

ELSEWHERE = {
    "certcore.assets": "providers",
    "certcore.generators": "providers",
    "certcore.ledgers": "providers",
    "certcore.notifiers": "providers",
    "certcore.retrievers": "providers",
    "certcore.storage": "providers",
    "certcore.placeholders": "placeholders",
    # engines of the providers, whose options are the way to them
    "certcore.messages": "providers",
    "certcore.pdf": "providers",
}
"""Public packages that are documented by what they offer, and on which page."""


@pytest.fixture(scope="module")
def extension() -> Iterator[object]:
    """
    The extension that makes the reference's pages.
    """
    sys.path.insert(0, str(DOCS / "_ext"))
    yield importlib.import_module("certcore_reference")
    sys.path.remove(str(DOCS / "_ext"))


def public_packages() -> list[str]:
    return [
        info.name
        for info in pkgutil.iter_modules(certcore.__path__, "certcore.")
        if not info.name.rpartition(".")[2].startswith("_")
    ]


@pytest.mark.parametrize("name", public_packages())
def test_each_public_package_is_documented(name: str) -> None:
    """
    Each has its page, or is shown by what it offers.
    """
    if name in ELSEWHERE:
        assert (DOCS / "reference" / f"{ELSEWHERE[name]}.md").is_file()
    else:
        assert f".. automodule:: {name}\n" in REFERENCE


def test_each_kind_of_provider_is_documented() -> None:
    """
    Whoever adds a kind adds its section.
    """
    built_in = {kind for kind in get_args(ProviderKind) if PluginRegistry().providers(kind)}

    assert built_in == set(re.findall(r"\{certcore-providers\} ([a-z ]+)", REFERENCE))


@pytest.mark.parametrize("kind", get_args(ProviderKind))
def test_each_option_is_in_its_table(extension, kind: ProviderKind) -> None:
    """
    The page of a provider names every option, with what it is for.
    """
    for name, provider in PluginRegistry().providers(kind).items():
        page = "\n".join(extension.provider_page(provider))

        assert f"## {name}\n" in page
        for option in describe(provider.options):
            assert f"| `{option.name}` |" in page
            assert " ".join(option.help.split())[:20] in page


def test_options_have_their_bounds_units_and_defaults(extension) -> None:
    """
    A table says of a number what it may be, and what is taken if nothing is said.
    """
    pdf = PluginRegistry().get("generator", "pdf")
    page = "\n".join(extension.provider_page(pdf))

    assert "| `size` | float, pt, 1 to 1000 | `12.0` |" in page
    assert "| `template` | asset | required |" in page
    assert "| `align` | `left` or `center` or `right` | `left` |" in page
    assert "Within `elements.*` with `qr`:" in page


def test_each_option_has_a_sentence() -> None:
    """
    An option that nobody explains can't be set.
    """
    silent = [
        f"{provider.name}.{option.name}"
        for kind in get_args(ProviderKind)
        for provider in PluginRegistry().providers(kind).values()
        for options in (provider.options, provider.context_options)
        if options is not None
        for option in describe(options)
        if not option.help
    ]

    assert [] == silent


def test_each_table_of_a_project_is_documented(extension) -> None:
    """
    Whoever adds a table to certcore.toml adds it to its page.
    """
    from certcore.bootstrap import _schema

    tables = {name for name in vars(_schema) if name.endswith("Table")}
    page = (DOCS / "reference" / "configuration.md").read_text("utf-8")

    assert tables == {table.__name__ for table in extension.TABLES.values()}
    for name in (*_schema.SINGLE_TABLES, *_schema.NAMED_TABLES):
        assert f"`[{name}" in page


def test_each_command_is_documented(extension) -> None:
    """
    The command line's page has each command with its help.
    """
    pytest.importorskip("click")
    from certcore_cli.main import certcore as command_line

    helps = dict(extension.command_helps())

    assert {f"certcore {name}" for name in command_line.list_commands(None)} <= set(helps)
    assert all("Usage: certcore" in text for text in helps.values())


def test_each_placeholder_has_a_sentence_and_a_sample() -> None:
    """
    The table of placeholders is whole.
    """
    assert [] == [known.name for known in PLACEHOLDERS if not (known.label and known.sample)]


def test_decisions_are_numbered_and_listed() -> None:
    """
    Each decision has a status, follows the one before it, and is in the list.
    """
    pages = sorted(DOCS.glob("decisions/0*.md"))
    index = (DOCS / "decisions" / "index.md").read_text("utf-8")

    assert list(range(1, len(pages) + 1)) == [int(page.name[:4]) for page in pages]
    for page in pages:
        text = page.read_text("utf-8")
        assert f"\n{page.stem}\n" in index
        assert text.startswith(f"# {int(page.name[:4])}. ")
        for heading in (
            "Status:",
            "## Context",
            "## Decision",
            "## Consequences",
            "## Alternatives",
        ):
            assert heading in text, f"{page.name} has no {heading}"
