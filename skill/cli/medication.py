"""``dosekeeper medication``: what is taken, how much, and when."""

import argparse
from collections.abc import Iterator
from datetime import datetime, timedelta

from skill.bootstrap import House
from skill.chance import new_id
from skill.cli import find, output, verbs
from skill.cli.at_home import carry_out, opened, operation
from skill.domain.chart import Chart
from skill.domain.commands import AddMedication, ChangePlan, Start
from skill.domain.decide import decide
from skill.domain.fold import fold
from skill.domain.identity import OPERATOR, ContactId, MedicationId
from skill.domain.regimen import Medication, Phase, Regimen
from skill.domain.timing import DAY_BOUNDARY, local_day, moment_of, planned
from skill.errors import InvalidError
from skill.intake import medicines, values
from skill.intake.reading import Reading
from skill.settings import Settings

_A_DAY = timedelta(days=1)
_PLAN = {
    "amount": ("NUMBER", "how much at each time, in the unit of the form: 1 (the default), 0.5, 2"),
    "last_day": ("DATE", "the last day it is taken, such as 2027-06-30; none takes it away"),
}
_NEW = {
    "form": ("FORM", "tablet (the default), capsule, liquid, insulin, patch ...; a wrong one lists them all"),
    "strength": ("TEXT", "as on the box, such as '10 mg'"),
    "nickname": ("NAME", "what they call it, such as 'water pill'"),
    "criticality": ("HOW", "ordinary (the default), critical or time-critical: chooses the ladder"),
    "first_day": ("DATE", "the first day it is taken; today when left out"),
    "given_by": ("CAREGIVER", "who gives it; then the patient is not asked about it"),
}
_FROM = "from when: next-day (03:00 tonight, the default), next-dose or now"


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    own = verbs.topic(commands, "medication", "what is taken, how much, and when")
    add = verbs.verb(
        own,
        "add",
        _add,
        "put a medicine on somebody's list",
        "dosekeeper medication add Ada metformin --times 08:00 20:00 --strength '500 mg'",
        json=True,
    )
    verbs.patient(add)
    add.add_argument("name", metavar="NAME", help="as on the box; a person may say it or the nickname")
    _times(add, needed=True)
    verbs.options(add, _NEW | _PLAN)
    change = verbs.verb(
        own,
        "change",
        _change,
        "change times, amount or last day",
        "dosekeeper medication change Ada metformin --times 09:00 21:00 --from next-dose",
        more="The doses of today and tomorrow are shown under the old and the new plan before anything is "
        "saved. The past keeps the old plan. For another name, form or strength, remove it and add "
        "the new one.",
        json=True,
    )
    _which(change)
    _times(change, needed=False)
    verbs.options(change, _PLAN | {"from": ("WHEN", _FROM)})
    verbs.yes(change)
    listed = verbs.verb(
        own, "list", _list, "list somebody's medicines", "dosekeeper medication list Ada", json=True
    )
    verbs.patient(listed)
    show = verbs.verb(
        own,
        "show",
        _show,
        "show one medicine with every version of its plan",
        "dosekeeper medication show Ada metformin",
        json=True,
    )
    _which(show)
    remove = verbs.verb(
        own,
        "remove",
        _remove,
        "stop a medicine now",
        "dosekeeper medication remove Ada metformin",
        more="It stays in the record, and what is taken of it from now on is recorded as not on the plan.",
    )
    _which(remove)
    verbs.yes(remove)


def _times(parser: argparse.ArgumentParser, *, needed: bool) -> None:
    says = "clock times of 24 hours, such as 08:00 20:00"
    parser.add_argument("--times", metavar="HH:MM", nargs="+", help=says, action=verbs.Given, required=needed)


def _which(parser: argparse.ArgumentParser) -> None:
    verbs.patient(parser)
    parser.add_argument("medication", metavar="MEDICATION", help="name, nickname or id, or its beginning")


def _given(args: argparse.Namespace) -> dict[str, str | list[str]]:
    given = verbs.given(args)
    times = given.get("times")
    return given | ({"times": medicines.split_times(times)} if isinstance(times, list) else {})


