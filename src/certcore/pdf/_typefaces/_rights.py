"""
What the maker of a font allows.
"""

from __future__ import annotations

from certcore.exceptions import FontError


# fsType of the table OS/2, OpenType specification
_USAGE = 0x000F
_RESTRICTED = 0x0002
_NO_SUBSETTING = 0x0100
_BITMAPS_ONLY = 0x0200


def check_rights(label: str, os2: bytes) -> None:
    """
    Refuse a font that may not be embedded into certificates.

    Without the table OS/2 there are no restrictions. Of several bits of usage that an old font
    sets at once, the one that allows most counts. Whatever allows to preview and to print is
    enough, as certificates aren't edited.

    Args:
        label: Says in the error which font it is.

        os2: The table OS/2, or nothing.

    Raises:
        certcore.exceptions.FontError:
            If its maker doesn't allow it, saying what to do.
    """
    rights = int.from_bytes(os2[8:10], "big")
    if rights & _USAGE == _RESTRICTED:
        raise FontError(
            f"{label}: its maker doesn't allow it to be embedded in documents; "
            "choose another font, or get a license and its file from the maker"
        )
    if rights & _NO_SUBSETTING:
        raise FontError(
            f"{label}: its maker doesn't allow it to be embedded but as a whole, which would be "
            "too much for every certificate; choose another font"
        )
    if rights & _BITMAPS_ONLY:
        raise FontError(
            f"{label}: its maker doesn't allow it to be embedded but as bitmaps, "
            "which don't print well; choose another font"
        )
