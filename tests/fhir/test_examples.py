"""Prescriptions of every kind, each with the line that it must give, in the week in which clocks change."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skill.cli.schedule import Row, record_of, words_of
from skill.fhir.orders import Order
from skill.fhir.why import OrderClass, Why
from tests.fhir.orders import a_frame, read, read_raw

EXAMPLES = Path(__file__).parent / "examples"
EXPECTED = [json.loads(line) for line in (EXAMPLES / "expected.jsonl").read_text("utf-8").splitlines()]
WEEK = datetime(2026, 3, 5, 5, tzinfo=UTC), datetime(2026, 3, 12, 4, tzinfo=UTC)  # New York's days, 5 to 11


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda line: Path(line["file"]).stem)
def test_a_prescription_is_read_as_it_was_meant(expected: dict[str, object]) -> None:
    name = str(expected["file"])

    (order,) = read_raw((EXAMPLES / name).read_bytes())

    assert isinstance(order, Order)
    record = record_of(Row(file=name, order=order), WEEK)
    assert {field: record[field] for field in expected} == expected


CLEAR = [line["file"] for line in EXPECTED if line["activate"] == "yes"]


@pytest.mark.parametrize("name", CLEAR, ids=lambda name: Path(name).stem)
def test_our_own_words_for_an_order_agree_with_its_structure(name: str) -> None:
    given = json.loads((EXAMPLES / name).read_text("utf-8"))
    first = read(given)
    if len(given["dosageInstruction"]) == 1:  # several are one sentence, and each has a text of its own
        given["dosageInstruction"][0]["text"] = words_of(first)

    again = read(given, a_frame(therapy_start=first.phases[0].first_day))

    assert again.reasons == ()


def test_every_example_has_its_line() -> None:
    names = {path.name for path in EXAMPLES.glob("*.json")}

    assert len(names) >= 60
    assert names == {line["file"] for line in EXPECTED}


def test_every_class_and_every_reason_has_an_example() -> None:
    told = {reason.split(":")[0] for line in EXPECTED for reason in line["reasons"]}

    assert {line["class"] for line in EXPECTED} == set(OrderClass)
    # What needs more than one order, or the patient's own list, is tested with the orders.
    assert set(Why) - told == {Why.MISSING_INTENT, Why.IMPLICIT_RULES, Why.SAME_INGREDIENT}
