"""
What is wanted, and what time it is.
"""

from __future__ import annotations

import datetime as dt

from typing import Protocol

from certcore.domain import CertificateConfiguration


class Clock(Protocol):
    """
    Tells the time.
    """

    def now(self) -> dt.datetime:
        """
        Give the present instant, aware, in UTC.
        """
        ...


class Catalog(Protocol):
    """
    The configurations somebody set up. The core only reads it.
    """

    def keys(self) -> tuple[str, ...]:
        """
        Give the names of all configurations, those switched off included.
        """
        ...

    def get(self, key: str) -> CertificateConfiguration:
        """
        Give one configuration with everything merged.

        Raises:
            certcore.exceptions.NotFoundError:
                If there is none of that name.

            certcore.exceptions.ConfigurationError:
                If it can't be used, with all of its problems.
        """
        ...

    def revision(self) -> str:
        """
        Give a word that changes whenever something in the catalog does.
        """
        ...
