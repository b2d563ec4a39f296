"""Slots as Alexa may fill them, odd ones too."""

from datetime import date, datetime, time
from typing import Any

import pytest

from skill.domain.doses import SkipReason
from skill.domain.regimen import Group
from skill.domain.timing import Period
from skill.private import Private
from skill.voice.envelope import UnknownRequest, to_request_envelope
from skill.voice.heard import Heard, Sign
from skill.voice.slots import cry_for_help, heard_in
from tests.voice.envelopes import Echo, intent_request
from tests.voice.house import NEW_YORK, TUESDAY

MORNING = datetime.combine(TUESDAY, time(8, 4), tzinfo=NEW_YORK)


def heard(request: dict[str, Any]) -> Heard:
    envelope = to_request_envelope(Echo().envelope(request, MORNING))
    assert not isinstance(envelope, UnknownRequest)
    return heard_in(envelope.request)


def with_slot(intent: str, name: str, **slot: object) -> dict[str, Any]:
    request = intent_request(intent, {})
    request["intent"]["slots"][name] = {"name": name, **slot}
    return request


def test_a_synonym_is_what_it_stands_for() -> None:
    found = heard(intent_request("ConfirmIntent", {"Group": "all my tablets"}))
    exact = heard(intent_request("ConfirmIntent", {"Group": "my tablets"}))

    assert found.group is None
    assert exact.group is Group.PILLS


@pytest.mark.parametrize(
    "slot",
    [
        {},
        {"value": None},
        {"value": ""},
        {"value": {}},
        {"value": 7},
        {"value": None, "resolutions": {"resolutionsPerAuthority": []}},
        {"resolutions": None, "slotValue": None},
    ],
    ids=["bare", "null", "empty", "object", "number", "no authority", "nulls"],
)
def test_a_slot_without_words_is_no_slot(slot: dict[str, object]) -> None:
    found = heard(with_slot("ConfirmIntent", "Group", **slot))

    assert found == Heard(intent="ConfirmIntent")


@pytest.mark.parametrize(
    "resolutions",
    [
        {},
        {"resolutionsPerAuthority": None},
        {"resolutionsPerAuthority": [{"authority": "a", "status": {"code": "ER_SUCCESS_NO_MATCH"}}]},
        {"resolutionsPerAuthority": [{"authority": "a", "status": {"code": "ER_OF_THE_FUTURE"}}]},
        {"resolutionsPerAuthority": [{"authority": "a", "status": None, "values": [{}]}]},
        {"resolutionsPerAuthority": [{"status": {"code": "ER_SUCCESS_MATCH"}, "values": [{"value": None}]}]},
    ],
    ids=["empty", "null", "no match", "unknown code", "no status", "no value"],
)
def test_words_that_resolve_to_nothing_are_themselves(resolutions: dict[str, object]) -> None:
    found = heard(with_slot("ConfirmNamedIntent", "Medicine", value="lisinopril", resolutions=resolutions))

    assert found.texts == (Private("lisinopril"),)


def test_dynamic_and_static_matches_are_both_names_of_the_medicine() -> None:
    authorities = [
        {
            "authority": f"amzn1.er-authority.echo-sdk.{kind}.MEDICINE",
            "status": {"code": "ER_SUCCESS_MATCH"},
            "values": [{"value": {"name": name, "id": name}}],
        }
        for kind, name in (("dynamic", "water pill"), ("static", "lisinopril"))
    ]

    found = heard(
        with_slot(
            "ConfirmNamedIntent",
            "Medicine",
            value="zestril",
            resolutions={"resolutionsPerAuthority": authorities},
        )
    )

    assert found.texts == (Private("zestril"), Private("water pill"), Private("lisinopril"))


def test_several_values_in_one_slot_are_unclear() -> None:
    values = [{"type": "Simple", "value": "morning"}, {"type": "Simple", "value": "evening"}]

    found = heard(with_slot("ConfirmPacketIntent", "Packet", slotValue={"type": "List", "values": values}))

    assert found.unclear


def test_intents_without_slots_are_heard() -> None:
    request = intent_request("FallIntent", {})
    request["intent"]["slots"] = None

    assert heard(request) == Heard(intent="FallIntent")


def test_a_part_of_the_day_with_the_day_is_the_packet() -> None:
    found = heard(intent_request("ConfirmIntent", {"Group": "my pills", "Day": "2027-05-03TEV"}))

    assert (found.day, found.period) == (date(2027, 5, 3), Period.EVENING)


@pytest.mark.parametrize(
    ("slots", "sign"),
    [
        ({"Sign": "a stroke"}, Sign.STROKE),
        ({"Sign": "a purple cow"}, Sign.OTHER),
        ({"Overdose": "many"}, Sign.OVERDOSE),
        ({"Overdose": "a purple cow"}, Sign.OVERDOSE),
        ({}, None),
    ],
    ids=["stroke", "unknown sign", "too many", "unknown thing", "none"],
)
def test_a_sign_that_is_on_no_list_is_a_sign_all_the_same(slots: dict[str, str], sign: Sign | None) -> None:
    assert heard(intent_request("EmergencyIntent", slots)).sign is sign


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("it makes me dizzy", SkipReason.SIDE_EFFECTS),
        ("a purple cow", SkipReason.OTHER),
        ("no", None),
        ("No, thanks", None),
    ],
)
def test_a_reason_is_a_code_or_other_or_none(said: str, reason: SkipReason | None) -> None:
    assert heard(intent_request("SkipIntent", {"Reason": said})).reason is reason


@pytest.mark.parametrize(
    ("text", "cry"),
    [
        ("help", True),
        ("I fell down", True),
        ("call an ambulance", True),
        ("I can't breathe", True),
        ("I didn't fall but I fell asleep", False),
        ("no help", False),
        ("it makes me dizzy", None),
        ("helpful", None),
        ("Carlos", None),
    ],
)
def test_a_cry_for_help_is_heard_in_free_text(text: str, cry: bool | None) -> None:
    """S6."""
    assert cry_for_help(Private(text)) is cry
