"""The times of a day: what the routine says of them, how many there are, and how close they lie."""

from datetime import date, time, timedelta

import pytest

from skill.domain.day_times import clock_minutes, least_gap, most_a_day
from skill.domain.timings import (
    STANDARD_ROUTINE,
    AsNeeded,
    AtEvent,
    AtEvents,
    Cycle,
    Days,
    EveryDay,
    EveryHours,
    EveryNDays,
    FixedTimes,
    Monthly,
    OnDates,
    Phase,
    Routine,
    TimesADay,
    Timing,
    Weekly,
    When,
)
from tests.builders import walls

MONDAY = date(2027, 5, 3)
ONCE = FixedTimes(wall_times=walls("08:00"))
LATE = Routine(
    events=tuple(
        (when, {When.CM: time(10), When.HS: time(0, 30)}.get(when, wall))
        for when, wall in STANDARD_ROUTINE.events
    ),
    meal_offset=45,
)


def clock(*events: AtEvent, routine: Routine = STANDARD_ROUTINE) -> list[str]:
    minutes = clock_minutes(AtEvents(events=events), routine)
    return [f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(AtEvent(when=When.C), ["10:00", "12:00", "18:00"], id="with each meal"),
        pytest.param(AtEvent(when=When.ACM), ["09:15"], id="before breakfast, as the routine has it"),
        pytest.param(AtEvent(when=When.ACM, offset=0), ["10:00"], id="no time before breakfast"),
        pytest.param(AtEvent(when=When.PCM, offset=120), ["12:00"], id="two hours after breakfast"),
        pytest.param(AtEvent(when=When.WAKE, offset=30), ["07:30"], id="after waking"),
        pytest.param(AtEvent(when=When.HS), ["00:30"], id="bedtime behind midnight is that of the date"),
        pytest.param(AtEvent(when=When.HS, offset=60), ["-1:30"], id="an offset back over midnight"),
        pytest.param(AtEvent(when=When.PCV, offset=720), ["30:00"], id="an offset over midnight"),
    ],
)
def test_events_follow_the_routine(event: AtEvent, expected: list[str]) -> None:
    assert clock(event, routine=LATE) == expected


def test_what_a_routine_lists_holds_as_listed() -> None:
    routine = Routine(events=(*STANDARD_ROUTINE.events, (When.ACM, time(6, 15)), (When.AC, time(9))))

    assert clock(AtEvent(when=When.ACM), AtEvent(when=When.AC), routine=routine) == ["06:15", "09:00"]
    assert clock(AtEvent(when=When.ACM, offset=20), routine=routine) == ["07:40"]


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        pytest.param(FixedTimes(wall_times=walls("08:00", "20:00")), 2, id="fixed times"),
        pytest.param(TimesADay(n=5), 5, id="times a day"),
        pytest.param(AtEvents(events=(AtEvent(when=When.C), AtEvent(when=When.CM))), 3, id="events"),
        pytest.param(EveryHours(hours=1), 24, id="every hour"),
        pytest.param(EveryHours(hours=5), 6, id="five hours, on a day of 26"),
        pytest.param(EveryHours(hours=72), 1, id="three days"),
        pytest.param(AsNeeded(), 0, id="as needed"),
    ],
)
def test_how_many_doses_a_day_has_at_most(timing: Timing, expected: int) -> None:
    assert most_a_day(Phase(first_day=MONDAY, timing=timing), STANDARD_ROUTINE) == expected


def days(number: int) -> timedelta:
    return timedelta(days=number)


@pytest.mark.parametrize(
    ("chosen", "timing", "expected"),
    [
        pytest.param(EveryDay(), ONCE, days(1), id="daily"),
        pytest.param(EveryDay(), TimesADay(n=3), timedelta(hours=6), id="three a day"),
        pytest.param(
            EveryDay(),
            FixedTimes(wall_times=walls("22:00"), weekend=walls("02:00")),
            timedelta(hours=4),
            id="late on Friday, early on Saturday",
        ),
        pytest.param(EveryDay(), EveryHours(hours=8), timedelta(hours=8), id="eight hours"),
        pytest.param(EveryDay(), EveryHours(hours=7), timedelta(hours=7), id="seven hours"),
        pytest.param(EveryDay(), EveryHours(hours=72), days(3), id="72 hours"),
        pytest.param(EveryNDays(n=2, anchor=MONDAY), ONCE, days(2), id="every other day"),
        pytest.param(Weekly(weekdays=(4,), anchor=MONDAY), ONCE, days(7), id="weekly"),
        pytest.param(Weekly(weekdays=(0, 6), every=2, anchor=MONDAY), ONCE, days(6), id="in one week"),
        pytest.param(Weekly(weekdays=(0, 6), anchor=MONDAY), ONCE, days(1), id="over the weekend"),
        pytest.param(Monthly(days=(31,), anchor=MONDAY), ONCE, days(28), id="the last of the month"),
        pytest.param(Monthly(days=(1, 15), anchor=MONDAY), ONCE, days(14), id="twice a month"),
        pytest.param(Monthly(days=(27, 30), anchor=MONDAY), ONCE, days(1), id="closer in February"),
        pytest.param(Monthly(days=(1,), every=12, anchor=MONDAY), ONCE, days(365), id="once a year"),
        pytest.param(Cycle(on=21, off=7, anchor=MONDAY), ONCE, days(1), id="in a cycle"),
        pytest.param(Cycle(on=1, off=20, anchor=MONDAY), ONCE, days(21), id="one day of a cycle"),
        pytest.param(OnDates(dates=(MONDAY, date(2027, 5, 13))), ONCE, days(10), id="dates"),
        pytest.param(OnDates(dates=(MONDAY,)), ONCE, None, id="a single dose"),
        pytest.param(EveryDay(), AsNeeded(), None, id="as needed"),
    ],
)
def test_the_least_time_between_two_doses(chosen: Days, timing: Timing, expected: timedelta | None) -> None:
    assert least_gap(Phase(first_day=MONDAY, days=chosen, timing=timing), STANDARD_ROUTINE) == expected
