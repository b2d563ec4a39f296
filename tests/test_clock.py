"""Who asks the machine for the time, and which zone data stands."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import TZPATH, ZoneInfo

import pytest

from skill.clock import (
    SystemClock,
    WoundClock,
    is_synchronised,
    use_pinned_zone_data,
    zone_data_version,
    zone_named,
)
from skill.errors import InvalidError

MORNING = datetime(2027, 5, 4, 6, tzinfo=UTC)


def test_the_machine_s_clock_is_aware_in_utc_and_does_not_run_backwards() -> None:
    clock = SystemClock()

    first, second = clock.now(), clock.now()

    assert first.tzinfo is UTC
    assert first <= second
    assert clock.monotonic() <= clock.monotonic()


def test_a_wound_clock_stands_still_until_it_is_wound() -> None:
    clock = WoundClock(MORNING)

    clock.wind_by(timedelta(minutes=90))

    assert clock.now() == datetime(2027, 5, 4, 7, 30, tzinfo=UTC)
    assert clock.now() == datetime(2027, 5, 4, 7, 30, tzinfo=UTC)


def test_a_wound_clock_counts_the_seconds_it_was_wound() -> None:
    clock = WoundClock(MORNING)
    before = clock.monotonic()

    clock.wind_to(datetime(2027, 5, 4, 6, 0, 42, tzinfo=UTC))

    assert clock.monotonic() - before == 42


def test_a_wound_clock_shows_utc_whatever_zone_it_was_set_in() -> None:
    clock = WoundClock(datetime(2027, 5, 4, 8, tzinfo=timezone(timedelta(hours=2))))

    assert clock.now() == MORNING
    assert clock.now().tzinfo is UTC


def test_a_wound_clock_never_runs_backwards() -> None:
    clock = WoundClock(MORNING)

    with pytest.raises(InvalidError, match="field=moment"):
        clock.wind_to(datetime(2027, 5, 4, 5, 59, 59, tzinfo=UTC))

    assert clock.now() == MORNING


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidError, match="must carry a zone"):
        WoundClock(datetime(2027, 5, 4, 6))  # noqa: DTZ001  the subject of this test


def test_zones_come_from_the_pinned_package_alone() -> None:
    assert TZPATH == ()
    assert zone_data_version().startswith("202")


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("America/Winnipeg", -6), ("America/Havana", -5), ("Europe/Berlin", 1)],
)
def test_the_first_of_december_2025_has_the_offset_that_the_zone_had(zone: str, offset: int) -> None:
    noon = datetime(2025, 12, 1, 12, tzinfo=zone_named(zone))

    assert noon.utcoffset() == timedelta(hours=offset)


def test_vancouver_keeps_summer_time_from_2026_on_as_the_operating_system_may_not_know() -> None:
    noon = datetime(2026, 12, 1, 12, tzinfo=zone_named("America/Vancouver"))

    assert noon.utcoffset() == timedelta(hours=-7)


@pytest.mark.parametrize(
    "name",
    ["", "Europe/Atlantis", "europe/berlin", "Europe/Berlin ", "../etc/passwd", "/etc/localtime", "+02:00"],
    ids=["empty", "no such", "small letters", "blank", "path up", "whole path", "offset"],
)
def test_a_name_that_is_not_on_the_list_is_no_zone(name: str) -> None:
    with pytest.raises(InvalidError, match="field=zone"):
        zone_named(name)


def test_a_zone_is_found_by_its_name() -> None:
    assert zone_named("America/New_York") == ZoneInfo("America/New_York")


def test_the_kernel_is_asked_about_the_clock_without_changing_it() -> None:
    assert is_synchronised() in {True, False, None}


def test_pinning_the_zone_data_again_leaves_the_zones_that_are_in_use_as_they_are() -> None:
    before = zone_named("America/New_York")

    use_pinned_zone_data()

    assert zone_named("America/New_York") is before
