"""
Texts as metadata may have them.
"""

from __future__ import annotations

import re

from certcore.exceptions import LayoutError
from certcore.pdf._syntax import string


_BLANKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# what XML 1.0 has no way to write (2.2), or what programs that show a title stumble over
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]+")


def clean(what: str, text: str) -> str:
    """
    Make line breaks and tabs into blanks, and take out other controls.

    Args:
        what: Names the text in an error: "title".

        text: As it came.

    Raises:
        certcore.exceptions.LayoutError:
            If it has half a character in it.
    """
    if not text.isprintable():  # no half of a character is
        try:
            text.encode()
        except UnicodeEncodeError as exc:
            half = f"U+{ord(text[exc.start]):04X}"
            raise LayoutError(
                f"the document's {what} has half a character ({half}) in it: correct it where it "
                "comes from"
            ) from exc
        text = _UNSEEN.sub("", _BLANKS.sub(" ", text))
    return text.strip()


def in_xml(text: str) -> bytes:
    """
    Write a clean text as the content of an XML element.
    """
    said = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return said.encode()


def in_pdf(text: str) -> bytes:
    """
    Write a clean text as a string.
    """
    return string(text)
