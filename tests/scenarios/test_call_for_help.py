"""S2: "help" asks whether a person is needed; silence is a call. S5: nothing stands in front of an alarm."""

from pathlib import Path

import pytest

from tests.scenarios.world import ADA, BOB, World, a_world, person

ASKED = "Do you need a person now? Say “help now”. Or say “how to use”, and I'll explain."
PAGED = "I'm messaging your helpers now."
SILENT = "Mom asked for help, then no answer, 9:00 AM. Call."


def _starts(world: World, name: str, start: str) -> list[bool]:
    return [text.startswith(start) for text in world.messages_to(name)]


# ---- S2


def test_help_is_a_question_and_not_the_manual(world: World) -> None:
    """S2: AMAZON.HelpIntent first asks "Do you need a person now?"; asking alone pages nobody."""
    world.wind_to("09:00")

    spoken = world.says("AMAZON.HelpIntent")

    assert spoken == ASKED
    assert world.alerts() == []
    assert world.messages_to("Ana") == []


@pytest.mark.parametrize(
    "answer",
    ["AMAZON.YesIntent", "NeedHelpIntent", "NotSureIntent"],
    ids=["yes", "help now", "not sure"],
)
def test_yes_pages_everybody_at_once_on_every_channel(world: World, answer: str) -> None:
    """S2: yes, "help now" and doubt open a help alert."""
    world.wind_to("09:00")
    world.says("AMAZON.HelpIntent")

    spoken = world.says(answer)

    assert spoken.startswith(PAGED)
    assert world.alerts() == ["help none open"]
    assert _starts(world, "Ana", "HELP: Mom, 9:00 AM. Call now.") == [True, True]
    assert _starts(world, "Sam", "HELP: Mom, 9:00 AM. Call now.") == [True, True]


@pytest.mark.parametrize(
    "reason", ["EXCEEDED_MAX_REPROMPTS", "ERROR"], ids=["no answer to the reprompt", "an error"]
)
def test_silence_tells_the_helpers_asked_for_help_then_no_answer(world: World, reason: str) -> None:
    """S2: silence sends the first contact "asked for help, then no answer"."""
    world.wind_to("09:00")
    world.says("AMAZON.HelpIntent")

    world.session_ends(reason)

    assert world.alerts() == ["help asked_then_silent open"]
    assert _starts(world, "Ana", SILENT) == [True, True]


def test_after_silence_the_first_contact_has_three_minutes_and_then_everybody_is_told(world: World) -> None:
    """S2: silence sends the first contact; S7: three minutes without an answer, and the ladder goes on."""
    world.wind_to("09:00")
    world.says("AMAZON.HelpIntent")
    world.session_ends()

    world.wind_to("09:02")
    before = _starts(world, "Ana", SILENT), _starts(world, "Sam", SILENT)
    world.wind_to("09:03")

    assert before == ([True, True], [])
    assert _starts(world, "Sam", SILENT) == [True, True]


def test_an_answer_of_the_first_contact_after_silence_ends_the_climb(world: World) -> None:
    """S2: nobody else is called out of bed for the manual."""
    world.wind_to("09:00")
    world.says("AMAZON.HelpIntent")
    world.session_ends()

    world.wind_to("09:02")
    world.replies_by_sms("Ana", "{code}")
    world.wind_to("09:09")

    assert _starts(world, "Sam", SILENT) == []


def test_help_now_after_a_silence_pages_everybody_at_once(world: World) -> None:
    """S2, S5: must not: a call in so many words waits for no first contact."""
    world.wind_to("09:00")
    world.says("AMAZON.HelpIntent")
    world.session_ends()

    world.says("NeedHelpIntent")

    assert _starts(world, "Sam", "HELP: Mom, 9:00 AM. Call now.") == [True, True]


def test_silence_pages_after_two_minutes_though_alexa_never_says_anything_more(world: World) -> None:
    """S2: the rule holds when no event at all comes; the clock and the sweep decide."""
    world.wind_to("09:00")
    world.says("AMAZON.HelpIntent")

    world.wind_to("09:01")
    before = world.alerts()
    world.wind_to("09:03")

    assert before == []
    assert world.alerts() == ["help asked_then_silent open"]
    assert _starts(world, "Ana", SILENT) == [True, True]


def test_a_reply_that_was_not_understood_pages_too(world: World) -> None:
    """S2: a reply not understood sends "asked for help, then no answer"."""
    world.wind_to("09:00")
    world.says("AMAZON.HelpIntent")

    spoken = world.says("AMAZON.FallbackIntent")

    assert spoken.startswith(PAGED)
    assert world.alerts() == ["help asked_then_silent open"]
    assert _starts(world, "Ana", SILENT) == [True, True]


