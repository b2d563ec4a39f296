"""One dosage of an order as phases of our own model, with what cuts their first and last day."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from heapq import merge
from itertools import chain, islice, pairwise

from msgspec import Struct
from msgspec.structs import replace

from skill.domain.expansion import Occurrence, expand
from skill.domain.timings import FixedTimes, OnDates, Phase
from skill.errors import InvalidError
from skill.fhir.bounds import Stretch
from skill.fhir.dates import day_after, instant
from skill.fhir.frame import Frame
from skill.fhir.repeat_reading import Plan
from skill.fhir.why import Notes, Why

_FOREVER = timedelta(days=366 * 200)


class Line(Struct, frozen=True, kw_only=True):
    """A phase, cut to the moments from ``since`` to before ``until`` where they fall into a day."""

    phase: Phase
    since: datetime | None = None
    until: datetime | None = None


def line_of(plan: Plan, amount: Decimal, stretch: Stretch, count: int | None, at: str) -> Line:
    """``plan`` in ``stretch``; the phase ends after ``count`` doses. ``InvalidError`` names ``at``."""
    try:
        phase = Phase(
            first_day=stretch.first_day,
            last_day=stretch.last_day,
            days=plan.days,
            timing=plan.timing,
            amount=amount,
            count=count,
        )
    except InvalidError as error:
        raise InvalidError(f"{at}.timing.repeat.{error.field}", error.problem) from error
    return Line(phase=phase, since=stretch.since, until=stretch.until)


def lines_of_events(
    events: tuple[str, ...], amount: Decimal, frame: Frame, at: str, notes: Notes
) -> tuple[Line, ...]:
    """``Timing.event``: a phase for each day, at its clock times; a whole day means once a day."""
    walls: dict[date, set[time]] = {}
    for number, text in enumerate(events):
        where = f"{at}.event[{number}]"
        found = instant(text, frame.zone, where, notes)
        if found is None:
            continue
        local = None if found.moment is None else found.moment.astimezone(frame.zone)
        if local is not None and (local.second or local.microsecond):
            notes.add(Why.NOT_HELD, where, "is no whole minute; its seconds are left out")
        wall = local.time().replace(second=0, microsecond=0) if local else frame.routine.times_a_day[0][0]
        walls.setdefault(found.first, set()).add(wall)
    lines = []
    for day in sorted(walls):
        days = OnDates(dates=(day,))
        timing = FixedTimes(wall_times=tuple(sorted(walls[day])))
        lines.append(Line(phase=Phase(first_day=day, last_day=day, days=days, timing=timing, amount=amount)))
    return tuple(lines)


def moments(lines: tuple[Line, ...], frame: Frame, start: datetime, end: datetime) -> Iterator[Occurrence]:
    """The pure expansion of all lines in [start, end): rising, no moment twice."""
    last: datetime | None = None
    for occurrence in merge(*(_of_line(line, frame, start, end) for line in lines)):
        if occurrence.moment != last:
            yield occurrence
        last = occurrence.moment


def _of_line(line: Line, frame: Frame, start: datetime, end: datetime) -> Iterator[Occurrence]:
    since, until = line.since, line.until
    phase = line.phase
    if since is not None and phase.count is not None:
        phase = replace(phase, count=phase.count + _cut_off(line, frame, since))
    start, end = max(start, since or start), min(end, until or end)
    return expand((phase,), frame.routine, frame.zone, start, end)


def _cut_off(line: Line, frame: Frame, since: datetime) -> int:
    """How many doses of the first day lie before ``since``: they do not count."""
    phase = replace(line.phase, count=None)
    return sum(1 for _ in expand((phase,), frame.routine, frame.zone, since - timedelta(days=2), since))


def last_day(lines: tuple[Line, ...], frame: Frame) -> Stretch | None:
    """The day after the last that ``lines`` plan, as the beginning of what follows; None: no end."""
    ends = []
    for line in lines:
        if line.phase.last_day is not None:
            ends.append(line.phase.last_day)
        elif line.phase.count is not None:
            start = _midnight(line.phase.first_day, frame)
            *_, last = chain([None], _of_line(line, frame, start, start + _FOREVER))
            ends.append(last.moment.astimezone(frame.zone).date() if last else line.phase.first_day)
        else:
            return None
    return Stretch(first_day=day_after(max(ends)), given=True) if ends else None


def has_ended(line: Line, frame: Frame) -> bool:
    """Whether nothing of it is left on ``as_of`` and later."""
    now = _midnight(frame.as_of, frame)
    phase = line.phase
    if (phase.last_day is not None and phase.last_day < frame.as_of) or (line.until and line.until <= now):
        return True
    if phase.count is None and not isinstance(phase.days, OnDates):
        return False
    return next(_of_line(line, frame, now, now + _FOREVER), None) is None


def shortest_gap(lines: tuple[Line, ...], frame: Frame) -> float | None:
    """The least time between two of the first doses, in days; None with fewer than two."""
    if not lines:
        return None
    start = _midnight(min(line.phase.first_day for line in lines), frame)
    first = [moment for moment, _ in islice(moments(lines, frame, start, start + _FOREVER), 200)]
    gaps = [(after - before) / timedelta(days=1) for before, after in pairwise(first)]
    return min(gaps, default=None)


def _midnight(day: date, frame: Frame) -> datetime:
    return datetime.combine(day, time(), tzinfo=frame.zone)
