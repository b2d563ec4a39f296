"""Seals bodies so that each opens at its own place only.

A sealed body, byte by byte::

    version      1 byte, 1
    key id       1 byte of length, then ASCII
    salt         32 random bytes, new for every seal
    commitment   32 bytes
    ciphertext   AES-256-GCM, with its tag of 16 bytes at the end

    derived  = HKDF-SHA512(input = key, salt = "dosekeeper/1", info = "seal" 00 salt, 64 bytes)
    AES key  = derived[:32]        commitment = derived[32:]        nonce = 12 zero bytes
    bound    = version .. commitment, "dosekeeper/1", length and bytes of pk, length and bytes of sk

The nonce may stand still because no AES key is used twice: each comes from a salt of 256 bits drawn
for this one seal, so neither a counter nor a restored backup can make two bodies meet under one key.
The commitment fixes the key: GCM alone would let a crafted body open under two of them. The random
salt stands in HKDF's ``info``, so the first half of HKDF is done once a key and not once a body.
"""

import hashlib
import hmac
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from skill.chance import Chance
from skill.errors import DamagedError, InvalidError
from skill.service.ports import Place

CONSTANT = b"dosekeeper/1"  # also when the package or a table is renamed: old bodies must open
KEY_BYTES = 32

_VERSION = 1
_SALT_BYTES = 32
_COMMITMENT_BYTES = 32
_TAG_BYTES = 16
_NONCE = bytes(12)
_SHA512_BLOCK = 128  # bytes
_SEAL = b"seal\0"
_INNER_PAD, _OUTER_PAD = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))  # RFC 2104


class Key:
    """32 random bytes with an id. They are never used as they are: other keys are derived from them.

    ``repr`` shows the id alone. Sharing one between threads is fine.
    """

    __slots__ = ("_inner", "_outer", "header", "id")

    def __init__(self, key_id: str, material: bytes) -> None:
        if len(material) != KEY_BYTES:
            raise InvalidError("key", "is 32 bytes")
        if not (key_id.isascii() and 0 < len(key_id) < 256):
            raise InvalidError("key_id", "is 1 to 255 ASCII letters")
        self.id = key_id
        self.header = bytes((_VERSION, len(key_id))) + key_id.encode()
        extracted = hmac.digest(CONSTANT, material, "sha512").ljust(_SHA512_BLOCK, b"\0")
        self._inner = hashlib.sha512(extracted.translate(_INNER_PAD))
        self._outer = hashlib.sha512(extracted.translate(_OUTER_PAD))

    def derive(self, purpose: bytes) -> bytes:
        """64 bytes by HKDF-SHA512 (RFC 5869) with ``purpose`` as its info; equal for equal purposes.

        HMAC (RFC 2104) with its two padded blocks hashed once a key: a third of the time of ``hmac``.
        """
        inner = self._inner.copy()
        inner.update(purpose + b"\x01")
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()

    def __repr__(self) -> str:
        return f"Key({self.id})"


class Keys(Protocol):
    """Which key a partition is sealed under."""

    def key_of(self, pk: str) -> Key:
        """The key of ``pk``; ``KeyUnavailableError`` when there is none (any more)."""


class PatientSealer:
    """The one ``Sealer``: each patient's items under that patient's key, all others under the deployment's.

    ``open`` and ``seal`` raise ``KeyUnavailableError`` when the key was destroyed or cannot be had.
    """

    def __init__(self, keys: Keys, chance: Chance) -> None:
        self._keys = keys
        self._chance = chance

    def seal(self, body: bytes, place: Place) -> bytes:
        """``body`` sealed for ``place``: 82 bytes and the length of the key id longer."""
        key = self._keys.key_of(place.pk)
        salt = self._chance.bytes(_SALT_BYTES)
        derived = key.derive(_SEAL + salt)
        header = key.header + salt + derived[32:]
        return header + AESGCM(derived[:32]).encrypt(_NONCE, body, header + _bound(place))

    def open(self, sealed: bytes, place: Place) -> bytes:
        key = self._keys.key_of(place.pk)
        salt_at = len(key.header)
        commitment_at = salt_at + _SALT_BYTES
        header_ends = commitment_at + _COMMITMENT_BYTES
        if sealed[:salt_at] != key.header or len(sealed) < header_ends + _TAG_BYTES:
            raise DamagedError(reason=_why_not(sealed, key), pk=place.pk, sk=place.sk)
        derived = key.derive(_SEAL + sealed[salt_at:commitment_at])
        if not hmac.compare_digest(derived[32:], sealed[commitment_at:header_ends]):
            raise DamagedError(reason="sealed under another key", pk=place.pk, sk=place.sk)
        bound = sealed[:header_ends] + _bound(place)
        try:
            return AESGCM(derived[:32]).decrypt(_NONCE, sealed[header_ends:], bound)
        except InvalidTag as error:
            raise DamagedError(reason="changed, or moved here", pk=place.pk, sk=place.sk) from error


def _bound(place: Place) -> bytes:
    pk, sk = place.pk.encode(), place.sk.encode()
    return b"".join((CONSTANT, len(pk).to_bytes(2, "big"), pk, len(sk).to_bytes(2, "big"), sk))


def _why_not(sealed: bytes, key: Key) -> str:
    if len(sealed) < len(key.header) + _SALT_BYTES + _COMMITMENT_BYTES + _TAG_BYTES:
        return "cut short"
    if sealed[0] != _VERSION:
        return "sealed in a form that this release does not know"
    return "sealed under another key"
