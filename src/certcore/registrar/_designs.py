"""
The designs that certificates are made with: prepared when they are first wanted, and kept, so that
a certificate can be made again as it looked, whatever became of its design.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve, frozen

from certcore.domain import Certificate, CertificateConfiguration, Design
from certcore.exceptions import (
    CertcoreError,
    ConfigurationError,
    GenerationError,
    NotFoundError,
    Problem,
)
from certcore.ports import (
    ArtifactStore,
    AssetStore,
    CompiledDesign,
    PreparedDesign,
    RemarkingDesign,
    RestoringGenerator,
)
from certcore.registrar._bundles import Bundle, RecordingAssets, read_bundle, write_bundle
from certcore.registrar._collaborators import Collaborators


_NOT_KEPT = (
    "The design has changed since that file was made, and nobody kept the old one. "
    "With the new one: --design current"
)


@frozen
class _Drawn:
    """
    A design made ready, and all that it was made of.
    """

    prepared: PreparedDesign
    made_of: Bundle


class Designs:
    """
    The variants of a configuration's design, each prepared when it is first wanted.
    """

    def __init__(
        self,
        configuration: CertificateConfiguration,
        collaborators: Collaborators,
        assets: AssetStore,
    ) -> None:
        self._type = configuration.type
        self._issuer = configuration.type.issuer
        self._collaborators = collaborators
        self._assets = assets
        self._drawn: dict[str, _Drawn] = {}
        self._reopened: dict[str, PreparedDesign] = {}

    @property
    def design(self) -> Design:
        if self._type.design is None:
            raise ConfigurationError(
                [Problem(f"types.{self._type.key}.design", "is missing: how is it to look?")]
            )
        return self._type.design

    def language_for(self, language: str) -> str:
        """
        Choose the variant for a recipient's language.
        """
        return self.design.language_for(language)

    def prepared(self, language: str) -> PreparedDesign:
        """
        Give the variant for a recipient's language, ready to generate.
        """
        tag = self.language_for(language)
        if tag not in self._drawn:
            variant = self.design.variants[tag]
            provider = self._collaborators.registry.of_options("generator", variant)
            recording = RecordingAssets(self._assets)
            prepared = self._collaborators.generator(variant).prepare(variant, recording)
            self._check(prepared)
            made_of = Bundle(provider=provider.name, options=variant, assets=recording.seen)
            self._drawn[tag] = _Drawn(prepared, made_of)
        return self._drawn[tag].prepared

    def prepare_all(self) -> None:
        """
        Prepare every variant.

        Raises:
            certcore.exceptions.ConfigurationError:
                With the problems of all of them.
        """
        problems: list[Problem] = []
        for tag in self.design.variants:
            try:
                self.prepared(tag)
            except ConfigurationError as exc:
                problems += [evolve(p, file=p.file or self._file(tag)) for p in exc.problems]
            except CertcoreError as exc:
                problems.append(Problem("", f"{exc}.".replace("..", "."), file=self._file(tag)))
        if problems:
            raise ConfigurationError(problems)

    def remarks(self) -> Mapping[str, tuple[str, ...]]:
        """
        Give what is remarked on each variant that was prepared, by its file.
        """
        return {self._file(tag): remarks_on(each.prepared) for tag, each in self._drawn.items()}

    def made_of(self, digest: str) -> Bundle | None:
        """
        Give what a variant was made of, if it is one of those that were prepared.
        """
        for each in self._drawn.values():
            if each.prepared.digest == digest:
                compiled = isinstance(each.prepared, CompiledDesign) and each.prepared.compiled()
                return evolve(each.made_of, compiled=compiled or b"")
        return None

    def reopened(self, digest: str, content: bytes) -> PreparedDesign:
        """
        Prepare a design that was kept under that digest, with the assets of that time.
        """
        if digest not in self._reopened:
            bundle = read_bundle(content, self._collaborators.registry)
            generator = self._collaborators.generator(bundle.options)
            if bundle.compiled and isinstance(generator, RestoringGenerator):
                prepared = generator.restore(bundle.options, bundle, bundle.compiled)
            else:
                prepared = generator.prepare(bundle.options, bundle)
            self._reopened[digest] = prepared
        return self._reopened[digest]

    def _file(self, tag: str) -> str:
        name = f"{self.design.name}.{tag}" if tag else self.design.name
        return f"designs/{name}.toml"

    def _check(self, prepared: PreparedDesign) -> None:
        if "verification.address" in prepared.placeholders and not self._issuer.verification:
            raise ConfigurationError(
                [
                    Problem(
                        "elements",
                        "{verification.address} is printed, and "
                        f"issuers.{self._issuer.key}.verification isn't set.",
                        'Set it, "https://certs.example/v/{code}", or print {verification.code}.',
                    )
                ]
            )


class KeptDesigns:
    """
    The designs that were used, each kept once in the store under its digest.
    """

    def __init__(self, designs: Designs, store: ArtifactStore) -> None:
        self._designs = designs
        self._store = store
        self._kept: set[str] = set()

    def keep(self, digests: Iterable[str]) -> None:
        """
        Keep the designs of these digests, so that what was made with them can be made again.

        Raises:
            certcore.exceptions.StorageError:
                If the store fails.
        """
        for digest in set(digests) - self._kept:
            made_of = self._designs.made_of(digest)
            # what was reopened is kept already
            if made_of is not None:
                self._store.keep(_name(digest), write_bundle(made_of))
            self._kept.add(digest)

    def design_for(self, certificate: Certificate) -> PreparedDesign:
        """
        Give the design that a certificate is to be made with: the configuration's or, of one that
        is bound to a design, that one as it was.

        Raises:
            certcore.exceptions.NotFoundError:
                If that one wasn't kept, and isn't the configuration's own any more.

            certcore.exceptions.GenerationError:
                If it can't be used any more as it was.
        """
        said, digest = certificate.statement, certificate.design_digest
        language = said.recipient.language or said.issuer.language
        if not digest:
            return self._designs.prepared(language)
        content = self._store.kept(_name(digest))
        if content is None:
            # made before designs were kept
            current = self._designs.prepared(language)
            if current.digest == digest:
                return current
            raise NotFoundError("kept design", f"{digest[:12]}…", _NOT_KEPT)
        reopened = self._designs.reopened(digest, content)
        if reopened.digest != digest:
            raise GenerationError(
                f"the kept design {digest[:12]}… would look otherwise with the generator that is "
                "installed now; install the one of that time, or reissue with --design current"
            )
        return reopened


def remarks_on(prepared: PreparedDesign) -> tuple[str, ...]:
    """
    Give what a design says of its files: nothing, if it has nothing to say.
    """
    return tuple(prepared.remarks) if isinstance(prepared, RemarkingDesign) else ()


def _name(digest: str) -> str:
    return f"designs/{digest}"
