"""From phases to moments: every kind against a slow oracle, on days that have 23, 24, 25 or no hours."""

import tracemalloc
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.domain.expansion import Occurrence, end_of_count, expand
from skill.domain.timings import (
    STANDARD_ROUTINE,
    AmountAt,
    AsNeeded,
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
    Routine,
    TimesADay,
    Timing,
    Weekly,
    When,
)
from tests.builders import BERLIN, a_phase, at, walls
from tests.domain.schedule_oracle import doses
from tests.strategies import ALL_ZONES, changes_of, every_hours, phases_near, routines

NEW_YORK = ZoneInfo("America/New_York")
NUUK = ZoneInfo("America/Nuuk")
APIA = ZoneInfo("Pacific/Apia")
TUESDAY = date(2027, 5, 4)


def planned(
    *phases: Phase, start: str, end: str, zone: ZoneInfo = BERLIN, routine: Routine = STANDARD_ROUTINE
) -> list[str]:
    """Local clock times and amounts of what is planned from 00:00 of ``start`` to 00:00 of ``end``."""
    some = expand(phases, routine, zone, at(f"{start} 00:00", zone), at(f"{end} 00:00", zone))
    return [f"{moment.astimezone(zone):%m-%d %H:%M} {amount}" for moment, amount in some]


def of(timing: Timing, days: Days | None = None, **others: object) -> Phase:
    return Phase(**{"first_day": TUESDAY, "timing": timing, "days": days or EveryDay()} | others)


AT_EIGHT = FixedTimes(wall_times=walls("08:00"))


# ---- every kind, by example


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        pytest.param(FixedTimes(wall_times=walls("08:00", "20:00")), ["08:00", "20:00"], id="fixed times"),
        pytest.param(TimesADay(n=3), ["08:00", "14:00", "20:00"], id="times a day"),
        pytest.param(EveryHours(hours=8), ["00:00", "08:00", "16:00"], id="every eight hours"),
        pytest.param(
            AtEvents(events=(AtEvent(when=When.CM), AtEvent(when=When.HS, offset=30))),
            ["08:00", "21:30"],
            id="with breakfast and before bed",
        ),
        pytest.param(
            AtEvents(events=(AtEvent(when=When.AC),)), ["07:30", "11:30", "17:30"], id="before each meal"
        ),
        pytest.param(
            AtEvents(events=(AtEvent(when=When.PC, offset=60),)),
            ["09:00", "13:00", "19:00"],
            id="an hour after each meal",
        ),
        pytest.param(
            AtEvents(events=(AtEvent(when=When.WAKE), AtEvent(when=When.PHS))), ["07:00"], id="equal events"
        ),
        pytest.param(AsNeeded(min_gap=timedelta(hours=6)), [], id="as needed"),
    ],
)
def test_a_day_has_the_times_of_its_kind(timing: Timing, expected: list[str]) -> None:
    found = planned(of(timing), start="2027-05-06", end="2027-05-07")

    assert found == [f"05-06 {text} 1" for text in expected]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(EveryDay(), [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17], id="every day"),
        pytest.param(EveryNDays(n=3, anchor=TUESDAY), [4, 7, 10, 13, 16], id="every three days"),
        pytest.param(EveryNDays(n=3, anchor=date(2027, 6, 30)), [4, 7, 10, 13, 16], id="anchored later"),
        pytest.param(Weekly(weekdays=(0, 3), anchor=TUESDAY), [6, 10, 13, 17], id="Mondays and Thursdays"),
        pytest.param(
            Weekly(weekdays=(0, 6), every=2, anchor=TUESDAY), [9, 17], id="every other week, from Monday on"
        ),
        pytest.param(
            Weekly(weekdays=(1,), every=2, anchor=date(2027, 5, 18)), [4], id="weeks before the anchor"
        ),
        pytest.param(Monthly(days=(5, 15), anchor=TUESDAY), [5, 15], id="days of the month"),
        pytest.param(
            OnDates(dates=(date(2027, 5, 1), date(2027, 5, 9), date(2027, 6, 1))), [9], id="on dates"
        ),
        pytest.param(Cycle(on=3, off=4, anchor=TUESDAY), [4, 5, 6, 11, 12, 13], id="three on, four off"),
        pytest.param(
            Cycle(on=3, off=4, anchor=date(2027, 5, 10)), [4, 5, 10, 11, 12, 17], id="anchored later "
        ),
    ],
)
def test_days_are_chosen_from_the_first_day_on(days: Days, expected: list[int]) -> None:
    found = planned(of(AT_EIGHT, days), start="2027-05-01", end="2027-05-18")

    assert found == [f"05-{day:02d} 08:00 1" for day in expected]


