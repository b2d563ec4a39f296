"""The key shelf of one machine: ``keys.db`` beside ``store.db``, with backups of its own.

A rollback journal instead of a WAL, and freed bytes overwritten: a destroyed key is then nowhere in the
folder. Writes are rare (one a patient), so their cost does not matter.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from skill.errors import StoreDownError
from skill.storage.sqlite_file import Layout, check_pages, connect, create_file, our_error

SHELF_FILE = "keys.db"
SHELF_LAYOUT = Layout(
    name="key_shelf",
    mark=0x444F534B,  # "DOSK"
    version=1,
    journal="DELETE",
    pragmas=("synchronous=EXTRA", "secure_delete=ON"),
    statements=("CREATE TABLE key (id TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID",),
)

Row = tuple[object, ...]


def create_shelf(path: Path) -> None:
    """Make an empty shelf; ``InvalidError`` when one is there."""
    create_file(path, SHELF_LAYOUT)


class SqliteKeyShelf:
    """A ``KeyShelf`` in a file that exists. Any thread may call it; open it after a fork, not before."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._connection = connect(path, SHELF_LAYOUT)
        self._closed = False

    def find(self, key_id: str) -> bytes | None:
        rows = self._run("SELECT wrapped FROM key WHERE id = ?", (key_id,))
        return _bytes(rows[0]) if rows else None

    def put_if_absent(self, key_id: str, wrapped: bytes) -> bytes:
        self._run("INSERT INTO key (id, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING", (key_id, wrapped))
        lies_there = self.find(key_id)
        if lies_there is None:
            raise StoreDownError(reason="the key was destroyed while it was being made", key_id=key_id)
        return lies_there

    def destroy(self, key_id: str) -> None:
        self._run("DELETE FROM key WHERE id = ?", (key_id,))

    def ids(self) -> Iterator[str]:
        return iter([str(row[0]) for row in self._run("SELECT id FROM key", ())])

    def check(self) -> None:
        """``DamagedError`` when the file is damaged."""
        with self._lock:
            check_pages(self._connection, SHELF_LAYOUT, thorough=True)

    def close(self) -> None:
        """Give the file back. A second call does nothing."""
        with self._lock:
            self._closed = True
            self._connection.close()

    def _run(self, statement: str, values: Row) -> list[Row]:
        if os.getpid() != self._process:
            raise StoreDownError(reason="the key shelf was opened before a fork")
        with self._lock:
            if self._closed:
                raise StoreDownError(reason="the key shelf is closed")
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise our_error(error) from error


def _bytes(row: Row) -> bytes:
    value = row[0]
    if not isinstance(value, bytes):
        raise StoreDownError(reason="the key shelf answers with something else than bytes")
    return value
