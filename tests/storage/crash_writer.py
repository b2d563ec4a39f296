"""A program that writes to a store from several threads until it is killed.

    python -m tests.storage.crash_writer FOLDER ROUND

It tells every number before it commits it (``started``) and after (``acknowledged``), one line each.
"""

import hashlib
import itertools
import os
import sys
import threading
from pathlib import Path

from skill.service.ports import Change, Committed, Item, Place, Put
from skill.storage.sqlite import STORE_FILE, SqliteStore

THREADS = 4
NEVER = 10**9  # a version that no item has


def body_of(name: str, number: int) -> bytes:
    """100 bytes to 9 KB that nobody else writes."""
    seed = hashlib.sha256(f"{name}/{number}".encode()).digest()
    return seed * (3 + int.from_bytes(seed[:2], "big") % 280)


def changes_of(name: str, number: int) -> list[Change]:
    """The numbered change, of three items; with every third number one that must not be carried out."""
    pk = f"PAT#{name}"
    body = body_of(name, number)
    twins = [Item(place=Place(pk=pk, sk=f"{twin}#{number:06d}"), body=body) for twin in ("A", "B")]
    head = Item(place=Place(pk=pk, sk="HEAD"), body=b"%d" % number)
    changes = [
        Change(steps=(Put(item=head, expect=number - 1), *(Put(item=twin, expect=0) for twin in twins)))
    ]
    if number % 3 == 0:
        ghost = Item(place=Place(pk=pk, sk=f"GHOST#{number:06d}"), body=body)
        changes.append(Change(steps=(Put(item=ghost, expect=0), Put(item=head, expect=NEVER))))
    return changes


def write(store: SqliteStore, name: str) -> None:
    for number in itertools.count(1):
        tell("started", name, number)
        applied, *refused = store.commit(changes_of(name, number))
        if applied is not Committed.APPLIED or Committed.APPLIED in refused:
            tell("wrong", name, number)
        tell("acknowledged", name, number)


def tell(what: str, name: str, number: int) -> None:
    os.write(1, f"{what} {name} {number}\n".encode())  # one write, so that no line is torn


def main() -> None:
    folder, round_name = sys.argv[1:]
    store = SqliteStore(Path(folder) / STORE_FILE)
    for number in range(THREADS):
        threading.Thread(target=write, args=(store, f"{round_name}_{number}")).start()


if __name__ == "__main__":
    main()
