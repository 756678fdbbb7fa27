"""
Everything certcore raises on purpose.

::

    CertcoreError
     ├── ConfigurationError              .problems: every one of them, each with its path and a hint
     ├── PluginError
     │    ├── UnknownProviderError
     │    ├── DuplicateProviderError
     │    ├── IncompatibleProviderError
     │    └── MissingExtraError
     ├── NotFoundError
     ├── SlotTakenError
     ├── IllegalTransitionError
     ├── ReissueError
     └── CollaboratorError               .retryable, .retry_after: somebody else's fault
          ├── RetrievalError
          │    ├── NotPermittedError
          │    ├── ThrottledError
          │    ├── SourceNotFoundError
          │    ├── SourceProtocolError
          │    └── SourceNotEvaluableError
          ├── GenerationError            .code
          │    ├── MissingGlyphsError
          │    ├── TemplateError
          │    ├── FontError
          │    └── LayoutError
          ├── StorageError
          │    └── AssetNotFoundError
          ├── NotificationError
          └── LedgerError
               ├── LedgerBusyError
               └── LedgerVersionError

A library's own exception never crosses a port: it is translated where it occurs, and whether trying
again can help (`retryable`) is decided there. All of them survive pickling.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from attrs import frozen


__all__ = [
    "AssetNotFoundError",
    "CertcoreError",
    "CollaboratorError",
    "ConfigurationError",
    "DuplicateProviderError",
    "FontError",
    "GenerationError",
    "IllegalTransitionError",
    "IncompatibleProviderError",
    "LayoutError",
    "LedgerBusyError",
    "LedgerError",
    "LedgerVersionError",
    "MissingExtraError",
    "MissingGlyphsError",
    "NotFoundError",
    "NotPermittedError",
    "NotificationError",
    "PluginError",
    "Problem",
    "ReissueError",
    "RetrievalError",
    "SlotTakenError",
    "SourceNotEvaluableError",
    "SourceNotFoundError",
    "SourceProtocolError",
    "StorageError",
    "TemplateError",
    "ThrottledError",
    "UnknownProviderError",
]


@frozen
class Problem:
    """
    One thing wrong with a configuration: where, what, and what to do about it.
    """

    path: str
    """Dotted path to the value, as the user wrote it: `types.completion.rule`."""

    message: str
    """What was found, and what is wanted."""

    hint: str = ""
    """What to write instead, if that can be told."""

    file: str = ""
    """The file that holds the value, relative to the project."""

    def __str__(self) -> str:
        said = f"{self.path}: {self.message}" if self.path else self.message
        return f"{said} {self.hint}" if self.hint else said


class CertcoreError(Exception):
    """
    The root of everything that certcore raises on purpose.
    """


class ConfigurationError(CertcoreError, ValueError):
    """
    A configuration can't be used; all of its problems are listed at once.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(f"{p.file}: {p}" if p.file else str(p) for p in self.problems)


class PluginError(CertcoreError):
    """
    A plugin can't be loaded or doesn't keep to its interface.
    """


