"""The conversation itself: the manual, once more, not understood, and the end."""

from collections.abc import Callable

import pytest

from tests.voice.house import ADA, BOB, House

NOT_UNDERSTOOD = (
    "I didn't understand that, and nothing is changed. You can say: I took my pills. Or: what's due. "
    "Or: I need help."
)


def launch(house: House) -> str:
    return house.opens().speech


def written(house: House) -> str:
    return house.says("ConfirmNamedIntent", Medicine="metformin").speech


def read_only(house: House) -> str:
    return house.says("DidITakeIntent", Packet="morning").speech


def manual(house: House) -> str:
    return house.says("HowToUseIntent").speech


def paged(house: House) -> str:
    return house.says("FallIntent").speech


def emergency(house: House) -> str:
    return house.says("EmergencyIntent", Sign="a stroke").speech


def overdose(house: House) -> str:
    return house.says("EmergencyIntent", Overdose="many").speech


def help_asked(house: House) -> str:
    return house.says("AMAZON.HelpIntent").speech


def how_much(house: House) -> str:
    return house.says("ConfirmPartlyIntent", Part="some").speech


def fallback(house: House) -> str:
    return house.says("AMAZON.FallbackIntent").speech


@pytest.fixture
def morning(house: House) -> House:
    house.medicine("lisinopril")
    house.medicine("metformin")
    house.at("08:04")
    return house


@pytest.mark.parametrize(
    "before",
    [launch, read_only, manual, paged, emergency, overdose, help_asked, how_much, fallback],
)
def test_what_was_said_is_said_once_more(morning: House, before: Callable[[House], str]) -> None:
    words = before(morning)

    heard = [morning.says("AMAZON.RepeatIntent").speech for _ in range(2)]

    assert heard == [words, words]


def test_what_was_written_is_repeated_without_the_name_that_was_said_a_turn_ago(morning: House) -> None:
    """A medicine is named in the very turn in which it was named, and in no other."""
    words = written(morning)

    heard = morning.says("AMAZON.RepeatIntent")

    assert words.startswith("I wrote down metformin, taken at eight oh four.")
    assert heard.speech.startswith("I wrote down one morning medicine, taken at eight oh four.")


def test_a_repetition_changes_nothing(morning: House) -> None:
    written(morning)
    entries = morning.entries()

    morning.says("AMAZON.RepeatIntent")

    assert morning.entries() == entries


def test_a_question_that_is_repeated_can_still_be_answered(morning: House) -> None:
    morning.opens()
    morning.says("AMAZON.RepeatIntent")

    morning.says("AMAZON.YesIntent")

    assert morning.states() == ["taken", "taken"]


def test_help_that_is_repeated_can_still_be_answered(morning: House) -> None:
    help_asked(morning)
    morning.says("AMAZON.RepeatIntent")

    morning.says("AMAZON.YesIntent")

    assert [a.detail.value for a in morning.alerts()] == ["none"]


def test_a_repetition_of_nothing_opens_the_day(morning: House) -> None:
    heard = morning.says("AMAZON.RepeatIntent")

    assert heard.speech.startswith("Two medicines are due this morning.")


def test_a_repetition_on_an_echo_that_is_not_linked_tells_how_to_link(empty_house: House) -> None:
    heard = empty_house.says("AMAZON.RepeatIntent")

    assert heard.speech.startswith("This Echo isn't linked to a person yet.")


def test_another_voice_does_not_hear_what_was_said_before(house: House) -> None:
    house.patient(BOB, "Bob")
    house.medicine("lisinopril")
    house.at("08:04")
    house.opens()
    house.says("WhoIsSpeakingIntent", Name="ada")
    house.echo.person = "BOB"

    heard = house.says("AMAZON.RepeatIntent")

    assert heard.speech.startswith("Who is speaking?")


def test_while_the_name_is_wanted_the_name_is_what_is_repeated(house: House) -> None:
    house.patient(BOB, "Bob")
    house.medicine("lisinopril")
    house.at("08:04")
    house.says("ConfirmIntent", Group="my pills")

    heard = house.says("AMAZON.RepeatIntent")
    house.says("WhoIsSpeakingIntent", Name="ada")

    assert heard.speech.startswith("Who is speaking?")
    assert house.states(ADA) == ["taken"]


def test_what_is_not_understood_changes_nothing(house: House) -> None:
    before = house.entries()

    heard = house.says("AMAZON.FallbackIntent")

    assert heard.speech == NOT_UNDERSTOOD
    assert heard.open
    assert house.entries() == before


def test_an_intent_of_a_later_release_is_not_understood(house: House) -> None:
    heard = house.says("IntentOfTheFuture", Anything="at all")

    assert heard.speech == NOT_UNDERSTOOD


def test_the_manual_says_that_voice_alone_protects_nobody(house: House) -> None:
    """S3."""
    heard = house.says("HowToUseIntent")

    assert "I hear you only near this Echo, so I'm no protection against falls by myself." in heard.speech
    assert heard.open


@pytest.mark.parametrize("intent", ["AMAZON.StopIntent", "AMAZON.CancelIntent", "AMAZON.NavigateHomeIntent"])
def test_the_end_is_said_and_the_dose_stays_open(house: House, intent: str) -> None:
    house.medicine("lisinopril")
    house.at("08:04")
    house.opens()

    heard = house.says(intent)

    assert (heard.speech, heard.open) == ("Goodbye.", False)
    assert house.states() == []
    assert house.chart().now.question is None


def test_the_end_on_an_echo_that_is_not_linked_is_said_too(empty_house: House) -> None:
    heard = empty_house.says("AMAZON.StopIntent")

    assert (heard.speech, heard.open) == ("Goodbye.", False)


@pytest.mark.parametrize("reason", ["USER_INITIATED", "ERROR", "EXCEEDED_MAX_REPROMPTS", "OF_THE_FUTURE"])
def test_nobody_is_spoken_to_after_the_end(house: House, reason: str) -> None:
    house.opens()

    heard = house.ends(reason)

    assert heard.raw["response"] == {}


def test_the_end_of_a_session_closes_the_question_of_the_patient_who_was_asked(house: House) -> None:
    house.patient(BOB, "Bob")
    house.medicine("lisinopril")
    house.at("08:04")
    house.echo.person = "ADA"
    house.opens()
    house.says("WhoIsSpeakingIntent", Name="ada")
    house.echo.person = None

    house.ends("EXCEEDED_MAX_REPROMPTS")

    assert house.chart(ADA).now.question is None
