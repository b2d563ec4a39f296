"""The key shelf on AWS when answers are lost, calls throttled, and keys many."""

from collections.abc import Iterator

import pytest

from skill.errors import StoreDownError
from skill.storage.dynamo_shelf import DynamoKeyShelf
from tests.ministack import fresh_tables
from tests.storage.dynamo_faults import (
    Happening,
    Sent,
    Troubled,
    a_client,
    goes_through,
    is_lost_on_the_way,
    is_refused,
    loses_its_answer,
    then,
)


@pytest.fixture
def house() -> Iterator[Troubled]:
    with fresh_tables(a_client()) as (_, table):
        yield Troubled(table)


def test_a_key_whose_answer_was_lost_is_the_key_that_lies_there(house: Troubled) -> None:
    sent = Sent(house.client, "PutItem", loses_its_answer, goes_through)

    lies_there = house.shelf.put_if_absent("patient/a", b"ours")

    assert lies_there == b"ours"
    assert sent.count == 2


def test_a_rivals_key_that_came_first_is_taken(house: Troubled) -> None:
    rival = Troubled(house.table)
    first = then(is_lost_on_the_way, lambda: rival.shelf.put_if_absent("patient/a", b"theirs"))
    Sent(house.client, "PutItem", first, goes_through)

    lies_there = house.shelf.put_if_absent("patient/a", b"ours")

    assert lies_there == b"theirs"


def test_a_key_that_was_destroyed_while_it_was_made_is_no_key(house: Troubled) -> None:
    rival = Troubled(house.table)
    rival.shelf.put_if_absent("patient/a", b"theirs")
    Sent(
        house.client,
        "GetItem",
        then(is_lost_on_the_way, lambda: rival.shelf.destroy("patient/a")),
        goes_through,
    )

    with pytest.raises(StoreDownError, match="destroyed while"):
        house.shelf.put_if_absent("patient/a", b"ours")


def test_a_key_whose_destruction_was_not_answered_is_gone(house: Troubled) -> None:
    house.shelf.put_if_absent("patient/a", b"ours")
    Sent(house.client, "DeleteItem", loses_its_answer, goes_through)

    house.shelf.destroy("patient/a")

    assert house.shelf.find("patient/a") is None


def test_more_keys_than_fit_a_page_are_all_told(house: Troubled) -> None:
    names = [f"patient/{n:02d}" for n in range(40)]
    for name in names:
        house.shelf.put_if_absent(name, bytes(60_000))
    sent = Sent(house.client, "Scan", goes_through)

    assert sorted(house.shelf.ids()) == names
    assert sent.count == 3


@pytest.mark.parametrize(
    "happening",
    (is_refused("ThrottlingException"), is_lost_on_the_way, is_refused("AccessDeniedException")),
    ids=("throttled", "no answer", "not allowed"),
)
def test_a_shelf_that_does_not_answer_is_down(house: Troubled, happening: Happening) -> None:
    for operation in ("GetItem", "PutItem", "DeleteItem", "Scan"):
        Sent(house.client, operation, happening)

    for call in (
        lambda shelf: shelf.find("patient/a"),
        lambda shelf: shelf.put_if_absent("patient/a", b"key"),
        lambda shelf: shelf.destroy("patient/a"),
        lambda shelf: list(shelf.ids()),
    ):
        with pytest.raises(StoreDownError):
            call(house.shelf)

    assert house.seconds <= 12.0


def test_a_row_without_a_key_in_it_is_no_key(house: Troubled) -> None:
    house.client.put_item(TableName=house.table, Item={"id": {"S": "patient/a"}})

    with pytest.raises(StoreDownError, match="something else than bytes"):
        house.shelf.find("patient/a")


def test_a_closed_shelf_is_down(house: Troubled) -> None:
    shelf: DynamoKeyShelf = house.shelf

    shelf.close()
    shelf.close()

    with pytest.raises(StoreDownError, match="closed"):
        shelf.find("patient/a")
