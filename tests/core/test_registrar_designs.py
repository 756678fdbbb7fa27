"""
Designs are kept: a certificate can be made again as it looked, whatever became of its design.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from attrs import field, frozen

from certcore.config import option
from certcore.domain import Artifact, AssetRef, Certificate, Status
from certcore.exceptions import (
    AssetNotFoundError,
    GenerationError,
    NotFoundError,
    StorageError,
    UnknownProviderError,
)
from certcore.plugins import NoOptions, PluginRegistry, Services, hookimpl, provider
from certcore.ports import CertificateFilter
from certcore.registrar import Changes, RecipientChange
from certcore.registrar._bundles import Bundle, RecordingAssets, read_bundle, write_bundle
from certcore.testing import MemoryAssets, MemoryCatalog


MENDED = Changes(recipient=RecipientChange(name="Łukasz Żółć"))


@frozen(kw_only=True)
class Part:
    word: str = option("A word.")
    else_: str | None = option("Another word.", default=None, key="else")


@frozen(kw_only=True)
class Stamp:
    stamp: AssetRef = field(metadata={"help": "An image."})


@frozen(kw_only=True)
class Sheet:
    """
    A design with an option of each kind.
    """

    paper: AssetRef = field(metadata={"help": "What it is written on."})
    size: float = option("Size.", default=12.0)
    since: dt.date | None = option("Since when.", default=None)
    span: dt.timedelta = option("How long.", default=dt.timedelta(days=14))
    parts: tuple[Part, ...] = option("Parts.", default=())
    marks: Mapping[str, Part | Stamp] = option("Marks.", factory=dict[str, Any])


FULL = Sheet(
    paper=AssetRef("paper.txt"),
    since=dt.date(2026, 1, 12),
    span=dt.timedelta(hours=36),
    parts=(Part(word="one"), Part(word="two", else_="three")),
    marks={"a": Part(word="four"), "the seal": Stamp(stamp=AssetRef("seals/seal 1.txt"))},
)


class Sheets:
    """
    Writes certificates on sheets of paper.
    """

    version = "1"

    def prepare(self, design: Sheet, assets: Any) -> Any:
        read = [assets.read(design.paper.slug)]
        read += [
            assets.read(each.stamp.slug)
            for each in design.marks.values()
            if isinstance(each, Stamp)
        ]
        return Prepared(design, b"".join(each.content for each in read), self.version)


class Prepared:
    engine = "sheets 1"
    placeholders = frozenset({"recipient.name"})

    def __init__(self, design: Sheet, paper: bytes, version: str) -> None:
        self._text = f"{design.size:g} {paper.decode()}"
        self.digest = hashlib.sha256(f"{version} {self._text}".encode()).hexdigest()

    def generate(self, certificate: Certificate) -> Artifact:
        said = f"{self._text}: {certificate.statement.recipient.name}"
        return Artifact(content=said.encode(), media_type="text/plain", extension="txt")


class SheetsPlugin:
    """
    Offers the generator of sheets, or nothing.
    """

    def __init__(self, generator: Sheets | None = None) -> None:
        self.generator = generator

    @hookimpl
    def certcore_generators(self) -> list[Any]:
        @contextmanager
        def build(options: NoOptions, services: Services) -> Iterator[Any]:
            yield self.generator

        return [provider("sheets", Sheet, build)] if self.generator else []


@pytest.fixture
def assets() -> MemoryAssets:
    return MemoryAssets({"paper.txt": b"old paper", "seals/seal 1.txt": b" sealed"})


@pytest.fixture
def sheets() -> Sheets:
    return Sheets()


@pytest.fixture
def open_(bureau: Any, assets: MemoryAssets, sheets: Sheets) -> Any:
    """
    Give a Registrar whose configuration has that design.
    """
    bureau.more.append(SheetsPlugin(sheets))

    def make(design: Any = FULL, **said: Any) -> Any:
        configuration = bureau.configuration(type_={"design": design})
        catalog = MemoryCatalog([configuration])
        return bureau.registrar(catalog=catalog, assets=assets, **said)

    return make


@pytest.fixture
def old(bureau: Any, open_: Any, person: Any) -> Any:
    """
    A certificate as it was made with the full design.
    """
    bureau.give(person("lukasz", name="Lukasz Zolc"))
    with open_() as registrar:
        assert "" == registrar.issue("welding/completion").message
        (found,) = registrar.find()
    bureau.clock.advance(days=9)
    return found


def reissue(registrar: Any, old: Any, changes: Changes = MENDED, **said: Any) -> Any:
    return registrar.reissue(old.id, changes, reason="typo", actor="m.ruiz", **said).certificate


def text(bureau: Any, certificate: Any) -> str:
    content: bytes = bureau.store.open(certificate.artifact.key)
    return content.decode()


def test_the_old_design_is_used(bureau: Any, open_: Any, assets: Any, old: Any) -> None:
    """
    Options and assets as they were, though both have changed; the next one has them as well.
    """
    assets.contents["paper.txt"] = b"new paper"

    with open_(Sheet(paper=AssetRef("paper.txt"), size=20)) as registrar:
        new = reissue(registrar, old)
        newest = reissue(registrar, new, Changes(recipient=RecipientChange(name="Ł. Żółć")))

    assert "12 old paper sealed: Łukasz Żółć" == text(bureau, new)
    assert "12 old paper sealed: Ł. Żółć" == text(bureau, newest)
    assert old.design_digest == new.design_digest == newest.design_digest
    assert 1 == len(bureau.store.beside)


def test_the_current_design_on_demand(bureau: Any, open_: Any, assets: Any, old: Any) -> None:
    """
    Only then; that one is kept in turn.
    """
    assets.contents["paper.txt"] = b"new paper"
    current = Changes(design="current")

    with open_() as registrar:
        tried = registrar.reissue(old.id, current, reason="", actor="tests", dry_run=True)
        new = reissue(registrar, old, current)

    (change,) = tried.changes
    assert ("design", old.design_digest, new.design_digest) == (
        change.path,
        change.old,
        change.new,
    )
    assert "12 new paper sealed: Lukasz Zolc" == text(bureau, new)
    assert {f"designs/{each.design_digest}" for each in (old, new)} == set(bureau.store.beside)


def test_a_sweep_goes_on_with_the_old_design(
    bureau: Any, open_: Any, assets: Any, old: Any
) -> None:
    """
    A reissue that was killed is bound to its design already.
    """
    assets.contents["paper.txt"] = b"new paper"
    with open_() as registrar:
        bureau.store.failing = StorageError("full", retryable=True)
        with pytest.raises(StorageError):
            reissue(registrar, old)
        bureau.store.failing = None
        bureau.clock.advance(hours=1)

        registrar.sweep()

        was, new = registrar.chain(old.id)
    assert (Status.SUPERSEDED, Status.ISSUED) == (was.status, new.status)
    assert "12 old paper sealed: Łukasz Żółć" == text(bureau, new)


def test_made_before_designs_were_kept(bureau: Any, open_: Any, assets: Any, old: Any) -> None:
    """
    As long as the design is the same it is used, and kept; else it says what to do.
    """
    bureau.store.beside.clear()
    with open_() as registrar:
        new = reissue(registrar, old)
    assert f"designs/{old.design_digest}" in bureau.store.beside

    bureau.store.beside.clear()
    assets.contents["paper.txt"] = b"new paper"
    with open_() as registrar, pytest.raises(NotFoundError, match="--design current"):
        reissue(registrar, new, Changes(recipient=RecipientChange(name="Other")))


@pytest.mark.parametrize("content", [b"", b"PK no zip", "emptied"])
def test_a_damaged_one_is_noticed(bureau: Any, open_: Any, old: Any, content: bytes | str) -> None:
    """
    Nothing is begun.
    """
    if isinstance(content, str):
        output = io.BytesIO()
        zipfile.ZipFile(output, "w").close()
        content = output.getvalue()
    bureau.store.beside[f"designs/{old.design_digest}"] = content

    with open_() as registrar, pytest.raises(StorageError, match="damaged"):
        reissue(registrar, old)

    assert (old,) == bureau.ledger.find(CertificateFilter())


def test_a_generator_that_draws_otherwise_now(open_: Any, sheets: Sheets, old: Any) -> None:
    """
    What wouldn't look as it did isn't made without asking.
    """
    sheets.version = "2"

    with open_() as registrar, pytest.raises(GenerationError, match="would look otherwise"):
        reissue(registrar, old)


def test_a_design_is_one_file(assets: MemoryAssets, sheets: Sheets) -> None:
    """
    The same design gives the same bytes, and those the same design with the same assets.
    """
    recording = RecordingAssets(assets)
    digest = sheets.prepare(FULL, recording).digest
    bundle = Bundle(provider="sheets", options=FULL, assets=recording.seen)
    registry = PluginRegistry([SheetsPlugin(sheets)], installed=False)

    read = read_bundle(write_bundle(bundle), registry)

    assert (bundle, write_bundle(bundle)) == (read, write_bundle(read))
    assert digest == sheets.prepare(read.options, read).digest
    with pytest.raises(AssetNotFoundError, match="no asset 'other'"):
        read.read("other")
    with pytest.raises(UnknownProviderError):
        read_bundle(write_bundle(bundle), PluginRegistry([SheetsPlugin()], installed=False))


class Printed(Prepared):
    """
    What was set in type once.
    """

    def __init__(self, design: Sheet, paper: bytes, version: str, type_: str) -> None:
        super().__init__(design, paper, version)
        self._type = type_
        self._text += f" set in {type_}"

    def compiled(self) -> bytes:
        return self._type.encode()


class Foundry(Sheets):
    """
    A generator whose designs have the type that it has just made.
    """

    type_ = "Caslon"

    def prepare(self, design: Sheet, assets: Any) -> Any:
        return Printed(design, assets.read(design.paper.slug).content, self.version, self.type_)


class Press(Foundry):
    """
    One that can be given type, too.
    """

    def restore(self, design: Sheet, assets: Any, compiled: bytes) -> Any:
        paper = assets.read(design.paper.slug).content
        return Printed(design, paper, self.version, compiled.decode())


class TestAPress:
    """
    A generator whose designs are kept as they were made ready.
    """

    @pytest.fixture
    def sheets(self) -> Sheets:
        return Press()

    def test_what_was_made_ready_is_used_again(
        self, bureau: Any, open_: Any, sheets: Press, old: Any
    ) -> None:
        """
        Whatever it would be made into today.
        """
        sheets.type_ = "Comic Sans"

        with open_() as registrar:
            new = reissue(registrar, old)
            other = Changes(recipient=RecipientChange(name="Ł. Żółć"), design="current")
            newest = reissue(registrar, new, other)

        assert "12 old paper set in Caslon: Łukasz Żółć" == text(bureau, new)
        assert "12 old paper set in Comic Sans: Ł. Żółć" == text(bureau, newest)

    def test_one_that_can_not_restore_any_more(self, bureau: Any, open_: Any, old: Any) -> None:
        """
        It makes the design ready anew.
        """
        foundry = Foundry()
        foundry.type_ = "Garamond"
        bureau.more[-1].generator = foundry

        with open_() as registrar:
            new = reissue(registrar, old)

        assert "12 old paper set in Garamond: Łukasz Żółć" == text(bureau, new)
