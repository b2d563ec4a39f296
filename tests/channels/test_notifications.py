"""What SNS brings: replies are done, receipts are logged, and one bad record never stops the others."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from skill.channels.notifications import receive
from skill.domain.alerts import AlertState
from skill.domain.events import ContactOptedOut
from skill.errors import StoreDownError
from skill.logs import JsonLines
from skill.service.act import App
from tests.lambda_events import a_receipt, a_reply, notified
from tests.service.family import ADA, ANA, ANAS_PHONE, TEN, Family, a_family, code_in


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    """Ada, about whom Ana has just been asked."""
    with a_family(tmp_path) as made:
        made.wind_to(TEN)
        yield made


@pytest.fixture
def code(family: Family) -> str:
    """What Ana has to reply with."""
    return code_in(family.sms.texts(ANAS_PHONE)[-1])


@contextmanager
def logged() -> Iterator[list[dict[str, Any]]]:
    """The lines that our own log gets meanwhile."""
    stream, lines = io.StringIO(), list[dict[str, Any]]()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("skill.channels.notifications")
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
        lines += [json.loads(line) for line in stream.getvalue().splitlines()]


def state(family: Family) -> AlertState:
    (alert,) = family.chart.now.alerts
    return alert.state


def opted_out(family: Family) -> int:
    ledger = family.house.records.ledger(ADA)
    return sum(isinstance(event, ContactOptedOut) for decision in ledger for event in decision.events)


def test_a_code_is_taken_for_an_answer(family: Family, code: str) -> None:
    answer = receive(family.app, notified(a_reply(ANAS_PHONE, code)))

    assert answer == {"understood": 1}
    assert state(family) is AlertState.ACKNOWLEDGED
    assert family.chart.now.alerts[0].acknowledged_by == ANA


def test_the_same_reply_again_changes_nothing(family: Family, code: str) -> None:
    reply = notified(a_reply(ANAS_PHONE, code))
    receive(family.app, reply)
    before = family.house.records.load(ADA).version

    answer = receive(family.app, reply)

    assert answer == {"understood": 1}
    assert family.house.records.load(ADA).version == before


def test_a_word_for_stop_opts_out_once_however_often_it_comes(family: Family) -> None:
    stop = notified(a_reply(ANAS_PHONE, "Stop"), a_reply(ANAS_PHONE, "Stop"))

    answers = [receive(family.app, stop) for _ in range(2)]

    assert answers == [{"understood": 2}, {"understood": 2}]
    assert opted_out(family) == 1


def test_the_code_of_somebody_else_s_telephone_is_good_for_nothing(family: Family, code: str) -> None:
    answer = receive(family.app, notified(a_reply("+12025550199", code)))

    assert answer == {"understood": 1}
    assert state(family) is AlertState.OPEN


@pytest.mark.parametrize(
    ("kind", "arrival", "level"),
    [
        ("TEXT_DELIVERED", "arrived", "info"),
        ("TEXT_QUEUED", "on_its_way", "info"),
        ("VOICE_ANSWERED", "on_its_way", "info"),
        ("TEXT_UNREACHABLE", "failed", "error"),
        ("VOICE_NO_ANSWER", "failed", "error"),
    ],
    ids=["delivered", "queued", "picked up", "unreachable", "nobody picks up"],
)
def test_a_receipt_is_logged_with_what_became_of_the_message(
    family: Family, kind: str, arrival: str, level: str
) -> None:
    with logged() as lines:
        answer = receive(family.app, notified(a_receipt(ADA, kind)))

    assert answer == {"understood": 1}
    (line,) = lines
    assert (line["event"], line["level"].lower(), line["outcome"]) == ("receipt", level, arrival)
    assert line["patient_id"] == ADA


def test_a_receipt_answers_for_nobody(family: Family) -> None:
    before = family.house.records.load(ADA).version

    receive(family.app, notified(a_receipt(ADA, "VOICE_ANSWERED")))

    assert family.house.records.load(ADA).version == before


def test_what_others_publish_on_the_topic_is_passed_over(family: Family) -> None:
    bounce = {"notificationType": "Bounce", "mail": {"messageId": "1"}}
    clicked = {"eventType": "CLICK", "context": {}}
    of_others = {"eventType": "TEXT_DELIVERED", "context": {"campaign": "spring"}}

    with logged() as lines:
        answer = receive(family.app, notified(bounce, clicked, of_others))

    assert answer == {"understood": 0}
    assert lines == []


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (7, "record"),
        ({"Sns": {"Message": None}}, "record"),
        (notified("x" * 300_000)["Records"][0], "record"),
        (notified("{")["Records"][0], "message"),
        (notified("[]")["Records"][0], "message"),
        (notified(a_reply("202-555-0111", "1"))["Records"][0], "originationNumber"),
        (notified(a_reply(ANAS_PHONE, "x" * 2001))["Records"][0], "messageBody"),
        (notified(a_receipt(ADA) | {"context": {"key": "k", "attempt": "0"}})["Records"][0], "context"),
    ],
    ids=[
        "a number",
        "no message",
        "too large",
        "cut off",
        "a list",
        "a number of no country",
        "a novel",
        "an attempt before the first",
    ],
)
def test_a_record_that_nobody_can_read_is_named_in_the_log_and_left(
    family: Family, code: str, record: object, field: str
) -> None:
    good = notified(a_reply(ANAS_PHONE, code))["Records"]

    with logged() as lines:
        answer = receive(family.app, {"Records": [record, *good]})

    assert answer == {"understood": 1}
    assert [(line["event"], line.get("reason")) for line in lines] == [
        ("notification_refused", field),
        ("reply_heard", None),
    ]
    assert state(family) is AlertState.ACKNOWLEDGED


@pytest.mark.parametrize(
    "event",
    [{}, {"Records": None}, {"Records": []}, {"Records": {"Sns": 1}}],
    ids=["nothing", "null", "no records", "no list"],
)
def test_an_event_without_records_is_nothing(family: Family, event: dict[str, Any]) -> None:
    assert receive(family.app, event) == {"understood": 0}


def test_while_the_store_is_down_the_event_has_to_come_again(family: Family, code: str) -> None:
    app: App = family.app
    family.house.store.close()

    with pytest.raises(StoreDownError):
        receive(app, notified(a_reply(ANAS_PHONE, code)))


def test_the_log_has_neither_the_telephone_nor_the_words(family: Family) -> None:
    with logged() as lines:
        receive(family.app, notified(a_reply(ANAS_PHONE, "Ada is at the dialysis centre")))

    text = json.dumps(lines)
    assert lines != []
    assert [word for word in (ANAS_PHONE, "2025550111", "dialysis", "Ada") if word in text] == []
