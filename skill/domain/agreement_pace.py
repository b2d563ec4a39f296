"""How often a structure has a dose, and whether a pace in words is the same."""

from typing import assert_never

from skill.domain.directions import Ordered, Pace, PaceUnit
from skill.domain.timings import Cycle, EveryDay, EveryNDays, Monthly, OnDates, Weekly

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def keeps(ordered: Ordered, pace: Pace) -> bool:
    """Whether the structure has a dose as often as ``pace`` says, its lower bounds being meant."""
    times, every = pace.times[0], pace.every[0]
    match pace.unit:
        case PaceUnit.HOUR:
            return times == 1 and _every_hours(ordered, every)
        case PaceUnit.DAY if every == 1:
            return len(ordered.walls) == times
        case PaceUnit.DAY:
            return times == 1 and _every_days(ordered, every)
        case PaceUnit.WEEK:
            return _a_week(ordered, times, every)
        case PaceUnit.MONTH:
            return (
                times == 1 and isinstance(ordered.days, Monthly) and _once(ordered, ordered.days.every, every)
            )
        case _:
            assert_never(pace.unit)


def _once(ordered: Ordered, ours: int, theirs: int) -> bool:
    return ours == theirs and len(ordered.walls) == 1


def _every_hours(ordered: Ordered, hours: int) -> bool:
    if ordered.hours == hours:
        return True
    if hours % 24 == 0:
        return (hours == 24 and _daily_once(ordered)) or _every_days(ordered, hours // 24)
    minutes = [wall.hour * 60 + wall.minute for wall in ordered.walls]
    evenly = [
        (after - before) % 1440 for before, after in zip(minutes, [*minutes[1:], *minutes[:1]], strict=True)
    ]
    return bool(minutes) and set(evenly) == {60 * hours} and isinstance(ordered.days, EveryDay | Cycle)


def _daily_once(ordered: Ordered) -> bool:
    return isinstance(ordered.days, EveryDay) and len(ordered.walls) == 1


def _every_days(ordered: Ordered, days: int) -> bool:
    if ordered.hours is not None and ordered.hours == 24 * days:
        return True
    match ordered.days:
        case EveryNDays(n=n):
            return _once(ordered, n, days)
        case Weekly(weekdays=weekdays, every=every) if len(weekdays) == 1:
            return _once(ordered, 7 * every, days)
        case _:
            return False


def _a_week(ordered: Ordered, times: int, every: int) -> bool:
    match ordered.days:
        case Weekly():
            return ordered.days.every == every and len(ordered.days.weekdays) * len(ordered.walls) == times
        case EveryNDays(n=n):
            return times == 1 and _once(ordered, n, 7 * every)
        case EveryDay() if ordered.hours is not None:
            return times == 1 and ordered.hours == 168 * every
        case EveryDay():
            return every == 1 and 7 * len(ordered.walls) == times
        case _:
            return False


def told(ordered: Ordered) -> str:
    """The pace of a structure, for whoever compares the two."""
    if ordered.hours is not None:
        return f"1 in every {ordered.hours} hours"
    often = f"{len(ordered.walls)} a day"
    match ordered.days:
        case EveryDay():
            return often
        case EveryNDays(n=n):
            return f"{often} on every {n}th day"
        case Weekly(weekdays=weekdays, every=every):
            weeks = "" if every == 1 else f" of every {every} weeks"
            return f"{often} on {', '.join(DAY_NAMES[day] for day in weekdays)}{weeks}"
        case Monthly(days=days, every=every):
            return f"{often} on day {', '.join(str(day) for day in days)} of every {every} months"
        case OnDates(dates=dates):
            return f"{often} on {len(dates)} dates"
        case Cycle(on=on, off=off):
            return f"{often} on {on} days, then {off} without"
        case _:
            assert_never(ordered.days)
