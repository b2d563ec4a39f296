"""What a certificate chain must be before its first key may speak for Alexa.

``cryptography.x509.verification`` builds the path to a root, checks its dates, and refuses weak
hashes and weak issuers. Measured on 50.0.2, it lets through a leaf of 1024 bits, a leaf on an
elliptic curve, a wildcard name and a file of 1,001 certificates: those are checked here.
"""

import re
import warnings
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from msgspec import Struct

from skill.errors import InvalidError
from skill.web.alexa_forgery import ForgedRequestError, Forgery

MOST_CHAIN_BYTES = 64 * 1024
_SIGNER = "echo-api.amazon.com"  # "Host a Custom Skill as a Web Service", developer.amazon.com
_MOST_CERTIFICATES = 8
_LEAST_RSA_BITS = 2048
_MOST_RSA_BITS = 8192  # a larger key only costs time
_PEM_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")
_UNREADABLE = (
    ValueError,
    CryptographyDeprecationWarning,  # where warnings are errors: what a later release will refuse
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


class Signer(Struct, frozen=True, kw_only=True):
    """A key that may speak for Alexa while every certificate on its path to a root is in date."""

    key: RSAPublicKey
    not_before: datetime
    not_after: datetime

    def holds(self, now: datetime) -> bool:
        return self.not_before <= now <= self.not_after


def load_roots(pem_path: Path | None) -> tuple[x509.Certificate, ...]:
    """The roots in a PEM file; ``None``: those of the ``certifi`` package.

    A block that this release cannot read is left out (certifi holds roots that break RFC 5280);
    ``InvalidError`` when the file cannot be read or no root is left.
    """
    try:
        text = Path(pem_path or certifi.where()).read_bytes()
    except OSError as error:
        raise InvalidError("alexa_trust_store", "cannot be read") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        found = [_root(block) for block in _PEM_BLOCK.findall(text)]
    roots = tuple(root for root in found if root is not None)
    if not roots:
        raise InvalidError("alexa_trust_store", "holds no certificate in PEM form")
    return roots


def signer_of(chain: bytes, roots: Store, now: datetime) -> Signer:
    """The key of the first certificate in ``chain``, once every rule of this module holds at ``now``.

    ``chain`` is the downloaded file. ``ForgedRequestError`` names the first rule that is broken.
    """
    leaf, *others = _certificates(chain)
    key = _checked_key(leaf)
    if _SIGNER not in _names(leaf):
        raise ForgedRequestError(Forgery.SIGNER_NAME)
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        raise ForgedRequestError(Forgery.SIGNER_DATES)
    path = _path(leaf, others, roots, now)
    return Signer(
        key=key,
        not_before=max(certificate.not_valid_before_utc for certificate in path),
        not_after=min(certificate.not_valid_after_utc for certificate in path),
    )


def _root(block: bytes) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(block)
    except _UNREADABLE:
        return None


def _certificates(chain: bytes) -> list[x509.Certificate]:
    if len(chain) > MOST_CHAIN_BYTES:
        raise ForgedRequestError(Forgery.CHAIN_FORM)
    try:
        certificates = x509.load_pem_x509_certificates(chain)
    except _UNREADABLE as error:
        raise ForgedRequestError(Forgery.CHAIN_FORM) from error
    if not 1 <= len(certificates) <= _MOST_CERTIFICATES:
        raise ForgedRequestError(Forgery.CHAIN_FORM)
    return certificates


def _checked_key(leaf: x509.Certificate) -> RSAPublicKey:
    try:
        key = leaf.public_key()
    except _UNREADABLE as error:
        raise ForgedRequestError(Forgery.SIGNER_KEY) from error
    if not isinstance(key, RSAPublicKey) or not _LEAST_RSA_BITS <= key.key_size <= _MOST_RSA_BITS:
        raise ForgedRequestError(Forgery.SIGNER_KEY)
    return key


def _names(leaf: x509.Certificate) -> list[str]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except _UNREADABLE as error:
        raise ForgedRequestError(Forgery.SIGNER_NAME) from error
    return names.get_values_for_type(x509.DNSName)


def _path(
    leaf: x509.Certificate, others: Sequence[x509.Certificate], roots: Store, now: datetime
) -> list[x509.Certificate]:
    policy = PolicyBuilder().store(roots).time(now)
    try:
        return policy.build_server_verifier(x509.DNSName(_SIGNER)).verify(leaf, list(others))
    except (VerificationError, *_UNREADABLE) as error:
        raise ForgedRequestError(Forgery.CHAIN_TRUST) from error
