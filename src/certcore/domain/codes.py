"""
Verification codes: what is printed on a certificate so that anybody can check it.

A code is 26 characters of Crockford's base 32 (130 random bits) and one check character, computed
as Crockford describes (the number modulo 37): any single mistyped character and any swap of two
neighbours is noticed. Source: https://www.crockford.com/base32.html

Crockford's five extra check symbols (`*~$=U`) aren't used: a code can stand in an address as it is.
"""

from __future__ import annotations

import secrets
import unicodedata


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26
_GROUP = 4
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_MODULUS = 37


def new_code() -> str:
    """
    Give a fresh code; no two ever agree, and none can be guessed from another.

    Numbers whose check character would be one of the extra symbols are passed over.
    """
    while True:
        number = secrets.randbits(5 * _LENGTH)
        check = number % _MODULUS
        if check < len(ALPHABET):
            body = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
            return body + ALPHABET[check]


def normalize_code(entered: str) -> str | None:
    """
    Read a code as somebody typed it; None if it can't be one.

    Upper and lower case, `O` for `0`, `I` and `L` for `1`, and any grouping are taken. A mistyped
    character is noticed by the check character.
    """
    # whatever stands between letters and digits is grouping, invisible characters of a PDF included
    bare = "".join(character for character in entered if character.isalnum())
    code = bare.upper().translate(_LOOKALIKES)
    if len(code) != _LENGTH + 1:
        return None
    number = 0
    for character in code[:-1]:
        value = _VALUES.get(character)
        if value is None:
            return None
        number = number * 32 + value
    return code if _VALUES.get(code[-1]) == number % _MODULUS else None


def read_old_code(entered: str) -> tuple[str, str]:
    """
    Read a code that another system gave: as it stands, and without what people get wrong.

    The second one has neither case nor grouping. Two codes may agree in it (of some systems, codes
    differ in case alone): who asks by it has to make sure that one is meant and no other.
    """
    exact = unicodedata.normalize("NFC", entered).strip()
    bare = unicodedata.normalize("NFKC", exact).casefold()
    return exact, "".join(character for character in bare if character.isalnum())


def format_code(code: str) -> str:
    """
    Group a code for print: `6R2K-9WQX-…`.
    """
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
