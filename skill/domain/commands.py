"""Everything that can happen to a patient, in one shape: what a door hands to ``decide``."""

from datetime import date, datetime, time
from decimal import Decimal

from msgspec import Struct

from skill.domain.alerts import AlertKind, Detail
from skill.domain.care_team import Channel, Contact, Patient
from skill.domain.doses import DoseKey, How, SkipReason
from skill.domain.identity import (
    SYSTEM,
    AlertId,
    ContactId,
    DeviceId,
    MedicationId,
    OperationId,
    QuestionId,
    SessionId,
    Speaker,
)
from skill.domain.ladders import Ladder
from skill.domain.messages import Outcome
from skill.domain.regimen import Medication
from skill.domain.said import EVERYTHING_DUE, Remark, Reply, Scope, Start
from skill.domain.timing import Period
from skill.domain.timings import STANDARD_ROUTINE, Phase, Routine
from skill.errors import InvalidError

# Also known here, beside the commands that carry them.
__all__ = ["EVERYTHING_DUE", "Remark", "Reply", "Scope", "Start"]


class Command(Struct, frozen=True, kw_only=True):
    """``operation`` names this happening once and for all: the same one again changes nothing.

    ``device``: which one heard it, blinded; None where none did.
    """

    operation: OperationId
    speaker: Speaker = SYSTEM
    session: SessionId | None = None
    device: DeviceId | None = None


# ---- the voice at the device


class OpenSession(Command, frozen=True, kw_only=True):
    """The patient opened the skill without saying what for."""


class ConfirmDoses(Command, frozen=True, kw_only=True):
    """ "I took them." ``at``: a stated clock time of the patient. ``part``: how much of one dose (0 to 1).

    ``day``: a day that was said; without ``at`` nobody has said when on it.
    """

    scope: Scope = EVERYTHING_DUE
    at: time | None = None
    day: date | None = None
    part: Decimal | None = None

    def __post_init__(self) -> None:
        if self.part is not None and not 0 < self.part <= 1:
            raise InvalidError("part", "must be above 0 and at most 1")


class TakeAgain(Command, frozen=True, kw_only=True):
    """ "I took them again." """

    scope: Scope = EVERYTHING_DUE


class SayNotYet(Command, frozen=True, kw_only=True):
    """ "Not yet", "I haven't taken them", "I'm taking them now"."""

    scope: Scope = EVERYTHING_DUE


class SkipDoses(Command, frozen=True, kw_only=True):
    """ "I'm not taking it." """

    scope: Scope = EVERYTHING_DUE
    reason: SkipReason | None = None


class DontRemember(Command, frozen=True, kw_only=True):
    """ "I don't remember." """

    scope: Scope = EVERYTHING_DUE


class Answer(Command, frozen=True, kw_only=True):
    """A short answer. ``question``: the id that the session carries; any other question is not meant."""

    question: QuestionId | None
    reply: Reply


class SayWhichTime(Command, frozen=True, kw_only=True):
    """ "The eight o'clock one." """

    question: QuestionId | None
    period: Period | None = None
    wall: time | None = None


class GiveSkipReason(Command, frozen=True, kw_only=True):
    question: QuestionId | None
    reason: SkipReason


class MakeRemark(Command, frozen=True, kw_only=True):
    remark: Remark
    scope: Scope = EVERYTHING_DUE


class Undo(Command, frozen=True, kw_only=True):
    """ "That's wrong." """


class AskDue(Command, frozen=True, kw_only=True):
    """ "What is due?" """


class AskTaken(Command, frozen=True, kw_only=True):
    """ "Did I take them?" """

    scope: Scope = EVERYTHING_DUE


class AskNews(Command, frozen=True, kw_only=True):
    """ "Any news?" after a call for help."""


class AskWhetherHelp(Command, frozen=True, kw_only=True):
    """ "Help": do you need a person now? Silence counts as a call (S2)."""


