"""Household files: patients with their caregivers, medicines and ladders, as JSON or as CSV.

A file is imported whole or refused with all its problems at once. Fields have the names of the command
line's options (``speak_name`` is ``--speak-name``) and the same strict forms. Texts in JSON are in
quotation marks; numbers may stand without, and ``true`` and ``false`` mean yes and no::

    {
        "patients": [
            {
                "name": "Ada",
                "zone": "America/New_York",
                "caregivers": [{"name": "Sam", "phone": "+12025550123", "label": "mom", "role": "confirm"}],
                "medications": [{"name": "lisinopril", "strength": "10 mg", "times": ["08:00"]}],
                "ladders": [{"kind": "critical", "rungs": ["60 Sam"]}],
            }
        ]
    }

Where a plan has phases, they are a list; each begins when the one before it has ended::

    {
        "name": "prednisone",
        "phases": [
            {"times": "08:00", "amount": 2, "last_day": "2027-06-02"},
            {"times": "08:00", "every_days": 2},
        ],
    }

In CSV a medicine has one phase, and each line is one thing; ``what`` says which, ``patient`` whose, and
a cell left empty is a field not given. Times are parted by blanks, rungs by semicolons; ``name`` of a
ladder is its kind::

    what,patient,name,zone,phone,label,role,strength,times,rungs
    patient,,Ada,America/New_York,,,,,,
    caregiver,Ada,Sam,,+12025550123,mom,confirm,,,
    medication,Ada,lisinopril,,,,,10 mg,08:00 20:00,
    ladder,Ada,critical,,,,,,,60 Sam

Ladders that a file does not name are the standard ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.domain.care_team import Contact, Patient
from skill.domain.decide.plan import MOST_MEDICATIONS
from skill.domain.identity import ContactId, MedicationId, PatientId
from skill.domain.ladders import Ladder, Waits, standard_ladders
from skill.domain.regimen import Medication
from skill.domain.timings import Phase
from skill.errors import InvalidError, RefusedError
from skill.intake import ladder_texts, medicines, people, values
from skill.intake.household_csv import read_csv
from skill.intake.household_json import read_json
from skill.intake.household_parts import Part, What
from skill.intake.problems import FileRefusedError, Problem
from skill.intake.reading import Reading
from skill.service.linking import MOST_PATIENTS
from skill.service.newcomers import Newcomer, try_out

MOST_CHARACTERS = 1_000_000
MOST_CAREGIVERS = 16


Ids = Callable[[str, str], str]


class FileKind(StrEnum):
    JSON = "json"
    CSV = "csv"


class Frame(Struct, frozen=True, kw_only=True):
    """What a file does not say itself. ``ids``: from a prefix and a place in the file to an id."""

    now: datetime
    country: str
    waits: Waits
    ids: Ids


def read(text: str, kind: FileKind, frame: Frame) -> tuple[Newcomer, ...]:
    """The patients in ``text``, every one tried out; ``FileRefusedError`` with everything that is wrong."""
    if len(text) > MOST_CHARACTERS:
        raise FileRefusedError((Problem(where="file", field="", says="has over a million characters"),))
    taken = read_json(text) if kind is FileKind.JSON else read_csv(text)
    parts, problems = taken.patients, taken.problems
    newcomers = [_newcomer(part, frame, problems) for part in parts]
    _check_names(parts, problems)
    if not parts and not problems:
        problems.append(Problem(where="file", field="patients", says="names nobody"))
    if len(parts) > MOST_PATIENTS:
        says = f"a household has at most {MOST_PATIENTS} patients"
        problems.append(Problem(where="file", field="patients", says=says))
    if problems:
        raise FileRefusedError(_in_order(problems, parts))
    return tuple(newcomer for newcomer in newcomers if newcomer is not None)


def _in_order(problems: list[Problem], parts: list[Part]) -> tuple[Problem, ...]:
    """In the order of the file, one for each field."""
    paths = {where: number for number, where in enumerate(w for part in parts for w in part.in_order())}

    def place(problem: Problem) -> int:
        word, _, number = problem.where.partition(" ")
        return int(number) if word == "line" else paths.get(problem.where, -1)

    first: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        first.setdefault((problem.where, problem.field), problem)
    return tuple(sorted(first.values(), key=place))


def _check_names(parts: list[Part], problems: list[Problem]) -> None:
    seen: dict[str, str] = {}
    for part in parts:
        name = str(part.given.get("name", "")).casefold()
        if name and name in seen:
            says = f"is the name of {seen[name]} too; give each a name of their own, such as Ada B"
            problems.append(Problem(where=part.where, field="name", says=says))
        seen.setdefault(name, part.where)


@dataclass(slots=True, kw_only=True)
class _Making:
    """A patient while the parts are read. ``team``: by name; None for one whose fields are wrong."""

    part: Part
    frame: Frame
    problems: list[Problem]
    patient: Patient
    team: dict[str, Contact | None] = field(default_factory=dict)

    def reading(self, part: Part, known: tuple[str, ...]) -> Reading:
        reading = Reading(where=part.where, given=part.given)
        reading.only(known)
        return reading

    def member(self, name: str, said: str) -> ContactId:
        """The caregiver of this patient whose name is ``said``."""
        if said not in self.team:
            raise InvalidError(name, f"{values.quoted(said)} is no caregiver of this patient in this file")
        contact = self.team[said]
        return contact.contact_id if contact is not None else ContactId("con_not_read")


def _newcomer(part: Part, frame: Frame, problems: list[Problem]) -> Newcomer | None:
    before = len(problems)
    reading = Reading(where=part.where, given=part.given)
    reading.only(people.PATIENT_FIELDS)
    patient_id = PatientId(frame.ids("pat", part.where))
    patient = people.patient(reading, patient_id, frame.country)
    problems += reading.problems
    # With a patient who cannot be read, the rest is read all the same, for its own problems.
    stand_in = patient or Patient(
        patient_id=patient_id, name=values.name("name", "Nobody"), zone=ZoneInfo("Etc/UTC")
    )
    making = _Making(part=part, frame=frame, problems=problems, patient=stand_in)
    contacts = _contacts(making)
    ladders = _ladders(making, contacts)
    medications = _medications(making)
    if len(problems) > before or patient is None:
        return None
    newcomer = Newcomer(patient=patient, contacts=contacts, ladders=ladders, medications=medications)
    try:
        try_out(newcomer, frame.now)
    except RefusedError as error:
        name = error.field if isinstance(error, InvalidError) else ""
        says = error.problem if isinstance(error, InvalidError) else str(error)
        problems.append(Problem(where=part.where, field=name, says=says))
    return newcomer


def _contacts(making: _Making) -> tuple[Contact, ...]:
    found: list[Contact] = []
    parts = making.part.of(What.CAREGIVER)
    if len(parts) > MOST_CAREGIVERS:
        says = f"there may be at most {MOST_CAREGIVERS}"
        making.problems.append(Problem(where=making.part.where, field="caregivers", says=says))
    for part in parts:
        reading = making.reading(part, people.CAREGIVER_FIELDS)
        contact_id = ContactId(making.frame.ids("con", part.where))
        contact = people.caregiver(reading, contact_id, making.patient)
        name = str(part.given.get("name", ""))
        if name in making.team:
            reading.add("name", "is the name of another caregiver of this patient")
        making.team.setdefault(name, contact)
        making.problems += reading.problems
        if contact is not None:
            found.append(contact)
    return tuple(found)


def _ladders(making: _Making, contacts: tuple[Contact, ...]) -> tuple[Ladder, ...]:
    ladders = {
        one.kind: one for one in standard_ladders([c.contact_id for c in contacts], making.frame.waits)
    }
    named: set[str] = set()
    for part in making.part.of(What.LADDER):
        reading = making.reading(part, ladder_texts.LADDER_FIELDS)
        kind = reading.needed("kind", ladder_texts.kind)
        if kind is not None and kind in named:
            reading.add("kind", "has a ladder in this file already")
        made = ladder_texts.ladder(reading, kind, making.member) if kind is not None else None
        if kind is not None and made is not None:
            named.add(kind)
            ladders[kind] = made
        making.problems += reading.problems
    return tuple(ladders.values())


def _medications(making: _Making) -> tuple[tuple[Medication, tuple[Phase, ...]], ...]:
    today = making.frame.now.astimezone(making.patient.zone).date()
    found: list[tuple[Medication, tuple[Phase, ...]]] = []
    parts = making.part.of(What.MEDICATION)
    if len(parts) > MOST_MEDICATIONS:
        says = f"there may be at most {MOST_MEDICATIONS}"
        making.problems.append(Problem(where=making.part.where, field="medications", says=says))
    for part in parts:
        reading = making.reading(part, medicines.MEDICATION_FIELDS)
        medication_id = MedicationId(making.frame.ids("med", part.where))
        phases = [Reading(where=one.where, given=one.given) for one in part.of(What.PHASE)]
        made = medicines.medication(reading, medication_id, making.member, today, phases)
        making.problems += reading.problems
        if made is not None:
            found.append(made)
    return tuple(found)
