"""The shapes of a report: one row for each dose, each intake, and each statement that stands in neither."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.domain.doses import How
from skill.domain.identity import PatientId, SpeakerKind, StatementId
from skill.domain.regimen import Medication

FLAGGED_AFTER = timedelta(hours=24)  # S45: written down later than this after it was due
FLAGGED_MOMENTS = 2  # S45: more due moments than this in one statement


class Kind(StrEnum):
    DOSE = "dose"
    INTAKE = "intake"
    STATEMENT = "statement"


class Code(StrEnum):
    """What a row says, for programs. ``due``: the window is still open. ``said``: a statement alone."""

    DUE = "due"
    TAKEN = "taken"
    PARTLY = "partly"
    SKIPPED = "skipped"
    NOT_TAKEN = "not_taken"
    UNSURE = "unsure"
    UNCONFIRMED = "unconfirmed"
    SUPERSEDED = "superseded"
    EXCUSED = "excused"
    NOT_OBSERVED = "not_observed"
    EXTRA = "extra"
    UNSCHEDULED = "unscheduled"
    SAID = "said"


class Row(Struct, frozen=True, kw_only=True):
    """One line of a report, in its final state.

    ``moment``: when it belongs (due; else stated; else said). ``part``: how much of the amount, 0 to 1.
    ``stated_at``: when it was taken, by what was said; None: nobody said when.
    ``recorded_at``: when we wrote it down. ``by`` and ``helper``: who said so. ``late``: after due, where
    it counts as late. ``bulk``: due moments in the same statement. ``outage``: of ours, in any record of
    the dose. ``corrected``: earlier records of the same dose that no longer stand.
    ``voided``: taken back. ``words``: what was said, in our words. ``plan_version``: of the regimen.
    """

    kind: Kind
    code: Code
    moment: datetime
    zone: ZoneInfo
    medication: Medication | None = None
    plan_version: int | None = None
    due: datetime | None = None
    part: Decimal | None = None
    amount: Decimal | None = None
    stated_at: datetime | None = None
    recorded_at: datetime | None = None
    by: SpeakerKind | None = None
    helper: str | None = None
    how: How | None = None
    late: timedelta | None = None
    back_dated: bool = False
    bulk: int = 0
    flagged: bool = False
    skip_reason: str | None = None
    outage: bool = False
    corrected: int = 0
    voided: bool = False
    statement_id: StatementId | None = None
    words: str = ""

    @property
    def medication_id(self) -> str:
        """Empty where nobody said of which medicine."""
        return self.medication.medication_id if self.medication is not None else ""

    @property
    def day(self) -> date:
        """The calendar day, where the person lives, to which the row belongs."""
        return self.moment.astimezone(self.zone).date()


class Days(Struct, frozen=True, kw_only=True):
    """The calendar days that a report covers, both included; None: without end on that side."""

    first: date | None = None
    last: date | None = None

    def hold(self, row: Row) -> bool:
        """Whether ``row`` belongs to one of them."""
        day = row.day
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


class Reported(Struct, frozen=True, kw_only=True):
    """A row and whose it is."""

    patient_id: PatientId
    row: Row
