"""An envelope is believed only if it is strict JSON, meant for this skill, and about now.

Most of the refused ones are one byte or one field away from one that Alexa would send.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.errors import RefusedError
from skill.voice.envelope import (
    BadEnvelope,
    BadEnvelopeError,
    confidence_level,
    device_id,
    locale,
    person_id,
    read_envelope,
    request_id,
    request_type,
    session_id,
    user_id,
)
from tests.voice.alexa_envelopes import (
    NOON,
    SKILL_ID,
    a_request,
    an_intent_request,
    body_of,
    changed,
    without,
)

BODY = body_of(an_intent_request())
APPLICATION = "context.System.application.applicationId"
SESSION_APPLICATION = "session.application.applicationId"

Envelope = dict[str, object]


def refusal(body: bytes, *, now: datetime = NOON, skill_id: str = SKILL_ID) -> BadEnvelope:
    with pytest.raises(BadEnvelopeError) as caught:
        read_envelope(body, skill_id=skill_id, now=now)
    return caught.value.reason


# ---------------------------------------------------------------------------------------- genuine


@pytest.mark.parametrize(
    "envelope",
    (
        pytest.param(an_intent_request(), id="an intent"),
        pytest.param(a_request("LaunchRequest"), id="a launch"),
        pytest.param(a_request("SessionEndedRequest", reason="USER_INITIATED"), id="the end of a session"),
        pytest.param(a_request("AlexaSkillEvent.SkillAccountUnlinked"), id="an event without a class"),
        pytest.param(a_request("Reminders.ReminderCreated", body={"alertToken": "t"}), id="no session"),
        pytest.param(a_request("Next.NewRequest", extra=[1, 2.5, None]), id="a kind not yet invented"),
        pytest.param(changed(an_intent_request(), "session", None), id="a session of null"),
        pytest.param(without(an_intent_request(), "context.System.person"), id="nobody recognised"),
        pytest.param(changed(an_intent_request(), "novelty", {"deep": {"er": []}}), id="an unknown key"),
        pytest.param(changed(an_intent_request(), "request.intent.slots.medicine.value", "Ü😀"), id="emoji"),
    ),
)
def test_what_alexa_sends_is_read_as_it_is(envelope: Envelope) -> None:
    body = body_of(envelope)

    raw = read_envelope(body, skill_id=SKILL_ID, now=NOON)

    assert raw == envelope


def test_an_escaped_pair_of_surrogates_is_one_letter() -> None:
    body = BODY.replace(b'"metformin"', rb'"\ud83d\ude00"', 1)

    raw = read_envelope(body, skill_id=SKILL_ID, now=NOON)

    assert "\U0001f600" in json.dumps(raw, ensure_ascii=False)


# ------------------------------------------------------------------------------------ bytes and JSON


def framed(value: str) -> bytes:
    """A genuine body with one more key, whose value is written as given."""
    return BODY[:-1] + b', "more": ' + value.encode() + b"}"


@pytest.mark.parametrize(
    ("body", "reason"),
    (
        pytest.param(b"", BadEnvelope.NOT_JSON, id="empty"),
        pytest.param(b" ", BadEnvelope.NOT_JSON, id="a blank"),
        pytest.param(BODY[:-1], BadEnvelope.NOT_JSON, id="last byte missing"),
        pytest.param(BODY[1:], BadEnvelope.NOT_JSON, id="first byte missing"),
        pytest.param(BODY + b"}", BadEnvelope.NOT_JSON, id="a bracket more"),
        pytest.param(BODY + BODY, BadEnvelope.NOT_JSON, id="two envelopes"),
        pytest.param(BODY + b"\x00", BadEnvelope.NOT_JSON, id="a zero byte behind"),
        pytest.param(b"\xef\xbb\xbf" + BODY, BadEnvelope.NOT_JSON, id="a byte order mark"),
        pytest.param(BODY.replace(b'"', b"'"), BadEnvelope.NOT_JSON, id="single quotes"),
        pytest.param(BODY[:-1] + b",}", BadEnvelope.NOT_JSON, id="a comma too many"),
        pytest.param(BODY.replace(b"metformin", b"met\nformin", 1), BadEnvelope.NOT_JSON, id="bare line end"),
        pytest.param(BODY.replace(b"metformin", b"met\\xformin", 1), BadEnvelope.NOT_JSON, id="odd escape"),
        pytest.param(framed("01"), BadEnvelope.NOT_JSON, id="a zero in front of a number"),
        pytest.param(framed("True"), BadEnvelope.NOT_JSON, id="truth as Python writes it"),
        pytest.param(framed("1 // why"), BadEnvelope.NOT_JSON, id="a comment"),
        pytest.param(framed('"\\u12"'), BadEnvelope.NOT_JSON, id="half an escape"),
        pytest.param(BODY.replace(b"metformin", b"m\xe9tformin", 1), BadEnvelope.NOT_UTF8, id="Latin-1"),
        pytest.param(BODY.replace(b"metformin", b"\xc0\xaf", 1), BadEnvelope.NOT_UTF8, id="overlong UTF-8"),
        pytest.param(
            BODY.replace(b"metformin", b"\xed\xa0\x80", 1), BadEnvelope.NOT_UTF8, id="raw surrogate"
        ),
        pytest.param(BODY.decode().encode("utf-16"), BadEnvelope.NOT_UTF8, id="UTF-16"),
        pytest.param(BODY[:-1] + b', "version": "1.0"}', BadEnvelope.DUPLICATE_KEY, id="a key twice"),
        pytest.param(
            framed('{"a": 1, "\\u0061": 1}'), BadEnvelope.DUPLICATE_KEY, id="a key twice in disguise"
        ),
        pytest.param(framed("NaN"), BadEnvelope.NUMBER, id="NaN"),
        pytest.param(framed("Infinity"), BadEnvelope.NUMBER, id="infinity"),
        pytest.param(framed("-Infinity"), BadEnvelope.NUMBER, id="negative infinity"),
        pytest.param(framed("1e999"), BadEnvelope.NUMBER, id="a number beyond all bounds"),
        pytest.param(framed("1" * 21), BadEnvelope.NUMBER, id="21 digits"),
        pytest.param(framed("1" * 100_000), BadEnvelope.NUMBER, id="100,000 digits"),
        pytest.param(framed("0." + "1" * 39), BadEnvelope.NUMBER, id="39 decimals"),
        pytest.param(framed('"\\ud83d"'), BadEnvelope.LONE_SURROGATE, id="first half of a pair"),
        pytest.param(framed('"\\uDE00"'), BadEnvelope.LONE_SURROGATE, id="second half of a pair"),
        pytest.param(framed('"\\ude00\\ud83d"'), BadEnvelope.LONE_SURROGATE, id="a pair the wrong way round"),
        pytest.param(framed('{"\\ud83d": 1}'), BadEnvelope.LONE_SURROGATE, id="half a pair in a key"),
        pytest.param(framed("[" * 64 + "]" * 64), BadEnvelope.TOO_DEEP, id="65 deep"),
        pytest.param(framed('{"a":' * 64 + "1" + "}" * 64), BadEnvelope.TOO_DEEP, id="65 deep in objects"),
        pytest.param(b"[" * 100_000, BadEnvelope.TOO_DEEP, id="100,000 brackets"),
        pytest.param(b'"\\"[' + b"[" * 9000 + b'"' + b"[" * 70, BadEnvelope.TOO_DEEP, id="deep after text"),
        pytest.param(b"x" * 131_073, BadEnvelope.TOO_LARGE, id="128 kilobytes and a byte"),
        pytest.param(BODY + b" " * 2_000_000, BadEnvelope.TOO_LARGE, id="two megabytes"),
        pytest.param(b"[" + BODY + b"]", BadEnvelope.NOT_AN_OBJECT, id="in a list"),
        pytest.param(b"null", BadEnvelope.NOT_AN_OBJECT, id="null"),
        pytest.param(json.dumps(BODY.decode()).encode(), BadEnvelope.NOT_AN_OBJECT, id="as a text"),
        pytest.param(b"12", BadEnvelope.NOT_AN_OBJECT, id="a number"),
    ),
)
def test_a_body_that_two_readers_could_read_differently_is_refused(body: bytes, reason: BadEnvelope) -> None:
    assert refusal(body) is reason


@pytest.mark.parametrize(
    "body",
    (
        pytest.param(BODY + b" " * (131_072 - len(BODY)), id="128 kilobytes"),
        pytest.param(framed("[" * 63 + "]" * 63), id="64 deep"),
        pytest.param(framed(json.dumps("[" * 1000)), id="brackets in a text"),
        pytest.param(framed('"\\"' + "[" * 1000 + '\\\\"'), id="brackets behind an escaped quotation mark"),
        pytest.param(framed(json.dumps([[] for _ in range(1000)])), id="many brackets side by side"),
        pytest.param(framed("1" * 20), id="20 digits"),
        pytest.param(framed("-0.25e-3"), id="a float"),
        pytest.param(b"\n" + BODY + b"\r\n", id="line ends around it"),
        pytest.param(json.dumps(an_intent_request(), indent=2).encode(), id="laid out for people"),
    ),
)
def test_a_body_within_the_bounds_is_read(body: bytes) -> None:
    raw = read_envelope(body, skill_id=SKILL_ID, now=NOON)

    assert raw["version"] == "1.0"


# --------------------------------------------------------------------------------- version, request


@pytest.mark.parametrize(
    "version",
    (
        pytest.param(1.0, id="a number"),
        pytest.param(None, id="null"),
        pytest.param("", id="empty"),
        pytest.param("1", id="one part"),
        pytest.param("1.0.0", id="three parts"),
        pytest.param("1.0 ", id="a blank behind"),
        pytest.param("v1.0", id="a letter in front"),
        pytest.param("1.٠", id="a digit of another script"),
        pytest.param("1.0000", id="too long"),
        pytest.param({}, id="an object"),
    ),
)
def test_an_envelope_without_a_version_as_alexa_writes_it_is_refused(version: object) -> None:
    body = body_of(changed(an_intent_request(), "version", version))

    assert refusal(body) is BadEnvelope.VERSION


@pytest.mark.parametrize(
    "envelope",
    (
        pytest.param(without(an_intent_request(), "request"), id="no request"),
        pytest.param(changed(an_intent_request(), "request", []), id="a list as a request"),
        pytest.param(changed(an_intent_request(), "request", "IntentRequest"), id="a text as a request"),
        pytest.param(without(an_intent_request(), "request.type"), id="no type"),
        pytest.param(changed(an_intent_request(), "request.type", ""), id="empty type"),
        pytest.param(changed(an_intent_request(), "request.type", 1), id="number as a type"),
        pytest.param(changed(an_intent_request(), "request.type", ["IntentRequest"]), id="list as a type"),
        pytest.param(changed(an_intent_request(), "request.type", "Intent Request"), id="blank in the type"),
        pytest.param(without(an_intent_request(), "request.requestId"), id="no id"),
        pytest.param(changed(an_intent_request(), "request.requestId", None), id="null as an id"),
        pytest.param(changed(an_intent_request(), "request.requestId", ""), id="empty id"),
        pytest.param(changed(an_intent_request(), "request.requestId", "r\n1"), id="line end in the id"),
        pytest.param(
            changed(an_intent_request(), "request.requestId", "rä"), id="letter outside ASCII in the id"
        ),
        pytest.param(changed(an_intent_request(), "request.requestId", "r" * 513), id="id too long"),
    ),
)
def test_an_envelope_without_a_request_with_type_and_id_is_refused(envelope: Envelope) -> None:
    assert refusal(body_of(envelope)) is BadEnvelope.REQUEST


# ---------------------------------------------------------------------------------------- timestamp


@pytest.mark.parametrize(
    "timestamp",
    (
        pytest.param(None, id="null"),
        pytest.param("", id="empty"),
        pytest.param(1_809_432_000_000, id="milliseconds"),
        pytest.param("2027-05-04T12:00:00", id="no zone"),
        pytest.param("2027-05-04T12:00:00+00:00", id="zone in numbers"),
        pytest.param("2027-05-04T12:00:00z", id="small z"),
        pytest.param("2027-05-04 12:00:00Z", id="blank for T"),
        pytest.param("2027-05-04T12:00Z", id="no seconds"),
        pytest.param("2027-05-04T12:00:00.Z", id="dot without digits"),
        pytest.param("2027-05-04T12:00:00Z ", id="blank behind"),
        pytest.param("2027-05-04T12:00:00Z\n", id="line end behind"),
        pytest.param("2027-5-4T12:00:00Z", id="short month"),
        pytest.param("2027-05-04T12:00:60Z", id="second sixty"),
        pytest.param("2027-05-32T12:00:00Z", id="day thirty-two"),
        pytest.param("0000-05-04T12:00:00Z", id="year zero"),
        pytest.param("٢٠٢٧-05-04T12:00:00Z", id="digits of another script"),
        pytest.param("2027-05-04T11:57:29Z", id="151 seconds old"),
        pytest.param("2027-05-04T12:02:31Z", id="151 seconds ahead"),
        pytest.param("2027-05-04T11:57:29.999Z", id="a thousandth too old"),
        pytest.param("2027-05-03T12:00:00Z", id="a day old"),
        pytest.param("2026-05-04T12:00:00Z", id="a year old"),
        pytest.param("2072-05-04T12:00:00Z", id="digits of the year exchanged"),
        pytest.param("0001-01-01T00:00:00Z", id="the first moment"),
        pytest.param("9999-12-31T23:59:59Z", id="the last moment"),
    ),
)
def test_a_request_that_does_not_say_it_was_made_just_now_is_refused(timestamp: object) -> None:
    body = body_of(changed(an_intent_request(), "request.timestamp", timestamp))

    assert refusal(body) is BadEnvelope.TIMESTAMP


def test_a_request_without_a_timestamp_is_refused() -> None:
    body = body_of(without(an_intent_request(), "request.timestamp"))

    assert refusal(body) is BadEnvelope.TIMESTAMP


@pytest.mark.parametrize(
    "timestamp",
    (
        pytest.param("2027-05-04T12:00:00Z", id="now"),
        pytest.param("2027-05-04T11:57:31Z", id="149 seconds old"),
        pytest.param("2027-05-04T12:02:29Z", id="149 seconds ahead"),
        pytest.param("2027-05-04T11:57:30Z", id="150 seconds old"),
        pytest.param("2027-05-04T12:02:30Z", id="150 seconds ahead"),
        pytest.param("2027-05-04T11:59:59.123Z", id="with thousandths"),
        pytest.param("2027-05-04T11:59:59.123456789Z", id="with billionths"),
    ),
)
def test_a_request_made_within_150_seconds_is_read(timestamp: str) -> None:
    body = body_of(changed(an_intent_request(), "request.timestamp", timestamp))

    raw = read_envelope(body, skill_id=SKILL_ID, now=NOON)

    assert request_type(raw) == "IntentRequest"


@pytest.mark.parametrize(
    ("kind", "timestamp"),
    (
        pytest.param("AlexaSkillEvent.SkillDisabled", "2027-05-04T11:00:00Z", id="an hour old"),
        pytest.param("AlexaSkillEvent.SkillAccountUnlinked", "2027-05-04T13:00:00Z", id="an hour ahead"),
        pytest.param("AlexaSkillEvent.SkillEnabled", "2027-05-04T11:57:29Z", id="151 seconds old"),
    ),
)
def test_a_skill_event_may_be_an_hour_away(kind: str, timestamp: str) -> None:
    body = body_of(changed(a_request(kind), "request.timestamp", timestamp))

    raw = read_envelope(body, skill_id=SKILL_ID, now=NOON)

    assert request_type(raw) == kind


@pytest.mark.parametrize(
    ("kind", "timestamp"),
    (
        pytest.param("AlexaSkillEvent.SkillDisabled", "2027-05-04T10:59:59Z", id="event a second too old"),
        pytest.param("AlexaSkillEvent.SkillDisabled", "2027-05-04T13:00:01Z", id="event a second ahead"),
        pytest.param("AlexaSkillEvents.SkillDisabled", "2027-05-04T11:57:29Z", id="a letter more"),
        pytest.param("alexaSkillEvent.SkillDisabled", "2027-05-04T11:57:29Z", id="a small letter"),
        pytest.param("IntentRequest.AlexaSkillEvent.", "2027-05-04T11:57:29Z", id="not in front"),
        pytest.param("Reminders.ReminderCreated", "2027-05-04T11:57:29Z", id="an event of another kind"),
    ),
)
def test_only_a_skill_event_has_an_hour_and_no_more(kind: str, timestamp: str) -> None:
    body = body_of(changed(a_request(kind), "request.timestamp", timestamp))

    assert refusal(body) is BadEnvelope.TIMESTAMP


@given(seconds=st.floats(min_value=-400, max_value=400, allow_nan=False))
def test_the_answer_changes_at_150_seconds_to_either_side(seconds: float) -> None:
    away = timedelta(seconds=seconds)
    now = datetime(2027, 5, 4, 12, tzinfo=UTC) + away

    if abs(away) <= timedelta(seconds=150):
        assert read_envelope(BODY, skill_id=SKILL_ID, now=now)["version"] == "1.0"
    else:
        assert refusal(BODY, now=now) is BadEnvelope.TIMESTAMP


# ----------------------------------------------------------------------------------------- skill id


@pytest.mark.parametrize(
    "forge",
    (
        pytest.param(lambda e: changed(e, APPLICATION, SKILL_ID[:-1] + "1"), id="last letter off"),
        pytest.param(lambda e: changed(e, APPLICATION, SKILL_ID[:-1]), id="letter less"),
        pytest.param(lambda e: changed(e, APPLICATION, SKILL_ID + "0"), id="letter more"),
        pytest.param(lambda e: changed(e, APPLICATION, SKILL_ID.upper()), id="in capitals"),
        pytest.param(lambda e: changed(e, APPLICATION, SKILL_ID + "\n"), id="line end behind"),
        pytest.param(lambda e: changed(e, APPLICATION, ""), id="empty"),
        pytest.param(lambda e: changed(e, APPLICATION, None), id="null"),
        pytest.param(lambda e: changed(e, APPLICATION, [SKILL_ID]), id="in a list"),
        pytest.param(lambda e: without(e, APPLICATION), id="not in the context"),
        pytest.param(
            lambda e: changed(e, "context.System.application", SKILL_ID), id="instead of its object"
        ),
        pytest.param(lambda e: changed(e, "context.System", []), id="a list as the system"),
        pytest.param(lambda e: without(e, "context"), id="no context"),
        pytest.param(
            lambda e: changed(e, SESSION_APPLICATION, SKILL_ID[:-1] + "1"), id="session one letter off"
        ),
        pytest.param(lambda e: changed(e, SESSION_APPLICATION, None), id="session with null"),
        pytest.param(lambda e: without(e, SESSION_APPLICATION), id="session without"),
        pytest.param(lambda e: without(e, "session.application"), id="session without its object"),
        pytest.param(lambda e: changed(e, "session", []), id="a list as a session"),
        pytest.param(lambda e: changed(e, "session", {}), id="an empty session"),
        pytest.param(lambda e: changed(e, "session", False), id="false as a session"),
    ),
)
def test_a_request_for_another_skill_is_refused(forge: Callable[[Envelope], Envelope]) -> None:
    body = body_of(forge(an_intent_request()))

    assert refusal(body) is BadEnvelope.SKILL_ID


def test_an_envelope_without_an_id_is_not_for_a_skill_without_an_id() -> None:
    body = body_of(changed(changed(an_intent_request(), APPLICATION, ""), SESSION_APPLICATION, ""))

    assert refusal(body, skill_id="") is BadEnvelope.SKILL_ID


# --------------------------------------------------------------------------------------- anything

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def outcome(body: bytes) -> Envelope | BadEnvelope:
    try:
        return read_envelope(body, skill_id=SKILL_ID, now=NOON)
    except BadEnvelopeError as error:
        return error.reason


@given(body=st.binary(max_size=2000))
def test_any_bytes_are_refused_and_break_nothing(body: bytes) -> None:
    assert isinstance(outcome(body), BadEnvelope)


@given(place=st.integers(0, len(BODY) - 1), cut=st.integers(0, 8), new=st.binary(max_size=8))
def test_a_genuine_body_with_any_bytes_exchanged_is_read_or_refused(place: int, cut: int, new: bytes) -> None:
    body = BODY[:place] + new + BODY[place + cut :]

    assert isinstance(outcome(body), dict | BadEnvelope)


@given(value=JSON_VALUES)
def test_any_json_is_read_or_refused(value: object) -> None:
    assert isinstance(outcome(json.dumps(value).encode()), BadEnvelope)


def test_an_open_text_of_nothing_but_escaped_marks_is_read_once_not_once_for_each_mark() -> None:
    body = b'"\\' * 65_000 + b"[" * 70

    assert refusal(body) is BadEnvelope.NOT_JSON


# -------------------------------------------------------------------------------------------- facts


def test_the_facts_of_a_request_are_read_from_the_raw_envelope() -> None:
    raw = an_intent_request()

    facts = (user_id(raw), person_id(raw), device_id(raw), session_id(raw), locale(raw), request_id(raw))

    assert facts == (
        "amzn1.ask.account.AMAADA",
        "amzn1.ask.person.ADA",
        "amzn1.ask.device.KITCHEN",
        "amzn1.echo-api.session.0001",
        "en-US",
        "amzn1.echo-api.request.0001",
    )
    assert confidence_level(raw) == 300


READERS = (
    pytest.param(user_id, "context.System.user.userId", id="user"),
    pytest.param(person_id, "context.System.person.personId", id="person"),
    pytest.param(device_id, "context.System.device.deviceId", id="device"),
    pytest.param(session_id, "session.sessionId", id="session"),
    pytest.param(locale, "request.locale", id="locale"),
    pytest.param(request_id, "request.requestId", id="request"),
    pytest.param(request_type, "request.type", id="kind"),
)


@pytest.mark.parametrize(("read", "path"), READERS)
@pytest.mark.parametrize(
    "value",
    (
        pytest.param(None, id="null"),
        pytest.param("", id="empty"),
        pytest.param(7, id="number"),
        pytest.param(["a"], id="list"),
        pytest.param({"a": "b"}, id="object"),
        pytest.param("two words", id="blank"),
        pytest.param("a\x00b", id="zero byte"),
        pytest.param("b\u202eidi", id="direction mark"),
        pytest.param("a" * 513, id="too long"),
    ),
)
def test_a_fact_that_is_no_short_plain_text_is_not_there(
    read: Callable[[Envelope], str | None], path: str, value: object
) -> None:
    raw = changed(an_intent_request(), path, value)

    assert read(raw) is None


@pytest.mark.parametrize(("read", "path"), READERS)
def test_a_fact_is_not_there_when_what_holds_it_is_missing_or_no_object(
    read: Callable[[Envelope], str | None], path: str
) -> None:
    parent = path.rpartition(".")[0]
    lacking = without(an_intent_request(), parent)
    odd = changed(an_intent_request(), parent, ["odd"])

    assert (read(lacking), read(odd), read({})) == (None, None, None)


@pytest.mark.parametrize(
    ("level", "read"),
    (
        pytest.param(400, 400, id="confirmed by PIN"),
        pytest.param(0, 0, id="zero"),
        pytest.param(1001, None, id="beyond the scale"),
        pytest.param(-1, None, id="below the scale"),
        pytest.param(True, None, id="truth value"),
        pytest.param(300.0, None, id="float"),
        pytest.param("300", None, id="text"),
        pytest.param(None, None, id="null"),
    ),
)
def test_a_level_of_confidence_is_a_plain_number(level: object, read: int | None) -> None:
    raw = changed(an_intent_request(), "context.System.person.authenticationConfidenceLevel.level", level)

    assert confidence_level(raw) == read


def test_nobody_is_recognised_with_confidence_when_nobody_is_recognised() -> None:
    raw = without(an_intent_request(), "context.System.person.personId")

    assert confidence_level(raw) is None


# --------------------------------------------------------------------------------------------- rest


def test_a_refusal_tells_nothing_about_the_request() -> None:
    with pytest.raises(BadEnvelopeError) as caught:
        read_envelope(BODY, skill_id="amzn1.ask.skill.other", now=NOON)

    assert isinstance(caught.value, RefusedError)
    assert str(caught.value) == "error.bad_envelope reason=skill_id"


def test_reading_envelopes_loads_no_web_server_and_no_aws() -> None:
    code = "import sys, skill.voice.envelope; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()

    assert "ask_sdk_core.serialize" in loaded
    assert {"flask", "requests", "boto3", "cryptography", "apscheduler", "jinja2"}.isdisjoint(loaded)
