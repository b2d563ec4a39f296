"""What was decided: the events of the ledger, and the decision that carries them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from skill.domain.alerts import Alert, AlertState
from skill.domain.care_team import Channel, Contact, Patient
from skill.domain.commands import Remark
from skill.domain.doses import DoseKey, DoseState, How, Outcome
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
from skill.domain.regimen import Medication

FactValue = bool | int | str | datetime | tuple[str, ...]
Facts = Mapping[str, FactValue]


class Told(dict[str, FactValue]):
    """The facts of a decision, as they are kept: ids, numbers and moments that fill the blanks of a phrase."""


class Reason(StrEnum):
    """Why, and at the same time the key of the phrase that says it."""

    # launch and questions about the day
    DUE_NOW = "ask.due_now"
    CLOSED_EARLIER = "ask.closed_earlier"
    NOTHING_DUE = "say.nothing_due"
    TOLD_TAKEN = "say.told_taken"
    TOLD_GIVEN = "say.told_given"
    TOLD_NOTHING = "say.told_nothing"
    TOLD_SKIPPED = "say.told_skipped"
    TOLD_PARTLY = "say.told_partly"
    # statements
    WRITTEN = "say.written"
    WRITTEN_LATE = "say.written_late"
    WRITTEN_PARTLY = "say.written_partly"
    REST_ASKED = "ask.rest"
    READ_BACK = "ask.read_back"
    TIME_READ_BACK = "ask.time_read_back"
    WHICH_TIME = "ask.which_time"
    WHICH_MEDICINE = "say.which_medicine"
    SAME_OR_AGAIN = "ask.same_or_again"
    EARLIER_ONES = "ask.earlier_ones"
    NOTHING_CHANGED = "say.nothing_changed"
    NOT_WRITTEN = "say.not_written"
    OVERDOSE = "say.overdose"
    UNSCHEDULED = "say.unscheduled"
    STAYS_OPEN = "say.stays_open"
    NOT_TAKEN = "say.not_taken"
    SKIPPED = "ask.skip_reason"
    SKIPPED_NOTED = "say.skipped"
    REASON_NOTED = "say.reason_noted"
    UNSURE = "say.unsure"
    NOTHING_TO_SKIP = "say.nothing_to_skip"
    UNDONE = "say.undone"
    UNDONE_UNSURE = "say.undone_unsure"
    NOTHING_TO_UNDO = "say.nothing_to_undo"
    YES_TO_NOTHING = "say.yes_to_nothing"
    OTHERS_DOSE = "say.others_dose"
    TELL_WHEN_DONE = "say.tell_when_done"
    NO_ADVICE = "say.no_advice"
    NAME_UNKNOWN = "say.name_unknown"
    SESSION_OVER = "say.goodbye"
    # calls for help
    HELP_ASKED = "ask.help"
    HOW_TO_USE = "say.how_to_use"
    PAGED = "say.paged"
    NOBODY_TO_PAGE = "say.nobody_to_page"
    CALMED = "say.calmed"
    GLAD = "say.glad"
    NEWS_ANSWERED = "say.news_answered"
    NEWS_NONE = "say.news_none"
    NO_ALERT = "say.no_alert"
    NO_HELP_NEEDED = "say.no_help_needed"
    ASKED_TO_CHECK = "say.asked_to_check"
    # the care team
    ACKNOWLEDGED = "page.acknowledged"
    ALREADY_HAD = "page.already_had"
    FOLLOWED_UP = "page.followed_up"
    PASSED_ON = "page.passed_on"
    RESOLVED = "page.resolved"
    ALERT_OVER = "page.alert_over"
    GIVEN = "page.given"
    GIVEN_ALREADY = "page.given_already"
    NOT_ALLOWED = "page.not_allowed"
    OPTED_OUT = "page.opted_out"
    # time, providers, plan: said to nobody but the ledger
    TIME_PASSED = "ledger.time_passed"
    CLAIMED = "ledger.claimed"
    SETTLED = "ledger.settled"
    NOTHING_TO_DO = "ledger.nothing_to_do"
    PLAN_SET = "ledger.plan_set"
    TEST_QUEUED = "ledger.test_queued"
    DISCHARGED = "ledger.discharged"
    RESTORED = "ledger.restored"


class QuestionKind(StrEnum):
    DUE = "due"  # have you already taken them?
    CLOSED = "closed"  # did you take those earlier?
    READ_BACK = "read_back"  # before I write it down
    TIME = "time"  # a stated time that could be two
    WHICH_TIME = "which_time"
    DOUBLE = "double"  # the same ones, or again?
    EARLIER = "earlier"  # nothing is open: did you mean those?
    REST = "rest"  # and your injection?
    HELP = "help"  # do you need a person now?
    SKIP_REASON = "skip_reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The one question that is open. What its silence means is decided when ``expires_at`` has passed.

    ``reason`` and ``told``: its words, to ask it again. ``at``, ``part``, ``how``: what will be written
    about ``doses`` on a yes. ``statement_id``: the statement that led to it.
    """

    question_id: QuestionId
    kind: QuestionKind
    session: SessionId | None
    expires_at: datetime
    doses: tuple[DoseKey, ...] = ()
    statement_id: StatementId | None = None
    at: datetime | None = None
    part: Decimal | None = None
    how: How = How.OWN_WORDS
    reason: Reason
    told: Told = field(default_factory=Told)


class StatementKind(StrEnum):
    CONFIRM = "confirm"
    AGAIN = "again"
    NOT_YET = "not_yet"
    SKIP = "skip"
    UNSURE = "unsure"
    GIVEN = "given"
    ANSWER = "answer"
    REMARK = "remark"
    UNDO = "undo"


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
    """``restored``: the former state holds again; else every dose it touched is unsure."""

    statement_id: StatementId
    restored: bool


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
    """One more event counted into an open alert: when its next page is due, and its last round, from now on."""

    alert_id: AlertId
    doses: tuple[DoseKey, ...] = ()
    next_at: datetime | None
    last_round: int


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
    """``by``: the contact. ``statement_id``: the patient's statement that closed it."""

    alert_id: AlertId
    state: AlertState
    by: ContactId | None = None
    next_at: datetime | None = None
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
