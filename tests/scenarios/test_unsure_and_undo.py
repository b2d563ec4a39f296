"""S22: unsure, partly and again are facts. S23: undo makes nothing due again, unless at once."""

import pytest

from tests.scenarios.world import World, person

CHECK = "Mom: not sure: 8:00 AM medicines. Please check."


@pytest.fixture
def prompted(empty: World) -> World:
    """Ada is asked by SMS at the due moment; one tablet at eight, one at seven in the evening."""
    empty.patient("Ada", person("Ana"), person("Sam"), prompts=True)
    empty.link()
    empty.medicine("lisinopril", "08:00")
    empty.medicine("atorvastatin", "19:00")
    return empty


# ---- S22


def test_i_dont_remember_stops_every_prompt_and_asks_a_helper_to_check(prompted: World) -> None:
    """S22: unsure; no prompt for that dose any more, a check message, and nothing is taken."""
    prompted.wind_to("08:10")
    prompted.opens()

    spoken = prompted.says("DontRememberIntent")
    prompted.leaves()
    prompted.wind_to("18:00")

    assert spoken == (
        "That's all right. Nothing is written down for eight o'clock, and that doesn't tell us either way. "
        "Please look at your pill box. I can't tell you whether to take it; your pharmacist can. "
        "I won't remind you about this one again. I'm asking Ana to check with you."
    )
    assert prompted.states() == ["lisinopril 08:00 unsure"]
    assert prompted.messages_to("Ana")[0].startswith(CHECK)
    assert len(prompted.messages_to("patient")) == 1
    assert prompted.opens().startswith("Nothing is waiting right now.")


def test_an_unsure_dose_opens_no_second_alert_about_no_word(prompted: World) -> None:
    """S22: must not: the ladder for silence is not climbed for a dose somebody has spoken about."""
    prompted.wind_to("08:10")
    prompted.says("DontRememberIntent")
    prompted.opens_link_and_presses("Ana", "got_it")
    prompted.wind_to("12:30")

    assert prompted.alerts() == ["intake unsure acknowledged"]
    assert [text for text in prompted.messages_to("Ana") if "no word" in text] == []


def test_unsure_before_the_prompt_takes_the_prompt_away(prompted: World) -> None:
    """S22: must not: said ten minutes before the moment, no prompt rings."""
    prompted.wind_to("07:50")
    prompted.says("DontRememberIntent", Medicine="lisinopril")

    prompted.wind_to("09:00")

    assert prompted.messages_to("patient") == []
    assert prompted.states() == ["lisinopril 08:00 unsure"]


def test_half_of_it_stays_open_until_the_window_ends_and_is_partly_in_the_export(world: World) -> None:
    """S22: partly, remainder open; no alert says "no word"."""
    world.medicine("lisinopril", "08:00", amount="2")
    world.wind_to("08:05")

    spoken = world.says("ConfirmPartlyIntent", Part="half")
    world.leaves()
    world.wind_to("08:20")
    offered = world.opens()
    world.leaves()
    world.wind_to("13:00")

    assert spoken.startswith("I wrote down part of it, taken at eight oh five. The rest stays open.")
    assert offered.startswith(
        "Half of it is written down, taken at eight oh five. One medicine is due this morning. "
        "Have you already taken it?"
    )
    assert [(row["code"], row["part"], row["state"]) for row in world.table()] == [
        ("partly", "0.5", "partly, 1 of 2 tablets")
    ]
    assert world.alerts() == []


def test_partly_and_the_rest_are_one_dose_and_no_double(world: World) -> None:
    """S22: must not: the rest is not asked "the same ones, or again?"."""
    world.medicine("lisinopril", "08:00", amount="2")
    world.wind_to("08:05")
    world.says("ConfirmPartlyIntent", Part="half")
    world.leaves()
    world.wind_to("08:30")

    spoken = world.says("ConfirmPartlyIntent", Part="half")

    assert "again" not in spoken
    assert world.states() == ["lisinopril 08:00 taken"]
    assert world.intakes() == []
    assert world.alerts() == []


