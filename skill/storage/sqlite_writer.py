"""The one writer of a process: a thread that takes waiting changes together into one transaction.

One ``fsync`` then serves up to 64 changes, and no thread waits in SQLite's busy handler, whose waiting
grows (worst answer 0.1 s instead of 1.5 s with 16 clients, measured; faults.md, finding 12).
"""

import os
import queue
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from skill.errors import DamagedError, DoseKeeperError, InvalidError, StoreDownError
from skill.service.ports import Committed
from skill.storage.sqlite_file import Layout, connect, our_error

MOST_CHANGES_TOGETHER = 64

Value = str | int | bytes | None

_NOT_STORABLE = (
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    OverflowError,
    TypeError,
    ValueError,
)


class Statement(Struct, frozen=True, kw_only=True):
    """One step as SQL. ``touches``: how many rows it must touch, or the change is a conflict; None: any."""

    sql: str
    values: tuple[Value, ...]
    touches: int | None


class _Request:
    """What one caller waits for."""

    __slots__ = ("answers", "done", "error", "left")

    def __init__(self, changes: int) -> None:
        self.answers = [Committed.CONFLICT] * changes
        self.left = changes
        self.error: Exception | None = None
        self.done = threading.Lock()
        self.done.acquire()


@dataclass(slots=True)
class _Waiting:
    """One change of a request."""

    request: _Request
    index: int
    statements: tuple[Statement, ...]
    settled: bool = False

    def settle(self, error: Exception | None = None) -> None:
        """Once: the caller goes on when its last change is settled."""
        if self.settled:
            return
        self.settled = True
        self.request.error = self.request.error or error
        self.request.left -= 1
        if self.request.left == 0:
            self.request.done.release()


class GroupWriter:
    """Carries out changes in the order in which they come, each by itself, many to a transaction.

    Opens the file at once and again after an error. Make it after a fork, not before.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._layout = layout
        self._process = os.getpid()
        self._connection: sqlite3.Connection | None = None
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._taken: list[_Waiting] = []
        self._open()
        self._file = self._file_now()
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    def commit(self, changes: Sequence[tuple[Statement, ...]]) -> list[Committed]:
        """The answers, once what was applied is on the disk; ``StoreDownError`` when it could not be."""
        if os.getpid() != self._process:
            raise StoreDownError(reason="the store was opened before a fork")
        if not changes:
            return []
        request = _Request(len(changes))
        with self._gate:
            if self._closed:
                raise StoreDownError(reason="the store is closed")
            for index, statements in enumerate(changes):
                self._queue.put(_Waiting(request, index, statements))
        request.done.acquire()
        if request.error is not None:
            raise _ours(request.error) from request.error
        return request.answers

    def close(self) -> None:
        """Finish what is waiting, then give file and thread back. A second call does nothing."""
        with self._gate:
            already, self._closed = self._closed, True
        if not already:
            self._queue.put(None)
        if os.getpid() == self._process:
            self._thread.join()

    def _work(self) -> None:
        try:
            while (first := self._queue.get()) is not None:
                self._taken = [first, *self._also_waiting()]
                self._answer(self._taken)
        finally:  # also when this thread ends by a mistake: nobody may wait for ever
            with self._gate:
                self._closed = True
            while more := list(self._also_waiting()):
                self._taken += more
            for waiting in self._taken:
                waiting.settle(StoreDownError(reason="the writer has stopped"))
            self._drop_connection()

    def _also_waiting(self) -> Iterator[_Waiting]:
        for _ in range(MOST_CHANGES_TOGETHER - 1):
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                return
            if waiting is None:
                self._queue.put(None)  # read again after this group; nothing comes in behind it
                return
            yield waiting

    def _answer(self, group: list[_Waiting]) -> None:
        failed: Exception | None = None
        try:
            self._transact(group)
        except _NOT_STORABLE as error:
            self._drop_connection()
            failed = error
            if len(group) > 1:  # one of them holds such a value; the others shall not suffer for it
                for waiting in group:
                    self._answer([waiting])
        except (sqlite3.Error, DoseKeeperError, MemoryError) as error:
            self._drop_connection()
            failed = error
        for waiting in group:
            waiting.settle(failed)

    def _transact(self, group: list[_Waiting]) -> None:
        if self._file_now() != self._file:  # it would still take writes, and lose them when it is closed
            raise StoreDownError(reason="the store's file was moved or replaced")
        connection = self._connection or self._open()
        connection.execute("BEGIN IMMEDIATE")
        for waiting in group:
            if waiting.request.error is None:
                applied = _apply(connection, waiting.statements)
                waiting.request.answers[waiting.index] = Committed.APPLIED if applied else Committed.CONFLICT
        connection.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        self._connection = connect(self._path, self._layout)
        return self._connection

    def _file_now(self) -> tuple[int, int]:
        try:
            facts = self._path.stat()
        except OSError:
            return (0, 0)
        return (facts.st_dev, facts.st_ino)

    def _drop_connection(self) -> None:
        """Close, which also rolls back, so that the next group starts on a sound connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _ours(error: Exception) -> DoseKeeperError:
    """A new error for each caller; several may wait for what went wrong once."""
    match error:
        case DamagedError():
            return DamagedError(**error.facts)
        case DoseKeeperError():
            return StoreDownError(**error.facts)
        case MemoryError():
            return StoreDownError(reason="there is no memory left")
        case sqlite3.Error() if not isinstance(error, _NOT_STORABLE):
            return our_error(error)
        case _:
            return InvalidError("item", "holds a value that cannot be stored")


def _apply(connection: sqlite3.Connection, statements: tuple[Statement, ...]) -> bool:
    """Carry out one change; False, and nothing of it, when an expectation fails."""
    connection.execute("SAVEPOINT change")
    for statement in statements:
        touched = connection.execute(statement.sql, statement.values).rowcount
        if statement.touches is not None and touched != statement.touches:
            connection.execute("ROLLBACK TO change")
            connection.execute("RELEASE change")
            return False
    connection.execute("RELEASE change")
    return True
