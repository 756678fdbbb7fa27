"""
Verification codes: what is printed on a certificate so that anybody can check it.

A code is 26 characters of Crockford's base 32 (130 random bits) and one check character, computed as
Crockford describes (the number modulo 37): any single mistyped character and any swap of two
neighbours is noticed. Source: https://www.crockford.com/base32.html
"""

from __future__ import annotations

import secrets


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_ALPHABET = ALPHABET + "*~$=U"
_LENGTH = 26
_GROUP = 4
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = str.maketrans("", "", "- \t\r\n\u00a0\u2010\u2011\u2012\u2013\u2014\u2212")


def new_code() -> str:
    """
    Give a fresh code; no two ever agree, and none can be guessed from another.

    Codes whose check character wouldn't be a letter or a digit are passed over, so that a code can
    stand in an address as it is.
    """
    while True:
        number = secrets.randbits(5 * _LENGTH)
        check = _CHECK_ALPHABET[number % 37]
        if check in ALPHABET:
            body = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
            return body + check


def normalize_code(entered: str) -> str | None:
    """
    Read a code as somebody typed it; None if it can't be one.

    Upper and lower case, `O` for `0`, `I` and `L` for `1`, and any grouping are taken. A code with a
    mistyped character is noticed by its check character.
    """
    code = entered.translate(_SEPARATORS).upper().translate(_LOOKALIKES)
    if len(code) != _LENGTH + 1:
        return None
    number = 0
    for character in code[:-1]:
        value = _VALUES.get(character)
        if value is None:
            return None
        number = number * 32 + value
    return code if _CHECK_ALPHABET[number % 37] == code[-1] else None


def format_code(code: str) -> str:
    """
    Group a code for print: `6R2K-9WQX-…`.
    """
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
