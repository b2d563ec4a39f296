"""From what a person types to the one thing that it means, or to the question which."""

import pytest

from skill.cli.find import Known, SeveralError, choose
from skill.errors import InvalidError

PEOPLE = (
    Known("con_abcdefgh", ("Sam",)),
    Known("con_abxyzuvw", ("Samuel",)),
    Known("con_mnopqrst", ("Zoë", "the nurse")),
)


def chosen(said: str) -> str:
    return choose("caregiver", said, PEOPLE, listed_by="the list")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param("con_abcdefgh", "con_abcdefgh", id="the-id"),
        pytest.param("con_mn", "con_mnopqrst", id="the-beginning-of-the-id"),
        pytest.param("mnop", "con_mnopqrst", id="its-letters-without-the-prefix"),
        pytest.param("Sam", "con_abcdefgh", id="a-whole-name-before-a-longer-one"),
        pytest.param("samu", "con_abxyzuvw", id="the-beginning-of-a-name-in-small-letters"),
        pytest.param("ZOË", "con_mnopqrst", id="capitals-and-accents"),
        pytest.param("Zoe\u0308", "con_mnopqrst", id="an-accent-of-its-own"),
        pytest.param("the n", "con_mnopqrst", id="the-beginning-of-another-name"),
    ],
)
def test_the_best_fit_is_found(said: str, found: str) -> None:
    assert chosen(said) == found


@pytest.mark.parametrize("said", ["Sa", "con_ab", "con_", "ab"])
def test_what_fits_several_is_asked_back_with_their_ids(said: str) -> None:
    try:
        chosen(said)
    except SeveralError as refused:
        assert refused.choices == ("con_abcdefgh  Sam", "con_abxyzuvw  Samuel")
    except InvalidError as refused:
        assert said == "con_"  # a prefix alone names nobody
        assert "is not here" in refused.problem


@pytest.mark.parametrize("said", ["Bob", "", "con_zzzzzzzz", "x" * 200, "\x1b[31m"])
def test_what_fits_nothing_is_refused_and_says_where_to_look(said: str) -> None:
    with pytest.raises(InvalidError, match="is not here; the list shows what is"):
        chosen(said)


def test_the_names_are_for_the_person_and_not_for_a_log() -> None:
    with pytest.raises(SeveralError) as refused:
        chosen("Sa")

    assert "Sam" not in str(refused.value)
