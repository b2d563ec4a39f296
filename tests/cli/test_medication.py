"""Medicines: added, changed with the days shown first, and stopped."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal


def medicine(terminal: Terminal, name: str) -> dict[str, object]:
    shown: dict[str, object] = terminal.run("medication", "show", "Ada", name, "--json").json
    return shown


def test_a_new_medicine_has_what_was_said(family: Terminal) -> None:
    said = family.does(
        "medication", "add", "Ada", "insulin glargine", "--times", "22:00", "--form", "insulin",
        "--amount", "10", "--criticality", "time-critical", "--given-by", "Sam", "--nickname", "night shot",
        "--last-day", "2027-06-30",
    )  # fmt: skip

    shown = medicine(family, "night shot")

    assert "Next dose: 2027-05-04 22:00" in said
    assert {n: shown[n] for n in ("form", "amount", "times", "criticality", "given_by", "last_day")} == {
        "form": "insulin",
        "amount": "10",
        "times": ["22:00"],
        "criticality": "time_critical",
        "given_by": "Sam",
        "last_day": "2027-06-30",
    }


def test_times_may_be_parted_by_commas_and_come_in_any_order(family: Terminal) -> None:
    family.does("medication", "add", "Ada", "aspirin", "--times", "20:00,08:00", "12:00")

    assert medicine(family, "aspirin")["times"] == ["08:00", "12:00", "20:00"]


def test_without_a_caregiver_it_says_that_nobody_is_told(home: Terminal) -> None:
    home.does("household", "add")
    home.does("patient", "add", "Ada B", "--zone", "Etc/UTC")

    said = home.does("medication", "add", "Ada B", "aspirin", "--times", "08:00")

    assert "Nobody is told when there is no word about it: dosekeeper caregiver add 'Ada B'" in said


def test_a_change_shows_the_days_under_both_plans_and_waits_for_a_y(family: Terminal) -> None:
    before = family.digest()

    ran = family.run("medication", "change", "Ada", "metformin", "--times", "09:00", "21:00", typed="n\n")

    assert ran.out.splitlines() == [
        "metformin, doses of today and tomorrow:",
        "dose       old plan  new plan",
        "---------  --------  --------",
        "Tue 08:00  2         2",
        "Tue 20:00  2         2",
        "Wed 08:00  2         -",
        "Wed 09:00  -         2",
        "Wed 20:00  2         -",
        "Wed 21:00  -         2",
        "Nothing was changed.",
    ]
    assert (ran.code, ran.err) == (1, "Save? [y/N] ")
    assert family.digest() == before


@pytest.mark.parametrize(
    ("begins", "since"),
    [
        pytest.param("next-day", "2027-05-05 03:00", id="next-day"),
        pytest.param("next-dose", "2027-05-04 08:00", id="next-dose"),
        pytest.param("now", "2027-05-04 07:00", id="now"),
    ],
)
def test_a_change_holds_from_when_it_was_said(family: Terminal, begins: str, since: str) -> None:
    family.does("medication", "change", "Ada", "metformin", "--times", "09:00", "--from", begins, typed="y\n")

    shown = medicine(family, "metformin")

    assert [version["from"] for version in shown["versions"]] == ["2027-05-04 07:00", since] or (
        begins == "now" and shown["versions"][-1]["from"] == since
    )
    assert (shown["times"], shown["amount"]) == (["09:00"], "2")


def test_a_change_of_amount_keeps_the_times(family: Terminal) -> None:
    said = family.run("medication", "change", "Ada", "metf", "--amount", "0.5", "--yes", "--json").json

    assert (said["amount"], said["times"], said["plan_version"]) == ("0.5", ["08:00", "20:00"], 2)


def test_a_last_day_can_be_taken_away_again(family: Terminal) -> None:
    family.does("medication", "change", "Ada", "metf", "--last-day", "2027-05-31", "--yes")
    family.does("medication", "change", "Ada", "metf", "--last-day", "none", "--yes")

    assert medicine(family, "metf")["last_day"] is None


def test_who_asks_for_json_gets_json_alone_on_standard_output(family: Terminal) -> None:
    ran = family.run("medication", "change", "Ada", "metf", "--amount", "1", "--json", typed="y\n")

    assert ran.json["amount"] == "1"
    assert "doses of today and tomorrow" in ran.err


def test_a_stopped_medicine_stays_in_the_list_as_stopped(family: Terminal) -> None:
    family.clock.wind_by(timedelta(hours=2))

    said = family.does("medication", "remove", "Ada", "metformin", "--yes")

    shown = medicine(family, "metformin")
    assert "is stopped" in said
    assert (shown["state"], shown["times"], shown["next_dose"]) == ("stopped", [], None)
    assert "superseded, plan version 1" in family.does("export", "Ada")


def test_a_stopped_medicine_is_stopped_once(family: Terminal) -> None:
    family.does("medication", "remove", "Ada", "metformin", "--yes")

    assert family.does("medication", "remove", "Ada", "metformin", "--yes") == (
        "metformin is stopped already. Nothing was changed.\n"
    )


def test_who_says_yes_beforehand_is_shown_the_days_all_the_same(family: Terminal) -> None:
    said = family.does("medication", "change", "Ada", "metf", "--times", "09:00", "--yes")

    assert "Wed 09:00  -         2" in said
    assert said.endswith("Saved as plan version 2.\n")


def test_the_list_is_an_aligned_table(still: Terminal) -> None:
    lines = still.does("medication", "list", "Ada").splitlines()

    assert lines[0].split("  ")[0] == "medicine"
    assert set(lines[1]) == {"-", " "}
    assert [line.split()[0] for line in lines[2:]] == ["lisinopril", "metformin"]
    assert lines[3].index("tablet") == lines[0].index("form")


# ---- every way to take it


@pytest.mark.parametrize(
    ("options", "days", "times", "next_dose"),
    [
        (("--times", "08:00", "--weekdays", "thu,mon"), "mon thu", ["08:00"], "2027-05-06 08:00"),
        (
            ("--times-a-day", "2", "--every-days", "2", "--first-day", "2027-05-05"),
            "every 2 days from 2027-05-05",
            ["2 a day"],
            "2027-05-05 08:00",
        ),
        (("--at-events", "ACM:30", "HS"), "every day", ["ACM:30", "HS"], "2027-05-04 07:30"),
        (("--every-hours", "36", "20:00"), "every day", ["every 36 h from 20:00"], "2027-05-04 20:00"),
        (
            ("--times", "08:00", "--month-days", "15", "31"),
            "15 31 of the month",
            ["08:00"],
            "2027-05-15 08:00",
        ),
        (("--times", "08:00", "--on-dates", "2027-07-04"), "2027-07-04", ["08:00"], "2027-07-04 08:00"),
        (
            ("--times", "08:00", "--cycle", "21/7", "--first-day", "2027-06-01"),
            "21 on, 7 off from 2027-06-01",
            ["08:00"],
            "2027-06-01 08:00",
        ),
        (
            ("--times", "06:00", "--weekend", "09:30", "--weekdays", "sat", "--every-weeks", "2"),
            "sat every 2 weeks from 2027-05-04",
            ["06:00", "weekend:", "09:30"],
            "2027-05-08 09:30",
        ),
    ],
    ids=["weekdays", "every other day", "events", "hours", "month days", "dates", "cycle", "weekend"],
)
def test_a_medicine_may_be_taken_in_every_way(
    family: Terminal, options: tuple[str, ...], days: str, times: list[str], next_dose: str
) -> None:
    family.does("medication", "add", "Ada", "aspirin", *options)

    shown = medicine(family, "aspirin")

    assert (shown["days"], shown["times"], shown["next_dose"]) == (days, times, next_dose)


def test_amounts_that_differ_are_shown_as_they_are_said(family: Terminal) -> None:
    family.does(
        "medication", "add", "Ada", "warfarin", "--times", "08:00", "20:00", "--amount", "1.50",
        "--amounts", "2@mon", "0.5@20:00+sat", "--count", "10",
    )  # fmt: skip

    shown = medicine(family, "warfarin")

    assert (shown["amount"], shown["count"]) == ("1.5 2@mon 0.5@20:00+sat", 10)


def test_a_change_of_the_amount_leaves_the_days_as_they_are(family: Terminal) -> None:
    family.does("medication", "add", "Ada", "aspirin", "--times", "08:00", "--weekdays", "wed")

    said = family.does("medication", "change", "Ada", "aspirin", "--amount", "2", "--yes")

    shown = medicine(family, "aspirin")
    assert "Wed 08:00  1         2" in said
    assert (shown["days"], shown["amount"], shown["plan_version"]) == ("wed", "2", 2)


def test_of_a_plan_with_phases_the_present_one_changes_and_the_later_ones_stay(
    family: Terminal, tmp_path: Path
) -> None:
    taper = [{"times": "08:00", "amount": 2, "last_day": "2027-05-09"}, {"times": "08:00", "amount": 1}]
    patient = {
        "name": "Eve",
        "zone": "America/New_York",
        "medications": [{"name": "prednisone", "phases": taper}],
    }
    file = tmp_path / "eve.json"
    file.write_text(json.dumps({"patients": [patient]}), encoding="utf-8")
    family.does("household", "import", str(file))

    family.does("medication", "change", "Eve", "prednisone", "--amount", "3", "--yes")

    versions = family.run("medication", "show", "Eve", "prednisone", "--json").json["versions"]
    assert [(v["version"], v["amount"], v["first_day"], v["last_day"]) for v in versions] == [
        (1, "2", "2027-05-04", "2027-05-09"),
        (1, "1", "2027-05-10", None),
        (2, "3", "2027-05-04", "2027-05-09"),
        (2, "1", "2027-05-10", None),
    ]
