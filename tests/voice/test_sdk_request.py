"""What the SDK can hold reaches the handlers; what it cannot hold is left out and never breaks a turn."""

import json
from datetime import UTC, datetime

import pytest
from ask_sdk_core.exceptions import SerializationException
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model.dialog_state import DialogState
from ask_sdk_model.request_envelope import RequestEnvelope
from ask_sdk_model.slu.entityresolution.status_code import StatusCode
from hypothesis import given
from hypothesis import strategies as st

from skill.voice.envelope import UnknownRequest, person_id, to_request_envelope
from tests.voice.alexa_envelopes import a_request, an_intent_request, body_of, changed, without

MEDICINE = "request.intent.slots.medicine"

Envelope = dict[str, object]


def read(envelope: Envelope) -> RequestEnvelope:
    made = to_request_envelope(envelope)
    assert isinstance(made, RequestEnvelope)
    return made


def test_a_genuine_request_becomes_what_the_sdk_makes_of_it() -> None:
    envelope = an_intent_request()

    made = read(envelope)

    assert made.to_dict() == DefaultSerializer().deserialize(body_of(envelope), RequestEnvelope).to_dict()
    assert made.request.intent.name == "TookNamedIntent"
    assert made.request.intent.slots["medicine"].value == "metformin"
    assert made.request.intent.slots["medicine"].slot_value.value == "metformin"
    assert made.request.dialog_state is DialogState.STARTED
    assert made.request.timestamp == datetime(2027, 5, 4, 12, tzinfo=UTC)
    assert made.session.attributes == {"question": "which_patient"}
    assert made.context.viewport.pixel_width == 1024


def test_the_envelope_that_was_read_stays_as_it_was() -> None:
    envelope = changed(an_intent_request(), "request.dialogState", "DREAMING")

    to_request_envelope(envelope)

    assert envelope == changed(an_intent_request(), "request.dialogState", "DREAMING")


def test_what_the_sdk_does_not_declare_about_a_person_survives() -> None:
    envelope = an_intent_request()

    made = read(envelope)

    assert made.context.system.person.authenticationConfidenceLevel == {"level": 300}
    assert made.context.system.person.person_id == person_id(envelope)


@pytest.mark.parametrize(
    ("kind", "fields"),
    (
        pytest.param("LaunchRequest", {}, id="launch"),
        pytest.param("SessionEndedRequest", {"reason": "USER_INITIATED"}, id="end of a session"),
        pytest.param("AlexaSkillEvent.SkillDisabled", {"body": {}}, id="skill event"),
        pytest.param("Reminders.ReminderDeleted", {"body": {"alertTokens": ["t"]}}, id="reminder event"),
        pytest.param("Messaging.MessageReceived", {"message": {"a": "b"}}, id="message"),
        pytest.param(
            "Connections.Response",
            {"name": "AskFor", "status": {"code": "200", "message": "OK"}, "payload": {}, "token": ""},
            id="answer to a question about consent",
        ),
        pytest.param("SessionResumedRequest", {"cause": {"type": "ConnectionCompleted"}}, id="resumed"),
    ),
)
def test_every_kind_that_the_sdk_knows_becomes_its_object(kind: str, fields: Envelope) -> None:
    envelope = a_request(kind, **fields)

    made = read(envelope)

    assert made.request.object_type == kind
    assert made.request.request_id == "amzn1.echo-api.request.0002"


@pytest.mark.parametrize(
    "kind",
    (
        pytest.param("AlexaSkillEvent.SkillAccountUnlinked", id="an event without a class"),
        pytest.param("Next.NewRequest", id="a kind not yet invented"),
        pytest.param("intentRequest", id="a small letter"),
        pytest.param("IntentRequest ", id="a blank"),
        pytest.param("", id="empty"),
        pytest.param("__class__", id="a name of Python's"),
    ),
)
def test_a_kind_that_the_sdk_does_not_know_is_told_by_name_and_id(kind: str) -> None:
    envelope = a_request(kind)

    made = to_request_envelope(envelope)

    assert made == UnknownRequest(type=kind, request_id="amzn1.echo-api.request.0002")


@pytest.mark.parametrize(
    "envelope",
    (
        pytest.param(without(an_intent_request(), "request.intent"), id="no intent"),
        pytest.param(changed(an_intent_request(), "request.intent", None), id="null as an intent"),
        pytest.param(changed(an_intent_request(), "request.intent", "TookIntent"), id="text as an intent"),
        pytest.param(changed(an_intent_request(), "request.intent", []), id="list as an intent"),
        pytest.param(without(an_intent_request(), "request.intent.name"), id="no name"),
        pytest.param(changed(an_intent_request(), "request.intent.name", ""), id="empty name"),
        pytest.param(changed(an_intent_request(), "request.intent.name", 7), id="number as a name"),
    ),
)
def test_an_intent_without_a_name_is_no_intent(envelope: Envelope) -> None:
    made = to_request_envelope(envelope)

    assert made == UnknownRequest(type="IntentRequest", request_id="amzn1.echo-api.request.0001")


