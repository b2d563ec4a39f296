"""Every alarm of the template is moved by the real thing that it is there for.

Our own metrics come out of the functions themselves, built in this process on a server that stands in for
AWS, and are read from their logs as CloudWatch reads them. AWS's own come from that server: what ends as a
dead letter, what a function that may not run tells. What the state of an alarm follows from, CloudWatch's
arithmetic, is that of ``tests/cloudwatch.py``.

What cannot be moved here, and is shown by numbers instead: what SMS cost (the server sends none, and AWS
tells the sum only to the account that pays), how far the worker is behind the stream and how old the oldest
work is (the server has both, and publishes neither), and that the scheduler itself puts an event aside.
"""

import copy
import io
import json
import logging
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from skill.bootstrap import skill_function, sweep_function, worker_function
from skill.clock import WoundClock
from skill.domain.alerts import AlertKind
from skill.domain.care_team import Patient
from skill.domain.commands import Acknowledge, RaiseAlert, Resolve
from skill.domain.identity import OperationId, PatientId, contact
from skill.errors import DoseKeeperError
from skill.logs import METRICS
from skill.private import Private
from skill.service.act import act
from skill.service.linking import add_household, add_patient, make_code
from skill.settings import read
from skill.standin.envelopes import Echo
from tests.cloudwatch import points, seen_by, state
from tests.lambda_bundle import Bundle
from tests.lambda_events import MINUTE, queued, work_for
from tests.lambda_ground import CLOCK, SAM, Ground, a_ground
from tests.lambda_runtime import running
from tests.sam_template import Node, of_type, the_template

TEMPLATE = the_template()
SKILL_ID = "amzn1.ask.skill.7b6a0c0e-5d1f-4a43-9c57-1d2f7a3b9e10"
OTHER_SKILL = "amzn1.ask.skill.00000000-0000-4000-8000-000000000000"
FUNCTIONS = ("Skill", "Sweep", "Worker", "Web", "Receipts")
FAILS = "def handler(event, context):\n    raise ValueError('as it was told to')\n"
Test = Callable[..., None]
SHOWN: dict[str, str] = {}


def shows(*alarms: str) -> Callable[[Test], Test]:
    """The test moves the metric of these alarms."""

    def noted(test: Test) -> Test:
        SHOWN.update(dict.fromkeys(alarms, test.__name__))
        return test

    return noted


def not_shown(template: Node, shown: dict[str, str]) -> list[str]:
    """Alarms that no test moves, and tests of alarms that there are no longer."""
    return sorted(of_type(template, "AWS::CloudWatch::Alarm").keys() ^ shown.keys())


def alarm(name: str, **named: str) -> Node:
    """The alarm as deployed, with each resource that it looks at under its name in ``named``."""
    found: Node = copy.deepcopy(of_type(TEMPLATE, "AWS::CloudWatch::Alarm")[name])
    for one in found.get("Dimensions", ()):
        if isinstance(one["Value"], dict):
            ((_, target),) = one["Value"].items()
            one["Value"] = named[target if isinstance(target, str) else target[0]]
    if isinstance(found["Threshold"], dict):
        found["Threshold"] = TEMPLATE["Parameters"][found["Threshold"]["Ref"]]["Default"]
    return found


