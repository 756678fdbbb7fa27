"""
Plugins: how they are found, what they offer, and that a broken one is named and the rest go on.
"""

from __future__ import annotations

import datetime as dt
import importlib
import logging
import subprocess
import sys
import types

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from attrs import frozen

from certcore.config import option
from certcore.domain import ConfigurationKey, Run
from certcore.exceptions import (
    DuplicateProviderError,
    IncompatibleProviderError,
    PluginError,
    UnknownProviderError,
)
from certcore.plugins import (
    GROUP,
    NoOptions,
    PluginRegistry,
    Provider,
    ProviderKind,
    Services,
    hookimpl,
    provider,
)


@frozen(kw_only=True)
class AcmeOptions:
    base_url: str = option("Address")


@contextmanager
def build(options: AcmeOptions, services: Services) -> Iterator[str]:
    yield f"{options.base_url} in {services.folder}"


ACME = provider("acme", AcmeOptions, build, summary="In-house campus", schemes=("acme", "acmes"))


def plugin(**hooks: Callable[..., Any]) -> SimpleNamespace:
    return SimpleNamespace(
        __name__="acme", **{name: hookimpl(hook) for name, hook in hooks.items()}
    )


def offering(*offers: object, name: str = "acme") -> SimpleNamespace:
    made = plugin(certcore_retrievers=lambda: offers)
    made.__name__ = name
    return made


def registry(*plugins: object) -> PluginRegistry:
    return PluginRegistry(plugins, installed=False)


def test_nothing_installed() -> None:
    """
    Without plugins there is nothing, of any kind; not even what certcore brings.
    """
    empty = registry()

    assert [{}] * 7 == [empty.providers(kind) for kind in get_args(ProviderKind)]
    assert () == empty.problems


def test_what_a_plugin_offers() -> None:
    """
    By kind and name, with whom it comes from.
    """
    found = registry(offering(ACME))

    assert {"acme": ACME} == found.providers("retriever")
    assert ACME is found.get("retriever", "acme")
    assert "acme" == found.owner("retriever", "acme")
    assert {} == found.providers("ledger")


HOOKS: dict[ProviderKind, str] = {
    "retriever": "certcore_retrievers",
    "rule": "certcore_rules",
    "generator": "certcore_generators",
    "artifact store": "certcore_artifact_stores",
    "asset store": "certcore_asset_stores",
    "notifier": "certcore_notifiers",
    "ledger": "certcore_ledgers",
}


@pytest.mark.parametrize("kind", get_args(ProviderKind))
def test_each_kind_has_its_hook(kind: ProviderKind) -> None:
    """
    What a hook returns is of its kind and no other.
    """
    found = registry(plugin(**{HOOKS[kind]: lambda: [ACME]}))

    assert [kind] == [each for each in HOOKS if found.providers(each)]


def test_providers_are_sorted_by_name() -> None:
    """
    Whatever the order they were offered in.
    """
    found = registry(
        offering(provider("b", NoOptions, build), name="x"),
        offering(provider("c", NoOptions, build), provider("a", NoOptions, build), name="y"),
    )

    assert ["a", "b", "c"] == list(found.providers("retriever"))


def test_objects_are_plugins_too() -> None:
    """
    A class's instance goes by the class's name.
    """

    class Campus:
        @hookimpl
        def certcore_retrievers(self) -> list[Provider]:
            return [ACME]

    assert "Campus" == registry(Campus()).owner("retriever", "acme")


def test_a_function_of_another_name() -> None:
    """
    pluggy's `specname` says which hook it is.
    """
    named = SimpleNamespace(
        __name__="acme", offers=hookimpl(specname="certcore_retrievers")(lambda: [ACME])
    )
    found = registry(named)

    assert () == found.problems
    assert ACME is found.get("retriever", "acme")