class EndSession(Command, frozen=True, kw_only=True):
    """The conversation is over; ``silent``: it ended in silence or was not understood."""

    silent: bool


class RaiseAlert(Command, frozen=True, kw_only=True):
    """A fall or a call for help. Never preceded by anything."""

    kind: AlertKind
    detail: Detail = Detail.NONE

    def __post_init__(self) -> None:
        if not self.kind.urgent:
            raise InvalidError("kind", "must be a fall or a call for help")


class SayImOk(Command, frozen=True, kw_only=True):
    """ "I'm OK" after a fall or a call for help."""


# ---- the care team


class Acknowledge(Command, frozen=True, kw_only=True):
    """ "I've got it." """

    alert_id: AlertId


class FollowUp(Command, frozen=True, kw_only=True):
    """ "I spoke with them" or "I'm there" (S7)."""

    alert_id: AlertId


class PassOn(Command, frozen=True, kw_only=True):
    """ "Ask the next person." """

    alert_id: AlertId


class Resolve(Command, frozen=True, kw_only=True):
    """ "It is taken care of." Never changes a dose (S30)."""

    alert_id: AlertId


class RecordGiven(Command, frozen=True, kw_only=True):
    """ "I gave it" or "I saw it taken", by a named person with the confirm role (S30)."""

    doses: tuple[DoseKey, ...]
    how: How

    def __post_init__(self) -> None:
        if self.how not in (How.GIVEN, How.SEEN):
            raise InvalidError("how", "must be given or seen")
        if not self.doses:
            raise InvalidError("doses", "must name at least one dose")


class OptOut(Command, frozen=True, kw_only=True):
    """An opt-out word came from this contact's address (S8).

    ``sure``: it began the answer, or was all of it. Inside a sentence it may not be meant so.
    """

    contact_id: ContactId
    channel: Channel
    sure: bool = True


# ---- time and providers


class Outage(Struct, frozen=True, kw_only=True):
    """A stretch in which we were out of service."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidError("outage", "must not end before it starts")


class Tick(Command, frozen=True, kw_only=True):
    """Time has passed. ``outages``: when nobody could reach us, as far as the sweep knows."""

    outages: tuple[Outage, ...] = ()


class ClaimMessages(Command, frozen=True, kw_only=True):
    """Somebody is about to send what is ready."""


class Settle(Command, frozen=True, kw_only=True):
    """What a provider made of a message.

    ``unknown``: it may have gone out all the same. ``more_providers``: the channel has another one to try.
    """

    key: str
    attempt: int
    outcome: Outcome
    unknown: bool = False
    more_providers: bool = False


# ---- the plan


class Enrol(Command, frozen=True, kw_only=True):
    """A patient is new here."""

    patient: Patient


class SetProfile(Command, frozen=True, kw_only=True):
    patient: Patient


class AddMedication(Command, frozen=True, kw_only=True):
    """``medication`` comes without regimens; ``phases`` begin now, in the days of ``routine``."""

    medication: Medication
    phases: tuple[Phase, ...]
    routine: Routine = STANDARD_ROUTINE


class ChangePlan(Command, frozen=True, kw_only=True):
    """A new version of a regimen. No phases: the medication is stopped. ``routine`` None: as it was."""

    medication_id: MedicationId
    phases: tuple[Phase, ...]
    start: Start = Start.NEXT_DAY
    routine: Routine | None = None


class SetCareTeam(Command, frozen=True, kw_only=True):
    """The care team as it is from now on."""

    contacts: tuple[Contact, ...]
    ladders: tuple[Ladder, ...]


class Discharge(Command, frozen=True, kw_only=True):
    """The patient leaves: nothing is prompted or asked any more. Refused while a call for help is open."""


class SendTest(Command, frozen=True, kw_only=True):
    """A test message to one contact on every channel that may be used."""

    contact_id: ContactId


class Restored(Command, frozen=True, kw_only=True):
    """The chart came back from a backup made at ``made_at``: pages queued before are not sent again."""

    made_at: datetime
