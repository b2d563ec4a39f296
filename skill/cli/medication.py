"""``dosekeeper medication``: what is taken, how much, and when."""

import argparse

from skill.bootstrap import House
from skill.chance import new_id
from skill.cli import find, output, verbs
from skill.cli import medication_views as show
from skill.cli.at_home import carry_out, opened, operation
from skill.domain.chart import Chart
from skill.domain.commands import AddMedication, ChangePlan, Start
from skill.domain.decide import decide
from skill.domain.fold import fold
from skill.domain.identity import OPERATOR, ContactId, MedicationId
from skill.domain.regimen import Medication
from skill.domain.timings import Phase
from skill.errors import InvalidError
from skill.intake import medicines, plan_texts, values
from skill.intake.reading import Reading
from skill.settings import Settings

_TIMES = {
    "times": ("HH:MM", "clock times of 24 hours, such as 08:00 20:00"),
    "weekend": ("HH:MM", "other clock times on Saturday and Sunday"),
    "at_events": ("CODE", "at events of the day, such as CM HS, or ACM:30 for 30 minutes before breakfast"),
    "every_hours": ("N", "every so many hours, and the time of the first: 8, or 8 06:00"),
    "weekdays": ("DAY", "only on these days of the week, such as mon thu"),
    "month_days": ("DAY", "only on these days of the month, such as 1 15; 31 is the last"),
    "on_dates": ("DATE", "only on these dates"),
    "turns": ("NUMBER", "amounts that take turns from day to day, such as 1 0.5; none takes them away"),
    "amounts": ("NUMBER@WHEN", "amounts that differ: 2@mon, 0.5@20:00, 2@20:00+sat; none takes them away"),
}
_PLAN = {
    "times_a_day": ("N", "1 to 5 times a day, at the usual times"),
    "every_days": ("N", "only every so many days, from the first day on; 1 is every day again"),
    "every_weeks": ("N", "with --weekdays: only every so many weeks"),
    "every_months": ("N", "with --month-days: only every so many months"),
    "cycle": ("ON/OFF", "days with and days without, from the first day on, such as 21/7"),
    "amount": ("NUMBER", "how much at each time, in the unit of the form: 1 (the default), 0.5, 2"),
    "count": ("N", "it ends after so many doses; none takes it away"),
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
    _times(add)
    verbs.options(add, _NEW | _PLAN)
    change = verbs.verb(
        own,
        "change",
        _change,
        "change days, times, amounts or the end",
        "dosekeeper medication change Ada metformin --times 09:00 21:00 --from next-dose",
        more="The doses of today and tomorrow are shown under the old and the new plan before anything is "
        "saved. The past keeps the old plan. Of a plan with several phases the present one changes, the "
        "later ones stay. For another name, form or strength, remove it and add "
        "the new one.",
        json=True,
    )
    _which(change)
    _times(change)
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


def _times(parser: argparse.ArgumentParser) -> None:
    for field, (metavar, says) in _TIMES.items():
        flag = f"--{field.replace('_', '-')}"
        parser.add_argument(flag, dest=field, metavar=metavar, nargs="+", help=says, action=verbs.Given)


def _which(parser: argparse.ArgumentParser) -> None:
    verbs.patient(parser)
    parser.add_argument("medication", metavar="MEDICATION", help="name, nickname or id, or its beginning")


def _add(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        reading = Reading(where="", given={"name": args.name, **verbs.given(args)})

        def caregiver(_: str, said: str) -> ContactId:
            return find.caregiver(chart, said).contact_id

        today = house.clock.now().astimezone(chart.plan.patient.zone).date()
        medication_id = MedicationId(new_id(house.chance, "med"))
        made = medicines.medication(reading, medication_id, caregiver, today)
        reading.refuse_if_any()
        if made is None:
            raise InvalidError("medication", "cannot be made of this")
        _check_here(chart)
        medication, phases = made
        chart = carry_out(house, patient_id, AddMedication, medication=medication, phases=phases).chart
        added = chart.get_medication(medication_id)
    record = show.record(chart, added, house.clock.now())
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
    given = verbs.given(args)
    begins = str(given.pop("from", Start.NEXT_DAY.value))
    if not given:
        raise InvalidError(
            "medication", "nothing to change: name --times, --amount, --last-day or another option"
        )
    with opened(args, settings) as house:
        start = values.choice("from", begins, Start)
        patient_id, chart = find.patient(house, args.patient)
        _check_here(chart)
        before = find.medication(chart, args.medication)
        reading = Reading(where="", given=given)
        today = house.clock.now().astimezone(chart.plan.patient.zone).date()
        ahead = show.phases_ahead(before, today)
        phase = plan_texts.phase(reading, ahead[0] if ahead else None, today)
        reading.refuse_if_any()
        if phase is None:
            raise InvalidError("medication", "cannot be changed to this")
        phases = (phase, *ahead[1:])
        if not _agreed(args, house, chart, before, phases, start):
            return 1
        chart = carry_out(
            house, patient_id, ChangePlan, medication_id=before.medication_id, phases=phases, start=start
        ).chart
        record = show.record(chart, chart.get_medication(before.medication_id), house.clock.now())
    if args.json:
        output.as_json(record)
    else:
        output.say(f"Saved as plan version {record['plan_version']}.")
    return 0


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
    rows = list(show.under_both(chart, before, after, now))
    write = output.hint if getattr(args, "json", False) else output.say
    write(f"{output.shown(before.name.value)}, doses of today and tomorrow:")
    output.table(("dose", "old plan", "new plan"), rows, empty="No dose on either day.", write=write)
    if output.agreed("Save?", yes=args.yes):
        return True
    write("Nothing was changed.")
    return False


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
            return 1
        carry_out(
            house, patient_id, ChangePlan, medication_id=before.medication_id, phases=(), start=Start.NOW
        )
    output.say(f"{name} is stopped. Doses of it that were still open are closed as: plan changed.")
    return 0


# ---- list and show


def _list(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        _, chart = find.patient(house, args.patient)
        records = [show.record(chart, m, house.clock.now()) for m in chart.plan.medications]
    columns = {
        "medicine": "name",
        "id": "medication_id",
        "form": "form",
        "amount": "amount",
        "days": "days",
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
    record = show.record(chart, medication, house.clock.now())
    versions = [row for regimen in medication.regimens for row in show.version(chart, regimen)]
    if args.json:
        output.as_json(record | {"versions": versions})
        return 0
    output.facts(record, json_wanted=False)
    output.say()
    columns = {
        "version": "version",
        "from": "from",
        "days": "days",
        "times": "times",
        "amount": "amount",
        "first day": "first_day",
        "last day": "last_day",
    }
    output.listing(versions, columns, json_wanted=False, empty="No plan.")
    return 0
