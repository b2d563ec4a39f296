"""Why an order is held for a person, or gets no reminders: coded, each with its element."""

from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct


class OrderClass(StrEnum):
    SCHEDULED = "scheduled"
    PRN = "prn"
    TEXT_ONLY = "text_only"
    INFUSION = "infusion"
    EXPIRED = "expired"
    AMBIGUOUS = "ambiguous"
    INACTIVE = "inactive"


class Activate(StrEnum):
    """Whether reminders may be made of it: by themselves, after a person has looked, or not at all."""

    YES = "yes"
    REVIEW = "review"
    NO = "no"


class Why(StrEnum):
    # Nothing to remind of
    STATUS = "status"
    INTENT = "intent"
    DO_NOT_PERFORM = "do_not_perform"
    ENDED = "ended"
    INFUSION = "infusion"
    NOT_A_DOSE = "not_a_dose"
    AS_NEEDED = "as_needed"
    TEXT_ONLY = "text_only"
    # The structure has no one meaning
    MODIFIER_EXTENSION = "modifier_extension"
    IMPLICIT_RULES = "implicit_rules"
    INVARIANT = "invariant"
    RANGE = "range"
    INCOMPLETE = "incomplete"
    MISSING_STATUS = "missing_status"
    MISSING_INTENT = "missing_intent"
    MISSING_DOSAGE = "missing_dosage"
    MISSING_TIMING = "missing_timing"
    MISSING_DOSE = "missing_dose"
    MISSING_START = "missing_start"
    MISSING_WEEKDAY = "missing_weekday"
    UNKNOWN_CODE = "unknown_code"
    CODE_CONTRADICTS = "code_contradicts"
    FREQUENCY_CONTRADICTS = "frequency_contradicts"
    DOSE_CONTRADICTS = "dose_contradicts"
    LIMIT_CONTRADICTS = "limit_contradicts"
    LIMIT_NOT_HELD = "limit_not_held"
    UNBOUNDED_SEQUENCE = "unbounded_sequence"
    SEQUENCE_CONTRADICTS = "sequence_contradicts"
    OVERLAP = "overlap"
    MIXED = "mixed"
    NOT_HELD = "not_held"
    TOO_OFTEN = "too_often"
    IMPRECISE_DATE = "imprecise_date"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    ENDS_BEFORE_START = "ends_before_start"
    # The words and the structure
    TEXT_CONTRADICTS = "text_contradicts"
    TEXT_ADDS = "text_adds"
    # The medicine itself
    MEDICINE_UNNAMED = "medicine_unnamed"
    RARELY_DAILY = "rarely_daily"
    SAME_INGREDIENT = "same_ingredient"


STOPS = frozenset(
    {
        Why.STATUS,
        Why.INTENT,
        Why.DO_NOT_PERFORM,
        Why.ENDED,
        Why.INFUSION,
        Why.NOT_A_DOSE,
        Why.AS_NEEDED,
        Why.TEXT_ONLY,
    }
)
# They hold an order whose structure is clear.
ABOUT_THE_MEDICINE = frozenset({Why.MEDICINE_UNNAMED, Why.RARELY_DAILY, Why.SAME_INGREDIENT})


class Reason(Struct, frozen=True, kw_only=True):
    """``element``: where in the order. ``says``: for a person; may quote the order."""

    why: Why
    element: str
    says: str

    def __str__(self) -> str:
        return f"{self.why}: {self.element}: {self.says}"


@dataclass(slots=True, kw_only=True)
class Notes:
    """The reasons as they are found, none twice."""

    reasons: list[Reason] = field(default_factory=list)

    def add(self, why: Why, element: str, says: str) -> None:
        reason = Reason(why=why, element=element, says=says)
        if reason not in self.reasons:
            self.reasons.append(reason)

    def has(self, *whys: Why) -> bool:
        return any(reason.why in whys for reason in self.reasons)
