"""Do the words of a prescription agree with its structure? Of 62 public orders 19 did not."""

from collections.abc import Iterator
from datetime import time

from skill.domain.agreement_pace import DAY_NAMES, keeps, told
from skill.domain.directions import DayPart, Difference, Meal, Measure, Ordered, Pace, PaceUnit, Stated
from skill.domain.timings import EveryDay, OnDates, Weekly

_OCCASIONS = frozenset({"", "time", "times"})
_MEALS_A_DAY = ("breakfast", "lunch", "dinner")
# From and to, clock times; they overlap, because people's words do.
_PARTS = {
    DayPart.MORNING: (time(3), time(11, 59)),
    DayPart.NOON: (time(11), time(14, 59)),
    DayPart.AFTERNOON: (time(12), time(18)),
    DayPart.EVENING: (time(16), time(23, 59)),
    DayPart.NIGHT: (time(19), time(2, 59)),
    DayPart.BEDTIME: (time(20, 30), time(2, 59)),
}


def differences(ordered: Ordered, stated: Stated) -> tuple[Difference, ...]:
    """Every fact in which the words contradict the structure, or say more than it does.

    What the structure says and the words leave out is no difference.
    """
    found = [
        *_as_needed(ordered, stated),
        *_doses(ordered, stated),
        *_length(ordered, stated),
        *_limits(ordered, stated),
        *_not_held(stated),
    ]
    if not ordered.as_needed:
        found += [*_paces(ordered, stated), *_days(ordered, stated), *_times(ordered, stated)]
        found += _meals(ordered, stated)
    return tuple(found)


def _contradicts(fact: str, text: object, structure: object) -> Difference:
    return Difference(fact=fact, contradicts=True, says=f"the text says {text}, the structure {structure}")


def _adds(fact: str, text: object) -> Difference:
    return Difference(fact=fact, contradicts=False, says=f"only the text says {text}")


def _as_needed(ordered: Ordered, stated: Stated) -> Iterator[Difference]:
    if stated.as_needed and not ordered.as_needed:
        yield _contradicts("as needed", "as needed", "at set times")


def _doses(ordered: Ordered, stated: Stated) -> Iterator[Difference]:
    for unit in dict.fromkeys(dose.unit for dose in stated.doses):
        text = {(dose.low, dose.high) for dose in stated.doses if dose.unit == unit}
        structure = {(dose.low, dose.high) for dose in ordered.doses if unit in ("", dose.unit)}
        if structure and text != structure:
            yield _contradicts("dose", _listed(stated.doses, unit), _listed(ordered.doses, unit))
        elif not structure and (len(text) > 1 or any(low != high for low, high in text)):
            yield _adds("dose", _listed(stated.doses, unit))


def _listed(doses: tuple[Measure, ...], unit: str) -> str:
    return " and ".join(dict.fromkeys(str(dose) for dose in doses if unit in ("", dose.unit)))


def _length(ordered: Ordered, stated: Stated) -> Iterator[Difference]:
    days = _planned_days(ordered)
    if stated.lasts is not None:
        said = " to ".join(str(n) for n in dict.fromkeys(stated.lasts)) + " days"
        yield from _duration(said, days, agrees=stated.lasts == (days, days))
    if stated.months is not None:
        agrees = days is not None and 28 * stated.months <= days <= 31 * stated.months
        yield from _duration(f"{stated.months} months", days, agrees=agrees)
    if stated.starts is not None:
        first = ordered.first_day
        said = f"from {stated.starts[0]:02}-{stated.starts[1]:02}"
        if first is None:
            yield _adds("start", said)
        elif (first.month, first.day) != stated.starts:
            yield _contradicts("start", said, f"from {first:%m-%d}")
    if stated.until is not None:
        last = ordered.last_day
        said = f"until {stated.until[0]:02}-{stated.until[1]:02}"
        yield from _duration(said, days, agrees=last is not None and (last.month, last.day) == stated.until)
    if stated.count is not None and not ordered.as_needed:
        yield from _count(ordered, stated.count, days)


