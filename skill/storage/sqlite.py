"""The store of one machine: one SQLite file, written by one thread, read by many."""

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from skill.errors import InvalidError, NotFoundError, StoreDownError
from skill.service.ports import Change, Committed, Item, Place, Put, Remove, Woken
from skill.storage.sqlite_file import Layout, check_pages, connect, create_file, our_error
from skill.storage.sqlite_writer import GroupWriter, Statement, Value

STORE_FILE = "store.db"
STORE_LAYOUT = Layout(
    name="store",
    mark=0x444F5345,  # "DOSE"
    version=1,
    journal="WAL",
    pragmas=("synchronous=FULL", "journal_size_limit=33554432"),
    statements=(
        # Keys are ASCII, so their order as text is their order as bytes. Moments: microseconds of UTC.
        """CREATE TABLE item (
            pk TEXT NOT NULL, sk TEXT NOT NULL, version INTEGER NOT NULL, shard TEXT, wake INTEGER,
            digest BLOB, expiry INTEGER, body BLOB NOT NULL, PRIMARY KEY (pk, sk)) STRICT""",
        "CREATE INDEX item_wake ON item (shard, wake, pk) WHERE wake IS NOT NULL",
        "CREATE INDEX item_expiry ON item (expiry) WHERE expiry IS NOT NULL",
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ),
)

_GET = """SELECT pk, sk, version, shard, wake, digest, expiry, body FROM item
    WHERE pk = ? AND sk = ?"""
_QUERY = """SELECT pk, sk, version, shard, wake, digest, expiry, body FROM item
    WHERE pk = ? AND sk >= ? AND sk < ? ORDER BY sk LIMIT ?"""
_QUERY_BACK = """SELECT pk, sk, version, shard, wake, digest, expiry, body FROM item
    WHERE pk = ? AND sk >= ? AND sk < ? ORDER BY sk DESC LIMIT ?"""
_WALK = """SELECT pk, sk, version, shard, wake, digest, expiry, body FROM item
    WHERE (pk, sk) > (?, ?) ORDER BY pk, sk LIMIT ?"""
_WAKING = "SELECT pk, wake FROM item WHERE shard = ? AND wake <= ? ORDER BY wake, pk LIMIT ?"
_EXPIRED = "SELECT pk, sk, version FROM item WHERE expiry <= ? ORDER BY expiry LIMIT ?"
_META = "SELECT value FROM meta WHERE name = ?"

_PUT_ANY = """INSERT INTO item (shard, wake, digest, expiry, body, pk, sk, version)
    VALUES (?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (pk, sk) DO UPDATE SET
    shard = excluded.shard, wake = excluded.wake, digest = excluded.digest, expiry = excluded.expiry,
    body = excluded.body, version = version + 1"""
_PUT_NEW = """INSERT INTO item (shard, wake, digest, expiry, body, pk, sk, version)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pk, sk) DO NOTHING"""
_PUT_AT = """UPDATE item SET shard = ?, wake = ?, digest = ?, expiry = ?, body = ?, version = version + 1
    WHERE pk = ? AND sk = ? AND version = ?"""
_REMOVE = "DELETE FROM item WHERE pk = ? AND sk = ?"
_REMOVE_AT = "DELETE FROM item WHERE pk = ? AND sk = ? AND version = ?"

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BEYOND_ASCII = "\x7f"
_SWEPT_TOGETHER = 1000
_WALKED_TOGETHER = 500


def create_store(path: Path) -> None:
    """Make an empty store; ``InvalidError`` when one is there."""
    create_file(path, STORE_LAYOUT)


