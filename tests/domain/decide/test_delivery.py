"""Claiming and settling: a crash may repeat, it may not lose."""

from datetime import timedelta
from typing import Any

import pytest

from skill.domain.alerts import AlertKind, AlertState
from skill.domain.care_team import Channel
from skill.domain.chart import Chart
from skill.domain.commands import (
    Acknowledge,
    ClaimMessages,
    ConfirmDoses,
    OptOut,
    RaiseAlert,
    Resolve,
    SendTest,
    SetCareTeam,
    SetProfile,
    Settle,
)
from skill.domain.events import Ended, MessageClaimed, MessageEnded, MessageQueued, Reason
from skill.domain.messages import Message, MessageKind, Outcome
from tests.builders import (
    ANA,
    SAM,
    TUESDAY,
    a_chart,
    a_contact,
    a_medication,
    a_message,
    a_patient,
    an_address,
    an_alert,
    at,
)
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
BOTH = (Channel.SMS, Channel.EMAIL)


def a_page(**others: Any) -> Play:  # noqa: ANN401 - fields of a chart
    """A page about a silent dose waits, and nobody sends anything."""
    play = Play(a_chart(TABLET, **others), provider=None)
    play.until("10:00")
    return play


def the_message(play: Play) -> Message:
    [message] = play.chart.now.messages
    return message


def claim(play: Play) -> list[str]:
    return [e.key for e in play.do(ClaimMessages).events if isinstance(e, MessageClaimed)]


def settle(play: Play, outcome: Outcome, **fields: Any) -> Any:  # noqa: ANN401 - a decision
    message = play.chart.now.messages[0]
    known = {"key": message.key, "attempt": message.attempt, "outcome": outcome}
    return play.do(Settle, **known | fields)


def ended(play: Play) -> list[Ended]:
    return [event.ended for event in play.events if isinstance(event, MessageEnded)]


# ---- claiming


def test_a_claim_holds_a_message_for_30_seconds() -> None:
    play = a_page()

    claimed, again = claim(play), claim(play)

    message = the_message(play)
    assert (claimed, again) == ([message.key], [])
    assert (message.attempt, message.lease_until, message.repeat) == (
        1,
        at("10:00") + timedelta(seconds=30),
        False,
    )
    assert play.alert().told == (SAM,)


def test_who_died_with_it_leaves_it_to_the_next_one_who_says_repeat() -> None:
    """Fault 2: an unknown outcome is sent once more."""
    play = a_page()
    claim(play)
    play.sleep_until(at("10:00") + timedelta(seconds=30))

    assert claim(play) == [the_message(play).key]
    assert (the_message(play).attempt, the_message(play).repeat) == (2, True)


def test_calls_for_help_are_claimed_first() -> None:
    """Fault 59, I13."""
    play = a_page()
    play.says(RaiseAlert, kind=AlertKind.FALL)

    claimed = claim(play)

    assert [key.split("/")[3] for key in claimed] == ["con_ana", "con_sam", "con_sam"]
    assert "page" in claimed[2]
    assert play.chart.find_message(claimed[2]).urgent is False


def test_at_most_twenty_are_claimed_at_once() -> None:
    play = a_page()
    for _ in range(25):
        play.do(SendTest, contact_id=SAM)

    assert (len(claim(play)), len(claim(play))) == (20, 6)


def test_with_nothing_ready_a_claim_changes_nothing() -> None:
    play = Play(a_chart(TABLET))

    decision = play.do(ClaimMessages)

    assert (decision.reason, decision.events) == (Reason.CLAIMED, ())


@pytest.mark.parametrize("command", [Acknowledge, Resolve])
def test_what_is_answered_meanwhile_is_not_sent(command: Any) -> None:  # noqa: ANN401 - commands
    """Fault 49: the page is being sent, fails, and nobody wants it any more."""
    play = a_page()
    message = the_message(play)
    claim(play)
    play.helper(ANA, command, alert_id=play.alert().alert_id)
    settle(play, Outcome.TRY_AGAIN)
    play.sleep_until(at("10:01"))

    assert message.key not in claim(play)
    assert play.chart.find_message(message.key) is None


def test_what_is_answered_while_it_fails_goes_nowhere_else() -> None:
    play = a_page(contacts=(a_contact(SAM, channels=BOTH), a_contact(ANA)))
    claim(play)
    play.helper(ANA, Acknowledge, alert_id=play.alert().alert_id)

    decision = settle(play, Outcome.GIVE_UP)

    assert [type(e) for e in decision.events] == [MessageEnded]


def test_what_is_a_day_old_is_not_sent() -> None:
    """Fault 20."""
    old = a_message(queued_at=TUESDAY - timedelta(hours=24, seconds=1))
    play = Play(a_chart(alerts=(an_alert(),), messages=(old,)))

    play.do(ClaimMessages)

    assert ended(play) == [Ended.DROPPED]


