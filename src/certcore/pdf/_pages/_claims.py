"""
What a template says of itself: whether it is meant for archives.
"""

from __future__ import annotations

import re

from pypdf.generic import StreamObject

from certcore.pdf._pages._limits import RefusalError
from certcore.pdf._pages._source import Source


# as an element or as an attribute (ISO 19005-2, 6.6.4); part 4 is of another format, PDF 2.0
_CLAIM = re.compile(rb"pdfaid:part(?:\s*=\s*[\"']|\s*>)\s*[123]\s*[\"'<]")


def says_archival(source: Source) -> bool:
    """
    Whether the template claims to be PDF/A-1, 2 or 3, on whatever level.
    """
    try:
        found = source.entry(source.root, "/Metadata")
        said = source.data(found) if isinstance(found, StreamObject) else b""
    except RefusalError:
        raise
    except Exception:  # noqa: BLE001  # damaged words about a file don't matter to what it shows
        return False
    return _CLAIM.search(said) is not None
