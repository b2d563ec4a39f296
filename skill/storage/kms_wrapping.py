"""How AWS KMS encrypts the deployment's and the branch keys. Its own key never leaves it.

A wrapped key, byte by byte::

    version         1 byte, 2
    wrapping key    8 bytes that name it: SHA-256 of its id, the same in every region it is copied to
    org             1 byte of length, then ASCII
    ciphertext      as KMS gave it

    bound    = the encryption context: app "dosekeeper/1", kind, owner, org

What botocore logs about a call, the opened key included, is written by ``skill.logs`` as the place of
the line alone, at every level.
"""

import hashlib
import hmac
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from skill.errors import DamagedError, DoseKeeperError, KeyUnavailableError, StoreDownError
from skill.storage.key_wrapping import KeyPlace, org_in
from skill.storage.sealing import CONSTANT, KEY_BYTES

_VERSION = 2
_NAME_BYTES = 8
_MOST_CIPHERTEXT = 6144  # bytes; KMS takes no more
# What stays so until somebody sees to it; everything else is an outage.
_REFUSED = {
    "IncorrectKeyException": "wrapped by another key",
    "NotFoundException": "there is no such KMS key",
    "ValidationException": "there is no such KMS key",
    "DisabledException": "the KMS key is switched off",
    "KMSInvalidStateException": "the KMS key is about to be deleted, or has no material",
    "InvalidKeyUsageException": "the KMS key is not for encryption",
    "AccessDeniedException": "KMS does not let us use the key",
}


class KmsWrapper:
    """Wraps with the symmetric KMS key named ``key``: id, ARN or alias.

    ``client``: botocore's, whose time-outs bound every call. Both methods raise ``StoreDownError``
    while KMS does not answer or asks for patience, and ``KeyUnavailableError`` when its key may not,
    or can no longer, be used.
    """

    def __init__(self, client: Any, key: str) -> None:  # noqa: ANN401 - botocore's
        self._client = client
        self._key = key

    def wrap(self, material: bytes, place: KeyPlace) -> bytes:
        try:
            answer = self._client.encrypt(
                KeyId=self._key, Plaintext=material, EncryptionContext=_bound(place)
            )
        except (ClientError, BotoCoreError) as error:
            raise _meaning(error, place) from error
        org = place.org.encode()
        header = bytes((_VERSION,)) + _name(answer["KeyId"]) + bytes((len(org),)) + org
        return header + bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, place: KeyPlace) -> bytes:
        if wrapped[:1] != bytes((_VERSION,)):
            raise KeyUnavailableError(reason="not wrapped by KMS", key_id=place.key_id)
        ciphertext = wrapped[1 + _NAME_BYTES + 1 + len(place.org) :]
        if org_in(wrapped, place.key_id) != place.org or not 0 < len(ciphertext) <= _MOST_CIPHERTEXT:
            raise _changed(place)
        try:
            answer = self._client.decrypt(
                KeyId=self._key, CiphertextBlob=ciphertext, EncryptionContext=_bound(place)
            )
        except (ClientError, BotoCoreError) as error:
            raise _meaning(error, place) from error
        named = hmac.compare_digest(_name(answer["KeyId"]), wrapped[1 : 1 + _NAME_BYTES])
        if not named or len(answer["Plaintext"]) != KEY_BYTES:
            raise _changed(place)
        return bytes(answer["Plaintext"])


def _name(arn: str) -> bytes:
    return hashlib.sha256(arn.rpartition("/")[2].encode()).digest()[:_NAME_BYTES]


def _bound(place: KeyPlace) -> dict[str, str]:
    return {"app": CONSTANT.decode(), "kind": place.kind.value, "owner": place.owner, "org": place.org}


def _meaning(error: ClientError | BotoCoreError, place: KeyPlace) -> DoseKeeperError:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code == "InvalidCiphertextException":
        return _changed(place)
    if code in _REFUSED:
        return KeyUnavailableError(reason=_REFUSED[code], key_id=place.key_id)
    return StoreDownError(reason="KMS does not answer", code=code or type(error).__name__)


def _changed(place: KeyPlace) -> DamagedError:
    return DamagedError(reason="a wrapped key was changed or moved", key_id=place.key_id)
