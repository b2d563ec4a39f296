"""S8: replies by SMS are digits only, and no word switches off what somebody needs."""

import re

import pytest

from skill.domain.care_team import Channel
from skill.domain.identity import ContactId
from skill.service.replies import Heard
from tests.scenarios.world import World, person

OPT_OUT_WORDS = re.compile(r"\b(STOP|END|CANCEL|QUIT|REMOVE|START|UNSUBSCRIBE)\b", re.IGNORECASE)
MEANT = "Mom, 8:00 AM: an answer of yours switched off our messages there. Was it meant?"
ASKED = "Mom, 8:00 AM: a word of yours may mean that you want no messages there. Was it meant?"
NO_WORD = "Mom: no word on 8:00 AM medicines, taken or not."


def _nobody_says_a_word(world: World) -> None:
    world.medicine("lisinopril", "08:00")
    world.wind_to("10:01")
    assert len(world.messages_to("Ana")) == 1


def _starts(texts: list[str], start: str) -> list[bool]:
    return [text.startswith(start) for text in texts]


@pytest.mark.parametrize(
    "text", ["{code}", "  {code}. ", "#{code}"], ids=["bare", "with a full stop", "with a sign"]
)
def test_a_reply_of_digits_takes_over(world: World, text: str) -> None:
    """S8: code = I've got it; nobody else is paged and no dose changes (S30)."""
    _nobody_says_a_word(world)

    heard = world.replies_by_sms("Ana", text)
    world.wind_to("12:00")

    assert heard is Heard.ANSWERED
    assert world.alerts() == ["dose no_word acknowledged"]
    assert world.messages_to("Sam") == []
    assert world.states() == ["lisinopril 08:00 unconfirmed"]


def test_code_and_two_asks_the_next_person_at_once(world: World) -> None:
    """S8: code 2 = next person."""
    _nobody_says_a_word(world)

    world.replies_by_sms("Ana", "{code} 2")

    assert world.alerts() == ["dose no_word open"]
    assert _starts(world.messages_to("Sam"), NO_WORD) == [True]


def test_code_and_three_closes_the_alert_and_everybody_told_hears_it(world: World) -> None:
    """S8: code 3 = closed; S30: the dose stays what it was."""
    _nobody_says_a_word(world)
    world.wind_to("10:31")

    world.replies_by_sms("Sam", "{code} 3")

    assert world.alerts() == ["dose no_word resolved"]
    assert world.messages_to("Ana")[-1].startswith("CLOSED: Mom, 8:00 AM. Sam has taken care of it.")
    assert world.states() == []


@pytest.mark.parametrize(
    "text",
    ["yes", "OK", "I've got it", "{code} 4", "{code} please"],
    ids=["yes", "ok", "words", "another digit", "code and words"],
)
def test_words_do_nothing_and_the_ladder_goes_on(world: World, text: str) -> None:
    """S8: must not: nothing but digits is a command."""
    _nobody_says_a_word(world)

    heard = world.replies_by_sms("Ana", text)
    world.wind_to("10:31")

    assert heard is Heard.NOT_UNDERSTOOD
    assert world.alerts() == ["dose no_word open"]
    assert _starts(world.messages_to("Sam"), NO_WORD) == [True]


def test_a_code_is_good_only_from_the_telephone_that_got_it(world: World) -> None:
    """S8: must not: Ana's code from Sam's telephone does nothing."""
    _nobody_says_a_word(world)
    found = re.search(r"reply ([0-9]{6})", world.messages_to("Ana")[0])
    assert found is not None

    heard = world.replies_by_sms("Sam", found[1])

    assert heard is Heard.WRONG_CODE
    assert world.alerts() == ["dose no_word open"]


@pytest.mark.parametrize(
    "word", ["STOP", "Stop, I am on my way", "cancel"], ids=["alone", "begins", "cancel"]
)
def test_an_opt_out_word_moves_the_alert_to_the_next_channel_at_once_and_asks_there(
    world: World, word: str
) -> None:
    """S8: her e-mail gets the page in the same minute, and the question whether it was meant."""
    _nobody_says_a_word(world)

    heard = world.replies_by_sms("Ana", word)

    assert heard is Heard.OPTED_OUT
    by_mail = world.messages_to("Ana", channel=Channel.EMAIL)
    assert sorted(_starts(by_mail, NO_WORD)) == [False, True]
    assert sorted(_starts(by_mail, MEANT)) == [False, True]
    assert len(world.messages_to("Ana", channel=Channel.SMS)) == 1
    assert world.alerts() == ["dose no_word open"]


IN_A_SENTENCE = pytest.mark.parametrize(
    "text",
    ["please stop texting me", "I will not stop until she answers", "{code} stop", "I want to opt out"],
    ids=["please", "meant otherwise", "after a code", "two words"],
)


