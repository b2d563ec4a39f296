"""Orders beyond single examples: where they lie in a file, whose they are, and what they carry along."""

import copy
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.domain.timings import Routine, When
from skill.errors import InvalidError
from skill.fhir.medicines import rarely_daily
from skill.fhir.orders import Order
from skill.fhir.why import Activate, OrderClass, Why
from tests.fhir.orders import a_dosage, a_frame, a_repeat, an_order, read, read_raw, whys

WEEK = datetime(2026, 3, 5, 5, tzinfo=UTC), datetime(2026, 3, 12, 4, tzinfo=UTC)
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def moments(order: Order) -> list[str]:
    return [f"{moment:%m-%d %H:%M}" for moment, _ in order.occurrences(*WEEK)]


# ---- where an order lies


def test_a_bundle_gives_its_orders_in_turn_with_the_medications_beside_them() -> None:
    medication = {"resourceType": "Medication", "id": "m", "code": {"text": "Lisinopril 10 mg"}}
    order = an_order(medicationCodeableConcept=None, medicationReference={"reference": "urn:uuid:1"})
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": order},
            {"resource": {"resourceType": "Patient"}},
            {"fullUrl": "urn:uuid:1", "resource": medication},
            {"resource": an_order(id="second")},
        ],
    }

    first, second = read_raw(json.dumps(bundle).encode())

    assert isinstance(first, Order)
    assert isinstance(second, Order)
    assert (first.medicine, first.activate) == ("Lisinopril 10 mg", Activate.YES)
    assert (second.id, second.medicine) == ("second", "Metformin 500 mg tablet")


def test_lines_of_ndjson_are_orders_of_their_own() -> None:
    raw = b"\n".join(json.dumps(an_order(id=name)).encode() for name in ("a", "b", "c"))

    orders = read_raw(raw)

    assert [order.id for order in orders if isinstance(order, Order)] == ["a", "b", "c"]


def test_a_medication_that_is_not_here_goes_by_what_the_reference_calls_it() -> None:
    order = read(
        an_order(
            medicationCodeableConcept=None,
            medicationReference={"reference": "Medication/9", "display": "Ramipril 5 mg"},
        )
    )

    assert (order.medicine, order.activate) == ("Ramipril 5 mg", Activate.YES)


def test_codes_are_carried_through_as_they_are() -> None:
    coding = {"system": RXNORM, "code": "860975", "display": "metformin 500 MG"}

    order = read(an_order(medicationCodeableConcept={"coding": [coding]}))

    (kept,) = order.codes
    assert (kept.system, kept.code, kept.display) == (RXNORM, "860975", "metformin 500 MG")
    assert order.medicine == "metformin 500 MG"


# ---- whose it is


def test_the_patients_own_times_are_used() -> None:
    routine = Routine(
        times_a_day=((time(9),), (time(7), time(19)), *Routine().times_a_day[2:]),
    )

    order = read(an_order(), a_frame(routine=routine, zone=ZoneInfo("Europe/Berlin")))

    assert moments(order)[:2] == ["03-05 06:00", "03-05 18:00"]


def test_before_breakfast_follows_the_breakfast() -> None:
    events = tuple(
        (when, time(9, 15)) if when is When.CM else (when, wall) for when, wall in Routine().events
    )
    dosage = a_dosage(timing={"repeat": a_repeat(frequency=None, period=None, periodUnit=None, when=["ACM"])})

    order = read(an_order(dosage), a_frame(routine=Routine(events=events, meal_offset=20)))

    assert moments(order)[0] == "03-05 13:55"


def test_an_order_without_a_start_begins_with_the_therapy() -> None:
    dosage = a_dosage(
        timing={"repeat": a_repeat(boundsPeriod=None, frequency=1, period=3, periodUnit="d", count=2)}
    )

    order = read(an_order(dosage), a_frame(therapy_start=date(2026, 3, 6)))

    assert order.activate is Activate.YES
    assert moments(order) == ["03-06 13:00", "03-09 12:00"]


def test_a_course_in_days_ends_with_its_last_day() -> None:
    repeat = a_repeat(boundsPeriod=None, boundsDuration={"value": 1, "unit": "week"}, frequency=1)

    order = read(an_order(a_dosage(timing={"repeat": repeat})), a_frame(therapy_start=date(2026, 3, 2)))

    assert moments(order) == ["03-05 13:00", "03-06 13:00", "03-07 13:00", "03-08 12:00"]


def test_an_interval_begins_at_the_hour_of_the_frame() -> None:
    dosage = a_dosage(timing={"repeat": a_repeat(frequency=1, period=12, periodUnit="h")})

    order = read(an_order(dosage), a_frame(hour_interval_first=time(6, 30)))

    assert moments(order)[:2] == ["03-05 11:30", "03-05 23:30"]


