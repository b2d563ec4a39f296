"""The model of timings: what cannot be meant is refused at birth, with its field."""

from collections.abc import Callable
from datetime import UTC, date, time, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from skill.domain.timings import (
    STANDARD_ROUTINE,
    AmountAt,
    AsNeeded,
    AtEvent,
    AtEvents,
    Cycle,
    EveryHours,
    EveryNDays,
    FixedTimes,
    Monthly,
    OnDates,
    Phase,
    Routine,
    TimesADay,
    Weekly,
    When,
)
from skill.errors import InvalidError
from tests.builders import a_phase, walls

DAY = date(2027, 5, 4)
TWO, FIVE = walls("08:00", "20:00"), STANDARD_ROUTINE.times_a_day
AT_EIGHT = FixedTimes(wall_times=walls("08:00"))
SOME_DAYS = EveryNDays(n=2, anchor=DAY)

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no clock time": (lambda: FixedTimes(wall_times=()), "times"),
    "weekend falling": (lambda: FixedTimes(wall_times=TWO, weekend=TWO[::-1]), "weekend"),
    "weekend of another number": (lambda: FixedTimes(wall_times=TWO, weekend=TWO[:1]), "weekend"),
    "every day as every n days": (lambda: EveryNDays(n=1, anchor=DAY), "n"),
    "more than a year apart": (lambda: EveryNDays(n=367, anchor=DAY), "n"),
    "no weekday": (lambda: Weekly(weekdays=(), anchor=DAY), "weekdays"),
    "an eighth weekday": (lambda: Weekly(weekdays=(7,), anchor=DAY), "weekdays"),
    "weekdays falling": (lambda: Weekly(weekdays=(3, 0), anchor=DAY), "weekdays"),
    "weekday twice": (lambda: Weekly(weekdays=(3, 3), anchor=DAY), "weekdays"),
    "every no weeks": (lambda: Weekly(weekdays=(0,), every=0, anchor=DAY), "every"),
    "more than a year of weeks": (lambda: Weekly(weekdays=(0,), every=53, anchor=DAY), "every"),
    "no day of the month": (lambda: Monthly(days=(), anchor=DAY), "days"),
    "day nought": (lambda: Monthly(days=(0,), anchor=DAY), "days"),
    "day 32": (lambda: Monthly(days=(32,), anchor=DAY), "days"),
    "days falling": (lambda: Monthly(days=(15, 1), anchor=DAY), "days"),
    "every 13 months": (lambda: Monthly(days=(1,), every=13, anchor=DAY), "every"),
    "no date": (lambda: OnDates(dates=()), "dates"),
    "a date twice": (lambda: OnDates(dates=(DAY, DAY)), "dates"),
    "401 dates": (lambda: OnDates(dates=tuple(DAY + timedelta(days=n) for n in range(401))), "dates"),
    "a cycle without doses": (lambda: Cycle(on=0, off=7, anchor=DAY), "cycle"),
    "a cycle without rest": (lambda: Cycle(on=7, off=0, anchor=DAY), "cycle"),
    "no time a day": (lambda: TimesADay(n=0), "n"),
    "six times a day": (lambda: TimesADay(n=6), "n"),
    "no event": (lambda: AtEvents(events=()), "events"),
    "an event twice": (lambda: AtEvents(events=(AtEvent(when=When.CM), AtEvent(when=When.CM))), "events"),
    "an offset below nought": (lambda: AtEvent(when=When.HS, offset=-1), "offset"),
    "an offset over twelve hours": (lambda: AtEvent(when=When.HS, offset=721), "offset"),
    "an offset from a meal itself": (lambda: AtEvent(when=When.CM, offset=30), "offset"),
    "no hour": (lambda: EveryHours(hours=0), "hours"),
    "more than a fortnight of hours": (lambda: EveryHours(hours=337), "hours"),
    "a first time with a zone": (lambda: EveryHours(hours=8, first=time(8, tzinfo=UTC)), "first"),
    "hours on some days": (lambda: Phase(first_day=DAY, days=SOME_DAYS, timing=EveryHours(hours=8)), "days"),
    "turns with elapsed hours": (
        lambda: Phase(first_day=DAY, timing=EveryHours(hours=36), turns=(Decimal(1), Decimal(2))),
        "turns",
    ),
    "no gap": (lambda: AsNeeded(min_gap=timedelta()), "min_gap"),
    "a gap below nought": (lambda: AsNeeded(min_gap=timedelta(hours=-1)), "min_gap"),
    "nothing in a day": (lambda: AsNeeded(most_in_24h=Decimal(0)), "most_in_24h"),
    "too much in a day": (lambda: AsNeeded(most_in_24h=Decimal(1001)), "most_in_24h"),
    "an amount of nothing": (lambda: AmountAt(amount=Decimal(0)), "amount"),
    "an amount that is no number": (lambda: AmountAt(amount=Decimal("NaN")), "amount"),
    "an endless amount": (lambda: a_phase(amount=Decimal("Infinity")), "amount"),
    "the 25th time of a day": (lambda: AmountAt(amount=Decimal(1), time_index=24), "time_index"),
    "an amount on no weekday": (lambda: AmountAt(amount=Decimal(1), weekdays=(7,)), "weekdays"),
    "a turn of nothing": (lambda: a_phase(turns=(Decimal(1), Decimal(0))), "amount"),
    "32 turns": (lambda: a_phase(turns=(Decimal(1),) * 32), "turns"),
    "a course of nothing": (lambda: a_phase(count=0), "count"),
    "an endless course": (lambda: a_phase(count=10_001), "count"),
    "four of five times a day": (lambda: Routine(times_a_day=FIVE[:4]), "times_a_day"),
    "two times for once a day": (lambda: Routine(times_a_day=(TWO, *FIVE[1:])), "times_a_day"),
    "no bedtime": (lambda: Routine(events=STANDARD_ROUTINE.events[:-1]), "events"),
    "an event by the second": (
        lambda: Routine(events=(*STANDARD_ROUTINE.events, (When.ACM, time(7, 30, 30)))),
        "events",
    ),
    "meals four hours off": (lambda: Routine(meal_offset=181), "meal_offset"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "field"), list(REFUSED.values()), ids=list(REFUSED))
def test_what_cannot_be_meant_is_refused_with_its_field(make: Callable[[], object], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        make()

    assert refused.value.field == field


def test_a_phase_of_one_amount_says_so() -> None:
    plain = Phase(first_day=DAY, timing=AT_EIGHT)

    assert plain.one_amount
    assert not replace(plain, turns=(Decimal(1), Decimal(2))).one_amount
    assert not replace(plain, amounts=(AmountAt(amount=Decimal(2), weekdays=(0,)),)).one_amount
