"""What every engine behind the ``Store`` port must do when it is asked."""

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest

from skill.errors import InvalidError
from skill.service.ports import Remove, Store, Woken
from tests.contracts.store_steps import NOW, OTHER_PAT, PAT, at, change, put, waking_put


def test_items_come_in_the_order_of_their_keys_as_bytes(store: Store) -> None:
    order = ["#", "-", "0", "10", "9", "A", "Z", "_", "a", "aa", "b", "z", "~"]
    store.commit([change(*(put(sk) for sk in reversed(order)))])

    assert [item.place.sk for item in store.query(PAT)] == order
    assert [item.place.sk for item in store.query(PAT, newest_first=True)] == order[::-1]


LEDGER = ("CHART#NOW", "EVENT", "EVENT#1", "EVENT#2", "EVENT#3", "EVENT$", "LOOK#1")


@pytest.mark.parametrize(
    ("asked", "found"),
    (
        ({"prefix": "EVENT#"}, ["EVENT#1", "EVENT#2", "EVENT#3"]),
        ({"prefix": "EVENT#", "newest_first": True}, ["EVENT#3", "EVENT#2", "EVENT#1"]),
        ({"prefix": "EVENT#", "limit": 2}, ["EVENT#1", "EVENT#2"]),
        ({"prefix": "EVENT#", "limit": 2, "newest_first": True}, ["EVENT#3", "EVENT#2"]),
        ({"prefix": "EVENT#", "after": "EVENT#1"}, ["EVENT#2", "EVENT#3"]),
        ({"prefix": "EVENT#", "after": "EVENT#2", "newest_first": True}, ["EVENT#1"]),
        ({"prefix": "EVENT#", "after": "EVENT#15"}, ["EVENT#2", "EVENT#3"]),
        ({"prefix": "EVENT#", "after": "EVENT#15", "newest_first": True}, ["EVENT#1"]),
        ({"prefix": "EVENT#", "after": "EVENT#3"}, []),
        ({"prefix": "EVENT#", "after": "EVENT#1", "newest_first": True}, []),
        ({"prefix": "EVENT#", "after": "A"}, ["EVENT#1", "EVENT#2", "EVENT#3"]),
        ({"prefix": "EVENT#", "after": "Z", "newest_first": True}, ["EVENT#3", "EVENT#2", "EVENT#1"]),
        ({"prefix": "EVENT#", "after": "Z"}, []),
        ({"prefix": "EVENT#", "after": "A", "newest_first": True}, []),
        ({"prefix": "EVENT#", "after": "EVENT#1", "limit": 1}, ["EVENT#2"]),
        ({"prefix": "EVENT"}, ["EVENT", "EVENT#1", "EVENT#2", "EVENT#3", "EVENT$"]),
        ({"prefix": "MAIL#"}, []),
        ({"after": "EVENT#3"}, ["EVENT$", "LOOK#1"]),
        ({}, list(LEDGER)),
    ),
    ids=lambda value: " ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_a_query_gives_exactly_the_range_that_was_asked_for(
    store: Store, asked: dict[str, object], found: list[str]
) -> None:
    store.commit([change(*(put(sk) for sk in LEDGER), put("EVENT#2", pk=OTHER_PAT))])

    assert [item.place.sk for item in store.query(PAT, **asked)] == found  # type: ignore[arg-type]


def test_letters_with_a_meaning_to_some_engine_are_plain_letters_in_a_prefix(store: Store) -> None:
    store.commit([change(put("50%"), put("50_"), put("500"), put("5*"), put("5?"))])

    assert [item.place.sk for item in store.query(PAT, prefix="50%")] == ["50%"]
    assert [item.place.sk for item in store.query(PAT, prefix="50_")] == ["50_"]
    assert [item.place.sk for item in store.query(PAT, prefix="5*")] == ["5*"]


def test_paging_through_a_ledger_meets_every_event_once(store: Store) -> None:
    store.commit([change(*(put(f"EVENT#{n:03d}") for n in range(95)))])

    seen: list[str] = []
    while page := store.query(PAT, prefix="EVENT#", after=seen[-1] if seen else "", limit=10):
        seen += [item.place.sk for item in page]

    assert seen == [f"EVENT#{n:03d}" for n in range(95)]


@pytest.mark.parametrize("limit", (0, -1), ids=("none", "less than none"))
def test_a_limit_below_one_is_refused(store: Store, limit: int) -> None:
    with pytest.raises(InvalidError, match="field=limit"):
        store.query(PAT, limit=limit)
    with pytest.raises(InvalidError, match="field=limit"):
        store.waking("R0", until=NOW, limit=limit)


def test_who_wakes_first_comes_first_and_who_wakes_later_not_at_all(store: Store) -> None:
    for minute, name in ((2, "late"), (0, "first"), (1, "second"), (3, "too_late")):
        store.commit([change(waking_put(f"PAT#{name}", wake=NOW + timedelta(minutes=minute)))])

    woken = store.waking("R0", until=NOW + timedelta(minutes=2), limit=10)

    assert [hit.pk for hit in woken] == ["PAT#first", "PAT#second", "PAT#late"]
    assert [hit.pk for hit in store.waking("R0", until=NOW + timedelta(minutes=9), limit=2)] == [
        "PAT#first",
        "PAT#second",
    ]


def test_each_shard_wakes_by_itself(store: Store) -> None:
    store.commit([change(waking_put("PAT#calm", wake=NOW, shard="R0"))])
    store.commit([change(waking_put("PAT#fallen", wake=NOW, shard="U0"))])

    assert [hit.pk for hit in store.waking("U0", until=NOW, limit=10)] == ["PAT#fallen"]
    assert [hit.pk for hit in store.waking("R0", until=NOW, limit=10)] == ["PAT#calm"]
    assert store.waking("R1", until=NOW, limit=10) == ()


def test_the_wake_index_follows_every_write(store: Store) -> None:
    def woken() -> list[tuple[str, datetime]]:
        hits = [store.waking(shard, until=NOW + timedelta(hours=9), limit=10) for shard in ("R0", "U0")]
        return [(hit.pk, hit.wake) for hit in itertools.chain(*hits)]

    seen = []
    later = NOW + timedelta(hours=1)
    for step in (
        waking_put(PAT, wake=NOW),
        waking_put(PAT, wake=later, expect=1),
        waking_put(PAT, wake=later, shard="U0"),
        waking_put(PAT, wake=NOW, expect=1),
        put("CHART#NOW", expect=3),
        waking_put(PAT, wake=NOW, expect=4),
        Remove(place=at("CHART#NOW"), expect=5),
    ):
        store.commit([change(step)])
        seen.append(woken())

    assert seen == [[(PAT, NOW)], [(PAT, later)], [(PAT, later)], [(PAT, later)], [], [(PAT, NOW)], []]


def test_an_item_without_a_wake_never_wakes(store: Store) -> None:
    store.commit([change(put("CHART#PLAN"), put("EVENT#1"))])

    assert store.waking("R0", until=datetime(2100, 1, 1, tzinfo=UTC), limit=10) == ()


def test_a_moment_in_another_zone_comes_back_as_the_same_moment(store: Store) -> None:
    india = timezone(timedelta(hours=5, minutes=30))

    store.commit([change(waking_put(PAT, wake=datetime(2027, 5, 4, 11, 30, tzinfo=india)))])

    assert store.waking("R0", until=NOW, limit=10) == (Woken(pk=PAT, wake=NOW),)
