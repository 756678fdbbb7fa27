"""
Certificates: the platform's, which is trusted or not, and one to show to it.
"""

from __future__ import annotations

import datetime as dt
import http.server
import ipaddress
import ssl
import threading

import pytest

from certcore import SecretRef
from certcore.exceptions import ConfigurationError, RetrievalError


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """
    An authority, a server's certificate and a client's, in one folder.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder = tmp_path_factory.mktemp("certificates")
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Campus authority")])
    since = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)

    def write(name: str, key, *extensions) -> None:
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder()
            .subject_name(authority if name == "authority" else subject)
            .issuer_name(authority)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(since + dt.timedelta(days=36_500))
        )
        for extension in extensions:
            made = made.add_extension(extension, critical=False)
        pem = made.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        folder.joinpath(f"{name}.pem").write_bytes(pem)
        for kind, lock in (
            ("key", serialization.NoEncryption()),
            ("locked", serialization.BestAvailableEncryption(b"op3n")),
        ):
            folder.joinpath(f"{name}.{kind}").write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock
                )
            )

    write("authority", authority_key, x509.BasicConstraints(ca=True, path_length=None))
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    write(
        "server",
        ec.generate_private_key(ec.SECP256R1()),
        x509.SubjectAlternativeName([loopback]),
    )
    write("client", ec.generate_private_key(ec.SECP256R1()))
    return folder


@pytest.fixture
def secure(certificates):
    """
    Start a server with a certificate, which may ask for one.
    """
    started = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown = self.connection.getpeercert()
            body = b'{"who": "%s"}' % (b"client" if shown else b"")
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_) -> None:
            pass

    def start(mode: ssl.VerifyMode = ssl.CERT_NONE) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
        context.load_verify_locations(certificates / "authority.pem")
        context.verify_mode = mode
        server = Server(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
        thread.start()
        started.append((server, thread))
        return f"https://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in started:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_authority_of_the_operators_own(secure, ask, certificates, time) -> None:
    """
    Its file is found in the project. Without it, the platform isn't trusted, and not tried again.
    """
    address = secure()

    trusting = ask(base_url=address, ca_file="authority.pem", folder=certificates)
    assert {"who": ""} == trusting.get_json("/x")
    assert {"who": ""} == ask(base_url=address, verify_tls=False).get_json("/x")
    with pytest.raises(RetrievalError, match=r"/x can't be trusted: .*; see ca_file") as caught:
        ask(base_url=address).get_json("/x")
    assert not caught.value.retryable
    assert [] == time.slept


@pytest.mark.parametrize(
    "said",
    [
        {"client_key": "client.key"},
        {"client_key": "client.locked", "client_key_password": SecretRef(env="KEY_PASSWORD")},
    ],
    ids=["open", "locked"],
)
def test_a_certificate_is_shown(secure, ask, certificates, monkeypatch, said) -> None:
    """
    With its key, which may be locked.
    """
    monkeypatch.setenv("KEY_PASSWORD", "op3n")
    client = ask(
        base_url=secure(ssl.CERT_REQUIRED),
        ca_file="authority.pem",
        client_certificate="client.pem",
        folder=certificates,
        **said,
    )

    assert {"who": "client"} == client.get_json("/x")


def test_a_certificate_is_wanted(secure, ask, certificates) -> None:
    """
    Trying again is in vain.
    """
    client = ask(base_url=secure(ssl.CERT_REQUIRED), ca_file="authority.pem", folder=certificates)

    with pytest.raises(RetrievalError, match=r"/x can't be reached: .*CERTIFICATE") as caught:
        client.get_json("/x")

    assert not caught.value.retryable


@pytest.mark.parametrize(
    "said,why",
    [
        ({"ca_file": "gone.pem"}, "ca_file: gone.pem can't be used: No such file"),
        ({"ca_file": "server.key"}, "ca_file: server.key can't be used: "),
        ({"client_certificate": "gone.pem"}, "client_certificate: gone.pem can't be used: No such"),
        ({"client_certificate": "client.pem"}, "client_certificate: client.pem can't be used: "),
        (
            {"client_certificate": "client.pem", "client_key": "client.locked"},
            "client_certificate: client.pem can't be used: ",
        ),
    ],
)
def test_certificates_that_cannot_be_used(ask, certificates, said, why: str) -> None:
    """
    The file is named; nobody is asked for a password at the terminal.
    """
    with pytest.raises(ConfigurationError, match=why):
        ask(base_url="https://127.0.0.1:1", folder=certificates, **said).get_json("/x")
