"""
Who: learners, and the snapshot of one that is printed.
"""

from __future__ import annotations

import unicodedata

from typing import Any

from attrs import Attribute, field, frozen

from certcore._unchecked import unchecked
from certcore.domain._checks import LONGEST_KEY


def normalize_email(address: str) -> str:
    """
    Fold an address so that two spellings of it compare equal: NFC, trimmed, case-folded.

    Only for sources that declare the address to be the learner's id.
    """
    return unicodedata.normalize("NFC", address).strip().casefold()


def _text(instance: object, attribute: Attribute[Any], value: object) -> None:
    del instance
    # platforms give numbers in JSON: 4711 and "4711" would be two learners
    if isinstance(value, str) and value.isascii() and "\0" not in value:
        return
    if not isinstance(value, str):
        msg = f"a learner's {attribute.name} is a text, not {type(value).__name__}"
        raise ValueError(msg)  # noqa: TRY004  # like every other refusal of a value
    try:
        value.encode()
    except UnicodeEncodeError:
        # half a character, as JSON can hold it: no file and no database takes it
        msg = f"a learner's {attribute.name} has half a character in it"
        raise ValueError(msg) from None
    if "\0" in value:
        # nor do all databases take this
        msg = f"a learner's {attribute.name} has a NUL character in it"
        raise ValueError(msg)


def _filled(instance: object, attribute: Attribute[Any], value: str) -> None:
    _text(instance, attribute, value)
    if not value:
        msg = f"a learner's {attribute.name} can't be empty"
        raise ValueError(msg)
    if len(value) > LONGEST_KEY:
        msg = f"a learner's {attribute.name} has {len(value)} characters; {LONGEST_KEY} are allowed"
        raise ValueError(msg)


@frozen(order=True)
class LearnerKey:
    """
    Who a learner is, for ever: the realm that a source declares, and the platform's stable id.
    """

    realm: str = field(validator=_filled)
    id: str = field(validator=_filled)

    def __str__(self) -> str:
        return f"{self.realm}:{self.id}"


# a learner's realm and id were checked when the learner was made
_key = unchecked(LearnerKey)


@frozen(kw_only=True)
class Learner:
    """
    Somebody whom a source knows.
    """

    realm: str = field(validator=_filled)
    id: str = field(validator=_filled)
    """The platform's stable id: Open edX's username, Moodle's or Canvas' user id."""
    name: str = field(default="", validator=_text)
    """As the source has it; whoever has none can't get a certificate."""
    email: str = field(default="", repr=False, validator=_text)
    language: str = field(default="", validator=_text)
    """A BCP 47 tag such as `es` or `pt-BR`; empty if the source doesn't say."""
    username: str = field(default="", validator=_text)

    @property
    def key(self) -> LearnerKey:
        """
        Who it is, for ever.
        """
        return _key(self.realm, self.id)


@frozen(kw_only=True)
class Recipient:
    """
    The snapshot of a learner that is printed; frozen when the certificate is awarded.
    """

    name: str
    email: str = field(default="", repr=False)
    language: str = ""
    username: str = ""

    @classmethod
    def of(cls, learner: Learner) -> Recipient:
        """
        Take what is printed of a learner, as it is now.
        """
        return cls(
            name=learner.name,
            email=learner.email,
            language=learner.language,
            username=learner.username,
        )
