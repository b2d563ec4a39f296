"""When a chart next needs attention. Timers are data: one wake, read off the chart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from skill.domain.chart import Chart
from skill.domain.doses import Dose
from skill.domain.ladders import LadderKind

LONGEST_REACH = timedelta(
    hours=30
)  # a first wait (24 h at most) and a window lie within this of the due moment
_LOOK_AHEAD = timedelta(days=2)


class Mark(StrEnum):
    """What time brings to a dose, in the order in which one moment is worked."""

    CLOSES = "closes"
    FIRST_WAIT = "first_wait"
    DUE = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseMark:
    """Something that time brings to ``dose`` at ``at``."""

    at: datetime
    mark: Mark
    dose: Dose

    def __lt__(self, other: "DoseMark") -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[datetime, int, datetime, str]:
        return self.at, list(Mark).index(self.mark), self.dose.due, self.dose.medication.medication_id


def dose_marks(chart: Chart, after: datetime, until: datetime) -> Iterator[DoseMark]:
    """The marks in (after, until] of doses about which nobody has spoken, in no order.

    A window may close before the first wait has passed; the wait counts all the same. A dose that is
    partly taken has no first wait: somebody has spoken.
    """
    prompts = chart.plan.patient.prompts is not None
    waits = {ladder.kind: ladder.speed for ladder in chart.plan.ladders}
    for dose in chart.doses(after - LONGEST_REACH, until + timedelta(microseconds=1)):
        if dose.spoken_of:
            continue
        if not dose.settled and after < dose.window.closes_at <= until:
            yield DoseMark(at=dose.window.closes_at, mark=Mark.CLOSES, dose=dose)
        wait = waits.get(LadderKind.of(dose.medication.criticality))
        if wait is not None and dose.part is None and after < dose.due + wait <= until:
            yield DoseMark(at=dose.due + wait, mark=Mark.FIRST_WAIT, dose=dose)
        if prompts and not dose.settled and dose.medication.given_by is None and after < dose.due <= until:
            yield DoseMark(at=dose.due, mark=Mark.DUE, dose=dose)


def _next_dose_mark(chart: Chart) -> datetime | None:
    after = chart.now.worked_to
    near = min((mark.at for mark in dose_marks(chart, after, after + _LOOK_AHEAD)), default=None)
    if near is not None or not chart.active():
        return near
    starts = [
        phase.first_day
        for medication in chart.active()
        for regimen in medication.regimens[-1:]
        for phase in regimen.phases
        if phase.last_day is None or phase.last_day >= after.date()
    ]
    return after + _LOOK_AHEAD if starts else None


def next_wake(chart: Chart) -> datetime | None:
    """The earliest moment at which something has to be decided or sent; None: nothing ever, as it stands.

    With a plan that begins later it is two days off at most, so that a far start needs no timer of its own.
    """
    moments = [message.wake for message in chart.now.messages]
    moments += [alert.next_at for alert in chart.now.alerts if alert.next_at is not None]
    if chart.now.question is not None:
        moments.append(chart.now.question.expires_at)
    mark = _next_dose_mark(chart)
    if mark is not None:
        moments.append(mark)
    return min(moments, default=None)


def is_urgent(chart: Chart) -> bool:
    """Whether a fall or a call for help still has a message that is not settled."""
    return any(message.urgent for message in chart.now.messages)
