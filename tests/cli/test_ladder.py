"""Ladders: shown, changed, added, removed."""

from tests.cli.terminal import Terminal


def ladder(terminal: Terminal, kind: str) -> dict[str, object]:
    shown: dict[str, object] = terminal.run("ladder", "show", "Ada", kind, "--json").json
    return shown


def test_the_standard_ladders_are_listed_as_what_they_are(still: Terminal) -> None:
    lines = still.does("ladder", "list", "Ada").splitlines()

    assert [line.split()[0] for line in lines[2:8]] == [
        "ordinary",
        "critical",
        "time_critical",
        "intake",
        "fall",
        "help",
    ]
    assert "120 Sam, 30 Ana" in lines[2]
    assert lines[-1] == "These are the standard ladders."


def test_a_changed_ladder_has_what_was_said_and_keeps_the_rest(family: Terminal) -> None:
    family.does("ladder", "change", "Ada", "critical", "--rungs", "20 Ana", "5 Sam,Ana", "--rounds", "3")

    assert ladder(family, "critical") == {
        "kind": "critical",
        "rungs": ["20 Ana", "5 Sam,Ana"],
        "rounds": 3,
        "gap": 10,
        "tells_skips": True,
    }
    assert "These are not the standard ladders" in family.does("ladder", "list", "Ada")


def test_a_ladder_that_is_removed_leaves_nobody_told_and_can_be_added_again(family: Terminal) -> None:
    said = family.does("ladder", "remove", "Ada", "fall", typed="y\n")
    family.does("ladder", "add", "Ada", "fall", "--rungs", "0 Sam", "1 Ana")

    assert "Nobody is told about: fall." in said
    assert (ladder(family, "fall")["rungs"], ladder(family, "fall")["rounds"]) == (["0 Sam", "1 Ana"], 6)


def test_one_ladder_or_all_go_back_to_the_standard(family: Terminal) -> None:
    family.does("ladder", "change", "Ada", "critical", "--rungs", "20 Ana")
    family.does("ladder", "remove", "Ada", "fall", "--yes")

    family.does("ladder", "change", "Ada", "critical", "--standard")
    one = family.run("ladder", "list", "Ada", "--json").json
    family.does("ladder", "change", "Ada", "all", "--standard")
    everything = family.run("ladder", "list", "Ada", "--json").json

    assert [entry["kind"] for entry in one] == ["ordinary", "critical", "time_critical", "intake", "help"]
    assert one[1]["rungs"] == ["60 Sam", "15 Ana"]
    assert len(everything) == 6
