"""
What the core needs from the outside, as protocols: anything with these methods will do.
"""

from certcore.ports._catalog import Catalog, Clock
from certcore.ports._generator import Generator, PreparedDesign
from certcore.ports._ledger import Ledger
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
from certcore.ports._retriever import RetrievalProgress, RetrievalRequest, Retriever
from certcore.ports._stores import ArtifactStore, AssetStore


__all__ = [
    "ArtifactStore",
    "AssetStore",
    "Award",
    "AwardKind",
    "Candidate",
    "Catalog",
    "CertificateFilter",
    "Clock",
    "Generator",
    "Leased",
    "Ledger",
    "Notifier",
    "PreparedDesign",
    "Result",
    "RetrievalProgress",
    "RetrievalRequest",
    "Retriever",
    "Settlement",
    "Standing",
]