def test_an_end_with_a_time_includes_that_moment() -> None:
    bounds = {"start": "2026-03-01", "end": "2026-03-06T08:00:00-05:00"}

    order = read(an_order(a_dosage(timing={"repeat": a_repeat(boundsPeriod=bounds)})))

    assert moments(order) == ["03-05 13:00", "03-06 01:00", "03-06 13:00"]


def test_a_count_begins_with_the_first_dose_after_a_start_in_mid_day() -> None:
    bounds = {"start": "2026-03-05T12:00:00-05:00"}

    order = read(an_order(a_dosage(timing={"repeat": a_repeat(boundsPeriod=bounds, count=3)})))

    assert moments(order) == ["03-06 01:00", "03-06 13:00", "03-07 01:00"]


def test_an_order_ended_yesterday_is_expired_today() -> None:
    dosage = a_dosage(timing={"repeat": a_repeat(boundsPeriod={"start": "2026-03-01", "end": "2026-03-04"})})

    today, yesterday = read(an_order(dosage)), read(an_order(dosage), a_frame(as_of=date(2026, 3, 4)))

    assert (today.order_class, today.activate) == (OrderClass.EXPIRED, Activate.NO)
    assert (yesterday.order_class, yesterday.activate) == (OrderClass.SCHEDULED, Activate.YES)


# ---- several dosages


def test_the_same_days_at_other_times_are_one_phase_with_its_amounts() -> None:
    events = [("MORN", 2), ("HS", 1)]
    dosages = [
        a_dosage(
            timing={"repeat": a_repeat(frequency=None, period=None, periodUnit=None, when=[when])},
            doseAndRate=[{"doseQuantity": {"value": amount, "unit": "tablet"}}],
        )
        for when, amount in events
    ]

    order = read(an_order(*dosages))

    assert len(order.phases) == 1
    assert [amount for _, amount in islice(order.occurrences(*WEEK), 4)] == [2, 1, 2, 1]
    assert order.activate is Activate.YES


def test_other_amounts_on_other_weekdays_are_one_phase() -> None:
    weekdays = [(["mon", "fri"], 5), (["sun"], 2.5)]
    dosages = [
        a_dosage(
            timing={"repeat": a_repeat(frequency=1, dayOfWeek=days)},
            doseAndRate=[{"doseQuantity": {"value": amount, "unit": "mg"}}],
        )
        for days, amount in weekdays
    ]

    order = read(an_order(*dosages, medicationCodeableConcept={"text": "Warfarin"}))

    assert len(order.phases) == 1
    assert order.unit == "mg"
    assert [amount for _, amount in order.occurrences(*WEEK)] == [5, Decimal("2.5"), 5]


def test_a_later_number_follows_the_counted_doses_of_the_earlier_one() -> None:
    first = a_dosage(sequence=1, timing={"repeat": a_repeat(boundsPeriod={"start": "2026-03-05"}, count=4)})
    then = a_dosage(sequence=2, timing={"repeat": a_repeat(boundsPeriod=None, frequency=1)})

    order = read(an_order(then, first))

    assert order.activate is Activate.YES
    assert moments(order)[:6] == [
        "03-05 13:00",
        "03-06 01:00",
        "03-06 13:00",
        "03-07 01:00",
        "03-07 13:00",
        "03-08 12:00",
    ]


def test_doses_in_two_units_are_held() -> None:
    other = a_dosage(
        timing={"repeat": a_repeat(frequency=None, period=None, periodUnit=None, when=["HS"])},
        doseAndRate=[{"doseQuantity": {"value": 5, "unit": "mL"}}],
    )

    order = read(an_order(a_dosage(), other))

    assert "dose_contradicts dosageInstruction" in set(whys(order))


def test_an_amount_above_a_thousand_is_one_dose_of_so_much() -> None:
    dosage = a_dosage(doseAndRate=[{"doseQuantity": {"value": 50000, "unit": "IU"}}])

    order = read(an_order(dosage))

    assert (order.phases[0].amount, order.unit) == (1, "50000 unit")


# ---- the medicine itself


@pytest.mark.parametrize(
    ("active", "held"),
    [
        pytest.param("metformin", True, id="by-name"),
        pytest.param("Metformin", True, id="by-name-with-a-capital"),
        pytest.param(f"{RXNORM}|860975", True, id="by-code"),
        pytest.param("met", False, id="not-by-a-part-of-a-name"),
        pytest.param("lisinopril", False, id="not-another-one"),
    ],
)
def test_an_ingredient_that_is_taken_already_is_held(active: str, held: bool) -> None:
    """S12."""
    concept = {"text": "Metformin 500 mg tablet", "coding": [{"system": RXNORM, "code": "860975"}]}

    order = read(an_order(medicationCodeableConcept=concept), a_frame(active=(active,)))

    assert (order.activate is Activate.REVIEW) is held
    assert ("same_ingredient medicationCodeableConcept" in set(whys(order))) is held


