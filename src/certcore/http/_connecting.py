"""
Connections to a source: through what, with which certificates, and to which addresses.
"""

from __future__ import annotations

import ipaddress
import ssl

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from certcore.config import SecretRef
from certcore.exceptions import ConfigurationError, Problem, RetrievalError
from certcore.http._options import HttpOptions


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Where a network that has no IPv4 keeps the internet's, and maybe its own."""


def connect(options: HttpOptions, folder: Path) -> httpx.BaseTransport:
    """
    Make what connections are kept in; none is opened yet.

    It is httpx's transport, and not its client, which writes each address to the log, follows
    redirects, keeps cookies, and reads proxies and passwords from the environment.

    Raises:
        certcore.exceptions.ConfigurationError:
            If a certificate or the proxy can't be used.
    """
    secure = options.base_url.lower().startswith("https:")
    return httpx.HTTPTransport(
        # the authorities are megabytes of memory that plain HTTP has no use for
        verify=_context(options, folder) if secure else False,
        trust_env=False,
        limits=httpx.Limits(
            max_connections=options.max_connections,
            max_keepalive_connections=options.max_connections,
        ),
        proxy=_proxy(options),
    )


def refuse_private(event: str, info: Mapping[str, Any]) -> None:
    """
    Close a connection to a private address as soon as it is made, before anything is sent.

    What counts is where the connection leads: a name may be looked up twice with two results.

    Raises:
        certcore.exceptions.RetrievalError:
            If it was one.
    """
    if event != "connection.connect_tcp.complete":
        return
    stream = info["return_value"]
    host = str(stream.get_extra_info("server_addr")[0])
    if not is_public(host):
        stream.close()
        raise RetrievalError(
            "the platform's name leads to a private address, which forbid_private_addresses forbids"
        )


def is_public(host: str) -> bool:
    """
    Tell whether an address is one of the internet.
    """
    address = ipaddress.ip_address(host.partition("%")[0])
    inner = None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(address.packed[-4:])
    address = inner or address
    return address.is_global and not address.is_multicast


def _proxy(options: HttpOptions) -> httpx.Proxy | None:
    if options.proxy is None:
        return None
    if options.forbid_private_addresses:
        raise _problem(
            "forbid_private_addresses",
            "can't be kept with a proxy, which looks names up itself.",
            "Forbid them there.",
        )
    url = options.proxy.reveal() if isinstance(options.proxy, SecretRef) else options.proxy
    try:
        proxy = httpx.Proxy(url)
        if proxy.url.scheme in {"http", "https"} and proxy.url.host:
            return proxy
    except (ValueError, httpx.InvalidURL):
        pass
    # it isn't shown: there may be a password in it
    raise _problem("proxy", "an address such as http://proxy.example.org:3128 is wanted.")


def _context(options: HttpOptions, folder: Path) -> ssl.SSLContext:
    context = httpx.create_ssl_context(verify=options.verify_tls)
    context.load_default_certs()  # of the machine, besides those that httpx brings along
    if options.ca_file is not None:
        with _usable("ca_file", options.ca_file):
            context.load_verify_locations(folder / options.ca_file)
    if options.client_certificate is not None:
        key, password = options.client_key, options.client_key_password
        locked = "" if password is None else password.reveal()
        with _usable("client_certificate", options.client_certificate):
            context.load_cert_chain(
                folder / options.client_certificate,
                None if key is None else folder / key,
                lambda: locked,  # else a key that is locked asks at the terminal
            )
    return context


@contextmanager
def _usable(path: str, file: str) -> Generator[None]:
    try:
        yield
    except ssl.SSLError as exc:
        why = exc.reason or "it isn't what is wanted"
    except OSError as exc:
        why = exc.strerror or "it can't be read"
    else:
        return
    raise _problem(path, f"{file} can't be used: {why}.")


def _problem(path: str, message: str, hint: str = "") -> ConfigurationError:
    return ConfigurationError([Problem(path, message, hint)])
