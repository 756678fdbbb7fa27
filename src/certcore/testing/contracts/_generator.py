"""
Everything that a generator promises.
"""

from __future__ import annotations

import re

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import pytest

from attrs import evolve

from certcore.config import asset_slugs, structure
from certcore.domain import Artifact, Certificate, new_code, new_id
from certcore.exceptions import ConfigurationError, GenerationError
from certcore.placeholders import PLACEHOLDERS, sample_certificate
from certcore.plugins import PluginRegistry
from certcore.ports import Generator, PreparedDesign
from certcore.testing._stores import MemoryAssets


_MANY = 16
_STRANGE = {
    "in another script": "李小龍",
    "from right to left": "عائشة بنت محمد",
    "with a picture": "Zoë 👩‍🎓",
    "with combined letters": "Ṩi\u0302n Nguye\u0302\u0303n",
    "of markup": "<b>Ada</b> & 'López' \"\\",
    "of a placeholder": "{recipient.name} {0} %s $name",
    "of a formula": "=HYPERLINK(1)",
    "on two lines": "Ada\nLópez",
    "with a NUL": "Ada\x00López",
    "with directions": "Ada \u202ezepóL\u202c",
    "of spaces": "   ",
    "very long": "Ada López " * 1000,
    "one very long word": "Ada" * 3333,
}


