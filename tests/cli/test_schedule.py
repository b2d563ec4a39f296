"""``dosekeeper schedule``: a prescription is checked before anybody uses it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Ran, Terminal
from tests.fhir.orders import a_dosage, a_repeat, an_order

WEEK = ("--from", "2026-03-05", "--to", "2026-03-12", "--zone", "America/New_York")


@pytest.fixture
def rx(empty: Terminal) -> Path:
    file = empty.folder / "rx.json"
    file.write_text(json.dumps(an_order()))
    return file


def lines(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_an_order_is_one_line_with_all_its_fields(empty: Terminal, rx: Path) -> None:
    ran = empty.run(
        "schedule", str(rx), "--from", "2026-03-07", "--to", "2026-03-09", *WEEK[4:], "--format", "jsonl"
    )

    assert (ran.code, ran.err) == (0, "")
    assert lines(ran) == [
        {
            "file": str(rx),
            "id": "rx",
            "class": "scheduled",
            "activate": "yes",
            "reasons": [],
            "words": "1 tablet, twice a day, at 8:00 AM and 8:00 PM, from March 1, 2026",
            "occurrences": [
                "2026-03-07T13:00:00Z",
                "2026-03-08T01:00:00Z",
                "2026-03-08T12:00:00Z",
                "2026-03-09T00:00:00Z",
            ],
            "prn": None,
        }
    ]


def test_the_words_and_the_local_times_are_told_to_people(empty: Terminal, rx: Path) -> None:
    ran = empty.run("schedule", str(rx), *WEEK)

    assert ran.code == 0
    told = ran.out.splitlines()
    assert told[0] == f"{rx}: Metformin 500 mg tablet"
    assert told[1] == "  scheduled, activate: yes"
    assert told[3] == "  Thu 2026-03-05 08:00  2026-03-05T13:00:00Z  1 tablet"
    assert len(told) == 3 + 14 + 1


def test_a_calendar_marks_what_is_held_and_leaves_out_what_gets_no_reminders(
    empty: Terminal, rx: Path
) -> None:
    held, stopped = empty.folder / "held.json", empty.folder / "stopped.json"
    held.write_text(json.dumps(an_order(a_dosage(text="Take 1 tablet once a week"))))
    stopped.write_text(json.dumps(an_order(status="stopped")))

    ran = empty.run("schedule", str(rx), str(held), str(stopped), *WEEK, "--format", "ics")

    assert ran.code == 0
    assert ran.out.count("BEGIN:VEVENT") == 28
    assert ran.out.count("STATUS:TENTATIVE") == 14
    assert "SUMMARY:To be checked by a person: Metformin" in ran.out
    assert ran.err == f"{stopped}: left out, inactive\n"


def test_a_file_that_cannot_be_read_gets_its_line_and_the_others_are_still_done(
    empty: Terminal, rx: Path
) -> None:
    broken = empty.folder / "broken.json"
    broken.write_bytes(b"\xff{")

    ran = empty.run("schedule", str(broken), str(empty.folder / "none"), str(rx), *WEEK, "--format", "jsonl")

    assert ran.code == 1
    assert lines(ran)[:2] == [
        {"file": str(broken), "error": "file: is not UTF-8 text at byte 0"},
        {"file": str(empty.folder / "none"), "error": "file: is not there, or is not a plain file"},
    ]
    assert lines(ran)[2]["activate"] == "yes"


def test_an_order_that_cannot_be_read_gets_a_line_in_the_same_file(empty: Terminal) -> None:
    bad = an_order(a_dosage(timing={"repeat": a_repeat(frequency=-1)}))
    file = empty.folder / "orders.ndjson"
    file.write_text(json.dumps(bad) + "\n" + json.dumps(an_order()) + "\n")

    ran = empty.run("schedule", str(file), *WEEK, "--format", "jsonl")

    assert ran.code == 1
    bad_line, good_line = lines(ran)
    assert sorted(bad_line) == ["error", "file"]
    assert good_line["class"] == "scheduled"


@pytest.mark.parametrize("kind", ["text", "ics"])
def test_an_unreadable_file_is_told_in_every_format(empty: Terminal, rx: Path, kind: str) -> None:
    none = empty.folder / "none.json"

    ran = empty.run("schedule", str(none), str(rx), *WEEK, "--format", kind)

    assert ran.code == 1
    assert f"{none}: file: is not there" in ran.out + ran.err
    assert "Metformin" in ran.out


def test_the_reasons_are_told_to_people(empty: Terminal) -> None:
    file = empty.folder / "held.json"
    order = an_order(
        a_dosage(text="Take 1 tablet once a week"), medicationCodeableConcept={"text": "Metformin"}
    )
    file.write_text(json.dumps(order))

    ran = empty.run("schedule", str(file), *WEEK)

    assert "  ambiguous, activate: review" in ran.out.splitlines()
    assert (
        "  - text_contradicts: dosageInstruction[0].text: frequency: the text says 1 in every week, the "
        "structure 2 a day"
    ) in ran.out.splitlines()


def test_a_file_beyond_all_prescriptions_is_not_read(empty: Terminal) -> None:
    file = empty.folder / "large.json"
    with file.open("wb") as large:
        large.truncate(17 * 1024 * 1024)

    ran = empty.run("schedule", str(file), *WEEK, "--format", "jsonl")

    assert (ran.code, lines(ran)) == (1, [{"file": str(file), "error": "file: is larger than 16 MB"}])


def test_as_needed_has_its_limits_and_no_moments(empty: Terminal) -> None:
    dosage = a_dosage(
        timing={"repeat": a_repeat(frequency=1, period=6, periodUnit="h")},
        asNeededBoolean=True,
        maxDosePerPeriod={
            "numerator": {"value": 4, "unit": "tablet"},
            "denominator": {"value": 24, "unit": "h"},
        },
    )
    file = empty.folder / "prn.json"
    file.write_text(json.dumps(an_order(dosage)))

    ran = empty.run("schedule", str(file), *WEEK, "--format", "jsonl")
    told = empty.run("schedule", str(file), *WEEK)

    (line,) = lines(ran)
    assert (line["class"], line["activate"], line["occurrences"]) == ("prn", "no", [])
    assert line["prn"] == {"min_interval_h": 6, "max_per_24h": 4, "unit": "tablet"}
    assert "  as needed: at least 6 hours apart, at most 4 tablet in 24 hours" in told.out.splitlines()


def test_the_first_day_is_in_it_and_the_last_is_not(empty: Terminal, rx: Path) -> None:
    ran = empty.run(
        "schedule", str(rx), "--from", "2026-03-08", "--to", "2026-03-09", *WEEK[4:], "--format", "jsonl"
    )

    (line,) = lines(ran)
    assert line["occurrences"] == ["2026-03-08T12:00:00Z", "2026-03-09T00:00:00Z"]


def test_a_routine_gives_the_zone_and_the_times_of_the_day(empty: Terminal, rx: Path) -> None:
    routine = empty.folder / "routine.json"
    routine.write_text(
        json.dumps(
            {"timezone": "Europe/Berlin", "times_per_day": {"2": ["07:00", "19:00"]}, "note": "by phone"}
        )
    )

    ran = empty.run(
        "schedule",
        str(rx),
        "--from",
        "2026-03-05",
        "--to",
        "2026-03-06",
        "--routine",
        str(routine),
        "--format",
        "jsonl",
    )

    (line,) = lines(ran)
    assert line["occurrences"] == ["2026-03-05T06:00:00Z", "2026-03-05T18:00:00Z"]
    assert ran.err == "routine: nothing reads the field note\n"


def test_an_amount_that_no_form_counts_stands_behind_the_words(empty: Terminal) -> None:
    file = empty.folder / "mg.json"
    file.write_text(
        json.dumps(an_order(a_dosage(doseAndRate=[{"doseQuantity": {"value": 500, "unit": "mg"}}])))
    )

    ran = empty.run("schedule", str(file), *WEEK, "--format", "jsonl")

    assert lines(ran)[0]["words"].endswith(" (500 mg)")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("--from", "2026-03-05", "--to", "2026-03-05"), "to: must lie after", id="no-days"),
        pytest.param(
            ("--from", "2026-03-05", "--to", "2046-03-05"), "to: must be at most", id="twenty-years"
        ),
        pytest.param(("--from", "9999-01-01", "--to", "9999-01-02"), "to: must be at most", id="year-9999"),
        pytest.param(("--from", "today", "--to", "2026-03-05"), "from: must be a date", id="a-day-in-words"),
        pytest.param(("--from", "2026-03-05", "--to", "2026-03-12"), "zone: is needed", id="no-zone"),
        pytest.param((*WEEK[:5], "Mars/Olympus"), "zone: is not a zone", id="an-unknown-zone"),
        pytest.param((*WEEK, "--routine", "none.json"), "routine: is not there", id="no-routine"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    empty: Terminal, rx: Path, words: tuple[str, ...], says: str
) -> None:
    ran = empty.run("schedule", str(rx), *words)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"dosekeeper: {says}")


def test_nothing_is_stored_and_nothing_needs_to_be_set_up(empty: Terminal, rx: Path) -> None:
    empty.run("schedule", str(rx), *WEEK)

    assert [path.name for path in empty.folder.iterdir()] == ["rx.json"]
