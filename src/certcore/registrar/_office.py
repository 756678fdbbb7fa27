"""
What runs share, and what is different about one.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable

from attrs import field, frozen

from certcore.domain import CertificateConfiguration, Hold, Slot
from certcore.plugins import PluginRegistry
from certcore.ports import ArtifactStore, AssetStore, Clock, Ledger, Notifier
from certcore.registrar._alerts import Alarm
from certcore.registrar._collaborators import Collaborators
from certcore.registrar._delivering import Delivered, Deliverer
from certcore.registrar._designs import Designs
from certcore.registrar._fulfilling import Fulfiller
from certcore.registrar._values import Watcher


@frozen(kw_only=True)
class Office:
    """
    What every run of a Registrar shares.
    """

    ledger: Ledger
    store: ArtifactStore
    assets: AssetStore
    notifier: Notifier | None
    clock: Clock
    collaborators: Collaborators
    alarm: Alarm
    lease: dt.timedelta

    @property
    def plugins(self) -> PluginRegistry:
        return self.collaborators.registry

    def designs(self, configuration: CertificateConfiguration) -> Designs:
        return Designs(configuration, self.collaborators, self.assets)

    def fulfiller(
        self, configuration: CertificateConfiguration, designs: Designs, actor: str
    ) -> Fulfiller:
        return Fulfiller(
            configuration,
            designs,
            ledger=self.ledger,
            store=self.store,
            clock=self.clock,
            plugins=self.plugins,
            channel=self.notifier.channel if self.notifier is not None else "",
            lease=self.lease,
            actor=actor,
        )

    def refusal(self, configuration: CertificateConfiguration, *, allowed: bool = False) -> str:
        """
        Say why nothing may be done for a configuration now; nothing if something may.

        Args:
            configuration: The configuration.

            allowed: Whether a hold that was lifted for one run is taken for no hold.
        """
        if not configuration.enabled:
            return "The configuration is switched off."
        hold = self.hold_on(configuration)
        return "" if hold is None or (allowed and hold.allowed_by) else f"Held: {hold.reason}"

    def hold_on(self, configuration: CertificateConfiguration) -> Hold | None:
        """
        Give what a configuration waits for, if it does, lifted for one run or not.
        """
        holds = {each.configuration: each for each in self.ledger.holds()}
        return next((holds[key] for key in configuration.keys if key in holds), None)

    def deliver(
        self,
        configuration: CertificateConfiguration,
        watch: Callable[[int], None],
        *,
        certificate: str | None = None,
        done: Delivered | None = None,
    ) -> Delivered:
        """
        Send a configuration's messages that are due, or one certificate's; a held one's wait.
        """
        done = Delivered() if done is None else done
        if self.notifier is None or self.refusal(configuration, allowed=True):
            return done
        deliverer = Deliverer(
            configuration,
            ledger=self.ledger,
            store=self.store,
            notifier=self.notifier,
            clock=self.clock,
        )
        deliverer.deliver(done, watch=watch, certificate=certificate)
        return done


@frozen(kw_only=True)
class RunOptions:
    """
    What is different about one run.
    """

    learners: frozenset[str] | None = None
    """Ids of the only learners looked at; None: everyone."""
    past_gate: bool = False
    """Run although the gate is shut."""
    quiet: bool = False
    """Tell no learner."""
    retry: bool = False
    """Try again what failed, whether or not anything has changed since."""
    fulfil: bool = True
    """Make the files here; False: only award, somebody else makes them."""
    slot: Slot | None = None
    """What is due, if the run is one of a schedule."""
    actor: str = "certcore"
    watch: Watcher | None = field(default=None, eq=False)
