"""A plan in the words of the options that make it, for tables and scripts. Patients never read them."""

from datetime import time
from decimal import Decimal
from typing import assert_never

from skill.domain.timings import (
    AmountAt,
    AsNeeded,
    AtEvent,
    AtEvents,
    Cycle,
    Days,
    EveryDay,
    EveryHours,
    EveryNDays,
    FixedTimes,
    Monthly,
    OnDates,
    Phase,
    TimesADay,
    Timing,
    Weekly,
)
from skill.intake.day_texts import WEEKDAYS


def days(chosen: Days) -> str:
    match chosen:
        case EveryDay():
            return "every day"
        case EveryNDays(n=n, anchor=anchor):
            return f"every {n} days from {anchor}"
        case Weekly(weekdays=weekdays, every=every, anchor=anchor):
            named = " ".join(WEEKDAYS[day] for day in weekdays)
            return named if every == 1 else f"{named} every {every} weeks from {anchor}"
        case Monthly(days=numbers, every=every, anchor=anchor):
            named = " ".join(str(number) for number in numbers)
            return f"{named} of the month" if every == 1 else f"{named} every {every} months from {anchor}"
        case OnDates(dates=dates):
            return " ".join(day.isoformat() for day in dates)
        case Cycle(on=on, off=off, anchor=anchor):
            return f"{on} on, {off} off from {anchor}"
        case _:
            assert_never(chosen)


def times(timing: Timing) -> list[str]:
    match timing:
        case FixedTimes(wall_times=walls, weekend=weekend):
            return [*_walls(walls), *(["weekend:", *_walls(weekend)] if weekend else [])]
        case TimesADay(n=n):
            return [f"{n} a day"]
        case AtEvents(events=events):
            return [_event(event) for event in events]
        case EveryHours(hours=hours, first=first):
            return [f"every {hours} h from {first:%H:%M}"]
        case AsNeeded():
            return ["as needed"]
        case _:
            assert_never(timing)


def amount(phase: Phase) -> str:
    usual = " ".join(number(one) for one in phase.turns) if phase.turns else number(phase.amount)
    return " ".join([usual, *(_other(one, phase.timing) for one in phase.amounts)])


def number(value: Decimal) -> str:
    """Without zeros behind the point."""
    return f"{value.normalize():f}"


def _walls(walls: tuple[time, ...]) -> list[str]:
    return [f"{wall:%H:%M}" for wall in walls]


def _event(event: AtEvent) -> str:
    return event.when.value if event.offset is None else f"{event.when.value}:{event.offset}"


def _other(one: AmountAt, timing: Timing) -> str:
    clock = []
    if one.time_index is not None:
        walls = _walls(timing.wall_times) if isinstance(timing, FixedTimes) else []
        index = one.time_index
        clock = [walls[index] if index < len(walls) else f"time {index + 1}"]
    return f"{number(one.amount)}@{'+'.join([*clock, *(WEEKDAYS[day] for day in one.weekdays)])}"