@pytest.mark.parametrize(
    "envelope",
    (
        pytest.param({}, id="nothing"),
        pytest.param({"request": None}, id="null as a request"),
        pytest.param({"request": []}, id="list as a request"),
        pytest.param({"request": {"type": ["IntentRequest"], "requestId": 7}}, id="odd type and id"),
        pytest.param({"request": {}}, id="empty request"),
    ),
)
def test_an_envelope_that_does_not_say_its_kind_is_unknown(envelope: Envelope) -> None:
    made = to_request_envelope(envelope)

    assert made == UnknownRequest(type="", request_id="")


@pytest.mark.parametrize(
    ("path", "value"),
    (
        pytest.param("request.dialogState", "DREAMING", id="state of the dialog"),
        pytest.param("request.intent.confirmationStatus", "MAYBE", id="confirmation of the intent"),
        pytest.param(f"{MEDICINE}.confirmationStatus", "MAYBE", id="confirmation of the slot"),
        pytest.param("context.Viewport.shape", "TRIANGLE", id="shape of the screen"),
        pytest.param("context.Viewport.touch", ["SINGLE", "TELEPATHY"], id="way to touch the screen"),
        pytest.param(
            "context.System.user.permissions.scopes", {"a": {"status": "PERHAPS"}}, id="status of a consent"
        ),
        pytest.param("request.dialogState", 7, id="number for a state"),
        pytest.param("request.dialogState", ["STARTED"], id="list for a state"),
    ),
)
def test_an_unknown_value_of_a_closed_list_is_left_out_where_the_sdk_would_raise(
    path: str, value: object
) -> None:
    envelope = changed(an_intent_request(), path, value)
    with pytest.raises(SerializationException):
        DefaultSerializer().deserialize(body_of(envelope), RequestEnvelope)

    made = read(envelope)

    assert made.request.intent.slots["medicine"].value == "metformin"


def test_left_out_means_not_there() -> None:
    envelope = changed(an_intent_request(), "request.dialogState", "DREAMING")
    envelope = changed(envelope, "request.intent.confirmationStatus", "MAYBE")
    scopes = {"alexa::alerts:reminders:skill:readwrite": {"status": "PERHAPS"}}
    envelope = changed(envelope, "context.System.user.permissions.scopes", scopes)

    made = read(envelope)

    assert made.request.dialog_state is None
    assert made.request.intent.confirmation_status is None
    consent = made.context.system.user.permissions.scopes["alexa::alerts:reminders:skill:readwrite"]
    assert consent.status is None


def test_a_match_of_an_unknown_status_is_no_match() -> None:
    found = {"authority": "a", "status": {"code": "ER_SUCCESS_MATCH"}, "values": []}
    odd = {"authority": "b", "status": {"code": "ER_QUANTUM_MATCH"}, "values": []}
    listed = {"resolutionsPerAuthority": [odd, found, None, "odd"]}
    envelope = changed(an_intent_request(), f"{MEDICINE}.resolutions", listed)

    made = read(envelope)

    per_authority = made.request.intent.slots["medicine"].resolutions.resolutions_per_authority
    assert [each.status.code for each in per_authority] == [None, StatusCode.ER_SUCCESS_MATCH]


@pytest.mark.parametrize(
    "value",
    (
        pytest.param({"a": 1}, id="object"),
        pytest.param(["metformin"], id="list"),
        pytest.param(7, id="number"),
        pytest.param(True, id="truth value"),
        pytest.param(None, id="null"),
    ),
)
def test_a_slot_value_that_is_no_text_is_not_filled(value: object) -> None:
    envelope = changed(an_intent_request(), f"{MEDICINE}.value", value)

    made = read(envelope)

    assert made.request.intent.slots["medicine"].value is None


@pytest.mark.parametrize(
    "slot",
    (
        pytest.param(None, id="null"),
        pytest.param("metformin", id="text"),
        pytest.param([], id="list"),
    ),
)
def test_a_slot_that_is_no_object_is_missing(slot: object) -> None:
    envelope = changed(an_intent_request(), MEDICINE, slot)

    made = read(envelope)

    assert made.request.intent.slots == {}


