"""One ``Dosage`` of an order: its phases, what it says as needed, and every note about it."""

from datetime import timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from skill.domain.day_times import clock_minutes, most_a_day
from skill.domain.timings import MOST_AMOUNT, AsNeeded, EveryDay, EveryHours, Routine
from skill.fhir.bounds import Stretch, stretch
from skill.fhir.codes import meaning
from skill.fhir.comparing import Structure, compare_code, compare_texts
from skill.fhir.doses import check_limits, dose_of, is_as_needed, is_infusion, limit_of
from skill.fhir.elements import Dosage, Repeat, Timing
from skill.fhir.frame import Frame
from skill.fhir.lines import Line, has_ended, line_of, lines_of_events
from skill.fhir.repeat import plan
from skill.fhir.repeat_reading import Plan, Reading, says_when
from skill.fhir.why import Notes, Why

_MOST_RARE_DOSES = 2000


class Prn(Struct, frozen=True, kw_only=True):
    """Elapsed hours between two uses, and the most in any 24 hours, in ``unit``; None: not said."""

    min_interval_h: Decimal | None = None
    max_per_24h: Decimal | None = None
    unit: str = ""


class Read(Struct, frozen=True, kw_only=True):
    """``lines`` is empty where the structure plans nothing. ``timed``: it says when, well or badly."""

    structure: Structure
    lines: tuple[Line, ...] = ()
    prn: Prn | None = None
    infusion: bool = False
    timed: bool = False
    textual: bool = False
    ended: bool = False


def read_dosage(dosage: Dosage, begin: Stretch, frame: Frame, at: str, notes: Notes) -> Read:
    """``begin``: where it starts unless its own bounds say. ``at``: its path in the order."""
    timing = dosage.timing or Timing()
    if dosage.modifier_extension or timing.modifier_extension:
        notes.add(Why.MODIFIER_EXTENSION, at, "holds a modifier that is not known: it may change all of it")
    as_needed, infusion = is_as_needed(dosage), is_infusion(dosage)
    run = stretch(timing.repeat, begin, frame, f"{at}.timing", notes)
    repeat, code_plan = _repeat(timing, run or begin, frame, at, notes)
    timed = repeat is not None or bool(timing.event)
    untimed = not timed and not as_needed and not infusion
    textual = untimed and not (timing.code and timing.code.coding) and _has_words(dosage)
    if untimed and not textual:
        notes.add(Why.MISSING_TIMING, f"{at}.timing", "when it is taken is not said")
    dose = dose_of(dosage, at, Notes() if infusion or textual else notes)
    structure = Structure(
        plan=_plan(repeat, run or begin, frame, at, notes) if repeat else None,
        stretch=run or begin,
        dose=dose,
        count=timing.repeat.count if timing.repeat else None,
        limit=limit_of(dosage, at, notes),
        as_needed=as_needed,
    )
    if structure.plan and code_plan and timing.repeat:
        compare_code(code_plan, structure.plan, timing.repeat.day_of_week, frame, f"{at}.timing", notes)
    lines = () if run is None else _lines(structure, timing, frame, at, notes)
    prn = _prn(structure, repeat, frame.routine) if as_needed else None
    if prn is not None:
        lines = () if run is None else (_as_needed(structure, prn, at),)
    elif lines and not infusion:
        a_day = max(most_a_day(line.phase, frame.routine) for line in lines)
        check_limits(dosage, dose, a_day, structure.limit, at, notes)
    if not textual and not infusion and (structure.plan or as_needed):
        compare_texts(dosage, structure, frame, at, notes)
    return Read(
        structure=structure,
        lines=lines,
        prn=prn,
        infusion=infusion,
        timed=timed,
        textual=textual,
        ended=_has_ended(run, lines, frame),
    )


def _has_words(dosage: Dosage) -> bool:
    code = dosage.timing.code if dosage.timing else None
    return bool(dosage.text or dosage.patient_instruction or (code and code.text))


