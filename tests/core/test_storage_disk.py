"""
Files of certificates in a folder.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import stat
import subprocess
import sys
import textwrap
import threading
import time

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hypothesis import given
from hypothesis import strategies as st

from certcore import storage
from certcore.config import structure
from certcore.domain import Artifact, StoredArtifact, new_id
from certcore.exceptions import StorageError
from certcore.plugins import PluginRegistry, Services
from certcore.storage._disk import DiskStore


ID = "0198f2c4a1b27c3d8e9fa0b1c2d3e4f5"
PDF = Artifact(content=b"%PDF-1.7 a certificate")
SHA = hashlib.sha256(PDF.content).hexdigest()
KEY = f"f5/{ID}/{SHA}.pdf"
ELSEWHERE = f"f5/{ID}/{'0' * 64}.pdf"


class FixedClock:
    def now(self) -> dt.datetime:
        return dt.datetime(2026, 5, 22, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "certificates")


@pytest.fixture
def root(store: DiskStore, tmp_path: Path) -> Path:
    return tmp_path / "certificates"


@contextmanager
def without_privileges() -> Generator[None]:
    """
    Nobody's rights: root may write anywhere.
    """
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_what_is_put_can_be_read(store: DiskStore, root: Path) -> None:
    """
    A file lies under prefix, certificate id and digest, and reads back the same.
    """
    stored = store.put(ID, PDF)

    assert (
        StoredArtifact(key=KEY, sha256=SHA, size=len(PDF.content), media_type="application/pdf")
        == stored
    )
    assert PDF.content == store.open(stored.key)
    assert {KEY} == files_in(root)


def test_ids_of_one_run_are_spread(store: DiskStore) -> None:
    """
    The prefix comes from the end of an id: its beginning is the time.
    """
    prefixes = {store.put(new_id(), PDF).key[:2] for _ in range(200)}

    assert len(prefixes) > 50


def test_files_are_private(tmp_path: Path) -> None:
    """
    Whatever the umask, nobody but the owner may look.
    """
    before = os.umask(0)
    try:
        store = DiskStore(tmp_path / "certificates")
        key = store.put(ID, PDF).key
        store.withdraw(key)
        store.put(ID, PDF)
    finally:
        os.umask(before)

    modes = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in (tmp_path / "certificates", *(tmp_path / "certificates").rglob("*"))
    }

    assert {(True, 0o700), (False, 0o600)} == modes


def test_the_same_bytes_are_written_once(store: DiskStore, root: Path) -> None:
    """
    A repeated put leaves the file alone.
    """
    store.put(ID, PDF)
    before = (root / KEY).stat()
    store.put(ID, PDF)

    assert before == (root / KEY).stat()


def test_a_damaged_file_is_written_anew(
    store: DiskStore, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """
    A repeated put makes sure that the bytes are those that the key names.
    """
    store.put(ID, PDF)
    (root / KEY).write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        store.put(ID, PDF)

    assert PDF.content == store.open(KEY)
    assert [f"a damaged file is written anew: {SHA}.pdf"] == caplog.messages


def test_a_damaged_file_is_not_given_out(store: DiskStore, root: Path) -> None:
    """
    What a learner gets are the bytes that were issued.
    """
    store.put(ID, PDF)
    (root / KEY).write_bytes(b"%PDF-1.7 another one")

    with pytest.raises(StorageError, match="is damaged; bring it back from a backup"):
        store.open(KEY)


def test_a_missing_file_is_named(store: DiskStore) -> None:
    """
    The error tells whether there never was a file or it was withdrawn.
    """
    with pytest.raises(StorageError, match=f"no file {ELSEWHERE}: there is none in this store"):
        store.open(ELSEWHERE)

    store.withdraw(store.put(ID, PDF).key)
    with pytest.raises(StorageError, match=f"no file {KEY}: it was withdrawn"):
        store.open(KEY)


def test_there_are_no_links(store: DiskStore) -> None:
    """
    A folder has no addresses.
    """
    key = store.put(ID, PDF).key

    assert store.link(key, expires=dt.timedelta(days=1), filename="x.pdf") is None


def test_withdrawing_and_restoring_are_repeatable(store: DiskStore, root: Path) -> None:
    """
    A withdrawn file is kept aside, and comes back as it was.
    """
    store.put(ID, PDF)
    store.withdraw(KEY)
    store.withdraw(KEY)

    assert {f"withdrawn/{KEY}"} == files_in(root)

    store.restore(KEY)
    store.restore(KEY)

    assert {KEY} == files_in(root)
    assert PDF.content == store.open(KEY)


def test_withdrawing_nothing_is_done_already(store: DiskStore, root: Path) -> None:
    """
    Nobody can get at a file that isn't there.
    """
    store.withdraw(ELSEWHERE)

    assert set() == files_in(root)


def test_restoring_nothing_is_an_error(store: DiskStore) -> None:
    """
    Nobody is told that a lost file was brought back.
    """
    with pytest.raises(StorageError, match=r"can't restore .*: there is none in this store"):
        store.restore(ELSEWHERE)


def test_deleting_leaves_nothing(store: DiskStore, root: Path) -> None:
    """
    The file goes wherever it lies, and with it what a killed process left.
    """
    store.put(ID, PDF)
    store.withdraw(KEY)
    store.put(ID, PDF)
    (root / KEY).with_name(".left.part").write_bytes(b"%PDF half")
    store.delete(KEY)
    store.delete(KEY)

    assert set() == files_in(root)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../secret.pdf",
        f"f5/../{ID}/{SHA}.pdf",
        f"/f5/{ID}/{SHA}.pdf",
        f"f5/{ID}/../{SHA}.pdf",
        f"f5\\{ID}\\{SHA}.pdf",
        f"withdrawn/{KEY}",
        f"00/{ID}/{SHA}.pdf",
        f"{KEY}\n",
        f"{KEY}/..",
        f"f5/{ID}/{SHA}.pdf\0",
    ],
)
def test_keys_are_nothing_else(store: DiskStore, key: str) -> None:
    """
    What isn't a key of this store is refused before the disk is touched, by every method.
    """
    for method in (store.open, store.withdraw, store.restore, store.delete):
        with pytest.raises(StorageError, match="isn't the key of a stored file"):
            method(key)


@given(key=st.text() | st.from_regex(r"[0-9a-f/.]{1,40}\.\./[a-z/]+", fullmatch=True))
def test_no_text_leads_out_of_the_store(key: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """
    However a key is made up, nothing outside is read.
    """
    outside = tmp_path_factory.getbasetemp() / "outside.txt"
    outside.write_text("secret")
    store = DiskStore(tmp_path_factory.getbasetemp() / "any", durable=False)

    with pytest.raises(StorageError):
        store.open(key)


@pytest.mark.parametrize("certificate_id", ["", "..", "a/b", "a.b", "x" * 65, "-rf", "é1"])
def test_ids_cannot_lead_elsewhere(store: DiskStore, certificate_id: str) -> None:
    """
    An id that can't stand in a key is refused.
    """
    with pytest.raises(StorageError, match="can't name a stored file"):
        store.put(certificate_id, PDF)


@pytest.mark.parametrize("extension", ["", "PDF", "p/f", "..", "tar.gz"])
def test_extensions_are_plain(store: DiskStore, extension: str) -> None:
    """
    So is an extension.
    """
    with pytest.raises(StorageError, match="can't end a stored file's name"):
        store.put(ID, Artifact(content=b"", extension=extension))


def test_links_out_of_the_store_are_refused(store: DiskStore, root: Path, tmp_path: Path) -> None:
    """
    Somebody who put a symbolic link into the store gets neither reading nor writing elsewhere.
    """
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ID).mkdir()
    (outside / KEY.partition("/")[2]).write_bytes(PDF.content)
    (root / "f5").symlink_to(outside)

    for attempt in (
        lambda: store.put(ID, PDF),
        lambda: store.open(KEY),
        lambda: store.withdraw(KEY),
        lambda: store.restore(KEY),
        lambda: store.delete(KEY),
    ):
        with pytest.raises(StorageError, match="leads out of the store by a symbolic link"):
            attempt()
    assert {KEY.partition("/")[2]} == files_in(outside)


def test_the_store_itself_may_be_a_link(tmp_path: Path) -> None:
    """
    An operator may keep the files on another disk.
    """
    (tmp_path / "disk").mkdir()
    (tmp_path / "certificates").symlink_to(tmp_path / "disk")
    store = DiskStore(tmp_path / "certificates")
    store.put(ID, PDF)

    assert {KEY} == files_in(tmp_path / "disk")


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_a_file_in_place_of_the_store(tmp_path: Path, place: str) -> None:
    """
    A store can't be opened where a file lies, and trying again won't help.
    """
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(StorageError, match="a file lies where a folder is wanted") as caught:
        DiskStore(tmp_path / place)
    assert not caught.value.retryable


def test_a_file_in_place_of_a_folder(store: DiskStore, root: Path) -> None:
    """
    Neither can a file be stored below one.
    """
    (root / "f5").write_text("a file")

    with pytest.raises(StorageError, match=f"can't store {KEY}: a file lies where a folder"):
        store.put(ID, PDF)


def test_permission_denied(store: DiskStore, root: Path) -> None:
    """
    The error says who needs what, and trying again won't help.
    """
    root.chmod(0o500)

    with (
        without_privileges(),
        pytest.raises(StorageError, match="certcore's user needs to read and write") as caught,
    ):
        store.put(ID, PDF)
    assert not caught.value.retryable


def test_a_full_disk(tmp_path: Path) -> None:
    """
    When there is no room, nothing half-written stays, and it may be better later.
    """
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk can't be mounted here: {mounted.stderr.decode().strip()}")
    try:
        store = DiskStore(small / "certificates")
        kept = store.put(ID, PDF)
        with pytest.raises(StorageError, match="the disk is full; make room") as caught:
            store.put(ID, Artifact(content=b"x" * 100_000))

        assert caught.value.retryable
        assert {KEY} == files_in(small / "certificates")
        assert PDF.content == store.open(kept.key)
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_file_larger_than_allowed(tmp_path: Path) -> None:
    """
    A limit of the process ends a put in the same way, but not to be tried again.
    """
    done = run(
        """
        import resource, signal, sys
        from pathlib import Path
        from certcore.domain import Artifact
        from certcore.exceptions import StorageError
        from certcore.storage._disk import DiskStore

        store = DiskStore(Path(sys.argv[1]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            store.put("ab", Artifact(content=b"x" * 100_000))
        except StorageError as exc:
            print(exc.retryable, exc)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        """,
        tmp_path / "certificates",
    )

    assert done.stdout.startswith("False the store "), done.stderr
    assert "the file is larger than the system lets this process write" in done.stdout
    assert set() == files_in(tmp_path / "certificates")


def test_killed_before_the_file_is_in_place(store: DiskStore, root: Path) -> None:
    """
    A process that dies while it writes leaves nothing under the key; the next put succeeds.
    """
    done = run(
        """
        import os, sys
        from pathlib import Path
        from certcore.domain import Artifact
        from certcore.storage._disk import DiskStore

        Path.replace = lambda *_: os._exit(9)
        DiskStore(Path(sys.argv[1])).put(sys.argv[2], Artifact(content=b"%PDF-1.7 a certificate"))
        """,
        root,
        ID,
    )
    left = files_in(root)
    with pytest.raises(StorageError, match="there is none"):
        store.open(KEY)
    store.put(ID, PDF)

    assert 9 == done.returncode, done.stderr
    assert 1 == len(left)
    assert KEY not in left
    assert PDF.content == store.open(KEY)
    assert left | {KEY} == files_in(root)


def test_what_a_killed_process_left_is_cleared(store: DiskStore, root: Path) -> None:
    """
    After an hour, nobody is still writing it.
    """
    store.put(ID, PDF)
    (root / KEY).with_name(".new.part").write_bytes(b"half")
    old = (root / KEY).with_name(".old.part")
    old.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    store.put(ID, PDF)

    assert {KEY, f"f5/{ID}/.new.part"} == files_in(root)


def test_two_processes_put_the_same(root: Path) -> None:
    """
    Whoever comes first, every file is whole and there once.
    """
    code = """
        import hashlib, sys, time
        from pathlib import Path
        from certcore.domain import Artifact
        from certcore.storage._disk import DiskStore

        store = DiskStore(Path(sys.argv[1]))
        Path(sys.argv[2]).touch()
        while not Path(sys.argv[3]).exists():
            time.sleep(0.001)
        for number in range(200):
            content = hashlib.sha256(bytes([number])).digest() * 500
            print(store.put(f"certificate-{number}", Artifact(content=content)).key)
        store.sync()
        """
    ready = [root.parent / name for name in ("one", "two")]
    one, two = (
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), root, mine, other],
            stdout=subprocess.PIPE,
            text=True,
        )
        for mine, other in (ready, ready[::-1])
    )
    keys = [process.communicate(timeout=60)[0].split() for process in (one, two)]
    store = DiskStore(root)

    assert [0, 0] == [one.returncode, two.returncode]
    assert keys[0] == keys[1]
    assert set(keys[0]) == files_in(root)
    assert {16_000} == {len(store.open(key)) for key in keys[0]}


def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """
    Record what is synced, which no file shows afterwards.
    """
    seen: list[str] = []
    fsync = os.fsync

    def record(number: int) -> None:
        seen.append(str(Path(f"/proc/self/fd/{number}").readlink()))
        fsync(number)

    monkeypatch.setattr(os, "fsync", record)
    return seen


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_a_sync_covers_the_batch_once(
    store: DiskStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Each file put since the last sync and each folder above it is synced, once.
    """
    seen = synced(monkeypatch)
    keys = [store.put(f"{number}f5", PDF).key for number in range(3)]
    keys.append(store.put("0f5", Artifact(content=b"another")).key)
    assert [] == seen
    store.sync()
    store.sync()

    wanted = {
        *(str(root / key) for key in keys),
        *(str(root / "f5" / f"{number}f5") for number in range(3)),
        str(root / "f5"),
        str(root),
    }
    assert sorted(wanted) == sorted(seen)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_moves_are_synced_at_once(
    store: DiskStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Withdrawing survives a loss of power, also when it is repeated after one.
    """
    store.put(ID, PDF)
    for _ in range(2):
        with monkeypatch.context() as patched:
            seen = synced(patched)
            store.withdraw(KEY)

        assert {str(root / "f5" / ID), str(root / "withdrawn" / "f5" / ID)} <= set(seen)


def test_a_store_that_need_not_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    With `durable` off nothing waits for the disk.
    """

    def refuse(number: int) -> None:
        raise AssertionError(number)

    monkeypatch.setattr(os, "fsync", refuse)
    store = DiskStore(tmp_path / "certificates", durable=False)
    store.put(ID, PDF)
    store.sync()
    store.withdraw(KEY)
    store.restore(KEY)

    assert PDF.content == store.open(KEY)


def test_a_file_that_went_before_the_sync(store: DiskStore) -> None:
    """
    A file that was withdrawn or deleted meanwhile doesn't trouble the others.
    """
    store.put(ID, PDF)
    other = store.put("other", PDF)
    store.delete(KEY)
    store.sync()

    assert PDF.content == store.open(other.key)


def test_a_refused_sync_is_repeated_from_the_start(
    store: DiskStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Once a disk has refused, the next sync writes the files again: the system may take them for
    written.
    """
    store.put(ID, PDF)
    before = (root / KEY).stat().st_ino

    def refuse(number: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(StorageError, match="can't be synced: Input/output error") as caught:
            store.sync()
    store.sync()
    after = (root / KEY).stat().st_ino
    store.put(ID, PDF)
    store.sync()

    assert caught.value.retryable
    assert before != after
    assert after == (root / KEY).stat().st_ino


def test_a_sync_waits_for_another(store: DiskStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A thread whose file is in another thread's batch isn't told that it is safe before it is.
    """
    begun, go = threading.Event(), threading.Event()
    fsync = os.fsync

    def slowly(number: int) -> None:
        begun.set()
        assert go.wait(30)
        fsync(number)

    store.put(ID, PDF)
    monkeypatch.setattr(os, "fsync", slowly)
    first, second = threading.Thread(target=store.sync), threading.Thread(target=store.sync)
    first.start()
    assert begun.wait(30)
    second.start()
    second.join(0.2)
    waited = second.is_alive()
    go.set()
    first.join(30)
    second.join(30)

    assert waited
    assert not second.is_alive()


@pytest.mark.parametrize(
    "address", ["certificates", "./certificates", "file:{folder}/certificates"]
)
def test_the_provider(tmp_path: Path, address: str) -> None:
    """
    `disk` is found by name and by scheme; a relative path is the project's.
    """
    registry = PluginRegistry([storage], installed=False)
    offered = registry.get("artifact store", "disk")
    options = structure({"path": address.format(folder=tmp_path)}, storage.DiskOptions)
    with offered.build(options, Services(clock=FixedClock(), folder=tmp_path)) as store:
        key = store.put(ID, PDF).key

    assert offered.options is storage.DiskOptions
    assert offered is registry.of_scheme("artifact store", "file")
    assert {key} == files_in(tmp_path / "certificates")
    assert structure({}, storage.DiskOptions) == storage.DiskOptions(
        path="certificates", durable=True
    )
