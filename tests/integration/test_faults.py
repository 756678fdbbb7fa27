"""
Killed before and after every call of every port, a run is finished by the next one.
"""

from __future__ import annotations

import datetime as dt

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from attrs import define, evolve

from certcore.bootstrap import load_project
from certcore.domain import Receipt, Status
from certcore.plugins import PluginRegistry, Provider, ProviderKind, Services
from certcore.registrar import Registrar


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


def statuses(folder: Path) -> tuple[dict[str, Status], dict[str, list[str]]]:
    with load_project(folder).registrar() as registrar:
        found = registrar.find()
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


def calls_of_one_run(make_project: Callable[..., Path]) -> int:
    executioner = Executioner()
    run(registrar_of(make_project(3), executioner))
    return executioner.calls


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_every_port_call(
    make_project: Callable[..., Path], tmp_path: Path, when: str
) -> None:
    """
    Wherever the first run ends, the second leaves everybody with one certificate and one message.
    """
    calls = calls_of_one_run(make_project)
    assert calls > 20  # ledger, store, notifier, source and generator are all in it

    for at in range(1, calls + 1):
        (tmp_path / "project").rename(tmp_path / f"before-{at}")
        folder = make_project(3)
        executioner = Executioner(at=at, after=when == "after")
        with pytest.raises(Killed):
            run(registrar_of(folder, executioner))
        run(registrar_of(folder, Executioner(), clock=LaterClock()))

        status, messages = statuses(folder)
        assert dict.fromkeys(LEARNERS, Status.ISSUED) == status, at
        assert {learner: ["sent"] for learner in LEARNERS} == messages, at
        assert len(LEARNERS) == len(list((folder / "outbox").glob("*.eml"))), at


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_message_that_can_not_be_repeated_is_not(
    make_project: Callable[..., Path], tmp_path: Path, when: str
) -> None:
    """
    Where a repeated message would reach the learner twice, a doubtful one is left to somebody.
    """
    calls = calls_of_one_run(make_project)

    for at in range(1, calls + 1):
        (tmp_path / "project").rename(tmp_path / f"before-{at}")
        folder = make_project(3)
        handed_over: Counter[str] = Counter()
        for executioner, overrides in (
            (Executioner(at=at, after=when == "after"), {}),
            (Executioner(), {"clock": LaterClock()}),
        ):
            registrar = registrar_of_unrepeatable(folder, executioner, handed_over, **overrides)
            try:
                run(registrar)
            except Killed:
                assert executioner.at == at

        status, messages = statuses(folder)
        assert dict.fromkeys(LEARNERS, Status.ISSUED) == status, at
        assert {1} >= set(handed_over.values()), at
        for learner, said in messages.items():
            # either it is known to have been sent, or somebody is asked to look
            assert said in (["sent"], ["unknown"]), (at, learner)


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
