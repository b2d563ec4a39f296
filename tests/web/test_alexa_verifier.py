"""Forged requests are refused by the rule that they break; genuine ones pass, however they are spelt.

Rules: "Host a Custom Skill as a Web Service", developer.amazon.com. Every request here was signed
with a test authority; most of the refused ones are one byte or one field away from a genuine one.
"""

import base64
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from skill.clock import WoundClock
from skill.errors import InvalidError, RefusedError
from skill.web.alexa_fetch import ChainFetchError
from skill.web.alexa_forgery import ForgedRequestError, Forgery
from skill.web.alexa_verifier import Verifier, chain_url
from tests.voice.alexa_envelopes import an_intent_request, body_of
from tests.web.alexa_pki import (
    CHAIN_URL,
    NOON,
    SIGNER,
    Authority,
    Bucket,
    Pki,
    a_certificate,
    a_key,
    an_authority,
    pem,
)

BODY = body_of(an_intent_request())
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NAME_DATES_TRUST = (Forgery.SIGNER_NAME, Forgery.SIGNER_DATES, Forgery.CHAIN_TRUST)

Headers = list[tuple[str, str]]


@pytest.fixture(scope="session")
def pki() -> Pki:
    return Pki.made()


@pytest.fixture(scope="session")
def bucket(pki: Pki) -> Bucket:
    return Bucket(files={CHAIN_URL: pki.chain()})


@pytest.fixture(scope="session")
def verifier(pki: Pki, bucket: Bucket) -> Verifier:
    return Verifier([pki.root.certificate], bucket, WoundClock(NOON))


def refusal(verifier: Verifier, headers: Sequence[tuple[str, str]], body: bytes = BODY) -> Forgery:
    with pytest.raises(ForgedRequestError) as caught:
        verifier.verify(headers, body)
    return caught.value.reason


def with_header(headers: Headers, name: str, value: str) -> Headers:
    return [(other, value if other == name else kept) for other, kept in headers]


def with_signature(headers: Headers, signature: bytes) -> Headers:
    return with_header(headers, "Signature-256", base64.b64encode(signature).decode())


# ---------------------------------------------------------------------------------------- genuine


def test_a_genuine_request_passes(pki: Pki, verifier: Verifier) -> None:
    headers = pki.headers(BODY)

    answer = verifier.verify(headers, BODY)

    assert answer is None


def test_the_names_of_headers_may_be_in_any_case(pki: Pki, verifier: Verifier) -> None:
    headers = [(name.upper(), value) for name, value in pki.headers(BODY)]

    answer = verifier.verify(headers, BODY)

    assert answer is None


def test_a_genuine_body_that_is_not_text_passes_because_only_its_bytes_are_signed(
    pki: Pki, verifier: Verifier
) -> None:
    body = b"\xff\x00 not JSON"

    answer = verifier.verify(pki.headers(body), body)

    assert answer is None


@pytest.mark.parametrize(
    "url",
    (
        pytest.param("https://s3.amazonaws.com/echo.api/echo-api-cert-14.pem", id="plain"),
        pytest.param("https://s3.amazonaws.com:443/echo.api/echo-api-cert-14.pem", id="port named"),
        pytest.param("https://s3.amazonaws.com/echo.api/../echo.api/echo-api-cert-14.pem", id="up and down"),
        pytest.param("https://s3.amazonaws.com/../echo.api/echo-api-cert-14.pem", id="above the root"),
        pytest.param("https://s3.amazonaws.com/./echo.api/./echo-api-cert-14.pem", id="single dots"),
        pytest.param("https://s3.amazonaws.com/other/../echo.api/echo-api-cert-14.pem", id="from another"),
        pytest.param("https://S3.AmazonAWS.com/echo.api/echo-api-cert-14.pem", id="host in capitals"),
        pytest.param("HTTPS://s3.amazonaws.com/echo.api/echo-api-cert-14.pem", id="scheme in capitals"),
    ),
)
def test_every_spelling_of_amazons_address_leads_to_the_one_file(
    pki: Pki, verifier: Verifier, url: str
) -> None:
    headers = pki.headers(BODY, url=url)

    verifier.verify(headers, BODY)

    assert chain_url(url) == "https://s3.amazonaws.com/echo.api/echo-api-cert-14.pem"


def test_a_file_may_lie_deeper_in_amazons_folder() -> None:
    url = "https://s3.amazonaws.com/echo.api/2027/echo_api~cert.pem"

    spelt = chain_url(url)

    assert spelt == "https://s3.amazonaws.com/echo.api/2027/echo_api~cert.pem"


# ------------------------------------------------------------------------------------------- size


