"""An empty store of one machine, for the tests of this room."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from skill.storage.sqlite import STORE_FILE, SqliteStore, create_store


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    create_store(tmp_path / STORE_FILE)
    return tmp_path / STORE_FILE


@pytest.fixture
def store(store_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(store_path)) as opened:
        yield opened
