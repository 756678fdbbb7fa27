"""
Several files as one.
"""

from __future__ import annotations

import io

from collections.abc import Iterable

from certcore.exceptions import GenerationError


def bind(files: Iterable[tuple[str, bytes]]) -> bytes:
    """
    Put the pages of several PDFs into one, for looking at them.

    Args:
        files: Each with its title, which is in the table of contents that readers show.

    Raises:
        certcore.exceptions.GenerationError:
            If one of them can't be read, naming its title.
    """
    import pypdf  # noqa: PLC0415  # takes longer to load than commands that need it not

    writer = pypdf.PdfWriter()
    for title, content in files:
        try:
            writer.append(io.BytesIO(content), outline_item=title, import_outline=False)
        except Exception as exc:  # the library stumbles over a damaged file in any way
            raise GenerationError(f"{title!r} can't be bound: it isn't a readable PDF") from exc
    # what they share is there once
    writer.compress_identical_objects()
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
