"""
Retrievers of files, made as a configuration makes them, and files for them.
"""

from __future__ import annotations

import datetime as dt

from contextlib import ExitStack

import pytest

from certcore.config import structure
from certcore.plugins import Services
from certcore.retrievers import certcore_retrievers


class Noon:
    """
    A clock that stands still.
    """

    def now(self):
        return dt.datetime(2026, 6, 16, 12, tzinfo=dt.UTC)


@pytest.fixture
def provide(tmp_path):
    """
    Make a retriever as a configuration would: from a plain table.
    """
    providers = {each.name: each for each in certcore_retrievers()}
    with ExitStack() as stack:

        def make(name, options, folder=tmp_path):
            chosen = providers[name]
            services = Services(clock=Noon(), folder=folder, realm="campus")
            built = chosen.build(structure(options, chosen.options), services)
            return stack.enter_context(built)

        yield make


@pytest.fixture
def write(tmp_path):
    """
    Write a file into the project's folder.
    """

    def make(name, content, *, encoding="utf-8"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return make
