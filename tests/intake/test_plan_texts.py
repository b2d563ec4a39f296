"""How a medicine is taken, from options and files: every kind can be said; what is wrong names its field."""

from datetime import date, time
from decimal import Decimal

import pytest

from skill.domain.timings import (
    AmountAt,
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
    When,
)
from skill.intake.plan_texts import phase
from skill.intake.reading import Reading, Value
from tests.builders import a_phase, walls

TODAY = date(2027, 5, 4)
AT_EIGHT = {"times": ["08:00"]}


def read(given: dict[str, Value], before: Phase | None = None) -> Phase:
    reading = Reading(where="", given=given)
    made = phase(reading, before, TODAY)
    assert [str(problem) for problem in reading.problems] == []
    assert made is not None
    return made


def problems_of(given: dict[str, Value], before: Phase | None = None) -> list[tuple[str, str]]:
    reading = Reading(where="", given=given)
    made = phase(reading, before, TODAY)
    assert made is None
    return [(problem.field, problem.says) for problem in reading.problems]


# ---- every kind can be said


@pytest.mark.parametrize(
    ("given", "timing"),
    [
        ({"times": ["20:00,08:00"]}, FixedTimes(wall_times=walls("08:00", "20:00"))),
        (
            {"times": ["07:00"], "weekend": ["09:30"]},
            FixedTimes(wall_times=walls("07:00"), weekend=walls("09:30")),
        ),
        ({"times_a_day": "3"}, TimesADay(n=3)),
        (
            {"at_events": ["CM,HS", "ACM:45"]},
            AtEvents(
                events=(AtEvent(when=When.CM), AtEvent(when=When.HS), AtEvent(when=When.ACM, offset=45))
            ),
        ),
        ({"every_hours": "8"}, EveryHours(hours=8)),
        ({"every_hours": ["36", "06:30"]}, EveryHours(hours=36, first=time(6, 30))),
    ],
    ids=["clock times", "weekend", "times a day", "events", "hours", "hours from a time"],
)
def test_every_kind_of_times_can_be_said(given: dict[str, Value], timing: Timing) -> None:
    made = read(given)

    assert (made.timing, made.days, made.first_day) == (timing, EveryDay(), TODAY)


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ({"every_days": "1"}, EveryDay()),
        ({"every_days": "3"}, EveryNDays(n=3, anchor=TODAY)),
        ({"weekdays": ["thu", "mon"]}, Weekly(weekdays=(0, 3), anchor=TODAY)),
        ({"weekdays": ["sun"], "every_weeks": "2"}, Weekly(weekdays=(6,), every=2, anchor=TODAY)),
        ({"month_days": ["1,15"]}, Monthly(days=(1, 15), anchor=TODAY)),
        ({"month_days": ["31"], "every_months": "3"}, Monthly(days=(31,), every=3, anchor=TODAY)),
        (
            {"on_dates": ["2027-06-01", "2027-05-20"]},
            OnDates(dates=(date(2027, 5, 20), date(2027, 6, 1))),
        ),
        ({"cycle": "21/7"}, Cycle(on=21, off=7, anchor=TODAY)),
    ],
    ids=["every day", "every three", "weekdays", "other week", "month days", "quarterly", "dates", "cycle"],
)
def test_every_kind_of_days_can_be_said(given: dict[str, Value], days: Days) -> None:
    assert read(AT_EIGHT | given).days == days


def test_what_goes_from_the_first_day_on_goes_from_the_one_that_is_given() -> None:
    made = read(AT_EIGHT | {"every_days": "2", "first_day": "2027-06-01"})

    assert made.days == EveryNDays(n=2, anchor=date(2027, 6, 1))


def test_amounts_may_differ_by_time_by_weekday_and_from_day_to_day() -> None:
    made = read(
        {
            "times": ["08:00", "20:00"],
            "amounts": ["2@mon", "0.5@20:00+sat+sun", "1.5@08:00"],
            "turns": ["1,2"],
            "count": "10",
        }
    )

    assert made.amounts == (
        AmountAt(amount=Decimal(2), weekdays=(0,)),
        AmountAt(amount=Decimal("0.5"), time_index=1, weekdays=(5, 6)),
        AmountAt(amount=Decimal("1.5"), time_index=0),
    )
    assert (made.turns, made.count) == ((Decimal(1), Decimal(2)), 10)


# ---- what is refused


