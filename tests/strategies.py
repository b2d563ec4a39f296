"""Where and when days do not have 24 hours: for properties."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from skill.clock import use_pinned_zone_data

use_pinned_zone_data()

_FIRST, _LAST = date(2026, 1, 1), date(2027, 12, 31)
ALL_ZONES = [ZoneInfo(name) for name in sorted(available_timezones())]


@cache
def transition_days(zone: ZoneInfo) -> list[date]:
    """The days of 2026 and 2027 on which the clocks of ``zone`` change; there may be none."""
    days = (_FIRST + timedelta(days=n) for n in range((_LAST - _FIRST).days + 1))
    return [day for day in days if _offset(day, zone) != _offset(day + timedelta(days=1), zone)]


def _offset(day: date, zone: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, time(0), tzinfo=zone).utcoffset()


def changes_of(zone: ZoneInfo, which: int) -> date:
    """One of the days on which the clocks change; a summer's day where they never do."""
    days = transition_days(zone) or [date(2026, 7, 1)]
    return days[which % len(days)]


def days_of_change(middle: datetime, zone: ZoneInfo) -> list[date]:
    """Local days around ``middle``."""
    day = middle.astimezone(zone).date()
    return [day + timedelta(days=shift) for shift in (-1, 0, 1)]