@pytest.fixture
def alone() -> Iterator[Ground]:
    """A deployment of a test's own, where what others leave behind would be seen as well."""
    with a_ground() as made:
        yield made


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What functions built in this process have written since the last call."""
    root = logging.getLogger()
    before = (tuple(root.handlers), root.level, sys.excepthook)
    yield lambda: capsys.readouterr().err
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    sys.excepthook = before[2]


def the_sweep(ground: Ground) -> Callable[[], object]:
    function = sweep_function(read(ground.environ(AWS_QUEUE=ground.queue)))
    return lambda: function(MINUTE, None)


def attribute(ground: Ground, queue: str, name: str) -> int:
    sqs = ground.client("sqs")
    return int(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"][name])


def dead_letters(ground: Ground, name: str) -> tuple[str, str]:
    """A new queue of this name: its address and its ARN."""
    sqs = ground.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, asked["Attributes"]["QueueArn"]


def waits_for(ground: Ground, queue: str) -> int:
    """How many dead letters there are, once there is one; 0 when none has come for ten seconds."""
    for _ in range(200):
        count = attribute(ground, queue, "ApproximateNumberOfMessages")
        if count:
            return count
        Event().wait(0.05)
    return 0


# ---- the sweep


@shows("SweepSilentAlarm")
def test_the_dead_man_s_switch_is_held_by_finished_sweeps_alone(
    alone: Ground, log: Callable[[], str]
) -> None:
    watched, sweep = alarm("SweepSilentAlarm"), the_sweep(alone)
    log()

    sweep()
    finished = seen_by(watched, log())
    alone.client("sqs").delete_queue(QueueUrl=alone.queue)
    with pytest.raises(DoseKeeperError):
        sweep()
    broken = seen_by(watched, log())

    assert (finished, broken) == ([1.0], [])
    assert state(watched, finished, finished, finished) == "OK"
    assert state(watched, finished, broken, broken) == "OK"
    assert state(watched, finished, broken, broken, broken) == "ALARM"


@shows("SweepLateAlarm")
def test_a_wake_that_nobody_works_makes_the_sweep_late(alone: Ground, log: Callable[[], str]) -> None:
    watched, sweep = alarm("SweepLateAlarm"), the_sweep(alone)
    who = alone.somebody()
    log()

    sweep()
    in_time = seen_by(watched, log())
    with alone.house(WoundClock(CLOCK.now() - timedelta(minutes=5))) as house:
        act(house.app, who.patient_id, RaiseAlert(operation=OperationId("op_fall"), kind=AlertKind.FALL))
    sweep()
    late = seen_by(watched, log())

    assert 0 <= in_time[0] < 120
    assert 300 <= late[0] < 400
    assert state(watched, in_time, in_time, in_time) == "OK"
    assert state(watched, late, late, late) == "ALARM"


# ---- work and dead letters


@shows("WorkWaitsAlarm")
def test_work_that_nobody_takes_grows_old(alone: Ground, log: Callable[[], str]) -> None:
    watched = alarm("WorkWaitsAlarm", WorkQueue="work")
    alone.somebody()

    the_sweep(alone)()
    (waits,) = alone.client("sqs").receive_message(QueueUrl=alone.queue, AttributeNames=["SentTimestamp"])[
        "Messages"
    ]
    put = datetime.fromtimestamp(int(waits["Attributes"]["SentTimestamp"]) / 1000, UTC)
    age_now = (CLOCK.now() - put).total_seconds()

    assert 0 <= age_now < 60
    assert state(watched, [age_now], [age_now]) == "OK"
    assert state(watched, [900], [900]) == "OK"  # put back for as long as SQS can: no sign of anything
    assert state(watched, [age_now + 1020], [age_now + 1081]) == "OK"
    assert state(watched, [age_now + 1081], [age_now + 1141]) == "ALARM"


@shows("WorkDeadAlarm")
def test_work_that_nobody_can_do_ends_as_a_dead_letter(alone: Ground, log: Callable[[], str]) -> None:
    watched = alarm("WorkDeadAlarm", WorkDeadLetters="work-dead")
    dead, arn = dead_letters(alone, "work-dead")
    tries = of_type(TEMPLATE, "AWS::SQS::Queue")["WorkQueue"]["RedrivePolicy"]["maxReceiveCount"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": tries})
    sqs, who = alone.client("sqs"), alone.somebody()
    sqs.set_queue_attributes(QueueUrl=alone.queue, Attributes={"RedrivePolicy": policy})
    for body in ("poison", json.dumps(work_for(who.patient_id))):
        sqs.send_message(QueueUrl=alone.queue, MessageBody=body)
    worker = worker_function(read(alone.environ(AWS_QUEUE=alone.queue, SMS="sns")))

    before = attribute(alone, dead, "ApproximateNumberOfMessages")
    for _ in range(tries + 1):
        as_lambda_polls(alone, worker)
    after = attribute(alone, dead, "ApproximateNumberOfMessages")

    assert (before, after) == (0, 1)
    assert len(alone.sms(who)) == 1
    assert (state(watched, [before]), state(watched, [after])) == ("OK", "ALARM")


def as_lambda_polls(ground: Ground, worker: Callable[[Any, object], dict[str, Any]]) -> None:
    """Hand a batch to the worker; what it does not name is done, the rest is visible again at once."""
    sqs = ground.client("sqs")
    batch = sqs.receive_message(QueueUrl=ground.queue, MaxNumberOfMessages=10).get("Messages", [])
    event = queued(*[one["Body"] for one in batch])
    for record, one in zip(event["Records"], batch, strict=True):
        record["messageId"] = one["MessageId"]
    again = {one["itemIdentifier"] for one in worker(event, None)["batchItemFailures"]}
    for one in batch:
        handle = {"QueueUrl": ground.queue, "ReceiptHandle": one["ReceiptHandle"]}
        if one["MessageId"] in again:
            sqs.change_message_visibility(**handle, VisibilityTimeout=0)
        else:
            sqs.delete_message(**handle)


@shows("StreamLateAlarm")
def test_half_a_minute_behind_the_stream_is_too_late(alone: Ground) -> None:
    watched = alarm("StreamLateAlarm", WorkerFunction="worker")
    stream = alone.client("dynamodbstreams")
    arn = a_stream(alone)
    alone.somebody()

    (shard, *_) = stream.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    start = stream.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    record = stream.get_records(ShardIterator=start["ShardIterator"])["Records"][0]
    behind = (CLOCK.now() - record["dynamodb"]["ApproximateCreationDateTime"]).total_seconds() * 1000

    assert -1000 < behind < 30_000  # AWS and its stand-in tell this moment in whole seconds
    assert state(watched, [behind], [behind]) == "OK"
    assert state(watched, [behind], [behind + 31_000]) == "OK"
    assert state(watched, [behind + 31_000], [behind + 91_000]) == "ALARM"


@shows("StreamDeadAlarm")
def test_a_record_of_the_stream_that_is_given_up_ends_as_a_dead_letter(alone: Ground) -> None:
    watched = alarm("StreamDeadAlarm", StreamDeadLetters="stream-dead")
    dead, arn = dead_letters(alone, "stream-dead")
    a_function(alone, "worker", FAILS)
    deployed = TEMPLATE["Resources"]["WorkerFunction"]["Properties"]["Events"]["Stream"]["Properties"]
    alone.client("lambda").create_event_source_mapping(
        EventSourceArn=a_stream(alone),
        FunctionName="worker",
        StartingPosition=deployed["StartingPosition"],
        MaximumRecordAgeInSeconds=1,  # AWS takes 60 at least; its stand-in knows no other way to give up
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )

    before = attribute(alone, dead, "ApproximateNumberOfMessages")
    alone.somebody()
    after = waits_for(alone, dead)

    assert deployed["DestinationConfig"]["OnFailure"]["Destination"] == {
        "Fn::GetAtt": ["StreamDeadLetters", "Arn"]
    }
    assert (state(watched, [before]), state(watched, [after])) == ("OK", "ALARM")


@shows("AsyncDeadAlarm")
def test_an_event_for_which_nobody_waits_ends_as_a_dead_letter_when_it_fails(alone: Ground) -> None:
    watched = alarm("AsyncDeadAlarm", AsyncDeadLetters="async-dead")
    dead, arn = dead_letters(alone, "async-dead")
    a_function(alone, "receipts", FAILS, DeadLetterConfig={"TargetArn": arn})
    functions = alone.client("lambda")
    functions.put_function_event_invoke_config(FunctionName="receipts", MaximumRetryAttempts=0)

    before = attribute(alone, dead, "ApproximateNumberOfMessages")
    functions.invoke(FunctionName="receipts", InvocationType="Event", Payload=b"{}")
    after = waits_for(alone, dead)

    shared = TEMPLATE["Globals"]["Function"]["DeadLetterQueue"]
    assert shared["TargetArn"] == {"Fn::GetAtt": ["AsyncDeadLetters", "Arn"]}
    assert (state(watched, [before]), state(watched, [after])) == ("OK", "ALARM")


@shows("ScheduleDeadAlarm")
def test_a_minute_that_the_scheduler_put_aside_is_noticed(ground: Ground) -> None:
    watched = alarm("ScheduleDeadAlarm", ScheduleDeadLetters="schedule-dead")
    dead, _ = dead_letters(ground, "schedule-dead")

    before = attribute(ground, dead, "ApproximateNumberOfMessages")
    ground.client("sqs").send_message(QueueUrl=dead, MessageBody=json.dumps(MINUTE))
    after = attribute(ground, dead, "ApproximateNumberOfMessages")

    target = TEMPLATE["Resources"]["SweepSchedule"]["Properties"]["Target"]
    assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["ScheduleDeadLetters", "Arn"]}
    assert (state(watched, [before]), state(watched, [after])) == ("OK", "ALARM")


def a_stream(ground: Ground) -> str:
    """The stream of the item table, switched on as the template does it."""
    wanted = of_type(TEMPLATE, "AWS::DynamoDB::Table")["ItemTable"]["StreamSpecification"]
    changed = ground.client("dynamodb").update_table(
        TableName=ground.table, StreamSpecification={"StreamEnabled": True, **wanted}
    )
    return str(changed["TableDescription"]["LatestStreamArn"])


def a_function(ground: Ground, name: str, code: str, **more: object) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", code)
    ground.client("lambda").create_function(
        FunctionName=name,
        Runtime=f"python3.{sys.version_info.minor}",
        Role="arn:aws:iam::000000000000:role/nobody",
        Handler="index.handler",
        Code={"ZipFile": packed.getvalue()},
        **more,
    )


# ---- functions


@shows(*(f"{name}ErrorsAlarm" for name in FUNCTIONS))
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_cannot_read_its_event_ends_with_an_error(
    name: str, ground: Ground, bundle: Bundle, client: Path, tmp_path: Path
) -> None:
    watched = alarm(f"{name}ErrorsAlarm", **{f"{name}Function": name.lower()})
    environ = ground.environ(AWS_QUEUE=ground.queue, SKILL_ID=SKILL_ID)

    handler = f"{name.lower()}_handler.handler"
    with running(bundle.task, handler, environ, tmp_path, client=client) as function:
        answer = function.invoke(b"{")

    assert answer.failed
    assert (state(watched, [0]), state(watched, [float(answer.failed)])) == ("OK", "ALARM")


@shows(*(f"{name}ThrottlesAlarm" for name in FUNCTIONS))
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_that_may_not_run_is_throttled(name: str, ground: Ground) -> None:
    watched = alarm(f"{name}ThrottlesAlarm", **{f"{name}Function": name.lower()})
    functions = ground.client("lambda")
    a_function(ground, name.lower(), FAILS)

    functions.put_function_concurrency(FunctionName=name.lower(), ReservedConcurrentExecutions=0)
    with pytest.raises(functions.exceptions.TooManyRequestsException):
        functions.invoke(FunctionName=name.lower(), Payload=b"{}")
    told = ground.client("cloudwatch").get_metric_statistics(
        Namespace=watched["Namespace"],
        MetricName=watched["MetricName"],
        Dimensions=watched["Dimensions"],
        StartTime=CLOCK.now() - timedelta(minutes=5),
        EndTime=CLOCK.now() + timedelta(minutes=5),
        Period=watched["Period"],
        Statistics=[watched["Statistic"]],
    )["Datapoints"]

    held_back = [sum(one[watched["Statistic"]] for one in told)]
    assert held_back[0] >= 1
    assert state(watched, [0], held_back, [0]) == "OK"
    assert state(watched, held_back, [0], held_back) == "ALARM"


# ---- Alexa and ladders


@shows("AlexaRefusedAlarm")
def test_five_envelopes_of_another_skill_in_five_minutes_ring(ground: Ground, log: Callable[[], str]) -> None:
    watched = alarm("AlexaRefusedAlarm")
    skill = skill_function(read(ground.environ(SKILL_ID=SKILL_ID)))
    log()

    for _ in range(5):
        skill(Echo(skill_id=OTHER_SKILL).launch(CLOCK.now()), None)
    refused = seen_by(watched, log())
    skill(Echo(skill_id=SKILL_ID).launch(CLOCK.now()), None)
    ours = seen_by(watched, log())

    assert (refused, ours) == ([1.0] * 5, [])
    assert (state(watched, refused[:4]), state(watched, refused)) == ("OK", "ALARM")


@shows("ExhaustedAlarm")
def test_a_call_for_help_that_nobody_can_be_told_about_rings(ground: Ground, log: Callable[[], str]) -> None:
    watched, echo = alarm("ExhaustedAlarm"), Echo(skill_id=SKILL_ID)
    with ground.house() as house:
        household_id = add_household(house.app, house.chance)
        ada = Patient(patient_id=PatientId("pat_ada"), name=Private("Adelheid"), zone=ZoneInfo("UTC"))
        add_patient(house.app, household_id, ada, OperationId("enrol"))
        code = make_code(house.app, house.chance, household_id)
    skill = skill_function(read(ground.environ(SKILL_ID=SKILL_ID)))
    skill(echo.launch(CLOCK.now()), None)
    echo.hear(skill(echo.intent("LinkIntent", CLOCK.now(), {"Code": code}), None))
    before = seen_by(watched, log())

    skill(echo.intent("FallIntent", CLOCK.now()), None)
    written = log()

    assert (before, seen_by(watched, written)) == ([], [1.0])
    assert (state(watched, before), state(watched, seen_by(watched, written))) == ("OK", "ALARM")
    assert "Adelheid" not in written


@shows("SnsSpendAlarm", "EndUserMessagingSpendAlarm")
@pytest.mark.parametrize("name", ["SnsSpendAlarm", "EndUserMessagingSpendAlarm"])
def test_what_sms_cost_rings_at_the_chosen_sum_and_goes_on_while_none_is_sent(name: str) -> None:
    watched = alarm(name)

    assert watched["Threshold"] == 80
    assert state(watched, [79.99]) == "OK"
    assert state(watched, [80.0]) == "ALARM"
    assert state(watched, [80.0], [], before="ALARM") == "ALARM"
    assert state(watched, [12.5], before="ALARM") == "OK"


# ---- the alarms as a whole, and the dashboard


def test_every_alarm_is_moved_by_a_test_of_this_file() -> None:
    assert not_shown(TEMPLATE, SHOWN) == []


def test_an_alarm_that_no_test_moves_is_found() -> None:
    template = copy.deepcopy(TEMPLATE)
    template["Resources"]["NewAlarm"] = {"Type": "AWS::CloudWatch::Alarm", "Properties": {}}
    del template["Resources"]["ExhaustedAlarm"]

    assert not_shown(template, SHOWN) == ["ExhaustedAlarm", "NewAlarm"]


def uncounted(template: Node) -> list[str]:
    """Metrics of ours that an alarm or the dashboard looks at and that nobody counts so."""
    looked_at = [
        (one["MetricName"], tuple(sorted(dimension["Name"] for dimension in one.get("Dimensions", ()))))
        for one in of_type(template, "AWS::CloudWatch::Alarm").values()
        if one["Namespace"] == "DoseKeeper"
    ]
    (board,) = of_type(template, "AWS::CloudWatch::Dashboard").values()
    for widget in json.loads(board["DashboardBody"]["Fn::Sub"])["widgets"]:
        for namespace, *names in (one for one in widget["properties"]["metrics"] if isinstance(one[0], str)):
            texts = [name for name in names if isinstance(name, str)]
            if namespace == "DoseKeeper":
                looked_at.append((texts[0], tuple(sorted(texts[1::2]))))
    counted = {(name, tuple(sorted(by))) for name, measure in METRICS.items() for by in measure.counted_by}
    return sorted(f"{name} by {', '.join(by)}" for name, by in set(looked_at) - counted)


def test_alarms_and_dashboard_look_at_what_is_counted() -> None:
    assert uncounted(TEMPLATE) == []


def test_a_metric_that_is_not_counted_so_is_found() -> None:
    template = copy.deepcopy(TEMPLATE)
    template["Resources"]["SweepLateAlarm"]["Properties"]["MetricName"] = "sweep_delay"
    template["Resources"]["ExhaustedAlarm"]["Properties"]["Dimensions"] = [{"Name": "kind", "Value": "fall"}]

    assert uncounted(template) == ["alert_exhausted by kind", "sweep_delay by function"]


# ---- metrics that no alarm looks at


def test_a_turn_by_voice_tells_how_long_it_took_and_one_that_nobody_said_does_not(
    ground: Ground, log: Callable[[], str]
) -> None:
    skill = skill_function(read(ground.environ(SKILL_ID=SKILL_ID)))
    at_start = [point.name for point in points(log())]

    skill(Echo(skill_id=SKILL_ID).launch(CLOCK.now()), None)
    (turn,) = points(log())

    assert at_start == []
    assert turn[:4] == ("DoseKeeper", "turn_latency", frozenset({("function", "skill")}), "Milliseconds")
    assert 0 < turn.value < 60_000


@pytest.mark.parametrize(
    ("provider", "left"),
    [
        ({"SMS": "sns"}, 0.0),
        (
            {
                "SMS": "sms_gateway",
                "SMS_GATEWAY_URL": "http://127.0.0.1:9/sms",
                "SMS_GATEWAY_SECRET": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz",
                "SMS_GATEWAY_FROM": "+12065550100",
            },
            1.0,
        ),
    ],
    ids=["a provider that answers", "nobody there"],
)
def test_the_worker_tells_how_many_messages_wait_after_it_has_sent(
    ground: Ground, log: Callable[[], str], provider: dict[str, str], left: float
) -> None:
    who = ground.somebody()
    worker = worker_function(read(ground.environ(AWS_QUEUE=ground.queue, **provider)))
    log()

    worker(queued(work_for(who.patient_id)), None)

    told = [point[2:] for point in points(log()) if point.name == "unsettled_messages"]
    assert told == [(frozenset({("function", "worker")}), "Count", left)]


def test_how_a_ladder_went_is_counted_by_what_became_of_it(ground: Ground, log: Callable[[], str]) -> None:
    who = ground.somebody()
    worker = worker_function(read(ground.environ(AWS_QUEUE=ground.queue, SMS="sns")))
    worker(queued(work_for(who.patient_id)), None)
    log()

    with ground.house() as house:
        (alert,) = house.records.load(who.patient_id).chart.now.alerts
        sam = contact(SAM)
        for command in (Acknowledge, Resolve):
            operation = OperationId(f"op_{command.__name__}")
            act(house.app, who.patient_id, command(operation=operation, speaker=sam, alert_id=alert.alert_id))
    told = [point for point in points(log()) if point.name == "ladder_outcome"]

    assert [dict(point.dimensions)["outcome"] for point in told] == ["acknowledged", "resolved"]
    assert {(point.value, point.unit) for point in told} == {(1.0, "Count")}
