"""On which days, in words: weekdays, dates, cycles, and from which day an interval is counted."""

from datetime import date
from typing import NamedTuple, assert_never

from skill.domain.chosen_days import chosen
from skill.domain.timings import (
    LONGEST_INTERVAL,
    MONDAY,
    SUNDAY,
    Cycle,
    Days,
    EveryDay,
    EveryHours,
    EveryNDays,
    Monthly,
    OnDates,
    Phase,
    Weekly,
)
from skill.phrases.regimen_words_tongue import Tongue

MOST_DATES_SPOKEN = 12  # nobody follows a longer list by ear
EVERY_WEEKDAY = tuple(range(MONDAY, SUNDAY + 1))
_A_WEEK = 7


class Chosen(NamedTuple):
    """The days of a phase as they are said: a single day is a date, every seven days a weekday (S11)."""

    days: Days
    first: date  # the first of them
    empty: bool = False  # none of them lies within the phase


def days_of(phase: Phase) -> Chosen:
    days = phase.days
    if isinstance(phase.timing, EveryHours):
        days = _of_hours(phase, phase.timing)
    elif isinstance(days, EveryDay) and phase.first_day == phase.last_day:
        days = OnDates(dates=(phase.first_day,))
    elif isinstance(days, OnDates):
        last = phase.last_day or date.max
        inside = tuple(day for day in days.dates if phase.first_day <= day <= last)
        days = OnDates(dates=inside) if inside else EveryDay()
    first = _first_day(phase)
    if first is None:
        return Chosen(EveryDay(), phase.first_day, empty=True)
    return Chosen(_weekly(days, first), first)


def _of_hours(phase: Phase, timing: EveryHours) -> Days:
    weeks, rest = divmod(timing.hours, 24 * _A_WEEK)
    if rest:
        return phase.days
    return Weekly(weekdays=(phase.first_day.weekday(),), every=weeks, anchor=phase.first_day)


def _weekly(days: Days, first: date) -> Days:
    """What comes on one and the same weekday as ``Weekly``; one day in so many as ``EveryNDays``."""
    if isinstance(days, Cycle) and days.on == 1 and days.off < LONGEST_INTERVAL:
        days = EveryNDays(n=1 + days.off, anchor=days.anchor)
    if isinstance(days, EveryNDays) and days.n % _A_WEEK == 0 and days.n // _A_WEEK <= 52:
        return Weekly(weekdays=(days.anchor.weekday(),), every=days.n // _A_WEEK, anchor=first)
    return days


def _first_day(phase: Phase) -> date | None:
    """The first day with doses."""
    last = phase.last_day or date.max
    days = chosen(phase.days, phase.first_day.toordinal(), last.toordinal())
    first = next(iter(days), None)
    return None if first is None else date.fromordinal(first)


def weekdays_met(phase: Phase, on: Chosen) -> tuple[int, ...]:
    """The weekdays that the days of a phase can fall on."""
    if isinstance(on.days, Weekly):
        return on.days.weekdays
    if isinstance(on.days, OnDates):
        return tuple(sorted({day.weekday() for day in on.days.dates}))
    if phase.last_day is not None and (phase.last_day - phase.first_day).days < _A_WEEK - 1:
        length = (phase.last_day - phase.first_day).days + 1
        return tuple(sorted((phase.first_day.weekday() + n) % _A_WEEK for n in range(length)))
    return EVERY_WEEKDAY


def words(tongue: Tongue, on: Chosen, *, times_a_day: int) -> str | None:
    """ "once a week, on Friday only"; None for every day.

    ``times_a_day``: how often on such a day; 0 where nobody knows, as needed.
    """
    say, first = tongue.say, tongue.day(on.first)
    match on.days:
        case EveryDay():
            return None
        case EveryNDays(n=2):
            return say("regimen.every_other_day", date=first)
        case EveryNDays(n=n):
            return say("regimen.every_days", days=tongue.count("day", n), date=first)
        case Weekly():
            return _week(tongue, on.days, first, times_a_day)
        case Monthly():
            return _month(tongue, on.days, first, times_a_day)
        case OnDates(dates=dates):
            return _dates(tongue, dates, times_a_day)
        case Cycle(on=with_it, off=rest, anchor=anchor):
            on_days, off_days = tongue.count("day", with_it), tongue.count("day", rest)
            return say("regimen.cycle", on=on_days, off=off_days, date=tongue.day(anchor))
        case _:
            assert_never(on.days)


def _week(tongue: Tongue, days: Weekly, first: str, times_a_day: int) -> str | None:
    say, names = tongue.say, tongue.rules.weekdays(days.weekdays)
    single = len(days.weekdays) == 1
    if days.every > 1:
        key = "regimen.every_weeks_once" if single and times_a_day == 1 else "regimen.every_weeks"
        return say(key, weeks=tongue.count("week", days.every), weekdays=names, date=first)
    if days.weekdays == EVERY_WEEKDAY:
        return None
    if not single or not times_a_day:
        return say("regimen.weekdays", days=tongue.count("day", len(days.weekdays)), weekdays=names)
    if times_a_day == 1:
        return say("regimen.once_a_week", weekdays=names)
    return say("regimen.once_a_week_times", weekdays=names, times=tongue.count("time", times_a_day))


def _month(tongue: Tongue, days: Monthly, first: str, times_a_day: int) -> str:
    say, names = tongue.say, tongue.rules.month_days(days.days)
    clamped = days.days[-1] > 28
    if days.every > 1:
        key = "regimen.every_months_clamped" if clamped else "regimen.every_months"
        return say(key, months=tongue.count("month", days.every), days=names, date=first)
    if len(days.days) == 1 and times_a_day == 1:
        return say("regimen.monthly_once_clamped" if clamped else "regimen.monthly_once", days=names)
    return say("regimen.monthly_clamped" if clamped else "regimen.monthly", days=names)


def _dates(tongue: Tongue, dates: tuple[date, ...], times_a_day: int) -> str:
    say = tongue.say
    if len(dates) == 1:
        key = "regimen.once_only" if times_a_day == 1 else "regimen.on_one_day"
        return say(key, date=tongue.day(dates[0]))
    if tongue.spoken and len(dates) > MOST_DATES_SPOKEN:
        count = tongue.count("date", len(dates))
        return say(
            "regimen.on_many_dates", count=count, date=tongue.day(dates[0]), date_last=tongue.day(dates[-1])
        )
    return say("regimen.on_dates", dates=tongue.dates(dates))
