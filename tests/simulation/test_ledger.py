"""The ledger is the truth: folding it gives the chart, in memory and as it lies on disk."""

from hypothesis import given

from skill.domain.chart import Now, Plan
from skill.domain.events import Decision
from skill.domain.fold import fold_all
from skill.storage.codec import pack, unpack
from tests.simulation.lives import BEGINNING, Step, lived, steps


@given(start=BEGINNING, some=steps())
def test_folding_the_ledger_from_its_first_entry_gives_the_chart(start: int, some: list[Step]) -> None:
    life = lived(start, some)

    chart = fold_all(life.first, life.ledger)

    assert chart == life.chart
    assert chart.now.entries == len(life.ledger)


@given(start=BEGINNING, some=steps())
def test_every_decision_and_the_chart_survive_being_stored(start: int, some: list[Step]) -> None:
    life = lived(start, some)

    read = [unpack(pack(decision), Decision) for decision in life.ledger]
    chart = fold_all(life.first, read)

    assert read == life.ledger
    assert chart == life.chart
    assert unpack(pack(life.chart.plan), Plan) == life.chart.plan
    assert unpack(pack(life.chart.now), Now) == life.chart.now
