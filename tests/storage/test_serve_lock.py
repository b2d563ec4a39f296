"""One serve per data folder."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from skill.errors import RefusedError, StoreDownError
from skill.storage.serve_lock import LOCK_FILE, ServeLock, holder_of
from skill.storage.sqlite import STORE_FILE, SqliteStore, create_store
from tests.storage.store_use import ROOT

HOLD = """
import sys
from pathlib import Path
from skill.storage.serve_lock import ServeLock

lock = ServeLock(Path(sys.argv[1]))
lock.take()
print("taken", flush=True)
sys.stdin.read()
"""


def a_holder(folder: Path) -> subprocess.Popen[str]:
    """Another process that serves ``folder``."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "taken\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=30)


def test_a_second_serve_is_refused_and_told_who_holds_the_folder(tmp_path: Path) -> None:
    process = a_holder(tmp_path)
    try:
        with pytest.raises(RefusedError) as caught:
            ServeLock(tmp_path).take()
    finally:
        end(process)

    assert caught.value.facts == {"reason": "another process serves this data folder", "pid": process.pid}


def test_the_lock_of_a_killed_serve_is_free_at_once(tmp_path: Path) -> None:
    end(a_holder(tmp_path))

    with ServeLock(tmp_path):
        assert holder_of(tmp_path) == os.getpid()


def test_a_released_lock_is_free_and_names_nobody(tmp_path: Path) -> None:
    lock = ServeLock(tmp_path)
    lock.take()
    lock.release()
    lock.release()

    assert holder_of(tmp_path) is None
    with ServeLock(tmp_path):
        assert holder_of(tmp_path) == os.getpid()


def test_other_commands_use_the_store_beside_a_serve(tmp_path: Path) -> None:
    create_store(tmp_path / STORE_FILE)

    with ServeLock(tmp_path), closing(SqliteStore(tmp_path / STORE_FILE)) as store:
        assert store.query("PAT#a") == ()


def test_each_data_folder_has_a_lock_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    with ServeLock(tmp_path / "a"), ServeLock(tmp_path / "b"):
        assert holder_of(tmp_path / "a") == holder_of(tmp_path / "b") == os.getpid()


def test_a_folder_that_is_not_there_cannot_be_served(tmp_path: Path) -> None:
    with pytest.raises(StoreDownError, match="cannot be written"):
        ServeLock(tmp_path / "nowhere").take()


@pytest.mark.parametrize(
    "content",
    ("", "not JSON", "[]", '{"pid": 1, "boot": "an earlier start of the machine"}', '{"boot": "unknown"}'),
    ids=("empty", "not JSON", "a list", "of an earlier boot", "without a process"),
)
def test_a_lock_file_that_tells_nothing_names_nobody_and_stops_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / LOCK_FILE).write_text(content)

    assert holder_of(tmp_path) is None
    with ServeLock(tmp_path):
        assert holder_of(tmp_path) == os.getpid()


def test_nobody_holds_a_folder_without_a_lock_file(tmp_path: Path) -> None:
    assert holder_of(tmp_path) is None
