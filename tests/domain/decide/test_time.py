"""What time alone brings about, however late the tick."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from skill.domain.chart import Chart
from skill.domain.commands import AskDue, ConfirmDoses, Outage, Tick
from skill.domain.doses import DoseState, How
from skill.domain.events import DoseSettled, MessageQueued, Reason, TimeWorked
from skill.domain.messages import MessageKind
from skill.domain.wake import next_wake
from tests.builders import SAM, a_chart, a_ladder, a_medication, a_patient, a_rung, an_address, an_outcome, at
from tests.doubles import Play

TABLET = a_medication("tablet", "08:00")


def prompted(*medications: Any) -> Chart:  # noqa: ANN401 - medications
    return a_chart(*(medications or (TABLET,)), patient=a_patient(prompts=an_address()))


def states(play: Play) -> list[DoseState]:
    return [outcome.state for outcome in play.chart.now.outcomes]


def test_before_the_wake_a_tick_changes_nothing() -> None:
    play = Play(a_chart(TABLET))
    play.sleep_until("09:59")

    decision = play.do(Tick)

    assert (decision.reason, decision.events) == (Reason.NOTHING_TO_DO, ())


def test_silence_is_written_down_as_silence_when_the_window_ends() -> None:
    play = Play(a_chart(TABLET))
    play.until("12:00")

    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.how, outcome.at, outcome.part) == (
        DoseState.UNCONFIRMED,
        How.SILENCE,
        None,
        0,
    )
    assert play.ledger[-1].events[-1] == TimeWorked(to=at("12:00"))


def test_a_part_that_was_told_is_written_down_when_the_window_ends() -> None:
    """S22."""
    play = Play(a_chart(TABLET))
    play.until("08:04")
    said = play.says(ConfirmDoses, part=Decimal("0.5"))

    play.until("12:00")

    [outcome] = play.chart.now.outcomes
    assert (outcome.state, outcome.at, outcome.part) == (DoseState.TAKEN, at("08:04"), Decimal("0.5"))
    assert outcome.statement_id == said.events[0].statement_id


@pytest.mark.parametrize(
    ("wall", "state"),
    [("12:15", DoseState.UNCONFIRMED), ("12:16", DoseState.NOT_OBSERVED)],
    ids=["a quarter of an hour late", "later"],
)
def test_a_tick_that_is_late_means_that_we_were_out_of_service(wall: str, state: DoseState) -> None:
    """S39."""
    play = Play(a_chart(TABLET))
    play.until("10:00")
    play.sleep_until(wall)

    play.do(Tick)

    assert states(play) == [state]


@pytest.mark.parametrize(
    ("start", "end", "state"),
    [
        ("05:00", "06:00", DoseState.UNCONFIRMED),
        ("05:00", "06:01", DoseState.NOT_OBSERVED),
        ("08:10", "08:20", DoseState.NOT_OBSERVED),
        ("11:59", "12:30", DoseState.NOT_OBSERVED),
        ("12:00", "12:30", DoseState.UNCONFIRMED),
    ],
    ids=["before the window", "at its start", "in the middle", "at its end", "after it"],
)
def test_a_window_that_met_an_outage_is_not_held_against_the_patient(
    start: str, end: str, state: DoseState
) -> None:
    """S39."""
    play = Play(a_chart(TABLET))
    play.until("11:30")
    play.sleep_until("12:00")

    play.do(Tick, outages=(Outage(start=at(start), end=at(end)),))

    assert states(play) == [state]
    [settled] = [e for e in play.events if isinstance(e, DoseSettled)]
    assert settled.outage is (state is DoseState.NOT_OBSERVED)


def test_every_command_first_works_the_time_that_has_passed() -> None:
    """A statement in the very second after the window ends is a late one."""
    play = Play(a_chart(TABLET))
    play.until("11:59")
    play.sleep_until("12:00")

    decision = play.says(ConfirmDoses)

    assert decision.reason is Reason.EARLIER_ONES
    assert states(play) == [DoseState.UNCONFIRMED]


def test_a_question_that_has_expired_is_answered_by_silence_before_anything_else() -> None:
    play = Play(a_chart(TABLET))
    play.until("14:00")
    play.says(ConfirmDoses)
    play.sleep_until("14:02")

    play.says(AskDue)

    assert len(play.chart.now.intakes) == 1


# ---- late ticks


def test_after_a_long_night_everything_is_worked_in_one_message() -> None:
    """R7: a sweep that slept for days; what is a day old is not paged any more."""
    twice = a_medication("twice", "08:00", "20:00")
    play = Play(a_chart(TABLET, twice))
    play.sleep_until("2027-05-06 09:00")

    play.do(Tick)
    play.deliver()

    assert states(play) == [DoseState.NOT_OBSERVED] * 6
    asked = [key.due for alert in play.chart.now.alerts for key in alert.doses]
    assert sorted(set(asked)) == [at("2027-05-05 08:00"), at("2027-05-05 20:00")]
    assert play.told(SAM) == [MessageKind.PAGE]


def test_a_chart_that_slept_for_a_month_begins_again() -> None:
    play = Play(a_chart(TABLET))
    play.sleep_until("2027-06-03 09:00")

    play.do(Tick)

    assert len(play.chart.now.outcomes) <= 15
    wake = next_wake(play.chart)
    assert wake is not None
    assert wake >= at("2027-06-03 09:00")


def test_time_is_worked_also_when_nothing_comes_of_it() -> None:
    """Two days in which every dose was told: the next look begins here."""
    outcomes = tuple(an_outcome(TABLET, at(f"2027-05-0{day} 08:00")) for day in (4, 5, 6))
    play = Play(a_chart(TABLET, outcomes=outcomes))
    play.sleep_until("2027-05-06 08:30")

    decision = play.do(Tick)

    assert decision.events == (TimeWorked(to=at("2027-05-06 08:30")),)


def test_a_first_wait_that_passed_a_day_ago_asks_nobody() -> None:
    """Fault 51."""
    slow = a_ladder(a_rung(SAM, wait=timedelta(hours=24)))
    play = Play(a_chart(TABLET, ladders=(slow,)))
    play.sleep_until("2027-05-06 09:00")

    play.do(Tick)

    assert [a.doses[0].due for a in play.chart.now.alerts] == [at("2027-05-05 08:00")]


def test_a_clock_that_was_set_back_brings_nothing_twice() -> None:
    play = Play(prompted())
    play.until("12:30")
    play.now = at("07:00")
    before = len(play.events)

    play.do(Tick)
    play.until("12:30")

    assert [e for e in play.events[before:] if not isinstance(e, TimeWorked)] == []
    assert play.told(None) == [MessageKind.PROMPT]


# ---- prompts


def test_the_patient_is_asked_once_for_all_that_is_due_at_one_moment() -> None:
    play = Play(prompted(TABLET, a_medication("other", "08:00")))

    play.until("08:00")

    assert play.told(None) == [MessageKind.PROMPT]
    assert play.delivered[0].message.about == at("08:00")


@pytest.mark.parametrize(("wall", "asked"), [("09:00", 1), ("09:01", 0)], ids=["an hour late", "later"])
def test_a_prompt_is_fresh_for_an_hour(wall: str, asked: int) -> None:
    """Fault 22: no stale reminder."""
    play = Play(prompted(), provider=None)
    play.sleep_until(wall)

    decision = play.do(Tick)

    assert len([e for e in decision.events if isinstance(e, MessageQueued)]) == asked
    wake = next_wake(play.chart)
    assert wake is not None
    assert wake >= at(wall)
