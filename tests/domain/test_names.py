"""Spoken names: found on the patient's own list or not at all (H6)."""

import pytest

from skill.domain.identity import MedicationId
from skill.domain.names import called, plain
from skill.private import Private
from tests.builders import a_medication, a_regimen

LIST = (
    a_medication("metformin"),
    a_medication("metoprolol", nickname=Private("my heart pill")),
    a_medication("prednisone"),
    a_medication("prednisolone"),
    a_medication("Vitamina C"),
)


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ("metformin", ["metformin"]),
        ("my Metformin tablet", ["metformin"]),
        ("the heart pill", ["metoprolol"]),
        ("vitamína c", ["Vitamina C"]),
        ("prednisone", ["prednisone", "prednisolone"]),
        ("aspirin", []),
        ("metform", []),
        ("pill", []),
    ],
    ids=[
        "its name",
        "with small words",
        "its nickname",
        "accents",
        "a look-alike comes along",
        "not on the list",
        "not quite it",
        "no name at all",
    ],
)
def test_only_what_is_called_exactly_that_is_found(spoken: str, expected: list[str]) -> None:
    assert [medication.name.value for medication in called(LIST, spoken)] == expected


def test_what_was_stopped_is_meant_only_when_nothing_in_use_is_called_so() -> None:
    stopped = a_medication("lisinopril", regimens=(a_regimen(phases=()),))
    in_use = a_medication("lisinopril", medication_id=MedicationId("med_new"))

    assert called((stopped, in_use), "lisinopril") == (in_use,)
    assert called((stopped,), "lisinopril") == (stopped,)


def test_a_name_of_small_words_only_keeps_them() -> None:
    assert plain("The Pill!") == "the pill"