def test_a_body_of_128_kilobytes_passes_and_one_byte_more_is_refused(pki: Pki, verifier: Verifier) -> None:
    largest = b"x" * 131_072
    larger = largest + b"x"

    verifier.verify(pki.headers(largest), largest)

    assert refusal(verifier, pki.headers(larger), larger) is Forgery.BODY_TOO_LARGE


def test_nothing_is_downloaded_for_a_body_that_is_too_large(pki: Pki) -> None:
    bucket = Bucket(files={CHAIN_URL: pki.chain()})
    verifier = Verifier([pki.root.certificate], bucket, WoundClock(NOON))

    refusal(verifier, pki.headers(BODY), b"x" * 2_000_000)

    assert bucket.asked == []


# ---------------------------------------------------------------------------------------- headers


def only_old_signature(headers: Headers) -> Headers:
    return [pair for pair in headers if pair[0] != "Signature-256"]


def no_address(headers: Headers) -> Headers:
    return [pair for pair in headers if pair[0] != "SignatureCertChainUrl"]


def changed_signature(change: Callable[[str], str]) -> Callable[[Headers], Headers]:
    return lambda headers: [
        (name, change(value) if name == "Signature-256" else value) for name, value in headers
    ]


def renamed(old: str, new: str) -> Callable[[Headers], Headers]:
    return lambda headers: [(new if name == old else name, value) for name, value in headers]


@pytest.mark.parametrize(
    "forge",
    (
        pytest.param(lambda _: [], id="no headers at all"),
        pytest.param(only_old_signature, id="only the old signature"),
        pytest.param(no_address, id="no address"),
        pytest.param(lambda h: only_old_signature(no_address(h)), id="neither"),
        pytest.param(renamed("Signature-256", "Signature-25"), id="name of the signature cut short"),
        pytest.param(renamed("Signature-256", "Signature_256"), id="name of the signature with a low line"),
        pytest.param(renamed("SignatureCertChainUrl", "SignatureCertChainUr1"), id="name of the address off"),
        pytest.param(renamed("SignatureCertChainUrl", "SignatureCertChainUrl "), id="name with a blank"),
        pytest.param(lambda h: [*h, ("signature-256", h[2][1])], id="signature twice"),
        pytest.param(lambda h: [*h, ("SIGNATURECERTCHAINURL", CHAIN_URL)], id="address twice"),
        pytest.param(lambda h: with_header(h, "Signature-256", ""), id="empty signature"),
        pytest.param(lambda h: with_header(h, "SignatureCertChainUrl", ""), id="empty address"),
        pytest.param(lambda h: with_header(h, "Signature-256", "A" * 1404), id="signature too long"),
        pytest.param(
            lambda h: with_header(h, "SignatureCertChainUrl", CHAIN_URL + "/" + "a" * 500),
            id="address too long",
        ),
        pytest.param(changed_signature(lambda s: s[:-1]), id="signature without its padding"),
        pytest.param(changed_signature(lambda s: s + "="), id="signature with more padding"),
        pytest.param(changed_signature(lambda s: s + "\n"), id="signature with a line end"),
        pytest.param(changed_signature(lambda s: " " + s), id="signature with a blank in front"),
        pytest.param(changed_signature(lambda s: s[:9] + "!" + s[10:]), id="a letter outside base64"),
        pytest.param(changed_signature(lambda s: s[:9] + "-" + s[10:]), id="a letter of the other base64"),
        pytest.param(changed_signature(lambda s: s[:9] + "é" + s[10:]), id="a letter outside ASCII"),
        pytest.param(changed_signature(lambda s: f"{s},{s}"), id="two signatures joined by the server"),
        pytest.param(changed_signature(lambda s: s[:-3] + "/=="), id="spare bits that are not zero"),
    ),
)
def test_headers_that_alexa_would_not_send_are_refused(
    pki: Pki, verifier: Verifier, forge: Callable[[Headers], Headers]
) -> None:
    headers = forge(pki.headers(BODY))

    reason = refusal(verifier, headers)

    assert reason is Forgery.HEADERS


# ---------------------------------------------------------------------------------------- address


