"""What the care team answers: got it, spoke with them, the next person, closed, and stop."""

from datetime import timedelta
from typing import Any

import pytest

from skill.domain.alerts import Alert, AlertKind, AlertState
from skill.domain.care_team import Channel
from skill.domain.commands import (
    Acknowledge,
    FollowUp,
    OptOut,
    PassOn,
    RaiseAlert,
    Resolve,
    SayImOk,
    SetCareTeam,
)
from skill.domain.events import Reason
from skill.domain.identity import AlertId, ContactId
from skill.domain.messages import MessageKind
from tests.builders import ANA, SAM, a_chart, a_contact, a_ladder, a_medication, a_rung, at
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
EVE = ContactId("con_eve")
BOTH = (Channel.SMS, Channel.EMAIL)


def a_silent_morning(wall: str = "10:05", **others: Any) -> Play:  # noqa: ANN401 - fields of a chart
    play = Play(a_chart(TABLET, **others))
    play.until(wall)
    return play


def a_fall(**others: Any) -> Play:  # noqa: ANN401 - fields of a chart
    play = Play(a_chart(TABLET, **others), at("06:30"))
    play.says(RaiseAlert, kind=AlertKind.FALL)
    play.deliver()
    return play


def answers(play: Play, person: ContactId, command: Any, alert: Alert | None = None) -> Any:  # noqa: ANN401
    return play.helper(person, command, alert_id=(alert or play.alert()).alert_id)


# ---- who may


@pytest.mark.parametrize("command", [Acknowledge, FollowUp, PassOn, Resolve])
def test_who_is_not_asked_may_not_answer(command: Any) -> None:  # noqa: ANN401 - commands
    play = a_silent_morning()

    decision = answers(play, EVE, command)

    assert (decision.reason, decision.events) == (Reason.NOT_ALLOWED, ())


@pytest.mark.parametrize("command", [Acknowledge, FollowUp, PassOn, Resolve])
def test_without_consent_nobody_answers(command: Any) -> None:  # noqa: ANN401 - commands
    """S32."""
    play = a_silent_morning()
    alert = play.alert()
    play.do(
        SetCareTeam,
        contacts=(a_contact(SAM, consented=False), a_contact(ANA)),
        ladders=play.chart.plan.ladders,
    )

    assert answers(play, SAM, command, alert).reason is Reason.NOT_ALLOWED


@pytest.mark.parametrize("command", [Acknowledge, FollowUp, PassOn, Resolve])
@pytest.mark.parametrize("over", ["resolved", "gone"])
def test_what_is_over_stays_over(command: Any, over: str) -> None:  # noqa: ANN401 - commands
    """Fault 51: closed is absorbing."""
    play = a_silent_morning()
    alert_id = play.alert().alert_id
    answers(play, SAM, Resolve)

    decision = play.helper(ANA, command, alert_id=alert_id if over == "resolved" else AlertId("alr_gone"))

    assert decision.reason is Reason.ALERT_OVER
    assert play.alert().state is AlertState.RESOLVED


# ---- I've got it


def test_whoever_has_it_stops_the_climb_and_the_others_hear_who() -> None:
    play = a_silent_morning("10:40")

    decision = answers(play, ANA, Acknowledge)
    play.until("14:00")

    assert (decision.reason, decision.facts) == (Reason.ACKNOWLEDGED, {"helper": ANA})
    assert play.told(SAM) == [MessageKind.PAGE, MessageKind.TAKEN_OVER]
    assert play.told(ANA) == [MessageKind.PAGE]
    assert play.delivered[-1].message.named == ANA


def test_a_page_that_was_not_sent_yet_is_not_sent_any_more() -> None:
    """Fault 50."""
    play = Play(a_chart(TABLET), provider=None)
    play.until("10:31")
    assert [m.contact_id for m in play.chart.now.messages] == [SAM]

    answers(play, SAM, Acknowledge)

    assert play.chart.now.messages == ()


