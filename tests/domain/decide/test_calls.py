"""Falls and calls for help: nothing stands in front of the page."""

from typing import Any

import pytest

from skill.domain.alerts import AlertKind, AlertState, Detail
from skill.domain.care_team import Channel
from skill.domain.commands import (
    Acknowledge,
    AskNews,
    AskWhetherHelp,
    ConfirmDoses,
    Discharge,
    RaiseAlert,
    Resolve,
    SayImOk,
)
from skill.domain.events import MessageQueued, Reason
from skill.domain.identity import OperationId
from skill.domain.messages import MessageKind
from tests.builders import ANA, SAM, a_chart, a_contact, at
from tests.doubles import Play


def a_fall(**others: Any) -> Play:  # noqa: ANN401 - fields of a chart
    play = Play(a_chart(**others), at("06:30"))
    play.says(RaiseAlert, kind=AlertKind.FALL)
    return play


@pytest.mark.parametrize("kind", [AlertKind.FALL, AlertKind.HELP])
def test_the_page_is_queued_in_the_very_same_decision(kind: AlertKind) -> None:
    """S5."""
    play = Play(a_chart(contacts=(a_contact(SAM, channels=(Channel.SMS, Channel.EMAIL)), a_contact(ANA))))

    decision = play.says(RaiseAlert, kind=kind)

    assert decision.reason is Reason.PAGED
    queued = [e.message for e in decision.events if isinstance(e, MessageQueued)]
    assert [(m.contact_id, m.channel, m.urgent) for m in queued] == [
        (SAM, Channel.SMS, True),
        (SAM, Channel.EMAIL, True),
        (ANA, Channel.SMS, True),
    ]
    assert {m.ready_at for m in queued} == {play.now}


@pytest.mark.parametrize("before", [ConfirmDoses, AskWhetherHelp], ids=["a double dose", "help"])
def test_no_open_question_stands_in_front_of_it(before: Any) -> None:  # noqa: ANN401 - commands
    """S5."""
    play = Play(a_chart())
    play.until("08:04")
    play.says(before)

    decision = play.says(RaiseAlert, kind=AlertKind.FALL)

    assert decision.reason is Reason.PAGED
    assert [a.kind for a in play.chart.now.alerts] == [AlertKind.FALL]


def test_with_nobody_to_page_it_says_so() -> None:
    """S5."""
    play = Play(a_chart(contacts=()))

    decision = play.says(RaiseAlert, kind=AlertKind.FALL)

    assert decision.reason is Reason.NOBODY_TO_PAGE
    assert play.alert().state is AlertState.EXHAUSTED


def test_somebody_at_home_is_said_when_it_is_not_known_who() -> None:
    """S5: several patients, no recognised voice."""
    play = Play(a_chart())

    play.says(RaiseAlert, kind=AlertKind.FALL, detail=Detail.SOMEONE_AT_HOME)

    assert play.alert().detail is Detail.SOMEONE_AT_HOME


def test_a_call_repeated_within_the_storm_gap_is_still_a_page() -> None:
    play = a_fall()
    play.deliver()

    decision = play.says(RaiseAlert, kind=AlertKind.FALL)

    assert decision.reason is Reason.PAGED


def test_who_has_left_is_paged_for_all_the_same() -> None:
    """A fall is a fall: whoever still can be reached is told, and the climb goes on."""
    play = Play(a_chart())
    play.do(Discharge)

    play.says(RaiseAlert, kind=AlertKind.FALL)
    play.wait(minutes=10)

    assert play.told(SAM) == [MessageKind.PAGE, MessageKind.PAGE]


# ---- I'm OK


def test_im_ok_stops_the_climb_and_is_told_to_everybody_paged() -> None:
    """S38."""
    play = a_fall()
    play.deliver()
    play.wait(minutes=1)

    decision = play.says(SayImOk)
    play.until("08:00")

    assert decision.reason is Reason.CALMED
    assert play.told(SAM) == play.told(ANA) == [MessageKind.PAGE, MessageKind.IM_OK]
    assert (play.alert().state, play.alert().calmed_at) == (AlertState.OPEN, at("06:31"))


def test_im_ok_before_the_page_was_sent_is_told_to_those_it_is_for() -> None:
    play = a_fall()

    play.says(SayImOk)
    play.deliver()

    assert sorted(play.told(SAM)) == [MessageKind.IM_OK, MessageKind.PAGE]


def test_im_ok_said_twice_is_told_once() -> None:
    play = a_fall()
    play.says(SayImOk)

    decision = play.says(SayImOk)

    assert (decision.reason, decision.events) == (Reason.CALMED, ())


def test_im_ok_without_a_call_is_good_to_hear() -> None:
    play = Play(a_chart())

    assert play.says(SayImOk).reason is Reason.GLAD


def test_im_ok_when_nobody_could_be_paged_tells_nobody() -> None:
    play = Play(a_chart(contacts=()))
    play.says(RaiseAlert, kind=AlertKind.FALL)

    assert play.says(SayImOk).reason is Reason.GLAD
    assert play.chart.now.messages == ()


def test_a_helper_closes_what_was_calmed() -> None:
    """S38."""
    play = a_fall()
    play.deliver()
    play.says(SayImOk)
    play.deliver()

    play.helper(SAM, Resolve, alert_id=play.alert().alert_id)
    play.deliver()

    assert play.alert().state is AlertState.RESOLVED
    assert play.told(ANA)[-1] is MessageKind.CLOSED


def test_what_was_calmed_has_no_follow_up() -> None:
    play = a_fall()
    play.deliver()
    play.says(SayImOk)

    play.helper(SAM, Acknowledge, alert_id=play.alert().alert_id)

    assert play.alert().next_at is None


# ---- any news?


def test_there_is_no_news_without_a_call() -> None:
    assert Play(a_chart()).says(AskNews).reason is Reason.NO_ALERT


def test_nobody_has_answered_yet() -> None:
    assert a_fall().says(AskNews).reason is Reason.NEWS_NONE


def test_when_nobody_is_tried_any_more_the_news_do_not_say_so() -> None:
    """Text 16: "I'm still trying" only where it is true."""
    alone = Play(a_chart(contacts=()))
    alone.says(RaiseAlert, kind=AlertKind.FALL)
    exhausted = a_fall()
    exhausted.wait(hours=3)
    calmed = a_fall()
    calmed.says(SayImOk)

    said = [play.says(AskNews).reason for play in (alone, exhausted, calmed)]

    assert said == [Reason.NEWS_NOBODY, Reason.NEWS_NOBODY, Reason.NEWS_NOBODY]


@pytest.mark.parametrize("command", [Acknowledge, Resolve])
def test_who_answered_and_when(command: Any) -> None:  # noqa: ANN401 - commands
    """Text 16."""
    play = a_fall()
    play.deliver()
    play.wait(minutes=3)
    play.helper(ANA, command, alert_id=play.alert().alert_id)

    decision = play.says(AskNews)

    assert (decision.reason, decision.facts) == (Reason.NEWS_ANSWERED, {"helper": ANA, "at": at("06:33")})


def test_the_news_is_about_the_last_call() -> None:
    play = a_fall()
    play.helper(SAM, Resolve, alert_id=play.alert().alert_id)
    play.wait(minutes=5)
    play.says(RaiseAlert, kind=AlertKind.HELP, operation=OperationId("second"))

    assert play.says(AskNews).reason is Reason.NEWS_NONE
