"""What was decided: the events of the ledger, and the decision that carries them."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, field

from skill.domain.alerts import Alert, AlertState
from skill.domain.care_team import Channel, Contact, Patient
from skill.domain.doses import DoseKey, How, Outcome
from skill.domain.identity import (
    AlertId,
    ContactId,
    DeviceId,
    OperationId,
    QuestionId,
    SessionId,
    Speaker,
    StatementId,
)
from skill.domain.intakes import Intake
from skill.domain.ladders import Ladder
from skill.domain.messages import Message
from skill.domain.questions import Facts, FactValue, Question, QuestionKind, Told
from skill.domain.reasons import Reason
from skill.domain.regimen import Medication
from skill.domain.said import Remark, StatementKind
from skill.domain.unnamed import SomebodySaid, SpeakerTold

# Also known here, beside the events and decisions that carry them.
__all__ = ["FactValue", "Facts", "Question", "QuestionKind", "Reason", "StatementKind", "Told"]


# ---- statements and doses


class StatementHeard(Struct, frozen=True, kw_only=True):
    """Somebody said something about an intake. ``words``: its scope in our own words, never theirs."""

    statement_id: StatementId
    kind: StatementKind
    words: str
    session: SessionId | None
    remark: Remark | None = None
    device: DeviceId | None = None


class DoseSettled(Struct, frozen=True, kw_only=True):
    """A dose has an outcome. ``version``: of the regimen. ``bulk``: doses in the same statement."""

    outcome: Outcome
    version: int
    reason: str | None = None
    time_stated: bool = False
    late: bool = False
    bulk: int = 1
    outage: bool = False


class DosePartlyTaken(Struct, frozen=True, kw_only=True):
    """A part is taken; the rest stays open. ``part``: all of it so far, 0 to 1."""

    key: DoseKey
    version: int
    part: Decimal
    at: datetime
    how: How
    statement_id: StatementId


class SkipReasonGiven(Struct, frozen=True, kw_only=True):
    key: DoseKey
    reason: str


class IntakeRecorded(Struct, frozen=True, kw_only=True):
    intake: Intake
    how: How
    session: SessionId | None = None


class StatementUndone(Struct, frozen=True, kw_only=True):
    """``restored``: the former state of ``doses`` holds again; else they are unsure.

    ``doses``: those of the statement about which nothing else has been said since.
    """

    statement_id: StatementId
    restored: bool
    doses: tuple[DoseKey, ...] = ()


class HelperNamed(Struct, frozen=True, kw_only=True):
    """The patient was told which helper wrote these doses down (S30)."""

    doses: tuple[DoseKey, ...]


class QuestionAsked(Struct, frozen=True, kw_only=True):
    question: Question


class QuestionClosed(Struct, frozen=True, kw_only=True):
    """``answer``: the reply, or ``silence``."""

    question_id: QuestionId
    answer: str


# ---- alerts and messages


class AlertOpened(Struct, frozen=True, kw_only=True):
    alert: Alert


class AlertJoined(Struct, frozen=True, kw_only=True):
    """One more event counted into an open alert: its next page and its last round from now on."""

    alert_id: AlertId
    doses: tuple[DoseKey, ...] = ()
    next_at: datetime | None
    last_round: int
    told: tuple[ContactId, ...] = ()
    outage: bool = False


class AlertClimbed(Struct, frozen=True, kw_only=True):
    """A rung was queued (or passed over because nobody on it can be reached)."""

    alert_id: AlertId
    round: int
    rung: int
    next_at: datetime | None
    paged: bool


class AlertMoved(Struct, frozen=True, kw_only=True):
    """``by``: the contact. ``statement_id``: the statement that closed it. ``last_round``: of a new climb."""

    alert_id: AlertId
    state: AlertState
    by: ContactId | None = None
    next_at: datetime | None = None
    last_round: int | None = None
    statement_id: StatementId | None = None


class AlertCalmed(Struct, frozen=True, kw_only=True):
    alert_id: AlertId


class FollowUpAsked(Struct, frozen=True, kw_only=True):
    alert_id: AlertId
    next_at: datetime


class FollowUpAnswered(Struct, frozen=True, kw_only=True):
    alert_id: AlertId


class PersonPassed(Struct, frozen=True, kw_only=True):
    """This contact asked for the next person."""

    alert_id: AlertId
    contact_id: ContactId
    next_at: datetime | None


class MessageQueued(Struct, frozen=True, kw_only=True):
    message: Message


class MessageClaimed(Struct, frozen=True, kw_only=True):
    key: str
    lease_until: datetime
    repeat: bool


class MessageDelayed(Struct, frozen=True, kw_only=True):
    """Not settled yet: the next attempt is at ``ready_at`` with provider number ``provider``."""

    key: str
    ready_at: datetime
    provider: int
    tries: int
    repeat: bool


class Ended(StrEnum):
    ACCEPTED = "accepted"
    GAVE_UP = "gave_up"
    DROPPED = "dropped"


class MessageEnded(Struct, frozen=True, kw_only=True):
    key: str
    ended: Ended


class ContactOptedOut(Struct, frozen=True, kw_only=True):
    contact_id: ContactId
    channel: Channel


# ---- the plan and time


class PatientEnrolled(Struct, frozen=True, kw_only=True):
    patient: Patient


class ProfileSet(Struct, frozen=True, kw_only=True):
    patient: Patient


class MedicationSet(Struct, frozen=True, kw_only=True):
    """The medication as it is from now on, with all versions still needed."""

    medication: Medication


class CareTeamSet(Struct, frozen=True, kw_only=True):
    contacts: tuple[Contact, ...]
    ladders: tuple[Ladder, ...]


class PatientDischarged(Struct, frozen=True, kw_only=True):
    pass


class TimeWorked(Struct, frozen=True, kw_only=True):
    """Everything that time alone brings about has been decided up to ``to``."""

    to: datetime


Event = (
    StatementHeard
    | SomebodySaid
    | SpeakerTold
    | DoseSettled
    | DosePartlyTaken
    | SkipReasonGiven
    | IntakeRecorded
    | StatementUndone
    | HelperNamed
    | QuestionAsked
    | QuestionClosed
    | AlertOpened
    | AlertJoined
    | AlertClimbed
    | AlertMoved
    | AlertCalmed
    | FollowUpAsked
    | FollowUpAnswered
    | PersonPassed
    | MessageQueued
    | MessageClaimed
    | MessageDelayed
    | MessageEnded
    | ContactOptedOut
    | PatientEnrolled
    | ProfileSet
    | MedicationSet
    | CareTeamSet
    | PatientDischarged
    | TimeWorked
)


class Done(NamedTuple):
    """A decision as the chart remembers it, so that a repeat gets the same words."""

    operation: OperationId
    reason: Reason
    facts: Told
    asks: QuestionId | None


class Decision(Struct, frozen=True, kw_only=True):
    """What was decided about one command, and why. No events: nothing changes and nothing is written.

    ``reason`` is the phrase key and ``facts`` fill its blanks. ``asks``: the question that is now open.
    The ledger keeps decisions whole; folding them from the first gives the chart.
    """

    operation: OperationId
    speaker: Speaker
    at: datetime
    reason: Reason
    facts: Told = field(default_factory=Told)
    asks: QuestionId | None = None
    events: tuple[Event, ...] = ()
