"""
A file with sample values, made by the same engine as the real ones.
"""

from __future__ import annotations

from attrs import evolve

from certcore.domain import Certificate, CertificateConfiguration
from certcore.placeholders import sample_for
from certcore.registrar._designs import Designs, remarks_on
from certcore.registrar._statements import stated_issuer
from certcore.registrar._values import Preview


def preview(
    configuration: CertificateConfiguration,
    designs: Designs,
    *,
    language: str,
    name: str,
    shown: Certificate | None,
) -> Preview:
    """
    Make a file of that certificate or, if there is none, of a made-up one.
    """
    language = language or configuration.type.issuer.language
    prepared = designs.prepared(language)
    if shown is None:
        shown = _sample(configuration, prepared.placeholders, language)
    if name:
        said = shown.statement
        shown = evolve(shown, statement=evolve(said, recipient=evolve(said.recipient, name=name)))
    return Preview(
        artifact=prepared.generate(shown),
        language=designs.language_for(language),
        remarks=remarks_on(prepared),
    )


def _sample(
    configuration: CertificateConfiguration, placeholders: frozenset[str], language: str
) -> Certificate:
    context, type_ = configuration.context, configuration.type
    return sample_for(
        placeholders,
        language=language,
        context=context.name or context.key,
        title=type_.title or type_.key,
        issuer=stated_issuer(type_.issuer),
    )