def test_a_day_that_a_month_lacks_is_its_last() -> None:
    monthly = Monthly(days=(15, 29, 31), anchor=date(2027, 1, 1))
    phase = Phase(first_day=date(2027, 1, 1), days=monthly, timing=AT_EIGHT)

    found = planned(phase, start="2027-02-01", end="2027-05-01")

    assert [text[:5] for text in found] == [
        "02-15",
        "02-28",
        "03-15",
        "03-29",
        "03-31",
        "04-15",
        "04-29",
        "04-30",
    ]


def test_an_interval_that_divides_a_day_begins_with_its_first_time() -> None:
    found = planned(of(EveryHours(hours=8, first=time(14))), start="2027-05-03", end="2027-05-06")

    assert found == ["05-04 14:00 1", "05-04 22:00 1", "05-05 06:00 1", "05-05 14:00 1", "05-05 22:00 1"]


def test_an_interval_that_divides_a_day_keeps_its_clock_times_when_clocks_change() -> None:
    phase = of(EveryHours(hours=8), first_day=date(2027, 3, 1))

    found = planned(phase, start="2027-03-28", end="2027-03-29")

    assert found == ["03-28 00:00 1", "03-28 08:00 1", "03-28 16:00 1"]


def test_another_interval_is_elapsed_and_moves_on_the_clock() -> None:
    phase = of(EveryHours(hours=10, first=time(20)), first_day=date(2027, 3, 27))

    found = planned(phase, start="2027-03-27", end="2027-03-30")

    assert found == [
        "03-27 20:00 1",
        "03-28 07:00 1",
        "03-28 17:00 1",
        "03-29 03:00 1",
        "03-29 13:00 1",
        "03-29 23:00 1",
    ]


def test_the_weekend_may_have_other_times() -> None:
    timing = FixedTimes(wall_times=walls("07:00"), weekend=walls("09:30"))

    found = planned(of(timing), start="2027-05-07", end="2027-05-11")

    assert found == ["05-07 07:00 1", "05-08 09:30 1", "05-09 09:30 1", "05-10 07:00 1"]


def test_an_offset_may_leave_the_day_it_belongs_to() -> None:
    """Twelve hours after dinner is the next morning, also behind the last day."""
    phase = of(AtEvents(events=(AtEvent(when=When.PCV, offset=720),)), last_day=date(2027, 5, 5))

    found = planned(phase, start="2027-05-01", end="2027-05-10")

    assert found == ["05-05 06:00 1", "05-06 06:00 1"]


def test_a_course_is_counted_from_its_beginning_wherever_one_looks() -> None:
    phase = of(FixedTimes(wall_times=walls("08:00", "20:00")), count=5)

    found = planned(phase, start="2027-05-06", end="2027-05-30")

    assert found == ["05-06 08:00 1"]
    assert end_of_count(phase, STANDARD_ROUTINE, BERLIN) == at("2027-05-06 08:00") + timedelta.resolution


def test_what_spring_lays_on_one_moment_counts_once() -> None:
    two = FixedTimes(wall_times=walls("02:30", "03:30"))
    phase = of(two, first_day=date(2026, 3, 8), count=3)

    found = planned(phase, start="2026-03-01", end="2026-04-01", zone=NEW_YORK)

    assert found == ["03-08 03:30 1", "03-09 02:30 1", "03-09 03:30 1"]


