"""Two patients of a stack that is played with: Ada, who speaks, and Bob, from whom nobody hears a word."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from skill import bootstrap
from skill.bootstrap import House
from skill.clock import WoundClock
from skill.domain.care_team import Address, Channel, Contact, Label, Patient, Role
from skill.domain.commands import AddMedication, SetCareTeam
from skill.domain.identity import OPERATOR, ContactId, HouseholdId, MedicationId, OperationId, PatientId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Medication
from skill.domain.timings import FixedTimes, Phase
from skill.private import Private
from skill.service.act import act
from skill.service.linking import add_household, add_patient
from skill.settings import Settings

ADA, BOB = PatientId("pat_ada"), PatientId("pat_bob")
ANA, SAM = ContactId("con_ana"), ContactId("con_sam")
PHONES = {ANA: "+12025550111", SAM: "+12025550112"}
MAILS = {ANA: "ana@example.org", SAM: "sam@example.org"}
_UTC = ZoneInfo("UTC")
_FIRST_WAIT = timedelta(minutes=120)  # of an ordinary medicine


def enrol(settings: Settings, now: datetime) -> HouseholdId:
    """Enrol both three hours before ``now``; Ada's household.

    Ada's tablet was due five minutes ago. Bob's was due so long ago that his first wait ends in the minute
    before ``now``, and nobody has sent anything yet.
    """
    minute = now.replace(second=0, microsecond=0)
    house = bootstrap.command_app(settings, clock=WoundClock(now - timedelta(hours=3)))
    try:
        household = _patient(house, ADA, "Ada", minute - timedelta(minutes=5), ANA)
        _patient(house, BOB, "Bob", minute - _FIRST_WAIT, SAM)
    finally:
        house.close()
    return household


def _patient(house: House, patient_id: PatientId, name: str, due: datetime, helper: ContactId) -> HouseholdId:
    household_id = add_household(house.app, house.chance)
    patient = Patient(patient_id=patient_id, name=Private(name), zone=_UTC)
    add_patient(house.app, household_id, patient, OperationId(f"local/{patient_id}/enrol"))
    team = SetCareTeam(
        operation=OperationId(f"local/{patient_id}/team"),
        speaker=OPERATOR,
        contacts=(_contact(helper),),
        ladders=standard_ladders([helper], Waits()),
    )
    act(house.app, patient_id, team)
    medicine = Medication(medication_id=MedicationId("med_1"), name=Private("lisinopril"))
    day = (house.clock.now().astimezone(UTC) - timedelta(days=1)).date()
    add = AddMedication(
        operation=OperationId(f"local/{patient_id}/medicine"),
        speaker=OPERATOR,
        medication=medicine,
        phases=(Phase(first_day=day, timing=FixedTimes(wall_times=(due.time(),))),),
    )
    act(house.app, patient_id, add)
    return household_id


def _contact(contact_id: ContactId) -> Contact:
    return Contact(
        contact_id=contact_id,
        name=Private(contact_id.removeprefix("con_").capitalize()),
        label=Label.DAD if contact_id == SAM else Label.MOM,
        role=Role.CONFIRM,
        zone=_UTC,
        addresses=(
            Address(channel=Channel.SMS, value=Private(PHONES[contact_id])),
            Address(channel=Channel.EMAIL, value=Private(MAILS[contact_id])),
        ),
    )
