"""Making and opening the file: nothing is made by accident, nothing strange is taken for ours."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from skill.errors import DamagedError, InvalidError, NotFoundError, StoreDownError
from skill.storage.sqlite import STORE_FILE, STORE_LAYOUT, SqliteStore, create_store
from skill.storage.sqlite_file import connect
from skill.storage.sqlite_shelf import SHELF_FILE, create_shelf
from tests.storage.store_use import commit, put


@contextmanager
def an_ordinary_user() -> Iterator[None]:
    """Root may write where it is forbidden to; nobody may not."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


def test_a_commit_is_written_ahead_and_synchronised_in_full(store_path: Path) -> None:
    with closing(connect(store_path, STORE_LAYOUT)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
        assert connection.execute("PRAGMA synchronous").fetchall() == [(2,)]


def test_the_questions_of_every_turn_and_tick_are_answered_from_an_index(store_path: Path) -> None:
    with closing(connect(store_path, STORE_LAYOUT)) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT pk, wake FROM item WHERE shard = ? AND wake <= ? ORDER BY wake, pk",
            ("R0", 0),
        ).fetchall()

    assert [row[3] for row in plan] == ["SEARCH item USING COVERING INDEX item_wake (shard=? AND wake<?)"]


def test_a_store_is_never_made_over_another(store_path: Path) -> None:
    with pytest.raises(InvalidError, match="store problem=is already there"):
        create_store(store_path)

    assert list(store_path.parent.iterdir()) == [store_path]


def test_a_store_in_a_folder_that_is_not_there_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(StoreDownError, match="cannot be made"):
        create_store(tmp_path / "nowhere" / STORE_FILE)


def test_a_lost_store_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="store"):
        SqliteStore(tmp_path / STORE_FILE)

    assert list(tmp_path.iterdir()) == []


def test_a_file_of_a_newer_release_is_refused_and_left_alone(store_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as connection:
        connection.execute("PRAGMA user_version=2")
    before = store_path.read_bytes()

    with pytest.raises(DamagedError, match="a newer release wrote this file") as caught:
        SqliteStore(store_path)

    assert caught.value.facts["found"] == 2
    assert caught.value.facts["readable"] == 1
    assert store_path.read_bytes() == before


def test_a_layout_from_before_the_first_release_is_refused(store_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as connection:
        connection.execute("PRAGMA user_version=0")

    with pytest.raises(DamagedError, match="the layout of this file is unknown"):
        SqliteStore(store_path)


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / STORE_FILE)) as connection:
        connection.execute("CREATE TABLE item (pk TEXT)")

    with pytest.raises(DamagedError, match="not a file of Dose Keeper"):
        SqliteStore(tmp_path / STORE_FILE)


def test_a_key_shelf_is_not_taken_for_a_store(tmp_path: Path) -> None:
    create_shelf(tmp_path / SHELF_FILE)

    with pytest.raises(DamagedError, match="not a file of Dose Keeper"):
        SqliteStore(tmp_path / SHELF_FILE)


@pytest.mark.parametrize(
    "content", (b"pk,sk\n" * 1000, bytes(8192), b"\xff" * 8192), ids=("text", "zeroes", "noise")
)
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / STORE_FILE).write_bytes(content)

    with pytest.raises(DamagedError):
        SqliteStore(tmp_path / STORE_FILE)


def test_a_sound_file_passes_the_check(store: SqliteStore) -> None:
    commit(store, put("CHART#NOW"))

    store.check()


def test_a_damaged_page_is_found_by_the_check(store_path: Path) -> None:
    with closing(SqliteStore(store_path)) as store:
        commit(store, *(put(f"EVENT#{n:03d}", bytes(2000)) for n in range(100)))
    content = bytearray(store_path.read_bytes())
    for page in range(5, 20):
        content[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    store_path.write_bytes(content)

    with closing(SqliteStore(store_path)) as store, pytest.raises(DamagedError, match="restore a backup"):
        store.check()


def test_a_read_only_folder_is_refused_at_the_start() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        create_store(folder / STORE_FILE)
        (folder / STORE_FILE).chmod(0o444)
        folder.chmod(0o555)

        with an_ordinary_user(), pytest.raises(StoreDownError, match=r"read-only|cannot be opened"):
            SqliteStore(folder / STORE_FILE)
    finally:
        folder.chmod(0o700)
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
