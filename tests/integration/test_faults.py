"""
Killed or terminated before and after every call of every port, a run is finished by the next one.
"""

from __future__ import annotations

import datetime as dt
import shutil
import signal

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from attrs import define, evolve

from certcore.bootstrap import load_project
from certcore.domain import ConfigurationKey, Receipt, Status
from certcore.plugins import PluginRegistry, Provider, ProviderKind, Services
from certcore.ports import CertificateFilter
from certcore.registrar import Changes, RecipientChange, Registrar


LEARNERS = {"u0", "u1", "u2"}


class Killed(BaseException):
    """
    Stands for the end of the process: nothing may be done after it.
    """


@define
class Executioner:
    """
    Counts calls, and kills before or after one of them.
    """

    at: int | None = None
    after: bool = False
    number: int = signal.SIGKILL
    calls: int = 0
    dead: bool = False

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.dead:
            raise Killed
        self.calls += 1
        mine = self.calls == self.at
        if mine and not self.after:
            self._kill()
        result = function(*args, **kwargs)
        if mine:
            self._kill()
        return result

    def _kill(self) -> None:
        if self.number == signal.SIGTERM:
            # who is asked to end may tidy up
            signal.raise_signal(signal.SIGTERM)
        self.dead = True
        raise Killed


class Watched:
    """
    A collaborator whose every call passes the executioner.
    """

    def __init__(self, real: Any, executioner: Executioner, **said: Any) -> None:
        self._real = real
        self._executioner = executioner
        self._said = said

    def __getattr__(self, name: str) -> Any:
        if name in self._said:
            return self._said[name]
        found = getattr(self._real, name)
        if not callable(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            result = self._executioner.call(found, *args, **kwargs)
            # what a generator prepares is part of its port
            return Watched(result, self._executioner) if name == "prepare" else result

        return call


class WatchedPlugins(PluginRegistry):
    """
    The installed plugins, each collaborator of theirs watched.
    """

    def __init__(self, executioner: Executioner, **said: Any) -> None:
        super().__init__()
        self._executioner = executioner
        self._said = said
        self._watched: dict[str, Provider] = {}

    def get(self, kind: ProviderKind, name: str) -> Provider:
        return self._watch(kind, super().get(kind, name))

    def of_options(self, kind: ProviderKind, options: object) -> Provider:
        return self._watch(kind, super().of_options(kind, options))

    def _watch(self, kind: ProviderKind, provider: Provider) -> Provider:
        said = self._said if kind == "notifier" else {}

        @contextmanager
        def build(options: Any, services: Services) -> Iterator[Any]:
            with provider.build(options, services) as real:
                yield Watched(real, self._executioner, **said)

        return self._watched.setdefault(provider.name, evolve(provider, build=build))


class LaterClock:
    """
    The time when every lease has run out.
    """

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)


def registrar_of(folder: Path, executioner: Executioner, **overrides: Any) -> Registrar:
    return load_project(folder, plugins=WatchedPlugins(executioner)).registrar(**overrides)


def run(registrar: Registrar) -> None:
    with registrar:
        registrar.issue("welding/completion")


def statuses(folder: Path, key: str) -> tuple[dict[str, Status], dict[str, list[str]]]:
    with load_project(folder).registrar() as registrar:
        wanted = CertificateFilter(configuration=ConfigurationKey(key, "completion"))
        found = registrar.find(wanted)
        assert len(found) == len({certificate.learner.id for certificate in found})
        return (
            {certificate.learner.id: certificate.status for certificate in found},
            {
                certificate.learner.id: [
                    delivery.status.value
                    for delivery in registrar.ledger.deliveries(certificate.id)
                ]
                for certificate in found
            },
        )


