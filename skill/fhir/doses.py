"""How much, how much at most, and whether it runs by itself: doseAndRate, the maximums, asNeeded."""

from decimal import Decimal

from msgspec import Struct

from skill.domain.directions import Measure, plain
from skill.domain.timings import MOST_AMOUNT
from skill.domain.units import measure, unit_named
from skill.fhir.elements import Dosage, Quantity, Ratio
from skill.fhir.why import Notes, Why

_HOURS_OF = {"min": Decimal(1) / 60, "h": Decimal(1), "d": Decimal(24), "wk": Decimal(168)}
_PERIODS = {"hour": "h", "hours": "h", "hr": "h", "day": "d", "days": "d", "minute": "min", "week": "wk"}


class Dose(Struct, frozen=True, kw_only=True):
    """``amount`` of ``unit`` is what a phase holds; an empty unit means pieces of the medicine itself.

    Above 1000 a phase holds one, and ``unit`` says of what: one "50000 unit". ``measures``: the same in
    plain units, to compare.
    """

    amount: Decimal = Decimal(1)
    unit: str = ""
    measures: tuple[Measure, ...] = ()


def dose_of(dosage: Dosage, at: str, notes: Notes) -> Dose:
    """What each occasion takes. Notes where it is missing, a range, not above 0, or told in two ways."""
    found: list[tuple[Decimal, Decimal, str]] = []
    for number, part in enumerate(dosage.dose_and_rate):
        where = f"{at}.doseAndRate[{number}]"
        if part.dose_range is not None:
            notes.add(Why.RANGE, f"{where}.doseRange", "how much is left open")
            low = _value(part.dose_range.low) or _value(part.dose_range.high)
            high = _value(part.dose_range.high) or low
            if low and high:
                found.append((low[0], high[0], low[1]))
        elif part.dose_quantity is not None:
            value = _value(part.dose_quantity)
            if part.dose_quantity.comparator is not None:
                notes.add(Why.RANGE, f"{where}.doseQuantity", "how much is left open")
            if value:
                found.append((value[0], value[0], value[1]))
    if not found:
        notes.add(Why.MISSING_DOSE, f"{at}.doseAndRate", "how much is not said")
        return Dose()
    measures = tuple(dict.fromkeys(measure(*one) for one in found))
    if len(measures) > 1:
        listed = " and ".join(str(one) for one in measures)
        notes.add(Why.DOSE_CONTRADICTS, f"{at}.doseAndRate", f"says {listed}")
    amount, unit = found[0][0], unit_named(found[0][2])
    if amount <= 0:
        notes.add(Why.DOSE_CONTRADICTS, f"{at}.doseAndRate", f"{plain(amount)} is no dose")
        return Dose(measures=measures)
    if amount > MOST_AMOUNT:
        return Dose(unit=f"{plain(amount)} {unit}".strip(), measures=measures)
    return Dose(amount=amount, unit=unit, measures=measures)


def _value(quantity: Quantity | None) -> tuple[Decimal, str] | None:
    if quantity is None or quantity.value is None:
        return None
    return Decimal(quantity.value), quantity.unit or quantity.code or ""


def is_infusion(dosage: Dosage) -> bool:
    """A rate is given: a pump or a drip, and no occasion for a person to remember."""
    return any(part.rate_ratio or part.rate_range or part.rate_quantity for part in dosage.dose_and_rate)


def is_as_needed(dosage: Dosage) -> bool:
    return bool(dosage.as_needed_boolean) or dosage.as_needed_codeable_concept is not None


def limit_of(dosage: Dosage, at: str, notes: Notes) -> Measure | None:
    """The most in any 24 hours. A note for what is no limit of 24 hours: our plans hold no other."""
    if dosage.max_dose_per_lifetime is not None:
        notes.add(Why.LIMIT_NOT_HELD, f"{at}.maxDosePerLifetime", "a limit for life is not kept")
    if dosage.max_dose_per_period is None:
        return None
    where = f"{at}.maxDosePerPeriod"
    value = _value(dosage.max_dose_per_period.numerator)
    hours = _hours(dosage.max_dose_per_period)
    if value is None or value[0] <= 0 or hours is None:
        notes.add(Why.INCOMPLETE, where, "needs an amount above 0 and a period from minutes to weeks")
        return None
    if hours != 24:
        notes.add(Why.LIMIT_NOT_HELD, where, f"a limit for {plain(hours)} hours is not kept, only one for 24")
        return None
    return measure(value[0], value[0], value[1])


def _hours(ratio: Ratio) -> Decimal | None:
    denominator = ratio.denominator
    if denominator is None or denominator.value is None or denominator.value <= 0:
        return None
    unit = (denominator.code or denominator.unit or "").lower()
    factor = _HOURS_OF.get(_PERIODS.get(unit, unit))
    return None if factor is None else Decimal(denominator.value) * factor


def check_limits(
    dosage: Dosage, dose: Dose, a_day: int, limit: Measure | None, at: str, notes: Notes
) -> None:
    """Notes where the planned doses (``a_day`` of them at most) pass the order's own maximums."""
    single = dose.measures[0] if dose.measures else None
    if single is None:
        return
    most = _value(dosage.max_dose_per_administration)
    if most is not None:
        once = measure(most[0], most[0], most[1])
        if once.unit == single.unit and single.high > once.high:
            notes.add(Why.LIMIT_CONTRADICTS, f"{at}.maxDosePerAdministration", f"{single} is above {once}")
    if limit is not None and limit.unit == single.unit and single.high * a_day > limit.high:
        says = f"{a_day} times {single} in a day is above {limit}"
        notes.add(Why.LIMIT_CONTRADICTS, f"{at}.maxDosePerPeriod", says)