def _repeat(
    timing: Timing, run: Stretch, frame: Frame, at: str, notes: Notes
) -> tuple[Repeat | None, Plan | None]:
    """The repeat that holds, with the meaning of the code where it says nothing itself; the code's own plan.

    None: nothing says when, but for words.
    """
    code = meaning(timing.code, f"{at}.timing", notes)
    own = timing.repeat
    if own is None:
        return code, None
    if code is None:
        return (own, None) if says_when(own) or own.count == 1 else (None, None)
    if own.frequency or own.period is not None or own.when or own.time_of_day:
        quiet = Reading(repeat=code, stretch=run, frame=frame, at=f"{at}.timing", notes=Notes())
        return own, plan(quiet)
    said = {name: getattr(code, name) for name in ("frequency", "period", "period_unit", "when")}
    return replace(own, **said), None


def _plan(repeat: Repeat, run: Stretch, frame: Frame, at: str, notes: Notes) -> Plan | None:
    return plan(Reading(repeat=repeat, stretch=run, frame=frame, at=f"{at}.timing", notes=notes))


def _lines(structure: Structure, timing: Timing, frame: Frame, at: str, notes: Notes) -> tuple[Line, ...]:
    lines = lines_of_events(timing.event, structure.dose.amount, frame, f"{at}.timing", notes)
    if structure.plan is None:
        return lines
    if lines:
        notes.add(Why.OVERLAP, f"{at}.timing.event", "stands beside a repeat; the moments of both are shown")
    count = structure.count
    if count is not None and not structure.stretch.given:
        notes.add(Why.MISSING_START, f"{at}.timing.repeat.count", "is counted from a start that is not given")
    if count is not None and count > _MOST_RARE_DOSES and not isinstance(structure.plan.days, EveryDay):
        notes.add(
            Why.NOT_HELD, f"{at}.timing.repeat.count", "is more than a life has such days; it is left out"
        )
        count = None
    return (*lines, line_of(structure.plan, structure.dose.amount, structure.stretch, count, at))


def _has_ended(run: Stretch | None, lines: tuple[Line, ...], frame: Frame) -> bool:
    if run is None:
        return False
    if run.last_day is not None and run.last_day < frame.as_of:
        return True
    return bool(lines) and all(has_ended(line, frame) for line in lines)


# ---- as needed


def _prn(structure: Structure, repeat: Repeat | None, routine: Routine) -> Prn:
    """An interval is the least time between two uses; a number a day is the most in 24 hours."""
    dose = structure.dose.measures[0] if structure.dose.measures else None
    each, unit = (dose.high, dose.unit) if dose else (Decimal(1), "")
    plan_ = structure.plan
    hours = Decimal(plan_.timing.hours) if plan_ and isinstance(plan_.timing, EveryHours) else None
    if structure.limit is not None:
        return Prn(min_interval_h=hours, max_per_24h=structure.limit.high, unit=structure.limit.unit)
    number = None
    if plan_ is not None and hours is None and isinstance(plan_.days, EveryDay):
        often = repeat.frequency_max or repeat.frequency if repeat else None
        number = often or len(clock_minutes(plan_.timing, routine))
    return Prn(min_interval_h=hours, max_per_24h=None if number is None else number * each, unit=unit)


def _as_needed(structure: Structure, prn: Prn, at: str) -> Line:
    """Never due. The most is told in the phase's own amounts, which are doses where the unit differs."""
    dose = structure.dose
    most = prn.max_per_24h
    single = dose.measures[0].low if dose.measures else Decimal(1)
    if most is not None and single > 0:
        most = most / single * dose.amount
    if most is not None and not 0 < most <= MOST_AMOUNT:
        most = None
    gap = None if prn.min_interval_h is None else timedelta(hours=int(prn.min_interval_h))
    timing = AsNeeded(min_gap=gap, most_in_24h=most)
    return line_of(Plan(days=EveryDay(), timing=timing), dose.amount, structure.stretch, None, at)
