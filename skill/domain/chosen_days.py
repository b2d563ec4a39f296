"""The days of a phase, as ordinals: walked from wherever one asks, and counted without walking."""

from bisect import bisect_left
from calendar import isleap
from collections.abc import Iterable, Iterator
from datetime import date
from typing import assert_never

from skill.domain.timings import Cycle, Days, EveryDay, EveryNDays, Monthly, OnDates, Weekly

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY = 1


def weekday_of(ordinal: int) -> int:
    """As ``date.weekday`` counts."""
    return (ordinal + 6) % 7


def chosen(days: Days, first: int, last: int) -> Iterable[int]:
    """The days of [first, last] that ``days`` names, rising; nothing before ``first`` is walked through."""
    match days:
        case EveryDay():
            return range(first, last + 1)
        case EveryNDays(n=n, anchor=anchor):
            return range(first + (anchor.toordinal() - first) % n, last + 1, n)
        case Weekly():
            return _weekly(days, first, last)
        case Monthly():
            return _monthly(days, first, last)
        case OnDates(dates=dates):
            return (n for n in (day.toordinal() for day in dates) if first <= n <= last)
        case Cycle(on=on, off=off, anchor=anchor):
            begin = first - (first - anchor.toordinal()) % (on + off)
            cycles = range(begin, last + 1, on + off)
            return (day for one in cycles for day in range(max(one, first), min(one + on - 1, last) + 1))
        case _:
            assert_never(days)


def _monday_of(ordinal: int) -> int:
    return ordinal - weekday_of(ordinal)


def _weekly(days: Weekly, first: int, last: int) -> Iterator[int]:
    step, monday = 7 * days.every, _monday_of(first)
    monday += (_monday_of(days.anchor.toordinal()) - monday) % step
    for week in range(monday, last + 1, step):
        for day in days.weekdays:
            if first <= week + day <= last:
                yield week + day


def _monthly(days: Monthly, first: int, last: int) -> Iterator[int]:
    month, until = _month_of(date.fromordinal(first)), _month_of(date.fromordinal(last))
    month += (_month_of(days.anchor) - month) % days.every
    for number in range(month, until + 1, days.every):
        year, index = divmod(number, 12)
        length = _LENGTHS[index] + (index == _FEBRUARY and isleap(year))
        before = date(year, index + 1, 1).toordinal() - 1
        done = 0
        for day in days.days:
            ordinal = before + (day if day <= length else length)  # noqa: FURB136 - a call costs more
            if first <= ordinal <= last and ordinal != done:
                yield ordinal
            done = ordinal


def _month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def how_many(days: Days, first: int, until: int) -> int:
    """How many days of [first, until) ``days`` names, reckoned and not walked where that can be."""
    match days:
        case EveryDay():
            return len(range(first, until))
        case EveryNDays(n=n, anchor=anchor):
            return len(range(first + (anchor.toordinal() - first) % n, until, n))
        case Weekly(weekdays=weekdays, every=every):
            monday, step = _monday_of(days.anchor.toordinal()), 7 * every
            begins = (first + (monday + day - first) % step for day in weekdays)
            return sum(len(range(begin, until, step)) for begin in begins)
        case Cycle():
            return _on_days(days, until) - _on_days(days, first)
        case OnDates(dates=dates):
            ordinals = [day.toordinal() for day in dates]
            return max(0, bisect_left(ordinals, until) - bisect_left(ordinals, first))
        case Monthly():
            return sum(1 for _ in _monthly(days, first, until - 1))
        case _:
            assert_never(days)


def _on_days(cycle: Cycle, until: int) -> int:
    """How many days with doses lie between the anchor and ``until``; below 0 before the anchor."""
    whole, rest = divmod(until - cycle.anchor.toordinal(), cycle.on + cycle.off)
    return whole * cycle.on + min(rest, cycle.on)
