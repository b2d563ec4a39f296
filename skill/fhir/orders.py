"""A FHIR R4 MedicationRequest to an order that may be scheduled, or to the reasons why not.

Nothing is scheduled that the prescriber did not mean: what contradicts itself, leaves something open or
is not known is held for a person; what is no scheduled dose gets no reminders and says why.
"""

from collections.abc import Iterator
from datetime import date, datetime

from msgspec import Struct

from skill.domain.expansion import Occurrence
from skill.domain.timings import AsNeeded, Phase
from skill.errors import InvalidError
from skill.fhir.bounds import Stretch
from skill.fhir.comparing import compare_note
from skill.fhir.concurrent import joined
from skill.fhir.dates import instant
from skill.fhir.dosages import Prn, Read, read_dosage
from skill.fhir.elements import Coding, MedicationRequest
from skill.fhir.frame import Frame
from skill.fhir.lines import Line, last_day, moments, shortest_gap
from skill.fhir.medicines import medicine_of, note_kind, note_rare
from skill.fhir.resources_in import Found, orders_in
from skill.fhir.why import ABOUT_THE_MEDICINE, STOPS, Activate, Notes, OrderClass, Reason, Why

_INTENTS = frozenset({"order", "plan"})


class Order(Struct, frozen=True, kw_only=True):
    """``lines``: the phases with what cuts them. ``unit``: of every amount in them; empty: pieces.

    ``codes``: of the medicine, as the order has them.
    """

    id: str | None
    medicine: str
    codes: tuple[Coding, ...]
    order_class: OrderClass
    activate: Activate
    reasons: tuple[Reason, ...]
    lines: tuple[Line, ...]
    unit: str
    prn: Prn | None
    frame: Frame

    @property
    def phases(self) -> tuple[Phase, ...]:
        return tuple(line.phase for line in self.lines)

    def occurrences(self, start: datetime, end: datetime) -> Iterator[Occurrence]:
        """The pure expansion of the structure in [start, end), whatever ``activate`` says."""
        return moments(self.lines, self.frame, start, end)


def read_orders(raw: bytes, frame: Frame) -> Iterator[Order | InvalidError]:
    """The orders of a file, in turn; an ``InvalidError`` in the place of one that cannot be read.

    Raises ``InvalidError`` when the file as a whole cannot be read or holds none.
    """
    for found in orders_in(raw):
        if found.problem is not None:
            yield found.problem
            continue
        try:
            yield read_order(found, frame)
        except InvalidError as error:
            yield error


def read_order(found: Found, frame: Frame) -> Order:
    """One order that is JSON of the right types; ``InvalidError`` for a value that FHIR does not know."""
    request, notes = found.request, Notes()
    if request is None:
        raise found.problem or InvalidError("file", "holds no order")
    medicine = medicine_of(found)
    _note_standing(request, notes)
    note_kind(medicine, request, frame.active, notes)
    groups = _groups(request, frame, notes)
    reads = [read for group in groups for read in group]
    lines = _lines(groups, frame, notes)
    _note_kinds_of_dosage(reads, notes)
    scheduled = tuple(line for line in lines if not isinstance(line.phase.timing, AsNeeded))
    doses = tuple(dose for read in reads for dose in read.structure.dose.measures)
    note_rare(medicine, doses, shortest_gap(scheduled, frame), "dosageInstruction", notes)
    for number, note in enumerate(request.note):
        for read in reads[:1]:
            compare_note(note.text, read.structure, frame, f"note[{number}].text", notes)
    unit = _unit(reads, notes)
    order_class = _class_of(reads, notes)
    return Order(
        id=request.id,
        medicine=medicine.name,
        codes=medicine.codes,
        order_class=order_class,
        activate=_activate(order_class, notes),
        reasons=tuple(notes.reasons),
        lines=lines,
        unit=unit,
        prn=next((read.prn for read in reads if read.prn is not None), None),
        frame=frame,
    )


def _note_standing(request: MedicationRequest, notes: Notes) -> None:
    """Who may be reminded of it at all."""
    if request.status is None:
        notes.add(Why.MISSING_STATUS, "status", "is needed")
    elif request.status != "active":
        notes.add(Why.STATUS, "status", f"is {request.status}, not active")
    if request.intent is None:
        notes.add(Why.MISSING_INTENT, "intent", "is needed")
    elif request.intent not in _INTENTS:
        notes.add(Why.INTENT, "intent", f"is {request.intent}, not order or plan")
    if request.do_not_perform:
        notes.add(Why.DO_NOT_PERFORM, "doNotPerform", "it is an order not to give it")
    if request.modifier_extension:
        urls = ", ".join(extension.url for extension in request.modifier_extension)
        notes.add(Why.MODIFIER_EXTENSION, "modifierExtension", f"not known: {urls}")
    if request.implicit_rules is not None:
        notes.add(Why.IMPLICIT_RULES, "implicitRules", "the rules that it names are not known")


