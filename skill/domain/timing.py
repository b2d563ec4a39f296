"""From wall times to moments, and from a moment to its window."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from skill.domain.regimen import Criticality, Medication, Phase, Regimen

DAY_BOUNDARY = time(3)  # design §3: a local day runs from 03:00, fair to late evening doses
LATE_LIMIT = timedelta(hours=4)  # a window closes this long after due, or when the next one opens
LATE_REPORT_LIMIT = timedelta(hours=36)  # design §2: how long "taken" may still follow
_A_DAY = timedelta(days=1)


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
    """The day a person would call it: before 03:00 it is still the day before."""
    local = moment.astimezone(zone)
    return local.date() if local.time() >= DAY_BOUNDARY else local.date() - _A_DAY


def next_day_boundary(now: datetime, zone: ZoneInfo) -> datetime:
    """The first 03:00 in ``zone`` that lies after ``now``."""
    return moment_of(local_day(now, zone) + _A_DAY, DAY_BOUNDARY, zone)


def _phase_moments(phase: Phase, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    day = max(phase.first_day, start.astimezone(zone).date() - _A_DAY)
    last = end.astimezone(zone).date() + _A_DAY
    if phase.last_day is not None:
        last = min(last, phase.last_day)
    told: datetime | None = None
    while day <= last:
        for moment in sorted(moment_of(day, wall, zone) for wall in phase.timing.wall_times):
            if start <= moment < end and (told is None or moment > told):
                told = moment
                yield moment
        day += _A_DAY


def moments(regimen: Regimen, start: datetime, end: datetime) -> Iterator[datetime]:
    """The moments that ``regimen`` by itself puts into [start, end), rising, none twice.

    Two wall times that a change of clocks lays on one moment are one dose: prompting both
    would be a double dose.
    """
    start = max(start, regimen.not_before)
    told: datetime | None = None
    for phase in regimen.phases:
        for moment in _phase_moments(phase, regimen.zone, start, end):
            if told is None or moment > told:
                told = moment
                yield moment


def planned(medication: Medication, start: datetime, end: datetime) -> Iterator[tuple[datetime, Regimen]]:
    """Every due moment of a medication in [start, end), rising, with the version that governs it."""
    versions = medication.regimens
    for index, regimen in enumerate(versions):
        until = min(end, versions[index + 1].since) if index + 1 < len(versions) else end
        for moment in moments(regimen, max(start, regimen.since), until):
            yield moment, regimen


def shortest_gap(regimen: Regimen, day: date) -> timedelta:
    """The least time between two planned doses of the phase that holds ``day`` (a day if there is one)."""
    phase = next((p for p in regimen.phases if p.last_day is None or day <= p.last_day), None)
    if phase is None or len(phase.timing.wall_times) == 1:
        return _A_DAY
    minutes = [wall.hour * 60 + wall.minute for wall in phase.timing.wall_times]
    around = [*minutes[1:], minutes[0] + 24 * 60]
    return timedelta(minutes=min(later - earlier for earlier, later in zip(minutes, around, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a statement about a dose counts: early from ``opens_at``, on time until, over at ``closes_at``.

    Labels the record only; no alert waits for it.
    """

    opens_at: datetime
    on_time_until: datetime
    closes_at: datetime


def window_of(medication: Medication, regimen: Regimen, due: datetime) -> Window:
    """The window of the dose due at ``due``.

    Tolerance: ISMP timely administration guidelines: time-critical 30 min; more often than daily
    1 h; daily or less often 2 h. Two windows of one medication never overlap.
    """
    gap = shortest_gap(regimen, due.astimezone(regimen.zone).date())
    if medication.criticality is Criticality.TIME_CRITICAL:
        tolerance = timedelta(minutes=30)
    else:
        tolerance = timedelta(hours=2 if gap >= _A_DAY else 1)
    tolerance = min(tolerance, gap / 3)
    closes = min(due + LATE_LIMIT, due + gap - tolerance)
    return Window(
        opens_at=due - tolerance, on_time_until=due + tolerance, closes_at=max(closes, due + tolerance)
    )
