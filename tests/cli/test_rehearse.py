"""The rehearsal on the command line: a table for people, the same for scripts."""

from tests.cli.terminal import Terminal


def test_a_day_without_a_word_is_shown_step_by_step(still: Terminal) -> None:
    before = still.digest()

    lines = still.does("rehearse", "Ada").splitlines()

    assert lines == [
        "Ada says nothing, from the next dose on, and nobody answers:",
        "",
        "when       after  what happens",
        "---------  -----  ------------------------------------------------------",
        "Tue 08:00  0:00   2 doses due",
        "Tue 10:00  2:00   Sam is told by sms, about 08:00",
        "Tue 10:30  2:30   Ana is told by email, about 08:00",
        "Tue 10:40  2:40   nobody is left to be told about 08:00",
        "Tue 12:00  4:00   window over, 2 doses of 08:00 written down as: no word",
        "Tue 20:00  12:00  1 dose due",
        "Tue 22:00  14:00  Sam is told by sms, about 20:00",
        "Tue 22:30  14:30  Ana is told by email, about 20:00",
        "Tue 22:40  14:40  nobody is left to be told about 20:00",
        "Wed 00:00  16:00  window over, 1 dose of 20:00 written down as: no word",
    ]
    assert still.digest() == before


def test_a_fall_is_shown_until_nobody_is_left(still: Terminal) -> None:
    steps = still.run("rehearse", "Ada", "--fall", "--json").json

    assert sorted((step["after"], step["who"], step["channel"]) for step in steps[:4]) == [
        ("0:00", "Ana", "email"),
        ("0:00", "Sam", "sms"),
        ("0:10", "Ana", "email"),
        ("0:10", "Sam", "sms"),
    ]
    assert (steps[-1]["what"], steps[-1]["after"]) == ("exhausted", "1:00")


def test_without_anybody_it_says_that_nobody_is_told(home: Terminal) -> None:
    home.does("household", "add")
    home.does("patient", "add", "Ada", "--zone", "Etc/UTC")

    assert "Nobody is on the care team, so nobody is told." in home.does("rehearse", "Ada", "--fall")
