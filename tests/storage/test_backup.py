"""A backup taken from a store in use, and the way back from it."""

import json
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skill.chance import SystemChance
from skill.clock import WoundClock
from skill.errors import DamagedError, InvalidError, StoreDownError
from skill.service.ports import Change, Item, Place, Put
from skill.storage.backup import Restored, backup, restore, restored
from skill.storage.backup_manifest import Manifest
from skill.storage.key_file import create_key_file, read_key_file
from skill.storage.key_wrapping import KeyFileWrapper
from skill.storage.keys import KeyRing
from skill.storage.sealing import PatientSealer
from skill.storage.sqlite import STORE_FILE, SqliteStore, create_store
from skill.storage.sqlite_shelf import SHELF_FILE, SqliteKeyShelf, create_shelf

ADA = "pat_aaaaaaaaaaaaaaaa"
ADAS_CHART = Place(pk=f"PAT#{ADA}", sk="CHART#NOW")
EVENING = datetime(2027, 5, 4, 20, tzinfo=UTC)
NEXT_MORNING = datetime(2027, 5, 5, 7, tzinfo=UTC)


@dataclass
class House:
    """A data folder in use, its key file beside it, and a place for backups."""

    root: Path

    def __post_init__(self) -> None:
        self.data = self.root / "data"
        self.target = self.root / "backups" / "tuesday"
        self.clock = WoundClock(EVENING)
        for folder in (self.data, self.target.parent):
            folder.mkdir(mode=0o700)
        create_store(self.data / STORE_FILE)
        create_shelf(self.data / SHELF_FILE)
        create_key_file(self.root / "dosekeeper.key", SystemChance())
        self.open(self.data)
        self.ring.make_first_keys()

    def open(self, data: Path) -> None:
        root = read_key_file(self.root / "dosekeeper.key", data)
        self.store = SqliteStore(data / STORE_FILE)
        self.shelf = SqliteKeyShelf(data / SHELF_FILE)
        self.ring = KeyRing(self.shelf, KeyFileWrapper(root, SystemChance()), self.clock, SystemChance())
        self.sealer = PatientSealer(self.ring, SystemChance())

    def close(self) -> None:
        self.store.close()
        self.shelf.close()

    def write(self, place: Place, body: bytes) -> None:
        item = Item(place=place, body=self.sealer.seal(body, place))
        self.store.commit([Change(steps=(Put(item=item, expect=None),))])

    def read(self, place: Place) -> bytes | None:
        item = self.store.get(place)
        return None if item is None else self.sealer.open(item.body, place)

    def back_up(self) -> Manifest:
        return backup(self.data / STORE_FILE, self.data / SHELF_FILE, self.target, self.clock)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(House(tmp_path)) as opened:
        yield opened


@pytest.fixture
def adas_house(house: House) -> House:
    """Ada's chart is written, and a backup lies on the shelf."""
    house.ring.make_patient_key(ADA)
    house.write(ADAS_CHART, b"Metformin 500 mg")
    house.back_up()
    return house


def test_a_backup_taken_in_use_brings_everything_back(adas_house: House, tmp_path: Path) -> None:
    adas_house.write(ADAS_CHART, b"Metformin 850 mg")
    adas_house.close()

    restore(adas_house.target, tmp_path / "new", NEXT_MORNING)

    adas_house.open(tmp_path / "new")
    adas_house.ring.check()
    adas_house.store.check()
    assert adas_house.read(ADAS_CHART) == b"Metformin 500 mg"


def test_a_backup_is_three_files_for_their_owner_alone(adas_house: House) -> None:
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in adas_house.target.iterdir()}

    assert modes == {"store.db": 0o600, "keys.db": 0o600, "manifest.json": 0o600}
    assert stat.S_IMODE(adas_house.target.stat().st_mode) == 0o700
    assert [file.name for file in adas_house.target.parent.iterdir()] == ["tuesday"]


def test_a_backup_holds_neither_the_key_file_nor_a_readable_word(adas_house: House, tmp_path: Path) -> None:
    key_line = (tmp_path / "dosekeeper.key").read_bytes().strip()
    root = read_key_file(tmp_path / "dosekeeper.key", adas_house.data)

    for file in adas_house.target.iterdir():
        content = file.read_bytes()
        assert content
        for secret in (key_line, root, b"Metformin"):
            assert secret not in content


