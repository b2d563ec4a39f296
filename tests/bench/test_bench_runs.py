"""Each benchmark runs and gives its rows. How fast it is, no test asks."""

import pytest

from tests.bench import cold_import, expansion, tick, voice_turn
from tests.bench.__main__ import NAMES, main, table
from tests.bench.row import Row


def a_row(*, name: str = "turn (hello)", ours: float = 2.0, baseline: float = 1.0, met: bool = True) -> Row:
    return Row(name=name, ours=ours, baseline=baseline, unit="ms", budget="<= 3 ms", met=met)


def test_time_passing_is_measured_in_five_rows() -> None:
    rows = tick.run(charts=4, doses=2, enrolled=8, rounds=1)

    assert [row.unit for row in rows] == ["charts/CPU s", "charts/s", "doses/s", "doses/s", "charts/CPU s"]
    assert all(row.ours > 0 and row.baseline > 0 for row in rows)


def test_an_expansion_is_measured_on_the_same_moments() -> None:
    rows = expansion.run(years=1, rounds=1)

    assert [row.unit for row in rows] == ["doses/s", "doses/s", "doses/s"]
    assert all(row.ours > 0 and row.baseline > 0 for row in rows)


def test_a_voice_turn_is_measured_at_its_middle_and_at_its_slowest() -> None:
    rows = voice_turn.run(turns=2)

    assert [row.unit for row in rows] == ["ms", "ms"]
    assert all(row.ours > 0 and row.baseline > 0 for row in rows)


def test_a_cold_import_is_measured_and_loads_nothing_heavy() -> None:
    rows = cold_import.run(rounds=1)

    assert [row.unit for row in rows] == ["ms", "modules"]
    assert rows[1].met


def test_the_table_sets_numbers_flush_right_and_says_what_is_not_met() -> None:
    rows = [a_row(), a_row(name="tick (bare)", ours=12_345.6, baseline=4.0, met=False)]

    assert table(rows) == (
        "name (baseline)    ours  baseline  unit     ratio  budget   met\n"
        "-------------------------------------------------------------------\n"
        "turn (hello)          2         1  ms        2.00  <= 3 ms  met\n"
        "tick (bare)      12,346         4  ms    3,086.40  <= 3 ms  NOT MET\n"
    )


def test_a_name_that_is_no_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["telepathy"])

    assert status == 2
    assert f"there are: {', '.join(NAMES)}" in capsys.readouterr().err