def test_a_page_about_an_alert_that_is_gone_is_not_sent() -> None:
    play = Play(a_chart(messages=(a_message(),)))

    play.do(ClaimMessages)

    assert ended(play) == [Ended.DROPPED]


# ---- S32: read at the moment of sending


@pytest.mark.parametrize("how", ["removed", "revoked", "opted out"])
def test_who_may_not_be_told_any_more_is_not_told_and_the_next_person_is(how: str) -> None:
    """S32."""
    play = a_page()
    before = play.chart.plan.ladders
    if how == "opted out":
        silenced = a_contact(SAM, addresses=(an_address(opted_out=True),))
        play.chart = play.chart.with_plan(care_team=(silenced, a_contact(ANA)))
    else:
        team = (a_contact(ANA),) if how == "removed" else (a_contact(SAM, consented=False), a_contact(ANA))
        ladders = before if how == "revoked" else ()
        play.do(SetCareTeam, contacts=team, ladders=ladders)

    play.do(ClaimMessages)

    assert ended(play) == [Ended.DROPPED]
    assert [m.contact_id for m in play.chart.now.messages] == [ANA]


def test_an_address_that_went_away_leaves_the_next_channel() -> None:
    play = a_page(contacts=(a_contact(SAM, channels=BOTH),))
    play.chart = play.chart.with_plan(care_team=(a_contact(SAM, channels=(Channel.EMAIL,)),))

    play.do(ClaimMessages)

    assert [(m.contact_id, m.channel) for m in play.chart.now.messages] == [(SAM, Channel.EMAIL)]


# ---- settling


def test_what_a_provider_took_is_settled() -> None:
    play = a_page()
    claim(play)

    decision = settle(play, Outcome.ACCEPTED)

    assert (decision.reason, play.chart.now.messages) == (Reason.SETTLED, ())
    assert (play.alert().heard, play.alert().reached) == (True, True)


def test_it_is_tried_again_after_2_5_and_15_seconds_and_then_given_up() -> None:
    """Fault 42."""
    play = a_page(contacts=(a_contact(SAM),))
    waits = []
    for _ in range(3):
        claim(play)
        settle(play, Outcome.TRY_AGAIN)
        waits.append((the_message(play).ready_at - play.now).total_seconds())
        play.sleep_until(the_message(play).ready_at)
    claim(play)
    settle(play, Outcome.TRY_AGAIN)

    assert waits == [2, 5, 15]
    assert ended(play) == [Ended.GAVE_UP]


def test_the_next_provider_has_tries_of_its_own() -> None:
    play = a_page()
    claim(play)

    settle(play, Outcome.GIVE_UP, more_providers=True)

    message = the_message(play)
    assert (message.provider, message.tries, message.ready_at, message.attempt) == (1, 0, at("10:00"), 1)


def test_an_unknown_outcome_is_repeated_as_such() -> None:
    """Fault 43."""
    play = a_page()
    claim(play)

    settle(play, Outcome.TRY_AGAIN, unknown=True)

    assert the_message(play).repeat is True


@pytest.mark.parametrize(
    "fields",
    [{"attempt": 2}, {"key": "alr_none/page/0.0/con_sam/sms"}],
    ids=["of another attempt", "of no message"],
)
def test_an_answer_about_something_else_changes_nothing(fields: dict[str, Any]) -> None:
    play = a_page()
    claim(play)

    decision = settle(play, Outcome.ACCEPTED, **fields)

    assert (decision.reason, decision.events) == (Reason.NOTHING_TO_DO, ())


def test_an_answer_that_comes_twice_counts_once() -> None:
    play = a_page()
    claim(play)
    settle(play, Outcome.TRY_AGAIN)

    decision = settle(play, Outcome.GIVE_UP)

    assert decision.reason is Reason.NOTHING_TO_DO


def test_an_answer_after_the_lease_still_counts() -> None:
    play = a_page()
    claim(play)
    play.sleep_until("10:02")

    settle(play, Outcome.ACCEPTED)

    assert play.chart.now.messages == ()


def test_a_message_whose_senders_die_again_and_again_goes_another_way() -> None:
    """A poisonous message must not be sent for ever, nor stop the ladder."""
    play = a_page(contacts=(a_contact(SAM, channels=BOTH), a_contact(ANA)))
    for _ in range(5):
        play.do(ClaimMessages)
        play.sleep_until(play.now + timedelta(seconds=30))

    assert ended(play) == [Ended.GAVE_UP]
    assert the_message(play).channel is Channel.EMAIL


# ---- elsewhere


