"""The store as a file; what every engine does is in contracts/."""

import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skill.errors import DamagedError, StoreDownError
from skill.service.ports import Change, Place
from skill.storage.sqlite import SqliteStore
from tests.storage.store_use import PAT, commit, keys, put

NOW = datetime(2027, 5, 4, 6, tzinfo=UTC)


def test_what_was_committed_is_there_after_closing_and_opening(store_path: Path) -> None:
    with closing(SqliteStore(store_path)) as store:
        commit(store, put("CHART#NOW"))

    with closing(SqliteStore(store_path)) as store:
        assert keys(store) == ["CHART#NOW"]


def test_a_clean_close_leaves_one_file(store_path: Path) -> None:
    with closing(SqliteStore(store_path)) as store:
        commit(store, put("CHART#NOW"))
        store.get(Place(pk=PAT, sk="CHART#NOW"))
        assert len(list(store_path.parent.iterdir())) == 3

    assert list(store_path.parent.iterdir()) == [store_path]


def test_every_file_of_a_store_is_open_to_its_owner_alone(store: SqliteStore, store_path: Path) -> None:
    commit(store, put("CHART#NOW"))

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in store_path.parent.iterdir()}

    assert modes == {"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}


def test_reading_a_damaged_page_is_damage_and_not_an_empty_answer(store_path: Path) -> None:
    with closing(SqliteStore(store_path)) as store:
        commit(store, *(put(f"EVENT#{n:03d}", bytes(2000)) for n in range(100)))
    content = bytearray(store_path.read_bytes())
    for page in range(5, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    store_path.write_bytes(content)

    with closing(SqliteStore(store_path)) as store, pytest.raises(DamagedError):
        store.query(PAT)


def test_a_command_beside_a_running_serve_reads_and_writes_the_same_file(
    store: SqliteStore, store_path: Path
) -> None:
    with closing(SqliteStore(store_path)) as command:
        commit(store, put("FROM_SERVE"))
        commit(command, put("FROM_COMMAND"))

        assert keys(store) == keys(command) == ["FROM_COMMAND", "FROM_SERVE"]


def test_what_has_expired_is_swept_and_the_rest_stays(store: SqliteStore) -> None:
    commit(
        store,
        put("MAIL#1", expiry=NOW - timedelta(microseconds=1)),
        put("MAIL#2", expiry=NOW),
        put("MAIL#3", expiry=NOW + timedelta(microseconds=1)),
        put("MAIL#4"),
    )

    assert store.sweep_expired(NOW) == 2
    assert store.sweep_expired(NOW) == 0

    assert keys(store) == ["MAIL#3", "MAIL#4"]


def test_more_expired_items_than_one_sweep_takes_go_with_the_next(store: SqliteStore) -> None:
    store.commit([Change(steps=(put(f"MAIL#{n:04d}", b"", expiry=NOW),)) for n in range(1001)])

    assert [store.sweep_expired(NOW) for _ in range(3)] == [1000, 1, 0]


def test_a_closed_store_says_so_instead_of_waiting(store_path: Path) -> None:
    store = SqliteStore(store_path)
    store.close()

    with pytest.raises(StoreDownError, match="closed"):
        commit(store, put("CHART#NOW"))
    with pytest.raises(StoreDownError, match="closed"):
        store.get(Place(pk=PAT, sk="CHART#NOW"))
