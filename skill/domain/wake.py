"""When a chart next needs attention. Timers are data: one wake, read off the chart."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from msgspec import Struct

from skill.domain.alerts import AlertKind, Detail
from skill.domain.chart import Chart
from skill.domain.doses import Dose, DoseKey, How, Outcome
from skill.domain.ladders import LadderKind
from skill.domain.regimen import Medication
from skill.domain.timing import LATE_LIMIT, followed, may_still_plan, window_end

LOOK_AHEAD = timedelta(days=2)


class Mark(IntEnum):
    """What time brings to a dose, in the order in which one moment is worked."""

    CLOSES = 0
    FIRST_WAIT = 1
    DUE = 2


class DoseMark(NamedTuple):
    """Something that time brings to ``dose`` at ``at``."""

    at: datetime
    mark: Mark
    dose: Dose


class _Time(NamedTuple):
    """A mark before its dose is looked up. Tuples of these sort in the order in which they are worked."""

    at: datetime
    mark: Mark
    due: datetime
    key: DoseKey


class _Known(Struct, frozen=True, kw_only=True):
    """What of a chart decides about marks after ``after``, looked up once for all its doses.

    ``asked``: doses about which an alert asks already, or of which a part was told.
    """

    after: datetime
    reach: timedelta
    waits: Mapping[LadderKind, timedelta]
    outcomes: Mapping[DoseKey, Outcome]
    asked: frozenset[DoseKey]
    prompts: bool


def _known(chart: Chart, after: datetime) -> _Known:
    waits = {ladder.kind: ladder.speed for ladder in chart.plan.ladders}
    reach = max([LATE_LIMIT, *waits.values()])
    asked = {part.key for part in chart.now.parts}
    for alert in chart.now.alerts:
        if alert.kind is AlertKind.DOSE and alert.detail is Detail.NO_WORD:
            asked.update(alert.doses)
    return _Known(
        after=after,
        reach=reach,
        waits=waits,
        outcomes=chart.outcomes_since(after - reach),
        asked=frozenset(asked),
        prompts=chart.plan.patient.prompts is not None,
    )


def _times(medication: Medication, known: _Known, until: datetime) -> Iterator[_Time]:
    """What comes in (after, until] to the doses of one medication about which nobody has spoken.

    By rising due moment. A window may close before the first wait has passed; the wait counts all the
    same, once. A dose that is partly taken has no first wait: somebody has spoken. A window found open
    though it should be over (its dose was opened again, or the plan has moved the next one) closes now.
    """
    wait = None if medication.stopped else known.waits.get(LadderKind.of(medication.criticality))
    asks_patient = known.prompts and medication.given_by is None
    after = known.after
    for due, _, following in followed(medication, after - known.reach, until + timedelta.resolution):
        key = DoseKey(medication.medication_id, due)
        outcome = known.outcomes.get(key)
        if outcome is not None and outcome.how is not How.SILENCE:
            continue
        if outcome is None:
            closes = max(after, window_end(medication, due, following))
            if closes <= until:
                yield _Time(closes, Mark.CLOSES, due, key)
            if asks_patient and after < due:
                yield _Time(due, Mark.DUE, due, key)
        if wait is not None and after < due + wait <= until and key not in known.asked:
            yield _Time(due + wait, Mark.FIRST_WAIT, due, key)


def dose_marks(chart: Chart, after: datetime, until: datetime) -> list[DoseMark]:
    """What time brings in (after, until] to doses about which nobody has spoken, in order."""
    known = _known(chart, after)
    times = sorted(time for medication in chart.active() for time in _times(medication, known, until))
    if not times:
        return []
    dues = [time.due for time in times]
    doses = {dose.key: dose for dose in chart.doses(min(dues), max(dues) + timedelta.resolution)}
    return [DoseMark(time.at, time.mark, doses[time.key]) for time in times]


def _next_dose_mark(chart: Chart) -> datetime | None:
    """The first mark within two days; with a dose that only comes later, the end of these two days."""
    after = chart.now.worked_to
    known = _known(chart, after)
    first, until = None, after + LOOK_AHEAD
    for medication in chart.active():
        for time in _times(medication, known, until):
            if time.due > until:
                break
            first = until = min(until, time.at)
    if first is not None:
        return first
    versions = (regimen for medication in chart.active() for regimen in medication.regimens[-1:])
    return until if any(may_still_plan(version, after) for version in versions) else None


def next_wake(chart: Chart) -> datetime | None:
    """The earliest moment at which something has to be decided or sent; None: nothing ever, as it stands.

    With a dose that comes later it is two days off at most, so that a far one needs no timer of its own.
    """
    moments = [message.wake for message in chart.now.messages]
    moments += [alert.next_at for alert in chart.now.alerts if alert.next_at is not None]
    if chart.now.question is not None:
        moments.append(chart.now.question.expires_at)
    moments += [unnamed.expires_at for unnamed in chart.now.unnamed]
    mark = _next_dose_mark(chart)
    if mark is not None:
        moments.append(mark)
    return min(moments, default=None)


def is_urgent(chart: Chart) -> bool:
    """Whether a fall or a call for help still has a message that is not settled."""
    return any(message.urgent for message in chart.now.messages)
