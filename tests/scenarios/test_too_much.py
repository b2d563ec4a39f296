"""S1, S10: a stated overdose is an intake. What came up again is a question for a pharmacist."""

from tests.scenarios.world import World

ADVICE = (
    "I can't advise on that. Please ask your pharmacist or doctor, or look at the leaflet. "
    "If you feel very unwell, call nine one one, nine one one."
)


def test_a_stated_overdose_is_an_intake_and_stops_every_prompt(world: World) -> None:
    """S1, S10, S22: recorded, an intake alert beside the call for help, and nothing is asked for again."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")

    world.says("EmergencyIntent", Overdose="many pills")
    world.leaves()
    world.wind_to("08:20")
    offered = world.opens()
    world.leaves()
    world.wind_to("10:30")

    assert world.intakes() == ["unscheduled unknown 08:04 amount None"]
    assert world.states() == ["lisinopril 08:00 unsure"]
    assert world.alerts() == ["help emergency exhausted", "intake unscheduled exhausted"]
    assert offered.startswith("Nothing is waiting right now.")
    assert [text for text in world.messages_to("Ana") if "no word" in text] == []


def test_an_overdose_takes_over_from_the_page_about_no_word(world: World) -> None:
    """S22: the climb about silence ends; the call and the intake alert go on."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("10:05")

    world.says("EmergencyIntent", Overdose="many pills")
    world.leaves()
    world.wind_to("11:00")

    assert "dose no_word resolved" in world.alerts()
    assert [text for text in world.messages_to("Sam") if "no word" in text] == []


def test_the_same_cry_within_half_a_minute_is_one_intake(world: World) -> None:
    """S1."""
    world.wind_to("08:04")

    world.says("EmergencyIntent", Overdose="many pills")
    world.seconds_pass(10)
    world.says("EmergencyIntent", Overdose="many pills")

    assert world.intakes() == ["unscheduled unknown 08:04 amount None"]


def test_taken_and_thrown_up_is_answered_with_the_pharmacist_and_kept(world: World) -> None:
    """S28, text 5: never what is written down as if it were an answer."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")
    world.says("ConfirmIntent", Group="my pills")
    world.leaves()
    world.wind_to("08:30")

    spoken = world.says("CameUpIntent", Group="my pills")

    assert spoken == ADVICE
    assert world.statements() == ["confirm", "remark"]
    assert world.states() == ["lisinopril 08:00 taken"]


def test_what_is_due_and_came_up_is_not_asked_for_again(world: World) -> None:
    """S22: unsure; only the medicine that was named."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "08:00")
    world.wind_to("08:04")

    spoken = world.says("CameUpIntent", Medicine="lisinopril")
    world.leaves()

    assert spoken.startswith("That's all right. Nothing is written down for eight o'clock,")
    assert world.states() == ["lisinopril 08:00 unsure"]
    assert world.alerts() == ["intake unsure open"]


def test_a_name_that_nobody_knows_changes_nothing_but_is_kept(world: World) -> None:
    """S21."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:04")

    spoken = world.says("CameUpIntent", Medicine="zoloft")

    assert spoken == ADVICE
    assert (world.states(), world.statements()) == ([], ["remark"])