def test_what_cannot_be_delivered_goes_by_the_persons_next_channel() -> None:
    play = a_page(contacts=(a_contact(SAM, channels=BOTH), a_contact(ANA)))
    first = the_message(play)
    claim(play)

    settle(play, Outcome.GIVE_UP)

    second = the_message(play)
    assert (second.channel, second.attempt, second.repeat) == (Channel.EMAIL, 0, False)
    assert second.key == first.key.replace("/sms", "/email")
    assert play.alert().rung == 0


def test_the_last_channel_that_fails_goes_on_to_the_next_rung() -> None:
    play = a_page(contacts=(a_contact(SAM, channels=BOTH), a_contact(ANA)))
    for _ in range(2):
        claim(play)
        settle(play, Outcome.GIVE_UP)

    assert [m.contact_id for m in play.chart.now.messages] == [ANA]
    assert play.alert().rung == 1


def test_while_another_page_of_the_rung_is_on_its_way_nobody_else_is_asked() -> None:
    play = Play(a_chart(contacts=(a_contact(SAM), a_contact(ANA))), at("06:30"), provider=None)
    play.says(RaiseAlert, kind=AlertKind.FALL)
    claim(play)

    settle(play, Outcome.GIVE_UP)

    assert len(play.chart.now.messages) == 1
    assert play.alert().state is AlertState.OPEN


def test_a_page_that_was_taken_on_one_channel_needs_no_other_person() -> None:
    play = Play(a_chart(contacts=(a_contact(SAM, channels=BOTH),)), at("06:30"), provider=None)
    play.says(RaiseAlert, kind=AlertKind.FALL)
    claim(play)
    settle(play, Outcome.ACCEPTED)

    settle(play, Outcome.GIVE_UP)

    assert (play.alert().state, play.chart.now.messages) == (AlertState.OPEN, ())


def test_a_notice_that_cannot_be_delivered_asks_nobody_else() -> None:
    play = a_page()
    claim(play)
    settle(play, Outcome.ACCEPTED)
    play.helper(ANA, Resolve, alert_id=play.alert().alert_id)
    claim(play)

    decision = settle(play, Outcome.GIVE_UP)

    assert [type(e) for e in decision.events] == [MessageEnded]


def test_after_an_opt_out_of_all_channels_a_notice_ends() -> None:
    play = a_page(contacts=(a_contact(SAM, channels=BOTH), a_contact(ANA)))
    play.do(SendTest, contact_id=SAM)
    for channel in BOTH:
        play.do(OptOut, contact_id=SAM, channel=channel)

    play.do(ClaimMessages)

    tests = [e for e in play.events if isinstance(e, MessageQueued) and e.message.kind is MessageKind.TEST]
    assert len(tests) == 2
    assert [m for m in play.chart.now.messages if m.kind is MessageKind.TEST] == []


# ---- prompts


def prompted(*medications: Any) -> Chart:  # noqa: ANN401 - medications
    return a_chart(*(medications or (TABLET,)), patient=a_patient(prompts=an_address()))


def test_a_prompt_goes_to_the_patient() -> None:
    play = Play(prompted())

    play.until("08:00")

    assert play.told(None) == [MessageKind.PROMPT]


@pytest.mark.parametrize("why", ["taken", "an hour late", "switched off", "given by a helper"])
def test_a_prompt_that_nobody_wants_any_more_is_not_sent(why: str) -> None:
    """S16: the reminder must not ring after the pill."""
    play = Play(prompted(TABLET, a_medication("given", "08:00", given_by=ANA)), provider=None)
    play.until("08:00")
    if why == "taken":
        play.says(ConfirmDoses)
    elif why == "switched off":
        play.do(SetProfile, patient=a_patient())
    elif why == "given by a helper":
        play.says(ConfirmDoses)
    else:
        play.sleep_until("09:01")

    play.do(ClaimMessages)

    assert ended(play) == [Ended.DROPPED]


def test_a_prompt_that_cannot_be_delivered_goes_nowhere_else() -> None:
    play = Play(prompted(), provider=None)
    play.until("08:00")
    claim(play)

    settle(play, Outcome.GIVE_UP)

    assert play.chart.now.messages == ()


def test_a_follow_up_that_was_answered_meanwhile_is_not_sent() -> None:
    play = Play(a_chart(), at("06:30"))
    play.says(RaiseAlert, kind=AlertKind.FALL)
    play.deliver()
    play.helper(SAM, Acknowledge, alert_id=play.alert().alert_id)
    play.provider = None
    play.until("06:40")
    play.helper(SAM, Resolve, alert_id=play.alert().alert_id)

    play.provider = lambda _: Outcome.ACCEPTED
    play.deliver()

    assert MessageKind.FOLLOW_UP not in play.told(SAM)
