"""The writer in trouble: full disks, lost files, other programs, forks, and closing amid it all."""

import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from skill.errors import InvalidError, StoreDownError
from skill.service.ports import Change, Committed, Item, Place, Store
from skill.storage.sqlite import STORE_LAYOUT, SqliteStore, create_store
from skill.storage.sqlite_file import connect
from tests.storage.store_use import PAT, ROOT, commit, keys, put


def fill(store: Store, written: list[str]) -> None:
    """Commit pairs of large items until the store refuses."""
    while True:
        pair = [f"{letter}#{len(written):03d}" for letter in "AB"]
        commit(store, *(put(sk, bytes(6000)) for sk in pair))
        written += pair


def test_a_full_disk_takes_nothing_by_halves_and_the_store_recovers(store_path: Path) -> None:
    small = replace(STORE_LAYOUT, pragmas=(*STORE_LAYOUT.pragmas, "max_page_count=60"))
    written: list[str] = []

    with closing(SqliteStore(store_path, small)) as store:
        with pytest.raises(StoreDownError, match="the disk is full"):
            fill(store, written)
        assert commit(store, put("SMALL")) == [Committed.APPLIED]

    with closing(SqliteStore(store_path)) as store:
        assert keys(store) == sorted([*written, "SMALL"])
        store.check()
    assert len(written) > 10


def test_the_log_written_ahead_does_not_grow_without_end(store: SqliteStore, store_path: Path) -> None:
    for n in range(40):
        store.commit([Change(steps=(put(f"E#{n}#{m}", bytes(10_000)),)) for m in range(64)])

    assert store_path.stat().st_size > 20_000_000
    assert store_path.with_name("store.db-wal").stat().st_size < 8_000_000


DISK_FULL = """
import resource, sys
from pathlib import Path
from skill.errors import StoreDownError
from skill.service.ports import Change, Item, Place, Put
from skill.storage.sqlite import SqliteStore

store = SqliteStore(Path(sys.argv[1]))
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
acknowledged = 0
try:
    while True:
        places = [Place(pk="PAT#a", sk=f"{letter}#{acknowledged:03d}") for letter in "AB"]
        steps = tuple(Put(item=Item(place=place, body=bytes(9000)), expect=0) for place in places)
        store.commit([Change(steps=steps)])
        acknowledged += 1
except StoreDownError:
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
store.commit([Change(steps=(Put(item=Item(place=Place(pk="PAT#a", sk="C"), body=b""), expect=0),))])
store.check()
found = [item.place.sk for item in store.query("PAT#a", limit=1000)]
whole = [f"{letter}#{n:03d}" for letter in "AB" for n in range(acknowledged)]
sys.exit(0 if acknowledged > 3 and found == [*whole, "C"] else 1)
"""


def test_an_operating_system_that_refuses_to_write_loses_nothing_acknowledged(store_path: Path) -> None:
    outcome = subprocess.run([sys.executable, "-c", DISK_FULL, store_path], cwd=ROOT, timeout=60, check=False)

    assert outcome.returncode == 0


def test_a_store_moved_away_takes_no_more_writes_until_it_is_back(
    store: SqliteStore, store_path: Path
) -> None:
    commit(store, put("BEFORE"))
    store_path.rename(store_path.with_name("elsewhere.db"))

    with pytest.raises(StoreDownError, match="moved or replaced"):
        commit(store, put("MEANWHILE"))
    with pytest.raises(StoreDownError, match="moved or replaced"):
        keys(store)
    create_store(store_path)
    with pytest.raises(StoreDownError, match="moved or replaced"):
        commit(store, put("INTO_ANOTHER"))
    store_path.with_name("elsewhere.db").rename(store_path)

    assert commit(store, put("AFTER")) == [Committed.APPLIED]
    assert keys(store) == ["AFTER", "BEFORE"]


