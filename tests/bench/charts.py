"""Patients by the thousand for the benchmarks: real charts in a real store, enrolled in bulk.

Every chart is that of one woman with three medicines, two helpers with ladders, and a fortnight of doses
that she said she took. Her fortnight is lived once, through ``decide`` and ``fold``; the others get a copy of
the chart that came of it, each under an id and a key of its own.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import Path

from msgspec.structs import replace

from skill.chance import SystemChance
from skill.clock import WoundClock, zone_named
from skill.domain.care_team import Address, Channel, Contact, Patient, Role
from skill.domain.chart import Chart, empty_chart
from skill.domain.commands import (
    Acknowledge,
    AddMedication,
    ClaimMessages,
    Command,
    ConfirmDoses,
    Enrol,
    SetCareTeam,
    Settle,
    Tick,
)
from skill.domain.decide import decide
from skill.domain.fold import fold
from skill.domain.identity import (
    HOME_ORG,
    PATIENT,
    ContactId,
    MedicationId,
    OperationId,
    PatientId,
    SessionId,
    contact,
)
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.messages import Outcome
from skill.domain.regimen import Medication
from skill.domain.timing import moment_of
from skill.domain.timings import FixedTimes, Phase
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

DAY = date(2027, 5, 18)  # the day that is played; the fortnight before it is in the charts
TOGETHER = 64  # charts in one commit
_FORTNIGHT = 14
_ROOT = bytes(range(32))
_ANA, _SAM = ContactId("con_ana"), ContactId("con_sam")
_EARLY, _EIGHT, _EVENING = time(6), time(8), time(20)


class Kind(Enum):
    """How things stand with a patient on the morning of ``DAY``."""

    SILENT = "silent"  # three doses at 08:00 and no word; at 10:00 the first helper is to be asked
    ASKED = "asked"  # three doses at 06:00; a helper has it since 08:05; at 10:00 the windows close
    ANSWERED = "answered"  # said at 08:10 that she took them: nothing is due before night


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """A store that is open, and the clock."""

    app: App
    clock: WoundClock
    store: Store


def moment(wall: time, day: date = DAY) -> datetime:
    """The moment at which her clock shows ``wall``."""
    return moment_of(day, wall, zone_named("America/New_York"))


def fill(folder: Path, patients: Mapping[Kind, int]) -> None:
    """Make a store in ``folder`` with so many patients of each kind, as it stands at 08:30 of ``DAY``."""
    chance, clock = SystemChance(), WoundClock(moment(time(8, 30)))
    shelf = MemoryShelf()
    ring = KeyRing(shelf, KeyFileWrapper(_ROOT, chance), clock, chance)
    ring.make_first_keys()
    create_store(folder / STORE_FILE)
    store = SqliteStore(folder / STORE_FILE)
    records = Records(store, PatientSealer(ring, chance), ring, chance)
    try:
        for kind, count in patients.items():
            chart = chart_of(kind)
            for start in range(0, count, TOGETHER):
                some = range(start, min(start + TOGETHER, count))
                ids = [PatientId(f"pat_{kind.value}{number:08d}") for number in some]
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


def _as_it_is(store: Store) -> Store:
    return store


@contextmanager
def opened(folder: Path, around: Callable[[Store], Store] = _as_it_is) -> Iterator[Ward]:
    """The store in ``folder`` as a new process finds it: no key is unwrapped yet.

    ``around``: something to lie between the store and whoever uses it.
    """
    chance, clock = SystemChance(), WoundClock(moment(time(8, 30)))
    shelf = SqliteKeyShelf(folder / SHELF_FILE)
    engine = SqliteStore(folder / STORE_FILE)
    store = around(engine)
    ring = KeyRing(shelf, KeyFileWrapper(_ROOT, chance), clock, chance)
    try:
        records = Records(store, PatientSealer(ring, chance), ring, chance)
        yield Ward(app=App(charts=records, clock=clock), clock=clock, store=store)
    finally:
        engine.close()
        shelf.close()


def _newcomer(chart: Chart, patient_id: PatientId) -> ChartChange:
    patient = replace(chart.plan.patient, patient_id=patient_id)
    own = replace(chart, plan=replace(chart.plan, patient=patient))
    enrol = Enrol(operation=OperationId("enrol"), patient=patient)
    before = Loaded(patient_id=patient_id, org=HOME_ORG, chart=own, version=0, plan_version=0, head=bytes(32))
    return ChartChange(before=before, chart=own, decision=decide(own, enrol, own.now.worked_to))


def _lay_down(shelf: MemoryShelf, path: Path) -> None:
    """Put all keys onto a shelf at once; one by one each would wait for the disk."""
    create_shelf(path)
    connection = sqlite3.connect(path)
    with connection:
        rows = [(key_id, shelf.find(key_id)) for key_id in shelf.ids()]
        connection.executemany("INSERT INTO key (id, wrapped) VALUES (?, ?)", rows)
    connection.close()


# ---- one woman's fortnight


def chart_of(kind: Kind) -> Chart:
    """Her chart at 08:30 of ``DAY``."""
    first_wall = _EARLY if kind is Kind.ASKED else _EIGHT
    life = _Life(first_wall)
    for days in range(_FORTNIGHT, 0, -1):
        for wall in (first_wall, _EVENING):
            life.says_taken(moment(wall, DAY - timedelta(days=days)) + timedelta(minutes=10))
    match kind:
        case Kind.SILENT:
            life.happens(moment(time(8, 30)), Tick)
        case Kind.ASKED:
            life.is_taken_over()
        case Kind.ANSWERED:
            life.says_taken(moment(time(8, 10)))
    return life.chart


class _Life:
    """A chart, and what happens to it."""

    def __init__(self, first_wall: time) -> None:
        start = moment(time(5), DAY - timedelta(days=_FORTNIGHT))
        zone = zone_named("America/New_York")
        patient = Patient(patient_id=PatientId("pat_template"), name=Private("Ada"), zone=zone)
        self.chart = empty_chart(patient, start)
        self._happened = 0
        self.happens(start, Enrol, patient=patient)
        team = (_helper(_ANA, "Ana", "+12025550123"), _helper(_SAM, "Sam", "+12025550124"))
        ladders = standard_ladders([_ANA, _SAM], Waits())
        self.happens(start, SetCareTeam, contacts=team, ladders=ladders)
        for number, walls in enumerate(((first_wall,), (first_wall,), (first_wall, _EVENING))):
            phase = Phase(first_day=start.date(), timing=FixedTimes(wall_times=walls))
            medication = Medication(
                medication_id=MedicationId(f"med_{number:016d}"), name=Private(f"Medicine {number}")
            )
            self.happens(start, AddMedication, medication=medication, phases=(phase,))

    def happens(self, at: datetime, kind: type[Command], **facts: object) -> None:
        self._happened += 1
        command = kind(operation=OperationId(f"amzn1.echo-api.request.{self._happened:036d}"), **facts)
        decision = decide(self.chart, command, at)
        if decision.events:
            self.chart = fold(self.chart, decision)

    def says_taken(self, at: datetime) -> None:
        session = SessionId(f"amzn1.echo-api.session.{self._happened:036d}")
        self.happens(at, ConfirmDoses, speaker=PATIENT, session=session)

    def is_taken_over(self) -> None:
        """Nobody hears of the 06:00 doses; at 08:00 Ana is asked, at 08:05 she has it."""
        self.happens(moment(time(8)), Tick)
        self.happens(moment(time(8)), ClaimMessages)
        for message in self.chart.now.messages:
            facts = {"key": message.key, "attempt": message.attempt, "outcome": Outcome.ACCEPTED}
            self.happens(moment(time(8)), Settle, **facts)
        alert_id = self.chart.now.alerts[-1].alert_id
        self.happens(moment(time(8, 5)), Acknowledge, speaker=contact(_ANA), alert_id=alert_id)


def _helper(contact_id: ContactId, name: str, phone: str) -> Contact:
    return Contact(
        contact_id=contact_id,
        name=Private(name),
        zone=zone_named("America/New_York"),
        role=Role.CONFIRM,
        addresses=(
            Address(channel=Channel.SMS, value=Private(phone)),
            Address(channel=Channel.EMAIL, value=Private(f"{name.lower()}@example.org")),
        ),
    )