def test_two_at_once_and_the_first_has_it() -> None:
    """Fault 52."""
    play = a_silent_morning("10:40")
    answers(play, SAM, Acknowledge)

    decision = answers(play, ANA, Acknowledge)

    assert (decision.reason, decision.facts) == (Reason.ALREADY_HAD, {"helper": SAM})
    assert play.alert().acknowledged_by == SAM


def test_a_dose_alert_is_not_followed_up() -> None:
    play = a_silent_morning()

    answers(play, SAM, Acknowledge)

    assert play.alert().next_at is None


# ---- did you reach them?


def test_a_fall_that_was_taken_over_is_followed_up_and_then_goes_on() -> None:
    """S7: 10 + 3 minutes."""
    play = a_fall()
    answers(play, SAM, Acknowledge)

    play.until("06:39")
    assert play.told(SAM) == [MessageKind.PAGE]
    play.until("06:40")
    assert play.told(SAM) == [MessageKind.PAGE, MessageKind.FOLLOW_UP]
    play.until("06:43")

    assert play.alert().state is AlertState.OPEN
    assert sorted(play.told(SAM)[-2:]) == [MessageKind.PAGE, MessageKind.WENT_ON]
    assert play.told(ANA) == [MessageKind.PAGE, MessageKind.TAKEN_OVER, MessageKind.PAGE]


@pytest.mark.parametrize("minutes", [5, 11], ids=["before it is asked", "after"])
def test_who_has_spoken_with_them_is_not_asked_again(minutes: int) -> None:
    """S7."""
    play = a_fall()
    answers(play, SAM, Acknowledge)
    play.wait(minutes=minutes)

    decision = answers(play, SAM, FollowUp)
    play.until("08:00")

    assert (decision.reason, play.alert().state) == (Reason.FOLLOWED_UP, AlertState.ACKNOWLEDGED)
    assert play.told(SAM).count(MessageKind.PAGE) == 1
    assert play.told(ANA) == [MessageKind.PAGE, MessageKind.TAKEN_OVER]


def test_who_is_there_has_it() -> None:
    play = a_fall()

    answers(play, ANA, FollowUp)

    alert = play.alert()
    assert (alert.state, alert.acknowledged_by, alert.spoken_with, alert.next_at) == (
        AlertState.ACKNOWLEDGED,
        ANA,
        True,
        None,
    )


def test_in_the_last_round_too_the_ladder_goes_on_after_a_forgotten_follow_up() -> None:
    """S7: taken over after all six rounds, and then forgotten."""
    play = a_fall()
    play.until("07:35")
    assert play.alert().state is AlertState.EXHAUSTED
    before = play.told(ANA).count(MessageKind.PAGE)
    answers(play, SAM, Acknowledge)

    play.wait(minutes=13)

    assert play.alert().state is AlertState.OPEN
    assert play.told(ANA).count(MessageKind.PAGE) == before + 1


def test_who_takes_over_later_is_followed_up_like_the_first() -> None:
    """S7: "I spoke with them" of one helper does not answer for the next."""
    play = a_fall()
    answers(play, SAM, Acknowledge)
    answers(play, SAM, FollowUp)
    answers(play, SAM, PassOn)
    answers(play, ANA, Acknowledge)

    play.wait(minutes=10)

    assert play.told(ANA)[-1] is MessageKind.FOLLOW_UP


# ---- the next person


def test_the_next_person_is_asked_now() -> None:
    play = a_silent_morning("10:05")

    decision = answers(play, SAM, PassOn)
    play.deliver()

    assert decision.reason is Reason.PASSED_ON
    assert play.told(ANA) == [MessageKind.PAGE]
    assert play.now == at("10:05")


