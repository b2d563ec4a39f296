"""S17 and S18: what is due, what has closed, and "did I take them?", which is never answered with no."""

from itertools import product

import pytest

from tests.scenarios.world import WEDNESDAY, World

NOBODY_HAS_TOLD = (
    "Nobody has told me about your morning medicines today. That doesn't mean you didn't take them. "
    "Please check your pill box, or ask your pharmacist before taking more."
)
CLOSED_AT_EIGHT = (
    "Nothing is written down for eight o'clock this morning. Did you take that one earlier? "
    "Say: taken, no, or I don't remember."
)


def _says_no(spoken: str) -> bool:
    lowered = spoken.lower()
    return lowered.startswith(("no ", "no,", "no.")) or "you haven't" in lowered


# ---- S17


@pytest.mark.parametrize("wall", ["08:10", "10:00", "11:30"], ids=["due", "still due", "late"])
def test_with_nothing_recorded_nobody_has_told_and_that_is_not_not_taken(world: World, wall: str) -> None:
    """S17: it says that nobody has told it, and that this does not mean it was not taken."""
    world.medicine("lisinopril", "08:00")
    world.wind_to(wall)

    assert world.says("DidITakeIntent") == NOBODY_HAS_TOLD


def test_after_the_window_has_closed_the_answer_is_still_no_no(world: World) -> None:
    """S17: an unconfirmed dose is not a missed one."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("13:00")

    assert world.states() == ["lisinopril 08:00 unconfirmed"]
    assert world.says("DidITakeIntent") == NOBODY_HAS_TOLD


def test_what_was_told_is_told_back_with_its_time(world: World) -> None:
    """S17: must not: the answer for what is written down is not "nobody has told me"."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")
    world.says("ConfirmIntent", Group="pills")
    world.leaves()
    world.wind_to("12:00")

    spoken = world.says("DidITakeIntent")

    assert spoken == "One morning medicine is written down, taken at eight oh four."


def test_no_answer_about_a_past_dose_ever_begins_with_no(world: World) -> None:
    """S17: in no state of the dose, for no form of the question."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "08:00")
    world.medicine("warfarin", "18:00")
    world.wind_to("08:10")
    world.says("ConfirmNamedIntent", Medicine="metformin")
    world.leaves()
    questions: list[dict[str, str]] = [
        {},
        {"Medicine": "lisinopril"},
        {"Medicine": "metformin"},
        {"Medicine": "warfarin"},
        {"Packet": "morning"},
        {"Group": "pills"},
    ]

    answers = []
    for wall, slots in product(["08:20", "13:00", "18:30", "23:50"], questions):
        world.wind_to(wall)
        answers.append(world.says("DidITakeIntent", **slots))
        world.leaves()

    assert [answer for answer in answers if _says_no(answer)] == []


def test_did_i_take_them_records_nothing_and_pages_nobody(world: World) -> None:
    """S17: must not: a question is no statement."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:10")

    world.says("DidITakeIntent")

    assert world.states() == []
    assert world.statements() == []
    assert world.alerts() == []


# ---- S18


@pytest.mark.parametrize("asked", ["launch", "what is due"], ids=["launch", "what is due"])
def test_only_doses_inside_their_window_are_offered_and_counted(world: World, asked: str) -> None:
    """S18: the closed morning dose is never part of the evening's count."""
    world.medicine("lisinopril", "08:00")
    world.medicine("atorvastatin", "19:00")
    world.wind_to("19:05")

    spoken = world.opens() if asked == "launch" else world.says("WhatIsDueIntent")

    assert spoken == (
        "One medicine is due this evening. Have you already taken it? "
        "Say: taken, not yet, or I don't remember."
    )
    assert "eight" not in spoken


def test_a_closed_dose_is_asked_about_apart_and_in_the_past_tense(world: World) -> None:
    """S18: not "is due", but "did you take that one earlier?"."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("13:00")

    spoken = world.opens()

    assert spoken == CLOSED_AT_EIGHT
    assert "due" not in spoken


def test_a_dose_before_its_moment_is_not_offered(world: World) -> None:
    """S18: must not: nothing is offered early."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("07:30")

    spoken = world.opens()

    assert spoken.startswith("Nothing is waiting right now.")


def test_taken_to_the_question_about_the_closed_dose_is_a_late_report_of_that_dose_only(world: World) -> None:
    """S18: the evening dose stays as it is."""
    world.medicine("lisinopril", "08:00")
    world.medicine("atorvastatin", "19:00")
    world.wind_to("13:00")

    world.opens()
    world.says("TakenIntent")

    assert world.states() == ["lisinopril 08:00 taken"]
    world.leaves()
    world.wind_to("19:05")
    assert world.opens().startswith("One medicine is due this evening.")


def test_taken_to_the_count_of_the_evening_never_closes_the_silent_morning(world: World) -> None:
    """S18: must not: a yes to the evening is no yes to the morning."""
    world.medicine("lisinopril", "08:00")
    world.medicine("atorvastatin", "19:00")
    world.wind_to("19:05")

    world.opens()
    world.says("AMAZON.YesIntent")

    assert world.states() == ["lisinopril 08:00 unconfirmed", "atorvastatin 19:00 taken"]


def test_yesterdays_dose_is_not_offered_this_morning(world: World) -> None:
    """S18: must not: nothing of yesterday is in today's count."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:05", WEDNESDAY)

    spoken = world.opens()

    assert spoken.startswith("One medicine is due this morning.")
