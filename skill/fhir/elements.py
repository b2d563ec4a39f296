"""The parts of FHIR R4 that orders are read from, as they stand in JSON. The others are ignored."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

Text = Annotated[str, Meta(max_length=4000)]
Short = Annotated[str, Meta(max_length=500)]
Positive = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Unsigned = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Number = int | Decimal  # decimal; JSON's 12 and 12.0 are both read, as what they are


class Element(Struct, frozen=True, kw_only=True, rename="camel"):
    """Named as FHIR names it; every element may be absent."""


class Coding(Element, frozen=True, kw_only=True):
    system: Short | None = None
    code: Short | None = None
    display: Short | None = None


class CodeableConcept(Element, frozen=True, kw_only=True):
    coding: Annotated[tuple[Coding, ...], Meta(max_length=50)] = ()
    text: Text | None = None


class Quantity(Element, frozen=True, kw_only=True):
    value: Number | None = None
    comparator: Short | None = None
    unit: Short | None = None
    system: Short | None = None
    code: Short | None = None


class Range(Element, frozen=True, kw_only=True):
    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Element, frozen=True, kw_only=True):
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(Element, frozen=True, kw_only=True):
    start: Short | None = None
    end: Short | None = None


class Extension(Element, frozen=True, kw_only=True):
    url: Short = ""


Extensions = Annotated[tuple[Extension, ...], Meta(max_length=100)]


class Repeat(Element, frozen=True, kw_only=True):
    bounds_duration: Quantity | None = None
    bounds_range: Range | None = None
    bounds_period: Period | None = None
    count: Positive | None = None
    count_max: Positive | None = None
    duration: Number | None = None
    duration_max: Number | None = None
    duration_unit: Short | None = None
    frequency: Positive | None = None
    frequency_max: Positive | None = None
    period: Number | None = None
    period_max: Number | None = None
    period_unit: Short | None = None
    day_of_week: Annotated[tuple[Short, ...], Meta(max_length=50)] = ()
    time_of_day: Annotated[tuple[Short, ...], Meta(max_length=50)] = ()
    when: Annotated[tuple[Short, ...], Meta(max_length=50)] = ()
    offset: Unsigned | None = None
    extension: Extensions = ()


class Timing(Element, frozen=True, kw_only=True):
    event: Annotated[tuple[Short, ...], Meta(max_length=400)] = ()
    repeat: Repeat | None = None
    code: CodeableConcept | None = None
    modifier_extension: Extensions = ()


class DoseAndRate(Element, frozen=True, kw_only=True):
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    rate_ratio: Ratio | None = None
    rate_range: Range | None = None
    rate_quantity: Quantity | None = None


class Dosage(Element, frozen=True, kw_only=True):
    sequence: int | None = None
    text: Text | None = None
    additional_instruction: Annotated[tuple[CodeableConcept, ...], Meta(max_length=50)] = ()
    patient_instruction: Text | None = None
    timing: Timing | None = None
    as_needed_boolean: bool | None = None
    as_needed_codeable_concept: CodeableConcept | None = None
    route: CodeableConcept | None = None
    dose_and_rate: Annotated[tuple[DoseAndRate, ...], Meta(max_length=20)] = ()
    max_dose_per_period: Ratio | None = None
    max_dose_per_administration: Quantity | None = None
    max_dose_per_lifetime: Quantity | None = None
    modifier_extension: Extensions = ()


class Reference(Element, frozen=True, kw_only=True):
    reference: Short | None = None
    display: Short | None = None


class Ingredient(Element, frozen=True, kw_only=True):
    item_codeable_concept: CodeableConcept | None = None
    item_reference: Reference | None = None


class Medication(Element, frozen=True, kw_only=True):
    """Also anything else that an order contains: only medications are looked for."""

    resource_type: Short = ""
    id: Short | None = None
    code: CodeableConcept | None = None
    form: CodeableConcept | None = None
    ingredient: Annotated[tuple[Ingredient, ...], Meta(max_length=50)] = ()
    modifier_extension: Extensions = ()


class Annotation(Element, frozen=True, kw_only=True):
    text: Text = ""


class MedicationRequest(Element, frozen=True, kw_only=True):
    id: Short | None = None
    implicit_rules: Short | None = None
    modifier_extension: Extensions = ()
    status: Short | None = None
    intent: Short | None = None
    do_not_perform: bool | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    authored_on: Short | None = None
    note: Annotated[tuple[Annotation, ...], Meta(max_length=50)] = ()
    dosage_instruction: Annotated[tuple[Dosage, ...], Meta(max_length=50)] = ()
