"""From phases to moments: streaming, rising, each wall time once on each local day (design §7).

A wall time that the clocks leave out is moved forward by what they leave out; one that they show twice
means the first. Equal moments are one dose: the one planned first. ``timing`` puts versions of a plan
together; this is one version, for ever.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from heapq import merge
from itertools import chain, islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from skill.domain.chosen_days import chosen, how_many, weekday_of
from skill.domain.day_times import MINUTES_OF_A_DAY, clock_minutes, keeps_clock_times
from skill.domain.timings import SATURDAY, AsNeeded, EveryHours, FixedTimes, Phase, Routine

_A_DAY = timedelta(days=1)
# Nothing is planned beyond: arithmetic with moments ends soon after.
_FIRST_DAY, _LAST_DAY = date(2, 1, 1), date(9990, 12, 31)
_END = datetime.combine(_LAST_DAY, time(), tzinfo=UTC)
# Of clocks against UTC: 12 hours behind, and a day that a place left out puts its moments onto the next one.
_BEHIND, _AHEAD = timedelta(hours=36), timedelta(hours=14)


class Occurrence(NamedTuple):
    """A moment in UTC at which something is to be taken, and how much of it."""

    moment: datetime
    amount: Decimal


def expand(
    phases: tuple[Phase, ...], routine: Routine, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[Occurrence]:
    """What ``phases`` plan in [start, end), rising, no moment twice, in constant memory.

    What a phase counts (doses, days of a cycle, turns) is counted from its own beginning, wherever the
    stretch lies. Where phases meet in one moment, the earlier phase has it.
    """
    end = min(end, _END)
    streams = [_of_phase(phase, routine, zone, start, end) for phase in phases]
    if len(streams) == 1:
        return streams[0]
    return _distinct(merge(*streams, key=_moment))


def _moment(occurrence: Occurrence) -> datetime:
    return occurrence.moment


def _distinct(rising: Iterable[Occurrence]) -> Iterator[Occurrence]:
    last: datetime | None = None
    for occurrence in rising:
        if occurrence.moment != last:
            yield occurrence
        last = occurrence.moment


def _of_phase(
    phase: Phase, routine: Routine, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[Occurrence]:
    if isinstance(phase.timing, AsNeeded) or start >= end or phase.first_day > _LAST_DAY:
        return iter(())
    if isinstance(phase.timing, EveryHours) and not keeps_clock_times(phase.timing):
        return _elapsed(phase, phase.timing, zone, start, end)
    if phase.count is not None:
        end = min(end, end_of_count(phase, routine, zone))
    return _clocked(phase, routine, zone, start, end)


@lru_cache(maxsize=1024)
def end_of_count(phase: Phase, routine: Routine, zone: ZoneInfo) -> datetime:
    """Just behind the last dose that ``count`` allows; the end of time when its days end before that."""
    beginning = datetime.combine(max(phase.first_day, _FIRST_DAY), time(), tzinfo=UTC) - 2 * _BEHIND
    count = phase.count or 0
    doses = islice(_of_phase(replace(phase, count=None), routine, zone, beginning, _END), count - 1, count)
    return next((moment + timedelta.resolution for moment, _ in doses), _END)


# ---- clock times on days


class _Slot(NamedTuple):
    """One time of a day. ``carry``: days later (or earlier); ``after``: since midnight, on the clock;
    ``amount``: None where turns decide it.
    """

    carry: int
    wall: time
    after: timedelta
    amount: Decimal | None


def _week(phase: Phase, routine: Routine) -> list[tuple[_Slot, ...]]:
    """The times of each weekday, from Monday on."""
    weekend = isinstance(phase.timing, FixedTimes) and phase.timing.weekend
    if not phase.amounts and not weekend:
        return [_slots(phase, routine, 0)] * 7
    return [_slots(phase, routine, weekday) for weekday in range(7)]


def _slots(phase: Phase, routine: Routine, weekday: int) -> tuple[_Slot, ...]:
    minutes = clock_minutes(phase.timing, routine, weekend=weekday >= SATURDAY)
    slots = []
    for index, minute in enumerate(minutes):
        carry, rest = divmod(minute, MINUTES_OF_A_DAY)
        amount = _fixed_amount(phase, index, weekday)
        slots.append(_Slot(carry, time(rest // 60, rest % 60), timedelta(minutes=minute), amount))
    return tuple(slots)


def _fixed_amount(phase: Phase, index: int, weekday: int) -> Decimal | None:
    for other in phase.amounts:
        fits = other.time_index in (None, index) and (not other.weekdays or weekday in other.weekdays)
        if fits:
            return other.amount
    return None if phase.turns else phase.amount


def _clocked(
    phase: Phase, routine: Routine, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[Occurrence]:
    """The clock times of the chosen days in [start, end).

    Most days lie whole in the stretch and have 24 hours: they need no more than additions.
    """
    week = _week(phase, routine)
    reach = max(abs(slot.carry) for slot in (*week[0], *week[-1]))
    first = max(phase.first_day, _day_of(start - _BEHIND - reach * _A_DAY)).toordinal()
    last = min(phase.last_day or _LAST_DAY, _day_of(end + _AHEAD + reach * _A_DAY)).toordinal()
    if first > last:
        return
    if phase.turns or reach:
        yield from _within(_batches(phase, week, zone, first, last), start, end)
        return
    # Of these days every moment lies in [start, end), wherever in the world they are.
    whole = max(_day_of(start + 2 * _A_DAY).toordinal(), first + 1), end.toordinal() - 2
    done = first - 1
    for begin, until in _close_days(zone, first, last, *whole):
        if done + 1 < begin:
            yield from _steady(chosen(phase.days, done + 1, begin - 1), week, _offset(done + 1, zone))
        yield from _within(_batches(phase, week, zone, begin, until), start, end)
        done = until


def _day_of(moment: datetime) -> date:
    return min(moment.date(), _LAST_DAY)


def _steady(days: Iterable[int], week: list[tuple[_Slot, ...]], offset: timedelta) -> Iterator[Occurrence]:
    """Days that have 24 hours; no amount takes turns, no time leaves its day."""
    make, day_of, combine, midnight = tuple.__new__, date.fromordinal, datetime.combine, time()
    for ordinal in days:
        begins = combine(day_of(ordinal), midnight, UTC) - offset
        for _, _, after, amount in week[(ordinal + 6) % 7]:
            yield make(Occurrence, (begins + after, amount))


def _close_days(zone: ZoneInfo, first: int, last: int, inner: int, until: int) -> Iterator[tuple[int, int]]:
    """The stretches of [first, last] to look at closely, rising, apart; what follows the last one is empty.

    Those are the days outside [inner, until], those on which the clocks change, and the day after each.
    """
    begin, end = first, inner - 1
    changes = ((day, day + 1) for day in _changes(zone, inner - 1, min(until, last)))
    for opens, closes in chain(changes, [(min(until, last) + 1, last)]):
        if opens > end + 1:
            yield begin, end
            begin = opens
        end = max(end, closes)
    yield begin, min(end, last)


def _changes(zone: ZoneInfo, first: int, last: int) -> Iterator[int]:
    """The days of [first, last] that have not 24 hours of one offset in ``zone``, and a few more."""
    for year in range(date.fromordinal(first).year, date.fromordinal(last).year + 1):
        yield from (day for day in _changes_of_year(zone, year) if first <= day <= last)


@lru_cache(maxsize=4096)
def _changes_of_year(zone: ZoneInfo, year: int) -> tuple[int, ...]:
    days = range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    offsets = [_offset(day, zone) for day in (*days, days.stop)]
    changes = [day for day, now, after in zip(days, offsets, offsets[1:], strict=False) if now != after]
    # Where clocks never change, the end of some years stops the search for the next change.
    return tuple(changes) if year % 8 else (*changes, days[-1])


def _offset(ordinal: int, zone: ZoneInfo) -> timedelta:
    """Of the clocks of ``zone`` against UTC when the day begins."""
    return datetime.combine(date.fromordinal(ordinal), time(), zone).utcoffset() or timedelta()


def _within(batches: Iterable[list[Occurrence]], start: datetime, end: datetime) -> Iterator[Occurrence]:
    """What lies in [start, end), rising, no moment twice.

    A day may begin before the day before it is over: clocks that go forward at midnight, offsets that
    leave the day. But no day begins before the one before it begins.
    """
    pending: list[Occurrence] = []
    for batch in batches:
        held = [one for one in pending if one.moment >= batch[0].moment]
        for occurrence in pending[: len(pending) - len(held)]:
            if occurrence.moment >= end:
                return
            if occurrence.moment >= start:
                yield occurrence
        pending = _in_order([*held, *batch]) if held else batch
    yield from (one for one in pending if start <= one.moment < end)


def _in_order(occurrences: list[Occurrence]) -> list[Occurrence]:
    return list(_distinct(sorted(occurrences, key=_moment)))


def _batches(
    phase: Phase, week: list[tuple[_Slot, ...]], zone: ZoneInfo, first: int, last: int
) -> Iterator[list[Occurrence]]:
    """The doses of each chosen day in [first, last], rising, none twice."""
    begins = phase.first_day.toordinal()
    turn = how_many(phase.days, begins, first) if phase.turns else 0
    amount = phase.amount
    for ordinal in chosen(phase.days, first, last):
        if phase.turns:
            amount = phase.turns[turn % len(phase.turns)]
            turn += 1
        found = []
        for carry, wall, _, fixed in week[weekday_of(ordinal)]:
            moment = datetime.combine(date.fromordinal(ordinal + carry), wall, zone).astimezone(UTC)
            found.append(Occurrence(moment, amount if fixed is None else fixed))
        if ordinal == begins and isinstance(phase.timing, EveryHours):
            found = found[phase.timing.first.hour // phase.timing.hours :]
        yield _in_order(found)


# ---- elapsed hours


def _elapsed(
    phase: Phase, timing: EveryHours, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[Occurrence]:
    """Every so many hours of elapsed time from the first moment of the phase on."""
    step = timedelta(hours=timing.hours)
    base = datetime.combine(max(phase.first_day, _FIRST_DAY), timing.first, zone).astimezone(UTC)
    end = min(end, _midnight(min(phase.last_day or _LAST_DAY, _LAST_DAY) + _A_DAY, zone))
    number = max(0, -((base - start) // step))
    until = -((base - end) // step)
    if phase.count is not None:
        until = min(until, phase.count)
    for n in range(number, until):
        moment = base + n * step
        yield Occurrence(moment, _amount_of(phase, moment, base, step, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _amount_of(phase: Phase, moment: datetime, base: datetime, step: timedelta, zone: ZoneInfo) -> Decimal:
    if not phase.amounts:
        return phase.amount
    day = moment.astimezone(zone).date()
    index = (moment - max(base, _midnight(day, zone))) // step
    return _fixed_amount(phase, index, day.weekday()) or phase.amount
