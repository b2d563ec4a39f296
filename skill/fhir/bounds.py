"""From when to when an order runs: its bounds, or what the frame says where it has no start."""

from datetime import date, datetime, timedelta

from msgspec import Struct

from skill.errors import InvalidError
from skill.fhir.dates import Instant, instant, months_later
from skill.fhir.elements import Quantity, Repeat
from skill.fhir.frame import Frame
from skill.fhir.why import Notes, Why

_DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7}
_MONTHS = {"mo": 1, "month": 1, "months": 1, "a": 12, "year": 12, "years": 12}
_HOURS = {"h": 1, "hour": 1, "hours": 1}
_LONGEST = 36_600  # days


class Stretch(Struct, frozen=True, kw_only=True):
    """Local days, both ends in it. ``since``, ``until``: the moments that cut the first and last of them,
    ``since`` in it and ``until`` not. ``given``: the order, or the sequence, says when it begins.
    """

    first_day: date
    last_day: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    given: bool = False


def stretch(repeat: Repeat | None, begin: Stretch, frame: Frame, at: str, notes: Notes) -> Stretch | None:
    """The stretch of one dosage. ``begin``: where it starts unless its own period says. None: ends before."""
    if repeat is None:
        return begin
    given = [
        name
        for name, bound in (
            ("boundsPeriod", repeat.bounds_period),
            ("boundsDuration", repeat.bounds_duration),
            ("boundsRange", repeat.bounds_range),
        )
        if bound is not None
    ]
    if len(given) > 1:
        notes.add(
            Why.INVARIANT, f"{at}.repeat.bounds[x]", f"only one may be there, not {' and '.join(given)}"
        )
    if repeat.bounds_period is not None:
        return _period(repeat, begin, frame, at, notes)
    quantity = repeat.bounds_duration
    where = f"{at}.repeat.boundsDuration"
    if quantity is None and repeat.bounds_range is not None:
        quantity = repeat.bounds_range.low or repeat.bounds_range.high
        where = f"{at}.repeat.boundsRange"
        notes.add(Why.RANGE, where, "how long is left open; the shorter is shown")
    return begin if quantity is None else _duration(quantity, begin, where, notes)


def _period(repeat: Repeat, begin: Stretch, frame: Frame, at: str, notes: Notes) -> Stretch | None:
    period, where = repeat.bounds_period, f"{at}.repeat.boundsPeriod"
    start = _instant(period.start if period else None, frame, f"{where}.start", notes)
    end = _instant(period.end if period else None, frame, f"{where}.end", notes)
    first, since = (start.first, _whole_minute(start)) if start else (begin.first_day, begin.since)
    last = end.last if end else None
    until = end.moment + timedelta.resolution if end and end.moment else None
    if last is not None and (last < first or (since and until and until <= since)):
        if start is None:  # it ended before anybody's first day: it had begun earlier
            return Stretch(first_day=last, last_day=last, until=until, given=False)
        notes.add(Why.ENDS_BEFORE_START, where, "ends before it starts")
        return None
    return Stretch(
        first_day=first, last_day=last, since=since, until=until, given=begin.given or start is not None
    )


def _instant(text: str | None, frame: Frame, where: str, notes: Notes) -> Instant | None:
    return None if text is None else instant(text, frame.zone, where, notes)


def _whole_minute(start: Instant) -> datetime | None:
    return start.moment.replace(second=0, microsecond=0) if start.moment else None


def _duration(quantity: Quantity, begin: Stretch, where: str, notes: Notes) -> Stretch:
    if quantity.comparator is not None:
        notes.add(Why.RANGE, where, f"'{quantity.comparator}' leaves open how long")
    if not begin.given:
        notes.add(Why.MISSING_START, where, "is counted from a start that is not given")
    unit = (quantity.code or quantity.unit or "").lower()
    value = quantity.value
    if value is None or unit not in _DAYS | _MONTHS | _HOURS:
        notes.add(Why.INCOMPLETE, where, "needs a value and a unit from hours to years")
        return begin
    if value <= 0 or value > _LONGEST:
        raise InvalidError(f"{where}.value", "must be above 0 and at most 36600")
    if unit in _MONTHS:
        months = value * _MONTHS[unit]
        if months % 1:
            notes.add(Why.NOT_HELD, where, "is not a whole number of months")
        after = months_later(begin.first_day, max(1, min(int(months), 1200)))
        return _until_day(begin, after)
    days = value * _DAYS[unit] if unit in _DAYS else value / 24
    if days % 1:
        notes.add(Why.NOT_HELD, where, "is not a whole number of days; the last day is shown whole")
    return _until_day(begin, begin.first_day + timedelta(days=int(-(-days // 1))))


def _until_day(begin: Stretch, after: date) -> Stretch:
    """Up to the day before ``after``; with a start in mid-day, up to the same time of ``after``."""
    if begin.since is None:
        return Stretch(first_day=begin.first_day, last_day=after - timedelta(days=1), given=begin.given)
    until = begin.since + (after - begin.first_day)
    return Stretch(
        first_day=begin.first_day, last_day=after, since=begin.since, until=until, given=begin.given
    )
