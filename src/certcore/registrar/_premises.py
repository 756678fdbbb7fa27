"""
What a Registrar works with, opened when it is first needed and closed with it.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias, cast

from certcore.domain import CertificateConfiguration, ConfigurationKey
from certcore.exceptions import ConfigurationError, Problem
from certcore.plugins import PluginRegistry, Services
from certcore.ports import ArtifactStore, AssetStore, Catalog, Clock, Ledger, Notifier
from certcore.registrar._alerts import Alarm, Webhook
from certcore.registrar._collaborators import Collaborators, SystemClock
from certcore.registrar._office import Office
from certcore.registrar._opening import Given, open_given


Wanted: TypeAlias = CertificateConfiguration | ConfigurationKey | tuple[str, str] | str
"""A configuration, its keys (context, type), or its name: `bio101/completion`."""


class Premises:
    """
    A Registrar's collaborators.
    """

    def __init__(
        self,
        *,
        ledger: Given,
        store: Given,
        assets: Given = ".",
        notifier: Given = None,
        catalog: Catalog | None = None,
        alerts: Sequence[str] = (),
        webhook: Webhook | None = None,
        plugins: PluginRegistry | None = None,
        clock: Clock | None = None,
        folder: str | Path = ".",
        lease: dt.timedelta = dt.timedelta(minutes=1),
    ) -> None:
        self._given_ledger = ledger
        self._given_store = store
        self._given_assets = assets
        self._given_notifier = notifier
        self._catalog = catalog
        self._alerts = tuple(alerts)
        self._webhook = webhook
        self._clock = clock or SystemClock()
        self._lease = lease
        registry = plugins or PluginRegistry()
        services = Services(clock=self._clock, folder=Path(folder))
        self._collaborators = Collaborators(registry, services)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """
        Close everything that was built. Repeatable.
        """
        self._collaborators.close()

    # what it works with

    @property
    def plugins(self) -> PluginRegistry:
        """
        The plugins there are.
        """
        return self._collaborators.registry

    @property
    def catalog(self) -> Catalog:
        """
        The configurations that can be asked for by name.
        """
        if self._catalog is None:
            raise ConfigurationError([Problem("", "no catalog of configurations is there.")])
        return self._catalog

    @property
    def ledger(self) -> Ledger:
        """
        The record of awards, opened when it is first asked for.
        """
        ledger: Ledger = open_given("ledger", self._given_ledger, self._collaborators)
        return ledger

    @property
    def store(self) -> ArtifactStore:
        """
        Where files lie.
        """
        store: ArtifactStore = open_given("artifact store", self._given_store, self._collaborators)
        return store

    @property
    def assets(self) -> AssetStore:
        """
        Where templates, fonts and images lie.
        """
        assets: AssetStore = open_given("asset store", self._given_assets, self._collaborators)
        return assets

    def _notifier(self) -> Notifier | None:
        return cast(
            "Notifier | None", open_given("notifier", self._given_notifier, self._collaborators)
        )

    def _office(self) -> Office:
        ledger, notifier = self.ledger, self._notifier()
        return Office(
            ledger=ledger,
            store=self.store,
            assets=self.assets,
            notifier=notifier,
            clock=self._clock,
            collaborators=self._collaborators,
            alarm=Alarm(self._alerts, ledger=ledger, notifier=notifier, webhook=self._webhook),
            lease=self._lease,
        )

    def configuration(self, wanted: Wanted) -> CertificateConfiguration:
        """
        Give a configuration by its name or keys. Raises NotFoundError and ConfigurationError.
        """
        if isinstance(wanted, CertificateConfiguration):
            return wanted
        if isinstance(wanted, ConfigurationKey):
            wanted = str(wanted)
        return self.catalog.get(wanted if isinstance(wanted, str) else "/".join(wanted))
