"""From wall times to moments, and from a moment to its window."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.domain.day_times import least_gap
from skill.domain.expansion import end_of_count, expand
from skill.domain.regimen import Criticality, Medication, Regimen
from skill.domain.timings import (
    STANDARD_ROUTINE,
    AsNeeded,
    EveryDay,
    FixedTimes,
    OnDates,
    Phase,
    Routine,
    TimesADay,
)

DAY_BOUNDARY = time(3)  # design §3: a local day runs from 03:00, fair to late evening doses
LATE_LIMIT = timedelta(hours=4)  # a window closes this long after due, or when the next one opens
LATE_REPORT_LIMIT = timedelta(hours=36)  # design §2: how long "taken" may still follow
_A_DAY, _A_FORTNIGHT = timedelta(days=1), timedelta(days=14)
# Of clocks against UTC: 12 hours behind, and a day that a place left out puts its moments onto the next one.
_BEHIND, _AHEAD = timedelta(hours=36), timedelta(hours=14)
_NEAR = timedelta(days=3)  # from the day of a plan to that of its moment, at most
_OFTEN = timedelta(hours=20)  # a nearer neighbour means more often than daily; a day may have 23 hours


class Period(StrEnum):
    """The four times of day of the Universal Medication Schedule."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
    BEDTIME = "bedtime"


def period_at(wall: time) -> Period:
    """Morning from 03:00, noon from 11:00, evening from 16:00, bedtime from 21:00."""
    if wall < DAY_BOUNDARY or wall >= time(21):
        return Period.BEDTIME
    if wall < time(11):
        return Period.MORNING
    return Period.NOON if wall < time(16) else Period.EVENING


def moment_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The UTC moment at which a clock in ``zone`` shows ``wall`` on ``day``.

    Spring gap: moved forward by the length of the gap (02:30 becomes 03:30).
    Autumn repeat: the first of the two moments.
    """
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The day a person would call it: before 03:00 it is still the day before.

    Every day is the stretch from its own 03:00 to the next one, also where a clock shows 03:00
    twice or never.
    """
    day = moment.astimezone(zone).date()
    while moment_of(day, DAY_BOUNDARY, zone) > moment:
        day -= _A_DAY
    return day


def next_day_boundary(now: datetime, zone: ZoneInfo) -> datetime:
    """The first 03:00 in ``zone`` that lies after ``now``."""
    return moment_of(local_day(now, zone) + _A_DAY, DAY_BOUNDARY, zone)


