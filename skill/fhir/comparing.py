"""The words of a dosage against its structure, and a timing code against its ``repeat``."""

from datetime import date, time

from msgspec import Struct
from msgspec.structs import replace

from skill.domain.agreement import differences
from skill.domain.day_times import MINUTES_OF_A_DAY, clock_minutes
from skill.domain.directions import Meal, Measure, Ordered, Pace, PaceUnit, Stated
from skill.domain.timings import AtEvents, EveryHours, EveryNDays, Monthly, Routine, Timing, Weekly, When
from skill.fhir.bounds import Stretch
from skill.fhir.doses import Dose
from skill.fhir.elements import CodeableConcept, Dosage
from skill.fhir.frame import Frame
from skill.fhir.repeat_reading import WEEKDAYS, Plan
from skill.fhir.why import Notes, Why

_BEFORE = frozenset({When.AC, When.ACM, When.ACD, When.ACV})
_AFTER = frozenset({When.PC, When.PCM, When.PCD, When.PCV})
_NO_DATES = Stretch(first_day=date(2000, 1, 1))


class Structure(Struct, frozen=True, kw_only=True):
    """What a dosage says by structure, as far as it could be read."""

    plan: Plan | None = None
    stretch: Stretch = _NO_DATES
    dose: Dose = Dose()
    count: int | None = None
    limit: Measure | None = None
    as_needed: bool = False


def ordered(structure: Structure, routine: Routine) -> Ordered:
    """The same, in the words of a comparison."""
    plan, stretch = structure.plan, structure.stretch
    timing = plan.timing if plan else None
    meals, offsets = _meals(timing, routine)
    walls = _walls(timing, routine)
    return Ordered(
        doses=structure.dose.measures,
        days=plan.days if plan else Ordered().days,
        walls=walls,
        hours=timing.hours if isinstance(timing, EveryHours) else None,
        meals=meals,
        offsets=offsets,
        first_day=stretch.first_day if stretch.given else None,
        last_day=stretch.last_day,
        length=_length(stretch),
        count=structure.count,
        as_needed=structure.as_needed,
        limit=structure.limit,
        uses=len(walls) if structure.as_needed and walls else None,
    )


def _length(stretch: Stretch) -> int | None:
    """In days. Where both ends are cut in mid-day, those two are one day together."""
    if stretch.last_day is None:
        return None
    if stretch.since is not None and stretch.until is not None:
        return max((stretch.until - stretch.since).days, 1)
    return (stretch.last_day - stretch.first_day).days + 1


def _walls(timing: Timing | None, routine: Routine) -> tuple[time, ...]:
    minutes = sorted(
        {minute % MINUTES_OF_A_DAY for minute in clock_minutes(timing, routine)} if timing else ()
    )
    return tuple(time(minute // 60, minute % 60) for minute in minutes)


def _meals(timing: Timing | None, routine: Routine) -> tuple[tuple[Meal, ...], tuple[int, ...]]:
    if not isinstance(timing, AtEvents):
        return (), ()
    whens = {event.when for event in timing.events}
    before: tuple[Meal, ...] = (Meal.BEFORE, Meal.EMPTY) if whens & _BEFORE else ()
    after: tuple[Meal, ...] = (Meal.AFTER,) if whens & _AFTER else ()
    offsets = tuple(
        routine.meal_offset if event.offset is None else event.offset
        for event in timing.events
        if event.when in _BEFORE | _AFTER or event.offset is not None
    )
    return before + after, offsets


# ---- texts


def compare_texts(dosage: Dosage, structure: Structure, frame: Frame, at: str, notes: Notes) -> None:
    """A note for every fact in which any words of the dosage differ from its structure."""
    ours = ordered(structure, frame.routine)
    for element, text in _texts(dosage, at):
        _compare(ours, frame.read_text(text), element, notes)


def _texts(dosage: Dosage, at: str) -> list[tuple[str, str]]:
    texts = [(f"{at}.text", dosage.text), (f"{at}.patientInstruction", dosage.patient_instruction)]
    if dosage.timing is not None and dosage.timing.code is not None:
        texts.append((f"{at}.timing.code.text", _own_text(dosage.timing.code)))
    for number, concept in enumerate(dosage.additional_instruction):
        texts.append((f"{at}.additionalInstruction[{number}]", _words(concept)))
    return [(element, text) for element, text in texts if text]


def _own_text(code: CodeableConcept) -> str | None:
    """The text of a timing code, unless it only repeats the code."""
    return None if any(code.text == coding.code for coding in code.coding) else code.text


def _words(concept: CodeableConcept) -> str | None:
    return concept.text or next((coding.display for coding in concept.coding if coding.display), None)


def compare_note(text: str, structure: Structure, frame: Frame, element: str, notes: Notes) -> None:
    """The same for a note to the order, which may speak of other things: what is not understood is left."""
    stated = replace(frame.read_text(text), unread=(), rules=(), doses=(), parts=())
    _compare(ordered(structure, frame.routine), stated, element, notes)


def _compare(ours: Ordered, stated: Stated, element: str, notes: Notes) -> None:
    for difference in differences(ours, stated):
        why = Why.TEXT_CONTRADICTS if difference.contradicts else Why.TEXT_ADDS
        notes.add(why, element, f"{difference.fact}: {difference.says}")


# ---- codes


def compare_code(
    code: Plan, plan: Plan, day_of_week: tuple[str, ...], frame: Frame, at: str, notes: Notes
) -> None:
    """A note when a timing code and the ``repeat`` beside it do not say the same."""
    said = ordered(Structure(plan=code), frame.routine)
    if said.hours is not None:
        stated = Stated(paces=(Pace(every=(said.hours, said.hours), unit=PaceUnit.HOUR),))
    elif isinstance(code.timing, AtEvents):
        agrees = ordered(Structure(plan=plan), frame.routine).walls == said.walls
        stated = Stated() if agrees else Stated(walls=said.walls)
    else:
        stated = _pace_of(code, said)
    if day_of_week:
        stated = replace(stated, weekdays=tuple(sorted({WEEKDAYS.index(day) for day in day_of_week})))
    for difference in differences(ordered(Structure(plan=plan), frame.routine), stated):
        says = difference.says.replace("the text", "the code")
        notes.add(Why.CODE_CONTRADICTS, f"{at}.code", f"{difference.fact}: {says}")


def _pace_of(code: Plan, said: Ordered) -> Stated:
    match code.days:
        case EveryNDays(n=n):
            return Stated(paces=(Pace(every=(n, n), unit=PaceUnit.DAY),))
        case Weekly():
            return Stated(paces=(Pace(unit=PaceUnit.WEEK),))
        case Monthly():
            return Stated(paces=(Pace(unit=PaceUnit.MONTH),))
        case _:
            times = len(said.walls)
            return Stated(paces=(Pace(times=(times, times), unit=PaceUnit.DAY),))
