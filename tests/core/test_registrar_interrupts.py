"""
An interrupt is the process's affair: no certificate fails of it, and what is tidied up can be.
"""

from __future__ import annotations

import datetime as dt

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from certcore.domain import RunStatus, Status
from certcore.exceptions import GenerationError, NotificationError
from certcore.ledgers import SqlOptions
from certcore.ledgers._sql import open_ledger
from certcore.testing.contracts._samples import LATER, NOW, award, candidate


def swallowed() -> ValueError:
    """
    Give what a library makes of an interrupt that it takes for an error of its own.
    """
    error = ValueError("cannot escape")
    # as `raise … from None` leaves it: not shown, and yet there
    error.__context__, error.__suppress_context__ = KeyboardInterrupt(), True
    return error


def translated() -> GenerationError:
    """
    Give the same, from a generator that knows what its library raises.
    """
    error = GenerationError("can't be drawn")
    error.__cause__ = swallowed()
    return error


def refusal() -> NotificationError:
    """
    Give the same, from a notifier.
    """
    error = NotificationError("can't be sent")
    error.__cause__ = swallowed()
    return error


@pytest.mark.parametrize("error", [swallowed(), translated()], ids=["swallowed", "translated"])
def test_an_interrupt_that_a_library_made_an_error_of(
    bureau: Any, registrar: Any, person: Any, error: Exception
) -> None:
    """
    It ends the run, and the next one makes the certificate.
    """
    bureau.give(person("ada"))
    bureau.generator.failing, bureau.generator.error = {"ada"}, error
    with pytest.raises(KeyboardInterrupt):
        registrar.issue(bureau.configuration())
    bureau.generator.failing = set()

    (waiting,) = registrar.find()
    assert (Status.PENDING, None) == (waiting.status, waiting.failure)
    assert 1 == registrar.issue(bureau.configuration()).count("issued")


@pytest.mark.parametrize("error", [swallowed(), refusal()], ids=["swallowed", "translated"])
def test_an_interrupt_that_a_notifier_made_an_error_of(
    bureau: Any, registrar: Any, person: Any, error: Exception
) -> None:
    """
    It ends the run, and the next one sends the message.
    """
    bureau.give(person("ada"))
    bureau.outbox.repeatable = True
    bureau.outbox.fail(error)
    with pytest.raises(KeyboardInterrupt):
        registrar.issue(bureau.configuration())
    bureau.outbox.recover()
    bureau.clock.advance(seconds=1)
    registrar.issue(bureau.configuration())

    assert 1 == len(bureau.outbox.notices)


@pytest.mark.parametrize(
    "error, said",
    [
        (KeyboardInterrupt(), "stopped by a signal"),
        (SystemExit(143), "stopped by a signal"),
        (RuntimeError("a learner's name"), "RuntimeError"),
    ],
)
def test_why_a_run_was_interrupted(
    bureau: Any, registrar: Any, person: Any, error: BaseException, said: str
) -> None:
    """
    In words where somebody stopped it; of what nobody foresaw, the kind alone.
    """

    def prepare(*_: object) -> None:
        raise error

    bureau.give(person("ada"))
    bureau.generator.prepare = prepare
    with pytest.raises(type(error)):
        registrar.issue(bureau.configuration())

    (run,) = registrar.runs()
    assert (RunStatus.INTERRUPTED, said) == (run.status, run.message)


def test_a_transaction_that_nobody_could_end(tmp_path: Path) -> None:
    """
    A signal between entering a transaction and being in it leaves no lock to wait for oneself.
    """
    ledger = open_ledger(SqlOptions(url="sqlite:///ledger.db"), tmp_path)
    entered = ledger._writing()
    entered.__enter__()  # held here as a traceback holds it

    assert award(ledger, candidate("ada"))

    del entered
    assert 1 == len(ledger.due(now=NOW))
    ledger.close()


def test_interrupted_in_the_middle_of_a_question(tmp_path: Path) -> None:
    """
    As long as its traceback is looked at, a cursor is there; the lock must be gone nevertheless.
    """
    ledger = open_ledger(
        SqlOptions(url="sqlite:///ledger.db", busy_timeout=dt.timedelta(seconds=1)), tmp_path
    )
    ids = award(ledger, candidate("ada"), candidate("bob"))
    cursors: list[Any] = []

    def interrupted() -> Any:
        with ledger._writing() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            cursors.append(raw.execute("SELECT id FROM certcore_certificates"))
            assert cursors[0].fetchone()
            # as SQLAlchemy does where a driver's call was interrupted
            connection.invalidate(KeyboardInterrupt())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert 2 == len(ledger.lease(ids, owner="t", until=LATER, now=NOW))
    ledger.close()


def test_an_interrupt_that_a_driver_made_an_error_of(tmp_path: Path) -> None:
    """
    It isn't told as an error of the ledger.
    """
    ledger = open_ledger(SqlOptions(url="sqlite:///ledger.db"), tmp_path)
    error = sa.exc.OperationalError("SELECT", {}, Exception("can't change now"))
    error.__context__ = KeyboardInterrupt()

    with pytest.raises(KeyboardInterrupt), ledger._writing():
        raise error
    ledger.close()
