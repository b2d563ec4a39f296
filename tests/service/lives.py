"""A person's days played against the bare domain: every decision is kept, as the ledger would keep it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from skill.domain.care_team import Address, Channel, Contact, Label, Patient, Role
from skill.domain.chart import Chart, empty_chart
from skill.domain.commands import AddMedication, ClaimMessages, Command, Enrol, SetCareTeam, Settle, Tick
from skill.domain.decide import decide
from skill.domain.events import Decision, MessageClaimed
from skill.domain.fold import fold
from skill.domain.identity import (
    OPERATOR,
    SOMEONE,
    ContactId,
    MedicationId,
    OperationId,
    PatientId,
    SessionId,
)
from skill.domain.ladders import Waits, standard_ladders
from skill.domain.messages import Outcome
from skill.domain.regimen import Medication
from skill.domain.timings import FixedTimes, Phase
from skill.domain.wake import next_wake
from skill.private import Private

BERLIN = ZoneInfo("Europe/Berlin")
ADA = PatientId("pat_ada")
SAM = ContactId("con_sam")
ASPIRIN = MedicationId("med_aspirin")


def a_contact(contact_id: ContactId = SAM, name: str = "Sam", **others: Any) -> Contact:  # noqa: ANN401 - fields of Contact
    others.setdefault("addresses", (Address(channel=Channel.SMS, value=Private("+12025550123")),))
    return Contact(
        contact_id=contact_id,
        name=Private(name),
        label=Label.MOM,
        role=others.pop("role", Role.CONFIRM),
        zone=BERLIN,
        **others,
    )


@dataclass(slots=True, kw_only=True)
class Life:
    """One patient in Berlin, by the wall clock there; ticks come punctually, as a sweep makes them."""

    start: datetime
    ledger: list[Decision] = field(default_factory=list)
    chart: Chart = field(init=False)
    now: datetime = field(init=False)
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        patient = Patient(patient_id=ADA, name=Private("Ada"), zone=BERLIN)
        self.now = self.start
        self.chart = empty_chart(patient, self.start)
        self.do(Enrol, speaker=OPERATOR, patient=patient)

    def do(self, command: type[Command], **fields: Any) -> Decision:  # noqa: ANN401 - fields of the command
        """Carry the command out now."""
        self.done[command.__name__] += 1
        fields.setdefault("speaker", SOMEONE)
        operation = OperationId(f"{command.__name__}-{self.done[command.__name__]}")
        decision = decide(self.chart, command(operation=operation, **fields), self.now)
        if decision.events:
            self.ledger.append(decision)
            self.chart = fold(self.chart, decision)
        return decision

    def until(self, wall: str, *, ticks: bool = True) -> None:
        """Let time pass to a wall clock in Berlin, ``2027-05-04 08:04``."""
        target = datetime.fromisoformat(wall).replace(tzinfo=BERLIN).astimezone(UTC)
        while ticks:
            wake = next_wake(self.chart)
            if wake is None or wake > target:
                break
            self.now = max(self.now, wake)
            before = self.chart
            self.do(Tick)
            if self.chart is before:
                self._send()
        self.now = target

    def _send(self) -> None:
        """Hand everything that is ready to a provider that takes it."""
        claimed = self.do(ClaimMessages)
        for key in [event.key for event in claimed.events if isinstance(event, MessageClaimed)]:
            message = self.chart.find_message(key)
            if message is not None:
                self.do(Settle, key=key, attempt=message.attempt, outcome=Outcome.ACCEPTED)

    def says(self, command: type[Command], session: str = "s1", **fields: Any) -> Decision:  # noqa: ANN401 - fields of the command
        """Somebody says it to the device."""
        return self.do(command, session=SessionId(session), **fields)

    def takes(
        self,
        medication_id: MedicationId = ASPIRIN,
        name: str = "aspirin",
        times: tuple[time, ...] = (time(8),),
        amount: str = "1",
        **others: Any,  # noqa: ANN401 - fields of Medication
    ) -> None:
        """Put a medicine on the list."""
        first_day = others.pop("first_day", date(2027, 5, 1))
        phase = Phase(
            first_day=first_day,
            last_day=others.pop("last_day", None),
            timing=FixedTimes(wall_times=times),
            amount=Decimal(amount),
        )
        medication = Medication(medication_id=medication_id, name=Private(name), **others)
        self.do(AddMedication, speaker=OPERATOR, medication=medication, phases=(phase,))

    def has_helpers(self, *contacts: Contact) -> None:
        """Put these on the care team, with the standard ladders."""
        team = contacts or (a_contact(),)
        ladders = standard_ladders([contact.contact_id for contact in team], Waits())
        self.do(SetCareTeam, speaker=OPERATOR, contacts=team, ladders=ladders)


def a_life(start: str = "2027-05-03 21:00") -> Life:
    return Life(start=datetime.fromisoformat(start).replace(tzinfo=BERLIN).astimezone(UTC))
