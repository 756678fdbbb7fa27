"""
certcore issues certificates from the data of a learning platform.

A library first: `Registrar` is the one way in. Adapters for Django, Celery and the command line
stand beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from certcore.config import SecretRef, option
    from certcore.domain import (
        AssetRef,
        CertificateConfiguration,
        CertificateType,
        Issuer,
        Learner,
        LearnerProgress,
        LearningContext,
        Skipped,
        Source,
        Step,
    )
    from certcore.plugins import hookimpl, provider
    from certcore.registrar import Registrar

    __version__: str

__all__ = [
    "AssetRef",
    "CertificateConfiguration",
    "CertificateType",
    "Issuer",
    "Learner",
    "LearnerProgress",
    "LearningContext",
    "Registrar",
    "SecretRef",
    "Skipped",
    "Source",
    "Step",
    "hookimpl",
    "option",
    "provider",
]

_HOMES = {
    "Registrar": "certcore.registrar",
    "SecretRef": "certcore.config",
    "hookimpl": "certcore.plugins",
    "option": "certcore.config",
    "provider": "certcore.plugins",
}


def __getattr__(name: str) -> Any:
    # loaded when it is asked for: `import certcore` alone costs nothing
    import importlib  # noqa: PLC0415  # importing certcore stays cheap

    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415  # importing certcore stays cheap

        return version("certcore")
    if name in __all__:
        return getattr(importlib.import_module(_HOMES.get(name, "certcore.domain")), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
