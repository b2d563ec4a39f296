"""Ten years of a plan in New York as moments in UTC, doses with their amounts against bare dates.

The baseline: ``dateutil.rrule`` in the same zone, each date converted to UTC. Both give the same moments,
which is checked.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from datetime import time as clock
from decimal import Decimal
from itertools import chain
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule

from skill.domain.expansion import Occurrence, expand
from skill.domain.timings import STANDARD_ROUTINE, AmountAt, EveryNDays, FixedTimes, Monthly, Phase, Weekly
from tests.bench.measure import by_turns, say
from tests.bench.row import Row

LEAST = 2.5  # times; design 9
ROUNDS = 7
ZONE = ZoneInfo("America/New_York")
FIRST = date(2026, 1, 1)  # a Thursday
_ONCE, _THRICE = (clock(8),), (clock(8), clock(14), clock(20))


def _phase(walls: tuple[clock, ...], **others: object) -> Phase:
    return Phase(**{"first_day": FIRST, "timing": FixedTimes(wall_times=walls)} | others)


_SUNDAY = AmountAt(amount=Decimal("0.5"), weekdays=(6,))
_OTHER = {
    "every other day": (_phase(_ONCE, days=EveryNDays(n=2, anchor=FIRST)), {"freq": DAILY, "interval": 2}),
    "weekly": (
        _phase(_THRICE, days=Weekly(weekdays=(0, 3), anchor=FIRST), amounts=(_SUNDAY,)),
        {"freq": WEEKLY, "byweekday": (0, 3), "byhour": (8, 14, 20)},
    ),
    "monthly": (
        _phase(_ONCE, days=Monthly(days=(1, 15), anchor=FIRST)),
        {"freq": MONTHLY, "bymonthday": (1, 15)},
    ),
}
PLANS = {
    "once a day": [(_phase(_ONCE), {"freq": DAILY})],
    "three times a day": [(_phase(_THRICE), {"freq": DAILY, "byhour": (8, 14, 20)})],
    "every other day, weekly and monthly": list(_OTHER.values()),
}


def run(years: int = 10, rounds: int = ROUNDS) -> list[Row]:
    start = datetime(FIRST.year, 1, 1, 5, tzinfo=UTC)  # midnight there
    end = start.replace(year=FIRST.year + years)
    return [_row(name, plans, start, end, rounds) for name, plans in PLANS.items()]


def _row(
    name: str, plans: list[tuple[Phase, dict[str, object]]], start: datetime, end: datetime, rounds: int
) -> Row:
    say(f"{name}: {rounds} rounds")

    def ours() -> Iterator[Occurrence]:
        return chain(*(expand((phase,), STANDARD_ROUTINE, ZONE, start, end) for phase, _ in plans))

    def theirs() -> Iterator[datetime]:
        begins, ends = datetime.combine(FIRST, clock(8), ZONE), end.astimezone(ZONE)
        for _, rule in plans:
            yield from (one.astimezone(UTC) for one in rrule(dtstart=begins, until=ends, **rule))  # type: ignore[arg-type]

    if [one.moment for one in ours()] != list(theirs()):
        raise RuntimeError(f"{name}: the moments differ")
    quick, slow = by_turns(rounds, _speed(ours), _speed(theirs))
    return Row(
        name=f"expansion, {name}, to UTC (dateutil.rrule)",
        ours=quick,
        baseline=slow,
        unit="doses/s",
        budget=f">= {LEAST:g} x",
        met=quick >= LEAST * slow,
    )


def _speed(moments: Callable[[], Iterable[object]]) -> Callable[[int], float]:
    def measured(_: int) -> float:
        begun = time.process_time()
        count = sum(1 for _ in moments())
        return count / (time.process_time() - begun)

    return measured
