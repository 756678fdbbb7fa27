"""
Reading mail addresses.
"""

from __future__ import annotations

import re

from email.headerregistry import Address

from certcore.domain import split_address
from certcore.exceptions import NotificationError
from certcore.messages._lines import one_line


def read_address(text: str, whose: str) -> Address:
    """
    Read `ada@uni.example` or `Uni Certificates <certificates@uni.example>`.

    A domain beyond ASCII becomes its `xn--` form. Line breaks and control characters in the name
    become spaces; in the address they are refused.

    Args:
        whose: Begins the error: `the sender's address`.

    Raises:
        certcore.exceptions.NotificationError:
            If it isn't one address. The error says what is wrong without showing the address.
    """
    try:
        name, local, domain = split_address(text)
    except ValueError as exc:
        raise NotificationError(f"{whose} {exc}") from None
    return Address(display_name=_unquoted(one_line(name)), username=local, domain=domain)


def _unquoted(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name
