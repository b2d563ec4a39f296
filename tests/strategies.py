"""Where and when days do not have 24 hours, and every way to take a medicine: for properties."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from skill.clock import use_pinned_zone_data
from skill.domain.timings import (
    STANDARD_ROUTINE,
    WITHOUT_OFFSET,
    AmountAt,
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

use_pinned_zone_data()

_FIRST, _LAST = date(2026, 1, 1), date(2027, 12, 31)
ALL_ZONES = [ZoneInfo(name) for name in sorted(available_timezones())]


@cache
def transition_days(zone: ZoneInfo) -> list[date]:
    """The days of 2026 and 2027 on which the clocks of ``zone`` change; there may be none."""
    days = (_FIRST + timedelta(days=n) for n in range((_LAST - _FIRST).days + 1))
    return [day for day in days if _offset(day, zone) != _offset(day + timedelta(days=1), zone)]


def _offset(day: date, zone: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, time(0), tzinfo=zone).utcoffset()


def changes_of(zone: ZoneInfo, which: int) -> date:
    """One of the days on which the clocks change; a summer's day where they never do."""
    days = transition_days(zone) or [date(2026, 7, 1)]
    return days[which % len(days)]


def days_of_change(middle: datetime, zone: ZoneInfo) -> list[date]:
    """Local days around ``middle``."""
    day = middle.astimezone(zone).date()
    return [day + timedelta(days=shift) for shift in (-1, 0, 1)]


# ---- every way to take a medicine


def _rising(least: int, most: int, size: int) -> st.SearchStrategy[tuple[int, ...]]:
    some = st.sets(st.integers(least, most), min_size=1, max_size=size)
    return some.map(lambda numbers: tuple(sorted(numbers)))


WALLS = st.builds(time, st.integers(0, 23), st.sampled_from((0, 5, 30, 45)))


def _clocks(size: int) -> st.SearchStrategy[tuple[time, ...]]:
    return st.sets(WALLS, min_size=size, max_size=size).map(lambda walls: tuple(sorted(walls)))


def days_near(day: date) -> st.SearchStrategy[Days]:
    """Every kind of days, with an anchor before or after ``day``."""
    anchors = st.integers(-40, 40).map(lambda shift: day + timedelta(days=shift))
    dates = _rising(-5, 40, 8).map(lambda shifts: tuple(day + timedelta(days=shift) for shift in shifts))
    return st.one_of(
        st.builds(EveryDay),
        st.builds(EveryNDays, n=st.integers(2, 10), anchor=anchors),
        st.builds(Weekly, weekdays=_rising(0, 6, 7), every=st.integers(1, 4), anchor=anchors),
        st.builds(Monthly, days=_rising(1, 31, 6), every=st.integers(1, 3), anchor=anchors),
        st.builds(OnDates, dates=dates),
        st.builds(Cycle, on=st.integers(1, 8), off=st.integers(1, 8), anchor=anchors),
    )


def _fixed_times() -> st.SearchStrategy[FixedTimes]:
    def of_size(size: int) -> st.SearchStrategy[FixedTimes]:
        return st.builds(FixedTimes, wall_times=_clocks(size), weekend=st.one_of(st.just(()), _clocks(size)))

    return st.integers(1, 4).flatmap(of_size)


def _at_events() -> st.SearchStrategy[AtEvents]:
    without = st.builds(AtEvent, when=st.sampled_from(When))
    offsets = st.builds(
        AtEvent,
        when=st.sampled_from([when for when in When if when not in WITHOUT_OFFSET]),
        offset=st.sampled_from((0, 15, 90, 720)),
    )
    events = st.lists(st.one_of(without, offsets), min_size=1, max_size=4, unique=True)
    return events.map(lambda some: AtEvents(events=tuple(some)))


def every_hours() -> st.SearchStrategy[EveryHours]:
    """Of those that keep clock times as many as of those that elapse."""
    hours = st.sampled_from((1, 2, 4, 6, 8, 12, 24, 5, 7, 10, 23, 25, 36, 48, 72))
    return st.builds(EveryHours, hours=hours, first=WALLS)


def timings() -> st.SearchStrategy[Timing]:
    """Every kind of timing that is ever due."""
    by_number = st.builds(TimesADay, n=st.integers(1, 5))
    return st.one_of(_fixed_times(), by_number, _at_events(), every_hours())


AMOUNTS = st.sampled_from([Decimal(text) for text in ("0.5", "1", "2", "2.5")])


def phases_near(day: date, kinds: st.SearchStrategy[Timing] | None = None) -> st.SearchStrategy[Phase]:
    """Phases of every kind that begin some days before ``day``, or on it."""
    differing = st.builds(
        AmountAt,
        amount=AMOUNTS,
        time_index=st.one_of(st.none(), st.integers(0, 3)),
        weekdays=st.one_of(st.just(()), _rising(0, 6, 3)),
    )

    def of(timing: Timing) -> st.SearchStrategy[Phase]:
        hours = isinstance(timing, EveryHours)
        return st.builds(
            Phase,
            first_day=st.integers(-20, 0).map(lambda shift: day + timedelta(days=shift)),
            last_day=st.one_of(st.none(), st.integers(0, 30).map(lambda shift: day + timedelta(days=shift))),
            days=st.just(EveryDay()) if hours else days_near(day),
            timing=st.just(timing),
            amount=AMOUNTS,
            amounts=st.lists(differing, max_size=2).map(tuple),
            turns=st.just(()) if hours else st.lists(AMOUNTS, max_size=3).map(tuple),
            count=st.one_of(st.none(), st.integers(1, 60)),
        )

    return (timings() if kinds is None else kinds).flatmap(of)


def routines() -> st.SearchStrategy[Routine]:
    """The standard one, and one that goes to bed after midnight."""
    late = {When.CV: time(23, 30), When.HS: time(0, 30), When.NIGHT: time(0, 5)}
    events = tuple((when, late.get(when, wall)) for when, wall in STANDARD_ROUTINE.events)
    return st.sampled_from((STANDARD_ROUTINE, Routine(events=events, meal_offset=60)))
