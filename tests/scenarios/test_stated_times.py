"""S45: a time of taking that nobody stated stands nowhere. S39: our outage is not their lateness."""

import csv
from datetime import timedelta

import pytest

from skill.domain.commands import ChangePlan
from skill.domain.identity import OPERATOR, MedicationId
from skill.exports import EXPORTS
from skill.service.report_rows import Days
from skill.service.reports import report
from tests.scenarios.world import ADA, WEDNESDAY, World

AS_TAKEN = (
    "Thank you. I wrote down the eight o'clock medicine as taken. "
    "I can't say what it means for the next one; your pharmacist can. I'm telling Ana."
)
COLUMNS = ("state", "stated", "back_dated", "outage")


def _doses(world: World) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in COLUMNS) for row in world.table() if row["kind"] == "dose"]


def _numbers(world: World) -> dict[str, tuple[str, str]]:
    """Of all medicines together: each count, and what it is a part of."""
    written = "".join(EXPORTS["numbers"].write(report(world.house.app, ADA, Days())))
    rows = [row for row in csv.DictReader(written.splitlines()) if row["medication"] == "all"]
    return {row["number"]: (row["count"], row["of"]) for row in rows}


def _stops(world: World, name: str) -> None:
    medication = MedicationId(f"med_{name}")
    world.does(ChangePlan(operation=world.operation(), speaker=OPERATOR, medication_id=medication, phases=()))


# ---- S45


@pytest.mark.parametrize(
    ("answer", "how"),
    [("TakenIntent", "own words"), ("AMAZON.YesIntent", "yes")],
    ids=["taken", "yes"],
)
def test_an_answer_about_a_closed_dose_states_no_time(world: World, answer: str, how: str) -> None:
    """S45: "did you take that one earlier?" - "taken": when is not known, and late is not said."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("12:30")
    world.opens()

    spoken = world.says(answer)

    assert spoken == AS_TAKEN
    assert _doses(world) == [(f"taken, self-report ({how})", "", "yes", "no")]


def test_a_yes_to_the_earlier_ones_states_no_time(world: World) -> None:
    """S45: "do you mean the one for eight?" asks which one, not when."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("12:30")
    world.says("ConfirmIntent", Group="pills")

    spoken = world.says("AMAZON.YesIntent")

    assert spoken == AS_TAKEN
    assert _doses(world) == [("taken, self-report (yes)", "", "yes", "no")]


def test_a_day_without_a_time_states_no_time(world: World) -> None:
    """S45: "I took my pills yesterday" was not said of one o'clock today."""
    world.medicine("lisinopril", "08:00", last_day=WEDNESDAY)
    world.wind_to("07:00", WEDNESDAY)

    spoken = world.says("ConfirmIntent", Group="pills", Day="2027-05-04")

    assert spoken.startswith(
        "Thank you. I wrote down the eight o'clock medicine from yesterday morning as taken. "
    )
    assert _doses(world)[0] == ("taken, self-report (own words)", "", "yes", "no")


def test_today_without_a_time_is_written_without_one(world: World) -> None:
    """S45: inside the window too."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:10")

    spoken = world.says("ConfirmIntent", Group="pills", Day="2027-05-04")

    assert spoken == "I wrote down one morning medicine. If that's not right, say: that's wrong."
    assert _doses(world) == [("taken, self-report (own words)", "", "yes", "no")]


def test_a_medicine_named_with_its_day_is_written_by_its_name(world: World) -> None:
    """S45: the name was said in this very turn."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("07:00", WEDNESDAY)

    spoken = world.says("ConfirmNamedIntent", Medicine="lisinopril", Day="2027-05-04")

    assert spoken.startswith(
        "Thank you. I wrote down lisinopril for eight o'clock yesterday morning as taken. "
    )


def test_a_time_stated_for_yesterday_is_a_time_of_yesterday(world: World) -> None:
    """S45: "yesterday at half past eight in the evening" is not said of this evening."""
    world.medicine("lisinopril", "20:00")
    world.wind_to("21:00", WEDNESDAY)

    world.says("ConfirmIntent", Group="pills", Day="2027-05-04", Time="20:30")

    row = ("taken, self-report (own words)", "2027-05-04T20:30:00-04:00", "yes", "no")
    assert _doses(world)[0] == row


