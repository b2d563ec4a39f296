"""The chart: what it finds, and what it keeps of what has happened."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from skill.domain.chart import Touched, empty_chart
from skill.domain.doses import DoseKey, DoseState, OpenPart
from skill.domain.events import Done, Reason, Told
from skill.domain.identity import AlertId, ContactId, MedicationId, OperationId, StatementId
from skill.domain.ladders import LadderKind
from skill.errors import NotFoundError
from tests.builders import (
    SAM,
    TUESDAY,
    a_chart,
    a_medication,
    a_message,
    a_patient,
    an_alert,
    an_outcome,
    at,
)

TABLET = a_medication("lisinopril", "08:00", "20:00")


def test_a_new_chart_holds_the_patient_and_nothing_else() -> None:
    chart = empty_chart(a_patient(), TUESDAY)

    assert chart.plan.patient == a_patient()
    assert (chart.active(), chart.now.entries, chart.now.worked_to) == ((), 0, TUESDAY)


def test_what_is_there_is_found() -> None:
    done = Done(OperationId("op"), Reason.WRITTEN, Told(), None)
    chart = a_chart(TABLET, alerts=(an_alert(),), messages=(a_message(),), operations=(done,))

    assert chart.find_medication(TABLET.medication_id) == chart.get_medication(TABLET.medication_id) == TABLET
    assert chart.find_contact(SAM) == chart.get_contact(SAM) == chart.plan.care_team[0]
    assert chart.find_alert(AlertId("alr_1")) == chart.get_alert(AlertId("alr_1")) == an_alert()
    assert chart.find_message(a_message().key) == a_message()
    assert chart.find_ladder(LadderKind.FALL) == chart.get_ladder(LadderKind.FALL)
    assert chart.operation(OperationId("op")) == done


def test_what_is_not_there_is_not_found() -> None:
    chart = a_chart(ladders=())

    assert chart.find_medication(MedicationId("med_none")) is None
    assert chart.find_contact(ContactId("con_none")) is None
    assert chart.find_contact(None) is None
    assert chart.find_alert(AlertId("alr_none")) is None
    assert chart.find_message("none") is None
    assert chart.find_ladder(LadderKind.FALL) is None
    assert chart.operation(OperationId("none")) is None


def test_what_must_be_there_and_is_not_is_named() -> None:
    chart = a_chart()

    with pytest.raises(NotFoundError, match="kind=medication id=med_none"):
        chart.get_medication(MedicationId("med_none"))
    with pytest.raises(NotFoundError, match="kind=contact id=con_none"):
        chart.get_contact(ContactId("con_none"))
    with pytest.raises(NotFoundError, match="kind=alert id=alr_none"):
        chart.get_alert(AlertId("alr_none"))
    with pytest.raises(NotFoundError, match="kind=ladder id=fall"):
        a_chart(ladders=()).get_ladder(LadderKind.FALL)


def test_doses_carry_what_is_known_of_them() -> None:
    outcome = an_outcome(TABLET, at("08:00"), DoseState.SKIPPED)
    part = OpenPart(TABLET.medication_id, at("20:00"), Decimal("0.5"), at("20:05"), StatementId("stm_1"))
    chart = a_chart(TABLET, outcomes=(outcome,), parts=(part,))

    doses = list(chart.doses(at("00:00"), at("2027-05-05 00:00")))

    assert [(dose.due, dose.outcome, dose.part) for dose in doses] == [
        (at("08:00"), outcome, None),
        (at("20:00"), None, part),
    ]


def test_one_dose_is_found_by_its_key() -> None:
    chart = a_chart(TABLET)

    found = chart.dose(DoseKey(TABLET.medication_id, at("20:00")))

    assert found is not None
    assert found.due == at("20:00")
    assert chart.dose(DoseKey(TABLET.medication_id, at("20:01"))) is None
    assert chart.dose(DoseKey(MedicationId("med_other"), at("20:00"))) is None


def test_who_has_left_has_no_doses_any_more() -> None:
    chart = a_chart(TABLET).with_plan(discharged_at=TUESDAY)

    assert chart.active() == ()
    assert list(chart.doses(at("00:00"), at("23:00"))) == []


def test_outcomes_are_found_from_a_moment_on() -> None:
    days = [datetime(2027, 5, day, 6, tzinfo=UTC) for day in (1, 2, 3, 4)]
    chart = a_chart(outcomes=tuple(an_outcome(TABLET, due) for due in days))

    assert [key.due for key in chart.outcomes_since(days[2])] == days[2:]
    assert chart.outcomes_since(days[3] + timedelta(minutes=1)) == {}


def test_an_undo_knows_the_dose_that_was_touched() -> None:
    touched = Touched(TABLET.medication_id, TUESDAY, None, None)

    assert touched.key == DoseKey(TABLET.medication_id, TUESDAY)
