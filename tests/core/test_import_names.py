"""
What a list of certificates leaves open, and the project doesn't say either.
"""

from __future__ import annotations

import datetime as dt

from typing import Any

import pytest

from certcore.domain import LearningContext
from certcore.registrar._import_reading import ImportRow
from certcore.registrar._import_rows import Intake, Offered


ROW = {"context": "bio", "type": "completion", "learner": "ada", "name": "Ada López"}
NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "context, said",
    [
        ("bio", "the project doesn't say it"),
        ("boi101", "the project has no context 'boi101'. Did you mean 'bio101'?"),
        ("other", "the project has no context 'other'"),
    ],
)
def test_what_nobody_says(context: str, said: str) -> None:
    """
    What the project doesn't know is named, with what was probably meant.
    """
    offered = Offered(contexts={name: LearningContext(key=name) for name in ("bio", "bio101")})
    intake = Intake(offered, files=None, defaults={}, now=NOW)
    more: dict[str, Any] = {"issuer": "S", "title": "T", "realm": "r", "awarded_at": "2026-03-02"}

    with pytest.raises(ValueError, match="context_name") as caught:
        intake.read(ImportRow(line=2, fields={**ROW, **more, "context": context}))

    assert f"context_name: is missing, and {said}" == str(caught.value)