@pytest.mark.parametrize(
    "url",
    (
        pytest.param("http://s3.amazonaws.com/echo.api/echo-api-cert-14.pem", id="not encrypted"),
        pytest.param("https://notamazon.com/echo.api/echo-api-cert-14.pem", id="other host"),
        pytest.param("https://s3.amazonaws.com/EcHo.aPi/echo-api-cert-14.pem", id="folder in capitals"),
        pytest.param("https://s3.amazonaws.com/invalid.path/echo-api-cert-14.pem", id="other folder"),
        pytest.param("https://s3.amazonaws.com:563/echo.api/echo-api-cert-14.pem", id="other port"),
        pytest.param("https://s3.amazonaws.com:80/echo.api/echo-api-cert-14.pem", id="port eighty"),
        pytest.param("https://s3.amazonaws.com:4430/echo.api/echo-api-cert-14.pem", id="port one digit off"),
        pytest.param("https://s3.amazonaws.com:0443/echo.api/echo-api-cert-14.pem", id="port with a zero"),
        pytest.param("https://s3.amazonaws.com:/echo.api/echo-api-cert-14.pem", id="empty port"),
        pytest.param("ftp://s3.amazonaws.com/echo.api/echo-api-cert-14.pem", id="other scheme"),
        pytest.param("httpss://s3.amazonaws.com/echo.api/echo-api-cert-14.pem", id="scheme one letter off"),
        pytest.param(
            "http\u017f://s3.amazonaws.com/echo.api/echo-api-cert-14.pem", id="long s in the scheme"
        ),
        pytest.param("file:///echo.api/echo-api-cert-14.pem", id="a file"),
        pytest.param("//s3.amazonaws.com/echo.api/echo-api-cert-14.pem", id="no scheme"),
        pytest.param("https:/s3.amazonaws.com/echo.api/echo-api-cert-14.pem", id="one stroke"),
        pytest.param("https://s3.amazonaws.com./echo.api/echo-api-cert-14.pem", id="host with a dot behind"),
        pytest.param("https://s3.amazonaws.co/echo.api/echo-api-cert-14.pem", id="host cut short"),
        pytest.param("https://s3.amazonaws.com.evil.example/echo.api/c.pem", id="host with more behind"),
        pytest.param("https://evils3.amazonaws.com/echo.api/c.pem", id="host with more in front"),
        pytest.param("https://evil.s3.amazonaws.com/echo.api/c.pem", id="bucket of somebody"),
        pytest.param("https://s3-amazonaws.com/echo.api/echo-api-cert-14.pem", id="hyphen in the host"),
        pytest.param("https://s3xamazonaws.com/echo.api/echo-api-cert-14.pem", id="any letter for the dot"),
        pytest.param("https://\u017f3.amazonaws.com/echo.api/c.pem", id="long s in the host"),
        pytest.param("https://s3.amazonaws.com@evil.example/echo.api/c.pem", id="amazon as a user name"),
        pytest.param("https://user:word@s3.amazonaws.com/echo.api/c.pem", id="credentials"),
        pytest.param("https://@s3.amazonaws.com/echo.api/c.pem", id="empty credentials"),
        pytest.param("https://s3.amazonaws.com\\@evil.example/echo.api/c.pem", id="backslash in the host"),
        pytest.param("https://s3.amazonaws.com/echo.api\\..\\evil\\c.pem", id="backslash in the path"),
        pytest.param("https://s3.amazonaws.com/echo.api/c.pem#here", id="fragment"),
        pytest.param("https://s3.amazonaws.com/echo.api/c.pem?version=1", id="query"),
        pytest.param("https://s3.amazonaws.com/echo.api/../evil/c.pem", id="out of the folder"),
        pytest.param("https://s3.amazonaws.com/echo.api/%2e%2e/evil/c.pem", id="encoded dots"),
        pytest.param("https://s3.amazonaws.com/echo.api%2fc.pem", id="encoded stroke"),
        pytest.param("https://s3.amazonaws.com/echo%2eapi/c.pem", id="encoded dot in the folder"),
        pytest.param("https://s3.amazonaws.com/echo.api", id="folder without a file"),
        pytest.param("https://s3.amazonaws.com/echo.api/", id="folder with a stroke"),
        pytest.param("https://s3.amazonaws.com/echo.api/c.pem/..", id="back to the folder"),
        pytest.param("https://s3.amazonaws.com/echo.api/c.pem/.", id="single dot behind"),
        pytest.param("https://s3.amazonaws.com/echo.apix/c.pem", id="folder one letter off"),
        pytest.param("https://s3.amazonaws.com/echo-api/c.pem", id="hyphen in the folder"),
        pytest.param("https://s3.amazonaws.com//echo.api/c.pem", id="empty segment in front"),
        pytest.param("https://s3.amazonaws.com/echo.api//c.pem", id="empty segment inside"),
        pytest.param("https://s3.amazonaws.com", id="host alone"),
        pytest.param("https://s3.amazonaws.com/echo.api/c.pem ", id="blank behind"),
        pytest.param("https://s3.amazonaws.com/echo.api/c.pem\n", id="line end behind"),
        pytest.param("https://s3.amazonaws.com/echo.api/c.pem\x00", id="zero byte behind"),
        pytest.param("\thttps://s3.amazonaws.com/echo.api/c.pem", id="tab in front"),
        pytest.param("https://s3.ama\nzonaws.com/echo.api/c.pem", id="line end in the host"),
        pytest.param(f"{CHAIN_URL},{CHAIN_URL}", id="two addresses joined by the server"),
    ),
)
def test_an_address_that_amazon_would_not_use_is_refused_and_nothing_is_downloaded(
    pki: Pki, url: str
) -> None:
    bucket = Bucket(files={url: pki.chain()})
    verifier = Verifier([pki.root.certificate], bucket, WoundClock(NOON))

    reason = refusal(verifier, pki.headers(BODY, url=url))

    assert reason is Forgery.URL
    assert bucket.asked == []


