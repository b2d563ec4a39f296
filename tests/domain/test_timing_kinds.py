"""Plans of every kind in the engine: their moments near and far, their amounts, and when they are over."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.domain.expansion import expand
from skill.domain.regimen import Regimen
from skill.domain.timing import (
    amount_at,
    may_still_plan,
    moment_of,
    moments,
    planned,
    shortest_gap,
    usual_amount,
    windows,
)
from skill.domain.timings import (
    AmountAt,
    AsNeeded,
    EveryHours,
    FixedTimes,
    OnDates,
    Phase,
    Routine,
    TimesADay,
    Weekly,
)
from tests.builders import a_medication, a_phase, a_regimen, at, walls
from tests.strategies import ALL_ZONES, changes_of, phases_near, routines

MONDAY = date(2027, 5, 3)
EIGHT = time(8)
AT_EIGHT = FixedTimes(wall_times=walls("08:00"))
WEEKLY = Phase(first_day=MONDAY, days=Weekly(weekdays=(4,), anchor=MONDAY), timing=AT_EIGHT)


def a_plan(phase: Phase, zone: ZoneInfo, routine: Routine, day: date) -> Regimen:
    since = moment_of(day - timedelta(days=60), EIGHT, zone)
    return a_regimen(zone=zone, since=since, phases=(phase,), routine=routine)


@given(
    st.data(),
    st.sampled_from(ALL_ZONES),
    st.integers(0, 3),
    routines(),
    st.integers(-90, 90),
    st.integers(0, 500),
)
def test_the_moments_of_a_plan_are_those_of_its_expansion(
    data: st.DataObject, zone: ZoneInfo, which: int, routine: Routine, start: int, length: int
) -> None:
    """However near or far: what is kept at hand changes nothing."""
    day = changes_of(zone, which)
    phase = data.draw(phases_near(day))
    regimen = a_plan(phase, zone, routine, day)
    begin = moment_of(day, EIGHT, zone) + timedelta(hours=start)
    end = begin + timedelta(hours=length)

    found = moments(regimen, begin, end)

    expanded = list(expand((phase,), routine, zone, begin, end))
    assert list(found) == [one.moment for one in expanded]
    assert [amount_at(regimen, due) for due in found] == [one.amount for one in expanded]


@given(st.data(), st.sampled_from(ALL_ZONES), st.integers(0, 3), routines())
def test_no_two_windows_of_any_kind_overlap(
    data: st.DataObject, zone: ZoneInfo, which: int, routine: Routine
) -> None:
    day = changes_of(zone, which)
    regimen = a_plan(data.draw(phases_near(day)), zone, routine, day)
    middle = moment_of(day, EIGHT, zone)
    medication = a_medication("x", regimens=(regimen,))

    found = list(windows(medication, middle - timedelta(days=3), middle + timedelta(days=3)))

    for earlier, after in pairwise(found):
        assert earlier.window.closes_at <= after.window.opens_at


def test_a_changed_routine_is_another_version_and_the_past_keeps_its_own() -> None:
    phases = (Phase(first_day=MONDAY, timing=TimesADay(n=1)),)
    late = Routine(times_a_day=(walls("11:00"), *Routine().times_a_day[1:]))
    old = a_regimen(phases=phases)
    new = a_regimen(phases=phases, version=2, since=at("2027-05-05 03:00"), routine=late)
    medication = a_medication(regimens=(old, new))

    found = planned(medication, at("2027-05-04 00:00"), at("2027-05-06 00:00"))

    assert [due for due, _ in found] == [at("2027-05-04 08:00"), at("2027-05-05 11:00")]


# ---- amounts


def test_amounts_are_those_of_the_phase_that_holds_the_moment() -> None:
    taper = (
        a_phase("08:00", first_day=MONDAY, last_day=date(2027, 5, 5), amount=Decimal(2)),
        a_phase("08:00", first_day=date(2027, 5, 6), amount=Decimal(1)),
    )
    regimen = a_regimen(phases=taper)

    found = [amount_at(regimen, at(f"2027-05-{day:02d} 08:00")) for day in (5, 6, 20)]

    assert found == [Decimal(2), Decimal(1), Decimal(1)]
    assert usual_amount(regimen) == Decimal(1)


def test_of_a_moment_that_is_not_planned_a_differing_amount_is_unknown() -> None:
    by_day = a_phase("08:00", amounts=(AmountAt(amount=Decimal(2), weekdays=(0,)),))
    regimen = a_regimen(phases=(by_day,))

    assert amount_at(regimen, at("2027-05-10 08:00")) == Decimal(2)
    assert amount_at(regimen, at("2027-05-10 09:00")) is None
    assert usual_amount(regimen) is None
    assert usual_amount(a_regimen(phases=())) is None


# ---- gaps and ends


def test_a_weekly_plan_has_the_gap_of_a_week() -> None:
    assert shortest_gap(a_regimen(phases=(WEEKLY,)), MONDAY) == timedelta(days=7)


@pytest.mark.parametrize(
    ("phase", "after", "expected"),
    [
        pytest.param(WEEKLY, at("2031-01-01 08:00"), True, id="weekly"),
        pytest.param(
            Phase(first_day=MONDAY, timing=AsNeeded()), at("2027-05-04 08:00"), False, id="as needed"
        ),
        pytest.param(a_phase("08:00", first_day=MONDAY, count=3), at("2027-05-05 07:59"), True, id="course"),
        pytest.param(
            a_phase("08:00", first_day=MONDAY, count=3), at("2027-05-05 08:01"), False, id="its end"
        ),
        pytest.param(
            Phase(first_day=MONDAY, timing=EveryHours(hours=36), count=2),
            at("2027-05-04 20:01"),
            False,
            id="elapsed",
        ),
        pytest.param(
            Phase(first_day=MONDAY, days=OnDates(dates=(date(2027, 7, 4),)), timing=AT_EIGHT),
            at("2027-06-04 08:00"),
            True,
            id="before its date",
        ),
        pytest.param(
            Phase(first_day=MONDAY, days=OnDates(dates=(date(2027, 7, 4),)), timing=AT_EIGHT),
            at("2027-08-04 08:00"),
            False,
            id="after its date",
        ),
    ],
)
def test_whether_a_plan_may_still_have_a_dose(phase: Phase, after: datetime, *, expected: bool) -> None:
    assert may_still_plan(a_regimen(phases=(phase,)), after) is expected
