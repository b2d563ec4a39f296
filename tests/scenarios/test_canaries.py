"""Nothing about a person lies in the clear: in the database, its log, a backup, a log line, a file name."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from skill import bootstrap
from skill.clock import WoundClock
from skill.domain.alerts import AlertKind
from skill.domain.care_team import Address, Channel, Contact, Patient, Role
from skill.domain.commands import AddMedication, Command, ConfirmDoses, RaiseAlert, SetCareTeam, SkipDoses
from skill.domain.identity import SOMEONE, ContactId, MedicationId, OperationId, PatientId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Medication
from skill.domain.timings import FixedTimes, Phase
from skill.logs import JsonLines, event
from skill.private import Private
from skill.service.act import act
from skill.service.delivery import deliver
from skill.service.linking import add_household, add_patient, link, make_code
from skill.settings import read
from skill.storage.backup import backup
from skill.storage.sqlite import STORE_FILE
from skill.storage.sqlite_shelf import SHELF_FILE
from tests.scenarios.canaries import CANARIES, MEDICINES, NAMES, PHONES, found_in, found_under, spellings

ZONE = ZoneInfo("America/New_York")
ADA = PatientId("pat_ada")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[bootstrap.House]:
    environ = {
        "DOSEKEEPER_DATA": str(tmp_path / "data"),
        "DOSEKEEPER_KEY_FILE": str(tmp_path / "key"),
        "DOSEKEEPER_BASE_URL": "https://dk.example.org",
    }
    settings = read(environ)
    clock = WoundClock(datetime(2027, 5, 4, 10, tzinfo=UTC))
    bootstrap.create_home(settings, clock)
    made = bootstrap.command_app(settings, clock)
    yield made
    made.close()


def _do(house: bootstrap.House, command: Command) -> None:
    act(house.app, ADA, command)


def _live(house: bootstrap.House) -> None:
    """A day in which every canary is stored, and most of them are used."""
    household = add_household(house.app, house.chance)
    patient = Patient(patient_id=ADA, name=Private(NAMES[0]), zone=ZONE, home_address=Private(NAMES[1]))
    add_patient(house.app, household, patient, OperationId("enrol"))
    link(house.app, "amzn1.ask.account.ADA", make_code(house.app, house.chance, household))
    people = tuple(
        Contact(
            contact_id=ContactId(f"con_{number}"),
            name=Private(NAMES[2 + number]),
            role=Role.CONFIRM,
            zone=ZONE,
            addresses=(Address(channel=Channel.SMS, value=Private(phone)),),
        )
        for number, phone in enumerate(PHONES)
    )
    ladders = standard_ladders([person.contact_id for person in people], Waits())
    _do(house, SetCareTeam(operation=OperationId("team"), contacts=people, ladders=ladders))
    for number, name in enumerate(MEDICINES):
        medication = Medication(
            medication_id=MedicationId(f"med_{number}"),
            name=Private(name),
            nickname=Private(f"{NAMES[7]} {number}"),
            strength=Private(f"{name} 5 mg"),
        )
        phase = Phase(first_day=date(2027, 5, 4), timing=FixedTimes(wall_times=(time(8), time(20))))
        add = AddMedication(operation=OperationId(f"add{number}"), medication=medication, phases=(phase,))
        _do(house, add)
    assert isinstance(house.clock, WoundClock)
    house.clock.wind_to(datetime(2027, 5, 4, 12, 5, tzinfo=UTC))
    _do(house, ConfirmDoses(operation=OperationId("taken"), speaker=SOMEONE))
    _do(house, RaiseAlert(operation=OperationId("fall"), speaker=SOMEONE, kind=AlertKind.FALL))
    house.clock.wind_by(timedelta(minutes=1))
    sent = deliver(
        house.app, house.chance, house.providers, house.catalogue, ADA, base_url="https://dk.example.org"
    )
    assert sent == len(PHONES)
    _do(house, SkipDoses(operation=OperationId("skip"), speaker=SOMEONE))


@contextmanager
def _logged_to(lines: io.StringIO) -> Iterator[None]:
    """Every line that any logger writes, as ``serve`` writes it."""
    root = logging.getLogger()
    handler, before = logging.StreamHandler(lines), root.level
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


@pytest.mark.parametrize("canary", CANARIES)
def test_the_search_finds_a_canary_planted_in_the_clear_in_every_spelling(canary: str) -> None:
    planted = [b"\x00\x01" + spelling + b"\x02" for spelling in spellings(canary)]

    found = [found_in(content) for content in planted]

    assert len(planted) >= 8
    assert all(canary in hits for hits in found)


def test_the_search_finds_a_canary_planted_in_the_data_folder(house: bootstrap.House) -> None:
    data = house.settings.store.data
    _live(house)
    (data / "notes.txt").write_text(f"call {NAMES[0]}", encoding="utf-16")

    found = found_under(data)

    assert found == {"notes.txt": [NAMES[0]]}


def test_no_name_medicine_or_number_lies_in_the_clear_anywhere(
    house: bootstrap.House, tmp_path: Path
) -> None:
    """Issue 2, scope 4: database, write-ahead log (proved not empty), backup, logs, data folder."""
    data = house.settings.store.data
    lines = io.StringIO()

    with _logged_to(lines):
        _live(house)
        event(logging.getLogger("skill"), "lived")
    backup(data / STORE_FILE, data / SHELF_FILE, tmp_path / "backup", house.clock)

    assert (data / f"{STORE_FILE}-wal").stat().st_size > 0
    assert (tmp_path / "backup" / STORE_FILE).stat().st_size > 0
    assert found_under(data) == {}
    assert found_under(tmp_path / "backup") == {}
    assert "lived" in lines.getvalue()
    assert found_in(lines.getvalue().encode()) == []
    assert house.app.charts.load(ADA).chart.plan.patient.name.value == NAMES[0]
