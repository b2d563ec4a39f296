"""Windows: when a statement about a dose counts. They never overlap, whatever the clocks and the plan do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.domain.regimen import Criticality
from skill.domain.timing import moment_of, shortest_gap, tolerance, window_of, windows
from tests.builders import a_medication, a_phase, a_regimen, at
from tests.strategies import ALL_ZONES, changes_of


@pytest.mark.parametrize(
    ("texts", "criticality", "opens", "on_time", "closes"),
    [
        pytest.param(("08:00",), Criticality.ORDINARY, "06:00", "10:00", "12:00", id="once a day"),
        pytest.param(("08:00", "20:00"), Criticality.ORDINARY, "07:00", "09:00", "12:00", id="twice a day"),
        pytest.param(
            ("08:00", "10:00"), Criticality.ORDINARY, "07:20", "08:40", "09:20", id="close together"
        ),
        pytest.param(("08:00",), Criticality.CRITICAL, "06:00", "10:00", "12:00", id="critical"),
        pytest.param(("08:00",), Criticality.TIME_CRITICAL, "07:30", "08:30", "12:00", id="time-critical"),
    ],
)
def test_a_window_follows_the_frequency(
    texts: tuple[str, ...], criticality: Criticality, opens: str, on_time: str, closes: str
) -> None:
    medication = a_medication("x", *texts, criticality=criticality)

    window = window_of(medication, medication.regimens[0], at("08:00"))

    assert (window.opens_at, window.on_time_until, window.closes_at) == (at(opens), at(on_time), at(closes))


def test_a_day_of_23_hours_is_still_a_daily_dose() -> None:
    medication = a_medication("x", regimens=(a_regimen("08:00", since=datetime(2027, 3, 1, tzinfo=UTC)),))
    phases = (a_phase("08:00", first_day=date(2027, 3, 1)),)
    regimen = a_regimen(phases=phases, since=datetime(2027, 3, 1, tzinfo=UTC))
    medication = a_medication("x", regimens=(regimen,))

    window = window_of(medication, regimen, at("2027-03-28 08:00"))

    assert window.opens_at == at("2027-03-28 06:00")


def test_the_window_of_a_version_that_is_gone_follows_its_own_times() -> None:
    gone = a_regimen("08:00", "11:00")
    medication = a_medication("x", regimens=(a_regimen("21:00", version=5, since=at("2027-05-20 03:00")),))

    window = window_of(medication, gone, at("08:00"))

    assert (window.opens_at, window.closes_at) == (at("07:00"), at("10:00"))


@pytest.mark.parametrize(
    ("texts", "day", "expected"),
    [
        pytest.param(("08:00",), date(2027, 5, 4), timedelta(days=1), id="one a day"),
        pytest.param(("08:00", "20:00"), date(2027, 5, 4), timedelta(hours=12), id="over the night too"),
        pytest.param(("08:00", "10:00", "20:00"), date(2027, 5, 4), timedelta(hours=2), id="the least"),
    ],
)
def test_the_shortest_gap_of_a_plan(texts: tuple[str, ...], day: date, expected: timedelta) -> None:
    assert shortest_gap(a_regimen(*texts), day) == expected


def test_a_plan_that_is_over_has_the_gap_of_a_day() -> None:
    over = a_regimen(phases=(a_phase("08:00", "12:00", last_day=date(2027, 5, 2)),))

    assert shortest_gap(over, date(2027, 5, 4)) == timedelta(days=1)


def test_tolerance_is_never_more_than_a_third_of_the_gap() -> None:
    assert tolerance(a_medication(), timedelta(minutes=30)) == timedelta(minutes=10)


@given(
    zone=st.sampled_from(ALL_ZONES),
    which=st.integers(0, 3),
    minutes=st.sets(st.integers(0, 95), min_size=1, max_size=8),
    later=st.sets(st.integers(0, 95), min_size=1, max_size=8),
    hours=st.integers(-30, 30),
    criticality=st.sampled_from(Criticality),
)
def test_no_two_windows_of_a_medicine_overlap_whatever_the_clocks_and_the_plan_do(
    zone: ZoneInfo,
    which: int,
    minutes: set[int],
    later: set[int],
    hours: int,
    criticality: Criticality,
) -> None:
    day = changes_of(zone, which)
    since = moment_of(day, time(3), zone) + timedelta(hours=hours)
    long_ago = datetime(2025, 12, 1, tzinfo=UTC)
    old, new = (
        tuple(f"{minute // 4:02d}:{minute % 4 * 15:02d}" for minute in sorted(some))
        for some in (minutes, later)
    )
    first = a_regimen(zone=zone, since=long_ago, phases=(a_phase(*old, first_day=date(2025, 12, 1)),))
    second = a_regimen(
        zone=zone, since=since, version=2, phases=(a_phase(*new, first_day=date(2025, 12, 1)),)
    )
    medication = a_medication("x", regimens=(first, second), criticality=criticality)

    found = list(windows(medication, since - timedelta(days=2), since + timedelta(days=2)))

    assert found
    for due, _, window in found:
        assert window.opens_at < due <= window.on_time_until <= window.closes_at
        assert window.closes_at <= due + timedelta(hours=4)
    for earlier, after in pairwise(found):
        assert earlier.window.closes_at <= after.window.opens_at
    for due, regimen, window in found:
        assert window_of(medication, regimen, due) == window
