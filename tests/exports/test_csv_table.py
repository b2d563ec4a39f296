"""The words that clinicians read, to the letter of the state table, and no others."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from skill.domain.doses import DoseState, How
from skill.domain.identity import MedicationId, SpeakerKind
from skill.domain.regimen import Form, Medication
from skill.exports.csv_table import plain, state_of, write
from skill.private import Private
from skill.service.report_rows import Code, Kind, Reported, Row
from tests.service.lives import ADA

EIGHT = datetime(2027, 5, 4, 6, tzinfo=UTC)


def a_row(code: Code, **facts: Any) -> Row:  # noqa: ANN401 - fields of Row
    form = facts.pop("form", Form.TABLET)
    medication = Medication(medication_id=MedicationId("med_x"), name=Private("x"), form=form)
    usual = {
        "kind": Kind.DOSE,
        "moment": EIGHT,
        "zone": ZoneInfo("Europe/Berlin"),
        "medication": medication,
        "plan_version": 3,
        "due": EIGHT,
        "amount": Decimal(1),
    }
    return Row(code=code, **usual | facts)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        pytest.param(a_row(Code.DUE), "due", id="due"),
        pytest.param(a_row(Code.TAKEN, how=How.OWN_WORDS), "taken, self-report (own words)", id="own-words"),
        pytest.param(a_row(Code.TAKEN, how=How.YES), "taken, self-report (yes)", id="yes"),
        pytest.param(a_row(Code.TAKEN, how=How.GIVEN, helper="Ana"), "taken, given, Ana", id="given"),
        pytest.param(a_row(Code.TAKEN, how=How.SEEN, helper="Ana"), "taken, observed, Ana", id="seen"),
        pytest.param(
            a_row(Code.TAKEN, how=How.OWN_WORDS, late=timedelta(minutes=100)),
            "taken late, 100 min",
            id="late",
        ),
        pytest.param(a_row(Code.PARTLY, part=Decimal("0.5")), "partly, 0.5 of 1 tablet", id="partly"),
        pytest.param(a_row(Code.UNSURE), "unsure, asked a helper", id="unsure"),
        pytest.param(a_row(Code.UNCONFIRMED), "unconfirmed (unknown)", id="unconfirmed"),
        pytest.param(a_row(Code.SKIPPED, skip_reason="cost"), "skipped, cost", id="skipped"),
        pytest.param(a_row(Code.SKIPPED), "skipped, no reason given", id="skipped-without-a-reason"),
        pytest.param(a_row(Code.NOT_TAKEN), "not taken, self-report", id="not-taken"),
        pytest.param(a_row(Code.SUPERSEDED), "superseded, plan version 3", id="superseded"),
        pytest.param(a_row(Code.EXCUSED), "excused, discharged", id="excused"),
        pytest.param(a_row(Code.NOT_OBSERVED), "system outage, out of the denominator", id="not-observed"),
        pytest.param(
            a_row(Code.EXTRA, kind=Kind.INTAKE, amount=Decimal(2), form=Form.PATCH),
            "extra intake, 2 patches",
            id="extra",
        ),
        pytest.param(
            a_row(Code.UNSCHEDULED, kind=Kind.INTAKE, amount=None),
            "extra intake, amount not said",
            id="unscheduled",
        ),
        pytest.param(
            a_row(Code.EXTRA, kind=Kind.INTAKE, amount=Decimal("7.5"), form=Form.LIQUID),
            "extra intake, 7.5 mL",
            id="millilitres",
        ),
    ],
)
def test_a_state_is_called_what_the_state_table_calls_it(row: Row, words: str) -> None:
    assert state_of(row) == words


def test_every_state_has_words_of_its_own() -> None:
    words = {state_of(a_row(code)) for code in Code if code not in (Code.EXTRA, Code.UNSCHEDULED)}

    assert len(words) == len(Code) - 2
    assert not any("missed" in said for said in words)


@pytest.mark.parametrize(
    ("how", "source"),
    [
        pytest.param(How.OWN_WORDS, "self-report", id="own-words"),
        pytest.param(How.YES, "self-report", id="yes"),
        pytest.param(How.GIVEN, "given", id="given"),
        pytest.param(How.SEEN, "observed", id="seen"),
        pytest.param(How.SILENCE, "", id="silence"),
        pytest.param(How.PLAN, "", id="plan"),
    ],
)
def test_only_a_named_person_makes_more_of_it_than_a_self_report(how: How, source: str) -> None:
    row = a_row(Code.TAKEN, how=how, by=SpeakerKind.CONTACT, helper="Ana")

    document = "".join(write([Reported(patient_id=ADA, row=row)]))

    (cells,) = csv.DictReader(io.StringIO(document, newline=""))
    assert cells["source"] == source


@pytest.mark.parametrize(
    ("number", "written"),
    [
        pytest.param(Decimal("1.000"), "1", id="no-zeros-behind-the-point"),
        pytest.param(Decimal("0.50"), "0.5", id="half"),
        pytest.param(Decimal(100), "100", id="zeros-before-it-stay"),
        pytest.param(Decimal("1E+2"), "100", id="no-exponent"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_a_number_is_written_in_digits(number: Decimal | None, written: str) -> None:
    assert plain(number) == written


def test_times_carry_the_offset_of_their_day() -> None:
    summer = a_row(Code.DUE, due=datetime(2027, 7, 4, 6, tzinfo=UTC))
    winter = a_row(Code.DUE, due=datetime(2027, 12, 4, 7, tzinfo=UTC))

    document = "".join(write([Reported(patient_id=ADA, row=row) for row in (summer, winter)]))

    assert "2027-07-04T08:00:00+02:00" in document
    assert "2027-12-04T08:00:00+01:00" in document


@pytest.mark.parametrize("form", list(Form))
def test_every_form_is_counted_in_something(form: Form) -> None:
    one, two = (state_of(a_row(Code.EXTRA, kind=Kind.INTAKE, amount=Decimal(n), form=form)) for n in (1, 2))

    assert one.startswith("extra intake, 1 ")
    assert two.startswith("extra intake, 2 ")


def test_every_state_of_a_dose_has_a_code() -> None:
    assert {state.value for state in DoseState} <= {code.value for code in Code}
