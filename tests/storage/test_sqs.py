"""Work on a queue of a real server, and events of Lambda's read back into work."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest

from skill.chance import SystemChance
from skill.domain.alerts import AlertKind
from skill.domain.commands import Outage
from skill.domain.identity import OperationId, PatientId
from skill.errors import StoreDownError
from skill.service.calls import Call
from skill.service.work import TOGETHER, Arrived, Work
from skill.storage.sqs import SqsQueue, arrived_in, reported
from tests.ministack import REGION, endpoint, session
from tests.storage.dynamo_faults import Happening, answers, goes_through, is_lost_on_the_way

ADA, BOB = PatientId("pat_ada"), PatientId("pat_bob")
EIGHT = datetime(2027, 5, 4, 6, tzinfo=UTC)
EIGHT_IN_MICROSECONDS = "1809410400000000"
OUTAGE = Outage(start=EIGHT, end=EIGHT + timedelta(hours=1))
FALL = Call(kind=AlertKind.FALL, account="amzn1.ask.account.1", operation=OperationId("op_1"), at=EIGHT)


class Queue:
    """A queue of its own, with what was sent there. ``happenings``: what becomes of each call to put."""

    def __init__(self) -> None:
        self.client = session().create_client("sqs", region_name=REGION, endpoint_url=endpoint())
        name = f"work-{SystemChance().bytes(8).hex()}"
        self.url = self.client.create_queue(QueueName=name)["QueueUrl"]
        self.put = SqsQueue(self.client, self.url).put
        self.waiting = SqsQueue(self.client, self.url).waiting
        self.happenings: list[Happening] = []
        self.sent: list[list[dict[str, Any]]] = []
        self.client.meta.events.register_first("before-send.sqs.SendMessageBatch", self._meet)

    def _meet(self, request: AWSPreparedRequest, **_: object) -> object:
        self.sent.append(json.loads(request.body)["Entries"])
        return self.happenings.pop(0)(request) if self.happenings else None

    def delays(self) -> list[int]:
        return [entry["DelaySeconds"] for batch in self.sent for entry in batch]

    def taken(self) -> list[Work | None]:
        """What can be seen, read as Lambda hands it over."""
        found: list[Work | None] = []
        while got := self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            records = [{"messageId": one["MessageId"], "body": one["Body"]} for one in got]
            found += [one.work for one in arrived_in({"Records": records})]
        return found


@pytest.fixture
def queue() -> Iterator[Queue]:
    made = Queue()
    yield made
    made.client.delete_queue(QueueUrl=made.url)


def takes_only(*taken: str) -> Happening:
    """SQS answers that it took these of three, and not the others."""
    body = {
        "Successful": [{"Id": one, "MessageId": f"message-{one}", "MD5OfMessageBody": ""} for one in taken],
        "Failed": [
            {"Id": one, "SenderFault": False, "Code": "InternalError", "Message": "no"}
            for one in ("0", "1", "2")
            if one not in taken
        ],
    }
    return answers(200, json.dumps(body).encode())


def is_refused(request: AWSPreparedRequest) -> object:
    told = {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no"}
    return answers(400, json.dumps(told).encode())(request)


def pieces(count: int) -> list[Work]:
    return [Work(patients=(PatientId(f"pat_{number}"),)) for number in range(count)]


# ---- putting


@pytest.mark.parametrize(
    "work",
    [
        Work(patients=(ADA, BOB)),
        Work(patients=(ADA,), outages=(OUTAGE,)),
        Work(patients=tuple(PatientId(f"pat_{number:016d}") for number in range(TOGETHER))),
        Work(call=FALL),
    ],
    ids=["two patients", "with an outage", "as many as travel together", "a call for help"],
)
def test_work_comes_back_as_it_was_put(queue: Queue, work: Work) -> None:
    queue.put([work])

    assert queue.taken() == [work]


def test_work_for_one_is_a_small_text_of_ids(queue: Queue) -> None:
    queue.put([Work(patients=(ADA,))])

    (body,) = (entry["MessageBody"] for entry in queue.sent[0])
    assert json.loads(body) == {"patients": ["pat_ada"], "outages": [], "call": None}


def test_more_than_ten_pieces_go_in_several_calls_and_none_is_lost(queue: Queue) -> None:
    many = pieces(23)

    queue.put(many)

    assert [len(batch) for batch in queue.sent] == [10, 10, 3]
    assert all(len({entry["Id"] for entry in batch}) == len(batch) for batch in queue.sent)
    taken = queue.taken()
    assert len(taken) == 23
    assert all(piece in taken for piece in many)


def test_nothing_to_put_is_no_call(queue: Queue) -> None:
    queue.put([])

    assert queue.sent == []


def test_what_was_not_taken_is_sent_once_more_alone(queue: Queue) -> None:
    queue.happenings = [takes_only("0", "2"), goes_through]

    queue.put(pieces(3))

    assert [[entry["Id"] for entry in batch] for batch in queue.sent] == [["0", "1", "2"], ["1"]]
    assert queue.taken() == [Work(patients=(PatientId("pat_1"),))]


def test_what_is_not_taken_twice_is_an_error(queue: Queue) -> None:
    queue.happenings = [takes_only("0", "2"), takes_only("0", "2")]

    with pytest.raises(StoreDownError) as raised:
        queue.put(pieces(3))

    assert raised.value.facts["reason"] == "the queue did not take everything"


@pytest.mark.parametrize("happening", [is_refused, is_lost_on_the_way], ids=["refused", "no answer"])
def test_a_queue_that_is_down_is_told_as_such(queue: Queue, happening: Happening) -> None:
    queue.happenings = [happening] * 10

    with pytest.raises(StoreDownError) as raised:
        queue.put(pieces(1))

    assert raised.value.facts["reason"] == "the queue takes nothing"


def test_a_call_that_fails_ends_the_putting(queue: Queue) -> None:
    queue.happenings = [goes_through, is_refused]

    with pytest.raises(StoreDownError):
        queue.put(pieces(30))

    assert len(queue.sent) == 2
    assert len(queue.taken()) == 10


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        (timedelta(), 0),
        (timedelta(seconds=-5), 0),
        (timedelta(microseconds=1), 1),
        (timedelta(seconds=5), 5),
        (timedelta(seconds=5, microseconds=1), 6),
        (timedelta(minutes=15), 900),
        (timedelta(minutes=15, microseconds=1), 900),
        (timedelta(days=3), 900),
    ],
    ids=[
        "none",
        "in the past",
        "a moment",
        "seconds",
        "a moment more",
        "a quarter",
        "a moment over",
        "days",
    ],
)
def test_a_delay_is_never_short_and_a_quarter_of_an_hour_at_most(
    queue: Queue, delay: timedelta, seconds: int
) -> None:
    queue.put(pieces(2), delay=delay)

    assert queue.delays() == [seconds, seconds]


# ---- counting


def test_what_waits_to_be_seen_is_counted_without_what_is_delayed(queue: Queue) -> None:
    queue.put(pieces(12))
    queue.put(pieces(3), delay=timedelta(minutes=1))

    assert queue.waiting() == 12


def test_a_queue_that_cannot_be_asked_is_told_as_such(queue: Queue) -> None:
    gone = SqsQueue(queue.client, f"{queue.url}-of-yesterday")

    with pytest.raises(StoreDownError) as raised:
        gone.waiting()

    assert raised.value.facts["reason"] == "the queue cannot be asked"


# ---- events of the queue


@pytest.mark.parametrize(
    "record",
    [
        {"body": ""},
        {"body": "{"},
        {"body": "[]"},
        {"body": "{}"},
        {"body": '{"patients": []}'},
        {"body": '{"patients": [null]}'},
        {"body": '{"patients": ["pat_1"], "outages": [{"start": "2027-05-04T06:00:00"}]}'},
        {"body": '{"call": {"kind": "flood", "account": "1", "operation": "2", "at": "2027-05-04T06:00Z"}}'},
        {"body": None},
        {"body": 7},
        {"body": "\ud800"},
        {},
    ],
    ids=[
        "empty",
        "cut off",
        "a list",
        "nothing in it",
        "for nobody",
        "null for a patient",
        "half an outage",
        "a call of no kind",
        "null",
        "a number",
        "half a letter",
        "no body",
    ],
)
def test_a_body_that_cannot_be_read_is_work_for_nobody(record: dict[str, object]) -> None:
    event = {"Records": [record | {"messageId": "1", "eventSource": "aws:sqs"}]}

    assert arrived_in(event) == [Arrived(name="1", work=None)]


def test_a_field_of_a_later_release_is_left_out() -> None:
    body = '{"patients": ["pat_ada"], "colour": "red"}'

    (one,) = arrived_in({"Records": [{"messageId": "1", "body": body}]})

    assert one.work == Work(patients=(ADA,))


def test_records_keep_their_order_and_their_names() -> None:
    records = [{"messageId": name, "body": '{"patients": ["pat_ada"]}'} for name in ("c", "a", "b")]

    assert [one.name for one in arrived_in({"Records": records})] == ["c", "a", "b"]


@pytest.mark.parametrize("event", [{}, {"Records": []}], ids=["nothing", "no records"])
def test_an_event_without_records_is_no_work(event: dict[str, Any]) -> None:
    assert arrived_in(event) == []


# ---- events of the stream


def a_change(kind: str = "MODIFY", **attributes: dict[str, str]) -> dict[str, Any]:
    """A record of the stream, with the item as it is after the change."""
    item = {"pk": {"S": "PAT#pat_ada"}, "sk": {"S": "CHART#NOW"}, "wake": {"N": EIGHT_IN_MICROSECONDS}}
    change = {"SequenceNumber": "100", "NewImage": item | attributes}
    return {"eventSource": "aws:dynamodb", "eventName": kind, "dynamodb": change}


@pytest.mark.parametrize("kind", ["INSERT", "MODIFY"])
def test_a_chart_with_a_wake_is_work_for_that_moment(kind: str) -> None:
    (one,) = arrived_in({"Records": [a_change(kind)]})

    assert one == Arrived(name="100", work=Work(patients=(ADA,)), not_before=EIGHT)


@pytest.mark.parametrize(
    "record",
    [
        {"eventSource": "aws:dynamodb", "eventName": "REMOVE", "dynamodb": {"SequenceNumber": "100"}},
        a_change(pk={"S": "LINK#token#00"}),
        a_change(pk={"S": "COUNT#sweep"}),
        a_change(pk={"S": "DEVICE#dev_1"}),
        a_change(wake={}),
        {"eventSource": "aws:dynamodb"},
    ],
    ids=["removed", "a link", "the heartbeat", "a device", "without a wake", "without a change"],
)
def test_other_writes_are_no_work(record: dict[str, Any]) -> None:
    assert arrived_in({"Records": [record]}) == []


@pytest.mark.parametrize(
    "wake", [{"N": "soon"}, {"N": "9" * 30}, {"N": ""}], ids=["a word", "beyond all time", "empty"]
)
def test_a_wake_that_is_no_moment_does_not_spoil_the_batch(wake: dict[str, str]) -> None:
    good = a_change(pk={"S": "PAT#pat_bob"})

    arrived = arrived_in({"Records": [a_change(wake=wake), good]})

    assert arrived[-1] == Arrived(name="100", work=Work(patients=(BOB,)), not_before=EIGHT)


# ---- reporting


def test_what_has_to_come_again_is_named_one_by_one() -> None:
    assert reported(("1", "2")) == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "2"}]}
    assert reported(()) == {"batchItemFailures": []}
