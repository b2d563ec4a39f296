"""Every way in which DynamoDB refuses, stalls or breaks, and what is said then."""

from collections.abc import Callable, Iterator

import pytest

from skill.errors import StoreDownError
from skill.service.ports import Change, Committed, Place, Store
from tests.ministack import fresh_tables
from tests.servers import a_server, stalling
from tests.storage.dynamo_faults import (
    NOON,
    READ,
    WRITE,
    Happening,
    Sent,
    Troubled,
    a_client,
    answers,
    goes_through,
    is_cancelled,
    is_lost_on_the_way,
    is_refused,
)
from tests.storage.store_use import PAT, commit, keys, put

CHART = put("CHART#NOW")
EVENT = put("EVENT#1")
PLACE = Place(pk=PAT, sk="CHART#NOW")


@pytest.fixture
def table() -> Iterator[str]:
    with fresh_tables(a_client()) as (name, _):
        yield name


PASSING: dict[str, Happening] = {
    "a rival's transaction": is_cancelled("TransactionConflict", "None"),
    "throttled": is_cancelled("None", "ThrottlingError"),
    "throughput": is_cancelled("ProvisionedThroughputExceeded", "None"),
    "all of them": is_cancelled("TransactionConflict", "ThrottlingError"),
    "call throttled": is_refused("ThrottlingException"),
    "call over throughput": is_refused("ProvisionedThroughputExceededException"),
    "account over its limit": is_refused("RequestLimitExceeded"),
    "first try still under way": is_refused("TransactionInProgressException"),
    "failing inside": is_refused("InternalServerError", status=500),
    "away": is_refused("ServiceUnavailable", status=503),
    "an answer of some proxy": answers(502, b"<html>Bad gateway</html>"),
    "no answer": is_lost_on_the_way,
}
FINAL: dict[str, Happening] = {
    "a value that is not valid": is_cancelled("ValidationError", "None"),
    "a partition too large": is_cancelled("None", "ItemCollectionSizeLimitExceeded"),
    "valid and not": is_cancelled("ValidationError", "TransactionConflict"),
    "no reason given": is_refused("TransactionCanceledException"),
    "a call that is not valid": is_refused("ValidationException"),
    "no such table": is_refused("ResourceNotFoundException"),
    "not allowed": is_refused("AccessDeniedException"),
    "no longer allowed": is_refused("ExpiredTokenException"),
}


@pytest.mark.parametrize("happening", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again_after_a_short_pause(table: str, happening: Happening) -> None:
    house = Troubled(table)
    sent = Sent(house.client, WRITE, happening, happening, goes_through)

    assert commit(house.store, CHART, EVENT) == [Committed.APPLIED]

    assert keys(house.store) == ["CHART#NOW", "EVENT#1"]
    assert sent.count == 3
    assert [0 < pause <= most for pause, most in zip(house.waits.seconds, (0.05, 0.1), strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("happening", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_within_three_seconds_is_an_outage(table: str, happening: Happening) -> None:
    house = Troubled(table)
    sent = Sent(house.client, WRITE, happening)

    with pytest.raises(StoreDownError):
        commit(house.store, CHART, EVENT)

    assert house.seconds <= 3.0
    assert sent.count >= 5
    assert keys(house.store) == []


@pytest.mark.parametrize("happening", FINAL.values(), ids=FINAL)
def test_what_will_not_pass_is_an_outage_at_once(table: str, happening: Happening) -> None:
    house = Troubled(table)
    sent = Sent(house.client, WRITE, happening)

    with pytest.raises(StoreDownError):
        commit(house.store, CHART, EVENT)

    assert (sent.count, house.waits.seconds) == (1, [])


def test_an_outage_names_every_reason_and_nothing_of_what_was_written(table: str) -> None:
    house = Troubled(table)
    Sent(house.client, WRITE, is_cancelled("ValidationError", "None", "TransactionConflict"))

    with pytest.raises(StoreDownError) as caught:
        commit(house.store, CHART, EVENT)

    assert caught.value.facts == {
        "reason": "the database refuses the call",
        "code": "TransactionCanceledException,TransactionConflict,ValidationError",
    }


@pytest.mark.parametrize(
    "reasons",
    (
        ("ConditionalCheckFailed", "None"),
        ("TransactionConflict", "ConditionalCheckFailed"),
        ("ConditionalCheckFailed", "ThrottlingError"),
    ),
    ids=("alone", "beside a rival", "beside throttling"),
)
def test_a_failed_expectation_is_a_conflict_at_once_whatever_stands_beside_it(
    table: str, reasons: tuple[str, ...]
) -> None:
    house = Troubled(table)
    sent = Sent(house.client, WRITE, is_cancelled(*reasons))

    assert commit(house.store, CHART, EVENT) == [Committed.CONFLICT]

    assert (sent.count, house.waits.seconds) == (1, [])


def test_a_failing_change_ends_the_call_and_those_before_it_stand(table: str) -> None:
    house = Troubled(table)
    Sent(house.client, WRITE, goes_through, is_refused("AccessDeniedException"), goes_through)

    with pytest.raises(StoreDownError):
        house.store.commit([Change(steps=(put(sk),)) for sk in ("A", "B", "C")])

    assert keys(house.store) == ["A"]


READS: dict[str, tuple[str, Callable[[Store], object]]] = {
    "one item": (READ, lambda store: store.get(PLACE)),
    "a partition": ("Query", lambda store: store.query(PAT)),
    "who wakes": ("Query", lambda store: store.waking("R0", until=NOON, limit=10)),
}


@pytest.mark.parametrize(("operation", "read"), READS.values(), ids=READS)
def test_a_read_is_tried_again_for_three_seconds(
    table: str, operation: str, read: Callable[[Store], object]
) -> None:
    calm, troubled = Troubled(table), Troubled(table)
    commit(calm.store, CHART)
    Sent(calm.client, operation, is_refused("ThrottlingException"), is_lost_on_the_way, goes_through)
    Sent(troubled.client, operation, is_refused("InternalServerError", status=500))

    found = read(calm.store)
    with pytest.raises(StoreDownError):
        read(troubled.store)

    assert found == read(Troubled(table).store)
    assert len(calm.waits.seconds) == 2
    assert troubled.seconds <= 3.0


def test_a_store_that_is_closed_meanwhile_tries_no_more(table: str) -> None:
    house = Troubled(table)
    sent = Sent(house.client, WRITE, is_lost_on_the_way)
    house.waits.also = house.store.close

    with pytest.raises(StoreDownError, match="closed"):
        commit(house.store, CHART)

    assert sent.count == 1


def test_where_nobody_listens_the_store_is_down() -> None:
    with a_server(stalling) as port:
        pass
    house = Troubled("any", url=f"http://127.0.0.1:{port}")

    with pytest.raises(StoreDownError, match="EndpointConnectionError"):
        commit(house.store, CHART)

    assert house.seconds <= 3.0


def test_where_somebody_listens_and_never_answers_the_store_is_down() -> None:
    with a_server(stalling) as port:
        house = Troubled("any", url=f"http://127.0.0.1:{port}", read_timeout=0.05)

        with pytest.raises(StoreDownError, match="ReadTimeoutError"):
            house.store.get(PLACE)

    assert house.seconds <= 3.0
