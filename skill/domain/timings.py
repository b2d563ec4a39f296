"""How a medicine is to be taken: on which days, when in the day, and how much. What expands it is ``timing``.

A phase is a stretch of local days. On the days that ``days`` chooses, ``timing`` says when; ``amount`` and
its exceptions say how much. FHIR, prescriptions and household files are adapters to this model, not the
other way round.
"""

from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from skill.errors import InvalidError

MONDAY, SATURDAY, SUNDAY = 0, 5, 6  # as ``date.weekday`` counts
MOST_A_DAY = 24
LONGEST_INTERVAL = 366  # days
MOST_DATES = 400
MOST_AMOUNT = 1000


def _check_walls(field: str, walls: tuple[time, ...]) -> None:
    if len(walls) > MOST_A_DAY:
        raise InvalidError(field, "must be at most 24 clock times")
    before: time | None = None
    for wall in walls:  # every time that a plan is read: no generators, no sets
        if wall.tzinfo is not None or wall.second or wall.microsecond:
            raise InvalidError(field, "must be whole minutes without a zone")
        if before is not None and not before < wall:
            raise InvalidError(field, "must be rising and distinct")
        before = wall


def _check_weekdays(weekdays: tuple[int, ...]) -> None:
    if list(weekdays) != sorted(set(weekdays)) or not all(MONDAY <= day <= SUNDAY for day in weekdays):
        raise InvalidError("weekdays", "must be rising, distinct, 0 for Monday to 6 for Sunday")


# ---- on which days


class EveryDay(Struct, frozen=True, kw_only=True, tag="every_day"):
    """All days of the phase."""


class EveryNDays(Struct, frozen=True, kw_only=True, tag="every_n_days"):
    """Every ``n`` days, counted from ``anchor``, which is one of them. Two: every other day."""

    n: int
    anchor: date

    def __post_init__(self) -> None:
        if not 2 <= self.n <= LONGEST_INTERVAL:
            raise InvalidError("n", "must be 2 to 366 days")


class Weekly(Struct, frozen=True, kw_only=True, tag="weekly"):
    """On these weekdays of every ``every`` weeks, the week of ``anchor`` being one. Weeks begin on Monday."""

    weekdays: tuple[int, ...]
    every: int = 1
    anchor: date

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise InvalidError("weekdays", "must name at least one")
        _check_weekdays(self.weekdays)
        if not 1 <= self.every <= 52:
            raise InvalidError("every", "must be 1 to 52 weeks")


class Monthly(Struct, frozen=True, kw_only=True, tag="monthly"):
    """On these days of every ``every`` months from ``anchor``'s. A day that a month lacks is its last."""

    days: tuple[int, ...]
    every: int = 1
    anchor: date

    def __post_init__(self) -> None:
        if not self.days or list(self.days) != sorted(set(self.days)):
            raise InvalidError("days", "must be rising and distinct, at least one")
        if not all(1 <= day <= 31 for day in self.days):
            raise InvalidError("days", "must be 1 to 31")
        if not 1 <= self.every <= 12:
            raise InvalidError("every", "must be 1 to 12 months")


class OnDates(Struct, frozen=True, kw_only=True, tag="on_dates"):
    """On exactly these days. One: a single dose."""

    dates: tuple[date, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.dates) <= MOST_DATES or list(self.dates) != sorted(set(self.dates)):
            raise InvalidError("dates", "must be 1 to 400, rising and distinct")


class Cycle(Struct, frozen=True, kw_only=True, tag="cycle"):
    """``on`` days with, then ``off`` days without; ``anchor`` is day one of a cycle."""

    on: int
    off: int
    anchor: date

    def __post_init__(self) -> None:
        if not (1 <= self.on <= LONGEST_INTERVAL and 1 <= self.off <= LONGEST_INTERVAL):
            raise InvalidError("cycle", "must be 1 to 366 days on, and 1 to 366 off")


Days = EveryDay | EveryNDays | Weekly | Monthly | OnDates | Cycle


# ---- when in the day


