"""
Configurations in memory.
"""

from __future__ import annotations

import threading

from collections.abc import Iterable

from certcore.config import near
from certcore.domain import CertificateConfiguration
from certcore.exceptions import NotFoundError


class MemoryCatalog:
    """
    Gives the configurations that it was given. Threads may share it.

    Args:
        configurations: What it has at first.
    """

    def __init__(self, configurations: Iterable[CertificateConfiguration] = ()) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, CertificateConfiguration] = {}
        self._changes = 0
        for configuration in configurations:
            self.put(configuration)

    def put(self, configuration: CertificateConfiguration) -> None:
        """
        Add a configuration, or change the one of that name.
        """
        with self._lock:
            self._found[configuration.name] = configuration
            self._changes += 1

    def remove(self, key: str) -> None:
        """
        Take a configuration away, by its name or its keys. Raises NotFoundError.
        """
        name = self.get(key).name
        with self._lock:
            del self._found[name]
            self._changes += 1

    def keys(self) -> tuple[str, ...]:
        return tuple(self._found)

    def get(self, key: str) -> CertificateConfiguration:
        with self._lock:
            found = self._found.get(key)
            by_key = {str(known): each for each in self._found.values() for known in each.keys}
            made = found or by_key.get(key)
            names = self.keys()
        if made is None:
            raise NotFoundError("configuration", key, near(key, names))
        return made

    def revision(self) -> str:
        return str(self._changes)
