"""Alerts about doses: opened by silence, closed by a word, and always telling who gave it."""

from decimal import Decimal
from typing import Any

import pytest

from skill.domain.alerts import AlertState, Detail
from skill.domain.commands import Acknowledge, ChangePlan, ConfirmDoses, DontRemember, Outage, SkipDoses, Tick
from skill.domain.identity import ContactId
from skill.domain.ladders import LadderKind
from skill.domain.messages import MessageKind
from skill.domain.regimen import Criticality
from skill.domain.said import Scope, Start
from tests.builders import ANA, SAM, a_chart, a_contact, a_ladder, a_medication, a_phase, a_rung, at
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")
LATER = a_medication("later", "08:20")
NURSE = ContactId("con_nurse")


def named(*medications: Any) -> Scope:  # noqa: ANN401 - medications
    return Scope(medications=tuple(m.medication_id for m in medications))


def at_the_time(wall: str, *medications: Any, **others: Any) -> Play:  # noqa: ANN401 - fields of a chart
    play = Play(a_chart(*(medications or (TABLET,)), **others))
    play.until(wall)
    return play


def first_pages(play: Play) -> list[ContactId | None]:
    return [one.message.contact_id for one in play.delivered]


# ---- opened


def test_doses_of_one_ladder_have_one_alert_and_one_message() -> None:
    play = at_the_time("10:00", TABLET, a_medication("other", "08:00"))

    assert len(play.alert().doses) == 2
    assert first_pages(play) == [SAM]


def test_alerts_of_two_ladders_are_one_message_for_one_person() -> None:
    """Design §3: what one tick decides for one recipient is one message."""
    critical = a_medication("critical", "09:00", criticality=Criticality.CRITICAL)
    given = a_medication("given", "08:00", given_by=SAM)

    play = at_the_time("10:00", TABLET, critical, given)

    ids = {alert.alert_id for alert in play.chart.now.alerts}
    [message] = [one.message for one in play.delivered]
    assert set(message.alert_ids) == ids


def test_the_alert_of_a_medicine_that_somebody_gives_goes_to_the_giver_first() -> None:
    """S30."""
    given = a_medication("given", "08:00", given_by=ANA)
    play = at_the_time("10:40", given)

    assert first_pages(play) == [ANA, SAM]


def test_it_does_not_join_an_alert_that_asks_somebody_else_first() -> None:
    """S30."""
    given = a_medication("given", "08:20", given_by=ANA)
    play = at_the_time("10:25", TABLET, given)

    assert first_pages(play) == [SAM, ANA]
    assert len(play.chart.now.alerts) == 2


def test_without_a_ladder_of_its_kind_a_silent_dose_is_only_written_down() -> None:
    ladders = [ladder for ladder in a_chart().plan.ladders if ladder.kind is not LadderKind.ORDINARY]
    play = at_the_time("12:05", a_medication("given", "08:00", given_by=SAM), ladders=ladders)

    assert (play.chart.now.alerts, first_pages(play)) == ((), [])
    assert len(play.chart.now.outcomes) == 1


def test_the_givers_ladder_keeps_the_waits_of_the_others() -> None:
    given = a_medication("given", "08:00", given_by=NURSE)
    team, short = (a_contact(SAM), a_contact(NURSE)), a_ladder(a_rung(SAM))
    play = at_the_time("10:30", given, contacts=team, ladders=(short,))

    assert [(one.at, one.message.contact_id) for one in play.delivered] == [
        (at("10:00"), NURSE),
        (at("10:10"), SAM),
    ]


def test_an_outage_of_ours_is_said() -> None:
    """S39."""
    play = Play(a_chart(TABLET))
    play.sleep_until("10:00")

    play.do(Tick, outages=(Outage(start=at("08:10"), end=at("09:50")),))
    play.deliver()

    assert play.alert().outage is True
    assert play.delivered[0].message.outage is True