class FixedTimes(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="fixed_times"):
    """The same wall times on each day, rising and distinct. ``weekend``: other ones on Saturday, Sunday."""

    wall_times: tuple[time, ...]
    weekend: tuple[time, ...] = ()

    def __post_init__(self) -> None:
        if not self.wall_times:
            raise InvalidError("times", "must be 1 to 24 clock times")
        _check_walls("times", self.wall_times)
        if self.weekend:
            _check_walls("weekend", self.weekend)
            if len(self.weekend) != len(self.wall_times):
                raise InvalidError("weekend", "must be as many as on other days")


class TimesADay(Struct, frozen=True, kw_only=True, tag="times_a_day"):
    """``n`` times a day, 1 to 5, at the patient's own times for that number."""

    n: int

    def __post_init__(self) -> None:
        if not 1 <= self.n <= 5:
            raise InvalidError("n", "must be 1 to 5 times a day")


class When(StrEnum):
    """An event of the day, as FHIR R4 names it (EventTiming)."""

    MORN = "MORN"
    MORN_EARLY = "MORN.early"
    MORN_LATE = "MORN.late"
    NOON = "NOON"
    AFT = "AFT"
    AFT_EARLY = "AFT.early"
    AFT_LATE = "AFT.late"
    EVE = "EVE"
    EVE_EARLY = "EVE.early"
    EVE_LATE = "EVE.late"
    NIGHT = "NIGHT"
    PHS = "PHS"  # after sleep
    HS = "HS"  # bedtime
    WAKE = "WAKE"
    C = "C"  # with a meal: each of the three
    CM = "CM"
    CD = "CD"
    CV = "CV"
    AC = "AC"
    ACM = "ACM"
    ACD = "ACD"
    ACV = "ACV"
    PC = "PC"
    PCM = "PCM"
    PCD = "PCD"
    PCV = "PCV"


BEFORE = frozenset({When.AC, When.ACM, When.ACD, When.ACV, When.HS})  # an offset counts back from these
WITHOUT_OFFSET = frozenset({When.C, When.CM, When.CD, When.CV})  # FHIR R4, tim-9


class AtEvent(Struct, frozen=True, kw_only=True):
    """``offset`` minutes before (``BEFORE``) or after an event of the day; None: for meals the routine's."""

    when: When
    offset: int | None = None

    def __post_init__(self) -> None:
        if self.offset is not None and not 0 <= self.offset <= 720:
            raise InvalidError("offset", "must be 0 to 720 minutes")
        if self.offset and self.when in WITHOUT_OFFSET:
            raise InvalidError("offset", "does not go with a meal itself")


class AtEvents(Struct, frozen=True, kw_only=True, tag="at_events"):
    """At events of the patient's day; equal moments are one dose."""

    events: tuple[AtEvent, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.events) <= MOST_A_DAY or len(set(self.events)) != len(self.events):
            raise InvalidError("events", "must be 1 to 24, distinct")


class EveryHours(Struct, frozen=True, kw_only=True, tag="every_hours"):
    """Every ``hours`` hours, the first of the phase at ``first``.

    Where ``hours`` divides 24 they are clock times, the same on every day; else time elapsed, so that a
    change of clocks moves the clock times and not the interval (design §7).
    """

    hours: int
    first: time = time(8)

    def __post_init__(self) -> None:
        if not 1 <= self.hours <= 24 * 14:
            raise InvalidError("hours", "must be 1 to 336")
        _check_walls("first", (self.first,))


class AsNeeded(Struct, frozen=True, kw_only=True, tag="as_needed"):
    """Never due. ``min_gap`` is elapsed time; ``most_in_24h`` amounts in any 24 hours."""

    min_gap: timedelta | None = None
    most_in_24h: Decimal | None = None

    def __post_init__(self) -> None:
        if self.min_gap is not None and not timedelta() < self.min_gap <= timedelta(days=366):
            raise InvalidError("min_gap", "must be above 0 and at most a year")
        if self.most_in_24h is not None and not 0 < self.most_in_24h <= MOST_AMOUNT:
            raise InvalidError("most_in_24h", "must be above 0 and at most 1000")


Timing = FixedTimes | TimesADay | AtEvents | EveryHours | AsNeeded


# ---- how much


