"""
Errors: their tree, their words, and that they survive the way between processes.
"""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from certcore import exceptions
from certcore.exceptions import (
    AssetNotFoundError,
    CertcoreError,
    CollaboratorError,
    ConfigurationError,
    DuplicateProviderError,
    FontError,
    GenerationError,
    IllegalTransitionError,
    IncompatibleProviderError,
    LayoutError,
    LedgerBusyError,
    LedgerError,
    LedgerVersionError,
    MissingExtraError,
    MissingGlyphsError,
    NotFoundError,
    NotificationError,
    NotPermittedError,
    PluginError,
    Problem,
    ReissueError,
    RetrievalError,
    SlotTakenError,
    SourceNotEvaluableError,
    SourceNotFoundError,
    SourceProtocolError,
    StorageError,
    TemplateError,
    ThrottledError,
    UnknownProviderError,
)


ERRORS = [
    CertcoreError("something"),
    ConfigurationError([Problem("rule", "bad.", "Do this.", "a.toml"), Problem("", "worse.")]),
    PluginError("broken"),
    UnknownProviderError("ledger", "sqll", ["sql", "memory"]),
    DuplicateProviderError("ledger", "sql", "certcore", "acme"),
    IncompatibleProviderError("acme", "sql", 2, 1),
    MissingExtraError("the preview", "preview"),
    NotFoundError("configuration", "bio11", "Did you mean 'bio101'?"),
    IllegalTransitionError("revoke", "pending"),
    CollaboratorError("down", retryable=True, retry_after=2.5),
    RetrievalError("down", retryable=True),
    NotPermittedError("no"),
    ThrottledError("slow down", retryable=True, retry_after=30),
    SourceNotEvaluableError("nothing"),
    GenerationError("can't be made"),
    MissingGlyphsError("name", "李龍李", ["Lato"]),
    TemplateError("not a PDF"),
    FontError("not a font"),
    LayoutError("too wide"),
    StorageError("full", retryable=True),
    AssetNotFoundError("no logo.png"),
    NotificationError("550 no such user"),
    LedgerError("gone", retryable=True),
    LedgerBusyError("locked", retryable=True, retry_after=1),
    LedgerVersionError("too new"),
    SourceNotFoundError("no such course"),
    SourceProtocolError("a list is wanted"),
    ReissueError("nothing would change"),
    SlotTakenError("bio101/completion", "2026-07-01T06:00Z"),
]


def test_every_error_is_tested() -> None:
    """
    The list above has each public error once.
    """
    public = {getattr(exceptions, name) for name in exceptions.__all__} - {Problem}

    assert public == {type(error) for error in ERRORS}
    assert len(public) == len(ERRORS)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_survives_pickling(error: CertcoreError, protocol: int) -> None:
    """
    Type, text, arguments and attributes are the same on the other side.
    """
    there = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301  # our own bytes

    assert type(error) is type(there)
    assert str(error) == str(there)
    assert error.args == there.args
    assert vars(error) == vars(there)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_survives_copying_with_notes(error: CertcoreError) -> None:
    """
    Notes that somebody added go along.
    """
    error = copy.copy(error)
    error.add_note("learner 17")

    assert ["learner 17"] == copy.copy(error).__notes__


class OwnError(RetrievalError):
    """
    As a plugin has it, with arguments of its own.
    """

    def __init__(self, status: int, *, page: int) -> None:
        self.status = status
        self.page = page
        super().__init__(f"answered {status} on page {page}", retryable=status >= 500)


def test_a_plugins_own_error_survives_pickling() -> None:
    """
    Whatever arguments a derived class takes: nobody has to think of it.
    """
    there = pickle.loads(pickle.dumps(OwnError(503, page=7)))  # noqa: S301  # our own bytes

    assert (503, 7, True) == (there.status, there.page, there.retryable)
    assert "answered 503 on page 7" == str(there)


@pytest.mark.parametrize(
    "error, text",
    [
        (ERRORS[1], "a.toml: rule: bad. Do this.\nworse."),
        (ERRORS[3], "no ledger is called 'sqll' (available: memory, sql)"),
        (UnknownProviderError("ledger", "x", []), "no ledger is called 'x' (available: none)"),
        (
            ERRORS[4],
            "both certcore and acme offer a ledger called 'sql'; uninstall one of them",
        ),
        (ERRORS[5], "acme offers 'sql' for plugin interface 2; this certcore speaks 1"),
        (ERRORS[6], "the preview needs more packages: pip install 'certcore[preview]'"),
        (ERRORS[7], "there is no configuration 'bio11'. Did you mean 'bio101'?"),
        (NotFoundError("run", "7"), "there is no run '7'"),
        (ERRORS[-1], "bio101/completion has had its run for 2026-07-01T06:00Z"),
        (ERRORS[8], "a certificate that is pending can't be revoked"),
        (ERRORS[9], "down"),
        (
            ERRORS[15],
            "element 'name': none of the design's fonts (Lato) has '李' (U+674E), '龍' (U+9F8D)",
        ),
    ],
)
def test_text_says_what_and_what_to_do(error: CertcoreError, text: str) -> None:
    """
    Messages name the thing and, where there is one, the way out.
    """
    assert text == str(error)


@pytest.mark.parametrize(
    "error, builtin",
    [
        (ConfigurationError, ValueError),
        (UnknownProviderError, LookupError),
        (DuplicateProviderError, ValueError),
        (MissingExtraError, ImportError),
        (NotFoundError, LookupError),
        (IllegalTransitionError, ValueError),
        (ReissueError, ValueError),
        (AssetNotFoundError, LookupError),
        (SourceNotFoundError, LookupError),
    ],
)
def test_is_what_a_caller_would_expect(error: type[Exception], builtin: type[Exception]) -> None:
    """
    Who doesn't know certcore's errors catches the builtin one.
    """
    assert issubclass(error, builtin)


def test_the_drawn_tree_is_the_tree() -> None:
    """
    The module's docstring draws every class under its real parent.
    """
    drawn: dict[str, str] = {}
    line_of: dict[int, str] = {}
    assert exceptions.__doc__
    for indent, name in re.findall(r"(?m)^( [ │├└─]+)([A-Z]\w+Error)\b", exceptions.__doc__):
        parents = [depth for depth in line_of if depth < len(indent)]
        drawn[name] = line_of[max(parents)] if parents else "Exception"
        line_of = {d: n for d, n in line_of.items() if d < len(indent)} | {len(indent): name}

    real = {type(error).__name__: type(error).__bases__[0].__name__ for error in ERRORS}

    assert real == drawn


def test_codes_of_collaborators_are_their_own() -> None:
    """
    Reports tell every kind of failure from the others by its code.
    """
    kinds = [type(error) for error in ERRORS if isinstance(error, CollaboratorError)]

    assert len(kinds) == len({kind.code for kind in kinds})


def test_failures_arent_retried_unless_somebody_says_so() -> None:
    """
    Trying again is in vain by default.
    """
    error = StorageError("full")

    assert (False, None) == (error.retryable, error.retry_after)
