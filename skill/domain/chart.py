"""The chart: all that is needed to decide about one patient now. A fold of the ledger."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from skill.domain.alerts import Alert
from skill.domain.care_team import Contact, Patient
from skill.domain.doses import Dose, DoseKey, OpenPart, Outcome, doses_between
from skill.domain.events import Done, Question, StatementKind
from skill.domain.identity import (
    AlertId,
    ContactId,
    DeviceId,
    IntakeId,
    MedicationId,
    OperationId,
    SessionId,
    SpeakerKind,
    StatementId,
)
from skill.domain.intakes import Intake
from skill.domain.ladders import Ladder, LadderKind
from skill.domain.messages import Message
from skill.domain.regimen import Medication
from skill.domain.unnamed import Unnamed
from skill.errors import NotFoundError

OUTCOMES_KEPT = 400
OUTCOME_DAYS = timedelta(days=14)
OPERATIONS_KEPT = 64
QUIET_OPERATIONS_KEPT = 16  # of those, at most: ticks, claims and settlings, which nobody sends again later
STATEMENTS_KEPT = 6  # besides the newest: so far back reaches an undo
INTAKES_KEPT_FOR = timedelta(hours=48)
INTAKES_KEPT = 48  # the ledger has them all
_due = attrgetter("due")


class Touched(NamedTuple):
    """A dose that a statement changed, and its state before: what an undo goes back to."""

    medication_id: MedicationId
    due: datetime
    before: Outcome | None
    part_before: OpenPart | None

    @property
    def key(self) -> DoseKey:
        return DoseKey(self.medication_id, self.due)


class Statement(Struct, frozen=True, kw_only=True):
    """One of the last things said about intakes, as far as an undo or a repeat needs it."""

    statement_id: StatementId
    kind: StatementKind
    words: str
    by: SpeakerKind
    contact_id: ContactId | None
    session: SessionId | None
    at: datetime
    touched: tuple[Touched, ...] = ()
    intakes: tuple[IntakeId, ...] = ()
    closed_alerts: tuple[AlertId, ...] = ()
    undone: bool = False
    device: DeviceId | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """What changes seldom: the person, the list, the people, the ladders."""

    patient: Patient
    medications: tuple[Medication, ...] = ()
    care_team: tuple[Contact, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    discharged_at: datetime | None = None


class Now(Struct, frozen=True, kw_only=True):
    """What changes with every turn.

    ``outcomes`` rise by due moment. ``unnamed``: said by a voice that nobody
    knows, and waiting for a name. ``worked_to``: everything that time alone brings about is decided
    up to here. ``unsaid``: doses that a helper wrote down, of which the patient has not heard yet (S30).
    ``entries``: decisions in the ledger so far; ``last_at``: the latest moment of any of
    them, which a clock that is set back does not lower.
    """

    outcomes: tuple[Outcome, ...] = ()
    parts: tuple[OpenPart, ...] = ()
    intakes: tuple[Intake, ...] = ()
    alerts: tuple[Alert, ...] = ()
    messages: tuple[Message, ...] = ()
    unsaid: tuple[DoseKey, ...] = ()
    question: Question | None = None
    statements: tuple[Statement, ...] = ()
    unnamed: tuple[Unnamed, ...] = ()
    operations: tuple[Done, ...] = ()
    worked_to: datetime
    entries: int = 0
    last_at: datetime | None = None


class Chart(Struct, frozen=True, kw_only=True):
    """Plan and present state of one patient."""

    plan: Plan
    now: Now

    def with_now(self, **changes: Any) -> "Chart":  # noqa: ANN401 - fields of Now
        return replace(self, now=replace(self.now, **changes))

    def with_plan(self, **changes: Any) -> "Chart":  # noqa: ANN401 - fields of Plan
        return replace(self, plan=replace(self.plan, **changes))

    def operation(self, operation: OperationId) -> Done | None:
        """The decision about this operation, if it is among the last 64."""
        return next((done for done in reversed(self.now.operations) if done.operation == operation), None)

    def find_medication(self, medication_id: MedicationId) -> Medication | None:
        return next((m for m in self.plan.medications if m.medication_id == medication_id), None)

    def get_medication(self, medication_id: MedicationId) -> Medication:
        found = self.find_medication(medication_id)
        if found is None:
            raise NotFoundError(kind="medication", id=medication_id)
        return found

    def find_contact(self, contact_id: ContactId | None) -> Contact | None:
        return next((c for c in self.plan.care_team if c.contact_id == contact_id), None)

    def get_contact(self, contact_id: ContactId) -> Contact:
        found = self.find_contact(contact_id)
        if found is None:
            raise NotFoundError(kind="contact", id=contact_id)
        return found

    def find_alert(self, alert_id: AlertId) -> Alert | None:
        return next((a for a in self.now.alerts if a.alert_id == alert_id), None)

    def get_alert(self, alert_id: AlertId) -> Alert:
        found = self.find_alert(alert_id)
        if found is None:
            raise NotFoundError(kind="alert", id=alert_id)
        return found

    def find_ladder(self, kind: LadderKind) -> Ladder | None:
        return next((ladder for ladder in self.plan.ladders if ladder.kind is kind), None)

    def get_ladder(self, kind: LadderKind) -> Ladder:
        found = self.find_ladder(kind)
        if found is None:
            raise NotFoundError(kind="ladder", id=kind.value)
        return found

    def find_message(self, key: str) -> Message | None:
        return next((m for m in self.now.messages if m.key == key), None)

    def active(self) -> tuple[Medication, ...]:
        """Medications that can still have doses; none after discharge."""
        return () if self.plan.discharged_at is not None else self.plan.medications

    def doses(self, start: datetime, end: datetime) -> Iterator[Dose]:
        """The planned doses due in [start, end) with their outcomes, medication by medication."""
        return self._doses_of(self.active(), start, end)

    def dose(self, key: DoseKey) -> Dose | None:
        """The planned dose with this key; None when the plan does not have it."""
        medication = [m for m in self.active() if m.medication_id == key.medication_id]
        return next(self._doses_of(medication, key.due, key.due + timedelta.resolution), None)

    def outcomes_since(self, start: datetime) -> dict[DoseKey, Outcome]:
        """The outcomes of doses due at ``start`` or later."""
        outcomes = self.now.outcomes
        return {o.key: o for o in outcomes[bisect_left(outcomes, start, key=_due) :]}

    def _doses_of(self, medications: Sequence[Medication], start: datetime, end: datetime) -> Iterator[Dose]:
        parts = {part.key: part for part in self.now.parts}
        return doses_between(medications, self.outcomes_since(start), parts, start, end)


def empty_chart(patient: Patient, at: datetime) -> Chart:
    """The chart of a patient about whom nothing has happened yet."""
    return Chart(plan=Plan(patient=patient), now=Now(worked_to=at))
