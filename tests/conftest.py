"""
How the tests are run: how hard Hypothesis tries, what isn't collected for want of an extra, and the
databases of those that need a server.
"""

from __future__ import annotations

import os
import signal

from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import hypothesis
import pytest


# examples take as long as a busy machine makes them take: there is no deadline
hypothesis.settings.register_profile("dev", max_examples=25, deadline=None)
hypothesis.settings.register_profile(
    "ci", max_examples=300, deadline=None, derandomize=True, print_blob=True
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# a job in the background is started with interrupts ignored, and so would be what the tests start
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

collect_ignore: list[str] = []
if find_spec("click") is None or find_spec("rich") is None:
    collect_ignore += [
        "certcore_cli",
        "core/test_docs_pages.py",
        "integration/test_import_kills.py",
        "integration/test_third_party_plugin.py",
    ]
if find_spec("python_calamine") is None:
    collect_ignore += ["core/retrievers/test_spreadsheets.py"]

# where a machine's services usually are, and as whom anybody may make databases there
SERVERS = {
    "postgresql": os.environ.get(
        "CERTCORE_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres"
    ),
    "mariadb": os.environ.get("CERTCORE_TEST_MARIADB", "mariadb://root@127.0.0.1:3306/"),
}


def connect_postgresql(url: str) -> Any:
    """
    Connect as who makes databases.
    """
    import psycopg

    return psycopg.connect(url, autocommit=True, connect_timeout=5)


def connect_mariadb(url: str) -> Any:
    """
    Connect as who makes databases.
    """
    import pymysql

    at = urlsplit(url)
    return pymysql.connect(
        host=at.hostname,
        port=at.port or 3306,
        user=at.username,
        password=at.password or "",
        connect_timeout=5,
        autocommit=True,
    )


CONNECT: dict[str, tuple[str, Callable[[str], Any]]] = {
    "postgresql": ("psycopg", connect_postgresql),
    "mariadb": ("pymysql", connect_mariadb),
}


@cache
def missing(service: str) -> str:
    """
    Say why a service can't be used; empty if it can.
    """
    driver, connect = CONNECT[service]
    at = urlsplit(SERVERS[service])
    try:
        connect(SERVERS[service]).close()
    except ImportError:
        return f"{driver} isn't installed"
    except Exception as exc:  # noqa: BLE001  # whatever its driver raises, it isn't there
        say = f"CERTCORE_TEST_{service.upper()} says where it is"
        return f"there is no {service} at {at.hostname}:{at.port} ({say}): {exc}"
    return ""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """
    Leave out what needs a service that isn't there, or fail where services are required.
    """
    for marker in item.iter_markers("service"):
        need(*marker.args)


def need(service: str) -> None:
    """
    Skip the test for want of a service, or let it fail where services are required.
    """
    if reason := missing(service):
        # a driver is an extra: the tests of the bare package do without
        if os.environ.get("CERTCORE_REQUIRE_SERVICES") == "1" and "installed" not in reason:
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@contextmanager
def database(service: str) -> Generator[str, None, None]:
    """
    Give the address of a new, empty database, which is dropped afterwards, whoever uses it still.
    """
    need(service)
    name = f"certcore_test_{uuid4().hex[:12]}"
    url = SERVERS[service]
    drop = f"DROP DATABASE {name}" + (" WITH (FORCE)" if service == "postgresql" else "")
    with closing(CONNECT[service][1](url)) as connection:
        connection.cursor().execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            # a test may have cut everybody's connection
            with closing(CONNECT[service][1](url)) as anew:
                anew.cursor().execute(drop)


@pytest.fixture
def postgresql_url() -> Generator[str, None, None]:
    """
    The address of an empty database of the test's own on PostgreSQL.
    """
    with database("postgresql") as url:
        yield url


@pytest.fixture
def mariadb_url() -> Generator[str, None, None]:
    """
    The address of an empty database of the test's own on MariaDB.
    """
    with database("mariadb") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str, None, None]:
    """
    The address of a ledger that isn't there yet: in a file, then on each server.
    """
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
    else:
        with database(request.param) as url:
            yield url


@pytest.fixture(scope="module", params=["postgresql", "mariadb"])
def server_url(request: pytest.FixtureRequest) -> Generator[str, None, None]:
    """
    The address of a database on each server, which the tests of a module share.
    """
    with database(request.param) as url:
        yield url
