"""The care team changes, and what is running is not silent for it."""

from datetime import timedelta
from typing import Any

import pytest

from skill.domain.alerts import AlertKind, AlertState
from skill.domain.care_team import Contact
from skill.domain.commands import Acknowledge, ConfirmDoses, RaiseAlert, SetCareTeam
from skill.domain.events import Reason
from skill.domain.identity import ContactId
from skill.domain.ladders import Ladder, Waits, standard_ladders
from skill.domain.messages import MessageKind
from skill.errors import InvalidError
from tests.builders import ANA, SAM, a_chart, a_contact, a_ladder, a_medication, a_rung, at
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
EVE = ContactId("con_eve")


def at_the_time(wall: str, **others: Any) -> Play:  # noqa: ANN401 - fields of a chart
    play = Play(a_chart(TABLET, **others))
    play.until(wall)
    return play


def set_team(play: Play, *people: Contact, ladders: Any = None) -> Any:  # noqa: ANN401 - ladders
    if ladders is None:
        ladders = standard_ladders([person.contact_id for person in people], Waits())
    return play.do(SetCareTeam, contacts=people, ladders=ladders)


@pytest.mark.parametrize(
    ("people", "ladders", "field"),
    [
        ((a_contact(SAM), a_contact(SAM)), (), "contacts"),
        ((a_contact(SAM),), (a_ladder(a_rung(EVE)),), "ladder"),
        ((a_contact(SAM),), (a_ladder(a_rung(SAM)), a_ladder(a_rung(SAM))), "ladders"),
    ],
    ids=["one twice", "a stranger on a ladder", "two ladders of a kind"],
)
def test_a_care_team_is_checked(people: tuple[Contact, ...], ladders: tuple[Ladder, ...], field: str) -> None:
    play = at_the_time("08:30")

    with pytest.raises(InvalidError) as refused:
        set_team(play, *people, ladders=ladders)

    assert refused.value.field == field


def test_who_gives_a_medicine_cannot_be_removed() -> None:
    """S30."""
    play = Play(a_chart(a_medication(given_by=ANA)))

    with pytest.raises(InvalidError, match="gives a medicine"):
        set_team(play, a_contact(SAM))


def test_the_care_team_is_as_it_was_set() -> None:
    play = at_the_time("08:30")

    decision = set_team(play, a_contact(EVE))

    assert decision.reason is Reason.PLAN_SET
    assert [person.contact_id for person in play.chart.plan.care_team] == [EVE]


# ---- waits


def test_a_shorter_wait_that_has_passed_already_asks_at_once() -> None:
    """Nobody is left alone: the dose is an hour old, and the new wait is half an hour."""
    play = at_the_time("09:00")

    set_team(play, a_contact(SAM), ladders=(a_ladder(a_rung(SAM, wait=timedelta(minutes=30))),))
    play.deliver()

    assert play.told(SAM) == [MessageKind.PAGE]
    play.until("11:30")
    assert len(play.chart.now.alerts) == 1


def test_the_first_helpers_hear_of_what_is_open() -> None:
    play = at_the_time("11:00", contacts=())

    set_team(play, a_contact(SAM))
    play.deliver()

    assert play.told(SAM) == [MessageKind.PAGE]


def test_a_longer_wait_asks_only_once() -> None:
    play = at_the_time("10:05")

    set_team(play, a_contact(SAM), ladders=(a_ladder(a_rung(SAM, wait=timedelta(hours=3))),))
    play.until("12:00")

    assert len(play.chart.now.alerts) == 1


@pytest.mark.parametrize("why", ["taken", "closed", "still to come"])
def test_what_needs_no_asking_is_not_asked(why: str) -> None:
    play = at_the_time({"taken": "08:30", "closed": "12:30", "still to come": "08:10"}[why], contacts=())
    if why == "taken":
        play.says(ConfirmDoses)

    set_team(play, a_contact(SAM), ladders=(a_ladder(a_rung(SAM, wait=timedelta(minutes=20))),))

    assert play.chart.now.alerts == ()


def test_a_ladder_that_goes_away_asks_nobody() -> None:
    play = at_the_time("09:00")

    set_team(play, a_contact(SAM), ladders=())
    play.until("13:00")

    assert play.chart.now.alerts == ()


# ---- what is running


@pytest.mark.parametrize("how", ["removed", "without consent"])
def test_an_alert_whose_holder_has_left_climbs_again(how: str) -> None:
    """Fault 54."""
    play = at_the_time("10:05")
    play.helper(SAM, Acknowledge, alert_id=play.alert().alert_id)
    rest = (a_contact(ANA),) if how == "removed" else (a_contact(SAM, consented=False), a_contact(ANA))

    set_team(play, *rest)
    play.deliver()

    assert play.alert().state is AlertState.OPEN
    assert play.told(ANA) == [MessageKind.PAGE]


def test_an_alert_whose_holder_stays_is_left_alone() -> None:
    play = at_the_time("10:05")
    play.helper(SAM, Acknowledge, alert_id=play.alert().alert_id)

    set_team(play, a_contact(SAM), a_contact(EVE))

    assert play.alert().state is AlertState.ACKNOWLEDGED


def test_a_fall_that_reached_nobody_reaches_them_once_they_can_be_reached() -> None:
    play = Play(a_chart(contacts=(a_contact(SAM, consented=False),)), at("06:30"))
    play.says(RaiseAlert, kind=AlertKind.FALL)
    assert play.alert().state is AlertState.EXHAUSTED

    set_team(play, a_contact(SAM))
    play.deliver()

    assert play.told(SAM) == [MessageKind.PAGE]


def test_the_person_removed_gets_nothing_more_of_a_running_alert() -> None:
    """S32: the all-clear included."""
    play = at_the_time("10:05")

    set_team(play, a_contact(ANA))
    play.says(ConfirmDoses)
    play.until("12:00")

    assert play.told(SAM) == [MessageKind.PAGE]
