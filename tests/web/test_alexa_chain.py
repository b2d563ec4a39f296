"""Which roots are trusted: those of a file, or those that certifi ships."""

from pathlib import Path

import pytest

from skill.errors import InvalidError
from skill.web.alexa_chain import load_roots
from tests.web.alexa_pki import an_authority, pem


def test_without_a_file_the_roots_of_certifi_are_trusted_amazons_among_them() -> None:
    roots = load_roots(None)

    names = {root.subject.rfc4514_string() for root in roots}

    assert "CN=Amazon Root CA 1,O=Amazon,C=US" in names
    assert len(roots) > 100


def test_a_file_replaces_the_roots_of_certifi(tmp_path: Path) -> None:
    own = an_authority("Own Root", by=None).certificate
    store = tmp_path / "roots.pem"
    store.write_bytes(b"# our own\n" + pem(own))

    roots = load_roots(store)

    assert roots == (own,)


def test_a_root_that_cannot_be_read_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    own = an_authority("Own Root", by=None).certificate
    store = tmp_path / "roots.pem"
    store.write_bytes(
        b"-----BEGIN CERTIFICATE-----\nTm90IGEgcm9vdA==\n-----END CERTIFICATE-----\n" + pem(own)
    )

    roots = load_roots(store)

    assert roots == (own,)


@pytest.mark.parametrize(
    "content",
    (
        pytest.param(b"", id="empty"),
        pytest.param(b"\x30\x82\x01\x0a", id="not PEM"),
        pytest.param(b"-----BEGIN CERTIFICATE-----\nTm8=\n-----END CERTIFICATE-----\n", id="none readable"),
    ),
)
def test_a_file_without_a_root_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    store = tmp_path / "roots.pem"
    store.write_bytes(content)

    with pytest.raises(InvalidError) as caught:
        load_roots(store)

    assert caught.value.field == "alexa_trust_store"
    assert caught.value.problem == "holds no certificate in PEM form"


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    store = tmp_path / "nowhere.pem"

    with pytest.raises(InvalidError) as caught:
        load_roots(store)

    assert caught.value.problem == "cannot be read"