class SqliteStore:
    """A ``Store`` in a file that exists (``NotFoundError`` if not; see ``create_store``).

    WAL with ``synchronous=FULL``: a commit that has returned survives a power cut. Other processes may
    open the file beside it. Open it after a fork, not before. ``layout`` may add pragmas, such as a
    limit of its size. Beyond the port, methods raise ``DamagedError`` when SQLite finds the file damaged.
    """

    def __init__(self, path: Path, layout: Layout = STORE_LAYOUT) -> None:
        self._path = path
        self._layout = layout
        self._process = os.getpid()
        self._readers: deque[sqlite3.Connection] = deque()  # idle; one is used by one thread at a time
        self._closed = threading.Event()
        self._writer = GroupWriter(path, layout)

    def get(self, place: Place) -> Item | None:
        rows = self._read(_GET, (place.pk, place.sk))
        return _item(rows[0]) if rows else None

    def query(
        self, pk: str, *, prefix: str = "", after: str = "", limit: int = 100, newest_first: bool = False
    ) -> tuple[Item, ...]:
        _check_limit(limit)
        low, high = prefix, prefix + _BEYOND_ASCII
        if after and newest_first:
            high = min(high, after)
        elif after:
            low = max(low, after + "\0")  # the least text that is greater
        return tuple(map(_item, self._read(_QUERY_BACK if newest_first else _QUERY, (pk, low, high, limit))))

    def commit(self, changes: Sequence[Change]) -> list[Committed]:
        return self._writer.commit([tuple(map(_statement, change.steps)) for change in changes])

    def waking(self, shard: str, *, until: datetime, limit: int) -> tuple[Woken, ...]:
        _check_limit(limit)
        rows = self._read(_WAKING, (shard, _microseconds(until), limit))
        return tuple(Woken(pk=pk, wake=_moment(wake)) for pk, wake in rows)

    def walk(self) -> Iterator[Item]:
        pk = sk = ""
        while rows := self._read(_WALK, (pk, sk, _WALKED_TOGETHER)):
            yield from map(_item, rows)
            pk, sk = rows[-1][:2]

    def sweep_expired(self, now: datetime) -> int:
        """Remove items whose expiry has come, at most 1000 a call; answers how many went.

        One that is renewed meanwhile stays.
        """
        rows = self._read(_EXPIRED, (_microseconds(now), _SWEPT_TOGETHER))
        steps = [Remove(place=Place(pk=pk, sk=sk), expect=version) for pk, sk, version in rows]
        return self.commit([Change(steps=(step,)) for step in steps]).count(Committed.APPLIED)

    def check(self) -> None:
        """Read the whole file; ``DamagedError`` when a page is not as it should be. About 1 s a gigabyte."""
        reader = connect(self._path, self._layout, read_only=True)
        try:
            check_pages(reader, self._layout)
        finally:
            reader.close()

    def meta(self, name: str) -> str | None:
        """A note about the file itself, such as when it was restored."""
        rows = self._read(_META, (name,))
        return rows[0][0] if rows else None

    def close(self) -> None:
        self._closed.set()
        self._writer.close()
        self._close_idle()

    def _read(self, sql: str, values: tuple[Value, ...]) -> list[Any]:
        if self._closed.is_set() or os.getpid() != self._process:
            raise StoreDownError(reason="the store is closed, or was opened before a fork")
        try:
            reader = self._readers.pop()
        except IndexError:
            reader = self._new_reader()
        try:
            rows = reader.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            reader.close()
            raise our_error(error) from error
        self._readers.append(reader)
        if self._closed.is_set():  # by another thread, meanwhile
            self._close_idle()
        return rows

    def _new_reader(self) -> sqlite3.Connection:
        try:
            return connect(self._path, self._layout, read_only=True)
        except NotFoundError as error:  # it was there when the store was opened
            raise StoreDownError(reason="the store's file was moved or replaced") from error

    def _close_idle(self) -> None:
        while self._readers:
            try:
                self._readers.pop().close()
            except IndexError:
                return


def _statement(step: Put | Remove) -> Statement:
    if isinstance(step, Remove):
        place = (step.place.pk, step.place.sk)
        if step.expect:
            return Statement(sql=_REMOVE_AT, values=(*place, step.expect), touches=1)
        return Statement(sql=_REMOVE, values=place, touches=step.expect)
    item = step.item
    values: tuple[Value, ...] = (
        item.shard,
        None if item.wake is None else _microseconds(item.wake),
        item.digest,
        None if item.expiry is None else _microseconds(item.expiry),
        item.body,
        item.place.pk,
        item.place.sk,
    )
    if step.expect is None:
        return Statement(sql=_PUT_ANY, values=values, touches=1)
    if step.expect == 0:
        version = item.version if step.as_is else 1
        return Statement(sql=_PUT_NEW, values=(*values, version), touches=1)
    return Statement(sql=_PUT_AT, values=(*values, step.expect), touches=1)


def _item(row: tuple[Any, ...]) -> Item:
    pk, sk, version, shard, wake, digest, expiry, body = row
    return Item(
        place=Place(pk=pk, sk=sk),
        version=version,
        shard=shard,
        wake=None if wake is None else _moment(wake),
        digest=digest,
        expiry=None if expiry is None else _moment(expiry),
        body=body,
    )


def _microseconds(moment: datetime) -> int:
    return (moment - _START) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
    return _START + timedelta(microseconds=microseconds)


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise InvalidError("limit", "is at least 1")
