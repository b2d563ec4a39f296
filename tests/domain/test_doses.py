"""Doses: what is open, due, or may still be told of."""

from datetime import timedelta
from decimal import Decimal

import pytest

from skill.domain.doses import Dose, DoseState, How, OpenPart, doses_between, is_late
from skill.domain.identity import StatementId
from tests.builders import a_medication, an_outcome, at

TABLET = a_medication("lisinopril", "08:00")


def the_dose(state: DoseState | None = None, how: How = How.OWN_WORDS) -> Dose:
    outcome = an_outcome(TABLET, at("08:00"), state, how=how) if state else None
    outcomes = {outcome.key: outcome} if outcome else {}
    return next(doses_between([TABLET], outcomes, {}, at("08:00"), at("08:01")))


@pytest.mark.parametrize(
    ("wall", "opened", "due"),
    [
        ("05:59", False, False),
        ("06:00", True, False),
        ("07:59", True, False),
        ("08:00", True, True),
        ("11:59", True, True),
        ("12:00", False, False),
    ],
)
def test_a_dose_is_open_in_its_window_and_due_from_its_moment_on(wall: str, opened: bool, due: bool) -> None:
    """S18: closed is closed."""
    dose = the_dose()

    assert (dose.open_at(at(wall)), dose.due_at(at(wall))) == (opened, due)


@pytest.mark.parametrize("state", list(DoseState))
def test_a_settled_dose_is_neither_open_nor_due(state: DoseState) -> None:
    dose = the_dose(state)

    assert (dose.settled, dose.open_at(at("09:00")), dose.due_at(at("09:00"))) == (True, False, False)


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (None, False),
        (DoseState.TAKEN, False),
        (DoseState.SKIPPED, True),
        (DoseState.NOT_TAKEN, True),
        (DoseState.UNSURE, True),
        (DoseState.UNCONFIRMED, True),
        (DoseState.NOT_OBSERVED, True),
        (DoseState.SUPERSEDED, False),
        (DoseState.EXCUSED, False),
    ],
    ids=str,
)
def test_taken_may_follow_what_was_not_taken(state: DoseState | None, may: bool) -> None:
    assert the_dose(state).may_be_reported(at("13:00")) is may


def test_a_late_report_counts_for_36_hours() -> None:
    dose = the_dose(DoseState.UNCONFIRMED)
    due = at("08:00")

    assert dose.may_be_reported(due + timedelta(hours=35, minutes=59))
    assert not dose.may_be_reported(due + timedelta(hours=36))
    assert not dose.may_be_reported(due - timedelta(minutes=1))


def test_a_window_that_closed_in_silence_is_not_spoken_of() -> None:
    assert the_dose(DoseState.UNCONFIRMED, How.SILENCE).spoken_of is False
    assert the_dose(DoseState.SKIPPED).spoken_of is True
    assert the_dose().spoken_of is False


def test_a_dose_knows_its_part() -> None:
    part = OpenPart(TABLET.medication_id, at("08:00"), Decimal("0.5"), at("08:05"), StatementId("stm_1"))

    dose = next(doses_between([TABLET], {}, {part.key: part}, at("08:00"), at("08:01")))

    assert dose.part == part


def test_late_is_after_the_time_allowed() -> None:
    dose = the_dose()

    assert not is_late(dose, at("10:00"))
    assert is_late(dose, at("10:00") + timedelta(seconds=1))
