"""Messages: a phrase, some facts and a contact. No text is stored; it is rendered when it is sent."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from skill.domain.care_team import Channel
from skill.domain.identity import AlertId, ContactId, OperationId

LEASE = timedelta(seconds=30)  # design §3
RETRIES = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15))  # fault 42
CLAIMED_AT_ONCE = 20


class MessageKind(StrEnum):
    """Which phrase. The page of an alert is worded by the alert's own kind and detail."""

    PROMPT = "prompt"  # to the patient: have you already taken it?
    PAGE = "page"
    TAKEN_OVER = "taken_over"  # to the others: somebody has it
    CLOSED = "closed"  # all-clear by a helper
    CLOSED_BY_WORD = "closed_by_word"  # all-clear by a late statement of the patient
    CLOSED_SKIPPED = "closed_skipped"  # the patient chose not to take it
    CLOSED_BY_PLAN = "closed_by_plan"  # the plan changed
    IM_OK = "im_ok"  # the patient says: I'm OK; somebody still has to look
    CORRECTION = "correction"  # the all-clear was taken back
    FOLLOW_UP = "follow_up"  # did you reach them?
    WENT_ON = "went_on"  # no answer to the follow-up: the next person is asked
    STOP_MEANT = "stop_meant"  # an opt-out word came while an alert was open
    STOP_ASKED = "stop_asked"  # an opt-out word stood in a sentence while an alert was open
    TEST = "test"


class Outcome(StrEnum):
    """What a provider made of a message."""

    ACCEPTED = "accepted"
    TRY_AGAIN = "try_again"
    GIVE_UP = "give_up"


class Message(Struct, frozen=True, kw_only=True):
    """A message that has not been settled.

    ``contact_id`` None: to the patient. ``key`` names alert, round, rung, contact and channel, never
    the attempt. ``ready_at``: not before. ``lease_until`` and ``claim``: somebody is sending it.
    ``provider``: index into the channel's providers; ``tries``: attempts with it so far. ``repeat``: an
    earlier attempt may have arrived.
    ``about``: the moment that the text names. ``said_at``: when the patient said it.
    """

    key: str
    kind: MessageKind
    contact_id: ContactId | None
    channel: Channel
    alert_ids: tuple[AlertId, ...] = ()
    urgent: bool = False
    about: datetime
    also: tuple[datetime, ...] = ()
    said_at: datetime | None = None
    named: ContactId | None = None
    outage: bool = False
    queued_at: datetime
    ready_at: datetime
    attempt: int = 0
    tries: int = 0
    provider: int = 0
    lease_until: datetime | None = None
    claim: OperationId | None = None
    repeat: bool = False

    def ready(self, now: datetime) -> bool:
        """Whether it may be claimed now: its time has come and nobody holds it."""
        return self.ready_at <= now and (self.lease_until is None or self.lease_until <= now)

    @property
    def wake(self) -> datetime:
        return self.ready_at if self.lease_until is None else max(self.ready_at, self.lease_until)


def message_key(
    alert_id: AlertId, kind: MessageKind, step: str, to: ContactId | None, channel: Channel
) -> str:
    """The key of a message; equal only for the same alert, step, recipient and channel."""
    return "/".join([alert_id, kind.value, step, to or "patient", channel.value])
