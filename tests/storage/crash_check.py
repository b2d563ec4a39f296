"""A fresh process that looks at a store after a crash.

    python -m tests.storage.crash_check FOLDER < FACTS

``FACTS`` is JSON: for each writer the last number that it started and the last that was acknowledged to
it. Exit 0 when every acknowledged change is there, no change is there by half, and no page is damaged.
"""

import json
import sys
from contextlib import closing
from pathlib import Path

from skill.service.ports import Place
from skill.storage.sqlite import STORE_FILE, SqliteStore
from tests.storage.crash_writer import body_of


def faults(store: SqliteStore, name: str, started: int, acknowledged: int) -> list[str]:
    pk = f"PAT#{name}"
    head = store.get(Place(pk=pk, sk="HEAD"))
    last = 0 if head is None else int(head.body)
    found = []
    if not acknowledged <= last <= started:
        found.append(f"{name}: {acknowledged} acknowledged, {started} started, {last} there")
    if head is not None and head.version != last:
        found.append(f"{name}: the head has version {head.version} at number {last}")
    for twin in ("A", "B"):
        items = store.query(pk, prefix=f"{twin}#", limit=1_000_000)
        there = {item.place.sk: item.body for item in items}
        if there != {f"{twin}#{number:06d}": body_of(name, number) for number in range(1, last + 1)}:
            found.append(f"{name}: not exactly the {twin} of 1 to {last}")
    if store.query(pk, prefix="GHOST#"):
        found.append(f"{name}: a refused change left something behind")
    return found


def main() -> int:
    facts = json.load(sys.stdin)
    with closing(SqliteStore(Path(sys.argv[1]) / STORE_FILE)) as store:
        store.check()
        found = [fault for name, numbers in facts.items() for fault in faults(store, name, *numbers)]
    sys.stdout.write("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
