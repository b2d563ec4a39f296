"""Who a turn is about, and what of Alexa's own ids goes any further."""

import json

from skill.storage.codec import pack
from tests.voice.envelopes import intent_request
from tests.voice.house import House


def test_no_id_of_alexa_but_the_requests_goes_into_the_chart(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    house.echo.person = "ADA"
    house.says("WhoIsSpeakingIntent", Name="ada")
    house.says("TakenIntent")
    house.says("FallIntent")
    house.says("AMAZON.HelpIntent")

    chart = house.chart()

    stored = pack(chart.now) + pack(chart.plan)
    assert chart.now.question is not None
    assert b"amzn1.echo-api.session" not in stored
    assert b"amzn1.ask.person" not in stored
    assert b"amzn1.ask.account" not in stored
    assert any(done.operation.startswith("alexa/amzn1.echo-api.request") for done in chart.now.operations)


def test_no_id_of_a_person_goes_into_the_session(house: House) -> None:
    house.echo.person = "ADA"

    heard = house.says("WhoIsSpeakingIntent", Name="ada")

    assert "amzn1" not in json.dumps({k: v for k, v in heard.attributes.items() if k != "last"})
    assert "Ada" not in json.dumps(heard.attributes)


def test_two_sessions_of_one_echo_are_two(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    house.opens()
    first = house.chart().now.question
    house.echo.open = False

    house.opens()

    second = house.chart().now.question
    assert first is not None
    assert second is not None
    assert first.session != second.session


def test_a_request_without_a_session_is_a_turn_all_the_same(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    envelope = house.echo.envelope(intent_request("ConfirmIntent", {"Group": "my pills"}), house.clock.now())
    del envelope["session"]

    heard = house.receives(envelope)

    assert heard.speech.startswith("I wrote down one morning medicine")
    assert heard.attributes == {}
