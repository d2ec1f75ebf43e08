"""Certificates, one that signs itself and one of an office's own authority, and TLS servers on a real socket."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from select import select

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


def certificate(
    folder: Path, host: str = HOST, begins: timedelta = timedelta(days=-1), ends: timedelta = timedelta(days=1)
) -> tuple[Path, ssl.SSLContext]:
    """A certificate that signs itself, for a host and from and to so long from now: its file, and a server's context.

    The file holds the key too.
    """
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    alternative = x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def office_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for this computer from an office's own authority: the authority's file, and a server's context."""
    root, key, now = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Maple Office CA")])

    def signed(subject: x509.Name, whose: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.Certificate:
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority)
            .public_key(whose)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        names = [x509.IPAddress(ip_address(HOST)), x509.DNSName("manage.example")]
        return made.add_extension(x509.SubjectAlternativeName(names), critical=False).sign(root, hashes.SHA256())

    path, server = folder / "office-ca.pem", folder / "server.pem"
    path.write_bytes(signed(authority, root.public_key(), ca=True).public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    leaf = signed(subject, key.public_key(), ca=False).public_bytes(serialization.Encoding.PEM)
    server.write_bytes(private + leaf)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    return path, context


@contextmanager
def tls_server(context: ssl.SSLContext, answer: Callable[[ssl.SSLSocket], None]) -> Iterator[str]:
    """A server that reads each request whole, and has it answered in whatever way; its address."""
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        while not over.is_set():
            try:
                plain, _ = listener.accept()
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.settimeout(5)
                    connection.recv(65536)
                    answer(connection)
            except OSError:  # a client that trusts nobody, or nobody comes any more
                continue

    with closing(socket.create_server((HOST, 0))) as listener:
        listener.settimeout(0.1)
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            yield f"https://{HOST}:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


@contextmanager
def tls_front(context: ssl.SSLContext, port: int) -> Iterator[str]:
    """TLS before a plain server on this computer: host and port for those who speak nothing else."""

    def handle(plain: socket.socket) -> None:
        with (
            suppress(OSError),
            context.wrap_socket(plain, server_side=True) as outer,
            socket.create_connection((HOST, port), timeout=5) as inner,
        ):
            while ready := [outer] if outer.pending() else select([outer, inner], [], [], 5)[0]:
                if not (data := ready[0].recv(65536)):
                    break
                (inner if ready[0] is outer else outer).sendall(data)

    def serve(listener: socket.socket) -> None:
        threads = []
        with suppress(OSError):
            while True:
                threads.append(threading.Thread(target=handle, args=(listener.accept()[0],)))
                threads[-1].start()
        for each in threads:
            each.join()

    with closing(socket.create_server((HOST, 0))) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            yield f"{HOST}:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def alert(connection: ssl.SSLSocket) -> None:
    """Break the stream: bytes that are no record of it, so that the client's next reading fails as TLS."""
    with socket.socket(fileno=connection.detach()) as plain:
        plain.sendall(b"\x15\x03\x03\x00\x02\x02\x28" + b"not a record" * 4)
