"""What belongs together in the logs can be found together: one invocation, one message, one operation."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skill.bootstrap import skill_function, worker_function
from skill.domain.alerts import AlertKind
from skill.domain.care_team import Channel
from skill.domain.commands import RaiseAlert
from skill.domain.identity import OperationId, PatientId
from skill.logs import carrying, set_up
from skill.phrases.catalogue import packaged
from skill.service.act import act
from skill.service.linking import make_code
from skill.service.sending import Delivery
from skill.service.work import Arrived, Work, work_off
from skill.settings import read
from skill.standin.envelopes import Echo
from tests.lambda_bundle import Bundle
from tests.lambda_events import queued, streamed, work_for
from tests.lambda_ground import CLOCK, Ground
from tests.lambda_runtime import running
from tests.service.family import Recorder
from tests.small_house import a_household_of, a_small_house

SKILL_ID = "amzn1.ask.skill.7b6a0c0e-5d1f-4a43-9c57-1d2f7a3b9e10"
FIRST = "00000000-0000-4000-8000-000000000001"  # what the Runtime API of the tests calls its first event
ADA = PatientId("pat_ada")


class Context:
    """Lambda's, as far as a function looks at it."""

    aws_request_id = "0b1c2d3e-0000-4000-8000-000000000000"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Puts the process's log back as it was; where nothing else sets it up, lines are written here."""
    root = logging.getLogger()
    before = (tuple(root.handlers), root.level, sys.excepthook)
    written = io.StringIO()
    set_up("info", written)
    yield written
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    sys.excepthook = before[2]


def lines(written: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines() if line.startswith("{")]


def test_every_line_of_an_invocation_carries_its_id_and_that_of_its_message(
    ground: Ground, bundle: Bundle, client: Path, tmp_path: Path
) -> None:
    who = ground.somebody()
    environ = ground.environ(AWS_QUEUE=ground.queue, SMS="sns")

    with running(bundle.task, "worker_handler.handler", environ, tmp_path, client=client) as worker:
        worker.invoke(queued(work_for(who.patient_id)))
        written = [line for line in lines(worker.written()) if line["event"] != "library"]

    assert {"ticked", "message_sent", "metric"} <= {line["event"] for line in written}
    assert {(line["request"], line["message_id"]) for line in written} == {(FIRST, "message-1")}


def test_messages_sent_side_by_side_carry_what_their_work_carries(tmp_path: Path, log: io.StringIO) -> None:
    sms = Recorder(Channel.SMS)
    with a_small_house(tmp_path) as house, carrying(request="r-1"):
        a_household_of(house, "ada")
        act(house.app, ADA, RaiseAlert(operation=OperationId("op_fall"), kind=AlertKind.FALL))
        delivery = Delivery(
            app=house.app,
            chance=house.chance,
            providers={Channel.SMS: (sms,)},
            catalogue=packaged(),
            base_url=None,
            at_once=8,
        )

        work_off(delivery, NoQueue(), [Arrived(name="m-1", work=Work(patients=(ADA,)))])

    sent = [line for line in lines(log.getvalue()) if line["event"] == "message_sent"]
    assert len(sent) == len(sms.sent) == 2
    assert {(line["request"], line["message_id"]) for line in sent} == {("r-1", "m-1")}


class NoQueue:
    """Nothing is put back here."""

    def put(self, *_: object, **__: object) -> None:
        raise AssertionError("nothing is to come again")

    def waiting(self) -> int:
        return 0


def test_what_the_stream_brings_names_the_turn_that_it_came_from(
    ground: Ground, log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    who, echo = ground.somebody(), Echo(skill_id=SKILL_ID)
    with ground.house() as house:
        code = make_code(house.app, house.chance, who.household_id)
    skill = skill_function(read(ground.environ(SKILL_ID=SKILL_ID)))
    echo.hear(skill(echo.launch(CLOCK.now()), Context()))
    echo.hear(skill(echo.intent("LinkIntent", CLOCK.now(), {"Code": code}), Context()))
    capsys.readouterr()

    skill(fall := echo.intent("FallIntent", CLOCK.now()), Context())
    spoken = lines(capsys.readouterr().err)
    worker = worker_function(read(ground.environ(AWS_QUEUE=ground.queue, SMS="sns")))
    worker(streamed(chart_of(ground, who.patient_id)), Context())
    worked = lines(capsys.readouterr().err)

    operation = f"alexa/{fall['request']['requestId']}"
    assert {(line["request"], line["operation"]) for line in spoken} == {(Context.aws_request_id, operation)}
    assert [line["operation"] for line in worked if line["event"] == "ticked"] == [operation]


def chart_of(ground: Ground, patient_id: PatientId) -> dict[str, Any]:
    """As the stream shows it."""
    key = {"pk": {"S": f"PAT#{patient_id}"}, "sk": {"S": "CHART#NOW"}}
    found: dict[str, Any] = ground.client("dynamodb").get_item(TableName=ground.table, Key=key)["Item"]
    return found
