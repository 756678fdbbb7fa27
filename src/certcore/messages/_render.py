"""
Filling in the templates of messages.
"""

from __future__ import annotations

import re

from collections.abc import Mapping

from attrs import field, frozen

from certcore.domain import MessageTemplate
from certcore.exceptions import NotificationError, Problem
from certcore.messages import _defaults
from certcore.messages._html import from_text, page
from certcore.messages._lines import clean, one_line


_LIMIT = 200_000
"""Characters that each part of a message may have once it is filled in."""
_SUBJECT = 250


@frozen(kw_only=True)
class Rendered:
    """
    What a message says.
    """

    subject: str = field(repr=False)
    """One line."""
    text: str = field(repr=False)
    html: str = field(repr=False)
    """A whole page, unless the template's own HTML isn't one."""
    language: str = ""
    """Of the words: that of the built-in ones where the template has none."""


def render(
    template: MessageTemplate, variables: Mapping[str, object], *, language: str = ""
) -> Rendered:
    """
    Fill a message in; what the template leaves empty is taken from the built-in one, in English.

    HTML that is left empty is made from the text, if there is one. Values are escaped in HTML; in
    subject and text they stay on one line. That a certificate was revoked is told in the built-in
    words: a template that congratulates mustn't.

    Args:
        variables: Those of `SAMPLE_VARIABLES`.

        language: Of the template's words: a BCP 47 tag.

    Raises:
        certcore.exceptions.NotificationError:
            If it can't be filled in, with part and line. Not retryable.
    """
    given = {"purpose": "award", **variables}
    if given["purpose"] == "revocation":
        template = MessageTemplate()
    language = language_of(template, language)
    given["language"] = language
    subject = one_line(_fill_in("subject", template.subject or _defaults.SUBJECT, given))
    if len(subject) > _SUBJECT:
        subject = f"{subject[: _SUBJECT - 1]}…"
    text = _tidy(_fill_in("text", template.text or _defaults.TEXT, given))
    if template.html:
        html = clean(_fill_in("html", template.html, given))
    else:
        body = from_text(text) if template.text else _fill_in("html", _defaults.HTML, given)
        html = page(clean(body), language=language, title=subject)
    return Rendered(subject=subject, text=text, html=html, language=language)


def language_of(template: MessageTemplate, language: str) -> str:
    """
    Give the language that a message's words will be in: English where they are the built-in ones.
    """
    return language if template.text or template.html else _defaults.LANGUAGE


def check(
    template: MessageTemplate, variables: Mapping[str, object] = _defaults.SAMPLE_VARIABLES
) -> tuple[Problem, ...]:
    """
    Give all that is wrong with a template, each with its part (`subject`, `text`, `html`) and line.

    Args:
        variables: Those that there will be, with values such as they will have.
    """
    # loads jinja2, which nobody needs before there is a message
    from certcore.messages._sandbox import find_faults  # noqa: PLC0415  # loads Jinja2

    parts = {"subject": template.subject, "text": template.text, "html": template.html}
    problems = [
        Problem(part, f"line {fault.line}: {fault.message}", fault.hint)
        for part, source in parts.items()
        for fault in find_faults(
            source, {"language": "", "purpose": "award", **variables}, html=part == "html"
        )
    ]
    if not problems:
        try:
            render(template, variables)
        except NotificationError as exc:
            problems.append(Problem("", f"{exc}."))
    return tuple(problems)


def _fill_in(part: str, source: str, variables: Mapping[str, object]) -> str:
    # as in `check`
    from certcore.messages._sandbox import explain, fill_in  # noqa: PLC0415  # loads Jinja2

    try:
        return fill_in(source, variables, html=part == "html", limit=_LIMIT)
    except Exception as exc:  # an expression in a template may raise anything
        raise NotificationError(f"the message's {part} can't be filled in: {explain(exc)}") from exc


def _tidy(text: str) -> str:
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", clean(text)).strip("\n") + "\n"