# ---- one after the other, or at once


def _groups(request: MedicationRequest, frame: Frame, notes: Notes) -> list[list[Read]]:
    """The dosages by their sequence number, rising; those of one number run at once.

    What follows one without an end is shown as if it began with it.
    """
    numbers = sorted({dosage.sequence or 0 for dosage in request.dosage_instruction})
    begin = _beginning(request, frame, notes)
    groups: list[list[Read]] = []
    for number in numbers:
        group = [
            read_dosage(dosage, begin, frame, f"dosageInstruction[{index}]", notes)
            for index, dosage in enumerate(request.dosage_instruction)
            if (dosage.sequence or 0) == number
        ]
        if groups and any(read.structure.stretch.first_day < begin.first_day for read in group):
            says = "a later number begins before the earlier one has ended"
            notes.add(Why.SEQUENCE_CONTRADICTS, "dosageInstruction.sequence", says)
        groups.append(group)
        following = last_day(tuple(line for read in group for line in read.lines), frame)
        if following is None and number != numbers[-1]:
            says = "has no end, so that it is not known when the next one begins, or whether they go together"
            notes.add(Why.UNBOUNDED_SEQUENCE, "dosageInstruction.sequence", says)
        begin = following or begin
    return groups


def _beginning(request: MedicationRequest, frame: Frame, notes: Notes) -> Stretch:
    if frame.therapy_start is not None:
        return Stretch(first_day=frame.therapy_start, given=True)
    written = None
    if request.authored_on is not None:
        written = instant(request.authored_on, frame.zone, "authoredOn", notes)
    first: date = written.first if written else frame.as_of
    return Stretch(first_day=first)


def _lines(groups: list[list[Read]], frame: Frame, notes: Notes) -> tuple[Line, ...]:
    found: list[Line] = []
    for group in groups:
        lines = tuple(line for read in group for line in read.lines)
        scheduled = tuple(line for line in lines if not isinstance(line.phase.timing, AsNeeded))
        others = [line for line in lines if line not in scheduled]
        one_plan = len(group) == 1  # events of one dosage are days of their own
        found += scheduled if one_plan else joined(scheduled, frame, notes)
        found += others
    return tuple(found)


# ---- what becomes of it


def _note_kinds_of_dosage(reads: list[Read], notes: Notes) -> None:
    at = "dosageInstruction"
    if not reads:
        notes.add(Why.MISSING_DOSAGE, at, "says nothing about how it is taken")
    if any(read.infusion for read in reads):
        notes.add(Why.INFUSION, at, "runs at a rate: nothing for a person to remember")
    as_needed = [read.prn is not None for read in reads]
    if reads and all(as_needed):
        notes.add(Why.AS_NEEDED, at, "is taken as needed and never due")
    elif any(as_needed):
        notes.add(Why.MIXED, at, "is partly as needed and partly at set times")
    textual = [read.textual for read in reads]
    if reads and all(textual):
        notes.add(Why.TEXT_ONLY, at, "says in words alone when it is taken")
    elif any(textual):
        notes.add(Why.MISSING_TIMING, at, "one of several says in words alone when it is taken")
    if reads and all(read.ended for read in reads) and not notes.has(Why.UNBOUNDED_SEQUENCE):
        notes.add(Why.ENDED, at, "has ended")


def _class_of(reads: list[Read], notes: Notes) -> OrderClass:
    if notes.has(Why.STATUS, Why.INTENT, Why.DO_NOT_PERFORM):
        return OrderClass.INACTIVE
    if notes.has(Why.ENDED):
        return OrderClass.EXPIRED
    if notes.has(Why.INFUSION, Why.NOT_A_DOSE):
        return OrderClass.INFUSION
    if notes.has(Why.AS_NEEDED):
        return OrderClass.PRN
    if notes.has(Why.TEXT_ONLY):
        return OrderClass.TEXT_ONLY
    unclear = any(reason.why not in STOPS | ABOUT_THE_MEDICINE for reason in notes.reasons)
    return OrderClass.AMBIGUOUS if unclear or not reads else OrderClass.SCHEDULED


def _activate(order_class: OrderClass, notes: Notes) -> Activate:
    if order_class not in {OrderClass.SCHEDULED, OrderClass.AMBIGUOUS}:
        return Activate.NO
    return Activate.REVIEW if notes.reasons else Activate.YES


def _unit(reads: list[Read], notes: Notes) -> str:
    """One unit for all amounts; several make the amounts of a plan mean different things."""
    units = list(dict.fromkeys(read.structure.dose.unit for read in reads if read.structure.dose.measures))
    if len(units) > 1:
        notes.add(Why.DOSE_CONTRADICTS, "dosageInstruction", f"doses in several units: {', '.join(units)}")
    return units[0] if units else ""