def test_an_unknown_provider() -> None:
    """
    The error names those there are.
    """
    found = registry(offering(ACME))

    with pytest.raises(
        UnknownProviderError, match=r"no retriever is called 'acne' \(available: acme"
    ):
        found.get("retriever", "acne")
    with pytest.raises(KeyError):
        found.owner("retriever", "acne")


def test_by_options() -> None:
    """
    An options object leads to its provider.
    """
    found = registry(offering(ACME))

    assert ACME is found.of_options("retriever", AcmeOptions(base_url="x"))
    with pytest.raises(UnknownProviderError, match="no retriever is called 'NoOptions'"):
        found.of_options("retriever", NoOptions())


def test_by_scheme() -> None:
    """
    So does the scheme of a URL.
    """
    found = registry(offering(ACME))

    assert ACME is found.of_scheme("retriever", "acmes")
    with pytest.raises(UnknownProviderError, match=r"'http' \(available: acme, acmes\)"):
        found.of_scheme("retriever", "http")


def test_a_provider_is_built() -> None:
    """
    From options and services; and it can be described.
    """
    services = Services(clock=Clock(), folder=Path("/project"))

    with ACME.build(AcmeOptions(base_url="https://campus.example"), services) as made:
        assert "https://campus.example in /project" == made
    assert ["base_url"] == [field.name for field in ACME.describe()]


class Clock:
    """
    Stands still.
    """

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


def refused(*plugins: object) -> str:
    """
    Say what is wrong with the first plugin; a good one beside it goes on.
    """
    good = provider("good", NoOptions, build)
    found = registry(*plugins, offering(good, name="good"))

    assert good is found.get("retriever", "good")
    (problem,) = found.problems
    assert isinstance(problem, PluginError)
    return str(problem)


def test_a_misspelt_hook() -> None:
    """
    Is an error, not silence.
    """
    assert "the plugin acme implements certcore_retreivers: there is no such hook" == refused(
        plugin(certcore_retreivers=lambda: [ACME])
    )


def test_a_hook_without_its_mark() -> None:
    """
    So is one that was meant and isn't marked.
    """
    bare = SimpleNamespace(__name__="acme", certcore_retrievers=lambda: [ACME])

    assert "the plugin acme has certcore_retrievers: mark it with @hookimpl" == refused(bare)


def fails() -> list[Provider]:
    msg = "out of order"
    raise RuntimeError(msg)


def test_a_hook_that_raises() -> None:
    """
    Is named with what it said; the plugin's other hooks go on.
    """
    broken = plugin(certcore_retrievers=fails, certcore_ledgers=lambda: [ACME])
    found = registry(broken)

    assert [
        "the plugin acme can't be asked for certcore_retrievers: RuntimeError: out of order"
    ] == [str(problem) for problem in found.problems]
    assert isinstance(found.problems[0].__cause__, RuntimeError)
    assert ACME is found.get("ledger", "acme")


@pytest.mark.parametrize(
    "offers, message",
    [
        (lambda: None, "can't be asked for certcore_retrievers: TypeError"),
        (lambda: [AcmeOptions], "offers a type: a provider is wanted"),
        (
            lambda: [provider("x", NoOptions, build, api=2)],
            "acme offers 'x' for plugin interface 2; this certcore speaks 1",
        ),
        (
            lambda: [provider("x", int, build)],
            "offers 'x' with options that can't be: int isn't an attrs class",
        ),
        (
            lambda: [provider("x", NoOptions, build, context_options=Wild)],
            "offers 'x' with options that can't be: Wild.it: options can't have a field",
        ),
        (
            lambda: [provider("x", Unresolved, build)],
            "offers 'x' with options that can't be: NameError: name 'Missing' is not defined",
        ),
        (
            lambda: [provider("x", None, build)],  # type: ignore[arg-type]  # the point
            "offers 'x' with options that can't be: ",
        ),
    ],
)
def test_offers_that_cant_be(offers: Callable[[], Any], message: str) -> None:
    """
    Each is named with its plugin.
    """
    assert message in refused(plugin(certcore_retrievers=offers))


