"""What the clinician's table adds up to: one number a line, with what it is a part of and what it means.

``unknown_percent`` stands beside every percentage, and takes its place above 20 % (S45).
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from skill.domain.identity import PatientId
from skill.exports.csv_cells import Cell, lines
from skill.exports.csv_table import named
from skill.service.report_numbers import UNKNOWN, Numbers, numbers
from skill.service.report_rows import Code, Reported

COLUMNS = (
    "patient_id",
    "medication_id",
    "medication",
    "number",
    "count",
    "of",
    "percent",
    "unknown_percent",
    "meaning",
)

_TIMED = "of the whole doses taken whose time is known, that are not flagged and met no outage of ours"
_COUNTS = (
    (Code.TAKEN, "taken", "whole doses said to be taken, given or seen"),
    (Code.PARTLY, "taken partly", "doses of which a part was said to be taken"),
    (Code.SKIPPED, "skipped", "doses that the person chose not to take"),
    (Code.NOT_TAKEN, "not taken", "doses said, after their window, not to have been taken"),
    (Code.UNSURE, "unsure", "doses of which the person does not know"),
    (Code.UNCONFIRMED, "unconfirmed", "doses about which nobody said a word"),
)
_OUTSIDE = (
    (Code.SUPERSEDED, "superseded", "the plan changed; in no denominator"),
    (Code.EXCUSED, "excused", "in no denominator"),
    (Code.NOT_OBSERVED, "not observed", "we were out of service; in no denominator"),
    (Code.DUE, "still due", "the window is still open; in no denominator"),
    (Code.EXTRA, "extra intakes", "a second use of a dose already taken"),
    (Code.UNSCHEDULED, "unscheduled intakes", "uses when nothing was due"),
)


def write(reported: Iterable[Reported]) -> Iterator[str]:
    """The numbers of every patient in ``reported``: all medications together, then each by itself."""
    return lines(COLUMNS, _rows(numbers(reported)))


def _rows(found: dict[PatientId, list[Numbers]]) -> Iterator[list[Cell]]:
    for patient_id, several in found.items():
        for one in several:
            whose: list[Cell] = [patient_id, *_medication(one)]
            for row in _numbers(one):
                yield [*whose, *row]


def _medication(one: Numbers) -> tuple[str, str]:
    if one.medication is None:
        return "", "all"
    return one.medication.medication_id, named(one.medication)


def _numbers(one: Numbers) -> Iterator[list[Cell]]:
    unknown = _percent(one.unknown_share)

    def rate(title: str, count: int, of: int, meaning: str, *, certain: bool = False) -> list[Cell]:
        given = certain or not one.too_much_unknown
        return [title, count, of, _percent(_share(count, of)) if given else None, unknown, meaning]

    meaning = "doses whose window is over; without superseded, excused and unobserved ones"
    yield ["doses due", one.due, None, None, None, meaning]
    for code, title, meaning in _COUNTS:
        yield rate(title, one.count(code), one.due, meaning, certain=code in UNKNOWN)
    yield rate("unknown", one.unknown, one.due, "unsure and unconfirmed together", certain=True)
    yield rate("taken in time", one.in_time, one.timed, _TIMED)
    for code, title, meaning in _OUTSIDE:
        yield [title, one.count(code), None, None, None, meaning]
    meaning = "written down over 24 h late, or for over two due moments at once"
    yield ["flagged", one.flagged, None, None, None, meaning]


def _share(count: int, of: int) -> Fraction | None:
    return Fraction(count, of) if of else None


def _percent(share: Fraction | None) -> str | None:
    """With one decimal."""
    return None if share is None else f"{float(share * 100):.1f}"
