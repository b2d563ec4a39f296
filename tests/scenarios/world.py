"""The whole house in wound time: a real Echo's envelopes, a sweep every minute, telephones with messages."""

import csv
import html
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from skill import bootstrap
from skill.bootstrap import House
from skill.clock import WoundClock
from skill.domain.alerts import Alert
from skill.domain.care_team import Address, Channel, Contact, Label, Patient, Role
from skill.domain.chart import Chart
from skill.domain.commands import AddMedication, Command, SetCareTeam
from skill.domain.events import IntakeRecorded, StatementHeard
from skill.domain.identity import OPERATOR, ContactId, HouseholdId, MedicationId, OperationId, PatientId
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.regimen import Criticality, Form, Medication
from skill.domain.timings import FixedTimes, Phase
from skill.exports import EXPORTS
from skill.private import Private
from skill.service.act import act
from skill.service.delivery import deliver
from skill.service.heartbeat import out_after
from skill.service.linking import add_household, add_patient, make_code
from skill.service.mailbox import mails
from skill.service.replies import Heard, hear
from skill.service.report_rows import Days
from skill.service.reports import report
from skill.service.sweep import sweep
from skill.settings import read as read_settings
from skill.storage.sqlite import STORE_FILE
from skill.voice.skill import Answer
from tests.voice.envelopes import SKILL_ID, Echo, intent_request
from tests.voice.house import read

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY, WEDNESDAY = date(2027, 5, 4), date(2027, 5, 5)
ADA, BOB = PatientId("pat_ada"), PatientId("pat_bob")
BASE_URL = "https://dk.example.org"
_MINUTE = timedelta(minutes=1)
_CODE = re.compile(r"reply ([0-9 ]{6,7}) or")
_LINK = re.compile(r"https://[^/\s]+(/a/[A-Za-z0-9_-]+)")


