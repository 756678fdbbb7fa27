"""
The page on the layer shows a whole plugin, and it stays small.
"""

from __future__ import annotations

import re

from pathlib import Path


PAGE = Path(__file__).parents[3] / "docs" / "reference" / "http.md"


def test_a_retriever_fits_in_sixty_lines() -> None:
    """
    Options, retriever, recipe and hook, empty lines and all.
    """
    block = re.search(
        r":caption: certcore_campus\.py\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL
    )
    lines = block[1].splitlines()

    assert "certcore_retrievers" in block[1]
    assert len(lines) < 60
