"""Backup and restore: verified, whole, plain about the key file, and no old page goes out again."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from skill.domain.alerts import AlertKind
from skill.domain.commands import RaiseAlert
from skill.domain.identity import OperationId, PatientId
from skill.service.act import act
from tests.cli.terminal import Terminal


@pytest.fixture
def backed_up(family: Terminal) -> Terminal:
    """A backup in ``backup``, made while a page about a fall was waiting to be sent."""
    house = family.house()
    patient_id = PatientId(family.run("patient", "show", "Ada", "--json").json["patient_id"])
    act(house.app, patient_id, RaiseAlert(operation=OperationId("fall"), kind=AlertKind.FALL))
    family.does("backup", str(family.folder / "backup"))  # beside a store that is open
    house.close()
    return family


def a_new_machine(terminal: Terminal) -> Terminal:
    """Another home with the same key file and no data."""
    folder = terminal.folder / "new"
    (folder / "keys").mkdir(parents=True, mode=0o700)
    (folder / "keys" / "key").write_bytes(terminal.key_file.read_bytes())
    (folder / "keys" / "key").chmod(0o600)
    return Terminal(folder=folder, clock=terminal.clock)


def test_a_backup_holds_everything_but_the_key_and_says_so(backed_up: Terminal) -> None:
    folder = backed_up.folder / "second"

    said = backed_up.does("backup", str(folder))

    assert sorted(path.name for path in folder.iterdir()) == ["keys.db", "manifest.json", "store.db"]
    assert "Without the key file nobody can read it either" in said
    assert str(backed_up.key_file) in said
    key = backed_up.key_file.read_bytes().strip()
    assert all(key not in path.read_bytes() for path in folder.iterdir())


def test_what_was_backed_up_is_there_again(backed_up: Terminal) -> None:
    new = a_new_machine(backed_up)

    said = new.does("restore", str(backed_up.folder / "backup"))

    assert "Restored and checked: 1 patient" in said
    assert "without that file nobody can ever read it" in said
    assert new.does("medication", "list", "Ada") == backed_up.does("medication", "list", "Ada")
    assert [path.name for path in new.folder.iterdir() if "restoring" in path.name] == []


def test_pages_that_were_waiting_are_not_sent_again(backed_up: Terminal) -> None:
    new = a_new_machine(backed_up)
    new.clock.wind_by(timedelta(minutes=5))
    new.does("restore", str(backed_up.folder / "backup"))

    new.run("send-test", "Ada", "Sam")  # sends whatever is waiting

    texts = [mail["text"] for mail in new.run("mailbox", "--json").json]
    assert len(texts) == 1
    assert "FALL" not in texts[0]


def test_nothing_is_restored_over_what_is_there(backed_up: Terminal) -> None:
    before = backed_up.digest()

    ran = backed_up.run("restore", str(backed_up.folder / "backup"))

    assert (ran.code, ran.out) == (2, "")
    assert "is not empty; nothing is ever restored over it" in ran.err
    assert backed_up.digest() == before


def test_a_backup_that_was_changed_is_refused_and_leaves_nothing_behind(backed_up: Terminal) -> None:
    store = backed_up.folder / "backup" / "store.db"
    store.write_bytes(store.read_bytes()[:-1] + b"x")
    new = a_new_machine(backed_up)

    ran = new.run("restore", str(backed_up.folder / "backup"))

    assert ran.code == 1
    assert "not as it was written" in ran.err
    assert [path.name for path in new.folder.iterdir()] == ["keys"]


def test_without_the_right_key_file_nothing_is_restored(backed_up: Terminal) -> None:
    new = a_new_machine(backed_up)
    other = Terminal(folder=backed_up.folder / "other")
    other.does("init")
    new.key_file.write_bytes(other.key_file.read_bytes())

    ran = new.run("restore", str(backed_up.folder / "backup"))

    assert ran.code == 1
    assert "this is not the key file" in ran.err
    assert not new.data.exists()


@pytest.mark.parametrize(
    ("folder", "field"),
    [
        pytest.param("data/backup", "target", id="inside-the-data-folder"),
        pytest.param("backup", "target", id="over-another-backup"),
        pytest.param("no/such/folder", "target", id="in-no-folder"),
    ],
)
def test_a_backup_is_refused_where_it_would_be_none(backed_up: Terminal, folder: str, field: str) -> None:
    ran = backed_up.run("backup", str(backed_up.folder / folder))

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"dosekeeper: {field}: ")


def test_a_folder_that_is_no_backup_is_refused(empty: Terminal, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()

    ran = empty.run("restore", str(tmp_path / "pictures"))

    assert ran.code == 2
    assert "is not a backup" in ran.err


def test_scripts_are_told_what_was_done(backed_up: Terminal) -> None:
    folder = backed_up.folder / "third"

    record = json.loads(backed_up.does("backup", str(folder), "--json"))

    assert (record["folder"], record["patients"]) == (str(folder), 1)