@given(text=st.text(max_size=200) | st.text(alphabet="./echo.api%\\", max_size=40))
def test_any_text_as_an_address_is_refused_or_leads_into_amazons_folder(text: str) -> None:
    url = f"https://s3.amazonaws.com/echo.api/{text}"

    try:
        outcome = chain_url(url)
    except ForgedRequestError as error:
        outcome = error.reason.value

    assert outcome == "url" or outcome.startswith("https://s3.amazonaws.com/echo.api/")
    assert ".." not in outcome.split("/")


def test_a_file_that_cannot_be_downloaded_refuses_the_request(pki: Pki) -> None:
    bucket = Bucket(files={})
    verifier = Verifier([pki.root.certificate], bucket, WoundClock(NOON))

    reason = refusal(verifier, pki.headers(BODY))

    assert reason is Forgery.FETCH


# ------------------------------------------------------------------------------------------ chain


def tampered(certificate: x509.Certificate, old: bytes, new: bytes) -> bytes:
    """A PEM in which bytes of the certificate were exchanged after it was signed."""
    der = certificate.public_bytes(Encoding.DER)
    assert old in der
    text = base64.encodebytes(der.replace(old, new))
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"-----END CERTIFICATE-----\n"


def foreign_twin(pki: Pki) -> bytes:
    """The whole chain again, same names and keys of our own, under a root that nobody trusts."""
    root = an_authority("Test Root", by=None)
    middle = an_authority("Test Middle", by=root)
    return pem(pki.leaf(by=middle), middle.certificate, root.certificate)


def issued_by_a_signer(pki: Pki) -> bytes:
    holder = Authority(certificate=pki.leaf("shop.example"), key=pki.key)
    return pem(pki.leaf(by=holder), holder.certificate, pki.middle.certificate)


def too_many_in_a_row(pki: Pki) -> bytes:
    """An issuer that may have no issuers below it has one."""
    strict = an_authority("Strict", by=pki.root, key=pki.middle.key, path_length=0)
    below = an_authority("Below", by=strict, key=pki.middle.key)
    return pem(pki.leaf(by=below), below.certificate, strict.certificate)


def old_middle(pki: Pki) -> bytes:
    middle = an_authority("Test Middle", by=pki.root, key=pki.middle.key, not_after=NOON - SECOND)
    return pem(pki.leaf(by=middle), middle.certificate)


def short_middle(pki: Pki) -> bytes:
    middle = an_authority("Short Middle", by=pki.root, key=a_key(1024))
    return pem(pki.leaf(by=middle), middle.certificate)


def signer_that_is_an_authority(pki: Pki) -> bytes:
    names = (x509.DNSName(SIGNER),)
    return pem(a_certificate(SIGNER, pki.key, by=pki.middle, is_ca=True, names=names), pki.middle.certificate)


def only_a_common_name(pki: Pki) -> bytes:
    return pem(a_certificate(SIGNER, pki.key, by=pki.middle), pki.middle.certificate)


def name_of_another_kind(pki: Pki) -> bytes:
    names = (x509.UniformResourceIdentifier(SIGNER),)
    return pem(a_certificate(SIGNER, pki.key, by=pki.middle, names=names), pki.middle.certificate)


def key_of_an_unknown_kind(pki: Pki) -> bytes:
    rsa = bytes.fromhex("06092a864886f70d010101")
    return tampered(pki.leaf(), rsa, rsa[:-1] + b"\x7f") + pem(pki.middle.certificate)


def signed_with_one_bit_off(pki: Pki) -> bytes:
    leaf = pki.leaf()
    return tampered(leaf, leaf.signature, one_bit(leaf.signature, 0)) + pem(pki.middle.certificate)


