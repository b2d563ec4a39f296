"""Falls, calls for help and emergency words: nothing stands in front of them."""

from collections.abc import Callable

import pytest

from skill.domain.commands import Acknowledge
from skill.domain.identity import OperationId, contact
from tests.voice.envelopes import Echo
from tests.voice.house import ADA, ANA, BOB, SAM, House, a_contact

PAGED = (
    "I'm messaging your helpers now. I can't call nine one one myself: if you can reach a phone and need an "
    "ambulance, call nine one one. I'll keep trying until someone answers. If you're all right, say “I'm OK”."
)
ASKED = "Do you need a person now? Say “help now”. Or say “how to use”, and I'll explain."
ALONE = (
    "I can't reach anybody: this Echo isn't linked to a person yet. I can't call nine one one myself: if you "
    "can reach a phone and need help, call nine one one. Or call out to somebody near you."
)
ALARMS = ["FallIntent", "NeedHelpIntent", "EmergencyIntent", "SuicideIntent"]


def alarms(house: House, patient_id: str = ADA) -> list[tuple[str, str]]:
    return [(a.kind.value, a.detail.value) for a in house.alerts(patient_id) if a.urgent]


def waiting(house: House, patient_id: str = ADA) -> int:
    """Urgent messages that wait to be sent."""
    return sum(message.urgent for message in house.chart(patient_id).now.messages)


# ---- alarms


@pytest.mark.parametrize(
    ("intent", "kind"), [("FallIntent", "fall"), ("NeedHelpIntent", "help")], ids=["fall", "help"]
)
def test_an_alarm_is_queued_in_the_same_turn_and_said_to_the_letter(
    house: House, intent: str, kind: str
) -> None:
    """S5; text 7b."""
    heard = house.says(intent)

    assert heard.speech == PAGED
    assert heard.open
    assert alarms(house) == [(kind, "none")]
    assert waiting(house) == 1


def test_an_emergency_gives_the_number_first(house: House) -> None:
    heard = house.says("EmergencyIntent", Sign="chest pain")

    assert heard.speech.startswith("Call nine one one now, if you can reach a phone: nine one one.")
    assert "I'm messaging your helpers now." in heard.speech
    assert alarms(house) == [("help", "emergency")]


@pytest.mark.parametrize(
    "slots",
    [{"Overdose": "many pills"}, {"Sign": "an overdose"}, {"Overdose": "something else"}],
    ids=["too many", "the word", "on no list"],
)
def test_an_overdose_gets_the_poison_centre_and_a_page(house: House, slots: dict[str, str]) -> None:
    """S1, text 6: the statement behind it stays as a fact of its own."""
    heard = house.says("EmergencyIntent", **slots)

    assert "Otherwise call Poison Control now: one, eight zero zero, two two two, one two two two." in (
        heard.speech
    )
    assert heard.speech.endswith("I wrote it down. I'm sending Ana a message.")
    assert alarms(house) == [("help", "emergency")]
    assert [statement.words for statement in house.chart().now.statements] == ["overdose"]


@pytest.mark.parametrize(
    ("intent", "slots"),
    [("SuicideIntent", {}), ("EmergencyIntent", {"Sign": "thoughts of suicide"})],
    ids=["words", "sign"],
)
def test_words_of_suicide_get_the_crisis_line_and_a_page(
    house: House, intent: str, slots: dict[str, str]
) -> None:
    """Text 15."""
    heard = house.says(intent, **slots)

    assert heard.speech == (
        "I'm glad you told me. Please call or text nine eight eight, nine eight eight now, day or night. "
        "If you are in danger, call nine one one, nine one one."
    )
    assert alarms(house) == [("help", "emergency")]


@pytest.mark.parametrize("intent", ["FallIntent", "NeedHelpIntent"])
def test_where_nobody_can_be_reached_that_is_said(house: House, intent: str) -> None:
    house.team()

    heard = house.says(intent)

    assert heard.speech.startswith("I have nobody to message for you. I can't call nine one one myself:")


def test_an_emergency_with_nobody_to_message_says_so(house: House) -> None:
    house.team()

    heard = house.says("EmergencyIntent", Sign="a stroke")

    assert heard.speech.startswith("Call nine one one now, if you can reach a phone: nine one one.")
    assert "I have nobody to message." in heard.speech


def asks_a_question(house: House) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    house.opens()


def asks_for_help(house: House) -> None:
    house.says("AMAZON.HelpIntent")


def asks_for_a_reason(house: House) -> None:
    asks_a_question(house)
    house.says("SkipIntent")


