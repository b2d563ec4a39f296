"""Spoken names: found on the patient's own list or not at all (H6)."""

import pytest

from skill.domain.names import called, plain
from skill.private import Private
from tests.builders import a_medication

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


def test_a_name_of_small_words_only_keeps_them() -> None:
    assert plain("The Pill!") == "the pill"
