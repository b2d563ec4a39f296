"""The people of the demo: Ada, who takes three medicines, and her children Ana and Sam."""

from datetime import time

from skill.domain.care_team import Address, Channel, Contact, Label, Patient, Role
from skill.domain.commands import AddMedication, SetCareTeam
from skill.domain.identity import OPERATOR, ContactId, HouseholdId, MedicationId, OperationId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Criticality, Form, Medication
from skill.domain.timings import FixedTimes, Phase
from skill.private import Private
from skill.service.act import act
from skill.service.linking import add_household, add_patient
from skill.standin.demo import ANA, FIRST_DAY, PATIENT, SAM, ZONE, Stage

_MEDICINES = (
    ("med_lisinopril", "lisinopril", (time(8),)),
    ("med_metformin", "metformin", (time(8),)),
    ("med_atorvastatin", "atorvastatin", (time(19),)),
)


def set_up(stage: Stage) -> HouseholdId:
    """Enrol everybody."""
    stage.heading("Set up by whoever runs it")
    household_id = add_household(stage.app, stage.chance)
    patient = Patient(
        patient_id=PATIENT,
        name=Private("Ada"),
        zone=ZONE,
        home_address=Private("12 Elm Street, Albany, New York"),
        dispatch_number=Private("5185550143"),
    )
    add_patient(stage.app, household_id, patient, OperationId("demo/enrol"))
    people = (
        _contact(ANA, "Ana", "+15185550111", "ana@example.org"),
        _contact(SAM, "Sam", "+15185550112", "sam@example.org"),
    )
    team = SetCareTeam(
        operation=OperationId("demo/team"),
        speaker=OPERATOR,
        contacts=people,
        ladders=standard_ladders([ANA, SAM], Waits()),
    )
    act(stage.app, PATIENT, team)
    for medication_id, name, times in _MEDICINES:
        medicine = Medication(
            medication_id=MedicationId(medication_id),
            name=Private(name),
            form=Form.TABLET,
            criticality=Criticality.ORDINARY,
        )
        phase = Phase(first_day=FIRST_DAY, timing=FixedTimes(wall_times=times))
        add = AddMedication(
            operation=OperationId(f"demo/{medication_id}"),
            speaker=OPERATOR,
            medication=medicine,
            phases=(phase,),
        )
        act(stage.app, PATIENT, add)
    stage.note("Ada takes two tablets at 08:00 and one at 19:00.")
    stage.note("When there is no word, her daughter Ana is told, then her son Sam.")
    return household_id


def _contact(contact_id: ContactId, name: str, phone: str, email: str) -> Contact:
    return Contact(
        contact_id=contact_id,
        name=Private(name),
        name_may_be_spoken=True,
        label=Label.MOM,
        role=Role.CONFIRM,
        zone=ZONE,
        addresses=(
            Address(channel=Channel.SMS, value=Private(phone)),
            Address(channel=Channel.EMAIL, value=Private(email)),
        ),
    )