def asks_for_a_code(house: House) -> None:
    house.says("LinkIntent")


def asks_nothing(house: House) -> None:
    house.says("HowToUseIntent")


@pytest.mark.parametrize(
    "before", [asks_a_question, asks_for_help, asks_for_a_reason, asks_for_a_code, asks_nothing]
)
@pytest.mark.parametrize("intent", ALARMS)
def test_an_alarm_goes_out_from_every_state_of_the_talk(
    house: House, before: Callable[[House], None], intent: str
) -> None:
    """S5, H14."""
    before(house)

    house.says(intent)

    assert len(alarms(house)) == 1
    assert waiting(house) == 1


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("FallIntent", ALONE),
        ("NeedHelpIntent", ALONE),
        ("EmergencyIntent", "Call nine one one now, if you can reach a phone: nine one one."),
        ("SuicideIntent", "I'm glad you told me. Please call or text nine eight eight"),
    ],
    ids=["fall", "help", "emergency", "suicide"],
)
def test_on_an_echo_that_is_not_linked_the_number_is_given_at_once(
    empty_house: House, intent: str, words: str
) -> None:
    """S5."""
    heard = empty_house.says(intent)

    assert heard.speech.startswith(words)
    assert heard.open


def test_an_overdose_on_an_echo_that_is_not_linked_gets_the_poison_centre(empty_house: House) -> None:
    heard = empty_house.says("EmergencyIntent", Overdose="many")

    assert "Otherwise call Poison Control now: one, eight zero zero" in heard.speech
    assert "I wrote it down" not in heard.speech
    assert "I couldn't message anybody" in heard.speech


def test_a_linked_household_without_patients_reaches_nobody_either(empty_house: House) -> None:
    empty_house.link()

    heard = empty_house.says("FallIntent")

    assert heard.speech == ALONE


# ---- the bare word help


@pytest.mark.parametrize("intent", ["AMAZON.HelpIntent", "NearFallIntent"])
def test_help_asks_whether_a_person_is_needed(house: House, intent: str) -> None:
    """Text 14."""
    heard = house.says(intent)

    assert (heard.speech, heard.reprompt, heard.open) == (ASKED, ASKED, True)
    assert alarms(house) == []


@pytest.mark.parametrize("answer", ["AMAZON.YesIntent", "NotSureIntent", "NeedHelpIntent"])
def test_yes_and_perhaps_page(house: House, answer: str) -> None:
    house.says("AMAZON.HelpIntent")

    heard = house.says(answer)

    assert heard.speech == PAGED
    assert alarms(house) == [("help", "none")]


@pytest.mark.parametrize(
    "answer", ["AMAZON.FallbackIntent", "AMAZON.PauseIntent"], ids=["fallback", "unknown intent"]
)
def test_a_reply_that_is_not_understood_pages(house: House, answer: str) -> None:
    """S2: asked for help, then no answer."""
    house.says("AMAZON.HelpIntent")

    heard = house.says(answer)

    assert heard.speech == PAGED
    assert alarms(house) == [("help", "asked_then_silent")]


def test_an_intent_without_a_name_is_not_understood_either(house: House) -> None:
    house.says("AMAZON.HelpIntent")

    heard = house.hears({"type": "IntentRequest", "intent": {"name": None, "slots": {}}})

    assert heard.speech == PAGED


@pytest.mark.parametrize("reason", ["EXCEEDED_MAX_REPROMPTS", "ERROR"])
def test_silence_pages(house: House, reason: str) -> None:
    """S2."""
    house.says("AMAZON.HelpIntent")

    house.ends(reason)

    assert alarms(house) == [("help", "asked_then_silent")]


def test_a_session_that_never_ends_pages_by_the_clock(house: House) -> None:
    house.says("AMAZON.HelpIntent")
    house.later(minutes=2)

    house.tick()

    assert alarms(house) == [("help", "asked_then_silent")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("AMAZON.NoIntent", "All right. I haven't messaged anybody."),
        ("ImOkIntent", "I'm glad to hear that."),
        ("HowToUseIntent", "I keep notes about your medicines"),
        ("AMAZON.StopIntent", "Goodbye."),
        ("AMAZON.CancelIntent", "Goodbye."),
        ("WhatIsDueIntent", "Nothing is waiting right now."),
        ("TakenIntent", "Thank you for telling me."),
    ],
)
def test_a_reply_that_was_understood_is_no_call(house: House, answer: str, words: str) -> None:
    house.says("AMAZON.HelpIntent")

    heard = house.says(answer)
    house.ends("EXCEEDED_MAX_REPROMPTS")
    house.later(minutes=3)
    house.tick()

    assert heard.speech.startswith(words)
    assert alarms(house) == []


