"""What a backup says about itself: ``manifest.json``."""

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from skill.errors import DamagedError, InvalidError
from skill.storage.sqlite import STORE_FILE, STORE_LAYOUT
from skill.storage.sqlite_file import connect
from skill.storage.sqlite_shelf import SHELF_FILE, SHELF_LAYOUT

MANIFEST_FILE = "manifest.json"
KEY_FILE_NOTE = (
    "The key file is not in this backup, on purpose: the backup alone tells nobody anything. "
    "Without the key file nobody can read it either, not even you: keep a copy of that one line in "
    "another place. Delete a backup after 30 days: it still holds the keys of people erased since."
)
LAYOUTS = ((STORE_FILE, STORE_LAYOUT), (SHELF_FILE, SHELF_LAYOUT))  # in the order in which they are copied

_FORMAT = 1


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup holds. ``created``: no later moment is in it. ``sha256``: of each file, by name."""

    created: datetime
    items: int
    patients: int
    keys: int
    sha256: dict[str, str]


def read_manifest(source: Path) -> Manifest:
    """The manifest in ``source``; ``InvalidError`` when there is none, ``DamagedError`` when unreadable."""
    try:
        facts = json.loads((source / MANIFEST_FILE).read_bytes())
    except OSError as error:
        raise InvalidError("source", "is not a backup: it has no manifest.json") from error
    except ValueError as error:
        raise DamagedError(reason="the manifest is damaged") from error
    try:
        if facts["format"] != _FORMAT:
            raise DamagedError(reason="a newer release wrote this backup", found=str(facts["format"]))
        return _from_json(facts)
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(reason="the manifest is damaged") from error


def describe(folder: Path, created: datetime) -> Manifest:
    """The manifest of the copies that lie in ``folder``."""
    with (
        closing(connect(folder / STORE_FILE, STORE_LAYOUT, read_only=True)) as store,
        closing(connect(folder / SHELF_FILE, SHELF_LAYOUT, read_only=True)) as shelf,
    ):
        return Manifest(
            created=created,
            items=_count(store, "SELECT count(*) FROM item"),
            patients=_count(store, "SELECT count(*) FROM item WHERE sk = 'CHART#NOW'"),
            keys=_count(shelf, "SELECT count(*) FROM key"),
            sha256={name: sha256_of(folder / name) for name, _ in LAYOUTS},
        )


def as_json(manifest: Manifest) -> bytes:
    """What is written to ``manifest.json``, with the note about the key file for whoever opens it."""
    facts = {
        "format": _FORMAT,
        "created": manifest.created.isoformat(),
        "counts": {"items": manifest.items, "patients": manifest.patients, "keys": manifest.keys},
        "layouts": {name: layout.version for name, layout in LAYOUTS},
        "sha256": manifest.sha256,
        "key_file": KEY_FILE_NOTE,
    }
    return (json.dumps(facts, indent=2) + "\n").encode()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _from_json(facts: dict[str, Any]) -> Manifest:
    counts = facts["counts"]
    return Manifest(
        created=datetime.fromisoformat(facts["created"]),
        items=int(counts["items"]),
        patients=int(counts["patients"]),
        keys=int(counts["keys"]),
        sha256={name: str(facts["sha256"][name]) for name, _ in LAYOUTS},
    )


def _count(connection: sqlite3.Connection, sql: str) -> int:
    ((count,),) = connection.execute(sql).fetchall()
    return int(count)
