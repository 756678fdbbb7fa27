"""
Mail addresses: what can be one, and what it is made of.
"""

from __future__ import annotations

import re
import unicodedata


_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>", re.DOTALL)
_ATOM = r"[0-9A-Za-z!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[0-9a-z](?:[0-9a-z-]*[0-9a-z])?")
_LOCAL_OCTETS, _LABEL_OCTETS, _ADDRESS_OCTETS = 64, 63, 254
"""Limits of RFC 5321 and RFC 1035."""


def split_address(text: str) -> tuple[str, str, str]:
    """
    Give the name, what stands before the @, and the domain; the name as it stands there.

    A domain beyond ASCII becomes its `xn--` form.

    Raises:
        ValueError:
            If it isn't one address: `has no @`. It doesn't show the address.
    """
    text = text.strip(" \t")
    named = _NAMED.fullmatch(text)
    name, bare = (named["name"], named["address"].strip(" \t")) if named else ("", text)
    wrong = _wrong_characters(bare)
    local, at, domain = bare.rpartition("@")
    if not wrong and not at:
        wrong = "has no @" if bare else "is missing"
    if not wrong and not (_LOCAL.fullmatch(local) and len(local.encode()) <= _LOCAL_OCTETS):
        wrong = "isn't a mail address: what stands before the @ can't be"
    encoded = "" if wrong else _domain(domain)
    if not wrong and (not encoded or len(f"{local}@{encoded}".encode()) > _ADDRESS_OCTETS):
        wrong = "isn't a mail address: what stands behind the @ isn't a domain"
    if wrong:
        raise ValueError(wrong)
    return name, local, encoded


def _wrong_characters(address: str) -> str:
    # categories C…: controls, invisible format characters, lone surrogates; Z…: spaces, line breaks
    if any(unicodedata.category(character)[0] in "CZ" for character in address):
        return "has a space, a line break or an invisible character in it"
    return "has more than one address in it" if set(address) & set(",;") else ""


def _domain(domain: str) -> str:
    """
    Give the domain in ASCII, or nothing if it can't be one.
    """
    labels = [_ascii(label) for label in unicodedata.normalize("NFKC", domain).lower().split(".")]
    sound = all(_LABEL.fullmatch(each) and len(each) <= _LABEL_OCTETS for each in labels)
    return ".".join(labels) if sound else ""


def _ascii(label: str) -> str:
    if label.isascii() or not all(unicodedata.category(c)[0] in "LMN" or c == "-" for c in label):
        return label
    # RFC 5891; the standard library's idna codec follows an older rule that turns ß into ss
    return f"xn--{label.encode('punycode').decode('ascii')}"
