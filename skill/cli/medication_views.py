"""A medicine and its plan as the command line shows them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from skill.cli import plan_words
from skill.cli.output import Cell
from skill.domain.chart import Chart
from skill.domain.regimen import Medication, Regimen
from skill.domain.timing import DAY_BOUNDARY, amount_at, local_day, moment_of, planned
from skill.domain.timings import Phase

_A_DAY = timedelta(days=1)


def phases_ahead(medication: Medication, today: date) -> tuple[Phase, ...]:
    """The phases that a change starts from: those not over yet, or the last one; none when it is stopped."""
    if medication.stopped:
        return ()
    phases = medication.regimens[-1].phases
    return tuple(p for p in phases if p.last_day is None or p.last_day >= today) or phases[-1:]


def record(chart: Chart, medication: Medication, now: datetime) -> dict[str, object]:
    """One medicine, for a table or a script."""
    ahead = phases_ahead(medication, now.astimezone(chart.plan.patient.zone).date())
    present = ahead[0] if ahead else None
    giver = chart.find_contact(medication.given_by)
    last = medication.regimens[-1] if medication.regimens else None
    return {
        "medication_id": medication.medication_id,
        "name": medication.name.value,
        "nickname": medication.nickname.value if medication.nickname else None,
        "strength": medication.strength.value if medication.strength else None,
        "form": medication.form.value,
        **(_phase(present) if present else _NO_PHASE),
        "criticality": medication.criticality.value,
        "given_by": giver.name.value if giver else None,
        "plan_version": last.version if last else None,
        "state": "stopped" if medication.stopped else "active",
        "next_dose": _next_dose(chart, medication, now),
    }


def _next_dose(chart: Chart, medication: Medication, now: datetime) -> str | None:
    """The next due moment, in the patient's time; None when there is none within 400 days."""
    if chart.plan.discharged_at is not None:
        return None
    first = next((due for due, _ in planned(medication, now, now + 400 * _A_DAY)), None)
    return f"{first.astimezone(chart.plan.patient.zone):%Y-%m-%d %H:%M}" if first else None


def version(chart: Chart, regimen: Regimen) -> list[dict[str, object]]:
    """One version of its plan, a row for each phase."""
    begins = f"{regimen.since.astimezone(chart.plan.patient.zone):%Y-%m-%d %H:%M}"
    head: dict[str, object] = {"version": regimen.version, "from": begins}
    if not regimen.phases:
        return [head | _NO_PHASE | {"times": ["stopped"]}]
    return [head | _phase(phase) for phase in regimen.phases]


_NO_PHASE: dict[str, object] = {
    "days": None,
    "times": [],
    "amount": None,
    "count": None,
    "first_day": None,
    "last_day": None,
}


def _phase(phase: Phase) -> dict[str, object]:
    """In the words of the options that make it."""
    return {
        "days": plan_words.days(phase.days),
        "times": plan_words.times(phase.timing),
        "amount": plan_words.amount(phase),
        "count": phase.count,
        "first_day": phase.first_day.isoformat(),
        "last_day": phase.last_day.isoformat() if phase.last_day else None,
    }


def under_both(chart: Chart, before: Medication, after: Medication, now: datetime) -> Iterator[list[Cell]]:
    """The doses of today and tomorrow: when, and how much under the old and the new plan."""
    zone = chart.plan.patient.zone
    day = local_day(now, zone)
    start, end = (moment_of(d, DAY_BOUNDARY, zone) for d in (day, day + 2 * _A_DAY))
    old, new = (dict(planned(medication, start, end)) for medication in (before, after))
    for due in sorted(old.keys() | new.keys()):
        cells = [_amount_at(plan.get(due), due) for plan in (old, new)]
        yield [f"{due.astimezone(zone):%a %H:%M}", *cells]


def _amount_at(regimen: Regimen | None, due: datetime) -> str:
    amount = amount_at(regimen, due) if regimen is not None else None
    return plan_words.number(amount) if amount is not None else "-"
