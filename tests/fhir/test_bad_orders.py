"""Orders that are wrong: each is refused with its element, or held with its element and its reason."""

import json

import pytest

from skill.errors import InvalidError
from skill.fhir.why import Activate
from tests.fhir.orders import a_dosage, a_repeat, an_order, read, read_raw, spoiled, whys

AT = "dosageInstruction[0]"
REPEAT = f"MedicationRequest.{AT}.timing.repeat"
IN_REPEAT = "dosageInstruction.0.timing.repeat"
DOSE = "dosageInstruction.0.doseAndRate.0.doseQuantity"

REFUSED = [
    pytest.param(f"{IN_REPEAT}.frequency", -2, f"{REPEAT}.frequency", id="a-negative-frequency"),
    pytest.param(f"{IN_REPEAT}.frequency", 0, f"{REPEAT}.frequency", id="a-frequency-of-zero"),
    pytest.param(f"{IN_REPEAT}.frequency", 2.5, f"{REPEAT}.frequency", id="a-broken-frequency"),
    pytest.param(f"{IN_REPEAT}.frequency", "2", f"{REPEAT}.frequency", id="a-frequency-in-quotes"),
    pytest.param(f"{IN_REPEAT}.frequency", 10**12, f"{REPEAT}.frequency", id="a-frequency-of-a-trillion"),
    pytest.param(f"{IN_REPEAT}.frequencyMax", 0, f"{REPEAT}.frequencyMax", id="a-highest-frequency-of-zero"),
    pytest.param(f"{IN_REPEAT}.count", 0, f"{REPEAT}.count", id="a-count-of-zero"),
    pytest.param(f"{IN_REPEAT}.count", -1, f"{REPEAT}.count", id="a-negative-count"),
    pytest.param(f"{IN_REPEAT}.countMax", 1.5, f"{REPEAT}.countMax", id="a-broken-highest-count"),
    pytest.param(f"{IN_REPEAT}.count", 50_000, f"{AT}.timing.repeat.count", id="a-count-that-no-plan-holds"),
    pytest.param(f"{IN_REPEAT}.period", "1", f"{REPEAT}.period", id="a-period-in-quotes"),
    pytest.param(f"{IN_REPEAT}.period", [1], f"{REPEAT}.period", id="a-list-of-periods"),
    pytest.param(f"{IN_REPEAT}.period", True, f"{REPEAT}.period", id="a-period-that-is-true"),
    pytest.param(f"{IN_REPEAT}.periodUnit", "days", f"{AT}.timing.repeat.periodUnit", id="a-unit-in-words"),
    pytest.param(f"{IN_REPEAT}.periodUnit", 1, f"{REPEAT}.periodUnit", id="a-unit-that-is-a-number"),
    pytest.param(
        f"{IN_REPEAT}.durationUnit", "x", f"{AT}.timing.repeat.durationUnit", id="no-unit-of-duration"
    ),
    pytest.param(f"{IN_REPEAT}.offset", -30, f"{REPEAT}.offset", id="a-negative-offset"),
    pytest.param(f"{IN_REPEAT}.offset", 1.5, f"{REPEAT}.offset", id="an-offset-of-a-minute-and-a-half"),
    pytest.param(f"{IN_REPEAT}.timeOfDay", ["25:61:00"], f"{AT}.timing.repeat.timeOfDay[0]", id="25-61"),
    pytest.param(
        f"{IN_REPEAT}.timeOfDay", ["8:00"], f"{AT}.timing.repeat.timeOfDay[0]", id="a-time-of-one-digit"
    ),
    pytest.param(f"{IN_REPEAT}.timeOfDay", ["24:00:00"], f"{AT}.timing.repeat.timeOfDay[0]", id="24-o-clock"),
    pytest.param(
        f"{IN_REPEAT}.timeOfDay",
        ["08:00:00", "09:00:30"],
        f"{AT}.timing.repeat.timeOfDay[1]",
        id="half-a-minute",
    ),
    pytest.param(f"{IN_REPEAT}.timeOfDay", "08:00:00", f"{REPEAT}.timeOfDay", id="one-time-and-no-list"),
    pytest.param(
        f"{IN_REPEAT}.timeOfDay",
        [f"{hour:02}:{minute}:00" for hour in range(24) for minute in ("00", "30")],
        f"{AT}.timing.repeat.timeOfDay",
        id="forty-eight-times-of-day",
    ),
    pytest.param(f"{IN_REPEAT}.timeOfDay", ["08:00:00"] * 51, f"{REPEAT}.timeOfDay", id="too-long-a-list"),
    pytest.param(
        f"{IN_REPEAT}.dayOfWeek", ["monday"], f"{AT}.timing.repeat.dayOfWeek[0]", id="a-weekday-in-full"
    ),
    pytest.param(
        f"{IN_REPEAT}.dayOfWeek", ["mon", ""], f"{AT}.timing.repeat.dayOfWeek[1]", id="an-empty-weekday"
    ),
    pytest.param(f"{IN_REPEAT}.dayOfWeek", [1], f"{REPEAT}.dayOfWeek[0]", id="a-weekday-that-is-a-number"),
    pytest.param(
        f"{IN_REPEAT}.when", ["BREAKFAST"], f"{AT}.timing.repeat.when[0]", id="an-event-that-is-none"
    ),
    pytest.param(f"{IN_REPEAT}.when", ["hs"], f"{AT}.timing.repeat.when[0]", id="an-event-in-small-letters"),
    pytest.param(
        f"{IN_REPEAT}.boundsPeriod.start",
        "yesterday",
        f"{AT}.timing.repeat.boundsPeriod.start",
        id="a-start-in-words",
    ),
    pytest.param(
        f"{IN_REPEAT}.boundsPeriod.start",
        "2026-02-30",
        f"{AT}.timing.repeat.boundsPeriod.start",
        id="30-february",
    ),
    pytest.param(
        f"{IN_REPEAT}.boundsPeriod.end",
        "2026-13-01",
        f"{AT}.timing.repeat.boundsPeriod.end",
        id="a-thirteenth-month",
    ),
    pytest.param(
        f"{IN_REPEAT}.boundsPeriod.start",
        "2026-03-05T25:00:00Z",
        f"{AT}.timing.repeat.boundsPeriod.start",
        id="25-o-clock",
    ),
    pytest.param(
        f"{IN_REPEAT}.boundsPeriod.start",
        "2026-03-05T10:00:00+99:00",
        f"{AT}.timing.repeat.boundsPeriod.start",
        id="an-offset-of-99-hours",
    ),
    pytest.param(
        f"{IN_REPEAT}.boundsPeriod.start",
        "0000-00-00",
        f"{AT}.timing.repeat.boundsPeriod.start",
        id="a-date-of-zeros",
    ),
    pytest.param(f"{IN_REPEAT}.boundsPeriod", "2026", f"{REPEAT}.boundsPeriod", id="a-period-of-text"),
    pytest.param(
        IN_REPEAT,
        a_repeat(boundsPeriod=None, boundsDuration={"value": -7, "code": "d"}),
        f"{AT}.timing.repeat.boundsDuration.value",
        id="a-course-of-minus-seven-days",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(boundsPeriod=None, boundsDuration={"value": 10**9, "code": "a"}),
        f"{AT}.timing.repeat.boundsDuration.value",
        id="a-course-of-a-billion-years",
    ),
    pytest.param(
        "dosageInstruction.0.timing.event", ["soon"], f"{AT}.timing.event[0]", id="an-event-in-words"
    ),
    pytest.param(
        "dosageInstruction.0.timing.event",
        ["2026-03-05"] * 401,
        f"MedicationRequest.{AT}.timing.event",
        id="too-many-events",
    ),
    pytest.param(
        "dosageInstruction", {}, "MedicationRequest.dosageInstruction", id="dosages-that-are-no-list"
    ),
    pytest.param("dosageInstruction.0.timing", [], f"MedicationRequest.{AT}.timing", id="a-list-of-timings"),
    pytest.param(
        "dosageInstruction.0.asNeededBoolean",
        "yes",
        f"MedicationRequest.{AT}.asNeededBoolean",
        id="a-yes-in-words",
    ),
    pytest.param("dosageInstruction.0.text", 5, f"MedicationRequest.{AT}.text", id="a-text-that-is-a-number"),
    pytest.param(
        "dosageInstruction.0.text", "x" * 4001, f"MedicationRequest.{AT}.text", id="a-text-without-an-end"
    ),
    pytest.param(
        f"{DOSE}.value",
        "NaN",
        f"MedicationRequest.{AT}.doseAndRate[0].doseQuantity.value",
        id="a-dose-in-words",
    ),
    pytest.param("status", ["active"], "MedicationRequest.status", id="a-list-of-statuses"),
    pytest.param("doNotPerform", "false", "MedicationRequest.doNotPerform", id="a-no-in-quotes"),
    pytest.param("authoredOn", "last week", "authoredOn", id="written-last-week"),
    pytest.param("contained", "x", "MedicationRequest.contained", id="contained-text"),
    pytest.param(
        "dosageInstruction", [None], "MedicationRequest.dosageInstruction[0]", id="a-dosage-of-nothing"
    ),
]


