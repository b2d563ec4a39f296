"""The key file: made once, and refused whenever it is not safe and sound."""

import os
import stat
from pathlib import Path

import pytest

from skill.chance import SeededChance, SystemChance
from skill.errors import InvalidError, KeyUnavailableError
from skill.storage.key_file import create_key_file, read_key_file

LINE = "dosekeeper-key-1:ERERERERERERERERERERERERERERERERERERERERERE=\n"  # 32 times the byte 0x11


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def a_file(path: Path, content: str = LINE, mode: int = 0o600) -> Path:
    path.write_text(content)
    path.chmod(mode)
    return path


def reason_for(path: Path, data: Path) -> str:
    with pytest.raises(KeyUnavailableError) as caught:
        read_key_file(path, data)
    assert caught.value.facts["path"] == str(path)
    return str(caught.value.facts["reason"])


def test_a_new_key_file_is_one_line_for_its_owner_alone_and_reads_back(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "dosekeeper.key"

    create_key_file(path, SeededChance("a key"))

    assert read_key_file(path, data) == SeededChance("a key").bytes(32)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().startswith("dosekeeper-key-1:")
    assert path.read_text().count("\n") == 1
    assert len(path.read_text()) == 62


def test_a_generous_umask_does_not_open_the_key_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_key_file(tmp_path / "dosekeeper.key", SystemChance())
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "dosekeeper.key").stat().st_mode) == 0o600


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = a_file(tmp_path / "dosekeeper.key")

    with pytest.raises(InvalidError, match="never overwritten"):
        create_key_file(path, SystemChance())

    assert path.read_text() == LINE


def test_a_key_file_is_not_written_through_a_dangling_link(tmp_path: Path) -> None:
    link = tmp_path / "dosekeeper.key"
    link.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(InvalidError, match="never overwritten"):
        create_key_file(link, SystemChance())

    assert not (tmp_path / "elsewhere").exists()


def test_a_key_file_in_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="its folder is missing"):
        create_key_file(tmp_path / "nowhere" / "dosekeeper.key", SystemChance())


@pytest.mark.parametrize(
    "content",
    (LINE, LINE.rstrip("\n"), LINE.replace("\n", "\r\n")),
    ids=("as written", "typed without a line end", "from another system"),
)
def test_a_key_file_typed_in_from_paper_is_read(tmp_path: Path, data: Path, content: str) -> None:
    path = a_file(tmp_path / "dosekeeper.key", content)

    assert read_key_file(path, data) == b"\x11" * 32


def test_a_lost_key_file_is_named_as_lost(tmp_path: Path, data: Path) -> None:
    assert reason_for(tmp_path / "dosekeeper.key", data) == (
        "the key file is not there; put your copy of it back"
    )


@pytest.mark.parametrize(
    "mode",
    (0o640, 0o620, 0o610, 0o604, 0o602, 0o644, 0o660, 0o666, 0o777),
    ids=lambda mode: stat.filemode(stat.S_IFREG | mode),
)
def test_a_key_file_that_others_may_touch_is_refused(tmp_path: Path, data: Path, mode: int) -> None:
    path = a_file(tmp_path / "dosekeeper.key", mode=mode)

    assert reason_for(path, data) == "the key file is open to other users; run: chmod 600 on it"


@pytest.mark.parametrize("mode", (0o600, 0o400), ids=("owner writes", "owner only reads"))
def test_a_key_file_for_its_owner_alone_is_taken(tmp_path: Path, data: Path, mode: int) -> None:
    path = a_file(tmp_path / "dosekeeper.key", mode=mode)

    assert read_key_file(path, data) == b"\x11" * 32


@pytest.mark.parametrize(
    "content",
    (
        "",
        "\n",
        LINE[17:],
        LINE.replace("key-1", "key-2"),
        LINE.replace("=\n", "\n"),
        LINE.replace("ERER", "", 1),
        LINE.replace("ERER", "ERERERER", 1),
        LINE.replace("ERER", "ER R", 1),
        LINE.replace("ERER", "ER-R", 1),
        LINE.replace("ERE=", "ERF="),
        LINE.replace("ERER", "ÉRER", 1),
        LINE + "\n",
        " " + LINE,
        LINE + LINE,
        LINE * 100,
    ),
    ids=(
        "empty",
        "one line end",
        "without its start",
        "another version",
        "without its end",
        "too short",
        "too long",
        "with a blank",
        "with a letter of another alphabet",
        "with bits that mean nothing",
        "with an accent",
        "with a second line",
        "indented",
        "twice",
        "a hundred times",
    ),
)
def test_a_key_file_of_another_form_is_refused(tmp_path: Path, data: Path, content: str) -> None:
    path = a_file(tmp_path / "dosekeeper.key", content)

    assert reason_for(path, data) == (
        "the key file has not the form dosekeeper-key-1: and 44 letters; put your copy of it back"
    )


def test_a_key_file_that_is_not_text_is_refused(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "dosekeeper.key"
    path.write_bytes(bytes(range(256)))
    path.chmod(0o600)

    assert "has not the form" in reason_for(path, data)


@pytest.mark.parametrize("kind", ("folder", "pipe"))
def test_something_else_in_the_place_of_the_key_file_is_refused(
    tmp_path: Path, data: Path, kind: str
) -> None:
    path = tmp_path / "dosekeeper.key"
    if kind == "folder":
        path.mkdir(mode=0o700)
    else:
        os.mkfifo(path, 0o600)

    assert reason_for(path, data) == "the key file is not a plain file"


@pytest.mark.parametrize("name", ("dosekeeper.key", "deeper/dosekeeper.key", "../data/dosekeeper.key"))
def test_a_key_file_inside_the_data_folder_is_refused(data: Path, name: str) -> None:
    (data / "deeper").mkdir()
    a_file(data / name)

    assert reason_for(data / name, data) == "the key file lies inside the data folder; move it elsewhere"


def test_a_link_from_outside_into_the_data_folder_is_refused(tmp_path: Path, data: Path) -> None:
    a_file(data / "hidden.key")
    (tmp_path / "dosekeeper.key").symlink_to(data / "hidden.key")

    assert "lies inside the data folder" in reason_for(tmp_path / "dosekeeper.key", data)


def test_a_folder_whose_name_only_begins_like_the_data_folder_is_outside_it(
    tmp_path: Path, data: Path
) -> None:
    (tmp_path / "data-keys").mkdir()
    path = a_file(tmp_path / "data-keys" / "dosekeeper.key")

    assert read_key_file(path, data) == b"\x11" * 32


def test_ones_own_link_to_the_key_file_is_followed(tmp_path: Path, data: Path) -> None:
    a_file(tmp_path / "real.key")
    (tmp_path / "dosekeeper.key").symlink_to(tmp_path / "real.key")

    assert read_key_file(tmp_path / "dosekeeper.key", data) == b"\x11" * 32


@pytest.mark.parametrize("name", ("real.key", "dosekeeper.key"), ids=("the file itself", "a link to it"))
def test_a_key_file_in_the_hands_of_another_user_is_refused(tmp_path: Path, data: Path, name: str) -> None:
    a_file(tmp_path / "real.key")
    (tmp_path / "dosekeeper.key").symlink_to(tmp_path / "real.key")

    with pytest.raises(KeyUnavailableError, match="belongs to another user"):
        read_key_file(tmp_path / name, data, user_id=os.geteuid() + 1)
