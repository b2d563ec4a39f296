"""One ``Timing.repeat`` while it is read, and the days that it can name."""

from datetime import time
from fractions import Fraction

from msgspec import Struct

from skill.domain.timings import Days, EveryDay, EveryNDays, Monthly, Timing, Weekly
from skill.errors import InvalidError
from skill.fhir.bounds import Stretch
from skill.fhir.elements import Repeat
from skill.fhir.frame import Frame
from skill.fhir.why import Notes, Why

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS_OF = {
    "s": Fraction(1, 3600),
    "min": Fraction(1, 60),
    "h": Fraction(1),
    "d": Fraction(24),
    "wk": Fraction(168),
}
MONTHS_OF = {"mo": 1, "a": 12}
A_DAY, A_WEEK = 24, 168


class Plan(Struct, frozen=True, kw_only=True):
    days: Days
    timing: Timing


class Reading(Struct, frozen=True, kw_only=True):
    """One ``repeat`` while it is read. ``at``: the path of the timing."""

    repeat: Repeat
    stretch: Stretch
    frame: Frame
    at: str
    notes: Notes

    def note(self, why: Why, name: str, says: str) -> None:
        self.notes.add(why, f"{self.at}.repeat.{name}", says)

    @property
    def weekdays(self) -> tuple[int, ...]:
        """Rising; ``InvalidError`` for what is no weekday."""
        for number, name in enumerate(self.repeat.day_of_week):
            if name not in WEEKDAYS:
                raise InvalidError(f"{self.at}.repeat.dayOfWeek[{number}]", "must be mon, tue, … or sun")
        return tuple(sorted({WEEKDAYS.index(name) for name in self.repeat.day_of_week}))

    @property
    def times(self) -> int:
        return self.repeat.frequency or 1

    @property
    def first(self) -> time:
        """The clock time at which an interval of hours begins."""
        since = self.stretch.since
        if since is None:
            return self.frame.hour_interval_first
        return since.astimezone(self.frame.zone).time().replace(second=0, microsecond=0)


def says_when(repeat: Repeat) -> bool:
    """Whether it says how often or at what times, beyond bounds, count and weekdays."""
    return bool(
        repeat.frequency
        or repeat.period is not None
        or repeat.when
        or repeat.time_of_day
        or repeat.day_of_week
    )


def hours_of(reading: Reading) -> Fraction:
    """The period, where it is not one of months."""
    return Fraction(reading.repeat.period or 0) * HOURS_OF[reading.repeat.period_unit or "h"]


def months_of(reading: Reading) -> Fraction | None:
    """The period in months; None where it is one of hours, days or weeks."""
    factor = MONTHS_OF.get(reading.repeat.period_unit or "")
    return None if factor is None else Fraction(reading.repeat.period or 0) * factor


def weekly(reading: Reading, weekdays: tuple[int, ...], every: int = 1) -> Days:
    """On ``weekdays`` of every so many weeks; all seven are every day."""
    if len(weekdays) == len(WEEKDAYS) and every == 1:
        return EveryDay()
    if every > 1:
        need_start(reading)
    return Weekly(weekdays=weekdays, every=every, anchor=reading.stretch.first_day)


def need_start(reading: Reading) -> None:
    """A note when the days are counted from a start that the order does not give."""
    if not reading.stretch.given:
        reading.note(Why.MISSING_START, "boundsPeriod", "the days are counted from a start that is not given")


def monthly_days(reading: Reading, months: Fraction) -> Days | None:
    """On the start's day of every so many months."""
    if months.denominator != 1 or not 1 <= months <= 12 or reading.weekdays:
        reading.note(Why.NOT_HELD, "period", "months must be 1 to 12, whole, and without weekdays")
        return None
    need_start(reading)
    day = reading.stretch.first_day
    return Monthly(days=(day.day,), every=int(months), anchor=day)


def every_n_days(reading: Reading, days: int) -> Days | None:
    """Every so many days from the start."""
    if not 2 <= days <= 366:
        reading.note(Why.NOT_HELD, "period", "must be at most 366 days")
        return None
    need_start(reading)
    return EveryNDays(n=days, anchor=reading.stretch.first_day)
