"""How one key is encrypted with another, for the shelf.

A wrapped key, byte by byte::

    version         1 byte, 1
    wrapping key    8 bytes that name it
    org             1 byte of length, then ASCII
    nonce           12 random bytes
    ciphertext      AES-256-GCM, with its tag of 16 bytes at the end

    bound    = all before the nonce, "dosekeeper/1", then kind, owner and org with their lengths
"""

import hmac
from enum import Enum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from skill.chance import Chance
from skill.errors import DamagedError, InvalidError, KeyUnavailableError
from skill.storage.sealing import CONSTANT, KEY_BYTES, Key

OTHER_KEY = "wrapped by another key"
_VERSION = 1
_NAME_BYTES = 8
_ORG_AT = 1 + _NAME_BYTES
_NONCE_BYTES = 12
_TAG_BYTES = 16
_WRAP = b"wrap"
_NAME = b"name"


class KeyKind(Enum):
    DEPLOYMENT = "deployment"  # seals what belongs to no patient
    INDEX = "index"  # blinds what is looked up
    BRANCH = "branch"  # wraps the patient keys of an org
    PATIENT = "patient"  # seals what belongs to a patient


class KeyPlace(Struct, frozen=True, kw_only=True):
    """What a key is for: kind, whose (an org, a patient, ``-``) and the org that it belongs to."""

    kind: KeyKind
    owner: str
    org: str

    def __post_init__(self) -> None:
        for field, text in (("owner", self.owner), ("org", self.org)):
            if not (0 < len(text) <= 200 and text.isascii() and text.isprintable()):
                raise InvalidError(field, "is 1 to 200 printable ASCII letters")

    @property
    def key_id(self) -> str:
        return f"{self.kind.value}/{self.owner}"


class Wrapper(Protocol):
    """Encrypts keys with a key that it keeps to itself. KMS is one; so is a key file."""

    def wrap(self, material: bytes, place: KeyPlace) -> bytes:
        """``material`` encrypted for ``place``; nothing else opens it."""

    def unwrap(self, wrapped: bytes, place: KeyPlace) -> bytes:
        """The material; ``KeyUnavailableError``: another key wrapped it; ``DamagedError``: it was changed."""


class LocalWrapper:
    """Wraps with AES-256-GCM under a key held in memory: the key file's, or a branch key."""

    def __init__(self, key: Key, chance: Chance) -> None:
        self._chance = chance
        self._cipher = AESGCM(key.derive(_WRAP)[:KEY_BYTES])
        self._name = key.derive(_NAME)[:_NAME_BYTES]

    def wrap(self, material: bytes, place: KeyPlace) -> bytes:
        org = place.org.encode()
        header = bytes((_VERSION,)) + self._name + bytes((len(org),)) + org
        nonce = self._chance.bytes(_NONCE_BYTES)
        return header + nonce + self._cipher.encrypt(nonce, material, header + _bound(place))

    def unwrap(self, wrapped: bytes, place: KeyPlace) -> bytes:
        header_ends = len(wrapped) - _NONCE_BYTES - KEY_BYTES - _TAG_BYTES
        if header_ends <= _ORG_AT or wrapped[0] != _VERSION:
            raise DamagedError(reason="a wrapped key is cut short or of an unknown form", key_id=place.key_id)
        if not hmac.compare_digest(wrapped[1 : 1 + _NAME_BYTES], self._name):
            raise KeyUnavailableError(reason=OTHER_KEY, key_id=place.key_id)
        header, nonce = wrapped[:header_ends], wrapped[header_ends : header_ends + _NONCE_BYTES]
        try:
            return self._cipher.decrypt(nonce, wrapped[header_ends + _NONCE_BYTES :], header + _bound(place))
        except InvalidTag as error:
            raise DamagedError(reason="a wrapped key was changed or moved", key_id=place.key_id) from error


class KeyFileWrapper(LocalWrapper):
    """Wraps with the 32 bytes of the key file."""

    def __init__(self, root: bytes, chance: Chance) -> None:
        super().__init__(Key("key_file", root), chance)


def org_in(wrapped: bytes, key_id: str) -> str:
    """The org that a wrapped key says it belongs to; true if it then opens under that org's branch key."""
    org = wrapped[_ORG_AT + 1 : _ORG_AT + 1 + wrapped[_ORG_AT]] if len(wrapped) > _ORG_AT else b""
    if not (org.isascii() and org.decode("ascii").isprintable() and org):
        raise DamagedError(reason="a wrapped key names no org", key_id=key_id)
    return org.decode("ascii")


def _bound(place: KeyPlace) -> bytes:
    parts = (place.kind.value.encode(), place.owner.encode(), place.org.encode())
    return CONSTANT + b"".join(len(part).to_bytes(2, "big") + part for part in parts)
