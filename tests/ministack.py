"""A real server that stands in for AWS: started when first wanted, one a test process, on loopback alone."""

import atexit
import functools
import http.client
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.session import Session

from skill.aws import Aws
from skill.chance import SystemChance
from skill.storage.dynamo_tables import create_tables

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".ministack" / "bin" / "python"
REGION = "us-east-1"
_TRIES = 3  # the port found free may be taken before the server has it
_MOST_POLLS = 600  # of 50 ms

# It ends with whoever started it, however that one ends: then its standard input does.
_SERVE = """
import os, shutil, sys, threading

def follow():
    sys.stdin.read()
    shutil.rmtree(os.getcwd(), ignore_errors=True)
    os._exit(0)

threading.Thread(target=follow, daemon=True).start()
sys.argv = ["ministack"]
from ministack.app import main
main()
"""


class MiniStack:
    """A server of its own, with nothing in it. ``more``: settings of ministack, by their names."""

    def __init__(self, more: Mapping[str, str] | None = None) -> None:
        if not PYTHON.exists():
            raise RuntimeError(f"{PYTHON} is not there; this makes it: make ministack")
        self.folder = Path(tempfile.mkdtemp(prefix="ministack-"))
        self.log = self.folder / "log"
        for tries_left in reversed(range(_TRIES)):
            self.port = _a_free_port()
            self._process = self._start(more or {})
            if self._is_ready():
                return
            self._end()
            if not tries_left:
                said = self.log.read_text("utf-8", "replace")
                shutil.rmtree(self.folder)
                raise RuntimeError(f"ministack does not start: {said[-2000:]}")

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        """A second call does nothing."""
        self._end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, more: Mapping[str, str]) -> subprocess.Popen[bytes]:
        # Nothing of the environment here, and so no credentials, goes with it.
        settings = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "0",
            "S3_DATA_DIR": str(self.folder / "s3"),
            "LOG_LEVEL": "WARNING",
        }
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [str(PYTHON), "-c", _SERVE],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=settings | dict(more),
            )

    def _is_ready(self) -> bool:
        for _ in range(_MOST_POLLS):
            if _answers(self.port):
                return True
            try:
                self._process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
            return False
        return False

    def _end(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=10)


@functools.cache
def endpoint() -> str:
    """Where DynamoDB answers: what ``DOSEKEEPER_TEST_ENDPOINT`` names, else a ministack of this process.

    What is named is on this machine, as the guard of ``conftest`` wants it: another stand-in, or
    something that signs anew and passes on to a real table.
    """
    named = os.environ.get("DOSEKEEPER_TEST_ENDPOINT")
    if named:
        return named
    server = MiniStack()
    atexit.register(server.stop)
    return server.endpoint


@functools.cache
def session() -> Session:
    """A session with made-up credentials. Real ones are never looked for, whatever endpoint is named."""
    made = Session()
    made.set_credentials("test", "nobody's secret")
    return made


@functools.cache
def aws() -> Aws:
    """The way to it, with the clients that this process shares."""
    return Aws(region=REGION, endpoint=endpoint(), session=session())


@contextmanager
def fresh_tables(client: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - botocore's
    """Two empty tables that nobody else uses: of items, and of keys."""
    name = f"dosekeeper-{SystemChance().bytes(8).hex()}"
    tables = (name, f"{name}-keys")
    create_tables(client, *tables)
    try:
        yield tables
    finally:
        for table in tables:
            client.delete_table(TableName=table)


def _a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/_ministack/ready")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