@frozen(kw_only=True)
class Wild:
    it: Any = option("Anything")


@frozen(kw_only=True)
class Unresolved:
    it: Missing = option("What?")  # type: ignore[name-defined]  # noqa: F821  # the point


def test_context_options_may_be_there() -> None:
    """
    A retriever may have options of each context.
    """
    offered = provider("x", NoOptions, build, context_options=AcmeOptions)

    assert offered is registry(offering(offered)).get("retriever", "x")


def test_the_interfaces_version_is_told() -> None:
    """
    In a way a program can read.
    """
    (problem,) = registry(offering(provider("x", NoOptions, build, api=2))).problems

    assert isinstance(problem, IncompatibleProviderError)
    assert ("acme", "x", 2, 1) == (problem.plugin, problem.name, problem.api, problem.supported)


def test_two_of_one_name() -> None:
    """
    Nobody can tell which is meant: both are named.
    """
    with pytest.raises(DuplicateProviderError, match="both first and second offer a retriever"):
        registry(offering(ACME, name="first"), offering(ACME, name="second"))


def test_one_name_for_two_kinds() -> None:
    """
    Is no trouble.
    """
    found = registry(plugin(certcore_retrievers=lambda: [ACME], certcore_ledgers=lambda: [ACME]))

    assert ACME is found.get("retriever", "acme") is found.get("ledger", "acme")


def test_a_plugin_twice() -> None:
    """
    The second is refused, the first goes on.
    """
    twice = offering(ACME)
    found = registry(twice, twice)

    assert ACME is found.get("retriever", "acme")
    assert 1 == len(found.problems)
    assert str(found.problems[0]).startswith("the plugin acme is there already")


RUN = Run(
    id=318,
    configuration=ConfigurationKey("bio101", "completion"),
    name="bio101/completion",
    slot="now",
    started_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC),
)


def test_observers_are_told() -> None:
    """
    Each of them, with what it asks for.
    """
    told: list[object] = []
    found = registry(
        plugin(certcore_run_closed=lambda run: told.append(run.id)),
        SimpleNamespace(
            __name__="other", certcore_run_closed=hookimpl(lambda: told.append("closed"))
        ),
    )
    found.tell("certcore_run_closed", run=RUN)

    assert {318, "closed"} == set(told)


def test_an_observers_error_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """
    It is logged by its kind and place, without what it says; the others are told.
    """
    told: list[int] = []

    def gossip(run: Run) -> None:
        msg = f"Ada López got nothing in {run.id}"
        raise LookupError(msg)

    found = registry(
        offering(ACME, name="good"),
        SimpleNamespace(
            __name__="first", certcore_run_closed=hookimpl(lambda run: told.append(run.id))
        ),
        plugin(certcore_run_closed=gossip),
        SimpleNamespace(
            __name__="last", certcore_run_closed=hookimpl(lambda run: told.append(run.id))
        ),
    )
    with caplog.at_level(logging.ERROR):
        found.tell("certcore_run_closed", run=RUN)

    assert [318, 318] == told
    assert "observer acme of certcore_run_closed failed: LookupError in" in caplog.text
    assert f"{Path(__file__).name}, line {gossip.__code__.co_firstlineno + 2}" in caplog.text
    assert "Ada" not in caplog.text
    assert () == found.problems


def test_an_observer_that_asks_for_too_much() -> None:
    """
    It is refused whole: none of its other hooks is called.
    """
    told: list[object] = []
    broken = plugin(
        certcore_certificate_issued=lambda certificate: told.append(certificate.id),
        certcore_run_closed=lambda ran: told.append(ran.id),
    )

    message = refused(broken)
    found = registry(broken)
    found.tell("certcore_certificate_issued", certificate="x")

    assert "the plugin acme can't be registered: " in message
    assert "ran" in message
    assert [] == told


