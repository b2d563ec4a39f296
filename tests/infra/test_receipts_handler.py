"""Receipts and replies as a Lambda function: the unpacked bundle under the official runtime client."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skill.domain.alerts import AlertState
from skill.domain.events import ContactOptedOut
from tests.lambda_bundle import Bundle
from tests.lambda_events import a_receipt, a_reply, notified
from tests.lambda_ground import SAM, Ground, Someone
from tests.lambda_runtime import Function, running
from tests.service.family import code_in

LARGEST = 5_900_000  # bytes; Lambda hands over 6 MB at most


@pytest.fixture(scope="module")
def receipts(
    bundle: Bundle, ground: Ground, client: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Function]:
    folder = tmp_path_factory.mktemp("receipts")
    with running(
        bundle.task, "receipts_handler.handler", ground.environ(), folder, client=client
    ) as function:
        yield function


def who_has_it(ground: Ground, who: Someone) -> list[tuple[str | None, AlertState]]:
    with ground.house() as house:
        alerts = house.app.charts.load(who.patient_id).chart.now.alerts
        return [(alert.acknowledged_by, alert.state) for alert in alerts]


def test_the_code_in_a_reply_says_that_sam_has_it(receipts: Function, ground: Ground) -> None:
    who = ground.somebody()
    code = code_in(ground.told(who))

    answer = receipts.invoke(notified(a_reply(who.phone, code)))

    assert answer.body == {"understood": 1}
    assert who_has_it(ground, who) == [(SAM, AlertState.ACKNOWLEDGED)]


def test_a_reply_that_comes_twice_has_its_effect_once(receipts: Function, ground: Ground) -> None:
    who = ground.somebody()
    reply = notified(a_reply(who.phone, "Stop"))

    answers = [receipts.invoke(reply).body for _ in range(2)]

    assert answers == [{"understood": 1}, {"understood": 1}]
    assert len(ground.happened(who, ContactOptedOut)) == 1


def test_a_wrong_code_changes_nothing(receipts: Function, ground: Ground) -> None:
    who = ground.somebody()
    code = code_in(ground.told(who))
    wrong = "000000" if code != "000000" else "000001"

    answer = receipts.invoke(notified(a_reply(who.phone, wrong)))

    assert answer.body == {"understood": 1}
    assert who_has_it(ground, who) == [(None, AlertState.OPEN)]


@pytest.mark.parametrize("kind", ["TEXT_DELIVERED", "TEXT_UNREACHABLE", "VOICE_NO_ANSWER"])
def test_a_receipt_is_understood(receipts: Function, ground: Ground, kind: str) -> None:
    who = ground.somebody()

    answer = receipts.invoke(notified(a_receipt(who.patient_id, kind)))

    assert answer.body == {"understood": 1}
    assert who.patient_id in receipts.written()


def test_one_bad_record_does_not_keep_the_others_waiting(receipts: Function, ground: Ground) -> None:
    who = ground.somebody()
    code = code_in(ground.told(who))

    answer = receipts.invoke(
        notified("{", {"inboundMessageId": "!"}, a_reply(who.phone, code), {"eventType": "TEXT_DELIVERED"})
    )

    assert answer.body == {"understood": 1}
    assert who_has_it(ground, who) == [(SAM, AlertState.ACKNOWLEDGED)]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"Records": None},
        {"Records": 7},
        {"Records": [None, 7, [], {}]},
        {"Records": [{"Sns": {}}]},
        {"Records": [{"Sns": {"Message": 7}}]},
        notified("", "null", "[]", "7", "{}", "[" * 100_000),
        notified({"eventType": "TEXT_DELIVERED", "context": {"key": "k", "attempt": "many"}}),
        notified(a_reply("+1", "1")),
        notified("x" * LARGEST),
    ],
    ids=[
        "nothing",
        "null",
        "a number",
        "no records",
        "no message",
        "a number for a message",
        "messages of nothing",
        "a context of others",
        "from no telephone",
        "six megabytes",
    ],
)
def test_what_nobody_can_read_is_left(receipts: Function, event: object) -> None:
    answer = receipts.invoke(event)

    assert (answer.failed, answer.body) == (False, {"understood": 0})


def test_what_is_not_json_is_refused_by_the_client_and_the_next_is_heard(
    receipts: Function, ground: Ground
) -> None:
    who = ground.somebody()

    refused = receipts.invoke(b"{")

    assert refused.failed
    assert receipts.invoke(notified(a_receipt(who.patient_id))).body == {"understood": 1}


def test_its_log_holds_no_telephone_and_no_words(receipts: Function, ground: Ground) -> None:
    who = ground.somebody()

    receipts.invoke(notified(a_reply(who.phone, "I am her daughter and at the airport")))

    written = receipts.written()
    assert [word for word in (who.name, who.phone, "airport") if word in written] == []
