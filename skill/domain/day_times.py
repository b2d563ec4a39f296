"""The times of one day of a phase, in minutes from its midnight; how many, and how close they lie."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from typing import assert_never

from skill.domain.chosen_days import chosen, weekday_of
from skill.domain.timings import (
    BEFORE,
    MOST_DATES,
    SATURDAY,
    AsNeeded,
    AtEvent,
    AtEvents,
    EveryHours,
    FixedTimes,
    Phase,
    Routine,
    TimesADay,
    Timing,
    When,
)

MINUTES_OF_A_DAY = 24 * 60
_LONGEST_DAY = 26  # hours, where clocks go back by two

_MEALS = {
    When.C: (When.CM, When.CD, When.CV),
    When.AC: (When.ACM, When.ACD, When.ACV),
    When.PC: (When.PCM, When.PCD, When.PCV),
}
_MEAL_OF = {
    When.ACM: When.CM,
    When.ACD: When.CD,
    When.ACV: When.CV,
    When.PCM: When.CM,
    When.PCD: When.CD,
    When.PCV: When.CV,
}


def keeps_clock_times(timing: EveryHours) -> bool:
    """Whether they are the same clock times on every day, and not time elapsed (design §7)."""
    return 24 % timing.hours == 0


def clock_minutes(timing: Timing, routine: Routine, *, weekend: bool = False) -> tuple[int, ...]:
    """The times of one day in minutes from its midnight, rising, distinct; offsets may leave the day.

    Empty for what has no clock times: as needed, and hours that do not divide a day.
    """
    match timing:
        case FixedTimes():
            return _minutes(timing.weekend if weekend and timing.weekend else timing.wall_times)
        case TimesADay():
            return _minutes(routine.times_a_day[timing.n - 1])
        case AtEvents():
            return tuple(sorted({minute for event in timing.events for minute in _of_event(event, routine)}))
        case EveryHours() if keeps_clock_times(timing):
            first = _minutes((timing.first,))[0]
            later = range(first, first + MINUTES_OF_A_DAY, 60 * timing.hours)
            return tuple(sorted(minute % MINUTES_OF_A_DAY for minute in later))
        case EveryHours() | AsNeeded():
            return ()
        case _:
            assert_never(timing)


def _minutes(walls: tuple[time, ...]) -> tuple[int, ...]:
    return tuple(wall.hour * 60 + wall.minute for wall in walls)


def _of_event(event: AtEvent, routine: Routine) -> Iterator[int]:
    """What the routine lists holds as listed; an offset that is given counts from the meal itself."""
    known = {when: wall.hour * 60 + wall.minute for when, wall in routine.events}
    listed = event.offset is None and event.when in known
    for when in (event.when,) if listed else _MEALS.get(event.when, (event.when,)):
        if event.offset is None and when in known:
            yield known[when]
            continue
        meal = _MEAL_OF.get(when)
        offset = routine.meal_offset if event.offset is None else event.offset
        yield known[meal or when] + (-offset if when in BEFORE else offset)


def most_a_day(phase: Phase, routine: Routine) -> int:
    """How many doses a day of the phase has at most."""
    timing = phase.timing
    if isinstance(timing, EveryHours) and not keeps_clock_times(timing):
        return -(-_LONGEST_DAY // timing.hours)
    return len(clock_minutes(timing, routine))


@lru_cache(maxsize=1024)
def least_gap(phase: Phase, routine: Routine) -> timedelta | None:
    """The least time between two doses of the phase, on clocks that never change; None: no two doses."""
    timing = phase.timing
    if isinstance(timing, EveryHours) and not keeps_clock_times(timing):
        return timedelta(hours=timing.hours)
    week = [clock_minutes(timing, routine, weekend=day >= SATURDAY) for day in range(7)]
    days = chosen(phase.days, phase.first_day.toordinal(), date.max.toordinal())
    some = islice(days, MOST_DATES)  # beyond them every pattern repeats itself, or comes no closer
    minutes = sorted({day * MINUTES_OF_A_DAY + minute for day in some for minute in week[weekday_of(day)]})
    gaps = (later - earlier for earlier, later in pairwise(minutes))
    least = min(gaps, default=None)
    return None if least is None else timedelta(minutes=least)
