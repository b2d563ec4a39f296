"""What no engine is ever asked to do: the shapes of the ``Store`` port refuse it at birth."""

from datetime import UTC, datetime

import pytest

from skill.errors import InvalidError
from skill.service.ports import Change, Item, Place, Put, Remove
from tests.contracts.store_steps import PAT, at, put


@pytest.mark.parametrize(
    ("pk", "sk", "field"),
    (
        ("", "-", "pk"),
        (PAT, "", "sk"),
        (PAT, "x" * 1025, "sk"),
        (PAT, "CHART#NÖW", "sk"),
        (PAT, "CHART\nNOW", "sk"),
        ("PAT#\0", "-", "pk"),
    ),
    ids=("no pk", "no sk", "too long", "not ASCII", "line break", "zero byte"),
)
def test_a_place_is_named_in_printable_ascii(pk: str, sk: str, field: str) -> None:
    with pytest.raises(InvalidError, match=f"field={field}"):
        Place(pk=pk, sk=sk)


def test_a_place_may_have_names_of_1024_letters() -> None:
    assert len(Place(pk=PAT, sk="x" * 1024).sk) == 1024


def test_a_body_of_64_kilobytes_is_taken_and_one_byte_more_is_not() -> None:
    assert len(Item(place=at("CHART#NOW"), body=bytes(65_536)).body) == 65_536

    with pytest.raises(InvalidError, match="larger than 64 KB"):
        Item(place=at("CHART#NOW"), body=bytes(65_537))


def test_a_wake_needs_a_shard_and_a_shard_a_wake() -> None:
    noon = datetime(2027, 5, 4, 12, tzinfo=UTC)

    with pytest.raises(InvalidError, match="goes with a shard"):
        Item(place=at("CHART#NOW"), body=b"", wake=noon)
    with pytest.raises(InvalidError, match="goes with a shard"):
        Item(place=at("CHART#NOW"), body=b"", shard="R0")


def test_a_change_has_between_one_and_a_hundred_steps() -> None:
    assert len(Change(steps=tuple(put(f"E#{n}") for n in range(100))).steps) == 100

    for count in (0, 101):
        with pytest.raises(InvalidError, match="1 to 100 steps"):
            Change(steps=tuple(put(f"E#{n}") for n in range(count)))


def test_a_change_touches_a_place_once() -> None:
    step: Put = put("CHART#NOW")

    with pytest.raises(InvalidError, match="touches a place once"):
        Change(steps=(step, Remove(place=at("CHART#NOW"))))


def test_the_bodies_of_a_change_are_three_megabytes_at_most() -> None:
    full = bytes(65_536)
    assert len(Change(steps=tuple(put(f"E#{n}", full) for n in range(48))).steps) == 48

    with pytest.raises(InvalidError, match="at most 3 MB"):
        Change(steps=tuple(put(f"E#{n}", full) for n in range(49)))
