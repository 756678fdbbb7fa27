"""
The port of the ledger has room for Django: for its tables, connections and transactions.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from importlib.util import find_spec
from pathlib import Path

import pytest


pytestmark = pytest.mark.skipif(
    find_spec("django") is None, reason="the extra `django` isn't installed"
)

FOLDER = Path(__file__).parent / "ledger_in_django"


def test_a_ledger_in_django_keeps_the_promises(ledger_url):
    """
    All of the contract, in a process of its own: Django is set up once in a process, for all.
    """
    path = os.pathsep.join(filter(None, [str(FOLDER), os.environ.get("PYTHONPATH")]))
    env = {**os.environ, "PYTHONPATH": path, "CERTCORE_TEST_DJANGO": ledger_url}
    # how these tests are run isn't how those are
    env.pop("PYTEST_ADDOPTS", None)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", FOLDER / "contract.py"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stdout + done.stderr
    # hundreds, and nothing was left out
    assert re.fullmatch(r"\d{3} passed in .*", done.stdout.splitlines()[-1]), done.stdout
