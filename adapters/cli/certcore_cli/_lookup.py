"""
Finding what somebody means: a certificate by its code or id, a configuration by its key.
"""

from __future__ import annotations

import re

from collections.abc import Iterator
from typing import TYPE_CHECKING

from certcore.domain import Certificate, ConfigurationKey, normalize_code
from certcore.exceptions import ConfigurationError, NotFoundError


if TYPE_CHECKING:
    from certcore.bootstrap import Project
    from certcore.ports import CertificateFilter
    from certcore.registrar import Registrar

PAGE = 200
"""Certificates asked for at a time."""

_ID = re.compile("[0-9a-f]{32}")


def find_certificate(registrar: Registrar, word: str) -> Certificate:
    """
    Give the certificate of a verification code as it was typed, or of an id.

    Raises:
        certcore.exceptions.NotFoundError:
            If there is none.
    """
    try:
        return registrar.get(word)
    except NotFoundError:
        hint = (
            "A code of ours has 27 letters and digits. certcore list shows them."
            if normalize_code(word) is None and not _ID.fullmatch(word)
            else "It is well-formed. Was it issued from another project?"
        )
        raise NotFoundError("certificate", word, hint) from None


def every(registrar: Registrar, wanted: CertificateFilter) -> Iterator[Certificate]:
    """
    Walk all certificates that are wanted, a page at a time.
    """
    after = ""
    while page := registrar.find(wanted, after=after, limit=PAGE):
        yield from page
        after = page[-1].id


class Names:
    """
    What people call configurations, which the ledger knows by their keys.
    """

    def __init__(self, project: Project) -> None:
        self._names: dict[ConfigurationKey, str] = {}
        for name in project.catalog.keys():  # noqa: SIM118  # a catalog is no mapping
            try:
                self._names[project.catalog.get(name).key] = name
            except ConfigurationError:
                # it can't run, and what it awarded is shown all the same
                continue

    def of(self, certificate: Certificate) -> str:
        """
        Give `bio101/completion` or, if it isn't in the project any more, the keys.
        """
        said = certificate.statement
        key = ConfigurationKey(said.context.key, said.type.key)
        return self._names.get(key, str(key))
