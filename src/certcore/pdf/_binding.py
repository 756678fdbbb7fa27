"""
Several files as one.
"""

from __future__ import annotations

import io

from collections.abc import Iterable


def bind(files: Iterable[tuple[str, bytes]]) -> bytes:
    """
    Put the pages of several PDFs into one, for looking at them.

    Args:
        files: Each with its title, which is in the table of contents that readers show.
    """
    import pypdf  # noqa: PLC0415  # takes longer to load than commands that need it not

    writer = pypdf.PdfWriter()
    for title, content in files:
        writer.append(io.BytesIO(content), outline_item=title, import_outline=False)
    # what they share is there once
    writer.compress_identical_objects()
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
