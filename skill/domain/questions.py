"""Questions that are open, and the facts that fill the blanks of words."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from skill.domain.doses import DoseKey, How
from skill.domain.identity import MedicationId, QuestionId, SessionId, StatementId
from skill.domain.reasons import Reason
from skill.domain.regimen import Group

FactValue = bool | int | str | datetime | tuple[str, ...]
Facts = Mapping[str, FactValue]


class Told(dict[str, FactValue]):
    """The facts of a decision, as they are kept: ids, numbers, moments that fill the blanks of a phrase."""


class QuestionKind(StrEnum):
    DUE = "due"  # have you already taken them?
    CLOSED = "closed"  # did you take those earlier?
    READ_BACK = "read_back"  # before I write it down
    TIME = "time"  # a stated time that could be two
    WHICH_TIME = "which_time"
    DOUBLE = "double"  # the same ones, or again?
    EARLIER = "earlier"  # nothing is open: did you mean those?
    REMAINDER = "remainder"  # a part is written down: was the rest of it taken too?
    REST = "rest"  # and your injection?
    HELP = "help"  # do you need a person now?
    SKIP_REASON = "skip_reason"


class Question(Struct, frozen=True, kw_only=True):
    """The one question that is open. What its silence means is decided when ``expires_at`` has passed.

    ``reason`` and ``told``: its words, to ask it again. ``at``, ``part``, ``how``: what will be written
    about ``doses`` on a yes. ``medications``: what was named without an open dose. ``statement_id``: the
    statement that led to it; ``group``: what it called them. ``time_stated``: ``at`` is what was said,
    and ``uncertain``: it has still to be read back. ``untimed``: it says nothing of when.
    """

    question_id: QuestionId
    kind: QuestionKind
    session: SessionId | None
    expires_at: datetime
    doses: tuple[DoseKey, ...] = ()
    medications: tuple[MedicationId, ...] = ()
    statement_id: StatementId | None = None
    at: datetime | None = None
    part: Decimal | None = None
    time_stated: bool = False
    uncertain: bool = False
    untimed: bool = False
    how: How = How.OWN_WORDS
    group: Group | None = None
    reason: Reason
    told: Told = field(default_factory=Told)

    @property
    def holds_intake(self) -> bool:
        """Something was told as taken that fits no open dose: however this ends, it is recorded (S10)."""
        return self.kind is QuestionKind.EARLIER or (self.kind is QuestionKind.TIME and not self.doses)
