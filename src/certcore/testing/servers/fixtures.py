"""
Fixtures that give open servers without data: a test fills them. Each test gets fresh ones.

They come with certcore's plugin for pytest, which is loaded wherever certcore is installed:
everything else is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:
    from collections.abc import Generator

    from certcore.testing.servers import CanvasServer, LrsServer, MoodleServer, OpenEdxServer


__all__ = ["certcore_canvas", "certcore_lrs", "certcore_moodle", "certcore_openedx"]


@pytest.fixture
def certcore_openedx() -> Generator[OpenEdxServer, None, None]:
    """
    An Open edX site with an application `certcore`, its secret `secret`, for a user of the staff.
    """
    from certcore.testing.servers import (  # noqa: PLC0415  # see above
        EdxClient,
        EdxUser,
        OpenEdxServer,
    )

    service = EdxUser(username="service", id=1, is_staff=True)
    with OpenEdxServer(clients=[EdxClient(user=service)]) as server:
        yield server


@pytest.fixture
def certcore_moodle() -> Generator[MoodleServer, None, None]:
    """
    A Moodle site with a token, `0123456789abcdef0123456789abcdef`, that has all rights.
    """
    from certcore.testing.servers import MoodleServer, MoodleToken  # noqa: PLC0415  # see above

    with MoodleServer(tokens=[MoodleToken()]) as server:
        yield server


@pytest.fixture
def certcore_canvas() -> Generator[CanvasServer, None, None]:
    """
    A Canvas site with a token of an admin, `canvas-token`.
    """
    from certcore.testing.servers import CanvasServer, CanvasToken  # noqa: PLC0415  # see above

    with CanvasServer(tokens=[CanvasToken()]) as server:
        yield server


@pytest.fixture
def certcore_lrs() -> Generator[LrsServer, None, None]:
    """
    A learning record store that `reader` may read with the password `secret`.
    """
    from certcore.testing.servers import LrsServer  # noqa: PLC0415  # see above

    with LrsServer() as server:
        yield server
