"""A private value shows itself only to who asks for it by name."""

import json
import logging
import pickle
import traceback
from dataclasses import FrozenInstanceError, dataclass

import pytest

from skill.private import Private

SECRET = "Metformin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    name: Private[str]


@pytest.mark.parametrize(
    "shown",
    [
        repr(Private(SECRET)),
        str(Private(SECRET)),
        f"{Private(SECRET)}",
        f"{Private(SECRET)!r}",
        f"{Private(SECRET):>40}",
        "{}".format(Private(SECRET)),  # noqa: UP032  the subject of this test
        "%s %r" % (Private(SECRET), Private(SECRET)),  # noqa: UP031  the subject of this test
        repr([Private(SECRET)]),
        repr({"name": Private(SECRET)}),
        repr(Medicine(name=Private(SECRET))),
        ascii(Private(SECRET)),
        logging.LogRecord("x", 20, "x", 1, "%s", (Private(SECRET),), None).getMessage(),
    ],
    ids=[
        "repr",
        "str",
        "format",
        "format of repr",
        "padded",
        "format method",
        "percent",
        "in a list",
        "in a dict",
        "in a record",
        "ascii",
        "log",
    ],
)
def test_no_way_of_printing_shows_it(shown: str) -> None:
    assert SECRET not in shown
    assert "Private(…)" in shown or r"Private(\u2026)" in shown


def test_a_traceback_with_locals_does_not_show_it() -> None:
    held = Private(SECRET)

    try:
        raise ValueError(held)
    except ValueError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())

    assert repr(held) in told
    assert SECRET not in told


def test_it_is_not_turned_into_json_by_chance() -> None:
    with pytest.raises(TypeError):
        json.dumps({"name": Private(SECRET)})


def test_who_asks_by_name_gets_the_value() -> None:
    assert Private(SECRET).value == "Metformin"


def test_equal_values_are_equal_and_can_be_keys() -> None:
    assert Private(SECRET) == Private("Metformin")
    assert Private(SECRET) != Private("Metoprolol")
    assert Private(SECRET) != "Metformin"
    assert len({Private(SECRET), Private("Metformin")}) == 1


def test_it_does_not_change() -> None:
    held = Private(SECRET)

    with pytest.raises(FrozenInstanceError):
        held.value = "Metoprolol"  # type: ignore[misc]


def test_it_survives_being_copied_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Private(SECRET))) == Private(SECRET)  # noqa: S301  our own bytes
