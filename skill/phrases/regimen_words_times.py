"""When in the day, and how much each time, as the expansion itself sees it."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from skill.domain.day_times import clock_minutes, keeps_clock_times
from skill.domain.expansion import expand
from skill.domain.timings import (
    WITHOUT_OFFSET,
    AsNeeded,
    AtEvent,
    AtEvents,
    EveryDay,
    EveryHours,
    Phase,
    Routine,
    TimesADay,
    When,
)
from skill.phrases.regimen_words_tongue import Tongue

MOST_TIMES_SPOKEN = 6  # of an interval: nobody follows a longer list of clock times by ear
_A_DAY, _A_MINUTE = timedelta(days=1), timedelta(minutes=1)
_MONDAY = date(2024, 1, 8)
_MEALS = {
    When.C: (When.CM, When.CD, When.CV),
    When.AC: (When.ACM, When.ACD, When.ACV),
    When.PC: (When.PCM, When.PCD, When.PCV),
}
_ABOUT_MEALS = frozenset({*_MEALS, *(meal for meals in _MEALS.values() for meal in meals)})


class Slot(NamedTuple):
    """What one piece of words stands for: minutes of a day with one amount, and the events they come from."""

    amount: Decimal
    minutes: tuple[int, ...]
    events: tuple[AtEvent, ...]


def wall_of(minute: int) -> time:
    minute %= 24 * 60
    return time(minute // 60, minute % 60)


def elapses(phase: Phase) -> bool:
    """Whether its interval has no clock times of its own."""
    return isinstance(phase.timing, EveryHours) and not keeps_clock_times(phase.timing)


def about_meals(phase: Phase) -> bool:
    timing = phase.timing
    return isinstance(timing, AtEvents) and any(event.when in _ABOUT_MEALS for event in timing.events)


def slots(
    phase: Phase, routine: Routine, weekday: int, turn: Decimal | None, *, alike: bool
) -> tuple[Slot, ...]:
    """The doses of a ``weekday`` on which ``turn`` has its turn, in the order in which they are said.

    ``alike``: amounts are not said, so that all are one. Empty for what has no clock times.
    """
    minutes = clock_minutes(phase.timing, routine, weekend=weekday > 4)
    amounts = dict.fromkeys(minutes, Decimal(1))
    if minutes and not alike:
        amounts = dict(zip(minutes, _amounts(phase, routine, weekday, turn, minutes), strict=True))
    if isinstance(phase.timing, AtEvents):
        return tuple(sorted(_of_events(phase.timing, routine, amounts), key=lambda slot: slot.minutes))
    if isinstance(phase.timing, EveryHours):
        first = phase.timing.first.hour * 60 + phase.timing.first.minute
        minutes = tuple(sorted(minutes, key=lambda minute: (minute - first) % (24 * 60)))
    return tuple(Slot(amounts[minute], (minute,), ()) for minute in minutes)


def _amounts(
    phase: Phase, routine: Routine, weekday: int, turn: Decimal | None, minutes: tuple[int, ...]
) -> list[Decimal]:
    """What the expansion gives on a day of UTC: the one place that knows which exception fits."""
    day = _MONDAY + weekday * _A_DAY
    begun = day - _A_DAY if isinstance(phase.timing, EveryHours) else day
    turns = () if turn is None else (turn,)
    one = replace(phase, days=EveryDay(), first_day=begun, last_day=day, count=None, turns=turns)
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    start, end = midnight + minutes[0] * _A_MINUTE, midnight + (minutes[-1] + 1) * _A_MINUTE
    return [amount for _, amount in expand((one,), routine, ZoneInfo("UTC"), start, end)]


def _of_events(timing: AtEvents, routine: Routine, amounts: dict[int, Decimal]) -> list[Slot]:
    """Events with minutes of their own stay whole ("with each meal"); those that share one are one dose."""
    own = [(event, _minutes(event, routine)) for event in timing.events]
    users = Counter(minute for _, minutes in own for minute in minutes)
    shared: dict[int, list[AtEvent]] = {}
    found = []
    for event, minutes in own:
        if all(users[minute] == 1 for minute in minutes) and len({amounts[m] for m in minutes}) == 1:
            found.append(Slot(amounts[minutes[0]], minutes, (event,)))
            continue
        for part in _parted(event, minutes, routine):
            shared.setdefault(_minutes(part, routine)[0], []).append(part)
    found += [Slot(amounts[m], (m,), tuple(dict.fromkeys(events))) for m, events in shared.items()]
    return found


def _minutes(event: AtEvent, routine: Routine) -> tuple[int, ...]:
    return clock_minutes(AtEvents(events=(event,)), routine)


def _parted(event: AtEvent, minutes: tuple[int, ...], routine: Routine) -> tuple[AtEvent, ...]:
    """Each meal by itself, where an event stands for three."""
    parts = tuple(AtEvent(when=when, offset=event.offset) for when in _MEALS.get(event.when, ()))
    together = {minute for part in parts for minute in _minutes(part, routine)}
    return parts if together == set(minutes) else (event,)


# ---- in words


def by_amount(doses: Sequence[Slot]) -> list[tuple[Decimal, list[Slot]]]:
    """Neighbours with one amount, together."""
    return [(amount, list(some)) for amount, some in groupby(doses, key=lambda slot: slot.amount)]


def walls(doses: Sequence[Slot]) -> tuple[time, ...]:
    return tuple(wall_of(minute) for slot in doses for minute in slot.minutes)


def frequency(tongue: Tongue, phase: Phase) -> str | None:
    """ "twice a day", "every six hours"; None where the times alone say it."""
    match phase.timing:
        case TimesADay(n=n):
            return tongue.times(n)
        case EveryHours(hours=1):
            return tongue.say("regimen.every_hour")
        case EveryHours(hours=hours):
            return tongue.say("regimen.every_hours", hours=tongue.count("hour", hours))
        case _:
            return None


def times(tongue: Tongue, phase: Phase, doses: Sequence[Slot]) -> str | None:
    """The clock times or events; None for what is taken as needed."""
    if isinstance(phase.timing, AsNeeded):
        return None
    if isinstance(phase.timing, EveryHours) and (
        elapses(phase) or (tongue.spoken and len(doses) > MOST_TIMES_SPOKEN)
    ):
        clock = tongue.rules.at((phase.timing.first,))
        return tongue.say("regimen.first_at", clock=clock, date=tongue.day(phase.first_day))
    if doses and doses[0].events:
        return tongue.rules.join([_event_slot(tongue, slot) for slot in doses])
    return tongue.rules.at(walls(doses))


def together(amount: str, when: str, doses: Sequence[Slot]) -> str:
    """An amount with its times; a comma keeps "one milliliter" from "thirty minutes before breakfast"."""
    number_first = bool(doses) and any(event.offset for event in doses[0].events)
    return f"{amount}{',' if number_first else ''} {when}"


def event_at(tongue: Tongue, event: AtEvent, routine: Routine) -> str:
    """One event, in writing with its clock time."""
    return _event_slot(tongue, Slot(Decimal(1), _minutes(event, routine), (event,)))


def _event_slot(tongue: Tongue, slot: Slot) -> str:
    said = ", ".join(_event_words(tongue, event) for event in slot.events)
    if tongue.spoken:
        return said
    clocks = tongue.rules.join([tongue.rules.clock(wall) for wall in walls([slot])])
    return tongue.say("regimen.event_at", event=said, clocks=clocks)


def _event_words(tongue: Tongue, event: AtEvent) -> str:
    """ "at bedtime", "thirty minutes before breakfast"."""
    code = event.when.value.lower().replace(".", "_")
    itself = tongue.say(f"regimen.event.{code}")
    if event.offset is None or event.when in WITHOUT_OFFSET:
        return itself
    if event.when in _ABOUT_MEALS:
        if not event.offset:
            return tongue.say("regimen.offset_none", event=itself)
    elif event.offset:
        itself = tongue.say(f"regimen.offset.{code}")
    else:
        return itself
    offset = tongue.duration(event.offset * _A_MINUTE)
    return tongue.say("regimen.offset", offset=offset, event=itself)
