"""What every engine behind the ``Store`` port must do when all that it holds moves to another one."""

from datetime import UTC, datetime

import pytest

from skill.errors import InvalidError
from skill.service.ports import Committed, Item, Put, Remove, Store
from tests.contracts.store_steps import NOW, OTHER_PAT, PAT, at, change, put

EVENING = datetime(2027, 5, 4, 20, tzinfo=UTC)


def as_is(item: Item) -> Put:
    return Put(item=item, expect=0, as_is=True)


def test_an_empty_store_is_walked_at_once(store: Store) -> None:
    found = list(store.walk())

    assert found == []


def test_a_walk_meets_every_item_of_every_partition_once(store: Store) -> None:
    places = [(PAT, "CHART#NOW"), (PAT, "EVENT#1"), (OTHER_PAT, "CHART#NOW"), ("LINK#a#b", "-"), ("~", "~")]
    store.commit([change(*(put(sk, pk=pk) for pk, sk in places))])

    found = [(item.place.pk, item.place.sk) for item in store.walk()]

    assert sorted(found) == sorted(places)


def test_a_walk_goes_on_where_a_page_ends(store: Store) -> None:
    body = b"x" * 60_000  # 40 of them are more than DynamoDB puts on a page
    many = [change(*(put(f"S#{number:02d}{page:02d}") for number in range(100))) for page in range(11)]
    large = [change(put(f"L#{number:02d}", body, pk=OTHER_PAT)) for number in range(40)]
    store.commit([*many, *large])

    found = [item.place for item in store.walk()]

    assert len(found) == len(set(found)) == 1140


def test_a_walk_shows_all_of_an_item(store: Store) -> None:
    item = Item(
        place=at("CHART#NOW"),
        body=b"\x00body",
        version=1,
        shard="U0",
        wake=NOW,
        digest=b"digest",
        expiry=EVENING,
    )
    store.commit([change(Put(item=item, expect=0))])

    found = list(store.walk())

    assert found == [item]


def test_a_walk_does_not_meet_what_was_removed(store: Store) -> None:
    store.commit([change(put("EVENT#1"), put("EVENT#2"))])
    store.commit([change(Remove(place=at("EVENT#1")))])

    found = [item.place.sk for item in store.walk()]

    assert found == ["EVENT#2"]


def test_an_item_that_is_put_as_it_is_keeps_its_version_and_counts_on_from_there(store: Store) -> None:
    first = store.commit([change(as_is(Item(place=at("CHART#NOW"), body=b"old", version=41)))])

    second = store.commit([change(put("CHART#NOW", b"new", expect=41))])

    found = store.get(at("CHART#NOW"))
    assert (first, second) == ([Committed.APPLIED], [Committed.APPLIED])
    assert found is not None
    assert (found.version, found.body) == (42, b"new")


def test_an_item_is_not_put_as_it_is_where_something_lies(store: Store) -> None:
    store.commit([change(put("CHART#NOW", b"here"))])

    answer = store.commit(
        [change(as_is(Item(place=at("CHART#NOW"), body=b"there", version=9)), put("CHART#PLAN"))]
    )

    assert answer == [Committed.CONFLICT]
    assert [(item.version, item.body) for item in store.walk()] == [(1, b"here")]


@pytest.mark.parametrize(
    ("version", "expect"), [(3, 3), (3, None), (0, 0)], ids=["over another", "over any", "never written"]
)
def test_nothing_is_put_as_it_is_but_on_a_free_place(version: int, expect: int | None) -> None:
    item = Item(place=at("CHART#NOW"), body=b"", version=version)

    with pytest.raises(InvalidError):
        Put(item=item, expect=expect, as_is=True)
