"""FHIR dates and times: a year, a month, a day, or a moment with its offset."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from skill.errors import InvalidError
from skill.fhir.why import Notes, Why

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.0+)?)?")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


class Instant(Struct, frozen=True, kw_only=True):
    """A FHIR dateTime as local days. ``moment``: None where it names whole days, ``first`` to ``last``."""

    first: date
    last: date
    moment: datetime | None = None


def instant(text: str, zone: ZoneInfo, element: str, notes: Notes) -> Instant | None:
    """What ``text`` names in ``zone``; None, with a note, for a year before 1900 or after 2199.

    ``InvalidError`` when it is no FHIR dateTime.
    """
    try:
        found = _days(text) or _moment(text, zone, element, notes)
    except (ValueError, OverflowError) as error:
        raise InvalidError(element, "must be a FHIR date or dateTime, such as 2026-03-05") from error
    if not _FIRST_YEAR <= found.first.year <= found.last.year <= _LAST_YEAR:
        notes.add(Why.DATE_OUT_OF_RANGE, element, f"the year {found.first.year} is not used")
        return None
    if found.moment is None and found.first != found.last:
        notes.add(Why.IMPRECISE_DATE, element, "names no day")
    return found


def _days(text: str) -> Instant | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    first = date(year, month or 1, day or 1)
    last_month = month or 12
    return Instant(first=first, last=date(year, last_month, day or monthrange(year, last_month)[1]))


def _moment(text: str, zone: ZoneInfo, element: str, notes: Notes) -> Instant:
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    moment = datetime.fromisoformat(text[:19] if match[1] is None else _without_fraction(text))
    if match[1] is None:
        notes.add(
            Why.IMPRECISE_DATE, element, "a time without its offset from UTC; read on the patient's clock"
        )
        moment = moment.replace(tzinfo=zone)
    local = moment.astimezone(zone)
    whole = local.time() == time()  # midnight stands for the day itself
    return Instant(first=local.date(), last=local.date(), moment=None if whole else moment.astimezone(UTC))


def _without_fraction(text: str) -> str:
    return re.sub(r"\.\d+", "", text)


def wall_time(text: str, element: str) -> time:
    """A FHIR time of whole minutes; ``InvalidError`` otherwise."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise InvalidError(element, "must be a time from 00:00:00 to 23:59:59, such as 08:00:00")
    if int(match[3] or 0):
        raise InvalidError(element, "must be a whole minute")
    return time(int(match[1]), int(match[2]))


def months_later(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or the last one where that month is shorter."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def day_after(day: date) -> date:
    return day + timedelta(days=1)