class AmountAt(Struct, frozen=True, kw_only=True):
    """An amount that differs: at this place among the times of a day (from 0), on these weekdays, or both."""

    amount: Decimal
    time_index: int | None = None
    weekdays: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_amount(self.amount)
        _check_weekdays(self.weekdays)
        if self.time_index is not None and not 0 <= self.time_index < MOST_A_DAY:
            raise InvalidError("time_index", "must be 0 to 23")


def check_amount(amount: Decimal) -> None:
    """``InvalidError`` unless it is above 0 and at most 1000."""
    if not amount.is_finite() or not 0 < amount <= MOST_AMOUNT:
        raise InvalidError("amount", "must be above 0 and at most 1000")


class Phase(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stretch of local days, both ends in it, with its days, times and amounts.

    ``amounts``: exceptions to ``amount``, the first that fits holds. ``turns``: amounts that take turns from
    one day with doses to the next, instead of ``amount``. ``count``: the phase ends after so many doses.
    """

    first_day: date
    last_day: date | None = None
    days: Days = EveryDay()
    timing: Timing
    amount: Decimal = Decimal(1)
    amounts: tuple[AmountAt, ...] = ()
    turns: tuple[Decimal, ...] = ()
    count: int | None = None

    def __post_init__(self) -> None:
        if self.last_day is not None and self.last_day < self.first_day:
            raise InvalidError("last_day", "must not lie before the first day")
        check_amount(self.amount)
        for amount in self.turns:
            check_amount(amount)
        if len(self.turns) > 31:
            raise InvalidError("turns", "must be at most 31")
        if self.count is not None and not 1 <= self.count <= 10_000:
            raise InvalidError("count", "must be 1 to 10,000")
        if isinstance(self.timing, EveryHours):
            if not isinstance(self.days, EveryDay):
                raise InvalidError("days", "must be every day with an interval of hours")
            if self.turns and 24 % self.timing.hours:
                raise InvalidError("turns", "go from day to day, so not with hours that do not divide a day")

    @property
    def one_amount(self) -> bool:
        """Whether every dose of it is ``amount``."""
        return not self.amounts and not self.turns


# ---- the patient's own day


_EVENTS: tuple[tuple[When, time], ...] = (
    (When.WAKE, time(7)),
    (When.PHS, time(7)),
    (When.MORN_EARLY, time(6)),
    (When.MORN, time(8)),
    (When.MORN_LATE, time(10)),
    (When.CM, time(8)),
    (When.NOON, time(12)),
    (When.CD, time(12)),
    (When.AFT_EARLY, time(13)),
    (When.AFT, time(15)),
    (When.AFT_LATE, time(16)),
    (When.EVE_EARLY, time(17)),
    (When.EVE, time(18)),
    (When.CV, time(18)),
    (When.EVE_LATE, time(20)),
    (When.NIGHT, time(22)),
    (When.HS, time(22)),
)


class Routine(Struct, frozen=True, kw_only=True):
    """When this patient's days have their events. A regimen keeps the one that it was made with.

    ``times_a_day``: the patient's own times for once to five times a day. ``events``: what is not listed
    follows from what is: C, AC and PC are the three meals, ACM is ``meal_offset`` minutes before CM, PCM
    as many after it, and so on.
    """

    times_a_day: tuple[tuple[time, ...], ...] = (
        (time(8),),
        (time(8), time(20)),
        (time(8), time(14), time(20)),
        (time(8), time(12), time(16), time(20)),
        (time(6), time(10), time(14), time(18), time(22)),
    )
    events: tuple[tuple[When, time], ...] = _EVENTS
    meal_offset: int = 30

    def __post_init__(self) -> None:
        if len(self.times_a_day) != 5:
            raise InvalidError("times_a_day", "must be given for once to five times a day")
        for number, walls in enumerate(self.times_a_day, start=1):
            _check_walls("times_a_day", walls)
            if len(walls) != number:
                raise InvalidError("times_a_day", f"must be {number} for {number} times a day")
        if not {when for when, _ in _EVENTS} <= {when for when, _ in self.events}:
            raise InvalidError("events", "must give a time for every event that is no meal's before or after")
        for _, wall in self.events:
            _check_walls("events", (wall,))
        if not 0 <= self.meal_offset <= 180:
            raise InvalidError("meal_offset", "must be 0 to 180 minutes")


STANDARD_ROUTINE = Routine()  # the very object: a plan that holds it is stored without it
