"""
What may be shown of an answer: what it says of the error, and nothing of anybody.
"""

from __future__ import annotations

import html
import re

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote, quote_plus

from certcore.http._calls import Reply
from certcore.http._json import NOT_JSON, is_json, is_list, parse


_SAYING = (
    "detail",
    "developer_message",
    "error_description",
    "message",
    "title",
    "error",
    "errors",
    "field_errors",
    "error_code",
    "errorcode",
    "reason",
)
"""Where the platforms say what is wrong. What stands elsewhere may be about a learner."""

_LONGEST = 160
_DEEPEST = 4
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]*)", re.IGNORECASE)
_QUOTED = re.compile(r"(?<!\w)(['\"‘“`])[^'\"’”`]{1,200}['\"’”`](?!\w)")  # noqa: RUF001  # as people quote
_MAIL = re.compile(r"[^\s@]{1,100}@[^\s@]{1,100}")


def excerpt(reply: Reply, given: Iterable[str], secrets: Iterable[str]) -> str:
    """
    Give what an answer says of an error, in short; empty, if that can't be told.

    Left out are secrets, words that were asked with, addresses, and whatever stands in quotation
    marks.
    """
    said = _clean(" ".join(dict.fromkeys(_said(reply))))
    for each in _spellings(secrets):
        said = said.replace(each, "…")
    for each in _spellings(given):
        said = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", "…", said, flags=re.IGNORECASE)
    said = _MAIL.sub("…", _QUOTED.sub("…", said))
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def _spellings(texts: Iterable[str]) -> list[str]:
    """
    Give texts as they are and as they are quoted in addresses, the longest first.
    """
    spelt = {each for text in texts for each in (text, quote(text, safe=""), quote_plus(text))}
    return sorted(spelt - {""}, key=len, reverse=True)


def _said(reply: Reply) -> Iterator[str]:
    if is_json(reply):
        document = parse(reply.body)
        if document is not NOT_JSON:
            yield from _messages(document, _DEEPEST)
        return
    kind = reply.headers.get("Content-Type", "").lower()
    if "html" in kind:
        title = _TITLE.search(reply.body)
        yield html.unescape(title[1].decode("utf-8", "replace")) if title else ""
    elif kind.startswith("text/plain"):
        yield reply.body.decode("utf-8", "replace").partition("\n")[0]


def _messages(document: Any, depth: int) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif is_list(document) and depth:
        for each in document[:3]:
            yield from _messages(each, depth - 1)
    elif isinstance(document, Mapping) and depth:
        told = cast("Mapping[str, Any]", document)
        for name in _SAYING:
            inner = told.get(name)
            if name == "field_errors" and isinstance(inner, Mapping):
                inner = list(cast("Mapping[str, Any]", inner).values())
            yield from _messages(inner, depth - 1)


def _clean(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
