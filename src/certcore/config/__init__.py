"""
From what people write to values: one strict converter, options of plugins and their description.
"""

from certcore.config._converter import join, near, problems_of, shown, structure
from certcore.config._documents import dump, load, plain
from certcore.config._options import (
    OptionDescription,
    OptionKind,
    asset_slugs,
    describe,
    option,
)
from certcore.config._rules import RuleReader, read_rule
from certcore.config._secrets import SecretRef
from certcore.config._spans import format_span, parse_span


__all__ = [
    "OptionDescription",
    "OptionKind",
    "RuleReader",
    "SecretRef",
    "asset_slugs",
    "describe",
    "dump",
    "format_span",
    "join",
    "load",
    "near",
    "option",
    "parse_span",
    "plain",
    "problems_of",
    "read_rule",
    "shown",
    "structure",
]
