"""
A project's configurations, for whoever asks for them by name.
"""

from __future__ import annotations

from collections.abc import Mapping

from certcore.bootstrap._resolving import Resolved
from certcore.config import near
from certcore.domain import CertificateConfiguration, ConfigurationKey
from certcore.exceptions import ConfigurationError, NotFoundError


class TomlCatalog:
    """
    The configurations of a project's files, as they were when they were read.
    """

    def __init__(self, found: Mapping[str, Resolved], revision: str) -> None:
        self._found = found
        self._revision = revision
        # other processes, and the ledger, know configurations by their keys and not by their names;
        # what was begun before a type was renamed, by its old key
        self._by_key: dict[str, CertificateConfiguration] = {}
        made = [each.made for each in found.values() if each.made is not None]
        for configuration in made:
            if configuration.type.was:
                old = ConfigurationKey(configuration.context.key, configuration.type.was)
                self._by_key[str(old)] = configuration
        for configuration in made:
            self._by_key[str(configuration.key)] = configuration

    def keys(self) -> tuple[str, ...]:
        """
        Give the names of all configurations, in the order of the files.
        """
        return tuple(self._found)

    def get(self, key: str) -> CertificateConfiguration:
        """
        Give a configuration by its name, `bio101/completion`, or by its keys.

        Raises:
            certcore.exceptions.NotFoundError:
                If there is none.

            certcore.exceptions.ConfigurationError:
                If it can't be used, with everything that is wrong with it.
        """
        found = self._found.get(key)
        made = self._by_key.get(key) if found is None else found.made
        if made is not None:
            return made
        if found is not None:
            raise ConfigurationError(found.problems)
        names = self.keys()
        hint = near(key, names) or f"There are: {', '.join(names) or 'none'}."
        raise NotFoundError("configuration", key, hint)

    def revision(self) -> str:
        """
        Give a digest of all files: their names and contents.
        """
        return self._revision
