"""The HTTP client against servers that behave, stall, hang up and lie."""

import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from skill.clock import SystemClock
from skill.errors import InvalidError
from skill.outbound import (
    Answer,
    UnknownOutcomeError,
    UnreachableError,
    addresses_of,
    get,
    is_this_machine,
    post,
    trust_in,
)
from tests.servers import (
    Authority,
    Manner,
    a_secure_server,
    a_server,
    answering,
    deaf,
    dripping,
    echoing,
    hanging_up,
    heard,
    resetting,
    stalling,
)


def send(port: int, *, body: bytes = b"{}", timeout: float = 5, most_bytes: int = 1000) -> bytes:
    return post(
        f"http://127.0.0.1:{port}/hook?x=1", body=body, headers={}, timeout=timeout, most_bytes=most_bytes
    ).body


def fetch(port: int, authority: Authority) -> Answer:
    trust = trust_in(authority.roots)
    return get(f"https://localhost:{port}/", headers={}, timeout=5, most_bytes=1000, trust=trust)


def test_a_post_brings_its_body_and_headers_and_returns_the_answer() -> None:
    with a_server(echoing) as port:
        answer = post(
            f"http://127.0.0.1:{port}/hook?x=1",
            body=b'{"a":1}',
            headers={"Content-Type": "application/json"},
            timeout=5,
            most_bytes=1000,
        )

    lines = answer.body.split(b"\r\n")
    assert answer.status == 200
    assert lines[0] == b"POST /hook?x=1 HTTP/1.1"
    assert b"Host: 127.0.0.1:%d" % port in lines
    assert b"Content-Type: application/json" in lines
    assert b"Content-Length: 7" in lines
    assert lines[-1] == b'{"a":1}'


def test_a_get_has_no_body_and_header_names_come_back_in_lower_case() -> None:
    reply = b"HTTP/1.1 200 OK\r\nX-Kind: plain\r\nContent-Length: 2\r\n\r\nhi"
    with a_server(answering(reply)) as port:
        answer = get(f"http://localhost:{port}", headers={}, timeout=5, most_bytes=2)

    assert answer.body == b"hi"
    assert answer.headers["x-kind"] == "plain"


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde", b"abcde"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nabcde", b"abcde"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
    ],
    ids=["chunked", "until it closes", "old server", "no content", "continue"],
)
def test_every_lawful_form_of_an_answer_is_read(reply: bytes, body: bytes) -> None:
    with a_server(answering(reply)) as port:
        assert send(port) == body


def test_a_refusal_is_an_answer_like_any_other() -> None:
    with a_server(answering(b"HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n")) as port:
        answer = post(f"http://127.0.0.1:{port}/", body=b"", headers={}, timeout=5, most_bytes=10)

    assert answer.status == 503
    assert answer.headers["retry-after"] == "5"


def test_a_redirect_is_not_followed() -> None:
    reply = b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"
    with a_server(answering(reply)) as port:
        answer = get(f"http://127.0.0.1:{port}/", headers={}, timeout=5, most_bytes=10)

    assert answer.status == 302
    assert answer.headers["location"] == "https://elsewhere.example/"


@pytest.mark.parametrize(
    "manner",
    [
        resetting,
        hanging_up,
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
        answering(b"HTTP/1.1 200 OK\r\nContent-Le"),
        answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
        answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n"),
        answering(b"this is not HTTP\r\n\r\n"),
        answering(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001),
        answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 50_000),
    ],
    ids=[
        "reset",
        "hung up",
        "half an answer",
        "half a head",
        "half a chunk",
        "no chunk size",
        "not HTTP",
        "too many headers",
        "a byte too long",
        "endless",
    ],
)
def test_after_the_request_has_left_every_failure_is_an_unknown_outcome(manner: Manner) -> None:
    with a_server(manner) as port, pytest.raises(UnknownOutcomeError):
        send(port)


@pytest.mark.parametrize("manner", [stalling, dripping], ids=["silent", "a byte now and then"])
def test_the_time_out_holds_for_the_whole_exchange(manner: Manner) -> None:
    clock = SystemClock()
    began = clock.monotonic()

    with a_server(manner) as port, pytest.raises(UnknownOutcomeError):
        send(port, timeout=0.4)

    assert 0.35 < clock.monotonic() - began < 3


