"""``routine.json``: when a patient's days have their events, and where a course without a start begins."""

import json
from collections.abc import Mapping
from datetime import date, time
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.clock import zone_named
from skill.domain.timings import Routine, When
from skill.errors import InvalidError
from skill.intake import values

_FIELDS = frozenset(
    {
        "timezone",
        "times_per_day",
        "routine",
        "meal_offset_default_min",
        "therapy_start",
        "hour_interval_first",
    }
)
# Each of these is three meals: a list of three times is told to its three parts.
_PARTS = {
    When.C: (When.CM, When.CD, When.CV),
    When.AC: (When.ACM, When.ACD, When.ACV),
    When.PC: (When.PCM, When.PCD, When.PCV),
}


class RoutineFile(Struct, frozen=True, kw_only=True):
    """What the file says; what it leaves out is as usual. ``unknown``: fields that nothing reads."""

    zone: ZoneInfo | None = None
    routine: Routine = Routine()
    therapy_start: date | None = None
    hour_interval_first: time = time(8)
    unknown: tuple[str, ...] = ()


def read_routine(text: str) -> RoutineFile:
    """``InvalidError`` names the field, such as ``routine.HS``."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidError("routine", "is not a file of JSON") from error
    if not isinstance(given, dict):
        raise InvalidError("routine", "must be a JSON object")
    zone, start, first = (given.get(name) for name in ("timezone", "therapy_start", "hour_interval_first"))
    return RoutineFile(
        zone=None if zone is None else _zone(_text("timezone", zone)),
        routine=_routine(given),
        therapy_start=None if start is None else values.day("therapy_start", _text("therapy_start", start)),
        hour_interval_first=time(8) if first is None else _wall("hour_interval_first", first),
        unknown=tuple(sorted(given.keys() - _FIELDS)),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return zone_named(name)
    except InvalidError as error:
        raise InvalidError("timezone", error.problem) from error


def _routine(given: Mapping[str, object]) -> Routine:
    usual = Routine()
    offset = given.get("meal_offset_default_min", usual.meal_offset)
    if not isinstance(offset, int) or isinstance(offset, bool):
        raise InvalidError("meal_offset_default_min", "must be a whole number of minutes")
    return Routine(
        times_a_day=_times_a_day(_object(given, "times_per_day"), usual),
        events=_events(_object(given, "routine"), usual),
        meal_offset=offset,
    )


def _times_a_day(given: Mapping[str, object], usual: Routine) -> tuple[tuple[time, ...], ...]:
    numbers = [str(number) for number in range(1, len(usual.times_a_day) + 1)]
    for number in given:
        if number not in numbers:
            raise InvalidError(f"times_per_day.{number}", "must be for 1 to 5 times a day")
    found = []
    for number, walls in zip(numbers, usual.times_a_day, strict=True):
        field, own = f"times_per_day.{number}", given.get(number)
        if own is None:
            found.append(walls)
            continue
        if not isinstance(own, list) or len(own) != len(walls):
            raise InvalidError(field, f"must be a list of {number} clock times")
        times = tuple(sorted({_wall(field, wall) for wall in own}))
        if len(times) != len(walls):
            raise InvalidError(field, "must not hold a time twice")
        found.append(times)
    return tuple(found)


def _events(given: Mapping[str, object], usual: Routine) -> tuple[tuple[When, time], ...]:
    events = dict(usual.events)
    for name, wall in given.items():
        field = f"routine.{name}"
        if name not in set(When):
            raise InvalidError(field, "is no event of the day that FHIR R4 knows")
        parts = _PARTS.get(When(name), ())
        if isinstance(wall, list) and len(wall) == len(parts):
            events |= {part: _wall(field, own) for part, own in zip(parts, wall, strict=True)}
        else:
            events[When(name)] = _wall(field, wall)
    return tuple(events.items())


def _object(given: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = given.get(name, {})
    if not isinstance(value, dict):
        raise InvalidError(name, "must be a JSON object")
    return value


def _text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidError(field, "must be a text")
    return value


def _wall(field: str, value: object) -> time:
    """``HH:MM``; ``HH:MM:00`` means the same."""
    text = _text(field, value)
    return values.wall_time(field, text.removesuffix(":00") if len(text) == len("08:00:00") else text)
