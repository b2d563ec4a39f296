"""A household file in CSV, taken apart. What the cells mean is not its business."""

import csv
import io
from collections import Counter

from skill.intake.household_parts import Part, Taken, What
from skill.intake.ladder_texts import LADDER_FIELDS
from skill.intake.medicines import MEDICATION_FIELDS
from skill.intake.people import CAREGIVER_FIELDS, PATIENT_FIELDS
from skill.intake.plan_texts import LISTS
from skill.intake.problems import FileRefusedError, Problem
from skill.intake.reading import Value

COLUMNS = tuple(
    dict.fromkeys(("what", "patient", *PATIENT_FIELDS, *CAREGIVER_FIELDS, *MEDICATION_FIELDS, *LADDER_FIELDS))
)
# The cells that hold several; None: at blanks.
_SPLIT_AT = {**dict.fromkeys(LISTS), "rungs": ";"}
_LINES = [what for what in What if what is not What.PHASE]


def read_csv(text: str) -> Taken:
    """The patients of ``text`` with their parts; ``FileRefusedError`` when it is no table with our head."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    problems: list[Problem] = []
    try:
        head = [cell.strip() for cell in next(reader, [])]
        _check(head)
        patients: dict[str, Part] = {}
        lone: list[tuple[str, Part]] = []
        line = reader.line_num
        for cells in reader:
            where, line = f"line {line + 1}", reader.line_num
            if any(cells):
                _take(where, dict(zip(head, cells, strict=False)), patients, lone, problems)
            if len(cells) > len(head):
                says = f"has {len(cells)} cells for {len(head)} columns"
                problems.append(Problem(where=where, field="", says=says))
    except csv.Error as error:
        says = f"is not CSV: {error}"
        raise FileRefusedError((Problem(where=f"line {reader.line_num}", field="", says=says),)) from error
    _belong(lone, patients, problems)
    return Taken(patients=list(patients.values()), problems=problems)


def _check(head: list[str]) -> None:
    """The head names known columns, each once, and ``what`` among them."""
    twice = [name for name, count in Counter(head).items() if count > 1 and name]
    unknown = [name for name in head if name not in COLUMNS]
    if "what" not in head:
        other = " and part them by commas" if len(head) == 1 and ";" in head[0] else ""
        says = f"must name the columns, what among them{other}"
        raise FileRefusedError((Problem(where="line 1", field="what", says=says),))
    problems = [Problem(where="line 1", field=name, says="stands twice") for name in twice]
    problems += [Problem(where="line 1", field=name, says="is not a column here") for name in unknown]
    if problems:
        raise FileRefusedError(tuple(problems))


def _take(
    where: str,
    row: dict[str, str],
    patients: dict[str, Part],
    lone: list[tuple[str, Part]],
    problems: list[Problem],
) -> None:
    what, owner = row.pop("what", ""), row.pop("patient", "")
    if what not in _LINES:
        says = f"must be one of {', '.join(_LINES)}"
        problems.append(Problem(where=where, field="what", says=says))
        return
    part = Part(what=What(what), where=where, given={})
    for name, cell in row.items():
        if cell:
            part.given[name] = _value(name, cell)
    if part.what is What.LADDER and "name" in part.given:
        part.given["kind"] = part.given.pop("name")
    if part.what is not What.PATIENT:
        lone.append((owner, part))
        return
    if owner:
        problems.append(Problem(where=where, field="patient", says="stays empty here: the name is in name"))
    name = str(part.given.get("name", ""))
    patients[name if name not in patients else where] = part  # two of one name are refused later


def _value(name: str, cell: str) -> Value:
    if name not in _SPLIT_AT:
        return cell
    return [piece.strip() for piece in cell.split(_SPLIT_AT[name])]


def _belong(lone: list[tuple[str, Part]], patients: dict[str, Part], problems: list[Problem]) -> None:
    for owner, part in lone:
        if owner in patients and owner:
            patients[owner].parts.append(part)
        else:
            says = "must be the name of a patient in this file"
            problems.append(Problem(where=part.where, field="patient", says=says))
