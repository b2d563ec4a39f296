"""Alerts climb their ladder until a person answers; what comes on top joins, and is paged all the same."""

from datetime import timedelta
from typing import Any

import pytest

from skill.domain.alerts import AlertKind, AlertState, Detail
from skill.domain.care_team import Channel
from skill.domain.commands import Acknowledge, ConfirmDoses, RaiseAlert, SayImOk, TakeAgain, Tick
from skill.domain.events import AlertJoined, AlertMoved, AlertOpened
from skill.domain.ladders import LadderKind
from skill.domain.messages import Message, MessageKind, Outcome
from skill.domain.regimen import Criticality
from skill.domain.said import Scope
from tests.builders import ANA, SAM, a_chart, a_contact, a_ladder, a_medication, a_rung, an_alert, at
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
EVE = "con_eve"


def at_the_time(wall: str, *medications: Any, **others: Any) -> Play:  # noqa: ANN401 - fields of a chart
    play = Play(a_chart(*(medications or (TABLET,)), **others))
    play.until(wall)
    return play


def pages(play: Play) -> list[tuple[str, str]]:
    zone = play.chart.plan.patient.zone
    return [
        (f"{one.at.astimezone(zone):%H:%M}", one.message.contact_id.removeprefix("con_"))
        for one in play.delivered
        if one.message.kind is MessageKind.PAGE
    ]


def one_at_a_time(*people: str, kind: LadderKind = LadderKind.ORDINARY, **others: Any) -> Any:  # noqa: ANN401
    rungs = [a_rung(person, wait=timedelta(hours=2 if n == 0 else 0.5)) for n, person in enumerate(people)]
    return a_ladder(*rungs, kind=kind, **others)


# ---- climbing


def test_one_person_after_the_other_is_told() -> None:
    play = at_the_time("13:00")

    assert pages(play) == [("10:00", "sam"), ("10:30", "ana")]
    assert play.alert().state is AlertState.EXHAUSTED


def test_the_whole_ladder_starts_again_as_often_as_it_says() -> None:
    ladder = one_at_a_time(SAM, ANA, rounds=2, round_gap=timedelta(minutes=20))
    play = at_the_time("13:00", ladders=(ladder,))

    assert pages(play) == [("10:00", "sam"), ("10:30", "ana"), ("10:50", "sam"), ("11:20", "ana")]


def test_a_fall_reaches_everybody_at_once_and_six_times() -> None:
    play = at_the_time("06:30")

    play.says(RaiseAlert, kind=AlertKind.FALL)
    play.until("07:50")

    assert pages(play) == [
        (wall, person)
        for wall in ("06:30", "06:40", "06:50", "07:00", "07:10", "07:20")
        for person in ("sam", "ana")
    ]
    assert play.alert().state is AlertState.EXHAUSTED


def test_who_cannot_be_reached_is_passed_over_at_once() -> None:
    team = (a_contact(SAM, consented=False), a_contact(ANA))
    play = at_the_time("10:00", contacts=team)

    assert pages(play) == [("10:00", "ana")]


def test_when_nobody_can_be_reached_the_operator_is_called_at_once() -> None:
    team = (a_contact(SAM, consented=False), a_contact(ANA, consented=False))
    play = at_the_time("10:00", contacts=team)

    assert (play.alert().state, play.alert().next_at) == (AlertState.EXHAUSTED, None)


def test_nothing_older_than_a_day_is_paged() -> None:
    """Fault 51."""
    slow = one_at_a_time(SAM, ANA, EVE, rounds=24, round_gap=timedelta(hours=8))
    team = tuple(a_contact(person) for person in (SAM, ANA, EVE))
    play = at_the_time("2027-05-05 10:30", ladders=(slow,), contacts=team)

    first = play.chart.now.alerts[0]
    last_page = max(one.at for one in play.delivered if first.alert_id in one.message.alert_ids)
    assert first.opened_at == at("10:00")
    assert last_page <= at("2027-05-05 10:00")
    play.until("2027-05-05 22:00")
    assert play.chart.now.alerts[0].state is AlertState.EXHAUSTED


def test_what_is_over_is_not_climbed() -> None:
    over = an_alert(state=AlertState.RESOLVED, next_at=at("06:30"))
    play = Play(a_chart(TABLET, alerts=(over,)), at("06:31"))

    decision = play.do(Tick)

    assert (decision.events, play.alert()) == ((), over)


