"""A write whose answer never came: carried out or not, it is answered truly and counts once."""

from collections.abc import Iterator

import pytest

from skill.errors import StoreDownError
from skill.service.ports import Change, Committed, Item, Place, Put, Remove, Store
from tests.ministack import fresh_tables
from tests.storage.dynamo_faults import (
    READ,
    WRITE,
    Sent,
    Troubled,
    a_client,
    forget_tokens,
    goes_through,
    is_cancelled,
    is_lost_on_the_way,
    is_refused,
    loses_its_answer,
    then,
)
from tests.storage.store_use import PAT, commit, put

CHART = put("CHART#NOW", b"new", expect=1)
EVENT = put("EVENT#2", b"new")
PLACE = Place(pk=PAT, sk="CHART#NOW")


@pytest.fixture
def table() -> Iterator[str]:
    """A table with one chart at version 1, and one link."""
    client = a_client()
    with fresh_tables(client) as (name, _):
        commit(Troubled(name).store, put("CHART#NOW", b"old"), put("LINK", b"old"))
        yield name


def versions(store: Store) -> dict[str, tuple[int, bytes]]:
    return {item.place.sk: (item.version, item.body) for item in store.query(PAT)}


@pytest.mark.parametrize(
    ("steps", "lies_there"),
    (
        ((EVENT,), {"CHART#NOW": (1, b"old"), "EVENT#2": (1, b"new"), "LINK": (1, b"old")}),
        ((CHART,), {"CHART#NOW": (2, b"new"), "LINK": (1, b"old")}),
        ((put("LINK", b"new", expect=None),), {"CHART#NOW": (1, b"old"), "LINK": (2, b"new")}),
        ((CHART, EVENT), {"CHART#NOW": (2, b"new"), "EVENT#2": (1, b"new"), "LINK": (1, b"old")}),
        (
            (CHART, Remove(place=Place(pk=PAT, sk="LINK"), expect=1)),
            {"CHART#NOW": (2, b"new")},
        ),
    ),
    ids=("a new item", "a next version", "whatever lay there", "two items", "an item and a removal"),
)
def test_a_write_without_an_answer_is_applied_once(
    table: str, steps: tuple[Put | Remove, ...], lies_there: dict[str, tuple[int, bytes]]
) -> None:
    house = Troubled(table)
    forget_tokens(house.client)
    sent = Sent(house.client, WRITE, loses_its_answer, goes_through)

    answers = house.store.commit([Change(steps=steps)])

    assert answers == [Committed.APPLIED]
    assert versions(house.store) == lies_there
    assert sent.count == 2


def test_the_silent_second_attempt_of_botocore_makes_no_conflict_of_our_own_write(table: str) -> None:
    house = Troubled(table, attempts=2)
    forget_tokens(house.client)
    sent = Sent(house.client, WRITE, loses_its_answer, goes_through)

    answers = commit(house.store, CHART, EVENT)

    assert answers == [Committed.APPLIED]
    assert sent.count == 2
    assert house.waits.seconds == []


def test_a_write_that_never_arrived_is_made_again(table: str) -> None:
    house = Troubled(table)
    sent = Sent(house.client, WRITE, is_lost_on_the_way, goes_through)

    answers = commit(house.store, CHART, EVENT)

    assert answers == [Committed.APPLIED]
    assert sent.count == 2


def test_a_rival_who_was_faster_than_the_second_try_makes_a_conflict(table: str) -> None:
    house, rival = Troubled(table), Troubled(table)
    overtaken = then(is_lost_on_the_way, lambda: commit(rival.store, put("CHART#NOW", b"rival", expect=1)))
    Sent(house.client, WRITE, overtaken, goes_through)

    answers = commit(house.store, CHART, EVENT)

    assert answers == [Committed.CONFLICT]
    assert versions(house.store) == {"CHART#NOW": (2, b"rival"), "LINK": (1, b"old")}


