"""
What is public is what `__all__` says, and importing it costs little.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import certcore

from certcore import domain, ports
from certcore.plugins import hookspecs


HEAVY = {
    "alembic",
    "babel",
    "boto3",
    "botocore",
    "httpx",
    "jinja2",
    "pypdf",
    "reportlab",
    "segno",
    "sqlalchemy",
    "tenacity",
    "uharfbuzz",
}
"""Loaded where they are used, and by nobody who only asks for help."""

BLIND = {"celery", "click", "django", "rich"}
"""Frameworks of the adapters."""


def public_modules() -> list[str]:
    names = [
        module.name
        for module in pkgutil.walk_packages(certcore.__path__, "certcore.")
        if not any(part.startswith("_") for part in module.name.split("."))
    ]
    return ["certcore", *names]


def in_order(name: str) -> tuple[int, str]:
    # as the linter sorts: constants, classes, functions
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def defined_in(module: ModuleType, name: str) -> bool:
    home = getattr(getattr(module, name), "__module__", None)
    own = isinstance(home, str) and (
        home == module.__name__ or home.startswith(f"{module.__name__}.")
    )
    return own and not name.startswith(("_", "certcore_"))


@pytest.mark.parametrize("name", public_modules())
def test_all_is_sorted_and_true(name: str) -> None:
    """
    Each name in `__all__` is there, once, in order.
    """
    module = importlib.import_module(name)
    said = list(getattr(module, "__all__", ()))

    assert sorted(set(said), key=in_order) == said
    assert [] == [each for each in said if not hasattr(module, each)]


@pytest.mark.parametrize("name", [name for name in public_modules() if name != "certcore"])
def test_all_is_whole(name: str) -> None:
    """
    What a public module defines, or gathers from its private ones, is in its `__all__`.
    """
    module = importlib.import_module(name)
    said = getattr(module, "__all__", None)

    if said is not None:
        assert set() == {each for each in vars(module) if defined_in(module, each)} - set(said)


def test_packages_have_one_public_address() -> None:
    """
    A package that gathers names from private modules says which of them are public.
    """
    silent = [
        name
        for name in public_modules()
        if hasattr(module := importlib.import_module(name), "__path__")
        and not hasattr(module, "__all__")
        and any(defined_in(module, each) for each in vars(module))
    ]

    assert [] == silent


PROTOCOLS = [
    kind
    for package in (ports, domain)
    for kind in vars(package).values()
    if inspect.isclass(kind) and getattr(kind, "_is_protocol", False)
]
"""What others implement, under the promises that are written there."""


def written_here(kind: type) -> dict[str, object]:
    """
    Give the public methods and properties of a class that are certcore's own.
    """
    found: dict[str, object] = {}
    for name in dir(kind):
        home = next((each for each in kind.__mro__ if name in vars(each)), kind)
        said = vars(home).get(name)
        said = getattr(said, "__func__", said)
        said = said.fget if isinstance(said, property) else said
        own = home.__module__.startswith("certcore") and inspect.isfunction(said)
        if own and not name.startswith("_"):
            found[name] = said
    return found


def promised(kind: type) -> set[str]:
    """
    Give what a class does by a protocol, where it is documented.
    """
    return {
        name
        for each in PROTOCOLS
        if each is not kind and methods(each) <= set(dir(kind))
        for name in written_here(each)
    }


def methods(protocol: type) -> set[str]:
    """
    Give what a class has to have for a protocol; a property may be an attribute as well.
    """
    names = written_here(protocol)
    return {n for n in names if not isinstance(inspect.getattr_static(protocol, n), property)}


def undocumented(module: ModuleType) -> Iterator[str]:
    """
    Give what is public in a module and doesn't say what it is good for.
    """
    for name in getattr(module, "__all__", ()):
        thing = getattr(module, name)
        if inspect.isclass(thing):
            if not inspect.getdoc(thing):
                yield name
            silent = {part for part, said in written_here(thing).items() if not said.__doc__}
            yield from (f"{name}.{part}" for part in sorted(silent - promised(thing)))
        elif inspect.isfunction(thing) and not thing.__doc__ and name not in vars(hookspecs):
            yield name


@pytest.mark.parametrize("name", public_modules())
def test_what_is_public_says_what_it_promises(name: str) -> None:
    """
    A docstring for each module, class, function, method and property that others may rely on.
    """
    module = importlib.import_module(name)

    assert module.__doc__
    assert [] == list(undocumented(module))


def test_what_says_nothing_is_noticed() -> None:
    """
    Methods of a port are documented there, others where they are.
    """

    class Silent:
        """
        A clock that can do more.
        """

        def now(self):
            return None

        def strike(self):
            return None

        @property
        def hands(self):
            return 2

    Silent.__module__ = "certcore.silent"
    module = ModuleType("certcore.silent")
    module.__all__ = ["Silent", "mute"]  # type: ignore[attr-defined]  # modules may have anything
    module.Silent = Silent  # type: ignore[attr-defined]  # modules may have anything
    module.mute = lambda: None  # type: ignore[attr-defined]  # modules may have anything

    assert ["Silent.hands", "Silent.strike", "mute"] == list(undocumented(module))


def loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, encoding="utf-8"
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


@pytest.mark.parametrize(
    "code",
    [
        "import certcore",
        "import certcore.http",
        "from certcore import *",
        "import certcore.domain, certcore.rules, certcore.ports, certcore.config",
        "from certcore.plugins import PluginRegistry; PluginRegistry()",
        "from certcore.generators import Pdf, Text",
    ],
)
def test_importing_is_cheap(code: str) -> None:
    """
    Neither the package nor a look at the plugins loads the libraries that do the work.
    """
    assert set() == loaded_by(code) & (HEAVY | BLIND)


def test_the_version_is_the_installed_one() -> None:
    """
    The version is asked for when it is wanted, from what is installed.
    """
    from importlib.metadata import version

    assert version("certcore") == certcore.__version__


def test_the_public_names_are_listed() -> None:
    """
    For whoever looks at the package in a shell, though nothing is loaded yet.
    """
    import certcore

    assert {*certcore.__all__, "__version__"} == set(dir(certcore))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """
    Looking names up lazily hides no mistake.
    """
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        _ = certcore.nothing_of_that_name  # type: ignore[attr-defined]  # what isn't there is asked for


def test_the_package_is_typed() -> None:
    """
    Type checkers read the package's own types.
    """
    assert Path(certcore.__path__[0], "py.typed").is_file()
