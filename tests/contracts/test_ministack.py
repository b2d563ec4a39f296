"""The stand-in for AWS: on this machine alone, and gone with whoever started it."""

import os
import signal
import socket
import subprocess
import sys
import threading

from infra.stack.ministack import ROOT, MiniStack

STARTS_ONE = """
from tests.ministack import MiniStack
server = MiniStack()
print(server.port, flush=True)
input()
"""


def is_open(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def test_a_server_is_gone_when_it_was_stopped() -> None:
    server = MiniStack()
    answered = is_open(server.port)

    server.stop()
    server.stop()

    assert answered
    assert not is_open(server.port)
    assert not server.folder.exists()


def test_a_server_ends_with_whoever_started_it_even_when_that_one_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        port = int(starter.stdout.readline())
        answered = is_open(port)

        os.kill(starter.pid, signal.SIGKILL)
        starter.wait(timeout=10)

    polls, moment = 0, threading.Event()
    while is_open(port) and polls < 200:
        moment.wait(0.05)
        polls += 1
    assert answered
    assert not is_open(port)