def _said(value: dict[str, Value] | str) -> str:
    if isinstance(value, str):
        return value
    return " ".join(f"{name} {text}" for name, text in value.items()) or "nothing"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "times"),
        ({"times": ["08:00"], "times_a_day": "2"}, "times_a_day"),
        ({"times": ["08:00"], "every_hours": "8"}, "every_hours"),
        ({"times_a_day": "6"}, "times_a_day"),
        ({"times_a_day": "0"}, "times_a_day"),
        ({"at_events": ["BREAKFAST"]}, "at_events"),
        ({"at_events": ["ACM:x"]}, "at_events"),
        ({"at_events": ["ACM:"]}, "at_events"),
        ({"at_events": ["ACM:721"]}, "at_events"),
        ({"at_events": ["CM:30"]}, "at_events"),
        ({"at_events": ["CM", "CM"]}, "at_events"),
        ({"every_hours": "0"}, "every_hours"),
        ({"every_hours": "337"}, "every_hours"),
        ({"every_hours": ["8", "25:61"]}, "every_hours"),
        ({"every_hours": ["8", "06:00", "07:00"]}, "every_hours"),
        ({"every_hours": "8", "weekdays": ["mon"]}, "weekdays"),
        ({"every_hours": "7", "turns": ["1", "2"]}, "turns"),
        ({"times_a_day": "2", "weekend": ["08:00"]}, "weekend"),
        (AT_EIGHT | {"weekend": ["08:00", "20:00"]}, "weekend"),
        (AT_EIGHT | {"every_days": "2", "weekdays": ["mon"]}, "weekdays"),
        (AT_EIGHT | {"every_days": "367"}, "every_days"),
        (AT_EIGHT | {"weekdays": ["monday"]}, "weekdays"),
        (AT_EIGHT | {"weekdays": ["mon,mon"]}, "weekdays"),
        (AT_EIGHT | {"every_weeks": "2"}, "every_weeks"),
        (AT_EIGHT | {"weekdays": ["mon"], "every_weeks": "53"}, "every_weeks"),
        (AT_EIGHT | {"month_days": ["0"]}, "month_days"),
        (AT_EIGHT | {"month_days": ["32"]}, "month_days"),
        (AT_EIGHT | {"every_months": "2"}, "every_months"),
        (AT_EIGHT | {"on_dates": ["2027-02-30"]}, "on_dates"),
        (AT_EIGHT | {"on_dates": ["2027-06-01", "2027-06-01"]}, "on_dates"),
        (AT_EIGHT | {"cycle": "21"}, "cycle"),
        (AT_EIGHT | {"cycle": "21/0"}, "cycle"),
        (AT_EIGHT | {"amount": "-1"}, "amount"),
        (AT_EIGHT | {"amount": "NaN"}, "amount"),
        (AT_EIGHT | {"turns": ["1", "0"]}, "turns"),
        (AT_EIGHT | {"turns": ["1"] * 32}, "turns"),
        (AT_EIGHT | {"amounts": ["2"]}, "amounts"),
        (AT_EIGHT | {"amounts": ["2@09:00"]}, "amounts"),
        (AT_EIGHT | {"amounts": ["2@08:00+20:00"]}, "amounts"),
        (AT_EIGHT | {"amounts": ["0@mon"]}, "amounts"),
        ({"times_a_day": "2", "amounts": ["2@08:00"]}, "amounts"),
        (AT_EIGHT | {"count": "0"}, "count"),
        (AT_EIGHT | {"count": "10001"}, "count"),
        (AT_EIGHT | {"last_day": "2027-05-03"}, "last_day"),
        (AT_EIGHT | {"first_day": "2027-06-02", "last_day": "2027-06-01"}, "last_day"),
    ],
    ids=_said,
)
def test_what_is_wrong_names_its_field(given: dict[str, Value], field: str) -> None:
    assert field in [name for name, _ in problems_of(given)]


# ---- a change


def test_what_is_not_given_stays_as_it_was() -> None:
    before = Phase(
        first_day=date(2027, 5, 1),
        last_day=date(2027, 6, 30),
        days=Weekly(weekdays=(0,), anchor=date(2027, 5, 3)),
        timing=TimesADay(n=2),
        amount=Decimal(2),
    )

    made = read({"amount": "3"}, before)

    assert made == Phase(
        first_day=TODAY,
        last_day=date(2027, 6, 30),
        days=Weekly(weekdays=(0,), anchor=date(2027, 5, 3)),
        timing=TimesADay(n=2),
        amount=Decimal(3),
    )


@pytest.mark.parametrize(
    "before",
    [
        a_phase("08:00", count=10),
        a_phase("08:00", turns=(Decimal(1), Decimal(2))),
        Phase(first_day=date(2027, 5, 1), timing=EveryHours(hours=36)),
    ],
    ids=["a course", "turns", "elapsed hours"],
)
def test_what_is_counted_from_the_first_day_goes_on_under_another_amount(before: Phase) -> None:
    made = read({"last_day": "2027-06-30"}, before)

    assert made.first_day == date(2027, 5, 1)


def test_a_course_with_other_times_needs_the_number_that_is_left() -> None:
    before = a_phase("08:00", count=10)

    assert problems_of({"times": ["20:00"]}, before) == [
        ("count", "is needed with other days or times: how many doses are left, or none")
    ]
    assert read({"times": ["20:00"], "count": "7"}, before).count == 7
    assert read({"times": ["20:00"], "count": "none"}, before).count is None


def test_a_plan_of_some_days_may_become_one_of_hours() -> None:
    before = Phase(
        first_day=date(2027, 5, 1),
        days=Weekly(weekdays=(0,), anchor=date(2027, 5, 3)),
        timing=FixedTimes(wall_times=walls("08:00")),
    )

    made = read({"every_hours": "8", "every_days": "1"}, before)

    assert (made.days, made.timing) == (EveryDay(), EveryHours(hours=8))
    assert problems_of({"every_hours": "8"}, before) == [
        ("days", "must be every day with an interval of hours")
    ]


def test_an_amount_of_one_time_does_not_outlive_its_times() -> None:
    before = a_phase("08:00", "20:00", amounts=(AmountAt(amount=Decimal(2), time_index=1),))

    assert problems_of({"times": ["09:00", "21:00"]}, before) == [
        ("amounts", "is needed with other times: some of them differ now, or none")
    ]
    assert read({"times": ["09:00"], "amounts": "none"}, before).amounts == ()


def test_none_takes_away_what_there_was() -> None:
    before = a_phase("08:00", last_day=date(2027, 6, 30), count=3, turns=(Decimal(1), Decimal(2)))

    made = read({"last_day": "none", "count": "none", "turns": "none"}, before)

    assert (made.last_day, made.count, made.turns) == (None, None, ())
