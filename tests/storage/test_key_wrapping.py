"""Keys encrypted with keys: each opens for its own place, under its own wrapping key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.chance import SystemChance
from skill.errors import DamagedError, InvalidError, KeyUnavailableError
from skill.storage.key_wrapping import KeyFileWrapper, KeyKind, KeyPlace, LocalWrapper, org_in
from skill.storage.sealing import Key

ROOT = b"\x11" * 32
MATERIAL = b"\x77" * 32
ADA = KeyPlace(kind=KeyKind.PATIENT, owner="pat_aaaaaaaaaaaaaaaa", org="ORG#home")

key_places = st.builds(
    KeyPlace,
    kind=st.sampled_from(KeyKind),
    owner=st.sampled_from(("a", "ab", "ORG#home", "-")),
    org=st.sampled_from(("ORG#home", "ORG#b", "-")),
)


def a_wrapper(root: bytes = ROOT) -> KeyFileWrapper:
    return KeyFileWrapper(root, SystemChance())


def test_a_wrapped_key_unwraps_and_shows_its_org_and_nothing_of_itself() -> None:
    wrapped = a_wrapper().wrap(MATERIAL, ADA)

    assert a_wrapper().unwrap(wrapped, ADA) == MATERIAL
    assert org_in(wrapped, ADA.key_id) == "ORG#home"
    assert b"\x77\x77" not in wrapped


def test_a_key_id_tells_what_the_key_is_for() -> None:
    assert ADA.key_id == "patient/pat_aaaaaaaaaaaaaaaa"


@given(here=key_places, there=key_places)
def test_a_wrapped_key_unwraps_for_its_own_place_only(here: KeyPlace, there: KeyPlace) -> None:
    wrapper = a_wrapper()
    wrapped = wrapper.wrap(MATERIAL, here)

    if here == there:
        assert wrapper.unwrap(wrapped, there) == MATERIAL
    else:
        with pytest.raises(DamagedError, match="changed or moved"):
            wrapper.unwrap(wrapped, there)


def test_another_key_file_is_told_from_a_damaged_key() -> None:
    wrapped = a_wrapper().wrap(MATERIAL, ADA)

    with pytest.raises(KeyUnavailableError, match="wrapped by another key"):
        a_wrapper(b"\x12" * 32).unwrap(wrapped, ADA)
    with pytest.raises(DamagedError, match="changed or moved"):
        a_wrapper().unwrap(wrapped[:-1] + bytes((wrapped[-1] ^ 1,)), ADA)


def test_every_single_flipped_bit_of_a_wrapped_key_is_noticed() -> None:
    wrapper = a_wrapper()
    wrapped = wrapper.wrap(MATERIAL, ADA)
    unwrapped = []

    for bit in range(len(wrapped) * 8):
        changed = bytearray(wrapped)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            unwrapped.append((bit, wrapper.unwrap(bytes(changed), ADA)))
        except (DamagedError, KeyUnavailableError):
            continue

    assert unwrapped == []


@given(cut=st.integers(0, 77))  # 78 bytes in all
def test_a_wrapped_key_that_is_cut_short_does_not_unwrap(cut: int) -> None:
    wrapped = a_wrapper().wrap(MATERIAL, ADA)

    with pytest.raises(DamagedError):
        a_wrapper().unwrap(wrapped[:cut], ADA)


@given(noise=st.binary(max_size=100))
def test_noise_in_the_place_of_a_wrapped_key_is_damage_or_a_strange_key(noise: bytes) -> None:
    with pytest.raises((DamagedError, KeyUnavailableError)):
        a_wrapper().unwrap(noise, ADA)


@pytest.mark.parametrize(
    "wrapped",
    (b"", b"\x01" + bytes(8), b"\x01" + bytes(8) + b"\x00", b"\x01" + bytes(8) + b"\x02\xff\xff"),
    ids=("empty", "cut before the org", "no org", "not ASCII"),
)
def test_a_wrapped_key_that_names_no_org_is_damage(wrapped: bytes) -> None:
    with pytest.raises(DamagedError, match="names no org"):
        org_in(wrapped, "patient/a")


def test_the_same_key_is_never_wrapped_the_same_way_twice() -> None:
    wrapper = a_wrapper()

    assert len({wrapper.wrap(MATERIAL, ADA) for _ in range(100)}) == 100


def test_a_branch_key_and_the_key_file_with_equal_bytes_still_differ_in_nothing_but_their_use() -> None:
    branch = LocalWrapper(Key("branch/ORG#home", ROOT), SystemChance())

    assert branch.unwrap(a_wrapper().wrap(MATERIAL, ADA), ADA) == MATERIAL


@pytest.mark.parametrize(
    ("owner", "org", "field"),
    (("", "ORG#home", "owner"), ("a", "", "org"), ("a" * 201, "-", "owner"), ("a", "ORG#ü", "org")),
    ids=("no owner", "no org", "too long", "not ASCII"),
)
def test_a_key_belongs_to_a_plainly_named_owner_and_org(owner: str, org: str, field: str) -> None:
    with pytest.raises(InvalidError, match=f"field={field}"):
        KeyPlace(kind=KeyKind.PATIENT, owner=owner, org=org)
