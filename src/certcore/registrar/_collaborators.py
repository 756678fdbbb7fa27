"""
The collaborators of a Registrar: built when they are first used, shared by threads, closed with it.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
import weakref

from contextlib import ExitStack
from typing import Any

from attrs import evolve, frozen

from certcore.domain import Source
from certcore.plugins import NoOptions, PluginRegistry, Provider, Services
from certcore.ports import Generator, Retriever


_LEFT_TO_THE_PARENT: list[ExitStack] = []
"""What a forked process inherited: connections that aren't its to close, nor to be collected."""


class SystemClock:
    """
    Tells the time of the machine.
    """

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


@frozen
class _Opened:
    provider: Provider
    options: Any
    realm: str
    instance: Any


class Collaborators:
    """
    One instance per provider, options and process.
    """

    def __init__(self, registry: PluginRegistry, services: Services) -> None:
        self.registry = registry
        self._services = services
        self._forget()
        forked = weakref.WeakMethod(self._forked)

        def in_child() -> None:
            method = forked()
            if method is not None:
                method()

        os.register_at_fork(after_in_child=in_child)

    def _forked(self) -> None:
        # connections don't survive a fork, and the parent's aren't ours to close; another thread of
        # the parent's may have held the lock
        _LEFT_TO_THE_PARENT.append(self._stack.pop_all())
        self._forget()

    def _forget(self) -> None:
        self._lock = threading.RLock()
        self._opened: list[_Opened] = []
        self._stack = ExitStack()

    def open(self, provider: Provider, options: Any, *, realm: str = "") -> Any:
        """
        Give the instance of a provider, building it if there is none yet.
        """
        with self._lock:
            for opened in self._opened:
                if (
                    opened.provider is provider
                    and opened.realm == realm
                    and opened.options == options
                ):
                    return opened.instance
            services = evolve(self._services, realm=realm)
            instance = self._stack.enter_context(provider.build(options, services))
            self._opened.append(_Opened(provider, options, realm, instance))
            return instance

    def retriever(self, source: Source) -> Retriever:
        """
        Give the retriever of a source.
        """
        provider = self.registry.get("retriever", source.provider)
        retriever: Retriever = self.open(provider, source.options, realm=source.realm)
        return retriever

    def generator(self, design: Any) -> Generator:
        """
        Give the generator that makes designs of this kind.
        """
        provider = self.registry.of_options("generator", design)
        generator: Generator = self.open(provider, NoOptions())
        return generator

    def close(self) -> None:
        """
        Close what was opened, the last first.
        """
        with self._lock:
            self._stack.close()
            self._opened.clear()
