"""
What comes with certcore to try a plugin in: a project in memory, and what a plugin offers, opened.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tomllib

import pytest

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from certcore.domain import (
    CertificateConfiguration,
    CertificateType,
    Learner,
    LearnerProgress,
    LearningContext,
    Skipped,
    Status,
)
from certcore.exceptions import ConfigurationError, NotFoundError, UnknownProviderError
from certcore.ports import CertificateFilter
from certcore.rules import MinimumGrades
from certcore.testing import MemoryCatalog, MemoryLedger
from certcore.testing._project import _document


WELDING = CertificateConfiguration(
    context=LearningContext(key="course-7", alias="welding"),
    type=CertificateType(key="completion", rule=MinimumGrades({"Total": 0.6}), was="passed"),
)

ADA = LearnerProgress(learner=Learner(realm="school", id="ada", name="Ada"), grades={"Total": 0.8})
EVA = LearnerProgress(learner=Learner(realm="school", id="eva", name="Eva"), grades={"Total": 0.5})
BOB = LearnerProgress(learner=Learner(realm="school", id="bob", name="Bob"))
BAD = Skipped(where="line 3", reason="no number")


def test_a_project_needs_nothing(certcore_project, certcore_outbox, certcore_store):
    """
    There is a learner who gets a certificate, and is told.
    """
    run = certcore_project().issue("course-7")

    assert (1, 1, 1, 1) == (run.retrieved, run.eligible, run.issued, run.sent)
    assert ["ada@example.org"] == [notice.address for notice in certcore_outbox.notices]
    (file,) = certcore_store.files.values()
    assert file.startswith(b"Ada L\xc3\xb3pez completed Sample course.")


def test_a_run_is_counted(certcore_project):
    """
    Everybody is somewhere in the counts; the second time there is nothing new.
    """
    project = certcore_project(learners=[ADA, EVA, BOB, BAD])

    first, second = project.issue("course-7"), project.issue("course-7")

    assert (1, 1, 1, 1) == (first.issued, first.not_yet, first.unknown, first.skipped)
    assert (0, 1) == (second.issued, second.held)
    assert first.run.id < second.run.id


def test_a_project_reads_what_its_files_would_say(certcore_project, tmp_path, certcore_clock):
    """
    The source's options, the rule, the context, the rest of the type.
    """
    (tmp_path / "people.csv").write_text("who,called,score\n7,Ada,0.9\n8,Eva,0.7\n", "utf-8")
    columns = {"id": "who", "name": "called", "grades": {"Total": "score"}}
    project = certcore_project(
        source={"use": "files", "realm": "campus", "path": "people.csv", "columns": columns},
        rule={"any_of": [{"grades": {"Total": 0.8}}, {"grades": {"Total": 0.9}}]},
        settings={"validity": "1 year"},
    )

    judged = project.evaluate("W1", name="Welding 1", end=dt.date(2026, 6, 30))
    run = project.issue("W1", name="Welding 1", end=dt.date(2026, 6, 30))

    assert ["new", "not-yet"] == [each.outlook for each in judged]
    assert (1, 1) == (run.issued, run.not_yet)
    (certificate,) = project.ledger.find(CertificateFilter())
    assert "campus" == certificate.learner.realm
    assert certificate.statement.expires_at > certcore_clock.now()


def test_what_is_wrong_is_told_as_of_files(certcore_project):
    """
    With its path and a hint, before anything is issued.
    """
    project = certcore_project(rule={"grads": {"Total": 0.6}})

    with pytest.raises(ConfigurationError, match=r"rule\.grads.*Did you mean 'grades'"):
        project.issue("course-7")


def test_a_project_may_be_given_other_collaborators(certcore_project, certcore_ledger):
    """
    Instead of the fixtures.
    """
    ledger = MemoryLedger()

    assert 1 == certcore_project(source="canned", design="plain", ledger=ledger).issue("W1").issued
    assert () == certcore_ledger.find(CertificateFilter())
    assert 1 == len(ledger.find(CertificateFilter()))


KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=5)
VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | KEYS
    | st.dates()
    | st.datetimes(timezones=st.just(dt.UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=3))
def test_tables_are_written_as_they_are_read(table):
    """
    Whatever a test says stands in the project's file.
    """
    assert table == tomllib.loads(_document(table))


OPENING = """
from contextlib import contextmanager
from certcore.plugins import NoOptions, PluginRegistry, hookimpl, provider
from certcore.testing import _opening

SAID = []

@contextmanager
def build(options, services):
    SAID.append(f"{services.realm} in {services.folder.name}")
    yield services.clock
    SAID.append("closed")

class Plugin:
    @hookimpl
    def certcore_notifiers(self):
        return [provider("bell", NoOptions, build)]

def test_opening(certcore_open, certcore_clock, monkeypatch):
    registry = PluginRegistry([Plugin()], installed=False)
    monkeypatch.setattr(_opening, "PluginRegistry", lambda: registry)
    assert certcore_clock is certcore_open("notifier", {"use": "bell"}, realm="campus")
    assert ["campus in test_opening0"] == SAID

def test_afterwards():
    assert "closed" == SAID[-1]
"""


def test_what_was_opened_is_closed(tmp_path):
    """
    When the test ends.
    """
    (tmp_path / "test_opening.py").write_text(OPENING, "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--rootdir", tmp_path, tmp_path],
        cwd=tmp_path,
        # in one process, whatever is asked of the tests around it
        env=os.environ | {"PYTEST_ADDOPTS": ""},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_only_what_is_offered_can_be_opened(certcore_open):
    """
    Options are checked as in a configuration.
    """
    with pytest.raises(UnknownProviderError, match="maildirr"):
        certcore_open("notifier", {"use": "maildirr"})
    with pytest.raises(ConfigurationError, match="Did you mean 'path'"):
        certcore_open("notifier", {"use": "outbox", "paht": "out"})


def test_a_catalog_gives_what_it_was_given():
    """
    By name and by keys, those from before a type was renamed included.
    """
    catalog = MemoryCatalog([WELDING])

    assert ("welding/completion",) == catalog.keys()
    for key in ("welding/completion", "course-7/completion", "course-7/passed"):
        assert WELDING is catalog.get(key)
    with pytest.raises(NotFoundError, match="Did you mean 'welding/completion'"):
        catalog.get("weldin/completion")


def test_a_catalog_can_be_changed():
    """
    Its revision says that something is different.
    """
    catalog = MemoryCatalog()
    revisions = [catalog.revision()]

    catalog.put(WELDING)
    revisions.append(catalog.revision())
    catalog.put(evolve(WELDING, enabled=False))
    revisions.append(catalog.revision())

    assert not catalog.get("welding/completion").enabled
    catalog.remove("course-7/completion")
    revisions.append(catalog.revision())
    assert () == catalog.keys()
    assert len(revisions) == len(set(revisions))
    with pytest.raises(NotFoundError):
        catalog.remove("welding/completion")


def test_a_ledger_is_remembered(certcore_project):
    """
    What one in memory remembers can be kept, and another one goes on from there.
    """
    ledger, anew = MemoryLedger(), MemoryLedger()
    certcore_project(ledger=ledger).issue("course-7")

    anew.load(ledger.dump())

    (certificate,) = anew.find(CertificateFilter())
    assert Status.ISSUED is certificate.status
    assert (certificate,) == ledger.find(CertificateFilter())
    assert 1 == certcore_project(ledger=anew).issue("course-7").held
    assert 1 == len(ledger.runs())
