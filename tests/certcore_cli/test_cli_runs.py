"""
`certcore runs`: those that may have been killed.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import pytest

from certcore.bootstrap import load_project


BIO = "bio101/completion"


@pytest.mark.parametrize(
    "hours, overtaken, doubt",
    [(3, False, True), (0, True, True), (0, False, False)],
    ids=["old", "overtaken", "at work"],
)
def test_a_run_that_may_have_been_killed(
    campus: Any, hours: int, *, overtaken: bool, doubt: bool
) -> None:
    """
    It is in doubt once it takes very long, or another one of its configuration began after it.
    """
    with load_project(campus.folder).registrar() as registrar:
        key = registrar.configuration(BIO).key
        began = dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours)
        registrar.ledger.open_run(key, name=BIO, slot="one", now=began)
    if overtaken:
        campus.run("issue", BIO)

    result = campus.run("runs")

    assert doubt == ("  running?  " in result.stdout)
    assert "  running" in result.stdout
    hint = "ago; if its process is gone, the next run finishes its work."
    assert doubt == (hint in result.stderr)
    assert (hours > 0) == ("Run 1 began 3:00:0" in result.stderr)