def one_bit(signature: bytes, place: int) -> bytes:
    changed = bytearray(signature)
    changed[place] ^= 1
    return bytes(changed)


def behind(leaf: x509.Certificate, pki: Pki) -> bytes:
    return pem(leaf, pki.middle.certificate)


BAD_CHAINS = (
    pytest.param(lambda _: b"", Forgery.CHAIN_FORM, id="empty file"),
    pytest.param(lambda _: b"<html>Not found</html>", Forgery.CHAIN_FORM, id="a web page"),
    pytest.param(lambda p: p.leaf().public_bytes(Encoding.DER), Forgery.CHAIN_FORM, id="not PEM"),
    pytest.param(lambda p: p.chain()[:400], Forgery.CHAIN_FORM, id="cut short"),
    pytest.param(lambda p: p.chain().replace(b"-\nM", b"-\nB", 1), Forgery.CHAIN_FORM, id="first letter off"),
    pytest.param(
        lambda p: behind(p.leaf(), p) + pem(p.middle.certificate) * 7,
        Forgery.CHAIN_FORM,
        id="nine certificates",
    ),
    pytest.param(
        lambda p: p.chain() + pem(p.middle.certificate) * 999, Forgery.CHAIN_FORM, id="a thousand and one"
    ),
    pytest.param(lambda p: p.chain() + b"\n" * 65_536, Forgery.CHAIN_FORM, id="larger than it may be"),
    pytest.param(lambda p: behind(p.leaf(key=a_key(1024)), p), Forgery.SIGNER_KEY, id="key of 1024 bits"),
    pytest.param(lambda p: behind(p.leaf(key=a_key(2040)), p), Forgery.SIGNER_KEY, id="key a byte too short"),
    pytest.param(
        lambda p: behind(p.leaf(key=ec.generate_private_key(ec.SECP256R1())), p),
        Forgery.SIGNER_KEY,
        id="key on a curve",
    ),
    pytest.param(key_of_an_unknown_kind, Forgery.SIGNER_KEY, id="key of an unknown kind"),
    pytest.param(lambda p: behind(p.leaf("*.amazon.com"), p), Forgery.SIGNER_NAME, id="wildcard"),
    pytest.param(lambda p: behind(p.leaf("echo-api.amazon.co"), p), Forgery.SIGNER_NAME, id="letter less"),
    pytest.param(
        lambda p: behind(p.leaf("echo-api.amazon.com.br"), p), Forgery.SIGNER_NAME, id="more behind"
    ),
    pytest.param(
        lambda p: behind(p.leaf("an-echo-api.amazon.com"), p), Forgery.SIGNER_NAME, id="more in front"
    ),
    pytest.param(
        lambda p: behind(p.leaf("echo-api-amazon.com"), p), Forgery.SIGNER_NAME, id="hyphen for dot"
    ),
    pytest.param(lambda p: behind(p.leaf("amazon.com"), p), Forgery.SIGNER_NAME, id="the parent domain"),
    pytest.param(only_a_common_name, Forgery.SIGNER_NAME, id="common name only"),
    pytest.param(name_of_another_kind, Forgery.SIGNER_NAME, id="name of another kind"),
    pytest.param(lambda p: pem(p.middle.certificate, p.leaf()), Forgery.SIGNER_NAME, id="wrong order"),
    pytest.param(
        lambda p: behind(p.leaf(not_after=NOON - SECOND), p), Forgery.SIGNER_DATES, id="over for a second"
    ),
    pytest.param(
        lambda p: behind(p.leaf(not_before=NOON + SECOND), p), Forgery.SIGNER_DATES, id="a second too early"
    ),
    pytest.param(old_middle, Forgery.CHAIN_TRUST, id="middle over for a second"),
    pytest.param(short_middle, Forgery.CHAIN_TRUST, id="middle of 1024 bits"),
    pytest.param(lambda p: pem(p.leaf()), Forgery.CHAIN_TRUST, id="middle missing"),
    pytest.param(
        lambda p: pem(a_certificate(SIGNER, p.key, by=None, names=(x509.DNSName(SIGNER),))),
        Forgery.CHAIN_TRUST,
        id="signed by itself",
    ),
    pytest.param(foreign_twin, Forgery.CHAIN_TRUST, id="twin under a foreign root"),
    pytest.param(issued_by_a_signer, Forgery.CHAIN_TRUST, id="issued by what is no authority"),
    pytest.param(too_many_in_a_row, Forgery.CHAIN_TRUST, id="longer than an issuer allows"),
    pytest.param(signer_that_is_an_authority, Forgery.CHAIN_TRUST, id="signer that is an authority"),
    pytest.param(
        lambda p: behind(p.leaf(purpose=ExtendedKeyUsageOID.CLIENT_AUTH), p),
        Forgery.CHAIN_TRUST,
        id="for another purpose",
    ),
    pytest.param(
        lambda p: (
            tampered(p.leaf("echo-api.amazon.con"), b"echo-api.amazon.con", SIGNER.encode())
            + pem(p.middle.certificate)
        ),
        Forgery.CHAIN_TRUST,
        id="name changed by one letter after signing",
    ),
    pytest.param(signed_with_one_bit_off, Forgery.CHAIN_TRUST, id="a bit of its signature off"),
)


