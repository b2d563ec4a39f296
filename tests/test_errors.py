"""One tree of errors, whose texts carry keys and facts only."""

import pytest

from skill import errors
from skill.errors import (
    ConflictError,
    DoseKeeperError,
    InvalidError,
    NotFoundError,
    RefusedError,
    SettingsError,
    StoreDownError,
)

ALL = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)]


def test_every_error_hangs_on_the_one_tree() -> None:
    assert len(ALL) > 5
    assert all(issubclass(one, DoseKeeperError) for one in ALL)


def test_every_error_has_a_key_of_its_own() -> None:
    keys = [one.key for one in ALL]

    assert len(set(keys)) == len(keys)
    assert all(key.startswith("error.") for key in keys)


def test_an_error_tells_its_key_and_facts() -> None:
    error = NotFoundError(kind="patient", id="pat_abc")

    assert str(error) == "error.not_found kind=patient id=pat_abc"
    assert error.facts == {"kind": "patient", "id": "pat_abc"}


def test_an_invalid_value_names_its_field_and_is_not_repeated() -> None:
    error = InvalidError("phone", "must be a number with its country")

    assert (error.field, error.problem) == ("phone", "must be a number with its country")
    assert str(error) == "error.invalid field=phone problem=must be a number with its country"


def test_settings_tell_every_problem_at_once() -> None:
    error = SettingsError(("one", "two"))

    assert error.problems == ("one", "two")
    assert str(error) == "one; two"


@pytest.mark.parametrize("refused", [InvalidError("x", "y"), NotFoundError()], ids=["invalid", "not found"])
def test_what_somebody_asked_wrongly_is_a_refusal(refused: DoseKeeperError) -> None:
    assert isinstance(refused, RefusedError)


@pytest.mark.parametrize("failed", [StoreDownError(), ConflictError()], ids=["store down", "conflict"])
def test_what_failed_on_our_side_is_no_refusal(failed: DoseKeeperError) -> None:
    assert not isinstance(failed, RefusedError)
