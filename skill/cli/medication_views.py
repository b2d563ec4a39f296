"""A medicine and its plan as the command line shows them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from skill.cli.output import Cell
from skill.domain.chart import Chart
from skill.domain.regimen import Medication, Phase, Regimen
from skill.domain.timing import DAY_BOUNDARY, local_day, moment_of, planned

_A_DAY = timedelta(days=1)


def current_phase(medication: Medication) -> Phase | None:
    """The phase that a change starts from; None when the medicine is stopped."""
    return medication.regimens[-1].phases[-1] if not medication.stopped else None


def record(chart: Chart, medication: Medication, now: datetime) -> dict[str, object]:
    """One medicine, for a table or a script."""
    present = current_phase(medication)
    giver = chart.find_contact(medication.given_by)
    last = medication.regimens[-1] if medication.regimens else None
    return {
        "medication_id": medication.medication_id,
        "name": medication.name.value,
        "nickname": medication.nickname.value if medication.nickname else None,
        "strength": medication.strength.value if medication.strength else None,
        "form": medication.form.value,
        "amount": f"{present.amount.normalize():f}" if present else None,
        "times": [f"{wall:%H:%M}" for wall in present.timing.wall_times] if present else [],
        "first_day": present.first_day.isoformat() if present else None,
        "last_day": present.last_day.isoformat() if present and present.last_day else None,
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


def version(chart: Chart, regimen: Regimen) -> dict[str, object]:
    """One version of its plan."""
    phase = regimen.phases[-1] if regimen.phases else None
    return {
        "version": regimen.version,
        "from": f"{regimen.since.astimezone(chart.plan.patient.zone):%Y-%m-%d %H:%M}",
        "times": [f"{wall:%H:%M}" for wall in phase.timing.wall_times] if phase else ["stopped"],
        "amount": f"{phase.amount.normalize():f}" if phase else None,
        "first_day": phase.first_day.isoformat() if phase else None,
        "last_day": phase.last_day.isoformat() if phase and phase.last_day else None,
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
    if regimen is None:
        return "-"
    day = due.astimezone(regimen.zone).date()
    amount = next((p.amount for p in regimen.phases if p.last_day is None or day <= p.last_day), None)
    return f"{amount.normalize():f}" if amount is not None else "-"
