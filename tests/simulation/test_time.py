"""Timers are data: every chart that waits for something has a wake, and a late tick is as good as many."""

from datetime import datetime, timedelta

from hypothesis import given

from skill.domain import commands as cmd
from skill.domain.chart import Chart
from skill.domain.doses import DoseKey, DoseState
from skill.domain.identity import OperationId
from skill.domain.wake import next_wake
from tests.simulation.lives import BEGINNING, Life, Step, lived, steps

THREE_DAYS = timedelta(days=3)
_SILENT = {DoseState.NOT_OBSERVED, DoseState.UNCONFIRMED}


@given(start=BEGINNING, some=steps())
def test_a_chart_that_waits_for_anything_has_a_wake(start: int, some: list[Step]) -> None:
    life = lived(start, some)

    for one in life.happenings:
        now = one.after.now
        waits = now.question is not None or now.messages or any(a.next_at for a in now.alerts)
        ahead = any(True for _ in one.after.doses(one.now, one.now + THREE_DAYS)) if not waits else True
        assert next_wake(one.after) is not None or not (waits or ahead)


@given(start=BEGINNING, some=steps())
def test_each_tick_at_a_wake_moves_on(start: int, some: list[Step]) -> None:
    life = lived(start, some)

    end = life.now + THREE_DAYS
    while (wake := life.wake_of_time()) is not None and wake <= end:
        life.now = max(life.now, wake)
        life.do(cmd.Tick)
        later = life.wake_of_time()
        assert later is None or later > life.now


@given(start=BEGINNING, some=steps())
def test_one_late_tick_leaves_the_doses_as_punctual_ones_do(start: int, some: list[Step]) -> None:
    punctual, late = lived(start, some), lived(start, some)
    end = punctual.now + THREE_DAYS

    punctual.until(end)
    _tick(punctual, end)
    _tick(late, end)

    assert doses_of(punctual.chart, end) == doses_of(late.chart, end)


def _tick(life: Life, at: datetime) -> None:
    life.now = at
    life.carry_out(cmd.Tick(operation=OperationId("last")))


def doses_of(chart: Chart, end: datetime) -> dict[DoseKey, tuple[object, ...]]:
    """What became of each dose of the last 13 days; whether a silence was ours is another matter."""
    return {
        o.key: ("silent" if o.state in _SILENT else o.state, o.at, o.part, o.statement_id, o.how)
        for o in chart.now.outcomes
        if o.due > end - timedelta(days=13)
    }