def test_another_program_that_holds_the_file_too_long_is_named(store_path: Path) -> None:
    hasty = replace(STORE_LAYOUT, pragmas=(*STORE_LAYOUT.pragmas, "busy_timeout=20"))

    with (
        closing(SqliteStore(store_path, hasty)) as store,
        closing(connect(store_path, STORE_LAYOUT)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreDownError, match="another program held the file for too long"):
            commit(store, put("CHART#NOW"))
        assert keys(store) == []
        other.execute("ROLLBACK")
        assert commit(store, put("CHART#NOW")) == [Committed.APPLIED]


def test_two_processes_count_one_counter_without_losing_a_step(store: SqliteStore, store_path: Path) -> None:
    commit(store, put("COUNT", b"0"))

    def count(own: Store) -> None:
        for _ in range(60):
            while True:
                item = own.get(Place(pk=PAT, sk="COUNT"))
                assert item is not None
                step = put("COUNT", b"%d" % (int(item.body) + 1), expect=item.version)
                if commit(own, step) == [Committed.APPLIED]:
                    break

    with closing(SqliteStore(store_path)) as beside:
        threads = [threading.Thread(target=count, args=(own,)) for own in (store, beside)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)

    item = store.get(Place(pk=PAT, sk="COUNT"))
    assert item == Item(place=Place(pk=PAT, sk="COUNT"), body=b"120", version=121)


def test_a_value_that_cannot_be_stored_harms_nobody_elses_change(store: SqliteStore) -> None:
    answers: list[list[Committed]] = []
    refused: list[str] = []

    def write(n: int) -> None:
        try:
            answers.append(commit(store, put(f"E#{n:02d}", expect=2**80 if n % 4 == 0 else 0)))
        except InvalidError as error:
            refused.append(error.problem)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert answers == [[Committed.APPLIED]] * 24
    assert refused == ["holds a value that cannot be stored"] * 8
    assert keys(store) == [f"E#{n:02d}" for n in range(32) if n % 4]


def test_closing_amid_writers_leaves_nobody_waiting_and_loses_nothing(store_path: Path) -> None:
    store = SqliteStore(store_path)
    acknowledged: list[str] = []
    begun = threading.Semaphore(0)

    def write(writer: int) -> None:
        try:
            for n in range(100_000):
                commit(store, put(f"E#{writer}#{n:06d}"))
                acknowledged.append(f"E#{writer}#{n:06d}")
                begun.release()
        except StoreDownError:
            return

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(40):
        begun.acquire(timeout=30)
    store.close()
    for thread in threads:
        thread.join(timeout=30)

    assert not any(thread.is_alive() for thread in threads)
    with closing(SqliteStore(store_path)) as again:
        assert set(acknowledged) <= set(keys(again))


FORK = """
import os, sys
from pathlib import Path
from skill.errors import StoreDownError
from skill.service.ports import Change, Item, Place, Put
from skill.storage.sqlite import SqliteStore

place = Place(pk="PAT#a", sk="A")
store = SqliteStore(Path(sys.argv[1]))
store.get(place)
child = os.fork()
if child == 0:
    refused = 0
    for use in (
        lambda: store.get(place),
        lambda: store.commit([Change(steps=(Put(item=Item(place=place, body=b""), expect=0),))]),
    ):
        try:
            use()
        except StoreDownError:
            refused += 1
    os._exit(refused)
_, status = os.waitpid(child, 0)
store.close()
sys.exit(0 if os.waitstatus_to_exitcode(status) == 2 else 1)
"""


def test_a_store_opened_before_a_fork_refuses_to_work_in_the_child(store_path: Path) -> None:
    outcome = subprocess.run([sys.executable, "-c", FORK, store_path], cwd=ROOT, timeout=60, check=False)

    assert outcome.returncode == 0


def test_a_program_that_ends_without_closing_does_not_hang(store_path: Path) -> None:
    program = (
        "import sys, pathlib; from skill.storage.sqlite import SqliteStore; "
        "kept = SqliteStore(pathlib.Path(sys.argv[1]))"
    )

    outcome = subprocess.run([sys.executable, "-c", program, store_path], cwd=ROOT, timeout=60, check=False)

    assert outcome.returncode == 0


MISTAKE = """
import sys, threading
from pathlib import Path
from skill.errors import StoreDownError
from skill.storage.sqlite import STORE_LAYOUT
from skill.storage.sqlite_writer import GroupWriter

class Mistake(tuple):
    def __iter__(self):
        raise LookupError

threading.excepthook = lambda facts: None
writer = GroupWriter(Path(sys.argv[1]), STORE_LAYOUT)
refused = []

def commit():
    try:
        writer.commit([Mistake()] * 3)
    except StoreDownError:
        refused.append(1)

threads = [threading.Thread(target=commit, daemon=True) for _ in range(100)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(timeout=30)
writer.close()
sys.exit(0 if len(refused) == 100 else 1)
"""


def test_a_mistake_that_ends_the_writer_leaves_nobody_waiting(store_path: Path) -> None:
    outcome = subprocess.run([sys.executable, "-c", MISTAKE, store_path], cwd=ROOT, timeout=60, check=False)

    assert outcome.returncode == 0
