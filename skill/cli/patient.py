"""``dosekeeper patient``: who takes the medicines."""

import argparse

from skill.bootstrap import House
from skill.chance import new_id
from skill.cli import find, output, verbs
from skill.cli.at_home import carry_out, opened, operation
from skill.domain.care_team import Patient
from skill.domain.chart import Chart
from skill.domain.commands import SetProfile
from skill.domain.identity import HouseholdId, PatientId
from skill.errors import InvalidError
from skill.intake import people
from skill.intake.reading import Reading
from skill.service import setup
from skill.service.linking import add_patient
from skill.settings import Settings

_PROMPT = "where the question at the due moment goes"
_OPTIONS = {
    "locale": ("LOCALE", "language and country, such as en-US (the default)"),
    "country": ("CC", "for emergency numbers; the default is DOSEKEEPER_COUNTRY"),
    "speak_medicines": ("yes|no", "whether the Echo may name medicines aloud; no unless you say yes"),
    "address": ("TEXT", "shown to whoever takes over after a fall"),
    "dispatch": ("NUMBER", "ten-digit number of the local emergency centre, shown beside the address"),
    "prompt_sms": ("PHONE", f"{_PROMPT}, by SMS"),
    "prompt_email": ("E-MAIL", f"{_PROMPT}, by e-mail"),
    "prompt_mailbox": ("NAME", f"{_PROMPT}, in the mailbox"),
}


def add_parser(commands: "verbs.Commands[argparse.ArgumentParser]") -> None:
    own = verbs.topic(commands, "patient", "who takes the medicines")
    add = verbs.verb(
        own,
        "add",
        _add,
        "add somebody to a household",
        "dosekeeper patient add Ada --zone America/New_York --address '12 Elm Street, Albany'",
        json=True,
    )
    add.add_argument(
        "name", metavar="NAME", help="what the household calls them; Alexa says it to ask who speaks"
    )
    zone = {"zone": ("ZONE", "where they live, from the IANA list; their clock counts, and it stays")}
    verbs.options(add, zone, needed=True)
    verbs.options(add, _OPTIONS)
    add.add_argument("--household", metavar="HOUSEHOLD", help="not needed when there is only one")
    change = verbs.verb(
        own,
        "change",
        _change,
        "change what is given, leave the rest",
        "dosekeeper patient change Ada --speak-medicines yes --dispatch none",
        more="The word none takes an address, a number or a prompt away. The zone stays: if it is wrong, "
        "remove the patient and add them anew.",
        json=True,
    )
    verbs.patient(change)
    verbs.options(change, {"name": ("NAME", "a new name")} | _OPTIONS)
    verbs.verb(own, "list", _list, "list everybody", "dosekeeper patient list", json=True)
    show = verbs.verb(
        own, "show", _show, "show what is known of one", "dosekeeper patient show Ada", json=True
    )
    verbs.patient(show)
    remove = verbs.verb(
        own,
        "remove",
        _remove,
        "discharge somebody and take them out of their household",
        "dosekeeper patient remove Ada",
        more="Nothing is prompted or asked any more, and the Echo knows them no longer. The record stays, "
        "and can still be exported. Refused while a fall or a call for help is open.",
    )
    verbs.patient(remove)
    verbs.yes(remove)


def _add(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        household_id = find.household(house, args.household).household_id
        reading = Reading(where="", given={"name": args.name, **verbs.given(args)})
        patient_id = PatientId(new_id(house.chance, "pat"))
        patient = people.patient(reading, patient_id, settings.country)
        reading.refuse_if_any()
        if patient is None:
            raise InvalidError("patient", "cannot be made of this")
        _check_name(house, household_id, patient.name.value)
        add_patient(house.app, household_id, patient, operation(house))
    if args.json:
        output.as_json({"patient_id": patient_id, "household_id": household_id})
        return 0
    name = output.shown(patient.name.value)
    output.say(f"{name} is there: {patient_id}, in household {household_id}.")
    output.say(f"Next: dosekeeper caregiver add {output.word(args.name)} NAME --phone PHONE")
    output.say(f"      dosekeeper medication add {output.word(args.name)} NAME --times 08:00")
    return 0


def _check_name(house: House, household_id: HouseholdId, name: str) -> None:
    if name.casefold() in setup.names_in(house.app, household_id):
        raise InvalidError(
            "name", "somebody in this household is called so already; choose another, such as Ada B"
        )


def _change(args: argparse.Namespace, settings: Settings) -> int:
    given = verbs.given(args)
    if not given:
        raise InvalidError("patient", "nothing to change: name at least one option")
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        before = chart.plan.patient
        reading = Reading(where="", given=given)
        after = people.changed_patient(reading, before)
        reading.refuse_if_any()
        household_id = setup.household_of(house.app, patient_id)
        if household_id is not None and after.name.value.casefold() != before.name.value.casefold():
            _check_name(house, household_id, after.name.value)
        chart = carry_out(house, patient_id, SetProfile, patient=after).chart
        record = _record(house, patient_id, chart)
    output.facts(record, json_wanted=args.json)
    return 0


def _list(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        records = [_record(house, patient_id, chart) for patient_id, chart in find.charts(house)]
    columns = {
        "patient": "name",
        "id": "patient_id",
        "zone": "zone",
        "medicines": "medicines",
        "caregivers": "caregivers",
        "state": "state",
    }
    empty = "There is nobody yet. Add somebody: dosekeeper patient add NAME --zone ZONE"
    output.listing(records, columns, json_wanted=args.json, empty=empty)
    return 0


def _show(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        record = _record(house, patient_id, chart)
    output.facts(record, json_wanted=args.json)
    return 0


def _record(house: House, patient_id: PatientId, chart: Chart) -> dict[str, object]:
    patient: Patient = chart.plan.patient
    left_at = chart.plan.discharged_at
    prompts = patient.prompts
    return {
        "name": patient.name.value,
        "patient_id": patient_id,
        "household_id": setup.household_of(house.app, patient_id),
        "zone": patient.zone.key,
        "locale": patient.locale,
        "country": patient.country,
        "speak_medicines": patient.medicine_names_spoken,
        "address": patient.home_address.value if patient.home_address else None,
        "dispatch": patient.dispatch_number.value if patient.dispatch_number else None,
        "prompts": f"{prompts.channel.value} {prompts.value.value}" if prompts else None,
        "medicines": sum(not medication.stopped for medication in chart.active()),
        "caregivers": len(chart.plan.care_team),
        "state": "here" if left_at is None else f"left {left_at.astimezone(patient.zone):%Y-%m-%d}",
    }


def _remove(args: argparse.Namespace, settings: Settings) -> int:
    with opened(args, settings) as house:
        patient_id, chart = find.patient(house, args.patient)
        name = output.shown(chart.plan.patient.name.value)
        question = (
            f"Discharge {name} and take {name} out of the household? Nobody will be asked or told any more."
        )
        if not output.agreed(question, yes=args.yes):
            output.say("Nothing was changed.")
            return 1
        setup.part_with(house.app, patient_id, operation(house))
    output.say(f"{name} is discharged. The record stays: dosekeeper export {find.word(chart)}")
    return 0
