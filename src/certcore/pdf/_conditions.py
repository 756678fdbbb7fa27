"""
Whether an element is drawn on a certificate.
"""

from __future__ import annotations

from certcore.exceptions import GenerationError
from certcore.placeholders import Said, TextTemplate, compile_text


_ALWAYS_THERE = compile_text("{date}")


def holds(when: TextTemplate, said: Said) -> bool:
    """
    Tell whether a certificate has something to say there: neither nothing nor blanks.

    Args:
        when: What is asked for; the text has no words of its own.

        said: A certificate, which a grade, a number or a date may be missing from.

    Raises:
        certcore.exceptions.GenerationError:
            If nobody can tell, because the issuer's time zone isn't known.
    """
    try:
        return bool(when.write(said).strip())
    except GenerationError:
        # what every certificate has fails only if it isn't a matter of this placeholder
        _ALWAYS_THERE.write(said)
        return False
