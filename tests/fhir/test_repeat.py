"""``Timing.repeat`` and ``Timing.code`` beyond the examples: their moments and what is said of them."""

from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from tests.fhir.orders import a_dosage, a_repeat, an_order, read, whys

GTS = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
AT = "dosageInstruction[0].timing"
START, END = datetime(2026, 3, 1, 5, tzinfo=UTC), datetime(2036, 3, 1, tzinfo=UTC)  # a Sunday in New York
ALONE: dict[str, Any] = {"frequency": None, "period": None, "periodUnit": None}

MOMENTS: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "every eight hours at times that fit": (
        {"frequency": 1, "period": 8, "periodUnit": "h", "timeOfDay": ["06:00", "14:00", "22:00"]},
        ["03-01 11:00", "03-01 19:00", "03-02 03:00"],
        [],
    ),
    "every other day at a time": (
        {"frequency": 1, "period": 2, "timeOfDay": ["09:00:00"]},
        ["03-01 14:00", "03-03 14:00", "03-05 14:00"],
        [],
    ),
    "every month at a time": (
        {"frequency": 1, "periodUnit": "mo", "timeOfDay": ["09:00:00"]},
        ["03-01 14:00", "04-01 13:00", "05-01 13:00"],
        [],
    ),
    "every year": ({"frequency": 1, "periodUnit": "a"}, ["03-01 13:00", "03-01 13:00", "03-01 13:00"], []),
    "every week at a time on a weekday": (
        {"frequency": 2, "periodUnit": "wk", "dayOfWeek": ["thu"], "timeOfDay": ["09:00", "21:00"]},
        ["03-05 14:00", "03-06 02:00", "03-12 13:00"],
        [],
    ),
    "every week at a time without a weekday": (
        {"frequency": 1, "periodUnit": "wk", "timeOfDay": ["09:00:00"]},
        ["03-01 14:00", "03-08 13:00", "03-15 13:00"],
        [f"missing_weekday {AT}.repeat.dayOfWeek"],
    ),
    "every three days at a time on a weekday": (
        {"frequency": 1, "period": 3, "dayOfWeek": ["mon"], "timeOfDay": ["09:00:00"]},
        [],
        [f"frequency_contradicts {AT}.repeat.dayOfWeek"],
    ),
    "every thirty hours at a time": (
        {"frequency": 1, "period": 30, "periodUnit": "h", "timeOfDay": ["09:00:00"]},
        [],
        [f"frequency_contradicts {AT}.repeat.period"],
    ),
    "every sixteen months at a time": (
        {"frequency": 1, "period": 16, "periodUnit": "mo", "timeOfDay": ["09:00:00"]},
        [],
        [f"not_held {AT}.repeat.period"],
    ),
    "three times without a period, at one time": (
        {**ALONE, "frequency": 3, "timeOfDay": ["09:00:00"]},
        ["03-01 14:00", "03-02 14:00", "03-03 14:00"],
        [f"incomplete {AT}.repeat.frequency"],
    ),
    "weekdays alone": ({**ALONE, "dayOfWeek": ["tue"]}, ["03-03 13:00", "03-10 12:00", "03-17 12:00"], []),
    "all seven weekdays": (
        {"frequency": 1, "dayOfWeek": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
        ["03-01 13:00", "03-02 13:00", "03-03 13:00"],
        [],
    ),
    "every twelve hours on a weekday": (
        {"frequency": 1, "period": 12, "periodUnit": "h", "dayOfWeek": ["mon"]},
        ["03-02 13:00", "03-03 01:00", "03-09 12:00"],
        [],
    ),
    "half a day is twelve hours": (
        {"frequency": 1, "period": 0.5},
        ["03-01 13:00", "03-02 01:00", "03-02 13:00"],
        [],
    ),
    "three in 24 hours are three a day": (
        {"frequency": 3, "period": 24, "periodUnit": "h"},
        ["03-01 13:00", "03-01 19:00", "03-02 01:00"],
        [],
    ),
    "two in eight hours are spread": (
        {"frequency": 2, "period": 8, "periodUnit": "h"},
        ["03-01 13:00", "03-01 17:00", "03-01 21:00"],
        [f"not_held {AT}.repeat.frequency"],
    ),
    "every 400 hours": (
        {"frequency": 1, "period": 400, "periodUnit": "h"},
        [],
        [f"not_held {AT}.repeat.period"],
    ),
    "every 480 hours are twenty days": (
        {"frequency": 1, "period": 480, "periodUnit": "h"},
        ["03-01 13:00", "03-21 12:00", "04-10 12:00"],
        [],
    ),
    "ninety minutes twice are three hours": (
        {"frequency": 1, "period": 180, "periodUnit": "min"},
        ["03-01 13:00", "03-01 16:00", "03-01 19:00"],
        [],
    ),
    "twelve a day": (
        {"frequency": 12},
        ["03-01 05:00", "03-01 07:00", "03-01 09:00"],
        [f"not_held {AT}.repeat.frequency"],
    ),
    "four in two days": (
        {"frequency": 4, "period": 2},
        ["03-01 13:00", "03-02 01:00", "03-02 13:00"],
        [f"incomplete {AT}.repeat.frequency"],
    ),
    "four in a month": (
        {"frequency": 4, "periodUnit": "mo"},
        [],
        [f"incomplete {AT}.repeat.frequency"],
    ),
    "six a week on three weekdays": (
        {"frequency": 6, "periodUnit": "wk", "dayOfWeek": ["mon", "wed", "fri"]},
        ["03-02 13:00", "03-03 01:00", "03-04 13:00"],
        [],
    ),
    "a course of three months": (
        {
            "frequency": 1,
            "boundsPeriod": None,
            "boundsDuration": {"value": 3, "code": "mo"},
            "period": 1,
            "periodUnit": "mo",
        },
        ["03-01 13:00", "04-01 12:00", "05-01 12:00"],
        [f"missing_start {AT}.repeat.boundsDuration", f"missing_start {AT}.repeat.boundsPeriod"],
    ),
    "a course of 36 hours": (
        {"boundsPeriod": None, "boundsDuration": {"value": 36, "unit": "hours"}},
        ["03-01 13:00", "03-02 01:00", "03-02 13:00", "03-03 01:00"],
        [
            f"missing_start {AT}.repeat.boundsDuration",
            f"not_held {AT}.repeat.boundsDuration",
            "ended dosageInstruction",
        ],
    ),
    "a course of a month and a half": (
        {"frequency": 1, "periodUnit": "mo", "boundsPeriod": None}
        | {"boundsDuration": {"value": 1.5, "code": "mo"}},
        ["03-01 13:00"],
        [
            f"missing_start {AT}.repeat.boundsDuration",
            f"not_held {AT}.repeat.boundsDuration",
            f"missing_start {AT}.repeat.boundsPeriod",
        ],
    ),
    "more yearly doses than a life has": (
        {"frequency": 1, "periodUnit": "a", "count": 9000},
        ["03-01 13:00", "03-01 13:00", "03-01 13:00"],
        [f"not_held {AT}.repeat.count"],
    ),
}


