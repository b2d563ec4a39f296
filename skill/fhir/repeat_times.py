"""``timeOfDay`` and ``when``: the clock times and the events of the day that an order names."""

from fractions import Fraction

from skill.domain.timings import AtEvent, AtEvents, Days, EveryDay, FixedTimes, Timing, When
from skill.errors import InvalidError
from skill.fhir.dates import wall_time
from skill.fhir.repeat_reading import (
    A_DAY,
    A_WEEK,
    Plan,
    Reading,
    every_n_days,
    hours_of,
    monthly_days,
    months_of,
    weekly,
)
from skill.fhir.why import Why

_EACH_MEAL = frozenset({When.C, When.AC, When.PC})


def at_times(reading: Reading) -> Plan | None:
    """On the days that the period and the weekdays choose, all the times that are named."""
    repeat = reading.repeat
    timing, a_day = _events(reading) if repeat.when else _fixed(reading)
    days, periods = _days_of_times(reading, a_day)
    if days is None:
        return None
    if repeat.frequency is not None and periods is not None and repeat.frequency != a_day * periods:
        says = f"{repeat.frequency} in a period, but {a_day * periods} times are named"
        reading.note(Why.FREQUENCY_CONTRADICTS, "frequency", says)
    return Plan(days=days, timing=timing)


def _fixed(reading: Reading) -> tuple[Timing, int]:
    at = f"{reading.at}.repeat.timeOfDay"
    texts = reading.repeat.time_of_day
    walls = sorted({wall_time(text, f"{at}[{number}]") for number, text in enumerate(texts)})
    if len(walls) != len(texts):
        reading.note(Why.OVERLAP, "timeOfDay", "one time stands twice")
    try:
        return FixedTimes(wall_times=tuple(walls)), len(walls)
    except InvalidError as error:
        raise InvalidError(at, error.problem) from error


def _events(reading: Reading) -> tuple[Timing, int]:
    at, found = f"{reading.at}.repeat.when", []
    for number, name in enumerate(dict.fromkeys(reading.repeat.when)):
        if name not in set(When):
            raise InvalidError(f"{at}[{number}]", "is no event of the day that FHIR R4 knows")
        found.append(When(name))
    try:
        events = AtEvents(
            events=tuple(AtEvent(when=when, offset=reading.repeat.offset or None) for when in found)
        )
    except InvalidError as error:
        raise InvalidError(f"{reading.at}.repeat.{error.field}", error.problem) from error
    return events, sum(3 if when in _EACH_MEAL else 1 for when in found)


def _days_of_times(reading: Reading, a_day: int) -> tuple[Days | None, int | None]:
    """On which days, and how many of them lie in a period (None: an interval of hours, which is checked)."""
    weekdays = reading.weekdays
    chosen: Days = weekly(reading, weekdays) if weekdays else EveryDay()
    if reading.repeat.period is None:
        if reading.repeat.frequency is not None and reading.repeat.frequency != a_day:
            reading.note(Why.INCOMPLETE, "frequency", "needs a period")
        return chosen, None
    months = months_of(reading)
    if months is not None:
        return monthly_days(reading, months), 1
    hours = hours_of(reading)
    if hours == A_DAY:
        return chosen, 1
    if hours < A_DAY:
        if hours * a_day != A_DAY * reading.times:
            says = f"{a_day} times a day are named, which is not {reading.times} in every {hours} hours"
            reading.note(Why.FREQUENCY_CONTRADICTS, "period", says)
        return chosen, None
    return _rarer_days(reading, hours, weekdays)


def _rarer_days(
    reading: Reading, hours: Fraction, weekdays: tuple[int, ...]
) -> tuple[Days | None, int | None]:
    if hours % A_DAY:
        reading.note(Why.FREQUENCY_CONTRADICTS, "period", f"clock times do not go with every {hours} hours")
        return None, None
    days = int(hours) // A_DAY
    if hours % A_WEEK == 0 and (weekdays or reading.repeat.period_unit == "wk") and days <= 364:
        if weekdays:
            return weekly(reading, weekdays, days // 7), len(weekdays)
        reading.note(Why.MISSING_WEEKDAY, "dayOfWeek", "the weekday is not said")
        return weekly(reading, (reading.stretch.first_day.weekday(),), days // 7), 1
    if weekdays:
        reading.note(Why.FREQUENCY_CONTRADICTS, "dayOfWeek", f"does not go with every {days} days")
        return None, None
    return every_n_days(reading, days), 1
