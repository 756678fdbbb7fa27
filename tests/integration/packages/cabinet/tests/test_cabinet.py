"""
The cabinet keeps what a store promises.
"""

import pytest

from certcore.domain import Artifact
from certcore.exceptions import StorageError
from certcore.testing.contracts import ArtifactStoreContract


class TestCabinet(ArtifactStoreContract):
    @pytest.fixture
    def store(self, certcore_open):
        return certcore_open("artifact store", {"use": "cabinet"})


def test_processes_share_the_file(certcore_open):
    one = certcore_open("artifact store", {"use": "cabinet", "path": "shared.db"})
    other = certcore_open("artifact store", {"use": "cabinet", "path": "shared.db"})

    key = one.put("a" * 32, Artifact(content=b"a diploma")).key

    assert b"a diploma" == other.open(key)


def test_what_is_no_cabinet_is_refused(certcore_open, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Ada, " * 1000)

    with pytest.raises(StorageError, match=r"letter\.txt can't be opened"):
        certcore_open("artifact store", {"use": "cabinet", "path": "letter.txt"})
