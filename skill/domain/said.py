"""What was said, as a door understood it: of which doses, and in which closed words."""

from datetime import time
from enum import StrEnum

from msgspec import Struct

from skill.domain.doses import DoseKey
from skill.domain.identity import MedicationId
from skill.domain.regimen import Group
from skill.domain.timing import Period


class Scope(Struct, frozen=True, kw_only=True):
    """Which doses a statement speaks of. Every part that is given narrows it; none: all that is due.

    ``unresolved``: a name was said that fits nothing on the list, or more than one thing.
    """

    group: Group | None = None
    period: Period | None = None
    wall: time | None = None
    medications: tuple[MedicationId, ...] = ()
    excepted: tuple[MedicationId, ...] = ()
    doses: tuple[DoseKey, ...] = ()
    unresolved: bool = False

    @property
    def named(self) -> bool:
        return bool(self.medications)

    @property
    def packet(self) -> bool:
        return self.period is not None or self.wall is not None

    @property
    def broad(self) -> bool:
        """Generic, or everything with exceptions."""
        return not (self.named or self.packet or self.doses)

    @property
    def generic(self) -> bool:
        """It says neither which medicine nor which time of day: whatever is due, or was just asked about."""
        return not (self.named or self.packet or self.excepted or self.doses)


EVERYTHING_DUE = Scope()


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


class Reply(StrEnum):
    """A short answer to the question just asked."""

    YES = "yes"
    NO = "no"
    SAME = "same"
    NOT_SURE = "not_sure"


class Remark(StrEnum):
    """Something said about an intake that closes nothing, kept as a fact all the same."""

    OTHERS_DOSE = "others_dose"
    TAKING_NOW = "taking_now"
    ADVICE_ASKED = "advice_asked"
    NAME_UNKNOWN = "name_unknown"
    OVERDOSE = "overdose"
    CAME_UP = "came_up"  # taken, and thrown up or spat out


class Start(StrEnum):
    """From when a changed plan holds."""

    NEXT_DAY = "next_day"
    NEXT_DOSE = "next_dose"
    NOW = "now"
