"""Doses: identity, state, and which of them are open at a moment."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from skill.domain.identity import ContactId, MedicationId, SpeakerKind, StatementId
from skill.domain.regimen import Medication, Regimen
from skill.domain.timing import LATE_REPORT_LIMIT, Window, windows


class DoseState(StrEnum):
    """What the record says of a dose. ``scheduled`` and ``due`` are read off plan and clock, never stored."""

    TAKEN = "taken"
    SKIPPED = "skipped"
    NOT_TAKEN = "not_taken"
    UNSURE = "unsure"
    UNCONFIRMED = "unconfirmed"
    SUPERSEDED = "superseded"
    EXCUSED = "excused"
    NOT_OBSERVED = "not_observed"


MAY_STILL_BE_TAKEN = frozenset(
    {DoseState.SKIPPED, DoseState.NOT_TAKEN, DoseState.UNSURE, DoseState.UNCONFIRMED, DoseState.NOT_OBSERVED}
)


class How(StrEnum):
    """The kind of statement behind a record (S25, S30, S45)."""

    OWN_WORDS = "own_words"
    YES = "yes"
    GIVEN = "given"  # a named person gave it
    SEEN = "seen"  # a named person saw it taken
    SILENCE = "silence"  # nobody said anything
    PLAN = "plan"  # the plan changed


class SkipReason(StrEnum):
    """Why a person chose not to take it; asked once, never insisted on."""

    SIDE_EFFECTS = "side_effects"
    COST = "cost"
    RAN_OUT = "ran_out"
    NO_RIDE = "no_ride"
    FEELING_FINE = "feeling_fine"
    FORGOT = "forgot"
    OTHER = "other"


class DoseKey(NamedTuple):
    """A dose: one medication at one due moment."""

    medication_id: MedicationId
    due: datetime


class Outcome(NamedTuple):
    """What became of a dose, short enough for a fortnight of them to lie in the chart.

    ``at``: when it was taken, as stated; None where nobody said when (S45).
    ``part``: how much of it (1 = whole). ``by`` and ``contact_id``: who said so.
    ``statement_id``: which statement; None where nobody spoke.
    """

    medication_id: MedicationId
    due: datetime
    state: DoseState
    at: datetime | None
    by: SpeakerKind
    contact_id: ContactId | None
    how: How
    part: Decimal
    statement_id: StatementId | None

    @property
    def key(self) -> DoseKey:
        return DoseKey(self.medication_id, self.due)


class OpenPart(NamedTuple):
    """A dose of which a part is taken and the rest still open until its window ends (S22)."""

    medication_id: MedicationId
    due: datetime
    part: Decimal
    at: datetime
    statement_id: StatementId

    @property
    def key(self) -> DoseKey:
        return DoseKey(self.medication_id, self.due)


class Dose(Struct, frozen=True, kw_only=True):
    """A planned dose with everything a decision needs to know of it."""

    medication: Medication
    regimen: Regimen
    due: datetime
    window: Window
    outcome: Outcome | None = None
    part: OpenPart | None = None

    @property
    def key(self) -> DoseKey:
        return DoseKey(self.medication.medication_id, self.due)

    @property
    def settled(self) -> bool:
        return self.outcome is not None

    @property
    def spoken_of(self) -> bool:
        """Whether its outcome is more than a window that closed in silence."""
        return self.outcome is not None and self.outcome.how is not How.SILENCE

    @property
    def share(self) -> Decimal:
        """How much of it is written down as taken, 0 to 1."""
        if self.part is not None:
            return self.part.part
        taken = self.outcome is not None and self.outcome.state is DoseState.TAKEN
        return self.outcome.part if self.outcome is not None and taken else Decimal(0)

    @property
    def partly(self) -> bool:
        """Closed, and only a part of it was told as taken (S22)."""
        return self.outcome is not None and 0 < self.share < 1

    @property
    def met_outage(self) -> bool:
        """Whether its window closed unseen, because we were out of service (S39)."""
        return self.outcome is not None and self.outcome.state is DoseState.NOT_OBSERVED

    def open_at(self, moment: datetime) -> bool:
        """Not settled, and ``moment`` lies in its window (early part included)."""
        return self.outcome is None and self.window.opens_at <= moment < self.window.closes_at

    def due_at(self, moment: datetime) -> bool:
        """Not settled, its moment has come and its window has not closed."""
        return self.outcome is None and self.due <= moment < self.window.closes_at

    def may_be_reported(self, moment: datetime) -> bool:
        """Closed without "taken", and still within the late-report limit."""
        return (
            self.outcome is not None
            and self.outcome.state in MAY_STILL_BE_TAKEN
            and self.due <= moment < self.due + LATE_REPORT_LIMIT
        )


def doses_between(
    medications: Sequence[Medication],
    outcomes: dict[DoseKey, Outcome],
    parts: dict[DoseKey, OpenPart],
    start: datetime,
    end: datetime,
) -> Iterator[Dose]:
    """The doses due in [start, end), medication by medication, rising within each."""
    for medication in medications:
        for due, regimen, window in windows(medication, start, end):
            key = DoseKey(medication.medication_id, due)
            yield Dose(
                medication=medication,
                regimen=regimen,
                due=due,
                window=window,
                outcome=outcomes.get(key),
                part=parts.get(key),
            )


def is_late(dose: Dose, at: datetime) -> bool:
    """Whether taking it at ``at`` is later than planned."""
    return at > dose.window.on_time_until