def _planned_days(ordered: Ordered) -> int | None:
    """How long the structure runs; None: no end."""
    if ordered.length is not None:
        return ordered.length
    if ordered.count is not None and ordered.walls and isinstance(ordered.days, EveryDay):
        return -(-ordered.count // len(ordered.walls))
    return None


def _duration(said: str, days: int | None, *, agrees: bool) -> Iterator[Difference]:
    if days is None:
        yield _adds("duration", said)
    elif not agrees:
        yield _contradicts("duration", said, f"{days} days")


def _count(ordered: Ordered, count: int, days: int | None) -> Iterator[Difference]:
    if ordered.count is not None:
        planned: int | None = ordered.count
    elif isinstance(ordered.days, OnDates):
        planned = len(ordered.days.dates) * len(ordered.walls)
    else:
        planned = (
            None if days is None or not isinstance(ordered.days, EveryDay) else days * len(ordered.walls)
        )
    if planned is None:
        yield _adds("count", f"{count} in all")
    elif planned != count:
        yield _contradicts("count", f"{count} in all", f"{planned}")


def _limits(ordered: Ordered, stated: Stated) -> Iterator[Difference]:
    for limit in stated.limits:
        if limit.unit in _OCCASIONS and ordered.uses is not None:
            if ordered.uses != limit.high:
                yield _contradicts("limit", f"at most {limit} in 24 hours", ordered.uses)
            continue
        held = ordered.limit
        if held is None or (limit.unit and held.unit != limit.unit):
            yield _adds("limit", f"at most {limit} in 24 hours")
        elif held.high != limit.high:
            yield _contradicts("limit", f"at most {limit} in 24 hours", held)


def _not_held(stated: Stated) -> Iterator[Difference]:
    if stated.cycle is not None:
        yield _adds("cycle", f"{stated.cycle[0]} days on and {stated.cycle[1]} off")
    if stated.rules:
        yield _adds("rule", ", ".join(f"'{word}'" for word in stated.rules))
    if stated.unread:
        yield Difference(
            fact="unread",
            contradicts=False,
            says=f"not understood in the text: {', '.join(repr(word) for word in stated.unread)}",
        )


# ---- how often, on which days


def _paces(ordered: Ordered, stated: Stated) -> Iterator[Difference]:
    for pace in dict.fromkeys(stated.paces):
        if pace.is_range or not keeps(ordered, pace):
            yield _contradicts("frequency", pace, told(ordered))


def _days(ordered: Ordered, stated: Stated) -> Iterator[Difference]:
    if stated.weekdays:
        ours = ordered.days.weekdays if isinstance(ordered.days, Weekly) else ()
        if ours != stated.weekdays and not (len(stated.weekdays) == 7 and isinstance(ordered.days, EveryDay)):
            said = ", ".join(DAY_NAMES[day] for day in stated.weekdays)
            yield _contradicts("weekdays", said, told(ordered))
        return
    if stated.month_days and getattr(ordered.days, "days", ()) != stated.month_days:
        yield _contradicts(
            "days", f"on day {', '.join(map(str, stated.month_days))} of the month", told(ordered)
        )
    often = any(pace.unit is PaceUnit.DAY and pace.every == (1, 1) for pace in stated.paces)
    often = often or (not stated.paces and bool(stated.parts or stated.walls))
    rarer = any(pace.unit is not PaceUnit.HOUR and not _is_daily(pace) for pace in stated.paces)
    single = stated.count == 1
    if often and not rarer and not single and stated.cycle is None and not _is_each_day(ordered):
        yield _contradicts("days", "every day", told(ordered))


def _is_daily(pace: Pace) -> bool:
    return pace.unit is PaceUnit.DAY and pace.every == (1, 1)


def _is_each_day(ordered: Ordered) -> bool:
    match ordered.days:
        case EveryDay():
            return ordered.hours is None or ordered.hours <= 24
        case OnDates(dates=dates):
            return len(dates) > 1 and (dates[-1] - dates[0]).days == len(dates) - 1
        case _:
            return False


# ---- at what times


def _times(ordered: Ordered, stated: Stated) -> Iterator[Difference]:
    ours = ", ".join(f"{wall:%H:%M}" for wall in ordered.walls) or "no clock times"
    if stated.walls and set(stated.walls) != set(ordered.walls):
        yield _contradicts("times", ", ".join(f"{wall:%H:%M}" for wall in stated.walls), ours)
    if stated.parts and not stated.walls and not _fit(ordered.walls, stated.parts):
        yield _contradicts("times", " and ".join(stated.parts), ours)


def _meals(ordered: Ordered, stated: Stated) -> Iterator[Difference]:
    for meal in stated.meals:
        if meal is Meal.WITH or meal in ordered.meals:
            continue
        if ordered.meals:
            yield _contradicts("meals", meal.value, ordered.meals[0].value)
        else:
            yield _adds("meals", meal.value)
    for minutes in stated.offsets:
        if minutes not in ordered.offsets:
            ours = ordered.offsets[0] if ordered.offsets else None
            said = f"{minutes} minutes"
            yield _adds("offset", said) if ours is None else _contradicts("offset", said, f"{ours} minutes")
    nothing_else = not (stated.paces or stated.parts or stated.walls or stated.weekdays or stated.count)
    if stated.doses and stated.meals and nothing_else and len(ordered.walls) != len(_MEALS_A_DAY):
        yield _contradicts("frequency", "at meals", told(ordered))


def _fit(walls: tuple[time, ...], parts: tuple[DayPart, ...]) -> bool:
    """Every time lies in a part that is named, and every part that is named has a time."""
    every_wall = all(any(_lies(wall, part) for part in parts) for wall in walls)
    return bool(walls) and every_wall and all(any(_lies(wall, part) for wall in walls) for part in parts)


def _lies(wall: time, part: DayPart) -> bool:
    first, last = _PARTS[part]
    return first <= wall <= last if first <= last else wall >= first or wall <= last
