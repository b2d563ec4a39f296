"""S1: a second dose that was really taken is never thrown away, and a repeated word is never a dose."""

from tests.scenarios.world import World

ASKED_BACK = (
    "That one is already written down, taken at eight oh four. "
    "Are you telling me about the same one, or did you take it again?"
)


def _taken_at_eight_oh_four(world: World) -> None:
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")
    world.says("ConfirmIntent", Group="pills")
    world.leaves()


def test_again_is_an_extra_intake_with_its_time_and_the_helper_is_told_at_once(world: World) -> None:
    """S1: "again" appends the extra intake, speaks the overdose text and opens the intake alert."""
    _taken_at_eight_oh_four(world)
    world.wind_to("08:20")

    asked = world.says("ConfirmIntent", Group="pills")
    spoken = world.says("TookAgainIntent")

    assert asked == ASKED_BACK
    assert spoken.startswith("Thank you for telling me. If anyone has collapsed")
    assert "call Poison Control now" in spoken
    assert "I wrote it down. I'm sending Ana a message." in spoken
    assert world.intakes() == ["extra lisinopril 08:20 amount 1"]
    assert world.states() == ["lisinopril 08:00 taken"]
    assert world.alerts() == ["intake extra open"]
    assert world.messages_to("Ana")[-1].startswith("Mom said at 8:20 AM: took a second one. Please call.")
    assert world.messages_to("Sam") == []


def test_when_the_first_helper_does_not_answer_the_second_hears_of_the_extra_intake(world: World) -> None:
    """S1: the intake alert climbs the ladder with the short waits of a critical one."""
    _taken_at_eight_oh_four(world)
    world.wind_to("08:20")
    world.says("TookAgainIntent")

    world.wind_to("08:34")
    before = world.messages_to("Sam")
    world.wind_to("08:36")

    assert before == []
    assert [text.split(". ")[0] for text in world.messages_to("Sam")] == [
        "Mom said at 8:20 AM: took a second one"
    ]


def test_the_same_words_ten_seconds_later_are_the_same_words_in_two_sessions_too(world: World) -> None:
    """S1: no question for the same words within 30 s; two one-shots are two sessions."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")
    first = world.says("ConfirmIntent", Group="pills")
    world.leaves()
    world.seconds_pass(10)

    second = world.says("ConfirmIntent", Group="pills")

    assert second == first
    assert world.states() == ["lisinopril 08:00 taken"]
    assert world.statements() == ["confirm", "confirm"]


def test_the_same_ones_change_nothing_and_nobody_is_told(world: World) -> None:
    """S1: must not: a confirmation said twice is not a second dose."""
    _taken_at_eight_oh_four(world)
    world.wind_to("08:20")

    world.says("ConfirmIntent", Group="pills")
    spoken = world.says("SameOnesIntent")
    world.wind_to("09:30")

    assert spoken == "Good. Nothing changed."
    assert world.states() == ["lisinopril 08:00 taken"]
    assert world.intakes() == []
    assert world.alerts() == []
    assert world.messages_to("Ana") == []


def test_not_sure_whether_it_was_a_second_one_asks_a_helper_to_check(world: World) -> None:
    """S1: "not sure" asks a helper to check."""
    _taken_at_eight_oh_four(world)
    world.wind_to("08:20")

    world.says("ConfirmIntent", Group="pills")
    spoken = world.says("NotSureIntent")

    assert "I'm asking Ana to check with you." in spoken
    assert world.alerts() == ["intake unsure open"]
    assert world.messages_to("Ana")[-1].startswith("Mom: not sure: 8:00 AM medicines. Please check.")
    assert world.intakes() == []


def test_silence_after_the_question_asks_a_helper_to_check(world: World) -> None:
    """S1: a statement is never discarded: when nobody answers, somebody looks."""
    _taken_at_eight_oh_four(world)
    world.wind_to("08:20")

    world.says("ConfirmIntent", Group="pills")
    world.session_ends()

    assert world.alerts() == ["intake unsure open"]
    assert world.messages_to("Ana")[-1].startswith("Mom: not sure: 8:00 AM medicines. Please check.")


def test_silence_asks_a_helper_even_when_alexa_never_says_that_the_session_is_over(world: World) -> None:
    """S1: the question expires by the clock."""
    _taken_at_eight_oh_four(world)
    world.wind_to("08:20")

    world.says("ConfirmIntent", Group="pills")
    world.wind_to("08:21")
    before = world.alerts()
    world.wind_to("08:23")

    assert before == []
    assert world.alerts() == ["intake unsure open"]
    assert len(world.messages_to("Ana")) == 1


def test_the_same_words_within_thirty_seconds_get_the_same_words_and_nothing_twice(world: World) -> None:
    """S1: no question for the same words within 30 seconds."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")

    first = world.says("ConfirmIntent", Group="pills")
    world.seconds_pass(25)
    second = world.says("ConfirmIntent", Group="pills")

    assert second == first
    assert world.states() == ["lisinopril 08:00 taken"]
    assert world.intakes() == []
    assert world.alerts() == []


def test_the_same_words_a_minute_later_are_asked_about(world: World) -> None:
    """S1: must not: after 30 seconds it may be a second dose."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")

    world.says("ConfirmIntent", Group="pills")
    world.seconds_pass(45)

    assert world.says("ConfirmIntent", Group="pills") == ASKED_BACK


def test_a_request_that_alexa_delivers_twice_has_its_effect_once_and_the_same_words(world: World) -> None:
    """S1: no question for a repeated request id."""
    _taken_at_eight_oh_four(world)
    world.wind_to("08:20")

    first, second = world.says_twice("TookAgainIntent")

    assert second == first
    assert world.intakes() == ["extra lisinopril 08:20 amount 1"]
    assert len(world.messages_to("Ana")) == 1


def test_again_said_without_any_question_is_an_extra_intake_too(world: World) -> None:
    """S1: no stated intake is ever discarded; "again" in the evening counts the last packet."""
    world.medicine("lisinopril", "08:00")
    world.medicine("atorvastatin", "19:00")
    world.wind_to("08:04")
    world.says("ConfirmIntent", Group="pills")
    world.leaves()
    world.wind_to("19:05")
    world.says("ConfirmIntent", Group="pills")
    world.leaves()
    world.wind_to("20:00")

    world.says("TookAgainIntent")

    assert world.intakes() == ["extra atorvastatin 20:00 amount 1"]
