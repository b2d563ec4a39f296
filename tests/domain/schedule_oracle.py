"""What a phase plans, worked out the slow way: day by day from its beginning, everything kept.

Shares nothing with ``skill.domain``: it reads a phase as it is stored (``msgspec.to_builtins``), and asks
zones only which clock time a moment has, never the other way round.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Dose = tuple[datetime, Decimal]

_OFFSET_COUNTS_BACK = ("AC", "ACM", "ACD", "ACV", "HS")
_MEALS = {"M": "CM", "D": "CD", "V": "CV"}


def doses(phase: dict[str, Any], routine: dict[str, Any], zone: ZoneInfo, until: date) -> list[Dose]:
    """All doses of ``phase`` from its first day to the local day ``until``."""
    first = date.fromisoformat(phase["first_day"])
    last = min(until, date.fromisoformat(phase["last_day"])) if phase.get("last_day") else until
    timing = phase["timing"]
    if timing["type"] == "as_needed":
        return []
    if timing["type"] == "every_hours" and 24 % timing["hours"] != 0:
        found = _elapsed(phase, first, last, zone)
    else:
        found = _by_days(phase, routine, first, last, zone)
    found = sorted(found, key=lambda dose: dose[0])
    return found[: phase["count"]] if phase.get("count") else found


def moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which a clock shows ``wall``; one it never shows is read by the clock before."""
    plain = wall.replace(tzinfo=UTC)
    offsets = [(plain + timedelta(days=d)).astimezone(zone).utcoffset() or timedelta() for d in (-1, 0, 1)]
    shown = [plain - offset for offset in offsets]
    right = [one for one in shown if one.astimezone(zone).replace(tzinfo=None) == wall]
    return min(right) if right else shown[0]


def _elapsed(phase: dict[str, Any], first: date, last: date, zone: ZoneInfo) -> list[Dose]:
    timing, found, places = phase["timing"], [], dict[date, int]()
    now = moment(datetime.combine(first, time.fromisoformat(timing.get("first", "08:00"))), zone)
    while now.astimezone(zone).date() <= last:
        day = now.astimezone(zone).date()
        place = places.get(day, 0)
        places[day] = place + 1
        found.append((now, _amount(phase, place, day.weekday(), 0)))
        now += timedelta(hours=timing["hours"])
    return found


def _by_days(
    phase: dict[str, Any], routine: dict[str, Any], first: date, last: date, zone: ZoneInfo
) -> list[Dose]:
    found: dict[datetime, Decimal] = {}
    turn = 0
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if not _is_chosen(phase.get("days", {"type": "every_day"}), day):
            continue
        for place, minutes in enumerate(_minutes(phase["timing"], routine, day)):
            wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
            timing = phase["timing"]
            if timing["type"] == "every_hours" and wall < datetime.combine(first, _first(timing)):
                continue
            found.setdefault(moment(wall, zone), _amount(phase, place, day.weekday(), turn))
        turn += 1
    return list(found.items())


def _first(timing: dict[str, Any]) -> time:
    return time.fromisoformat(timing.get("first", "08:00"))


def _is_chosen(days: dict[str, Any], day: date) -> bool:
    kind = days["type"]
    if kind == "every_day":
        return True
    if kind == "on_dates":
        return day.isoformat() in days["dates"]
    anchor = date.fromisoformat(days["anchor"])
    every = days.get("every", 1)
    if kind == "every_n_days":
        return (day - anchor).days % int(days["n"]) == 0
    if kind == "cycle":
        return (day - anchor).days % (days["on"] + days["off"]) < int(days["on"])
    if kind == "weekly":
        monday, other = (one - timedelta(days=one.weekday()) for one in (day, anchor))
        return day.weekday() in days["weekdays"] and (monday - other).days // 7 % every == 0
    length = monthrange(day.year, day.month)[1]
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    return months % every == 0 and day.day in {min(one, length) for one in days["days"]}


def _minutes(timing: dict[str, Any], routine: dict[str, Any], day: date) -> list[int]:
    kind = timing["type"]
    if kind == "fixed_times":
        other = timing.get("weekend") if day.weekday() in (5, 6) else None
        return [_of(wall) for wall in other or timing["wall_times"]]
    if kind == "times_a_day":
        return [_of(wall) for wall in routine["times_a_day"][timing["n"] - 1]]
    if kind == "every_hours":
        first = _of(timing.get("first", "08:00"))
        return sorted((first + 60 * hour) % 1440 for hour in range(0, 24, timing["hours"]))
    return sorted({minute for one in timing["events"] for minute in _event(one, routine)})


def _event(event: dict[str, Any], routine: dict[str, Any]) -> list[int]:
    known = {when: _of(wall) for when, wall in routine["events"]}
    when, offset = event["when"], event.get("offset")
    if offset is None and when in known:
        return [known[when]]
    if when in ("C", "AC", "PC"):
        return [minute for meal in "MDV" for minute in _event({**event, "when": when + meal}, routine)]
    minutes = routine["meal_offset"] if offset is None else offset
    base = known[_MEALS[when[2]]] if len(when) == 3 and when[:2] in ("AC", "PC") else known[when]
    return [base - minutes if when in _OFFSET_COUNTS_BACK else base + minutes]


def _of(wall: str) -> int:
    clock = time.fromisoformat(wall)
    return clock.hour * 60 + clock.minute


def _amount(phase: dict[str, Any], place: int, weekday: int, turn: int) -> Decimal:
    for other in phase.get("amounts", ()):
        right_place = other["time_index"] is None or other["time_index"] == place
        if right_place and (not other["weekdays"] or weekday in other["weekdays"]):
            return Decimal(other["amount"])
    turns = phase.get("turns")
    return Decimal(turns[turn % len(turns)] if turns else phase.get("amount", 1))
