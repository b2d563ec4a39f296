"""Patients by the thousand for the benchmarks: real charts in a real store, enrolled in bulk.

Every chart is that of one woman with three medicines, two helpers with ladders and a fortnight of doses
that she said she took. Her fortnight is lived once, through ``decide`` and ``fold``; the others get a copy
of it, each under an id and a key of its own.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from skill.chance import SystemChance
from skill.clock import WoundClock, zone_named
from skill.domain.care_team import Address, Channel, Contact, Patient, Role
from skill.domain.chart import Chart, empty_chart
from skill.domain.commands import AddMedication, Command, ConfirmDoses, Enrol, SetCareTeam, Tick
from skill.domain.decide import decide
from skill.domain.fold import fold
from skill.domain.identity import HOME_ORG, PATIENT, ContactId, MedicationId, OperationId, PatientId, SessionId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import FixedTimes, Medication, Phase
from skill.domain.timing import moment_of
from skill.private import Private
from skill.service.act import App
from skill.service.ports import ChartChange, Loaded, Store
from skill.storage.key_wrapping import KeyFileWrapper
from skill.storage.keys import KeyRing
from skill.storage.records import Records, org_pk
from skill.storage.sealing import PatientSealer
from skill.storage.sqlite import STORE_FILE, SqliteStore, create_store
from skill.storage.sqlite_shelf import SHELF_FILE, SqliteKeyShelf, create_shelf
from tests.bench.sealing import MemoryShelf

ZONE_NAME = "America/New_York"
DAY = date(2027, 5, 18)  # the day that the benchmarks play; the fortnight before it is in the charts
DOSES_IN_THE_MORNING = 3
_FORTNIGHT = 14
_BATCH = 64
_ROOT = bytes(range(32))


def moment(wall: time, day: date = DAY) -> datetime:
    """The moment at which her clock shows ``wall``."""
    return moment_of(day, wall, zone_named(ZONE_NAME))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """A store that is open, with the clock at hand."""

    app: App
    clock: WoundClock
    store: Store


def fill(folder: Path, *, silent: int, answered: int = 0) -> None:
    """Make a store in ``folder``: at 07:00 of ``DAY``, ``silent`` patients whose morning doses are ahead.

    ``answered``: patients beside them who have taken theirs, so that nothing of theirs is due before night.
    """
    chance, clock = SystemChance(), WoundClock(moment(time(7)))
    shelf = MemoryShelf()
    ring = KeyRing(shelf, KeyFileWrapper(_ROOT, chance), clock, chance)
    ring.make_first_keys()
    create_store(folder / STORE_FILE)
    store = SqliteStore(folder / STORE_FILE)
    records = Records(store, PatientSealer(ring, chance), ring, chance)
    try:
        for chart, count, letter in ((_ahead(), silent, "s"), (_done(), answered, "a")):
            for start in range(0, count, _BATCH):
                ids = [PatientId(f"pat_{letter}{n:015d}") for n in range(start, min(start + _BATCH, count))]
                for patient_id in ids:
                    ring.make_patient_key(patient_id, org_pk(HOME_ORG))
                if not all(records.commit([_newcomer(chart, patient_id) for patient_id in ids])):
                    raise RuntimeError("an empty store already held a patient")
    finally:
        store.close()
    _lay_down(shelf, folder / SHELF_FILE)


def copy_of(folder: Path, to: Path) -> Path:
    """The same store once more, to be changed."""
    to.mkdir()
    for name in (STORE_FILE, SHELF_FILE):
        shutil.copyfile(folder / name, to / name)
    return to


@contextmanager
def opened(folder: Path) -> Iterator[Ward]:
    """The store in ``folder`` as a process finds it that has just started: no key is unwrapped yet."""
    chance, clock = SystemChance(), WoundClock(moment(time(7)))
    shelf = SqliteKeyShelf(folder / SHELF_FILE)
    store = SqliteStore(folder / STORE_FILE)
    ring = KeyRing(shelf, KeyFileWrapper(_ROOT, chance), clock, chance)
    try:
        records = Records(store, PatientSealer(ring, chance), ring, chance)
        yield Ward(app=App(charts=records, clock=clock), clock=clock, store=store)
    finally:
        store.close()
        shelf.close()


def _newcomer(chart: Chart, patient_id: PatientId) -> ChartChange:
    patient = replace(chart.plan.patient, patient_id=patient_id)
    own = replace(chart, plan=replace(chart.plan, patient=patient))
    enrol = Enrol(operation=OperationId("enrol"), patient=patient)
    before = Loaded(
        patient_id=patient_id, org=HOME_ORG, chart=own, version=0, plan_version=0, head=bytes(32)
    )
    return ChartChange(before=before, chart=own, decision=decide(own, enrol, own.now.worked_to))


def _lay_down(shelf: MemoryShelf, path: Path) -> None:
    """Put all keys onto the shelf of a file at once; one by one each would wait for the disk."""
    create_shelf(path)
    connection = sqlite3.connect(path)
    with connection:
        rows = [(key_id, shelf.find(key_id)) for key_id in shelf.ids()]
        connection.executemany("INSERT INTO key (id, wrapped) VALUES (?, ?)", rows)
    connection.close()


# ---- one woman's fortnight


class _Life:
    """A chart, and what happens to it."""

    def __init__(self, start: datetime) -> None:
        patient = Patient(
            patient_id=PatientId("pat_template"), name=Private("Ada"), zone=zone_named(ZONE_NAME)
        )
        self.chart = empty_chart(patient, start)
        self._happened = 0
        self.happens(start, Enrol, patient=patient)

    def happens(self, at: datetime, kind: type[Command], **facts: object) -> None:
        self._happened += 1
        command = kind(operation=OperationId(f"amzn1.echo-api.request.{self._happened:036d}"), **facts)
        decision = decide(self.chart, command, at)
        if decision.events:
            self.chart = fold(self.chart, decision)

    def says_taken(self, at: datetime) -> None:
        session = SessionId(f"amzn1.echo-api.session.{self._happened:036d}")
        self.happens(at, ConfirmDoses, speaker=PATIENT, session=session)


def _ahead() -> Chart:
    """07:00 of ``DAY``, after a fortnight in which everything was said to be taken."""
    first = DAY - timedelta(days=_FORTNIGHT)
    life = _Life(moment(time(7), first))
    people = [ContactId("con_ana"), ContactId("con_sam")]
    team = tuple(
        _helper(person, name, n) for n, (person, name) in enumerate(zip(people, ("Ana", "Sam"), strict=True))
    )
    life.happens(
        moment(time(7, 1), first),
        SetCareTeam,
        contacts=team,
        ladders=standard_ladders(people, Waits()),
    )
    for n, walls in enumerate(((time(8),), (time(8),), (time(8), time(20)))):
        medication = Medication(medication_id=MedicationId(f"med_{n:016d}"), name=Private(f"Medicine {n}"))
        phase = Phase(first_day=first, timing=FixedTimes(wall_times=walls))
        life.happens(moment(time(7, 2), first), AddMedication, medication=medication, phases=(phase,))
    for days in range(_FORTNIGHT):
        for wall in (time(8, 10), time(20, 5)):
            life.says_taken(moment(wall, first + timedelta(days=days)))
    life.happens(moment(time(7)), Tick)
    return life.chart


def _done() -> Chart:
    """The same woman, who has also said this morning that she took them."""
    life = _Life(moment(time(7)))
    life.chart = _ahead()
    life.says_taken(moment(time(8, 10)))
    return life.chart


def _helper(contact_id: ContactId, name: str, n: int) -> Contact:
    return Contact(
        contact_id=contact_id,
        name=Private(name),
        zone=zone_named(ZONE_NAME),
        role=Role.CONFIRM,
        addresses=(
            Address(channel=Channel.SMS, value=Private(f"+1202555012{n}")),
            Address(channel=Channel.EMAIL, value=Private(f"{name.lower()}@example.org")),
        ),
    )