def test_the_user_who_says_exit_to_help_is_not_silent(house: House) -> None:
    house.says("AMAZON.HelpIntent")

    house.ends("USER_INITIATED")

    assert alarms(house) == []


def test_help_said_twice_is_asked_twice(house: House) -> None:
    house.says("AMAZON.HelpIntent")

    heard = house.says("AMAZON.HelpIntent")
    house.says("AMAZON.NoIntent")

    assert heard.speech == ASKED
    assert house.chart().now.question is None


def test_one_call_for_help_is_one_alert(house: House) -> None:
    house.says("AMAZON.HelpIntent")
    house.says("NeedHelpIntent")
    house.does(
        Acknowledge(
            operation=OperationId("test/ack"), speaker=contact(ANA), alert_id=house.alerts()[0].alert_id
        )
    )
    house.later(minutes=3)

    house.tick()

    assert alarms(house) == [("help", "none")]


def test_help_on_an_echo_that_is_not_linked_is_asked_too(empty_house: House) -> None:
    """S5; text 14, and after silence that nobody can be reached."""
    asked = empty_house.says("AMAZON.HelpIntent")
    yes = empty_house.says("AMAZON.YesIntent")

    assert asked.speech == ASKED
    assert asked.reprompt == ALONE
    assert yes.speech == ALONE


def test_a_mumble_to_help_on_an_echo_that_is_not_linked_is_a_call(empty_house: House) -> None:
    empty_house.says("AMAZON.HelpIntent")

    heard = empty_house.says("AMAZON.FallbackIntent")

    assert heard.speech == ALONE


def test_no_to_help_on_an_echo_that_is_not_linked_tells_how_to_link(empty_house: House) -> None:
    empty_house.says("AMAZON.HelpIntent")

    heard = empty_house.says("AMAZON.NoIntent")

    assert heard.speech.startswith("This Echo isn't linked to a person yet.")


# ---- afterwards


def test_im_ok_is_told_to_everybody_who_was_paged(house: House) -> None:
    house.says("FallIntent")

    heard = house.says("ImOkIntent")

    assert heard.speech == (
        "I'm glad. I'm telling your helpers that you say you're OK. "
        "One of them may still call you, to be sure."
    )
    assert house.alerts()[0].calmed_at is not None


def test_any_news_names_who_answered(house: House) -> None:
    """Text 16."""
    house.at("09:40")
    house.says("FallIntent")
    before = house.says("AnyNewsIntent")
    house.later(minutes=2)
    house.does(
        Acknowledge(
            operation=OperationId("test/ack"), speaker=contact(ANA), alert_id=house.alerts()[0].alert_id
        )
    )

    after = house.says("AnyNewsIntent")

    assert before.speech == "Nobody has answered yet. I'm still trying."
    assert after.speech == "Ana answered at nine forty-two."


def test_any_news_without_a_call_says_so(house: House) -> None:
    heard = house.says("AnyNewsIntent")

    assert heard.speech == "I haven't messaged anybody. If you need a person, say: help now."


# ---- words in a slot that takes any text (S6)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("help me", [("help", "none")]),
        ("i fell", [("help", "none")]),
        ("i can't breathe", [("help", "none")]),
        ("i almost fell", []),
        ("it makes me dizzy", []),
        ("the helper said so", []),
    ],
)
def test_a_cry_in_the_place_of_a_reason_is_heard(
    house: House, said: str, found: list[tuple[str, str]]
) -> None:
    asks_for_a_reason(house)

    heard = house.says("SkipIntent", Reason=said)

    assert alarms(house) == found
    assert (heard.speech == ASKED) is (said == "i almost fell")


@pytest.mark.parametrize("said", ["help", "hurt"])
def test_a_cry_in_the_place_of_a_name_is_heard(house: House, said: str) -> None:
    heard = house.says("WhoIsSpeakingIntent", Name=said)

    assert heard.speech == PAGED


# ---- several patients


@pytest.fixture
def couple(house: House) -> House:
    """Ada and Bob; Ana looks after her, Sam after him."""
    house.patient(BOB, "Bob")
    house.team(a_contact(SAM, "Sam"), patient_id=BOB)
    house.medicine("lisinopril")
    return house


