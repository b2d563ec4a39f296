"""Checks that a request to ``POST /alexa`` comes from Alexa and was not changed on the way.

Rules: "Host a Custom Skill as a Web Service", developer.amazon.com, read more strictly wherever a
genuine request cannot tell the difference. What the body says (time, skill, form) is read
afterwards, by ``skill.voice.envelope``.
"""

import base64
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import Store

from skill.clock import Clock
from skill.errors import InvalidError
from skill.voice.strict_json import MOST_BODY_BYTES
from skill.web.alexa_chain import Signer, signer_of
from skill.web.alexa_fetch import ChainFetchError, Fetch
from skill.web.alexa_forgery import ForgedRequestError, Forgery

_MOST_URL = 512
_MOST_SIGNATURE = 1400  # base64 of 8192 bits is 1368
_MOST_SIGNERS = 32
_URL = re.compile(r"https://s3\.amazonaws\.com(?::443)?(/[a-z0-9._~/-]*)", re.ASCII | re.IGNORECASE)


class Verifier:
    """Trusts ``roots``, downloads chains with ``fetch``, reads the time from ``clock``. Thread-safe."""

    def __init__(self, roots: Sequence[x509.Certificate], fetch: Fetch, clock: Clock) -> None:
        if not roots:
            raise InvalidError("roots", "at least one root must be trusted")
        self._signers = _Signers(Store(list(roots)), fetch)
        self._clock = clock

    def verify(self, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """Return if ``body`` is, byte for byte, what Alexa signed; else raise ``ForgedRequestError``.

        ``headers`` are all pairs of the request, names in any case. Nothing is downloaded before
        size, headers and address are in order, and then only from Amazon's folder.
        """
        if len(body) > MOST_BODY_BYTES:
            raise ForgedRequestError(Forgery.BODY_TOO_LARGE)
        pairs = [(name.lower(), value) for name, value in headers]
        url = _only(pairs, "signaturecertchainurl", most=_MOST_URL)
        signature = _decoded(_only(pairs, "signature-256", most=_MOST_SIGNATURE))
        signer = self._signers.at(chain_url(url), self._clock.now())
        try:
            signer.key.verify(signature, body, PKCS1v15(), SHA256())
        except InvalidSignature as error:
            raise ForgedRequestError(Forgery.SIGNATURE) from error


def chain_url(header: str) -> str:
    """The address to download from, in one spelling, whatever the spelling in the header.

    Only plain characters are allowed; dot segments are resolved as in RFC 3986, 5.2.4, and the
    path must then name something below ``/echo.api/``. Anything else is ``Forgery.URL``.
    """
    match = _URL.fullmatch(header)
    if match is None:
        raise ForgedRequestError(Forgery.URL)
    segments = match.group(1)[1:].split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if len(kept) < 2 or kept[0] != "echo.api" or "" in kept or segments[-1] in {".", ".."}:
        raise ForgedRequestError(Forgery.URL)
    return f"https://s3.amazonaws.com/{'/'.join(kept)}"


class _Signers:
    """The last signers that were found genuine, by address; failures are not kept.

    One download per address at a time: who asks meanwhile waits for it and shares its outcome.
    """

    def __init__(self, roots: Store, fetch: Fetch) -> None:
        self._roots = roots
        self._fetch = fetch
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Signer] = OrderedDict()
        self._under_way: dict[str, Future[Signer]] = {}

    def at(self, url: str, now: datetime) -> Signer:
        """The signer whose chain lies at ``url``, in date at ``now``."""
        with self._lock:
            known = self._known.get(url)
            if known is not None and known.holds(now):
                self._known.move_to_end(url)
                return known
            mine: Future[Signer] = Future()
            under_way = self._under_way.setdefault(url, mine)
        return self._find(url, now, mine) if under_way is mine else under_way.result()

    def _find(self, url: str, now: datetime, found: Future[Signer]) -> Signer:
        try:
            signer = self._download(url, now)
        except BaseException as error:
            self._settle(url, None)
            found.set_exception(error)
            raise
        self._settle(url, signer)
        found.set_result(signer)
        return signer

    def _download(self, url: str, now: datetime) -> Signer:
        try:
            chain = self._fetch(url)
        except ChainFetchError as error:
            raise ForgedRequestError(Forgery.FETCH) from error
        return signer_of(chain, self._roots, now)

    def _settle(self, url: str, signer: Signer | None) -> None:
        with self._lock:
            del self._under_way[url]
            self._known.pop(url, None)
            if signer is not None:
                self._known[url] = signer
                if len(self._known) > _MOST_SIGNERS:
                    self._known.popitem(last=False)


def _only(pairs: Sequence[tuple[str, str]], name: str, *, most: int) -> str:
    values = [value for other, value in pairs if other == name]
    if len(values) != 1 or not 1 <= len(values[0]) <= most:
        raise ForgedRequestError(Forgery.HEADERS)
    return values[0]


def _decoded(signature: str) -> bytes:
    """The bytes of ``signature``, which must be their one spelling in base64."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError as error:
        raise ForgedRequestError(Forgery.HEADERS) from error
    if base64.b64encode(raw).decode("ascii") != signature:
        raise ForgedRequestError(Forgery.HEADERS)
    return raw
