"""A household with real parts in a folder, its clock wound by hand, and Echoes to talk to."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from skill.chance import SeededChance
from skill.clock import WoundClock
from skill.domain.alerts import Alert
from skill.domain.care_team import Address, Channel, Contact, Label, Patient, Role
from skill.domain.chart import Chart
from skill.domain.commands import AddMedication, Command, SetCareTeam, Tick
from skill.domain.events import Decision
from skill.domain.identity import OPERATOR, ContactId, HouseholdId, MedicationId, OperationId, PatientId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Criticality, Form, Medication
from skill.domain.timings import FixedTimes, Phase
from skill.phrases.catalogue import packaged
from skill.private import Private
from skill.service.act import App, act
from skill.service.linking import add_household, add_patient, find_household, make_code
from skill.storage.key_wrapping import KeyFileWrapper
from skill.storage.keys import KeyRing
from skill.storage.records import Records
from skill.storage.sealing import PatientSealer
from skill.storage.sqlite import SqliteStore, create_store
from skill.storage.sqlite_shelf import SqliteKeyShelf, create_shelf
from skill.voice.skill import Answer, build_skill
from tests.voice.envelopes import SKILL_ID, Echo, Envelope, intent_request

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY = date(2027, 5, 4)
ADA, BOB = PatientId("pat_ada"), PatientId("pat_bob")
ANA, SAM = ContactId("con_ana"), ContactId("con_sam")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back. ``speech`` and ``reprompt`` without markup, as a person hears them."""

    raw: dict[str, Any]
    speech: str
    reprompt: str | None
    open: bool
    attributes: dict[str, Any]
    elicits: str | None


@dataclass(slots=True, kw_only=True)
class House:
    """One household, Ada's, on Tuesday the fourth of May 2027 in New York."""

    app: App
    clock: WoundClock
    chance: SeededChance
    answer: Answer
    household: HouseholdId
    store: SqliteStore
    echo: Echo = field(default_factory=Echo)
    commands: int = 0

    # ---- setting up

    def operation(self) -> OperationId:
        self.commands += 1
        return OperationId(f"test/{self.commands}")

    def patient(
        self,
        patient_id: PatientId = ADA,
        name: str = "Ada",
        *,
        country: str = "US",
        medicine_names_spoken: bool = False,
    ) -> None:
        person = Patient(
            patient_id=patient_id,
            name=Private(name),
            zone=NEW_YORK,
            country=country,
            medicine_names_spoken=medicine_names_spoken,
        )
        add_patient(self.app, self.household, person, self.operation())

    def team(self, *people: Contact, patient_id: PatientId = ADA) -> None:
        ladders = standard_ladders([p.contact_id for p in people], Waits())
        team = SetCareTeam(operation=self.operation(), speaker=OPERATOR, contacts=people, ladders=ladders)
        act(self.app, patient_id, team)

    def medicine(
        self,
        name: str,
        *times: str,
        patient_id: PatientId = ADA,
        form: Form = Form.TABLET,
        criticality: Criticality = Criticality.ORDINARY,
        nickname: str | None = None,
        amount: str = "1",
    ) -> MedicationId:
        """``name`` every day at ``times`` (08:00 when none is given); its id is med_ and the name."""
        walls = tuple(time.fromisoformat(t) for t in times or ("08:00",))
        medication = Medication(
            medication_id=MedicationId(f"med_{name.casefold().replace(' ', '_')}"),
            name=Private(name),
            nickname=Private(nickname) if nickname else None,
            form=form,
            criticality=criticality,
        )
        phase = Phase(first_day=TUESDAY, timing=FixedTimes(wall_times=walls), amount=Decimal(amount))
        add = AddMedication(
            operation=self.operation(), speaker=OPERATOR, medication=medication, phases=(phase,)
        )
        act(self.app, patient_id, add)
        return medication.medication_id

    def link(self, echo: Echo | None = None) -> None:
        """Tie the account of ``echo`` to the household, as its owner does it."""
        echo = echo or self.echo
        self.says("LinkIntent", echo=echo, Code=self.code())
        echo.open = False
        assert find_household(self.app, echo.user) is not None

    def code(self) -> str:
        return make_code(self.app, self.chance, self.household)

    # ---- time

    def at(self, wall: str, day: date = TUESDAY) -> None:
        """Wind the clock to a wall time in New York."""
        self.clock.wind_to(datetime.combine(day, time.fromisoformat(wall), tzinfo=NEW_YORK))

    def later(self, **span: float) -> None:
        self.clock.wind_by(timedelta(**span))

    def tick(self, patient_id: PatientId = ADA) -> Decision:
        return self.does(Tick(operation=self.operation()), patient_id)

    def does(self, command: Command, patient_id: PatientId = ADA) -> Decision:
        return act(self.app, patient_id, command).decision

    # ---- talking

    def opens(self, echo: Echo | None = None) -> Heard:
        return self.hears({"type": "LaunchRequest"}, echo)

    def says(self, intent: str, echo: Echo | None = None, **slots: str) -> Heard:
        return self.hears(intent_request(intent, slots), echo)

    def ends(self, reason: str, echo: Echo | None = None) -> Heard:
        return self.hears({"type": "SessionEndedRequest", "reason": reason}, echo)

    def hears(self, request: Mapping[str, Any], echo: Echo | None = None) -> Heard:
        echo = echo or self.echo
        return self.receives(echo.envelope(request, self.clock.now()), echo)

    def receives(self, envelope: Envelope, echo: Echo | None = None) -> Heard:
        """Send ``envelope`` as it stands, and let ``echo`` go on from the answer."""
        echo = echo or self.echo
        heard = read(self.answer(envelope))
        echo.open, echo.attributes = heard.open, heard.attributes
        return heard

    # ---- looking

    def chart(self, patient_id: PatientId = ADA) -> Chart:
        return self.app.charts.load(patient_id).chart

    def states(self, patient_id: PatientId = ADA) -> list[str]:
        """The outcomes of a chart, the earliest first."""
        return [outcome.state.value for outcome in self.chart(patient_id).now.outcomes]

    def alerts(self, patient_id: PatientId = ADA) -> Sequence[Alert]:
        return self.chart(patient_id).now.alerts

    def entries(self, patient_id: PatientId = ADA) -> int:
        """How many decisions its ledger holds."""
        return self.chart(patient_id).now.entries