def test_how_to_use_gets_the_manual_and_pages_nobody(world: World) -> None:
    """S2: questions about use have an intent of their own; going on is no silence."""
    world.wind_to("09:00")
    world.says("AMAZON.HelpIntent")

    spoken = world.says("HowToUseIntent")
    world.session_ends("USER_INITIATED")
    world.wind_to("09:10")

    assert spoken.startswith("I keep notes about your medicines")
    assert world.alerts() == []
    assert world.messages_to("Ana") == []


def test_no_and_then_silence_pages_nobody(world: World) -> None:
    """S2: must not: who has said no is not paged for."""
    world.wind_to("09:00")
    world.says("AMAZON.HelpIntent")

    spoken = world.says("AMAZON.NoIntent")
    world.session_ends()
    world.wind_to("09:10")

    assert spoken == "All right. I haven't messaged anybody. If you need a person, say: help now."
    assert world.alerts() == []
    assert world.messages_to("Ana") == []


def test_stop_after_the_question_is_no_silence(world: World) -> None:
    """S2: must not: "stop" is an answer."""
    world.wind_to("09:00")
    world.says("AMAZON.HelpIntent")

    world.says("AMAZON.StopIntent")
    world.wind_to("09:10")

    assert world.alerts() == []


def test_help_in_the_middle_of_another_question_asks_for_a_person(world: World) -> None:
    """S2: at any turn; and the question that was open loses nothing."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")
    world.says("ConfirmIntent", Group="pills")
    world.leaves()
    world.wind_to("09:00")
    world.says("ConfirmIntent", Group="pills")

    spoken = world.says("AMAZON.HelpIntent")
    world.says("AMAZON.NoIntent")

    assert spoken == ASKED
    assert world.alerts() == ["intake unsure open"]


# ---- S5


@pytest.fixture
def two(empty: World) -> World:
    """Ada, whose helper is Ana, and Bob, whose helper is Sam, share an Echo."""
    empty.patient("Ada", person("Ana"))
    empty.patient("Bob", person("Sam"))
    empty.link()
    empty.wind_to("09:00")
    return empty


def test_a_fall_in_a_home_of_two_pages_the_helpers_of_both(two: World) -> None:
    """S5: no recognised voice: the contacts of all of them, "someone at home", in the same turn."""
    spoken = two.says("FallIntent")

    assert spoken.startswith(PAGED)
    assert two.alerts(ADA) == ["fall someone_at_home open"]
    assert two.alerts(BOB) == ["fall someone_at_home open"]
    assert two.messages_to("Ana")[0].startswith("FALL: Mom's home, 9:00 AM. Call.")
    assert two.messages_to("Sam", patient_id=BOB)[0].startswith("FALL: Mom's home, 9:00 AM. Call.")


def test_a_recognised_voice_pages_only_the_helpers_of_that_person(two: World) -> None:
    """S5: must not: Bob's helpers are not told of Ada's fall when her voice is known."""
    two.echo.person = "ADASVOICE"
    two.says("WhoIsSpeakingIntent", Name="Ada")
    two.leaves()

    two.says("FallIntent")

    assert two.alerts(ADA) == ["fall none open"]
    assert two.alerts(BOB) == []
    assert two.messages_to("Ana")[0].startswith("FALL: Mom, 9:00 AM. Call now.")
    assert two.messages_to("Sam", patient_id=BOB) == []


def test_a_fall_while_the_echo_asks_who_is_speaking_is_a_fall(two: World) -> None:
    """S5: before identity."""
    asked = two.opens()

    spoken = two.says("FallIntent")

    assert asked.startswith("Who is speaking?")
    assert spoken.startswith(PAGED)
    assert two.alerts(ADA) == ["fall someone_at_home open"]
    assert two.alerts(BOB) == ["fall someone_at_home open"]


def test_help_and_silence_in_a_home_of_two_pages_for_both(two: World) -> None:
    """S2, S5: nobody knows who asked."""
    two.says("AMAZON.HelpIntent")

    two.session_ends()

    assert two.alerts(ADA) == ["help asked_then_silent open"]
    assert two.alerts(BOB) == ["help asked_then_silent open"]


@pytest.mark.parametrize(
    ("intent", "slots"),
    [
        ("FallIntent", {}),
        ("NeedHelpIntent", {}),
        ("EmergencyIntent", {"Sign": "chest pain"}),
    ],
    ids=["fall", "help now", "emergency"],
)
def test_on_an_unlinked_device_the_reply_says_at_once_that_nobody_can_be_reached(
    empty: World, intent: str, slots: dict[str, str]
) -> None:
    """S5: and it gives the emergency number."""
    spoken = empty.says(intent, **slots)

    assert "nobody" in spoken or "can't reach anybody" in spoken
    assert "nine one one" in spoken
    assert "I'm messaging" not in spoken


def test_help_on_an_unlinked_device_never_ends_in_an_untrue_promise(empty: World) -> None:
    """S2, S5: must not: "I'm messaging" is said only when it is true."""
    asked = empty.says("AMAZON.HelpIntent")
    spoken = empty.says("AMAZON.YesIntent")

    assert asked == ASKED
    assert spoken.startswith("I can't reach anybody: this Echo isn't linked to a person yet.")
    assert "nine one one" in spoken


@pytest.mark.parametrize(
    "before",
    [
        [("LaunchRequest", {})],
        [("ConfirmIntent", {"Group": "medicines"})],
        [("SkipIntent", {})],
        [("ConfirmIntent", {"Group": "pills", "Time": "07:00"})],
        [("AMAZON.HelpIntent", {})],
        [("LinkIntent", {})],
    ],
    ids=["due question", "read-back", "skip reason", "stated time", "help question", "link code"],
)
def test_a_fall_acts_in_the_same_turn_whatever_was_just_asked(
    world: World, before: list[tuple[str, dict[str, str]]]
) -> None:
    """S5, H14: before dialog state; the page is queued and sent in the same turn."""
    world.medicine("lisinopril", "08:00")
    world.medicine("warfarin", "08:00")
    world.wind_to("09:00")
    for intent, slots in before:
        if intent == "LaunchRequest":
            world.opens()
        else:
            world.says(intent, **slots)

    spoken = world.says("FallIntent")

    assert spoken.startswith(PAGED)
    assert world.last_alert().kind.value == "fall"
    assert _starts(world, "Ana", "FALL: Mom, 9:00 AM. Call now.") == [True, True]
    assert _starts(world, "Sam", "FALL: Mom, 9:00 AM. Call now.") == [True, True]


def test_wrong_link_codes_do_not_stand_in_front_of_a_fall(world: World) -> None:
    """S5: before rate limits."""
    world.wind_to("09:00")
    for _ in range(8):
        world.says("LinkIntent", Code="000000")

    assert world.says("FallIntent").startswith(PAGED)
    assert world.alerts() == ["fall none open"]


def test_a_fall_is_called_again_every_ten_minutes_until_somebody_answers(world: World) -> None:
    """S5: nobody acts, nobody is left alone."""
    world.wind_to("09:00")
    world.says("FallIntent")

    world.wind_to("09:09")
    once = len(world.messages_to("Ana"))
    world.wind_to("09:11")

    assert once == 2
    assert len(world.messages_to("Ana")) == 4
    world.opens_link_and_presses("Sam", "got_it")
    world.wind_to("09:19")
    assert [text for text in world.messages_to("Ana")[4:] if text.startswith("FALL")] == []


# ---- where nobody is reached any more


def test_when_the_ladder_has_come_to_its_end_nobody_is_said_to_be_tried(world: World) -> None:
    """Text 16, S38: the number instead of "I'm still trying"; those who were told hear "I'm OK"."""
    world.wind_to("08:10")
    world.says("FallIntent")
    world.leaves()
    world.wind_to("09:30")

    news = world.says("AnyNewsIntent")
    world.leaves()
    glad = world.says("ImOkIntent")

    assert world.alerts() == ["fall none exhausted"]
    assert news.startswith("Nobody has answered yet. I can't call nine one one myself")
    assert "still trying" not in news
    assert glad.startswith("I'm glad. I'm telling your helpers")
    assert world.messages_to("Ana")[-1].startswith('Mom, 8:10 AM: someone said "I\'m OK".')


def test_without_helpers_there_is_nobody_to_try_and_nobody_to_tell(empty: World) -> None:
    """Text 16, S38."""
    empty.patient("Ada")
    empty.link()
    empty.wind_to("08:10")
    empty.says("FallIntent")

    news = empty.says("AnyNewsIntent")
    glad = empty.says("ImOkIntent")

    assert news.startswith("Nobody has answered yet. I can't call nine one one myself")
    assert glad == "I'm glad to hear that."


def test_a_fall_while_the_store_is_held_gets_the_number_of_the_country_that_was_set(tmp_path: Path) -> None:
    """S33: 911 comes from DOSEKEEPER_COUNTRY, not from the language of the Echo."""
    with a_world(tmp_path, DOSEKEEPER_COUNTRY="GB") as world:
        world.patient("Ada", person("Ana"))
        world.link()

        spoken = world.says_while_the_store_is_held("FallIntent")

    assert "call your emergency number" in spoken
    assert "nine one one" not in spoken


def test_a_question_while_the_store_is_held_is_no_note_that_failed(world: World) -> None:
    """S39: nothing was said that could have been written down."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:05")

    spoken = world.says_while_the_store_is_held("WhatIsDueIntent")

    assert spoken == "I couldn't look it up just now. Please ask me again in a few minutes."
