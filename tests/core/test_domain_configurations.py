"""
Designs, types and configurations.
"""

from __future__ import annotations

import datetime as dt

import pytest

from certcore.domain import (
    AssetRef,
    CertificateConfiguration,
    CertificateType,
    ConfigurationKey,
    Design,
    LearningContext,
    Run,
    Source,
)
from certcore.rules import MinimumCompletion


RULE = MinimumCompletion(0.9)


@pytest.mark.parametrize(
    "offered, language, chosen",
    [
        (["en", "es"], "es", "es"),
        (["en", "es"], "es-MX", "es"),
        (["en", "es-MX", "es"], "es_MX", "es-MX"),
        (["en", "pt-BR"], "pt_br", "pt-BR"),
        (["en", "zh-Hant", "zh"], "zh-Hant-TW", "zh-Hant"),
        (["en", "es"], "fr", "en"),
        (["en", "es"], "", "en"),
        (["es", ""], "fr", ""),
        (["es", ""], "es", "es"),
        (["es", ""], "", ""),
    ],
)
def test_language_of_a_design(offered: list[str], language: str, chosen: str) -> None:
    """
    The recipient's, however it is written, else a more general one, else everybody's.
    """
    design = Design(variants=dict.fromkeys(offered, "options"))

    assert chosen == design.language_for(language)


def test_a_lone_options_object_is_a_design() -> None:
    """
    The short form makes a design with one variant for everybody.
    """
    options = object()
    made = CertificateType(key="completion", rule=RULE, design=options)

    assert made.design is not None
    assert {"": options} == made.design.variants


def test_a_design_stays_a_design() -> None:
    """
    So does none.
    """
    design = Design(variants={"en": object()})

    assert design is CertificateType(key="completion", rule=RULE, design=design).design
    assert CertificateType(key="completion", rule=RULE).design is None


def test_a_design_without_variants() -> None:
    """
    There would be nothing to draw.
    """
    with pytest.raises(ValueError, match="variants: a design needs at least one variant"):
        Design(variants={})


@pytest.mark.parametrize("key", ["", "bio/completion"])
def test_keys_of_types(key: str) -> None:
    """
    A slash parts context and type in a configuration's name.
    """
    with pytest.raises(ValueError, match="key: a name without slashes is wanted"):
        CertificateType(key=key, rule=RULE)


def test_names_of_a_configuration() -> None:
    """
    Identity is by key; people say the alias.
    """
    made = CertificateType(key="completion", rule=RULE)
    plain = CertificateConfiguration(context=LearningContext(key="course-7"), type=made)
    short = CertificateConfiguration(
        context=LearningContext(key="course-7", alias="welding"), type=made
    )

    assert ConfigurationKey("course-7", "completion") == plain.key == short.key
    assert ("course-7/completion", "welding/completion") == (plain.name, short.name)
    assert "course-7/completion" == str(short.key)


def test_limits() -> None:
    """
    None is no limit; less than none can't be.
    """
    made = CertificateType(key="completion", rule=RULE)
    context = LearningContext(key="course-7")

    assert 500 == CertificateConfiguration(context=context, type=made).max_new
    assert CertificateConfiguration(context=context, type=made, max_new=None).max_new is None
    with pytest.raises(ValueError, match="max_new: a number from 0 up"):
        CertificateConfiguration(context=context, type=made, max_new=-1)


def test_options_of_a_source_stay_out_of_logs() -> None:
    """
    They may hold addresses and accounts.
    """
    source = Source(name="campus", realm="campus", provider="openedx", options="user certs")

    assert "certs" not in repr(source)


def test_assets_are_named_by_slug() -> None:
    """
    In messages an asset is its name.
    """
    assert "logo.png" == str(AssetRef("logo.png"))


def test_counts_of_a_run() -> None:
    """
    What wasn't counted is none.
    """
    run = Run(
        id=1,
        configuration=ConfigurationKey("bio101", "completion"),
        name="bio101/completion",
        slot="now",
        started_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC),
        counts={"new": 3},
    )

    assert (3, 0) == (run.count("new"), run.count("failed"))
