"""Which doses a statement may mean."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.domain.chart import Chart
from skill.domain.doses import Dose, DoseKey, DoseState, How
from skill.domain.identity import MedicationId
from skill.domain.regimen import closes
from skill.domain.said import Scope
from skill.domain.timing import LATE_REPORT_LIMIT, local_day, moment_of, period_at

_EARLIEST = timedelta(hours=3)  # no window opens longer before its due moment
_A_DAY = timedelta(days=1)


class Found(Struct, frozen=True, kw_only=True):
    """The doses within a scope: due, early (window open, moment not come), closed without "taken", taken.

    ``superseded``: those that a changed plan took the place of before anything was said of them.
    """

    due: tuple[Dose, ...]
    early: tuple[Dose, ...]
    closed: tuple[Dose, ...]
    taken: tuple[Dose, ...]
    superseded: tuple[Dose, ...]

    @property
    def open(self) -> tuple[Dose, ...]:
        return self.due + self.early

    @property
    def partly(self) -> tuple[Dose, ...]:
        """Closed with a part of it told as taken: what is told now may be the rest."""
        return tuple(d for d in self.taken if d.partly)

    @property
    def silent(self) -> tuple[Dose, ...]:
        """Closed, and nobody has said a word about them."""
        return tuple(d for d in self.closed if d.outcome is not None and d.outcome.how is How.SILENCE)


def find(chart: Chart, scope: Scope, at: datetime, now: datetime) -> Found:
    """Sort the doses of ``scope`` as they stood at ``at`` (when it was taken) and are known at ``now``."""
    zone = chart.plan.patient.zone
    doses = [d for d in chart.doses(now - LATE_REPORT_LIMIT, now + _EARLIEST) if _speaks_of(scope, d, zone)]
    begun = [d for d in doses if d.window.opens_at <= at]
    if scope.packet and begun:
        last_day = max(local_day(d.due, zone) for d in begun)
        begun = [d for d in begun if local_day(d.due, zone) == last_day]
    begun.sort(key=lambda d: (d.due, d.medication.medication_id))
    return Found(
        due=tuple(d for d in begun if d.due_at(at)),
        early=tuple(d for d in begun if d.open_at(at) and d.due > at),
        closed=tuple(d for d in begun if d.may_be_reported(now)),
        taken=tuple(d for d in begun if d.outcome is not None and d.outcome.state is DoseState.TAKEN),
        superseded=tuple(
            d for d in begun if d.outcome is not None and d.outcome.state is DoseState.SUPERSEDED
        ),
    )


def _speaks_of(scope: Scope, dose: Dose, zone: ZoneInfo) -> bool:
    medication = dose.medication
    if scope.doses and dose.key not in scope.doses:
        return False
    if medication.given_by is not None and not (scope.named or scope.doses):
        return False  # S30: not asked of the patient, so "all" does not mean it either
    if scope.medications and medication.medication_id not in scope.medications:
        return False
    if medication.medication_id in scope.excepted:
        return False
    if scope.group is not None and not closes(scope.group, medication.form):
        return False
    local = dose.due.astimezone(zone).time()
    if scope.period is not None and period_at(local) is not scope.period:
        return False
    return scope.wall is None or _same_clock_face(scope.wall, local)


def _same_clock_face(said: time, local: time) -> bool:
    """Whether a person who says ``said`` can mean ``local``: "eight" fits both eights, "20:00" only one."""
    if said == local:
        return True
    return said.hour <= 12 and (said.hour % 12, said.minute) == (local.hour % 12, local.minute)


def keys(doses: Sequence[Dose]) -> tuple[DoseKey, ...]:
    return tuple(dose.key for dose in doses)


def twice(first: tuple[Dose, ...], second: tuple[Dose, ...]) -> tuple[Dose, ...]:
    """The doses of medications that stand in both: a statement about one of them fits two doses (S20)."""
    both: set[MedicationId] = {d.medication.medication_id for d in first} & {
        d.medication.medication_id for d in second
    }
    fits = [d for d in (*first, *second) if d.medication.medication_id in both]
    return tuple(sorted(fits, key=lambda d: d.due))


def latest(doses: Sequence[Dose]) -> tuple[Dose, ...]:
    """Of each medication the one dose that was due last, by due moment."""
    last: dict[MedicationId, Dose] = {}
    for dose in sorted(doses, key=lambda d: d.due):
        last.pop(dose.medication.medication_id, None)
        last[dose.medication.medication_id] = dose
    return tuple(last.values())


def last_packet(doses: Sequence[Dose], zone: ZoneInfo) -> tuple[Dose, ...]:
    """Those of the same local day and time of day as the one that was due last."""
    if not doses:
        return ()
    names = [(local_day(d.due, zone), period_at(d.due.astimezone(zone).time())) for d in doses]
    return tuple(d for d, name in zip(doses, names, strict=True) if name == names[-1])


class StatedTime(Struct, frozen=True, kw_only=True):
    """A clock time that was said, as a past moment. ``certain``: it cannot be heard in two ways (S20)."""

    at: datetime
    certain: bool


def stated_time(said: time, now: datetime, zone: ZoneInfo, day: date | None = None) -> StatedTime:
    """The latest past moment that ``said`` can mean, of ``day`` where that was said too.

    "Twenty hundred" is one moment if it has passed today; "eight" is two, and a time still to come
    was meant otherwise: both are read back before anything is written.
    """
    today = now.astimezone(zone).date()
    walls = [said]
    if said.hour <= 12:
        walls.append(time((said.hour + 12) % 24, said.minute))
    moments = [moment_of(one, wall, zone) for one in (today, today - _A_DAY) for wall in walls]
    past = [moment for moment in moments if moment <= now]
    of_day = [moment for moment in past if day is None or moment.astimezone(zone).date() == day]
    at = max(of_day or past)
    return StatedTime(at=at, certain=said.hour > 12 and at == moment_of(day or today, said, zone))
