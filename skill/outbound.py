"""The one HTTP client, and signatures of webhooks after Standard Webhooks 1.0.

An exchange ends within its time-out whatever the other side does, and in one of three ways: an
answer, ``UnreachableError`` (certainly not sent) or ``UnknownOutcomeError`` (perhaps carried out). It
follows no redirect, uses no proxy, keeps no connection, and speaks plain HTTP to this machine only.
"""

import base64
import binascii
import functools
import hashlib
import hmac
import http.client
import io
import queue
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import certifi
from msgspec import Struct

from skill.clock import SystemClock
from skill.errors import DoseKeeperError, InvalidError, RefusedError

if TYPE_CHECKING:
    from typing_extensions import Buffer

TOLERANCE = timedelta(seconds=300)  # Standard Webhooks: how far a signed moment may lie from ours
LEAST_SECRET = 24  # bytes; Standard Webhooks
_MOST_SIGNATURES = 8
LookUp = Callable[[str], Sequence[str]]

_AT_ONCE = 65_536
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_/:+=-]{1,256}")  # no full stop: it parts the signed text
_SECONDS = re.compile(r"[0-9]{1,11}")


class UnreachableError(DoseKeeperError):
    """The request certainly never left: no such host, refused, no trusted connection, no time."""


class UnknownOutcomeError(DoseKeeperError):
    """The request may have been carried out: silence, a reset, or an answer not read to its end."""


class BadSignatureError(RefusedError):
    """A webhook is unsigned, malformed, out of its time or signed with another secret."""


class Answer(Struct, frozen=True, kw_only=True):
    """What came back, whole. ``headers`` have lower-case names; of a repeated one the last stands."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float,
    most_bytes: int,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """Send ``body`` to ``url`` and return the answer, whatever its status.

    ``timeout``: seconds for everything together. ``most_bytes``: a longer answer is an unknown
    outcome. ``trust``: from ``trust_in``; None stands for the roots of certifi. ``InvalidError`` for
    a URL or header that cannot be sent.
    """
    target = _target(url, headers)
    return _exchange("POST", target, body, _Deadline(timeout), most_bytes, trust)


def get(
    url: str,
    *,
    headers: Mapping[str, str],
    timeout: float,
    most_bytes: int,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """Fetch ``url``; everything else as for ``post``."""
    target = _target(url, headers)
    return _exchange("GET", target, None, _Deadline(timeout), most_bytes, trust)


@functools.cache
def trust_in(roots: Path | None) -> ssl.SSLContext:
    """Trust in the root certificates of a PEM file, or in certifi's; TLS 1.2 or later."""
    try:
        context = ssl.create_default_context(cafile=str(roots or certifi.where()))
    except OSError as error:
        raise InvalidError("trust_roots", "is not a readable file of PEM certificates") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Target(Struct, frozen=True, kw_only=True):
    secure: bool
    host: str
    port: int
    path: str
    headers: Mapping[str, str]


class _Deadline:
    """The end of one exchange, by the machine's own clock: sockets know no other."""

    def __init__(self, seconds: float) -> None:
        self._clock = SystemClock()
        self._end = self._clock.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left, more than 0; ``TimeoutError`` when there are none."""
        left = self._end - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _target(url: str, headers: Mapping[str, str]) -> _Target:
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise InvalidError("url", "is not an address") from error
    written = parts.netloc if port is None else parts.netloc.rpartition(":")[0]
    if not _VISIBLE.fullmatch(url) or not _HOST.fullmatch(written) or parts.fragment:
        raise InvalidError("url", "must name a host, without blanks, user name or fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(host)):
        raise InvalidError("url", "must begin with https:// (http:// only on this machine)")
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise InvalidError("headers", "must be plain letters on one line")
    secure = parts.scheme == "https"
    return _Target(
        secure=secure,
        host=host,
        port=port or (443 if secure else 80),
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        headers={**headers, "Host": parts.netloc},
    )


def is_this_machine(host: str) -> bool:
    """Whether ``host`` is ``localhost`` or a loopback address, without asking anybody."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _exchange(
    method: str,
    target: _Target,
    body: bytes | None,
    deadline: _Deadline,
    most_bytes: int,
    trust: ssl.SSLContext | None,
) -> Answer:
    try:
        connected = _connect(target, deadline, trust)
    except OSError as error:
        raise UnreachableError(cause=type(error).__name__) from error
    with connected:
        line = _Line(connected, deadline)
        talk = http.client.HTTPConnection(target.host, target.port)
        talk.sock = cast("socket.socket", line)
        try:
            talk.request(method, target.path, body, target.headers)
            response = talk.getresponse()
            line.in_the_head = False
            return _answer(response, most_bytes)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UnknownOutcomeError(cause=type(error).__name__) from error


