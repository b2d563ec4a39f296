"""Ada in New York, her helpers, and providers that remember what they were given."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from skill.domain.alerts import AlertKind, Detail
from skill.domain.care_team import Address, Channel, Contact, Label, Patient, Role
from skill.domain.chart import Chart
from skill.domain.commands import AddMedication, Command, RaiseAlert, SetCareTeam, Tick
from skill.domain.identity import SOMEONE, ContactId, MedicationId, OperationId, PatientId, SessionId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Criticality, Form, Medication
from skill.domain.timings import FixedTimes, Phase
from skill.phrases.catalogue import Catalogue, packaged
from skill.private import Private
from skill.service.act import Acted, App, act
from skill.service.delivery import deliver
from skill.service.linking import add_household, add_patient
from skill.service.outgoing import ACCEPTED, Outgoing, Sent
from skill.service.sending import Providers
from tests.small_house import SmallHouse, a_small_house

NEW_YORK = ZoneInfo("America/New_York")
SEVEN = datetime(2027, 5, 4, 11, tzinfo=UTC)  # 07:00 in New York, a Tuesday
EIGHT = datetime(2027, 5, 4, 12, tzinfo=UTC)
TEN = datetime(2027, 5, 4, 14, tzinfo=UTC)
ADA = PatientId("pat_ada")
ANA, SAM = ContactId("con_ana"), ContactId("con_sam")
ANAS_PHONE, SAMS_PHONE = "+12025550111", "+12025550112"
BASE_URL = "https://meds.example.org"
_number = count()


def a_contact(
    contact_id: ContactId,
    name: str,
    *,
    phone: str | None = None,
    email: str | None = None,
    label: Label = Label.MOM,
    role: Role = Role.CONFIRM,
    zone: ZoneInfo = NEW_YORK,
    consented: bool = True,
) -> Contact:
    given = ((Channel.SMS, phone), (Channel.EMAIL, email))
    return Contact(
        contact_id=contact_id,
        name=Private(name),
        label=label,
        role=role,
        zone=zone,
        consented=consented,
        addresses=tuple(Address(channel=c, value=Private(a)) for c, a in given if a is not None),
    )


def ana(**facts: object) -> Contact:
    return a_contact(ANA, "Ana", **{"phone": ANAS_PHONE} | facts)


def sam(**facts: object) -> Contact:
    return a_contact(SAM, "Sam", **{"phone": SAMS_PHONE} | facts)


def a_patient(**facts: object) -> Patient:
    usual = {
        "patient_id": ADA,
        "name": Private("Ada Lovelace"),
        "zone": NEW_YORK,
        "home_address": Private("12 Elm Street, Albany"),
        "dispatch_number": Private("5185550143"),
    }
    return Patient(**usual | facts)


def a_medicine(name: str, *times: str, **facts: object) -> AddMedication:
    walls = tuple(time.fromisoformat(text) for text in times)
    return AddMedication(
        operation=an_operation(),
        medication=Medication(medication_id=MedicationId(f"med_{name}"), name=Private(name), **facts),
        phases=(Phase(first_day=date(2027, 5, 1), timing=FixedTimes(wall_times=walls)),),
    )


CRITICAL = {"criticality": Criticality.CRITICAL}
INSULIN = {"form": Form.INSULIN}


def an_operation() -> OperationId:
    return OperationId(f"test/{next(_number)}")


@dataclass(slots=True)
class Recorder:
    """A provider of ``channel`` that remembers, and answers what it is told to; then ``ACCEPTED``."""

    channel: Channel
    name: str = "recorder"
    answers: list[Sent] = field(default_factory=list)
    sent: list[Outgoing] = field(default_factory=list)
    before: Callable[[Outgoing], None] = lambda _: None
    news: threading.Condition = field(default_factory=threading.Condition)

    def send(self, outgoing: Outgoing) -> Sent:
        self.before(outgoing)
        with self.news:
            self.sent.append(outgoing)
            self.news.notify_all()
            return self.answers.pop(0) if self.answers else ACCEPTED

    def wait_for(self, messages: int) -> list[Outgoing]:
        """What was sent, as soon as there are so many; an error after ten seconds."""
        with self.news:
            if not self.news.wait_for(lambda: len(self.sent) >= messages, timeout=10):
                raise TimeoutError(f"{len(self.sent)} of {messages}")
            return list(self.sent)

    def texts(self, to: str | None = None) -> list[str]:
        return [o.text.value for o in self.sent if to is None or o.to.value == to]


@dataclass(slots=True, kw_only=True)
class Family:
    """A small house with one patient, and the post that goes out of it."""

    house: SmallHouse
    folder: Path
    sms: Recorder
    email: Recorder
    providers: Providers
    catalogue: Catalogue = field(default_factory=packaged)
    base_url: str | None = BASE_URL

    @property
    def app(self) -> App:
        return self.house.app

    @property
    def chart(self) -> Chart:
        return self.house.records.load(ADA).chart

    def do(self, command: type[Command], **facts: object) -> Acted:
        return act(self.app, ADA, command(operation=an_operation(), **facts))

    def says(self, command: type[Command], session: str = "s1", **facts: object) -> Acted:
        return self.do(command, speaker=SOMEONE, session=SessionId(session), **facts)

    def falls(self, detail: Detail = Detail.NONE, kind: AlertKind = AlertKind.FALL) -> None:
        self.says(RaiseAlert, kind=kind, detail=detail)

    def wind_to(self, moment: datetime) -> None:
        """Wind the clock, let time work, send what is ready."""
        self.house.clock.wind_to(moment)
        self.do(Tick)
        self.deliver()

    def deliver(self) -> int:
        parts = (self.app, self.house.chance, self.providers, self.catalogue)
        return deliver(*parts, ADA, base_url=self.base_url)

    def team(self, *contacts: Contact, **waits: object) -> None:
        people = [contact.contact_id for contact in contacts]
        self.do(SetCareTeam, contacts=contacts, ladders=standard_ladders(people, Waits(**waits)))


@contextmanager
def a_family(
    folder: Path,
    *contacts: Contact,
    patient: Patient | None = None,
    medicines: Sequence[AddMedication] | None = None,
    providers: Providers | None = None,
) -> Iterator[Family]:
    """Ada with one tablet at 08:00, and these helpers: told one after the other, of a fall all at once."""
    with a_small_house(folder, SEVEN) as house:
        household = add_household(house.app, house.chance)
        add_patient(house.app, household, patient or a_patient(), an_operation())
        sms, email = Recorder(Channel.SMS), Recorder(Channel.EMAIL)
        chosen = providers or {Channel.SMS: (sms,), Channel.EMAIL: (email,)}
        family = Family(house=house, folder=folder, sms=sms, email=email, providers=chosen)
        family.team(*(contacts or (ana(), sam())))
        for medicine in medicines if medicines is not None else [a_medicine("lisinopril", "08:00")]:
            act(house.app, ADA, medicine)
        yield family


def link_in(text: str) -> str:
    """The path of the link in a message."""
    found = re.search(rf"{re.escape(BASE_URL)}(/a/\S{{43}})", text)
    if found is None:
        raise AssertionError("there is no link in it")
    return found[1]


def code_in(text: str) -> str:
    """The six digits to reply with."""
    found = re.search(r"reply ([0-9]{6})\b", text)
    if found is None:
        raise AssertionError("there is no code in it")
    return found[1]