def test_a_manifest_counts_what_is_in_it_and_says_what_the_key_file_means(house: House) -> None:
    for n in range(3):
        house.ring.make_patient_key(f"pat_{n}")
        house.write(Place(pk=f"PAT#pat_{n}", sk="CHART#NOW"), b"chart")
        house.write(Place(pk=f"PAT#pat_{n}", sk="CHART#PLAN"), b"plan")

    made = house.back_up()

    facts = json.loads((house.target / "manifest.json").read_text())
    assert facts["created"] == "2027-05-04T20:00:00+00:00"
    assert facts["counts"] == {"items": 6, "patients": 3, "keys": 6}
    assert facts["layouts"] == {"store.db": 1, "keys.db": 1}
    assert sorted(facts["sha256"]) == ["keys.db", "store.db"]
    assert "The key file is not in this backup, on purpose" in facts["key_file"]
    assert "Without the key file nobody can read it" in facts["key_file"]
    assert (made.created, made.items, made.patients, made.keys) == (EVENING, 6, 3, 6)


def test_a_restored_store_remembers_when_and_from_which_moment(adas_house: House, tmp_path: Path) -> None:
    restore(adas_house.target, tmp_path / "new", NEXT_MORNING)

    with closing(SqliteStore(tmp_path / "new" / STORE_FILE)) as store:
        assert restored(store) == Restored(at=NEXT_MORNING, backup_of=EVENING)
    assert restored(adas_house.store) is None


def test_the_last_of_two_restores_counts(adas_house: House, tmp_path: Path) -> None:
    restore(adas_house.target, tmp_path / "first", NEXT_MORNING)
    noon = WoundClock(datetime(2027, 5, 5, 12, tzinfo=UTC))
    first = tmp_path / "first"
    backup(first / STORE_FILE, first / SHELF_FILE, tmp_path / "backups" / "wednesday", noon)

    evening = datetime(2027, 5, 5, 20, tzinfo=UTC)
    restore(tmp_path / "backups" / "wednesday", tmp_path / "second", evening)

    with closing(SqliteStore(tmp_path / "second" / STORE_FILE)) as store:
        assert restored(store) == Restored(at=evening, backup_of=datetime(2027, 5, 5, 12, tzinfo=UTC))


def test_a_restored_store_is_written_ahead_again(adas_house: House, tmp_path: Path) -> None:
    restore(adas_house.target, tmp_path / "new", NEXT_MORNING)

    assert sorted(file.name for file in (tmp_path / "new").iterdir()) == ["keys.db", "store.db"]
    with closing(SqliteStore(tmp_path / "new" / STORE_FILE)) as store:
        store.commit([Change(steps=(Put(item=Item(place=ADAS_CHART, body=b"new"), expect=None),))])
        assert (tmp_path / "new" / "store.db-wal").stat().st_size > 0


def test_every_item_in_a_backup_taken_amid_enrolment_has_its_key(house: House, tmp_path: Path) -> None:
    enough, done = threading.Event(), threading.Event()

    def enrol() -> None:
        for n in range(100_000):
            house.ring.make_patient_key(f"pat_{n:05d}")
            place = Place(pk=f"PAT#pat_{n:05d}", sk="CHART#NOW")
            house.write(place, b"chart %05d" % n)
            if n == 30:
                enough.set()
            if done.is_set():
                return

    enroller = threading.Thread(target=enrol)
    enroller.start()
    enough.wait(timeout=30)
    made = house.back_up()
    done.set()
    enroller.join(timeout=30)
    house.close()

    restore(house.target, tmp_path / "new", NEXT_MORNING)

    house.open(tmp_path / "new")
    assert made.patients >= 30
    for n in range(made.patients):
        assert house.read(Place(pk=f"PAT#pat_{n:05d}", sk="CHART#NOW")) == b"chart %05d" % n


def test_a_backup_never_overwrites_another(adas_house: House) -> None:
    before = {file.name: file.read_bytes() for file in adas_house.target.iterdir()}

    with pytest.raises(InvalidError, match="field=target problem=is there already"):
        adas_house.back_up()

    assert {file.name: file.read_bytes() for file in adas_house.target.iterdir()} == before


def test_an_empty_folder_may_take_a_backup(house: House) -> None:
    house.target.mkdir()

    house.back_up()

    assert len(list(house.target.iterdir())) == 3


