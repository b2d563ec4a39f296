"""Where the words of a prescription and its structure differ."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from skill.domain.agreement import differences
from skill.domain.directions import DayPart, Meal, Measure, Ordered, Pace, PaceUnit, Stated
from skill.domain.timings import Cycle, EveryNDays, Monthly, OnDates, Weekly

DAY = date(2026, 3, 2)  # a Monday
TWICE = {"walls": (time(8), time(20))}
ONE = Measure(low=Decimal(1), high=Decimal(1), unit="tablet")
TWO = Measure(low=Decimal(2), high=Decimal(2), unit="tablet")
MG = Measure(low=Decimal(500), high=Decimal(500), unit="mg")
A_DAY, A_WEEK, A_MONTH = Pace(unit=PaceUnit.DAY), Pace(unit=PaceUnit.WEEK), Pace(unit=PaceUnit.MONTH)
ONCE = {"walls": (time(8),)}
MONDAYS = Weekly(weekdays=(0,), anchor=DAY)


def every(number: int, unit: PaceUnit) -> Pace:
    return Pace(every=(number, number), unit=unit)


def times(number: int, unit: PaceUnit = PaceUnit.DAY) -> Pace:
    return Pace(times=(number, number), unit=unit)


AGREE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing said": (TWICE, {}),
    "the same number a day": (TWICE, {"paces": (times(2),)}),
    "every 12 hours at even times": (TWICE, {"paces": (every(12, PaceUnit.HOUR),)}),
    "an interval": ({"hours": 36}, {"paces": (every(36, PaceUnit.HOUR),)}),
    "72 hours as three days": ({"hours": 72}, {"paces": (every(3, PaceUnit.DAY),)}),
    "three days as 72 hours": (
        {**ONCE, "days": EveryNDays(n=3, anchor=DAY)},
        {"paces": (every(72, PaceUnit.HOUR),)},
    ),
    "once in 24 hours": (ONCE, {"paces": (every(24, PaceUnit.HOUR),)}),
    "a week on its weekday": ({**ONCE, "days": MONDAYS}, {"paces": (A_WEEK,), "weekdays": (0,)}),
    "a week as seven days": ({**ONCE, "days": EveryNDays(n=7, anchor=DAY)}, {"paces": (A_WEEK,)}),
    "seven days as a week": ({**ONCE, "days": MONDAYS}, {"paces": (every(7, PaceUnit.DAY),)}),
    "168 hours as a week": ({"hours": 168}, {"paces": (A_WEEK,)}),
    "seven a week as daily": (ONCE, {"paces": (times(7, PaceUnit.WEEK),)}),
    "a month": ({**ONCE, "days": Monthly(days=(2,), anchor=DAY)}, {"paces": (A_MONTH,)}),
    "daily on its weekdays": ({**ONCE, "days": MONDAYS}, {"paces": (A_DAY,), "weekdays": (0,)}),
    "parts of the day": (TWICE, {"parts": (DayPart.MORNING, DayPart.EVENING)}),
    "clock times": (TWICE, {"walls": (time(20), time(8))}),
    "the same dose": ({**TWICE, "doses": (ONE,)}, {"doses": (ONE,)}),
    "a dose in another unit": ({**TWICE, "doses": (MG,)}, {"doses": (ONE,)}),
    "with food": (TWICE, {"meals": (Meal.WITH,)}),
    "before meals": (
        {**TWICE, "meals": (Meal.BEFORE,), "offsets": (30,)},
        {"meals": (Meal.BEFORE,), "offsets": (30,)},
    ),
    "so many days": ({**TWICE, "length": 7}, {"lasts": (7, 7)}),
    "so many days by count": ({**TWICE, "count": 14}, {"lasts": (7, 7)}),
    "so many months": ({**ONCE, "length": 92}, {"months": 3}),
    "until a day": ({**ONCE, "last_day": date(2026, 6, 3), "length": 94}, {"until": (6, 3)}),
    "so many doses": ({**TWICE, "count": 12}, {"count": 12}),
    "so many doses by days": ({**TWICE, "length": 7}, {"count": 14}),
    "one dose on one date": ({**ONCE, "days": OnDates(dates=(DAY,))}, {"count": 1, "paces": (A_DAY,)}),
    "as needed, whatever its pace": ({"as_needed": True}, {"as_needed": True, "paces": (times(4),)}),
    "the same limit": ({"as_needed": True, "limit": TWO}, {"as_needed": True, "limits": (TWO,)}),
}


@pytest.mark.parametrize("case", AGREE)
def test_words_that_say_the_same_or_less_agree(case: str) -> None:
    ordered, stated = AGREE[case]

    assert differences(Ordered(**ordered), Stated(**stated)) == ()


DIFFER: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "weekly by text, daily by structure": (ONCE, {"paces": (A_WEEK,)}, "frequency"),
    "daily by text, weekly by structure": ({**ONCE, "days": MONDAYS}, {"paces": (A_DAY,)}, "days"),
    "at bedtime by text, weekly by structure": (
        {"walls": (time(22),), "days": MONDAYS},
        {"parts": (DayPart.BEDTIME,)},
        "days",
    ),
    "another number a day": (TWICE, {"paces": (times(3),)}, "frequency"),
    "every 8 hours by text, at the patient's times": (
        {"walls": (time(8), time(14), time(20))},
        {"paces": (every(8, PaceUnit.HOUR),)},
        "frequency",
    ),
    "a range": (TWICE, {"paces": (Pace(times=(1, 2), unit=PaceUnit.DAY),)}, "frequency"),
    "other weekdays": ({**ONCE, "days": MONDAYS}, {"weekdays": (1,)}, "weekdays"),
    "weekdays by text, daily by structure": (ONCE, {"weekdays": (0, 3)}, "weekdays"),
    "two days by text, three by structure": (
        {**ONCE, "days": EveryNDays(n=3, anchor=DAY)},
        {"paces": (every(2, PaceUnit.DAY),)},
        "frequency",
    ),
    "weekly by text, in cycles by structure": (
        {**ONCE, "days": Cycle(on=21, off=7, anchor=DAY)},
        {"paces": (A_WEEK,)},
        "frequency",
    ),
    "another dose": ({**TWICE, "doses": (ONE,)}, {"doses": (TWO,)}, "dose"),
    "two doses by text": ({**TWICE, "doses": (ONE,)}, {"doses": (ONE, TWO)}, "dose"),
    "as needed by text": (TWICE, {"as_needed": True}, "as needed"),
    "bedtime by text, morning by structure": (ONCE, {"parts": (DayPart.BEDTIME,)}, "times"),
    "one part of the day, two times": (TWICE, {"parts": (DayPart.MORNING,)}, "times"),
    "other clock times": (TWICE, {"walls": (time(9), time(21))}, "times"),
    "after by text, before by structure": (
        {**TWICE, "meals": (Meal.BEFORE,)},
        {"meals": (Meal.AFTER,)},
        "meals",
    ),
    "an hour by text, half by structure": ({**TWICE, "offsets": (30,)}, {"offsets": (60,)}, "offset"),
    "at meals by text, once by structure": (
        {**ONCE, "doses": (ONE,)},
        {"doses": (ONE,), "meals": (Meal.WITH,)},
        "frequency",
    ),
    "another length": (
        {**TWICE, "last_day": date(2026, 3, 11), "length": 10},
        {"lasts": (7, 7)},
        "duration",
    ),
    "another last day": (
        {**TWICE, "last_day": date(2026, 3, 11), "length": 10},
        {"until": (3, 12)},
        "duration",
    ),
    "another first day": ({**TWICE, "first_day": DAY}, {"starts": (3, 9)}, "start"),
    "another day of the month": (
        {**ONCE, "days": Monthly(days=(2,), anchor=DAY)},
        {"month_days": (10,), "paces": (A_MONTH,)},
        "days",
    ),
    "another count": ({**TWICE, "count": 12}, {"count": 10}, "count"),
    "another limit": ({"as_needed": True, "limit": ONE}, {"limits": (TWO,)}, "limit"),
    "another number of uses": (
        {"as_needed": True, "uses": 3},
        {"limits": (Measure(low=Decimal(4), high=Decimal(4), unit="times"),)},
        "limit",
    ),
}


@pytest.mark.parametrize("case", DIFFER)
def test_words_that_say_something_else_contradict(case: str) -> None:
    ordered, stated, fact = DIFFER[case]

    found = [one.fact for one in differences(Ordered(**ordered), Stated(**stated)) if one.contradicts]

    assert fact in found


MORE: dict[str, tuple[dict[str, Any], str]] = {
    "an end": ({"lasts": (7, 7)}, "duration"),
    "an end in months": ({"months": 3}, "duration"),
    "a last day": ({"until": (6, 3)}, "duration"),
    "a first day": ({"starts": (3, 2)}, "start"),
    "a count": ({"count": 10}, "count"),
    "a limit": ({"limits": (TWO,)}, "limit"),
    "rest days": ({"cycle": (21, 7)}, "cycle"),
    "a condition": ({"rules": ("hold", "if")}, "rule"),
    "before meals": ({"meals": (Meal.BEFORE,)}, "meals"),
    "an empty stomach": ({"meals": (Meal.EMPTY,)}, "meals"),
    "minutes before a meal": ({"offsets": (30,)}, "offset"),
    "a number that is not understood": ({"unread": ("3",)}, "unread"),
    "a dose that is a range": ({"doses": (Measure(low=Decimal(1), high=Decimal(2), unit="mL"),)}, "dose"),
}


@pytest.mark.parametrize("case", MORE)
def test_words_that_say_more_are_told(case: str) -> None:
    stated, fact = MORE[case]

    found = differences(Ordered(**TWICE, doses=(ONE,)), Stated(**stated))

    assert [(one.fact, one.contradicts) for one in found] == [(fact, False)]


def test_a_difference_quotes_both_sides() -> None:
    (found,) = differences(Ordered(**ONCE), Stated(paces=(A_WEEK,)))

    assert found.says == "the text says 1 in every week, the structure 1 a day"
