"""The worker as a Lambda function: the unpacked bundle under the official runtime client."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from skill.domain.alerts import AlertKind
from skill.domain.commands import RaiseAlert
from skill.domain.events import MessageClaimed, MessageQueued
from skill.domain.identity import SOMEONE, OperationId, PatientId
from skill.service.act import act
from tests.lambda_bundle import Bundle
from tests.lambda_events import queued, streamed, work_for
from tests.lambda_ground import CLOCK, Ground, Someone
from tests.lambda_runtime import Function, running

LARGEST = 5_900_000  # bytes; Lambda hands over 6 MB at most
NOTHING_AGAIN: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture(scope="module")
def worker(
    bundle: Bundle, ground: Ground, client: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Function]:
    folder = tmp_path_factory.mktemp("worker")
    environ = ground.environ(AWS_QUEUE=ground.queue, SMS="sns")
    with running(bundle.task, "worker_handler.handler", environ, folder, client=client) as function:
        yield function


def falls(ground: Ground, who: Someone) -> dict[str, Any]:
    """Somebody at the device said that they have fallen; the item of their chart as the stream shows it."""
    with ground.house() as house:
        fall = RaiseAlert(operation=OperationId("fall"), speaker=SOMEONE, kind=AlertKind.FALL)
        act(house.app, who.patient_id, fall)
    return item_of(ground, who)


def item_of(ground: Ground, who: Someone) -> dict[str, Any]:
    key = {"pk": {"S": f"PAT#{who.patient_id}"}, "sk": {"S": "CHART#NOW"}}
    found: dict[str, Any] = ground.client("dynamodb").get_item(TableName=ground.table, Key=key)["Item"]
    return found


def again(*names: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}


def test_only_the_poison_of_a_batch_comes_again(worker: Function, ground: Ground) -> None:
    first, last = ground.somebody(), ground.somebody()

    answer = worker.invoke(
        queued(work_for(first.patient_id), '{"patients": ["pat_', work_for(last.patient_id))
    )

    assert answer.body == again("message-2")
    assert [len(ground.sms(who)) for who in (first, last)] == [1, 1]
    assert ground.sms(first)[0].startswith("Mom: no word on")


def test_a_batch_that_comes_twice_is_worked_once(worker: Function, ground: Ground) -> None:
    who = ground.somebody()
    batch = queued(work_for(who.patient_id), work_for(who.patient_id))

    answers = [worker.invoke(batch).body for _ in range(2)]

    assert answers == [NOTHING_AGAIN, NOTHING_AGAIN]
    assert len(ground.sms(who)) == 1
    assert len(ground.happened(who, MessageQueued)) == 1


def test_a_fall_that_the_stream_brings_twice_is_told_once(worker: Function, ground: Ground) -> None:
    who = ground.somebody()
    item = falls(ground, who)

    answers = [worker.invoke(streamed(item, item)).body for _ in range(2)]

    assert answers == [NOTHING_AGAIN, NOTHING_AGAIN]
    assert [text.startswith("FALL: Mom") for text in ground.sms(who)].count(True) == 1
    claimed = ground.happened(who, MessageClaimed)
    assert len(claimed) == len(ground.sms(who))


def test_a_wake_that_is_near_but_not_yet_here_waits_in_the_queue(worker: Function, ground: Ground) -> None:
    who = ground.somebody()
    near = int((CLOCK.now() + timedelta(minutes=3)).timestamp() * 1_000_000)
    item = item_of(ground, who) | {"wake": {"N": str(near)}}
    before = ground.in_queue("Delayed")

    answer = worker.invoke(streamed(item))

    assert answer.body == NOTHING_AGAIN
    assert ground.in_queue("Delayed") == before + 1
    assert ground.sms(who) == []


def test_writes_after_which_nobody_has_to_do_anything_are_passed_over(
    worker: Function, ground: Ground
) -> None:
    who = ground.somebody()
    item = item_of(ground, who)
    asleep = {name: value for name, value in item.items() if name != "wake"}
    link = item | {"pk": {"S": "LINK#token#00"}}
    removed = {"eventSource": "aws:dynamodb", "eventName": "REMOVE", "dynamodb": {"SequenceNumber": "3"}}

    event = streamed(asleep, link)
    event["Records"].append(removed)
    answer = worker.invoke(event)

    assert answer.body == NOTHING_AGAIN
    assert ground.sms(who) == []


def test_somebody_who_is_not_there_any_more_is_no_failure(worker: Function) -> None:
    answer = worker.invoke(queued(work_for(PatientId("pat_gone"))))

    assert answer.body == NOTHING_AGAIN


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"patients": []}',
        '{"patients": "pat_1"}',
        '{"patients": [1]}',
        '{"patients": ["pat_1"], "outages": [{"start": "then"}]}',
        '{"patients": [' + ",".join(['"pat_1"'] * 21) + "]}",
        "x" * 1_000_000,
        "[" * 100_000,
    ],
    ids=[
        "empty",
        "cut off",
        "a list",
        "null",
        "no patients named",
        "for nobody",
        "a text for a list",
        "a number for an id",
        "an outage of no time",
        "too many",
        "a megabyte",
        "very deep",
    ],
)
def test_what_cannot_be_read_comes_again_and_ends_as_a_dead_letter(worker: Function, body: str) -> None:
    answer = worker.invoke(queued(body))

    assert not answer.failed
    assert answer.body == again("message-1")


@pytest.mark.parametrize("event", [{}, {"Records": []}], ids=["nothing", "no records"])
def test_an_event_without_records_is_no_work(worker: Function, event: object) -> None:
    assert worker.invoke(event).body == NOTHING_AGAIN


def test_six_megabytes_of_poison_are_named_one_by_one(worker: Function) -> None:
    answer = worker.invoke(queued(*["x" * (LARGEST // 10)] * 10))

    assert answer.body == again(*[f"message-{number}" for number in range(1, 11)])


@pytest.mark.parametrize(
    "event",
    [b"{", [], "work", {"Records": 7}],
    ids=["cut off", "a list", "a text", "records that are a number"],
)
def test_what_is_no_batch_fails_and_the_next_is_worked(
    worker: Function, ground: Ground, event: object
) -> None:
    who = ground.somebody()

    refused = worker.invoke(event)

    assert refused.failed
    assert worker.invoke(queued(work_for(who.patient_id))).body == NOTHING_AGAIN
    assert len(ground.sms(who)) == 1


@pytest.mark.parametrize(
    "wake", [{"N": "soon"}, {"N": "9" * 30}, {"S": "1"}], ids=["a word", "beyond all time", "a text"]
)
def test_a_wake_that_is_no_moment_does_not_keep_the_others_waiting(
    worker: Function, ground: Ground, wake: dict[str, str]
) -> None:
    broken, who = ground.somebody(), ground.somebody()

    answer = worker.invoke(streamed(item_of(ground, broken) | {"wake": wake}, falls(ground, who)))

    assert not answer.failed
    assert any(text.startswith("FALL: Mom") for text in ground.sms(who))


def test_its_log_holds_ids_and_nobody_s_name(worker: Function, ground: Ground) -> None:
    who = ground.somebody()

    worker.invoke(queued(work_for(who.patient_id)))

    written = worker.written()
    assert who.patient_id in written
    assert [word for word in (who.name, who.phone, "lisinopril") if word in written] == []
