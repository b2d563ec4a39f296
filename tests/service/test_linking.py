"""An Echo is linked by a six-digit code that lives ten minutes, works once and cannot be guessed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from skill.domain.identity import HouseholdId, PatientId
from skill.errors import InvalidError, NotFoundError
from skill.service.linking import (
    Linked,
    bind_person,
    find_household,
    get_household,
    households,
    link,
    make_code,
    patient_of_voice,
    remove_patient,
)
from tests.small_house import SmallHouse, a_household_of, a_small_house, enrolled

ECHO = "amzn1.ask.account.ADA"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SmallHouse]:
    with a_small_house(tmp_path) as made:
        yield made


def another_code(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_spoken_code_ties_the_account_to_its_household(house: SmallHouse) -> None:
    household_id = a_household_of(house, "ada")
    code = make_code(house.app, house.chance, household_id)

    outcome = link(house.app, ECHO, code)

    assert outcome is Linked.LINKED
    found = find_household(house.app, ECHO)
    assert found is not None
    assert found.household_id == household_id
    assert found.patients == ("pat_ada",)


def test_an_account_that_said_no_code_is_linked_to_nobody(house: SmallHouse) -> None:
    a_household_of(house, "ada")

    found = find_household(house.app, ECHO)

    assert found is None


def test_a_code_works_once(house: SmallHouse) -> None:
    code = make_code(house.app, house.chance, a_household_of(house, "ada"))

    outcomes = [link(house.app, account, code) for account in (ECHO, "amzn1.ask.account.EVE")]

    assert outcomes == [Linked.LINKED, Linked.WRONG]
    assert find_household(house.app, "amzn1.ask.account.EVE") is None


@pytest.mark.parametrize(
    ("minutes", "outcome"),
    (
        pytest.param(9.99, Linked.LINKED, id="just before"),
        pytest.param(10, Linked.WRONG, id="at ten minutes"),
        pytest.param(60, Linked.WRONG, id="an hour later"),
    ),
)
def test_a_code_lives_ten_minutes(house: SmallHouse, minutes: float, outcome: Linked) -> None:
    code = make_code(house.app, house.chance, a_household_of(house, "ada"))
    house.clock.wind_by(timedelta(minutes=minutes))

    answer = link(house.app, ECHO, code)

    assert answer is outcome


def test_an_account_has_five_tries_an_hour(house: SmallHouse) -> None:
    code = make_code(house.app, house.chance, a_household_of(house, "ada"))
    wrong = another_code(code)

    outcomes = [link(house.app, ECHO, wrong) for _ in range(6)]
    house.clock.wind_by(timedelta(hours=1))
    later = link(house.app, ECHO, wrong)

    assert outcomes == [Linked.WRONG] * 5 + [Linked.TOO_MANY]
    assert later is Linked.WRONG


def test_a_right_code_is_not_looked_at_when_the_tries_are_used_up(house: SmallHouse) -> None:
    household_id = a_household_of(house, "ada")
    for _ in range(5):
        link(house.app, ECHO, "000000")
    code = make_code(house.app, house.chance, household_id)

    outcome = link(house.app, ECHO, code)

    assert outcome is Linked.TOO_MANY
    assert find_household(house.app, ECHO) is None


def test_the_whole_deployment_has_sixty_tries_an_hour(house: SmallHouse) -> None:
    a_household_of(house, "ada")

    outcomes = [link(house.app, f"account {number}", "000000") for number in range(61)]

    assert outcomes == [Linked.WRONG] * 60 + [Linked.TOO_MANY]


def test_three_wrong_codes_void_every_code_that_is_open(house: SmallHouse) -> None:
    code = make_code(house.app, house.chance, a_household_of(house, "ada"))
    wrong = another_code(code)
    for number in range(3):
        link(house.app, f"guesser {number}", wrong)

    outcome = link(house.app, ECHO, code)

    assert outcome is Linked.WRONG


def test_two_wrong_codes_leave_the_open_one_alive(house: SmallHouse) -> None:
    code = make_code(house.app, house.chance, a_household_of(house, "ada"))
    for number in range(2):
        link(house.app, f"guesser {number}", another_code(code))

    outcome = link(house.app, ECHO, code)

    assert outcome is Linked.LINKED


def test_a_new_code_moves_the_account_to_the_other_household(house: SmallHouse) -> None:
    first, second = a_household_of(house, "ada"), a_household_of(house, "bob")
    link(house.app, ECHO, make_code(house.app, house.chance, first))

    link(house.app, ECHO, make_code(house.app, house.chance, second))

    found = find_household(house.app, ECHO)
    assert found is not None
    assert found.household_id == second
    assert {household.household_id for household in households(house.app)} == {first, second}


def test_a_voice_that_was_bound_is_known_and_another_is_not(house: SmallHouse) -> None:
    household_id = a_household_of(house, "ada", "bob")

    bind_person(house.app, household_id, "amzn1.ask.person.BOB", PatientId("pat_bob"))

    household = get_household(house.app, household_id)
    assert patient_of_voice(house.app, household, "amzn1.ask.person.BOB") == "pat_bob"
    assert patient_of_voice(house.app, household, "amzn1.ask.person.EVE") is None


def test_a_voice_cannot_be_bound_to_somebody_of_another_household(house: SmallHouse) -> None:
    household_id = a_household_of(house, "ada")
    a_household_of(house, "bob")

    with pytest.raises(NotFoundError):
        bind_person(house.app, household_id, "amzn1.ask.person.BOB", PatientId("pat_bob"))

    assert get_household(house.app, household_id).people == {}


def test_a_patient_who_is_taken_out_is_known_to_the_echo_no_more(house: SmallHouse) -> None:
    household_id = a_household_of(house, "ada", "bob")
    bind_person(house.app, household_id, "amzn1.ask.person.BOB", PatientId("pat_bob"))

    remove_patient(house.app, household_id, PatientId("pat_bob"))

    household = get_household(house.app, household_id)
    assert household.patients == ("pat_ada",)
    assert household.people == {}


def test_a_household_holds_sixteen_patients_and_refuses_the_next(house: SmallHouse) -> None:
    household_id = a_household_of(house, *(f"p{number}" for number in range(16)))

    with pytest.raises(InvalidError, match="at most 16"):
        enrolled(house, household_id, PatientId("pat_one_too_many"))

    assert len(get_household(house.app, household_id).patients) == 16


def test_a_household_that_is_not_there_is_named(house: SmallHouse) -> None:
    with pytest.raises(NotFoundError) as caught:
        make_code(house.app, house.chance, HouseholdId("house_nowhere"))

    assert caught.value.facts == {"kind": "household", "id": "house_nowhere"}