# ---- joining


def test_ordinary_doses_join_and_the_next_page_names_them_all() -> None:
    play = at_the_time("10:30", TABLET, a_medication("later", "08:20"))

    alert = play.alert()
    assert (alert.joined, [key.due for key in alert.doses]) == (1, [at("08:00"), at("08:20")])
    last = play.delivered[-1].message
    assert (last.contact_id, last.about, last.also) == (ANA, at("08:00"), (at("08:20"),))


def test_after_the_last_rung_a_dose_that_joins_is_paged_all_the_same() -> None:
    """Nobody is left alone: one helper, and a second dose five minutes after the first."""
    play = at_the_time("11:00", TABLET, a_medication("later", "08:05"), contacts=(a_contact(SAM),))

    assert pages(play) == [("10:00", "sam"), ("10:10", "sam")]
    assert play.delivered[-1].message.also == (at("08:05"),)


def test_a_critical_dose_is_not_held_until_the_next_rung() -> None:
    """S35, H18: its page comes at its time."""
    first = a_medication("first", "08:00", criticality=Criticality.CRITICAL)
    second = a_medication("second", "08:10", criticality=Criticality.CRITICAL)
    play = at_the_time("09:11", first, second)

    assert pages(play) == [("09:00", "sam"), ("09:10", "ana")]
    assert play.delivered[-1].message.also == (at("08:10"),)


def test_an_ordinary_dose_joins_a_faster_ladder() -> None:
    fast = a_medication("fast", "09:00", criticality=Criticality.CRITICAL)
    play = at_the_time("10:00", TABLET, fast)

    assert (play.alert().ladder_kind, len(play.alert().doses)) == (LadderKind.CRITICAL, 2)


def test_a_critical_dose_does_not_join_a_slower_ladder() -> None:
    fast = a_medication("fast", "09:10", criticality=Criticality.CRITICAL)
    play = at_the_time("10:10", TABLET, fast)

    assert [a.ladder_kind for a in play.chart.now.alerts] == [LadderKind.ORDINARY, LadderKind.CRITICAL]


def test_after_an_answer_a_dose_has_an_alert_of_its_own() -> None:
    play = at_the_time("10:05", TABLET, a_medication("later", "08:20"))
    play.helper(SAM, Acknowledge, alert_id=play.alert().alert_id)

    play.until("10:20")

    assert [a.state for a in play.chart.now.alerts] == [AlertState.ACKNOWLEDGED, AlertState.OPEN]


def test_a_second_fall_pages_again_but_not_in_a_storm() -> None:
    """Fault 56: counted, and paged at most once a minute."""
    play = at_the_time("06:30")
    for _ in range(5):
        play.says(RaiseAlert, kind=AlertKind.FALL)
        play.wait(seconds=10)

    play.until("06:33")

    assert (play.alert().joined, play.alert().last_round) == (4, 6)
    assert pages(play) == [("06:30", "sam"), ("06:30", "ana"), ("06:31", "sam"), ("06:31", "ana")]


def test_a_fall_that_joins_long_after_the_page_pages_at_once() -> None:
    play = at_the_time("06:30")
    play.says(RaiseAlert, kind=AlertKind.FALL)
    play.until("06:35")

    play.says(RaiseAlert, kind=AlertKind.FALL)
    play.deliver()

    assert pages(play)[-2:] == [("06:35", "sam"), ("06:35", "ana")]


@pytest.mark.parametrize(
    "before",
    ["acknowledged", "calmed", "help instead"],
)
def test_a_fall_after_an_answer_is_an_alert_of_its_own(before: str) -> None:
    """Design §3: a fall after an acknowledgement pages again."""
    play = at_the_time("06:30")
    play.says(RaiseAlert, kind=AlertKind.HELP if before == "help instead" else AlertKind.FALL)
    if before == "acknowledged":
        play.helper(SAM, Acknowledge, alert_id=play.alert().alert_id)
    elif before == "calmed":
        play.says(SayImOk)
    play.deliver()
    already = len(pages(play))

    decision = play.says(RaiseAlert, kind=AlertKind.FALL)
    play.deliver()

    assert [type(e) for e in decision.events][:1] == [AlertOpened]
    assert len(pages(play)) == already + 2


