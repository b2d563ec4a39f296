"""Tests stay on this machine: the guard of ``conftest`` hears of every socket."""

import http.client
import socket
from pathlib import Path

import pytest

from tests.conftest import is_on_this_machine


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::1%lo", True),
        ("localhost", True),
        (b"localhost", True),
        (None, True),
        ("", False),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("169.254.169.254", False),
        ("localhost.example.org", False),
        (b"example.org", False),
    ],
)
def test_only_loopback_is_on_this_machine(host: str | bytes | None, here: bool) -> None:
    assert is_on_this_machine(host) is here


def test_a_connection_to_elsewhere_is_refused_before_it_leaves() -> None:
    with socket.socket() as line, pytest.raises(RuntimeError, match="loopback addresses only"):
        line.connect(("192.0.2.1", 80))


def test_a_name_is_not_even_looked_up() -> None:
    with pytest.raises(RuntimeError, match=r"example\.org"):
        http.client.HTTPSConnection("example.org").connect()


def test_a_datagram_to_elsewhere_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as line, pytest.raises(RuntimeError, match="sendto"):
        line.sendto(b"x", ("192.0.2.1", 53))


def test_a_server_for_everybody_is_refused() -> None:
    with socket.socket() as line, pytest.raises(RuntimeError, match="bind"):
        line.bind(("0.0.0.0", 0))


def test_this_machine_may_be_spoken_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = socket.create_connection(listening.getsockname(), timeout=5)
        line.close()

    assert line.fileno() == -1


def test_a_socket_file_leads_nowhere_and_is_allowed(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(tmp_path / "s"))

    assert (tmp_path / "s").exists()
