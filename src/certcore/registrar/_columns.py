"""
How the source of a configuration reads its files.
"""

from __future__ import annotations

from collections.abc import Iterator

from certcore.domain import CertificateConfiguration
from certcore.exceptions import ConfigurationError, Problem
from certcore.ports import ColumnReader, FileReading
from certcore.registrar._collaborators import Collaborators
from certcore.registrar._setup import set_up


def read_columns(
    configuration: CertificateConfiguration, collaborators: Collaborators
) -> Iterator[FileReading]:
    """
    Say of each file what is made of its columns.

    Raises:
        certcore.exceptions.ConfigurationError:
            If the configuration can't be used, or its source reads no files.

        certcore.exceptions.RetrievalError:
            If a file can't be read, or nobody can tell what it is.
    """
    setup = set_up(configuration, collaborators)
    source = configuration.type.source
    if not isinstance(setup.retriever, ColumnReader):
        what = "there is no source" if source is None else f"{source.provider} reads no files"
        problem = Problem(f"types.{configuration.type.key}.source", f"has no columns: {what}.")
        raise ConfigurationError([problem])
    return setup.retriever.read_columns(setup.context)