def _add(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        reading = Reading(where="", given={"name": args.name, **_given(args)})

        def caregiver(_: str, said: str) -> ContactId:
            return find.caregiver(chart, said).contact_id

        today = house.clock.now().astimezone(chart.plan.patient.zone).date()
        medication_id = MedicationId(new_id(house.chance, "med"))
        made = medicines.medication(reading, medication_id, caregiver, today)
        reading.refuse_if_any()
        if made is None:
            raise InvalidError("medication", "cannot be made of this")
        _check_here(chart)
        medication, phase = made
        chart = carry_out(house, patient_id, AddMedication, medication=medication, phases=(phase,)).chart
        added = chart.get_medication(medication_id)
    record = _record(chart, added)
    if args.json:
        output.as_json(record)
        return 0
    output.say(f"{output.shown(args.name)} is on the list: {medication_id}.")
    output.say(f"Next dose: {record['next_dose'] or 'none'}")
    _say_who_is_told(chart, added)
    return 0


def _check_here(chart: Chart) -> None:
    if chart.plan.discharged_at is not None:
        raise InvalidError("patient", "is discharged; the list can no longer be changed")


def _say_who_is_told(chart: Chart, medication: Medication) -> None:
    kind = medication.criticality.value
    if all(ladder.kind.value != kind for ladder in chart.plan.ladders):
        output.say(
            "Nobody is told when there is no word about it: "
            f"dosekeeper caregiver add {find.word(chart)} NAME --phone PHONE"
        )


# ---- change and remove


def _change(args: argparse.Namespace, settings: Settings) -> int:
    given = _given(args)
    begins = str(given.pop("from", Start.NEXT_DAY.value))
    if not given:
        raise InvalidError("medication", "nothing to change: name --times, --amount or --last-day")
    with opened(args, settings) as house:
        start = values.choice("from", begins, Start)
        patient_id, chart = find.patient(house, args.patient)
        _check_here(chart)
        before = find.medication(chart, args.medication)
        reading = Reading(where="", given=given)
        today = house.clock.now().astimezone(chart.plan.patient.zone).date()
        phase = medicines.phase(reading, _present(before), today)
        reading.refuse_if_any()
        if phase is None:
            raise InvalidError("medication", "cannot be changed to this")
        phases = (phase,)
        if not _agreed(args, house, chart, before, phases, start):
            return 0
        chart = carry_out(
            house, patient_id, ChangePlan, medication_id=before.medication_id, phases=phases, start=start
        ).chart
        record = _record(chart, chart.get_medication(before.medication_id))
    if args.json:
        output.as_json(record)
    else:
        output.say(f"Saved as plan version {record['plan_version']}.")
    return 0


def _present(medication: Medication) -> Phase | None:
    """The phase that a change starts from; None when the medicine is stopped."""
    return medication.regimens[-1].phases[-1] if not medication.stopped else None


def _agreed(
    args: argparse.Namespace,
    house: House,
    chart: Chart,
    before: Medication,
    phases: tuple[Phase, ...],
    start: Start,
) -> bool:
    """Show the doses of today and tomorrow under both plans; whether the person wants it so."""
    now = house.clock.now()
    command = ChangePlan(
        operation=operation(house),
        speaker=OPERATOR,
        medication_id=before.medication_id,
        phases=phases,
        start=start,
    )
    decision = decide(chart, command, now)  # on a copy: nothing is written
    after = fold(chart, decision).get_medication(before.medication_id)
    if args.yes:
        return True
    rows = list(_both(chart, before, after, now))
    write = output.hint if getattr(args, "json", False) else output.say
    write(f"{output.shown(before.name.value)}, doses of today and tomorrow:")
    output.table(("dose", "old plan", "new plan"), rows, empty="No dose on either day.", write=write)
    if output.agreed("Save?", yes=False):
        return True
    write("Nothing was changed.")
    return False


def _both(chart: Chart, before: Medication, after: Medication, now: datetime) -> Iterator[list[output.Cell]]:
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


def _remove(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        _check_here(chart)
        before = find.medication(chart, args.medication)
        name = output.shown(before.name.value)
        if before.stopped:
            output.say(f"{name} is stopped already. Nothing was changed.")
            return 0
        if not _agreed(args, house, chart, before, (), Start.NOW):
            return 0
        carry_out(
            house, patient_id, ChangePlan, medication_id=before.medication_id, phases=(), start=Start.NOW
        )
    output.say(f"{name} is stopped. Doses of it that were still open are closed as: plan changed.")
    return 0


# ---- list and show


def _list(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        _, chart = find.patient(house, args.patient)
        records = [_record(chart, medication) for medication in chart.plan.medications]
    columns = {
        "medicine": "name",
        "id": "medication_id",
        "form": "form",
        "amount": "amount",
        "times": "times",
        "last day": "last_day",
        "criticality": "criticality",
        "given by": "given_by",
        "state": "state",
    }
    empty = f"Nothing is on the list yet: dosekeeper medication add {find.word(chart)} NAME --times 08:00"
    output.listing(records, columns, json_wanted=args.json, empty=empty)
    return 0


def _show(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        _, chart = find.patient(house, args.patient)
        medication = find.medication(chart, args.medication)
    record = _record(chart, medication)
    versions = [_version(chart, regimen) for regimen in medication.regimens]
    if args.json:
        output.as_json(record | {"versions": versions})
        return 0
    output.facts(record, json_wanted=False)
    output.say()
    columns = {
        "version": "version",
        "from": "from",
        "times": "times",
        "amount": "amount",
        "last day": "last_day",
    }
    output.listing(versions, columns, json_wanted=False, empty="No plan.")
    return 0


def _record(chart: Chart, medication: Medication) -> dict[str, object]:
    present = _present(medication)
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
        "state": "stopped" if medication.stopped else "taken",
        "next_dose": _next_dose(chart, medication),
    }


def _next_dose(chart: Chart, medication: Medication) -> str | None:
    """The next due moment after all that is decided so far, in the patient's time."""
    after = chart.now.worked_to
    if chart.plan.discharged_at is not None or not medication.regimens:
        return None
    start = max(after, medication.regimens[-1].since)
    first = next((due for due, _ in planned(medication, start, start + 400 * _A_DAY)), None)
    return f"{first.astimezone(chart.plan.patient.zone):%Y-%m-%d %H:%M}" if first else None


def _version(chart: Chart, regimen: Regimen) -> dict[str, object]:
    phase = regimen.phases[-1] if regimen.phases else None
    return {
        "version": regimen.version,
        "from": f"{regimen.since.astimezone(chart.plan.patient.zone):%Y-%m-%d %H:%M}",
        "times": [f"{wall:%H:%M}" for wall in phase.timing.wall_times] if phase else ["stopped"],
        "amount": f"{phase.amount.normalize():f}" if phase else None,
        "first_day": phase.first_day.isoformat() if phase else None,
        "last_day": phase.last_day.isoformat() if phase and phase.last_day else None,
    }
