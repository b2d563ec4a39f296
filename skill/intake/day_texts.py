"""On which days a medicine is taken, from the texts that somebody wrote."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from skill.domain.timings import Cycle, Days, EveryDay, EveryNDays, Monthly, OnDates, Weekly
from skill.errors import InvalidError
from skill.intake import values
from skill.intake.reading import Reading

DAYS_FIELDS = ("every_days", "weekdays", "month_days", "on_dates", "cycle")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

T = TypeVar("T")


def days(reading: Reading, first: date, before: Days) -> Days:
    """The days that are given, counted from ``first``; else ``before``."""
    name = only_one(reading, DAYS_FIELDS)
    if name is not None and name != "every_days" and reading.given.get("every_hours"):
        reading.add(name, "does not go with every_hours")
    for every, owner in (("every_weeks", "weekdays"), ("every_months", "month_days")):
        if reading.given.get(every) and name != owner:
            reading.add(every, f"goes with {owner}")
    weeks = reading.one("every_weeks", lambda field, text: values.whole(field, text, 1, 52), 1)
    months = reading.one("every_months", lambda field, text: values.whole(field, text, 1, 12), 1)
    none: tuple[int, ...] = ()
    match name:
        case "every_days":
            return reading.one(name, lambda field, text: _every_days(field, text, first), before)
        case "weekdays":
            named = reading.several(name, weekdays, none)
            return reading.tried(name, lambda: Weekly(weekdays=named, every=weeks, anchor=first), before)
        case "month_days":
            numbers = reading.several(name, _month_days, none)
            return reading.tried(name, lambda: Monthly(days=numbers, every=months, anchor=first), before)
        case "on_dates":
            return reading.several(name, _on_dates, before)
        case "cycle":
            return reading.one(name, lambda field, text: _cycle(field, text, first), before)
        case _:
            return before


def _every_days(field: str, text: str, first: date) -> Days:
    n = values.whole(field, text, 1, 366)
    return EveryNDays(n=n, anchor=first) if n > 1 else EveryDay()


def weekdays(field: str, texts: list[str]) -> tuple[int, ...]:
    """``mon,thu``: rising numbers from 0 for Monday; each once."""
    return distinct(
        field, texts, lambda text: WEEKDAYS.index(text) if text in WEEKDAYS else _no_day(field, text)
    )


def _no_day(field: str, text: str) -> int:
    raise InvalidError(field, f"must be of {', '.join(WEEKDAYS)}; not {values.quoted(text)}")


def _month_days(field: str, texts: list[str]) -> tuple[int, ...]:
    return distinct(field, texts, lambda text: values.whole(field, text, 1, 31))


def _on_dates(field: str, texts: list[str]) -> OnDates:
    return OnDates(dates=distinct(field, texts, lambda text: values.day(field, text)))


def _cycle(field: str, text: str, first: date) -> Cycle:
    on, slash, off = text.partition("/")
    if not slash:
        raise InvalidError(
            field, f"must be days with and days without, such as 21/7; not {values.quoted(text)}"
        )
    with_doses, without = values.whole(field, on, 1, 366), values.whole(field, off, 1, 366)
    return Cycle(on=with_doses, off=without, anchor=first)


# ---- lists


def split(texts: list[str]) -> list[str]:
    """``08:00,20:00`` is the same as ``08:00 20:00``."""
    return [part for text in texts for part in text.split(",")]


def distinct(field: str, texts: list[str], parse: Callable[[str], T]) -> tuple[T, ...]:
    """What ``parse`` makes of each, rising; ``InvalidError`` when one comes twice."""
    found = [parse(text) for text in split(texts)]
    if len(set(found)) != len(found):
        raise InvalidError(field, "names one twice")
    return tuple(sorted(found))  # type: ignore[type-var]  # numbers and dates


def only_one(reading: Reading, names: tuple[str, ...]) -> str | None:
    """Which of the fields is given; a problem when more than one is."""
    given = [name for name in names if reading.given.get(name)]
    for name in given[1:]:
        reading.add(name, f"does not go with {given[0]}")
    return given[0] if given else None
