"""
The ledger in one file keeps what a ledger promises.
"""

import pytest

from certcore.exceptions import LedgerError
from certcore.testing.contracts import LedgerContract


class TestOneFile(LedgerContract):
    @pytest.fixture
    def ledger(self, certcore_open):
        return certcore_open("ledger", {"use": "onefile"})

    @pytest.fixture
    def another(self, ledger, certcore_open):
        # as another process would have it
        return certcore_open("ledger", {"use": "onefile"})


def test_what_was_awarded_is_there_the_next_day(certcore_open, certcore_project):
    ledger = certcore_open("ledger", {"use": "onefile"})
    certcore_project(ledger=ledger).issue("W1")
    ledger.close()

    anew = certcore_open("ledger", {"use": "onefile"})

    assert 1 == certcore_project(ledger=anew).issue("W1").held


def test_what_is_no_ledger_is_refused(certcore_open, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Ada, " * 1000)

    with pytest.raises(LedgerError, match=r"letter\.txt can't be used"):
        certcore_open("ledger", {"use": "onefile", "path": "letter.txt"})
