"""A real server that stands in for AWS, on loopback alone, with nothing in it at first."""

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".ministack" / "bin" / "python"
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
            return subprocess.Popen(  # noqa: S603 - our own environment's Python, nothing from outside
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
