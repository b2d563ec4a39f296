"""S10: a stated intake that is not due is recorded and told; "nothing is due" is never the whole answer."""

import pytest

from skill.domain.commands import ChangePlan
from skill.domain.identity import OPERATOR
from skill.domain.regimen import Criticality
from tests.scenarios.world import TUESDAY, WEDNESDAY, World

POISON_CONTROL = "call Poison Control now"


def _told_once(world: World, start: str) -> None:
    assert [text[: len(start)] for text in world.messages_to("Ana")] == [start]


def test_a_critical_medicine_taken_on_a_day_that_has_none_gets_the_overdose_text(world: World) -> None:
    """S10: wrong day; recorded, overdose text, intake alert."""
    world.medicine("lisinopril", "08:00")
    world.medicine("methotrexate", "08:00", first_day=WEDNESDAY, criticality=Criticality.CRITICAL)
    world.wind_to("08:10")

    spoken = world.says("ConfirmNamedIntent", Medicine="methotrexate")

    assert POISON_CONTROL in spoken
    assert world.intakes() == ["unscheduled methotrexate 08:10 amount 1"]
    assert world.alerts() == ["intake unscheduled open"]
    _told_once(world, "Mom said at 8:10 AM: took one not due. Please call.")
    assert world.states() == []


def test_an_ordinary_medicine_that_is_not_due_is_recorded_and_told_without_alarm_words(world: World) -> None:
    """S10: the pharmacist text; a helper is told all the same."""
    world.medicine("lisinopril", "08:00", last_day=TUESDAY)
    world.medicine("metformin", "08:00", first_day=WEDNESDAY)
    world.wind_to("08:10")

    spoken = world.says("ConfirmNamedIntent", Medicine="metformin")

    assert "I wrote it down as an extra one" in spoken
    assert "please ask your pharmacist" in spoken
    assert POISON_CONTROL not in spoken
    assert world.intakes() == ["unscheduled metformin 08:10 amount 1"]
    _told_once(world, "Mom said at 8:10 AM: took one not due. Please call.")


def test_a_stopped_critical_medicine_that_was_taken_is_recorded_by_its_name(world: World) -> None:
    """S10: stopped; it was taken off the list, and the statement is not lost."""
    world.medicine("lisinopril", "08:00")
    stopped = world.medicine("warfarin", "18:00", criticality=Criticality.CRITICAL)
    stop = ChangePlan(operation=world.operation(), speaker=OPERATOR, medication_id=stopped, phases=())
    world.does(stop)
    world.wind_to("08:10", WEDNESDAY)

    spoken = world.says("ConfirmNamedIntent", Medicine="warfarin")

    assert POISON_CONTROL in spoken
    assert world.intakes() == ["unscheduled warfarin 08:10 amount None"]
    assert world.last_alert().detail.value == "unscheduled"


def test_a_medicine_in_its_rest_phase_that_was_taken_is_unscheduled(world: World) -> None:
    """S10: rest phase; the course has ended the day before."""
    world.medicine("lisinopril", "08:00")
    world.medicine("capecitabine", "08:00", last_day=TUESDAY, criticality=Criticality.CRITICAL)
    world.wind_to("08:05")
    world.says("TakenIntent")
    world.says("AMAZON.YesIntent")
    world.leaves()
    world.wind_to("21:00", WEDNESDAY)

    spoken = world.says("ConfirmNamedIntent", Medicine="capecitabine")

    assert POISON_CONTROL in spoken
    assert world.intakes() == ["unscheduled capecitabine 21:00 amount 1"]
    assert world.last_alert().detail.value == "unscheduled"


@pytest.mark.parametrize("intent", ["ConfirmIntent", "TakenIntent"], ids=["i took them", "taken"])
def test_something_taken_before_anything_is_planned_is_not_answered_with_nothing_due(
    world: World, intent: str
) -> None:
    """S10: "nothing is due" is never the whole answer to a stated intake."""
    world.medicine("warfarin", "18:00", criticality=Criticality.CRITICAL)
    world.wind_to("08:10")

    spoken = world.says(intent)

    assert spoken.startswith("Thank you for telling me.")
    assert POISON_CONTROL in spoken
    assert world.intakes() == ["unscheduled unknown 08:10 amount None"]
    assert world.alerts() == ["intake unscheduled open"]


def test_the_second_helper_and_the_clinician_learn_of_it_too(world: World) -> None:
    """S10, H3: to two caregivers and the export."""
    world.medicine("warfarin", "18:00", criticality=Criticality.CRITICAL)
    world.wind_to("08:10")
    world.says("ConfirmNamedIntent", Medicine="warfarin")

    world.wind_to("08:30")

    assert [len(world.messages_to(name)) for name in ("Ana", "Sam")] == [1, 1]
    rows = [row for row in world.table() if row["kind"] == "intake"]
    assert [(row["code"], row["medication_id"], row["stated"]) for row in rows] == [
        ("unscheduled", "med_warfarin", "2027-05-04T08:10:00-04:00")
    ]


def test_a_dose_that_is_due_is_no_unscheduled_intake(world: World) -> None:
    """S10: must not: the planned critical dose in its window gets no alarm."""
    world.medicine("warfarin", "18:00", criticality=Criticality.CRITICAL)
    world.wind_to("18:05")

    spoken = world.says("ConfirmNamedIntent", Medicine="warfarin")

    assert "taken at six oh five" in spoken
    assert POISON_CONTROL not in spoken
    assert world.intakes() == []
    assert world.alerts() == []


def test_an_unknown_name_records_no_dose_but_the_statement_is_kept(world: World) -> None:
    """S10, S21: must not: a name on nobody's list closes nothing."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("08:10")

    spoken = world.says("ConfirmNamedIntent", Medicine="amlodipine")

    assert "nothing is due" not in spoken.lower()
    assert world.states() == []
    assert world.intakes() == []
    assert world.statements() == ["confirm"]