def test_amounts_differ_by_time_and_by_weekday_and_the_first_that_fits_holds() -> None:
    phase = of(
        FixedTimes(wall_times=walls("08:00", "20:00")),
        amount=Decimal(3),
        amounts=(
            AmountAt(amount=Decimal(2), time_index=1, weekdays=(2,)),
            AmountAt(amount=Decimal("0.5"), time_index=1),
        ),
    )

    found = planned(phase, start="2027-05-04", end="2027-05-06")

    assert found == ["05-04 08:00 3", "05-04 20:00 0.5", "05-05 08:00 3", "05-05 20:00 2"]


def test_amounts_that_take_turns_go_from_one_day_with_doses_to_the_next() -> None:
    turns = (Decimal(1), Decimal("1.5"), Decimal(2))
    phase = of(FixedTimes(wall_times=walls("08:00", "20:00")), EveryNDays(n=2, anchor=TUESDAY), turns=turns)

    found = planned(phase, start="2027-05-08", end="2027-05-13")

    assert found == [
        *("05-08 08:00 2", "05-08 20:00 2"),
        *("05-10 08:00 1", "05-10 20:00 1"),
        *("05-12 08:00 1.5", "05-12 20:00 1.5"),
    ]


def test_phases_follow_one_another() -> None:
    loading = a_phase("08:00", first_day=TUESDAY, last_day=TUESDAY, amount=Decimal(2))
    then = a_phase("20:00", first_day=date(2027, 5, 5))

    found = planned(loading, then, start="2027-05-01", end="2027-05-07")

    assert found == ["05-04 08:00 2", "05-05 20:00 1", "05-06 20:00 1"]


def test_a_moment_that_two_phases_share_is_one_dose_of_the_earlier_phase() -> None:
    """Friday 30 December 2011 never was in Samoa: its morning is that of Saturday."""
    before = a_phase("08:00", first_day=date(2011, 12, 29), last_day=date(2011, 12, 30), amount=Decimal(2))
    after = a_phase("08:00", first_day=date(2011, 12, 31))

    found = planned(before, after, start="2011-12-28", end="2012-01-02", zone=APIA)

    assert found == ["12-29 08:00 2", "12-31 08:00 2", "01-01 08:00 1"]


# ---- the ends of what can be said


@pytest.mark.parametrize("first_day", [date.min, date(9999, 12, 31)], ids=["the first day", "the last day"])
@pytest.mark.parametrize("count", [None, 7], ids=["without end", "counted"])
@pytest.mark.parametrize(
    "timing", [AT_EIGHT, EveryHours(hours=7), TimesADay(n=2)], ids=["fixed", "elapsed", "times a day"]
)
@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, APIA], ids=lambda zone: zone.key)
def test_no_calendar_day_is_an_error(
    first_day: date, count: int | None, timing: Timing, zone: ZoneInfo
) -> None:
    phase = Phase(first_day=first_day, timing=timing, count=count)
    everything = expand(
        (phase,), STANDARD_ROUTINE, zone, datetime(2027, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    )

    found = list(islice(everything, 3))

    assert len(found) == (3 if first_day == date.min and count is None else 0)


def test_ten_years_stream_in_constant_memory() -> None:
    phase = of(FixedTimes(wall_times=walls("08:00", "14:00", "20:00")), first_day=date(2026, 1, 1))
    stretch = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC))
    sum(1 for _ in expand((phase,), STANDARD_ROUTINE, NEW_YORK, *stretch))  # what is kept for good is there

    tracemalloc.start()
    count = sum(1 for _ in expand((phase,), STANDARD_ROUTINE, NEW_YORK, *stretch))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 10955
    assert most < 64 * 1024


def test_looking_far_ahead_takes_no_longer_than_looking_near() -> None:
    """Nothing is walked through before the stretch asked for: a far day costs a handful of steps."""
    phase = of(AT_EIGHT, Cycle(on=21, off=7, anchor=TUESDAY), turns=(Decimal(1), Decimal(2)))
    far = datetime(8027, 5, 4, tzinfo=UTC)

    found = list(expand((phase,), STANDARD_ROUTINE, BERLIN, far, far + timedelta(days=28)))

    assert len(found) == 21
    assert {amount for _, amount in found} == {Decimal(1), Decimal(2)}


# ---- every kind against the oracle


