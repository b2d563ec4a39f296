"""The template of the AWS deployment, held to what it promises."""

import copy
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from skill.service.ports import Item, Place, Put
from skill.settings import read, settings_table
from skill.storage import dynamo_tables
from skill.storage.dynamo_items import step_of
from skill.storage.sealing import CONSTANT
from tests.house.source import ROOT
from tests.sam_template import (
    PATH,
    Node,
    actions,
    alien_settings,
    filled_in,
    functions,
    impatient,
    of_type,
    parsed,
    perishable,
    silent,
    statements,
    strangers,
    the_template,
    too_powerful,
    unbound,
    unexplained,
    unkempt,
    variables,
)

LAMBDA = ROOT / "lambda"
FUNCTIONS = ("receipts_handler", "skill_handler", "sweep_handler", "web_handler", "worker_handler")
SKILL_ID = "amzn1.ask.skill.11111111-2222-3333-4444-555555555555"
DEPLOYED = {
    "ItemTable": "doses-items",
    "KeysTable": "doses-keys",
    "WrappingKey": "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555",
    "WorkQueue": "https://sqs.us-east-1.amazonaws.com/111122223333/work",
    "Shards": "4",
    "Domain": "d.example.org",
    "Country": "US",
    "LogLevel": "info",
    "SkillId": SKILL_ID,
    "SmsOrigination": "arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-1",
    "SmsConfigurationSet": "receipts",
    "SesFrom": "doses@example.org",
    "MailConfigurationSet": "doses-mail",
}


@pytest.fixture(scope="module")
def template() -> Node:
    return the_template()


def test_every_file_has_its_function_and_every_function_its_file(template: Node) -> None:
    assert strangers(template, LAMBDA) == []


def test_every_variable_is_a_setting_and_none_is_secret(template: Node) -> None:
    assert alien_settings(template, settings_table()) == []


