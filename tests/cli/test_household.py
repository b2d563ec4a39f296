"""Households: made, listed, taken away, and brought in from a file."""

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal


def test_a_new_household_is_listed_with_nobody_in_it(home: Terminal) -> None:
    household_id = home.run("household", "add", "--json").json["household_id"]

    (listed,) = home.run("household", "list", "--json").json
    assert listed == {"household_id": household_id, "patients": [], "names": [], "voices": 0}


def test_a_household_is_found_by_somebody_in_it(family: Terminal) -> None:
    shown = family.run("household", "show", "ada", "--json").json

    assert [one["name"] for one in shown["people"]] == ["Ada"]
    assert shown["people"][0]["caregivers"] == ["Sam", "Ana"]


def test_an_empty_household_is_taken_away_when_the_person_says_y(home: Terminal) -> None:
    home.does("household", "add")

    kept = home.run("household", "remove", typed="n\n")
    gone = home.run("household", "remove", typed="y\n")

    assert (kept.code, kept.out) == (1, "Nothing was changed.\n")
    assert "is removed" in gone.out
    assert home.run("household", "list", "--json").json == []


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_the_example_that_it_prints_can_be_imported(home: Terminal, kind: str) -> None:
    file = home.folder / f"home.{kind}"
    file.write_text(home.does("household", "import", "--example", "--format", kind), encoding="utf-8")

    home.does("household", "import", str(file))

    assert [one["name"] for one in home.run("patient", "list", "--json").json] == ["Ada"]
    medicines = home.run("medication", "list", "Ada", "--json").json
    assert [one["name"] for one in medicines] == ["lisinopril", "metformin", "insulin glargine"]
    assert [one["given_by"] for one in medicines] == [None, None, "Sam"]
    critical = home.run("ladder", "show", "Ada", "critical", "--json").json
    assert critical["rungs"] == ["45 Sam", "15 Ana"]


def test_a_check_says_what_would_come_in_and_changes_nothing(home: Terminal) -> None:
    file = a_file(home, {"name": "Ada", "zone": "Etc/UTC"})
    before = home.digest()

    said = home.does("household", "import", str(file), "--check")

    assert said.startswith("The file is sound.")
    assert home.digest() == before


def test_a_file_with_one_bad_field_is_refused_whole(home: Terminal) -> None:
    good, bad = {"name": "Ada", "zone": "Etc/UTC"}, {"name": "Bob", "zone": "Mars/Olympus", "locale": "x"}
    file = a_file(home, good, bad)
    before = home.digest()

    ran = home.run("household", "import", str(file))

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        "dosekeeper: patients[1]: zone: 'Mars/Olympus' is not a zone of the IANA list, "
        "such as America/New_York",
        "dosekeeper: patients[1]: locale: must look like en-US; not 'x'",
        "dosekeeper: nothing was imported",
    ]
    assert home.digest() == before


def test_a_file_that_is_not_text_is_refused_with_the_line(home: Terminal) -> None:
    file = home.folder / "home.csv"
    file.write_bytes(b"what,name\npatient,A\xff\n")

    ran = home.run("household", "import", str(file))

    assert ran.err.splitlines()[0] == "dosekeeper: line 2: is not UTF-8 text"


def test_a_file_comes_in_once(home: Terminal) -> None:
    file = a_file(home, {"name": "Ada", "zone": "Etc/UTC"})
    home.does("household", "import", str(file))

    ran = home.run("household", "import", str(file))

    assert ran.code == 2
    assert "was imported already" in ran.err
    assert len(home.run("patient", "list", "--json").json) == 1


def test_a_file_can_go_into_a_household_that_is_there_unless_a_name_is_taken(family: Terminal) -> None:
    eve, ada = a_file(family, {"name": "Eve", "zone": "Etc/UTC"}), {"name": "ADA", "zone": "Etc/UTC"}
    family.does("household", "import", str(eve), "--household", "Ada")

    ran = family.run("household", "import", str(a_file(family, ada)), "--household", "Ada")

    assert ran.code == 2
    assert "has this name already" in ran.err
    assert family.run("household", "show", "--json").json["names"] == ["Ada", "Eve"]


def a_file(terminal: Terminal, *patients: dict[str, str]) -> Path:
    file = terminal.folder / f"{patients[0]['name']}.json"
    file.write_text(json.dumps({"patients": patients}), encoding="utf-8")
    return file