def test_a_second_extra_intake_joins_and_pages_again() -> None:
    play = at_the_time("08:04")
    play.says(ConfirmDoses)
    play.says(TakeAgain)
    play.wait(minutes=2)

    decision = play.says(TakeAgain, scope=Scope(medications=(TABLET.medication_id,)))
    play.deliver()

    assert [type(e) for e in decision.events if isinstance(e, AlertJoined)] == [AlertJoined]
    assert play.alert().detail is Detail.EXTRA
    assert pages(play) == [("08:04", "sam"), ("08:06", "ana")]


# ---- nobody takes the page


def broken(*channels: Channel) -> Any:  # noqa: ANN401 - a provider
    def provider(message: Message) -> Outcome:
        return Outcome.GIVE_UP if message.channel in channels else Outcome.ACCEPTED

    return provider


def test_a_page_that_cannot_be_delivered_goes_to_the_next_person_now() -> None:
    """Fault 42."""
    team = (a_contact(SAM), a_contact(ANA, channels=(Channel.EMAIL,)))
    play = Play(a_chart(TABLET, contacts=team), provider=broken(Channel.SMS))

    play.until("10:00")

    assert pages(play) == [("10:00", "ana")]


def test_a_fall_that_no_provider_takes_is_tried_every_minute_and_does_not_use_up_its_rounds() -> None:
    """Fault 42: a provider that is down for half an hour."""
    works_from = at("07:00")
    play = Play(a_chart(TABLET), at("06:30"))
    play.provider = lambda _: Outcome.GIVE_UP if play.now < works_from else Outcome.ACCEPTED

    play.says(RaiseAlert, kind=AlertKind.FALL)
    play.until("08:15")

    assert pages(play)[:2] == [("07:00", "sam"), ("07:00", "ana")]
    assert len(pages(play)) >= 2 * 5
    called = [e for e in play.events if isinstance(e, AlertMoved) and e.state is AlertState.EXHAUSTED]
    assert len(called) >= 30  # each of them calls the operator


def test_after_an_hour_a_fall_that_nobody_takes_is_tried_at_the_gap_of_its_rounds() -> None:
    play = Play(a_chart(TABLET), at("06:30"), provider=broken(*Channel))
    play.says(RaiseAlert, kind=AlertKind.FALL)

    play.until("07:59")

    alert = play.alert()
    assert alert.state is AlertState.EXHAUSTED
    assert alert.next_at is not None
    assert alert.next_at - play.now > timedelta(minutes=1)


def test_after_a_day_it_is_left_to_the_operator() -> None:
    play = Play(
        a_chart(TABLET, ladders=(one_at_a_time(SAM, round_gap=timedelta(hours=6)),)),
        provider=broken(*Channel),
    )

    play.until("2027-05-05 20:30")

    first = play.chart.now.alerts[0]
    assert (first.opened_at, first.state, first.next_at) == (at("10:00"), AlertState.EXHAUSTED, None)


def test_a_dose_alert_that_nobody_takes_starts_again_too() -> None:
    works_from = at("10:20")
    play = Play(a_chart(TABLET))
    play.provider = lambda _: Outcome.GIVE_UP if play.now < works_from else Outcome.ACCEPTED

    play.until("11:30")

    assert pages(play) == [("10:20", "sam"), ("10:50", "ana")]


def test_once_somebody_was_reached_the_ladder_ends_as_it_should() -> None:
    """The last page fails, but the first one was taken."""
    team = (a_contact(SAM, channels=(Channel.EMAIL,)), a_contact(ANA))
    play = Play(a_chart(TABLET, contacts=team), provider=broken(Channel.SMS))

    play.until("12:00")

    assert pages(play) == [("10:00", "sam")]
    assert (play.alert().state, play.alert().next_at) == (AlertState.EXHAUSTED, None)


def test_a_late_acknowledgement_still_counts() -> None:
    play = at_the_time("13:00")
    exhausted = play.alert()

    decision = play.helper(SAM, Acknowledge, alert_id=exhausted.alert_id)

    assert (exhausted.state, play.alert().state) == (AlertState.EXHAUSTED, AlertState.ACKNOWLEDGED)
    assert decision.facts == {"helper": SAM}
