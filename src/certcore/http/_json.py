"""
JSON as it comes: nothing in it is believed to be what it should be.
"""

from __future__ import annotations

import json

from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeGuard

from certcore.http._calls import Reply


class _NotJson:
    """
    Stands for what can't be read.
    """


_NAMES: Mapping[type[Any], str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "yes or no",
    type(None): "nothing",
}

NOT_JSON: Final = _NotJson()


def is_json(reply: Reply) -> bool:
    """
    Tell whether an answer says that it is JSON, or doesn't say what it is.
    """
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return not kind or kind == "application/json" or kind.endswith("+json")


def parse(body: bytes) -> Any:
    """
    Read a document; `NOT_JSON` if it isn't one. NaN and Infinity aren't numbers.
    """
    try:
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        # the error has the whole document in it: it ends here
        return NOT_JSON


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def is_list(document: object) -> TypeGuard[list[Any]]:
    """
    Tell whether a document is a list, of whatever.
    """
    return isinstance(document, list)


def kind_of(document: object) -> str:
    """
    Name what a document is, and nothing of what is in it.
    """
    return name_of(type(document))


def name_of(kind: type[Any]) -> str:
    """
    Name what a type is called in JSON.
    """
    return _NAMES.get(kind, "a number")
