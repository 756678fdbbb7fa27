"""
What a file says of itself to programs: metadata, what its colors mean, what its parts are.
"""

from certcore.pdf._describing._icc import output_intent, srgb_profile
from certcore.pdf._describing._metadata import Description, DescriptionTemplate
from certcore.pdf._describing._structure import (
    ARTIFACT,
    END,
    Kind,
    Mark,
    Structure,
    Tag,
    write_structure,
)


__all__ = [
    "ARTIFACT",
    "END",
    "Description",
    "DescriptionTemplate",
    "Kind",
    "Mark",
    "Structure",
    "Tag",
    "output_intent",
    "srgb_profile",
    "write_structure",
]