# Installed plugins: real distributions on the path.

GOOD = """
from certcore.plugins import NoOptions, hookimpl, provider

@hookimpl
def certcore_retrievers():
    return [provider(__name__, NoOptions, None)]
"""


@pytest.fixture
def install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, dict[str, str]], None]]:
    """
    Install a distribution with a module for each of its entry points.
    """
    made: list[str] = []

    def install(name: str, modules: dict[str, str]) -> None:
        info = tmp_path / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        points = []
        for point, source in modules.items():
            module = f"installed_{name.replace('-', '_')}_{point}"
            (tmp_path / f"{module}.py").write_text(source)
            made.append(module)
            points.append(f"{point} = {module}")
        (info / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *points]))
        importlib.invalidate_caches()

    monkeypatch.syspath_prepend(tmp_path)
    yield install
    for module in made:
        sys.modules.pop(module, None)


Install = Callable[[str, dict[str, str]], None]


def test_installed_plugins_are_found(install: Install) -> None:
    """
    By their entry points; several of one distribution are several plugins.
    """
    install("certcore-acme", {"acme": GOOD, "certcore": GOOD, "extra": GOOD})
    found = PluginRegistry()

    assert {
        "installed_certcore_acme_acme": "certcore-acme",
        "installed_certcore_acme_certcore": "certcore-acme (certcore)",
        "installed_certcore_acme_extra": "certcore-acme (extra)",
    } == {
        name: found.owner("retriever", name)
        for name in found.providers("retriever")
        if name.startswith("installed_")
    }


@pytest.mark.parametrize(
    "source, message",
    [
        ("raise RuntimeError('no licence')", "can't be loaded: RuntimeError: no licence"),
        ("import no_such_package", "can't be loaded: ModuleNotFoundError: No module named"),
        ("def (", "can't be loaded: SyntaxError"),
        ("raise SystemExit(2)", "can't be loaded: SystemExit: 2"),
    ],
)
def test_a_plugin_that_cant_be_imported(
    install: Install, caplog: pytest.LogCaptureFixture, source: str, message: str
) -> None:
    """
    Is named and logged; the others are there.
    """
    install("certcore-broken", {"broken": source})
    install("certcore-fine", {"fine": GOOD})
    found = PluginRegistry()
    problems = [str(problem) for problem in found.problems if "broken" in str(problem)]

    assert 1 == len(problems)
    assert problems[0].startswith(f"the plugin certcore-broken {message}")
    assert problems[0] in caplog.text
    assert "installed_certcore_fine_fine" in found.providers("retriever")


def test_installed_plugins_may_be_left_out(install: Install) -> None:
    """
    For tests, and for a program that brings all it needs.
    """
    install("certcore-acme", {"acme": GOOD})

    assert ["mine"] == list(
        PluginRegistry([offering(provider("mine", NoOptions, build))], installed=False).providers(
            "retriever"
        )
    )


HEAVY = ["babel", "boto3", "httpx", "jinja2", "pypdf", "reportlab", "sqlalchemy", "uharfbuzz"]
LIGHT = """
import sys
import certcore, certcore.domain, certcore.rules, certcore.config, certcore.plugins, certcore.ports
print(*sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[1:])))
"""


def test_importing_the_core_is_cheap() -> None:
    """
    None of the heavy libraries is loaded before something needs it.
    """
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, *HEAVY], check=True, capture_output=True, text=True
    )

    assert "" == done.stdout.strip()


def test_a_lazy_object_among_a_modules_globals() -> None:
    """
    It isn't touched: frameworks have settings that raise until they are set up.
    """

    class Lazy:
        def __getattribute__(self, name: str) -> object:
            raise RuntimeError("not set up")

    plugin = types.ModuleType("lazy_plugin")
    plugin.settings = Lazy()  # type: ignore[attr-defined]  # modules may have anything

    assert () == PluginRegistry([plugin], installed=False).problems
