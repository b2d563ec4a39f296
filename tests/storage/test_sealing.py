"""Bodies as they lie in the store: fixed vectors, an independent reading of the format, and every way to
tamper with one.
"""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from skill.chance import SeededChance, SystemChance
from skill.errors import DamagedError, InvalidError, KeyUnavailableError
from skill.service.ports import Place
from skill.storage.sealing import Key, PatientSealer

VECTORS = json.loads((Path(__file__).parent / "vectors" / "sealing.json").read_text())["sealed_bodies"]
NOW = Place(pk="PAT#pat_aaaaaaaaaaaaaaaa", sk="CHART#NOW")
KEY = Key("patient/pat_aaaaaaaaaaaaaaaa", b"\x11" * 32)

vectors = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
places = st.builds(
    Place, pk=st.sampled_from(("PAT#a", "PAT#aa", "P")), sk=st.sampled_from(("A", "a#A", "#A"))
)


class OneKey:
    """The same key for every partition."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def key_of(self, pk: str) -> Key:
        assert pk
        return self._key


class GivenSalt:
    """A chance that gives what it is told to, once."""

    def __init__(self, salt: bytes) -> None:
        self._salts = [salt]

    def bytes(self, count: int) -> bytes:
        salt = self._salts.pop()
        assert len(salt) == count
        return salt


def a_sealer(key: Key = KEY) -> PatientSealer:
    return PatientSealer(OneKey(key), SystemChance())


def opened_independently(sealed: bytes, key: bytes, key_id: str, pk: str, sk: str) -> bytes:
    """The format of sealing.py, written once more from its description alone."""
    assert sealed[0] == 1
    assert sealed[2 : 2 + sealed[1]] == key_id.encode()
    rest = sealed[2 + sealed[1] :]
    salt, commitment, ciphertext = rest[:32], rest[32:64], rest[64:]
    derived = HKDF(hashes.SHA512(), 64, salt=b"dosekeeper/1", info=b"seal\0" + salt).derive(key)
    assert commitment == derived[32:]
    bound = sealed[: -len(ciphertext)] + b"dosekeeper/1"
    for part in (pk, sk):
        bound += len(part).to_bytes(2, "big") + part.encode()
    return AESGCM(derived[:32]).decrypt(bytes(12), ciphertext, bound)


@vectors
def test_a_body_is_sealed_as_it_always_was(vector: dict[str, str]) -> None:
    key = Key(vector["key_id"], bytes.fromhex(vector["key"]))
    sealer = PatientSealer(OneKey(key), GivenSalt(bytes.fromhex(vector["salt"])))

    sealed = sealer.seal(bytes.fromhex(vector["body"]), Place(pk=vector["pk"], sk=vector["sk"]))

    assert sealed.hex() == vector["sealed"]


@vectors
def test_a_body_sealed_long_ago_still_opens(vector: dict[str, str]) -> None:
    sealer = a_sealer(Key(vector["key_id"], bytes.fromhex(vector["key"])))

    body = sealer.open(bytes.fromhex(vector["sealed"]), Place(pk=vector["pk"], sk=vector["sk"]))

    assert body.hex() == vector["body"]


@vectors
def test_an_independent_program_opens_a_sealed_body(vector: dict[str, str]) -> None:
    place = (vector["key_id"], vector["pk"], vector["sk"])

    body = opened_independently(bytes.fromhex(vector["sealed"]), bytes.fromhex(vector["key"]), *place)

    assert body.hex() == vector["body"]


@given(body=st.binary(max_size=9000), place=places, material=st.binary(min_size=32, max_size=32))
def test_whatever_is_sealed_opens_here_and_for_an_independent_program(
    body: bytes, place: Place, material: bytes
) -> None:
    sealer = a_sealer(Key("patient/a", material))

    sealed = sealer.seal(body, place)

    assert sealer.open(sealed, place) == body
    assert opened_independently(sealed, material, "patient/a", place.pk, place.sk) == body
    assert len(sealed) == len(body) + 82 + len("patient/a")


@given(data=st.data())
def test_one_flipped_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    sealer = a_sealer()
    sealed = bytearray(sealer.seal(b"Metformin 500 mg", NOW))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1), label="bit")

    sealed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(DamagedError):
        sealer.open(bytes(sealed), NOW)


def test_every_single_flipped_bit_of_one_body_is_noticed() -> None:
    sealer = a_sealer()
    sealed = sealer.seal(b"Metformin 500 mg", NOW)
    opened = []

    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            opened.append((bit, sealer.open(bytes(changed), NOW)))
        except DamagedError:
            continue

    assert opened == []


@given(cut=st.integers(0, 120), more=st.binary(max_size=3))  # of 125 bytes: what is added never mends it
def test_a_body_that_is_cut_short_or_prolonged_does_not_open(cut: int, more: bytes) -> None:
    sealer = a_sealer()
    sealed = sealer.seal(b"Metformin 500 mg", NOW)

    for changed in (sealed[:cut] + more, sealed + b"\0" + more):
        with pytest.raises(DamagedError):
            sealer.open(changed, NOW)


@given(here=places, there=places)
def test_a_body_opens_at_its_own_place_only(here: Place, there: Place) -> None:
    sealer = a_sealer()
    sealed = sealer.seal(b"Metformin 500 mg", here)

    if here == there:
        assert sealer.open(sealed, there) == b"Metformin 500 mg"
    else:
        with pytest.raises(DamagedError, match="moved here"):
            sealer.open(sealed, there)


def test_two_places_that_read_alike_when_joined_are_two_places() -> None:
    sealer = a_sealer()
    sealed = sealer.seal(b"body", Place(pk="PAT#a", sk="bc"))

    with pytest.raises(DamagedError):
        sealer.open(sealed, Place(pk="PAT#ab", sk="c"))


def test_another_key_with_the_same_name_does_not_open_it() -> None:
    sealed = a_sealer().seal(b"body", NOW)
    other = a_sealer(Key(KEY.id, b"\x12" * 32))

    with pytest.raises(DamagedError, match="another key"):
        other.open(sealed, NOW)


def test_a_key_with_another_name_does_not_open_it() -> None:
    sealed = a_sealer().seal(b"body", NOW)
    other = a_sealer(Key("patient/pat_bbbbbbbbbbbbbbbb", b"\x11" * 32))

    with pytest.raises(DamagedError, match="another key"):
        other.open(sealed, NOW)


def test_a_form_of_a_later_release_is_named_as_such() -> None:
    sealed = a_sealer().seal(b"body", NOW)

    with pytest.raises(DamagedError, match="a form that this release does not know"):
        a_sealer().open(b"\x02" + sealed[1:], NOW)


def test_the_same_body_is_never_sealed_the_same_way_twice() -> None:
    sealer = a_sealer()

    assert len({sealer.seal(b"body", NOW) for _ in range(1000)}) == 1000


def test_two_seals_share_no_cipher_key_even_from_a_seeded_chance() -> None:
    sealer = PatientSealer(OneKey(KEY), SeededChance("a simulation"))
    header = len(KEY.header)

    salts = {sealer.seal(b"body", NOW)[header : header + 32] for _ in range(1000)}

    assert len(salts) == 1000


def test_the_error_names_the_place_and_nothing_of_the_body() -> None:
    sealer = a_sealer()
    sealed = sealer.seal(b"Metformin 500 mg", NOW)

    with pytest.raises(DamagedError) as caught:
        sealer.open(sealed[:-1], NOW)

    assert caught.value.facts == {"reason": "changed, or moved here", "pk": NOW.pk, "sk": NOW.sk}


def test_a_missing_key_is_not_called_damage() -> None:
    class NoKeys:
        def key_of(self, pk: str) -> Key:
            raise KeyUnavailableError(pk=pk)

    sealer = PatientSealer(NoKeys(), SystemChance())

    with pytest.raises(KeyUnavailableError):
        sealer.seal(b"body", NOW)
    with pytest.raises(KeyUnavailableError):
        sealer.open(b"anything", NOW)


@pytest.mark.parametrize("length", (0, 16, 31, 33), ids=("empty", "half", "one short", "one long"))
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(InvalidError, match="is 32 bytes"):
        Key("patient/a", bytes(length))


@pytest.mark.parametrize("key_id", ("", "x" * 256, "schlüssel"), ids=("empty", "too long", "not ASCII"))
def test_a_key_has_a_short_plain_name(key_id: str) -> None:
    with pytest.raises(InvalidError, match="1 to 255 ASCII letters"):
        Key(key_id, bytes(32))


def test_a_key_shows_its_name_and_nothing_else() -> None:
    key = Key("patient/a", b"\x41" * 32)

    assert repr(key) == str(key) == f"{key}" == "Key(patient/a)"
