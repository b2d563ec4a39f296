"""What functions stand on in the tests: two tables, a KMS key and a queue of a server on this machine."""

import http.client
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from botocore.session import Session

from infra.stack.ministack import MiniStack
from skill.bootstrap import House, command_app, create_home
from skill.chance import SystemChance, new_id
from skill.clock import Clock, SystemClock, WoundClock
from skill.domain.care_team import Address, Channel, Contact, Label, Patient, Role
from skill.domain.commands import AddMedication, SetCareTeam, Tick
from skill.domain.events import Decision, Event
from skill.domain.identity import OPERATOR, ContactId, HouseholdId, MedicationId, OperationId, PatientId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Medication
from skill.domain.timings import FixedTimes, Phase
from skill.private import Private
from skill.service.act import act
from skill.service.delivery import deliver
from skill.service.linking import add_household, add_patient
from skill.settings import read
from skill.storage.dynamo_tables import create_tables
from tests.service.family import Recorder

REGION = "us-east-1"
BASE_URL = "https://d.example.org"
SAM = ContactId("con_sam")
CLOCK = SystemClock()
_UTC = ZoneInfo("UTC")
_NOBODY = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "nobody's secret",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A patient of the ground, and the telephone of Sam, who is told."""

    patient_id: PatientId
    household_id: HouseholdId
    name: str
    phone: str


@dataclass(slots=True, kw_only=True)
class Ground:
    """The deployment. Everybody who is enrolled gets a name and a telephone of their own."""

    server: MiniStack
    table: str
    keys_table: str
    key: str
    queue: str
    enrolled: int = 0
    _clients: dict[str, Any] = field(default_factory=dict)

    def environ(self, endpoint: str | None = None, **more: str) -> dict[str, str]:
        """The variables of a function. ``endpoint``: where AWS answers instead of the server itself."""
        named = {
            "AWS_TABLE": self.table,
            "AWS_KEYS_TABLE": self.keys_table,
            "AWS_KMS_KEY": self.key,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT": endpoint or self.server.endpoint,
            "BASE_URL": BASE_URL,
        }
        return {f"DOSEKEEPER_{name}": value for name, value in (named | more).items()}

    def client(self, service: str) -> Any:  # noqa: ANN401 - botocore's
        if service not in self._clients:
            self._clients[service] = self.reaching(self.server.endpoint, service)
        return self._clients[service]

    @staticmethod
    def reaching(endpoint: str, service: str) -> Any:  # noqa: ANN401 - botocore's
        """A client of ``service`` that calls ``endpoint``."""
        session = Session()
        session.set_credentials(_NOBODY["AWS_ACCESS_KEY_ID"], _NOBODY["AWS_SECRET_ACCESS_KEY"])
        return session.create_client(service, region_name=REGION, endpoint_url=endpoint)

    @contextmanager
    def house(self, clock: Clock = CLOCK) -> Iterator[House]:
        """The same tables as the command line reaches them."""
        house = command_app(read(self.environ()), clock=clock)
        try:
            yield house
        finally:
            house.close()

    def somebody(self) -> Someone:
        """A new patient from whom nobody has heard a word: as of this minute Sam is to be asked."""
        self.enrolled += 1
        with self.house(WoundClock(CLOCK.now() - timedelta(hours=3))) as house:
            return _enrol(house, f"Adelheid{self.enrolled}", f"+120255501{self.enrolled:02d}")

    def happened(self, who: Someone, kind: type[Event]) -> list[Event]:
        """Everything of this kind on the record, in its order."""
        with self.house() as house:
            ledger: list[Decision] = list(house.records.ledger(who.patient_id))
        return [one for decision in ledger for one in decision.events if isinstance(one, kind)]

    def told(self, who: Someone) -> str:
        """What Sam is told now, by somebody else than a function."""
        with self.house() as house:
            act(house.app, who.patient_id, Tick(operation=OperationId(new_id(house.chance, "tick"))))
            sms = Recorder(Channel.SMS)
            parts = (house.app, house.chance, {Channel.SMS: (sms,)}, house.catalogue)
            deliver(*parts, who.patient_id, base_url=BASE_URL)
            (text,) = sms.texts()
            return text

    def sms(self, who: Someone) -> list[str]:
        """What SNS sent to Sam's telephone."""
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        line.request("GET", f"/_ministack/sns/sms-messages?phoneNumber={quote(who.phone)}")
        found = json.loads(line.getresponse().read())["sms_messages"][who.phone]
        line.close()
        return [str(one["Message"]) for one in found]

    def taken_from_queue(self) -> list[dict[str, Any]]:
        """The bodies of what can be seen in the queue now; they are gone from it then."""
        sqs, bodies = self.client("sqs"), []
        while found := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for one in found:
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=one["ReceiptHandle"])
                bodies.append(json.loads(one["Body"]))
        return bodies

    def in_queue(self, which: str) -> int:
        """How many messages are there; ``which``: nothing for those to be seen, or ``Delayed``."""
        name = f"ApproximateNumberOfMessages{which}"
        answer = self.client("sqs").get_queue_attributes(QueueUrl=self.queue, AttributeNames=[name])
        return int(answer["Attributes"][name])


@contextmanager
def credentials_of_nobody() -> Iterator[None]:
    """For parts of this process that look for credentials where AWS's tools do; real ones are put away."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in _NOBODY.items():
            patch.setenv(name, value)
        yield


@contextmanager
def a_ground(more: Mapping[str, str] | None = None) -> Iterator[Ground]:
    """An empty deployment with its first keys, on a server of its own; ``more``: attributes of its queue."""
    server = MiniStack()
    try:
        with credentials_of_nobody():
            ground = Ground(server=server, table="items", keys_table="keys", key="", queue="")
            create_tables(ground.client("dynamodb"), ground.table, ground.keys_table)
            ground.key = ground.client("kms").create_key()["KeyMetadata"]["Arn"]
            queue = ground.client("sqs").create_queue(QueueName="work", Attributes=dict(more or {}))
            ground.queue = queue["QueueUrl"]
            create_home(read(ground.environ()))
            yield ground
    finally:
        server.stop()


def _enrol(house: House, name: str, phone: str) -> Someone:
    """One tablet a day, due two hours ago to the minute, which is how long everybody waits for a word."""
    patient_id = PatientId(new_id(SystemChance(), "pat"))
    household_id = add_household(house.app, house.chance)
    patient = Patient(patient_id=patient_id, name=Private(name), zone=_UTC)
    add_patient(house.app, household_id, patient, OperationId("enrol"))
    sam = Contact(
        contact_id=SAM,
        name=Private("Sam"),
        label=Label.MOM,
        role=Role.CONFIRM,
        zone=_UTC,
        addresses=(Address(channel=Channel.SMS, value=Private(phone)),),
    )
    ladders = standard_ladders([SAM], Waits())
    team = SetCareTeam(operation=OperationId("team"), speaker=OPERATOR, contacts=(sam,), ladders=ladders)
    act(house.app, patient_id, team)
    due = CLOCK.now().replace(second=0, microsecond=0) - timedelta(minutes=120)
    first_day = (due - timedelta(days=1)).date()
    medicine = AddMedication(
        operation=OperationId("medicine"),
        speaker=OPERATOR,
        medication=Medication(medication_id=MedicationId("med_1"), name=Private("lisinopril")),
        phases=(Phase(first_day=first_day, timing=FixedTimes(wall_times=(due.time(),))),),
    )
    act(house.app, patient_id, medicine)
    return Someone(patient_id=patient_id, household_id=household_id, name=name, phone=phone)
