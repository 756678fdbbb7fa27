"""
Servers that answer as learning platforms do, on a port of this machine, with faults on demand.

What each of them answers, and where that is known from, is explained in the documentation's page
on the platforms' APIs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from certcore.testing.servers._apart import apart
    from certcore.testing.servers._canvas import CanvasServer
    from certcore.testing.servers._canvas_data import (
        CanvasAssignment,
        CanvasCourse,
        CanvasEnrolment,
        CanvasGroup,
        CanvasItem,
        CanvasModule,
        CanvasTerm,
        CanvasToken,
        CanvasUser,
    )
    from certcore.testing.servers._exchange import Exchange
    from certcore.testing.servers._faults import (
        Altered,
        CutOff,
        Delay,
        Elsewhere,
        Fault,
        GzipBomb,
        Hang,
        HtmlPage,
        InvalidJson,
        Repeated,
        ServerError,
        Throttled,
        Unauthorized,
        WrongShape,
    )
    from certcore.testing.servers._lrs import LrsServer
    from certcore.testing.servers._messages import Answer, Call, Request, Route
    from certcore.testing.servers._moodle import MoodleServer
    from certcore.testing.servers._moodle_data import (
        MOODLE_RIGHTS,
        MoodleActivity,
        MoodleCourse,
        MoodleEnrolment,
        MoodleGradeItem,
        MoodleToken,
        MoodleUser,
    )
    from certcore.testing.servers._openedx import OpenEdxServer
    from certcore.testing.servers._openedx_base import EdxClient
    from certcore.testing.servers._openedx_data import (
        EdxAssignmentType,
        EdxCompletion,
        EdxCourse,
        EdxEnrolment,
        EdxPath,
        EdxPathEnrolment,
        EdxSection,
        EdxStep,
        EdxSubsection,
        EdxUser,
    )
    from certcore.testing.servers._server import FakeServer


__all__ = [
    "MOODLE_RIGHTS",
    "Altered",
    "Answer",
    "Call",
    "CanvasAssignment",
    "CanvasCourse",
    "CanvasEnrolment",
    "CanvasGroup",
    "CanvasItem",
    "CanvasModule",
    "CanvasServer",
    "CanvasTerm",
    "CanvasToken",
    "CanvasUser",
    "CutOff",
    "Delay",
    "EdxAssignmentType",
    "EdxClient",
    "EdxCompletion",
    "EdxCourse",
    "EdxEnrolment",
    "EdxPath",
    "EdxPathEnrolment",
    "EdxSection",
    "EdxStep",
    "EdxSubsection",
    "EdxUser",
    "Elsewhere",
    "Exchange",
    "FakeServer",
    "Fault",
    "GzipBomb",
    "Hang",
    "HtmlPage",
    "InvalidJson",
    "LrsServer",
    "MoodleActivity",
    "MoodleCourse",
    "MoodleEnrolment",
    "MoodleGradeItem",
    "MoodleServer",
    "MoodleToken",
    "MoodleUser",
    "OpenEdxServer",
    "Repeated",
    "Request",
    "Route",
    "ServerError",
    "Throttled",
    "Unauthorized",
    "WrongShape",
    "apart",
]

# the fixtures lie in this package and are loaded wherever certcore is installed, so that nothing
# else is imported before it is asked for
_HOMES = {
    "MOODLE_RIGHTS": "_moodle_data",
    "Altered": "_faults",
    "Answer": "_messages",
    "Call": "_messages",
    "CanvasAssignment": "_canvas_data",
    "CanvasCourse": "_canvas_data",
    "CanvasEnrolment": "_canvas_data",
    "CanvasGroup": "_canvas_data",
    "CanvasItem": "_canvas_data",
    "CanvasModule": "_canvas_data",
    "CanvasServer": "_canvas",
    "CanvasTerm": "_canvas_data",
    "CanvasToken": "_canvas_data",
    "CanvasUser": "_canvas_data",
    "CutOff": "_faults",
    "Delay": "_faults",
    "EdxAssignmentType": "_openedx_data",
    "EdxClient": "_openedx_base",
    "EdxCompletion": "_openedx_data",
    "EdxCourse": "_openedx_data",
    "EdxEnrolment": "_openedx_data",
    "EdxPath": "_openedx_data",
    "EdxPathEnrolment": "_openedx_data",
    "EdxSection": "_openedx_data",
    "EdxStep": "_openedx_data",
    "EdxSubsection": "_openedx_data",
    "EdxUser": "_openedx_data",
    "Elsewhere": "_faults",
    "Exchange": "_exchange",
    "FakeServer": "_server",
    "Fault": "_faults",
    "GzipBomb": "_faults",
    "Hang": "_faults",
    "HtmlPage": "_faults",
    "InvalidJson": "_faults",
    "LrsServer": "_lrs",
    "MoodleActivity": "_moodle_data",
    "MoodleCourse": "_moodle_data",
    "MoodleEnrolment": "_moodle_data",
    "MoodleGradeItem": "_moodle_data",
    "MoodleServer": "_moodle",
    "MoodleToken": "_moodle_data",
    "MoodleUser": "_moodle_data",
    "OpenEdxServer": "_openedx",
    "Repeated": "_faults",
    "Request": "_messages",
    "Route": "_messages",
    "ServerError": "_faults",
    "Throttled": "_faults",
    "Unauthorized": "_faults",
    "WrongShape": "_faults",
    "apart": "_apart",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