def test_a_request_that_cannot_be_sent_to_its_end_is_an_unknown_outcome() -> None:
    with a_server(deaf) as port, pytest.raises(UnknownOutcomeError):
        send(port, body=b"x" * 20_000_000, timeout=0.5)


def test_nobody_listening_means_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(UnreachableError):
        send(port)


def test_an_error_names_no_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(UnreachableError) as caught:
        get(f"http://127.0.0.1:{port}/a/secret", headers={}, timeout=1, most_bytes=1)

    assert str(caught.value) == "error.unexpected cause=ConnectionRefusedError"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "http://127.0.0.1.example.org/",
        "http://10.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/hostname",
        "https://",
        "https:///path",
        "https://user@example.org/",
        "https://user:word@example.org/",
        "https://example.org/#part",
        "https://example.org:0x50/",
        "https://example.org:70000/",
        "https://exa mple.org/",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://exämple.org/",
        "https://-example.org/",
        "https://[::1/",
        "//example.org/",
        "",
    ],
)
def test_an_address_that_is_unsafe_or_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidError, match="field=url"):
        get(url, headers={}, timeout=1, most_bytes=1)


@pytest.mark.parametrize(
    "headers",
    [{"X-Note": "a\r\nX-Other: b"}, {"X Note": "a"}, {"X-Note": "snow \u2603"}],
    ids=["line end", "blank in the name", "beyond latin"],
)
def test_a_header_that_would_break_the_request_is_refused_before_it_leaves(headers: dict[str, str]) -> None:
    with a_server(echoing) as port, pytest.raises(InvalidError, match="headers"):
        get(f"http://127.0.0.1:{port}/", headers=headers, timeout=5, most_bytes=1000)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_this_machine_is_known_without_asking_anybody(host: str, here: bool) -> None:
    assert is_this_machine(host) is here


def test_a_look_up_that_hangs_ends_with_the_time_out() -> None:
    over = threading.Event()

    def slow(_host: str) -> Sequence[str]:
        over.wait(10)
        return ("127.0.0.1",)

    with pytest.raises(TimeoutError):
        addresses_of("slow.example.org", seconds=0.2, look_up=slow)
    over.set()


def test_a_host_that_nobody_knows_is_an_error_of_the_system() -> None:
    def unknown(_host: str) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    with pytest.raises(OSError, match="gaierror"):
        addresses_of("nowhere.example.org", seconds=5, look_up=unknown)


def test_an_address_is_named_once_and_in_the_order_of_the_look_up() -> None:
    found = addresses_of(
        "two.example.org", seconds=5, look_up=lambda _: ("192.0.2.7", "192.0.2.1", "192.0.2.7")
    )

    assert found == ("192.0.2.7", "192.0.2.1")


def test_a_trusted_server_is_spoken_to_securely(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    with a_secure_server(authority.server_for("localhost")) as port:
        answer = fetch(port, authority)

    assert answer.body.startswith(b"GET / HTTP/1.1\r\n")


def test_a_server_of_an_unknown_authority_hears_nothing(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    with a_secure_server(authority.server_for("localhost")) as port, pytest.raises(UnreachableError):
        get(f"https://localhost:{port}/", headers={}, timeout=5, most_bytes=1000)


def test_a_server_with_another_name_hears_nothing(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    with a_secure_server(authority.server_for("other.example.org")) as port, pytest.raises(UnreachableError):
        fetch(port, authority)


def test_a_server_that_does_not_speak_tls_hears_nothing() -> None:
    with a_server(answering(b"HTTP/1.1 200 OK\r\n\r\n")) as port, pytest.raises(UnreachableError):
        get(f"https://localhost:{port}/", headers={}, timeout=1, most_bytes=1000)


def test_an_answer_cut_off_under_tls_is_an_unknown_outcome(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    def cut(line: socket.socket, _over: threading.Event) -> None:
        heard(line)
        line.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf")

    with a_secure_server(authority.server_for("localhost"), cut) as port, pytest.raises(UnknownOutcomeError):
        fetch(port, authority)


def test_roots_that_are_not_certificates_are_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("not a certificate")

    with pytest.raises(InvalidError, match="trust_roots"):
        trust_in(wrong)
    with pytest.raises(InvalidError, match="trust_roots"):
        trust_in(tmp_path / "missing.pem")
