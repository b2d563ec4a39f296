"""Everything that can happen to a patient, in one shape: what a door hands to ``decide``."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from skill.domain.alerts import AlertKind, Detail
from skill.domain.care_team import Channel, Contact, Patient
from skill.domain.doses import DoseKey, How, SkipReason
from skill.domain.identity import (
    SYSTEM,
    AlertId,
    ContactId,
    MedicationId,
    OperationId,
    QuestionId,
    SessionId,
    Speaker,
)
from skill.domain.ladders import Ladder
from skill.domain.messages import Outcome
from skill.domain.regimen import Medication, Phase
from skill.domain.said import EVERYTHING_DUE, Remark, Reply, Scope, Start
from skill.domain.timing import Period
from skill.errors import InvalidError

# Also known here, beside the commands that carry them.
__all__ = ["EVERYTHING_DUE", "Remark", "Reply", "Scope", "Start"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """``operation`` names this happening once and for all: the same one again changes nothing."""

    operation: OperationId
    speaker: Speaker = SYSTEM
    session: SessionId | None = None


# ---- the voice at the device


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession(Command):
    """The patient opened the skill without saying what for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDoses(Command):
    """ "I took them." ``at``: a stated clock time of the patient. ``part``: how much of one dose (0 to 1)."""

    scope: Scope = EVERYTHING_DUE
    at: time | None = None
    part: Decimal | None = None

    def __post_init__(self) -> None:
        if self.part is not None and not 0 < self.part <= 1:
            raise InvalidError("part", "must be above 0 and at most 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAgain(Command):
    """ "I took them again." """

    scope: Scope = EVERYTHING_DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class SayNotYet(Command):
    """ "Not yet", "I haven't taken them", "I'm taking them now"."""

    scope: Scope = EVERYTHING_DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipDoses(Command):
    """ "I'm not taking it." """

    scope: Scope = EVERYTHING_DUE
    reason: SkipReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DontRemember(Command):
    """ "I don't remember." """

    scope: Scope = EVERYTHING_DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Command):
    """A short answer. ``question``: the id that the session carries; any other question is not meant."""

    question: QuestionId | None
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class SayWhichTime(Command):
    """ "The eight o'clock one." """

    question: QuestionId | None
    period: Period | None = None
    wall: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveSkipReason(Command):
    question: QuestionId | None
    reason: SkipReason


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRemark(Command):
    remark: Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Command):
    """ "That's wrong." """


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDue(Command):
    """ "What is due?" """


@dataclass(frozen=True, slots=True, kw_only=True)
class AskTaken(Command):
    """ "Did I take them?" """

    scope: Scope = EVERYTHING_DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class AskNews(Command):
    """ "Any news?" after a call for help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWhetherHelp(Command):
    """ "Help": do you need a person now? Silence counts as a call (S2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession(Command):
    """The conversation is over; ``silent``: it ended in silence or was not understood."""

    silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlert(Command):
    """A fall or a call for help. Never preceded by anything."""

    kind: AlertKind
    detail: Detail = Detail.NONE

    def __post_init__(self) -> None:
        if not self.kind.urgent:
            raise InvalidError("kind", "must be a fall or a call for help")


@dataclass(frozen=True, slots=True, kw_only=True)
class SayImOk(Command):
    """ "I'm OK" after a fall or a call for help."""


# ---- the care team


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge(Command):
    """ "I've got it." """

    alert_id: AlertId


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp(Command):
    """ "I spoke with them" or "I'm there" (S7)."""

    alert_id: AlertId


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOn(Command):
    """ "Ask the next person." """

    alert_id: AlertId


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve(Command):
    """ "It is taken care of." Never changes a dose (S30)."""

    alert_id: AlertId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGiven(Command):
    """ "I gave it" or "I saw it taken", by a named person with the confirm role (S30)."""

    doses: tuple[DoseKey, ...]
    how: How

    def __post_init__(self) -> None:
        if self.how not in (How.GIVEN, How.SEEN):
            raise InvalidError("how", "must be given or seen")
        if not self.doses:
            raise InvalidError("doses", "must name at least one dose")


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut(Command):
    """An opt-out word came from this contact's address (S8)."""

    contact_id: ContactId
    channel: Channel


# ---- time and providers


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A stretch in which we were out of service."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidError("outage", "must not end before it starts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Command):
    """Time has passed. ``outages``: when nobody could reach us, as far as the sweep knows."""

    outages: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMessages(Command):
    """Somebody is about to send what is ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(Command):
    """What a provider made of a message.

    ``unknown``: it may have gone out all the same. ``more_providers``: the channel has another one to try.
    """

    key: str
    attempt: int
    outcome: Outcome
    unknown: bool = False
    more_providers: bool = False


# ---- the plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol(Command):
    """A patient is new here."""

    patient: Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProfile(Command):
    patient: Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMedication(Command):
    """``medication`` comes without regimens; ``phases`` begin now."""

    medication: Medication
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan(Command):
    """A new version of a regimen. No phases: the medication is stopped."""

    medication_id: MedicationId
    phases: tuple[Phase, ...]
    start: Start = Start.NEXT_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCareTeam(Command):
    """The care team as it is from now on."""

    contacts: tuple[Contact, ...]
    ladders: tuple[Ladder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharge(Command):
    """The patient leaves: nothing is prompted or asked any more. Refused while a call for help is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTest(Command):
    """A test message to one contact on every channel that may be used."""

    contact_id: ContactId


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored(Command):
    """The chart came back from a backup made at ``made_at``: pages queued before are not sent again."""

    made_at: datetime