@pytest.mark.parametrize(("path", "value", "field"), REFUSED)
def test_a_value_that_fhir_does_not_know_is_refused_with_its_element(
    path: str, value: object, field: str
) -> None:
    order = spoiled(path, value)

    with pytest.raises(InvalidError) as refused:
        read(order)

    assert refused.value.field == field
    assert refused.value.problem


HELD = [
    pytest.param(
        f"{IN_REPEAT}.period", -1, f"invariant {AT}.timing.repeat.period", id="a-negative-period-tim-5"
    ),
    pytest.param(f"{IN_REPEAT}.period", 0, f"incomplete {AT}.timing.repeat.period", id="a-period-of-zero"),
    pytest.param(
        f"{IN_REPEAT}.period", 400, f"incomplete {AT}.timing.repeat.frequency", id="twice-in-400-days"
    ),
    pytest.param(f"{IN_REPEAT}.periodUnit", None, f"invariant {AT}.timing.repeat.period", id="no-unit-tim-2"),
    pytest.param(f"{IN_REPEAT}.duration", 5, f"invariant {AT}.timing.repeat.duration", id="no-unit-tim-1"),
    pytest.param(
        IN_REPEAT,
        a_repeat(duration=-5, durationUnit="min"),
        f"invariant {AT}.timing.repeat.duration",
        id="a-negative-duration-tim-4",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(period=None, periodUnit=None, periodMax=2),
        f"invariant {AT}.timing.repeat.periodMax",
        id="the-longest-period-alone-tim-6",
    ),
    pytest.param(
        f"{IN_REPEAT}.durationMax",
        5,
        f"invariant {AT}.timing.repeat.durationMax",
        id="the-longest-alone-tim-7",
    ),
    pytest.param(
        f"{IN_REPEAT}.countMax", 5, f"invariant {AT}.timing.repeat.countMax", id="the-most-alone-tim-8"
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(frequency=1, when=["CM"], offset=30),
        f"invariant {AT}.timing.repeat.offset",
        id="before-a-meal-itself-tim-9",
    ),
    pytest.param(
        f"{IN_REPEAT}.frequency", 10_000, f"too_often {AT}.timing.repeat.frequency", id="10000-a-day"
    ),
    pytest.param(
        f"{IN_REPEAT}.frequency", 2**31 - 1, f"too_often {AT}.timing.repeat.frequency", id="2-billion-a-day"
    ),
    pytest.param(f"{IN_REPEAT}.frequency", 7, f"not_held {AT}.timing.repeat.frequency", id="seven-a-day"),
    pytest.param(
        IN_REPEAT,
        a_repeat(frequency=1, period=5, periodUnit="s"),
        f"too_often {AT}.timing.repeat.period",
        id="every-5-s",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(frequency=1, period=0.3333, periodUnit="h"),
        f"too_often {AT}.timing.repeat.period",
        id="every-third-of-an-hour",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(frequency=1, period=1e30, periodUnit="d"),
        f"not_held {AT}.timing.repeat.period",
        id="every-so-many-days-that-nobody-lives",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(frequency=1, period=1.5, periodUnit="mo"),
        f"not_held {AT}.timing.repeat.period",
        id="every-month-and-a-half",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(frequency=1, period=60, periodUnit="wk", dayOfWeek=["mon"]),
        f"not_held {AT}.timing.repeat.period",
        id="every-sixty-weeks",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(frequency=1, period=2, dayOfWeek=["mon"]),
        f"frequency_contradicts {AT}.timing.repeat.dayOfWeek",
        id="every-other-day-on-mondays",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(frequency=1, period=5, periodUnit="h", dayOfWeek=["mon"]),
        f"frequency_contradicts {AT}.timing.repeat.dayOfWeek",
        id="every-five-hours-on-mondays",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(frequency=1, period=8, periodUnit="h", timeOfDay=["08:00:00"]),
        f"frequency_contradicts {AT}.timing.repeat.period",
        id="every-eight-hours-at-eight",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(timeOfDay=["08:00:00", "08:00:00"]),
        f"overlap {AT}.timing.repeat.timeOfDay",
        id="one-time-twice",
    ),
    pytest.param(
        f"{IN_REPEAT}.boundsPeriod",
        {"start": "2026-03-09", "end": "2026-03-01"},
        f"ends_before_start {AT}.timing.repeat.boundsPeriod",
        id="ends-before-it-starts",
    ),
    pytest.param(
        f"{IN_REPEAT}.boundsPeriod",
        {"start": "9999-12-31"},
        f"date_out_of_range {AT}.timing.repeat.boundsPeriod.start",
        id="from-the-year-9999",
    ),
    pytest.param(
        f"{IN_REPEAT}.boundsPeriod",
        {"start": "0001-01-01"},
        f"date_out_of_range {AT}.timing.repeat.boundsPeriod.start",
        id="from-the-year-1",
    ),
    pytest.param(
        f"{IN_REPEAT}.boundsPeriod",
        {"start": "2026-03-01T08:00:00"},
        f"imprecise_date {AT}.timing.repeat.boundsPeriod.start",
        id="a-time-on-nobodys-clock",
    ),
    pytest.param(
        f"{IN_REPEAT}.boundsDuration",
        {"value": 7, "code": "d"},
        f"invariant {AT}.timing.repeat.bounds[x]",
        id="two-kinds-of-bounds",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(boundsPeriod=None, boundsDuration={"value": 7}),
        f"incomplete {AT}.timing.repeat.boundsDuration",
        id="a-course-of-seven-somethings",
    ),
    pytest.param(
        IN_REPEAT,
        a_repeat(boundsPeriod=None, boundsDuration={"value": 7, "comparator": "<", "code": "d"}),
        f"range {AT}.timing.repeat.boundsDuration",
        id="less-than-seven-days",
    ),
    pytest.param(IN_REPEAT, {}, f"missing_timing {AT}.timing", id="an-empty-repeat"),
    pytest.param("dosageInstruction.0", {}, f"missing_timing {AT}.timing", id="an-empty-dosage"),
    pytest.param("dosageInstruction", [], "missing_dosage dosageInstruction", id="no-dosage"),
    pytest.param(f"{DOSE}.value", -1, f"dose_contradicts {AT}.doseAndRate", id="a-negative-amount"),
    pytest.param(f"{DOSE}.value", 0, f"dose_contradicts {AT}.doseAndRate", id="an-amount-of-nothing"),
    pytest.param(DOSE, {"unit": "tablet"}, f"missing_dose {AT}.doseAndRate", id="a-unit-without-an-amount"),
    pytest.param(
        f"{DOSE}.comparator", "<", f"range {AT}.doseAndRate[0].doseQuantity", id="less-than-one-tablet"
    ),
    pytest.param(
        "dosageInstruction.0.maxDosePerPeriod",
        {"numerator": {"value": 1, "unit": "tablet"}},
        f"incomplete {AT}.maxDosePerPeriod",
        id="at-most-one-in-no-time",
    ),
    pytest.param(
        "dosageInstruction.0.maxDosePerPeriod",
        {"numerator": {"value": 9, "unit": "tablet"}, "denominator": {"value": 1, "code": "wk"}},
        f"limit_not_held {AT}.maxDosePerPeriod",
        id="at-most-nine-a-week",
    ),
    pytest.param("intent", None, "missing_intent intent", id="no-intent"),
    pytest.param(
        "implicitRules", "http://example.org/r", "implicit_rules implicitRules", id="rules-not-known"
    ),
    pytest.param(
        "dosageInstruction.0.timing.code",
        {"coding": [{"code": "BID"}]},
        f"unknown_code {AT}.timing.code",
        id="a-code-of-no-system",
    ),
    pytest.param(
        f"{IN_REPEAT}.extension",
        [{"url": "http://hl7.org/fhir/StructureDefinition/timing-daysOfCycle"}],
        f"not_held {AT}.timing.repeat.extension",
        id="days-of-a-cycle",
    ),
    pytest.param(
        "medicationCodeableConcept",
        None,
        "medicine_unnamed medicationCodeableConcept",
        id="no-medicine-at-all",
    ),
    pytest.param(
        "dosageInstruction",
        [a_dosage(), a_dosage()],
        "overlap dosageInstruction",
        id="the-same-dosage-twice",
    ),
]


