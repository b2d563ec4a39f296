"""From wall times to moments and windows, on days that have 23, 24, 25 or no hours."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Instant, PlainDateTime, clear_tzcache, reset_tzpath

from skill.domain.regimen import Regimen
from skill.domain.timing import (
    Period,
    followed,
    local_day,
    moment_of,
    moments,
    next_day_boundary,
    period_at,
    planned,
)
from tests.builders import BERLIN, a_medication, a_phase, a_regimen, at, walls
from tests.strategies import ALL_ZONES, days_of_change, transition_days

NEW_YORK = ZoneInfo("America/New_York")
CHATHAM = ZoneInfo("Pacific/Chatham")
APIA = ZoneInfo("Pacific/Apia")


@pytest.fixture(scope="module", autouse=True)
def pinned_oracle() -> None:
    """``whenever`` too reads the pinned zone data."""
    reset_tzpath([])
    clear_tzcache()


# ---- one wall time on one day


@pytest.mark.parametrize(
    ("day", "wall", "expected"),
    [
        pytest.param(date(2026, 3, 8), time(2, 30), "2026-03-08T07:30", id="spring gap moves forward"),
        pytest.param(date(2026, 3, 8), time(2, 0), "2026-03-08T07:00", id="first minute of the gap"),
        pytest.param(date(2026, 3, 8), time(3, 0), "2026-03-08T07:00", id="first minute after it"),
        pytest.param(date(2026, 3, 8), time(1, 59), "2026-03-08T06:59", id="last minute before it"),
        pytest.param(date(2026, 11, 1), time(1, 30), "2026-11-01T05:30", id="autumn means the first"),
        pytest.param(date(2026, 11, 1), time(2, 0), "2026-11-01T07:00", id="after the repeated hour"),
    ],
)
def test_a_wall_time_has_one_moment(day: date, wall: time, expected: str) -> None:
    moment = moment_of(day, wall, NEW_YORK)

    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_on_every_day_of_change_each_quarter_of_an_hour_is_what_whenever_says() -> None:
    """Every zone, every day of 2026 and 2027 on which its clocks change: "compatible" is our rule."""
    quarters = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]

    wrong = [
        (zone.key, day, wall)
        for zone in ALL_ZONES
        for day in transition_days(zone)
        for wall in quarters
        if Instant(moment_of(day, wall, zone)) != compatible(day, wall, zone)
    ]

    assert wrong == []


def compatible(day: date, wall: time, zone: ZoneInfo) -> Instant:
    plain = PlainDateTime(day.year, day.month, day.day, wall.hour, wall.minute)
    return plain.assume_tz(zone.key, disambiguation="compatible").to_instant()


def test_the_sample_of_changes_is_not_empty() -> None:
    with_changes = [zone for zone in ALL_ZONES if transition_days(zone)]

    assert len(ALL_ZONES) > 400
    assert len(with_changes) > 150


# ---- the day of a patient


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        pytest.param("2027-05-04 02:59", date(2027, 5, 3), id="before three it is still the day before"),
        pytest.param("2027-05-04 03:00", date(2027, 5, 4), id="from three on it is the day"),
        pytest.param("2027-05-04 23:59", date(2027, 5, 4), id="until midnight"),
        pytest.param("2027-05-05 00:30", date(2027, 5, 4), id="and beyond"),
    ],
)
def test_a_local_day_runs_from_three_to_three(wall: str, expected: date) -> None:
    assert local_day(at(wall), BERLIN) == expected


def test_where_a_clock_shows_three_twice_the_day_begins_once() -> None:
    first_three = datetime(2027, 4, 3, 13, 15, tzinfo=UTC)
    again_before_three = datetime(2027, 4, 3, 14, 10, tzinfo=UTC)  # the clock shows 02:55 once more

    assert local_day(first_three, CHATHAM) == date(2027, 4, 4)
    assert local_day(again_before_three, CHATHAM) == date(2027, 4, 4)
    assert next_day_boundary(again_before_three, CHATHAM) > again_before_three


def test_a_day_that_samoa_left_out_has_no_moment() -> None:
    last_evening = moment_of(date(2011, 12, 29), time(23), APIA)
    new_morning = moment_of(date(2011, 12, 31), time(8), APIA)

    assert local_day(last_evening, APIA) == date(2011, 12, 29)
    assert next_day_boundary(last_evening, APIA) == moment_of(date(2011, 12, 31), time(3), APIA)
    assert local_day(new_morning, APIA) == date(2011, 12, 31)


@given(st.sampled_from(ALL_ZONES), st.integers(0, 3), st.integers(-48, 48))
def test_a_moment_lies_in_its_day_and_before_the_next_boundary(
    zone: ZoneInfo, which: int, hours: int
) -> None:
    changes = transition_days(zone) or [date(2026, 7, 1)]
    now = moment_of(changes[which % len(changes)], time(3), zone) + timedelta(hours=hours, minutes=7)

    day = local_day(now, zone)
    boundary = next_day_boundary(now, zone)

    assert moment_of(day, time(3), zone) <= now < boundary
    assert boundary - now <= timedelta(hours=25, minutes=30)
    assert local_day(boundary, zone) > day


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        pytest.param(time(2, 59), Period.BEDTIME, id="night"),
        pytest.param(time(3, 0), Period.MORNING, id="early"),
        pytest.param(time(10, 59), Period.MORNING, id="late morning"),
        pytest.param(time(11, 0), Period.NOON, id="noon"),
        pytest.param(time(15, 59), Period.NOON, id="afternoon"),
        pytest.param(time(16, 0), Period.EVENING, id="evening"),
        pytest.param(time(20, 59), Period.EVENING, id="late evening"),
        pytest.param(time(21, 0), Period.BEDTIME, id="bedtime"),
    ],
)
def test_the_day_has_four_times(wall: time, expected: Period) -> None:
    assert period_at(wall) is expected


# ---- the moments of a plan


def test_a_plan_gives_one_moment_for_each_wall_time_of_each_day() -> None:
    regimen = a_regimen("08:00", "20:00")

    found = list(moments(regimen, at("2027-05-04 00:00"), at("2027-05-06 00:00")))

    assert found == [
        at("2027-05-04 08:00"),
        at("2027-05-04 20:00"),
        at("2027-05-05 08:00"),
        at("2027-05-05 20:00"),
    ]


def test_the_start_counts_and_the_end_does_not() -> None:
    regimen = a_regimen("08:00")

    found = list(moments(regimen, at("2027-05-04 08:00"), at("2027-05-05 08:00")))

    assert found == [at("2027-05-04 08:00")]


def test_phases_follow_one_another_by_local_days() -> None:
    first = a_phase("08:00", first_day=date(2027, 5, 3), last_day=date(2027, 5, 4))
    second = a_phase("21:00", first_day=date(2027, 5, 6), last_day=date(2027, 5, 6))
    regimen = a_regimen(phases=(first, second))

    found = list(moments(regimen, at("2027-05-01 00:00"), at("2027-05-30 00:00")))

    assert found == [at("2027-05-03 08:00"), at("2027-05-04 08:00"), at("2027-05-06 21:00")]


def test_two_wall_times_that_spring_lays_on_one_moment_are_one_dose() -> None:
    regimen = a_regimen("02:30", "03:30", zone=NEW_YORK, since=datetime(2026, 3, 1, tzinfo=UTC))
    regimen = regimen_from(regimen, date(2026, 3, 1))

    found = list(moments(regimen, datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 3, 9, 5, tzinfo=UTC)))

    assert found == [datetime(2026, 3, 8, 7, 30, tzinfo=UTC)]


def regimen_from(regimen: Regimen, first_day: date) -> Regimen:
    texts = [f"{wall:%H:%M}" for wall in regimen.phases[0].timing.wall_times]
    phases = (a_phase(*texts, first_day=first_day),)
    return a_regimen(zone=regimen.zone, since=regimen.since, phases=phases)


def test_where_clocks_go_forward_at_midnight_no_dose_is_lost() -> None:
    """In Nuuk, 23:05 on 28 March 2026 is five past midnight, after the dose of midnight itself."""
    nuuk, since = ZoneInfo("America/Nuuk"), datetime(2026, 3, 1, tzinfo=UTC)
    phases = (a_phase("00:00", "23:05", first_day=date(2026, 3, 1)),)
    regimen = a_regimen(zone=nuuk, since=since, phases=phases)

    found = list(moments(regimen, datetime(2026, 3, 28, 3, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC)))

    assert found == [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 1, 5, tzinfo=UTC)]


def test_the_doses_of_a_day_left_out_are_neither_lost_twice_nor_told_twice() -> None:
    since = datetime(2011, 12, 1, tzinfo=UTC)
    regimen = a_regimen(zone=APIA, since=since, phases=(a_phase("08:00", first_day=date(2011, 12, 1)),))

    found = list(moments(regimen, datetime(2011, 12, 29, tzinfo=UTC), datetime(2012, 1, 2, tzinfo=UTC)))

    assert found == [
        datetime(2011, 12, 29, 18, tzinfo=UTC),  # Thursday 29
        datetime(2011, 12, 30, 18, tzinfo=UTC),  # Saturday 31: the next morning there was
        datetime(2011, 12, 31, 18, tzinfo=UTC),
        datetime(2012, 1, 1, 18, tzinfo=UTC),
    ]


@given(
    zone=st.sampled_from(ALL_ZONES),
    which=st.integers(0, 3),
    minutes=st.sets(st.integers(0, 287), min_size=1, max_size=6),
    start=st.integers(-50, 50),
    length=st.integers(1, 80),
)
def test_asking_for_a_stretch_gives_what_lies_in_it(
    zone: ZoneInfo, which: int, minutes: set[int], start: int, length: int
) -> None:
    """Whatever stretch is asked for: the same moments, rising, none twice."""
    changes = transition_days(zone) or [date(2026, 7, 1)]
    texts = [f"{minute // 12:02d}:{minute % 12 * 5:02d}" for minute in sorted(minutes)]
    long_ago = datetime(2025, 12, 1, tzinfo=UTC)
    phases = (a_phase(*texts, first_day=date(2025, 12, 1)),)
    regimen = a_regimen(zone=zone, since=long_ago, phases=phases)
    middle = moment_of(changes[which % len(changes)], time(3), zone)
    first, last = middle + timedelta(hours=start), middle + timedelta(hours=start + length)

    found = list(moments(regimen, first, last))

    around = list(moments(regimen, first - timedelta(days=9), last + timedelta(days=9)))
    assert found == [moment for moment in around if first <= moment < last]
    assert all(earlier < later for earlier, later in pairwise(around))
    per_day = {day: moment_of(day, walls(texts[0])[0], zone) for day in days_of_change(middle, zone)}
    assert set(per_day.values()) <= set(around)


def test_each_version_governs_from_its_since_on() -> None:
    old = a_regimen("08:00", "20:00")
    new = a_regimen("09:00", version=2, since=at("2027-05-04 12:00"))
    medication = a_medication(regimens=(old, new))

    found = list(planned(medication, at("2027-05-04 00:00"), at("2027-05-06 00:00")))

    assert [(due, regimen.version) for due, regimen in found] == [
        (at("2027-05-04 08:00"), 1),
        (at("2027-05-05 09:00"), 2),
    ]


def test_each_dose_knows_the_next_one_across_versions() -> None:
    old = a_regimen("20:00")
    new = a_regimen("09:00", version=2, since=at("2027-05-05 03:00"))
    medication = a_medication(regimens=(old, new))

    found = list(followed(medication, at("2027-05-04 12:00"), at("2027-05-05 12:00")))

    assert [(due, following) for due, _, following in found] == [
        (at("2027-05-04 20:00"), at("2027-05-05 09:00")),
        (at("2027-05-05 09:00"), None),  # a day off: not a neighbour
    ]
