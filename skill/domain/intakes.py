"""Intakes: stated uses that fit no open dose. Always recorded (S1, S10)."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from skill.domain.identity import IntakeId, MedicationId, StatementId


class IntakeKind(StrEnum):
    EXTRA = "extra"  # a second one of a dose already taken
    UNSCHEDULED = "unscheduled"  # nothing was due


class Intake(Struct, frozen=True, kw_only=True):
    """A stated use. ``medication_id`` None: the speaker did not say of which medicine.

    ``amount``: in units of the dose form; None when it was not said.
    """

    intake_id: IntakeId
    kind: IntakeKind
    medication_id: MedicationId | None
    due: datetime | None = None
    at: datetime
    amount: Decimal | None = None
    statement_id: StatementId
