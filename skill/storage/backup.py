"""A backup of a running store and its key shelf, and the way back.

A backup is a folder: ``store.db``, ``keys.db`` and ``manifest.json``. It never holds the key file.
"""

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from skill.clock import Clock
from skill.errors import DamagedError, InvalidError, StoreDownError
from skill.storage.backup_manifest import (
    LAYOUTS,
    MANIFEST_FILE,
    Manifest,
    as_json,
    describe,
    read_manifest,
    sha256_of,
)
from skill.storage.durable import make_durable
from skill.storage.sqlite import STORE_FILE, STORE_LAYOUT, SqliteStore
from skill.storage.sqlite_file import Layout, check_pages, connect, our_error
from skill.storage.sqlite_shelf import SHELF_FILE

_UNFINISHED = ".restoring"  # without a store beside it, all in the folder is of an attempt cut off
_RESTORED = "restored"


class Restored(Struct, frozen=True, kw_only=True):
    """This store came out of a backup: no message that was queued before ``backup_of`` is sent again."""

    at: datetime
    backup_of: datetime


def backup(store: Path, shelf: Path, target: Path, clock: Clock) -> Manifest:
    """Copy both files, while they are in use, into the new folder ``target``; checked, whole or not at all.

    ``InvalidError``: ``target`` is not empty, or cannot be made. ``DamagedError``: the store is damaged.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InvalidError("target", "is there already; name a new folder")
    if target.resolve().is_relative_to(store.parent.resolve()):
        raise InvalidError("target", "lies in the data folder; what is lost with it is no backup")
    try:
        unfinished = Path(tempfile.mkdtemp(prefix=target.name + ".", dir=target.parent))
    except OSError as error:
        raise InvalidError("target", "cannot be made: its folder is missing or read-only") from error
    try:
        # The store first: a key made meanwhile is in the later copy, so every item in the backup has its key.
        for path, (name, layout) in zip((store, shelf), LAYOUTS, strict=True):
            _copy_running(path, unfinished / name, layout)
        manifest = describe(unfinished, clock.now())
        _write_durably(unfinished / MANIFEST_FILE, as_json(manifest))
        make_durable(unfinished)
        unfinished.rename(target)
        make_durable(target.parent)
    except sqlite3.Error as error:
        raise our_error(error) from error
    except OSError as error:
        raise StoreDownError(reason="the backup cannot be written: disk full or failing") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def restore(source: Path, data_folder: Path, now: datetime) -> Manifest:
    """Check the backup in ``source`` and bring it into ``data_folder``, which is new or empty.

    The store remembers (``restored``) so that old messages are not sent again. A restore that was cut
    off is begun anew. ``InvalidError``: the folder is not empty, or the source is no backup.
    ``DamagedError``: a file is not as it was written, or of a newer release; the folder is left empty.
    """
    manifest = read_manifest(source)
    unfinished = data_folder / _UNFINISHED
    begun = unfinished.is_dir() and not (data_folder / STORE_FILE).exists()
    if data_folder.exists() and not begun and (not data_folder.is_dir() or any(data_folder.iterdir())):
        raise InvalidError("data_folder", "is not empty; nothing is ever restored over it")
    try:
        data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.mkdir(mode=0o700, exist_ok=True)
        (data_folder / SHELF_FILE).unlink(missing_ok=True)
        try:
            for name, layout in LAYOUTS:
                _copy_checked(source / name, unfinished / name, manifest.sha256[name], layout)
            _note(unfinished / STORE_FILE, Restored(at=now, backup_of=manifest.created))
        except (DamagedError, StoreDownError, OSError):
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        for name, _ in reversed(LAYOUTS):  # the store last: where there is one, all is there
            (unfinished / name).rename(data_folder / name)
        make_durable(data_folder)
        shutil.rmtree(unfinished)
    except OSError as error:
        raise StoreDownError(reason="the backup cannot be restored: disk full or failing") from error
    return manifest


def restored(store: SqliteStore) -> Restored | None:
    """When and from which moment's backup this store was last restored; None when it never was."""
    note = store.meta(_RESTORED)
    if note is None:
        return None
    facts = json.loads(note)
    return Restored(
        at=datetime.fromisoformat(facts["at"]), backup_of=datetime.fromisoformat(facts["backup_of"])
    )


def _copy_running(path: Path, copy: Path, layout: Layout) -> None:
    """One moment of a file in use, as a single file without a journal."""
    copy.touch(mode=0o600)
    try:
        with (
            closing(connect(path, layout, read_only=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
            check_pages(target, layout, thorough=True)
    except sqlite3.Error as error:
        raise our_error(error) from error
    make_durable(copy)


def _copy_checked(path: Path, copy: Path, sha256: str, layout: Layout) -> None:
    if not path.is_file():
        raise DamagedError(reason="a file of the backup is missing", file=path.name)
    copy.unlink(missing_ok=True)
    copy.touch(mode=0o600)
    with path.open("rb") as source, copy.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    if sha256_of(copy) != sha256:
        raise DamagedError(reason="a file of the backup is not as it was written", file=path.name)
    try:
        with closing(connect(copy, layout)) as connection:
            check_pages(connection, layout, thorough=True)
            connection.execute(f"PRAGMA journal_mode={layout.journal}")
    except sqlite3.Error as error:
        raise our_error(error) from error
    make_durable(copy)


def _note(store: Path, fact: Restored) -> None:
    text = json.dumps({"at": fact.at.isoformat(), "backup_of": fact.backup_of.isoformat()})
    try:
        with closing(connect(store, STORE_LAYOUT)) as connection:
            connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (_RESTORED, text))
    except sqlite3.Error as error:
        raise our_error(error) from error
    make_durable(store)


def _write_durably(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
    make_durable(path)
