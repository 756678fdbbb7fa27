"""
A design as one file: whose generator, which options, and every asset that it was made of.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile

from collections.abc import Mapping
from typing import Any, cast

import attrs

from attrs import field, frozen

from certcore.config import format_span, structure
from certcore.domain import Asset, AssetRef
from certcore.exceptions import AssetNotFoundError, StorageError
from certcore.plugins import PluginRegistry
from certcore.ports import AssetStore


_SAID = "design.json"
_COMPILED = "compiled"


@frozen(kw_only=True)
class Bundle:
    """
    All that a design is made of. Gives its assets as an asset store does.
    """

    provider: str
    options: Any
    assets: Mapping[str, Asset] = field(repr=False)
    compiled: bytes = field(default=b"", repr=False)
    """What its generator made of it, if it can say."""

    def read(self, slug: str) -> Asset:
        try:
            return self.assets[slug]
        except KeyError:
            raise AssetNotFoundError(f"the kept design has no asset {slug!r}") from None


class RecordingAssets:
    """
    An asset store that remembers what was read.
    """

    def __init__(self, store: AssetStore) -> None:
        self._store = store
        self.seen: dict[str, Asset] = {}
        """What was read, by its slug."""

    def read(self, slug: str) -> Asset:
        asset = self._store.read(slug)
        self.seen[slug] = asset
        return asset


def write_bundle(bundle: Bundle) -> bytes:
    """
    Write a design down; the same design gives the same bytes.
    """
    slugs = sorted(bundle.assets)
    said = {"provider": bundle.provider, "options": _written(bundle.options), "assets": slugs}
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        # an entry that isn't given a date has the same one always
        file.writestr(zipfile.ZipInfo(_SAID), json.dumps(said, ensure_ascii=False, sort_keys=True))
        for place, slug in enumerate(slugs):
            file.writestr(zipfile.ZipInfo(f"assets/{place}"), bundle.assets[slug].content)
        if bundle.compiled:
            file.writestr(zipfile.ZipInfo(_COMPILED), bundle.compiled)
    return output.getvalue()


def read_bundle(content: bytes, registry: PluginRegistry) -> Bundle:
    """
    Read what `write_bundle` wrote.

    Raises:
        certcore.exceptions.StorageError:
            If it is damaged.

        certcore.exceptions.UnknownProviderError:
            If the plugin that made it isn't installed any more.

        certcore.exceptions.ConfigurationError:
            If the plugin doesn't know these options any more.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            said = json.loads(file.read(_SAID))
            compiled = file.read(_COMPILED) if _COMPILED in file.namelist() else b""
            contents = {slug: file.read(f"assets/{n}") for n, slug in enumerate(said["assets"])}
    except (zipfile.BadZipFile, LookupError, ValueError) as exc:
        raise StorageError("a kept design is damaged; bring it back from a backup") from exc
    provider = registry.get("generator", said["provider"])
    return Bundle(
        provider=provider.name,
        options=structure(said["options"], provider.options, path="design"),
        assets={
            slug: Asset(slug=slug, content=each, sha256=hashlib.sha256(each).hexdigest())
            for slug, each in contents.items()
        },
        compiled=compiled,
    )


def _written(value: Any) -> Any:
    """
    Give options as somebody would have written them, their defaults spelt out.
    """
    kind: type[Any] = value.__class__
    if isinstance(value, AssetRef):
        return value.slug
    if attrs.has(kind):
        return {
            each.metadata.get("key") or each.name: _written(getattr(value, each.name))
            for each in attrs.fields(kind)
        }
    if isinstance(value, Mapping):
        table = cast("Mapping[str, Any]", value)
        return {name: _written(each) for name, each in table.items()}
    if isinstance(value, (list, tuple)):
        return [_written(each) for each in cast("list[Any]", value)]
    if isinstance(value, dt.date):
        return value.isoformat()
    return format_span(value) if isinstance(value, dt.timedelta) else value
