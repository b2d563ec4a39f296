"""Downloads a certificate chain, within hard limits of time, size and number."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import certifi

from skill.errors import DoseKeeperError, InvalidError
from skill.web.alexa_chain import MOST_CHAIN_BYTES


class ChainFetchError(DoseKeeperError):
    """The chain could not be downloaded; ``problem`` says why, without the address."""

    key = "error.chain_fetch"

    def __init__(self, problem: str) -> None:
        super().__init__(problem=problem)


class Fetch(Protocol):
    def __call__(self, url: str, /) -> bytes:
        """What lies at ``url``; at most 64 KB, within seconds, no redirect followed.

        Raises ``ChainFetchError`` and nothing else. Called from several threads at once.
        """


class HttpsFetch:
    """``Fetch`` over TLS, trusting the roots in ``pem_path`` (``None``: those of ``certifi``).

    ``deadline`` bounds the whole call, name look-up and slow drips included. At most ``at_once``
    downloads run together and the next is refused, so that a flood of forged addresses cannot
    hold every thread of the server. Only a plain 200 counts; proxies are not used. Building it
    raises ``InvalidError`` when ``pem_path`` holds no roots.
    """

    def __init__(
        self, pem_path: Path | None, *, deadline: timedelta = timedelta(seconds=3), at_once: int = 4
    ) -> None:
        try:
            self._trust = ssl.create_default_context(cafile=pem_path or certifi.where())
        except OSError as error:
            raise InvalidError("alexa_trust_store", "cannot be read as certificates in PEM form") from error
        self._deadline = deadline.total_seconds()
        self._slots = threading.BoundedSemaphore(at_once)

    def __call__(self, url: str, /) -> bytes:
        connection, path = self._connection(url)
        if not self._slots.acquire(blocking=False):
            raise ChainFetchError("too many downloads at once")
        download = _Download(connection, path, self._slots.release)
        try:
            threading.Thread(target=download.run, name="alexa-chain-fetch", daemon=True).start()
        except RuntimeError as error:
            self._slots.release()
            raise ChainFetchError("no thread to download with") from error
        return download.result(within=self._deadline)

    def _connection(self, url: str) -> tuple[http.client.HTTPSConnection, str]:
        try:
            parts = urlsplit(url)
            host = parts.hostname if parts.scheme == "https" else None
            connection = http.client.HTTPSConnection(
                host or "", parts.port, timeout=self._deadline, context=self._trust
            )
        except (ValueError, http.client.HTTPException) as error:
            raise ChainFetchError("not an address") from error
        if not host:
            raise ChainFetchError("not an https address")
        return connection, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class _Download:
    """One attempt, on a thread of its own so that nothing in it can outlast the caller's patience."""

    def __init__(
        self, connection: http.client.HTTPSConnection, path: str, when_over: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._path = path
        self._when_over = when_over
        self._answer: Future[bytes] = Future()
        self._abandoned = threading.Event()
        self._line: socket.socket | None = None

    def run(self) -> None:
        try:
            try:
                body = self._get()
            finally:
                self._connection.close()
                self._when_over()
        except ChainFetchError as error:
            self._answer.set_exception(error)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._answer.set_exception(ChainFetchError(type(error).__name__))
        else:
            self._answer.set_result(body)

    def result(self, *, within: float) -> bytes:
        try:
            return self._answer.result(timeout=within)
        except TimeoutError:
            self._abandoned.set()
            self._cut_if_abandoned()
            raise ChainFetchError("took too long") from None

    def _get(self) -> bytes:
        self._connection.connect()
        self._line = self._connection.sock  # the connection lets go of it before the body is read
        self._cut_if_abandoned()
        self._connection.request("GET", self._path, headers={"Connection": "close"})
        with self._connection.getresponse() as response:
            if response.status != http.client.OK:
                raise ChainFetchError(f"answered {response.status}")
            body = response.read(MOST_CHAIN_BYTES + 1)
        if len(body) > MOST_CHAIN_BYTES:
            raise ChainFetchError("larger than 64 KB")
        return body

    def _cut_if_abandoned(self) -> None:
        """Cut the line, so that a server that drips does not keep the thread and its slot.

        Asked from both sides, whichever comes last: the line is up, or the caller has left.
        """
        if self._abandoned.is_set() and self._line is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)