class GeneratorContract:
    """
    What a generator promises, tried on designs that you supply.

    Say in the class which provider it is. Supply the fixtures `design` and `other_design`, tables
    as they stand in a design's file; both print the recipient's name, and they look different.

    ::

        class TestDiploma(GeneratorContract):
            provider = "diploma"

            @pytest.fixture
            def design(self):
                return {"text": "{recipient.name}"}

            @pytest.fixture
            def other_design(self):
                return {"text": "{recipient.name}!"}

    A generator that reads files gets them from the fixture `assets`, contents by slug, and is tried
    with other ones from `changed_assets`. `bad_designs` gives tables that have to be refused, if
    there are any beyond those that name a file that isn't there.
    """

    provider: ClassVar[str] = ""
    """What a design says after `use`."""

    @pytest.fixture
    def generator(self, certcore_open: Callable[..., Any]) -> Generator:
        """
        The generator as it is installed.
        """
        found: Generator = certcore_open("generator", {"use": self.provider})
        return found

    @pytest.fixture
    def assets(self) -> Mapping[str, bytes]:
        """
        The files that the designs name, by slug.
        """
        return {}

    @pytest.fixture
    def changed_assets(self) -> Mapping[str, bytes]:
        """
        Other contents of some of these files, which would do as well.
        """
        return {}

    @pytest.fixture
    def bad_designs(self) -> list[Mapping[str, Any]]:
        """
        Tables that no certificate could be made with.
        """
        return []

    @pytest.fixture
    def prepare(
        self, generator: Generator, assets: Mapping[str, bytes]
    ) -> Callable[..., PreparedDesign]:
        """
        Prepares a table, with some files changed or, where there is None, missing.
        """

        def go(table: Mapping[str, Any], **files: bytes | None) -> PreparedDesign:
            changed = {**assets, **files}
            there = {slug: content for slug, content in changed.items() if content is not None}
            return generator.prepare(self.read(table), MemoryAssets(there))

        return go

    def read(self, table: Mapping[str, Any]) -> Any:
        """
        Make a design of a table. Raises ConfigurationError.
        """
        return structure(dict(table), PluginRegistry().get("generator", self.provider).options)

    # the file

    def test_it_makes_a_file(
        self, prepare: Callable[..., PreparedDesign], design: Mapping[str, Any]
    ) -> None:
        """
        One, with something in it, and a name and a media type that can be kept.
        """
        made = prepare(design).generate(sample_certificate())

        assert isinstance(made, Artifact)
        assert made.content
        assert re.fullmatch(r"[0-9a-z]{1,10}", made.extension)
        assert re.fullmatch(r"[a-z]+/[\w.+-]+", made.media_type)

    def test_the_same_makes_the_same(
        self, prepare: Callable[..., PreparedDesign], design: Mapping[str, Any]
    ) -> None:
        """
        Bytes depend on certificate, design and engine alone: not on time, chance, or what came
        before.
        """
        prepared = prepare(design)
        certificate = sample_certificate()

        first = prepared.generate(certificate)
        prepared.generate(sample_certificate(name="Eva Lopez"))

        assert first == prepared.generate(certificate)
        assert first == prepare(design).generate(certificate)

    def test_everybody_gets_their_own(
        self, prepare: Callable[..., PreparedDesign], design: Mapping[str, Any]
    ) -> None:
        """
        Another name makes another file.
        """
        prepared = prepare(design)
        names = ("Ada Lopez", "Eva Lopez", "Ada Lopes")

        made = {prepared.generate(sample_certificate(name=name)).content for name in names}

        assert len(names) == len(made)

    def test_threads_share_it(
        self, prepare: Callable[..., PreparedDesign], design: Mapping[str, Any]
    ) -> None:
        """
        Many at once make what they would have made one after another.
        """
        prepared = prepare(design)
        certificates = [_somebody(f"Learner {number}") for number in range(_MANY)]
        expected = [prepare(design).generate(each) for each in certificates]

        with ThreadPoolExecutor(8) as pool:
            assert expected == list(pool.map(prepared.generate, certificates))

    @pytest.mark.parametrize("name", _STRANGE.values(), ids=_STRANGE)
    def test_one_name_is_nobody_elses_trouble(
        self, prepare: Callable[..., PreparedDesign], design: Mapping[str, Any], name: str
    ) -> None:
        """
        Whatever somebody is called, there is a file or a GenerationError; the others get theirs.
        """
        prepared = prepare(design)
        expected = prepared.generate(sample_certificate())

        try:
            assert prepared.generate(sample_certificate(name=name)).content
        except GenerationError as exc:
            assert str(exc).strip()  # noqa: PT017  # a file will do as well

        assert expected == prepared.generate(sample_certificate())

    # the design

    def test_a_design_is_known_by_its_digest(
        self,
        prepare: Callable[..., PreparedDesign],
        design: Mapping[str, Any],
        other_design: Mapping[str, Any],
    ) -> None:
        """
        The same as long as the design is, and another one for another; so are the files.
        """
        one, same, other = prepare(design), prepare(design), prepare(other_design)
        certificate = sample_certificate()

        assert one.digest == same.digest != other.digest
        assert re.fullmatch(r"[0-9a-f]{64}", one.digest)
        assert one.generate(certificate).content != other.generate(certificate).content

    def test_a_changed_file_changes_the_digest(
        self,
        prepare: Callable[..., PreparedDesign],
        design: Mapping[str, Any],
        changed_assets: Mapping[str, bytes],
    ) -> None:
        """
        One that the design uses; what else lies there doesn't matter.
        """
        before = prepare(design).digest
        changed = {slug: prepare(design, **{slug: new}) for slug, new in changed_assets.items()}

        assert before == prepare(design, **{"unused.bin": b"something"}).digest
        assert set(changed) <= set(asset_slugs(self.read(design)))
        assert before not in {prepared.digest for prepared in changed.values()}

    def test_an_engine_has_a_name(
        self,
        prepare: Callable[..., PreparedDesign],
        design: Mapping[str, Any],
        other_design: Mapping[str, Any],
    ) -> None:
        """
        And a version: the same for all of its designs.
        """
        assert re.search(r"\w.*\d", prepare(design).engine)
        assert prepare(design).engine == prepare(other_design).engine

    def test_what_is_printed_is_declared(
        self, prepare: Callable[..., PreparedDesign], design: Mapping[str, Any]
    ) -> None:
        """
        Only placeholders that there are; a file shows no address that wasn't declared.
        """
        prepared = prepare(design)
        certificate = sample_certificate()
        issuer = evolve(
            certificate.statement.issuer, verification="https://elsewhere.example.org/{code}"
        )
        moved = evolve(certificate, statement=evolve(certificate.statement, issuer=issuer))

        unknown = {
            name for name in prepared.placeholders if not any(p.takes(name) for p in PLACEHOLDERS)
        }
        assert set() == unknown
        assert "recipient.name" in prepared.placeholders
        declared = "verification.address" in prepared.placeholders
        assert declared or prepared.generate(certificate) == prepared.generate(moved)

    def test_what_is_missing_is_told_at_once(
        self, prepare: Callable[..., PreparedDesign], design: Mapping[str, Any]
    ) -> None:
        """
        A design that names a file that isn't there is refused before anybody is awarded anything.
        """
        for slug in asset_slugs(self.read(design)):
            with pytest.raises((ConfigurationError, GenerationError), match=re.escape(slug)):
                prepare(design, **{slug: None})

    def test_a_bad_design_is_refused(
        self,
        prepare: Callable[..., PreparedDesign],
        design: Mapping[str, Any],
        bad_designs: list[Mapping[str, Any]],
    ) -> None:
        """
        When it is read or prepared, not when the first certificate is made.
        """
        for bad in [{**design, "no such option": 1}, *bad_designs]:
            with pytest.raises((ConfigurationError, GenerationError)):
                prepare(bad)


def _somebody(name: str) -> Certificate:
    return evolve(sample_certificate(name=name), id=new_id(), code=new_code())