def test_but_not_while_somebody_else_of_the_rung_may_still_answer() -> None:
    ladder = a_ladder(a_rung(SAM, ANA), a_rung(EVE, wait=timedelta(minutes=30)))
    team = tuple(a_contact(person) for person in (SAM, ANA, EVE))
    play = a_silent_morning("10:05", ladders=(ladder,), contacts=team)

    answers(play, SAM, PassOn)
    play.deliver()
    waited = play.told(EVE)
    answers(play, ANA, PassOn)
    play.deliver()

    assert (waited, play.told(EVE)) == ([], [MessageKind.PAGE])


def test_nor_while_their_page_is_still_on_its_way() -> None:
    ladder = a_ladder(a_rung(SAM, ANA), a_rung(EVE, wait=timedelta(minutes=30)))
    team = tuple(a_contact(person) for person in (SAM, ANA, EVE))
    play = Play(a_chart(TABLET, ladders=(ladder,), contacts=team), provider=None)
    play.until("10:00")

    answers(play, SAM, PassOn)

    assert [m.contact_id for m in play.chart.now.messages] == [SAM, ANA]


def test_whoever_did_not_answer_on_an_earlier_rung_holds_nothing_up() -> None:
    team = tuple(a_contact(person) for person in (SAM, ANA, EVE))
    play = a_silent_morning("10:31", contacts=team)

    answers(play, ANA, PassOn)
    play.deliver()

    assert play.told(EVE) == [MessageKind.PAGE]


def test_after_the_last_person_the_next_round_keeps_its_time() -> None:
    """The only helper asks for the next person: nobody is paged twice in a minute, nor forgotten."""
    play = a_fall(contacts=(a_contact(SAM),))

    answers(play, SAM, PassOn)
    answers(play, SAM, PassOn)
    play.until("06:41")

    assert play.told(SAM) == [MessageKind.PAGE, MessageKind.PAGE]
    assert [one.at for one in play.delivered] == [at("06:30"), at("06:40")]


def test_who_passed_it_on_is_not_paged_in_the_same_round_but_in_the_next() -> None:
    play = a_fall()
    answers(play, SAM, PassOn)

    play.says(RaiseAlert, kind=AlertKind.FALL)
    play.until("06:35")

    assert (play.told(SAM).count(MessageKind.PAGE), play.told(ANA).count(MessageKind.PAGE)) == (2, 2)


def test_whoever_has_it_may_pass_it_on_and_the_others_are_paged() -> None:
    play = a_fall()
    answers(play, SAM, Acknowledge)

    answers(play, SAM, PassOn)
    play.deliver()

    assert play.alert().state is AlertState.OPEN
    assert play.told(SAM) == [MessageKind.PAGE]
    assert play.told(ANA) == [MessageKind.PAGE, MessageKind.TAKEN_OVER, MessageKind.PAGE]


def test_the_only_one_who_has_it_and_passes_it_on_is_asked_again_in_the_next_round() -> None:
    play = a_fall(contacts=(a_contact(SAM),))
    answers(play, SAM, Acknowledge)

    answers(play, SAM, PassOn)
    play.until("06:41")

    assert [one.at for one in play.delivered if one.message.kind is MessageKind.PAGE] == [
        at("06:30"),
        at("06:40"),
    ]


def test_only_whoever_has_it_may_pass_it_on() -> None:
    play = a_fall()
    answers(play, SAM, Acknowledge)

    decision = answers(play, ANA, PassOn)

    assert (decision.reason, decision.facts) == (Reason.ALREADY_HAD, {"helper": SAM})


def test_passing_on_what_is_exhausted_changes_nothing() -> None:
    play = a_silent_morning("13:00")

    assert answers(play, SAM, PassOn).reason is Reason.PASSED_ON
    assert play.alert().state is AlertState.EXHAUSTED


# ---- closed


def test_everybody_who_was_told_hears_that_it_is_over() -> None:
    play = a_silent_morning("10:40")

    decision = answers(play, ANA, Resolve)
    play.until("14:00")

    assert (decision.reason, decision.facts) == (Reason.RESOLVED, {"helper": ANA})
    assert play.told(SAM) == [MessageKind.PAGE, MessageKind.CLOSED]
    assert play.told(ANA) == [MessageKind.PAGE]