@pytest.fixture
def terminable() -> Iterator[None]:
    """
    Take SIGTERM as the command line does.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def project(make_project: Callable[..., Path], ledger_url: str) -> Callable[[str], Path]:
    """
    Write a project of a course of its own; all of them share a ledger.
    """

    def write(key: str) -> Path:
        return make_project(len(LEARNERS), name=key, key=key, ledger=ledger_url)

    return write


def calls_of_one_run(folder: Path) -> int:
    executioner = Executioner()
    run(registrar_of(folder, executioner))
    return executioner.calls


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_ended_at_every_port_call(
    project: Callable[[str], Path], terminable: None, number: int
) -> None:
    """
    Wherever the first run ends, the second leaves everybody with one certificate and one message.
    """
    # the first one makes the ledger
    calls_of_one_run(project("first"))
    calls = calls_of_one_run(project("second"))
    assert calls > 20  # ledger, store, notifier, source and generator are all in it

    for at in range(1, calls + 1):
        key = f"course-{at}"
        folder = project(key)
        # after a call is where it is before the next one
        after = number == signal.SIGKILL
        with pytest.raises((Killed, KeyboardInterrupt)):
            run(registrar_of(folder, Executioner(at=at, after=after, number=number)))
        run(registrar_of(folder, Executioner(), clock=LaterClock()))

        status, messages = statuses(folder, key)
        assert dict.fromkeys(LEARNERS, Status.ISSUED) == status, key
        assert {learner: ["sent"] for learner in LEARNERS} == messages, key
        assert len(LEARNERS) == len(list((folder / "outbox").glob("*.eml"))), key


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
def test_a_message_that_can_not_be_repeated_is_not(project: Callable[[str], Path]) -> None:
    """
    Where a repeated message would reach the learner twice, a doubtful one is left to somebody.
    """
    calls_of_one_run(project("first"))
    calls = calls_of_one_run(project("second"))

    for at in range(1, calls + 1):
        for after in (False, True):
            key = f"course-{at}-{after}"
            folder = project(key)
            handed_over: Counter[str] = Counter()
            for executioner, overrides in (
                (Executioner(at=at, after=after), {}),
                (Executioner(), {"clock": LaterClock()}),
            ):
                registrar = registrar_of_unrepeatable(folder, executioner, handed_over, **overrides)
                try:
                    run(registrar)
                except Killed:
                    assert executioner.at == at

            status, messages = statuses(folder, key)
            assert dict.fromkeys(LEARNERS, Status.ISSUED) == status, key
            assert {1} >= set(handed_over.values()), key
            for learner, said in messages.items():
                # either it is known to have been sent, or somebody is asked to look
                assert said in (["sent"], ["unknown"]), (key, learner)


def registrar_of_unrepeatable(
    folder: Path, executioner: Executioner, handed_over: Counter[str], **overrides: Any
) -> Registrar:
    def send(notice: Any) -> Any:
        def hand_over() -> Any:
            handed_over[notice.id] += 1
            return Receipt(response="taken")

        return executioner.call(hand_over)

    plugins = WatchedPlugins(executioner, repeatable=False, send=send)
    return load_project(folder, plugins=plugins).registrar(**overrides)


MENDED = Changes(recipient=RecipientChange(name="Ada the First"))


def reissue(registrar: Registrar) -> None:
    with registrar:
        old = registrar.find()[0]
        if old.status is Status.ISSUED:
            registrar.reissue(old.id, MENDED, reason="typo", actor="tests")


def issued_project(make_project: Callable[..., Path]) -> Path:
    """
    A project with one certificate, whose design was edited since.
    """
    folder = make_project(1)
    run(registrar_of(folder, Executioner()))
    design = folder / "designs" / "plain.toml"
    design.write_text(design.read_text("utf-8").replace("size = 34", "size = 20"), "utf-8")
    return folder


def assert_reissued(folder: Path, at: int) -> None:
    """
    One good certificate with the old look, linked both ways, and one message about it.
    """
    with load_project(folder).registrar() as registrar:
        old, new = registrar.find()
        assert (Status.SUPERSEDED, Status.ISSUED) == (old.status, new.status), at
        assert (new.id, old.id) == (old.replaced_by, new.replaces), at
        assert old.design_digest == new.design_digest, at
        assert "Ada the First" == new.statement.recipient.name, at
        sent = [(each.purpose, each.status.value) for each in registrar.deliveries(new.id)]
        assert [("reissue", "sent")] == sent, at


@pytest.mark.parametrize("finish", ["sweep", "run", "again"])
def test_a_reissue_killed_at_every_port_call(
    make_project: Callable[..., Path], tmp_path: Path, finish: str
) -> None:
    """
    Wherever it ends there is one good certificate, and what was begun is finished by whatever
    comes next; where nothing was begun, nothing has changed.
    """
    pristine, folder = issued_project(make_project), tmp_path / "tried"
    shutil.copytree(pristine, folder)
    executioner = Executioner()
    reissue(registrar_of(folder, executioner))
    assert executioner.calls > 10  # ledger, store, notifier and generator are all in it
    assert_reissued(folder, 0)

    # before a call is where it was after the one before
    for at in range(1, executioner.calls + 1):
        shutil.rmtree(folder)
        shutil.copytree(pristine, folder)
        with pytest.raises(Killed):
            reissue(registrar_of(folder, Executioner(at=at, after=True)))
        with load_project(folder).registrar() as registrar:
            begun = registrar.find()
            assert 1 == [each.status for each in begun].count(Status.ISSUED), at
        later = registrar_of(folder, Executioner(), clock=LaterClock())
        if finish == "again":
            reissue(later)
        with later:
            _ = later.issue("welding/completion") if finish == "run" else later.sweep()

        if finish == "again" or len(begun) > 1:
            assert_reissued(folder, at)
        else:
            with load_project(folder).registrar() as registrar:
                assert begun == registrar.find(), at
