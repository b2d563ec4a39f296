"""S22: a part of a dose is told to everybody as a part, and with the rest it is one dose."""

import pytest

from skill.domain.regimen import Criticality
from tests.scenarios.world import World

HALF = "Half of it is written down, taken at eight oh five. "


def half_at(world: World, wall: str, medicine: str = "") -> str:
    world.wind_to(wall)
    named = {"Medicine": medicine} if medicine else {}
    spoken = world.says("ConfirmPartlyIntent", Part="half", **named)
    world.leaves()
    return spoken


def told(world: World) -> list[tuple[str, str]]:
    return [(row["code"], row["part"]) for row in world.table() if row["kind"] == "dose"]


# ---- what the patient hears


def test_a_launch_says_first_that_half_of_it_is_written_down(world: World) -> None:
    """S22: nothing said may cause a second dose."""
    world.medicine("lisinopril", "08:00")
    half_at(world, "08:05")
    world.wind_to("09:00")

    assert world.opens() == (
        f"{HALF}One medicine is due this morning. Have you already taken it? "
        "Say: taken, not yet, or I don't remember."
    )


@pytest.mark.parametrize(
    ("amount", "part", "medicines", "words"),
    [
        ("1", "a quarter", 1, "Part of it is written down, taken at eight oh five. One medicine is due"),
        ("1", "half", 2, "Half of one medicine is written down, taken at eight oh five. Two medicines are"),
        ("3", "one", 2, "Part of one medicine is written down, taken at eight oh five. Two medicines are"),
    ],
    ids=["a quarter", "half of one of two", "one piece of three, and another medicine"],
)
def test_how_much_is_said_of_which(world: World, amount: str, part: str, medicines: int, words: str) -> None:
    """S22."""
    for name in ("lisinopril", "metformin")[:medicines]:
        world.medicine(name, "08:00", amount=amount)
    world.wind_to("08:05")
    world.says("ConfirmPartlyIntent", Part=part, Medicine="lisinopril")
    world.leaves()
    world.wind_to("09:00")

    assert world.opens().startswith(words)


def test_parts_of_several_are_said_in_one_sentence(world: World) -> None:
    """S22."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "08:00")
    half_at(world, "08:05", "lisinopril")
    half_at(world, "08:10", "metformin")

    assert world.opens().startswith(
        "Part of some of them is written down, the last at eight ten. Two medicines are due this morning."
    )


# ---- what helpers read


def test_after_half_of_it_nobody_reads_no_word(world: World) -> None:
    """S22, family: "part of it"."""
    world.medicine("lisinopril", "08:00")
    half_at(world, "10:05")

    world.wind_to("10:35")

    assert world.messages_to("Ana")[0].startswith("Mom: no word on 8:00 AM medicines, taken or not.")
    assert world.messages_to("Sam")[0].startswith("Mom: part of it: 8:00 AM medicines. Please check.")


def test_of_several_a_page_about_silence_names_only_the_silent_ones(world: World) -> None:
    """S22: half of the eight o'clock one was told, of the nine o'clock one nothing."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "09:00")
    half_at(world, "10:05", "lisinopril")

    world.wind_to("11:35")

    assert world.messages_to("Sam")[-1].startswith("Mom: no word on 9:00 AM medicines, taken or not.")


def test_a_critical_half_without_the_rest_is_told_when_its_window_ends(world: World) -> None:
    """S22: nobody is left alone with the remainder of a critical dose."""
    world.medicine("warfarin", "08:00", criticality=Criticality.CRITICAL)
    half_at(world, "08:05")

    world.wind_to("12:10")

    assert world.states() == ["warfarin 08:00 taken"]
    assert world.alerts() == ["dose partly open"]
    assert world.messages_to("Ana")[0].startswith("Mom: part of it: 8:00 AM medicines. Please check.")
    assert "8:00 AM, one medicine: part of it" in world.opens_link_and_presses("Ana", "got_it").text


def test_a_critical_half_about_which_somebody_is_asked_already_opens_no_second_alert(world: World) -> None:
    """S22: Ana has it already."""
    world.medicine("warfarin", "08:00", criticality=Criticality.CRITICAL)
    world.wind_to("09:02")
    world.opens_link_and_presses("Ana", "got_it")
    half_at(world, "09:05")

    world.wind_to("12:10")

    assert world.alerts() == ["dose no_word acknowledged"]