@pytest.mark.parametrize(("forge", "rule"), BAD_CHAINS)
def test_a_chain_that_does_not_make_the_signer_trustworthy_is_refused(
    pki: Pki, forge: Callable[[Pki], bytes], rule: Forgery
) -> None:
    bucket = Bucket(files={CHAIN_URL: forge(pki)})
    verifier = Verifier([pki.root.certificate], bucket, WoundClock(NOON))

    reason = refusal(verifier, pki.headers(BODY))

    assert reason is rule


def test_a_chain_under_a_root_that_has_run_out_is_refused(pki: Pki) -> None:
    over = an_authority("Test Root", by=None, key=pki.root.key, not_after=NOON - SECOND)
    verifier = Verifier([over.certificate], Bucket(files={CHAIN_URL: pki.chain()}), WoundClock(NOON))

    reason = refusal(verifier, pki.headers(BODY))

    assert reason is Forgery.CHAIN_TRUST


@pytest.mark.parametrize(
    "chain",
    (
        pytest.param(lambda p: pem(p.leaf(), p.middle.certificate, p.root.certificate), id="with the root"),
        pytest.param(lambda p: p.chain() + pem(p.middle.certificate) * 6, id="eight certificates"),
        pytest.param(lambda p: behind(p.leaf("api.example", SIGNER), p), id="second name"),
        pytest.param(lambda p: behind(p.leaf(not_before=NOON), p), id="valid from this very second"),
        pytest.param(lambda p: behind(p.leaf(not_after=NOON), p), id="valid to this very second"),
        pytest.param(lambda p: b"Alexa\n" + p.chain() + b"\n", id="with a line of text"),
        pytest.param(
            lambda p: p.chain() + pem(an_authority("Old Cross", by=None, not_after=NOON - DAY).certificate),
            id="with a spare that has run out",
        ),
        pytest.param(lambda p: pem(p.leaf(by=p.root)), id="issued by the root"),
    ),
)
def test_a_chain_may_be_published_in_several_shapes(pki: Pki, chain: Callable[[Pki], bytes]) -> None:
    verifier = Verifier([pki.root.certificate], Bucket(files={CHAIN_URL: chain(pki)}), WoundClock(NOON))

    answer = verifier.verify(pki.headers(BODY), BODY)

    assert answer is None


def test_a_key_of_3072_bits_passes(pki: Pki) -> None:
    key = a_key(3072)
    bucket = Bucket(files={CHAIN_URL: behind(pki.leaf(key=key), pki)})
    verifier = Verifier([pki.root.certificate], bucket, WoundClock(NOON))

    answer = verifier.verify(with_signature(pki.headers(BODY), pki.signature(BODY, key=key)), BODY)

    assert answer is None


@given(
    which=st.sampled_from(("signer", "middle")),
    place=st.integers(min_value=0),
    change=st.integers(min_value=1, max_value=255),
)
def test_any_signed_byte_of_a_certificate_changed_is_refused(
    pki: Pki, bucket: Bucket, which: str, place: int, change: int
) -> None:
    signer, middle = x509.load_pem_x509_certificates(bucket.files[CHAIN_URL])
    victim = signer if which == "signer" else middle
    signed = victim.tbs_certificate_bytes
    spoilt = bytearray(signed)
    spoilt[place % len(signed)] ^= change
    forged = tampered(victim, signed, bytes(spoilt))
    chain = forged + pem(middle) if which == "signer" else pem(signer) + forged
    verifier = Verifier([pki.root.certificate], Bucket(files={CHAIN_URL: chain}), WoundClock(NOON))

    reason = refusal(verifier, pki.headers(BODY))

    assert reason in {Forgery.CHAIN_FORM, Forgery.SIGNER_KEY, *NAME_DATES_TRUST}


