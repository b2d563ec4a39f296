"""The key ring: who has which key, for how long it is remembered, and how it ends."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skill.chance import SystemChance
from skill.clock import WoundClock
from skill.errors import DamagedError, KeyUnavailableError, StoreDownError
from skill.service.ports import KeyShelf, Place
from skill.storage.key_wrapping import KeyFileWrapper
from skill.storage.keys import KeyRing
from skill.storage.sealing import PatientSealer
from skill.storage.sqlite_shelf import SHELF_FILE, SqliteKeyShelf, create_shelf

ADA, BEN = "pat_aaaaaaaaaaaaaaaa", "pat_bbbbbbbbbbbbbbbb"
ADAS_CHART = Place(pk=f"PAT#{ADA}", sk="CHART#NOW")
FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[SqliteKeyShelf]:
    create_shelf(tmp_path / SHELF_FILE)
    with closing(SqliteKeyShelf(tmp_path / SHELF_FILE)) as opened:
        yield opened


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock(datetime(2027, 5, 4, 6, tzinfo=UTC))


@pytest.fixture
def ring(shelf: SqliteKeyShelf, clock: WoundClock) -> KeyRing:
    made = a_ring(shelf, clock)
    made.make_first_keys()
    return made


def a_ring(shelf: KeyShelf, clock: WoundClock, root: bytes = b"\x11" * 32) -> KeyRing:
    """A ring that remembers nothing, as after a start."""
    return KeyRing(shelf, KeyFileWrapper(root, SystemChance()), clock, SystemChance())


def a_sealer(ring: KeyRing) -> PatientSealer:
    return PatientSealer(ring, SystemChance())


class CountingShelf:
    """A shelf that counts how often it is asked."""

    def __init__(self, shelf: KeyShelf) -> None:
        self._shelf = shelf
        self.asked = 0
        self.put_if_absent, self.destroy, self.ids = shelf.put_if_absent, shelf.destroy, shelf.ids

    def find(self, key_id: str) -> bytes | None:
        self.asked += 1
        return self._shelf.find(key_id)


def test_what_is_sealed_today_opens_after_a_restart(
    ring: KeyRing, shelf: KeyShelf, clock: WoundClock
) -> None:
    ring.make_patient_key(ADA)
    sealed = a_sealer(ring).seal(b"Metformin", ADAS_CHART)

    assert a_sealer(a_ring(shelf, clock)).open(sealed, ADAS_CHART) == b"Metformin"


def test_each_patient_has_a_key_and_everything_else_the_deployments(ring: KeyRing) -> None:
    ring.make_patient_key(ADA)
    ring.make_patient_key(BEN)

    assert ring.key_of(f"PAT#{ADA}").id == f"patient/{ADA}"
    assert ring.key_of(f"PAT#{BEN}").id == f"patient/{BEN}"
    for pk in (
        "LINK#alexa_user#00ff",
        "HOUSE#hou_a",
        "DEVICE#dev_a",
        "ORG#home",
        "COUNT#links",
        "PATIENTS#x",
    ):
        assert ring.key_of(pk).id == "deployment/-"


def test_a_body_of_one_patient_does_not_open_as_anothers(ring: KeyRing) -> None:
    ring.make_patient_key(ADA)
    ring.make_patient_key(BEN)
    sealed = a_sealer(ring).seal(b"Metformin", ADAS_CHART)

    with pytest.raises(DamagedError):
        a_sealer(ring).open(sealed, Place(pk=f"PAT#{BEN}", sk="CHART#NOW"))


def test_a_patient_without_a_key_can_neither_be_sealed_nor_opened(ring: KeyRing) -> None:
    with pytest.raises(KeyUnavailableError, match="never made, or has been destroyed"):
        a_sealer(ring).seal(b"Metformin", ADAS_CHART)
    with pytest.raises(KeyUnavailableError, match="never made, or has been destroyed"):
        ring.patient_key("")


def test_making_a_key_again_gives_the_one_that_is_there(ring: KeyRing) -> None:
    ring.make_patient_key(ADA)
    sealed = a_sealer(ring).seal(b"Metformin", ADAS_CHART)

    ring.make_patient_key(ADA)
    ring.make_first_keys()

    assert a_sealer(ring).open(sealed, ADAS_CHART) == b"Metformin"


def test_two_processes_that_make_a_key_at_once_agree_on_it(
    ring: KeyRing, shelf: KeyShelf, clock: WoundClock
) -> None:
    other = a_ring(shelf, clock)
    threads = [threading.Thread(target=each.make_patient_key, args=(ADA,)) for each in (ring, other) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    sealed = a_sealer(ring).seal(b"Metformin", ADAS_CHART)

    assert a_sealer(other).open(sealed, ADAS_CHART) == b"Metformin"


def test_patients_of_another_org_have_a_branch_of_their_own(ring: KeyRing, shelf: KeyShelf) -> None:
    ring.make_patient_key(ADA)
    ring.make_patient_key(BEN, org="ORG#clinic")

    assert sorted(shelf.ids()) == [
        "branch/ORG#clinic",
        "branch/ORG#home",
        "deployment/-",
        "index/-",
        f"patient/{ADA}",
        f"patient/{BEN}",
    ]


def test_a_destroyed_branch_key_takes_its_patients_with_it(
    ring: KeyRing, shelf: KeyShelf, clock: WoundClock
) -> None:
    ring.make_patient_key(ADA)
    shelf.destroy("branch/ORG#home")

    with pytest.raises(KeyUnavailableError):
        a_ring(shelf, clock).patient_key(ADA)


def test_a_key_is_remembered_for_five_minutes_and_then_asked_for_again(
    ring: KeyRing, shelf: SqliteKeyShelf, clock: WoundClock
) -> None:
    ring.make_patient_key(ADA)
    counting = CountingShelf(shelf)
    fresh = a_ring(counting, clock)
    asked = []

    for wind in (
        timedelta(0),
        timedelta(seconds=1),
        FIVE_MINUTES - timedelta(seconds=2),
        timedelta(seconds=1),
    ):
        clock.wind_by(wind)
        fresh.patient_key(ADA)
        asked.append(counting.asked)

    assert asked == [2, 2, 2, 4]  # the patient's, which tells its org, and the branch


def test_asking_often_does_not_make_a_key_be_remembered_longer(
    ring: KeyRing, shelf: SqliteKeyShelf, clock: WoundClock
) -> None:
    ring.make_patient_key(ADA)
    other = a_ring(shelf, clock)
    other.destroy_patient_key(ADA)

    for _ in range(299):
        clock.wind_by(timedelta(seconds=1))
        ring.patient_key(ADA)
    clock.wind_by(timedelta(seconds=1))

    with pytest.raises(KeyUnavailableError):
        ring.patient_key(ADA)


def test_a_body_no_longer_opens_once_its_key_is_destroyed_and_forgotten(
    ring: KeyRing, shelf: SqliteKeyShelf, clock: WoundClock
) -> None:
    ring.make_patient_key(ADA)
    sealed = a_sealer(ring).seal(b"Metformin", ADAS_CHART)
    elsewhere = a_ring(shelf, clock)
    elsewhere.patient_key(ADA)

    ring.destroy_patient_key(ADA)

    with pytest.raises(KeyUnavailableError):
        a_sealer(ring).open(sealed, ADAS_CHART)
    assert a_sealer(elsewhere).open(sealed, ADAS_CHART) == b"Metformin"
    clock.wind_by(FIVE_MINUTES)
    with pytest.raises(KeyUnavailableError):
        a_sealer(elsewhere).open(sealed, ADAS_CHART)


def test_a_key_made_anew_does_not_open_what_the_destroyed_one_sealed(ring: KeyRing) -> None:
    ring.make_patient_key(ADA)
    sealed = a_sealer(ring).seal(b"Metformin", ADAS_CHART)
    ring.destroy_patient_key(ADA)

    ring.make_patient_key(ADA)

    with pytest.raises(DamagedError, match="another key"):
        a_sealer(ring).open(sealed, ADAS_CHART)


def test_destroying_twice_does_nothing_more(ring: KeyRing) -> None:
    ring.make_patient_key(ADA)
    ring.make_patient_key(BEN)

    ring.destroy_patient_key(ADA)
    ring.destroy_patient_key(ADA)

    assert ring.patient_key(BEN).id == f"patient/{BEN}"


def test_nothing_of_a_destroyed_key_is_left_in_the_folder(
    ring: KeyRing, shelf: KeyShelf, tmp_path: Path
) -> None:
    for n in range(300):
        ring.make_patient_key(f"pat_{n:016d}")
    wrapped = shelf.find("patient/pat_0000000000000150")
    assert wrapped is not None
    assert any(wrapped[20:40] in file.read_bytes() for file in tmp_path.iterdir())

    ring.destroy_patient_key("pat_0000000000000150")

    for file in tmp_path.iterdir():
        for start in range(0, len(wrapped) - 8, 8):
            if start >= 24:  # what stands before is the same in every wrapped key of the org
                assert wrapped[start : start + 8] not in file.read_bytes()


def test_a_blind_name_is_the_same_after_a_restart_and_tells_nothing(
    ring: KeyRing, shelf: KeyShelf, clock: WoundClock
) -> None:
    name = ring.blind("phone", "+15551234567")

    assert name == a_ring(shelf, clock).blind("phone", "+15551234567")
    assert len(name) == 64
    assert set(name) <= set("0123456789abcdef")


def test_blind_names_differ_by_kind_by_value_and_by_deployment(
    ring: KeyRing, clock: WoundClock, tmp_path: Path
) -> None:
    create_shelf(tmp_path / "other.db")
    with closing(SqliteKeyShelf(tmp_path / "other.db")) as other_shelf:
        other = a_ring(other_shelf, clock)
        other.make_first_keys()

        names = {
            ring.blind("phone", "+15551234567"),
            ring.blind("phone", "+15551234568"),
            ring.blind("email", "+15551234567"),
            ring.blind("phone+", "15551234567"),
            ring.blind("phone", "Ünïcode"),
            other.blind("phone", "+15551234567"),
        }

    assert len(names) == 6


def test_the_check_passes_with_the_right_key_file(ring: KeyRing, shelf: KeyShelf, clock: WoundClock) -> None:
    ring.make_patient_key(ADA, org="ORG#clinic")

    a_ring(shelf, clock).check()


def test_the_check_names_a_wrong_key_file(ring: KeyRing, shelf: KeyShelf, clock: WoundClock) -> None:
    stranger = a_ring(shelf, clock, root=b"\x12" * 32)

    with pytest.raises(KeyUnavailableError, match="not the key file that the stored keys were wrapped with"):
        stranger.check()
    with pytest.raises(KeyUnavailableError):
        a_sealer(stranger).seal(b"body", Place(pk="HOUSE#hou_a", sk="-"))


def test_the_check_notices_a_lost_shelf_and_makes_no_new_keys(shelf: KeyShelf, clock: WoundClock) -> None:
    empty = a_ring(shelf, clock)

    with pytest.raises(KeyUnavailableError, match="keys of this deployment are missing"):
        empty.check()
    with pytest.raises(KeyUnavailableError):
        empty.deployment_key()
    with pytest.raises(KeyUnavailableError):
        empty.blind("phone", "+15551234567")

    assert list(shelf.ids()) == []


def test_the_check_tells_a_damaged_key_from_a_wrong_key_file(
    ring: KeyRing, shelf: KeyShelf, clock: WoundClock
) -> None:
    wrapped = shelf.find("index/-")
    assert wrapped is not None
    shelf.destroy("index/-")
    shelf.put_if_absent("index/-", wrapped[:-1] + bytes((wrapped[-1] ^ 1,)))

    with pytest.raises(DamagedError, match="changed or moved"):
        a_ring(shelf, clock).check()


def test_a_patient_key_moved_to_another_patient_does_not_serve(
    ring: KeyRing, shelf: KeyShelf, clock: WoundClock
) -> None:
    ring.make_patient_key(ADA)
    wrapped = shelf.find(f"patient/{ADA}")
    assert wrapped is not None
    shelf.put_if_absent(f"patient/{BEN}", wrapped)

    with pytest.raises(DamagedError, match="changed or moved"):
        a_ring(shelf, clock).patient_key(BEN)


def test_a_shelf_that_is_down_is_not_called_a_missing_key(
    ring: KeyRing, shelf: SqliteKeyShelf, clock: WoundClock
) -> None:
    ring.make_patient_key(ADA)
    shelf.close()

    assert ring.patient_key(ADA).id == f"patient/{ADA}"
    clock.wind_by(FIVE_MINUTES)
    with pytest.raises(StoreDownError):
        ring.patient_key(ADA)


def test_many_threads_share_one_ring(ring: KeyRing, clock: WoundClock) -> None:
    patients = [f"pat_{n:016d}" for n in range(20)]
    for patient in patients:
        ring.make_patient_key(patient)
    wrong: list[str] = []

    def ask(shift: int) -> None:
        for turn in range(200):
            patient = patients[(turn + shift) % 20]
            if ring.patient_key(patient).id != f"patient/{patient}":
                wrong.append(patient)

    threads = [threading.Thread(target=ask, args=(shift,)) for shift in range(6)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        clock.wind_by(FIVE_MINUTES)
    for thread in threads:
        thread.join(timeout=60)

    assert wrong == []
    assert not any(thread.is_alive() for thread in threads)
