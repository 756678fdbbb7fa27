"""
How the tests are run: how hard Hypothesis tries, and what isn't collected for want of an extra.
"""

from __future__ import annotations

import os
import signal

from importlib.util import find_spec

import hypothesis


# examples take as long as a busy machine makes them take: there is no deadline
hypothesis.settings.register_profile("dev", max_examples=25, deadline=None)
hypothesis.settings.register_profile(
    "ci", max_examples=300, deadline=None, derandomize=True, print_blob=True
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# a job in the background is started with interrupts ignored, and so would be what the tests start
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

collect_ignore: list[str] = []
if find_spec("click") is None or find_spec("rich") is None:
    collect_ignore += [
        "certcore_cli",
        "core/test_docs_pages.py",
        "integration/test_third_party_plugin.py",
    ]
