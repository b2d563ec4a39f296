"""What the rows of a report add up to, each number with what it is a part of. Self-report throughout."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from msgspec import Struct

from skill.domain.identity import MedicationId, PatientId
from skill.domain.regimen import Medication
from skill.service.report_rows import Code, Kind, Reported, Row

MOST_UNKNOWN = Fraction(1, 5)  # S45: above this share of unknown doses no rate is given
COUNTED = frozenset(
    {
        Code.TAKEN,
        Code.PARTLY,
        Code.SKIPPED,
        Code.NOT_TAKEN,
        Code.UNSURE,
        Code.UNCONFIRMED,
    }
)  # the doses due: what is still open, superseded, excused or fell into an outage is in no denominator
UNKNOWN = frozenset({Code.UNSURE, Code.UNCONFIRMED})


class Numbers(Struct, frozen=True, kw_only=True):
    """Counts of one medication, or of all (``medication`` None).

    ``due``: doses whose window is over, without superseded, excused and unobserved ones; it is the
    denominator of every share. ``taken``: whole. ``in_time`` and ``timed``: of the whole doses taken,
    the ones not late, among those whose time tells something: not flagged, stated or said at once, and
    not in an outage of ours (S39, S45: all others leave the timing).
    """

    medication: Medication | None
    due: int
    counts: dict[Code, int]
    in_time: int
    timed: int
    flagged: int

    def count(self, code: Code) -> int:
        """Rows of this state that were not taken back."""
        return self.counts.get(code, 0)

    @property
    def unknown(self) -> int:
        """Doses about which nobody knows: unsure, or without a word."""
        return sum(self.count(code) for code in UNKNOWN)

    @property
    def unknown_share(self) -> Fraction | None:
        """Of the doses due, 0 to 1; None when none was due."""
        return Fraction(self.unknown, self.due) if self.due else None

    @property
    def too_much_unknown(self) -> bool:
        """Whether the unknown share takes the place of every rate."""
        share = self.unknown_share
        return share is not None and share > MOST_UNKNOWN


@dataclass(slots=True, kw_only=True)
class _Tally:
    medication: Medication | None
    counts: Counter[Code]
    in_time: int = 0
    timed: int = 0
    flagged: int = 0


def numbers(reported: Iterable[Reported]) -> dict[PatientId, list[Numbers]]:
    """For each patient all medications together, then each by itself in the order in which it appears."""
    found: dict[PatientId, dict[MedicationId | None, _Tally]] = {}
    for one in reported:
        of_patient = found.setdefault(one.patient_id, {None: _Tally(medication=None, counts=Counter())})
        row = one.row
        if row.kind is Kind.STATEMENT:
            continue
        _count(of_patient[None], row)
        if row.medication is not None:
            own = row.medication.medication_id
            _count(of_patient.setdefault(own, _Tally(medication=row.medication, counts=Counter())), row)
    return {patient: [_numbers(tally) for tally in tallies.values()] for patient, tallies in found.items()}


def _count(tally: _Tally, row: Row) -> None:
    if row.voided:
        return
    tally.counts[row.code] += 1
    tally.flagged += row.flagged
    tells_when = row.stated_at is not None and not (row.flagged or row.outage)
    if row.kind is Kind.DOSE and row.code is Code.TAKEN and tells_when:
        tally.timed += 1
        tally.in_time += row.late is None


def _numbers(tally: _Tally) -> Numbers:
    return Numbers(
        medication=tally.medication,
        due=sum(count for code, count in tally.counts.items() if code in COUNTED),
        counts=dict(tally.counts),
        in_time=tally.in_time,
        timed=tally.timed,
        flagged=tally.flagged,
    )
