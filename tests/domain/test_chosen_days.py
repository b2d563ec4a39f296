"""The days of a phase: counted without walking as they are when one walks."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from skill.domain.chosen_days import chosen, how_many, weekday_of
from skill.domain.timings import Days, Monthly
from tests.strategies import days_near

DAY = date(2028, 2, 20)  # of a leap year


def test_weekdays_count_from_monday() -> None:
    assert [weekday_of(date(2027, 5, day).toordinal()) for day in range(3, 10)] == [0, 1, 2, 3, 4, 5, 6]


def test_the_last_days_of_months() -> None:
    days = Monthly(days=(29, 30, 31), anchor=date(2028, 1, 1))

    found = chosen(days, date(2028, 1, 30).toordinal(), date(2028, 4, 29).toordinal())

    assert [f"{date.fromordinal(day):%m-%d}" for day in found] == [
        *("01-30", "01-31"),
        "02-29",
        *("03-29", "03-30", "03-31"),
        "04-29",
    ]


@given(days_near(DAY), st.integers(-60, 60), st.integers(0, 800))
def test_days_are_counted_as_they_are_walked(days: Days, start: int, length: int) -> None:
    first = (DAY + timedelta(days=start)).toordinal()

    walked = list(chosen(days, first, first + length - 1))

    assert how_many(days, first, first + length) == len(walked)
    assert walked == sorted(set(walked))
    assert all(first <= day < first + length for day in walked)


@given(days_near(DAY), st.integers(-60, 60), st.integers(0, 200), st.integers(0, 200))
def test_where_one_begins_to_walk_does_not_matter(days: Days, start: int, before: int, length: int) -> None:
    first = (DAY + timedelta(days=start)).toordinal()
    middle = first + before

    walked = [*chosen(days, first, middle - 1), *chosen(days, middle, middle + length)]

    assert walked == list(chosen(days, first, middle + length))
