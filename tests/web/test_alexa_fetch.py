"""Downloads over a real TLS line to this machine: what is served, and every way in which it goes wrong."""

import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socket import create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from skill.errors import DoseKeeperError, InvalidError
from skill.web.alexa_fetch import ChainFetchError, HttpsFetch
from tests.web.alexa_pki import a_certificate, a_key, an_authority, pem

# TLS reads the machine's own clock: these certificates hold for the whole century.
CENTURY = {"not_before": datetime(2001, 1, 1, tzinfo=UTC), "not_after": datetime(2100, 1, 1, tzinfo=UTC)}
PATIENCE = timedelta(milliseconds=300)


class Bucket(BaseHTTPRequestHandler):
    """Serves one path per way of answering; the slow ones drip until the other side leaves."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: QuietServer = self.server  # type: ignore[assignment]
        server.asked.append(self.path)
        server.is_asked.set()
        answer = getattr(self, self.path.removeprefix("/").partition("?")[0])
        answer()

    def chain(self) -> None:
        self._whole(200, b"chain")

    def largest(self) -> None:
        self._whole(200, b"x" * 65_536)

    def larger(self) -> None:
        self._whole(200, b"x" * 65_537)

    def endless(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    def moved(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/chain")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def missing(self) -> None:
        self._whole(404, b"chain")

    def broken(self) -> None:
        self._whole(503, b"chain")

    def partial(self) -> None:
        self._whole(206, b"chain")

    def nonsense(self) -> None:
        self.wfile.write(b"What do you want?\r\n\r\n")
        self.close_connection = True

    def silent(self) -> None:
        self._drip([b""])

    def slow_header(self) -> None:
        self._drip([b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 100])

    def slow_body(self) -> None:
        self._drip([b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 1000])

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _whole(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, pieces: list[bytes]) -> None:
        left: threading.Event = self.server.left  # type: ignore[attr-defined]
        try:
            for piece in pieces:
                self.wfile.write(piece)
                if left.wait(0.02):
                    return
            left.wait(10)
        except OSError:
            pass  # the other side has left, as it should
        finally:
            self.close_connection = True


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Bucket)
        self.asked: list[str] = []
        self.is_asked = threading.Event()
        self.left = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


@dataclass(frozen=True, kw_only=True)
class Served:
    server: QuietServer
    roots: Path
    port: int

    def url(self, path: str) -> str:
        return f"https://127.0.0.1:{self.port}/{path}"


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A server's certificate with its key, and the root above it."""
    folder = tmp_path_factory.mktemp("tls")
    root = an_authority("Loopback Root", by=None, **CENTURY)
    key = a_key()
    address = x509.IPAddress(ip_address("127.0.0.1"))
    certificate = a_certificate("loopback", key, by=root, names=(address,), **CENTURY)
    own, roots = folder / "own.pem", folder / "roots.pem"
    own.write_bytes(pem(certificate) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    roots.write_bytes(pem(root.certificate))
    return own, roots


@pytest.fixture
def served(identity: tuple[Path, Path]) -> Iterator[Served]:
    own, roots = identity
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    server = QuietServer()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Served(server=server, roots=roots, port=server.server_address[1])
    server.left.set()
    server.shutdown()
    thread.join()
    server.server_close()


def problem_of(fetch: HttpsFetch, url: str) -> str:
    with pytest.raises(ChainFetchError) as caught:
        fetch(url)
    assert isinstance(caught.value, DoseKeeperError)
    return str(caught.value.facts["problem"])


@pytest.mark.parametrize(
    ("path", "body"),
    (
        pytest.param("chain", b"chain", id="a small file"),
        pytest.param("chain?version=2", b"chain", id="with a query"),
        pytest.param("largest", b"x" * 65_536, id="64 kilobytes"),
    ),
)
def test_a_file_is_downloaded_as_it_lies_there(served: Served, path: str, body: bytes) -> None:
    fetch = HttpsFetch(served.roots)

    downloaded = fetch(served.url(path))

    assert downloaded == body
    assert served.server.asked == [f"/{path}"]


@pytest.mark.parametrize(
    ("path", "problem"),
    (
        pytest.param("larger", "larger than 64 KB", id="a byte too large"),
        pytest.param("endless", "larger than 64 KB", id="large without saying so"),
        pytest.param("moved", "answered 302", id="moved"),
        pytest.param("missing", "answered 404", id="missing"),
        pytest.param("broken", "answered 503", id="broken"),
        pytest.param("partial", "answered 206", id="a part of it"),
        pytest.param("nonsense", "BadStatusLine", id="not HTTP"),
    ),
)
def test_anything_but_a_whole_small_file_is_refused_and_nothing_is_followed(
    served: Served, path: str, problem: str
) -> None:
    fetch = HttpsFetch(served.roots)

    said = problem_of(fetch, served.url(path))

    assert said == problem
    assert served.server.asked == [f"/{path}"]


@pytest.mark.parametrize(
    "path",
    (
        pytest.param("silent", id="never answers"),
        pytest.param("slow_header", id="drips its headers"),
        pytest.param("slow_body", id="drips its body"),
    ),
)
def test_a_server_that_dawdles_is_left_at_the_deadline_and_cut_off(served: Served, path: str) -> None:
    fetch = HttpsFetch(served.roots, deadline=PATIENCE, at_once=1)
    started = time.perf_counter()

    said = problem_of(fetch, served.url(path))

    assert said in {"took too long", "TimeoutError"}
    assert time.perf_counter() - started < 2
    wait_until_free(fetch, served)


def wait_until_free(fetch: HttpsFetch, served: Served) -> None:
    """The one slot of ``fetch`` comes back soon after a download was abandoned."""
    pause = threading.Event()
    for _ in range(200):
        try:
            fetch(served.url("chain"))
        except ChainFetchError:
            pause.wait(0.01)
        else:
            return
    pytest.fail("the slot never came back")


def test_a_server_that_never_greets_is_left_at_the_deadline(identity: tuple[Path, Path]) -> None:
    _, roots = identity
    fetch = HttpsFetch(roots, deadline=PATIENCE)
    with create_server(("127.0.0.1", 0)) as mute:
        started = time.perf_counter()

        said = problem_of(fetch, f"https://127.0.0.1:{mute.getsockname()[1]}/chain")

        assert said in {"took too long", "TimeoutError"}
        assert time.perf_counter() - started < 2


def test_one_download_too_many_is_refused_at_once(served: Served) -> None:
    fetch = HttpsFetch(served.roots, deadline=timedelta(seconds=5), at_once=1)
    other = threading.Thread(target=problem_of, args=(fetch, served.url("silent")))
    other.start()
    assert served.server.is_asked.wait(5)

    said = problem_of(fetch, served.url("chain"))

    served.server.left.set()
    other.join()
    assert said == "too many downloads at once"


def test_a_machine_that_has_no_thread_left_refuses_and_recovers(served: Served) -> None:
    fetch = HttpsFetch(served.roots, at_once=1)
    usual = threading.stack_size(1 << 46)  # no machine has that much room for a thread
    try:
        said = problem_of(fetch, served.url("chain"))
    finally:
        threading.stack_size(usual)

    assert said == "no thread to download with"
    assert fetch(served.url("chain")) == b"chain"


def test_a_server_with_a_certificate_of_nobodys_is_refused(served: Served) -> None:
    fetch = HttpsFetch(None)

    said = problem_of(fetch, served.url("chain"))

    assert said == "SSLCertVerificationError"
    assert served.server.asked == []


def test_a_server_with_a_certificate_for_another_name_is_refused(served: Served) -> None:
    fetch = HttpsFetch(served.roots)

    said = problem_of(fetch, served.url("chain").replace("127.0.0.1", "localhost"))

    assert said == "SSLCertVerificationError"
    assert served.server.asked == []


def test_a_port_at_which_nobody_listens_is_refused(identity: tuple[Path, Path]) -> None:
    _, roots = identity
    with create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    fetch = HttpsFetch(roots)

    said = problem_of(fetch, f"https://127.0.0.1:{port}/chain")

    assert said == "ConnectionRefusedError"


@pytest.mark.parametrize(
    ("url", "problem"),
    (
        pytest.param("http://127.0.0.1/chain", "not an https address", id="not encrypted"),
        pytest.param("file:///etc/hostname", "not an https address", id="a file"),
        pytest.param("/chain", "not an https address", id="no host"),
        pytest.param("", "not an https address", id="nothing"),
        pytest.param("https://127.0.0.1:port/chain", "not an address", id="port that is no number"),
        pytest.param("https://[127.0.0.1/chain", "not an address", id="bracket left open"),
        pytest.param("https://127.0.0.1 /chain", "not an address", id="blank in the host"),
    ),
)
def test_what_is_no_https_address_is_refused(identity: tuple[Path, Path], url: str, problem: str) -> None:
    _, roots = identity
    fetch = HttpsFetch(roots)

    said = problem_of(fetch, url)

    assert said == problem


@pytest.mark.parametrize(
    "content",
    (
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"no roots here", id="not PEM"),
    ),
)
def test_a_file_of_roots_that_cannot_be_used_is_refused_when_it_is_named(
    tmp_path: Path, content: bytes | None
) -> None:
    store = tmp_path / "roots.pem"
    if content is not None:
        store.write_bytes(content)

    with pytest.raises(InvalidError) as caught:
        HttpsFetch(store)

    assert caught.value.field == "alexa_trust_store"