@lru_cache(maxsize=4096)
def _daily(walls: tuple[time, ...], since: date, until: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moments of ``walls`` on the days [since, until]: the patients of a zone share them."""
    start, end = _midnight(since - _NEAR), _midnight(until + _NEAR)
    phase = Phase(first_day=since, last_day=until, timing=FixedTimes(wall_times=walls))
    return tuple(one.moment for one in expand((phase,), STANDARD_ROUTINE, zone, start, end))


@lru_cache(maxsize=4096)
def _of_days(phase: Phase, routine: Routine, first: date, last: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """What ``phase`` plans on the days [first, last] of UTC."""
    start, end = _midnight(first), _midnight(last + _A_DAY)
    return tuple(one.moment for one in expand((phase,), routine, zone, start, end))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _daily_walls(phase: Phase, routine: Routine) -> tuple[time, ...] | None:
    """The clock times of a phase that are the same on every day; None where there is more to it."""
    timing = phase.timing
    if phase.count is not None or phase.days.__class__ is not EveryDay:
        return None
    if timing.__class__ is TimesADay:
        return routine.times_a_day[timing.n - 1]
    return timing.wall_times if timing.__class__ is FixedTimes and not timing.weekend else None


def moments(regimen: Regimen, start: datetime, end: datetime) -> tuple[datetime, ...]:
    """The moments that ``regimen`` by itself puts into [start, end), in UTC, rising, none twice.

    What moments are is the business of ``expand``; this keeps near stretches at hand, which are asked
    for over and over. For a stretch of years, ``expand`` streams.
    """
    start = max(start, regimen.not_before)
    first, last = (start - _BEHIND).date(), (end + _AHEAD).date()
    near = end - start <= _A_FORTNIGHT
    found: list[tuple[datetime, ...]] = []
    for phase in regimen.phases:
        since = max(first, phase.first_day)
        until = last if phase.last_day is None else min(last, phase.last_day)
        walls = _daily_walls(phase, regimen.routine)
        if until < since:
            continue
        if not near:
            some = expand((phase,), regimen.routine, regimen.zone, start, end)
            found.append(tuple(one.moment for one in some))
        elif walls is not None:
            found.append(_daily(walls, since, until, regimen.zone))
        else:
            found.append(_of_days(phase, regimen.routine, start.date(), end.date(), regimen.zone))
    every = found[0] if len(found) == 1 else tuple(sorted({moment for some in found for moment in some}))
    return every[bisect_left(every, start) : bisect_left(every, end)]


def planned(medication: Medication, start: datetime, end: datetime) -> list[tuple[datetime, Regimen]]:
    """Every due moment of a medication in [start, end), rising, with the version that governs it."""
    found: list[tuple[datetime, Regimen]] = []
    until = end
    for regimen in reversed(medication.regimens):
        if until > start:
            dues = moments(regimen, max(start, regimen.since), until)
            found[:0] = [(moment, regimen) for moment in dues]
        until = min(until, regimen.since)
    return found


def followed(
    medication: Medication, start: datetime, end: datetime
) -> Iterator[tuple[datetime, Regimen, datetime | None]]:
    """``planned``, each with the moment of the next dose; None: no near one."""
    doses = planned(medication, start, end + _OFTEN)
    following = [due for due, _ in doses[1:]]
    for (due, regimen), after in zip_longest(doses, following):
        if due >= end:
            return
        yield due, regimen, after


def shortest_gap(regimen: Regimen, day: date) -> timedelta:
    """The least time between two planned doses of the phase that holds ``day``; a day if there are no two."""
    phase = next((p for p in regimen.phases if p.last_day is None or day <= p.last_day), None)
    return (least_gap(phase, regimen.routine) if phase is not None else None) or _A_DAY


def amount_at(regimen: Regimen, due: datetime) -> Decimal | None:
    """How much the version plans at ``due``; None when it plans nothing then."""
    day = due.astimezone(regimen.zone).date()
    near = tuple(
        phase
        for phase in regimen.phases
        if phase.first_day - _NEAR <= day and (phase.last_day is None or day <= phase.last_day + _NEAR)
    )
    if len(near) == 1 and near[0].one_amount:
        return near[0].amount
    found = next(expand(near, regimen.routine, regimen.zone, due, due + timedelta.resolution), None)
    return found.amount if found is not None else None


def usual_amount(regimen: Regimen) -> Decimal | None:
    """How much the version plans in its last phase; None when amounts differ there, or it is stopped."""
    return regimen.phases[-1].amount if regimen.phases and regimen.phases[-1].one_amount else None


def may_still_plan(regimen: Regimen, after: datetime) -> bool:
    """Whether the version may have a dose behind ``after``; True in doubt."""
    return any(_may_still_plan(phase, regimen, after) for phase in regimen.phases)


def _may_still_plan(phase: Phase, regimen: Regimen, after: datetime) -> bool:
    if isinstance(phase.timing, AsNeeded):
        return False
    if isinstance(phase.days, OnDates) and phase.days.dates[-1] + _NEAR < after.date():
        return False
    if phase.last_day is not None and phase.last_day < after.date():
        return False
    return phase.count is None or after < end_of_count(phase, regimen.routine, regimen.zone)


class Window(Struct, frozen=True, kw_only=True):
    """When a statement about a dose counts: early from ``opens_at``, on time until, over at ``closes_at``.

    Labels the record only; no alert waits for it.
    """

    opens_at: datetime
    on_time_until: datetime
    closes_at: datetime


class Occasion(NamedTuple):
    """A planned dose before anything is known of it."""

    due: datetime
    regimen: Regimen
    window: Window


def tolerance(medication: Medication, gap: timedelta) -> timedelta:
    """How far from its moment a dose still counts as on time, ``gap`` from its nearer neighbour.

    ISMP timely administration guidelines: time-critical 30 min; more often than daily 1 h; daily or
    less often 2 h. Never more than a third of the gap.
    """
    if medication.criticality is Criticality.TIME_CRITICAL:
        most = timedelta(minutes=30)
    else:
        most = timedelta(hours=2 if gap > _OFTEN else 1)
    return min(most, gap / 3)


def window_end(medication: Medication, due: datetime, following: datetime | None) -> datetime:
    """When the window of the dose due at ``due`` closes: after four hours, or when the next one opens."""
    limit = due + LATE_LIMIT
    if following is None or following - due > _OFTEN:
        return limit
    return min(limit, following - tolerance(medication, following - due))


def windows(medication: Medication, start: datetime, end: datetime) -> Iterator[Occasion]:
    """The occasions of a medication due in [start, end), rising, each with its version and its window.

    Two windows of one medication never overlap: a change of clocks or of plan may bring its doses
    closer together, so each window is measured against its real neighbours.
    """
    before: datetime | None = None
    for due, regimen, following in followed(medication, start - _OFTEN, end):
        if due >= start:
            yield Occasion(due, regimen, _window(medication, due, before, following))
        before = due


def _window(
    medication: Medication, due: datetime, before: datetime | None, following: datetime | None
) -> Window:
    gaps = [due - before] if before else []
    gaps += [following - due] if following else []
    around = tolerance(medication, min(gaps, default=_A_DAY))
    return Window(
        opens_at=due - around,
        on_time_until=due + around,
        closes_at=window_end(medication, due, following),
    )


def window_of(medication: Medication, regimen: Regimen, due: datetime) -> Window:
    """The window of the dose due at ``due``; of a version that is gone, by that version's own times."""
    for occasion in windows(medication, due, due + timedelta.resolution):
        return occasion.window
    gap = shortest_gap(regimen, due.astimezone(regimen.zone).date())
    return _window(medication, due, due - gap, due + gap)
