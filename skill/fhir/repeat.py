"""``Timing.repeat`` to the days and times of our own model, or to a note why it has no one meaning."""

from fractions import Fraction

from skill.domain.timings import WITHOUT_OFFSET
from skill.errors import InvalidError
from skill.fhir.elements import Number, Repeat
from skill.fhir.repeat_periods import at_periods
from skill.fhir.repeat_reading import HOURS_OF, MONTHS_OF, Plan, Reading
from skill.fhir.repeat_times import at_times
from skill.fhir.why import Why


def plan(reading: Reading) -> Plan | None:
    """Days and times. None where the structure does not give them; a note then says what is wrong."""
    repeat = reading.repeat
    if not _keeps_invariants(reading):
        return None
    _note_ranges(reading)
    if repeat.when or repeat.time_of_day:
        return at_times(reading)
    return at_periods(reading)


# ---- what R4 demands


def _keeps_invariants(reading: Reading) -> bool:
    repeat, before = reading.repeat, len(reading.notes.reasons)
    checks = (
        (repeat.duration is not None and repeat.duration_unit is None, "tim-1", "duration", "needs a unit"),
        (repeat.period is not None and repeat.period_unit is None, "tim-2", "period", "needs a unit"),
        (_is_negative(repeat.duration), "tim-4", "duration", "must not be negative"),
        (_is_negative(repeat.period), "tim-5", "period", "must not be negative"),
        (repeat.period_max is not None and repeat.period is None, "tim-6", "periodMax", "needs a period"),
        (
            repeat.duration_max is not None and repeat.duration is None,
            "tim-7",
            "durationMax",
            "needs a duration",
        ),
        (repeat.count_max is not None and repeat.count is None, "tim-8", "countMax", "needs a count"),
        (_offset_is_lost(repeat), "tim-9", "offset", "needs a when that is no meal itself"),
        (bool(repeat.time_of_day and repeat.when), "tim-10", "timeOfDay", "does not go with when"),
    )
    for broken, name, element, says in checks:
        if broken:
            reading.note(Why.INVARIANT, element, f"{says} ({name})")
    if repeat.period == 0:
        reading.note(Why.INCOMPLETE, "period", "must be above 0")
    for name, unit in (("periodUnit", repeat.period_unit), ("durationUnit", repeat.duration_unit)):
        if unit is not None and unit not in HOURS_OF | MONTHS_OF:
            raise InvalidError(f"{reading.at}.repeat.{name}", "must be s, min, h, d, wk, mo or a")
    return len(reading.notes.reasons) == before


def _is_negative(number: Number | None) -> bool:
    return number is not None and number < 0


def _offset_is_lost(repeat: Repeat) -> bool:
    return bool(repeat.offset) and (not repeat.when or any(when in WITHOUT_OFFSET for when in repeat.when))


def _note_ranges(reading: Reading) -> None:
    repeat = reading.repeat
    for name, low, high in (
        ("frequencyMax", repeat.frequency or 1, repeat.frequency_max),
        ("periodMax", repeat.period, repeat.period_max),
        ("countMax", repeat.count, repeat.count_max),
        ("durationMax", repeat.duration, repeat.duration_max),
    ):
        if high is not None and high != low:
            reading.note(Why.RANGE, name, f"{low} to {high}; the first is shown")
    if any(extension.url.endswith("timing-daysOfCycle") for extension in repeat.extension):
        reading.note(Why.NOT_HELD, "extension", "days of a cycle are not read")
    if repeat.duration is not None and repeat.duration_unit is not None and _lasts_an_hour(repeat):
        reading.note(
            Why.NOT_HELD, "duration", "each lasts an hour or more; its end is no occasion of its own"
        )


def _lasts_an_hour(repeat: Repeat) -> bool:
    unit = repeat.duration_unit or ""
    return unit in MONTHS_OF or Fraction(repeat.duration or 0) * HOURS_OF[unit] >= 1
