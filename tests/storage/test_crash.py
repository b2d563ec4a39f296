"""kill -9 in the middle of writing. More rounds: ``python -m tests.storage.crash_rounds 500``."""

import os
from pathlib import Path

import pytest

from skill.service.ports import Put
from skill.storage.sqlite import SqliteStore
from tests.storage.crash_rounds import CrashError, CrashingStore
from tests.storage.crash_writer import changes_of

STORES = 5
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "25")) // STORES  # of each store


@pytest.mark.parametrize("number", range(STORES), ids=lambda number: f"store {'ABCDE'[number]}")
def test_what_was_acknowledged_survives_a_kill_at_any_moment(tmp_path: Path, number: int) -> None:
    store = CrashingStore(tmp_path)

    for _ in range(ROUNDS):
        store.crash_once()

    assert store.acknowledged >= ROUNDS
    assert store.in_flight >= ROUNDS


def test_the_check_after_a_crash_notices_a_lost_commit(tmp_path: Path) -> None:
    store = CrashingStore(tmp_path)
    store.crash_once()
    name = next(iter(store.facts))
    store.facts[name] = [number + 1000 for number in store.facts[name]]

    with pytest.raises(CrashError, match=f"{name}: .* acknowledged"):
        store.crash_once()


def test_the_check_after_a_crash_notices_half_a_change(store: SqliteStore, store_path: Path) -> None:
    whole, half = changes_of("round0_0", 1)[0], changes_of("round0_0", 2)[0]
    torn = tuple(step for step in half.steps if isinstance(step, Put) and step.item.place.sk[0] != "B")
    store.commit([whole, type(half)(steps=torn)])
    crashing = CrashingStore(store_path.parent, facts={"round0_0": [2, 2]}, rounds=1)

    with pytest.raises(CrashError, match="round0_0: not exactly the B of 1 to 2"):
        crashing.crash_once()
