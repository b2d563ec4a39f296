"""S20: a statement that fits two doses is asked about. S21: "my pills" closes pills and nothing else."""

import pytest

from skill.domain.regimen import Criticality, Form
from tests.scenarios.world import World

# ---- S20


def _metformin_twice(world: World) -> None:
    """08:00 has closed in silence, 19:00 is due."""
    world.medicine("metformin", "08:00", "19:00")
    world.wind_to("19:05")


def test_a_name_that_fits_two_doses_asks_which_time_and_changes_neither(world: World) -> None:
    """S20: until it is answered nothing is written."""
    _metformin_twice(world)

    spoken = world.says("ConfirmNamedIntent", Medicine="metformin")

    assert spoken.startswith("There are two of those: one for ")
    assert spoken.endswith("Which one do you mean?")
    assert "eight" in spoken
    assert "seven" in spoken
    assert world.states() == ["metformin 08:00 unconfirmed"]


@pytest.mark.parametrize(
    ("slots", "states"),
    [
        ({"Time": "08:00"}, ["metformin 08:00 taken"]),
        ({"Packet": "evening"}, ["metformin 08:00 unconfirmed", "metformin 19:00 taken"]),
    ],
    ids=["the eight o'clock one", "the evening one"],
)
def test_the_answer_writes_the_dose_that_was_named_and_not_the_other(
    world: World, slots: dict[str, str], states: list[str]
) -> None:
    """S20: one of the two, whichever is named."""
    _metformin_twice(world)
    world.says("ConfirmNamedIntent", Medicine="metformin")

    world.says("WhichTimeIntent", **slots)

    assert world.states() == states


@pytest.mark.parametrize("answer", ["AMAZON.YesIntent", "AMAZON.NoIntent"], ids=["yes", "no"])
def test_yes_and_no_are_no_answer_to_which_one(world: World, answer: str) -> None:
    """S20: must not: the question stays, both doses stay."""
    _metformin_twice(world)
    asked = world.says("ConfirmNamedIntent", Medicine="metformin")

    spoken = world.says(answer)

    assert spoken == asked
    assert world.states() == ["metformin 08:00 unconfirmed"]


def test_silence_to_which_one_writes_neither(world: World) -> None:
    """S20: must not: silence never takes a dose."""
    _metformin_twice(world)
    world.says("ConfirmNamedIntent", Medicine="metformin")

    world.session_ends()
    world.wind_to("19:30")

    assert world.states() == ["metformin 08:00 unconfirmed"]


def test_a_bare_eight_is_read_back_with_this_morning_before_it_is_written(world: World) -> None:
    """S20: "I took them at eight", said at ten in the morning."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("09:50")

    spoken = world.says("ConfirmIntent", Group="pills", Time="08:00")

    assert spoken == "Before I write it down: taken at eight o'clock this morning. Is that right?"
    assert world.states() == []
    world.says("AMAZON.YesIntent")
    assert [row["stated"] for row in world.table() if row["kind"] == "dose"] == ["2027-05-04T08:00:00-04:00"]


def test_a_time_still_to_come_is_read_back_as_the_past_one(world: World) -> None:
    """S20: "at eight", heard as 20:00 and said at ten in the morning, is never written as tonight."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("09:50")

    spoken = world.says("ConfirmIntent", Group="pills", Time="20:00")

    assert spoken.startswith("Before I write it down: taken at ")
    assert "this morning" in spoken or "last night" in spoken or "yesterday" in spoken
    assert world.states() == []


def test_no_to_the_read_back_writes_nothing(world: World) -> None:
    """S20: must not: and the dose stays due."""
    world.medicine("lisinopril", "08:00")
    world.wind_to("09:50")
    world.says("ConfirmIntent", Group="pills", Time="08:00")

    spoken = world.says("AMAZON.NoIntent")

    assert spoken == "All right. Nothing is written down. Please tell me once more in your own words."
    assert world.states() == []
    assert world.opens().startswith("One medicine is due this morning.")


# ---- S21


@pytest.fixture
def mixed(world: World) -> World:
    """Two tablets, an insulin injection and drops at eight."""
    world.medicine("lisinopril", "08:00")
    world.medicine("metformin", "08:00")
    world.medicine("glargine", "08:00", form=Form.INSULIN)
    world.medicine("latanoprost", "08:00", form=Form.DROPS)
    world.wind_to("08:05")
    return world


def _taken(world: World) -> list[str]:
    return sorted(state.split()[0] for state in world.states() if state.endswith("taken"))


@pytest.mark.parametrize(
    ("group", "closed"),
    [
        ("pills", ["lisinopril", "metformin"]),
        ("shot", ["glargine"]),
        ("drops", ["latanoprost"]),
    ],
    ids=["pills", "shot", "drops"],
)
def test_a_group_closes_its_own_forms_and_the_others_are_asked_for(
    mixed: World, group: str, closed: list[str]
) -> None:
    """S21: "pills" only swallowed solid forms, "shot" and "drops" only theirs; the next form is asked for."""
    spoken = mixed.says("ConfirmIntent", Group=group)

    assert _taken(mixed) == closed
    assert "already done too?" in spoken


