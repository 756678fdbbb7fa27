"""
A generator of small text files.
"""

from __future__ import annotations

import hashlib

from collections.abc import Collection
from typing import Any

from attrs import frozen

from certcore.domain import Artifact, Certificate, format_code
from certcore.exceptions import GenerationError
from certcore.ports import AssetStore


@frozen(kw_only=True)
class PlainDesign:
    """
    Options of a `PlainGenerator`: one line of text, with the name in it.
    """

    text: str = "{name} completed {context}."


class PlainGenerator:
    """
    Makes a text file of a certificate; the same certificate gives the same bytes.

    Args:
        failing: Ids of learners whose certificates can't be made.

        error: What is raised for them.
    """

    def __init__(
        self, *, failing: Collection[str] = (), error: GenerationError | None = None
    ) -> None:
        self.failing = set(failing)
        self.error = error or GenerationError("none of the design's fonts has that letter")
        self.made: list[str] = []
        """Ids of the certificates it was asked for, in order."""

    def prepare(self, design: Any, assets: AssetStore) -> PlainPrepared:
        del assets
        text = design.text if isinstance(design, PlainDesign) else str(design)
        return PlainPrepared(self, text)


class PlainPrepared:
    """
    A line of text, ready for many certificates.
    """

    engine = "plain 1"
    placeholders = frozenset({"recipient.name", "context.name", "verification.code"})

    def __init__(self, generator: PlainGenerator, text: str) -> None:
        self._generator = generator
        self._text = text
        self.digest = hashlib.sha256(text.encode()).hexdigest()

    def generate(self, certificate: Certificate) -> Artifact:
        self._generator.made.append(certificate.id)
        if certificate.learner.id in self._generator.failing:
            raise self._generator.error
        said = certificate.statement
        line = self._text.replace("{name}", said.recipient.name).replace(
            "{context}", said.context.name
        )
        content = f"{line}\n{format_code(certificate.code)}\n".encode()
        return Artifact(content=content, media_type="text/plain", extension="txt")
