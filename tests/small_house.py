"""Charts in a real, sealed SQLite store in a folder, with a clock that is wound by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from skill.chance import Chance, SystemChance
from skill.clock import WoundClock
from skill.domain.care_team import Address, Channel, Contact, Patient, Role
from skill.domain.commands import AddMedication, SetCareTeam
from skill.domain.identity import ContactId, HouseholdId, MedicationId, OperationId, PatientId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Medication
from skill.domain.timings import FixedTimes, Phase
from skill.private import Private
from skill.service.act import App, act
from skill.service.linking import add_household, add_patient
from skill.storage.key_wrapping import KeyFileWrapper
from skill.storage.keys import KeyRing
from skill.storage.records import Records
from skill.storage.sealing import PatientSealer
from skill.storage.sqlite import STORE_FILE, SqliteStore, create_store
from skill.storage.sqlite_shelf import SHELF_FILE, SqliteKeyShelf, create_shelf

ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2027, 5, 4, 4, tzinfo=UTC)  # 06:00 in Berlin
SAM, ANA = ContactId("con_sam"), ContactId("con_ana")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallHouse:
    app: App
    clock: WoundClock
    chance: Chance
    store: SqliteStore
    records: Records


@contextmanager
def a_small_house(folder: Path, start: datetime = START) -> Iterator[SmallHouse]:
    """An empty house at ``start``; its files are closed at the end."""
    clock, chance = WoundClock(start), SystemChance()
    create_store(folder / STORE_FILE)
    create_shelf(folder / SHELF_FILE)
    shelf = SqliteKeyShelf(folder / SHELF_FILE)
    keys = KeyRing(shelf, KeyFileWrapper(chance.bytes(32), chance), clock, chance)
    keys.make_first_keys()
    store = SqliteStore(folder / STORE_FILE)
    records = Records(store, PatientSealer(keys, chance), keys, chance)
    try:
        yield SmallHouse(
            app=App(charts=records, clock=clock), clock=clock, chance=chance, store=store, records=records
        )
    finally:
        store.close()
        shelf.close()


def a_household_of(house: SmallHouse, *names: str) -> HouseholdId:
    """A household of patients who each take one tablet at 08:00, with Sam and then Ana to be told."""
    household_id = add_household(house.app, house.chance)
    for name in names:
        enrolled(house, household_id, PatientId(f"pat_{name}"))
    return household_id


def enrolled(house: SmallHouse, household_id: HouseholdId, patient_id: PatientId) -> PatientId:
    patient = Patient(patient_id=patient_id, name=Private(patient_id), zone=ZONE)
    add_patient(house.app, household_id, patient, OperationId("enrol"))
    people = tuple(
        Contact(
            contact_id=contact_id,
            name=Private(name),
            role=Role.CONFIRM,
            zone=ZONE,
            addresses=(Address(channel=Channel.SMS, value=Private(phone)),),
        )
        for contact_id, name, phone in ((SAM, "Sam", "+12025550111"), (ANA, "Ana", "+12025550112"))
    )
    team = SetCareTeam(
        operation=OperationId("team"), contacts=people, ladders=standard_ladders([SAM, ANA], Waits())
    )
    act(house.app, patient_id, team)
    medication = Medication(medication_id=MedicationId("med_1"), name=Private("lisinopril"))
    phase = Phase(first_day=date(2027, 5, 1), timing=FixedTimes(wall_times=(time(8),)))
    add = AddMedication(operation=OperationId("add"), medication=medication, phases=(phase,))
    act(house.app, patient_id, add)
    return patient_id
