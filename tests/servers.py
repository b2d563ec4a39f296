"""Servers on this machine that behave, stall, hang up and lie, and an authority for their names."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Manner = Callable[[socket.socket, threading.Event], None]


def _more(line: socket.socket) -> bytes:
    more = line.recv(65536)
    if not more:
        raise ConnectionResetError
    return more


def heard(line: socket.socket) -> bytes:
    """The whole request: its head, and as much body as the head announces."""
    text = b""
    while b"\r\n\r\n" not in text:
        text += _more(line)
    head, _, body = text.partition(b"\r\n\r\n")
    for field in head.lower().split(b"\r\n"):
        if field.startswith(b"content-length:"):
            while len(body) < int(field.split(b":")[1]):
                body += _more(line)
    return head + b"\r\n\r\n" + body


@contextmanager
def a_server(manner: Manner, wrap: Callable[[socket.socket], socket.socket] | None = None) -> Iterator[int]:
    """Serves one connection after the other in this ``manner``, on a free port of this machine."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while not over.is_set():
            try:
                line, _ = listening.accept()
            except OSError:
                return
            line.settimeout(10)
            try:
                with wrap(line) if wrap else line as ready:
                    manner(ready, over)
            except OSError:
                line.close()  # the other side went away, which is often the point

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def answering(text: bytes) -> Manner:
    def manner(line: socket.socket, _over: threading.Event) -> None:
        heard(line)
        line.sendall(text)

    return manner


def echoing(line: socket.socket, _over: threading.Event) -> None:
    told = heard(line)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told) + told)


def stalling(line: socket.socket, over: threading.Event) -> None:
    heard(line)
    over.wait(10)


def dripping(line: socket.socket, over: threading.Event) -> None:
    heard(line)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not over.wait(0.05):
        line.sendall(b"x")


def resetting(line: socket.socket, _over: threading.Event) -> None:
    heard(line)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hanging_up(line: socket.socket, _over: threading.Event) -> None:
    heard(line)


def deaf(line: socket.socket, over: threading.Event) -> None:
    """Takes the connection and never reads, so that a large request cannot be sent to its end."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    over.wait(10)


def _usage(*, of_an_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not of_an_authority,
        key_cert_sign=of_an_authority,
        crl_sign=of_an_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


class Authority:
    """A certificate authority of our own, for this machine's addresses."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self._folder = folder
        self.roots = folder / "roots.pem"
        self.roots.write_bytes(self._signed(self._name, self._key, []).public_bytes(Encoding.PEM))

    def _signed(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, hosts: Sequence[str]
    ) -> x509.Certificate:
        building = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(len(hosts) + 1)
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
            .add_extension(_usage(of_an_authority=not hosts), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )
        if hosts:
            names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
            building = building.add_extension(names, critical=False)
        return building.sign(self._key, SHA256())

    def server_for(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        file = self._folder / f"{host}.pem"
        file.write_bytes(
            self._signed(name, key, [host]).public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@contextmanager
def a_secure_server(context: ssl.SSLContext, manner: Manner = echoing) -> Iterator[int]:
    with a_server(manner, wrap=lambda line: context.wrap_socket(line, server_side=True)) as port:
        yield port
