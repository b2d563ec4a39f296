"""The patient's day as a file."""

import json
from datetime import date, time

import pytest

from skill.domain.timings import Routine, When
from skill.errors import InvalidError
from skill.intake.routine_file import RoutineFile, read_routine


def test_an_empty_routine_is_the_usual_one() -> None:
    assert read_routine("{}") == RoutineFile()


def test_a_whole_routine_is_read() -> None:
    found = read_routine(
        json.dumps(
            {
                "timezone": "Europe/Berlin",
                "times_per_day": {"1": ["09:00"], "2": ["20:00", "08:00:00"]},
                "routine": {"WAKE": "06:30", "CM": "07:15", "HS": "22:30"},
                "meal_offset_default_min": 15,
                "therapy_start": "2026-03-05",
                "hour_interval_first": "06:00",
            }
        )
    )

    assert found.zone is not None
    assert found.zone.key == "Europe/Berlin"
    assert found.routine.times_a_day[:3] == (
        (time(9),),
        (time(8), time(20)),
        Routine().times_a_day[2],
    )
    assert dict(found.routine.events)[When.CM] == time(7, 15)
    assert dict(found.routine.events)[When.CV] == time(18)
    assert found.routine.meal_offset == 15
    assert (found.therapy_start, found.hour_interval_first) == (date(2026, 3, 5), time(6))
    assert found.unknown == ()


def test_three_times_for_all_meals_are_the_times_of_the_three() -> None:
    found = read_routine('{"routine": {"C": ["07:00", "12:30", "19:00"]}}')

    events = dict(found.routine.events)
    assert (events[When.CM], events[When.CD], events[When.CV]) == (time(7), time(12, 30), time(19))
    assert When.C not in events


def test_a_field_that_nothing_reads_is_told() -> None:
    assert read_routine('{"time_zone": "Europe/Berlin"}').unknown == ("time_zone",)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param("", "routine", id="nothing"),
        pytest.param("[]", "routine", id="a-list"),
        pytest.param("[" * 100_000, "routine", id="brackets-without-an-end"),
        pytest.param('{"timezone": "Mars/Olympus"}', "timezone", id="no-zone"),
        pytest.param('{"timezone": 1}', "timezone", id="a-zone-that-is-a-number"),
        pytest.param('{"times_per_day": {"2": ["08:00"]}}', "times_per_day.2", id="one-time-for-two"),
        pytest.param('{"times_per_day": {"2": ["08:00", "08:00"]}}', "times_per_day.2", id="one-time-twice"),
        pytest.param('{"times_per_day": {"6": []}}', "times_per_day.6", id="six-a-day"),
        pytest.param('{"times_per_day": []}', "times_per_day", id="times-in-a-list"),
        pytest.param('{"routine": {"HS": "25:61"}}', "routine.HS", id="25-61"),
        pytest.param('{"routine": {"HS": 22}}', "routine.HS", id="an-hour-that-is-a-number"),
        pytest.param('{"routine": {"TEA": "16:00"}}', "routine.TEA", id="no-event-of-the-day"),
        pytest.param('{"routine": {"HS": ["21:00", "22:00"]}}', "routine.HS", id="two-bedtimes"),
        pytest.param('{"meal_offset_default_min": "30"}', "meal_offset_default_min", id="minutes-in-quotes"),
        pytest.param('{"meal_offset_default_min": 600}', "meal_offset", id="ten-hours-before-meals"),
        pytest.param('{"therapy_start": "05.03.2026"}', "therapy_start", id="a-date-with-points"),
        pytest.param('{"hour_interval_first": "8"}', "hour_interval_first", id="an-hour-alone"),
    ],
)
def test_what_is_wrong_is_refused_by_its_field(text: str, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        read_routine(text)

    assert refused.value.field == field
