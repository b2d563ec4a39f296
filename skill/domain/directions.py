"""What directions say, once by a prescription's structure and once by its words, and where the two differ.

A reader of words fills ``Stated``, a reader of structure ``Ordered``; neither knows the other. Words are
only ever compared: no dose is planned from them.
"""

from datetime import date, time
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from skill.domain.timings import Days, EveryDay


class PaceUnit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class DayPart(StrEnum):
    """A part of the day that words name; meals count as the part in which they fall."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"
    BEDTIME = "bedtime"


class Meal(StrEnum):
    """How words tie a dose to meals."""

    BEFORE = "before meals"
    WITH = "with meals"
    AFTER = "after meals"
    EMPTY = "on an empty stomach"


class Measure(Struct, frozen=True, kw_only=True):
    """``low`` to ``high`` (equal: no range) of a plain unit: mg, mL, unit, tablet …; empty: not said."""

    low: Decimal
    high: Decimal
    unit: str = ""

    def __str__(self) -> str:
        span = plain(self.low) if self.low == self.high else f"{plain(self.low)} to {plain(self.high)}"
        return f"{span} {self.unit}".rstrip()


class Pace(Struct, frozen=True, kw_only=True):
    """``times`` (low, high) in every ``every`` (low, high) of ``unit``: (1, 1) in (4, 6) hours."""

    times: tuple[int, int] = (1, 1)
    every: tuple[int, int] = (1, 1)
    unit: PaceUnit

    def __str__(self) -> str:
        often = _span(self.times)
        period = self.unit.value if self.every == (1, 1) else f"{_span(self.every)} {self.unit.value}s"
        return f"{often} in every {period}"

    @property
    def is_range(self) -> bool:
        return self.times[0] != self.times[1] or self.every[0] != self.every[1]


class Stated(Struct, frozen=True, kw_only=True):
    """What words say. Empty and None: they do not say it.

    ``lasts``: days, low and high. ``months``: the same in months. ``starts``, ``until``: month and day.
    ``offsets``: minutes from meals. ``limits``: the most in 24 hours. ``rules``: words that make a dose
    depend on something. ``unread``: numbers and words that were not understood.
    """

    doses: tuple[Measure, ...] = ()
    paces: tuple[Pace, ...] = ()
    walls: tuple[time, ...] = ()
    parts: tuple[DayPart, ...] = ()
    meals: tuple[Meal, ...] = ()
    offsets: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    lasts: tuple[int, int] | None = None
    months: int | None = None
    starts: tuple[int, int] | None = None
    until: tuple[int, int] | None = None
    count: int | None = None
    as_needed: bool = False
    limits: tuple[Measure, ...] = ()
    cycle: tuple[int, int] | None = None
    rules: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


class Ordered(Struct, frozen=True, kw_only=True):
    """What structure says. ``walls``: the clock times of a usual day, none for hours that do not divide it.

    ``hours``: the interval, if it is one. ``meals``: before or after them, where the structure says so.
    ``offsets``: minutes from meals or sleep. ``length``: in days. ``limit``: the most in 24 hours;
    ``uses``: the same in occasions, of what is taken as needed.
    """

    doses: tuple[Measure, ...] = ()
    days: Days = EveryDay()
    walls: tuple[time, ...] = ()
    hours: int | None = None
    meals: tuple[Meal, ...] = ()
    offsets: tuple[int, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    length: int | None = None
    count: int | None = None
    as_needed: bool = False
    limit: Measure | None = None
    uses: int | None = None


class Difference(Struct, frozen=True, kw_only=True):
    """``contradicts``: both speak of it and differ; else the words hold more than the structure."""

    fact: str
    contradicts: bool
    says: str


def plain(number: Decimal) -> str:
    """Without trailing zeros and without an exponent: 1, 0.5, 1500."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _span(numbers: tuple[int, int]) -> str:
    low, high = numbers
    return str(low) if low == high else f"{low} to {high}"