@pytest.mark.parametrize("case", MOMENTS)
def test_a_repeat_has_its_first_moments_and_its_reasons(case: str) -> None:
    changes, first, reasons = MOMENTS[case]

    order = read(an_order(a_dosage(timing={"repeat": a_repeat(**changes)})))

    found = [
        f"{moment:%m-%d %H:%M}" for moment, _ in islice(order.occurrences(START, END), max(3, len(first)))
    ]
    assert found[: len(first)] == first
    assert bool(found) is bool(first)
    assert list(whys(order)) == reasons


@pytest.mark.parametrize(
    ("code", "repeat"),
    [
        pytest.param("QD", {"frequency": 1}, id="once-a-day"),
        pytest.param("BID", {"frequency": 1, "period": 12, "periodUnit": "h"}, id="twice-as-every-12-hours"),
        pytest.param("BID", {**ALONE, "when": ["CM", "CV"]}, id="twice-as-two-meals"),
        pytest.param("QID", {"frequency": 4}, id="four-times"),
        pytest.param("QOD", {"frequency": 1, "period": 2}, id="every-other-day"),
        pytest.param(
            "QOD", {"frequency": 1, "period": 48, "periodUnit": "h"}, id="every-other-day-as-48-hours"
        ),
        pytest.param("AM", {"frequency": 1, "when": ["MORN"]}, id="in-the-morning"),
        pytest.param("BED", {"frequency": 1, "timeOfDay": ["22:00:00"]}, id="bedtime-as-a-time"),
        pytest.param("Q8H", {"frequency": 1, "period": 8, "periodUnit": "h"}, id="every-8-hours"),
        pytest.param("WK", {"frequency": 1, "periodUnit": "wk", "dayOfWeek": ["tue"]}, id="weekly"),
        pytest.param("MO", {"frequency": 1, "periodUnit": "mo"}, id="monthly"),
        pytest.param("TID", {**ALONE, "dayOfWeek": ["tue"]}, id="three-times-on-a-weekday"),
    ],
)
def test_a_code_agrees_with_a_repeat_that_says_the_same(code: str, repeat: dict[str, Any]) -> None:
    timing = {"code": {"coding": [{"system": GTS, "code": code}]}, "repeat": a_repeat(**repeat)}

    order = read(an_order(a_dosage(timing=timing)))

    assert order.reasons == ()


@pytest.mark.parametrize(
    ("code", "repeat"),
    [
        pytest.param("QD", {"frequency": 2}, id="once-and-twice"),
        pytest.param("Q8H", {"frequency": 3}, id="an-interval-and-own-times"),
        pytest.param("QOD", {"frequency": 1}, id="every-other-day-and-every-day"),
        pytest.param("WK", {"frequency": 1}, id="weekly-and-daily"),
        pytest.param(
            "MO", {"frequency": 1, "periodUnit": "wk", "dayOfWeek": ["mon"]}, id="monthly-and-weekly"
        ),
        pytest.param("BED", {"frequency": 1, "when": ["MORN"]}, id="bedtime-and-morning"),
    ],
)
def test_a_code_that_says_something_else_is_held(code: str, repeat: dict[str, Any]) -> None:
    timing = {"code": {"coding": [{"system": GTS, "code": code}]}, "repeat": a_repeat(**repeat)}

    order = read(an_order(a_dosage(timing=timing)))

    assert set(whys(order)) == {f"code_contradicts {AT}.code"}