@pytest.mark.parametrize(("path", "value", "why"), HELD)
def test_an_order_without_one_meaning_is_held_with_its_element_and_its_reason(
    path: str, value: object, why: str
) -> None:
    order = read(spoiled(path, value))

    assert why in set(whys(order))
    assert order.activate is Activate.REVIEW


NO_FHIR = [
    pytest.param(b"", "file", id="nothing"),
    pytest.param(b"not json", "file", id="no-json"),
    pytest.param(b"[]", "file", id="a-list"),
    pytest.param(b"null", "file", id="null"),
    pytest.param(b"\xff\xfe\x00", "file", id="bytes-that-are-no-text"),
    pytest.param(b'{"resourceType":"Patient"}', "resourceType", id="a-patient"),
    pytest.param(b'{"resourceType":"Bundle"}', "Bundle.entry", id="an-empty-bundle"),
    pytest.param(b'{"resourceType":"Bundle","entry":{}}', "Bundle.entry", id="a-bundle-of-no-list"),
    pytest.param(b'{"a":NaN}', "number", id="not-a-number"),
    pytest.param(b'{"a":-Infinity}', "number", id="infinity"),
    pytest.param(b'{"a":1,"a":2}', "a", id="one-name-twice"),
    pytest.param(b'{"a":' + b"9" * 5000 + b"}", "number", id="a-number-of-5000-digits"),
    pytest.param(b'{"a":1e999999999}', "number", id="a-number-beyond-all-numbers"),
    pytest.param(b"[" * 100_000, "file", id="a-hundred-thousand-brackets"),
    pytest.param(b'{"a":' * 5000 + b"1" + b"}" * 5000, "file", id="objects-5000-deep"),
    pytest.param(
        b'{"resourceType":"Patient"}\n{"resourceType":"Patient"}', "file", id="lines-without-an-order"
    ),
]