def test_the_rest_of_a_critical_half_told_later_closes_its_alert(world: World) -> None:
    """S22."""
    world.medicine("warfarin", "08:00", criticality=Criticality.CRITICAL)
    half_at(world, "08:05")
    world.wind_to("12:10")

    world.says("ConfirmIntent", Group="my pills")
    world.says("AMAZON.YesIntent")

    assert world.alerts() == ["dose partly resolved"]
    assert world.messages_to("Ana")[-1].startswith(
        "CLOSED: someone at Mom's Echo said at 12:10 PM that the 8:00 AM medicines were taken."
    )


# ---- after the window


@pytest.mark.parametrize("answer", ["AMAZON.YesIntent", "TakenIntent"])
def test_after_the_window_the_rest_is_asked_about_and_is_no_double(world: World, answer: str) -> None:
    """S22: partly plus the rest is one dose."""
    world.medicine("lisinopril", "08:00")
    half_at(world, "08:05")
    world.wind_to("13:00")

    asked = world.says("ConfirmIntent", Group="my pills")
    world.says(answer)

    assert asked == f"{HALF}Was the rest taken too? Say: yes, no, or I don't remember."
    assert told(world) == [("taken", "1")]
    assert (world.intakes(), world.alerts()) == ([], [])


@pytest.mark.parametrize("answer", ["AMAZON.NoIntent", "SameOnesIntent", "NotYetIntent"])
def test_without_the_rest_the_half_stays_as_it_is(world: World, answer: str) -> None:
    """S22, S37."""
    world.medicine("lisinopril", "08:00")
    half_at(world, "08:05")
    world.wind_to("13:00")
    world.says("ConfirmNamedIntent", Medicine="lisinopril")

    spoken = world.says(answer)

    assert spoken == "Good. Nothing changed."
    assert told(world) == [("partly", "0.5")]
    assert world.alerts() == []


@pytest.mark.parametrize(
    "answer", ["DontRememberIntent", "NotSureIntent", ""], ids=["no memory", "unsure", "silence"]
)
def test_when_nobody_knows_about_the_rest_a_helper_is_asked_to_check(world: World, answer: str) -> None:
    """S1, S22: it may have been the rest, or a second one."""
    world.medicine("lisinopril", "08:00")
    half_at(world, "08:05")
    world.wind_to("13:00")
    world.says("ConfirmIntent", Group="my pills")

    if answer:
        world.says(answer)
    else:
        world.session_ends()

    assert world.alerts() == ["intake unsure open"]
    assert told(world) == [("partly", "0.5")]


def test_of_two_that_are_named_the_whole_one_is_still_asked_about_as_a_double(world: World) -> None:
    """S1."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "08:00")
    half_at(world, "08:05", "lisinopril")
    world.says("ConfirmNamedIntent", Medicine="metformin")
    world.leaves()
    world.wind_to("13:00")

    broad = world.says("ConfirmIntent", Group="my pills")
    world.says("AMAZON.NoIntent")
    named = world.says("ConfirmNamedIntent", Medicine="metformin")

    assert broad.startswith("Half of it is written down")
    assert named.startswith("That one is already written down")


def test_thats_wrong_to_the_question_about_the_rest_leaves_the_half_to_a_helper(world: World) -> None:
    """S23."""
    world.medicine("lisinopril", "08:00")
    half_at(world, "08:05")
    world.wind_to("13:00")
    world.says("ConfirmIntent", Group="my pills")

    world.says("UndoIntent")

    assert world.states() == ["lisinopril 08:00 unsure"]
    assert world.alerts() == ["intake unsure open"]


def test_another_statement_leaves_the_question_about_the_rest_to_a_helper(world: World) -> None:
    """S1: what was said about the half is not lost."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "12:30")
    half_at(world, "08:05")
    world.wind_to("13:00")
    world.says("ConfirmNamedIntent", Medicine="lisinopril")

    world.says("ConfirmNamedIntent", Medicine="metformin")
    world.leaves()
    world.wind_to("13:05")

    assert world.states() == ["lisinopril 08:00 taken", "metformin 12:30 taken"]
    assert world.alerts() == ["intake unsure open"]