@pytest.mark.parametrize(
    ("medicine", "repeat", "held"),
    [
        pytest.param("Methotrexate 2.5 mg", {"frequency": 1}, True, id="methotrexate-daily"),
        pytest.param(
            "Methotrexate 2.5 mg",
            {"frequency": 1, "periodUnit": "wk", "dayOfWeek": ["mon"]},
            False,
            id="methotrexate-weekly",
        ),
        pytest.param(
            "METHOTREXATE SODIUM 10 MG",
            {"frequency": 2, "periodUnit": "wk", "dayOfWeek": ["mon", "thu"]},
            True,
            id="methotrexate-twice-a-week",
        ),
        pytest.param("Alendronate 70 mg", {"frequency": 1}, True, id="the-weekly-strength-daily"),
        pytest.param("Alendronate 10 mg", {"frequency": 1}, False, id="the-daily-strength-daily"),
        pytest.param("Alendronic acid", {"frequency": 1}, True, id="a-strength-that-is-not-known"),
        pytest.param("Ozempic 0.5 mg pen", {"frequency": 1}, True, id="a-weekly-injection-daily"),
        pytest.param("Semaglutide 7 mg oral tablet", {"frequency": 1}, False, id="its-daily-tablet"),
        pytest.param("Fentanyl 25 mcg/h transdermal patch", {"frequency": 1}, True, id="a-3-day-patch-daily"),
        pytest.param(
            "Fentanyl 25 mcg/h transdermal patch",
            {"frequency": 1, "period": 72, "periodUnit": "h"},
            False,
            id="a-3-day-patch-every-72-hours",
        ),
        pytest.param("Cholecalciferol 50,000 units", {"frequency": 1}, True, id="much-vitamin-d-daily"),
        pytest.param("Ergocalciferol 1.25 MG Oral Capsule", {"frequency": 1}, True, id="the-same-in-mg"),
        pytest.param("Cholecalciferol 25 mcg tablet", {"frequency": 1}, False, id="little-vitamin-d-daily"),
        pytest.param("Vitamin D 1000 IU", {"frequency": 2}, False, id="little-vitamin-d-in-units"),
        pytest.param("Metformin 500 mg", {"frequency": 3}, False, id="a-medicine-that-is-not-listed"),
    ],
)
def test_more_often_than_the_list_has_it_is_held(
    medicine: str, repeat: dict[str, object], held: bool
) -> None:
    """S11."""
    dosage = a_dosage(timing={"repeat": a_repeat(**repeat)})

    order = read(an_order(dosage, medicationCodeableConcept={"text": medicine}))

    assert (Why.RARELY_DAILY in {reason.why for reason in order.reasons}) is held
    assert (order.activate is Activate.REVIEW) is held


def test_every_entry_of_the_list_has_its_source() -> None:
    entries = rarely_daily()

    assert len(entries) >= 20
    assert all(entry.source and entry.names and entry.days >= 2 for entry in entries)


# ---- whatever is in a file

NUMBERS = (None, True, 0, -1, 1, 2, 7, 12, 24, 36, 366, 10_000, 0.5, 1e6)
TEXTS = ("", "x", "d", "h", "wk", "mo", "a", "min", "Take 1 tablet", "1 - 2 - 3 x")
DATES = ("2026-03-08", "2026", "2026-03-08T02:30:00-05:00", "9999-12-31")
LISTS = ([], ["mon"], ["mon", "tue"], ["CM"], ["HS", "AC"], ["08:00:00"], ["02:30", "02:30"], [{}])
VALUES = st.sampled_from((*NUMBERS, *TEXTS, *DATES, *LISTS))
HOW_OFTEN = ("frequency", "frequencyMax", "period", "periodMax", "periodUnit", "count", "countMax")
WHEN = ("dayOfWeek", "timeOfDay", "when", "offset", "duration", "durationUnit")
ELEMENTS = st.sampled_from((*HOW_OFTEN, *WHEN, "boundsDuration", "boundsPeriod"))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(ELEMENTS, VALUES, max_size=5), st.text(max_size=60), st.booleans())
def test_any_order_is_read_or_refused_and_never_breaks(
    repeat: dict[str, Any], text: str, as_needed: bool
) -> None:
    timing = {"repeat": {**a_repeat(), **copy.deepcopy(repeat)}}
    order = an_order(a_dosage(timing=timing, text=text, asNeededBoolean=as_needed))

    for found in read_raw(json.dumps(order).encode()):
        if isinstance(found, InvalidError):
            assert found.field
            continue
        rising = [moment for moment, _ in islice(found.occurrences(*WEEK), 500)]
        assert rising == sorted(set(rising))
        assert (found.activate is Activate.YES) is (
            found.order_class is OrderClass.SCHEDULED and not found.reasons
        )
