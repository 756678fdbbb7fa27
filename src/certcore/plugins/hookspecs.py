"""
What a plugin can offer, a sentence a hook.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from certcore.domain import Certificate, Run
from certcore.plugins._provider import Provider


hookspec = pluggy.HookspecMarker("certcore")
hookimpl = pluggy.HookimplMarker("certcore")
"""Marks a plugin's functions as implementations of the hooks of the same name."""


@hookspec
def certcore_retrievers() -> Iterable[Provider]:  # type: ignore[empty-body]  # a specification
    """Offer sources of learner progress."""


@hookspec
def certcore_rules() -> Iterable[Provider]:  # type: ignore[empty-body]  # a specification
    """Offer conditions, each under its own key of a rule table."""


@hookspec
def certcore_generators() -> Iterable[Provider]:  # type: ignore[empty-body]  # a specification
    """Offer ways to make a certificate's file."""


@hookspec
def certcore_artifact_stores() -> Iterable[Provider]:  # type: ignore[empty-body]  # a specification
    """Offer places for the files of certificates."""


@hookspec
def certcore_asset_stores() -> Iterable[Provider]:  # type: ignore[empty-body]  # a specification
    """Offer places where templates, fonts and images lie."""


@hookspec
def certcore_notifiers() -> Iterable[Provider]:  # type: ignore[empty-body]  # a specification
    """Offer ways to tell learners."""


@hookspec
def certcore_ledgers() -> Iterable[Provider]:  # type: ignore[empty-body]  # a specification
    """Offer records of awards."""


@hookspec
def certcore_certificate_issued(certificate: Certificate) -> None:
    """Learn that a certificate was recorded as issued; an error is logged and changes nothing."""


@hookspec
def certcore_run_closed(run: Run) -> None:
    """Learn that a run has ended; an error is logged and changes nothing."""
