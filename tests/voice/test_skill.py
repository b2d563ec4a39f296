"""The skill as one function: whatever the envelope holds, it answers, and never with an exception."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.domain.identity import PatientId
from skill.errors import StoreDownError
from skill.phrases.catalogue import packaged
from skill.service.act import App
from skill.service.ports import ChartChange, Charts, Loaded
from skill.voice.skill import build_skill
from tests.voice.envelopes import SKILL_ID, intent_request, intents, slot_types
from tests.voice.house import ADA, BOB, House, read

NOTE_FAILED = (
    "I heard you, but I couldn't write it down. Only my note failed. "
    "Please tell me once more in a few minutes."
)


# ---- every intent


@pytest.mark.parametrize("intent", intents())
def test_every_intent_is_answered_without_any_slot(house: House, intent: str) -> None:
    house.medicine("lisinopril")
    house.at("08:04")

    heard = house.says(intent)

    assert heard.speech.endswith((".", "?", "”."))


@pytest.mark.parametrize("intent", intents())
def test_every_intent_is_answered_on_an_echo_that_is_not_linked(empty_house: House, intent: str) -> None:
    heard = empty_house.says(intent)

    assert heard.speech.endswith((".", "?"))
    assert "written down" not in heard.speech


@pytest.mark.parametrize("intent", intents())
def test_every_intent_is_answered_among_several_patients(house: House, intent: str) -> None:
    house.patient(BOB, "Bob")
    house.medicine("lisinopril")
    house.at("08:04")
    before = (house.states(ADA), house.states(BOB))

    heard = house.says(intent)

    assert heard.speech.endswith((".", "?", "”."))
    assert (house.states(ADA), house.states(BOB)) == before


@pytest.mark.parametrize(
    "rubbish",
    ["?!", "<speak>", "]]>&amp;", "a" * 500, "null", "\u202eevil"],
    ids=["unheard", "markup", "end of data", "long", "null", "direction"],
)
@pytest.mark.parametrize("intent", [i for i in intents() if slot_types(i)])
def test_rubbish_in_every_slot_writes_no_dose(house: House, intent: str, rubbish: str) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    slots = dict.fromkeys(slot_types(intent), rubbish)

    heard = house.says(intent, **slots)

    assert heard.speech.endswith((".", "?", "”."))
    assert rubbish not in heard.speech.removesuffix("?")
    assert "taken" not in house.states()
    assert house.chart().now.parts == ()


# ---- odd requests


def changed(house: House, **request: str) -> dict[str, Any]:
    return house.echo.envelope({"type": "LaunchRequest", **request}, house.clock.now())


@pytest.mark.parametrize(
    "kind",
    [
        "Request.OfTheFuture",
        "Connections.Response",
        "SessionResumedRequest",
        "Alexa.Presentation.APL.UserEvent",
    ],
)
def test_an_unknown_kind_of_request_in_a_session_is_not_understood(house: House, kind: str) -> None:
    heard = house.hears({"type": kind})

    assert heard.speech.startswith("I didn't understand that, and nothing is changed.")


@pytest.mark.parametrize(
    "kind",
    [
        "AlexaSkillEvent.SkillDisabled",
        "AlexaSkillEvent.SkillAccountUnlinked",
        "Reminders.ReminderStarted",
        "Messaging.MessageReceived",
        "CanFulfillIntentRequest",
    ],
)
def test_an_event_without_a_session_is_taken_in_silence(house: House, kind: str) -> None:
    envelope = changed(house, type=kind)
    del envelope["session"]

    heard = house.receives(envelope)

    assert heard.raw["response"] == {}


@pytest.mark.parametrize(
    "path",
    [
        "session.attributes",
        "session.user",
        "session.sessionId",
        "session",
        "context.System.user",
        "context.System.device",
        "context.System.apiAccessToken",
        "request.locale",
    ],
)
def test_an_envelope_without_one_of_its_parts_is_answered(house: House, path: str) -> None:
    envelope = changed(house)
    *steps, last = path.split(".")
    parent: Any = envelope
    for step in steps:
        parent = parent[step]
    del parent[last]

    heard = house.receives(envelope)

    assert heard.speech


@pytest.mark.parametrize(
    "attributes",
    [
        None,
        [],
        "text",
        {"patient": 7, "question": [], "help": "x", "pending": {"intent": 1}, "last": [1, 2, 3]},
        {"patient": "pat_other", "last": ["pat_other", "alexa/1", ""], "help": [["pat_other", "que_1"]]},
        {"pending": {"intent": "NoSuchIntent", "known": {"pat_ada": "x"}}, "heard": {"intent": "x"}},
        {"tries": "many", "voice": 1, "unknown": {"deep": [1]}},
    ],
    ids=["null", "list", "text", "wrong types", "another household", "unknown intents", "odd counts"],
)
@pytest.mark.parametrize("intent", ["AMAZON.YesIntent", "AMAZON.RepeatIntent", "AMAZON.StopIntent"])
def test_session_attributes_that_are_not_ours_do_no_harm(
    house: House, attributes: object, intent: str
) -> None:
    envelope = house.echo.envelope(intent_request(intent, {}), house.clock.now())
    envelope["session"]["attributes"] = attributes

    heard = house.receives(envelope)

    assert heard.speech


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PATHS = (
    "session.attributes",
    "session.attributes.pending",
    "session.attributes.help",
    "session.attributes.last",
    "request.intent",
    "request.intent.slots",
    "request.intent.slots.Group",
    "request.intent.slots.Time",
    "request.intent.slots.Group.resolutions",
    "request.reason",
    "context.System.person",
    "context.System.user",
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    path=st.sampled_from(PATHS),
    value=JSON,
    intent=st.sampled_from(["ConfirmIntent", "WhoIsSpeakingIntent", "AMAZON.RepeatIntent", "LinkIntent"]),
)
def test_no_value_in_any_place_raises(house: House, path: str, value: object, intent: str) -> None:
    envelope = house.echo.envelope(
        intent_request(intent, {"Group": "my pills", "Time": "08:00"}), house.clock.now()
    )
    *steps, last = path.split(".")
    parent: Any = envelope
    for step in steps:
        parent = parent.setdefault(step, {})
    parent[last] = value

    heard = read(house.answer(envelope))

    assert json.dumps(heard.raw)


@pytest.mark.parametrize(
    "spoil",
    [
        {"context": {}},
        {"request": {}},
        {"request": None},
        {"version": "x"},
    ],
    ids=["no context", "empty request", "no request", "odd version"],
)
def test_an_envelope_that_is_none_gets_an_answer_without_words(house: House, spoil: dict[str, Any]) -> None:
    heard = read(house.answer(changed(house) | spoil))

    assert heard.raw["response"] == {}


def test_a_request_for_another_skill_gets_no_words_and_has_no_effect(house: House) -> None:
    envelope = house.echo.envelope(intent_request("FallIntent", {}), house.clock.now())
    envelope["context"]["System"]["application"]["applicationId"] = "amzn1.ask.skill.another"

    heard = read(house.answer(envelope))

    assert heard.raw["response"] == {}
    assert house.alerts() == ()


def test_an_old_request_gets_no_words_and_has_no_effect(house: House) -> None:
    envelope = house.echo.envelope(intent_request("FallIntent", {}), house.clock.now())
    house.later(seconds=151)

    heard = read(house.answer(envelope))

    assert heard.raw["response"] == {}
    assert house.alerts() == ()


def test_an_id_of_absurd_length_is_kept_short(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    envelope = house.echo.envelope(intent_request("TakenIntent", {}), house.clock.now())
    envelope["request"]["requestId"] = "r" * 512

    first, second = house.receives(envelope), house.receives(envelope)

    assert first.speech == second.speech
    assert all(len(done.operation) < 120 for done in house.chart().now.operations)
    assert house.states() == ["taken"]


def test_a_locale_without_phrases_is_spoken_to_in_english(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    house.echo.locale = "de-DE"

    heard = house.opens()

    assert heard.speech.startswith("One medicine is due this morning.")


# ---- the same request again

TWICE = [
    ("ConfirmIntent", {"Group": "my pills"}),
    ("ConfirmNamedIntent", {"Medicine": "lisinopril"}),
    ("TookAgainIntent", {}),
    ("SkipIntent", {}),
    ("DontRememberIntent", {}),
    ("NotYetIntent", {}),
    ("UndoIntent", {}),
    ("FallIntent", {}),
    ("EmergencyIntent", {"Overdose": "many"}),
    ("AMAZON.HelpIntent", {}),
    ("AskAdviceIntent", {}),
    ("DidITakeIntent", {}),
    ("AMAZON.FallbackIntent", {}),
    ("AMAZON.StopIntent", {}),
]


@pytest.mark.parametrize(("intent", "slots"), TWICE, ids=[intent for intent, _ in TWICE])
@pytest.mark.parametrize("asked", ["nothing", "due", "help"])
def test_a_repeated_request_has_its_effect_once_and_the_same_words(
    house: House, intent: str, slots: dict[str, str], asked: str
) -> None:
    house.medicine("lisinopril")
    house.medicine("metformin")
    house.at("08:04")
    if asked != "nothing":
        house.opens() if asked == "due" else house.says("AMAZON.HelpIntent")
    envelope = house.echo.envelope(intent_request(intent, slots), house.clock.now())
    first = read(house.answer(envelope))
    chart = house.chart()

    second = read(house.answer(envelope))

    assert second.raw == first.raw
    assert house.chart() == chart


def test_a_repeated_name_goes_on_once(house: House) -> None:
    house.patient(BOB, "Bob")
    house.medicine("lisinopril")
    house.at("08:04")
    house.echo.person = "ADA"
    house.says("ConfirmIntent", Group="my pills")
    envelope = house.echo.envelope(intent_request("WhoIsSpeakingIntent", {"Name": "ada"}), house.clock.now())
    first = read(house.answer(envelope))
    chart = house.chart()

    second = read(house.answer(envelope))

    assert second.speech == first.speech
    assert first.speech.startswith("Thank you, Ada. I wrote down one morning medicine")
    assert house.chart() == chart


# ---- when something of ours fails


@pytest.mark.parametrize(
    ("intent", "words", "open_after"),
    [
        ("ConfirmIntent", NOTE_FAILED, False),
        ("TakenIntent", NOTE_FAILED, False),
        ("WhatIsDueIntent", "I couldn't look it up just now. Please ask me again", False),
        ("FallIntent", "I heard you, but I couldn't send a message, so nobody knows yet.", True),
        ("NeedHelpIntent", "I heard you, but I couldn't send a message, so nobody knows yet.", True),
        ("AMAZON.HelpIntent", "I heard you, but I couldn't send a message, so nobody knows yet.", True),
        ("SuicideIntent", "I'm glad you told me. Please call or text nine eight eight", True),
    ],
)
def test_a_store_that_is_down_is_told_honestly(
    house: House, intent: str, words: str, open_after: bool
) -> None:
    """S39; text 17: never "written down"."""
    house.store.close()

    heard = house.says(intent)

    assert heard.speech.startswith(words)
    assert heard.open is open_after


def test_with_the_store_down_the_number_is_that_of_the_country_that_was_set(house: House) -> None:
    """S33: 911 is not everywhere; the language of the device says nothing about where it stands."""
    house.answer = build_skill(house.app, packaged(), country="GB", skill_id=SKILL_ID)
    house.store.close()

    heard = house.says("FallIntent")

    assert "call your emergency number: your emergency number" in heard.speech
    assert "nine one one" not in heard.speech


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ({"Sign": "a stroke"}, "I heard you, but I couldn't send a message"),
        ({"Overdose": "many"}, "Thank you for telling me. If anyone has collapsed"),
    ],
    ids=["stroke", "overdose"],
)
def test_an_emergency_with_the_store_down_still_gives_the_number(
    couple_of_charts: "FlakyHouse", slots: dict[str, str], words: str
) -> None:
    couple_of_charts.charts.down_for = {ADA}

    heard = couple_of_charts.house.says("EmergencyIntent", **slots)

    assert heard.speech.startswith(words)
    assert "nine one one" in heard.speech
    assert "wrote it down" not in heard.speech


def test_the_end_of_a_session_with_the_store_down_is_taken_in_silence(house: House) -> None:
    house.opens()
    house.store.close()

    heard = house.ends("EXCEEDED_MAX_REPROMPTS")

    assert heard.raw["response"] == {}


class FlakyCharts:
    """The real charts of a house; those of ``down_for`` cannot be read, and ``slow`` ones never commit."""

    def __init__(self, charts: Charts) -> None:
        self._charts = charts
        self.down_for: set[str] = set()
        self.slow = False
        self.broken = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._charts, name)

    def load(self, patient_id: PatientId) -> Loaded:
        if patient_id in self.down_for:
            raise StoreDownError
        if self.broken:
            raise ZeroDivisionError
        return self._charts.load(patient_id)

    def commit(self, changes: Sequence[ChartChange]) -> list[bool]:
        return [False] * len(changes) if self.slow else self._charts.commit(changes)


class FlakyHouse:
    def __init__(self, house: House) -> None:
        self.house = house
        self.charts = FlakyCharts(house.app.charts)
        flaky: Any = self.charts
        app = App(charts=flaky, clock=house.clock)
        house.answer = build_skill(app, packaged(), country="US", skill_id=SKILL_ID)


@pytest.fixture
def couple_of_charts(house: House) -> FlakyHouse:
    house.medicine("lisinopril")
    house.at("08:04")
    return FlakyHouse(house)


def test_a_chart_that_others_keep_changing_is_told_honestly(couple_of_charts: FlakyHouse) -> None:
    couple_of_charts.charts.slow = True

    heard = couple_of_charts.house.says("TakenIntent")

    assert (heard.speech, heard.open) == (NOTE_FAILED, False)


def test_a_fault_of_ours_leaves_open_whether_it_was_written(couple_of_charts: FlakyHouse) -> None:
    couple_of_charts.charts.broken = True

    heard = couple_of_charts.house.says("TakenIntent")

    assert heard.speech == (
        "I heard you, but something went wrong on my side, and I can't say whether it is written down. "
        "Please ask me again in a few minutes."
    )


def test_one_chart_that_cannot_be_read_does_not_stop_the_alarm_for_the_other(
    couple_of_charts: FlakyHouse,
) -> None:
    house = couple_of_charts.house
    house.patient(BOB, "Bob")
    couple_of_charts.charts.down_for = {BOB}

    heard = house.says("FallIntent")

    assert heard.speech.startswith("I'm messaging your helpers now.")
    assert [a.detail.value for a in house.alerts(ADA)] == ["someone_at_home"]


def test_a_patient_who_is_gone_is_no_exception(couple_of_charts: FlakyHouse) -> None:
    house = couple_of_charts.house
    house.opens()
    couple_of_charts.charts.down_for = {ADA}

    stopped = house.says("AMAZON.StopIntent")

    assert stopped.speech == "Goodbye."
