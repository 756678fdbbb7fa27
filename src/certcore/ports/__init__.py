"""
What the core needs from the outside, as protocols: anything with these methods will do.
"""

from certcore.ports._catalog import Catalog, Clock
from certcore.ports._generator import (
    CompiledDesign,
    Generator,
    PreparedDesign,
    RemarkingDesign,
    RestoringGenerator,
)
from certcore.ports._ledger import Ledger
from certcore.ports._ledger_adoption import Adopted, Adoption, AdoptionKind
from certcore.ports._ledger_copy import (
    CopyableLedger,
    LedgerCopying,
    LedgerRecord,
    PlainValue,
)
from certcore.ports._ledger_values import (
    Award,
    AwardKind,
    Candidate,
    CertificateFilter,
    Leased,
    Result,
    Settlement,
    Standing,
)
from certcore.ports._notifier import Notifier
from certcore.ports._retriever import (
    ColumnReader,
    ColumnReading,
    FileReading,
    RetrievalProgress,
    RetrievalRequest,
    Retriever,
)
from certcore.ports._stores import ArtifactStore, AssetStore


__all__ = [
    "Adopted",
    "Adoption",
    "AdoptionKind",
    "ArtifactStore",
    "AssetStore",
    "Award",
    "AwardKind",
    "Candidate",
    "Catalog",
    "CertificateFilter",
    "Clock",
    "ColumnReader",
    "ColumnReading",
    "CompiledDesign",
    "CopyableLedger",
    "FileReading",
    "Generator",
    "Leased",
    "Ledger",
    "LedgerCopying",
    "LedgerRecord",
    "Notifier",
    "PlainValue",
    "PreparedDesign",
    "RemarkingDesign",
    "RestoringGenerator",
    "Result",
    "RetrievalProgress",
    "RetrievalRequest",
    "Retriever",
    "Settlement",
    "Standing",
]
