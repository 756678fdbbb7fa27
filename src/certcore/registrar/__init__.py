"""
The office that issues certificates: the one way into certcore.
"""

from certcore.registrar._changes import (
    Changes,
    ContextChange,
    EvidenceChange,
    FieldChange,
    RecipientChange,
    Reissued,
)
from certcore.registrar._collaborators import SystemClock
from certcore.registrar._import_reading import ImportFormat, ImportRow, read_import
from certcore.registrar._importing import Imported, ImportKind
from certcore.registrar._opening import Given
from certcore.registrar._premises import Wanted
from certcore.registrar._registrar import Registrar
from certcore.registrar._values import (
    Awarded,
    Inspection,
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
    "Changes",
    "ContextChange",
    "EvidenceChange",
    "FieldChange",
    "Given",
    "ImportFormat",
    "ImportKind",
    "ImportRow",
    "Imported",
    "Inspection",
    "Judgement",
    "Outcome",
    "Outlook",
    "Preview",
    "RecipientChange",
    "Registrar",
    "Reissued",
    "Stage",
    "StageProgress",
    "SystemClock",
    "Tally",
    "Verification",
    "VerificationStatus",
    "Wanted",
    "Watcher",
    "label",
    "read_import",
]