def test_a_backup_into_the_data_folder_is_refused(house: House) -> None:
    house.target = house.data / "backup"

    with pytest.raises(InvalidError, match="lies in the data folder"):
        house.back_up()


def test_a_backup_into_a_folder_that_is_not_there_is_refused(house: House) -> None:
    house.target = house.root / "nowhere" / "tuesday"

    with pytest.raises(InvalidError, match="its folder is missing"):
        house.back_up()


def test_a_damaged_store_is_not_backed_up(adas_house: House) -> None:
    adas_house.close()
    store = adas_house.data / STORE_FILE
    content = bytearray(store.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    store.write_bytes(content)
    adas_house.target = adas_house.root / "backups" / "wednesday"

    with pytest.raises(DamagedError):
        adas_house.back_up()

    assert [folder.name for folder in adas_house.target.parent.iterdir()] == ["tuesday"]


@pytest.mark.parametrize("name", ("store.db", "keys.db"))
@pytest.mark.parametrize("harm", ("one bit", "cut short", "missing"))
def test_a_backup_that_is_not_as_it_was_written_is_refused(
    adas_house: House, tmp_path: Path, name: str, harm: str
) -> None:
    file = adas_house.target / name
    content = file.read_bytes()
    if harm == "one bit":
        file.write_bytes(content[:5000] + bytes((content[5000] ^ 1,)) + content[5001:])
    elif harm == "cut short":
        file.write_bytes(content[:-4096])
    else:
        file.unlink()

    with pytest.raises(DamagedError):
        restore(adas_house.target, tmp_path / "new", NEXT_MORNING)

    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize(
    ("manifest", "error"),
    (
        (None, InvalidError),
        ("", DamagedError),
        ("[]", DamagedError),
        ("{}", DamagedError),
        ('{"format": 2}', DamagedError),
        ('{"format": 1, "created": "yesterday"}', DamagedError),
    ),
    ids=("missing", "empty", "a list", "says nothing", "of a newer release", "without counts"),
)
def test_a_folder_without_a_readable_manifest_is_no_backup(
    adas_house: House, tmp_path: Path, manifest: str | None, error: type[Exception]
) -> None:
    if manifest is None:
        (adas_house.target / "manifest.json").unlink()
    else:
        (adas_house.target / "manifest.json").write_text(manifest)

    with pytest.raises(error):
        restore(adas_house.target, tmp_path / "new", NEXT_MORNING)

    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", ("a store", "any file", "a file in its place"))
def test_nothing_is_restored_over_what_is_there(adas_house: House, tmp_path: Path, content: str) -> None:
    new = tmp_path / "new"
    if content == "a file in its place":
        new.write_text("mine")
    else:
        new.mkdir()
        (new / (STORE_FILE if content == "a store" else "notes.txt")).write_text("mine")

    with pytest.raises(InvalidError, match="field=data_folder"):
        restore(adas_house.target, new, NEXT_MORNING)

    kept = new if new.is_file() else next(iter(new.iterdir()))
    assert kept.read_text() == "mine"


def test_a_restore_that_was_cut_off_is_begun_anew(adas_house: House, tmp_path: Path) -> None:
    new = tmp_path / "new"
    (new / ".restoring").mkdir(parents=True)
    (new / ".restoring" / STORE_FILE).write_bytes(b"half of it")
    shutil.copy(adas_house.target / SHELF_FILE, new / SHELF_FILE)

    restore(adas_house.target, new, NEXT_MORNING)

    assert sorted(file.name for file in new.iterdir()) == ["keys.db", "store.db"]
    with closing(SqliteStore(new / STORE_FILE)) as store:
        assert restored(store) is not None


def test_a_store_in_use_is_never_taken_for_a_restore_cut_off(adas_house: House, tmp_path: Path) -> None:
    new = tmp_path / "new"
    restore(adas_house.target, new, NEXT_MORNING)
    (new / ".restoring").mkdir()
    before = (new / STORE_FILE).read_bytes()

    with pytest.raises(InvalidError, match="is not empty"):
        restore(adas_house.target, new, NEXT_MORNING)

    assert (new / STORE_FILE).read_bytes() == before


def test_a_restore_into_a_folder_that_cannot_be_made_says_so(adas_house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreDownError, match="cannot be restored"):
        restore(adas_house.target, tmp_path / "file" / "new", NEXT_MORNING)
