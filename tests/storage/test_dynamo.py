"""What lies in the table itself, and what a DynamoDB query does that another engine's does not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from skill.errors import DamagedError
from skill.service.ports import Item, Place, Put
from skill.storage.dynamo_tables import TTL_ATTRIBUTE, WAKE_INDEX
from tests.ministack import fresh_tables
from tests.storage.dynamo_faults import Sent, Troubled, a_client, goes_through
from tests.storage.store_use import PAT, commit, keys, put

PLACE = Place(pk=PAT, sk="CHART#NOW")
NOON = datetime(2027, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def house() -> Iterator[Troubled]:
    with fresh_tables(a_client()) as (table, _):
        yield Troubled(table)


def lies_at(house: Troubled, place: Place) -> dict[str, dict[str, object]]:
    """All attributes, as the database has them, but the mark of the change."""
    key = {"pk": {"S": place.pk}, "sk": {"S": place.sk}}
    item: dict[str, dict[str, object]] = house.client.get_item(TableName=house.table, Key=key)["Item"]
    assert len(item.pop("op")["B"]) == 16  # type: ignore[arg-type]
    return item


def test_an_item_lies_in_the_table_under_the_names_that_the_template_counts_on(house: Troubled) -> None:
    expiry = datetime(2027, 5, 4, 12, 0, 0, 1, tzinfo=UTC)
    item = Item(place=PLACE, body=b"sealed", shard="U0", wake=NOON, soon=True, digest=b"link", expiry=expiry)

    commit(house.store, Put(item=item, expect=0))

    assert lies_at(house, PLACE) == {
        "pk": {"S": PAT},
        "sk": {"S": "CHART#NOW"},
        "body": {"B": b"sealed"},
        "version": {"N": "1"},
        "shard": {"S": "U0"},
        "wake": {"N": "1809432000000000"},
        "soon": {"N": "1"},
        "digest": {"B": b"link"},
        "expiry": {"N": "1809432001"},
    }


@pytest.mark.parametrize("expect", (1, None), ids=("the next version", "whatever lies there"))
def test_what_an_item_no_longer_has_is_gone_from_the_table(house: Troubled, expect: int | None) -> None:
    full = Item(place=PLACE, body=b"1", shard="U0", wake=NOON, soon=True, digest=b"link", expiry=NOON)
    commit(house.store, Put(item=full, expect=0))

    commit(house.store, put("CHART#NOW", b"2", expect=expect))

    assert lies_at(house, PLACE) == {
        "pk": {"S": PAT},
        "sk": {"S": "CHART#NOW"},
        "body": {"B": b"2"},
        "version": {"N": "2"},
    }


def test_every_change_bears_a_mark_of_its_own(house: Troubled) -> None:
    commit(house.store, put("A"), put("B"))
    commit(house.store, put("C"))

    found = house.client.query(
        TableName=house.table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": PAT}},
    )["Items"]

    first, second, third = (item["op"]["B"] for item in found)
    assert first == second
    assert first != third


def test_the_table_has_the_wake_index_and_lets_expired_items_go(house: Troubled) -> None:
    table = house.client.describe_table(TableName=house.table)["Table"]
    ttl = house.client.describe_time_to_live(TableName=house.table)["TimeToLiveDescription"]

    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == WAKE_INDEX
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["shard", "wake"]
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", TTL_ATTRIBUTE)


def test_a_partition_of_more_than_a_megabyte_is_read_page_by_page(house: Troubled) -> None:
    names = [f"EVENT#{n:02d}" for n in range(40)]
    for half in (names[:20], names[20:]):
        commit(house.store, *(put(sk, bytes(60_000)) for sk in half))
    sent = Sent(house.client, "Query", goes_through)

    assert keys(house.store) == names
    assert sent.count == 3
    backwards = house.store.query(PAT, prefix="EVENT#", limit=30, newest_first=True)
    assert [item.place.sk for item in backwards] == names[:9:-1]


def test_a_prefix_as_long_as_a_key_can_be_finds_that_key(house: Troubled) -> None:
    longest = "x" * 1024
    commit(house.store, put(longest), put("x" * 1023))

    assert [item.place.sk for item in house.store.query(PAT, prefix=longest)] == [longest]
    assert house.store.query(PAT, prefix="x", after=longest) == ()
    assert [i.place.sk for i in house.store.query(PAT, after=longest, newest_first=True)] == ["x" * 1023]


@pytest.mark.parametrize(
    "broken",
    ({}, {"body": {"B": b""}, "version": {"N": "1.5"}}, {"body": {"S": "text"}, "version": {"N": "1"}}),
    ids=("nothing but a key", "no whole number", "no bytes"),
)
def test_an_item_that_is_none_of_ours_is_damaged(house: Troubled, broken: dict[str, object]) -> None:
    key = {"pk": {"S": PAT}, "sk": {"S": "CHART#NOW"}}
    house.client.put_item(TableName=house.table, Item={**key, **broken})

    with pytest.raises(DamagedError):
        house.store.get(PLACE)
    with pytest.raises(DamagedError):
        house.store.query(PAT)
