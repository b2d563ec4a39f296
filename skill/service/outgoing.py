"""A message on its way out, and what became of it: the words between delivery and its providers.

Channels know the world by these names, and not the domain.
"""

from datetime import datetime

from msgspec import Struct

from skill.domain import care_team
from skill.domain.identity import ContactId, PatientId
from skill.domain.messages import Outcome
from skill.private import Private

Channel = care_team.Channel


class Outgoing(Struct, frozen=True, kw_only=True):
    """One attempt at one message, as a provider gets it.

    ``key``: of the message, the same for every attempt. ``attempt``: from 1. ``contact_id`` None: it is
    for the patient. ``text``: on ``sms`` at most 160 characters of the GSM alphabet. ``urgent``: a fall
    or a call for help. ``at``: the moment of this attempt, UTC.
    """

    key: str
    attempt: int
    patient_id: PatientId
    contact_id: ContactId | None
    to: Private[str]
    subject: str
    text: Private[str]
    urgent: bool
    at: datetime


class Sent(Struct, frozen=True, kw_only=True):
    """What became of an attempt. ``unknown``: it may have arrived although nobody said so."""

    outcome: Outcome
    unknown: bool = False


ACCEPTED = Sent(outcome=Outcome.ACCEPTED)
TRY_AGAIN = Sent(outcome=Outcome.TRY_AGAIN)
PERHAPS = Sent(outcome=Outcome.TRY_AGAIN, unknown=True)
GIVE_UP = Sent(outcome=Outcome.GIVE_UP)
