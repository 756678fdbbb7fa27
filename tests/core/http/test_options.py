"""
What can be set, and that nobody pays for it who doesn't ask.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from attrs import frozen

from certcore import SecretRef, option
from certcore.config import describe, structure
from certcore.exceptions import ConfigurationError
from certcore.http import HttpOptions


@frozen(kw_only=True)
class CampusOptions(HttpOptions):
    """
    As a plugin has them.
    """

    token: SecretRef = option("Who asks.")


def test_a_plugin_adds_its_own() -> None:
    """
    An operator sets all of them side by side.
    """
    said = structure(
        {
            "base_url": "https://campus.example.org/lms/",
            "token": {"env": "TOKEN"},
            "requests_per_minute": 120,
            "read_timeout": 5,
            "proxy": {"file": "proxy.txt"},
        },
        CampusOptions,
    )

    assert (120, 5, True) == (said.requests_per_minute, said.read_timeout, said.verify_tls)
    assert SecretRef(file="proxy.txt") == said.proxy


def test_all_that_is_wrong_is_told_at_once() -> None:
    """
    Bounds and addresses are looked at when the file is read.
    """
    with pytest.raises(ConfigurationError) as caught:
        structure({"base_url": "campus", "threads": 1000, "retries": 3}, CampusOptions)

    assert {"base_url", "threads", "retries", "token"} == {p.path for p in caught.value.problems}


def test_each_option_says_what_it_is_for() -> None:
    """
    With unit and bounds, where it is a number.
    """
    options = describe(HttpOptions)

    assert all(each.help.endswith((".", "org")) for each in options)
    numbers = [each for each in options if each.kind in {"int", "float"}]
    assert 10 == len(numbers)
    assert all(each.minimum is not None and each.maximum for each in numbers)
    assert {"s", "bytes", ""} == {each.unit for each in numbers}


def test_looking_at_it_is_cheap() -> None:
    """
    A plugin names its options wherever plugins are listed: what does the work is loaded later.
    """
    code = (
        "from certcore.http import Client, HttpOptions\n"
        "Client(HttpOptions(base_url='https://x.example'))\n"
        "import json, sys; print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)

    assert set() == {"httpx", "httpcore", "tenacity"} & set(json.loads(done.stdout))