@pytest.mark.parametrize(
    "slots",
    (
        pytest.param(None, id="null"),
        pytest.param([], id="list"),
        pytest.param("medicine", id="text"),
    ),
)
def test_slots_that_are_no_object_are_missing(slots: object) -> None:
    envelope = changed(an_intent_request(), "request.intent.slots", slots)

    made = read(envelope)

    assert made.request.intent.slots is None


def test_a_slot_with_several_values_keeps_those_that_are_values() -> None:
    values = [{"type": "Simple", "value": "metformin"}, {"type": "Odd"}, {"value": "no type"}, 7]
    envelope = changed(an_intent_request(), f"{MEDICINE}.slotValue", {"type": "List", "values": values})

    made = read(envelope)

    slot_value = made.request.intent.slots["medicine"].slot_value
    assert [each.value for each in slot_value.values] == ["metformin"]


@pytest.mark.parametrize(
    ("path", "value"),
    (
        pytest.param("session.new", "false", id="text for a truth value"),
        pytest.param("session.new", 0, id="number for a truth value"),
        pytest.param("session.attributes", [], id="list for attributes"),
        pytest.param("session.user", "ada", id="text for a user"),
        pytest.param("context.Viewport", 7, id="number for a screen"),
        pytest.param("context.Viewport.pixelWidth", "wide", id="text for a number"),
        pytest.param("context.Viewport.pixelWidth", True, id="truth value for a number"),
        pytest.param("request.timestamp", "yesterday", id="word for a moment"),
        pytest.param("request.timestamp", "2027-02-30T12:00:00Z", id="a day that is not"),
        pytest.param("request.timestamp", 1_809_432_000, id="number for a moment"),
        pytest.param("request.locale", {}, id="object for a language"),
        pytest.param(f"{MEDICINE}.resolutions.resolutionsPerAuthority", {}, id="object for a list"),
        pytest.param("version", 1.0, id="number for a version"),
    ),
)
def test_a_value_of_another_type_is_left_out_and_the_rest_stays(path: str, value: object) -> None:
    envelope = changed(an_intent_request(), path, value)

    made = read(envelope)

    assert made.to_dict() == read(without(an_intent_request(), path)).to_dict()


@pytest.mark.parametrize(
    ("path", "key"),
    (
        pytest.param("request", "request_id", id="name of an attribute"),
        pytest.param("request", "object_type", id="name of the type's attribute"),
        pytest.param("request", "to_dict", id="name of a method"),
        pytest.param("request", "deserialized_types", id="name of the declarations"),
        pytest.param("request.intent", "__class__", id="name of Python's"),
        pytest.param("context.System", "__dict__", id="another name of Python's"),
        pytest.param("context.System.person", "person_id", id="name of the person's attribute"),
    ),
)
def test_a_key_cannot_hide_what_the_sdk_declares(path: str, key: str) -> None:
    envelope = changed(an_intent_request(), f"{path}.{key}", "hidden")

    made = read(envelope)

    assert made == read(an_intent_request())
    assert made.request.request_id == "amzn1.echo-api.request.0001"
    assert made.context.system.person.person_id == "amzn1.ask.person.ADA"


def test_an_envelope_nested_without_end_is_unknown() -> None:
    value: Envelope = {"type": "Simple", "value": "metformin"}
    for _ in range(5000):
        value = {"type": "List", "values": [value]}
    envelope = an_intent_request()
    slots = {"medicine": {"name": "medicine", "slotValue": value}}
    envelope["request"] = {"type": "IntentRequest", "intent": {"name": "TookIntent", "slots": slots}}

    made = to_request_envelope(envelope)

    assert made == UnknownRequest(type="IntentRequest", request_id="")


# --------------------------------------------------------------------------------------- anything

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value inside ``value``."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


PLACES = [place for place in places(an_intent_request()) if place]


@given(place=st.sampled_from(PLACES), value=JSON_VALUES)
def test_any_value_in_any_place_is_read_or_unknown(place: tuple[str | int, ...], value: object) -> None:
    envelope = an_intent_request()
    holder: object = envelope
    for key in place[:-1]:
        holder = holder[key]  # type: ignore[index]
    holder[place[-1]] = value  # type: ignore[index]

    made = to_request_envelope(envelope)

    assert isinstance(made, RequestEnvelope | UnknownRequest)
    if isinstance(made, RequestEnvelope):
        json.dumps(made.to_dict(), default=str)


@given(value=st.dictionaries(st.sampled_from(("version", "session", "context", "request")), JSON_VALUES))
def test_any_object_is_unknown(value: Envelope) -> None:
    made = to_request_envelope(value)

    assert isinstance(made, UnknownRequest)