# ---- stop


@pytest.mark.parametrize("kind", ["dose", "fall"])
def test_an_opt_out_moves_an_open_alert_to_the_next_channel_and_asks_whether_it_was_meant(kind: str) -> None:
    """S8."""
    team = (a_contact(SAM, channels=BOTH), a_contact(ANA))
    play = a_fall(contacts=team) if kind == "fall" else a_silent_morning("10:05", contacts=team)

    decision = play.do(OptOut, contact_id=SAM, channel=Channel.SMS)
    play.deliver()

    assert decision.reason is Reason.OPTED_OUT
    by_mail = [one.message.kind for one in play.delivered if one.message.channel is Channel.EMAIL]
    assert sorted(by_mail) == [MessageKind.PAGE, MessageKind.STOP_MEANT]
    assert play.chart.get_contact(SAM).channels() == (Channel.EMAIL,)


def test_an_opt_out_without_another_channel_moves_it_to_the_next_person() -> None:
    """S8."""
    play = a_silent_morning("10:05")

    play.do(OptOut, contact_id=SAM, channel=Channel.SMS)
    play.deliver()

    assert play.told(ANA) == [MessageKind.PAGE]


def test_a_word_that_may_not_be_meant_moves_it_to_the_next_channel_and_silences_nothing() -> None:
    """S8, H16."""
    play = a_silent_morning("10:05", contacts=(a_contact(SAM, channels=BOTH), a_contact(ANA)))

    decision = play.do(OptOut, contact_id=SAM, channel=Channel.SMS, sure=False)
    play.deliver()

    assert decision.reason is Reason.STOP_ASKED
    by_mail = [one.message.kind for one in play.delivered if one.message.channel is Channel.EMAIL]
    assert sorted(by_mail) == [MessageKind.PAGE, MessageKind.STOP_ASKED]
    assert Channel.SMS in play.chart.get_contact(SAM).channels()


def test_a_word_that_may_not_be_meant_goes_to_the_next_person_and_after_the_last_waits_for_its_time() -> None:
    """S8, H16."""
    play = a_silent_morning("10:05")

    play.do(OptOut, contact_id=SAM, channel=Channel.SMS, sure=False)
    play.deliver()
    play.do(OptOut, contact_id=ANA, channel=Channel.SMS, sure=False)
    play.deliver()

    assert play.told(ANA) == [MessageKind.PAGE]
    assert [alert.state for alert in play.chart.now.alerts] == [AlertState.OPEN]


def test_an_opt_out_before_the_page_was_sent_counts_as_well() -> None:
    """S8."""
    play = Play(a_chart(TABLET), provider=None)
    play.until("10:00")

    play.do(OptOut, contact_id=SAM, channel=Channel.SMS)

    assert [m.contact_id for m in play.chart.now.messages] == [SAM, ANA]


def test_an_opt_out_with_no_alert_only_silences() -> None:
    play = a_silent_morning("08:00")

    decision = play.do(OptOut, contact_id=SAM, channel=Channel.SMS)
    again = play.do(OptOut, contact_id=SAM, channel=Channel.SMS)

    assert (decision.reason, again.reason, again.events) == (Reason.OPTED_OUT, Reason.OPTED_OUT, ())
    assert play.chart.now.messages == ()


def test_an_opt_out_of_somebody_unknown_changes_nothing() -> None:
    play = a_silent_morning("08:00")

    decision = play.do(OptOut, contact_id=EVE, channel=Channel.SMS)

    assert (decision.reason, decision.events) == (Reason.NOT_ALLOWED, ())


def test_an_opt_out_does_not_page_for_what_was_calmed_or_taken_over() -> None:
    play = a_fall()
    play.says(SayImOk)
    play.deliver()

    play.do(OptOut, contact_id=SAM, channel=Channel.SMS)
    play.deliver()

    assert play.told(ANA) == [MessageKind.PAGE, MessageKind.IM_OK]