@given(chain=st.binary(max_size=3000))
def test_any_bytes_in_the_place_of_a_chain_are_refused(pki: Pki, chain: bytes) -> None:
    framed = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(chain) + b"-----END CERTIFICATE-----\n"
    bare, in_a_frame = (
        Verifier([pki.root.certificate], Bucket(files={CHAIN_URL: file}), WoundClock(NOON))
        for file in (chain, framed)
    )

    reasons = [refusal(verifier, pki.headers(BODY)) for verifier in (bare, in_a_frame)]

    assert reasons == [Forgery.CHAIN_FORM, Forgery.CHAIN_FORM]


# -------------------------------------------------------------------------------------- signature


@pytest.mark.parametrize(
    "forge",
    (
        pytest.param(lambda p: one_bit(p.signature(BODY), 0), id="a bit of the first byte"),
        pytest.param(lambda p: one_bit(p.signature(BODY), 128), id="a bit in the middle"),
        pytest.param(lambda p: one_bit(p.signature(BODY), 255), id="a bit of the last byte"),
        pytest.param(lambda p: p.signature(BODY)[:-1], id="a byte less"),
        pytest.param(lambda p: p.signature(BODY) + b"\x00", id="a byte more"),
        pytest.param(lambda p: b"\x00" + p.signature(BODY), id="a zero in front"),
        pytest.param(lambda p: p.signature(BODY)[::-1], id="backwards"),
        pytest.param(lambda _: b"\x00" * 256, id="all zero"),
        pytest.param(lambda _: b"\xff" * 256, id="larger than the modulus"),
        pytest.param(lambda _: b"x", id="one byte"),
        pytest.param(lambda p: p.signature(BODY, key=p.middle.key), id="key of the issuer"),
        pytest.param(lambda p: p.key.sign(BODY, padding.PKCS1v15(), hashes.SHA512()), id="another digest"),
        pytest.param(
            lambda p: p.key.sign(BODY, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()),
            id="another padding",
        ),
        pytest.param(lambda p: p.signature(BODY + b"\n"), id="body with a line end"),
        pytest.param(lambda p: p.signature(BODY.replace(b": ", b":")), id="same JSON, other bytes"),
        pytest.param(lambda p: p.signature(BODY.replace(b"0001", b"0002", 1)), id="another session"),
        pytest.param(lambda p: p.signature(b""), id="empty body"),
    ),
)
def test_a_signature_of_anything_but_these_bytes_by_this_key_is_refused(
    pki: Pki, verifier: Verifier, forge: Callable[[Pki], bytes]
) -> None:
    headers = with_signature(pki.headers(BODY), forge(pki))

    reason = refusal(verifier, headers)

    assert reason is Forgery.SIGNATURE


@given(
    place=st.integers(min_value=0, max_value=len(BODY) - 1), change=st.integers(min_value=1, max_value=255)
)
def test_any_byte_of_the_body_changed_is_refused(
    pki: Pki, verifier: Verifier, place: int, change: int
) -> None:
    body = bytearray(BODY)
    body[place] ^= change

    reason = refusal(verifier, pki.headers(BODY), bytes(body))

    assert reason is Forgery.SIGNATURE


@given(place=st.integers(min_value=0, max_value=255), change=st.integers(min_value=1, max_value=255))
def test_any_byte_of_the_signature_changed_is_refused(
    pki: Pki, verifier: Verifier, place: int, change: int
) -> None:
    signature = bytearray(pki.signature(BODY))
    signature[place] ^= change

    reason = refusal(verifier, with_signature(pki.headers(BODY), bytes(signature)))

    assert reason is Forgery.SIGNATURE


@given(place=st.integers(min_value=0, max_value=343), letter=st.characters(max_codepoint=0x17F))
def test_any_letter_of_the_signature_header_changed_is_refused(
    pki: Pki, verifier: Verifier, place: int, letter: str
) -> None:
    headers = pki.headers(BODY)
    genuine = dict(headers)["Signature-256"]
    changed = genuine[:place] + letter + genuine[place + 1 :]

    if changed == genuine:
        verifier.verify(headers, BODY)
    else:
        reason = refusal(verifier, with_header(headers, "Signature-256", changed))
        assert reason in {Forgery.HEADERS, Forgery.SIGNATURE}


# ------------------------------------------------------------------------------- remembering chains


def test_a_chain_is_downloaded_once_for_many_requests(pki: Pki) -> None:
    bucket = Bucket(files={CHAIN_URL: pki.chain()})
    verifier = Verifier([pki.root.certificate], bucket, WoundClock(NOON))

    for spelling in (CHAIN_URL, CHAIN_URL.replace(".com/", ".com:443/"), CHAIN_URL.replace("s3", "S3")):
        verifier.verify(pki.headers(BODY, url=spelling), BODY)

    assert bucket.asked == [CHAIN_URL]


