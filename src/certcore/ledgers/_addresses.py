"""
Addresses of databases: which are understood, and what errors call them.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from attrs import frozen
from sqlalchemy.exc import ArgumentError

from certcore.exceptions import LedgerError


@frozen
class Server:
    """
    A kind of database server.
    """

    name: str
    driver: str
    port: int
    extra: str


POSTGRESQL = Server("PostgreSQL", "postgresql+psycopg", 5432, "postgresql")
MARIADB = Server("MariaDB", "mariadb+pymysql", 3306, "mariadb")
SQLITE = "sqlite"

SERVERS = {
    "postgresql": POSTGRESQL,
    "postgresql+psycopg": POSTGRESQL,
    "postgres": POSTGRESQL,
    "mariadb": MARIADB,
    "mariadb+pymysql": MARIADB,
    "mysql": MARIADB,
    "mysql+pymysql": MARIADB,
}
"""By what an address may begin with."""

_WANTED = "sqlite:///ledger.db, postgresql://… or mariadb://… is wanted"


def parse(text: str, folder: Path) -> sa.URL:
    """
    Understand an address; a file's path is made absolute, a server's driver is named.

    Raises:
        certcore.exceptions.LedgerError:
            If it can't be understood or names no database, or a file's folder isn't there.
    """
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        # the address isn't shown, nor what was said about it: it may have a password in it
        raise LedgerError(f"the ledger's address isn't one: {_WANTED}") from None
    if url.drivername in {SQLITE, "sqlite+pysqlite"}:
        return _file(url, folder)
    server = SERVERS.get(url.drivername)
    if server is None:
        raise LedgerError(f"the ledger can't be kept in {url.drivername}: {_WANTED}")
    if not url.database:
        raise LedgerError(
            f"the ledger's address names no database on {url.host}: {url.drivername}://…/NAME "
            "is wanted"
        )
    return url.set(drivername=server.driver)


def place(url: sa.URL) -> str:
    """
    Name a ledger in an error: where its file lies, or its server and database. Never by whom.
    """
    if url.get_backend_name() == SQLITE:
        return "in memory" if in_memory(url) else str(url.database)
    port = url.port or SERVERS[url.drivername].port
    return f"{url.host or 'localhost'}:{port}/{url.database}"


def in_memory(url: sa.URL) -> bool:
    return url.database in {None, "", ":memory:"}


def _file(url: sa.URL, folder: Path) -> sa.URL:
    if in_memory(url):
        return url
    path = folder / str(url.database)
    if not path.parent.is_dir():
        raise LedgerError(f"the ledger can't be made: there is no folder {path.parent}")
    return url.set(database=str(path))
