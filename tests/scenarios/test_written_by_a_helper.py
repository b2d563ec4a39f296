"""S30: whatever is said next to the patient, it says first what a helper wrote down, and once."""

from datetime import UTC, datetime

from skill.domain.commands import RecordGiven
from skill.domain.doses import DoseKey, How
from skill.domain.identity import ContactId, MedicationId, Speaker, SpeakerKind
from tests.scenarios.world import World

EIGHT = datetime(2027, 5, 4, 12, tzinfo=UTC)  # in New York
ANA = Speaker(kind=SpeakerKind.CONTACT, contact_id=ContactId("con_ana"))


def ana_gives(world: World, medicine: str) -> None:
    doses = (DoseKey(MedicationId(f"med_{medicine}"), EIGHT),)
    world.does(RecordGiven(operation=world.operation(), speaker=ANA, doses=doses, how=How.GIVEN))
    world.settle()


def test_with_one_of_two_given_the_next_launch_says_who_wrote_it_and_asks_about_the_other(
    world: World,
) -> None:
    """S30."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "08:00")
    world.wind_to("10:05")
    ana_gives(world, "lisinopril")

    first = world.opens()
    world.leaves()
    second = world.says("WhatIsDueIntent")

    assert first.startswith(
        "Ana wrote down one morning medicine, taken at ten oh five. One medicine is due this morning."
    )
    assert second.startswith("One medicine is due this morning.")


def test_given_in_the_morning_it_is_still_said_in_the_afternoon(world: World) -> None:
    """S30: not only in the same window."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("10:05")
    world.opens_link_and_presses("Ana", "got_it", "gave_it")
    world.wind_to("13:00")

    first = world.opens()
    world.leaves()
    second = world.opens()

    assert first == "Ana wrote down one morning medicine, taken at ten oh five."
    assert second.startswith("Nothing is waiting right now.")


def test_it_is_said_before_the_evening_ones_too(world: World) -> None:
    """S30."""
    world.medicine("lisinopril", "08:00")
    world.medicine("atorvastatin", "19:00")
    world.wind_to("10:05")
    world.opens_link_and_presses("Ana", "got_it", "gave_it")
    world.wind_to("19:10")

    assert world.opens().startswith(
        "Ana wrote down one morning medicine, taken at ten oh five. One medicine is due this evening."
    )
