"""
Plugins: what they can offer, how they are found.
"""

from certcore.plugins._provider import (
    API,
    NoOptions,
    Provider,
    ProviderKind,
    Services,
    provider,
)
from certcore.plugins._registry import GROUP, PluginRegistry
from certcore.plugins.hookspecs import hookimpl


__all__ = [
    "API",
    "GROUP",
    "NoOptions",
    "PluginRegistry",
    "Provider",
    "ProviderKind",
    "Services",
    "hookimpl",
    "provider",
]
