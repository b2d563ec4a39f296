"""S37: honesty is not punished: "no" and "not yet" leave the dose due, alarm nobody and shorten no wait."""

import pytest

from skill.domain.regimen import Criticality
from tests.scenarios.world import World


@pytest.mark.parametrize(
    ("intent", "ask_first"),
    [("NotYetIntent", False), ("NotYetIntent", True), ("AMAZON.NoIntent", True), ("TakingNowIntent", True)],
    ids=["not yet", "not yet to the question", "no to the question", "taking them now"],
)
def test_no_and_not_yet_inside_the_window_leave_the_dose_due_and_open_nothing(
    world: World, intent: str, ask_first: bool
) -> None:
    """S37: the dose stays due and no alert opens."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:30")
    if ask_first:
        world.opens()

    world.says(intent)
    world.leaves()
    world.wind_to("09:00")

    assert world.states() == []
    assert world.alerts() == []
    assert world.messages_to("Ana") == []
    assert world.opens().startswith("One medicine is due this morning.")


@pytest.mark.parametrize("intent", ["NotYetIntent", "AMAZON.NoIntent"], ids=["not yet", "no"])
@pytest.mark.parametrize(
    ("criticality", "before", "after"),
    [
        (Criticality.ORDINARY, "09:59", "10:01"),
        (Criticality.CRITICAL, "08:59", "09:01"),
        (Criticality.TIME_CRITICAL, "08:29", "08:31"),
    ],
    ids=["ordinary", "critical", "time-critical"],
)
def test_not_yet_shortens_no_wait_and_lengthens_none(
    world: World, intent: str, criticality: Criticality, before: str, after: str
) -> None:
    """S37: the first page comes 120, 60 or 30 minutes after the due moment, as without a word."""
    world.medicine("lisinopril", "08:00", criticality=criticality)
    world.wind_to("08:10")
    world.opens()
    world.says(intent)
    world.leaves()

    world.wind_to(before)
    early = world.messages_to("Ana")
    world.wind_to(after)

    assert early == []
    assert [text.split(".")[0] for text in world.messages_to("Ana")] == [
        "Mom: no word on 8:00 AM medicines, taken or not"
    ]
    assert world.messages_to("Sam") == []


def test_not_yet_and_then_taken_is_a_plain_dose(world: World) -> None:
    """S37: the answer before leaves no trace in the dose."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:10")
    world.opens()
    world.says("NotYetIntent")
    world.leaves()
    world.wind_to("08:40")

    spoken = world.says("ConfirmIntent", Group="pills")

    assert "taken at eight forty" in spoken
    assert world.states() == ["lisinopril 08:00 taken"]


def test_im_not_taking_it_ends_it_as_skipped_and_asks_why_once(world: World) -> None:
    """S37: only that ends it; the reason is asked once and may stay out."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:10")

    asked = world.says("SkipIntent")
    spoken = world.says("AMAZON.NoIntent")
    world.leaves()
    world.wind_to("10:30")

    assert asked == "I wrote down that you chose not to take it. May I ask why? You don't have to say."
    assert "why" not in spoken
    assert world.states() == ["lisinopril 08:00 skipped"]
    assert world.alerts() == []
    assert world.messages_to("Ana") == []


def test_the_reason_is_coded_and_stands_in_the_export(world: World) -> None:
    """S37: skipped, with its coded reason."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:10")
    world.says("SkipIntent")

    world.says("SkipIntent", Reason="side effects")

    assert [(row["code"], row["skip_reason"]) for row in world.table() if row["kind"] == "dose"] == [
        ("skipped", "side_effects")
    ]


def test_a_skip_of_a_critical_medicine_is_told_by_its_own_ladder(world: World) -> None:
    """S37: a skip alerts only by that medication's ladder, and says "skipped", with no reason."""
    world.medicine("warfarin", "08:00", criticality=Criticality.CRITICAL)
    world.wind_to("08:10")

    world.says("SkipIntent", Reason="side effects")

    assert world.alerts() == ["dose skipped open"]
    assert world.messages_to("Ana")[0].startswith("Mom: skipped the 8:00 AM medicines.")
    assert "side" not in world.messages_to("Ana")[0]


def test_no_after_the_window_is_not_taken_as_the_patient_says_and_pages_nobody_more(world: World) -> None:
    """S37: must not: an honest no to "did you take those earlier?" alarms nobody."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("10:05")
    world.opens_link_and_presses("Ana", "got_it", "closed")
    world.wind_to("13:00")
    told = len(world.messages_to("Ana")) + len(world.messages_to("Sam"))
    world.opens()

    spoken = world.says("AMAZON.NoIntent")
    world.wind_to("14:00")

    assert spoken.startswith("Thank you for telling me. I wrote down: not taken.")
    assert world.states() == ["lisinopril 08:00 not_taken"]
    assert len(world.messages_to("Ana")) + len(world.messages_to("Sam")) == told