@IN_A_SENTENCE
def test_an_opt_out_word_inside_a_sentence_moves_the_alert_at_once_and_silences_nothing(
    world: World, text: str
) -> None:
    """S8, H16: the page and the question go to her e-mail in the same minute; her telephone stays on."""
    _nobody_says_a_word(world)

    heard = world.replies_by_sms("Ana", text)

    assert heard is Heard.STOP_ASKED
    by_mail = world.messages_to("Ana", channel=Channel.EMAIL)
    assert sorted(_starts(by_mail, NO_WORD)) == [False, True]
    assert sorted(_starts(by_mail, ASKED)) == [False, True]
    assert world.alerts() == ["dose no_word open"]
    assert world.chart().get_contact(ContactId("con_ana")).reachable(Channel.SMS) is not None


@IN_A_SENTENCE
def test_without_another_channel_a_word_inside_a_sentence_asks_the_next_person_at_once(
    empty: World, text: str
) -> None:
    """S8, H16: Ana has a telephone only; Sam is asked now, and Ana hears of the next alert as before."""
    empty.patient("Ada", person("Ana", email=False), person("Sam"))
    empty.link()
    _nobody_says_a_word(empty)

    empty.replies_by_sms("Ana", text)

    assert _starts(empty.messages_to("Sam"), NO_WORD) == [True]
    assert empty.clock.now().minute == 1
    empty.says("FallIntent")
    empty.settle()
    assert empty.messages_to("Ana")[-1].startswith("FALL: Mom, 10:01 AM. Call now.")


def test_a_word_inside_a_sentence_of_the_last_who_is_asked_ends_no_alert(empty: World) -> None:
    """S8: must not: "I will not stop" of the only helper must not be the end of the asking."""
    empty.patient("Ada", person("Ana", email=False))
    empty.link()
    _nobody_says_a_word(empty)

    empty.replies_by_sms("Ana", "I will not stop until she answers")

    assert empty.alerts() == ["dose no_word open"]


def test_a_word_inside_a_sentence_changes_nothing_while_no_alert_is_open(world: World) -> None:
    """S8."""
    heard = world.replies_by_sms("Ana", "please stop texting me")

    assert heard is Heard.STOP_ASKED
    assert world.messages_to("Ana") == []


def test_without_another_channel_the_opt_out_moves_the_alert_to_the_next_person_at_once(empty: World) -> None:
    """S8: Ana has a telephone only; Sam is asked now and not half an hour later."""
    empty.patient("Ada", person("Ana", email=False), person("Sam"))
    empty.link()
    _nobody_says_a_word(empty)

    empty.replies_by_sms("Ana", "STOP")

    assert _starts(empty.messages_to("Sam"), NO_WORD) == [True]
    assert empty.clock.now().minute == 1


def test_after_the_opt_out_that_telephone_gets_nothing_and_the_other_channel_everything(world: World) -> None:
    """S8: the opt-out is honoured, and the next alert takes the other way by itself."""
    _nobody_says_a_word(world)
    world.replies_by_sms("Ana", "STOP")
    world.wind_to("12:00")
    world.says("FallIntent")

    assert len(world.messages_to("Ana", channel=Channel.SMS)) == 1
    assert world.messages_to("Ana", channel=Channel.EMAIL)[-1].startswith("FALL: Mom, 12:00 PM. Call now.")


def test_an_opt_out_during_a_fall_stops_nobody_elses_page_and_is_asked_about(world: World) -> None:
    """S8, H16: the fall stays open and goes on to everybody else."""
    world.wind_to("09:00")
    world.says("FallIntent")

    world.replies_by_sms("Ana", "STOP")
    world.wind_to("09:11")

    assert world.alerts() == ["fall none open"]
    meant = MEANT.replace("8:00", "9:00")
    assert any(_starts(world.messages_to("Ana", channel=Channel.EMAIL), meant))
    assert len(world.messages_to("Sam", channel=Channel.SMS)) == 2
    assert len(world.messages_to("Ana", channel=Channel.SMS)) == 1


def test_an_opt_out_in_a_fall_of_whoever_has_no_other_channel_asks_the_others_again_at_once(
    empty: World,
) -> None:
    """S8: nobody waits ten minutes for a telephone that is silent now."""
    empty.patient("Ada", person("Ana", email=False), person("Sam", email=False))
    empty.link()
    empty.wind_to("09:00")
    empty.says("FallIntent")

    empty.replies_by_sms("Ana", "STOP")

    assert len(empty.messages_to("Sam")) == 2
    assert len(empty.messages_to("Ana")) == 1


def test_no_text_of_a_whole_day_invites_an_opt_out_word(world: World) -> None:
    """S8: must not: no text says STOP, END, CANCEL, QUIT, REMOVE, START."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("10:31")
    world.replies_by_sms("Ana", "{code}")
    world.replies_by_sms("Ana", "{code} 3")
    world.wind_to("12:00")
    world.says("DontRememberIntent")
    world.says("TookAgainIntent")
    world.says("FallIntent")
    world.wind_to("12:11")
    world.replies_by_sms("Sam", "{code}")
    world.wind_to("12:40")

    texts = [text for name in ("Ana", "Sam") for text in world.messages_to(name)]
    assert len(texts) >= 10
    assert [text for text in texts if OPT_OUT_WORDS.search(text)] == []
