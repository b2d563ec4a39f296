"""A certificate authority for tests: it makes the chains that Amazon publishes, and forged ones.

All dates hang on ``NOON``, so that no test depends on the day on which it runs.
"""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from skill.web.alexa_fetch import ChainFetchError

NOON = datetime(2027, 5, 4, 12, tzinfo=UTC)
SIGNER = "echo-api.amazon.com"
CHAIN_URL = "https://s3.amazonaws.com/echo.api/echo-api-cert-14.pem"

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def a_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A certificate with its key, able to issue others."""

    certificate: x509.Certificate
    key: Key


def a_certificate(
    subject: str,
    key: Key,
    *,
    by: Authority | None,
    is_ca: bool = False,
    names: tuple[x509.GeneralName, ...] = (),
    not_before: datetime = NOON - timedelta(days=30),
    not_after: datetime = NOON + timedelta(days=30),
    path_length: int | None = None,
    purpose: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.SERVER_AUTH,
    digest: hashes.HashAlgorithm | None = None,
) -> x509.Certificate:
    """A certificate as the public authorities issue them; ``by=None``: self-signed."""
    issuer_key = by.key if by else key
    issuer = by.certificate.subject if by else _name(subject)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .add_extension(_usage(is_ca=is_ca), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if purpose and not is_ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return builder.sign(issuer_key, digest or hashes.SHA256())


def an_authority(subject: str, *, by: Authority | None, key: Key | None = None, **facts: object) -> Authority:
    key = key or a_key()
    return Authority(certificate=a_certificate(subject, key, by=by, is_ca=True, **facts), key=key)


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


@dataclass(frozen=True, kw_only=True)
class Pki:
    """Root, intermediate and the key of Alexa's signer."""

    root: Authority
    middle: Authority
    key: rsa.RSAPrivateKey

    @classmethod
    def made(cls) -> "Pki":
        root = an_authority("Test Root", by=None)
        return cls(root=root, middle=an_authority("Test Middle", by=root), key=a_key())

    def leaf(
        self,
        *names: str,
        key: Key | None = None,
        by: Authority | None = None,
        **facts: object,
    ) -> x509.Certificate:
        """The signer's certificate, for ``names`` (Alexa's own when none are given)."""
        alternative = tuple(x509.DNSName(name) for name in names or (SIGNER,))
        return a_certificate(SIGNER, key or self.key, by=by or self.middle, names=alternative, **facts)

    def chain(self) -> bytes:
        """The file as Amazon publishes it: signer first, root left out."""
        return pem(self.leaf(), self.middle.certificate)

    def signature(self, body: bytes, *, key: rsa.RSAPrivateKey | None = None) -> bytes:
        return (key or self.key).sign(body, padding.PKCS1v15(), hashes.SHA256())

    def headers(self, body: bytes, *, url: str = CHAIN_URL) -> list[tuple[str, str]]:
        """The headers of a genuine request, among those that every request has."""
        return [
            ("Content-Type", "application/json; charset=utf-8"),
            ("Signature", base64.b64encode(b"an old signature, by SHA-1").decode()),
            ("Signature-256", base64.b64encode(self.signature(body)).decode()),
            ("SignatureCertChainUrl", url),
            ("User-Agent", "Apache-HttpClient/4.5.x (Java/11)"),
        ]


@dataclass(kw_only=True)
class Bucket:
    """Amazon's folder of certificate chains. ``asked`` are the addresses in the order of asking."""

    files: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.files:
            raise ChainFetchError("answered 404")
        return self.files[url]


def _name(subject: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not is_ca,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )
