"""What Alexa understood, checked: an intent and closed values, without anything of the SDK's."""

import re
from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Any, TypeVar

from msgspec import Struct, field

from skill.domain.doses import SkipReason
from skill.domain.identity import MedicationId, PatientId
from skill.domain.regimen import Group
from skill.domain.timing import Period
from skill.private import Private

LAUNCH = "LaunchRequest"
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_PERIODS = {"MO": Period.MORNING, "AF": Period.NOON, "EV": Period.EVENING, "NI": Period.BEDTIME}
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T(MO|AF|EV|NI))?")

E = TypeVar("E", bound=StrEnum)


class Part(StrEnum):
    """How much of a dose, as people say it."""

    HALF = "half"
    QUARTER = "quarter"
    ONE = "one"
    ONE_OF_TWO = "one_of_two"
    SOME = "some"


class Sign(StrEnum):
    """What kind of emergency was named."""

    CHEST_PAIN = "chest_pain"
    BREATHING = "breathing"
    STROKE = "stroke"
    BLEEDING = "bleeding"
    OVERDOSE = "overdose"
    SUICIDE = "suicide"
    OTHER = "other"


class Heard(Struct, frozen=True, kw_only=True):
    """One request. ``unclear``: a slot was filled with something that cannot be read safely.

    ``at``: a stated clock time. ``wall`` and ``period``: which packet. ``texts``: what was said for a
    medicine, then the catalogue's names for it. ``known``: the medicines that were named before the
    speaker was known, for each patient of the household; empty for a name that fits nothing.
    """

    intent: str
    group: Group | None = None
    except_group: Group | None = None
    period: Period | None = None
    wall: time | None = None
    at: time | None = None
    day: date | None = None
    part: Part | None = None
    reason: SkipReason | None = None
    sign: Sign | None = None
    code: str | None = None
    texts: tuple[Private[str], ...] = ()
    name: Private[str] | None = None
    free_text: Private[str] | None = None
    known: Mapping[PatientId, tuple[MedicationId, ...]] = field(default_factory=dict)
    unclear: bool = False

    @property
    def names_a_medicine(self) -> bool:
        return bool(self.texts or self.known)


# ---- values


def clock_or_period(text: str) -> time | Period | None:
    """AMAZON.TIME: ``08:00``, or MO, AF, EV, NI; None for anything else."""
    if text in _PERIODS:
        return _PERIODS[text]
    clock = _CLOCK.fullmatch(text)
    return time(int(clock[1]), int(clock[2])) if clock else None


def day_and_period(text: str) -> tuple[date, Period | None] | None:
    """AMAZON.DATE: one day, perhaps with a part of it (``2027-05-04TEV``); None for weeks and the like."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return None
    return day, _PERIODS[found[2]] if found[2] else None


def member(kind: type[E], text: object) -> E | None:
    """The member of a closed set that ``text`` names, if any."""
    return next((one for one in kind if one.value == text), None)


# ---- to and from the session, as ids


def as_ids(heard: Heard) -> dict[str, Any]:
    """``heard`` for the session attributes: closed values and ids only, no text."""
    values: dict[str, Any] = {
        "intent": heard.intent,
        "group": heard.group,
        "except_group": heard.except_group,
        "period": heard.period,
        "wall": heard.wall.strftime("%H:%M") if heard.wall else None,
        "at": heard.at.strftime("%H:%M") if heard.at else None,
        "day": heard.day.isoformat() if heard.day else None,
        "part": heard.part,
        "reason": heard.reason,
        "known": {patient: list(ids) for patient, ids in heard.known.items()},
        "unclear": heard.unclear,
    }
    return {name: str(v) if isinstance(v, StrEnum) else v for name, v in values.items() if v}


def from_ids(values: object) -> Heard | None:
    """What ``as_ids`` made; None for anything that it would not have made."""
    if not isinstance(values, dict) or not isinstance(values.get("intent"), str):
        return None
    wall, at = (clock_or_period(str(values.get(name, ""))) for name in ("wall", "at"))
    day = day_and_period(str(values.get("day", "")))
    known = values.get("known")
    return Heard(
        intent=values["intent"],
        group=member(Group, values.get("group")),
        except_group=member(Group, values.get("except_group")),
        period=member(Period, values.get("period")),
        wall=wall if isinstance(wall, time) else None,
        at=at if isinstance(at, time) else None,
        day=day[0] if day else None,
        part=member(Part, values.get("part")),
        reason=member(SkipReason, values.get("reason")),
        known=_known(known) if isinstance(known, dict) else {},
        unclear=values.get("unclear") is True,
    )


def _known(values: Mapping[object, object]) -> dict[PatientId, tuple[MedicationId, ...]]:
    return {
        PatientId(str(patient)): tuple(MedicationId(str(one)) for one in ids)
        for patient, ids in values.items()
        if isinstance(ids, list)
    }