def _answer(response: http.client.HTTPResponse, most_bytes: int) -> Answer:
    body = response.read(most_bytes + 1)
    if len(body) > most_bytes or response.length:
        raise UnknownOutcomeError(cause="too long" if len(body) > most_bytes else "cut short")
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(status=response.status, body=body, headers=headers)


def _connect(target: _Target, deadline: _Deadline, trust: ssl.SSLContext | None) -> socket.socket:
    """A connection to the first address that answers; each gets its share of what time is left."""
    addresses = addresses_of(target.host, seconds=deadline.left())
    failed: OSError = OSError("no address")
    for tried, address in enumerate(addresses):
        try:
            share = deadline.left() / (len(addresses) - tried)
            plain = socket.create_connection((address, target.port), timeout=share)
            break
        except OSError as error:
            failed = error
    else:
        raise failed
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not target.secure:
            return plain
        plain.settimeout(deadline.left())
        context = trust or trust_in(None)
        return context.wrap_socket(plain, server_hostname=target.host, suppress_ragged_eofs=False)
    except BaseException:
        plain.close()
        raise


def _ask_the_system(host: str) -> Sequence[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def addresses_of(host: str, *, seconds: float, look_up: LookUp = _ask_the_system) -> Sequence[str]:
    """The addresses of ``host``, within ``seconds``; ``OSError`` when there are none in that time.

    The system's look-up knows no time-out, so it runs beside us and is left behind when it is late.
    """
    if host == "localhost":
        return ("127.0.0.1", "::1")
    try:
        return (str(ip_address(host)),)
    except ValueError:
        pass
    told: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            told.put(look_up(host))
        except (OSError, UnicodeError) as error:
            told.put(OSError(type(error).__name__))

    threading.Thread(target=ask, daemon=True, name="look-up").start()
    try:
        answer = told.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return tuple(dict.fromkeys(answer))


class _Line(io.RawIOBase):
    """A socket as ``http.client`` wants it, whose every wait ends with the deadline."""

    def __init__(self, connected: socket.socket, deadline: _Deadline) -> None:
        super().__init__()
        self.in_the_head = True
        self._socket = connected
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._socket.settimeout(self._deadline.left())
            rest = rest[self._socket.send(rest[:_AT_ONCE]) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, into: "Buffer") -> int:
        self._socket.settimeout(self._deadline.left())
        count = self._socket.recv_into(into)
        if not count and self.in_the_head:  # http.client would take half a head for a whole one
            raise ConnectionResetError
        return count

    def close(self) -> None:
        """Nothing: ``http.client`` calls this before it has read; the exchange closes the socket."""


def sign(secret: bytes, message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """The three headers that sign ``body``. ``message_id`` stays the same when a message is repeated."""
    if not _MESSAGE_ID.fullmatch(message_id):
        raise InvalidError("message_id", "is 1 to 256 letters without a full stop")
    stamp = str(int(moment.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(_digest(secret, message_id, stamp, body)).decode(),
    }


def verify(
    secrets: Sequence[bytes],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> str:
    """The id of a message that one of ``secrets`` has signed; keep it to know a repeat.

    ``headers``: names in any case. ``BadSignatureError`` for everything else, without a detail.
    """
    given = {name.lower(): value for name, value in headers.items()}
    message_id, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not _MESSAGE_ID.fullmatch(message_id) or not _SECONDS.fullmatch(stamp):
        raise BadSignatureError
    if abs(now - datetime.fromtimestamp(int(stamp), UTC)) > tolerance:
        raise BadSignatureError
    wanted = [_digest(secret, message_id, stamp, body) for secret in secrets]
    signatures = given.get("webhook-signature", "").split(" ", _MOST_SIGNATURES)[:_MOST_SIGNATURES]
    offered = [_offered(text) for text in signatures]
    if not any(hmac.compare_digest(one, other) for one in wanted for other in offered):
        raise BadSignatureError
    return message_id


def _digest(secret: bytes, message_id: str, stamp: str, body: bytes) -> bytes:
    if len(secret) < LEAST_SECRET:
        raise InvalidError("secret", "must have at least 24 bytes")
    return hmac.new(secret, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()


def _offered(text: str) -> bytes:
    version, _, encoded = text.partition(",")
    try:
        return base64.b64decode(encoded, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""