def _oracle(phase: Phase, routine: Routine, zone: ZoneInfo, until: date) -> list[tuple[datetime, Decimal]]:
    return doses(msgspec.to_builtins(phase), msgspec.to_builtins(routine), zone, until)


@st.composite
def near_a_change(
    draw: st.DrawFn, kinds: st.SearchStrategy[Timing] | None = None
) -> tuple[Phase, ZoneInfo, date]:
    """A phase, a zone, and a day on which its clocks change."""
    zone = draw(st.sampled_from([*ALL_ZONES, APIA, NUUK]))
    day = changes_of(zone, draw(st.integers(0, 3)))
    if zone is APIA:
        day = date(2011, 12, 30)
    return draw(phases_near(day, kinds)), zone, day


def _agrees(phase: Phase, zone: ZoneInfo, day: date, routine: Routine, start: int, length: int) -> None:
    begin = datetime.combine(day, time(3), tzinfo=UTC) + timedelta(hours=start)
    end = begin + timedelta(hours=length)

    found = list(expand((phase,), routine, zone, begin, end))

    everything = _oracle(phase, routine, zone, end.date() + timedelta(days=3))
    assert found == [Occurrence(*dose) for dose in everything if begin <= dose[0] < end]
    assert all(earlier.moment < later.moment for earlier, later in pairwise(found))


@given(near_a_change(), routines(), st.integers(-150, 60), st.integers(0, 400))
def test_every_kind_is_what_the_oracle_says_where_clocks_change(
    near: tuple[Phase, ZoneInfo, date], routine: Routine, start: int, length: int
) -> None:
    phase, zone, day = near

    _agrees(phase, zone, day, routine, start, length)


@given(near_a_change(every_hours()), st.integers(-150, 60), st.integers(0, 400))
def test_hours_are_what_the_oracle_says_where_clocks_change(
    near: tuple[Phase, ZoneInfo, date], start: int, length: int
) -> None:
    phase, zone, day = near

    _agrees(phase, zone, day, STANDARD_ROUTINE, start, length)


@given(near_a_change(), st.integers(-40, 200), st.integers(0, 900))
def test_a_long_stretch_is_what_the_oracle_says(
    near: tuple[Phase, ZoneInfo, date], shift: int, days: int
) -> None:
    phase, zone, day = near

    _agrees(phase, zone, day, STANDARD_ROUTINE, 24 * shift, 24 * days)


@given(near_a_change(), routines(), st.lists(st.integers(0, 900), max_size=4))
def test_a_stretch_in_pieces_is_the_same_as_whole(
    near: tuple[Phase, ZoneInfo, date], routine: Routine, cuts: list[int]
) -> None:
    phase, zone, day = near
    begin = datetime.combine(day, time(), tzinfo=UTC) - timedelta(days=9)
    edges = [begin + timedelta(hours=hours) for hours in sorted((0, *cuts, 900))]

    pieces = [one for start, end in pairwise(edges) for one in expand((phase,), routine, zone, start, end)]

    assert pieces == list(expand((phase,), routine, zone, edges[0], edges[-1]))


def test_every_zone_on_each_of_its_changes_is_what_the_oracle_says() -> None:
    """Each quarter of an hour of every day of change of 2026 and 2027, and of the day after."""
    quarters = [
        FixedTimes(wall_times=tuple(time(hour, minute) for hour in range(24))) for minute in (0, 15, 30, 45)
    ]

    wrong = [
        (zone.key, day, timing.wall_times[0])
        for zone in ALL_ZONES
        for day in {changes_of(zone, which) for which in range(4)}
        for timing in quarters
        if not _same(Phase(first_day=day, last_day=day + timedelta(days=1), timing=timing), zone)
    ]

    assert wrong == []


def _same(phase: Phase, zone: ZoneInfo) -> bool:
    begin = datetime.combine(phase.first_day, time(), tzinfo=UTC) - timedelta(days=3)
    found = list(expand((phase,), STANDARD_ROUTINE, zone, begin, begin + timedelta(days=9)))
    return found == _oracle(phase, STANDARD_ROUTINE, zone, date(2028, 12, 31))