def read(answer: Mapping[str, Any]) -> Heard:
    """An answer as Alexa reads it; what she would refuse fails here."""
    assert answer["version"] == "1.0"
    assert len(json.dumps(answer).encode()) <= 24 * 1024
    response = answer["response"]
    reprompt = response.get("reprompt")
    directives = response.get("directives") or []
    return Heard(
        raw=dict(answer),
        speech=words(response.get("outputSpeech")),
        reprompt=words(reprompt["outputSpeech"]) if reprompt else None,
        open=response.get("shouldEndSession") is False,
        attributes=answer.get("sessionAttributes") or {},
        elicits=directives[0]["slotToElicit"] if directives else None,
    )


def words(speech: Mapping[str, Any] | None) -> str:
    """The text of an SSML speech, which must be well-formed and at most 8000 characters."""
    if speech is None:
        return ""
    assert speech["type"] == "SSML"
    assert len(speech["ssml"]) <= 8000
    root = ET.fromstring(speech["ssml"])  # noqa: S314 -- our own speech
    assert root.tag == "speak"
    return "".join(root.itertext())


def a_contact(contact_id: ContactId = ANA, name: str = "Ana", *, spoken: bool = True) -> Contact:
    return Contact(
        contact_id=contact_id,
        name=Private(name),
        name_may_be_spoken=spoken,
        label=Label.MOM,
        role=Role.CONFIRM,
        zone=NEW_YORK,
        addresses=(Address(channel=Channel.SMS, value=Private("+12025550123")),),
    )


@contextmanager
def an_empty_house(folder: Path) -> Iterator[House]:
    """A household without patients, on the evening before; nobody is linked to it."""
    clock = WoundClock(datetime(2027, 5, 3, 22, tzinfo=UTC))
    chance = SeededChance(folder.name)
    create_store(folder / "store.db")
    create_shelf(folder / "keys.db")
    shelf, store = SqliteKeyShelf(folder / "keys.db"), SqliteStore(folder / "store.db")
    try:
        keys = KeyRing(shelf, KeyFileWrapper(chance.bytes(32), chance), clock, chance)
        keys.make_first_keys()
        app = App(charts=Records(store, PatientSealer(keys, chance), keys, chance), clock=clock)
        answer = build_skill(app, packaged(), country="US", skill_id=SKILL_ID)
        household = add_household(app, chance)
        yield House(app=app, clock=clock, chance=chance, answer=answer, household=household, store=store)
    finally:
        store.close()
        shelf.close()


@contextmanager
def a_house(folder: Path) -> Iterator[House]:
    """Ada, who lives alone and takes nothing yet; her daughter Ana may be named; the Echo is linked."""
    with an_empty_house(folder) as house:
        house.patient()
        house.team(a_contact())
        house.link()
        yield house
