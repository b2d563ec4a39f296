"""What the functions ask of AWS, and what their roles allow them: the same, both ways.

Each function is played through its main paths under the official runtime client; a server on this machine
writes its calls down. ``calls`` in the template is what our own code asks for; what Lambda does in a
function's name (its log, its queue, its stream, its dead letters) is in ``platform`` and not looked at here.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from skill.domain.alerts import AlertKind
from skill.domain.care_team import Address, Channel
from skill.domain.commands import RaiseAlert, SetCareTeam
from skill.domain.identity import SOMEONE, OperationId
from skill.domain.ladders import Waits, standard_ladders
from skill.private import Private
from skill.service.act import act
from skill.service.linking import make_code
from skill.standin.envelopes import Echo
from tests.lambda_bundle import Bundle
from tests.lambda_calls import Called, Calls, listening
from tests.lambda_events import MINUTE, a_receipt, a_reply, asked, notified, queued, streamed, work_for
from tests.lambda_ground import CLOCK, SAM, Ground, Someone
from tests.lambda_runtime import Answer, Function, running
from tests.sam_template import allowed, the_template
from tests.service.family import code_in

SKILL_ID = "amzn1.ask.skill.7b6a0c0e-5d1f-4a43-9c57-1d2f7a3b9e10"
SENDER, SMS_SET = "+12065550100", "sms-receipts"
MAIL, MAIL_SET = "doses@example.org", "mail-receipts"
FORM = {"content-type": "application/x-www-form-urlencoded"}
WRONG = "000000"

# What is allowed and not asked for, and why.
KEPT = {
    (
        "worker_handler",
        "sms-voice:SendVoiceMessage",
    ): "calls are in the registry, and no ladder names them yet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One function between its events and the calls that it makes."""

    ground: Ground
    calls: Calls
    function: Function

    def plays(self, event: object) -> Answer:
        answer = self.function.invoke(event)
        assert not answer.failed, answer.body
        return answer


# ---- the plays


def voice(stage: Stage) -> None:
    """A wrong code, the right one, a launch, a dose, a fall; a fall that the table cannot take."""
    who, echo = stage.ground.somebody(), Echo(skill_id=SKILL_ID)
    with stage.ground.house() as house:
        code = make_code(house.app, house.chance, who.household_id)

    def says(intent: str, **slots: str) -> str:
        return echo.hear(stage.plays(echo.intent(intent, CLOCK.now(), slots)).body)

    says("LinkIntent", Code=WRONG if code != WRONG else "000001")
    assert "linked now" in says("LinkIntent", Code=code)
    assert "medicine" in echo.hear(stage.plays(echo.launch(CLOCK.now())).body)
    assert "wrote down" in says("TakenIntent")
    assert "messaging your helpers" in says("FallIntent")
    before = stage.ground.in_queue("")
    stage.calls.down.add("TransactWriteItems")
    says("FallIntent")
    assert stage.ground.in_queue("") == before + 1


def minute(stage: Stage) -> None:
    stage.ground.somebody()
    assert stage.plays(MINUTE).body["handed_out"] >= 1
    assert stage.plays(MINUTE).body["handed_out"] >= 1


def work(stage: Stage) -> None:
    """A silent patient, a fall, a wake that is still to come."""
    who, other = stage.ground.somebody(), with_mail(stage.ground, stage.ground.somebody())
    with stage.ground.house() as house:
        fall = RaiseAlert(operation=OperationId("fall"), speaker=SOMEONE, kind=AlertKind.FALL)
        act(house.app, other.patient_id, fall)
    item = item_of(stage.ground, other)
    later = int((CLOCK.now() + timedelta(minutes=5)).timestamp() * 1_000_000)

    for event in (
        queued(work_for(who.patient_id)),
        streamed(item),
        streamed(item | {"wake": {"N": str(later)}}),
    ):
        assert stage.plays(event).body == {"batchItemFailures": []}


def pages(stage: Stage) -> None:
    path = stage.ground.told(stage.ground.somebody()).partition("https://d.example.org")[2].split()[0]
    for event, status in (
        (asked("GET", "/healthz"), 200),
        (asked("GET", "/readyz"), 503),  # nobody sweeps here
        (asked("GET", path), 200),
        (asked("POST", path, b"action=got_it", FORM), 200),
        (asked("POST", path, b"action=closed", FORM), 200),
        (asked("POST", "/alexa", b"{}"), 400),
    ):
        assert stage.plays(event).body["statusCode"] == status


def post(stage: Stage) -> None:
    """A wrong code, the right one, a receipt, an opt-out."""
    who = stage.ground.somebody()
    code = code_in(stage.ground.told(who))
    told = [
        a_reply(who.phone, WRONG if code != WRONG else "000001", 1),
        a_reply(who.phone, code, 2),
        a_receipt(who.patient_id),
        a_reply(who.phone, "STOP", 3),
    ]
    assert stage.plays(notified(*told)).body == {"understood": 4}


# ---- the stage

PLAYS: dict[str, tuple[Callable[[Stage], None], dict[str, str]]] = {
    "skill_handler": (voice, {"SKILL_ID": SKILL_ID}),
    "sweep_handler": (minute, {}),
    "worker_handler": (
        work,
        {
            "SMS": "end_user_messaging,sns",
            "EUM_FROM": SENDER,
            "EUM_CONFIGURATION_SET": SMS_SET,
            "EMAIL": "ses",
            "SES_FROM": MAIL,
            "SES_CONFIGURATION_SET": MAIL_SET,
        },
    ),
    "web_handler": (pages, {}),
    "receipts_handler": (post, {}),
}


