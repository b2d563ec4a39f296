"""Lambda on this machine: a function of a bundle under the official runtime client, fed by a Runtime API.

The client is the very program that AWS starts (``awslambdaric``). It runs as a process that sees the standard
library, the unpacked bundle and itself, and no other package of this machine. The Runtime API on the other
side is a server on a free port of 127.0.0.1.
"""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any

PREFIX = "/2018-06-01/runtime"
CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")  # the client and what it needs
STARTS_WITHIN = ANSWERS_WITHIN = 60.0  # seconds; generous, since the machine is shared
REGION = "us-east-1"


class FunctionDiedError(Exception):
    """The process ended, or could not start; the text is what it wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the function said: its result, or with ``failed`` the client's report of an error.

    ``seconds``: from the moment the event was handed over until the answer had come.
    """

    body: Any
    failed: bool
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Invocation:
    request_id: str
    event: bytes


@dataclass(slots=True, kw_only=True)
class _Api:
    """What the client and its caller tell each other."""

    handed: "queue.Queue[_Invocation | None]" = field(default_factory=queue.Queue)
    answers: "queue.Queue[tuple[str, bool, bytes, float]]" = field(default_factory=queue.Queue)
    ready: threading.Event = field(default_factory=threading.Event)
    ready_at: float = 0.0
    handed_at: float = 0.0
    limit: float = ANSWERS_WITHIN


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer's head and body go out at once, not 40 ms apart
    api: _Api  # set by _door

    def handle(self) -> None:
        with suppress(ConnectionError):  # the client was ended while it waited
            super().handle()

    def do_GET(self) -> None:
        if self.path != f"{PREFIX}/invocation/next":
            self._say(404, b"{}")
            return
        if not self.api.ready.is_set():
            self.api.ready_at = time.perf_counter()
            self.api.ready.set()
        handed = self.api.handed.get()
        if handed is None:
            self.close_connection = True
            return
        deadline = int((time.time() + self.api.limit) * 1000)  # noqa: TID251 - the client's clock, not ours
        self.api.handed_at = time.perf_counter()
        self._say(
            200,
            handed.event,
            {
                "Lambda-Runtime-Aws-Request-Id": handed.request_id,
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{REGION}:000000000000:function:here",
                "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
            },
        )

    def do_POST(self) -> None:
        came_at = time.perf_counter()
        body = self._body()
        match self.path.removeprefix(f"{PREFIX}/").split("/"):
            case ["invocation", request_id, ("response" | "error") as kind]:
                self.api.answers.put((request_id, kind == "error", body, came_at))
                self._say(202, b'{"status":"OK"}')
            case ["init", "error"]:
                self._say(202, b'{"status":"OK"}')
            case _:
                self._say(404, b"{}")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _say(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing."""


@dataclass(slots=True, kw_only=True)
class Function:
    """A function that has been started. ``init_seconds``: from the process's start until it asks for work."""

    process: "subprocess.Popen[bytes]"
    log: Path
    init_seconds: float = 0.0
    _api: _Api
    _asked: int = 0

    def invoke(self, event: object) -> Answer:
        """The answer to one event; bytes go as they are, anything else as JSON."""
        self._asked += 1
        request_id = f"00000000-0000-4000-8000-{self._asked:012d}"
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        self._api.handed.put(_Invocation(request_id=request_id, event=body))
        for _ in range(int(self._api.limit * 20)):
            try:
                answered, failed, text, came_at = self._api.answers.get(timeout=0.05)
            except queue.Empty:
                self._check_alive()
                continue
            assert answered == request_id, "an answer to something else"
            return Answer(body=json.loads(text), failed=failed, seconds=came_at - self._api.handed_at)
        raise FunctionDiedError(f"no answer within {self._api.limit:g} s\n{self.written()}")

    def peak_kib(self) -> int:
        """The most memory that the process has held at once.

        Read from the kernel's account of this one program; ``ru_maxrss`` would count what the process
        that started it held before.
        """
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1])

    def mapped(self) -> set[str]:
        """The paths of all files that the process has mapped into its memory, such as compiled modules."""
        lines = Path(f"/proc/{self.process.pid}/maps").read_text(encoding="utf-8").splitlines()
        return {line[line.index("/") :] for line in lines if "/" in line}

    def written(self) -> str:
        """What it wrote to standard output and error: on AWS, its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_until_ready(self, since: float) -> None:
        for _ in range(int(STARTS_WITHIN * 50)):
            if self._api.ready.wait(0.02):
                self.init_seconds = self._api.ready_at - since
                return
            self._check_alive()
        raise FunctionDiedError(f"not ready within {STARTS_WITHIN:g} s\n{self.written()}")

    def _check_alive(self) -> None:
        if self.process.poll() is not None:
            raise FunctionDiedError(f"ended with {self.process.returncode}\n{self.written()}")


@contextmanager
def running(
    task: Path,
    handler: str,
    environ: Mapping[str, str],
    folder: Path,
    *,
    client: Path | None = None,
    limit: float = ANSWERS_WITHIN,
) -> Iterator[Function]:
    """``handler`` (``module.name``) of the unpacked bundle ``task``, ready for its first event.

    ``environ``: the function's variables, on top of those that Lambda sets. ``folder``: for the log, and for
    the client unless a ``client_folder`` is given. ``limit``: seconds for one answer. Ended at the end, by
    its own id.
    """
    client = client or client_folder(folder)
    api = _Api(limit=limit)
    with _door(api) as port, (folder / "function.log").open("wb") as log:
        asked = (sys.executable, "-S", "-s", "-P", "-m", "awslambdaric", handler)
        own = _environ(task, client, handler, port) | environ
        started = time.perf_counter()
        process = subprocess.Popen(asked, cwd=task, env=own, stdout=log, stderr=subprocess.STDOUT)
        function = Function(process=process, log=folder / "function.log", _api=api)
        try:
            function.wait_until_ready(started)
            yield function
        finally:
            process.kill()
            process.wait(30)


def client_folder(folder: Path) -> Path:
    """The official client with what it needs, and nothing else, copied into ``folder``."""
    to = folder / "client"
    for name in CLIENT:
        for file in metadata.files(name) or []:
            if file.parts[0] != ".." and not file.parts[0].endswith(".dist-info"):
                (to / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(Path(file.locate()), to / file)
    return to


def _environ(task: Path, client: Path, handler: str, port: int) -> dict[str, str]:
    """What Lambda sets ("Defined runtime environment variables", docs.aws.amazon.com); keys are made up."""
    return {
        "PATH": os.defpath,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": os.pathsep.join((str(task), str(client))),
        "PYTHONDONTWRITEBYTECODE": "1",  # the folder cannot be written to on Lambda
        "_HANDLER": handler,
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_LAMBDA_FUNCTION_NAME": "here",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/here",
        "AWS_LAMBDA_LOG_STREAM_NAME": "here",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "here",
        "AWS_SECRET_ACCESS_KEY": "here",
        "AWS_SESSION_TOKEN": "here",
        "AWS_EC2_METADATA_DISABLED": "true",
        "LAMBDA_TASK_ROOT": str(task),
        "LAMBDA_RUNTIME_DIR": str(client),
    }


@contextmanager
def _door(api: _Api) -> Iterator[int]:
    handler = type("Handler", (_Handler,), {"api": api})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            api.handed.put(None)
            server.shutdown()
            thread.join()