def test_a_stated_time_stays_stated_and_late(world: World) -> None:
    """S45: must not: what was stated is not lost."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("11:55")

    spoken = world.says("TakenIntent")

    assert "taken at eleven fifty-five. That's later than planned." in spoken
    assert _doses(world) == [("taken late, 235 min", "2027-05-04T11:55:00-04:00", "no", "no")]


def test_without_a_time_it_counts_as_taken_and_leaves_the_timing(world: World) -> None:
    """S45: one of two is told without a time."""
    world.medicine("lisinopril", "08:00", last_day=WEDNESDAY)
    world.wind_to("12:30")
    world.opens()
    world.says("TakenIntent")
    world.leaves()
    world.wind_to("08:05", WEDNESDAY)
    world.says("ConfirmIntent", Group="pills")
    world.wind_to("13:00", WEDNESDAY)

    found = _numbers(world)

    assert (found["taken"], found["taken in time"]) == (("2", "2"), ("1", "1"))


def test_did_i_take_them_and_once_more_name_no_time_either(world: World) -> None:
    """S45, S17, S1: what is said later of such a dose."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("12:30")
    world.opens()
    world.says("TakenIntent")
    world.leaves()
    world.seconds_pass(45)

    asked = world.says("DidITakeIntent")
    again = world.says("ConfirmNamedIntent", Medicine="lisinopril")

    assert asked == "One morning medicine is written down as taken."
    assert again.startswith(
        "That one is already written down as taken. Are you telling me about the same one"
    )


def test_the_helpers_page_says_said_taken_and_no_time(world: World) -> None:
    """S45, S44: in the words of the state table."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "08:00")
    world.wind_to("10:05")
    world.says("ConfirmNamedIntent", Medicine="lisinopril", Day="2027-05-04")

    shown = world.opens_link_and_presses("Ana", "got_it")

    assert "said taken" in shown.text
    assert "said taken 10:05" not in shown.text


def test_half_of_a_closed_dose_told_without_a_time_is_asked_about_without_one(world: World) -> None:
    """S45, S22: the part that is written down has no time either."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("12:30")
    world.opens()
    world.says("ConfirmPartlyIntent", Part="half")
    world.leaves()
    world.seconds_pass(45)

    spoken = world.says("ConfirmIntent", Group="pills")

    assert "written down. " in spoken
    assert "taken at" not in spoken
    assert _doses(world) == [("partly, 0.5 of 1 tablet", "", "yes", "no")]


# ---- S39


@pytest.mark.parametrize("answer", ["TakenIntent", "AMAZON.YesIntent"], ids=["taken", "yes"])
def test_our_outage_stays_in_the_row_of_a_dose_told_afterwards(world: World, answer: str) -> None:
    """S39, S45: out from 7:50 to 12:30, then told: no lateness of theirs."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("07:50")
    world.out_of_service_until("12:30")
    world.opens()

    spoken = world.says(answer)

    assert "later than planned" not in spoken
    assert [(state[:5], outage) for state, _, _, outage in _doses(world)] == [("taken", "yes")]
    assert "late" not in _doses(world)[0][0]
    assert _numbers(world)["taken in time"] == ("0", "0")


def test_a_named_dose_that_met_our_outage_is_not_called_late(world: World) -> None:
    """S39: the stated moment is kept, the blame is not."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("07:50")
    world.out_of_service_until("12:30")

    spoken = world.says("ConfirmNamedIntent", Medicine="lisinopril")

    assert "as taken at twelve thirty. I can't say what it means for the next one" in spoken
    assert "later than planned" not in spoken
    assert _doses(world) == [
        ("taken, self-report (own words)", "2027-05-04T12:30:00-04:00", "no", "yes"),
    ]


def test_our_outage_stays_after_the_statement_was_taken_back(world: World) -> None:
    """S39: whatever is said since."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("07:50")
    world.out_of_service_until("12:30")
    world.opens()
    world.says("TakenIntent")
    world.leaves()
    world.clock.wind_by(timedelta(minutes=10))

    world.says("UndoIntent")

    assert [(state, outage) for state, _, _, outage in _doses(world)] == [("unsure, asked a helper", "yes")]


# ---- the plan changed


def test_a_superseded_dose_is_told_as_your_plan_changed(world: World) -> None:
    """S17, safety.md §3: never as if it had been forgotten, and neither yes nor no."""
    world.medicine("metformin", "08:00")
    world.wind_to("08:30")
    _stops(world, "metformin")

    spoken = world.says("DidITakeIntent", Medicine="metformin")

    assert spoken == (
        "Your plan changed for metformin. Nothing is written down for eight o'clock this morning, and that "
        "doesn't tell us either way. Please check your pill box, or ask your pharmacist before taking more."
    )


def test_what_is_due_after_a_superseded_dose_is_told_first(world: World) -> None:
    """S17: the last doses are meant, not the ones that the plan has ended."""
    world.medicine("metformin", "08:00")
    world.medicine("lisinopril", "12:00")
    world.wind_to("08:30")
    _stops(world, "metformin")
    world.wind_to("12:05")

    spoken = world.says("DidITakeIntent")

    assert spoken.startswith("Nobody has told me about your noon medicines today.")


def test_an_intake_of_a_stopped_medicine_keeps_the_amount_of_its_last_plan(world: World) -> None:
    """S10, S1: recorded with its amount, though nothing is planned any more."""
    world.medicine("metformin", "08:00", amount="2")
    world.wind_to("08:30")
    _stops(world, "metformin")

    world.says("ConfirmNamedIntent", Medicine="metformin")

    assert world.intakes() == ["unscheduled metformin 08:30 amount 2"]