class UnknownProviderError(PluginError, LookupError):
    """
    A configuration names a provider that no plugin offers.
    """

    def __init__(self, kind: str, name: str, available: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        self.available = tuple(sorted(available))
        super().__init__(kind, name, self.available)

    def __str__(self) -> str:
        offered = ", ".join(self.available) or "none"
        return f"no {self.kind} is called {self.name!r} (available: {offered})"


class DuplicateProviderError(PluginError, ValueError):
    """
    Two plugins offer a provider of the same kind under one name.
    """

    def __init__(self, kind: str, name: str, first: str, second: str) -> None:
        self.kind = kind
        self.name = name
        self.first = first
        self.second = second
        super().__init__(kind, name, first, second)

    def __str__(self) -> str:
        return (
            f"both {self.first} and {self.second} offer a {self.kind} called {self.name!r}; "
            "uninstall one of them"
        )


class IncompatibleProviderError(PluginError):
    """
    A provider was written for another version of the plugin interface.
    """

    def __init__(self, plugin: str, name: str, api: int, supported: int) -> None:
        self.plugin = plugin
        self.name = name
        self.api = api
        self.supported = supported
        super().__init__(plugin, name, api, supported)

    def __str__(self) -> str:
        return (
            f"{self.plugin} offers {self.name!r} for plugin interface {self.api}; "
            f"this certcore speaks {self.supported}"
        )


class MissingExtraError(PluginError, ImportError):
    """
    A feature needs packages that come with an extra which isn't installed.
    """

    def __init__(self, feature: str, extra: str) -> None:
        self.feature = feature
        self.extra = extra
        super().__init__(feature, extra)

    def __str__(self) -> str:
        return f"{self.feature} needs more packages: pip install 'certcore[{self.extra}]'"


class NotFoundError(CertcoreError, LookupError):
    """
    Nothing goes by that name.
    """

    def __init__(self, what: str, name: str, hint: str = "") -> None:
        self.what = what
        self.name = name
        self.hint = hint
        super().__init__(what, name, hint)

    def __str__(self) -> str:
        said = f"there is no {self.what} {self.name!r}"
        return f"{said}. {self.hint}" if self.hint else said


class SlotTakenError(CertcoreError):
    """
    Another run has served that due time, or is doing so; nothing was begun.
    """

    def __init__(self, name: str, slot: str) -> None:
        self.name = name
        self.slot = slot
        super().__init__(name, slot)

    def __str__(self) -> str:
        return f"{self.name} has had its run for {self.slot}"


_DONE = {
    "record": "recorded",
    "fail": "made to fail",
    "retry": "tried again",
    "cancel": "cancelled",
    "reinstate": "reinstated",
    "annul": "annulled",
    "forget": "forgotten",
}
"""What has happened to what was put through a verb, where it isn't the verb and a `d`."""


class IllegalTransitionError(CertcoreError, ValueError):
    """
    A certificate's status doesn't allow what was asked for; nothing was changed.
    """

    def __init__(self, verb: str, status: str, hint: str = "") -> None:
        self.verb = verb
        self.status = status
        self.hint = hint
        super().__init__(verb, status, hint)

    def __str__(self) -> str:
        done = _DONE.get(self.verb, f"{self.verb}d")
        said = f"a certificate that is {self.status} can't be {done}"
        if done == self.status:
            said = f"the certificate is {done} already"
        return f"{said}. {self.hint}" if self.hint else said


class ReissueError(CertcoreError, ValueError):
    """
    A certificate can't be reissued as it was asked for; nothing was changed.
    """


class CollaboratorError(CertcoreError):
    """
    Something certcore works with (a source, a store, a server) failed.
    """

    code: ClassVar[str] = "collaborator"
    """A short stable name of the kind of failure, for reports and for the ledger."""

    def __init__(
        self, message: str, *, retryable: bool = False, retry_after: float | None = None
    ) -> None:
        self.message = message
        self.retryable = retryable
        """Whether the same call may succeed later without anybody mending anything."""
        self.retry_after = retry_after
        """Seconds to wait at least, if the other side said so."""
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        # Exception pickles positional arguments only; these two are keyword-only for readability
        return _rebuild, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        return self.message


def _rebuild(
    kind: type[CollaboratorError], args: tuple[object, ...], state: dict[str, object]
) -> CollaboratorError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class RetrievalError(CollaboratorError):
    """
    The source of learner data failed; learners already read aren't affected.
    """

    code = "retrieval"


class NotPermittedError(RetrievalError):
    """
    The source refuses: the credentials are wrong or lack a right.
    """

    code = "not-permitted"


class ThrottledError(RetrievalError):
    """
    The source asks to slow down.
    """

    code = "throttled"


class SourceNotFoundError(RetrievalError, LookupError):
    """
    The source has no such thing: a course, a learner, an endpoint.
    """

    code = "source-not-found"


class SourceProtocolError(RetrievalError):
    """
    The source answered with something else than its interface promises.
    """

    code = "protocol"


class SourceNotEvaluableError(RetrievalError):
    """
    The source answered, but nobody can be judged by what it gave.
    """

    code = "not-evaluable"


class GenerationError(CollaboratorError):
    """
    A certificate's file can't be made.
    """

    code = "generation"


_EMOJI = 0x1F000
"""Pictures are here and beyond, as far as fonts for letters don't have them."""


class MissingGlyphsError(GenerationError):
    """
    None of the design's fonts has a character that must be printed.
    """

    code = "missing-glyphs"

    def __init__(self, element: str, characters: Iterable[str], fonts: Iterable[str]) -> None:
        self.element = element
        self.characters = "".join(dict.fromkeys(characters))
        self.fonts = tuple(fonts)
        named = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in self.characters)
        hint = '; emoji = "monochrome" in the design draws emoji' if self.emoji else ""
        super().__init__(
            f"element {element!r}: none of the design's fonts ({', '.join(self.fonts)}) has "
            f"{named}{hint}"
        )

    @property
    def emoji(self) -> bool:
        """
        Whether all of them are, which are drawn only if they are asked for.
        """
        return all(ord(character) >= _EMOJI for character in self.characters)


class TemplateError(GenerationError):
    """
    The template can't be used.
    """

    code = "template"


class FontError(GenerationError):
    """
    A font can't be used.
    """

    code = "font"


class LayoutError(GenerationError):
    """
    The layout asks for what can't be drawn.
    """

    code = "layout"


class StorageError(CollaboratorError):
    """
    A file can't be stored or read.
    """

    code = "storage"


class AssetNotFoundError(StorageError, LookupError):
    """
    An asset that a design names isn't there.
    """

    code = "asset-not-found"


class NotificationError(CollaboratorError):
    """
    A message can't be handed over.
    """

    code = "notification"


class LedgerError(CollaboratorError):
    """
    The ledger can't be read or written.
    """

    code = "ledger"


class LedgerBusyError(LedgerError):
    """
    Another process has held the ledger for too long.
    """

    code = "ledger-busy"


class LedgerVersionError(LedgerError):
    """
    The ledger was written by a certcore that no longer admits this one.
    """

    code = "ledger-version"
