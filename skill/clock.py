"""The only module that asks the machine for the time, and the pinned time-zone data.

Moments are aware and in UTC everywhere; a zone appears only where people live.
"""

import time
import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Protocol

from skill.errors import InvalidError


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment: aware, UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards; only differences have a meaning."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class WoundClock:
    """A clock that stands still until it is wound; for the demo, rehearsals and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    def wind_to(self, moment: datetime) -> None:
        """Set the clock to ``moment``; winding backwards raises ``InvalidError``."""
        if _utc(moment) < self._now:
            raise InvalidError("moment", "a wound clock never runs backwards")
        self._now = _utc(moment)

    def wind_by(self, span: timedelta) -> None:
        self.wind_to(self._now + span)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InvalidError("moment", "must carry a zone")
    return moment.astimezone(UTC)


def use_pinned_zone_data() -> None:
    """From now on read zones from the ``tzdata`` package alone, never from the operating system.

    The two disagree about real places in 2026; a dose must not move with a base image. A second call
    does nothing: two objects of one zone made on either side of a clearing would not be equal.
    """
    if zoneinfo.TZPATH:
        zoneinfo.reset_tzpath(to=[])
        zoneinfo.ZoneInfo.clear_cache()


def zone_data_version() -> str:
    """The version of the pinned zone data, as its package names it, for example ``2026.6``."""
    from importlib import metadata  # noqa: PLC0415 - 12 ms of a cold start, for a command alone

    return metadata.version("tzdata")


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """The zone called ``name`` (``Europe/Berlin``); ``InvalidError`` when there is none."""
    if name not in zoneinfo.available_timezones():
        raise InvalidError("zone", "is not a zone of the IANA list, such as America/New_York")
    return zoneinfo.ZoneInfo(name)


@cache
def country_codes() -> frozenset[str]:
    """The countries of ISO 3166, two capital letters each (``US``), from the same package."""
    from importlib import resources  # noqa: PLC0415 - slow, and many who want a clock never ask

    table = resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line[:2] for line in table.splitlines() if not line.startswith("#"))


_CLOCK_NOT_SYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)
_ROOM_FOR_TIMEX = 512  # bytes; struct timex has 208


def is_synchronised() -> bool | None:
    """Whether the kernel holds the machine's clock to be synchronised; None where it cannot be asked."""
    import ctypes  # noqa: PLC0415 - 4 ms of a cold start, for a probe alone

    try:
        adjtimex = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError):
        return None
    state = adjtimex(ctypes.create_string_buffer(_ROOM_FOR_TIMEX))  # all zero: asks, changes nothing
    return None if state < 0 else state != _CLOCK_NOT_SYNCHRONISED