def test_a_remembered_chain_that_runs_out_is_downloaded_again(pki: Pki) -> None:
    clock = WoundClock(NOON)
    bucket = Bucket(files={CHAIN_URL: behind(pki.leaf(not_after=NOON + DAY), pki)})
    verifier = Verifier([pki.root.certificate], bucket, clock)
    verifier.verify(pki.headers(BODY), BODY)
    clock.wind_by(DAY + SECOND)

    out_of_date = refusal(verifier, pki.headers(BODY))
    bucket.files[CHAIN_URL] = pki.chain()
    verifier.verify(pki.headers(BODY), BODY)

    assert out_of_date is Forgery.SIGNER_DATES
    assert bucket.asked == [CHAIN_URL] * 3


def test_a_remembered_chain_runs_out_with_the_first_certificate_on_its_path(pki: Pki) -> None:
    clock = WoundClock(NOON)
    middle = an_authority("Brief Middle", by=pki.root, key=pki.middle.key, not_after=NOON + DAY)
    bucket = Bucket(files={CHAIN_URL: pem(pki.leaf(by=middle), middle.certificate)})
    verifier = Verifier([pki.root.certificate], bucket, clock)
    verifier.verify(pki.headers(BODY), BODY)
    clock.wind_by(DAY + SECOND)

    reason = refusal(verifier, pki.headers(BODY))

    assert reason is Forgery.CHAIN_TRUST


def test_a_failure_is_not_remembered(pki: Pki) -> None:
    bucket = Bucket(files={})
    verifier = Verifier([pki.root.certificate], bucket, WoundClock(NOON))
    first = refusal(verifier, pki.headers(BODY))
    bucket.files[CHAIN_URL] = pki.chain()

    second = verifier.verify(pki.headers(BODY), BODY)

    assert (first, second) == (Forgery.FETCH, None)


def test_the_thirty_third_chain_drops_the_one_that_was_used_longest_ago(pki: Pki) -> None:
    urls = [f"https://s3.amazonaws.com/echo.api/{number}.pem" for number in range(33)]
    bucket = Bucket(files=dict.fromkeys(urls, pki.chain()))
    verifier = Verifier([pki.root.certificate], bucket, WoundClock(NOON))
    for url in [*urls[:32], urls[0], urls[32]]:
        verifier.verify(pki.headers(BODY, url=url), BODY)
    bucket.asked.clear()

    for url in (urls[0], urls[32], urls[1]):
        verifier.verify(pki.headers(BODY, url=url), BODY)

    assert bucket.asked == [urls[1]]


class SlowBucket:
    """Answers only when it is let go; counts how often it was asked."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer
        self.times_asked = 0
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def __call__(self, _: str) -> bytes:
        self.times_asked += 1
        self.asked.set()
        assert self.let_go.wait(10)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def outcomes_of_eight_at_once(pki: Pki, bucket: SlowBucket) -> list[Forgery | None]:
    verifier = Verifier([pki.root.certificate], bucket, WoundClock(NOON))
    headers = pki.headers(BODY)

    def outcome() -> Forgery | None:
        try:
            verifier.verify(headers, BODY)
        except ForgedRequestError as error:
            return error.reason
        return None

    with ThreadPoolExecutor(max_workers=8) as pool:
        running = [pool.submit(outcome) for _ in range(8)]
        assert bucket.asked.wait(10)
        bucket.let_go.set()
        return [future.result(timeout=10) for future in running]


def test_requests_that_arrive_together_pass_on_one_download(pki: Pki) -> None:
    bucket = SlowBucket(pki.chain())

    outcomes = outcomes_of_eight_at_once(pki, bucket)

    assert outcomes == [None] * 8
    assert bucket.times_asked == 1


def test_requests_that_arrive_together_are_all_refused_when_the_download_fails(pki: Pki) -> None:
    bucket = SlowBucket(ChainFetchError("answered 503"))

    outcomes = outcomes_of_eight_at_once(pki, bucket)

    assert outcomes == [Forgery.FETCH] * 8


# ------------------------------------------------------------------------------------------- rest


def test_a_verifier_that_trusts_no_root_is_never_built() -> None:
    with pytest.raises(InvalidError) as caught:
        Verifier([], Bucket(files={}), WoundClock(NOON))

    assert caught.value.field == "roots"


def test_a_refusal_tells_nothing_about_the_request(pki: Pki, verifier: Verifier) -> None:
    with pytest.raises(ForgedRequestError) as caught:
        verifier.verify(pki.headers(BODY), BODY + b" ")

    assert isinstance(caught.value, RefusedError)
    assert str(caught.value) == "error.forged_request reason=signature"
