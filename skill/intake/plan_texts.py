"""How a medicine is to be taken, from the texts that somebody wrote: the days, the times, the amounts."""

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import TypeVar

from msgspec.structs import replace

from skill.domain.day_times import keeps_clock_times
from skill.domain.timings import (
    AmountAt,
    AtEvent,
    AtEvents,
    Days,
    EveryDay,
    EveryHours,
    FixedTimes,
    Phase,
    TimesADay,
    Timing,
    When,
)
from skill.errors import InvalidError
from skill.intake import day_texts, values
from skill.intake.day_texts import DAYS_FIELDS, WEEKDAYS, only_one, split, weekdays
from skill.intake.reading import Reading

TIMING_FIELDS = ("times", "times_a_day", "at_events", "every_hours")
LISTS = (
    "times",
    "weekend",
    "at_events",
    "every_hours",
    "weekdays",
    "month_days",
    "on_dates",
    "turns",
    "amounts",
)
PLAN_FIELDS = (
    *TIMING_FIELDS,
    *("weekend", "every_weeks", "every_months"),
    *DAYS_FIELDS,
    *("amount", "amounts", "turns", "count", "first_day", "last_day"),
)
_NONE = "none"

T = TypeVar("T")


def phase(reading: Reading, before: Phase | None, today: date) -> Phase | None:
    """The plan from ``today`` (or its own first day) on: the given fields in place of those of ``before``.

    The word none takes away the last day, the count, the turns, the amounts or the times of the weekend.
    What is counted from the first day goes on being counted while days and times stay as they are.
    """
    if before is None and not any(reading.given.get(name) for name in TIMING_FIELDS):
        reading.add("times", "is needed, or times_a_day, at_events or every_hours")
    first = reading.one("first_day", values.day, _first_day(reading, before, today))
    last = _or_none(reading, "last_day", values.day, before.last_day if before else None)
    if last is not None and last < today:
        reading.add("last_day", f"lies before today, {today}")
    timing = _timing(reading, before.timing if before else None)
    days = day_texts.days(reading, first, before.days if before else EveryDay())
    if before is not None and before.count is not None and _moved(reading) and "count" not in reading.given:
        reading.add("count", "is needed with other days or times: how many doses are left, or none")
    made = _made(reading, before, (first, last), days, timing)
    return made if not reading.problems else None


def _moved(reading: Reading) -> bool:
    """Whether days or times are given."""
    moving = (*TIMING_FIELDS, *DAYS_FIELDS, "weekend", "every_weeks", "every_months", "first_day")
    return any(reading.given.get(name) for name in moving)


def _first_day(reading: Reading, before: Phase | None, today: date) -> date:
    if before is None:
        return today
    elapsed = isinstance(before.timing, EveryHours) and not keeps_clock_times(before.timing)
    counted = elapsed or before.turns or (before.count is not None and "count" not in reading.given)
    return before.first_day if counted and not _moved(reading) else max(today, before.first_day)


def _made(
    reading: Reading,
    before: Phase | None,
    span: tuple[date, date | None],
    days: Days,
    timing: Timing | None,
) -> Phase | None:
    def count(field: str, text: str) -> int:
        return values.whole(field, text, 1, 10_000)

    amount = reading.one("amount", values.amount, before.amount if before else Decimal(1))
    turns = _several_or_none(reading, "turns", _turns, before.turns if before else ())
    most = _or_none(reading, "count", count, before.count if before else None)
    if timing is None:
        return None
    amounts = _amounts(reading, before, timing)
    if reading.problems:
        return None
    return reading.tried(
        "last_day",
        lambda: Phase(
            first_day=span[0],
            last_day=span[1],
            days=days,
            timing=timing,
            amount=amount,
            amounts=amounts,
            turns=turns,
            count=most,
        ),
        None,
    )


# ---- when in the day