@pytest.mark.parametrize(
    ("start", "end"), [("04:00", "06:00"), ("12:00", "13:00")], ids=["before the window", "after it"]
)
def test_an_outage_at_another_time_is_not(start: str, end: str) -> None:
    play = Play(a_chart(TABLET))
    play.sleep_until("10:00")

    play.do(Tick, outages=(Outage(start=at(start), end=at(end)),))

    assert play.alert().outage is False


def test_an_outage_that_joins_an_alert_is_said_on_its_next_page() -> None:
    """S39."""
    play = at_the_time("10:10", TABLET, LATER)
    play.sleep_until("10:36")

    play.do(Tick)
    play.deliver()

    assert (play.alert().outage, play.delivered[-1].message.outage) == (True, True)


# ---- closed


def test_a_late_word_is_an_all_clear_to_everybody_told() -> None:
    play = at_the_time("10:40")

    decision = play.says(ConfirmDoses)
    play.deliver()

    assert decision.facts["helper"] == SAM
    assert play.told(SAM) == play.told(ANA) == [MessageKind.PAGE, MessageKind.CLOSED_BY_WORD]
    assert play.delivered[-1].message.said_at == at("10:40")


def test_while_one_of_its_doses_is_open_an_alert_stays_open() -> None:
    play = at_the_time("10:25", TABLET, LATER)

    decision = play.says(ConfirmDoses, scope=named(TABLET))

    assert play.alert().state is AlertState.OPEN
    assert "helper" not in decision.facts


def test_a_part_does_not_close_it() -> None:
    """S22, H21: "part of it" is no all-clear."""
    play = at_the_time("10:10")

    play.says(ConfirmDoses, part=Decimal("0.5"))
    assert play.alert().state is AlertState.OPEN
    play.until("12:00")

    assert play.chart.now.outcomes[0].part == Decimal("0.5")
    assert play.alert().state is not AlertState.RESOLVED


@pytest.mark.parametrize(
    ("second", "kind"),
    [(ConfirmDoses, MessageKind.CLOSED_BY_WORD), (SkipDoses, MessageKind.CLOSED_SKIPPED)],
    ids=["taken", "skipped"],
)
def test_what_closed_it_is_said(second: Any, kind: MessageKind) -> None:  # noqa: ANN401 - commands
    play = at_the_time("10:25", TABLET, LATER)
    play.says(ConfirmDoses, scope=named(TABLET))

    play.says(second, scope=named(LATER))
    play.deliver()

    assert play.told(SAM)[-1] is kind


def test_a_plan_that_changed_closes_it_in_its_own_words() -> None:
    """Fault 39."""
    play = at_the_time("10:10")

    play.do(ChangePlan, medication_id=TABLET.medication_id, phases=(a_phase("21:00"),), start=Start.NOW)
    play.deliver()

    assert play.told(SAM) == [MessageKind.PAGE, MessageKind.CLOSED_BY_PLAN]


def test_an_alert_that_somebody_has_is_closed_by_a_word_too() -> None:
    play = at_the_time("10:10")
    play.helper(SAM, Acknowledge, alert_id=play.alert().alert_id)

    play.says(ConfirmDoses)
    play.deliver()

    assert play.alert().state is AlertState.RESOLVED
    assert play.told(SAM) == [MessageKind.PAGE, MessageKind.CLOSED_BY_WORD]


def test_unsure_takes_over_only_when_nothing_else_is_silent() -> None:
    """S22: two doses in one alert, and the patient is unsure about one of them."""
    play = at_the_time("10:25", TABLET, LATER)

    play.says(DontRemember, scope=named(TABLET))
    first = [a.state for a in play.chart.now.alerts]
    play.says(ConfirmDoses, scope=named(LATER))
    play.says(DontRemember, scope=named(TABLET), session="s2")

    assert first == [AlertState.OPEN, AlertState.OPEN]
    assert play.chart.now.alerts[1].detail is Detail.UNSURE


def test_what_somebody_has_already_is_not_handed_over() -> None:
    play = at_the_time("10:10")
    play.helper(SAM, Acknowledge, alert_id=play.alert().alert_id)

    play.says(DontRemember)

    assert [a.state for a in play.chart.now.alerts] == [AlertState.ACKNOWLEDGED, AlertState.OPEN]