@pytest.mark.parametrize("intent", ["FallIntent", "NeedHelpIntent", "EmergencyIntent", "SuicideIntent"])
def test_an_unknown_voice_among_several_calls_for_everybody(couple: House, intent: str) -> None:
    """S5: someone at home; one alert for each patient."""
    kind = "fall" if intent == "FallIntent" else "help"

    couple.says(intent)

    assert alarms(couple, ADA) == [(kind, "someone_at_home")]
    assert alarms(couple, BOB) == [(kind, "someone_at_home")]


def test_a_name_said_before_does_not_narrow_the_call(couple: House) -> None:
    couple.opens()
    couple.says("WhoIsSpeakingIntent", Name="ada")

    couple.says("FallIntent")

    assert alarms(couple, BOB) == [("fall", "someone_at_home")]


def test_a_recognised_patient_calls_for_herself(couple: House) -> None:
    couple.echo.person = "ADA"
    couple.opens()
    couple.says("WhoIsSpeakingIntent", Name="ada")

    couple.says("FallIntent")

    assert alarms(couple, ADA) == [("fall", "none")]
    assert alarms(couple, BOB) == []


def test_a_call_that_reaches_one_of_two_care_teams_says_so(couple: House) -> None:
    couple.team(patient_id=ADA)

    heard = couple.says("FallIntent")

    assert heard.speech == PAGED


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("AMAZON.YesIntent", [("help", "someone_at_home")]),
        ("AMAZON.FallbackIntent", [("help", "asked_then_silent")]),
        ("AMAZON.NoIntent", []),
        ("HowToUseIntent", []),
    ],
    ids=["yes", "mumble", "no", "how to use"],
)
def test_help_from_an_unknown_voice_is_asked_for_everybody(
    couple: House, answer: str, found: list[tuple[str, str]]
) -> None:
    couple.says("AMAZON.HelpIntent")

    couple.says(answer)
    couple.later(minutes=3)
    for patient in (ADA, BOB):
        couple.tick(patient)

    assert alarms(couple, ADA) == found
    assert alarms(couple, BOB) == found


def test_silence_to_help_from_an_unknown_voice_pages_for_everybody(couple: House) -> None:
    couple.says("AMAZON.HelpIntent")

    couple.ends("EXCEEDED_MAX_REPROMPTS")

    assert alarms(couple, ADA) == [("help", "asked_then_silent")]
    assert alarms(couple, BOB) == [("help", "asked_then_silent")]


def test_yes_to_help_counts_from_any_voice(couple: House) -> None:
    couple.says("AMAZON.HelpIntent")
    couple.echo.person = "VISITOR"

    heard = couple.says("AMAZON.YesIntent")

    assert heard.speech == PAGED


def test_an_unknown_voice_calms_what_an_unknown_voice_has_raised(couple: House) -> None:
    couple.says("FallIntent")

    heard = couple.says("ImOkIntent")

    assert heard.speech.startswith("I'm glad. I'm telling your helpers")
    assert all(a.calmed_at is not None for p in (ADA, BOB) for a in couple.alerts(p))


def test_an_unknown_voice_does_not_calm_the_fall_of_one_of_them(couple: House) -> None:
    couple.echo.person = "BOB"
    couple.opens()
    couple.says("WhoIsSpeakingIntent", Name="bob")
    couple.says("FallIntent")
    couple.echo.person = None

    heard = couple.says("ImOkIntent")

    assert heard.speech.startswith("Who is speaking?")
    assert couple.alerts(BOB)[0].calmed_at is None


def test_im_ok_without_any_call_needs_no_name(couple: House) -> None:
    heard = couple.says("ImOkIntent")

    assert heard.speech == "I'm glad to hear that."


def test_news_for_an_unknown_voice_is_the_best_news_of_all(couple: House) -> None:
    couple.at("09:40")
    couple.says("FallIntent")
    couple.later(minutes=2)
    alert_id = couple.alerts(BOB)[0].alert_id
    acknowledge = Acknowledge(operation=OperationId("test/ack"), speaker=contact(SAM), alert_id=alert_id)
    couple.does(acknowledge, BOB)

    heard = couple.says("AnyNewsIntent")

    assert heard.speech == "Sam answered at nine forty-two."


def test_another_echo_of_another_account_knows_nothing_of_this_household(couple: House) -> None:
    stranger = Echo(user="amzn1.ask.account.SOMEBODYELSE")

    heard = couple.says("FallIntent", echo=stranger)

    assert heard.speech == ALONE
    assert alarms(couple, ADA) == []
