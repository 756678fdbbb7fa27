"""
Texts with placeholders: reading, checking and writing them.
"""

from __future__ import annotations

import difflib
import re

from collections.abc import Callable, Iterable, Iterator

from attrs import field, frozen

from certcore.domain import Certificate, Issuer, StatedIssuer
from certcore.exceptions import ConfigurationError, Problem
from certcore.placeholders._table import ANY, PLACEHOLDERS, Said


_DEFAULT_FORM = "long"
_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@frozen
class _Use:
    """
    A placeholder where it stands in a text.
    """

    name: str
    form: str
    rest: str
    """What stands in the place of `*`, if its name has that."""
    evaluate: Callable[[Said, str, str], str] = field(eq=False, repr=False)


@frozen
class TextTemplate:
    """
    A text with placeholders, ready to be rendered for any number of certificates.
    """

    source: str
    """As it was written."""
    _parts: tuple[str | _Use, ...] = field(repr=False)

    @property
    def names(self) -> frozenset[str]:
        """
        The placeholders in it, without their forms: `{"recipient.name", "grades.Total"}`.
        """
        return frozenset(part.name for part in self._parts if isinstance(part, _Use))

    @property
    def literal(self) -> str:
        """
        What every certificate says in the same words: the text without its placeholders.
        """
        return "".join(part for part in self._parts if isinstance(part, str))

    def render(self, certificate: Certificate, *, language: str = "") -> str:
        """
        Write the text for one certificate.

        Args:
            certificate: Of whom it is.

            language: Of dates and numbers, a BCP 47 tag. If it is empty, the recipient's, else the
                issuer's; one that isn't known falls back to its parent, and at last to English.

        Raises:
            certcore.exceptions.GenerationError:
                If the certificate lacks a grade, a number or a date that the text asks for.
        """
        statement = certificate.statement
        chosen = language or statement.recipient.language or statement.issuer.language
        return self.write(Said(certificate=certificate, language=chosen))

    def write(self, said: Said) -> str:
        """
        Do what `render` does, where many texts are written for one certificate.
        """
        return "".join(
            [
                part if isinstance(part, str) else part.evaluate(said, part.rest, part.form)
                for part in self._parts
            ]
        )


def compile_text(text: str) -> TextTemplate:
    """
    Read a text with placeholders.

    Raises:
        certcore.exceptions.ConfigurationError:
            (A ValueError.) With every placeholder that doesn't exist and what may have been meant.
    """
    problems: list[Problem] = []
    parts = tuple(_merged(_read(text, problems)))
    if problems:
        raise ConfigurationError(problems)
    return TextTemplate(text, parts)


def _read(text: str, problems: list[Problem]) -> Iterator[str | _Use]:
    end = 0
    for match in _TOKEN.finditer(text):
        yield text[end : match.start()]
        end = match.end()
        token = match[0]
        if token in {"{{", "}}"}:
            yield token[0]
        elif token in {"{", "}"}:
            problems.append(Problem("", f"a {token} stands alone.", f"Write {token * 2} for one."))
        elif len(token.splitlines()) > 1:
            said = " ".join(token.split())
            problems.append(
                Problem("", f"{said}: has a line break in its braces.", "Write it on one line.")
            )
        else:
            found = _use(match[1], problems)
            if found is not None:
                yield found
    yield text[end:]


def _merged(parts: Iterable[str | _Use]) -> Iterator[str | _Use]:
    words = ""
    for part in parts:
        if isinstance(part, str):
            words += part
            continue
        if words:
            yield words
        words = ""
        yield part
    if words:
        yield words


def _use(inside: str, problems: list[Problem]) -> _Use | None:
    said, colon, form = inside.partition(":")
    name = said.strip()
    form = form.strip()
    placeholder = next((known for known in PLACEHOLDERS if known.takes(name)), None)
    if placeholder is None:
        problems.append(Problem("", f"{{{name}}}: no such placeholder.", _meant(name)))
        return None
    if colon and not placeholder.forms:
        problems.append(Problem("", f"{{{inside}}}: takes no form.", f"Write {{{name}}}."))
        return None
    if colon and form not in placeholder.forms:
        forms = ", ".join(placeholder.forms)
        problems.append(Problem("", f"{{{name}:{form}}}: no such form.", f"One of: {forms}"))
        return None
    rest = name.removeprefix(placeholder.prefix)
    return _Use(name, form or _DEFAULT_FORM, rest, placeholder.evaluate)


def _meant(name: str) -> str:
    known: dict[str, str] = {}
    family, _, rest = name.partition(".")
    for placeholder in PLACEHOLDERS:
        whole = placeholder.name.replace(ANY, rest or "Total")
        known[whole] = whole
    folded = f"{family.lower()}.{rest}" if rest else name.lower()
    near = difflib.get_close_matches(folded, known, n=1, cutoff=0.7)
    if near:
        return f"Did you mean {{{near[0]}}}?"
    return f"Known are: {', '.join(f'{{{placeholder.name}}}' for placeholder in PLACEHOLDERS)}."


def unprintable(names: Iterable[str], issuer: Issuer | StatedIssuer) -> tuple[str, ...]:
    """
    Say what can't be printed for this issuer; nothing if all is well.

    Args:
        names: Of the placeholders that a text or a design uses.

        issuer: Whose certificates they are.
    """
    said: list[str] = []
    if "verification.address" in names:
        if not issuer.verification:
            said.append("{verification.address}: the issuer has no verification address.")
        elif "{code}" not in issuer.verification:
            said.append("{verification.address}: the issuer's verification address lacks {code}.")
    return tuple(said)
