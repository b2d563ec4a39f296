"""What the two SQLite files have in common: making, opening, checking, and what an error of theirs means."""

import os
import sqlite3
import tempfile
from pathlib import Path

from msgspec import Struct

from skill.errors import DamagedError, DoseKeeperError, InvalidError, NotFoundError, StoreDownError
from skill.storage.durable import make_durable

BUSY_SECONDS = 3.0  # the longest wait for another process; Alexa hangs up after 8

_OLDEST_SQLITE = (3, 37)  # strict tables
_DAMAGED = "the file is damaged; restore a backup"
_MEANINGS = (
    ("SQLITE_FULL", "the disk is full"),
    ("SQLITE_READONLY", "the file or its folder is read-only"),
    ("SQLITE_BUSY", "another program held the file for too long"),
    ("SQLITE_CANTOPEN", "the file cannot be opened"),
    ("SQLITE_IOERR", "the disk reports an error"),
)


class Layout(Struct, frozen=True, kw_only=True):
    """The tables of a file, and how it is written.

    ``mark``: the application id in the file's head, which tells it from any other SQLite file.
    ``version`` rises when a release before could not read what is written.
    """

    name: str
    mark: int
    version: int
    journal: str
    pragmas: tuple[str, ...]
    statements: tuple[str, ...]


def create_file(path: Path, layout: Layout) -> None:
    """Make an empty file of this layout, open to its owner alone: whole and durable, or not at all.

    ``InvalidError`` when something lies at ``path``; ``StoreDownError`` when it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=path.name + ".", dir=path.parent)  # open to its owner alone
        os.close(handle)
        unfinished = Path(name)
        try:
            _fill(unfinished, layout)
            path.hardlink_to(unfinished)  # unlike a rename, fails when something lies there
        finally:
            unfinished.unlink()
        make_durable(path.parent)
    except FileExistsError as error:
        raise InvalidError(layout.name, "is already there") from error
    except sqlite3.Error as error:
        raise our_error(error) from error
    except OSError as error:
        raise StoreDownError(reason="the file cannot be made", file=layout.name) from error


def connect(path: Path, layout: Layout, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection that any one thread at a time may use, in autocommit mode, its layout checked.

    Never makes a file: a missing one is ``NotFoundError``, since an empty store would look healthy
    while nobody is reminded. ``DamagedError``: not ours, or written by a newer release.
    """
    if not path.is_file():
        raise NotFoundError(kind=layout.name, id=path.name)
    connection = _open(path)
    try:
        _set_up(connection, layout)
        _check_layout(connection, layout)
        if read_only:
            connection.execute("PRAGMA query_only=ON")
        else:  # a folder that cannot be written is found now, not at the first dose
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        connection.close()
        raise our_error(error) from error
    except DamagedError:
        connection.close()
        raise
    return connection


def check_pages(connection: sqlite3.Connection, layout: Layout, *, thorough: bool = False) -> None:
    """Read every page; ``DamagedError`` when one is not as it should be.

    ``thorough`` also compares each index with its table (about twice the time).
    """
    try:
        rows = connection.execute("PRAGMA integrity_check" if thorough else "PRAGMA quick_check").fetchall()
    except sqlite3.Error as error:
        raise our_error(error) from error
    if rows != [("ok",)]:
        raise DamagedError(reason=_DAMAGED, file=layout.name, problems=len(rows))


def our_error(error: sqlite3.Error) -> DoseKeeperError:
    """What SQLite reports, as an error of ours: damaged content, or a store that is down."""
    name: str = getattr(error, "sqlite_errorname", type(error).__name__)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DamagedError(reason=_DAMAGED, code=name)
    meaning = next((words for start, words in _MEANINGS if name.startswith(start)), "the store failed")
    return StoreDownError(reason=meaning, code=name)


def _open(path: Path) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreDownError(reason="SQLite 3.37 or newer is needed", found=sqlite3.sqlite_version)
    try:
        return sqlite3.connect(
            path.absolute().as_uri() + "?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_SECONDS,
        )
    except sqlite3.Error as error:
        raise our_error(error) from error


def _set_up(connection: sqlite3.Connection, layout: Layout) -> None:
    for pragma in ("trusted_schema=OFF", *layout.pragmas):
        connection.execute(f"PRAGMA {pragma}")


def _fill(path: Path, layout: Layout) -> None:
    connection = _open(path)
    try:
        _set_up(connection, layout)
        connection.execute(f"PRAGMA journal_mode={layout.journal}")
        connection.execute("BEGIN IMMEDIATE")
        for statement in layout.statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id={layout.mark}")
        connection.execute(f"PRAGMA user_version={layout.version}")
        connection.execute("COMMIT")
    finally:
        connection.close()


def _check_layout(connection: sqlite3.Connection, layout: Layout) -> None:
    ((application,),) = connection.execute("PRAGMA application_id").fetchall()
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    if application != layout.mark:
        raise DamagedError(reason="this is not a file of Dose Keeper", file=layout.name)
    if version > layout.version:
        reason = "a newer release wrote this file; use that release"
        raise DamagedError(reason=reason, file=layout.name, found=version, readable=layout.version)
    if version < layout.version:
        raise DamagedError(reason="the layout of this file is unknown", file=layout.name, found=version)
