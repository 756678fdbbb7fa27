"""
What can be set of every source that is reached over HTTP.
"""

from __future__ import annotations

from typing import Any

from attrs import Attribute, frozen

from certcore.config import SecretRef, option
from certcore.http._addresses import Address


def _address(instance: object, attribute: Attribute[Any], value: str) -> None:
    del instance, attribute
    Address.read(value)


@frozen(kw_only=True)
class HttpOptions:
    """
    Where a source is, and how much is asked of it.

    A retriever's options derive from this class. Only the operator writes them: they hold
    addresses, and say where secrets are.
    """

    base_url: str = option(
        "Address of the platform, without what its interfaces add: https://campus.example.org",
        validator=_address,
    )
    connect_timeout: float = option(
        "How long to wait for a connection.", default=10.0, unit="s", minimum=0.05, maximum=600
    )
    read_timeout: float = option(
        "How long to wait for the next part of an answer.",
        default=30.0,
        unit="s",
        minimum=0.05,
        maximum=3600,
    )
    total_timeout: float = option(
        "How long one answer may take as a whole, looked at whenever a part of it arrives.",
        default=120.0,
        unit="s",
        minimum=0.05,
        maximum=3600,
    )
    attempts: int = option(
        "How often a call that fails is tried, where trying again may help.",
        default=5,
        minimum=1,
        maximum=20,
    )
    longest_wait: float = option(
        "The longest wait between two attempts; a source that asks for more is left alone.",
        default=120.0,
        unit="s",
        minimum=0,
        maximum=3600,
    )
    requests_per_minute: int | None = option(
        "How many requests are sent within a minute at most, each attempt counted.",
        default=None,
        minimum=1,
        maximum=100_000,
    )
    threads: int = option(
        "How many calls run at once where a platform wants one for each learner.",
        default=8,
        minimum=1,
        maximum=64,
    )
    max_connections: int = option(
        "How many connections are open at once.", default=20, minimum=1, maximum=200
    )
    max_response_bytes: int = option(
        "How long one answer may be, unpacked.",
        default=50_000_000,
        unit="bytes",
        minimum=1_000,
        maximum=1_000_000_000,
    )
    max_pages: int = option(
        "How many pages one listing may have.", default=20_000, minimum=1, maximum=1_000_000
    )
    forbid_private_addresses: bool = option(
        "Whether to refuse a platform whose name leads to this machine or into a private network.",
        default=False,
    )
    proxy: str | SecretRef | None = option(
        "Address of a proxy: http://proxy.example.org:3128. As a secret, if it has a password.",
        default=None,
    )
    ca_file: str | None = option(
        "A file of certificate authorities (PEM) that are trusted besides the usual ones.",
        default=None,
    )
    verify_tls: bool = option(
        "Whether the platform's certificate is checked. Turn it off to try something out, no more.",
        default=True,
    )
    client_certificate: str | None = option(
        "A file with a certificate (PEM) to show to the platform.", default=None
    )
    client_key: str | None = option(
        "The file of its key, if that isn't in the same file.", default=None
    )
    client_key_password: SecretRef | None = option("What the key is locked with.", default=None)