def person(
    name: str,
    *,
    label: Label = Label.MOM,
    role: Role = Role.CONFIRM,
    email: bool = True,
    zone: ZoneInfo = NEW_YORK,
    phone: str | None = None,
) -> Contact:
    """A helper with a telephone and, unless told otherwise, e-mail; her id is con_ and her name."""
    own = phone or f"+1202555{sum(map(ord, name)) % 10_000:04d}"
    addresses = [Address(channel=Channel.SMS, value=Private(own))]
    if email:
        addresses.append(Address(channel=Channel.EMAIL, value=Private(f"{name.lower()}@example.org")))
    return Contact(
        contact_id=ContactId(f"con_{name.lower()}"),
        name=Private(name),
        name_may_be_spoken=True,
        label=label,
        role=role,
        zone=zone,
        addresses=tuple(addresses),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A caregiver's page as a telephone shows it: its words, and the fields behind each button."""

    status: int
    text: str
    forms: tuple[dict[str, str], ...]

    @property
    def buttons(self) -> list[str]:
        return [form["action"] for form in self.forms]


@dataclass(slots=True, kw_only=True)
class World:
    """One household on Tuesday the fourth of May 2027 in New York; the Echo is linked to it."""

    house: House
    clock: WoundClock
    answer: Answer
    household: HouseholdId
    echo: Echo = field(default_factory=Echo)
    web: FlaskClient | None = None
    operations: int = 0
    opened: dict[str, tuple[str, Shown]] = field(default_factory=dict)

    # ---- setting up

    def operation(self) -> OperationId:
        self.operations += 1
        return OperationId(f"scenario/{self.operations}")

    def patient(
        self,
        name: str = "Ada",
        *helpers: Contact,
        zone: ZoneInfo = NEW_YORK,
        address: str | None = "12 Elm Street, Albany, New York",
        prompts: bool = False,
    ) -> PatientId:
        """A patient with these helpers, who are told in this order; the id is pat_ and the name."""
        patient_id = PatientId(f"pat_{name.lower()}")
        patient = Patient(
            patient_id=patient_id,
            name=Private(name),
            zone=zone,
            home_address=Private(address) if address else None,
            dispatch_number=Private("5185550143"),
            prompts=Address(channel=Channel.SMS, value=Private("+12025559999")) if prompts else None,
        )
        add_patient(self.house.app, self.household, patient, self.operation())
        self.team(*helpers, patient_id=patient_id)
        return patient_id

    def team(self, *helpers: Contact, patient_id: PatientId = ADA) -> None:
        ladders = standard_ladders([h.contact_id for h in helpers], Waits())
        self.does(
            SetCareTeam(operation=self.operation(), speaker=OPERATOR, contacts=helpers, ladders=ladders),
            patient_id,
        )

    def medicine(
        self,
        name: str,
        *walls: str,
        patient_id: PatientId = ADA,
        form: Form = Form.TABLET,
        criticality: Criticality = Criticality.ORDINARY,
        amount: str = "1",
        first_day: date = TUESDAY,
        last_day: date | None = None,
        given_by: str | None = None,
    ) -> MedicationId:
        """``name`` at ``walls`` from ``first_day`` to ``last_day``; its id is med_ and the name."""
        medication = Medication(
            medication_id=MedicationId(f"med_{name}"),
            name=Private(name),
            form=form,
            criticality=criticality,
            given_by=ContactId(f"con_{given_by.lower()}") if given_by else None,
        )
        phase = Phase(
            first_day=first_day,
            last_day=last_day,
            timing=FixedTimes(wall_times=tuple(time.fromisoformat(wall) for wall in walls)),
            amount=Decimal(amount),
        )
        add = AddMedication(
            operation=self.operation(), speaker=OPERATOR, medication=medication, phases=(phase,)
        )
        self.does(add, patient_id)
        return medication.medication_id

    def does(self, command: Command, patient_id: PatientId = ADA) -> None:
        act(self.house.app, patient_id, command)

    def link(self) -> None:
        """Tie the account of the Echo to the household, as its owner does it."""
        self.says("LinkIntent", Code=make_code(self.house.app, self.house.chance, self.household))
        self.leaves()

    # ---- time

    def wind_to(self, wall: str, day: date | None = None) -> None:
        """Wind to a wall time in New York (of today), with a sweep and its delivery every minute."""
        target = self._moment(wall, day)
        while self.clock.now() < target:
            self.clock.wind_to(min(target, self.clock.now() + _MINUTE))
            self.settle()

    def out_of_service_until(self, wall: str, day: date | None = None) -> None:
        """Nothing of ours runs until then; the first sweep afterwards finds the gap."""
        self.clock.wind_to(self._moment(wall, day))
        self.settle()

    def seconds_pass(self, seconds: float) -> None:
        """Less than a minute, in which no sweep comes."""
        self.clock.wind_by(timedelta(seconds=seconds))

    def settle(self) -> None:
        """One sweep, and everything that is ready is sent."""
        house = self.house
        passed = sweep(house.app, deliver=lambda _: None, out_after=out_after(house.settings.heartbeat))
        for patient_id in passed.to_send:
            deliver(house.app, house.chance, house.providers, house.catalogue, patient_id, base_url=BASE_URL)

    def _moment(self, wall: str, day: date | None) -> datetime:
        today = day or self.clock.now().astimezone(NEW_YORK).date()
        return datetime.combine(today, time.fromisoformat(wall), tzinfo=NEW_YORK)

    # ---- talking

    def opens(self) -> str:
        """ "Alexa, open Dose Keeper": what is spoken."""
        return self._hears({"type": "LaunchRequest"})

    def says(self, intent: str, **slots: str) -> str:
        """A sentence that Alexa understood as ``intent``: what is spoken."""
        return self._hears(intent_request(intent, slots))

    def session_ends(self, reason: str = "EXCEEDED_MAX_REPROMPTS") -> None:
        """Alexa says that the session is over, as she does after two questions without an answer."""
        self._hears({"type": "SessionEndedRequest", "reason": reason})
        self.leaves()

    def leaves(self) -> None:
        """Whatever is said next begins a new session; nothing tells us that the old one is over."""
        self.echo.open = False

    def says_twice(self, intent: str, **slots: str) -> tuple[str, str]:
        """One request that Alexa delivers twice, byte for byte."""
        envelope = self.echo.envelope(intent_request(intent, slots), self.clock.now())
        return self._receives(envelope), self._receives(envelope)

    def says_while_the_store_is_held(self, intent: str, **slots: str) -> str:
        """``says`` while another process writes to the store and does not let go."""
        envelope = self.echo.envelope(intent_request(intent, slots), self.clock.now())
        file = self.house.settings.store.data / STORE_FILE
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            heard = read(self.answer(envelope))
            other.execute("ROLLBACK")
        return heard.speech

    def _hears(self, request: dict[str, object]) -> str:
        return self._receives(self.echo.envelope(request, self.clock.now()))

    def _receives(self, envelope: dict[str, object]) -> str:
        heard = read(self.answer(envelope))
        self.echo.open, self.echo.attributes = heard.open, heard.attributes
        self.settle()
        return heard.speech

    # ---- the telephones of the helpers

    def messages_to(
        self, name: str, *, patient_id: PatientId = ADA, channel: Channel | None = None
    ) -> list[str]:
        """The texts that arrived so far; ``name`` of a helper, or "patient"."""
        wanted = None if name == "patient" else ContactId(f"con_{name.lower()}")
        arrived = mails(self.house.app, self.house.store, patient_id)
        return [
            mail.text.value
            for mail in arrived
            if mail.contact_id == wanted and channel in (None, mail.channel)
        ]

    @property
    def pages(self) -> FlaskClient:
        """The caregiver's door, built when the first link is opened."""
        if self.web is None:
            self.web = bootstrap.web_app(self.house).test_client()
        return self.web

    def opens_link(self, name: str, *, patient_id: PatientId = ADA) -> Shown:
        """Look behind the newest link that ``name`` has got."""
        links = [m for text in self.messages_to(name, patient_id=patient_id) for m in _LINK.findall(text)]
        path = links[-1]
        shown = _shown(self.pages.get(path))
        self.opened[name] = path, shown
        return shown

    def presses(self, name: str, action: str, *, number: int = 0) -> Shown:
        """Press a button of the page that ``name`` looks at; ``number``: which of several alike."""
        path, shown = self.opened[name]
        form = [f for f in shown.forms if f["action"] == action][number]
        return self.posts(name, path, **form)

    def posts(self, name: str, path: str, **form: str) -> Shown:
        after = _shown(self.pages.post(path, data=form))
        self.opened[name] = path, after
        self.settle()
        return after

    def opens_link_and_presses(self, name: str, *actions: str, patient_id: PatientId = ADA) -> Shown:
        shown = self.opens_link(name, patient_id=patient_id)
        for action in actions:
            shown = self.presses(name, action)
        return shown

    def replies_by_sms(self, name: str, text: str, *, patient_id: PatientId = ADA) -> Heard:
        """A reply from the telephone of ``name``; ``{code}`` stands for the newest code that came there."""
        contact = self.chart(patient_id).get_contact(ContactId(f"con_{name.lower()}"))
        phone = next(a.value.value for a in contact.addresses if a.channel is Channel.SMS)
        if "{code}" in text:
            arrived = self.messages_to(name, patient_id=patient_id, channel=Channel.SMS)
            codes = [code for one in arrived for code in _CODE.findall(one)]
            text = text.replace("{code}", codes[-1])
        heard = hear(self.house.app, phone, text, f"sms/{self.operation()}")
        self.settle()
        return heard

    # ---- what is written down

    def chart(self, patient_id: PatientId = ADA) -> Chart:
        return self.house.app.charts.load(patient_id).chart

    def states(self, patient_id: PatientId = ADA) -> list[str]:
        """Each dose that has an outcome, the earliest first: "lisinopril 08:00 taken"."""
        return [
            f"{self._named(o.medication_id)} {self._wall(o.due)} {o.state.value}"
            for o in self.chart(patient_id).now.outcomes
        ]

    def intakes(self, patient_id: PatientId = ADA) -> list[str]:
        """The intakes of the ledger: "extra lisinopril 08:20 amount 1"."""
        recorded = (
            event.intake
            for decision in self.house.app.charts.ledger(patient_id)
            for event in decision.events
            if isinstance(event, IntakeRecorded)
        )
        return [
            f"{i.kind.value} {self._named(i.medication_id)} {self._wall(i.at)} amount {i.amount}"
            for i in recorded
        ]

    def statements(self, patient_id: PatientId = ADA) -> list[str]:
        """The kinds of everything that was said about an intake, from the ledger, in order."""
        return [
            event.kind.value
            for decision in self.house.app.charts.ledger(patient_id)
            for event in decision.events
            if isinstance(event, StatementHeard)
        ]

    def alerts(self, patient_id: PatientId = ADA) -> list[str]:
        """Every alert: "intake extra open"."""
        return [
            f"{alert.kind.value} {alert.detail.value} {alert.state.value}"
            for alert in self.chart(patient_id).now.alerts
        ]

    def last_alert(self, patient_id: PatientId = ADA) -> Alert:
        return self.chart(patient_id).now.alerts[-1]

    def table(self, patient_id: PatientId = ADA) -> list[dict[str, str]]:
        """The clinician's table, row by row."""
        written = "".join(EXPORTS["csv"].write(report(self.house.app, patient_id, Days())))
        return list(csv.DictReader(written.lstrip("\ufeff").splitlines()))

    def _named(self, medication_id: MedicationId | None) -> str:
        return medication_id.removeprefix("med_") if medication_id else "unknown"

    def _wall(self, moment: datetime) -> str:
        return f"{moment.astimezone(NEW_YORK):%H:%M}"


def _shown(answer: TestResponse) -> Shown:
    body = answer.get_data(as_text=True)
    forms = []
    for form in re.findall(r"<form.*?</form>", body, re.DOTALL):
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        forms.append({name: html.unescape(value) for name, value in fields.items()})
    plain = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", body, flags=re.DOTALL)))
    return Shown(status=answer.status_code, text=" ".join(plain.split()), forms=tuple(forms))


@contextmanager
def a_world(folder: Path, **more: str) -> Iterator[World]:
    """Nobody lives there yet; it is half past six on Tuesday morning. ``more``: settings besides."""
    settings = read_settings(
        {
            "DOSEKEEPER_DATA": str(folder / "data"),
            "DOSEKEEPER_KEY_FILE": str(folder / "key"),
            "DOSEKEEPER_SKILL_ID": SKILL_ID,
            "DOSEKEEPER_BASE_URL": BASE_URL,
            **more,
        }
    )
    clock = WoundClock(datetime(2027, 5, 4, 6, 30, tzinfo=NEW_YORK))
    bootstrap.create_home(settings, clock)
    house = bootstrap.command_app(settings, clock)
    try:
        yield World(
            house=house,
            clock=clock,
            answer=bootstrap.skill_app(house),
            household=add_household(house.app, house.chance),
        )
    finally:
        house.close()