@pytest.mark.parametrize("group", ["patch", "puffs"], ids=["patch", "puffs"])
def test_a_group_of_which_nothing_is_planned_closes_nothing(mixed: World, group: str) -> None:
    """S21: must not: what was said is kept, and no other form is closed."""
    mixed.says("ConfirmIntent", Group=group)

    assert _taken(mixed) == []
    assert mixed.statements() == ["confirm"]


@pytest.mark.parametrize("group", ["medicines", "everything"], ids=["medicines", "everything"])
def test_everything_is_read_back_with_its_count_before_it_is_written(mixed: World, group: str) -> None:
    """S21: the count and the other forms; written only on a yes."""
    spoken = mixed.says("ConfirmIntent", Group=group)
    before = _taken(mixed)
    mixed.says("AMAZON.YesIntent")

    assert spoken.startswith("Before I write it down: all four, ")
    assert "your injection" in spoken
    assert "your drops" in spoken
    assert before == []
    assert _taken(mixed) == ["glargine", "latanoprost", "lisinopril", "metformin"]


def test_yes_to_my_injection_too_closes_the_injection_only(mixed: World) -> None:
    """S21: the others are asked for one form after the other."""
    asked = mixed.says("ConfirmIntent", Group="pills")

    mixed.says("AMAZON.YesIntent")

    assert asked.endswith(
        "What about your injection: already done too? Say: done, not yet, or I don't remember."
    )
    assert _taken(mixed) == ["glargine", "lisinopril", "metformin"]


def test_no_to_the_question_about_the_next_form_leaves_it_due(mixed: World) -> None:
    """S21: must not: "my pills" never closes the insulin."""
    mixed.says("ConfirmIntent", Group="pills")

    mixed.says("AMAZON.NoIntent")
    mixed.wind_to("08:30")

    assert _taken(mixed) == ["lisinopril", "metformin"]
    assert mixed.opens().startswith("Two medicines are due this morning.")


def test_everything_except_one_kind_is_read_back_and_leaves_that_kind_due(mixed: World) -> None:
    """S21: an exception that is resolved."""
    spoken = mixed.says("ConfirmExceptIntent", Group="everything", ExceptGroup="shot")
    mixed.says("AMAZON.YesIntent")

    assert spoken.startswith("Before I write it down: all three")
    assert _taken(mixed) == ["latanoprost", "lisinopril", "metformin"]


@pytest.mark.parametrize(
    ("intent", "slots"),
    [
        ("ConfirmExceptIntent", {"Group": "everything", "Medicine": "warfarin"}),
        ("ConfirmExceptIntent", {"Group": "everything", "ExceptGroup": "the blue thing"}),
        ("ConfirmExceptIntent", {"Group": "everything"}),
        ("ConfirmNamedIntent", {"Medicine": "warfarin"}),
        ("ConfirmNamedIntent", {"Medicine": "?"}),
    ],
    ids=["except a stranger", "except no group", "except nothing", "a stranger", "not heard"],
)
def test_a_name_or_exception_that_is_not_resolved_records_nothing_at_all(
    mixed: World, intent: str, slots: dict[str, str]
) -> None:
    """S21: must not."""
    mixed.says(intent, **slots)
    mixed.says("AMAZON.YesIntent")

    assert mixed.states() == []
    assert mixed.intakes() == []


def test_my_medicines_with_only_the_injection_due_is_read_back_before_it_is_written(world: World) -> None:
    """S21, text 2a: "medicines" closes an injection, or a critical one, only after a read-back."""
    world.medicine("lantus", "08:00", form=Form.INSULIN, criticality=Criticality.CRITICAL)
    world.wind_to("08:04")

    asked = world.says("ConfirmIntent", Group="my medicines")
    before = world.states()
    world.says("AMAZON.YesIntent")

    assert asked.startswith("Before I write it down: the one that was still open, your injection")
    assert before == []
    assert world.states() == ["lantus 08:00 taken"]


def test_my_pills_with_one_due_and_one_silent_of_the_same_medicine_asks_which(world: World) -> None:
    """S20: asks, and changes neither until it is answered."""
    world.medicine("metformin", "08:00", "12:00")
    world.wind_to("12:05")

    asked = world.says("ConfirmIntent", Group="my pills")
    before = world.states()
    world.says("WhichTimeIntent", Time="08:00")

    assert asked == (
        "There are two of those: one for eight o'clock this morning, and one for noon today. "
        "Which one do you mean?"
    )
    assert before == ["metformin 08:00 unconfirmed"]
    assert world.states() == ["metformin 08:00 taken"]