@pytest.mark.parametrize("has_all", [True, False], ids=["everything", "the_least"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_can_read_the_environment_it_is_given(
    template: Node, function: str, has_all: bool
) -> None:
    conditions = dict.fromkeys(template["Conditions"], has_all)
    given = {
        name: filled_in(value, DEPLOYED, conditions) for name, value in variables(template, function).items()
    }

    settings = read({name: str(value) for name, value in given.items() if value is not None})

    assert settings.aws is not None
    assert (settings.aws.table, settings.aws.keys_table) == ("doses-items", "doses-keys")
    queueing = {"skill_handler", "sweep_handler", "worker_handler"}
    assert (settings.aws.queue is not None) == (function in queueing)
    assert (settings.alexa.skill_id is not None) == (function == "skill_handler")


@pytest.mark.parametrize(
    ("has_all", "sms", "email"),
    [(True, ("end_user_messaging", "sns"), ("ses",)), (False, ("sns",), ("mailbox",))],
    ids=["own_number_and_address", "neither"],
)
def test_only_the_worker_sends_and_by_what_is_there(
    template: Node, has_all: bool, sms: tuple[str, ...], email: tuple[str, ...]
) -> None:
    conditions = dict.fromkeys(template["Conditions"], has_all)

    given = {
        name: filled_in(value, DEPLOYED, conditions)
        for name, value in variables(template, "worker_handler").items()
    }
    providers = read({name: str(value) for name, value in given.items() if value is not None}).providers

    assert (providers.sms, providers.email) == (sms, email)
    assert [one for one in FUNCTIONS if "DOSEKEEPER_SMS" in variables(template, one)] == ["worker_handler"]


def test_nobody_may_do_everything(template: Node) -> None:
    assert too_powerful(template) == []


def test_what_is_allowed_everywhere_says_why() -> None:
    assert unexplained(PATH.read_text(encoding="utf-8")) == []


def test_a_function_has_a_role_a_log_and_dead_letters_of_its_own(template: Node) -> None:
    assert unkempt(template) == []


def test_every_alarm_tells_the_operator_and_nothing_dies_unheard(template: Node) -> None:
    assert silent(template) == []


def test_time_outs_batches_and_queues_fit_together(template: Node) -> None:
    assert impatient(template) == []


def test_tables_and_keys_outlive_their_stack(template: Node) -> None:
    assert perishable(template) == []


def test_keys_are_unwrapped_for_nothing_else(template: Node) -> None:
    assert unbound(template) == []
    assert CONSTANT == b"dosekeeper/1"


def test_the_tables_are_those_that_the_engine_knows(template: Node) -> None:
    tables = of_type(template, "AWS::DynamoDB::Table")
    items, keys = tables["ItemTable"], tables["KeysTable"]

    assert items["KeySchema"] == list(dynamo_tables.ITEM_KEYS)
    assert items["AttributeDefinitions"] == list(dynamo_tables.ITEM_ATTRIBUTES)
    assert items["GlobalSecondaryIndexes"] == [
        {
            "IndexName": dynamo_tables.WAKE_INDEX,
            "KeySchema": list(dynamo_tables.WAKE_KEYS),
            "Projection": dynamo_tables.WAKE_PROJECTION,
        }
    ]
    assert items["TimeToLiveSpecification"] == {
        "AttributeName": dynamo_tables.TTL_ATTRIBUTE,
        "Enabled": True,
    }
    assert items["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert keys["KeySchema"] == list(dynamo_tables.SHELF_KEYS)
    assert keys["AttributeDefinitions"] == list(dynamo_tables.SHELF_ATTRIBUTES)
    assert {one["BillingMode"] for one in (items, keys)} == {dynamo_tables.BILLING_MODE}


@pytest.mark.parametrize("soon", [True, False], ids=["near", "far"])
def test_the_stream_brings_exactly_the_charts_whose_wake_is_near(template: Node, soon: bool) -> None:
    stream = functions(template)["worker_handler"]["Events"]["Stream"]["Properties"]
    (one_filter,) = stream["FilterCriteria"]["Filters"]
    place = Place(pk="PAT#pat_1", sk="CHART#NOW")
    wake = datetime(2027, 5, 4, 6, tzinfo=UTC)

    item = Item(place=place, body=b"sealed", shard="R0", wake=wake, soon=soon)
    image = step_of("doses", Put(item=item, expect=0), bytes(16))["Put"]["Item"]

    assert json.loads(one_filter["Pattern"]) == {
        "dynamodb": {"NewImage": {"soon": {"N": [{"exists": True}]}}}
    }
    assert ("N" in image.get("soon", {})) == soon


def test_only_our_skill_may_call_the_skill_function(template: Node) -> None:
    skill = functions(template)["skill_handler"]

    assert skill["Events"] == {"Alexa": {"Type": "AlexaSkill", "Properties": {"SkillId": {"Ref": "SkillId"}}}}
    assert re.fullmatch(template["Parameters"]["SkillId"]["AllowedPattern"], SKILL_ID)


def test_no_voice_turn_and_no_page_can_reach_a_carrier(template: Node) -> None:
    carriers = {"sns:Publish", "sms-voice:SendTextMessage", "sms-voice:SendVoiceMessage", "ses:SendEmail"}

    assert [one for one in FUNCTIONS if actions(template, one) & carriers] == ["worker_handler"]
    assert carriers <= actions(template, "worker_handler")


def test_the_worker_sends_sms_to_telephones_and_to_no_topic(template: Node) -> None:
    said = {one["Sid"]: one for one in statements(template, "worker_handler", "calls")}

    assert said["Telephones"]["Resource"] == "*"
    assert said["NoTopics"]["Effect"] == "Deny"
    assert said["NoTopics"]["Action"] == "sns:Publish"
    assert said["NoTopics"]["Resource"] == {"Fn::Sub": "arn:${AWS::Partition}:sns:*:*:*"}


def test_the_sweep_runs_every_minute_and_a_lost_start_is_kept(template: Node) -> None:
    (schedule,) = of_type(template, "AWS::Scheduler::Schedule").values()

    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 3}
    assert schedule["Target"]["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["ScheduleDeadLetters", "Arn"]}}


def test_a_sweep_that_does_not_run_is_an_alarm(template: Node) -> None:
    switch = of_type(template, "AWS::CloudWatch::Alarm")["SweepSilentAlarm"]

    assert (switch["Namespace"], switch["MetricName"], switch["TreatMissingData"]) == (
        "DoseKeeper",
        "swept",
        "breaching",
    )
    assert (switch["Period"], switch["EvaluationPeriods"]) == (60, 3)


def test_the_access_log_of_the_web_holds_no_path_and_no_address(template: Node) -> None:
    (stage,) = of_type(template, "AWS::ApiGatewayV2::Stage").values()

    kept = set(json.loads(stage["AccessLogSettings"]["Format"]).values())

    assert kept == {
        "$context.requestId",
        "$context.httpMethod",
        "$context.status",
        "$context.responseLatency",
    }


def test_the_dashboard_is_whole(template: Node) -> None:
    (board,) = of_type(template, "AWS::CloudWatch::Dashboard").values()

    body = json.loads(re.sub(r"\$\{[^}]+\}", "x", board["DashboardBody"]["Fn::Sub"]))

    assert len(body["widgets"]) == 12
    assert all(widget["properties"]["metrics"] for widget in body["widgets"])


# The twins


def broken(change: Callable[[Node], object]) -> Node:
    """The template after ``change``."""
    template = copy.deepcopy(the_template())
    change(template["Resources"])
    return template


def test_a_function_without_a_file_and_a_file_without_a_function_are_found() -> None:
    template = broken(
        lambda r: r["SweepFunction"]["Properties"].update({"Handler": "minute_handler.handler"})
    )

    assert strangers(template, LAMBDA) == ["minute_handler has no file", "sweep_handler has no function"]


def test_an_unknown_and_a_secret_variable_are_found() -> None:
    more = {"DOSEKEEPER_TABEL": "x", "DOSEKEEPER_SMTP_PASSWORD": "x"}

    template = broken(lambda r: r["SkillFunction"]["Properties"]["Environment"]["Variables"].update(more))

    assert alien_settings(template, settings_table()) == [
        "skill_handler: DOSEKEEPER_TABEL is no setting",
        "skill_handler: DOSEKEEPER_SMTP_PASSWORD is a secret",
    ]


@pytest.mark.parametrize(
    "action", ["*", "dynamodb:*", "kms:GenerateDataKey*"], ids=["all", "service", "family"]
)
def test_a_wildcard_action_is_found(action: str) -> None:
    def widen(resources: Node) -> None:
        policy = resources["WebRole"]["Properties"]["Policies"][0]
        policy["PolicyDocument"]["Statement"][0]["Action"] = [action]

    assert too_powerful(broken(widen)) == [f"WebRole: {action}"]


def test_a_resource_of_everything_without_a_reason_is_found() -> None:
    text = 'a:\n  Resource: "*"\n  Resource: "*" # no ARN\n  Resource: [ "*" ]\n  Resource: x/*\n'

    assert unexplained(text) == ['2: Resource: "*"', '4: Resource: [ "*" ]']


def test_a_shared_role_and_a_log_without_end_are_found() -> None:
    def share(resources: Node) -> None:
        resources["WebFunction"]["Properties"]["Role"] = {"Fn::GetAtt": ["SkillRole", "Arn"]}
        del resources["WebLog"]["Properties"]["RetentionInDays"]

    assert unkempt(broken(share)) == [
        "web_handler: its log has no RetentionInDays",
        "SkillRole: a role of several",
    ]


def test_a_function_without_dead_letters_is_found() -> None:
    template = the_template()
    del template["Globals"]["Function"]["DeadLetterQueue"]

    assert [line for line in unkempt(template) if "skill" in line] == ["skill_handler: no dead letters"]


def test_an_alarm_that_tells_nobody_and_a_missing_one_are_found() -> None:
    def hush(resources: Node) -> None:
        del resources["SweepSilentAlarm"]["Properties"]["AlarmActions"]
        del resources["WorkDeadAlarm"], resources["WebErrorsAlarm"]

    assert silent(broken(hush)) == [
        "SweepSilentAlarm tells nobody",
        "WebFunction has no alarm for Errors",
        "WorkDeadLetters has no alarm",
    ]


@pytest.mark.parametrize(
    ("where", "what", "value", "problem"),
    [
        ("WorkQueue", "VisibilityTimeout", 719, "work is visible again before six time-outs"),
        ("WorkDeadLetters", "MessageRetentionPeriod", 60, "dead letters do not live longer than work"),
        ("SweepFunction", "Timeout", 60, "a sweep does not end within its minute"),
        ("SkillFunction", "Timeout", 9, "a turn takes longer than Alexa waits"),
    ],
    ids=["visibility", "retention", "sweep", "turn"],
)
def test_arithmetic_that_does_not_come_out_is_found(where: str, what: str, value: int, problem: str) -> None:
    template = broken(lambda r: r[where]["Properties"].update({what: value}))

    assert impatient(template) == [problem]


@pytest.mark.parametrize(
    ("event", "what", "problem"),
    [
        ("Queue", "FunctionResponseTypes", "one bad piece fails its batch"),
        ("Stream", "FunctionResponseTypes", "one bad piece fails its batch"),
        ("Stream", "BisectBatchOnFunctionError", "the stream is held up by one record"),
        ("Stream", "MaximumRetryAttempts", "the stream is held up by one record"),
        ("Stream", "DestinationConfig", "what the stream gives up is lost"),
    ],
    ids=["queue_failures", "stream_failures", "bisect", "retries", "destination"],
)
def test_a_worker_that_one_record_can_stop_is_found(event: str, what: str, problem: str) -> None:
    template = broken(lambda r: r["WorkerFunction"]["Properties"]["Events"][event]["Properties"].pop(what))

    assert impatient(template) == [problem]


@pytest.mark.parametrize(
    ("what", "value", "problem"),
    [
        ("Queue", 100, "the queue takes all workers from the stream"),
        ("Skill", 800, "the sizes are too large for an account"),
    ],
    ids=["no_room_for_the_stream", "more_than_an_account_has"],
)
def test_a_size_that_does_not_fit_is_found(what: str, value: int, problem: str) -> None:
    template = the_template()
    template["Mappings"]["Sizes"]["small"][what] = value

    assert impatient(template) == [problem]


def test_a_table_that_can_be_lost_is_found() -> None:
    def loosen(resources: Node) -> None:
        resources["ItemTable"]["DeletionPolicy"] = "Delete"
        del resources["KeysTable"]["Properties"]["PointInTimeRecoverySpecification"]
        resources["WrappingKey"]["Properties"]["EnableKeyRotation"] = False

    assert perishable(broken(loosen)) == [
        "WrappingKey does not rotate",
        "ItemTable goes with its stack",
        "KeysTable has no backups",
    ]


def test_a_key_that_anybody_may_unwrap_with_is_found() -> None:
    def loosen(resources: Node) -> None:
        policy = resources["SkillRole"]["Properties"]["Policies"][0]["PolicyDocument"]
        del next(one for one in policy["Statement"] if one["Sid"] == "Unwrap")["Condition"]

    assert unbound(broken(loosen)) == ["SkillRole: Unwrap"]


def test_short_forms_are_read_as_long_ones() -> None:
    read_ = parsed("a: !GetAtt X.Arn\nb: !If [C, !Ref D, x]\n")

    assert read_ == {"a": {"Fn::GetAtt": ["X", "Arn"]}, "b": {"Fn::If": ["C", {"Ref": "D"}, "x"]}}
