"""
Telling an interrupt from the error that a library made of it.
"""

from __future__ import annotations


def pass_on_interrupt(exc: BaseException) -> None:
    """
    Raise the interrupt that a library has made an error of, if there is one behind this.

    It was meant for the process, and not for what was in hand.
    """
    behind: BaseException | None = exc
    while behind is not None:
        if not isinstance(behind, Exception):
            raise behind
        behind = behind.__cause__ or behind.__context__
