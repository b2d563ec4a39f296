"""Ids. Each is a string with a prefix, and none is derived from a person."""

import hashlib
from enum import StrEnum
from typing import NewType

from msgspec import Struct

from skill.errors import InvalidError

PatientId = NewType("PatientId", str)
HouseholdId = NewType("HouseholdId", str)
OrgId = NewType("OrgId", str)
MedicationId = NewType("MedicationId", str)
ContactId = NewType("ContactId", str)
AlertId = NewType("AlertId", str)
StatementId = NewType("StatementId", str)
QuestionId = NewType("QuestionId", str)
IntakeId = NewType("IntakeId", str)
OperationId = NewType("OperationId", str)
SessionId = NewType("SessionId", str)
DeviceId = NewType("DeviceId", str)

HOME_ORG = OrgId("home")


class SpeakerKind(StrEnum):
    """Who stands behind a command, and how sure we are of it."""

    PATIENT = "patient"  # a voice that Alexa recognised as this patient's
    SOMEONE = "someone"  # a voice at the device, not recognised
    CONTACT = "contact"  # a named member of the care team, by page or reply
    OPERATOR = "operator"  # whoever runs the machine, by command line
    SYSTEM = "system"  # time and providers


class Speaker(Struct, frozen=True, kw_only=True):
    """Who said it. ``contact_id`` is set for a contact and for nobody else."""

    kind: SpeakerKind
    contact_id: ContactId | None = None

    def __post_init__(self) -> None:
        if (self.kind is SpeakerKind.CONTACT) != (self.contact_id is not None):
            raise InvalidError("speaker", "a contact has a contact id, and only a contact")


SYSTEM = Speaker(kind=SpeakerKind.SYSTEM)
SOMEONE = Speaker(kind=SpeakerKind.SOMEONE)
PATIENT = Speaker(kind=SpeakerKind.PATIENT)
OPERATOR = Speaker(kind=SpeakerKind.OPERATOR)


def contact(contact_id: ContactId) -> Speaker:
    """The speaker that is this member of the care team."""
    return Speaker(kind=SpeakerKind.CONTACT, contact_id=contact_id)


def derived_id(prefix: str, operation: OperationId, part: str = "") -> str:
    """An id that a decision creates: the same operation decided twice creates the same id."""
    digest = hashlib.sha256(f"{prefix}\x00{operation}\x00{part}".encode()).hexdigest()
    return f"{prefix}_{digest[:20]}"
