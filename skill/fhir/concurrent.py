"""Several dosages at once as the one phase that a plan can hold, where they fit into one."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

from msgspec.structs import replace

from skill.domain.day_times import clock_minutes
from skill.domain.timings import (
    AmountAt,
    AtEvents,
    Days,
    EveryDay,
    FixedTimes,
    Phase,
    Routine,
    Timing,
    Weekly,
)
from skill.fhir.frame import Frame
from skill.fhir.lines import Line
from skill.fhir.why import Notes, Why

_DAYS_A_WEEK = 7


def joined(lines: tuple[Line, ...], frame: Frame, notes: Notes) -> tuple[Line, ...]:
    """``lines`` that run one after the other as they are; lines at once as one, or a note why not."""
    if len(lines) < 2 or not _any_together(lines):
        return lines
    frames = {(line.since, line.until, line.phase.first_day, line.phase.last_day) for line in lines}
    phases = [line.phase for line in lines]
    made = None
    if len(frames) == 1 and all(phase.count is None for phase in phases):
        made = _on_other_days(phases) or _at_other_times(phases, frame.routine)
    if made is not None:
        return (replace(lines[0], phase=made),)
    says = "several at once, at the same moment, or in ways that one plan cannot hold"
    notes.add(Why.OVERLAP, "dosageInstruction", says)
    return lines


def _any_together(lines: tuple[Line, ...]) -> bool:
    spans = sorted((line.phase.first_day, line.phase.last_day or date.max) for line in lines)
    return any(after[0] <= before[1] for before, after in pairwise(spans))


def _on_other_days(phases: list[Phase]) -> Phase | None:
    """The same times on weekdays of their own, as warfarin has it."""
    chosen: list[tuple[Weekly, Phase]] = []
    for phase in phases:
        if not isinstance(phase.days, Weekly) or phase.days.every != 1 or phase.timing != phases[0].timing:
            return None
        chosen.append((phase.days, phase))
    weekdays = sorted(day for days, _ in chosen for day in days.weekdays)
    if len(set(weekdays)) != len(weekdays):
        return None
    days: Days = EveryDay()
    if len(weekdays) < _DAYS_A_WEEK:
        days = Weekly(weekdays=tuple(weekdays), anchor=phases[0].first_day)
    amounts = tuple(
        AmountAt(amount=phase.amount, weekdays=on.weekdays)
        for on, phase in chosen
        if phase.amount != phases[0].amount
    )
    return replace(phases[0], days=days, amounts=amounts)


def _at_other_times(phases: list[Phase], routine: Routine) -> Phase | None:
    """Times of their own on the same days: clock times with clock times, events with events."""
    if any(phase.days != phases[0].days for phase in phases):
        return None
    timing = _all_times([phase.timing for phase in phases])
    minutes = [clock_minutes(phase.timing, routine) for phase in phases]
    every = sorted(minute for some in minutes for minute in some)
    if timing is None or len(set(every)) != len(every):
        return None
    amount_at: dict[int, Decimal] = {
        every.index(minute): phase.amount
        for some, phase in zip(minutes, phases, strict=True)
        for minute in some
    }
    usual = phases[0].amount
    amounts = tuple(
        AmountAt(amount=amount_at[index], time_index=index)
        for index in range(len(every))
        if amount_at[index] != usual
    )
    return replace(phases[0], timing=timing, amounts=amounts)


def _all_times(timings: list[Timing]) -> Timing | None:
    fixed = [timing for timing in timings if isinstance(timing, FixedTimes) and not timing.weekend]
    if len(fixed) == len(timings):
        walls = {wall for timing in fixed for wall in timing.wall_times}
        return FixedTimes(wall_times=tuple(sorted(walls)))
    at_events = [timing for timing in timings if isinstance(timing, AtEvents)]
    if len(at_events) == len(timings):
        events = dict.fromkeys(event for timing in at_events for event in timing.events)
        return AtEvents(events=tuple(events))
    return None
