"""``frequency`` and ``period``: how often, where no clock time and no event of the day is named."""

from datetime import time
from fractions import Fraction

from skill.domain.timings import Days, EveryDay, EveryHours, FixedTimes, TimesADay, Timing
from skill.fhir.repeat_reading import (
    A_DAY,
    Plan,
    Reading,
    every_n_days,
    hours_of,
    monthly_days,
    months_of,
    need_start,
    weekly,
)
from skill.fhir.why import Why

_LONGEST_HOURS = 336


def at_periods(reading: Reading) -> Plan | None:
    """Days and times by frequency and period, at the patient's own times; or None, with a note."""
    if reading.repeat.period is None:
        return _without_period(reading)
    months = months_of(reading)
    if months is not None:
        return _monthly(reading, months)
    return _hourly_or_daily(reading, hours_of(reading))


def _without_period(reading: Reading) -> Plan | None:
    repeat, weekdays = reading.repeat, reading.weekdays
    if repeat.frequency is not None:
        reading.note(Why.INCOMPLETE, "frequency", "needs a period")
        return None
    if weekdays:
        return Plan(days=weekly(reading, weekdays), timing=TimesADay(n=1))
    if repeat.count == 1:
        return Plan(days=EveryDay(), timing=TimesADay(n=1))
    reading.note(Why.INCOMPLETE, "frequency", "how often is not said")
    return None


def _monthly(reading: Reading, months: Fraction) -> Plan | None:
    days = monthly_days(reading, months)
    if days is None or reading.times != 1:
        if days is not None:
            reading.note(Why.INCOMPLETE, "frequency", "several a month, and the days are not said")
        return None
    return Plan(days=days, timing=TimesADay(n=1))


def _hourly_or_daily(reading: Reading, hours: Fraction) -> Plan | None:
    """``hours``: the period. In hours it is an interval, in days a number of times at the patient's own."""
    in_hours = reading.repeat.period_unit in {"s", "min", "h"} or hours % A_DAY != 0
    if in_hours and not (reading.times > 1 and hours % A_DAY == 0):
        return _interval(reading, hours / reading.times)
    days = int(hours) // A_DAY
    if days == 1:
        timing = _a_day(reading, reading.times)
        weekdays = reading.weekdays
        chosen: Days = weekly(reading, weekdays) if weekdays else EveryDay()
        return None if timing is None else Plan(days=chosen, timing=timing)
    return _every_days(reading, days)


def _interval(reading: Reading, hours: Fraction) -> Plan | None:
    if reading.times > 1:
        reading.note(Why.NOT_HELD, "frequency", "several in a period of hours are shown evenly spread")
    if hours.denominator != 1 or hours < 1:
        reading.note(Why.TOO_OFTEN if hours < 1 else Why.NOT_HELD, "period", "must come to whole hours")
        return None
    number = int(hours)
    if reading.weekdays:
        walls = _clock_times(reading.first, number)
        if walls is None:
            reading.note(Why.FREQUENCY_CONTRADICTS, "dayOfWeek", f"does not go with every {number} hours")
            return None
        return Plan(days=weekly(reading, reading.weekdays), timing=FixedTimes(wall_times=walls))
    if A_DAY % number:
        need_start(reading)
    if number <= _LONGEST_HOURS:
        return Plan(days=EveryDay(), timing=EveryHours(hours=number, first=reading.first))
    if number % A_DAY == 0:
        return _every_days(reading, number // A_DAY)
    reading.note(Why.NOT_HELD, "period", "must come to whole days when it is longer than 14 days")
    return None


def _clock_times(first: time, hours: int) -> tuple[time, ...] | None:
    """The clock times of an interval that divides a day."""
    if A_DAY % hours:
        return None
    minutes = sorted((first.hour * 60 + first.minute + 60 * hour) % 1440 for hour in range(0, A_DAY, hours))
    return tuple(time(minute // 60, minute % 60) for minute in minutes)


def _a_day(reading: Reading, times: int) -> Timing | None:
    """``times`` a day at the patient's own times, of which there are some for up to five."""
    if times <= 5:
        return TimesADay(n=times)
    if times > A_DAY:
        reading.note(Why.TOO_OFTEN, "frequency", f"{times} a day is more than 24")
        return None
    walls = _clock_times(reading.frame.hour_interval_first, A_DAY // times) if A_DAY % times == 0 else None
    shown = "evenly spread times are shown" if walls else "none are shown"
    reading.note(Why.NOT_HELD, "frequency", f"the patient has no own times for {times} a day; {shown}")
    return None if walls is None else FixedTimes(wall_times=walls)


def _every_days(reading: Reading, days: int) -> Plan | None:
    weekdays, times = reading.weekdays, reading.times
    if days % 7 == 0 and (weekdays or reading.repeat.period_unit == "wk"):
        return _every_weeks(reading, days // 7, weekdays, times)
    if weekdays:
        reading.note(Why.FREQUENCY_CONTRADICTS, "dayOfWeek", f"does not go with every {days} days")
        return None
    if times == 1:
        chosen = every_n_days(reading, days)
        return None if chosen is None else Plan(days=chosen, timing=TimesADay(n=1))
    reading.note(Why.INCOMPLETE, "frequency", f"{times} in {days} days, and the days are not said")
    timing = _a_day(reading, times // days) if times % days == 0 else None
    return None if timing is None else Plan(days=EveryDay(), timing=timing)


def _every_weeks(reading: Reading, weeks: int, weekdays: tuple[int, ...], times: int) -> Plan | None:
    if weeks > 52:
        reading.note(Why.NOT_HELD, "period", "must be at most 52 weeks")
        return None
    if weekdays:
        if times % len(weekdays):
            says = f"{times} in a period, but on {len(weekdays)} weekdays"
            reading.note(Why.FREQUENCY_CONTRADICTS, "frequency", says)
        timing = _a_day(reading, max(1, times // len(weekdays)))
        return None if timing is None else Plan(days=weekly(reading, weekdays, weeks), timing=timing)
    if weeks == 1 and times % 7 == 0:
        timing = _a_day(reading, times // 7)
        return None if timing is None else Plan(days=EveryDay(), timing=timing)
    reading.note(Why.MISSING_WEEKDAY, "dayOfWeek", "the weekday is not said")
    if times > 1:
        return None
    weekday = reading.stretch.first_day.weekday()
    return Plan(days=weekly(reading, (weekday,), weeks), timing=TimesADay(n=1))