@pytest.fixture(scope="module")
def played(
    bundle: Bundle, ground: Ground, client: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Called]]:
    """What each function asked for. The worker sends once by its own number, and once by SNS alone."""
    ground.client("sesv2").create_email_identity(EmailIdentity=MAIL)
    found: dict[str, list[Called]] = {}
    for name, (play, more) in PLAYS.items():
        variants = [more, {"SMS": "sns"}] if name == "worker_handler" else [more]
        for variant in variants:
            folder = tmp_path_factory.mktemp(name)
            with a_stage(bundle, ground, client, folder, name, variant) as stage:
                play(stage)
                found.setdefault(name, []).extend(stage.calls.seen)
    return found


@contextmanager
def a_stage(
    bundle: Bundle, ground: Ground, client: Path, folder: Path, name: str, more: dict[str, str]
) -> Iterator[Stage]:
    with ExitStack() as held:
        calls = held.enter_context(listening(ground.server.endpoint))
        environ = ground.environ(calls.endpoint, AWS_QUEUE=ground.queue, **more)
        handler = f"{name}.handler"
        function = held.enter_context(running(bundle.task, handler, environ, folder, client=client))
        yield Stage(ground=ground, calls=calls, function=function)


def with_mail(ground: Ground, who: Someone) -> Someone:
    """Sam has a mailbox as well."""
    with ground.house() as house:
        (sam,) = house.app.charts.load(who.patient_id).chart.plan.care_team
        mail = Address(channel=Channel.EMAIL, value=Private("sam@example.org"))
        both = replace(sam, addresses=(*sam.addresses, mail))
        ladders = standard_ladders([SAM], Waits())
        act(
            house.app,
            who.patient_id,
            SetCareTeam(operation=OperationId("mail"), contacts=(both,), ladders=ladders),
        )
    return who


def item_of(ground: Ground, who: Someone) -> dict[str, Any]:
    key = {"pk": {"S": f"PAT#{who.patient_id}"}, "sk": {"S": "CHART#NOW"}}
    found: dict[str, Any] = ground.client("dynamodb").get_item(TableName=ground.table, Key=key)["Item"]
    return found


# ---- the template's side


def may(function: str) -> set[tuple[str, str]]:
    """The rights in ``calls``, one resource each, called as in the template."""
    return {
        (action, called)
        for action, resource in allowed(the_template(), function)
        for called in _names(json.loads(resource))
    }


def _names(resource: Any) -> list[str]:  # noqa: ANN401 - a template's
    match resource:
        case list():
            return [name for one in resource for name in _names(one)]
        case {"Ref": name} | {"Fn::GetAtt": [name, "Arn"]}:
            return [name]
        case {"Fn::Sub": [text, _]} | {"Fn::Sub": text}:
            return [re.sub(r"^\$\{(\w+)\.Arn\}", r"\1", text.rpartition(":")[2])]
        case _:
            return [str(resource)]


def in_the_template(ground: Ground, called: Called) -> tuple[str, str]:
    """A right that was used, in the template's words."""
    names = {
        ground.table: "ItemTable",
        f"{ground.table}/index/wake": "ItemTable/index/wake",
        ground.keys_table: "KeysTable",
        ground.key: "WrappingKey",
        ground.queue: "WorkQueue",
        SENDER: "SmsOrigination",
        SMS_SET: "SmsConfigurationSet",
        MAIL: "identity/${Name}",
        MAIL_SET: "configuration-set/${MailConfigurationSet}",
    }
    return called.action, names.get(called.on, called.on)


@pytest.mark.parametrize("function", PLAYS)
def test_a_function_may_do_what_it_does(
    played: dict[str, list[Called]], ground: Ground, function: str
) -> None:
    used = {in_the_template(ground, one) for one in played[function]}

    assert used - may(function) == set()


@pytest.mark.parametrize("function", PLAYS)
def test_a_function_does_what_it_may(played: dict[str, list[Called]], ground: Ground, function: str) -> None:
    used = {in_the_template(ground, one) for one in played[function]}

    unused = {right for right in may(function) - used if (function, right[0]) not in KEPT}

    assert unused == set()


def test_what_is_kept_without_being_used_is_still_in_the_template(
    played: dict[str, list[Called]], ground: Ground
) -> None:
    for function, action in KEPT:
        assert action in {right for right, _ in may(function)}
        assert action not in {one.action for one in played[function]}


def test_keys_are_unwrapped_for_dose_keeper_and_for_nothing_else(played: dict[str, list[Called]]) -> None:
    contexts = {one.about for calls in played.values() for one in calls if one.action == "kms:Decrypt"}

    assert {json.loads(context)["app"] for context in contexts} == {"dosekeeper/1"}


def test_the_sweep_touches_nothing_in_the_table_but_its_heartbeat(played: dict[str, list[Called]]) -> None:
    of_items = {(one.action, one.about) for one in played["sweep_handler"] if one.on == "items"}

    assert of_items == {("dynamodb:GetItem", "COUNT#sweep"), ("dynamodb:UpdateItem", "COUNT#sweep")}


# The twin


def test_a_call_that_nobody_foresaw_is_written_down(ground: Ground) -> None:
    with listening(ground.server.endpoint) as calls:
        dynamo = ground.reaching(calls.endpoint, "dynamodb")
        dynamo.describe_table(TableName=ground.table)
        ground.reaching(calls.endpoint, "sts").get_caller_identity()

    assert calls.rights() == {("dynamodb:DescribeTable", "items"), ("sts:/", "?")}
    assert {in_the_template(ground, one) for one in calls.seen} - may("web_handler") == {
        ("dynamodb:DescribeTable", "ItemTable"),
        ("sts:/", "?"),
    }
