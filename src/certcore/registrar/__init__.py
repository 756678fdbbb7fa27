"""
The office that issues certificates: the one way into certcore.
"""

from certcore.registrar._collaborators import SystemClock
from certcore.registrar._opening import Given
from certcore.registrar._premises import Wanted
from certcore.registrar._registrar import Registrar
from certcore.registrar._values import (
    Awarded,
    Judgement,
    Outcome,
    Outlook,
    Preview,
    Stage,
    StageProgress,
    Tally,
    Verification,
    VerificationStatus,
    Watcher,
    label,
)


__all__ = [
    "Awarded",
    "Given",
    "Judgement",
    "Outcome",
    "Outlook",
    "Preview",
    "Registrar",
    "Stage",
    "StageProgress",
    "SystemClock",
    "Tally",
    "Verification",
    "VerificationStatus",
    "Wanted",
    "Watcher",
    "label",
]