def test_a_rival_who_wrote_over_one_item_does_not_hide_that_ours_was_applied(table: str) -> None:
    house, rival = Troubled(table), Troubled(table)
    forget_tokens(house.client)
    overtaken = then(loses_its_answer, lambda: commit(rival.store, put("CHART#NOW", b"rival", expect=2)))
    Sent(house.client, WRITE, overtaken, goes_through)

    answers = commit(house.store, CHART, EVENT)

    assert answers == [Committed.APPLIED]
    assert versions(house.store)["CHART#NOW"] == (3, b"rival")


def test_what_a_rival_wrote_over_wholly_is_known_by_the_token_of_the_database(table: str) -> None:
    house, rival = Troubled(table), Troubled(table)
    overtaken = then(loses_its_answer, lambda: commit(rival.store, put("CHART#NOW", b"rival", expect=2)))
    Sent(house.client, WRITE, overtaken, goes_through)

    answers = commit(house.store, CHART)

    assert answers == [Committed.APPLIED]
    assert versions(house.store)["CHART#NOW"] == (3, b"rival")


@pytest.mark.parametrize(
    ("expect", "forgotten", "answer"),
    (
        (1, False, Committed.APPLIED),
        (None, False, Committed.APPLIED),
        (None, True, Committed.APPLIED),
        (1, True, Committed.CONFLICT),
    ),
    ids=("by version", "whatever it is", "whatever it is, no token", "by version, no token"),
)
def test_what_may_be_removed_once_is_never_removed_twice(
    table: str, expect: int | None, forgotten: bool, answer: Committed
) -> None:
    house = Troubled(table)
    if forgotten:
        forget_tokens(house.client)
    Sent(house.client, WRITE, loses_its_answer, goes_through)

    answers = house.store.commit([Change(steps=(Remove(place=Place(pk=PAT, sk="LINK"), expect=expect),))])

    assert answers == [answer]
    assert versions(house.store) == {"CHART#NOW": (1, b"old")}


def test_patience_ends_with_a_look_whether_it_was_written_after_all(table: str) -> None:
    house = Troubled(table)
    sent = Sent(house.client, WRITE, house.slow(loses_its_answer), house.slow(is_lost_on_the_way))

    answers = commit(house.store, CHART, EVENT)

    assert answers == [Committed.APPLIED]
    assert sent.count == 2
    assert house.seconds <= 4.5


def test_a_write_that_never_arrives_is_not_called_written(table: str) -> None:
    house = Troubled(table)
    sent = Sent(house.client, WRITE, house.slow(is_lost_on_the_way))

    with pytest.raises(StoreDownError, match="ReadTimeoutError"):
        commit(house.store, CHART, EVENT)

    assert sent.count == 2
    assert house.seconds <= 4.5
    assert versions(house.store) == {"CHART#NOW": (1, b"old"), "LINK": (1, b"old")}


def test_no_conflict_is_told_before_it_is_known_whose_doing_it_is(table: str) -> None:
    house = Troubled(table)
    forget_tokens(house.client)
    Sent(house.client, WRITE, loses_its_answer, goes_through)
    looks = Sent(house.client, READ, is_refused("ThrottlingException"), goes_through)

    answers = commit(house.store, CHART, EVENT)

    assert answers == [Committed.APPLIED]
    assert looks.count == 2


def test_a_conflict_that_cannot_be_looked_into_is_an_outage(table: str) -> None:
    house = Troubled(table)
    Sent(house.client, WRITE, is_cancelled("ConditionalCheckFailed", "None"))
    Sent(house.client, READ, house.slow(is_lost_on_the_way, 0.5))

    with pytest.raises(StoreDownError):
        commit(house.store, CHART, EVENT)

    assert house.seconds <= 4.0


def test_an_item_of_another_release_without_a_mark_is_written_over(table: str) -> None:
    house = Troubled(table)
    bare = {"pk": {"S": PAT}, "sk": {"S": "BARE"}, "version": {"N": "4"}, "body": {"B": b"old"}}
    house.client.put_item(TableName=table, Item=bare)

    answers = commit(house.store, put("BARE", b"new", expect=None))

    assert answers == [Committed.APPLIED]
    assert house.store.get(Place(pk=PAT, sk="BARE")) == Item(
        place=Place(pk=PAT, sk="BARE"), body=b"new", version=5
    )
