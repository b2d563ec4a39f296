"""The key shelf as a file; what every shelf does is in contracts/test_key_shelf.py."""

import stat
from contextlib import closing
from pathlib import Path

import pytest

from skill.errors import DamagedError, InvalidError, NotFoundError, StoreDownError
from skill.storage.sqlite import STORE_FILE, create_store
from skill.storage.sqlite_shelf import SHELF_FILE, SqliteKeyShelf, create_shelf


@pytest.fixture
def path(tmp_path: Path) -> Path:
    create_shelf(tmp_path / SHELF_FILE)
    return tmp_path / SHELF_FILE


def test_a_shelf_is_open_to_its_owner_alone_and_is_one_file(path: Path) -> None:
    with closing(SqliteKeyShelf(path)) as shelf:
        shelf.put_if_absent("patient/a", b"wrapped")

        assert [file.name for file in path.parent.iterdir()] == [SHELF_FILE]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_shelf_is_never_made_over_another(path: Path) -> None:
    with pytest.raises(InvalidError, match="key_shelf problem=is already there"):
        create_shelf(path)


def test_a_lost_shelf_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="key_shelf"):
        SqliteKeyShelf(tmp_path / SHELF_FILE)

    assert list(tmp_path.iterdir()) == []


def test_keys_are_there_after_closing_and_opening(path: Path) -> None:
    with closing(SqliteKeyShelf(path)) as shelf:
        shelf.put_if_absent("patient/a", b"wrapped")

    with closing(SqliteKeyShelf(path)) as shelf:
        assert shelf.find("patient/a") == b"wrapped"
        shelf.check()


def test_two_processes_see_each_others_keys(path: Path) -> None:
    with closing(SqliteKeyShelf(path)) as one, closing(SqliteKeyShelf(path)) as other:
        one.put_if_absent("patient/a", b"wrapped")

        assert other.find("patient/a") == b"wrapped"
        other.destroy("patient/a")
        assert one.find("patient/a") is None


def test_a_store_is_not_taken_for_a_shelf(tmp_path: Path) -> None:
    create_store(tmp_path / STORE_FILE)

    with pytest.raises(DamagedError, match="not a file of Dose Keeper"):
        SqliteKeyShelf(tmp_path / STORE_FILE)


def test_a_closed_shelf_says_so(path: Path) -> None:
    shelf = SqliteKeyShelf(path)
    shelf.close()
    shelf.close()

    with pytest.raises(StoreDownError, match="closed"):
        shelf.find("patient/a")
