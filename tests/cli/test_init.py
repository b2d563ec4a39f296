"""``init`` makes what is needed once, and says what the key file means."""

import stat

from tests.cli.terminal import Terminal


def test_init_makes_folder_key_and_stores_for_the_owner_alone(empty: Terminal) -> None:
    empty.does("init")

    assert sorted(path.name for path in empty.data.iterdir() if path.suffix == ".db") == [
        "keys.db",
        "store.db",
    ]
    assert stat.S_IMODE(empty.key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(empty.data.stat().st_mode) == 0o700
    assert empty.does("household", "list").startswith("There is no household yet.")


def test_init_says_plainly_what_the_key_file_means_and_never_shows_it(empty: Terminal) -> None:
    said = empty.does("init")

    assert "Without it nothing can ever be read again" in said
    assert "Copy its one line to paper" in said
    assert str(empty.key_file) in said
    assert empty.key_file.read_text().strip() not in said


def test_a_second_init_touches_nothing(home: Terminal) -> None:
    before = (home.digest(), home.key_file.read_bytes())

    ran = home.run("init")

    assert ran.code == 2
    assert (home.digest(), home.key_file.read_bytes()) == before
