"""
How certificates are made to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from certcore.domain import Artifact, Certificate
from certcore.ports._stores import AssetStore


class PreparedDesign(Protocol):
    """
    A design made ready once, for many certificates. Thread-safe.
    """

    @property
    def digest(self) -> str:
        """
        A digest of the design and its assets, up to 64 letters and digits; not of the engine.

        The design is kept under it: the same digest has to mean the same look.
        """
        ...

    @property
    def engine(self) -> str:
        """
        Name and version of what draws: same design, statement and engine, same bytes.
        """
        ...

    @property
    def placeholders(self) -> frozenset[str]:
        """
        What is printed of a certificate: `recipient.name`, `verification.address`, `grades.Total`.
        """
        ...

    def generate(self, certificate: Certificate) -> Artifact:
        """
        Make the file of one certificate.

        Raises:
            certcore.exceptions.GenerationError:
                If it can't be made; nobody else's is affected.
        """
        ...


@runtime_checkable
class RemarkingDesign(PreparedDesign, Protocol):
    """
    A prepared design that has something to say of its files.
    """

    @property
    def remarks(self) -> Sequence[str]:
        """
        What is worth knowing of every file before the first is made, a line each, without a full
        stop; nothing that keeps them from being made.
        """
        ...


@runtime_checkable
class CompiledDesign(PreparedDesign, Protocol):
    """
    A prepared design that can be written down as it was made ready.
    """

    def compiled(self) -> bytes:
        """
        Give what `RestoringGenerator.restore` makes the same design of; it is kept with it.
        """
        ...


class Generator(Protocol):
    """
    Makes files of certificates.
    """

    def prepare(self, design: Any, assets: AssetStore) -> PreparedDesign:
        """
        Read template, fonts and images once, and check that everything asked for can be drawn.

        Args:
            design: An instance of the provider's options class.

            assets: Where the files that the design names lie.

        Raises:
            certcore.exceptions.GenerationError:
                If no certificate could ever be made with this design.

            certcore.exceptions.ConfigurationError:
                If what the design says is wrong, with all of its problems.
        """
        ...


@runtime_checkable
class RestoringGenerator(Generator, Protocol):
    """
    A generator whose files have the same bytes again, whatever has become of its libraries.
    """

    def restore(self, design: Any, assets: AssetStore, compiled: bytes) -> PreparedDesign:
        """
        Do as `prepare`, from what `CompiledDesign.compiled` gave then.

        Raises:
            certcore.exceptions.GenerationError:
                If that is damaged; besides what `prepare` raises.
        """
        ...