def test_unsure_extra_and_partly_have_codes_of_their_own_in_the_export(world: World) -> None:
    """S22: words and export codes."""
    world.medicine("lisinopril", "08:00", amount="2")
    world.medicine("metformin", "08:00")
    world.medicine("atorvastatin", "08:00")
    world.wind_to("08:05")
    world.says("ConfirmPartlyIntent", Part="half", Medicine="lisinopril")
    world.says("DontRememberIntent", Medicine="metformin")
    world.says("ConfirmNamedIntent", Medicine="atorvastatin")
    world.wind_to("08:20")
    world.says("TookAgainIntent", Medicine="atorvastatin")
    world.wind_to("13:00")

    codes = sorted((row["medication_id"], row["kind"], row["code"]) for row in world.table())

    assert codes == [
        ("med_atorvastatin", "dose", "taken"),
        ("med_atorvastatin", "intake", "extra"),
        ("med_lisinopril", "dose", "partly"),
        ("med_metformin", "dose", "unsure"),
    ]


# ---- S23


def _taken_by_mistake(world: World) -> None:
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")
    world.says("ConfirmIntent", Group="pills")


def test_undo_at_once_in_the_same_session_restores_the_former_state(world: World) -> None:
    """S23: within two minutes and in the same session."""
    _taken_by_mistake(world)
    world.seconds_pass(50)

    spoken = world.says("UndoIntent")

    assert spoken == "I changed that back. Everything is as it was before."
    assert world.states() == []
    assert world.alerts() == []
    assert world.opens().startswith("One medicine is due this morning.")


def test_undo_after_two_minutes_is_unsure_is_not_prompted_and_asks_a_helper(world: World) -> None:
    """S23: later it sets unsure."""
    _taken_by_mistake(world)
    world.wind_to("08:07")

    spoken = world.says("UndoIntent")
    world.leaves()

    assert spoken.startswith("I changed that back. Now my notes say nothing about it, either way")
    assert "I'm asking Ana to check with you." in spoken
    assert world.states() == ["lisinopril 08:00 unsure"]
    assert world.messages_to("Ana")[0].startswith(CHECK)
    assert world.opens().startswith("Nothing is waiting right now.")


def test_undo_within_two_minutes_in_another_session_is_unsure_too(world: World) -> None:
    """S23: must not: another session never makes it due again."""
    _taken_by_mistake(world)
    world.leaves()
    world.seconds_pass(50)

    world.says("UndoIntent")

    assert world.states() == ["lisinopril 08:00 unsure"]
    assert world.alerts() == ["intake unsure open"]


def test_the_earlier_record_stays_in_the_ledger(world: World) -> None:
    """S23: the export counts what stood there before."""
    _taken_by_mistake(world)
    world.wind_to("08:07")
    world.says("UndoIntent")

    rows = [row for row in world.table() if row["kind"] == "dose"]

    assert [(row["code"], row["corrected"]) for row in rows] == [("unsure", "1")]
    assert world.statements() == ["confirm", "undo"]


def test_an_undo_said_a_second_time_takes_nothing_more_back(world: World) -> None:
    """S23: must not: an older statement of the same day is not undone by repeating."""
    _taken_by_mistake(world)
    world.says("UndoIntent")
    world.seconds_pass(10)

    spoken = world.says("UndoIntent")

    assert spoken == "I found nothing of yours to change back."
    assert world.states() == []


def test_the_helpers_who_got_the_all_clear_hear_that_it_was_taken_back(world: World) -> None:
    """S23, H1: an alert correction, and the dose asks again."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("10:05")
    world.says("ConfirmIntent", Group="pills")
    cleared = world.messages_to("Ana")[-1]

    world.says("UndoIntent")

    assert cleared.startswith("CLOSED: ")
    texts = world.messages_to("Ana")
    correction = "Mom: the all-clear for the 8:00 AM medicines was taken back. Please check."
    assert [text for text in texts if text.startswith(correction)] == [correction]
    assert world.alerts()[-1] == "dose no_word open"


def test_undo_never_touches_a_fall(world: World) -> None:
    """S23: must not: "that's wrong" cancels no alarm."""
    _taken_by_mistake(world)
    world.says("FallIntent")

    world.says("UndoIntent")

    assert "fall none open" in world.alerts()


def test_undo_of_an_extra_intake_keeps_it_in_the_export_as_voided(world: World) -> None:
    """S23, S1: what was stated is never discarded."""
    _taken_by_mistake(world)
    world.leaves()
    world.wind_to("08:20")
    world.says("TookAgainIntent")

    world.says("UndoIntent")

    rows = [row for row in world.table() if row["kind"] == "intake"]
    assert [(row["code"], row["voided"]) for row in rows] == [("extra", "yes")]
    assert "intake extra open" in world.alerts()
