"""The cold start of the bundle is measured; how fast it is, no test asks."""

from tests.bench import cold_bundle


def test_a_cold_start_is_measured_in_time_memory_and_size() -> None:
    rows = cold_bundle.run(rounds=1)

    assert [row.unit for row in rows] == ["ms", "ms", "MB", "MB"]
    assert all(row.ours > 0 and row.baseline > 0 for row in rows)
    assert rows[-1].met
