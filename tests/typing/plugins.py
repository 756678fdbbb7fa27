"""
What a plugin author writes, and how it is tested. Read by type checkers, never run.
"""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import assert_type

from attrs import frozen

from certcore.config import (
    OptionDescription,
    SecretRef,
    describe,
    option,
    structure,
)
from certcore.domain import (
    Alert,
    Artifact,
    Asset,
    AssetRef,
    Certificate,
    FactKind,
    Finding,
    Learner,
    LearnerProgress,
    LearningContext,
    Notice,
    Progress,
    Receipt,
    Run,
    Skipped,
    StoredArtifact,
)
from certcore.exceptions import RetrievalError
from certcore.placeholders import TextTemplate, compile_text
from certcore.plugins import NoOptions, Provider, Services, hookimpl, provider
from certcore.ports import (
    ArtifactStore,
    AssetStore,
    Catalog,
    Clock,
    Ledger,
    Notifier,
    PreparedDesign,
    RemarkingDesign,
    RetrievalRequest,
    Retriever,
)
from certcore.ports import Generator as CertificateGenerator
from certcore.testing import (
    CannedRetriever,
    FixedClock,
    MemoryAssets,
    MemoryCatalog,
    MemoryLedger,
    MemoryOutbox,
    MemoryProject,
    MemoryStore,
    PlainGenerator,
    ProjectRun,
)
from certcore.testing.contracts import GeneratorContract, RetrieverContract


# Somebody who writes a plugin


@frozen(kw_only=True)
class AcmeOptions:
    base_url: str = option("Address of the campus, https://campus.example")
    token: SecretRef = option("API token")
    page_size: int = option("Learners a page", default=100, minimum=1, maximum=1000)


assert_type(structure({}, AcmeOptions), AcmeOptions)
assert_type(describe(AcmeOptions), tuple[OptionDescription, ...])


class Acme:
    def __init__(self, realm: str, rows: Iterable[Mapping[str, str]]) -> None:
        self._realm = realm
        self._rows = rows

    @property
    def facts(self) -> Collection[FactKind]:
        return {"completion", "grades"}

    def describe(self, key: str) -> LearningContext:
        if not key:
            msg = "campus knows no course without a name"
            raise RetrievalError(msg, retryable=False)
        return LearningContext(key=key, name=key.title())

    def retrieve(self, request: RetrievalRequest) -> Iterator[LearnerProgress | Skipped]:
        for row in self._rows:
            yield Skipped.unless(self._progress, row, learner=row.get("uid"))

    def check(self, context: LearningContext) -> Iterator[Finding]:
        yield Finding(level="ok", message=f"{context.key} can be read")

    def _progress(self, row: Mapping[str, str]) -> LearnerProgress:
        return LearnerProgress(
            learner=Learner(realm=self._realm, id=row["uid"]), completion=float(row["done"])
        )


class Pigeon:
    channel = "pigeon"
    repeatable = False

    def send(self, notice: Notice) -> Receipt:
        return Receipt(response=f"flew to {notice.certificate.id}")

    def alert(self, alert: Alert) -> Receipt:
        return Receipt(response=f"flew with {alert.subject}")


@contextmanager
def build(options: AcmeOptions, services: Services) -> Generator[Retriever, None, None]:
    yield Acme(services.realm, [{"uid": "ada", "done": options.token.reveal()}])


@contextmanager
def build_pigeon(_options: NoOptions, _services: Services) -> Generator[Notifier, None, None]:
    yield Pigeon()


@hookimpl
def certcore_retrievers() -> Iterable[Provider]:
    return [provider("acme", AcmeOptions, build, summary="In-house campus")]


@hookimpl
def certcore_notifiers() -> Iterable[Provider]:
    return [provider("pigeon", NoOptions, build_pigeon)]


@hookimpl
def certcore_run_closed(run: Run) -> None:
    assert_type(run.count("issued"), int)
    run.count("isued")  # type: ignore[arg-type]  # there is no such count


# Somebody who writes a generator and a store


@frozen(kw_only=True)
class Card:
    text: str = option("What it says")
    picture: AssetRef | None = option("A PNG among the assets", default=None)


@frozen
class PreparedCard:
    text: TextTemplate
    digest: str
    engine: str = "card 1"
    remarks: tuple[str, ...] = ("printed on paper",)

    @property
    def placeholders(self) -> frozenset[str]:
        return self.text.names

    def generate(self, certificate: Certificate) -> Artifact:
        return Artifact(content=self.text.render(certificate).encode(), extension="txt")


class CardMaker:
    def prepare(self, design: Card, assets: AssetStore) -> PreparedDesign:
        if design.picture is not None:
            assert_type(assets.read(design.picture.slug), Asset)
        return PreparedCard(compile_text(design.text), "0" * 64)


class Shelf:
    def put(self, certificate_id: str, artifact: Artifact) -> StoredArtifact:
        return StoredArtifact(key=certificate_id, sha256="0" * 64, size=len(artifact.content))

    def sync(self) -> None: ...

    def keep(self, name: str, content: bytes) -> None: ...

    def kept(self, name: str) -> bytes | None: ...

    def open(self, key: str) -> bytes:
        return key.encode()

    def link(self, key: str, *, expires: dt.timedelta, filename: str) -> str | None: ...

    def withdraw(self, key: str) -> None: ...

    def restore(self, key: str) -> None: ...

    def delete(self, key: str) -> None: ...


maker: CertificateGenerator = CardMaker()
card: RemarkingDesign = PreparedCard(compile_text("{recipient.name}"), "0" * 64)
shelf: ArtifactStore = Shelf()


class OwnLedger(MemoryLedger):
    def close(self) -> None:
        assert_type(self.dump(), bytes)


own: Ledger = OwnLedger()


# Somebody who tests a plugin

fakes: tuple[
    Retriever, CertificateGenerator, AssetStore, ArtifactStore, Ledger, Catalog, Notifier, Clock
] = (
    CannedRetriever(),
    PlainGenerator(),
    MemoryAssets({"seal.png": b""}),
    MemoryStore(),
    MemoryLedger(),
    MemoryCatalog(),
    MemoryOutbox(),
    FixedClock(),
)


class TestAcme(RetrieverContract):
    provider, context, realm, unusable = "acme", "course-7", "campus", 1
    learners = {"4711": Progress(completion=0.95)}  # noqa: RUF012  # read, as in every contract


class TestCard(GeneratorContract):
    provider = "card"


def test_a_certificate_comes_out(certcore_project: Callable[..., MemoryProject]) -> None:
    run = certcore_project(source="acme", rule={"completion": 0.9}).issue("course-7")
    assert_type(run, ProjectRun)
    assert_type(run.issued, int)
