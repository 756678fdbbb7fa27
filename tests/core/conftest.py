"""
A whole office in memory: every port is a public fake.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from attrs import Factory, define

from certcore.domain import (
    CertificateConfiguration,
    CertificateType,
    Issuer,
    Learner,
    LearnerProgress,
    LearningContext,
    Rule,
    Source,
)
from certcore.plugins import NoOptions, PluginRegistry, Provider, Services, hookimpl, provider
from certcore.registrar import Registrar
from certcore.rules import MinimumGrades
from certcore.testing import (
    CannedRetriever,
    FixedClock,
    MemoryAssets,
    MemoryLedger,
    MemoryOutbox,
    MemoryStore,
    PlainDesign,
    PlainGenerator,
)


def learner(id_: str, total: float | None = 0.8, **said: Any) -> LearnerProgress:
    """
    Somebody with a grade.
    """
    name = said.pop("name", f"Learner {id_}")
    email = said.pop("email", f"{id_}@example.org")
    grades = {} if total is None else {"Total": total}
    who = Learner(realm="school", id=id_, name=name, email=email)
    return LearnerProgress(learner=who, grades=grades, **said)


@define(kw_only=True)
class Bureau:
    """
    The fakes, and a Registrar that works with them.
    """

    retriever: CannedRetriever = Factory(CannedRetriever)
    generator: PlainGenerator = Factory(PlainGenerator)
    ledger: MemoryLedger = Factory(MemoryLedger)
    store: MemoryStore = Factory(MemoryStore)
    outbox: MemoryOutbox = Factory(MemoryOutbox)
    clock: FixedClock = Factory(FixedClock)
    opened: list[str] = Factory(list[str])
    heard: list[str] = Factory(list[str])
    realm: str = "school"
    more: list[object] = Factory(list[object])
    """Other plugins."""

    def give(self, *learners: Any) -> None:
        """
        Let the source know these, and nobody else.
        """
        self.retriever.learners = list(learners)

    def configuration(self, **said: Any) -> CertificateConfiguration:
        rule: Rule = said.pop("rule", MinimumGrades({"Total": 0.6}))
        type_: dict[str, Any] = said.pop("type_", {})
        context: LearningContext = said.pop(
            "context",
            LearningContext(
                key="course-7",
                alias="welding",
                name="Welding 1",
                start=dt.datetime(2026, 1, 12, tzinfo=dt.UTC),
                end=dt.datetime(2026, 6, 30, tzinfo=dt.UTC),
            ),
        )
        self.retriever.contexts.setdefault(context.key, LearningContext(key=context.key))
        defaults: dict[str, Any] = {
            "title": "Certificate of completion",
            "rule": rule,
            "design": PlainDesign(),
            "issuer": Issuer(key="school", name="Example School", sender="a@example.org"),
            "source": Source(
                name="campus", realm=self.realm, provider="canned", options=NoOptions()
            ),
        }
        return CertificateConfiguration(
            context=context,
            type=CertificateType(key="completion", **{**defaults, **type_}),
            **said,
        )

    @property
    def plugins(self) -> PluginRegistry:
        bureau = self

        @contextmanager
        def build(options: NoOptions, services: Services) -> Iterator[Any]:
            bureau.opened.append(services.realm)
            yield bureau.retriever
            bureau.opened.append("closed")

        @contextmanager
        def build_generator(options: NoOptions, services: Services) -> Iterator[Any]:
            yield bureau.generator

        class Plugin:
            @hookimpl
            def certcore_retrievers(self) -> list[Provider]:
                return [provider("canned", NoOptions, build)]

            @hookimpl
            def certcore_generators(self) -> list[Provider]:
                return [provider("plain", PlainDesign, build_generator)]

            @hookimpl
            def certcore_certificate_issued(self, certificate: Any) -> None:
                bureau.heard.append(f"{certificate.learner.id} {certificate.status.value}")

            @hookimpl
            def certcore_run_closed(self, run: Any) -> None:
                bureau.heard.append(run.status.value)

        return PluginRegistry([Plugin(), *self.more], installed=False)

    def registrar(self, **said: Any) -> Registrar:
        given: dict[str, Any] = {
            "ledger": self.ledger,
            "store": self.store,
            "assets": MemoryAssets(),
            "notifier": self.outbox,
            "clock": self.clock,
            "plugins": self.plugins,
        }
        return Registrar(**{**given, **said})

    def told(self) -> list[str]:
        return [notice.address for notice in self.outbox.notices]


@pytest.fixture
def bureau() -> Bureau:
    """
    An office where everything works.
    """
    return Bureau()


@pytest.fixture
def registrar(bureau: Bureau) -> Iterator[Registrar]:
    with bureau.registrar() as made:
        yield made


@pytest.fixture
def person() -> Any:
    """
    Make somebody with a grade.
    """
    return learner
