"""What was decided: the events of the ledger, and the decision that carries them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from skill.domain.alerts import Alert, AlertState
from skill.domain.care_team import Channel, Contact, Patient
from skill.domain.doses import DoseKey, How, Outcome
from skill.domain.identity import (
    AlertId,
    ContactId,
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

# Also known here, beside the events and decisions that carry them.
__all__ = ["FactValue", "Facts", "Question", "QuestionKind", "Reason", "StatementKind", "Told"]


# ---- statements and doses


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementHeard:
    """Somebody said something about an intake. ``words``: its scope in our own words, never theirs."""

    statement_id: StatementId
    kind: StatementKind
    words: str
    session: SessionId | None
    remark: Remark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSettled:
    """A dose has an outcome. ``version``: of the regimen. ``bulk``: doses in the same statement."""

    outcome: Outcome
    version: int
    reason: str | None = None
    time_stated: bool = False
    late: bool = False
    bulk: int = 1
    outage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePartlyTaken:
    """A part is taken; the rest stays open. ``part``: all of it so far, 0 to 1."""

    key: DoseKey
    version: int
    part: Decimal
    at: datetime
    how: How
    statement_id: StatementId


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipReasonGiven:
    key: DoseKey
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRecorded:
    intake: Intake
    how: How
    session: SessionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementUndone:
    """``restored``: the former state of ``doses`` holds again; else they are unsure.

    ``doses``: those of the statement about which nothing else has been said since.
    """

    statement_id: StatementId
    restored: bool
    doses: tuple[DoseKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionClosed:
    """``answer``: the reply, or ``silence``."""

    question_id: QuestionId
    answer: str


# ---- alerts and messages


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOpened:
    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertJoined:
    """One more event counted into an open alert: its next page and its last round from now on."""

    alert_id: AlertId
    doses: tuple[DoseKey, ...] = ()
    next_at: datetime | None
    last_round: int
    told: tuple[ContactId, ...] = ()
    outage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClimbed:
    """A rung was queued (or passed over because nobody on it can be reached)."""

    alert_id: AlertId
    round: int
    rung: int
    next_at: datetime | None
    paged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMoved:
    """``by``: the contact. ``statement_id``: the statement that closed it. ``last_round``: of a new climb."""

    alert_id: AlertId
    state: AlertState
    by: ContactId | None = None
    next_at: datetime | None = None
    last_round: int | None = None
    statement_id: StatementId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCalmed:
    alert_id: AlertId


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpAsked:
    alert_id: AlertId
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpAnswered:
    alert_id: AlertId


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPassed:
    """This contact asked for the next person."""

    alert_id: AlertId
    contact_id: ContactId
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQueued:
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageClaimed:
    key: str
    lease_until: datetime
    repeat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDelayed:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEnded:
    key: str
    ended: Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactOptedOut:
    contact_id: ContactId
    channel: Channel


# ---- the plan and time


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientEnrolled:
    patient: Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSet:
    patient: Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicationSet:
    """The medication as it is from now on, with all versions still needed."""

    medication: Medication


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeamSet:
    contacts: tuple[Contact, ...]
    ladders: tuple[Ladder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDischarged:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWorked:
    """Everything that time alone brings about has been decided up to ``to``."""

    to: datetime


Event = (
    StatementHeard
    | DoseSettled
    | DosePartlyTaken
    | SkipReasonGiven
    | IntakeRecorded
    | StatementUndone
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
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