@pytest.mark.parametrize(("raw", "field"), NO_FHIR)
def test_what_is_no_fhir_is_refused_as_a_whole(raw: bytes, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        read_raw(raw)

    assert refused.value.field == field


def test_more_than_eighty_ways_to_be_wrong_are_shown() -> None:
    assert len(REFUSED) + len(HELD) + len(NO_FHIR) >= 80


def test_the_order_that_is_spoiled_was_sound() -> None:
    order = read(an_order())

    assert (order.activate, order.reasons) == (Activate.YES, ())


def test_one_bad_order_of_a_bundle_does_not_stop_the_others() -> None:
    bad = spoiled("dosageInstruction.0.timing.repeat.frequency", -1)
    bundle = {"resourceType": "Bundle", "entry": [{"resource": bad}, {"resource": an_order()}]}

    first, second = read_raw(json.dumps(bundle).encode())

    assert isinstance(first, InvalidError)
    assert first.field == f"Bundle.entry[0].resource.{AT}.timing.repeat.frequency"
    assert not isinstance(second, InvalidError)


def test_one_bad_line_does_not_stop_the_others() -> None:
    raw = json.dumps(an_order()).encode() + b"\n\n{broken\n" + json.dumps(an_order(id="other")).encode()

    first, second, third = read_raw(raw)

    assert not isinstance(first, InvalidError)
    assert isinstance(second, InvalidError)
    assert second.field == "line 3"
    assert not isinstance(third, InvalidError)
    assert third.id == "other"