def _timing(reading: Reading, before: Timing | None) -> Timing | None:
    name = only_one(reading, TIMING_FIELDS)
    timing = before
    match name:
        case "times":
            timing = reading.several(name, lambda field, texts: values.wall_times(field, split(texts)), None)
        case "times_a_day":
            timing = reading.one(name, lambda field, text: TimesADay(n=values.whole(field, text, 1, 5)), None)
        case "at_events":
            timing = reading.several(name, _at_events, None)
        case "every_hours":
            timing = reading.several(name, _every_hours, None)
        case _:
            pass
    if not reading.given.get("weekend"):
        return timing
    if not isinstance(timing, FixedTimes):
        reading.add("weekend", "goes with times only")
        return timing
    clock = timing

    def other(field: str, texts: list[str]) -> tuple[time, ...]:
        return values.wall_times(field, split(texts)).wall_times

    weekend = _several_or_none(reading, "weekend", other, ())
    return reading.tried("weekend", lambda: replace(clock, weekend=weekend), timing)


def _at_events(field: str, texts: list[str]) -> AtEvents:
    """``CM``, ``HS``; ``ACM:30`` is 30 minutes before breakfast."""
    events = [_at_event(field, text) for text in split(texts)]
    try:
        return AtEvents(events=tuple(events))
    except InvalidError as error:
        raise InvalidError(field, error.problem) from error


def _at_event(field: str, text: str) -> AtEvent:
    code, colon, minutes = text.partition(":")
    if code not in set(When):
        shown = values.quoted(text)
        raise InvalidError(field, f"must be codes such as CM, HS or ACM:30 (minutes); not {shown}")
    offset = values.whole(field, minutes, 0, 720) if colon else None
    try:
        return AtEvent(when=When(code), offset=offset)
    except InvalidError as error:
        raise InvalidError(field, f"an offset {error.problem}; not {values.quoted(text)}") from error


def _every_hours(field: str, texts: list[str]) -> EveryHours:
    """``8``, or ``8 06:00``: every eight hours, the first at six."""
    if len(texts) > 2:
        raise InvalidError(field, "must be a number of hours, and the clock time of the first: 8 06:00")
    hours = values.whole(field, texts[0], 1, 336)
    return EveryHours(hours=hours, first=values.wall_time(field, texts[1]) if len(texts) > 1 else time(8))


# ---- how much


def _turns(field: str, texts: list[str]) -> tuple[Decimal, ...]:
    return tuple(values.amount(field, text) for text in split(texts))


def _amounts(reading: Reading, before: Phase | None, timing: Timing) -> tuple[AmountAt, ...]:
    """Of ``before``, unless others are given; an amount of one time does not outlive its times."""

    def parse(field: str, texts: list[str]) -> tuple[AmountAt, ...]:
        return tuple(_amount_at(field, text, timing) for text in split(texts))

    kept = before.amounts if before else ()
    bound = any(one.time_index is not None for one in kept)
    if before is not None and bound and before.timing != timing and not reading.given.get("amounts"):
        reading.add("amounts", "is needed with other times: some of them differ now, or none")
    return _several_or_none(reading, "amounts", parse, kept)


def _amount_at(field: str, text: str, timing: Timing) -> AmountAt:
    """``2@mon``, ``0.5@20:00``, ``2@20:00+sat+sun``: an amount, and where it holds."""
    said, _, where = text.partition("@")
    marks = where.split("+")
    clocks = [mark for mark in marks if mark and mark not in WEEKDAYS]
    if not where or len(clocks) > 1:
        raise InvalidError(
            field, f"must be such as 2@mon, 0.5@20:00 or 2@20:00+sat; not {values.quoted(text)}"
        )
    index = _place_of(field, clocks[0], timing) if clocks else None
    named = [mark for mark in marks if mark in WEEKDAYS]
    days = weekdays(field, named) if named else ()
    return AmountAt(amount=values.amount(field, said), time_index=index, weekdays=days)


def _place_of(field: str, text: str, timing: Timing) -> int:
    wall = values.wall_time(field, text)
    if not isinstance(timing, FixedTimes) or wall not in timing.wall_times:
        raise InvalidError(field, f"names {text}, which is none of the times")
    return timing.wall_times.index(wall)


# ---- none


def _or_none(reading: Reading, name: str, parse: Callable[[str, str], T], default: T | None) -> T | None:
    if reading.given.get(name) == _NONE:
        return None
    return reading.one(name, parse, default)


def _several_or_none(
    reading: Reading,
    name: str,
    parse: Callable[[str, list[str]], tuple[T, ...]],
    default: tuple[T, ...],
) -> tuple[T, ...]:
    if reading.given.get(name) in (_NONE, [_NONE]):
        return ()
    return reading.several(name, parse, default)
