"""
What a text may say of a certificate: `{recipient.name}`, `{date:long}`, `{grades.Total}`.

One table, used by files, messages and checks. Texts are compiled once; nothing in them is looked up
as a Python attribute, so that whoever writes one gets at no more than the table offers. `{{` and
`}}` stand for the braces themselves.
"""

from certcore.placeholders._samples import WORST_NAMES, sample_certificate, sample_for
from certcore.placeholders._table import DATE_FORMS, PLACEHOLDERS, Placeholder, Said
from certcore.placeholders._texts import TextTemplate, compile_text, unprintable


__all__ = [
    "DATE_FORMS",
    "PLACEHOLDERS",
    "WORST_NAMES",
    "Placeholder",
    "Said",
    "TextTemplate",
    "compile_text",
    "sample_certificate",
    "sample_for",
    "unprintable",
]
